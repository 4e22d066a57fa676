"""Columns of a frame, and their cells as texts.

Names and texts are composed (Unicode NFC), so that "ế" is one letter wherever the file was written.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from govindex.errors import DataError, Problems, absent_columns
from govindex.names import composed

if TYPE_CHECKING:
    import narwhals as nw

__all__ = [
    "YES_OR_NO",
    "cells_of",
    "column_codes",
    "column_texts",
    "holds_numbers",
    "require_columns",
    "text_of",
]

YES_OR_NO = {
    **dict.fromkeys(("true", "1", "yes", "có"), True),
    **dict.fromkeys(("false", "0", "no", "không"), False),
}


def column_texts(frame: nw.DataFrame[Any], name: str) -> list[str | None]:
    """Return a column as stripped texts, None for blank cells."""
    cells = cells_of(frame[name])
    kinds = set(map(type, cells))
    if not kinds.isdisjoint((bytes, bytearray)):
        first = next(cell for cell in cells if isinstance(cell, (bytes, bytearray)))
        raise DataError(f"column '{name}' holds bytes, {first!r}, not texts: decode them first")
    if kinds == {str}:
        stripped = map(str.strip, cells)
        plain = all(map(str.isascii, cells))
        return [text or None for text in (stripped if plain else map(composed, stripped))]
    return [text_of(cell) for cell in cells]


def column_codes(frame: nw.DataFrame[Any], name: str, problems: Problems) -> list[str | None]:
    """Return a column of codes as texts; note numbers with decimals, which cannot be codes."""
    import narwhals as nw

    column = frame[name]
    whole = column.dtype.is_integer() or isinstance(column.dtype, nw.String)
    for row, cell in enumerate([] if whole else column.to_list(), 1):
        if isinstance(cell, float) and math.isfinite(cell) and not cell.is_integer():
            problems.add(
                f"column '{name}' holds codes that are numbers with decimals, and 1.10 would "
                "be read as 1.1",
                code="code.number",
                row=row,
                cure=f"read codes as text: dtype={{'{name}': str}}, or a column of text",
            )
    return column_texts(frame, name)


def holds_numbers(frame: nw.DataFrame[Any], name: str) -> bool:
    """Return whether a column holds numbers only, not texts that look like numbers."""
    column = frame[name]
    if column.dtype.is_numeric():
        return True
    kinds = {type(cell) for cell in cells_of(column) if cell is not None}
    return bool(kinds) and all(issubclass(k, (int, float)) and k is not bool for k in kinds)


def require_columns(frame: nw.DataFrame[Any], names: Iterable[str], problems: Problems) -> bool:
    """Note every column that does not exist; True if all do."""
    known = set(frame.columns)
    missing = [name for name in names if name not in known]
    for cause in absent_columns(missing, frame.columns):
        problems.add(cause, code="column.unknown")
    return not missing


def cells_of(series: nw.Series[Any]) -> list[Any]:
    """Return the cells of a column, None for null and NaN."""
    cells = series.to_list()
    if set(map(type, cells)) == {str}:
        return cells
    nulls = series.is_null().to_list()
    return [
        None if null or _is_nan(cell) else cell for cell, null in zip(cells, nulls, strict=True)
    ]


def _is_nan(cell: object) -> bool:
    return cell.is_nan() if isinstance(cell, Decimal) else isinstance(cell, float) and cell != cell


def text_of(cell: object) -> str | None:
    """Return a cell as stripped text, None if it is blank."""
    if type(cell) is str:
        return composed(cell.strip()) or None
    if cell is None:
        return None
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return composed(str(cell).strip()) or None
