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
    """Return first-order and total indices of every choice, the largest total first."""
    table = mean_shift.sort_values("total", ascending=False, kind="stable")
    columns = (
        ShownColumn(words("display.group", language)),
        ShownColumn(words("display.first_order", language), True),
        ShownColumn(words("display.total", language), True),
    )
    rows = tuple(
        (ShownCell(str(group)), _share(row["first"], language), _share(row["total"], language))
        for group, row in table.iterrows()
    )
    reasons = dict.fromkeys(str(reason) for reason in table["reason"] if reason)
    texts = (reason_text(reason, language) for reason in reasons)
    return ShownPage(title, (Table(columns, rows), *texts))


def _share(value: float, language: str | None) -> ShownCell:
    number = float(value)
    bar = min(max(number, 0.0), 1.0) if number == number else None
    return ShownCell(number_text(number, language, 3), bar)
