"""What a notebook shows of a sensitivity: the shares of the variance of the mean shift."""

from __future__ import annotations

from typing import TYPE_CHECKING

from govindex.display import Cell, Column, Page, Table
from govindex.language import number_text, words

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["sensitivity_page"]


def sensitivity_page(title: str, mean_shift: pd.DataFrame, language: str | None = None) -> Page:
    """Return first-order and total indices of every choice, the largest total first."""
    table = mean_shift.sort_values("total", ascending=False, kind="stable")
    columns = (
        Column(words("display.group", language)),
        Column(words("display.first_order", language), True),
        Column(words("display.total", language), True),
    )
    rows = tuple(
        (Cell(str(group)), _share(row["first"], language), _share(row["total"], language))
        for group, row in table.iterrows()
    )
    reasons = tuple(dict.fromkeys(str(reason) for reason in table["reason"] if reason))
    return Page(title, (Table(columns, rows), *reasons))


def _share(value: float, language: str | None) -> Cell:
    number = float(value)
    bar = min(max(number, 0.0), 1.0) if number == number else None
    return Cell(number_text(number, language, 3), bar)
