"""Weighted means of indicators, ready for many draws of weights: a few matrix products.

A branch either passes a smaller maximum up where something is absent, and joins what is above it,
or restores its maximum, and is a quotient of two products by itself.
"""

from __future__ import annotations

import attrs
import numpy as np

from govindex.compute.block import State
from govindex.compute.plan import Plan
from govindex.compute.weights import Drawn
from govindex.contracts import Bool, Float, Index, Status

__all__ = ["Linear"]


@attrs.frozen(eq=False)
class Linear:
    """A branch that is a weighted mean of indicators.

    What is absent does not hang on the weights as long as all are above 0, so it is settled before.
    A weight of 0 takes a node out, and with it what it lacks.

    Parameters
    ----------
    paths : tuple of (branch, children)
        The branches that are joined, from the top down, with the rows of their scored children.
    shares : array, shape (nodes, units)
        Of these children in that order; 0 where a share is absent, and of branches.
    known : array of the same shape, or None
        1 where an indicator or a branch inside has a share, else 0; None if all have.
    inside : tuple of (int, Linear, array)
        Branches that restore their maximum: their place among the nodes, and the units for which
        they do not count.
    passes_up : bool
        Whether a smaller maximum is passed up instead of restored.
    twins : (array, array)
        Units that are equal to an earlier one, and these.
    status : array of CellStatus, shape (1, units)
        Why a unit has no score, where it has none.
    lacking : (array, array) or None
        How many indicators are missing and not applicable, shape (1, units); None if none is.
    all_weighted : bool
        Whether no weight may be 0: it matters somewhere how many indicators there are or lack, or
        which of the two they are.
    rows : tuple of int
        All nodes below.
    """

    paths: tuple[tuple[int, tuple[int, ...]], ...]
    shares: Float
    known: Float | None
    inside: tuple[tuple[int, Linear, Index], ...]
    passes_up: bool
    twins: tuple[Index, Index]
    status: Status
    lacking: tuple[Float, Float] | None
    all_weighted: bool
    rows: tuple[int, ...] = attrs.field(init=False)
    _somebody: Bool = attrs.field(init=False)
    _memory: dict[str, Float] = attrs.field(init=False, factory=dict)

    def __attrs_post_init__(self) -> None:
        own = [row for _, children in self.paths for row in children]
        below = [row for _, other, _ in self.inside for row in other.rows]
        object.__setattr__(self, "rows", (*own, *below))
        units = self.shares.shape[1]
        anybody = np.ones(units, dtype=bool) if self.known is None else self.known.any(axis=0)
        object.__setattr__(self, "_somebody", anybody)

    def state(self, plan: Plan, drawn: Drawn, buffer: Float | None = None) -> State | None:
        """Return the branch's state for draws of weights; the next call uses its memory again.

        None where a weight is none, or a draw gives all children of a branch no weight: that is
        refused by name. None as well where a weight of 0 would change what was settled.

        Parameters
        ----------
        plan : Plan
        drawn : Drawn
        buffer : array, shape (draws, units), optional
            Memory that may be used for the shares.
        """
        draws = self._draws(plan, drawn)
        shape = (draws, self.shares.shape[1])
        share = buffer if buffer is not None and buffer.shape == shape else np.empty(shape)
        divisor = self._mean(plan, drawn, share)
        if divisor is None:
            return None
        self._alike(share)
        if self.known is None:
            return State(share, self.status, True, lacking=self.lacking)
        self._alike(divisor)
        present = divisor > 0
        complete = bool(present.all())
        if not complete:
            share[~present] = np.nan
        applicable = divisor if self.passes_up else None if complete else present.astype(float)
        return State(share, self.status, complete, applicable=applicable, lacking=self.lacking)

    def _draws(self, plan: Plan, drawn: Drawn) -> int:
        numbers = (drawn.weights[plan.codes[row]] for _, rows in self.paths for row in rows)
        own = max(len(number) for number in numbers)
        return max(own, *(other._draws(plan, drawn) for _, other, _ in self.inside), 1)

    def _mean(self, plan: Plan, drawn: Drawn, out: Float) -> Float | None:
        """Write the means, shape (draws, units), and return what they were divided by."""
        parts = self._parts(plan, drawn, len(out))
        if parts is None:
            return None
        np.matmul(parts.T, self.shares, out=out)
        for place, other, nobody in self.inside:
            # Branches inside one branch take turns with their memory.
            mean = self._kept("mean", *out.shape)
            divisor = other._mean(plan, drawn, mean)
            if divisor is None or other._loses(divisor):
                return None
            mean *= parts[place][:, None]
            if nobody.size:
                mean[:, nobody] = 0.0
            out += mean
        if self.known is None:
            return np.ones((1, 1))
        divisor = np.matmul(parts.T, self.known, out=self._kept("divisor", *out.shape))
        with np.errstate(invalid="ignore", divide="ignore"):
            out /= divisor
        return divisor

    def _loses(self, divisor: Float) -> bool:
        """Tell whether a unit has no score in some draws only, for all it has has weight 0."""
        return not divisor.min() > 0 and bool((divisor[:, self._somebody] == 0).any())

    def _parts(self, plan: Plan, drawn: Drawn, draws: int) -> Float | None:
        """Return the parts of the mean that its nodes make, shape (nodes, draws)."""
        codes = [plan.codes[row] for _, children in self.paths for row in children]
        # A branch with a child that is weighted by a variable is not linear.
        numbers = [w for code in codes if not isinstance(w := drawn.weights[code], str)]
        parts = self._kept("parts", len(numbers), draws)
        for part, number in zip(parts, numbers, strict=True):
            part[:] = number
        above: dict[int, Float] = {self.paths[0][0]: np.ones(1)}
        first = 0
        for row, children in self.paths:
            own = parts[first : first + len(children)]
            whole = np.add.reduce(own, axis=0)
            least = own.min()
            if not (least >= 0 and whole.min() > 0 and whole.max() < np.inf):
                return None
            if self.all_weighted and not least > 0:
                return None
            own *= above[row] / whole
            above.update(zip(children, own, strict=True))
            first += len(children)
        return parts

    def _kept(self, name: str, *shape: int) -> Float:
        # New memory for every block would take longer than what is computed in it.
        kept = self._memory.get(name)
        if kept is None or kept.shape != shape:
            kept = self._memory[name] = np.empty(shape)
        return kept

    def _alike(self, products: Float) -> None:
        # A matrix product may add up equal columns in other orders.
        twins, first = self.twins
        if twins.size:
            products[:, twins] = products[:, first]
