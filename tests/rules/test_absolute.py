from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from govindex.contracts import Direction, RelativeRule, Rule, Scope
from govindex.errors import CellError, SettingError
from govindex.rules import (
    Affine,
    Chain,
    Choice,
    Clip,
    Condition,
    Deduction,
    Exponential,
    Goalposts,
    Identity,
    MinMax,
    PerItem,
    Piecewise,
    Points,
    Proportional,
    Steps,
    ZScore,
)

Float = npt.NDArray[np.float64]
Bool = npt.NDArray[np.bool_]
Index = npt.NDArray[np.intp]

NAN = float("nan")
LOWER = Scope(direction="lower")


@attrs.frozen
class Peers:
    """Peers in leagues, of whom some are ranked."""

    leagues: tuple[int, ...] = ()
    ranked: tuple[bool, ...] = ()

    @property
    def times(self) -> None:
        return None

    def __len__(self) -> int:
        return max(len(self.leagues), len(self.ranked))

    @property
    def ranked_mask(self) -> Bool:
        return np.array(self.ranked, dtype=bool)

    @property
    def parent_index(self) -> Index:
        return np.full(len(self), -1, dtype=np.intp)

    def group(self, by: str) -> Index:
        return np.array(self.leagues, dtype=np.intp)


def shares(rule: Rule, *values: float, scope: Scope | None = None) -> list[float]:
    rule_shares = rule(np.array(values, dtype=np.float64), scope or Scope())
    return [float(share) for share in rule_shares]


@st.composite
def columns(draw: st.DrawFn) -> Float:
    """One indicator of some units: at least two distinct values, some missing."""
    low = draw(st.floats(-1000, 999))
    high = draw(st.floats(low + 0.5, 1000))
    between = st.floats(0, 1).map(lambda part: low + part * (high - low))
    others = draw(st.lists(between | st.just(NAN), max_size=8))
    return np.array(draw(st.permutations([low, high, *others])))


RELATIVE: list[RelativeRule] = [
    MinMax(),
    MinMax(1.0, 10.0),
    MinMax(1.0, 0.0),
    ZScore(),
    ZScore(0.5, 0.1),
    ZScore(ddof=0),
]
relative = st.sampled_from(RELATIVE)
directions = st.sampled_from(["higher", "lower"])

ABSOLUTE: list[Rule] = [
    Identity(),
    Points(),
    Proportional(0.8),
    Proportional(0.8, 0.2),
    Goalposts(worst=0.1, best=0.9),
    Goalposts(worst=0.9, best=0.1, clip=False),
    Goalposts(worst=1, best=100, transform="log"),
    Goalposts(worst=2, best=1, transform="reciprocal"),
    Goalposts(worst=0, best=4, transform=0.5),
    Goalposts(worst=4, best=1, transform=-2),
    Affine(intercept=0.1, slope=2),
    Affine(slope=-1),
    Exponential(intercept=-0.5, factor=0.5, rate=2),
    Exponential(factor=3, rate=-4),
    Clip(0.2, 0.6),
    Steps([(0.2, 0.3), (0.7, 1)], 0.1),
    Steps([(0.2, 1), (0.7, 0.3)], closed="upper"),
    Condition(at_least=0.5),
    Condition(above=0.5),
    Condition(at_most=0.5),
    Condition(below=0.5),
    Condition(equals=0.5),
    PerItem(0.2),
    PerItem(0.2, cap=0.5),
    Deduction(per=0.5),
    Deduction(per=0.5, floor=-1),
    Piecewise([(0.1, 0), (0.5, 0.8), (0.9, 1)]),
    Piecewise([(0.1, 1), (0.9, 0)]),
    Chain(Affine(intercept=1, slope=-1), Clip(0.3, 0.5)),
]
absolute = st.sampled_from(ABSOLUTE)
values = st.floats(0.01, 1.0)


# Laws of all rules.


