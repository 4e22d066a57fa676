"""Refusals: data that a part may refuse break no law.

Parts refuse cells with a :class:`~govindex.CellError`. Their declarations decide what they
may refuse: a rule with a `curve` takes every value of it, an aggregator takes shares up to 1 that
exceed its `above`, or from 0, and a rule with a `degenerate` share takes peers that are all alike.
Other cells they may refuse.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import attrs
import numpy as np

from govindex.absence import Absence
from govindex.compute import Block, Plan, evaluate
from govindex.contracts import (
    BaseRule,
    BaseStep,
    Bool,
    Scope,
    completed,
    is_absent,
)
from govindex.errors import CellError, GovIndexError
from govindex.methods import Methodology
from govindex.model.observations import Observations

__all__ = ["Refusal", "refusal", "refusal_by"]

_OF_POLICIES = ("peer_dependent", "refuses", "shrinks", "min_share", "min_count", "of")


@attrs.frozen
class Refusal:
    """Parts that refused what they may refuse.

    Parameters
    ----------
    who : str
        The part and what it said.
    units : frozenset of str
        The refused units; all of them if they were refused together.
    """

    who: str
    units: frozenset[str]


@attrs.define
class _Refusals:
    """The refusals of parts while a block was evaluated."""

    units: tuple[str, ...]
    allowed: list[tuple[str, Bool]] = attrs.field(factory=list)
    wrong: bool = False

    def note(self, part: Any, error: CellError, *, allowed: bool) -> None:
        mask = np.asarray(error.mask, dtype=bool)
        named = mask.ndim > 0 and mask.shape[-1] == len(self.units)
        everyone = error.whole or not named
        cells = np.ones(len(self.units), dtype=bool) if everyone else mask
        units = np.asarray(cells.reshape(-1, len(self.units)).any(axis=0))
        self.wrong |= not allowed
        self.allowed.append((f"{part!r}: {error}", units))

    def refusal(self) -> Refusal | None:
        if not self.allowed:
            return None
        units = np.logical_or.reduce([mask for _, mask in self.allowed])
        return Refusal(
            self.allowed[0][0],
            frozenset(code for code, refused in zip(self.units, units, strict=True) if refused),
        )


May = Callable[[Any, Sequence[Any], CellError], bool]


class _Watched:
    """A part whose refusals are recorded; `may` says whether it may refuse its arguments."""

    def __init__(self, part: Any, refusals: _Refusals, may: May) -> None:
        self.part, self.refusals, self.may = part, refusals, may
        for name in _OF_POLICIES:  # protocols look for them in the instance
            if hasattr(part, name):
                setattr(self, name, getattr(part, name))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.part, name)

    def __repr__(self) -> str:
        return repr(self.part)

    def __call__(self, *arguments: Any) -> Any:
        return self._recorded(self.part, arguments)

    def fill(self, *arguments: Any) -> Any:
        return self._recorded(self.part.fill, arguments)

    def reweight(self, *arguments: Any) -> Any:
        return self._recorded(self.part.reweight, arguments)

    def _recorded(self, method: Callable[..., Any], arguments: Sequence[Any]) -> Any:
        try:
            return method(*arguments)
        except CellError as error:
            allowed = self.may(self.part, arguments, error)
            self.refusals.note(self.part, error, allowed=allowed)
            raise


def _rule_may(rule: Any, arguments: Sequence[Any], error: CellError) -> bool:
    """Return whether a rule's declarations let it refuse these values."""
    values, scope = arguments
    if rule.peer_dependent:
        return not (error.whole and completed(rule, BaseRule).degenerate != "error")
    maxima = np.broadcast_to(scope.maximum, values.shape)
    refused = np.broadcast_to(np.asarray(error.mask, dtype=bool), values.shape)
    cells = list(dict.fromkeys(zip(values[refused], maxima[refused], strict=True)))
    return not any(_takes(rule, value, attrs.evolve(scope, maximum=most)) for value, most in cells)


def _takes(rule: Any, value: float, alone: Scope) -> bool:
    """Return whether a rule declares that it takes a value, or takes it by itself."""
    curve = completed(rule, BaseRule).curve(float(alone.maximum))
    if curve.takes_all:
        return curve.low <= value <= curve.high and not (curve.above_low and value == curve.low)
    try:
        rule(np.full((1, 1), value), attrs.evolve(alone, peers=None))
    except GovIndexError:
        return False
    return True


