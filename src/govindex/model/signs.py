"""Nodes whose scores have terms of one sign, so that nothing cancels.

Such scores keep their digits however small they are. In other scores the last bits of a difference
would rank units, so that scores far below the scale tie.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from govindex.contracts import Aggregator, BaseAggregator, BaseMeasure, BaseRule, completed
from govindex.model.tree import Dimension, Indicator, Node, View

__all__ = ["nodes_of_one_sign", "shared_of_one_sign", "sums_of_one_sign"]

# The largest double below 0: an aggregator with this lower limit refuses negative values.
_BELOW_ZERO = -5e-324


class _Framework(Protocol):
    """The part of a framework that is needed; the framework itself imports this module."""

    @property
    def nodes(self) -> tuple[Node, ...]: ...

    @property
    def views(self) -> tuple[View, ...]: ...

    @property
    def _of_one_sign(self) -> frozenset[str]: ...

    def has(self, code: str) -> bool: ...

    def aggregator(self, code: str) -> Aggregator: ...

    def seen_by(self, view: View) -> tuple[str, ...]: ...

    def is_scored(self, code: str) -> bool: ...

    def is_bonus(self, code: str) -> bool: ...


def nodes_of_one_sign(framework: _Framework) -> frozenset[str]:
    """Return the codes of the nodes whose scores have terms of one sign, as their parts promise.

    Examples
    --------
    >>> import govindex as gi
    >>> size = [gi.Indicator(code, rule=gi.rules.SumShare()) for code in ("staff", "budget")]
    >>> days = gi.Indicator("days", rule=gi.rules.MinMax())
    >>> framework = gi.Framework("f", [gi.Dimension("size", size), days])
    >>> sorted(nodes_of_one_sign(framework))
    ['budget', 'size', 'staff']
    """
    return frozenset(_signs(framework)[0])


def sums_of_one_sign(framework: _Framework) -> frozenset[str]:
    """Return the branches whose terms have one sign before their rules are applied."""
    return frozenset(_signs(framework)[1])


def _signs(framework: _Framework) -> tuple[dict[str, bool], list[str]]:
    """Return the nodes of one sign, True if it is positive, and the branches before rules."""
    positive: dict[str, bool] = {}
    sums: list[str] = []
    for node in (*reversed(framework.nodes), *framework.views):  # from the leaves up
        if isinstance(node, Indicator):
            is_positive = _indicator_sign(node)
        else:
            is_positive = _sum_sign(framework, node, positive)
            if is_positive is not None:
                sums.append(node.code)
                if node.rule is not None:
                    keeps = completed(node.rule, BaseRule).one_sign
                    is_positive = node.rule.bounds[0] >= 0 if keeps else None
        if is_positive is not None:
            positive[node.code] = is_positive
    return positive, sums


def shared_of_one_sign(frameworks: Iterable[_Framework]) -> frozenset[str]:
    """Return the nodes whose scores have terms of one sign in every framework that has them."""
    several = list(frameworks)
    if len(several) == 1:
        return several[0]._of_one_sign
    every = {code for framework in several for code in framework._of_one_sign}
    return frozenset(
        code
        for code in every
        if all(code in form._of_one_sign for form in several if form.has(code))
    )


def _indicator_sign(leaf: Indicator) -> bool | None:
    if leaf.rule is None or not completed(leaf.rule, BaseRule).one_sign:
        return None
    if not completed(leaf.measure, BaseMeasure).one_sign:
        return None
    return leaf.rule.bounds[0] >= 0


def _sum_sign(
    framework: _Framework, branch: Dimension | View, positive: dict[str, bool]
) -> bool | None:
    children = _scored_codes(framework, branch)
    aggregate = framework.aggregator(branch.code)
    if not children or not completed(aggregate, BaseAggregator).one_sign:
        return None
    if any(code not in positive for code in children):
        return None
    is_positive = all(positive[code] for code in children) or _refuses_negative(aggregate)
    # A single term has nothing to cancel with.
    return None if not is_positive and len(children) > 1 else is_positive


def _scored_codes(framework: _Framework, branch: Dimension | View) -> Sequence[str] | None:
    """Return the codes of the children that count, None if one is a bonus or a penalty."""
    if isinstance(branch, View):
        codes = framework.seen_by(branch)
    else:
        codes = tuple(child.code for child in branch.children)
    counted = [code for code in codes if framework.is_scored(code)]
    return None if any(framework.is_bonus(code) for code in counted) else counted


def _refuses_negative(aggregate: Aggregator) -> bool:
    return completed(aggregate, BaseAggregator).above >= _BELOW_ZERO
