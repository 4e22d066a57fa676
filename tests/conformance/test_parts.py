"""Rules, measures, aggregators, policies, roundings and rankings keep the laws they promise."""

from __future__ import annotations

from functools import cache
from itertools import chain
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from govindex import (
    Absence,
    Bands,
    Dimension,
    Framework,
    Indicator,
    Methodology,
    Observations,
    Ranking,
    Rounding,
    absence,
    aggregate,
    impute,
    measures,
    prepare,
    rules,
    treat,
)
from govindex.contracts import Rule
from govindex.parts import FAMILIES, kinds
from govindex.testing import (
    LawBroken,
    check_methodology,
    laws,
    methodology_around,
    methodology_checks,
    observed,
)
from govindex.testing.strategies import methodologies
from govindex.testing.subject import Subject, Trial
from tests.sampling import few, some, try_laws

EXAMPLES = 2  # of a plain run, which samples the laws as well


def _even(weights: Any, present: Any) -> Any:
    return weights * present


def _per_root(value: float, people: float) -> float:
    return float(value / people**0.5)


def _weighted(scores: Any, weights: Any) -> Any:
    return scores @ weights


SIZES = {"size": {f"U{i}": i + 1.0 for i in range(9)}}
PARTS = [
    prepare.Denominate({"a": "people"}),
    prepare.Denominate({"a": "people", "b": "c"}, factor=1000, lacking="missing"),
    prepare.Denominate(
        {"a": "size"}, table={"size": {f"U{i}": i + 1.0 for i in range(9)}}, lacking="missing"
    ),
    prepare.Denominate({"a": "people"}, function=_per_root),
    prepare.Screen(0.8),
    prepare.Screen(0.3, becomes="unranked"),
    prepare.Impute(impute.Mean(), lacking="missing"),
    prepare.Impute(impute.Median(over="league"), otherwise=impute.Constant(5)),
    prepare.Impute(impute.Known({"a": 3}), lacking="missing"),
    prepare.Impute(impute.Mixed([impute.Mean(), impute.Mean(over="league")]), lacking="missing"),
    prepare.Impute(
        impute.Mixed(
            [impute.Median(over="league"), impute.Constant(5)],
            weights=[1, 3],
            lacking="left_out",
            rounding=Rounding(0),
        )
    ),
    prepare.Impute(impute.RowMean({"first": ["a", "b"]}), lacking="missing"),
    prepare.Impute(impute.RowMedian({"first": ["a", "b"]}), lacking="missing"),
    prepare.Impute(impute.LastObservation(1), lacking="missing"),
    prepare.Impute(impute.Interpolated(beyond="nearest"), lacking="missing"),
    prepare.Impute(impute.Regression("b"), lacking="missing"),
    prepare.Impute(impute.Regression("b", lines={"a": {"": 2, "b": 0.5}}), lacking="missing"),
    prepare.Impute(impute.Neighbours(1), lacking="missing"),
    prepare.Impute(impute.EM(), lacking="missing"),
    prepare.Treat(),
    prepare.Treat([treat.Winsorise(1), treat.Log()]),
    prepare.Treat(treat.Quartiles(), when="always"),
    prepare.Treat(treat.Percentiles(), when="always", over="league"),
    prepare.Treat(treat.Deviations(), when="always"),
    prepare.Treat(treat.GIILog(factor=100), when="always"),
    prepare.Treat(treat.GIILog(low=0, high=200), when="always", variables=["a"]),
    prepare.Treat(treat.BoxCox(origin="least", offset=1), when="always", variables=["a"]),
    prepare.Treat(treat.YeoJohnson(), when="always", variables=["a"]),
    prepare.TreatAs({"a": treat.Between(low=10, high=90)}),
    rules.Identity(),
    rules.Points(),
    rules.Points(minimum=-5),
    rules.Proportional(target=80),
    rules.Proportional(target=80, floor=50),
    rules.Goalposts(worst=0, best=100),
    rules.Goalposts(worst=100, best=0, clip=False),
    rules.Goalposts(worst=10, best=1000, transform="log"),
    rules.Goalposts(worst=10, best=1000, transform="log", clip=False),
    rules.Goalposts(worst=0, best=9, transform=0.5),
    rules.Goalposts(worst=9, best=1, transform="reciprocal"),
    rules.Goalposts(worst=1, best=9, transform=2),
    rules.Affine(intercept=1, slope=-0.01),
    rules.Affine(slope=0.01),
    rules.Clip(-1, 5),
    rules.Chain(rules.Proportional(target=80, floor=50), rules.Steps([(0.5, 0.5), (1, 1)])),
    rules.Chain(rules.MinMax(degenerate=0.5), rules.Affine(slope=-0.5)),
    rules.Chain(rules.MinMax(over="league", degenerate=0.5), rules.ZScore(degenerate=0)),
    rules.Rounded(Rounding(1)),
    rules.Chain(rules.Rounded(Rounding(0)), rules.Steps([(0.5, 0.5), (0.75, 1)])),
    rules.Chain(rules.Rounded(Rounding(1, "truncate")), rules.MinMax(degenerate=0.5)),
    rules.Steps([(10, 0.2), (50, 0.5), (80, 1)]),
    rules.Steps([(10, 0.7), (50, 0.5), (80, 0.9)], closed="upper"),
    rules.Steps([(10, 0.5), (50, 0)], below=1),
    rules.Condition(at_least=3),
    rules.Condition(below=3),
    rules.Condition(equals=3),
    rules.Choice({"A": 1, "B": 0.5, "C": 0}),
    rules.Choice({1: 1, 2: 0.5, 3: 0}),
    rules.PerItem(20),
    rules.PerItem(0.5, cap=10),
    rules.Deduction(per=0.25),
    rules.Deduction(per=0.25, floor=-0.5),
    rules.Piecewise([(0, 0), (50, 0.8), (100, 1)]),
    rules.Piecewise([(0, 1), (50, 0.8), (100, 0)]),
    rules.CentredGoalposts(),
    rules.CentredGoalposts(40, low=0, high=1, over="league", degenerate=0.5),
    rules.CentredGoalposts(over="ranked", degenerate=1),
    rules.CentredGoalposts(base="2025"),
    rules.MinMax(),
    rules.MinMax(1, 0, degenerate=0.5),
    rules.MinMax(over="league", degenerate=0),
    rules.MinMax(over="ranked"),
    rules.MinMax(over="period", degenerate=0.5),
    rules.Chain(rules.MinMax(over="league_period", degenerate=0.5), rules.Affine(slope=0.5)),
    rules.MinMax(degenerate=2),
    rules.ZScore(),
    rules.ZScore(50, 10, ddof=0, over="league"),
    rules.ZScore(over="ranked"),
    rules.ZScore(over="period", degenerate=0),
    rules.ZScore(degenerate=5),
    rules.Robust(degenerate=0),
    rules.Robust(50, 10, over="league", degenerate=50),
    rules.Robust(degenerate=9),
    rules.Rank(),
    rules.Rank("competition", over="ranked", degenerate=1),
    rules.Rank("max", degenerate=7),
    rules.PercentRank(),
    rules.PercentRank("max", over="league"),
    rules.PercentRank("competition", over="ranked"),
    rules.Borda(),
    rules.Borda("competition", degenerate=0.5),
    rules.NormalScores(),
    rules.NormalScores("max", over="league", degenerate=0),
    rules.ExponentialRank(),
    rules.ExponentialRank("max", 0.4, over="league", degenerate=0.5),
    rules.ExponentialRank(degenerate=0),
    rules.Exponential(intercept=1, factor=-1, rate=-0.05),
    rules.Exponential(factor=2, rate=-0.05),
    rules.Exponential(factor=0.3, rate=0.02),
    rules.RankAmong(rules.PercentRank(), [10, 20, 20, 60]),
    rules.RankAmong(rules.NormalScores("max"), [1, 9, 80], direction="lower"),
    rules.FractionOfMax(),
    rules.FractionOfMax(over="ranked", degenerate=1),
    rules.SumShare(),
    rules.SumShare(over="league", degenerate=0.5),
    rules.Vector(),
    rules.Vector(over="ranked", degenerate=0),
    rules.DistanceToMax(),
    rules.DistanceToMax(over="league", degenerate=0.5),
    rules.DistanceToReference("U0", degenerate=0.5),
    rules.DistanceToReference("U1", cap=True, over="league", degenerate=1),
    rules.DistanceToReference("U0", over="ranked", degenerate=2),
    rules.DistanceToTarget(50, degenerate=1),
    rules.DistanceToTarget(50, cap=True, over="league", degenerate=1),
    rules.DistanceFrom(50),
    rules.DistanceFrom(50, "apart", ends=(0, 80), degenerate=1),
    rules.DistanceFrom(50, "apart", ends=(50, 80), degenerate=1),
    rules.DistanceFrom("mean"),
    rules.DistanceFrom("median", "apart", degenerate=0),
    rules.DistanceFrom(50, "apart", degenerate=1),
    rules.Chain(rules.DistanceFrom("median"), rules.MinMax(1, 0, degenerate=0.5)),
    rules.AboveBelowMean(),
    rules.AboveBelowMean(0.25, over="league", degenerate=0),
    rules.Categorical(),
    rules.Categorical([(50, 0.2), (90, 0.9)], 0.1, over="ranked", degenerate=0.5),
    rules.Categorical([(50, 0.2), (90, 0.1)], 0.5),
    rules.Stairs([(10, 0.2, 0.3), (50, 0.5, 0.5), (80, 0.7, 1)]),
    rules.Inverse(3),
    rules.Inverse(3, cap=False),
    rules.Proportional(target=80, cap=False),
    rules.Clip(-np.inf, 5),
    measures.Value("x", missing_when=(99,)),
    measures.Ratio("x", "y"),
    measures.Ratio("x", "y", empty="full", above="allow"),
    measures.Ratio("x", "y", empty="not_applicable", rounding=Rounding(2)),
    measures.Ratio(
        "x",
        measures.Largest(["y", "z"]),
        empty="zero",
        fallback="v",
        missing_denominator="empty",
    ),
    measures.Complement(["x", "y"], "z"),
    measures.Conditions({"x": 0.5, "y": 0.5}),
    measures.Difference("x", "y"),
    measures.FirstReported(["x", "y"]),
    measures.Flagged("x", "y", 4),
    measures.Flagged("x", "y", 2, loss=1),
    measures.Product("x", "y"),
    measures.PerPeriod("x"),
    measures.Indexed("x", base="2025"),
    measures.Indexed(measures.Ratio("x", "y"), base="2026", without="not_applicable"),
    measures.AnnualChange("x"),
    measures.AnnualChange("x", how="absolute", without="not_applicable"),
    measures.Trend("x", years=1),
    measures.Trend("x", years=2, at_least=2, how="absolute", without="not_applicable"),
    measures.Sum(["x", "y"]),
    measures.Sum(["x", "y", "z"], missing="left_out", not_applicable="left_out"),
    measures.PooledRatio(["x", "y"], ["v", "w"], empty="zero", times=100),
    measures.PooledRatio(["x", "y"], ["v", "w"], empty="not_applicable", missing="left_out"),
    measures.AllMet([measures.Threshold("x", at_least=60), measures.Threshold("y", below=9)]),
    measures.AllMet([measures.Threshold("x", at_most=60), "y"], failure_decides=True),
    measures.Threshold(measures.Ratio("x", "y"), above=0.5),
    measures.Inherited(measures.Ratio("x", "y")),
    aggregate.Arithmetic(),
    aggregate.Sum(),
    aggregate.Geometric(),
    aggregate.Geometric(offset=0.1),
    aggregate.Geometric(zero="zero"),
    aggregate.Harmonic(),
    aggregate.PowerMean(0.5),
    aggregate.PowerMean(3),
    aggregate.PowerMean(-2),
    aggregate.Product(),
    aggregate.Dual(aggregate.Geometric(offset=0.1)),
    aggregate.Dual(aggregate.Product()),
    aggregate.Minimum(),
    aggregate.Maximum(),
    aggregate.Median(),
    aggregate.Median(weighted=False),
    aggregate.OWA([0.2, 0.3, 0.5]),
    aggregate.OWA(quantifier=(0.3, 0.8)),
    aggregate.OWA(power=2),
    aggregate.MazziottaPareto(),
    aggregate.MazziottaPareto("+"),
    aggregate.MazziottaPareto("+", ddof=1),
    aggregate.MeanMin(),
    aggregate.MeanMin(1, 0.2),
    aggregate.Ratio("a", ["b", "c"]),
    aggregate.SignedMean("b"),
    aggregate.SignedMean(["a", "c"]),
    aggregate.Callable(_weighted),
    aggregate.TOPSIS(degenerate=0.5),
    aggregate.TOPSIS(scale="none", over="league", degenerate=0),
    aggregate.TOPSIS(over="period", degenerate=0.5),
    aggregate.Hellwig(degenerate=0.5),
    aggregate.ClosenessToIdeal(
        best={"a": 1, "b": 0.9, "c": 1}, worst={"a": 0, "b": 0.1, "c": 0.2}, divisors={"a": 2}
    ),
    aggregate.DistanceToIdeal(ideal={"a": 1, "b": 0.9, "c": 1}, limit=1.5),
    aggregate.Copeland(),
    aggregate.Copeland(over="league", alone=0),
    aggregate.Borda(),
    aggregate.Borda(over="ranked"),
    aggregate.Condorcet(rings="tie"),
    aggregate.Kemeny(ambiguous="middle"),
    aggregate.Kemeny(ambiguous="middle", exact=1, beyond="insertion"),
    aggregate.BenefitOfTheDoubt(),
    aggregate.BenefitOfTheDoubt(least=0.1, most=0.8, over="league"),
    aggregate.BenefitOfTheDoubt(spread=0.5, over="ranked"),
    absence.Refuse(),
    absence.Renormalise(),
    absence.Renormalise(min_share=0.5, of="leaves"),
    absence.Renormalise(min_count=2),
    absence.Shrink(min_share=0.7),
    absence.AsZero(),
    absence.Full(),
    absence.Fill("all"),
    absence.Fill("league"),
    absence.Fill("period"),
    absence.Fill("region"),
    absence.Redistribute(["b"]),
    absence.Redistribute(["b", "c"], "equally"),
    absence.Custom(_even),
    Absence(missing=absence.AsZero(), not_applicable=absence.Shrink()),
    *(Rounding(2, mode) for mode in ("half-up", "half-even", "truncate", "binary", "r")),
    Rounding(-1),
    *(Ranking(ties=ties) for ties in ("competition", "dense", "max", "average", "ordinal")),
    Ranking(decimals=0),
    Ranking(decimals=2, by="points"),
    Ranking(best="lowest", decimals=1, ties="max"),
    Ranking(tie_break=("first", "other")),
    Ranking(ties="ordinal", tie_break="e", decimals=0),
    Rounding(0, printed_only=True),
    Bands([("A", 80), ("B", 50), ("C", None)], by="percent"),
    Bands([("A", 80), ("B", 50)], by="points", closed="upper"),
    Bands([("A", 80), ("B", 50), ("C", None)], by="league_maximum", decimals=0),
    Bands([("A", 75), ("B", 25), ("C", None)], by="quantile"),
    Bands([("A", 75), ("B", 25)], by="quantile", closed="upper", quantile="inverted_cdf"),
]