@given(rule=absolute, column=st.lists(values | st.just(NAN), min_size=1, max_size=6))
def test_missing_values_stay_missing_and_nothing_else_becomes_so(
    rule: Rule, column: list[float]
) -> None:
    np.testing.assert_array_equal(np.isnan(shares(rule, *column)), np.isnan(column))


@given(rule=relative, column=columns())
def test_units_without_a_value_stay_missing_among_their_peers(rule: Rule, column: Float) -> None:
    np.testing.assert_array_equal(np.isnan(rule(column, Scope())), np.isnan(column))


@given(rule=st.sampled_from([r for r in ABSOLUTE if r.monotone]), low=values, high=values)
def test_a_monotone_rule_never_gives_less_for_more(rule: Rule, low: float, high: float) -> None:
    worse, better = shares(rule, *sorted([low, high]))
    assert worse <= better


@given(rule=absolute, value=values)
def test_shares_stay_within_the_declared_bounds(rule: Rule, value: float) -> None:
    low, high = rule.bounds
    assert low <= shares(rule, value)[0] <= high


@given(rule=absolute, column=st.lists(values, min_size=1, max_size=6))
def test_an_absolute_rule_scores_every_unit_by_itself(rule: Rule, column: list[float]) -> None:
    alone = [shares(rule, value)[0] for value in column]
    assert not rule.peer_dependent
    assert shares(rule, *column) == alone


@given(rule=absolute, column=st.lists(values, min_size=1, max_size=6))
def test_only_a_directed_rule_reads_the_direction(rule: Rule, column: list[float]) -> None:
    assert not rule.directed
    assert shares(rule, *column) == shares(rule, *column, scope=LOWER)


@pytest.mark.parametrize("rule", [*ABSOLUTE, Choice({0.25: 1, 0.5: 0}), MinMax(), ZScore()])
def test_a_rule_keeps_the_shape_of_indicators_draws_and_units(rule: Rule) -> None:
    assert rule(np.tile([0.25, 0.5], (3, 4, 1)), Scope()).shape == (3, 4, 2)


# Straight lines.


def test_points_are_a_share_of_each_node_s_maximum() -> None:
    scope = Scope(maximum=np.array([[2.0], [0.0]]))
    rule_shares = Points()(np.array([[1.0, 2.0, NAN], [0.0, 0.0, NAN]]), scope)
    np.testing.assert_array_equal(rule_shares, [[0.5, 1.0, NAN], [0.0, 0.0, NAN]])


def test_points_outside_the_maximum_are_refused_and_marked() -> None:
    with pytest.raises(CellError, match="between 0 and the maximum 6") as info:
        Points()(np.array([6.0, 6.1, -0.1, NAN]), Scope(maximum=6.0))
    assert info.value.mask.tolist() == [False, True, True, False]


def test_points_may_be_negative_down_to_the_declared_minimum() -> None:
    assert shares(Points(minimum=-3), -3.0, scope=Scope(maximum=6.0)) == [-0.5]
    assert Points(minimum=-3).bounds == (-np.inf, 1.0)


def test_proportional_is_full_from_the_target_and_nothing_below_the_floor() -> None:
    rule = Proportional(0.8, floor=0.3)
    rule_shares = shares(rule, 0.29, 0.3, 0.8 - 0.5, 0.4, 0.8, 0.9)
    np.testing.assert_allclose(rule_shares, [0.0, 0.375, 0.375, 0.5, 1.0, 1.0])


def test_proportional_refuses_negative_values() -> None:
    with pytest.raises(CellError, match="cannot be negative") as info:
        Proportional(80)(np.array([-1.0, 5.0]), Scope())
    assert info.value.mask.tolist() == [True, False]


