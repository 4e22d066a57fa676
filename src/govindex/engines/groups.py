"""Small results of engines: groups with plain keys and exact sums, in one order for all engines."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from govindex.errors import DataError, GovIndexError

if TYPE_CHECKING:
    import narwhals as nw
    import pandas as pd

__all__ = ["collected", "failed", "merged", "plain"]

_MOST = 300  # characters of an engine's error
_LARGEST = 2**62


def collected(frame: Any, engine: str, rows: str) -> nw.DataFrame[Any]:
    """Run a query and return its rows as an eager frame; `rows` is what messages call them."""
    import narwhals as nw

    if isinstance(frame, nw.DataFrame):
        return frame
    streaming = {"engine": "streaming"} if engine == "polars" else {}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the engine's own code, such as old names of pandas
            found: nw.DataFrame[Any] = frame.collect(
                backend="polars" if streaming else "pandas", **streaming
            )
    except GovIndexError:
        raise
    except Exception as error:  # any error of the engine
        raise failed(engine, error, rows) from error
    return found


def failed(engine: str, error: Exception, rows: str) -> DataError:
    """Return the error that an engine raised, in one line."""
    text = " ".join(str(error).split())
    return DataError(
        f"{engine} cannot count the {rows}: {type(error).__name__}: {text[:_MOST]}"
        + "…" * (len(text) > _MOST)
    )


def plain(value: Any) -> Any:
    """Return a key as Python's own value; None for null, NaN and NaT.

    Examples
    --------
    >>> plain(np.int64(5)), plain(5.0), plain(float("nan"))
    (5, 5, None)
    """
    if type(value) is str or value is None:
        return value
    if type(value).__name__ in ("NAType", "NaTType"):  # of pandas, which may not be loaded
        return None
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, (float, Decimal)) and value != value:
        return None
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _order(value: Any) -> tuple[bool, bool, Any]:
    """Return what a key is sorted by: numbers, then texts, null last."""
    number = isinstance(value, (int, float))
    return value is None, not number, value if number else str(value)


def merged(frame: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Return one row for each combination of plain keys, with the sums of all other columns."""
    import pandas as pd

    codes, levels = [], []
    for key in keys:
        found, different = pd.factorize(frame[key], use_na_sentinel=False)
        cells = [plain(value) for value in different]
        level = sorted(dict.fromkeys(cells), key=_order)
        number = {value: row for row, value in enumerate(level)}
        codes.append(np.array([number[value] for value in cells], dtype=np.int64)[found])
        levels.append(level)
    groups, rows = _groups(codes, [len(level) for level in levels], len(frame))
    columns: dict[str, Any] = {}
    for column, (key, level) in enumerate(zip(keys, levels, strict=True)):
        values = [level[code] for code in groups[column].tolist()]
        whole = bool(values) and all(type(value) is int for value in level)
        columns[key] = pd.Series(values, dtype="int64" if whole else object)
    for name in frame.columns.drop(list(keys)):
        numbers = np.asarray(frame[name])
        columns[name] = np.zeros(groups.shape[1], dtype=numbers.dtype)
        np.add.at(columns[name], rows, numbers)
    return pd.DataFrame(columns)


def _groups(codes: Sequence[Any], sizes: Sequence[int], count: int) -> tuple[Any, Any]:
    """Return the different combinations of codes, one column each, and that of every row."""
    numbers = np.zeros(count, dtype=np.int64)
    if math.prod(sizes) < _LARGEST:  # one number for a combination, whose order is the same
        for code, size in zip(codes, sizes, strict=True):
            numbers = numbers * size + code
        _, first, rows = np.unique(numbers, return_index=True, return_inverse=True)
        return np.stack([numbers, *codes])[:, first][1:], rows
    groups, rows = np.unique(np.stack(codes, axis=1), axis=0, return_inverse=True)
    return groups.T, rows.reshape(-1)
