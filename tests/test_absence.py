from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import govindex as gi
from govindex.absence import (
    Absence,
    AsZero,
    Custom,
    Fill,
    Full,
    Redistribute,
    Refuse,
    Renormalise,
    Shrink,
    as_absence,
)
from govindex.contracts import AbsencePolicy, Everyone
from govindex.errors import CellError, SettingError

Float = npt.NDArray[np.float64]
Bool = npt.NDArray[np.bool_]


@attrs.frozen
class Leagues:
    """Peers in leagues."""

    numbers: list[int]

    @property
    def times(self) -> None:
        return None

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def ranked_mask(self) -> Bool:
        return np.ones(len(self), dtype=bool)

    @property
    def parent_index(self) -> npt.NDArray[np.intp]:
        return np.full(len(self), -1, dtype=np.intp)

    def group(self, by: str) -> npt.NDArray[np.intp]:
        assert by == "league"
        return np.array(self.numbers, dtype=np.intp)


@pytest.mark.parametrize(("policy", "share"), [(AsZero(), 0.0), (Full(), 1.0)])
def test_zero_and_full_fill_with_one_number(policy: AbsencePolicy, share: float) -> None:
    shares = np.array([np.nan, 0.5])
    filled = policy.fill(shares, np.isnan(shares), Everyone(2))
    assert filled is not None
    assert filled[0] == share


@pytest.mark.parametrize("policy", [Refuse(), Renormalise(), Shrink(), Redistribute("a")])
def test_policies_about_weights_fill_nothing(policy: AbsencePolicy) -> None:
    shares = np.array([np.nan, 0.5])
    assert policy.fill(shares, np.isnan(shares), Everyone(2)) is None


@pytest.mark.parametrize("policy", [Refuse(), Renormalise(), Shrink(), AsZero(), Full(), Fill()])
def test_policies_about_shares_leave_the_weights(policy: AbsencePolicy) -> None:
    assert policy.reweight(["a"], np.ones((1, 2)), np.array([[True, False]])) is None


def test_fill_gives_the_mean_of_the_unit_s_league() -> None:
    shares = np.array([0.2, 0.4, np.nan, 0.9, np.nan])
    filled = Fill().fill(shares, np.isnan(shares), Leagues([0, 0, 0, 1, 1]))
    assert filled is not None
    np.testing.assert_allclose(filled[[2, 4]], [0.3, 0.9])


def test_fill_by_all_gives_the_mean_of_everyone_draw_by_draw() -> None:
    shares = np.array([[0.2, 0.4, np.nan], [0.6, np.nan, 0.8]])
    filled = Fill(by="all").fill(shares, np.isnan(shares), Leagues([0, 1, 2]))
    assert filled is not None
    np.testing.assert_allclose([filled[0, 2], filled[1, 1]], [0.3, 0.7])


def test_fill_refuses_units_whose_league_has_no_share_at_all() -> None:
    shares = np.array([0.2, np.nan, np.nan])
    with pytest.raises(CellError, match="no unit of the same league group") as info:
        Fill().fill(shares, np.isnan(shares), Leagues([0, 0, 1]))
    assert info.value.mask.tolist() == [False, False, True]


@st.composite
def weighted(draw: st.DrawFn) -> tuple[Float, Bool]:
    """Weights of three children and which are absent, the first of them present."""
    units = draw(st.integers(1, 4))
    weight = st.lists(st.floats(0.1, 10), min_size=units, max_size=units)
    gone = st.lists(st.booleans(), min_size=units, max_size=units)
    absent = [[False] * units, draw(gone), draw(gone)]
    return np.array([draw(weight) for _ in range(3)]), np.array(absent)


@given(given=weighted(), how=st.sampled_from(["proportionally", "equally"]))
def test_redistribute_conserves_the_total_weight(given: tuple[Float, Bool], how: Any) -> None:
    weights, absent = given
    moved = Redistribute(("a", "b"), how).reweight(["a", "b", "c"], weights, absent)
    assert moved is not None
    np.testing.assert_allclose(moved.sum(axis=0), weights.sum(axis=0))


@given(given=weighted())
def test_redistribute_gives_nothing_to_absent_children(given: tuple[Float, Bool]) -> None:
    weights, absent = given
    moved = Redistribute(("a", "b")).reweight(["a", "b", "c"], weights, absent)
    assert moved is not None
    assert not moved[absent].any()


