"""Subjects and trials: a methodology with its promises, and its results on data."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import attrs
import numpy as np

from govindex.compute import Plan, compile_framework
from govindex.contracts import BaseMeasure, BaseRule, CellStatus, Curve, completed, is_absent
from govindex.errors import GovIndexError
from govindex.measures import Value
from govindex.methods import Methodology
from govindex.model.framework import Framework
from govindex.model.observations import Observations
from govindex.model.tree import Dimension, Indicator
from govindex.results import IndexResult
from govindex.testing.edits import copied
from govindex.testing.policies import fills_from_peers
from govindex.testing.refusals import Refusal, refusal
from govindex.testing.variables import Variable
from govindex.testing.variants import direct, weighing, weight_variables
from govindex.testing.wants import named_units, wanted

__all__ = ["Broken", "Refused", "Subject", "Trial", "Untried", "Way"]


class Untried(Exception):  # noqa: N818 - no error: the law does not apply to the example
    """A law cannot be tried on an example."""


class Refused(Untried):
    """The data are not valid for this methodology: a part refused what it may refuse."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.who)
        self.refusal = refusal


class Broken(Exception):  # noqa: N818 - a law is broken
    """A law does not hold for an example; the message says how."""


@attrs.frozen
class Way:
    """The parts between an indicator and the total.

    Parameters
    ----------
    form : str or None
        The form of the methodology.
    leaf : Indicator
    maximum : float
        The indicator's maximum in the printed unit.
    sign : int
        The effect of a larger value on the total: 1 never lowers it, -1 never raises it, 0 may do
        either.
    peers : int
        The number of parts on the way that look at other units.
    """

    form: str | None
    leaf: Indicator
    maximum: float
    sign: int
    peers: int

    @property
    def variable(self) -> str:
        """The variable with the indicator's value, if it reads only one."""
        return str(getattr(self.leaf.measure, "variable", self.leaf.code))

    @property
    def curve(self) -> Curve:
        """The curve of the indicator's rule."""
        return completed(self.leaf.rule, BaseRule).curve(self.maximum)

    @property
    def is_steady(self) -> bool:
        """Whether the rule limits the effect of a small step, whatever the peers."""
        limited = bool(np.isfinite(self.curve.slope) and np.isfinite(self.curve.jump))
        return limited and not getattr(self.leaf.rule, "peer_dependent", True)