@given(
    worst=st.floats(1, 100),
    gap=st.floats(0.1, 100),
    part=st.floats(0, 1),
    transform=st.sampled_from([None, "log", "reciprocal", 0.5, 2, -1.5]),
)
def test_goalposts_in_the_other_order_give_the_complement(
    worst: float, gap: float, part: float, transform: Any
) -> None:
    value, best = worst + part * gap, worst + gap
    one = shares(Goalposts(worst=worst, best=best, transform=transform), value)[0]
    other = shares(Goalposts(worst=best, best=worst, transform=transform), value)[0]
    assert one + other == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize("transform", [None, "log", "reciprocal", 0.5, 2, -1.5])
def test_goalposts_earn_nothing_and_everything_and_are_clipped(transform: Any) -> None:
    rule = Goalposts(worst=10, best=20, transform=transform)
    np.testing.assert_allclose(shares(rule, 10, 20, 5, 40), [0, 1, 0, 1], atol=1e-12)


def test_goalposts_without_clipping_go_beyond() -> None:
    assert shares(Goalposts(worst=10, best=20, clip=False), 5, 40) == [-0.5, 3.0]


def test_goalposts_take_logarithms_as_the_income_index_does() -> None:
    rule = Goalposts(worst=100, best=75_000, transform="log")
    assert shares(rule, 17_341)[0] == pytest.approx(0.779, abs=5e-4)


@pytest.mark.parametrize("transform", ["log", "reciprocal", -1.0])
def test_goalposts_refuse_values_that_the_transform_cannot_take(transform: Any) -> None:
    rule = Goalposts(worst=1, best=2, transform=transform)
    with pytest.raises(
        CellError, match=f"the transform '{transform}' needs values above 0"
    ) as info:
        rule(np.array([0.0, 1.0, NAN]), Scope())
    assert info.value.mask.tolist() == [True, False, False]


def test_goalposts_with_a_power_refuse_negative_values() -> None:
    rule = Goalposts(worst=0, best=2, transform=0.5)
    with pytest.raises(CellError, match="a power needs values of at least 0") as info:
        rule(np.array([-1.0, 0.0]), Scope())
    assert info.value.mask.tolist() == [True, False]


# Tables.


@pytest.mark.parametrize(
    ("closed", "expected"), [("lower", [0.0, 0.5, 0.5, 1.0]), ("upper", [0.0, 0.0, 0.5, 0.5])]
)
def test_steps_snap_values_at_their_thresholds(closed: Any, expected: list[float]) -> None:
    rule = Steps([(30, 0.5), (100, 1)], closed=closed)
    for noise in (0.0, 1e-13, -1e-13):
        assert shares(rule, 29.9, 30 + noise, 30.1, 100 + noise) == expected


@given(
    thresholds=st.lists(st.integers(-50, 50), min_size=1, max_size=5, unique=True),
    value=st.integers(-60, 60),
)
def test_steps_give_the_highest_threshold_reached(thresholds: list[int], value: int) -> None:
    rule = Steps([(t, t / 100) for t in sorted(thresholds)], below=-1)
    expected = max((t for t in thresholds if t <= value), default=-100) / 100
    assert shares(rule, value) == [expected]


def test_steps_know_whether_they_rise() -> None:
    assert Steps([(1, 0.5), (2, 0.7)]).monotone
    assert not Steps([(1, 0.5), (2, 0.7)], below=0.6).monotone
    assert Steps([(1, 0.5), (2, 0.2)], below=-1).bounds == (-1, 0.5)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Condition(at_least=0.3), [0, 1, 1]),
        (Condition(above=0.3), [0, 0, 1]),
        (Condition(at_most=0.3), [1, 1, 0]),
        (Condition(below=0.3), [1, 0, 0]),
        (Condition(equals=0.3), [0, 1, 0]),
    ],
)
def test_conditions_snap_values_at_their_limit(condition: Condition, expected: list[int]) -> None:
    assert shares(condition, 0.29, 0.1 * 3, 0.31) == expected


