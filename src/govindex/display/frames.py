"""Tables of a data frame, with its numbers as a language writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from govindex.display.blocks import ShownCell, ShownColumn, Table
from govindex.language import number_text, words

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["frame_table"]

_SHOWN, _MOST = 20, 200


def frame_table(
    frame: pd.DataFrame,
    titles: Mapping[str, str],
    *,
    decimals: Mapping[str, int] | None = None,
    bars: Sequence[str] = (),
    signed: Sequence[str] = (),
    caption: str = "",
    language: str | None = None,
) -> Table:
    """Return some columns of a frame as a table, twenty rows above the fold.

    Parameters
    ----------
    frame : DataFrame
    titles : mapping of str to str
        The columns that are shown, with their titles.
    decimals : mapping of str to int, optional
        Of columns of numbers; by default as many as each number has.
    bars : sequence of str
        Columns with a bar for the size of each number.
    signed : sequence of str
        Columns in which numbers above 0 have a plus.
    caption : str
    language : str, optional

    Examples
    --------
    >>> import pandas as pd
    >>> table = frame_table(pd.DataFrame({"x": [1.5, None]}), {"x": "X"}, decimals={"x": 2})
    >>> [cells[0].text for cells in table.rows], table.columns[0].is_number
    (['1.50', ''], True)
    """
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    shown = frame.head(_MOST)
    columns, cells = [], []
    for name, title in titles.items():
        column = shown[name]
        is_number = is_numeric_dtype(column) and not is_bool_dtype(column)
        columns.append(ShownColumn(title, is_number))
        if is_number:
            numbers = column.to_numpy(dtype=float, na_value=np.nan)
            places = (decimals or {}).get(name)
            found = _numbers(numbers, places, language, with_bars=name in bars)
            cells.append([_signed(cell) for cell in found] if name in signed else found)
        else:
            cells.append([ShownCell(_text(value)) for value in column])
    count = len(frame) - _SHOWN
    more = words("display.more", language, count=count) if count > 0 else ""
    rows = tuple(zip(*cells, strict=True))
    return Table(tuple(columns), rows, caption=caption, more=more, shown=_SHOWN)


def _numbers(
    numbers: Any, decimals: int | None, language: str | None, *, with_bars: bool
) -> list[ShownCell]:
    most = float(np.nanmax(np.abs(numbers), initial=0.0)) or 1.0
    return [
        ShownCell(
            number_text(number, language, decimals),
            abs(number) / most if with_bars and number == number else None,
        )
        for number in numbers.tolist()
    ]


def _signed(cell: ShownCell) -> ShownCell:
    has_plus = bool(cell.text.strip("0.,")) and not cell.text.startswith("-")
    return ShownCell(f"+{cell.text}", cell.bar) if has_plus else cell


def _text(value: Any) -> str:
    if value is None or (isinstance(value, float) and value != value):
        return ""
    return ", ".join(map(str, value)) if isinstance(value, (tuple, list)) else str(value)
