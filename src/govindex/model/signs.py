"""Scores in which nothing cancels: products, quotients and sums of terms of one sign.

They know their digits however small they are. Elsewhere the last bits of what was subtracted would
rank units, so that scores far below the scale tie.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from govindex.contracts import Aggregator, BaseAggregator, BaseMeasure, BaseRule, completed
from govindex.model.tree import Dimension, Indicator, Node, View

__all__ = ["nodes_of_one_sign", "shared_of_one_sign", "sums_of_one_sign"]

# The largest double below 0: who refuses what does not lie above it takes nothing negative.
_BELOW_ZERO = -5e-324


class _Framework(Protocol):
    """What is asked of a framework, which itself asks for its nodes of one sign."""

    @property
    def nodes(self) -> tuple[Node, ...]: ...

    @property
    def views(self) -> tuple[View, ...]: ...

    @property
    def of_one_sign(self) -> frozenset[str]: ...

    def has(self, code: str) -> bool: ...

    def aggregator(self, code: str) -> Aggregator: ...

    def seen_by(self, view: View) -> tuple[str, ...]: ...

    def is_scored(self, code: str) -> bool: ...

    def is_bonus(self, code: str) -> bool: ...


def nodes_of_one_sign(framework: _Framework) -> frozenset[str]:
    """Return the codes of the nodes in whose scores nothing cancels, as their parts promise.

    Examples
    --------
    >>> import govindex as gi
    >>> size = [gi.Indicator(code, rule=gi.rules.SumShare()) for code in ("staff", "budget")]
    >>> days = gi.Indicator("days", rule=gi.rules.MinMax())
    >>> framework = gi.Framework("f", [gi.Dimension("size", size), days])
    >>> sorted(nodes_of_one_sign(framework))
    ['budget', 'size', 'staff']
    """
    return frozenset(_walked(framework)[0])


def sums_of_one_sign(framework: _Framework) -> frozenset[str]:
    """Return the branches in which nothing cancels before their own rules are applied."""
    return frozenset(_walked(framework)[1])


def _walked(framework: _Framework) -> tuple[dict[str, bool], list[str]]:
    """Return whether scores of one sign are at least 0, by node, and the branches before rules."""
    found: dict[str, bool] = {}
    sums: list[str] = []
    for node in (*reversed(framework.nodes), *framework.views):  # from the leaves up
        if isinstance(node, Indicator):
            known = _of_indicator(node)
        else:
            known = _of_sum(framework, node, found)
            if known is not None:
                sums.append(node.code)
                if node.rule is not None:
                    keeps = completed(node.rule, BaseRule).one_sign
                    known = node.rule.bounds[0] >= 0 if keeps else None
        if known is not None:
            found[node.code] = known
    return found, sums


def shared_of_one_sign(frameworks: Iterable[_Framework]) -> frozenset[str]:
    """Return the nodes in whose scores nothing cancels in every framework that has them."""
    several = list(frameworks)
    if len(several) == 1:
        return several[0].of_one_sign
    every = {code for framework in several for code in framework.of_one_sign}
    return frozenset(
        code
        for code in every
        if all(code in form.of_one_sign for form in several if form.has(code))
    )


def _of_indicator(leaf: Indicator) -> bool | None:
    if leaf.rule is None or not completed(leaf.rule, BaseRule).one_sign:
        return None
    if not completed(leaf.measure, BaseMeasure).one_sign:
        return None
    return leaf.rule.bounds[0] >= 0


def _of_sum(framework: _Framework, branch: Dimension | View, found: dict[str, bool]) -> bool | None:
    children = _scored(framework, branch)
    aggregate = framework.aggregator(branch.code)
    if not children or not completed(aggregate, BaseAggregator).one_sign:
        return None
    if any(code not in found for code in children):
        return None
    is_positive = all(found[code] for code in children) or _refuses_negative(aggregate)
    # A single term has nothing to cancel with.
    return None if not is_positive and len(children) > 1 else is_positive


def _scored(framework: _Framework, branch: Dimension | View) -> Sequence[str] | None:
    """Return the codes of the children that count, None where bonuses or penalties do."""
    if isinstance(branch, View):
        codes = framework.seen_by(branch)
    else:
        codes = tuple(child.code for child in branch.children)
    counted = [code for code in codes if framework.is_scored(code)]
    return None if any(framework.is_bonus(code) for code in counted) else counted


def _refuses_negative(aggregate: Aggregator) -> bool:
    return completed(aggregate, BaseAggregator).above >= _BELOW_ZERO
