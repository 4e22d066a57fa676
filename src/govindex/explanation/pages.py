"""What a notebook shows of an explanation: the tree with the points lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from govindex.display import ShownCell, ShownColumn, ShownPage, Table
from govindex.language import number_text, words

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["explanation_page"]

_FIGURES = ("maximum", "attainable", "score", "lost", "own_loss")


def explanation_page(
    title: str, table: pd.DataFrame, decimals: int, language: str | None = None
) -> ShownPage:
    """Return the nodes in the order of the tree, with a bar for the points that each lost."""
    figures = [name for name in _FIGURES if _tells(table, name)]
    reported = words("status.reported", language)
    has_status = not table["status"].isin(["", reported]).all()
    most = max(float(table["lost"].abs().max()), 1e-300)
    columns = [ShownColumn(words("display.node", language))]
    columns += [ShownColumn(words(f"heading.{name}", language), True) for name in figures]
    columns += [ShownColumn(words("heading.value", language), True)]
    columns += [ShownColumn(words("heading.status", language))] if has_status else []
    rows = []
    for _, row in table.iterrows():
        cells = [ShownCell(str(row["name"]))]
        for name in figures:
            number = float(row[name])
            bar = abs(number) / most if name == "lost" and number == number else None
            cells.append(ShownCell(number_text(number, language, decimals), bar))
        cells.append(ShownCell(str(row["data"]) or number_text(float(row["value"]), language)))
        if has_status:
            status = "" if row["status"] == reported else str(row["status"])
            cells.append(ShownCell(status, mark=status))
        rows.append(tuple(cells))
    depths = tuple(int(tier) for tier in table["tier"])
    return ShownPage(title, (Table(tuple(columns), tuple(rows), depths),))


def _tells(table: pd.DataFrame, name: str) -> bool:
    if name == "own_loss":
        return bool(table["own_loss"].any())
    if name == "attainable":
        different = (table["attainable"] - table["maximum"]).abs() > 1e-10
        return bool(different.any())
    return True
