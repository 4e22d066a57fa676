"""Weighted means of indicators, ready for many draws of weights: a few matrix products.

With absent cells, a branch either passes a smaller maximum up and joins the branch above it, or
restores its maximum and is a separate quotient of two products.
"""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import numpy as np

from govindex.compute.block import State
from govindex.compute.weights import DrawnWeights
from govindex.contracts import Bool, Float, Index, Status
from govindex.kernels.memory import Memory
from govindex.kernels.scaling import powers

__all__ = ["Linear"]


@attrs.frozen(eq=False)
class Linear:
    """A branch that is a weighted mean of indicators.

    Absent cells do not depend on the weights while all are above 0, so they are settled before.
    A node of weight 0 does not count, nor do its absent cells.

    Parameters
    ----------
    paths : tuple of (code, codes)
        The branches that are joined, from the top down, with their scored children.
    shares : array, shape (nodes, units)
        Of these children in that order; 0 where a share is absent, and of branches.
    known : array of the same shape, or None
        1 where an indicator or a branch inside has a share, else 0; None if all have.
    inside : tuple of (int, Linear, array)
        Branches that restore their maximum: their index among the nodes, and the units for which
        they do not count.
    passes_up : bool
        Whether a smaller maximum is passed up instead of restored.
    twins : (array, array)
        Units that are equal to an earlier one, and these.
    status : array of CellStatus, shape (1, units)
        Why a unit has no score; reported if it has one.
    lacking : tuple of array or None
        How many indicators are absent, by kind of absence, shape (1, units); None if all
        are present.
    all_weighted : bool
        Whether no weight may be 0, since a policy somewhere counts present or absent indicators,
        or distinguishes kinds of absence.
    codes : tuple of str
        The nodes: all children in that order.
    """

    paths: tuple[tuple[str, tuple[str, ...]], ...]
    shares: Float
    known: Float | None
    inside: tuple[tuple[int, Linear, Index], ...]
    passes_up: bool
    twins: tuple[Index, Index]
    status: Status
    lacking: tuple[Float, ...] | None
    all_weighted: bool
    codes: tuple[str, ...] = attrs.field(init=False)
    _spans: tuple[tuple[slice, int | None], ...] = attrs.field(init=False)
    _present_anywhere: Bool = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        codes = tuple(code for _, children in self.paths for code in children)
        object.__setattr__(self, "codes", codes)
        ends = np.cumsum([len(children) for _, children in self.paths]).tolist()
        spans = zip([0, *ends], ends, self.paths, strict=False)
        slices = [
            (slice(first, end), codes.index(code) if code in codes else None)
            for first, end, (code, _) in spans
        ]
        object.__setattr__(self, "_spans", tuple(slices))
        units = self.shares.shape[1]
        present = np.ones(units, dtype=bool) if self.known is None else self.known.any(axis=0)
        object.__setattr__(self, "_present_anywhere", present)

    @property
    def below(self) -> Iterator[str]:
        """All nodes below, including those of branches inside."""
        yield from self.codes
        for _, other, _ in self.inside:
            yield from other.below

    def state(self, drawn: DrawnWeights, memory: Memory) -> State | None:
        """Return the branch's state for draws of weights, in reusable memory.

        None if a weight is not valid or a draw gives all children of a branch weight 0; the walk
        over single nodes refuses it by name. None too if a weight of 0 would change a settlement.

        Parameters
        ----------
        drawn : DrawnWeights
        memory : Memory
        """
        shape = (self._draws(drawn), self.shares.shape[1])
        share = memory.following(shape)
        divisor = self._mean(drawn, share, memory)
        if divisor is None:
            return None
        self._equalise(share)
        if self.known is None:
            return State(share, self.status, True, lacking=self.lacking)
        self._equalise(divisor)
        present = divisor > 0
        complete = bool(present.all())
        if not complete:
            share[~present] = np.nan
        applicable = divisor if self.passes_up else None if complete else present.astype(float)
        return State(share, self.status, complete, applicable=applicable, lacking=self.lacking)

    def _draws(self, drawn: DrawnWeights) -> int:
        return max(
            drawn.draws(self.codes), *(other._draws(drawn) for _, other, _ in self.inside), 1
        )

    def _mean(self, drawn: DrawnWeights, out: Float, memory: Memory) -> Float | None:
        """Write the means, shape (draws, units), and return their divisors."""
        parts = self._parts(drawn, len(out), memory)
        if parts is None:
            return None
        np.matmul(parts.T, self.shares, out=out)
        for index, other, absent in self.inside:
            mean = memory.following(out.shape)
            divisor = other._mean(drawn, mean, memory)
            if divisor is None or other._loses(divisor):
                return None
            mean *= parts[index][:, None]
            if absent.size:
                mean[:, absent] = 0.0
            out += mean
        if self.known is None:
            return np.ones((1, 1))
        divisor = memory.following(out.shape)
        np.matmul(parts.T, self.known, out=divisor)
        with np.errstate(invalid="ignore", divide="ignore"):
            out /= divisor
        return divisor

    def _loses(self, divisor: Float) -> bool:
        """Return whether a unit has no score in some draws, as its present nodes have weight 0."""
        return not divisor.min() > 0 and bool((divisor[:, self._present_anywhere] == 0).any())

    def _parts(self, drawn: DrawnWeights, draws: int, memory: Memory) -> Float | None:
        """Return the weight of each node in the mean, shape (nodes, draws)."""
        parts = memory.following((len(self.codes), draws))
        drawn.write(self.codes, parts)
        least = parts.min()
        if not least >= 0 or (self.all_weighted and not least > 0):
            return None
        wholes = memory.following((len(self.paths), draws))
        for whole, (span, _) in zip(wholes, self._spans, strict=True):
            with np.errstate(over="ignore"):
                np.add.reduce(parts[span], axis=0, out=whole)
        # All must be above 0 and of a size that can be multiplied.
        if not wholes.min() > 0 or powers(wholes) is not None:
            return None
        for whole, (span, above) in zip(wholes, self._spans, strict=True):
            np.divide(1.0 if above is None else parts[above], whole, out=whole)
            parts[span] *= whole
        return parts

    def _equalise(self, products: Float) -> None:
        # A matrix product may sum equal columns in different orders.
        twins, first = self.twins
        if twins.size:
            products[:, twins] = products[:, first]
