"""Ties and ranks of whole results against exact fractions, however large or small scores are."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import govindex as gi
from govindex.errors import DataError
from govindex.robustness import sample_ranks, swap_margins

DIRECT = {"amounts": gi.rules.Identity(), "rates": gi.rules.Proportional(1, cap=False)}
decades = st.integers(-300, 300)


def observed(**columns: Sequence[float]) -> gi.Observations:
    count = len(next(iter(columns.values())))
    frame = pd.DataFrame({"unit": [f"U{i}" for i in range(count)], **columns})
    return gi.Observations.from_frame(frame)


def method_of(*leaves: gi.Indicator, scale: Any = 1, **settings: Any) -> gi.Methodology:
    aggregate = settings.pop("aggregate", gi.aggregate.Arithmetic())
    framework = gi.Framework("total", leaves, aggregate=aggregate)
    return gi.Methodology("example.ties", "1", framework, scale=scale, **settings)


def exact_ranks(values: Sequence[Fraction], *, best: str = "highest") -> list[float]:
    """Ranks 1, 2, 2, 4 as they are on paper."""
    turned = [-value for value in values] if best == "lowest" else list(values)
    return [1.0 + sum(other > own for other in turned) for own in turned]


def scored(rule: Any, values: Sequence[float], **settings: Any) -> gi.IndexResult:
    return method_of(gi.Indicator("x", rule=rule), **settings).compute(observed(x=values))


@pytest.mark.parametrize("rule", DIRECT.values(), ids=DIRECT)
@pytest.mark.parametrize("best", ["highest", "lowest"])
@settings(max_examples=40)
@given(
    pairs=st.lists(st.tuples(st.integers(1, 10**9 - 1), decades), min_size=2, max_size=6),
    scale=st.sampled_from([1, 100, 45, 0.5]),
)
def test_amounts_of_any_size_are_ranked_as_on_paper(
    rule: Any, best: Any, pairs: list[tuple[int, int]], scale: float
) -> None:
    values = [float(f"{digits}e{max(decade - 9, -300)}") for digits, decade in pairs]
    on_paper = exact_ranks([Fraction(repr(value)) for value in values], best=best)
    result = scored(rule, values, scale=scale, ranking=gi.Ranking(best=best))
    assert result.ranks_at("total").tolist() == on_paper
    assert result.ranks_at("x").tolist() == on_paper


@settings(max_examples=30)
@given(
    pairs=st.lists(st.tuples(st.integers(1, 10**6 - 1), decades), min_size=2, max_size=5),
    best=st.sampled_from(["highest", "lowest"]),
    aggregate=st.sampled_from([gi.aggregate.Arithmetic(), gi.aggregate.Geometric()]),
)
def test_draws_rank_amounts_of_any_size_as_one_evaluation_does(
    pairs: list[tuple[int, int]], best: Any, aggregate: Any
) -> None:
    values = [float(f"{digits}e{max(decade - 6, -300)}") for digits, decade in pairs]
    rule = gi.rules.Proportional(1, cap=False)
    leaves = [gi.Indicator(code, rule=rule) for code in "xy"]
    method = method_of(*leaves, aggregate=aggregate, ranking=gi.Ranking(best=best))
    # Both indicators are alike: no weights move a rank.
    data, spread = observed(x=values, y=values), gi.robustness.Weights(spread=0.5)
    sample = sample_ranks(method, data, vary=[spread], draws=5, rng=1)
    on_paper = exact_ranks([Fraction(repr(value)) for value in values], best=best)
    assert sample.nominal.ranks_at("total").tolist() == on_paper
    drawn = sample.to_frame()[list(data.units.codes)]
    assert (drawn.to_numpy(float) == on_paper).all()


@settings(max_examples=25)
@given(parts=st.lists(st.integers(1, 10**4), min_size=2, max_size=40), most=st.integers(0, 10**15))
def test_shares_of_a_sum_are_ranked_as_on_paper(parts: list[int], most: int) -> None:
    values = [*parts, most + 10**5]
    result = scored(gi.rules.SumShare(), [float(value) for value in values])
    assert result.ranks_at("total").tolist() == exact_ranks([Fraction(value) for value in values])


def test_shares_of_a_sum_over_ten_thousand_units_are_ranked_as_on_paper() -> None:
    rng = np.random.default_rng(4)
    values = np.floor(np.exp(rng.normal(6.0, 3.0, 10_000))) + 1.0
    result = scored(gi.rules.SumShare(), values.tolist())
    on_paper = pd.Series(values).rank(ascending=False, method="min")  # whole numbers are exact
    assert (result.ranks_at("total") == on_paper).all()
    assert len(set(result.score)) == len(set(values))  # and printed apart


def test_shares_of_a_sum_in_percent_of_many_are_not_printed_as_nothing() -> None:
    result = scored(gi.rules.SumShare(), [1.0, 2.0, 2e14], scale=100)
    assert result.score.tolist() == pytest.approx([5e-13, 1e-12, 100.0], rel=1e-11)
    assert result.rank_labels() == ["3", "2", "1"]


@pytest.mark.parametrize("unit", [1e-200, 1e-12, 1.0, 1e12, 1e200])
@pytest.mark.parametrize("best", ["highest", "lowest"])
def test_units_that_tie_share_a_band_whatever_their_size(unit: float, best: Any) -> None:
    values = [0.1 * unit + 0.2 * unit, 0.3 * unit, 0.4 * unit, 0.2 * unit]
    rule, ranking = gi.rules.Proportional(1, cap=False), gi.Ranking(best=best)
    starts = gi.Bands([("high", 0.3 * unit), ("low", None)])
    result = scored(rule, values, bands=starts, ranking=ranking)
    assert result.band_of("total") == ["high", "high", "high", "low"]
    assert result.rank_labels() == (
        ["=2", "=2", "1", "4"] if best == "highest" else ["=2", "=2", "4", "1"]
    )
    halves = gi.Bands([("upper", 50), ("lower", None)], by="quantile")
    result = scored(rule, values, bands=halves, ranking=ranking)
    assert result.band_of("total") == ["upper", "upper", "upper", "lower"]


@pytest.mark.parametrize("size", [1e-200, 1e-12, 1.0, 1e12, 1e200])
def test_swap_margins_know_ties_by_the_key_whatever_the_size(size: float) -> None:
    leaves = [gi.Indicator(code, rule=gi.rules.Proportional(size, cap=False)) for code in "xy"]
    small = 1e-12
    data = observed(
        x=[0.1 * size * small, 0.3 * size * small, 0.05 * size * small, 0.1 * size],
        y=[0.5 * size * small, 0.3 * size * small, 0.75 * size * small, 0.2 * size],
    )
    result = method_of(*leaves).compute(data)
    assert result.rank_labels() == ["=3", "=3", "2", "1"]
    margins = swap_margins(result)
    assert margins["outcome"].tolist() == ["dominates", "swaps", "tied"]
    assert margins["lead"].tolist() == pytest.approx([0.15, 1e-13, 0.0], rel=1e-10, abs=1e-30)


def test_a_score_that_no_number_holds_is_refused_by_name() -> None:
    with pytest.raises(DataError, match=r"no finite number in the printed unit.*unit 'U1'"):
        scored(gi.rules.Identity(), [1.0, 1e307], scale=100)
    assert scored(gi.rules.Identity(), [1.0, 1e307], scale=1).rank_labels() == ["2", "1"]


def test_small_scores_in_which_terms_may_cancel_tie() -> None:
    # 0.1 + 0.2 − 0.3 is nothing on paper, and some last bits as a double.
    leaves = [gi.Indicator(code, rule=gi.rules.Identity()) for code in "xyz"]
    data = observed(x=[0.1, 0.0, 0.1], y=[0.2, 0.0, 0.1], z=[-0.3, 0.0, -0.1])
    assert method_of(*leaves).compute(data).rank_labels() == ["=2", "=2", "1"]