def test_every_kind_of_part_is_among_them() -> None:
    inside: list[Any] = []
    for part in PARTS:
        if isinstance(part, prepare.Impute):
            inside += part.fills
        elif isinstance(part, prepare.TreatAs):
            inside += chain(*part.treatments.values())
        elif isinstance(part, prepare.Treat):
            inside += part.treatments
    tried = {type(part) for part in [*PARTS, *inside]}
    families = (*FAMILIES.values(), absence, impute, prepare, treat)
    every = {kind for family in families for kind in kinds(family).values()}
    assert every - tried == {measures.Largest}  # inside a ratio


def _named(part: Any) -> str:
    said = repr(part)
    # A function's address is another one in every process.
    return said if len(said) < 90 and " at 0x" not in said else f"{type(part).__name__}(…)"


@pytest.mark.parametrize("turn", range(len(PARTS)), ids=lambda turn: _named(PARTS[turn]))
def test_part_keeps_the_laws_it_promises(turn: int) -> None:
    try_laws(methodology_around(PARTS[turn]), turn, examples=EXAMPLES)


# What a part declares must be true, and what it denies must be deniable: a rule that is needlessly
# shy would keep laws from being promised.


@attrs.frozen
class Claiming:
    """A rule that says of itself what it likes."""

    rule: Any
    claims: dict[str, Any] = attrs.field(hash=False)

    def __getattr__(self, name: str) -> Any:
        claims = object.__getattribute__(self, "claims")
        return claims[name] if name in claims else getattr(self.rule, name)

    def __call__(self, values: Any, scope: Any) -> Any:
        return self.rule(values, scope)


