"""The requirements of a framework's indicators and steps on each variable."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import attrs
import numpy as np

from govindex import measures
from govindex.compute import Plan
from govindex.contracts import (
    BaseAggregator,
    BaseRule,
    BaseStep,
    Bool,
    CellStatus,
    Curve,
    Float,
    Measure,
    Rule,
    Scope,
    completed,
)
from govindex.errors import CellError, FrameworkError
from govindex.model.framework import Framework
from govindex.model.tree import Dimension, Indicator, Node
from govindex.testing.policies import KINDS, filled, fills_from_peers, of_kind, policy_for
from govindex.testing.variables import Variable, Want

__all__ = ["named_units", "wanted"]


def wanted(plans: Iterable[Plan], steps: Iterable[Any] = ()) -> dict[str, Variable]:
    """Return the variables of compiled frameworks and preparation steps, by name.

    A variable that only steps read is taken to be a count above 0. If a step fills gaps, cells may
    be absent whatever the framework says.

    Raises
    ------
    FrameworkError
        If an indicator has a measure of a kind that this module does not know.
    """
    variables: dict[str, Variable] = {}
    steps = tuple(steps)
    fills = any(completed(step, BaseStep).fills for step in steps)
    for plan in plans:
        framework = plan.framework
        for leaf in framework.leaves:
            for name, want in _by_variable(leaf.measure, _want(plan, leaf)):
                want = attrs.evolve(want, absent=(*KINDS[:2], *want.absent)) if fills else want
                variables.setdefault(name, Variable(name)).wants.append(want)
        for node in framework.nodes:
            if isinstance(node.weight, str):
                alone = _weighs_alone(framework, node)
                weight = Want(low=0.0, above_low=alone, weighs=True, absent=())
                variables.setdefault(node.weight, Variable(node.weight)).wants.append(weight)
    for step in steps:
        for name in completed(step, BaseStep).reads:
            if name not in variables:
                variables[name] = Variable(name, [Want(whole=True, absent=())])
    return variables


def _weighs_alone(framework: Framework, node: Node) -> bool:
    """Return whether no sibling has a number for its weight, so that all could be 0 together."""
    above = framework.parent(node.code)
    siblings = () if above is None else above.inside
    return not any(isinstance(framework.weight(c.code), float) and c.weight for c in siblings)


def named_units(plans: Iterable[Plan]) -> tuple[str, ...]:
    """Return the units that rules of compiled frameworks look at by name."""
    rules = (node.rule for plan in plans for node in (*plan.framework.nodes, *plan.framework.views))
    return tuple(dict.fromkeys(u for rule in rules for u in completed(rule, BaseRule).named_units))


def _want(plan: Plan, leaf: Indicator) -> Want:
    """Return what the rule and the branches above require of an indicator's value."""
    framework, maximum = plan.framework, float(plan.maxima[plan.rows[leaf.code]])
    absent = tuple(kind for kind in KINDS if _may_be_absent(framework, leaf, kind))
    rule = leaf.rule
    if rule is None:
        return Want(absent=absent)
    known = rule.peer_dependent or any(
        fills_from_peers(framework, code) for code in _upwards(framework, leaf.code)
    )
    curve = completed(rule, BaseRule).curve(maximum)
    if not isinstance(curve, Curve):
        raise FrameworkError(f"the curve of {rule!r} is {curve!r}, not a contracts.Curve(…)")
    strict = completed(rule, BaseRule).degenerate == "error"
    if rule.peer_dependent:
        return Want(
            bends=tuple(range(0, 101, 10)),
            distinct=strict,
            accepts=(lambda values: values > curve.low) if curve.above_low else None,
            low=curve.low,
            high=curve.high,
            above_low=curve.above_low,
            absent=absent,
            known=known,
        )
    return Want(
        low=curve.low,
        high=curve.high,
        above_low=curve.above_low,
        bends=curve.bends,
        answers=completed(rule, BaseRule).answers,
        accepts=_acceptor(plan, leaf, rule, maximum),
        absent=absent,
        known=known,
    )


