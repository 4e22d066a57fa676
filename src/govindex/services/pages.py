"""What a notebook and a terminal show of counts: what was counted, what lacks, what was assumed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from govindex.display import Facts, ShownPage, Table
from govindex.display.frames import frame_table
from govindex.language import number_text, words

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["service_page"]

# The columns of each table, with the keys of their titles.
_UNDECIDED = {"unit": "unit", "variable": "variable", "records": "undecided_records"}
_LEFT_OUT = {"table": "table", "cause": "reason", "records": "undecided_records"}


def service_page(counts: Any, language: str | None) -> ShownPage:
    """Return the period and tables, the indicators that lack data, and what was assumed."""
    title = words("service.title", language, period=counts.span.period)
    listed = [
        _table(frame, titles, words(f"service.{caption}", language), language)
        for caption, frame, titles in (
            ("undecided", counts.undecided, _UNDECIDED),
            ("left_out", counts.left_out, _LEFT_OUT),
        )
        if not frame.empty
    ]
    definitions = counts.definitions(language).reset_index()
    assumed = definitions[(definitions["assumed"] != "") & (definitions["lacks"] == "")]
    choices = assumed.groupby("assumed", sort=False)["variable"].agg(", ".join)
    pairs = tuple((str(names), str(text)) for text, names in choices.items())
    ending = (words("service.assumed", language), Facts(pairs)) if pairs else ()
    lacking = _lacking(counts, language)
    return ShownPage(title, (_facts(counts, language), *lacking, *listed, *ending))


def _lacking(counts: Any, language: str | None) -> tuple[str | Facts, ...]:
    """Return the indicators without data, each with its variables and the reason."""
    groups = counts.lacking_in(language).groupby(["indicator", "name", "reason"], sort=False)
    pairs = tuple(
        (
            str(code),
            words(
                "service.lack",
                language,
                name=name,
                reason=reason,
                variables=", ".join(rows["variable"]),
            ),
        )
        for (code, name, reason), rows in groups
    )
    return (words("service.lacking", language), Facts(pairs)) if pairs else ()


def _facts(counts: Any, language: str | None) -> Facts:
    """Return the days, the tables with their records, the units and the variables counted."""
    tables = [
        words("service.records", language, table=name, count=number_text(table.records, language))
        for name, table in counts.tables.items()
    ]
    counted = sum(name not in counts.lacks for name in counts.variables)
    start, end, variables = counts.span.start, counts.span.end, len(counts.variables)
    facts = {
        "days": words("service.days_from", language, start=start, end=end),
        "tables": "; ".join(tables),
        "units": number_text(len(counts.units), language),
        "counted": words("service.counted_of", language, counted=counted, variables=variables),
    }
    return Facts(tuple((words(f"service.{key}", language), text) for key, text in facts.items()))


def _table(
    frame: pd.DataFrame, titles: dict[str, str], caption: str, language: str | None
) -> Table:
    named = {column: words(f"service.{title}", language) for column, title in titles.items()}
    return frame_table(frame, named, caption=caption, language=language)