def _claimed(name: str) -> property:
    return property(lambda rule: rule.__getattr__(name))


for promise in (name for name in vars(Rule) if not name.startswith("_")):
    setattr(Claiming, promise, _claimed(promise))  # from Python 3.12 on, protocols look at classes


SHY = [
    (rules.Goalposts(worst=100, best=0), {"monotone": True, "falling": False}, "betterment"),
    (rules.Deduction(per=0.25), {"monotone": True, "falling": False}, "betterment"),
    (rules.Steps([(10, 0.7), (50, 0.5), (80, 0.9)]), {"monotone": True}, "betterment"),
    (rules.Condition(equals=3), {"falling": True}, "betterment"),
    (rules.Choice({1: 1, 2: 0.5, 3: 0}), {"monotone": True}, "betterment"),
    (rules.MinMax(degenerate=2), {"monotone": True}, "betterment"),
    (rules.ZScore(degenerate=5), {"monotone": True}, "betterment"),
    (rules.Robust(degenerate=9), {"monotone": True}, "betterment"),
    (rules.Rank("max", degenerate=7), {"monotone": True}, "betterment"),
    (rules.PercentRank(degenerate=2), {"monotone": True}, "betterment"),
    (rules.NormalScores(degenerate=1), {"monotone": True}, "betterment"),
    (rules.FractionOfMax(degenerate=0.5), {"monotone": True}, "betterment"),
    (rules.Vector(degenerate=0.5), {"monotone": True}, "betterment"),
    (rules.DistanceToTarget(50, degenerate=-1), {"monotone": True}, "betterment"),
    (rules.DistanceFrom(50), {"monotone": True}, "betterment"),
    (rules.AboveBelowMean(0.25, degenerate=1), {"monotone": True}, "betterment"),
    (rules.Categorical([(50, 0.2), (90, 0.1)], 0.15), {"monotone": True}, "betterment"),
    (rules.SumShare(), {"ignores_measure_unit": True}, "measure_unit"),
    (rules.DistanceToTarget(50, degenerate=1), {"ignores_measure_unit": True}, "measure_unit"),
    (rules.DistanceToReference("U0", degenerate=0), {"named_units": ()}, "anonymity_of_names"),
    (rules.MinMax(), {"peer_dependent": False}, "rivals_unchanged"),
    (rules.ZScore(), {"peer_dependent": False}, "independence_of_irrelevant_units"),
    (rules.Proportional(target=80), {"ignores_measure_unit": True}, "measure_unit"),
]


