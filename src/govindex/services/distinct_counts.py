"""Different values by unit and by the units above it, from one pass over the records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from govindex.engines import RecordTable, grouped_sums, sums_text
from govindex.frames import text_of
from govindex.records import Condition

if TYPE_CHECKING:
    import narwhals as nw

__all__ = ["DistinctCounts", "distinct_counts"]


@attrs.frozen(eq=False)
class DistinctCounts:
    """The number of different values of a column, by variable and unit.

    Parameters
    ----------
    by_variable : mapping of str to mapping of str to int
        Units without a value are left out: they have 0.
    blank : mapping of str to int
        By variable, how many records count and have no value.
    table : RecordTable
    column : str
    sums : mapping of str to narwhals expression
    """

    by_variable: Mapping[str, Mapping[str, int]]
    blank: Mapping[str, int]
    table: RecordTable
    column: str
    sums: Mapping[str, nw.Expr]

    def sql(self) -> str:
        """Return what the engine ran, as SQL."""
        return sums_text(self.table, ["unit", self.column], self.sums)


def distinct_counts(
    table: RecordTable,
    column: str,
    conditions: Mapping[str, Condition | None],
    parents: Mapping[str, str],
) -> DistinctCounts:
    """Count the different values of a column, by unit and by all units above it.

    Groups of unit and value come back from the engine, whatever the number of records.

    Parameters
    ----------
    table : RecordTable
        With a column "unit".
    column : str
    conditions : mapping of str to Condition or None
        By variable, the records whose values count; None for all.
    parents : mapping of str to str
        The parent of each unit that has one.

    Examples
    --------
    >>> import pandas as pd
    >>> from govindex.engines import open_records
    >>> table = open_records(pd.DataFrame({"unit": ["A", "A", "B"], "procedure": [*"ppp"]}))
    >>> found = distinct_counts(table, "procedure", {"x": None}, {"A": "C", "B": "C"})
    >>> sorted(found.by_variable["x"].items())
    [('A', 1), ('B', 1), ('C', 1)]
    """
    import narwhals as nw

    sums = {
        name: nw.lit(1) if condition is None else condition.truth(table.schema, None)
        for name, condition in conditions.items()
    }
    groups = grouped_sums(table, ["unit", column], sums)
    rows, raws = groups["unit"].factorize(use_na_sentinel=False)
    units = [text_of(raw) for raw in raws]
    nodes, paths = _paths(units, parents)
    values = groups[column].factorize()[0]  # -1 for a blank
    known = np.array([unit is not None for unit in units], dtype=bool)[rows]
    found, blank = {}, {}
    for name in conditions:
        numbers = groups[name].to_numpy()
        blank[name] = int(numbers[known & (values < 0)].sum())
        counted = (numbers > 0) & known & (values >= 0)
        found[name] = _different(paths[rows[counted]], values[counted], nodes)
    return DistinctCounts(found, blank, table, column, sums)


def _paths(units: list[str | None], parents: Mapping[str, str]) -> tuple[list[str], Any]:
    """Return all units, and the rows of each unit and those above it, -1 after the highest."""
    nodes: dict[str, int] = {}
    paths = []
    for unit in units:
        path = [unit or ""]
        while path[-1] in parents and len(path) <= len(parents):
            path.append(parents[path[-1]])
        paths.append([nodes.setdefault(node, len(nodes)) for node in path])
    depth = max(map(len, paths), default=1)
    padded = [path + [-1] * (depth - len(path)) for path in paths]
    return list(nodes), np.array(padded, dtype=np.intp).reshape(-1, depth)


def _different(paths: Any, values: Any, nodes: list[str]) -> dict[str, int]:
    """Return the number of different values of each unit that has one."""
    node, value = paths.reshape(-1), np.repeat(values, paths.shape[1])
    key = (node * (int(values.max(initial=0)) + 1) + value)[node >= 0]
    number = np.bincount(np.unique(key) // (int(values.max(initial=0)) + 1), minlength=len(nodes))
    return {code: int(number[row]) for row, code in enumerate(nodes) if number[row]}
