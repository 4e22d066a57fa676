"""Dask: every partition is counted as a pandas frame, and the counts are put together in a tree."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from govindex.engines.groups import failed, merged
from govindex.engines.tables import RecordTable
from govindex.errors import GovIndexError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["shuffled_sum", "tree_sum"]

_WIDTH = 8  # how many results one task puts together
_MOST_BUCKETS = 32

Part = Callable[["pd.DataFrame"], "pd.DataFrame"]


def tree_sum(table: RecordTable, of_part: Part, keys: Sequence[str]) -> pd.DataFrame:
    """Return the sums of all partitions, added up by key."""
    from dask.delayed import delayed

    small = delayed(of_part)
    parts = [small(part) for part in table.frame.to_delayed()]
    return _computed(_tree(parts, keys), table.rows)


def shuffled_sum(
    table: RecordTable, of_part: Part, apart: Sequence[str], of_bucket: Part, keys: Sequence[str]
) -> pd.DataFrame:
    """Return sums over rows that must meet first: those with equal values in columns `apart`.

    Rows of all partitions with equal values come into one bucket, so nothing is counted twice.
    """
    from dask.delayed import delayed

    parts = table.frame.to_delayed()
    count = min(len(parts), _MOST_BUCKETS)
    split = delayed(_buckets, nout=count)
    pieces = [split(delayed(of_part)(part), list(apart), count) for part in parts]
    gather = delayed(_gathered)
    buckets = [gather([piece[row] for piece in pieces], of_bucket) for row in range(count)]
    return _computed(_tree(buckets, keys), table.rows)


def _computed(result: Any, rows: str) -> pd.DataFrame:
    try:
        found: pd.DataFrame = result.compute()
    except GovIndexError:
        raise
    except Exception as error:  # any error of a worker or of what reads the partitions
        raise failed("dask", error, rows) from error
    return found


def _tree(results: list[Any], keys: Sequence[str]) -> Any:
    from dask.delayed import delayed

    add = delayed(_added)
    while True:
        results = [
            add(results[start : start + _WIDTH], list(keys))
            for start in range(0, len(results), _WIDTH)
        ]
        if len(results) == 1:
            return results[0]


def _added(results: Sequence[pd.DataFrame], keys: Sequence[str]) -> pd.DataFrame:
    import pandas as pd

    return merged(pd.concat(results, ignore_index=True), keys)


def _gathered(pieces: Sequence[pd.DataFrame], of_bucket: Part) -> pd.DataFrame:
    import pandas as pd

    filled = [piece for piece in pieces if len(piece)]
    return of_bucket(pd.concat(filled or pieces[:1], ignore_index=True))


def _buckets(rows: pd.DataFrame, apart: Sequence[str], count: int) -> list[pd.DataFrame]:
    """Return the rows in buckets: equal values are in the same one on every worker."""
    import pandas as pd

    hashes = np.zeros(len(rows), dtype=np.uint64)
    for column in apart:
        cells = rows[column]
        # One partition may hold whole numbers as integers and another, with a gap, as doubles.
        same = cells.astype("float64") if pd.api.types.is_numeric_dtype(cells) else cells
        codes = pd.util.hash_array(np.asarray(same.astype(object).astype(str)), categorize=False)
        hashes = hashes * np.uint64(31) + codes
    bucket = hashes % np.uint64(count)
    return [rows[bucket == number] for number in range(count)]