@pytest.mark.parametrize(
    ("rule", "claims", "law"), some(SHY, share=3), ids=lambda given: repr(given)[:60]
)
def test_what_a_rule_denies_has_a_counter_example(
    rule: Any, claims: dict[str, Any], law: str
) -> None:
    method = methodology_around(Claiming(rule, claims))
    check = next(c for c in methodology_checks(method, examples=400) if c.name == law)
    with pytest.raises(LawBroken, match=f"breaks the law '{law}'"):
        check()


def test_two_parts_among_peers_can_turn_a_gain_into_a_loss() -> None:
    leaves = [Indicator("a", rule=rules.MinMax()), Indicator("b", rule=rules.Identity())]
    framework = Framework("index", leaves, rule=rules.ZScore())
    method = Methodology("example.twice", "1", framework)
    assert {way.leaf.code: way.peers for way in Subject(method).ways} == {"a": 2, "b": 1}
    data = observed({"a": [10, 9, 9, 0], "b": [0, 0, 0, 0.9]})
    with pytest.raises(LawBroken, match="its score falls from 150 to 96"):
        laws.betterment(method, data, unit="U0", indicator="a", value=100.0)


# Steps of preparation.


def _doubled(data: Observations) -> Observations:
    return attrs.evolve(data, values=2.0 * data.values)