def _aggregator_may(aggregator: Any, arguments: Sequence[Any], error: CellError) -> bool:
    """Return whether no unit is refused whose shares the aggregator declares to take."""
    if aggregator.peer_dependent:
        return True
    shares, weights, *_ = arguments
    above = getattr(aggregator, "above", None)
    shape = np.broadcast_shapes(*(a.shape for a in (*shares, *weights)), np.shape(error.mask))
    acceptable = np.broadcast_to(np.asarray(error.mask, dtype=bool), shape)
    for share, weight in zip(shares, weights, strict=True):
        taken = (share >= 0 if above is None else share > above) & (share <= 1)
        acceptable = acceptable & (taken | (weight <= 0))
    return not acceptable.any()


def _policy_may(policy: Any, _: Sequence[Any], __: CellError) -> bool:
    return bool(policy.peer_dependent)


@attrs.define
class _Watch:
    """Wraps parts; equal parts share one wrapper."""

    refusals: _Refusals
    known: list[tuple[Any, Any]] = attrs.field(factory=list)

    def of(self, part: Any, may: May) -> Any:
        if part is None:
            return None
        for seen, watched in self.known:
            if seen is part or (type(seen) is type(part) and seen == part):
                return watched
        self.known.append((part, _Watched(part, self.refusals, may)))
        return self.known[-1][1]

    def pair(self, absence: Absence) -> Absence:
        return Absence(
            missing=self.of(absence.missing, _policy_may),
            not_applicable=self.of(absence.not_applicable, _policy_may),
            suppressed=self.of(absence.suppressed, _policy_may),
        )


def _watched(plan: Plan, refusals: _Refusals) -> Plan:
    watch = _Watch(refusals)
    branches = [
        attrs.evolve(
            branch,
            node=attrs.evolve(branch.node, rule=watch.of(branch.node.rule, _rule_may)),
            aggregate=watch.of(branch.aggregate, _aggregator_may),
            absence=watch.pair(branch.absence),
            children=tuple(attrs.evolve(c, absence=watch.pair(c.absence)) for c in branch.children),
            bonuses=tuple(attrs.evolve(c, absence=watch.pair(c.absence)) for c in branch.bonuses),
        )
        for branch in plan.branches
    ]
    groups = tuple(attrs.evolve(g, rule=watch.of(g.rule, _rule_may)) for g in plan.groups)
    return attrs.evolve(plan, branches=tuple(branches), groups=groups)


def refusal_by(plan: Plan, data: Observations, weights: Any = None) -> Refusal | None:
    """Return the refusal of prepared data by parts of a plan, None if they may not refuse them."""
    refusals = _Refusals(data.units.codes)
    try:
        evaluate(_watched(plan, refusals), Block.of(data), weights)
    except GovIndexError:
        return None if refusals.wrong else refusals.refusal() or _too_large(plan, data)
    except Exception:  # other errors of parts are reported when the data are scored
        return None
    return None


def _too_large(plan: Plan, data: Observations) -> Refusal | None:
    """Return a refusal if a peer-dependent rule gives more than the maximum in a sum of points."""
    unlimited = [
        group.rule
        for group in plan.groups
        if group.rule is not None
        and group.rule.peer_dependent
        and not plan.limited.isdisjoint(group.rows)
    ]
    if not unlimited:
        return None
    try:
        evaluate(attrs.evolve(plan, limited=frozenset()), Block.of(data))
    except GovIndexError:
        return None
    who = f"{unlimited[0]!r}: a share above 1 in a sum of points"
    return Refusal(who, frozenset(data.units.codes))


def refusal(method: Any, data: Observations) -> Refusal | None:
    """Return the refusal of data by a methodology's parts, None if they may not refuse them."""
    if not isinstance(method, Methodology):
        return None
    try:
        data = method.prepare(data)
    except GovIndexError as error:  # steps do not declare what they take
        return Refusal(f"steps of {method.id}: {error}", frozenset(data.units.codes))
    except Exception:
        return None
    try:
        units = method._units(data)
    except GovIndexError:  # units of a type without a form
        return None
    by_form = (refusal_by(single._plan, part) for _, single, part in units)
    refusals = [refused for refused in by_form if refused is not None]
    if not refusals and any(completed(step, BaseStep).fills for step in method.steps):
        refusals = _unfilled(data)
    if not refusals:
        return None
    return Refusal(refusals[0].who, frozenset().union(*(one.units for one in refusals)))


def _unfilled(data: Observations) -> list[Refusal]:
    """Return a refusal of the units that still have gaps after steps that fill them."""
    gaps = np.flatnonzero(is_absent(data.status).any(axis=1))
    units = [data.units.codes[row] for row in gaps]
    return [Refusal("gaps that no step fills", frozenset(units))] if units else []
