"""Rules of order, proportion, distance and grades: what they give, refuse and become."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

import govindex as gi
from govindex.contracts import Direction, RelativeRule, Rule, Scope
from govindex.errors import CellError, DataError, SettingError, UnknownNameError
from govindex.rules import (
    AboveBelowMean,
    Affine,
    Borda,
    Categorical,
    Chain,
    Clip,
    DistanceFrom,
    DistanceToMax,
    DistanceToReference,
    DistanceToTarget,
    ExponentialRank,
    FractionOfMax,
    Goalposts,
    Inverse,
    MinMax,
    NormalScores,
    PercentRank,
    Proportional,
    Rank,
    RankAmong,
    Robust,
    Stairs,
    SumShare,
    Vector,
)
from govindex.testing import observed

Float = npt.NDArray[np.float64]
NAN = float("nan")
LOWER = Scope(direction="lower")

RULES: list[Any] = [
    Robust(degenerate=0),
    Robust(50, 10, degenerate=50),
    *(
        kind(ties, degenerate=0)
        for kind in (Rank, PercentRank, Borda, NormalScores, ExponentialRank)
        for ties in ("average", "competition", "max")
    ),
    FractionOfMax(degenerate=1),
    SumShare(degenerate=0.5),
    Vector(degenerate=0.5),
    DistanceToMax(degenerate=0.5),
    DistanceToReference("u0", degenerate=0.5),
    DistanceToReference("u0", cap=True, degenerate=0.5),
    DistanceToTarget(40, degenerate=1),
    DistanceToTarget(40, cap=True, degenerate=1),
    DistanceFrom("mean", degenerate=0),
    DistanceFrom("median", "apart", degenerate=0),
    DistanceFrom(40, "apart", degenerate=0.5),
    AboveBelowMean(degenerate=0),
    AboveBelowMean(0.25, degenerate=0),
    Categorical(degenerate=0.5),
    Categorical([(40, 0.5), (90, 1)], 0.2, degenerate=0.5),
]
rules = st.sampled_from(RULES)
directions = st.sampled_from(["higher", "lower"])
values = st.sampled_from([0.1, 0.2, 0.3, 1.0, 2.0, 7.0, 40.0, 99.5]) | st.floats(0.5, 1000)


def units(count: int, **columns: Any) -> gi.Units:
    return gi.Units([f"u{i}" for i in range(count)], **columns)


def scope(count: int, direction: Direction = "higher", **columns: Any) -> Scope:
    return Scope(direction=direction, peers=units(count, **columns))


def shares(rule: Rule, *values: float, scope: Scope | None = None) -> list[float]:
    return [float(share) for share in rule(np.array(values, dtype=np.float64), scope or Scope())]


@st.composite
def columns(draw: st.DrawFn) -> Float:
    """Values of at least two units with ties among them, some missing."""
    some = draw(st.lists(values | st.just(NAN), min_size=2, max_size=8))
    again = draw(st.lists(st.sampled_from(some), max_size=3))
    return np.array([draw(values), *some, *again])


# Laws of all of them.


@given(rule=rules, column=columns(), direction=directions)
def test_missing_values_stay_missing_and_nothing_else_becomes_so(
    rule: Rule, column: Float, direction: Direction
) -> None:
    rule_shares = rule(column, scope(len(column), direction))
    np.testing.assert_array_equal(np.isnan(rule_shares), np.isnan(column))
    assert np.isfinite(rule_shares[~np.isnan(column)]).all()


@given(rule=rules, column=columns(), direction=directions)
def test_shares_stay_within_the_declared_bounds(
    rule: Rule, column: Float, direction: Direction
) -> None:
    rule_shares = rule(column, scope(len(column), direction))
    low, high = rule.bounds
    assert low - 1e-12 <= np.nanmin(rule_shares) <= np.nanmax(rule_shares) <= high + 1e-12


@given(rule=st.sampled_from([r for r in RULES if r.directed]), column=columns())
def test_direction_is_applied_once(rule: Rule, column: Float) -> None:
    """Where less is better a smaller value never earns less, nor a larger one where more is."""
    for direction, turn in (("higher", 1.0), ("lower", -1.0)):
        rule_shares = rule(column, scope(len(column), direction))  # type: ignore[arg-type]
        order = np.argsort(turn * column)
        ranked = rule_shares[order][~np.isnan(column[order])]
        assert (np.diff(ranked) >= -1e-12).all()


@given(rule=rules, column=columns(), direction=directions, order=st.randoms())
def test_the_order_of_units_changes_no_bit(
    rule: Rule, column: Float, direction: Direction, order: Any
) -> None:
    rows = list(range(len(column)))
    order.shuffle(rows)
    codes = [f"u{i}" for i in rows]
    turned = Scope(direction=direction, peers=gi.Units(codes))
    rule_shares = rule(column[rows], turned)
    np.testing.assert_array_equal(rule_shares, rule(column, scope(len(column), direction))[rows])


@given(rule=rules, column=columns(), direction=directions)
def test_a_rule_anchored_on_its_own_data_scores_them_alike(
    rule: Any, column: Float, direction: Direction
) -> None:
    own = scope(len(column), direction)
    rule_shares = rule(column, own)
    try:
        anchored = rule.anchor(column, own)
    except SettingError:  # nothing to be anchored on
        assert len(set(rule_shares[~np.isnan(rule_shares)])) == 1
        return
    assert not anchored.peer_dependent
    again = anchored(column, Scope(direction=direction))
    np.testing.assert_allclose(again, rule_shares, rtol=1e-9, atol=1e-9)


@given(rule=rules, column=columns(), draws=st.integers(2, 4))
def test_every_draw_is_scored_by_itself(rule: Rule, column: Float, draws: int) -> None:
    data = np.arange(1.0, draws + 1)[:, None] * column
    own = scope(len(column))
    expected = [rule(row, own) for row in data]
    np.testing.assert_array_equal(rule(data, own), expected)


@given(
    rule=st.sampled_from([r for r in RULES if r.monotone]),
    column=columns(),
    gain=st.floats(0, 100),
    direction=directions,
)
def test_a_monotone_rule_never_punishes_a_gain(
    rule: Rule, column: Float, gain: float, direction: Direction
) -> None:
    before, after = column.copy(), column.copy()
    before[0] += gain if direction == "lower" else 0.0
    after[0] += gain if direction == "higher" else 0.0
    own = scope(len(column), direction)
    assert rule(after, own)[0] >= rule(before, own)[0] - 1e-12


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_leagues_are_scored_by_themselves(rule: Any) -> None:
    data = np.array([1.0, 10.0, 2.0, 30.0, 3.0, 25.0, 40.0, 2.0])
    leagues = tuple("ABABABAA")
    actual = attrs.evolve(rule, over="league")(data, scope(8, leagues=leagues))
    own = np.array([0, 2, 4, 6, 7])
    alone = Scope(peers=gi.Units([f"u{i}" for i in own]))
    np.testing.assert_array_equal(actual[own], rule(data[own], alone))
    with pytest.raises(SettingError, match="every league has its own reference"):
        attrs.evolve(rule, over="league").anchor(data, scope(8, leagues=leagues))


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_unranked_units_move_no_other_unit(rule: Any) -> None:
    data = np.array([3.0, 1.0, 2.0, 50.0, 8.0])
    ranked = np.array([True, True, True, True, False])
    among = attrs.evolve(rule, over="ranked")
    actual = among(data, scope(5, ranked=ranked))
    np.testing.assert_array_equal(actual[:4], rule(data[:4], scope(4)))
    frozen = among.anchor(data, scope(5, ranked=ranked))
    np.testing.assert_allclose(frozen(data, Scope()), actual, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("rule", [r for r in RULES if not (isinstance(r, DistanceFrom))], ids=repr)
def test_populations_without_two_values_are_scored_as_declared(rule: Any) -> None:
    data = np.array([5.0, NAN, 5.0])
    np.testing.assert_array_equal(rule(data, scope(3)), np.where(data == 5, rule.degenerate, NAN))
    with pytest.raises(CellError, match="needs two distinct values per indicator") as info:
        attrs.evolve(rule, degenerate="error")(data, scope(3))
    assert info.value.mask.tolist() == [True, False, True]
    with pytest.raises(SettingError, match="cannot be anchored on a reference without two values"):
        rule.anchor(data, scope(3))


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_nothing_reported_is_no_error(rule: Any) -> None:
    assert np.isnan(rule(np.full(3, NAN), scope(3))).all()


# Order.


@pytest.mark.parametrize(
    ("ties", "ranks"),
    [
        ("average", [4.0, 2.5, 2.5, 1.0]),
        ("competition", [4.0, 3.0, 3.0, 1.0]),
        ("max", [4.0, 2.0, 2.0, 1.0]),
    ],
)
def test_ties_share_ranks_as_rankings_do(ties: Any, ranks: list[float]) -> None:
    assert shares(Rank(ties), 9, 5, 5, 1) == ranks
    assert shares(Borda(ties), 9, 5, 5, 1) == [rank - 1 for rank in ranks]
    np.testing.assert_allclose(shares(PercentRank(ties), 9, 5, 5, 1), [(r - 1) / 3 for r in ranks])


@given(column=columns(), ties=st.sampled_from(["average", "competition", "max"]))
def test_ranks_from_both_ends_add_up_to_one_more_than_all(column: Float, ties: Any) -> None:
    from govindex.kernels.keys import ABSENT, ranks_of

    known = ~np.isnan(column)
    keys = np.searchsorted(np.unique(column), np.where(known, column, 0.0))
    index = ranks_of(np.where(known, keys, ABSENT), ties)
    rank = Rank(ties, degenerate=0)(column, Scope())
    if len(set(column[known])) > 1:
        np.testing.assert_array_equal(rank + index, np.where(known, known.sum() + 1.0, NAN))


def test_measured_values_tie_only_if_they_are_equal() -> None:
    nearly = np.nextafter(0.3, 1)
    assert shares(Rank(), 0.3, nearly, 1) == [1.0, 2.0, 3.0]


def test_computed_shares_tie_within_the_snap() -> None:
    computed = Scope(computed=True)
    assert shares(Rank(), 0.1 + 0.2, 0.3, 1, scope=computed) == [1.5, 1.5, 3.0]
    frozen = Rank().anchor(np.array([0.1 + 0.2, 0.3, 1.0]), computed)
    assert shares(frozen, 0.1 + 0.2, 0.3, 0.3 + 1e-14, 0.5, scope=computed) == [1.5, 1.5, 1.5, 2.5]


def test_ranks_of_a_dimension_tie_where_its_score_is_equal_on_paper() -> None:
    leaves = [gi.Indicator(code, rule=gi.rules.Identity()) for code in "abc"]
    speed = gi.Dimension("speed", leaves, rule=Rank(), aggregate=gi.aggregate.Sum())
    method = gi.Methodology("example.rank", "1", gi.Framework("index", [speed]), scale=1.0)
    data = observed({"a": [0.1, 0.3, 0.1], "b": [0.2, 0.2, 0.1], "c": [0.3, 0.1, 0.1]})
    assert method.compute(data).shares[1].tolist() == [2.5, 2.5, 1.0]
    assert method.anchored(data).compute(data).shares[1].tolist() == [2.5, 2.5, 1.0]


@pytest.mark.parametrize("rule", [MinMax(degenerate=0.5), Rank(degenerate=0.5)])
def test_dimensions_that_are_equal_on_paper_have_no_two_values(rule: Rule) -> None:
    leaves = [gi.Indicator(code, rule=gi.rules.Identity()) for code in "abc"]
    speed = gi.Dimension("speed", leaves, rule=rule, aggregate=gi.aggregate.Sum())
    method = gi.Methodology("example.equal", "1", gi.Framework("index", [speed]), scale=1.0)
    data = observed({"a": [0.1, 0.3], "b": [0.2, 0.2], "c": [0.3, 0.1]})
    assert method.compute(data).shares[1].tolist() == [0.5, 0.5]


def test_a_chain_ranks_the_shares_before_it() -> None:
    chain = Chain(Affine(slope=0.1), Rank())
    assert shares(chain, 3, 0.1 * 30, 1) == [2.5, 2.5, 1.0]
    assert shares(Chain(Affine(slope=-1), Rank()), 3, 2, 1, scope=LOWER) == [3.0, 2.0, 1.0]


def test_a_frozen_rank_is_that_among_the_reference() -> None:
    reference = np.array([10.0, 20.0, 20.0, 30.0])
    frozen, low = Rank().anchor(reference, Scope()), Rank("competition").anchor(reference, LOWER)
    assert frozen == RankAmong(Rank(), [30, 20, 10, 20])
    assert frozen == RankAmong(Rank(), [10, 20, 30], frequencies=[1, 2, 1])
    assert low == RankAmong(Rank("competition"), reference, direction="lower")
    # The stairs that they are.
    around = (9, 10, 15, 20, 25, 30, 31)
    upwards = Stairs([(10, 1, 1.5), (20, 2.5, 3.5), (30, 4, 4)], below=1)
    downwards = Stairs([(10, 4, 3), (20, 3, 1), (30, 1, 1)], below=4)
    assert shares(frozen, *around) == shares(upwards, *around)
    assert shares(low, *around) == shares(downwards, *around)


@given(column=columns(), other=columns(), rule=rules.filter(lambda r: hasattr(r, "ties")))
def test_a_rank_among_fixed_values_is_that_of_a_unit_that_joins_them(
    column: Float, other: Float, rule: Any
) -> None:
    known = column[~np.isnan(column)]
    if len(set(known)) < 2:
        return
    alone = attrs.evolve(rule, degenerate="error")
    fixed = RankAmong(alone, known)(other, Scope())
    apart = np.concatenate([np.ones(len(known), bool), np.zeros(len(other), bool)])
    peers = gi.Units([f"u{i}" for i in range(len(apart))], ranked=apart)
    ranked = attrs.evolve(alone, over="ranked")(np.concatenate([known, other]), Scope(peers=peers))
    np.testing.assert_array_equal(fixed, ranked[len(known) :])


def test_a_large_population_is_shown_by_its_ends() -> None:
    many = RankAmong(PercentRank(), np.arange(33_000.0))
    assert "<33000 numbers from 0 to 32999>" in repr(many)
    assert shares(many, 16_499.5) == [16_499.5 / 32_999]


def test_normal_scores_are_the_quantiles_of_the_ranks() -> None:
    from statistics import NormalDist

    expected = [NormalDist().inv_cdf((rank - 0.5) / 5) for rank in (1, 2.5, 2.5, 4, 5)]
    np.testing.assert_allclose(shares(NormalScores(), 1, 5, 5, 8, 9), expected, rtol=1e-12)


# Proportion.


def test_the_best_earns_everything_where_less_is_better_too() -> None:
    assert shares(FractionOfMax(), 10, 20, 40) == [0.25, 0.5, 1.0]
    assert shares(FractionOfMax(), 10, 20, 40, scope=LOWER) == [1.0, 0.5, 0.25]
    assert FractionOfMax().anchor(np.array([10.0, 40.0]), Scope()) == Proportional(40, cap=False)
    assert FractionOfMax().anchor(np.array([10.0, 40.0]), LOWER) == Inverse(10, cap=False)


def test_zero_earns_nothing_of_the_largest_or_the_sum() -> None:
    assert shares(FractionOfMax(), 0, 4) == [0.0, 1.0]
    assert shares(SumShare(), 0, 1, 3) == [0.0, 0.25, 0.75]


@given(column=columns(), direction=directions)
def test_shares_of_the_sum_add_up_to_one(column: Float, direction: Direction) -> None:
    if len(set(column[~np.isnan(column)])) > 1:
        rule_shares = SumShare()(column, Scope(direction=direction))
        assert np.nansum(rule_shares) == pytest.approx(1.0)


def test_vectors_have_the_length_one_whatever_the_size() -> None:
    data = np.array([3e200, 4e200])
    np.testing.assert_allclose(Vector()(data, Scope()), [0.6, 0.8])
    np.testing.assert_allclose(Vector()(-data, Scope()), [-0.6, -0.8])
    np.testing.assert_allclose(Vector()(data, LOWER), [0.4, 0.2])


@pytest.mark.parametrize("rule", [FractionOfMax(), SumShare()])
@pytest.mark.parametrize(
    ("direction", "message", "refused"),
    [
        ("higher", "a proportion among peers needs values of at least 0", [False, True, False]),
        ("lower", "a proportion among peers needs values above 0", [True, True, False]),
    ],
)
def test_proportions_refuse_negative_values_and_zeros(
    rule: Rule, direction: Direction, message: str, refused: list[bool]
) -> None:
    with pytest.raises(CellError, match=message) as info:
        rule(np.array([0.0, -1.0, 2.0]), Scope(direction=direction))
    assert info.value.mask.tolist() == refused


# Distance.


def test_distance_to_the_best_is_min_max() -> None:
    data = np.array([3.0, 8.0, 5.0, NAN])
    for own in (Scope(), LOWER):
        np.testing.assert_array_equal(DistanceToMax()(data, own), MinMax()(data, own))


def test_the_reference_unit_earns_one_and_better_ones_more() -> None:
    rule = DistanceToReference("u1")
    assert shares(rule, 0, 10, 20, scope=scope(3)) == [0.0, 1.0, 2.0]
    assert shares(rule, 20, 10, 0, scope=scope(3, "lower")) == [0.0, 1.0, 2.0]
    capped = attrs.evolve(rule, cap=True)
    assert shares(capped, 0, 10, 20, scope=scope(3)) == [0.0, 1.0, 1.0]
    assert capped.anchor(np.array([0.0, 10, 20]), scope(3)) == Chain(
        Goalposts(worst=0, best=10, clip=False), Clip(-np.inf, 1)
    )


def test_the_reference_unit_is_found_by_name() -> None:
    named = Scope(peers=gi.Units(["H1", "H2", "H3"], names=("Huế", "Lào Cai", "Lai Châu")))
    assert shares(DistanceToReference("Lào Cai"), 0, 10, 20, scope=named) == [0.0, 1.0, 2.0]
    with pytest.raises(UnknownNameError, match="no unit 'Lao Cai': did you mean 'Lào Cai'"):
        DistanceToReference("Lao Cai")(np.arange(3.0), named)
    with pytest.raises(SettingError, match=r"does not name its units: give it peers=Units"):
        DistanceToReference("Lào Cai")(np.arange(3.0), Scope())


def test_the_reference_unit_may_be_in_another_league() -> None:
    apart = scope(4, leagues=tuple("ABBB"))
    rule = DistanceToReference("u0", over="league", degenerate=0)
    assert shares(rule, 10, 0, 5, 20, scope=apart) == [0.0, 0.0, 0.5, 2.0]


def test_in_a_panel_each_period_has_its_reference_row() -> None:
    codes = ["A@2025", "B@2025", "C@2025", "A@2026", "B@2026", "C@2026"]
    panel = Scope(peers=gi.Units(codes, periods=("2025",) * 3 + ("2026",) * 3))
    data = (0.0, 10.0, 5.0, 0.0, 20.0, 5.0)
    by_period = DistanceToReference("B", over="period")
    assert shares(by_period, *data, scope=panel) == [0.0, 1.0, 0.5, 0.0, 1.0, 0.25]
    assert shares(DistanceToReference("B@2025"), *data, scope=panel)[4] == 2.0
    with pytest.raises(SettingError, match="but 2 rows are named 'B'"):
        DistanceToReference("B")(np.array(data), panel)


@pytest.mark.parametrize("value", [NAN, 0.0])
def test_a_reference_unit_that_is_worst_or_missing_is_no_reference(value: float) -> None:
    data = np.array([value, 0.0, 20.0])
    with pytest.raises(CellError, match="the reference unit 'u0' has no value that is better"):
        DistanceToReference("u0")(data, scope(3))
    with pytest.raises(SettingError, match="the reference unit 'u0' has no value that is better"):
        DistanceToReference("u0").anchor(data, scope(3))


def test_a_target_that_everybody_has_reached_is_named() -> None:
    leaf = gi.Indicator("days", rule=DistanceToTarget(9), direction="lower")
    method = gi.Methodology("example.target", "1", gi.Framework("index", [leaf]))
    message = r"indicator 'days': even the worst value has reached the target 9 \('U0', 'U1'\)"
    with pytest.raises(DataError, match=message):
        method.compute(observed({"days": [3, 8]}))


def test_distances_from_a_number_look_at_no_peers() -> None:
    assert not DistanceFrom(2).peer_dependent
    assert not DistanceFrom(2, "apart", ends=(0, 5)).peer_dependent
    assert DistanceFrom(2, "apart").peer_dependent
    assert DistanceFrom("mean", "apart", ends=(0, 5)).peer_dependent
    assert shares(DistanceFrom(2), 1, 2, 6) == [1.0, 0.0, 4.0]
    assert shares(DistanceFrom(2, "apart", ends=(0, 6)), 1, 2, 6, 10) == [0.5, 0.0, 1.0, 2.0]


def test_each_side_is_measured_by_its_own_longest_distance() -> None:
    rule_shares = shares(DistanceFrom("median", "apart"), 0, 8, 10, 30, 50)
    np.testing.assert_allclose(rule_shares, [1.0, 0.2, 0.0, 0.5, 1.0])
    assert shares(DistanceFrom("mean"), 1, 2, 6) == [2.0, 1.0, 3.0]


def test_nearness_is_a_chain_in_which_less_is_better() -> None:
    chain = Chain(DistanceFrom("median"), MinMax())
    rule_shares = shares(chain, 1, 3, 4, 5, 9, scope=LOWER)
    np.testing.assert_allclose(rule_shares, [0.4, 0.8, 1.0, 0.8, 0.0])
    frozen = chain.anchor(np.array([1.0, 3, 4, 5, 9]), LOWER)
    np.testing.assert_allclose(shares(frozen, 1, 3, 4, 5, 9, scope=LOWER), rule_shares)


def test_a_side_without_an_end_is_refused() -> None:
    rule = DistanceFrom(5, "apart")
    frozen = rule.anchor(np.array([5.0, 7.0, 9.0]), Scope())
    assert frozen == DistanceFrom(5, "apart", ends=(5, 9))
    with pytest.raises(CellError, match="needs an end on the value's side") as info:
        frozen(np.array([4.0, 7.0, NAN]), Scope())
    assert info.value.mask.tolist() == [True, False, False]


# Robust deviations.


def test_robust_deviations_are_those_from_the_median() -> None:
    np.testing.assert_allclose(shares(Robust(), 1, 2, 3, 100), [-1.5, -0.5, 0.5, 97.5])
    np.testing.assert_allclose(shares(Robust(50, 10), 1, 2, 3, scope=LOWER), [60, 50, 40])


def test_more_than_half_equal_values_have_no_robust_deviation() -> None:
    data = np.array([1.0, 5.0, 5.0, 5.0])
    message = "more than half of the values are equal"
    with pytest.raises(CellError, match=message) as info:
        Robust()(data, Scope())
    assert info.value.mask.all()
    with pytest.raises(SettingError, match=message):
        Robust().anchor(data, Scope())
    assert shares(Robust(degenerate=0), *data) == [0.0] * 4


# Grades.


def test_a_band_around_the_mean_holds_its_ends() -> None:
    assert shares(AboveBelowMean(0.25), 70, 75, 125, 130) == [-1.0, 0.0, 0.0, 1.0]
    assert shares(AboveBelowMean(0.25), 70, 75, 125, 130, scope=LOWER) == [1.0, 0.0, 0.0, -1.0]


def test_last_bits_do_not_move_a_value_off_the_mean() -> None:
    assert np.mean([0.1, 0.2, 0.3]) != 0.2
    assert shares(AboveBelowMean(), 0.1, 0.2, 0.3) == [-1.0, 0.0, 1.0]


def test_a_band_needs_values_from_zero_on() -> None:
    with pytest.raises(CellError, match="a band around the mean needs values of at least 0"):
        AboveBelowMean(0.1)(np.array([-1.0, 3.0]), Scope())
    assert shares(AboveBelowMean(), -1, 3) == [-1.0, 1.0]


def test_the_scale_of_the_handbook_parts_a_hundred_and_one_units_by_percentiles() -> None:
    rule_shares = shares(Categorical(), *range(101))
    counts = [rule_shares.count(share) for share in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)]
    assert counts == [15, 10, 40, 20, 10, 6]
    assert shares(Categorical(), *range(101), scope=LOWER) == rule_shares[::-1]


@given(column=columns(), cut=st.integers(1, 100))
def test_percentiles_are_those_of_numpy(column: Float, cut: int) -> None:
    known = column[~np.isnan(column)]
    if len(set(known)) > 1:
        rule_shares = Categorical([(cut, 1)])(column, Scope())
        edge = np.percentile(known, cut)
        clear = np.abs(column - edge) > 1e-7 * np.ptp(known)
        np.testing.assert_array_equal(rule_shares[clear], np.where(column > edge, 1.0, 0.0)[clear])


# Absolute rules.


def test_a_target_is_divided_by_the_value() -> None:
    assert shares(Inverse(3), 0, 2, 3, 6) == [1.0, 1.0, 1.0, 0.5]
    assert shares(Inverse(3, cap=False), 1.5, 3, 6) == [2.0, 1.0, 0.5]
    with pytest.raises(CellError, match="cannot be negative"):
        Inverse(3)(np.array([-1.0]), Scope())
    with pytest.raises(CellError, match="must be above 0"):
        Inverse(3, cap=False)(np.array([0.0]), Scope())


def test_stairs_tell_on_from_above_a_threshold() -> None:
    rule = Stairs([(10, 0.2, 0.4), (20, 0.5, 1)], below=0.1)
    assert shares(rule, 9, 10, 15, 20, 21) == [0.1, 0.2, 0.4, 0.5, 1.0]
    assert (rule.monotone, rule.falling, rule.bounds) == (True, False, (0.1, 1.0))
    assert Stairs([(10, 0.2, 0)], below=1).falling


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Rank("min"), "no way to share a rank 'min'"),  # type: ignore[arg-type]
        (lambda: Rank(over="leagues"), "population 'leagues': did you mean 'league'"),  # type: ignore[arg-type]
        (lambda: Robust(mad=0), "deviation above 0, not 0"),
        (lambda: DistanceToReference(" "), "a code or a name, not ' '"),
        (lambda: DistanceToTarget(NAN), r"target=…\) is a finite number, not nan"),
        (lambda: DistanceFrom("medan"), "did you mean 'median'"),
        (lambda: DistanceFrom(True), "the centre is a finite number, not True"),
        (lambda: DistanceFrom(1, "both"), "sides are not 'both'"),  # type: ignore[arg-type]
        (lambda: DistanceFrom(1, ends=(0, 2)), "ends need sides='apart'"),
        (lambda: DistanceFrom(3, "apart", ends=(0, 2)), "centre 3 lies outside the ends"),
        (lambda: DistanceFrom("mean", "apart", ends=(2, 0)), "the lower end comes first"),
        (lambda: DistanceFrom(1, "apart", ends=(0, None)), "an end is a finite number, not None"),  # type: ignore[arg-type]
        (lambda: DistanceFrom(1, "apart", ends=3), "the ends are two numbers, not 3"),  # type: ignore[arg-type]
        (lambda: AboveBelowMean(-0.1), "at least 0, not -0.1"),
        (lambda: Categorical([]), "at least one"),
        (lambda: Categorical([(0, 1)]), r"rise from above 0; given: \[0.0\]"),
        (lambda: Categorical([(50, 1), (40, 1)]), "percentiles rise"),
        (lambda: Categorical([(101, 1)]), "percentiles end at 100"),
        (lambda: Stairs([]), "at least one"),
        (lambda: Stairs([(1, 2)]), "give triples of numbers"),  # type: ignore[list-item]
        (lambda: Stairs([(1, 2, NAN)]), "a share is a finite number, not nan"),
        (lambda: Stairs([(2, 0, 0), (1, 1, 1)]), "thresholds of stairs rise"),
        (lambda: Inverse(0), "target above 0, not 0"),
        (lambda: RankAmong(MinMax(), [1, 2]), "needs a rule of order, such as PercentRank"),
        (lambda: RankAmong(Rank(over="league"), [1, 2]), "has its own population"),
        (lambda: RankAmong(Rank(), [1, 1]), "two distinct values"),
        (lambda: RankAmong(Rank(), [1, NAN]), "one of the values is a finite number, not nan"),
        (lambda: RankAmong(Rank(), [1, 2], [1]), "whole numbers from 1, one for each of 2"),
        (lambda: RankAmong(Rank(), [1, 2], [1, 0.5]), "whole numbers from 1"),  # type: ignore[list-item]
        (lambda: RankAmong(Rank(), "12"), "values of RankAmong are numbers, not '12'"),  # type: ignore[arg-type]
        (lambda: RankAmong(Rank(), [1, 2], None, "up"), "direction is 'higher' or 'lower'"),  # type: ignore[arg-type]
        (lambda: Clip(NAN, 1), r"Clip\(low=…\) is a finite number, not nan"),
    ],
)
def test_impossible_settings_are_refused(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(SettingError, match=message):
        make()


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_every_one_of_them_can_be_anchored(rule: Any) -> None:
    assert isinstance(rule, RelativeRule)