_doubled.peer_dependent = False  # type: ignore[attr-defined]


def test_preparation_step_keeps_the_laws() -> None:
    method = methodology_around(_doubled)
    assert "rivals_unchanged" in {check.name for check in methodology_checks(method)}
    check_methodology(method, examples=EXAMPLES)


def test_step_that_says_nothing_is_taken_to_look_at_peers() -> None:
    def centred(data: Observations) -> Observations:
        middle = data.values - data.values.mean(axis=0)
        return attrs.evolve(data, values=abs(middle))

    names = {check.name for check in methodology_checks(methodology_around(centred))}
    assert "rivals_unchanged" not in names


TREATED = methodology_around(prepare.TreatAs({"a": treat.Between(low=10, high=90)}))
SCREENED = methodology_around(prepare.Screen(0.8))
FIGURES = {"a": [0, 50], "b": [50, 50], "c": [50, 50]}


def test_a_treated_figure_may_become_a_dimension() -> None:
    data = observed({**FIGURES, "d": [50, 50], "e": [50, 50]})
    assert TREATED.compute(data).treated[TREATED.compute(data).row_of("a"), 0]
    laws.refinement(TREATED, data, indicator="a")


def test_units_that_a_step_leaves_out_are_not_lost() -> None:
    data = observed({**FIGURES, "d": [50, None], "e": [50, None]})
    assert SCREENED.compute(data).units.codes == ("U0",)
    assert Subject(SCREENED).leaves_out
    refusal = Trial(Subject(SCREENED), data).refusal
    assert refusal is not None
    assert refusal.units == {"U1"}


