"""Data frames in documents: columns of plain values with their types."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from govindex.errors import DataError
from govindex.interchange.columns import plain_number
from govindex.interchange.shapes import Fields, Listed, Plain, Text

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FRAME", "frame_document", "read_frame"]

# Types of columns, which versions of pandas call by other names.
_DTYPES = {
    "number": "float64",
    "number_or_null": "Float64",
    "whole": "int64",
    "whole_or_null": "Int64",
    "flag": "bool",
    "flag_or_null": "boolean",
    "any": "object",
}
_COLUMN = Fields(
    {"name": Plain(), "type": Text((*_DTYPES, "text")), "values": Listed(Plain(lists=True))}
)
FRAME = Fields({"index": Listed(_COLUMN), "columns": Listed(_COLUMN)})


def frame_document(frame: pd.DataFrame) -> dict[str, Any]:
    """Return a frame as columns: name, type and values, those of the index first."""
    levels = [frame.index.get_level_values(number) for number in range(frame.index.nlevels)]
    return {
        "index": [_column(level.name, level) for level in levels],
        "columns": [_column(name, frame.iloc[:, n]) for n, name in enumerate(frame.columns)],
    }


def _column(name: Any, column: Any) -> dict[str, Any]:
    values = [_plain(value) for value in column.tolist()]
    return {"name": _plain(name), "type": _type(str(column.dtype), values), "values": values}


def _type(dtype: str, values: list[Any]) -> str:
    """Return the type of a column: by its dtype, or by its values if that says nothing."""
    prefixes = {"float": "number", "Float": "number_or_null", "boolean": "flag_or_null"}
    prefixes |= {"bool": "flag", "int": "whole", "uint": "whole", "str": "text"}
    prefixes |= {"Int": "whole_or_null", "UInt": "whole_or_null"}
    known = next((kind for start, kind in prefixes.items() if dtype.startswith(start)), None)
    if known is not None:
        return known
    texts = [value for value in values if value is not None]
    return "text" if texts and all(isinstance(value, str) for value in texts) else "any"


def _plain(value: Any) -> Any:
    if hasattr(value, "item"):
        value = value.item()
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return plain_number(value)
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    return None if str(value) in ("<NA>", "NaT") else str(value)


def read_frame(document: dict[str, Any]) -> pd.DataFrame:
    """Return the frame of a document.

    Raises
    ------
    DataError
        If its columns differ in length, or do not hold what their type says.
    """
    import pandas as pd

    every = [*document["index"], *document["columns"]]
    lengths = sorted({len(column["values"]) for column in every})
    if not document["index"]:
        raise DataError("the document cannot be read: a table has no index")
    if len(lengths) > 1:
        raise DataError(f"the document cannot be read: columns of a table have {lengths} rows")
    levels = [pd.Index(_typed(column), name=column["name"]) for column in document["index"]]
    index = levels[0] if len(levels) == 1 else pd.MultiIndex.from_arrays(levels)
    series = [_typed(column).set_axis(index) for column in document["columns"]]
    if not series:
        return pd.DataFrame(index=index)
    frame: Any = pd.concat(series, axis=1)
    named: pd.DataFrame = frame.set_axis([column["name"] for column in document["columns"]], axis=1)
    return named


def _typed(column: dict[str, Any]) -> Any:
    import pandas as pd

    values = column["values"]
    if column["type"].startswith("number"):
        values = [math.inf if value == "infinite" else value for value in values]
    dtype: Any = _DTYPES.get(column["type"], pd.Series(["a text"]).dtype)
    try:
        return pd.Series(values, dtype=dtype)
    except (TypeError, ValueError, OverflowError) as error:
        name = column["name"]
        raise DataError(f"the column '{name}' does not hold {column['type']}: {error}") from error
