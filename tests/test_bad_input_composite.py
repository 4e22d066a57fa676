"""Data that a composite indicator cannot be made of: refused by name, or settled as declared.

Never a silent NaN, a unit or an indicator dropped, or a negative weight.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import govindex as gi
from govindex import absence, aggregate, coherence, impute, prepare, rules, treat, weight
from govindex.contracts import CellStatus
from govindex.errors import DataError, SettingError, UnknownNameError
from tests.tables import lettered

NAN = np.nan
GOALPOSTS = rules.Goalposts(worst=0, best=10)


def index_of(codes: str, rule: Any = None, **settings: Any) -> gi.Methodology:
    rule = rules.MinMax() if rule is None else rule
    framework = gi.Framework("index", [gi.Indicator(c, rule=rule) for c in codes], **settings)
    return gi.Methodology("example.bad", "1", framework)


def panel_of(**columns: Any) -> gi.Observations:
    return gi.Observations.from_frame(pd.DataFrame(columns), unit="unit", period="year")


PLAIN = lettered(a=[1.0, 2, 3], b=[3.0, 1, 2])
CONSTANT = lettered(a=[5.0, 5, 5], b=[3.0, 1, 2])
EMPTY_COLUMN = lettered(a=[NAN] * 3, b=[3.0, 1, 2])
EMPTY_ROW = lettered(a=[NAN, 2.0, 3], b=[NAN, 1.0, 2])
SINGULAR = lettered(a=[1.0, 2, 3, 4, 5], b=[2.0, 4, 6, 8, 10], c=[1.0, 0, 3, 2, 9])
LONELY = lettered(a=[NAN, 2.0, 3, 4], b=[1.0, 2, 3, 4], league=["North", "South", "South", "South"])


# A mean of a zero.


@pytest.mark.parametrize(
    "mean", [aggregate.Geometric(), aggregate.Harmonic(), aggregate.PowerMean(-2)]
)
def test_mean_of_a_zero_is_refused_with_unit_and_node(mean: Any) -> None:
    with pytest.raises(DataError, match=r"mean.* needs shares abo.* unit 'A', node 'index'"):
        index_of("ab", aggregate=mean).compute(PLAIN)


def test_mean_of_a_zero_may_be_zero_or_offset_by_declaration() -> None:
    nothing = index_of("ab", aggregate=aggregate.Geometric(zero="zero")).compute(PLAIN)
    assert nothing.score["A"] == 0
    offset = index_of("ab", aggregate=aggregate.Geometric(offset=0.01)).compute(PLAIN)
    assert 0 < offset.score["A"] < 100


# Constant indicators.

RELATIVE = [
    rules.AboveBelowMean(),
    rules.Borda(),
    rules.Categorical(),
    rules.CentredGoalposts(),
    rules.Chain(rules.DistanceFrom("mean"), rules.MinMax()),
    rules.DistanceToMax(),
    rules.DistanceToReference("A"),
    rules.DistanceToTarget(2),
    rules.FractionOfMax(),
    rules.MinMax(),
    rules.PercentRank(),
    rules.NormalScores(),
    rules.Rank(),
    rules.Robust(),
    rules.SumShare(),
    rules.Vector(),
    rules.ZScore(),
]


@pytest.mark.parametrize("rule", RELATIVE, ids=repr)
def test_constant_indicator_is_named_by_every_relative_rule(rule: Any) -> None:
    with pytest.raises(DataError, match=r"indicator 'a'.* two distinct values"):
        index_of("ab", rule).compute(CONSTANT)


def test_every_relative_rule_is_among_them() -> None:
    from govindex.parts import kinds

    made = {type(rule).__name__ for rule in RELATIVE} | {"DistanceFrom"}
    relative = {
        name
        for name, kind in kinds(gi.rules).items()
        if getattr(kind, "peer_dependent", False) is True
    }
    assert relative <= made


def test_constant_indicator_scores_what_is_declared() -> None:
    result = index_of("ab", rules.MinMax(degenerate=0.5)).compute(CONSTANT)
    assert result.scores["a"].tolist() == [50, 50, 50]


@pytest.mark.parametrize(
    "how",
    [
        weight.Balance(),
        weight.CRITIC(),
        weight.Entropy(),
        weight.Infomax(),
        weight.PrincipalComponents(),
        weight.StandardDeviation(),
    ],
    ids=lambda how: type(how).__name__,
)
def test_constant_indicator_is_not_weighed_in_silence(how: Any) -> None:
    with pytest.raises(DataError, match=r"scores that vary; all units have the same at: 'a'"):
        weight.apply(index_of("ab", GOALPOSTS), how, CONSTANT)


@pytest.mark.parametrize(
    "ask",
    [
        coherence.clusters,
        coherence.cronbach_alpha,
        coherence.item_rest,
        coherence.principal_components,
        coherence.sampling_adequacy,
        coherence.sphericity,
    ],
)
def test_constant_indicator_is_named_by_coherence(ask: Callable[[Any], Any]) -> None:
    with pytest.raises(DataError, match=r"two distinct values per indicator; constant: 'a'"):
        ask(CONSTANT)


def test_constant_indicator_is_flagged_in_tables() -> None:
    assert coherence.statistics(CONSTANT).loc["a", "flags"] == "constant"
    assert coherence.correlations(CONSTANT).loc[0, "note"] == "constant on these units"


# Columns and rows without a value.


@pytest.mark.parametrize("rule", RELATIVE, ids=repr)
def test_column_without_a_value_is_named_whatever_the_others_carry(rule: Any) -> None:
    method = index_of("ab", rule, absence=absence.Renormalise())
    with pytest.raises(DataError, match=r"indicator 'a'.* (no unit has a value|missing)"):
        method.compute(EMPTY_COLUMN)


@pytest.mark.parametrize(
    "fill",
    [
        impute.EM(),
        impute.Mean(),
        impute.Median(),
        impute.Neighbours(k=1),
        impute.Regression("b"),
    ],
    ids=lambda fill: type(fill).__name__,
)
def test_column_without_a_value_cannot_be_filled(fill: Any) -> None:
    with pytest.raises(DataError, match="variable 'a' has no value at all"):
        prepare.Impute(fill)(EMPTY_COLUMN)


def test_column_without_a_value_is_left_alone_by_treatment_and_counted() -> None:
    treated = prepare.Treat(when="always")(EMPTY_COLUMN)
    report: Any = treated.reports[0]
    assert report.frame.loc["a", "cells"] == 0
    np.testing.assert_array_equal(treated.values[:, 0], [NAN] * 3)


def test_column_without_a_value_is_neither_zeros_nor_ties() -> None:
    row = coherence.statistics(EMPTY_COLUMN).loc["a"]
    assert row["flags"] == "missing"
    assert row[["nonzero", "distinct", "largest_tie"]].isna().all()


@pytest.mark.parametrize(
    "fill",
    [impute.Neighbours(k=1), impute.RowMean(), impute.RowMedian()],
    ids=lambda fill: type(fill).__name__,
)
def test_row_without_a_value_has_nothing_to_be_filled_from(fill: Any) -> None:
    with pytest.raises(DataError, match="has no number for 'A' in 2 variables: first variable 'a'"):
        prepare.Impute(fill)(EMPTY_ROW)


def test_row_without_a_value_stays_without_score_and_place_or_is_screened_by_name() -> None:
    result = index_of("ab", absence=absence.Renormalise()).compute(EMPTY_ROW)
    assert np.isnan(result.score["A"])
    assert result.ranks["index"].isna().tolist() == [True, False, False]
    assert "A" in result.table().index
    screened = prepare.Screen(0.5)(EMPTY_ROW)
    report: Any = screened.reports[0]
    assert (report.left, screened.units.codes) == (("A",), ("B", "C"))


def test_unit_without_a_score_is_nobodys_opponent() -> None:
    method = index_of(
        "ab", GOALPOSTS, aggregate=aggregate.Copeland(), absence=absence.Renormalise()
    )
    assert np.isnan(method.compute(EMPTY_ROW).score["A"])


# Groups of one, and too many neighbours.


@pytest.mark.parametrize("fill", [impute.Mean(over="league"), impute.Median(over="league")])
def test_group_of_one_has_no_number_and_is_named(fill: Any) -> None:
    with pytest.raises(DataError, match=r"no number for 'A'; without a value: the league 'North'"):
        prepare.Impute(fill)(LONELY)
    filled = prepare.Impute(fill, otherwise=impute.Mean())(LONELY)
    report: Any = filled.reports[0]
    assert report.cells["by"].tolist() == [repr(impute.Mean())]
    assert filled.cell("A", "a") == CellStatus.IMPUTED
    left = prepare.Impute(fill, lacking="missing")(LONELY)
    assert left.cell("A", "a") == CellStatus.MISSING


def test_more_neighbours_than_units_with_a_value_are_refused() -> None:
    with pytest.raises(DataError, match=r"the 9 nearest neighbours .* 'a' has 3: take a smaller k"):
        prepare.Impute(impute.Neighbours(k=9))(LONELY)


def test_more_points_than_units_never_leave_one_value() -> None:
    data = lettered(a=[1.0, 2, 3, 4, 500])
    treated = prepare.Treat(treat.Winsorise(99), when="always")(data)
    assert len(np.unique(treated.values)) >= 2


# Singular correlations.


@pytest.mark.parametrize("ask", [coherence.sampling_adequacy, coherence.sphericity])
def test_indicators_that_determine_each_other_are_named(ask: Callable[[Any], Any]) -> None:
    with pytest.raises(DataError, match=r"do not determine each other; these do: 'a', 'b'"):
        ask(SINGULAR)


def test_singular_correlations_have_no_balanced_weights() -> None:
    with pytest.raises(DataError, match=r"correlation matrix is singular: of 'a', 'b' each"):
        weight.apply(index_of("abc"), weight.Balance(), SINGULAR)


@pytest.mark.parametrize(
    "how",
    [weight.CRITIC(), weight.Infomax(), weight.PrincipalComponents()],
    ids=lambda how: type(how).__name__,
)
def test_other_weights_stand_doubled_indicators(how: Any) -> None:
    weights = weight.apply(index_of("abc"), how, SINGULAR).weights
    assert weights["a"] == pytest.approx(weights["b"], abs=1e-9)
    assert min(weights.values()) >= 0


def test_doubled_predictors_have_no_regression() -> None:
    data = lettered(a=[1.0, 2, 3, 4, 5, 6], b=[2.0, 4, 6, 8, 10, 12], c=[1.0, 0, 3, 2, 9, NAN])
    with pytest.raises(DataError, match="'a', 'b' depend on each other"):
        prepare.Impute(impute.Regression(["a", "b"]))(data)


# Benefit of the doubt, judgements.


@pytest.mark.parametrize(
    "limited", [aggregate.BenefitOfTheDoubt(least=0.6), aggregate.BenefitOfTheDoubt(most=0.4)]
)
def test_limits_that_no_weights_keep_name_the_units(limited: Any) -> None:
    method = index_of("ab", GOALPOSTS, aggregate=limited)
    with pytest.raises(DataError, match=r"no weights of 2 children keep.* unit 'A', node 'index'"):
        method.compute(PLAIN)


def test_common_weights_out_of_reach_are_refused() -> None:
    with pytest.raises(DataError, match=r"no weights of 2 children lie between 0\.6 and 1"):
        weight.apply(index_of("ab"), weight.CommonBenefit(low=0.6), PLAIN)


def test_contradictory_comparisons_name_the_odd_one() -> None:
    ring = {("a", "b"): 3, ("b", "c"): 3, ("c", "a"): 2}
    with pytest.raises(SettingError, match=r"ratio is 0\.864, the limit 0\.1.* 'a' against 'b'"):
        weight.apply(index_of("abc"), weight.AHP(ring))
    accepted = weight.apply(index_of("abc"), weight.AHP(ring, limit=1))
    assert accepted.diagnostics["consistency_ratio"].to_list() == [pytest.approx(0.864, abs=1e-3)]


@pytest.mark.parametrize(
    ("comparisons", "message"),
    [
        ({("a", "b"): 0}, "a comparison is a number above 0, not 0"),
        ({("a", "b"): -3}, "a comparison is a number above 0, not -3"),
        ({("a", "b"): 2, ("b", "a"): 2}, "the two are to be reciprocal"),
    ],
)
def test_comparisons_that_are_none_are_refused(comparisons: Any, message: str) -> None:
    with pytest.raises(SettingError, match=message):
        weight.AHP(comparisons)


def test_weights_below_zero_are_refused_however_they_come() -> None:
    with pytest.raises(SettingError, match="at least 0, not 'a': -1"):
        weight.Fixed({"a": -1, "b": 2})
    with pytest.raises(SettingError, match="expert 'x' gives 'a' -1"):
        weight.Budget({"x": {"a": -1, "b": 101}})
    against = lettered(a=[1.0, 2, 3, 4], b=[4.0, 3, 2, 1], c=[1.0, 3, 2, 4])
    with pytest.raises(DataError, match="'b'"):
        weight.apply(index_of("abc"), weight.PrincipalComponents(by="first"), against)


def test_budget_in_a_frame_says_how_it_is_read() -> None:
    frame = pd.DataFrame({"a": [60, 50], "b": [40, 50]}, index=["x", "y"])
    with pytest.raises(SettingError, match=r"frame\.to_dict\('index'\)"):
        weight.Budget(frame)  # type: ignore[arg-type]
    assert weight.Budget(frame.to_dict("index"))(["a", "b"])["a"] == pytest.approx(0.55)


# Panels with a missing period.


def test_period_that_is_not_there_is_named() -> None:
    data = panel_of(unit=list("ABAB"), year=[2024, 2024, 2026, 2026], a=[1.0, 2, 3, 4])
    with pytest.raises(UnknownNameError, match="there is no period '2025'"):
        data.at_period("2025")


def test_unit_that_lacks_a_period_has_no_row_there_and_a_place_among_those_present() -> None:
    data = panel_of(unit=list("ABA"), year=[2024, 2024, 2025], a=[1.0, 2, 3], b=[1.0, 2, 3])
    result = index_of("ab").compute(data)
    assert result.ranks["index"].to_dict() == {"A@2024": 2, "B@2024": 1, "A@2025": 1}
    everybody = data.balanced("all")
    assert everybody.cell("B@2025", "a") == CellStatus.MISSING
    with pytest.raises(DataError, match=r"missing, and .*unit 'B@2025', indicator 'a'"):
        index_of("ab").compute(everybody)


def test_change_since_a_period_that_is_missing_is_missing_by_declaration() -> None:
    data = panel_of(unit=list("ABAB"), year=[2024, 2024, 2026, 2026], a=[1.0, 2, 3, 4])
    change = gi.Indicator("a", measure=gi.measures.AnnualChange("a"), rule=rules.MinMax())
    method = gi.Methodology("example.change", "1", gi.Framework("index", [change]))
    with pytest.raises(DataError, match=r"missing, and .*unit 'A@2026', indicator 'a'"):
        method.compute(data)
    since = gi.measures.Indexed("a", base="2020", without="error")
    leaf = gi.Indicator("a", measure=since, rule=GOALPOSTS)
    based = gi.Methodology("example.base", "1", gi.Framework("index", [leaf]))
    with pytest.raises(DataError, match="the base '2020' is not among the periods of the data"):
        based.compute(data)


def test_gap_in_time_is_filled_as_declared_or_named() -> None:
    data = panel_of(
        unit=list("ABABAB"), year=[2024, 2024, 2025, 2025, 2026, 2026], a=[1.0, NAN, NAN, NAN, 3, 4]
    )
    with pytest.raises(DataError, match=r"variable 'a': Interpolated.* no number for 'B@2024'"):
        prepare.Impute(impute.Interpolated())(data)
    filled = prepare.Impute(impute.Interpolated(beyond="nearest"))(data)
    assert filled.value("A@2025", "a") == 2
    assert filled.value("B@2024", "a") == 4


# What needs a framework.


@pytest.mark.parametrize("ask", [coherence.flagged_pairs, coherence.structure])
def test_observations_are_not_taken_for_a_result(ask: Callable[[Any], Any]) -> None:
    with pytest.raises(DataError, match="give the result of a methodology, not Observations"):
        ask(PLAIN)
