"""Parts by the name of their kind: everything comes back, everything wrong has a path."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from govindex import (
    Absence,
    Bands,
    FrameworkError,
    Ranking,
    Rounding,
    absence,
    aggregate,
    measures,
    rules,
)
from govindex.absence import as_absence
from govindex.contracts import Measure, Rule
from govindex.errors import Problems
from govindex.parts import build, build_absence, family_of, kinds, plain, record, settings
from govindex.rounding import Levels
from tests.documents import measured, policies, ruled

FAMILIES = [rules, measures, aggregate, absence]

SAMPLES: list[Any] = [
    rules.Affine(intercept=0.1),
    rules.CentredGoalposts(40, over="ranked", degenerate=1),
    rules.CentredGoalposts(base="2019", low=0.5),
    rules.Chain(rules.Affine(slope=0.01), rules.Clip(), rules.Identity()),
    rules.Choice({"Có": 1, "Không": 0}),
    rules.Choice({1: 1, 0: 0.25, "2": 0.5}),
    rules.Choice({"kind": 1, "table": 0}),
    rules.Clip(0.1, 0.9),
    rules.Condition(at_least=1e-12),
    rules.Deduction(per=0.1),
    rules.Goalposts(worst=1, best=85, transform="log"),
    rules.Goalposts(worst=1, best=85, transform=0.5, clip=False),
    rules.Identity(),
    rules.MinMax(over="league", degenerate=0.5),
    rules.PerItem(0.5, cap=2),
    rules.Piecewise([(0, 0.1), (50, 0.7)]),
    rules.Points(minimum=-5),
    rules.Proportional(target=80),
    rules.Steps({25: 0.5, 100: 1}, below=0.1, closed="upper"),
    rules.ZScore(0.5, 0.1, ddof=0),
    rules.AboveBelowMean(0.2, over="league"),
    rules.Borda("max"),
    rules.Categorical([(50, 0.5), (90, 1)], below=0.1),
    rules.Clip(-np.inf, 1),
    rules.DistanceFrom(2.5, "apart", ends=(0, 4)),
    rules.DistanceFrom("median"),
    rules.DistanceToMax(over="ranked"),
    rules.DistanceToReference("Huế", cap=True),
    rules.DistanceToTarget(80, cap=True),
    rules.FractionOfMax(degenerate=1),
    rules.Inverse(3, cap=False),
    rules.PercentRank("competition"),
    rules.ExponentialRank("max", 0.3),
    rules.RankAmong(rules.PercentRank("max"), [5, 1, 5, 9], direction="lower"),
    rules.Exponential(intercept=1, factor=-0.5, rate=-0.02),
    rules.NormalScores(over="period"),
    rules.Rank(),
    rules.Robust(50, 10),
    rules.Rounded(Rounding(2, "half-even")),
    rules.Chain(rules.Rounded(Rounding(1)), rules.Goalposts(worst=0, best=0.9)),
    rules.Stairs([(10, 0.2, 0.4), (20, 0.5, 1)], below=0.1),
    rules.SumShare(),
    rules.Vector(),
    measures.AnnualChange("cost", how="compound", years=4, without="not_applicable"),
    measures.Complement(["late", measures.Value("lost", missing_when=99)], "all", times=100),
    measures.Conditions({"kind": 0.5, "đúng hạn": 0.5}),
    measures.Difference("result", "target"),
    measures.Flagged("level", measures.Value("scope", missing_when=9), 4, loss=0.25),
    measures.Indexed(measures.Ratio("a", "b"), base="2018-Q1", times=1),
    measures.Inherited(measures.Ratio("a", "b", rounding=Rounding(2))),
    measures.Largest(["a", measures.PerPeriod("b")]),
    measures.FirstReported(["a", measures.PerPeriod("b")]),
    measures.PerPeriod("total"),
    measures.AllMet([measures.Threshold("a", at_most=3), "kind"], failure_decides=True),
    measures.PooledRatio(["a", "b"], ["c", measures.Value("d", missing_when=9)], times=100),
    measures.Sum(["a", measures.PerPeriod("b")], not_applicable="left_out"),
    measures.Threshold(measures.Ratio("a", "b"), above=0.5),
    measures.Trend("cost", years=5, at_least=3, how="absolute"),
    measures.Product("rate", "coefficient"),
    measures.Ratio("a", "b", empty="zero", fallback=measures.PerPeriod("c"), above="allow"),
    measures.Value("1.4.b"),
    measures.Value("score", missing_when=(99, -1)),
    aggregate.BenefitOfTheDoubt(least=0.1, most=0.8, spread=0.5),
    aggregate.Borda(over="league"),
    aggregate.Condorcet(rings="tie"),
    aggregate.Copeland(over="ranked", alone="error"),
    aggregate.Kemeny(exact=20, beyond="insertion", ambiguous="middle"),
    aggregate.Arithmetic(),
    aggregate.ClosenessToIdeal(best={"a": 1, "b.1": 0.9}, worst={"a": 0, "b.1": 0.1}),
    aggregate.DistanceToIdeal(ideal={"a": 1, "b.1": 0.9}, limit=1.5),
    aggregate.Dual(aggregate.Product()),
    aggregate.Dual(aggregate.Geometric(0.1)),
    aggregate.Geometric(0.1),
    aggregate.Geometric(zero="zero"),
    aggregate.Harmonic(),
    aggregate.Hellwig(degenerate=0.5),
    aggregate.ClosenessToIdeal(best={"a": 1, "kind": 2}, worst={"a": 0, "kind": -1}),
    aggregate.DistanceToIdeal(ideal={"a": 1, "b": 0.5}, limit=2, divisors={"b": 0.1}),
    aggregate.Geometric(0.1),
    aggregate.Harmonic(),
    aggregate.Hellwig(ddof=0, over="league", degenerate=0.5),
    aggregate.Maximum(),
    aggregate.MazziottaPareto("+", ddof=1),
    aggregate.MeanMin(0.2, 0.1),
    aggregate.SignedMean(["b", "a"]),
    aggregate.Median(weighted=False),
    aggregate.Minimum(),
    aggregate.OWA([0.5, 0.3, 0.2]),
    aggregate.OWA(quantifier=(0.3, 0.8)),
    aggregate.PowerMean(-2),
    aggregate.Product(),
    aggregate.Ratio("a", ["b", "c"]),
    aggregate.Sum(),
    aggregate.TOPSIS(over="league", degenerate=0),
    aggregate.TOPSIS(scale="none", over="ranked"),
    absence.AsZero(),
    absence.Fill("type"),
    absence.Full(),
    absence.Redistribute(["a", "b.1"], how="equally"),
    absence.Refuse(),
    absence.Renormalise(min_share=0.5, of="leaves"),
    absence.Shrink(min_count=2),
]


def built(family: ModuleType, value: Any) -> tuple[Any, list[str]]:
    problems = Problems()
    return build(family, value, "part", problems), list(problems)


def said(part: Any) -> Any:
    family = family_of(type(part))
    assert family is not None
    actual, problems = built(family, plain(part))
    assert not problems
    return actual


@pytest.mark.parametrize("part", SAMPLES, ids=repr)
def test_every_kind_comes_back_from_plain_words(part: Any) -> None:
    assert said(part) == part


def test_samples_are_of_every_kind() -> None:
    every = {cls for family in FAMILIES for cls in kinds(family).values()}
    assert {type(part) for part in SAMPLES} == every


@given(rule=ruled())
def test_any_rule_comes_back(rule: Rule) -> None:
    assert said(rule) == rule


@given(measure=measured())
def test_any_measure_comes_back(measure: Measure) -> None:
    assert said(measure) == measure


@given(policy=policies(("a", "b.1")))
def test_any_absence_comes_back(policy: Any) -> None:
    problems = Problems()
    again = build_absence(plain(policy), "absence", problems)
    assert as_absence(again) == as_absence(policy)
    assert not problems


def test_parts_without_settings_are_the_name_of_their_kind() -> None:
    assert plain(rules.Identity()) == "Identity"
    assert plain(measures.Value("days")) == "days"
    assert plain(Absence(missing=absence.Full(), not_applicable=absence.Full())) == "Full"


def test_only_settings_that_differ_from_their_defaults_are_written() -> None:
    assert plain(rules.Proportional(80)) == {"kind": "Proportional", "target": 80}
    assert plain(Ranking(decimals=2)) == {"decimals": 2}
    assert plain(Levels()) == {}


def test_numpy_numbers_are_written_as_numbers() -> None:
    table = plain(rules.Proportional(np.float64(0.1), floor=np.int64(-1)))  # type: ignore[arg-type]
    assert table == {"kind": "Proportional", "target": 0.1, "floor": -1}
    assert (type(table["target"]), type(table["floor"])) == (float, int)


@pytest.mark.parametrize(
    "part",
    [
        np.mean,
        absence.Custom(lambda weights, present: weights),
        rules.Chain(rules.Clip()),
        object(),
    ],
    ids=["function", "custom absence", "own rule inside a chain", "object"],
)
def test_user_defined_parts_cannot_be_written(part: Any) -> None:
    class Own(rules.Identity):
        pass

    if isinstance(part, rules.Chain):
        part = rules.Chain(Own())
    with pytest.raises(FrameworkError, match="a document holds built-in parts only"):
        plain(part)


@pytest.mark.parametrize(
    ("family", "value", "problem"),
    [
        (rules, 3, "part: expected the name of a kind or a table with a kind, not 3"),
        (rules, {"target": 3}, "part: expected the name of a kind or a table with a kind"),
        (rules, {"kind": 3}, "part: expected the name of a kind or a table with a kind"),
        (rules, "MinMx", "part.kind: there is no 'MinMx': did you mean 'MinMax'?"),
        (rules, "Scope", "part.kind: there is no 'Scope'"),
        (absence, "Custom", "part.kind: there is no 'Custom'"),
        (rules, "Proportional", "part.target: is missing; Proportional needs it"),
        (rules, {"kind": "Proportional", "target": "80"}, "part.target: expected a number, not '8"),
        (rules, {"kind": "Proportional", "target": True}, "part.target: expected a number, not Tr"),
        (rules, {"kind": "Proportional", "target": None}, "part.target: expected a number, not No"),
        (
            rules,
            {"kind": "Proportional", "target": 1, "flor": 0},
            "part.flor: there is no such setting: did you mean 'floor'?",
        ),
        (rules, {"kind": "Proportional", "target": -1}, "part: Proportional needs a target above"),
        (rules, {"kind": "Proportional", "target": float("nan")}, "part: .* is a finite number"),
        (
            rules,
            {"kind": "MinMax", "over": "leagues"},
            "part.over: expected one of 'all', 'league', 'ranked', 'period', 'league_period', not "
            "'leagues'",
        ),
        (rules, {"kind": "MinMax", "over": ["all"]}, "part.over: expected one of"),
        (
            rules,
            {"kind": "MinMax", "degenerate": "none"},
            "part.degenerate: expected a number or one of 'error', not 'none'",
        ),
        (rules, {"kind": "ZScore", "ddof": 0.5}, "part.ddof: expected a whole number, not 0.5"),
        (
            rules,
            {"kind": "Goalposts", "worst": 0, "best": 1, "clip": 1},
            "part.clip: expected true",
        ),
        (rules, {"kind": "Steps", "table": []}, "part: a step table needs at least one"),
        (rules, {"kind": "Steps", "table": [[1, 2, 3]]}, "part: give pairs of numbers"),
        (rules, {"kind": "Steps", "table": 5}, "part: give pairs of numbers, not 5"),
        (rules, {"kind": "Choice", "table": 5}, "part: Choice needs a mapping of answers"),
        (rules, {"kind": "Choice", "table": [1, 2]}, "part: Choice needs a mapping of answers"),
        (rules, {"kind": "Choice", "table": {"a": "b"}}, "part: the share of 'a' is a finite num"),
        (rules, {"kind": "Chain", "rules": []}, "part: a chain needs at least one rule"),
        (
            rules,
            {"kind": "Chain", "rules": ["Clip", {"kind": "Clip", "low": "0"}]},
            r"part.rules\[1\].low: expected a number, not '0'",
        ),
        (
            measures,
            {"kind": "Ratio", "numerator": "a"},
            "part.denominator: is missing; Ratio needs",
        ),
        (
            measures,
            {"kind": "Ratio", "numerator": {"kind": "Largst"}, "denominator": "b"},
            "part.numerator.kind: there is no 'Largst': did you mean 'Largest'?",
        ),
        (
            measures,
            {"kind": "Ratio", "numerator": 5, "denominator": "b"},
            "part: a measure reads variables by name or other measures, not 5",
        ),
        (
            measures,
            {"kind": "Ratio", "numerator": "a", "denominator": "b", "rounding": 2},
            "part.rounding: expected a table of Rounding settings, not 2",
        ),
        (
            measures,
            {"kind": "Largest", "of": ["a", {"kind": "PerPeriod"}]},
            r"part.of\[1\].total: is missing; PerPeriod needs it",
        ),
        (measures, {"kind": "Value", "variable": 5}, "part.variable: expected a text, not 5"),
        (measures, {"kind": "Value", "variable": "a", "missing_when": "99"}, "part: missing_when"),
        (
            measures,
            {"kind": "Conditions", "shares": {"a": "x"}},
            "part: the share of condition 'a'",
        ),
        (aggregate, {"kind": "Geometric", "offset": -1}, "part: offset is a finite number of at"),
        (absence, {"kind": "Redistribute", "to": []}, "part: Redistribute"),
    ],
)
def test_what_is_wrong_has_a_path(family: ModuleType, value: Any, problem: str) -> None:
    actual, problems = built(family, value)
    assert actual is None
    with pytest.raises(FrameworkError, match=problem):
        raise FrameworkError("\n".join(problems))


def test_every_wrong_setting_is_reported_at_once() -> None:
    table = {"kind": "Proportional", "floor": "0", "tagret": 3}
    assert built(rules, table)[1] == [
        "part.floor: expected a number, not '0'",
        "part.tagret: there is no such setting: did you mean 'target'? Known: 'target', 'floor', "
        "'cap'",
        "part.target: is missing; Proportional needs it",
    ]


def test_pair_of_policies_has_a_path_for_each() -> None:
    problems = Problems()
    build_absence({"missing": "Ful", "not_aplicable": "Full"}, "absence", problems)
    unknown, misspelt = problems
    assert unknown.startswith("absence.missing.kind: there is no 'Ful': did you mean 'Full'?")
    assert misspelt.startswith("absence.not_aplicable: there is no such setting: did you mean")


@pytest.mark.parametrize(
    ("cls", "table", "problem"),
    [
        (Ranking, {"tie_break": 3}, "at.tie_break: expected a text or a list of texts, not 3"),
        (Ranking, {"decimals": 12}, "at: ranking decimals are a whole number from 0 to 9, not 12"),
        (Rounding, {"decimals": 2, "mode": "up"}, "at.mode: expected one of 'half-up'"),
        (Rounding, {}, "at.decimals: is missing; Rounding needs it"),
        (Levels, {"leaf": 2}, "at.leaf: expected a table of Rounding settings, not 2"),
        (Levels, {"leaves": {}}, "at.leaves: there is no such setting"),
        (Bands, {"bands": {"A": 1}}, "at.bands: expected a list of tables"),
        (Bands, {"bands": [["A", 1]]}, r"at.bands\[0\]: expected a table of Band settings"),
        (
            Bands,
            {"bands": [{"name": "A", "start": "1"}]},
            r"at.bands\[0\].start: expected a number",
        ),
        (Bands, {"bands": []}, "at: bands need at least one band"),
    ],
)
def test_plain_records_are_checked_like_parts(cls: type, table: Any, problem: str) -> None:
    problems = Problems()
    record(cls)(table, "at", problems)
    with pytest.raises(FrameworkError, match=problem):
        problems.raise_any(FrameworkError, "")


def test_settings_without_a_reader_are_refused() -> None:
    problems = Problems()
    settings(rules.Clip, {"low": 0}, "", problems, {"low": None})
    assert list(problems) == ["low: there is no such setting: Known: 'high'"]
