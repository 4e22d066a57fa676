"""Several rules, one after the other."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from govindex.contracts import Float, RelativeRule, Rule, Scope
from govindex.errors import SettingError

__all__ = ["Chain"]


def _rules(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    return tuple(rules)


@attrs.frozen(init=False)
class Chain:
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
            raise SettingError(f"a chain is made of rules; {wrong[0]!r} is none")
        self.__attrs_init__(rules)

    @property
    def peer_dependent(self) -> bool:
        """Whether one of the rules looks at peers."""
        return any(rule.peer_dependent for rule in self.rules)

    @property
    def monotone(self) -> bool:
        """Whether all the rules are monotone."""
        return all(rule.monotone for rule in self.rules)

    @property
    def reads_answers(self) -> bool:
        """Whether the first rule takes texts."""
        return getattr(self.rules[0], "reads_answers", False)

    @property
    def directed(self) -> bool:
        """Whether a rule reads the direction; only the first that does is told."""
        return any(rule.directed for rule in self.rules)

    @property
    def bounds(self) -> tuple[float, float]:
        """The bounds of the last rule."""
        return self.rules[-1].bounds

    def __call__(self, values: Float, scope: Scope) -> Float:
        """Return what the last rule makes of it."""
        for rule in self.rules:
            values = rule(values, scope)
            scope = _turned(scope, rule)
        return values

    def anchor(self, reference: Float, scope: Scope) -> Rule:
        """Return the chain with every peer-dependent rule frozen on the reference."""
        frozen: list[Rule] = []
        for rule in self.rules:
            frozen.append(rule.anchor(reference, scope) if isinstance(rule, RelativeRule) else rule)
            reference = rule(reference, scope)
            scope = _turned(scope, rule)
        return Chain(*frozen)


def _turned(scope: Scope, rule: Rule) -> Scope:
    # Direction is applied once: behind a directed rule higher is better.
    return attrs.evolve(scope, direction="higher", levels=()) if rule.directed else scope
