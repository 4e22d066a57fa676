"""A published column against what a methodology computes, rounded in every usual way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

import attrs
import numpy as np

from govindex.contracts import Float
from govindex.errors import DataError, GovIndexError, Problems, SettingError, listing, near_miss
from govindex.methods import Methodology
from govindex.model.observations import Observations
from govindex.opaque import AnyMethodology
from govindex.reconciliation.intervals import half_unit
from govindex.reconciliation.printed_tables import PrintedTable, StatedColumn, needed_decimals
from govindex.reconciliation.tried_rules import TableCheck, TriedRule
from govindex.results import IndexResult
from govindex.rounding import Levels, Mode, Rounding

__all__ = ["Recomputation", "halves_of", "recomputed"]

# The tiers that are rounded, and how many decimals more those below the total have.
_TRIED = (
    (("total",), 0),
    *(
        (tiers, finer)
        for finer in (0, 1)
        for tiers in (("node", "total"), ("leaf", "total"), ("leaf", "node", "total"))
    ),
)
_MODES: tuple[Mode, ...] = ("half-up", "half-even", "truncate", "binary", "r")
_SLACK = 1e-9


_Variant = tuple[Rounding | None, tuple[str, ...], int | None, IndexResult]


@attrs.frozen(eq=False)
class Recomputation:
    """An index that was computed again.

    Parameters
    ----------
    method : methodology
    data : Observations
    result : IndexResult
    nodes : mapping of str to str
        The node of each published column.
    rows : tuple of int or None
        The unit in each row of the published table, None if the data do not have it.
    halves : mapping of str to float
        Half a unit of the last printed decimal of each variable; none if the data are exact.
    checked_already : set of str
        Nodes that are checked as sums of printed parts.
    """

    method: AnyMethodology
    data: Observations
    result: IndexResult
    nodes: Mapping[str, str]
    rows: tuple[int | None, ...]
    halves: Mapping[str, float] = attrs.field(factory=dict)
    checked_already: frozenset[str] = frozenset()

    def of_rows(self, values: Float) -> Float:
        """Return numbers of units in the order of the published table."""
        return np.array([np.nan if row is None else values[row] for row in self.rows])

    def full(self, node: str) -> Float:
        """Return the unrounded scores of a node in the order of the published table."""
        return self.of_rows(self._full(node, self.data))

    def _full(self, node: str, data: Observations) -> Float:
        method: Any = self.method
        if isinstance(method, Methodology):
            method = attrs.evolve(method, rounding=Levels())
        return np.asarray(method.compute(data).full_at(node), dtype=np.float64)

    def _hidden(self, node: str, computed: Float) -> Float:
        """Return how far what print hides of the data can move a score: exact where it is linear.

        Each variable is moved by half a unit of its last decimal, up and down.
        """
        total = np.zeros(len(computed))
        for name, half in self.halves.items():
            column, moves = self.data.column_of(name), []
            for sign in (half, -half):
                values = self.data.values.copy()
                values[:, column] += sign
                moved = attrs.evolve(self.data, values=values)
                moves.append(np.abs(self.of_rows(self._full(node, moved)) - computed))
            total += np.fmax(*moves)
        return total

    def checks(self, table: PrintedTable) -> Iterator[TableCheck]:
        """Yield a check for every published column that is a node."""
        variants = list(self._variants(table))
        for name, node in self.nodes.items():
            if node in self.checked_already:
                continue
            column = table.numbers[name]
            yield self._check(column, node, variants)

    def _variants(self, table: PrintedTable) -> Iterator[_Variant]:
        """Yield the index rounded in every usual way, tiers below the total also more finely."""
        yield None, (), None, self.result
        if not isinstance(self.method, Methodology):
            return
        places = {table.numbers[name].decimals for name in self.nodes}
        for decimals, mode in product(sorted(places, reverse=True), _MODES):
            for tiers, finer in _TRIED:
                total, below = (Rounding(d, mode) for d in (decimals, decimals + finer))
                rounded = {tier: total if tier == "total" else below for tier in tiers}
                variant = attrs.evolve(self.method, rounding=Levels(**rounded))
                places_below = below.decimals if len(tiers) > 1 else None
                yield total, tiers, places_below, variant.compute(self.data)

    def _check(
        self,
        column: StatedColumn,
        node: str,
        variants: list[_Variant],
    ) -> TableCheck:
        computed = self.full(node)
        known = ~np.isnan(computed) & ~np.isnan(column.values)
        bound = float(half_unit(column.decimals)) + self._hidden(node, computed)
        rules = []
        for rounding, tiers, below, result in variants:
            if rounding is not None and rounding.decimals != column.decimals:
                continue
            as_printed = rounding or Rounding(column.decimals)
            printed = as_printed(self.of_rows(np.asarray(result.printed_at(node))))
            base = "declared" if rounding is None else "recomputed"
            mode = None if rounding is None else rounding.mode
            rules.append(
                TriedRule(base, known & (printed == column.values), below, mode, None, tiers)
            )
        distance = np.abs(computed - column.values)
        return TableCheck(
            f"{column.name} ← {self.method.id}",
            column.name,
            "recomputed",
            (),
            tuple(None if v != v else v for v in column.values.tolist()),
            tuple(None if v != v else v for v in computed.tolist()),
            np.where(known, bound, np.nan),
            known & (Rounding(column.decimals)(computed) == column.values),
            known & (distance <= bound + _SLACK * np.maximum(np.abs(computed), 1.0)),
            known,
            tuple(rules),
        )


def recomputed(
    method: Any, data: Any, units: tuple[str, ...], nodes: Mapping[str, str]
) -> Recomputation:
    """Compute an index for a published table.

    Raises
    ------
    SettingError
        If `method` or `data` is something else.
    UnknownNameError
        If there is no such node.
    DataError
        If no unit of the table is in the data, or a unit is in two of its rows.
    """
    if not callable(getattr(method, "compute", None)):
        raise SettingError(f"method is a methodology, not {method!r}")
    if not isinstance(data, Observations):
        raise SettingError(
            f"method= needs the data that it scores: data=Observations, not {data!r}"
        )
    result: IndexResult = method.compute(data)
    for node in nodes.values():
        result.row_of(node)  # refuses an unknown one
    rows = tuple(_row(result, unit) for unit in units)
    problems = Problems()
    if all(row is None for row in rows):
        known = result.units.labels()
        problems.add(
            f"no unit of the table is in the data: {near_miss(units[0], known)}", code="unit.none"
        )
    placed = [row for row in rows if row is not None]
    twice = {result.units.codes[row] for row in placed if placed.count(row) > 1}
    if twice:
        problems.add(
            f"the table has several rows for {listing(sorted(twice))}, the data one: give the "
            "table of one period",
            code="unit.twice",
        )
    problems.raise_any(DataError, "The published table cannot be compared with the data")
    return Recomputation(method, data, result, nodes, rows)


def halves_of(data: Observations) -> dict[str, float]:
    """Return half a unit of the last decimal of each variable; a count is exact."""
    halves = {}
    for name in data.variables:
        known = data.values[:, data.column_of(name)]
        places = max((needed_decimals(v) for v in known[~np.isnan(known)].tolist()), default=0)
        if places:
            halves[name] = float(half_unit(places))
    return halves


def _row(result: IndexResult, unit: str) -> int | None:
    try:
        return result.units.locate(unit)
    except GovIndexError:
        return None