@pytest.mark.parametrize(("how", "expected"), [("proportionally", [4, 8]), ("equally", [5, 7])])
def test_redistribute_divides_as_declared(how: Any, expected: list[float]) -> None:
    weights, absent = np.array([[2.0], [4.0], [6.0]]), np.array([[False], [False], [True]])
    moved = Redistribute(("a", "b"), how).reweight(["a", "b", "c"], weights, absent)
    assert moved is not None
    assert moved.ravel().tolist() == [*expected, 0]


def test_redistribute_without_a_present_receiver_leaves_it_to_the_present_children() -> None:
    weights, absent = np.array([[2.0], [4.0]]), np.array([[True], [False]])
    moved = Redistribute("a").reweight(["a", "b"], weights, absent)
    assert moved is not None
    assert moved.ravel().tolist() == [0.0, 4.0]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"to": ()}, "at least one receiving sibling"),
        ({"to": "a", "how": "evenly"}, "'proportionally' or 'equally', not 'evenly'"),
    ],
)
def test_redistribute_refuses_impossible_settings(settings: Any, message: str) -> None:
    with pytest.raises(SettingError, match=message):
        Redistribute(**settings)


def test_custom_returns_what_the_function_makes_of_weights_and_presence() -> None:
    weights, absent = np.array([[1.0], [3.0]]), np.array([[True, False], [False, False]])
    actual = Custom(lambda w, present: w * present * 2).reweight(["a", "b"], weights, absent)
    assert actual is not None
    assert actual.tolist() == [[0.0, 2.0], [6.0, 6.0]]


@pytest.mark.parametrize("result", [np.ones(2), np.ones((2, 3)), np.float64(1.0)])
def test_custom_refuses_weights_of_another_shape(result: Any) -> None:
    weights, absent = np.ones((2, 1)), np.zeros((2, 1), dtype=bool)
    with pytest.raises(SettingError, match=r"expected \(2, 1\): \(children, …, units\)"):
        Custom(lambda w, present: result).reweight(["a", "b"], weights, absent)


@pytest.mark.parametrize("wrong", [-1.0, np.nan, np.inf])
def test_custom_refuses_impossible_weights_and_marks_the_unit(wrong: float) -> None:
    weights, absent = np.ones((2, 2)), np.zeros((2, 2), dtype=bool)
    function = Custom(lambda w, present: np.array([[1.0, 1.0], [1.0, wrong]]))
    with pytest.raises(CellError, match="negative, not finite") as info:
        function.reweight(["a", "b"], weights, absent)
    assert info.value.mask.tolist() == [False, True]


def test_custom_refuses_weight_for_an_absent_child() -> None:
    weights, absent = np.ones((2, 2)), np.array([[False, True], [False, False]])
    with pytest.raises(CellError, match="given to an absent child") as info:
        Custom(lambda w, present: w).reweight(["a", "b"], weights, absent)
    assert info.value.mask.tolist() == [False, True]


