"""Choices between rules, aggregators, policies, preparations, weights and whole methodologies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, cast

import attrs
import numpy as np

from govindex.absence import Absence
from govindex.checks import instance_of, names_of, number, tuple_of
from govindex.contracts import AbsencePolicy, Aggregator, Float, Index, Rule
from govindex.errors import (
    GovIndexError,
    Problems,
    SettingError,
    listing,
    near_miss,
)
from govindex.methods import Methodology
from govindex.model.framework import Framework
from govindex.model.selection import At, selected
from govindex.model.tree import Dimension
from govindex.prepare.flow import AnyStep, GivenStep
from govindex.robustness.variations.protocols import Basis, Drawn, MethodChange, ReplacedWeights

__all__ = [
    "Alternatives",
    "BoundChoice",
    "Option",
    "checked_weights",
    "weights_of",
]

What = Literal["rule", "aggregate", "absence", "steps", "weights", "method"]
_WAYS = ("equal", "flat")
WHAT = ("rule", "aggregate", "absence", "steps", "weights", "method")


@attrs.frozen
class Option:
    """One option of a choice, as a change of a methodology; None changes nothing."""

    what: What
    value: Any
    at: tuple[str, ...] | None

    def __str__(self) -> str:
        return "as it is" if self.value is None else repr(self.value)

    def __call__(self, method: Methodology) -> Methodology:
        """Return the methodology with the option."""
        if self.value is None:
            return method
        if self.what == "method":
            return cast(Methodology, self.value)
        if self.what == "steps":
            return attrs.evolve(method, steps=self.value)
        return method._changed(lambda _, framework: self._changed(framework))

    def _changed(self, form: Framework) -> Framework:
        if self.what == "absence":
            return attrs.evolve(form, absence=self.value)
        if self.what == "weights":
            return form.with_weights(weights_of(form, self.value))
        if self.what == "rule":
            if isinstance(self.value, Mapping):
                return form.with_rules(self.value)
            every = [leaf.code for leaf in form.leaves if leaf.rule is not None]
            return form.with_rules(dict.fromkeys(self._at(form, every), self.value))
        if isinstance(self.value, Mapping) or self.at is None:
            return form.with_aggregates(self.value)
        return form.with_aggregates(dict.fromkeys(self._at(form, []), self.value))

    def _at(self, form: Framework, every: Sequence[str]) -> list[str]:
        return list(every) if self.at is None else [code for code in self.at if form.has(code)]


def checked_weights(weights: Any) -> Any:
    """Return weights by code, "equal" or "flat"; raise an error for anything else."""
    if isinstance(weights, str) and weights not in _WAYS:
        raise SettingError(
            f"weights are numbers by code, 'equal' or 'flat': {near_miss(weights, _WAYS)}"
        )
    if not isinstance(weights, (str, Mapping)):
        raise SettingError(f"weights are numbers by code, 'equal' or 'flat', not {weights!r}")
    return weights


def weights_of(form: Framework, weights: Any) -> Mapping[str, float]:
    """Return weights by code: the given ones, or equal among siblings or among indicators."""
    if not isinstance(weights, str):
        return cast(Mapping[str, float], weights)

    def counts(code: str) -> bool:
        return form.is_scored(code) and not form.is_bonus(code)

    equal: dict[str, float] = {}
    for node in form.nodes:
        if node.code == form.code or not counts(node.code) or node in form._summed:
            continue
        leaves = sum(counts(leaf.code) for leaf in form.below(node.code))
        flat = weights == "flat" and isinstance(node, Dimension)
        equal[node.code] = float(leaves) if flat else 1.0
    return equal


RuleChoice = Rule | Mapping[str, Rule] | None
AggregatorChoice = Aggregator | Mapping[str, Aggregator] | None
AbsenceChoice = Absence | AbsencePolicy | None
StepsChoice = AnyStep | Iterable[GivenStep] | None
WeightsChoice = Mapping[str, float] | Literal["equal", "flat"] | None


def _rules(options: Iterable[RuleChoice] | None) -> tuple[RuleChoice, ...] | None:
    return _several(options)


def _aggregators(
    options: Iterable[AggregatorChoice] | None,
) -> tuple[AggregatorChoice, ...] | None:
    return _several(options)


def _policies(options: Iterable[AbsenceChoice] | None) -> tuple[AbsenceChoice, ...] | None:
    return _several(options)


def _preparations(options: Iterable[StepsChoice] | None) -> tuple[StepsChoice, ...] | None:
    return _several(options)


def _weight_sets(options: Iterable[WeightsChoice] | None) -> tuple[WeightsChoice, ...] | None:
    return _several(options)


def _methodologies(
    options: Iterable[Methodology | None] | None,
) -> tuple[Methodology | None, ...] | None:
    return _several(options)


def _several(options: Iterable[Any] | None) -> tuple[Any, ...] | None:
    """Return options in a tuple; anything else unchanged, for a later check."""
    if isinstance(options, (str, Mapping)) or not isinstance(options, Iterable):
        return options  # type: ignore[return-value]
    return tuple(options)


def _check_options(what: str, options: Any) -> None:
    if not isinstance(options, tuple):
        raise SettingError(f"Alternatives({what}=[…]) takes a list of options, not {options!r}")
    if not options:
        raise SettingError(f"Alternatives(…{what}=…) needs at least one option")
    for option in options:
        if isinstance(option, type):
            raise SettingError(f"give an option, not its class: {option.__name__}(…)")
        if what == "weights" and option is not None:
            checked_weights(option)


def _check_probabilities(chances: tuple[float, ...], count: int) -> None:
    if len(chances) != count:
        raise SettingError(f"{count} options have as many probabilities, not {len(chances)}")
    numbers = np.array([number(chance, "a probability") for chance in chances])
    if (numbers < 0).any():
        raise SettingError(f"probabilities are numbers of at least 0, not {list(chances)}")
    if abs(numbers.sum() - 1.0) > 1e-9:
        raise SettingError(f"probabilities add up to 1, not to {numbers.sum():g}: {list(chances)}")


def _nodes(at: At | None) -> int | tuple[str, ...] | None:
    return at if at is None or isinstance(at, int) else names_of(at, "at")


def _probabilities(probabilities: Iterable[float] | None) -> tuple[float, ...] | None:
    return None if probabilities is None else tuple_of(probabilities, "probabilities", "numbers")


@attrs.frozen(kw_only=True)
class Alternatives:
    """Choose in each draw between options for one part of the methodology.

    An option of None changes nothing.

    Parameters
    ----------
    rule : iterable of Rule or mapping of code to Rule
        Rules of all scored indicators, or of those in `at`.
    aggregate : iterable of Aggregator or mapping of code to Aggregator
        Aggregators of all branches, or of those in `at`.
    absence : iterable of Absence or policy
        Policies of the root, which branches inherit: availability thresholds, filling …
    steps : iterable of iterable of steps
        Preparations: with and without a treatment, by one imputation or another.
    weights : iterable of mapping of code to float, "equal" or "flat"
        Sets of weights; or equal weights of siblings ("equal") or of indicators ("flat").
    method : iterable of Methodology
        Whole methodologies of the same units; later variations apply to the drawn one.
    at : int, str or iterable of str, optional
        Codes of nodes, for `rule` and `aggregate`.
    probabilities : iterable of float, optional
        One for each option, adding up to 1; equal by default.
    name : str, optional
        The name of the choice in tables and for :class:`Given`; by default the part that is
        chosen.

    Raises
    ------
    SettingError
        If not exactly one part is given, without an option, or if probabilities do not fit.

    Examples
    --------
    >>> from govindex import robustness, rules
    >>> choice = robustness.Alternatives(
    ...     rule=[rules.MinMax(), rules.ZScore()], probabilities=[0.8, 0.2]
    ... )
    >>> choice.name
    'rule'
    """

    rule: tuple[RuleChoice, ...] | None = attrs.field(default=None, converter=_rules)
    aggregate: tuple[AggregatorChoice, ...] | None = attrs.field(
        default=None, converter=_aggregators
    )
    absence: tuple[AbsenceChoice, ...] | None = attrs.field(default=None, converter=_policies)
    steps: tuple[StepsChoice, ...] | None = attrs.field(default=None, converter=_preparations)
    weights: tuple[WeightsChoice, ...] | None = attrs.field(default=None, converter=_weight_sets)
    method: tuple[Methodology | None, ...] | None = attrs.field(
        default=None, converter=_methodologies
    )
    at: int | tuple[str, ...] | None = attrs.field(default=None, converter=_nodes)
    probabilities: tuple[float, ...] | None = attrs.field(default=None, converter=_probabilities)
    name: str = attrs.field(default=None)

    def __attrs_post_init__(self) -> None:
        parts = [what for what in WHAT if getattr(self, what) is not None]
        if len(parts) != 1:
            raise SettingError(
                f"alternatives are given for one of {listing(WHAT)}, not {len(parts)}"
            )
        _check_options(self._what, self._values)
        if self.at is not None and self._what not in ("rule", "aggregate"):
            raise SettingError(
                f"at= names the nodes of a rule or an aggregator, not of '{self._what}'"
            )
        if self.probabilities is not None:
            _check_probabilities(self.probabilities, len(self._values))
        if self.name is not None:
            instance_of(self.name, str, "Alternatives(name=…)")
        object.__setattr__(self, "name", self.name or self._what)

    @property
    def _what(self) -> What:
        """The part of the methodology that is chosen."""
        return cast(What, next(what for what in WHAT if getattr(self, what) is not None))

    @property
    def _values(self) -> tuple[Any, ...]:
        """The options."""
        return cast(tuple[Any, ...], getattr(self, self._what))

    def _bind(self, basis: Basis) -> BoundChoice:
        """Return the choice, each option tried on the methodology."""
        method = basis.method
        forms = method.frameworks
        known = [code for form in forms for code in form.codes]
        where = f"Alternatives('{self.name}', at=…)"
        at = None if self.at is None else selected(self.at, known, forms, where=where)
        options = tuple(Option(self._what, value, at) for value in self._values)
        problems = Problems()
        for value, option in zip(self._values, options, strict=True):
            try:
                option(method)
            except GovIndexError as error:
                problems.add(f"{value!r}: {error}")
        problems.raise_any(SettingError, f"alternatives of '{self.name}' do not apply")
        sets = self._weight_sets(method) if self._what == "weights" else {}
        return BoundChoice(self.name, options, self.probabilities, sets)

    def _weight_sets(self, method: Methodology) -> dict[str, Float]:
        """Return the weight of each node in every option, if all are numbers of scored nodes."""
        sets: dict[str, Float] = {}
        declared = method._plan.declared.weights
        options = [weights_of(method.framework, value or {}) for value in self._values]
        for code in dict.fromkeys(code for option in options for code in option):
            weights = [option.get(code, declared.get(code)) for option in options]
            numbers = [w.item() if isinstance(w, np.ndarray) else w for w in weights]
            if not all(isinstance(w, (int, float)) and w > 0 for w in numbers):
                return {}
            sets[code] = np.array(numbers, dtype=np.float64)
        return {} if len(method.frameworks) > 1 else sets


@attrs.frozen(eq=False)
class BoundChoice:
    """A choice, bound to a methodology.

    Parameters
    ----------
    name : str
    changes : tuple of MethodChange
        The options.
    probabilities : tuple of float or None
    sets : mapping of str to array, shape (options,)
        Weights of nodes, if all options are weights: they are drawn like any others, so that
        draws of all options are computed together.
    picks : array of int, shape (draws,), optional
        The option of each draw, if given.
    """

    name: str
    changes: tuple[MethodChange, ...]
    probabilities: tuple[float, ...] | None
    sets: Mapping[str, Float]
    picks: Index | None = None
    varies_data: bool = False

    @property
    def codes(self) -> tuple[str, ...]:
        """The nodes whose weights it draws."""
        return tuple(self.sets)

    @property
    def options(self) -> tuple[MethodChange, ...]:
        """The options, () if weights are drawn."""
        return () if self.sets else self.changes

    @property
    def inputs(self) -> tuple[str]:
        """The single input: the option."""
        return (self.name,)

    def draw(self, rng: np.random.Generator, start: int, count: int) -> Drawn:
        """Draw an option for each draw."""
        if self.picks is not None:
            rows = np.minimum(np.arange(start, start + count), len(self.picks) - 1)
            return self._drawn(self.picks[rows])
        return self._drawn(self._options(rng.random(count)))

    def quantiles(self, uniform: Float) -> Float:
        """Return option numbers, by cumulative probabilities."""
        return self._options(uniform).astype(np.float64)

    def drawn(self, quantiles: Float) -> Drawn:
        """Return the options with these numbers."""
        return self._drawn(quantiles[:, 0].astype(np.intp))

    def _options(self, uniform: Float) -> Index:
        even = [1.0 / len(self.changes)] * len(self.changes)
        limits = np.cumsum(self.probabilities or even)
        option = np.searchsorted(limits, uniform, side="right")
        return np.minimum(option, len(self.changes) - 1).astype(np.intp)

    def _drawn(self, option: Index) -> Drawn:
        if self.sets:
            return Drawn(
                weigh=ReplacedWeights({code: row[option] for code, row in self.sets.items()})
            )
        return Drawn(option=option)