def _acceptor(plan: Plan, leaf: Indicator, rule: Rule, maximum: float) -> Callable[[Float], Any]:
    lowest = max(_above(plan.framework, leaf.code), default=-np.inf)
    highest = 1.0 if plan.rows[leaf.code] in plan.limited else np.inf
    scope = Scope(maximum=maximum, direction=leaf.direction)
    takes_all = completed(rule, BaseRule).curve(maximum).takes_all

    def accepts(values: Float) -> Any:
        good: Bool = np.ones(len(values), dtype=bool)
        try:
            shares = np.asarray(rule(values, scope))
        except CellError as error:
            good = np.logical_not(np.reshape(error.mask, values.shape))
            # A rule must take every value of its curve; other refused values are left out.
            shares = np.full(values.shape, np.nan if takes_all else -np.inf)
            shares[good] = np.asarray(rule(values[good], scope))
            good |= takes_all
        except Exception:  # another error shows when the methodology is tried
            return good
        # A value with share NaN is not refused: the engine must report it.
        return good & (np.isnan(shares) | ((shares > lowest) & (shares <= highest)))

    return accepts


def _above(framework: Framework, code: str) -> Iterator[float]:
    """Yield the number that shares must exceed, branch by branch on the way up."""
    for above in _upwards(framework, code):
        if above != code:
            yield completed(framework.aggregator(above), BaseAggregator).above


def _upwards(framework: Framework, code: str) -> Iterator[str]:
    """Yield a node and the branches above it."""
    yield code
    above = framework.parent(code)
    while above is not None:
        yield above.code
        above = framework.parent(above.code)


def _may_be_absent(framework: Framework, leaf: Indicator, kind: CellStatus) -> bool:
    """Return whether the branches above can be scored without this indicator."""
    if not framework.is_scored(leaf.code):
        return True
    for view in framework.views:
        if view.absence is None or not of_kind(view.absence, kind).refuses:
            continue
        if leaf.code in {node.code for node in framework.below(view.code)}:
            return False
    node: Indicator | Dimension = leaf
    kinds: tuple[CellStatus, ...] = (kind,)
    while True:
        above = framework.parent(node.code)
        if above is None:
            return True
        policies = [policy_for(framework, node.code, one) for one in kinds]
        if any(policy.refuses for policy in policies):
            return False
        fills = [filled(policy) for policy in policies]
        aggregator = completed(framework.aggregator(above.code), BaseAggregator)
        if all(fill is not None for fill in fills):
            return all(fill > aggregator.above for fill in fills if fill is not None)
        if aggregator.needs_all:
            return False
        # The branch is absent, too, and may be missing or not applicable as well.
        node, kinds = above, (*KINDS[:2], kind)


def _by_variable(measure: Measure, want: Want) -> Iterator[tuple[str, Want]]:
    """Yield the requirements on a measure's variables that follow from those on its value."""
    if isinstance(measure, measures.Value):
        yield measure.variable, want
    elif isinstance(measure, measures.Ratio):
        yield from _of_ratio(measure, want)
    elif isinstance(measure, measures.Complement):
        yield from _by_variable(measure.whole, _as_whole(measure.empty, want))
        share = 1.0 / len(measure.parts)
        for part in measure.parts:
            part_want = _as_part(want, ((measure.whole, share),))
            yield from _by_variable(part, attrs.evolve(part_want, distinct=want.distinct))
    elif isinstance(measure, measures.Conditions):
        for name in measure.shares:
            yield name, attrs.evolve(_plain(want), answers=(1.0, 0.0))
    elif isinstance(measure, (measures.Largest, measures.FirstReported)):
        for one in measure.of:
            yield from _by_variable(one, want)
    elif isinstance(measure, measures.Difference):
        yield from _by_variable(measure.value, attrs.evolve(want, low=max(want.low, 0.0)))
        yield from _by_variable(measure.less, _as_part(want, ((measure.value, 1.0),)))
    elif isinstance(measure, measures.Product):
        yield from _by_variable(measure.left, want)
        yield from _by_variable(measure.right, attrs.evolve(_plain(want), answers=(1.0, 0.5, 0.25)))
    elif isinstance(measure, measures.Flagged):
        # Levels in quarters, so that two peers differ.
        levels = tuple(measure.maximum * quarter / 4 for quarter in (4, 1, 2, 3))
        yield from _by_variable(measure.value, attrs.evolve(_plain(want), answers=levels))
        yield from _by_variable(measure.flag, attrs.evolve(_plain(want), answers=(1.0, 0.0)))
    elif isinstance(measure, measures.PerPeriod):
        yield from _by_variable(measure.total, want)
    elif isinstance(measure, measures.Inherited):
        yield from _by_variable(measure.measure, want)
    elif isinstance(measure, (measures.Indexed, measures.AnnualChange, measures.Trend)):
        # Divisors exceed 0, also if they are shares of something else.
        yield from _by_variable(measure.of, attrs.evolve(_as_whole("error", want), low=1.0))
    else:
        yield from _of_several(measure, want)