def test_choice_reads_numbers_of_answers_and_numbers_themselves() -> None:
    texts = Choice({"Có": 1, "Không": 0})
    assert shares(texts, 1, 0, scope=Scope(levels=("Có", "Không"))) == [0.0, 1.0]
    assert shares(Choice({1: 0.25, "Có": 1, 2.5: 1}), 2.5, 1) == [1.0, 0.25]


def test_choice_names_the_nearest_answer() -> None:
    scope = Scope(levels=("Deputy", "Chiar"))
    message = r"the answer 'Chiar' is not in the table: did you mean 'Chair'\?"
    with pytest.raises(CellError, match=message) as info:
        Choice({"Chair": 1, "Deputy": 0.5})(np.array([0.0, 1.0, NAN]), scope)
    assert info.value.mask.tolist() == [False, True, False]


def test_choice_names_a_number_that_is_no_answer() -> None:
    with pytest.raises(CellError, match=r"the answer '3' is not in the table: Known: '1\.0'"):
        Choice({1: 1})(np.array([1.0, 3.0]), Scope())


def test_choice_knows_its_bounds_and_reads_answers() -> None:
    rule = Choice({"a": 0.2, "b": -0.5})
    assert (rule.bounds, rule.reads_answers, rule.monotone) == ((-0.5, 0.2), True, False)


def test_per_item_stops_at_the_smaller_of_cap_and_maximum() -> None:
    scope = Scope(maximum=np.array([[4.0], [1.0], [0.0]]))
    actual = PerItem(0.5, cap=2)(np.array([[2.0, 9.0], [1.0, 9.0], [1.0, NAN]]), scope)
    np.testing.assert_array_equal(actual, [[0.25, 0.5], [0.5, 1.0], [0.0, NAN]])


@pytest.mark.parametrize("rule", [PerItem(0.5), Deduction(per=0.5)])
def test_numbers_of_items_and_cases_are_not_negative(rule: Rule) -> None:
    with pytest.raises(CellError, match="cannot be negative") as info:
        rule(np.array([1.0, -1.0, NAN]), Scope())
    assert info.value.mask.tolist() == [False, True, False]


def test_deduction_stops_at_its_floor() -> None:
    assert shares(Deduction(per=0.5, floor=-1), 1, 3, 9) == [0.5, -0.5, -1.0]
    assert Deduction(per=0.5, floor=-1).bounds == (-1, 1)


def test_piecewise_is_level_beyond_its_ends() -> None:
    rule = Piecewise({10: 1.0, 20: 0.5, 30: 0.0})
    assert shares(rule, 0, 15, 25, 99) == [1.0, 0.75, 0.25, 0.0]
    assert (rule.monotone, rule.bounds) == (False, (0.0, 1.0))