@attrs.frozen(eq=False, slots=False)
class Subject:
    """A methodology with the declarations of its parts.

    `unused` is a copy of it that has not scored anything.
    """

    method: Any
    unused: Any = None

    @property
    def name(self) -> str:
        """Its id and version."""
        return f"{self.method.id}@{self.method.version}"

    @property
    def declarative(self) -> bool:
        """Whether its parts can be seen."""
        return isinstance(self.method, Methodology)

    @property
    def forms(self) -> tuple[str | None, ...]:
        """The types of units that it scores."""
        return tuple(self.method._singles) if self.declarative else (None,)

    @cached_property
    def plans(self) -> dict[str | None, Plan]:
        """The compiled framework of every form."""
        if not self.declarative:
            framework = self.method.framework
            sums = framework.aggregate.sums_points
            return {None: compile_framework(framework, "points" if sums else 100.0)}
        return {form: single._plan for form, single in self.method._singles.items()}

    @cached_property
    def wanted(self) -> dict[str, Variable]:
        """Its variables with their requirements."""
        steps = getattr(self.method, "steps", ())
        return wanted(self.plans.values(), steps)

    @property
    def frameworks(self) -> Iterator[tuple[str | None, Framework]]:
        """The framework of every form."""
        for form, plan in self.plans.items():
            yield form, plan.framework

    @cached_property
    def peer_dependent(self) -> bool | None:
        """Whether one unit's data can move another's score, None if it is not declared."""
        declared = getattr(self.method, "peer_dependent", None)
        return None if declared is None else bool(declared)

    @cached_property
    def named_units(self) -> tuple[str, ...]:
        """The units that its rules look at by name."""
        return named_units(self.plans.values())

    @cached_property
    def inherits(self) -> bool:
        """Whether an indicator reads the parent unit's data; opaque methodologies may."""
        return not self.declarative or self._has("inherits")

    @cached_property
    def over_time(self) -> bool:
        """Whether a measure or a step reads the same unit's data of other periods."""
        return self.declarative and self._has("over_time")

    @cached_property
    def leaves_out(self) -> bool:
        """Whether a step may take units out of the data."""
        return self.declarative and any(_declares(step, "leaves_out") for step in self.method.steps)

    def _has(self, what: str) -> bool:
        measures = [leaf.measure for _, form in self.frameworks for leaf in form.leaves]
        return any(_declares(part, what) for part in (*measures, *self.method.steps))

    @cached_property
    def root(self) -> str:
        """The code of the total."""
        return str(self.method.framework.code)

    @cached_property
    def ways(self) -> tuple[Way, ...]:
        """The way of every scored indicator to the total."""
        return tuple(
            way
            for form, plan in self.plans.items()
            for leaf in plan.framework.leaves
            if plan.framework.is_scored(leaf.code) and leaf.rule is not None
            for way in [self._way(form, plan, leaf)]
        )

    def _way(self, form: str | None, plan: Plan, leaf: Indicator) -> Way:
        framework = plan.framework
        maximum = float(plan.maxima[plan.rows[leaf.code]])
        if not self.declarative:
            monotone = bool(getattr(self.method, "monotone", False))
            directions = {
                one.direction
                for one in framework.leaves
                if set(one.measure.variables) & set(leaf.measure.variables)
            }
            # Opaque code may use other measures, or a variable of two directions, in any way.
            plain = isinstance(leaf.measure, Value) and len(directions) == 1
            sign = (-1 if leaf.direction == "lower" else 1) if monotone and plain else 0
            return Way(form, leaf, maximum, sign, int(self.peer_dependent is not False))
        rule = leaf.rule
        sign = _tendency(rule) * (-1 if _turned(leaf) else 1)
        peers = int(bool(getattr(rule, "peer_dependent", True)))
        peers += fills_from_peers(framework, leaf.code)
        node: Indicator | Dimension = leaf
        while (above := framework.parent(node.code)) is not None:
            aggregator = framework.aggregator(above.code)
            sign *= int(aggregator.monotone)
            peers += int(aggregator.peer_dependent)
            if above.rule is not None:
                sign *= _tendency(above.rule)
                peers += int(above.rule.peer_dependent)
            if above.code != framework.code:
                peers += fills_from_peers(framework, above.code)
            node = above
        return Way(form, leaf, maximum, sign, peers)

    @cached_property
    def measured(self) -> Subject:
        """The methodology that reads every indicator's measured value."""
        if not self.declarative:
            return self
        return Subject(direct(self.method))


def _tendency(rule: Any) -> int:
    return 1 if rule.monotone else -1 if completed(rule, BaseRule).falling else 0


def _turned(leaf: Indicator) -> bool:
    return leaf.direction == "lower" and completed(leaf.rule, BaseRule).directed


def _declares(part: Any, what: str) -> bool:
    """Return whether a measure or a step, or a part of it, has a declaration that is true."""
    if getattr(part, what, False):
        return True
    if not attrs.has(type(part)):
        return False
    parts: list[Any] = []
    for field in attrs.fields(type(part)):
        value = getattr(part, field.name)
        parts += list(value) if isinstance(value, tuple) else [value]
    return any(_declares(one, what) for one in parts if attrs.has(type(one)))


