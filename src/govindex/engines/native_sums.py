"""Sums by group in the words of one engine, where those of all engines are slower there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import narwhals as nw

__all__ = ["grouped_by_duckdb", "grouped_by_pandas"]


def grouped_by_pandas(
    frame: nw.DataFrame[Any], keys: list[str], terms: list[str], rows: str
) -> nw.DataFrame[Any]:
    """Add all columns up in one call, which many sums need."""
    import narwhals as nw

    native = frame.to_native()
    groups = native.groupby(keys, dropna=False, sort=False, observed=True)
    counts = groups.size().rename(rows)
    sums = groups[terms].sum().add_suffix("_sum").copy() if terms else counts.to_frame()[[]]
    sums.insert(0, rows, counts)
    found: nw.DataFrame[Any] = nw.from_native(sums.reset_index())
    return found


def grouped_by_duckdb(
    frame: nw.LazyFrame[Any], keys: list[str], kinds: Mapping[str, Any], rows: str, *, one: bool
) -> nw.LazyFrame[Any]:
    """Count flags and add numbers up, without making numbers of flags first.

    Whole numbers are added up in 128 bits; a sum that 64 bits do not hold is an error of the cast.

    Parameters
    ----------
    frame : narwhals frame
        Of columns that are named by govindex, so that they need no quotes.
    keys : list of str
    kinds : mapping of str to narwhals type
        The columns that are added up.
    rows : str
        The column for the number of records.
    one : bool
        Whether all records are one group, of which another function counts flags faster.
    """
    import narwhals as nw

    # Without a row that is true or false, count_if is null.
    flags = "CAST(coalesce(count_if({0}), 0) AS BIGINT)" if one else "count(*) FILTER ({0})"
    totals = {
        name: flags.format(name) if isinstance(kind, nw.Boolean) else _total(name, kind)
        for name, kind in kinds.items()
    }
    sums = [f"{total} AS {name}_sum" for name, total in totals.items()]
    counted = ", ".join([*keys, f"count(*) AS {rows}", *sums])
    found: nw.LazyFrame[Any] = nw.from_native(frame.to_native().aggregate(counted, ", ".join(keys)))
    return found


def _total(name: str, kind: Any) -> str:
    """Return the sum of a column of numbers; null and NaN add nothing."""
    import narwhals as nw

    if kind.is_integer():
        large = isinstance(kind, (nw.UInt64, nw.Int128, nw.UInt128))
        whole = f"CAST({name} AS BIGINT)" if large else name
        return f"CAST(coalesce(sum({whole}), 0) AS BIGINT)"
    number = f"CAST({name} AS DOUBLE)"
    return f"coalesce(sum({number}) FILTER (NOT isnan({number})), 0)"