def _of_several(measure: Measure, want: Want) -> Iterator[tuple[str, Want]]:
    """Yield the requirements on the variables of sums and of conditions."""
    if isinstance(measure, measures.Sum):
        for one in measure.of:
            yield from _by_variable(one, _as_addend(want, len(measure.of)))
    elif isinstance(measure, measures.PooledRatio):
        for part, whole in zip(measure.numerators, measure.denominators, strict=True):
            # The ratio of the sums lies between those of the pairs.
            pair = measures.Ratio(
                part, whole, times=measure.times, empty=measure.empty, above=measure.above
            )
            yield from _of_ratio(pair, want)
    elif isinstance(measure, measures.AllMet):
        met = attrs.evolve(_plain(want), answers=(1.0, 0.0))
        for one in measure.of:
            yield from _by_variable(one, met)
    elif isinstance(measure, measures.Threshold):
        limits = (measure.at_least, measure.above, measure.at_most, measure.below)
        bends = tuple(limit for limit in limits if limit is not None)
        yield from _by_variable(measure.of, attrs.evolve(_plain(want), bends=bends))
    else:
        raise FrameworkError(
            f"data cannot be drawn for the measure {measure!r}: give data that it reads (data=…)"
        )


def _of_ratio(ratio: measures.Ratio, want: Want) -> Iterator[tuple[str, Want]]:
    whole = _as_whole(ratio.empty, want)
    if ratio.missing_denominator == "empty" and not whole.may_be_empty:
        whole = attrs.evolve(
            whole, absent=tuple(k for k in whole.absent if k != CellStatus.MISSING)
        )
    yield from _by_variable(ratio.denominator, whole)
    if ratio.fallback is not None:
        yield from _by_variable(ratio.fallback, attrs.evolve(whole, may_be_empty=False))
    most = min(1.0 if ratio.above == "error" else 2.0, want.high / ratio.times)
    part = _as_part(want, ((ratio.denominator, most),))
    bends = tuple(bend / ratio.times for bend in want.bends)
    low = 1.0 if want.low > 0 or (want.accepts is not None and not _takes_zero(want)) else 0.0
    yield from _by_variable(
        ratio.numerator, attrs.evolve(part, bends=bends, distinct=want.distinct, low=low)
    )


def _takes_zero(want: Want) -> bool:
    assert want.accepts is not None
    inside = want.low < 0 or (want.low == 0 and not want.above_low)
    return inside and bool(want.accepts(np.zeros(1))[0])


def _as_addend(want: Want, count: int) -> Want:
    """Return the requirements on each addend of a sum, of which some may be left out."""
    accepts = want.accepts
    return attrs.evolve(
        want,
        low=want.low if want.low > 0 else want.low / count,
        high=want.high / count if want.high > 0 else want.high,
        bends=tuple(bend / count for bend in want.bends),
        accepts=None if accepts is None else lambda x: accepts(x) & accepts(count * x),
    )


def _plain(want: Want) -> Want:
    return Want(absent=want.absent, known=want.known)


def _as_part(want: Want, part_of: tuple[tuple[Measure, float], ...]) -> Want:
    return Want(low=0.0, absent=want.absent, known=want.known, part_of=part_of)


def _as_whole(empty: str, want: Want) -> Want:
    """Return the requirements on a denominator: 0 only if the value of `empty` is acceptable."""
    ways = {"missing": CellStatus.MISSING, "not_applicable": CellStatus.NOT_APPLICABLE}
    if empty in ways:
        may = ways[empty] in want.absent and not want.distinct
    else:
        may = empty != "error" and want.accepts is not None and _takes_zero(want)
        may = may and not want.distinct
    return Want(whole=True, may_be_empty=may, absent=want.absent, known=want.known)