@pytest.mark.parametrize("kind", [Renormalise, Shrink])
@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"min_share": 1.1}, "a share from 0 to 1, not 1.1"),
        ({"min_share": np.nan}, "a share from 0 to 1, not nan"),
        ({"min_count": 0}, "at least 1, not 0"),
        ({"min_count": True}, "at least 1, not True"),
        ({"min_count": 1.5}, "at least 1, not 1.5"),
        ({"of": "leafs"}, "'children' or 'leaves', not 'leafs'"),
    ],
)
def test_limits_of_availability_refuse_impossible_settings(
    kind: Callable[..., Any], settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(SettingError, match=message):
        kind(**settings)


def test_one_policy_speaks_for_missing_and_not_applicable() -> None:
    assert as_absence(AsZero()) == Absence(missing=AsZero(), not_applicable=AsZero())


@pytest.mark.parametrize("receivers", ["abcdefghijk", "ab"])
@given(weights=st.lists(st.floats(0.1, 10), min_size=22, max_size=22))
def test_redistribution_gives_one_unit_the_bytes_that_many_units_get(
    receivers: str, weights: list[float]
) -> None:
    codes = "abcdefghijklmnopqrstuv"
    absent = np.array([[[code > "k"] * 3] for code in codes])
    given_weights = np.array(weights)[:, None, None] * np.ones((1, 1, 3))
    policy = Redistribute(tuple(receivers))
    many = policy.reweight(codes, given_weights, absent)
    one = policy.reweight(codes, given_weights[..., :1].copy(), absent[..., :1].copy())
    assert many is not None
    assert one is not None
    assert many[..., :1].tobytes() == one.tobytes()


def test_a_pair_of_policies_and_none_stay_what_they_are() -> None:
    pair = Absence(missing=AsZero(), not_applicable=Shrink())
    assert as_absence(pair) is pair
    assert as_absence(None) is None


def test_absence_refuses_by_default() -> None:
    assert Absence() == Absence(missing=Refuse(), not_applicable=Refuse())


def test_a_function_becomes_a_policy() -> None:
    def function(weights: Float, present: Bool) -> Float:
        return weights * present

    assert as_absence(function) == Absence(
        missing=Custom(function), not_applicable=Custom(function)
    )


def test_a_class_in_place_of_a_policy_is_refused_by_name() -> None:
    with pytest.raises(SettingError, match=r"not its class: Shrink\(\)"):
        as_absence(Shrink)  # type: ignore[arg-type]


def test_something_else_in_place_of_a_policy_is_refused_with_what_exists() -> None:
    with pytest.raises(SettingError, match=r"'shrink' is not an absence policy; use Refuse\(\)"):
        Absence(missing="shrink")  # type: ignore[arg-type]


# A function sees the tree, may give up weight, and is one policy wherever it stands.


RULE = gi.rules.Goalposts(worst=0, best=1)
WEIGHTS = {"z": 4.0, "a": 3.0, "m": 2.0, "b": 0.0}
CELLS = gi.Observations.from_frame(
    pd.DataFrame(
        {"unit": ["A", "B"], "z": [None, 0.5], "a": [None, 0.25], "m": [1, 0.5], "b": [0, None]}
    )
)


def scored(absence: Any, **own: Any) -> gi.Methodology:
    """Return a methodology whose tree lists its indicators in another order than their codes."""
    leaves = [
        gi.Indicator(code, weight=weight, rule=RULE, absence=own.get(code))
        for code, weight in WEIGHTS.items()
    ]
    dimension = gi.Dimension("d", leaves, absence=absence)
    return gi.Methodology("e.m", "1", gi.Framework("f", [dimension], absence=Shrink()), scale=1)


def test_a_function_is_given_all_children_in_the_order_of_the_tree() -> None:
    seen: list[Any] = []

    def noted(weights: Float, present: Bool, codes: tuple[str, ...]) -> Float:
        seen.append((codes, weights[:, 0, 0].tolist(), present[:, 0].T.tolist()))
        return weights * present

    scored(noted).compute(CELLS)
    first, second = [False, False, True, True], [True, True, True, False]
    assert seen == [(("z", "a", "m", "b"), [4.0, 3.0, 2.0, 0.0], [first, second])]


@pytest.mark.parametrize(
    "function",
    [
        lambda weights, present, codes: weights * present * (np.array(codes) == "m")[:, None, None],
        lambda weights, present, *, codes: weights * present,
        lambda codes, weights, present: weights * present,
    ],
)
def test_codes_are_given_to_the_parameter_of_that_name(function: Any) -> None:
    assert scored(function).compute(CELLS).scores.loc["A", "d"] == 1.0


def test_weight_for_a_child_of_weight_0_is_refused_by_unit_and_node() -> None:
    def to_b(weights: Float, present: Bool) -> Float:
        return np.where(np.arange(4)[:, None, None] == 3, 1.0, weights) * present

    with pytest.raises(gi.DataError, match=r"unit 'A', node 'd': .* gave weight to a child of we"):
        scored(to_b).compute(CELLS)


@pytest.mark.parametrize(("part", "whole"), [(1.0, 1.0), (0.5, 0.5), (0.0, None)])
def test_weight_that_a_function_gives_up_is_lost_with_the_maximum(part: float, whole: Any) -> None:
    def carries(weights: Float, present: Bool) -> Float:
        new = weights * present
        return np.asarray(new * (part * weights.sum(axis=0) / new.sum(axis=0)))

    result = scored(Custom(carries, keeps_total=False)).compute(CELLS)
    if whole is None:
        assert result.unscored.index.tolist() == ["A"]
    else:
        assert result.applicable_points[result.codes.index("d"), 0] == pytest.approx(whole)
        assert result.applicable_points[result.codes.index("f"), 0] == pytest.approx(whole)
    assert result.applicable_points[result.codes.index("d"), 1] == 1.0


@given(weights=st.lists(st.floats(0.1, 10), min_size=3, max_size=3))
def test_a_function_that_gives_up_what_is_absent_shrinks(weights: list[float]) -> None:
    frame = pd.DataFrame({"unit": ["A", "B"], "x": [0.5, 0.1], "y": [0.25, 0.7], "z": [None, 1]})

    def points(policy: Any) -> list[float]:
        leaves = [gi.Indicator(c, weight=w, rule=RULE) for c, w in zip("xyz", weights, strict=True)]
        framework = gi.Framework("f", leaves, absence=policy)
        result = gi.Methodology("e.m", "1", framework).compute(gi.Observations.from_frame(frame))
        return [*result.printed[0], *result.applicable_points[0]]

    own = Custom(lambda given, present: given * present, keeps_total=False)
    np.testing.assert_allclose(points(own), points(Shrink()))


def test_a_function_that_gives_more_than_there_is_is_refused() -> None:
    policy = Custom(lambda weights, present: weights * present * 9, keeps_total=False)
    with pytest.raises(gi.DataError, match=r"unit 'A', node 'd': .* more weight than there is"):
        scored(policy).compute(CELLS)


class UnforeseenError(Exception):
    """Not one of this library's errors."""


@pytest.mark.parametrize("error", [KeyError("x"), ZeroDivisionError(), UnforeseenError("no idea")])
@pytest.mark.parametrize(
    "run",
    [
        lambda method: method.compute(CELLS),
        lambda method: gi.robustness.sample_ranks(
            method, CELLS, vary=[gi.robustness.Weights(spread=0.2)], draws=8, rng=1
        ),
    ],
    ids=["computed", "sampled"],
)
def test_what_a_function_raises_names_the_node_and_the_unit(error: Exception, run: Any) -> None:
    def failing(weights: Float, present: Bool) -> Float:
        if not present[:2].all():
            raise error
        return weights * present

    message = f"unit 'A', node 'd': .*failing failed with {type(error).__name__}"
    with pytest.raises(gi.GovIndexError, match=message) as caught:
        run(scored(failing))
    assert "unit 'B'" not in str(caught.value)


def test_equal_policies_are_one_wherever_they_stand() -> None:
    def squared(weights: Float, present: Bool) -> Float:
        return (weights * present) ** 2

    shared = Custom(squared)
    one = scored(Refuse(), z=shared, a=shared)
    many = scored(Refuse(), z=Custom(squared), a=Custom(squared))
    assert one == many
    assert one.compute(CELLS).score.tolist() == many.compute(CELLS).score.tolist()


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        (lambda: Custom(3), "takes a function"),  # type: ignore[arg-type]
        (lambda: Custom(dict), "takes a function"),  # type: ignore[arg-type]
        (lambda: Custom(lambda weights: weights), r"takes \(weights, present\), and codes if"),
        (lambda: Custom(np.multiply, keeps_total="no"), r"keeps_total=…\) is True or False"),  # type: ignore[arg-type]
    ],
)
def test_a_policy_that_cannot_be_called_is_refused_when_it_is_made(wrong: Any, match: str) -> None:
    with pytest.raises(SettingError, match=match):
        wrong()


