"""What each variable of a framework may hold, so that data drawn from it are valid."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
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

__all__ = ["Variable", "Want", "named_units", "wanted"]

_FAR = (-1e6, 1e6)
_HEAVY = 5.0
# Values are looked up by a byte, whose last few mark a cell.
_BYTES = 224


@attrs.frozen(kw_only=True)
class Want:
    """What a rule and the branches above it make of a measure's value.

    Parameters
    ----------
    low, high : float
        The least and the largest value; with `above_low` the value lies above the least.
    bends : tuple of float
        Values at which something happens.
    answers : tuple
        The answers of a text variable, () for numbers.
    accepts : callable or None
        Numbers → whether each of them earns an acceptable share.
    whole : bool
        A count that others are parts of: at least 1, or 0 if it `may_be_empty`.
    part_of : tuple of (measure, factor)
        The value must not exceed these measures times their factors.
    distinct : bool
        Every group of peers needs two values that differ.
    known : bool
        Every group of peers needs values to fill from, or to be scored among.
    weighs : bool
        The value is a weight: if it is nothing else, a small one.
    absent : tuple of CellStatus
        The ways in which the value may be absent.
    """

    low: float = -np.inf
    high: float = np.inf
    above_low: bool = False
    bends: tuple[float, ...] = ()
    answers: tuple[str | float, ...] = ()
    accepts: Callable[[Float], Any] | None = None
    whole: bool = False
    may_be_empty: bool = False
    part_of: tuple[tuple[Measure, float], ...] = ()
    distinct: bool = False
    known: bool = False
    weighs: bool = False
    absent: tuple[CellStatus, ...] = KINDS


@attrs.define
class Variable:
    """All that the indicators want of one variable."""

    name: str
    wants: list[Want] = attrs.field(factory=list)

    @property
    def absent(self) -> tuple[CellStatus, ...]:
        """The ways in which a cell may be absent for all who read it."""
        return tuple(kind for kind in KINDS if all(kind in want.absent for want in self.wants))

    @property
    def distinct(self) -> bool:
        """Whether every group of peers needs two values that differ."""
        return any(want.distinct for want in self.wants)

    @property
    def known(self) -> bool:
        """Whether every group of peers needs values."""
        return any(want.known for want in self.wants)

    @property
    def part_of(self) -> tuple[tuple[Measure, float], ...]:
        """What a cell must not exceed."""
        return tuple(cap for want in self.wants for cap in want.part_of)

    @property
    def answers(self) -> tuple[str, ...]:
        """The texts that everybody who reads them knows, () for numbers."""
        texts = [{a for a in want.answers if isinstance(a, str)} for want in self.wants]
        known = [own for own in texts if own]
        return tuple(sorted(set.intersection(*known))) if known else ()

    @cached_property
    def numbers(self) -> Float:
        """Return the values that a cell may hold, the simplest first."""
        low = max(want.low for want in self.wants)
        high = min(want.high for want in self.wants)
        if all(want.weighs for want in self.wants):
            high = min(high, _HEAVY)
        if self.answers:
            return np.arange(len(self.answers), dtype=np.float64)
        if any(want.whole for want in self.wants):
            empty = [0.0] if all(w.may_be_empty for w in self.wants if w.whole) else []
            found = np.array([10.0, 1.0, 2.0, 3.0, 7.0, 80.0, 100.0, 1000.0, 12_345.0, *empty])
        else:
            bends = [bend for want in self.wants for bend in want.bends]
            given = [a for want in self.wants for a in want.answers if not isinstance(a, str)]
            found = np.array(given) if given else _spread(low, high, bends)
        found = found[found > max((w.low for w in self.wants if w.above_low), default=-np.inf)]
        for want in self.wants:
            if want.accepts is not None and not want.part_of:
                found = found[want.accepts(found)]
        if not len(found):
            raise FrameworkError(
                f"no value of '{self.name}' suits all who read it: give data of your own"
            )
        return found


def _spread(low: float, high: float, bends: Iterable[float]) -> Float:
    """Return plain values first, then where something happens, then the ends."""
    inside = [bend for bend in bends if low <= bend <= high]
    bottom = low if np.isfinite(low) else min([0.0, *inside])
    top = high if np.isfinite(high) else max([100.0, bottom + 1.0, *(1.25 * b for b in inside)])
    middle = (bottom + top) / 2.0
    whole = np.unique(np.round(np.linspace(bottom, top, 13)))
    grid = [*whole, *np.linspace(bottom, top, 7)]
    around = [bend + step * max(abs(bend), 1.0) for bend in inside for step in (-1e-3, 1e-3)]
    far = [end for end, limit in zip(_FAR, (low, high), strict=True) if np.isinf(limit)]
    fine = np.linspace(bottom, top, 51)
    special = [middle, *inside, bottom, top, *around, 1e-9, *far]
    # Where something happens is tried more often than what lies between.
    every = np.array([*special, *grid, *fine, *special, *special, *special])
    if len(every) > _BYTES:
        every = np.array(list(dict.fromkeys([*special, *grid, *fine])))[:_BYTES]
    return every[(every >= low) & (every <= high)]


def wanted(plans: Iterable[Plan], steps: Iterable[Any] = ()) -> dict[str, Variable]:
    """Return what the indicators of compiled frameworks and steps of preparation want, by variable.

    What a step reads beside the indicators is taken to be a size: a count above 0. Where a step
    fills gaps, cells may be absent whatever the framework says.

    Raises
    ------
    FrameworkError
        If an indicator has a measure of a kind that this module does not know.
    """
    found: dict[str, Variable] = {}
    steps = tuple(steps)
    fills = any(completed(step, BaseStep).fills for step in steps)
    for plan in plans:
        framework = plan.framework
        for leaf in framework.leaves:
            for name, want in _asked(leaf.measure, _want(plan, leaf)):
                want = attrs.evolve(want, absent=(*KINDS[:2], *want.absent)) if fills else want
                found.setdefault(name, Variable(name)).wants.append(want)
        for node in framework.nodes:
            if isinstance(node.weight, str):
                weight = Want(low=0.0, above_low=_alone(framework, node), weighs=True, absent=())
                found.setdefault(node.weight, Variable(node.weight)).wants.append(weight)
    for step in steps:
        for name in completed(step, BaseStep).reads:
            if name not in found:
                found[name] = Variable(name, [Want(whole=True, absent=())])
    return found


def _alone(framework: Framework, node: Node) -> bool:
    """Tell whether no sibling has a number for its weight, so that all could be 0 together."""
    above = framework.parent(node.code)
    siblings = () if above is None else above.inside
    return not any(isinstance(framework.weight(c.code), float) and c.weight for c in siblings)


def named_units(plans: Iterable[Plan]) -> tuple[str, ...]:
    """Return the units that rules of compiled frameworks look at by name."""
    rules = (node.rule for plan in plans for node in (*plan.framework.nodes, *plan.framework.views))
    return tuple(dict.fromkeys(u for rule in rules for u in completed(rule, BaseRule).named_units))


def _want(plan: Plan, leaf: Indicator) -> Want:
    """Return what the rule and the branches above want of an indicator's value."""
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
    fixed = completed(rule, BaseRule).degenerate == "error"
    if rule.peer_dependent:
        return Want(
            bends=tuple(range(0, 101, 10)),
            distinct=fixed,
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
            # What a rule says it takes it must take; what it refuses without a word is left out.
            shares = np.full(values.shape, np.nan if takes_all else -np.inf)
            shares[good] = np.asarray(rule(values[good], scope))
            good |= takes_all
        except Exception:  # whatever a part raises shows when the methodology is tried
            return good
        # A value whose share is NaN is not refused: the engine must say what became of it.
        return good & (np.isnan(shares) | ((shares > lowest) & (shares <= highest)))

    return accepts


def _above(framework: Framework, code: str) -> Iterator[float]:
    """Yield what shares must lie above, branch by branch on the way up."""
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


# -- absence --------------------------------------------------------------------------------------


def _may_be_absent(framework: Framework, leaf: Indicator, kind: CellStatus) -> bool:
    """Tell whether the branches above know what to do without this indicator."""
    if not framework.is_scored(leaf.code):
        return True
    for view in framework.views:
        own = view.absence
        if own is None:
            continue
        if of_kind(own, kind).refuses and leaf.code in {n.code for n in framework.below(view.code)}:
            return False
    node: Indicator | Dimension = leaf
    kinds: tuple[CellStatus, ...] = (kind,)
    while True:
        above = framework.parent(node.code)
        if above is None:
            return True
        found = [policy_for(framework, node.code, one) for one in kinds]
        if any(policy.refuses for policy in found):
            return False
        fills = [filled(policy) for policy in found]
        aggregator = completed(framework.aggregator(above.code), BaseAggregator)
        if all(fill is not None for fill in fills):
            return all(fill > aggregator.above for fill in fills if fill is not None)
        if aggregator.needs_all:
            return False
        # Gone with it: the branch is absent, too, and may be missing or not applicable as well.
        node, kinds = above, (*KINDS[:2], kind)


# -- measures -------------------------------------------------------------------------------------


def _asked(measure: Measure, want: Want) -> Iterator[tuple[str, Want]]:
    """Yield what a measure wants of its variables, so that its value is what is wanted of it."""
    if isinstance(measure, measures.Value):
        yield measure.variable, want
    elif isinstance(measure, measures.Ratio):
        yield from _of_ratio(measure, want)
    elif isinstance(measure, measures.Complement):
        yield from _asked(measure.whole, _as_whole(measure.empty, want))
        share = 1.0 / len(measure.parts)
        for part in measure.parts:
            own = _as_part(want, ((measure.whole, share),))
            yield from _asked(part, attrs.evolve(own, distinct=want.distinct))
    elif isinstance(measure, measures.Conditions):
        for name in measure.shares:
            yield name, attrs.evolve(_plain(want), answers=(1.0, 0.0))
    elif isinstance(measure, measures.Largest):
        for one in measure.of:
            yield from _asked(one, want)
    elif isinstance(measure, measures.Difference):
        yield from _asked(measure.value, attrs.evolve(want, low=max(want.low, 0.0)))
        yield from _asked(measure.less, _as_part(want, ((measure.value, 1.0),)))
    elif isinstance(measure, measures.Product):
        yield from _asked(measure.left, want)
        yield from _asked(measure.right, attrs.evolve(_plain(want), answers=(1.0, 0.5, 0.25)))
    elif isinstance(measure, measures.Flagged):
        # Levels in quarters, so that two peers differ.
        levels = tuple(measure.maximum * quarter / 4 for quarter in (4, 1, 2, 3))
        yield from _asked(measure.value, attrs.evolve(_plain(want), answers=levels))
        yield from _asked(measure.flag, attrs.evolve(_plain(want), answers=(1.0, 0.0)))
    elif isinstance(measure, measures.PerPeriod):
        yield from _asked(measure.total, want)
    elif isinstance(measure, measures.Inherited):
        yield from _asked(measure.measure, want)
    elif isinstance(measure, (measures.Indexed, measures.AnnualChange)):
        # What is divided by lies above 0, be it a share of something else.
        yield from _asked(measure.of, attrs.evolve(_as_whole("error", want), low=1.0))
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
    yield from _asked(ratio.denominator, whole)
    if ratio.fallback is not None:
        yield from _asked(ratio.fallback, attrs.evolve(whole, may_be_empty=False))
    most = min(1.0 if ratio.above == "error" else 2.0, want.high / ratio.times)
    part = _as_part(want, ((ratio.denominator, most),))
    bends = tuple(bend / ratio.times for bend in want.bends)
    low = 1.0 if want.low > 0 or (want.accepts is not None and not _takes_zero(want)) else 0.0
    yield from _asked(
        ratio.numerator, attrs.evolve(part, bends=bends, distinct=want.distinct, low=low)
    )


def _takes_zero(want: Want) -> bool:
    assert want.accepts is not None
    inside = want.low < 0 or (want.low == 0 and not want.above_low)
    return inside and bool(want.accepts(np.zeros(1))[0])


def _plain(want: Want) -> Want:
    return Want(absent=want.absent, known=want.known)


def _as_part(want: Want, part_of: tuple[tuple[Measure, float], ...]) -> Want:
    return Want(low=0.0, absent=want.absent, known=want.known, part_of=part_of)


def _as_whole(empty: str, want: Want) -> Want:
    """Return what is wanted of a denominator: 0 only where the empty policy's value is taken."""
    ways = {"missing": CellStatus.MISSING, "not_applicable": CellStatus.NOT_APPLICABLE}
    if empty in ways:
        may = ways[empty] in want.absent and not want.distinct
    else:
        may = empty != "error" and want.accepts is not None and _takes_zero(want)
        may = may and not want.distinct
    return Want(whole=True, may_be_empty=may, absent=want.absent, known=want.known)
