"""Frames as narwhals tables: pandas, Polars, pyarrow, DuckDB relations, whatever narwhals reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from os import PathLike
from typing import TYPE_CHECKING, Any

import attrs

from govindex.errors import DataError, GovIndexError, listing
from govindex.names import as_code

if TYPE_CHECKING:
    import narwhals as nw

__all__ = ["Keys", "open_table"]

_FEW_ROWS = 3


def open_table(frame: Any, keys: Callable[[list[str]], Keys] | None = None) -> nw.DataFrame[Any]:
    """Return any frame as a table, with composed names of columns.

    With `keys`, the columns that identify a row, a lazy frame that has many rows for each key is
    refused before it is collected.
    """
    import narwhals as nw

    if nw.dependencies.is_dask_dataframe(frame):
        raise DataError(
            "a Dask frame holds records: count first, with gi.records.count(…); of a small table "
            "give frame.compute()"
        )
    try:
        opened = nw.from_native(frame)
    except TypeError as error:
        file = isinstance(frame, (str, PathLike))
        raise DataError(
            f"expected a data frame (pandas, Polars, pyarrow, DuckDB …), not {type(frame).__name__}"
            + (": gi.read_table(path) makes one of a file" if file else "")
        ) from error
    except nw.exceptions.DuplicateError as error:
        names = getattr(frame, "column_names", None) or frame.columns  # pyarrow's, or pandas'
        raise _same_names([str(name) for name in names]) from error
    if isinstance(opened, nw.LazyFrame):
        opened = _collected(opened, keys)
    titles = list(opened.columns)
    names = [as_code(str(name)) for name in titles]
    if len(set(names)) < len(names):
        raise _same_names([str(name) for name in titles])
    if any(not isinstance(name, str) for name in titles):  # pandas lets any object be a name
        opened = nw.from_native(opened.to_native().set_axis(names, axis="columns"))
    elif names != titles:
        opened = opened.rename(dict(zip(titles, names, strict=True)))
    table: nw.DataFrame[Any] = opened
    return table


def _collected(frame: nw.LazyFrame[Any], keys: Callable[[list[str]], Keys] | None) -> Any:
    try:
        if keys is not None:
            _check_rows(frame, keys)
        return frame.collect()
    except GovIndexError:
        raise
    except Exception as error:  # any error of the library behind the frame
        raise DataError(
            f"the lazy frame cannot be collected: {type(error).__name__}: {error}"
        ) from error


def _check_rows(frame: nw.LazyFrame[Any], keys: Callable[[list[str]], Keys]) -> None:
    import narwhals as nw

    titles = {as_code(str(name)): name for name in frame.collect_schema().names()}
    expected = keys(list(titles))
    columns = [titles[name] for name in expected.columns if name in titles]
    if len(columns) < len(expected.columns):
        return  # missing columns are reported when the frame is read
    every = frame.select(*columns)
    rows = every.select(nw.len()).collect().item()
    expected.check(rows, every.unique().select(nw.len()).collect().item())


@attrs.frozen
class Keys:
    """The columns that identify a row, and the advice if rows repeat them."""

    columns: tuple[str, ...]
    what: str
    instead: str

    def check(self, rows: int, distinct: int) -> None:
        """Refuse a frame with at least twice as many rows as keys."""
        if rows > _FEW_ROWS and rows >= 2 * distinct:
            raise DataError(
                f"the frame has {rows:,} rows for {distinct:,} {self.what} "
                f"({listing(self.columns)}), so a row seems to be a record: {self.instead}"
            )


def _same_names(names: list[str]) -> DataError:
    times = Counter(map(as_code, names))
    spellings = dict.fromkeys(name for name in names if times[as_code(name)] > 1)
    repeated = sorted(spellings, key=as_code)
    return DataError(f"columns have the same name: {listing(repeated)}; rename all but one")