def _half(weights: Float, present: Bool) -> Float:
    return weights * present


@pytest.mark.parametrize("deep", [False, True])
def test_draws_ask_an_absence_function_as_a_single_evaluation_does(deep: bool) -> None:
    rule = gi.rules.Goalposts(worst=0, best=100)
    unweighted: Any = gi.Indicator("z", rule=rule, weight=0)
    if deep:
        below = [gi.Indicator("z", rule=rule), gi.Indicator("v", rule=rule)]
        unweighted = gi.Dimension("d", below, weight=0, aggregate=gi.aggregate.Geometric())
    parts = [gi.Indicator("x", rule=rule, weight=2), gi.Indicator("y", rule=rule), unweighted]
    method = gi.Methodology("e.m", "1", gi.Framework("f", parts, absence=Custom(_half)))
    frame = {"unit": ["A", "B"], "x": [10.0, None], "y": [5.0, 50.0], "z": [1.0, 2.0]}
    data = gi.Observations.from_frame(pd.DataFrame({**frame, "v": [3.0, 4.0]}), unit="unit")
    draws = gi.robustness.Given(weights={"x": [2.0, 2.0], "y": [1.0, 1.0]})
    sample = gi.robustness.sample_ranks(method, data, vary=[draws], draws=2, rng=1)
    ranks = method.compute(data).table()["rank"].astype(float)
    assert sample.intervals(0.9)["median"].sort_index().to_list() == ranks.sort_index().to_list()
