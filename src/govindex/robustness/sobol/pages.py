"""What a notebook shows of a sensitivity: the shares of the variance of the mean shift."""

from __future__ import annotations

from typing import TYPE_CHECKING

from govindex.display import ShownCell, ShownColumn, ShownPage, Table
from govindex.language import number_text, words
from govindex.robustness.sobol.summaries import reason_text

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["sensitivity_page"]


def sensitivity_page(
    title: str, mean_shift: pd.DataFrame, language: str | None = None
) -> ShownPage:
    """Return first-order and total indices of every choice, the largest total first.

    Each with the interval of its bootstraps, if there are any.
    """
    table = mean_shift.sort_values("total", ascending=False, kind="stable")
    columns = [ShownColumn(words("display.group", language))]
    rows = [[ShownCell(str(group))] for group in table.index]
    for order, title_of in (("first", "first_order"), ("total", "total")):
        columns.append(ShownColumn(words(f"display.{title_of}", language), True))
        for row, value in zip(rows, table[order], strict=True):
            row.append(_share(value, language))
        if f"{order}_low" in table:
            columns.append(ShownColumn(words("display.bounds", language), True))
            ends = zip(table[f"{order}_low"], table[f"{order}_high"], strict=True)
            for row, (low, high) in zip(rows, ends, strict=True):
                row.append(_bounds(low, high, language))
    reasons = dict.fromkeys(str(reason) for reason in table["reason"] if reason)
    texts = (reason_text(reason, language) for reason in reasons)
    return ShownPage(title, (Table(tuple(columns), tuple(map(tuple, rows))), *texts))


def _share(value: float, language: str | None) -> ShownCell:
    number = float(value)
    bar = min(max(number, 0.0), 1.0) if number == number else None
    return ShownCell(number_text(number, language, 3), bar)


def _bounds(low: float, high: float, language: str | None) -> ShownCell:
    if low != low or high != high:
        return ShownCell("")
    return ShownCell(f"{number_text(low, language, 3)} … {number_text(high, language, 3)}")
