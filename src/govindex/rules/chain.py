"""Several rules, one after the other."""

from __future__ import annotations

from collections.abc import Iterable

import attrs
import numpy as np

from govindex.contracts import (
    BaseRule,
    Curve,
    Entry,
    Float,
    RelativeRule,
    Rule,
    Scope,
    completed,
    largest_meant,
)
from govindex.errors import SettingError
from govindex.rules.digits import Rounded

__all__ = ["Chain"]


def _rules(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    return tuple(rules)


@attrs.frozen(init=False)
class Chain(BaseRule):
    """One rule after the other.

    Examples
    --------
    >>> import numpy as np
    >>> from govindex.rules import Affine, Clip
    >>> chain = Chain(Affine(slope=0.01), Clip())
    >>> chain(np.array([50.0, 120.0]), Scope())
    array([0.5, 1. ])
    """

    rules: tuple[Rule, ...] = attrs.field(converter=_rules)

    def __init__(self, *rules: Rule) -> None:
        if not rules:
            raise SettingError("a chain needs at least one rule")
        wrong = [rule for rule in rules if isinstance(rule, type) or not isinstance(rule, Rule)]
        if wrong:
            raise SettingError(f"a chain takes rules, not {wrong[0]!r}")
        self.__attrs_init__(rules)

    @property
    def _completed(self) -> list[BaseRule]:
        return [completed(rule, BaseRule) for rule in self.rules]

    @property
    def peer_dependent(self) -> bool:
        """Whether one of the rules looks at peers."""
        return any(rule.peer_dependent for rule in self.rules)

    @property
    def monotone(self) -> bool:
        """Whether the rules together never earn a larger value less."""
        return self._tendency > 0

    @property
    def falling(self) -> bool:
        """Whether the rules together never earn a larger value more."""
        return self._tendency < 0

    @property
    def _tendency(self) -> int:
        # A second rule that looks at peers compares shares that the first one has moved.
        if sum(rule.peer_dependent for rule in self.rules) > 1:
            return 0
        tendency = 1
        for rule in self._completed:
            tendency *= 1 if rule.monotone else -1 if rule.falling else 0
        return tendency

    @property
    def answers(self) -> tuple[str | float, ...]:
        """The answers that the first rule knows."""
        return self._completed[0].answers

    @property
    def ignores_measure_unit(self) -> bool:
        """Whether the first rule ignores it: the others see shares."""
        return self._completed[0].ignores_measure_unit

    @property
    def named_units(self) -> tuple[str, ...]:
        """The units that one of the rules looks at by name."""
        return tuple(unit for rule in self._completed for unit in rule.named_units)

    def curve(self, maximum: float) -> Curve:
        """Return the first rule's curve, as steep as all of them together."""
        curves = [rule.curve(maximum) for rule in self._completed]
        slope, jump = curves[0].slope, curves[0].jump
        for curve in curves[1:]:
            with np.errstate(invalid="ignore"):
                # A level rule stays level after the steepest one.
                jump = (curve.slope * jump if jump else 0.0) + curve.jump
                slope = 0.0 if 0.0 in (slope, curve.slope) else slope * curve.slope
        # Which of the first rule's values a later rule refuses is not known.
        free = all(curve.low == -np.inf and curve.high == np.inf for curve in curves[1:])
        takes_all = free and all(curve.takes_all for curve in curves)
        return attrs.evolve(curves[0], slope=slope, jump=jump, takes_all=takes_all)

    def entry(self, maximum: float) -> Entry:
        """Return what the first rule takes."""
        return self._completed[0].entry(maximum)

    def spreadsheet_formula(self, value: str, maximum: str) -> str | None:
        """Return the formulas of the rules, one in the other."""
        points: str | None = None
        for rule in self._completed:
            points = rule.spreadsheet_formula(value, maximum)
            if points is None:
                return None
            value = f"(({points})/{maximum})"
        return points

    @property
    def reads_answers(self) -> bool:
        """Whether the first rule takes texts."""
        return self._completed[0].reads_answers

    @property
    def directed(self) -> bool:
        """Whether a rule reads the direction; only the first of them receives it."""
        return any(rule.directed for rule in self.rules)

    @property
    def compares(self) -> bool:
        """Whether one of the rules compares the values that it receives."""
        return any(rule.compares for rule in self._completed)

    @property
    def gives_ranks(self) -> bool:
        """Whether the last rule gives ranks or counts."""
        return self._completed[-1].gives_ranks

    @property
    def one_sign(self) -> bool:
        """Whether nothing cancels in any of the rules."""
        return all(rule.one_sign for rule in self._completed)

    @property
    def bounds(self) -> tuple[float, float]:
        """The bounds of the last rule."""
        return self.rules[-1].bounds

    @property
    def full_share(self) -> float | None:
        """The largest intended share of the whole chain."""
        *before, last = self.rules
        full = largest_meant(last)
        if full is not None or not before or last.peer_dependent or not last.monotone:
            return full
        best = largest_meant(Chain(*before))
        if isinstance(last, Rounded):  # in which unit only the node knows
            return best
        return None if best is None else float(last(np.array([best]), Scope())[0])

    def __call__(self, values: Float, scope: Scope) -> Float:
        """Return the shares of the last rule."""
        for rule in self.rules:
            values = rule(values, scope)
            scope = _next_scope(scope, rule)
        return values

    def anchor(self, reference: Float, scope: Scope) -> Rule:
        """Return the chain with every peer-dependent rule frozen on the reference."""
        frozen: list[Rule] = []
        for rule in self.rules:
            frozen.append(rule.anchor(reference, scope) if isinstance(rule, RelativeRule) else rule)
            reference = rule(reference, scope)
            scope = _next_scope(scope, rule)
        return Chain(*frozen)


def _next_scope(scope: Scope, rule: Rule) -> Scope:
    """Return the scope of the rule after this one: direction is applied once."""
    direction = "higher" if rule.directed else scope.direction
    one_sign = scope.one_sign and completed(rule, BaseRule).one_sign
    return attrs.evolve(scope, direction=direction, levels=(), computed=True, one_sign=one_sign)
