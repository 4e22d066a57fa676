"""What a notebook and a terminal show of counts: what was counted, what lacks, what was assumed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from govindex.display import Facts, ShownPage, Table
from govindex.display.frames import frame_table
from govindex.language import number_text, words

if TYPE_CHECKING:
    import pandas as pd

    from govindex.services.service_counts import ServiceCounts

__all__ = ["service_page"]


def service_page(counts: ServiceCounts, language: str | None) -> ShownPage:
    """Return the period and tables, the indicators that lack data, and what was assumed."""
    span, tables = counts.span, []
    for name, table in counts.tables.items():
        below = [row for row, code in enumerate(table.units) if code not in table.parents]
        number = number_text(int(table.records[below].sum()), language)
        tables.append(words("service.records", language, table=name, count=number))
    counted = sum(name not in counts.lacks for name in counts.variables)
    facts = {
        "days": words("service.days_from", language, start=span.start, end=span.end),
        "tables": "; ".join(tables),
        "units": number_text(len(counts.units), language),
        "counted": words(
            "service.counted_of", language, counted=counted, variables=len(counts.variables)
        ),
    }
    shown = Facts(tuple((words(f"service.{key}", language), text) for key, text in facts.items()))
    assumed = counts.definitions(language).reset_index()
    assumed = assumed[(assumed["assumed"] != "") & (assumed["lacks"] == "")]
    blocks: list[Table | Facts | str | None] = [
        _table(
            counts.lacking_in(language),
            {"indicator": "indicator", "name": "name", "variable": "variable", "reason": "reason"},
            words("service.lacking", language),
            language,
        ),
        _table(
            counts.undecided,
            {"unit": "unit", "variable": "variable", "records": "undecided_records"},
            words("service.undecided", language),
            language,
        ),
    ]
    if len(assumed):
        choices = assumed.groupby("assumed", sort=False)["variable"].agg(", ".join)
        pairs = tuple((str(names), str(text)) for text, names in choices.items())
        blocks += [words("service.assumed", language), Facts(pairs)]
    title = words("service.title", language, period=span.period)
    return ShownPage(title, (shown, *(block for block in blocks if block is not None)))


def _table(
    frame: pd.DataFrame, titles: dict[str, str], caption: str, language: str | None
) -> Table | None:
    if frame.empty:
        return None
    named = {column: words(f"service.{title}", language) for column, title in titles.items()}
    return frame_table(frame, named, caption=caption, language=language)
