"""The losses of each node, in the printed unit of the total."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from govindex.contracts import (
    Aggregator,
    BaseAggregator,
    BaseMeasure,
    BranchScope,
    RelativeAggregator,
    Scope,
    best_between,
    combined,
    completed,
    largest_meant,
)
from govindex.errors import SettingError
from govindex.explanation.shapley import shapley_losses
from govindex.kernels.scaling import tame
from govindex.model.tree import Dimension, Indicator, Node
from govindex.results import IndexResult

__all__ = ["Losses"]

_ALIKE = 1e-10


class Losses:
    """Losses of one unit in the printed unit of the total, computed from the root down."""

    def __init__(self, result: IndexResult, index: int) -> None:
        self.result = result
        self.framework = result.framework
        self.unit = index
        self.lost: dict[str, float] = {}
        self.own_loss: dict[str, float] = {}
        self.attainable: dict[str, float] = {}
        self.full: dict[str, float] = {}
        self.without_maximum: set[str] = set()
        # Unscored nodes lose nothing, and bonuses have no maximum to fall short of.
        self.extra = {code for code in self.framework.codes if self.framework.is_bonus(code)}
        for node in reversed(self.framework.nodes):
            scored = node.code not in self.extra and self.framework.is_scored(node.code)
            self.full[node.code] = self._reference(node) if scored else 0.0
        self._check_leaves()

    def share(self, code: str) -> float:
        """Return the unit's share at a node."""
        return float(self.result.shares[self.result.row_of(code), self.unit])

    def parts(self, branch: Dimension) -> list[tuple[Node, float]]:
        """Return the children that count for the unit, with their parts of the branch."""
        children, weights = self.result._weights_below(branch)
        sizes = tame(weights[:, self.unit]).tolist()
        whole = sum(sizes)
        return [(c, size / whole) for c, size in zip(children, sizes, strict=True) if size > 0]

    def _reference(self, node: Node) -> float:
        """Return a node's share if all indicators have their largest share."""
        if isinstance(node, Indicator):
            best = self._best(node)
            if best is not None:
                return best
            # Without a largest share there is nothing to fall short of: no points are lost.
            self.without_maximum.add(node.code)
            share = self.share(node.code)
            return 1.0 if np.isnan(share) else share
        parts = self.parts(node)
        best = self._aggregated(node, [self.full[child.code] for child, _ in parts])
        if node.rule is None or not parts:
            return best
        largest = largest_meant(node.rule)
        if largest is not None:
            return largest
        if node.rule.peer_dependent or not node.rule.monotone:
            why = "has no largest share" if node.rule.peer_dependent else "is not monotone"
            raise SettingError(
                f"'{node.code}' is rescaled by {node.rule!r}, which {why}: there is no maximum to "
                "fall short of. gi.contributions(result) divides the scores themselves"
            )
        scope = Scope(float(self.result.maxima[self.result.row_of(node.code)]), computed=True)
        return float(node.rule(np.array([best]), scope)[0])

    def _best(self, leaf: Indicator) -> float | None:
        """Return the largest intended share of an indicator, None without a limit."""
        if leaf.rule is None:
            return 1.0
        scope = Scope(float(self.result.maxima[self.result.row_of(leaf.code)]), leaf.direction)
        return best_between(leaf.rule, completed(leaf.measure, BaseMeasure).bounds, scope)

    def _check_leaves(self) -> None:
        """Refuse an explanation in which no indicator can lose anything."""
        scored = [leaf for leaf in self.framework.leaves if self.framework.is_scored(leaf.code)]
        inside = [leaf for leaf in scored if leaf.code not in self.extra]
        if inside and all(leaf.code in self.without_maximum for leaf in inside):
            leaf = inside[0]
            raise SettingError(
                f"indicator '{leaf.code}' is scored by {leaf.rule!r}, which has no largest share, "
                "nor has the rule of any other: there is no maximum to fall short of. "
                "gi.contributions(result) divides the scores themselves"
            )

    def _aggregated(self, branch: Dimension, shares: Sequence[float]) -> float:
        parts = self.parts(branch)
        if not parts:
            return 1.0
        aggregate = self.framework.aggregator(branch.code)
        _check_maximum(branch, aggregate)
        columns = [np.array([share]) for share in shares]
        weights = [np.array([weight]) for _, weight in parts]
        scope = BranchScope(tuple(child.code for child, _ in parts))
        return float(combined(aggregate, columns, weights, scope)[0])

    def descend(self, node: Node, points: float) -> None:
        """Attribute the loss of a node whose whole share adds `points` to the total."""
        self.attainable[node.code] = points * self.full[node.code]
        self.lost[node.code] = points * (self.full[node.code] - self.share(node.code))
        if not isinstance(node, Dimension):
            return
        parts = self.parts(node)
        attributed = self._bonuses(node, points)
        for (child, _), factor in zip(parts, self._factors(node, parts), strict=True):
            self.descend(child, points * factor)
            attributed += self.lost[child.code]
        self.own_loss[node.code] = self.lost[node.code] - attributed

    def _factors(self, branch: Dimension, parts: Sequence[tuple[Node, float]]) -> list[float]:
        """Return the share of the branch that a whole share of each child adds."""
        weights = [weight for _, weight in parts]
        aggregate = self.framework.aggregator(branch.code)
        if aggregate.linear:
            return weights
        if branch.code in self.extra:
            return [0.0] * len(parts)  # the gain by a mean of bonuses cannot be divided
        shares = [self.share(child.code) for child, _ in parts]
        full = [self.full[child.code] for child, _ in parts]
        scope = BranchScope(tuple(child.code for child, _ in parts))
        losses = shapley_losses(aggregate, full, shares, weights, scope)
        # A child that lost nothing has no loss to divide: its weight is its factor.
        return [
            loss / (best - share) if abs(best - share) > _ALIKE else weight
            for loss, best, share, weight in zip(losses, full, shares, weights, strict=True)
        ]

    def _bonuses(self, branch: Dimension, points: float) -> float:
        # A bonus adds its points, whatever part of the branch's maximum applies.
        children = [*branch.inside, *branch.bonuses]
        sized = tame(self.result._declared_weights(children)[:, self.unit]).tolist()
        inside = sum(sized[: len(branch.inside)])
        row = self.result.row_of(branch.code)
        applicable = self.result.applicable[row, self.unit]
        total = 0.0
        for child, weight in zip(branch.bonuses, sized[len(branch.inside) :], strict=True):
            if child.weight != 0 and not np.isnan(self.share(child.code)):
                part = self.result.applicable[self.result.row_of(child.code), self.unit]
                self.descend(child, points * weight * part / (inside * applicable))
                total += self.lost[child.code]
        return total


def _check_maximum(branch: Dimension, aggregate: Aggregator) -> None:
    """Refuse a branch that may not reach its maximum where all children reach theirs."""
    if aggregate.peer_dependent:
        advice = (
            "explain the result of the anchored methodology, anchored(…)"
            if isinstance(aggregate, RelativeAggregator)
            else "there is no maximum to fall short of"
        )
        raise SettingError(
            f"'{branch.code}' is combined by {aggregate!r}, which looks at peers: {advice}"
        )
    promises = completed(aggregate, BaseAggregator)
    if not (promises.monotone or promises.mean or promises.below_arithmetic):
        raise SettingError(
            f"'{branch.code}' is combined by {aggregate!r}, where better children can score less: "
            "there is no maximum to fall short of"
        )
