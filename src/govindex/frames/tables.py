"""Frames that are let in: pandas, Polars, pyarrow, DuckDB relations and whatever narwhals reads."""

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
    """Let a frame in, its columns under composed names.

    Where `keys` says by which columns rows are told apart, a lazy frame that has many rows for each
    is refused before it is collected.
    """
    import narwhals as nw

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
        raise _doubled([str(name) for name in names]) from error
    if isinstance(opened, nw.LazyFrame):
        opened = _collected(opened, keys)
    given = list(opened.columns)
    names = [as_code(str(name)) for name in given]
    if len(set(names)) < len(names):
        raise _doubled([str(name) for name in given])
    if any(not isinstance(name, str) for name in given):  # pandas lets any object be a name
        opened = nw.from_native(opened.to_native().set_axis(names, axis="columns"))
    elif names != given:
        opened = opened.rename(dict(zip(given, names, strict=True)))
    table: nw.DataFrame[Any] = opened
    return table


def _collected(frame: nw.LazyFrame[Any], keys: Callable[[list[str]], Keys] | None) -> Any:
    try:
        if keys is not None:
            _check_rows(frame, keys)
        return frame.collect()
    except GovIndexError:
        raise
    except Exception as error:  # whatever the library behind the frame raises
        raise DataError(
            f"the lazy frame cannot be collected: {type(error).__name__}: {error}"
        ) from error


def _check_rows(frame: nw.LazyFrame[Any], keys: Callable[[list[str]], Keys]) -> None:
    import narwhals as nw

    given = {as_code(str(name)): name for name in frame.collect_schema().names()}
    wanted = keys(list(given))
    columns = [given[name] for name in wanted.columns if name in given]
    if len(columns) < len(wanted.columns):
        return  # what is lacking is said when the frame is read
    every = frame.select(*columns)
    rows = every.select(nw.len()).collect().item()
    wanted.check(rows, every.unique().select(nw.len()).collect().item())


@attrs.frozen
class Keys:
    """The columns that say what a row is about (units, cells), and advice for repeated ones."""

    columns: tuple[str, ...]
    what: str
    instead: str

    def check(self, rows: int, distinct: int) -> None:
        """Refuse a frame of at least twice as many rows."""
        if rows > _FEW_ROWS and rows >= 2 * distinct:
            raise DataError(
                f"the frame has {rows:,} rows for {distinct:,} {self.what} "
                f"({listing(self.columns)}), so a row seems to be a record: {self.instead}"
            )


def _doubled(names: list[str]) -> DataError:
    times = Counter(map(as_code, names))
    several = dict.fromkeys(name for name in names if times[as_code(name)] > 1)
    doubled = sorted(several, key=as_code)
    return DataError(f"columns have the same name: {listing(doubled)}; rename all but one")