@attrs.frozen(eq=False, slots=False)
class Trial:
    """A methodology and data to try it on."""

    subject: Subject
    data: Observations

    def __repr__(self) -> str:
        return f"<{self.subject.name} on {len(self.data.units)} units>"

    @property
    def method(self) -> Any:
        """The methodology."""
        return self.subject.method

    @property
    def units(self) -> tuple[str, ...]:
        """The units' codes."""
        return self.data.units.codes

    @cached_property
    def result(self) -> IndexResult:
        """The methodology's result on the data."""
        return self.of(self.data)

    @cached_property
    def refusal(self) -> Refusal | None:
        """The refusal of the data, None if they are valid or a law is broken."""
        try:
            _ = self.result
        except Refused as refused:
            return refused.refusal
        except Broken:
            return None
        return None

    def is_valid(self) -> bool:
        """Return whether no part refuses the data."""
        return self.refusal is None

    def of(self, data: Observations, method: Any = None) -> IndexResult:
        """Return the result on a copy of the data, so that the reported data do not change."""
        return self.computed(copied(data), method)

    def computed(self, data: Observations, method: Any = None) -> IndexResult:
        """Return the result on the data, or raise what is wrong with it."""
        method = self.method if method is None else method
        try:
            result = method.compute(data)
        except GovIndexError as error:
            refused = refusal(method, data)
            if refused is not None:
                raise Refused(refused) from error
            raise Broken(f"valid data are refused: {error}") from error
        except (Exception, SystemExit) as error:  # the kit reports whatever a methodology raises
            raise Broken(f"computing raises {type(error).__name__}: {error}") from error
        if not isinstance(result, IndexResult):
            raise Broken(f"compute returns {type(result).__name__}, not an IndexResult")
        if result.units.codes != data.units.codes:
            removed = frozenset(data.units.codes).difference(result.units.codes)
            kept = tuple(code for code in data.units.codes if code not in removed)
            if self.subject.leaves_out and result.units.codes == kept:
                raise Refused(Refusal("a step leaves units out", removed))
            codes = ", ".join(result.units.codes) or "nothing"
            raise Broken(f"the result is about {codes}, not about the units given, in their order")
        return result

    @cached_property
    def measured(self) -> Trial:
        """The trial in which every indicator's measured value is a variable."""
        subject = self.subject
        if not subject.declarative:
            return self
        result, prepared = self.result, subject.method.prepare(self.data)
        codes = list(
            dict.fromkeys(c for _, framework in subject.frameworks for c in framework.leaf_codes)
        )
        codes = [code for code in codes if code in result.codes]  # nodes of forms with units
        rows = [result.row_of(code) for code in codes]
        values, status = result.values[rows].T, result.status[rows].T
        blank = np.isnan(values) & ~is_absent(status)
        status = np.where(blank, CellStatus.MISSING, status)
        texts = {
            code: texts
            for _, framework in subject.frameworks
            for code in framework.leaf_codes
            if code in codes and (texts := _texts(prepared, framework.node(code)))
        }
        by_form = (weight_variables(framework).values() for _, framework in subject.frameworks)
        weights = list(dict.fromkeys(name for names in by_form for name in names))
        columns = [prepared.column_of(name) for name in weights]
        data = Observations(
            prepared.units,
            (*codes, *map(weighing, weights)),
            np.hstack([values, prepared.values[:, columns]]),
            np.hstack([status, prepared.status[:, columns]]).astype(np.uint8),
            levels=texts,
            period=prepared.period,
        )
        return Trial(subject.measured, data)

    def other_rows(self, unit: str) -> set[str]:
        """Return the codes of the other rows that read a row's data of another period."""
        assessed = self.data.units
        if not self.subject.over_time or assessed.periods is None:
            return set()
        body = assessed.bodies[assessed.locate(unit)]
        rows = zip(assessed.codes, assessed.bodies, strict=True)
        return {code for code, other in rows if other == body and code != unit}

    def ways_of(self, unit: str) -> list[Way]:
        """Return the ways of the indicators that a unit is scored by."""
        form = self.form_of(unit)
        return [way for way in self.subject.ways if way.form == form]

    def form_of(self, unit: str) -> str | None:
        """Return the form that a unit is scored by."""
        types = self.data.units.types
        several = types is not None and len(self.subject.forms) > 1
        return types[self.data.units.locate(unit)] if types and several else None

    def may_change(self, unit: str, variable: str) -> bool:
        """Return whether the unit's peers have two different values of a variable without it."""
        known = self.subject.wanted.get(variable)
        if known is None or not known.distinct:
            return True
        assessed = self.data.units
        assessed_unit = assessed[assessed.locate(unit)]
        group = (assessed_unit.type, assessed_unit.league, assessed_unit.period)
        values = self.data.values[:, self.data.column_of(variable)]
        peers = {
            value
            for one, value in zip(assessed, values.tolist(), strict=True)
            if one.code != unit and one.ranked and not np.isnan(value)
            if (one.type, one.league, one.period) == group
        }
        return len(peers) > 1

    def way_of(self, unit: str, leaf: str) -> Way:
        """Return the way of one indicator of a unit to the total."""
        return next(way for way in self.ways_of(unit) if way.leaf.code == leaf)

    def choices_for(self, variable: str) -> list[float]:
        """Return values that a variable may have."""
        return [float(value) for value in self.subject.wanted[variable].numbers]


def _texts(data: Observations, leaf: Any) -> tuple[str, ...]:
    if not completed(leaf.measure, BaseMeasure).passes_answers:
        return ()
    every = (data.levels.get(name, ()) for name in leaf.measure.variables)
    return next((texts for texts in every if texts), ())