# Settings.


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Proportional(0), "target above 0, not 0"),
        (lambda: Proportional(0.5, 0.6), "floor 0.6 lies above the target 0.5"),
        (lambda: Proportional("80"), r"Proportional\(target=…\) is a finite number, not '80'"),  # type: ignore[arg-type]
        (lambda: Points(True), r"Points\(minimum=…\) is a finite number, not True"),
        (lambda: Goalposts(worst=1, best=1), "two distinct values, both are 1"),
        (lambda: Goalposts(worst=1, best=np.inf), r"\(best=…\) is a finite number, not inf"),
        (lambda: Goalposts(worst=1, best=2, transform="logs"), "did you mean 'log'"),  # type: ignore[arg-type]
        (lambda: Goalposts(worst=1, best=2, transform=0), "power of 0 makes all values equal"),
        (lambda: Goalposts(worst=1, best=2, transform=True), "power of a transform .* not True"),
        (lambda: Goalposts(worst=-1, best=2, transform=2), "cannot be negative"),
        (lambda: Goalposts(worst=0, best=2, transform="log"), "'log' is not defined at a goalpost"),
        (lambda: Goalposts(worst=2, best=0, transform=-1), "'-1' is not defined at a goalpost 0"),
        (lambda: Clip(1, 1), "low < high, not 1 and 1"),
        (lambda: Steps([]), "at least one"),
        (lambda: Steps([(2, 0), (2, 1)]), r"thresholds of a step table rise; given: \[2.0, 2.0\]"),
        (lambda: Steps([(2, 0)], closed="left"), "'upper' .*, not 'left'"),  # type: ignore[arg-type]
        (lambda: Steps([(2, NAN)]), "a point is a finite number, not nan"),
        (lambda: Steps([2, 3]), r"give pairs of numbers, not \[2, 3\]"),  # type: ignore[list-item]
        (lambda: Condition(), "exactly one of .*; given: none"),
        (lambda: Condition(at_least=1, below=2), "given: at_least, below"),
        (lambda: Condition(above=NAN), r"Condition\(above=…\) is a finite number, not nan"),
        (lambda: Choice({}), r"mapping of answers to shares, not {}"),
        (lambda: Choice(["a"]), r"mapping of answers to shares, not \['a'\]"),  # type: ignore[list-item]
        (lambda: Choice({"a": None}), "the share of 'a' is a finite number, not None"),  # type: ignore[arg-type]
        (lambda: PerItem(0), "points above 0, not 0"),
        (lambda: PerItem(1, cap=0), "the cap is above 0, not 0"),
        (lambda: PerItem(1, cap=NAN), "the cap is a finite number, not nan"),
        (lambda: Deduction(per=-1), "part above 0 per case, not -1"),
        (lambda: Deduction(per=1, floor=1), "lies below 1, not at 1"),
        (lambda: Piecewise([(0, 0)]), "at least two points"),
        (lambda: Piecewise([(0, 0), (0, 1)]), "values of a piecewise rule rise"),
        (
            lambda: Piecewise([(0, 0), (1, 1), (2, 0)]),
            "shares of a piecewise rule all rise or all fall",
        ),
        (lambda: MinMax(1, 1), "two distinct ends, both are 1"),
        (lambda: MinMax(over="leagues"), "population 'leagues': did you mean 'league'"),  # type: ignore[arg-type]
        (lambda: MinMax(degenerate="zero"), "'error' or a share; .* not 'zero'"),  # type: ignore[arg-type]
        (lambda: ZScore(sd=0), "standard deviation above 0, not 0"),
        (lambda: ZScore(ddof=2), "ddof is 0 or 1, not 2"),
        (lambda: Chain(), "at least one rule"),
        (lambda: Chain(Clip(), "clip"), "a chain takes rules, not 'clip'"),  # type: ignore[arg-type]
        (lambda: Chain(Clip), "a chain takes rules, not <class .*Clip'>"),  # type: ignore[arg-type]
    ],
)
def test_impossible_settings_are_refused(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(SettingError, match=message):
        make()


# Relative rules.


@given(
    rule=relative,
    column=columns(),
    scale=st.floats(0.1, 10),
    shift=st.floats(-50, 50),
    direction=directions,
)
def test_relative_rules_ignore_the_measure_unit(
    rule: Rule, column: Float, scale: float, shift: float, direction: Direction
) -> None:
    scope = Scope(direction=direction)
    np.testing.assert_allclose(
        rule(scale * column + shift, scope), rule(column, scope), rtol=1e-9, atol=1e-9
    )


@given(rule=relative, column=columns())
def test_lower_is_better_mirrors_higher_is_better(rule: Rule, column: Float) -> None:
    mirrored = rule(-column, Scope())
    np.testing.assert_allclose(rule(column, LOWER), mirrored, rtol=1e-12, atol=1e-12)


@given(
    rule=relative,
    column=columns(),
    direction=directions,
    over=st.sampled_from(["all", "ranked"]),
    offset=st.sampled_from([0.0, 1e6, -1e9]),
)
def test_a_rule_anchored_on_its_own_data_scores_them_alike(
    rule: Any, column: Float, direction: Direction, over: Any, offset: float
) -> None:
    rule = attrs.evolve(rule, over=over)
    data = column + offset
    scope = Scope(direction=direction, peers=Peers(ranked=(True,) * len(data)))
    anchored = rule.anchor(data, scope)
    assert not anchored.peer_dependent
    np.testing.assert_allclose(anchored(data, Scope()), rule(data, scope), rtol=1e-12, atol=1e-12)


@given(column=columns(), direction=directions)
def test_minmax_gives_both_ends_and_nothing_beyond(column: Float, direction: Direction) -> None:
    rule_shares = MinMax()(column, Scope(direction=direction))
    assert (np.nanmin(rule_shares), np.nanmax(rule_shares)) == (0.0, 1.0)


@given(column=columns(), ddof=st.integers(0, 1))
def test_zscore_gives_the_declared_mean_and_deviation(column: Float, ddof: int) -> None:
    rule_shares = ZScore(100.0, 10.0, ddof=ddof)(column, Scope())
    moments = [np.nanmean(rule_shares), np.nanstd(rule_shares, ddof=ddof)]
    np.testing.assert_allclose(moments, [100.0, 10.0], rtol=1e-8)


@given(
    rule=st.sampled_from([rule for rule in RELATIVE if rule.monotone]),
    column=columns(),
    gain=st.floats(0, 3000),
)
def test_a_monotone_relative_rule_never_punishes_a_gain(
    rule: Rule, column: Float, gain: float
) -> None:
    before, after = (np.array([own, -2000.0, *column]) for own in (-1000.0, gain - 1000.0))
    assert rule(after, Scope())[0] >= rule(before, Scope())[0] - 1e-12


@given(rule=relative, column=columns(), draws=st.integers(2, 4))
def test_relative_rules_look_at_one_draw_at_a_time(rule: Rule, column: Float, draws: int) -> None:
    scale = np.arange(1.0, draws + 1)[:, None]
    expected = [rule(row, Scope()) for row in scale * column]
    np.testing.assert_array_equal(rule(scale * column, Scope()), expected)


@pytest.mark.parametrize("kind", [MinMax, ZScore])
def test_rules_over_leagues_score_every_league_by_itself(kind: Callable[..., Rule]) -> None:
    values, leagues = np.array([1.0, 10.0, 2.0, 30.0, 3.0, 20.0]), (0, 1, 0, 1, 0, 1)
    actual = kind(over="league")(values, Scope(peers=Peers(leagues)))
    np.testing.assert_array_equal(actual[::2], kind()(values[::2], Scope()))
    np.testing.assert_array_equal(actual[1::2], kind()(values[1::2], Scope()))


@pytest.mark.parametrize("kind", [MinMax, ZScore])
def test_rules_over_the_ranked_score_the_others_on_their_scale(kind: Callable[..., Rule]) -> None:
    values = np.array([1.0, 2.0, 3.0, 5.0])
    actual = kind(over="ranked")(values, Scope(peers=Peers(ranked=(True, True, True, False))))
    step = actual[1] - actual[0]
    np.testing.assert_allclose(actual, actual[0] + step * np.array([0, 1, 2, 4]))
    np.testing.assert_array_equal(actual[:3], kind()(values[:3], Scope()))


@pytest.mark.parametrize(
    ("rule", "message"),
    [(MinMax(), "min-max needs two distinct"), (ZScore(), "a z-score needs two distinct")],
)
def test_a_constant_indicator_is_refused_as_a_whole(rule: Rule, message: str) -> None:
    block = np.array([[[5.0, 5.0, NAN]], [[1.0, 2.0, 3.0]]])
    with pytest.raises(CellError, match=message) as info:
        rule(block, Scope())
    assert info.value.whole
    assert info.value.mask.tolist() == [[[True, True, False]], [[False, False, False]]]


@pytest.mark.parametrize("kind", [MinMax, ZScore])
def test_a_constant_league_gets_the_declared_share(kind: Callable[..., Rule]) -> None:
    rule = kind(over="league", degenerate=0.5)
    rule_shares = rule(np.array([7.0, 1.0, 2.0, 7.0, NAN]), Scope(peers=Peers((0, 1, 1, 0, 0))))
    np.testing.assert_array_equal(rule_shares[[0, 3, 4]], [0.5, 0.5, NAN])
    np.testing.assert_array_equal(rule_shares[1:3], kind()(np.array([1.0, 2.0]), Scope()))


@pytest.mark.parametrize("kind", [MinMax, ZScore])
def test_a_constant_league_is_refused_without_the_others(kind: Callable[..., Rule]) -> None:
    values, peers = np.array([7.0, 1.0, 2.0, 7.0]), Peers((0, 1, 1, 0))
    with pytest.raises(CellError, match="two distinct values") as info:
        kind(over="league")(values, Scope(peers=peers))
    assert info.value.mask.tolist() == [True, False, False, True]


@pytest.mark.parametrize("kind", [MinMax, ZScore])
def test_an_indicator_without_values_stays_missing(kind: Callable[..., Rule]) -> None:
    np.testing.assert_array_equal(kind()(np.full(3, NAN), Scope()), np.full(3, NAN))


@pytest.mark.parametrize("kind", [MinMax, ZScore])
def test_a_rule_over_leagues_cannot_be_anchored(kind: Callable[..., RelativeRule]) -> None:
    scope = Scope(peers=Peers((0, 0, 1, 1)))
    with pytest.raises(SettingError, match="every league has its own reference"):
        kind(over="league").anchor(np.arange(4.0), scope)


@pytest.mark.parametrize("kind", [MinMax, ZScore])
def test_a_rule_over_a_single_league_is_anchored_on_it(kind: Callable[..., RelativeRule]) -> None:
    values = np.arange(4.0)
    anchored = kind(over="league").anchor(values, Scope(peers=Peers((3,) * 4)))
    np.testing.assert_allclose(anchored(values, Scope()), kind()(values, Scope()))


@pytest.mark.parametrize("reference", [[2.0, 2.0, NAN], [NAN, NAN, NAN]])
@pytest.mark.parametrize("rule", [MinMax(), ZScore()])
def test_a_reference_without_two_values_cannot_anchor(
    rule: RelativeRule, reference: list[float]
) -> None:
    with pytest.raises(SettingError, match="cannot be anchored on a reference without two values"):
        rule.anchor(np.array(reference), Scope())


@given(column=columns(), direction=directions)
@example(column=np.array([-0.0, 1.0]), direction="higher")
@example(column=np.array([-0.0, 0.0, -1.0]), direction="lower")
def test_minmax_anchored_on_its_own_data_changes_no_byte(
    column: Float, direction: Direction
) -> None:
    scope = Scope(direction=direction)
    anchored = MinMax().anchor(column, scope)
    assert anchored(column, Scope()).tobytes() == MinMax()(column, scope).tobytes()


@given(column=columns(), direction=directions)
@example(column=np.array([-0.0, 1.0]), direction="higher")
def test_minmax_gives_no_negative_zero(column: Float, direction: Direction) -> None:
    rule_shares = MinMax()(column, Scope(direction=direction))
    assert not np.signbit(rule_shares[~np.isnan(rule_shares)]).any()


def test_minmax_anchored_becomes_goalposts() -> None:
    values = np.array([3.0, 9.0, 5.0])
    assert MinMax().anchor(values, Scope()) == Goalposts(worst=3, best=9, clip=False)
    assert MinMax().anchor(values, LOWER) == Goalposts(worst=9, best=3, clip=False)


@pytest.mark.parametrize(
    ("rule", "bounds"),
    [
        (MinMax(1, 10), (1.0, 10.0)),
        (MinMax(10, 1), (1.0, 10.0)),
        (MinMax(degenerate=2), (0.0, 2.0)),
        (MinMax(over="ranked"), (-np.inf, np.inf)),
    ],
)
def test_minmax_knows_its_bounds(rule: MinMax, bounds: tuple[float, float]) -> None:
    assert rule.bounds == bounds


@pytest.mark.parametrize(
    ("rule", "monotone"),
    [
        (MinMax(), True),
        (MinMax(1, 0), False),
        (MinMax(degenerate=0.5), True),
        (MinMax(degenerate=2), False),
        (ZScore(), True),
        (ZScore(100, 10, degenerate=100), True),
        (ZScore(degenerate=5), False),
    ],
)
def test_relative_rules_know_whether_they_are_monotone(rule: Rule, monotone: bool) -> None:
    assert rule.monotone is monotone


# Chains.


def test_a_chain_applies_its_rules_in_order() -> None:
    assert shares(Chain(Affine(slope=0.01), Clip()), 50, 120) == [0.5, 1.0]
    assert shares(Chain(Clip(), Affine(slope=0.01)), 50, 120) == [0.01, 0.01]


def test_a_chain_applies_the_direction_once() -> None:
    once = Chain(MinMax(), MinMax(0, 100))
    assert shares(once, 1, 2, 3, scope=LOWER) == [100.0, 50.0, 0.0]


def test_a_chain_tells_the_answers_to_its_first_rule() -> None:
    chain = Chain(Choice({"Có": 0.5, "Không": 0}), Affine(slope=2))
    assert chain.reads_answers
    assert not Chain(Affine(slope=2)).reads_answers
    assert shares(chain, 0, 1, scope=Scope(levels=("Không", "Có"))) == [0.0, 1.0]


@given(column=columns(), direction=directions)
def test_an_anchored_chain_scores_its_own_data_alike(column: Float, direction: Direction) -> None:
    chain, scope = Chain(MinMax(), ZScore(), Clip(-1, 1)), Scope(direction=direction)
    anchored = chain.anchor(column, scope)
    assert not anchored.peer_dependent
    np.testing.assert_allclose(anchored(column, Scope()), chain(column, scope), atol=1e-9)


@pytest.mark.parametrize(
    ("chain", "expected"),
    [
        (Chain(Clip(), Affine(slope=-1)), (False, False, False, (-np.inf, np.inf))),
        (Chain(MinMax(), Clip(0.2, 0.8)), (True, True, True, (0.2, 0.8))),
    ],
)
def test_a_chain_has_the_properties_of_its_parts(
    chain: Chain, expected: tuple[bool, bool, bool, tuple[float, float]]
) -> None:
    actual = (chain.peer_dependent, chain.directed, chain.monotone, chain.bounds)
    assert actual == expected


@pytest.mark.parametrize("closed", ["lower", "upper"])
def test_small_thresholds_are_not_blurred_by_large_ones(closed: Any) -> None:
    rule = Steps([(1, 0.2), (5e9, 0.5), (5e11, 1)], closed=closed)
    shares = rule(np.array([0.0, 0.9, 1.1, 4.9e9]), Scope())
    assert shares.tolist() == [0.0, 0.0, 0.2, 0.2]


def test_answers_match_however_their_accents_are_written() -> None:
    rule = Choice({unicodedata.normalize("NFD", "Giám đốc"): 1, "Phó": 0.5})
    scope = Scope(levels=("Giám đốc", "Phó"))
    assert rule(np.array([0.0, 1.0]), scope).tolist() == [1.0, 0.5]


@pytest.mark.parametrize(
    ("levels", "table", "match"),
    [
        ((), {"1": 1.0}, "the answer 1 is a number, and the table has the text '1'"),
        (("1",), {1: 1.0}, "the answer '1' is a text.*give the table texts"),
    ],
)
def test_a_number_and_its_text_are_different_answers(levels: Any, table: Any, match: str) -> None:
    values = np.array([0.0 if levels else 1.0])
    with pytest.raises(CellError, match=match):
        Choice(table)(values, Scope(levels=levels))
