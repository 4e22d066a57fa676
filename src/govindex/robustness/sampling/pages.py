"""What a notebook shows of a sample of ranks: each unit's interval as a small picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from govindex.display import ShownCell, ShownColumn, ShownPage, Table
from govindex.language import number_text, words

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["sample_page"]

_SHOWN, _MOST = 20, 200


def sample_page(intervals: pd.DataFrame, draws: int, language: str | None = None) -> ShownPage:
    """Return the rank of every unit with its interval in nine draws of ten."""
    table, units = intervals.iloc[:_MOST], len(intervals)
    worst = max(float(np.nanmax(table["high"].to_numpy(float, na_value=np.nan), initial=1.0)), 2.0)
    ends = table[["low", "high", "rank"]].to_numpy(float, na_value=np.nan)
    has_league = table["league"].notna().any()
    columns = [
        ShownColumn(words("heading.rank", language), True),
        ShownColumn(words("heading.name", language)),
    ]
    columns += [ShownColumn(words("heading.league", language))] if has_league else []
    columns += [ShownColumn(words(f"heading.{end}", language), True) for end in ("low", "high")]
    columns.append(ShownColumn(words("display.interval", language)))
    rows = []
    for name, league, (low, high, rank) in zip(table["name"], table["league"], ends, strict=True):
        texts = [ShownCell(number_text(rank, language)), ShownCell(str(name))]
        texts += [ShownCell("" if league is None else str(league))] if has_league else []
        texts += [ShownCell(number_text(low, language)), ShownCell(number_text(high, language))]
        known = not np.isnan([low, high, rank]).any()
        scaled = tuple(min((end - 1.0) / (worst - 1.0), 1.0) for end in (low, high, rank))
        picture = (scaled[0], scaled[1], scaled[2]) if known else None
        rows.append((*texts, ShownCell("", interval=picture)))
    counts = {"draws": number_text(draws, language), "units": number_text(units, language)}
    title = words("robustness.draws", language, **counts)
    count = units - _SHOWN
    more = words("display.more", language, count=number_text(count, language)) if count > 0 else ""
    return ShownPage(title, (Table(tuple(columns), tuple(rows), more=more, shown=_SHOWN),))