def test_step_that_leaves_units_out_and_does_not_say_so_is_caught() -> None:
    def without_the_last(data: Observations) -> Observations:
        return data.take(data.units.codes[:1])

    data = observed({**FIGURES, "d": [50, 50], "e": [50, 50]})
    with pytest.raises(LawBroken, match="is about U0, not about the units given"):
        laws.scoring(methodology_around(without_the_last), data)


# Weights that the data hold: of 0, too.


def test_points_weighed_by_the_data_keep_the_laws() -> None:
    by_people = Indicator("a", rule=rules.Identity(), weight="people")
    inside = [by_people, Indicator("b", rule=rules.Proportional(target=80), weight=2)]
    mean = Dimension("mean", inside, weight=10, aggregate=aggregate.Arithmetic())
    rest = Indicator("c", rule=rules.Proportional(target=80), weight=5)
    framework = Framework("total", [mean, rest], aggregate=aggregate.Sum())
    method = Methodology("example.weighed", "1", framework, rounding=Rounding(1))
    check_methodology(method, examples=few(15))


# Rounding between mean and rule.


@pytest.mark.parametrize("scale", ["points", 100])
def test_means_that_are_rounded_before_their_rule_keep_the_laws(scale: Any) -> None:
    before = rules.Chain(rules.Rounded(Rounding(0)), rules.Piecewise([(0, 0), (0.4, 0.7), (1, 1)]))
    leaves = [Indicator(code, rule=rules.Proportional(target=80), weight=10) for code in "ab"]
    inside = Dimension("inside", leaves, rule=before)
    rest = Indicator("c", rule=rules.Proportional(target=80), weight=5)
    framework = Framework("total", [inside, rest], aggregate=aggregate.Sum())
    method = Methodology("example.rounded", "1", framework, scale=scale)
    check_methodology(method, examples=few(15))


# Whole methodologies, drawn.


# How many: the first ones that are drawn are the plainest, and those of one size much alike.
DRAWN = 12


@cache
def _drawn() -> list[Methodology]:
    actual: list[Methodology] = []

    @seed(2026)
    @settings(
        max_examples=80,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(methodologies())
    def collect(method: Methodology) -> None:
        actual.append(method)

    collect()
    return list({str(method): method for method in actual}.values())[-DRAWN:]


@pytest.mark.parametrize("turn", range(DRAWN))
def test_drawn_methodology_keeps_the_laws_it_promises(turn: int) -> None:
    try_laws(_drawn()[turn], turn, examples=EXAMPLES)
