"""Scores of units at every node: shares, percents and printed scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import attrs
import numpy as np

from govindex.compute import Plan, State
from govindex.contracts import Bool, Float, Report, Rounder, Status
from govindex.errors import UnknownNameError, near_miss
from govindex.kernels.rounding import snap, twelve_digits
from govindex.mappings import FrozenMap
from govindex.model.framework import Framework
from govindex.model.node_weights import declared_weights
from govindex.model.observations import Observations
from govindex.model.tree import Dimension, Node, View, scored
from govindex.model.units import Units
from govindex.statuses import TreatedCells, treated

if TYPE_CHECKING:
    import pandas as pd

_NO_REASONS: FrozenMap[tuple[str, str], str] = FrozenMap()

Array = TypeVar("Array", bound=np.ndarray[Any, Any])

__all__ = ["NodeScores", "fixed"]


@attrs.frozen(eq=False, slots=False, kw_only=True)
class NodeScores:
    """Scores of units at every node, from which ranks, bands and tables are made.

    Arrays of all nodes are stacked on demand only, since a ranking of many units needs few of them.
    """

    framework: Framework
    units: Units
    codes: tuple[str, ...]
    _states: tuple[State, ...]
    maxima: Float
    scale: str | float
    print_rounding: Mapping[str, Rounder] = attrs.field(factory=dict)
    observations: Observations | None = None
    opaque: bool = False
    reasons: FrozenMap[tuple[str, str], str] = _NO_REASONS
    _plan: Plan | None = None

    def node(self, code: str) -> Node | View:
        """Return a node by its code."""
        return self.framework.node(code)

    @property
    def preparation(self) -> tuple[Report, ...]:
        """The report of each preparation step: units left out, cells filled, values cut."""
        return () if self.observations is None else self.observations.reports

    def row_of(self, code: str) -> int:
        """Return the row of a node.

        Raises
        ------
        UnknownNameError
            If there is no such node.
        """
        try:
            return self.codes.index(code)
        except ValueError:
            message = f"there is no node '{code}': {near_miss(code, self.codes)}"
            raise UnknownNameError(message) from None

    @cached_property
    def values(self) -> Float:
        """The indicators' values in their measure units, NaN for other nodes (nodes, units)."""
        return fixed(self._stacked([state.value for state in self._states], np.nan))

    @cached_property
    def shares(self) -> Float:
        """Attained share of the applicable maximum, NaN without a score, shape (nodes, units)."""
        return fixed(np.concatenate([state.share for state in self._states]))

    @cached_property
    def applicable(self) -> Float:
        """Applicable part of the maximum, below 1 where it has shrunk, shape (nodes, units)."""
        return fixed(self._stacked([state.applicable for state in self._states], 1.0))

    @cached_property
    def status(self) -> Status:
        """Status of indicators' values; why a dimension has no score, shape (nodes, units)."""
        shape = (1, len(self.units))
        return fixed(np.concatenate([np.broadcast_to(s.status, shape) for s in self._states]))

    @cached_property
    def _treated(self) -> Mapping[str, TreatedCells]:
        data = self.observations
        return {} if data is None else treated(self.framework.leaves, data)

    @cached_property
    def treated(self) -> Bool:
        """Whether an indicator's value depends on treated cells, shape (nodes, units)."""
        masks = np.zeros((len(self.codes), len(self.units)), dtype=bool)
        for code, cells in self._treated.items():
            masks[self.row_of(code)] = cells.mask
        return fixed(masks)

    @cached_property
    def raw_values(self) -> Float:
        """The indicators' values before treatment, NaN where not treated, (nodes, units)."""
        raw = np.full((len(self.codes), len(self.units)), np.nan)
        for code, cells in self._treated.items():
            raw[self.row_of(code)] = cells.raw
        return fixed(raw)

    def _stacked(self, rows: Sequence[Float | None], fill: float) -> Float:
        blank = np.full((1, len(self.units)), fill)
        return np.concatenate([blank if row is None else row for row in rows])

    def _share(self, row: int) -> Float:
        share: Float = self._states[row].share[0]
        return share

    def _part(self, row: int) -> Float | float:
        part = self._states[row].applicable
        return 1.0 if part is None else part[0]

    def _weights_below(self, branch: Dimension) -> tuple[list[Node], Float]:
        """Return the scored children of a branch and their weights, shape (children, units).

        Where absence moved weights, a weight is the child's part of the node, else as declared.
        """
        children = scored(branch.inside)
        moved = self._states[self.row_of(branch.code)].in_force
        if moved is not None:
            return children, np.concatenate(moved)
        return children, self._declared_weights(children)

    def _declared_weights(self, nodes: Sequence[Node]) -> Float:
        codes = [node.code for node in nodes]
        return declared_weights(self.framework, codes, self.observations, len(self.units))

    @cached_property
    def printed(self) -> Float:
        """Scores in the printed unit (points or the common scale), shape (nodes, units)."""
        return fixed(np.stack([self.printed_at(code) for code in self.codes]))

    def printed_at(self, code: str) -> Float:
        """Return one node's printed scores, shape (units,)."""
        return self._printed(code, self.full_at(code))

    def _printed(self, code: str, scores: Float) -> Float:
        row = self.row_of(code)
        if code not in self.print_rounding or not self.maxima[row] > 0:
            return scores
        return self._snapped(self.print_rounding[code](scores), row)

    def full_at(self, code: str) -> Float:
        """Return one node's scores in the printed unit as ranked, shape (units,).

        They differ from :meth:`printed_at` if a rounding is ``printed_only``.
        """
        row = self.row_of(code)
        return self._snapped(self._share(row) * self._part(row) * self.maxima[row], row)

    @cached_property
    def percent(self) -> Float:
        """Scores in percent of the applicable maximum, shape (nodes, units).

        NaN at views that print ranks or counts of peers, which have no maximum.
        """
        return fixed(np.stack([self._percent_of(row) for row in range(len(self.codes))]))

    def _percent_of(self, row: int) -> Float:
        percent = snap(self._share(row) * 100.0, 100.0)
        return np.where(self._gives_ranks(row), np.nan, percent)

    def _gives_ranks(self, row: int) -> Bool | bool:
        """Return whether a row holds ranks or counts of peers, for all units or for each."""
        return not self.opaque and self.codes[row] in self.framework._views_of_ranks

    @cached_property
    def applicable_points(self) -> Float:
        """The applicable maximum in the printed unit, shape (nodes, units).

        NaN at views that print ranks or counts of peers.
        """
        return fixed(np.stack([self._maxima_of(row) for row in range(len(self.codes))]))

    def _maxima_of(self, row: int) -> Float:
        whole = np.full(len(self.units), self.maxima[row])
        return np.where(self._gives_ranks(row), np.nan, self._snapped(whole * self._part(row), row))

    def _size(self, row: int) -> float:
        return float(self.maxima[row]) if self.maxima[row] > 0 else 1.0

    def _snapped(self, scores: Float, row: int) -> Float:
        return self._on_paper(self.codes[row], scores)

    def _on_paper(self, code: str, scores: Float, size: Float | float = 0.0) -> Float:
        """Return scores of a node, or differences of scores up to a size, without their last bits.

        They keep twelve digits of the node's scale, or of each score at nodes of one sign.
        """
        if code in self._of_one_sign:
            return twelve_digits(scores, size)
        return snap(scores, self._size(self.row_of(code)))

    @cached_property
    def _of_one_sign(self) -> frozenset[str]:
        """The nodes whose scores are sums of one sign, so that nothing cancels."""
        return frozenset() if self.opaque else self.framework._of_one_sign

    @property
    def score(self) -> pd.Series[float]:
        """The total of each unit in the printed unit, NaN for a unit without a score."""
        return self.scores[self.codes[0]]

    @property
    def scores(self) -> pd.DataFrame:
        """Scores in the printed unit, units × nodes."""
        return self._frame(self.printed)

    def _frame(self, array: Any, codes: Sequence[str] | None = None) -> pd.DataFrame:
        import pandas as pd

        index = pd.Index(self.units.codes, name="unit")
        return pd.DataFrame(np.array(array.T), index=index, columns=list(codes or self.codes))


def fixed(array: Array) -> Array:
    """Return an array made read-only: results are shared."""
    array.flags.writeable = False
    return array
