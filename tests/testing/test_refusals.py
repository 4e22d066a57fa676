"""Refused data break no law; other data are drawn instead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import attrs
import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, find, settings

from govindex import (
    Dimension,
    Framework,
    Indicator,
    Methodology,
    Observations,
    Rounding,
    absence,
    aggregate,
    impute,
    measures,
    prepare,
    result_from_scores,
    rules,
)
from govindex.contracts import Curve, Float, Scope
from govindex.errors import CellError, DataError
from govindex.rounding import Levels
from govindex.testing import (
    Check,
    LawBroken,
    check_methodology,
    laws,
    methodology_checks,
    observed,
    promises,
    strategies,
)
from govindex.testing.subject import Refused, Subject, Trial
from tests.own_laws import frame_libraries
from tests.sampling import few

EXAMPLES = few(10)
ANY = settings(
    max_examples=500,
    database=None,
    derandomize=True,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)


def _leaf(code: str, rule: Any = None, **settings: Any) -> Indicator:
    return Indicator(code, rule=rule or rules.Proportional(target=80), **settings)


def _made(*children: Any, steps: Any = (), **settings: Any) -> Methodology:
    settings = {"absence": absence.Renormalise(), **settings}
    return Methodology(
        "example.refusing", "1", Framework("total", children, **settings), steps=steps
    )


def _check(method: Any, law: str, **settings: Any) -> Check:
    return next(c for c in methodology_checks(method, **settings) if c.name == law)


# -- who refuses -----------------------------------------------------------------------------------


@attrs.frozen
class Upwards:
    """A rule on a branch that refuses shares below a half, and says nothing of it."""

    peer_dependent: ClassVar[bool] = False
    monotone: ClassVar[bool] = True
    directed: ClassVar[bool] = False
    bounds: ClassVar[tuple[float, float]] = (0.5, 1.0)

    def __call__(self, values: Float, scope: Scope) -> Float:
        if (values < 0.5).any():
            raise CellError("only shares of at least a half", values < 0.5)
        return np.minimum(values, 1.0)


PAIR = (_leaf("a"), _leaf("b", weight=2))
NEGATIVE = (_leaf("a", rules.Points(minimum=-5)), _leaf("b", rules.Affine(slope=0.01)))

REFUSING = {
    "a strict min-max at the root": _made(*PAIR, rule=rules.MinMax()),
    "a strict z-score on a dimension": _made(
        Dimension("d", PAIR, rule=rules.ZScore(0.5, 0.1)), _leaf("c")
    ),
    "a strict min-max in every league": _made(*PAIR, rule=rules.MinMax(over="league")),
    "a rule on a branch that refuses some shares": _made(*PAIR, rule=Upwards()),
    "a product of shares that may be negative": _made(*NEGATIVE, aggregate=aggregate.Product()),
    "a geometric mean of z-scores": _made(
        _leaf("a", rules.ZScore(0.5, 0.3)), _leaf("b"), aggregate=aggregate.Geometric(0.1)
    ),
    "z-scores that are summed": _made(
        _leaf("a", rules.ZScore(0.5, 0.3), weight=2), _leaf("b"), aggregate=aggregate.Sum()
    ),
}


@pytest.mark.parametrize("method", REFUSING.values(), ids=REFUSING)
def test_methodology_whose_branches_refuse_is_drawn_for(method: Methodology) -> None:
    check_methodology(method, examples=EXAMPLES)
    assert _check(method, "scoring", examples=40)() >= 36


def test_refused_units_are_known() -> None:
    trial = Trial(Subject(REFUSING["a rule on a branch that refuses some shares"]), _figures())
    assert trial.refusal is not None
    assert trial.refusal.units == {"U1"}
    assert trial.refusal.who == "Upwards(): only shares of at least a half"
    with pytest.raises(Refused):
        _ = trial.result


def _figures() -> Observations:
    return observed({"a": [80, 8, 80], "b": [80, 8, 40]})


@attrs.frozen
class Takes(Upwards):
    """The same, and says that it takes everything."""

    def curve(self, maximum: float) -> Curve:
        return Curve(low=0.0, high=1.0)


@attrs.frozen
class OnlyLarge(aggregate.Arithmetic):
    """Refuses shares that it says it takes."""

    def __call__(self, shares: Sequence[Float], weights: Sequence[Float]) -> Float:
        if (shares[0] < 0.2).any():
            raise CellError("only shares of a fifth", shares[0] < 0.2)
        return super().__call__(shares, weights)


@attrs.frozen
class Degenerate(rules.MinMax):
    """Refuses peers that are all alike although it says what they get."""

    def __call__(self, values: Float, scope: Scope) -> Float:
        if (np.ptp(values, axis=-1) == 0).any():
            raise CellError("two values", np.ones(values.shape, dtype=bool), whole=True)
        return super().__call__(values, scope)


@pytest.mark.parametrize(
    "method",
    [
        _made(*PAIR, rule=Takes()),
        _made(*PAIR, aggregate=OnlyLarge()),
        _made(*PAIR, rule=Degenerate(degenerate=0.5)),
    ],
    ids=["rule", "aggregator", "degenerate"],
)
def test_part_that_refuses_what_it_says_it_takes_breaks_the_law(method: Methodology) -> None:
    with pytest.raises(LawBroken, match="valid data are refused"):
        _check(method, "scoring", examples=200)()


@attrs.frozen
class RefusesAll(Upwards):
    def __call__(self, values: Float, scope: Scope) -> Float:
        raise CellError("nothing will do", np.ones(values.shape, dtype=bool))


def test_methodology_that_refuses_everything_is_told() -> None:
    method = _made(*PAIR, rule=RefusesAll())
    said = r"of 60 .* 0 could be tried, .* were refused \(RefusesAll\(\): nothing"
    with pytest.raises(LawBroken, match=said):
        check_methodology(method, examples=3)


def _three_or_more(data: Observations) -> Observations:
    if len(data.units) < 3:
        raise DataError("three units are needed")
    return data


def test_step_may_refuse_data() -> None:
    method = _made(*PAIR, steps=_three_or_more)
    # Half of what is drawn has one unit or two, and is refused.
    assert _check(method, "scoring", examples=100)() > 5
    check_methodology(method, examples=EXAMPLES)


def test_steps_are_drawn_what_they_read_and_fill() -> None:
    size, gaps = prepare.Denominate({"a": "people"}), prepare.Impute(impute.Median())
    method = _made(*PAIR, steps=(size, gaps), absence=absence.Refuse())
    trials = strategies.trials(Subject(method))
    find(trials, lambda t: t.is_valid() and np.isnan(t.data.values).any(), settings=ANY)
    find(trials, lambda t: t.is_valid() and len(set(t.data.values[:, 2])) > 1, settings=ANY)
    assert _check(method, "scoring", examples=40)() >= 36
    check_methodology(method, examples=EXAMPLES)


# -- weights that are variables --------------------------------------------------------------------


def test_variable_may_be_indicator_and_weight() -> None:
    method = _made(_leaf("people"), _leaf("a", weight="people"), _leaf("b", weight="people"))
    check_methodology(method, examples=few(30))


def test_indicator_may_be_called_like_the_variable_of_a_weight() -> None:
    ratio = _leaf("people", measure=measures.Ratio("x", "y", times=100))
    check_methodology(_made(ratio, _leaf("a", weight="people")), examples=few(30))


@attrs.frozen
class Exponents:
    """The product of shares to the power of their weights: a weight of 2 counts twice."""

    peer_dependent: ClassVar[bool] = False
    monotone: ClassVar[bool] = True
    linear: ClassVar[bool] = False
    sums_points: ClassVar[bool] = False
    above: ClassVar[float] = 0.0

    def __call__(self, shares: Sequence[Float], weights: Sequence[Float]) -> Float:
        counts = [weight > 0 for weight in weights]
        refused = [(s <= 0) & count for s, count in zip(shares, counts, strict=True)]
        wrong = np.logical_or.reduce(np.broadcast_arrays(*refused))
        if wrong.any():
            raise CellError("shares above 0", wrong)
        powers = [np.where(w > 0, s, 1.0) ** w for s, w in zip(shares, weights, strict=True)]
        return np.asarray(np.multiply.reduce(np.broadcast_arrays(*powers)))


@pytest.mark.parametrize("weight", [3.0, "people"])
def test_weights_may_be_exponents(weight: float | str) -> None:
    method = _made(_leaf("a"), _leaf("b", weight=weight), aggregate=Exponents())
    assert promises(method).loc["common_scaling_of_weights", "why"] == (
        "Exponents() does not declare that only the proportions of weights count"
    )
    check_methodology(method, examples=few(30))


# -- frames and names ------------------------------------------------------------------------------


@pytest.mark.parametrize("answers", [("1", "2"), ("nan", "inf"), ("N/A", "yes"), ("1.0", "1")])
def test_answers_may_look_like_numbers_or_marks(answers: tuple[str, str]) -> None:
    method = _made(_leaf("a", rules.Choice({answers[0]: 1.0, answers[1]: 0.0})), _leaf("b"))
    Check(frame_libraries, Subject(method), None, 60)()


class Renamed:
    """Reads variables that are not called as its indicators are."""

    id, version, fingerprint = "example.renamed", "1", "example.renamed@1"
    peer_dependent, monotone = False, True
    framework = Framework(
        "index",
        [
            _leaf("speed", rules.MinMax(), measure=measures.Value("days"), direction="lower"),
            _leaf("reach", measure=measures.Value("offices")),
            _leaf("a share", measure=measures.Ratio("offices", "ranks")),
        ],
    )

    def compute(self, data: Observations) -> Any:
        days, offices = (data.values[:, data.column_of(name)] for name in ("days", "offices"))
        scores = 50.0 - np.tanh(days / 100) * 25 + np.tanh(offices / 100) * 25
        return result_from_scores(self, data, {"index": scores})


class Downwards(Renamed):
    """Earns more the longer it takes, and says that it does not."""

    def compute(self, data: Observations) -> Any:
        turned = attrs.evolve(data, values=-data.values)
        result = super().compute(turned)
        return attrs.evolve(result, observations=data)


def test_indicators_of_an_opaque_methodology_may_have_other_names_than_variables() -> None:
    check_methodology(Renamed(), examples=EXAMPLES)
    for law in ("betterment", "dominance"):
        with pytest.raises(LawBroken, match=f"breaks the law '{law}'"):
            _check(Downwards(), law, examples=60)()


# -- what is compared before it is rounded ---------------------------------------------------------


@attrs.frozen
class NearlyAnchored(rules.MinMax):
    """Its anchor is off by a share of a hundredth: less than what is rounded to whole points."""

    def anchor(self, reference: Float, scope: Scope) -> Any:
        actual = super().anchor(reference, scope)
        return rules.Chain(actual, rules.Affine(intercept=0.01))


@attrs.frozen
class NearlyFree(rules.MinMax):
    """A shift moves its shares a little."""

    def __call__(self, values: Float, scope: Scope) -> Float:
        return super().__call__(values, scope) + 0.01 * (np.nanmin(values) > 10)


@pytest.mark.parametrize(
    ("rule", "law"), [(NearlyAnchored(), "anchoring"), (NearlyFree(), "measure_unit")]
)
def test_small_errors_do_not_hide_behind_a_coarse_rounding(rule: Any, law: str) -> None:
    whole = Levels(leaf=Rounding(0), node=Rounding(0), total=Rounding(0))
    method = attrs.evolve(_made(_leaf("a", rule), _leaf("b")), rounding=whole)
    with pytest.raises(LawBroken, match=f"breaks the law '{law}'"):
        _check(method, law, examples=60)()


def test_law_called_by_hand_says_what_is_refused() -> None:
    method = REFUSING["a strict min-max at the root"]
    with pytest.raises(DataError, match="needs two distinct values"):
        laws.scoring(method, observed({"a": [1, 1], "b": [2, 2]}))
