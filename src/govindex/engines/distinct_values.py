"""Distinct values by group, counted inside the engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from govindex.engines.groups import collected, failed, merged
from govindex.engines.partitions import shuffled_sum
from govindex.engines.sums import as_expressions, numbered, selected
from govindex.engines.tables import RecordTable
from govindex.errors import GovIndexError, SettingError, listing

if TYPE_CHECKING:
    import narwhals as nw
    import pandas as pd

__all__ = ["grouped_distinct"]

_COUNT = "govindex_count"


def grouped_distinct(
    table: RecordTable,
    keys: Mapping[str, nw.Expr] | Iterable[str],
    value: nw.Expr | Sequence[nw.Expr],
    *,
    where: nw.Expr | None = None,
    first: tuple[str, nw.Expr] | None = None,
    distinct: str = "distinct",
) -> pd.DataFrame:
    """Return how many different values every group of records has.

    Parameters
    ----------
    table : RecordTable
    keys : mapping of str to narwhals expression, or names of columns
        What distinguishes groups; none for one group.
    value : narwhals expression or several
        What is counted once; several are a combination. Null and NaN are not counted.
    where : narwhals expression, optional
        The records that count; by default all.
    first : tuple of str and narwhals expression, optional
        The name and the expression of a number, such as the month: a value counts only at its
        smallest number in the group. Added up over numbers, this gives distinct counts to date.
    distinct : str
        The column for the counts.

    Returns
    -------
    DataFrame
        Columns: the keys, the name in `first`, `distinct`. Groups without a value have no row.

    Raises
    ------
    DataError
        If the engine fails.

    Examples
    --------
    >>> import narwhals as nw, pandas as pd
    >>> from govindex.engines import open_records
    >>> frame = pd.DataFrame({"unit": [*"AAAB"], "who": ["x", "y", "x", None], "m": [1, 1, 2, 2]})
    >>> grouped_distinct(open_records(frame), ["unit"], nw.col("who"))
      unit  distinct
    0    A         2
    >>> grouped_distinct(open_records(frame), ["unit"], nw.col("who"), first=("m", nw.col("m")))
      unit  m  distinct
    0    A  1         2
    """
    values = (value,) if not isinstance(value, Sequence) else tuple(value)
    names = [*keys, *(() if first is None else (first[0],)), distinct]
    if len(set(names)) < len(names):
        raise SettingError(f"keys and counts need different names: {listing(names)}")
    number = None if first is None else first[1]
    query = _Distinct(as_expressions(keys), values, where, number, table.rows)
    if table.is_dask:
        apart = [*query.keys_found, *query.values_found]
        by = query.counted_by
        found = shuffled_sum(table, query.of_part, apart, query.of_bucket, by)
    else:
        found = query.found(query.counts, table.frame, table.engine)
    found = merged(found, query.counted_by)
    if not query.keys:
        found = found.drop(columns=query.keys_found)
        found = found if len(found) or first is not None else found.reindex([0], fill_value=0)
    return found.set_axis(names, axis="columns")


@attrs.frozen(eq=False)
class _Distinct:
    """The query: first every value once by group, then how many there are."""

    keys: tuple[nw.Expr, ...]
    values: tuple[nw.Expr, ...]
    where: nw.Expr | None
    first: nw.Expr | None
    rows: str

    @property
    def keys_found(self) -> list[str]:
        """The columns of the keys; without keys, a constant."""
        return numbered("k", max(len(self.keys), 1))

    @property
    def values_found(self) -> list[str]:
        """The columns of the values."""
        return numbered("v", len(self.values))

    @property
    def counted_by(self) -> list[str]:
        """What counts are grouped by: the keys, and the number at which a value is first seen."""
        return [*self.keys_found, *([] if self.first is None else numbered("f", 1))]

    def prepared(self, frame: Any) -> Any:
        """Return keys, known values and the number of each record."""
        import narwhals as nw

        frame = frame if self.where is None else frame.filter(self.where)
        keys = dict(zip(self.keys_found, self.keys or (nw.lit(0),), strict=True))
        others = dict(zip(self.values_found, self.values, strict=True))
        if self.first is not None:
            others[numbered("f", 1)[0]] = self.first
        frame = selected(frame, keys, others)
        for name, kind in frame.collect_schema().items():
            if name in self.values_found:
                frame = frame.filter(~nw.col(name).is_null())
                frame = frame.filter(~nw.col(name).is_nan()) if kind.is_float() else frame
        return frame

    def once(self, frame: Any) -> Any:
        """Return every value once by group, at its smallest number."""
        import narwhals as nw

        kept = [nw.len().alias(_COUNT)]
        if self.first is not None:
            number = numbered("f", 1)[0]
            kept = [nw.col(number).min().alias(f"{number}_min")]
        grouped = frame.group_by(*self.keys_found, *self.values_found).agg(*kept)
        if self.first is None:
            return grouped.select(*self.keys_found, *self.values_found)
        return grouped.rename({f"{number}_min": number})

    def number_of(self, once: Any) -> Any:
        """Return how many values there are by group."""
        import narwhals as nw

        return once.group_by(*self.counted_by).agg(nw.len().alias(_COUNT))

    def counts(self, frame: Any) -> Any:
        """Return the number of values by group."""
        return self.number_of(self.once(self.prepared(frame)))

    def found(self, query: Any, frame: Any, engine: str) -> pd.DataFrame:
        """Run a query; return its rows as a pandas frame."""
        import pandas as pd

        try:
            lazy = query(frame)
        except GovIndexError:
            raise
        except Exception as error:  # any error of the engine
            raise failed(engine, error, self.rows) from error
        small = collected(lazy, engine, self.rows)
        columns = {name: pd.Series(small[name].to_list(), dtype=object) for name in small.columns}
        found = pd.DataFrame(columns)
        return found.astype({_COUNT: np.int64}) if _COUNT in found else found

    def of_part(self, part: pd.DataFrame) -> pd.DataFrame:
        """Return the values of one partition, each once."""
        import narwhals as nw

        once: pd.DataFrame = self.once(self.prepared(nw.from_native(part))).to_native()
        return once

    def of_bucket(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the counts of rows in which equal values have met."""
        import narwhals as nw

        frame = nw.from_native(rows)
        return self.found(lambda each: self.number_of(self.once(each)), frame, "dask")
