"""Many draws, orders and names: the same bytes as single evaluations."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govindex import (
    DataError,
    Dimension,
    Framework,
    Indicator,
    Levels,
    Methodology,
    Observations,
    Rounding,
    SettingError,
    Unit,
    UnknownNameError,
    View,
    rules,
)
from govindex.compute import Block, Plan, State, compile_framework, evaluate
from govindex.compute.weights import redraw
from govindex.contracts import Float
from tests.compute.examples import POINTS, leaf, rubric, scored
from tests.strategies import Case, cases, frameworks, levels, observations, observed

with_bonuses = partial(frameworks, bonuses=True)


def as_bytes(array: Float) -> bytes:
    return np.where(np.isnan(array), np.nan, array).tobytes()


def maxima(plan: Plan, weights: dict[str, Float] | None = None) -> dict[str, Float]:
    """Return the printed score of a share of 1 at every node under drawn weights."""
    return dict(zip(plan.codes, redraw(plan.declared, weights or {}).maxima, strict=True))


def draw_bytes(
    states: dict[str, State], tops: dict[str, Float], draw: int
) -> list[tuple[bytes, bytes, bytes]]:
    """Return what a draw gave at every node: share, applicable part, maximum."""
    actual = []
    for code, state in states.items():
        share = state.share[min(draw, len(state.share) - 1)]
        part = np.ones((1, 1)) if state.applicable is None else state.applicable
        part = np.broadcast_to(part[min(draw, len(part) - 1)], share.shape)
        top = tops[code][min(draw, len(tops[code]) - 1)]
        actual.append((as_bytes(share), as_bytes(part), as_bytes(np.array([top]))))
    return actual


@st.composite
def drawn_cases(draw: st.DrawFn) -> tuple[Case, dict[str, Float], Any, Levels]:
    points = draw(st.booleans())
    case = draw(cases(partial(frameworks, points=points, bonuses=True)))
    free = [
        node.code
        for node in case.framework.nodes[1:]
        if isinstance(node.weight, float) and node.weight > 0
    ]
    chosen = draw(st.lists(st.sampled_from(free), unique=True, max_size=4)) if free else []
    count = draw(st.integers(1, 5))
    number = st.floats(0.05, 9, allow_nan=False)
    weights = {
        code: np.array(draw(st.lists(number, min_size=count, max_size=count))) for code in chosen
    }
    return case, weights, "points" if points else 100.0, draw(levels())


@given(drawn=drawn_cases())
def test_every_draw_of_weights_equals_the_framework_with_these_weights(
    drawn: tuple[Case, dict[str, Float], Any, Levels],
) -> None:
    # A law of rules that do not read the maximum, as all those drawn here.
    case, weights, scale, rounding = drawn
    block = Block.of(case.data)
    plan = compile_framework(case.framework, scale, rounding)
    many, tops = evaluate(plan, block, weights), maxima(plan, weights)
    for number in range(max((len(w) for w in weights.values()), default=1)):
        one = case.framework.with_weights({c: float(w[number]) for c, w in weights.items()})
        single = compile_framework(one, scale, rounding)
        alone = draw_bytes(evaluate(single, block), maxima(single), 0)
        assert draw_bytes(many, tops, number) == alone


@pytest.mark.parametrize("rule", [POINTS, rules.PerItem(1.0)])
def test_drawn_weights_vary_the_points_of_a_share_not_the_share(rule: Any) -> None:
    plan = compile_framework(rubric(leaf("a", 5, rule=rule), leaf("b", 5)), "points")
    block = Block.of(observed({"a": [4.0], "b": [0.0]}))
    weights = {"a": np.array([4.0, 5.0, 8.0])}
    states = evaluate(plan, block, weights)
    assert states["a"].share.tolist() == [[0.8]]
    points = states["total"].share[:, 0] * maxima(plan, weights)["total"]
    np.testing.assert_allclose(points, [3.2, 4.0, 6.4])


def test_rule_of_a_dimension_reads_the_framework_s_own_maximum() -> None:
    inner = Dimension("D", [leaf("a", 10)], rule=rules.PerItem(5.0))
    plan = compile_framework(rubric(inner), "points")
    states = evaluate(plan, Block.of(observed({"a": [10.0]})), {"a": np.array([10.0, 20.0])})
    assert states["D"].share.ravel().tolist() == [0.5, 0.5]


@given(drawn=drawn_cases(), data=st.data())
def test_a_split_of_the_draws_moves_no_byte(
    drawn: tuple[Case, dict[str, Float], Any, Levels], data: st.DataObject
) -> None:
    case, weights, scale, rounding = drawn
    plan, block = compile_framework(case.framework, scale, rounding), Block.of(case.data)
    count = max((len(w) for w in weights.values()), default=1)
    cut = data.draw(st.integers(0, count - 1))
    whole = evaluate(plan, block, weights)
    later = {code: w[cut:] for code, w in weights.items()}
    tail = evaluate(plan, block, later)
    for number in range(cut, count):
        expected = draw_bytes(tail, maxima(plan, later), number - cut)
        assert draw_bytes(whole, maxima(plan, weights), number) == expected


@settings(max_examples=50)
@given(framework=with_bonuses(), data=st.data())
def test_every_draw_of_data_equals_the_evaluation_of_these_data(
    framework: Framework, data: st.DataObject
) -> None:
    units = data.draw(st.integers(1, 5))
    every = data.draw(
        st.lists(observations(framework, units=units), min_size=1, max_size=4), label="draws"
    )
    plan = compile_framework(framework, 100.0, Levels(leaf=Rounding(2)))
    values, status = (
        np.stack([getattr(one, what).T for one in every], axis=1) for what in ("values", "status")
    )
    many = evaluate(plan, Block(every[0], values, status))
    for number, one in enumerate(every):
        assert draw_bytes(many, maxima(plan), number) == draw_bytes(
            evaluate(plan, Block.of(one)), maxima(plan), 0
        )


@pytest.mark.parametrize("over", ["all", "league", "ranked"])
def test_draws_of_a_z_score_of_many_units_equal_single_evaluations(over: Any) -> None:
    rng = np.random.default_rng(7)
    units = [Unit(f"U{i}", league="ab"[i % 2], ranked=i % 5 > 0) for i in range(61)]
    plan = compile_framework(Framework("x", [leaf("z", 1, rule=rules.ZScore(over=over))]))
    values = np.asfortranarray(rng.normal(size=(1, 7, 61)))
    blank = Observations(units, ("z",), values[0, 0][:, None])
    many = evaluate(plan, Block(blank, values, np.zeros((1, 1, 61), dtype=np.uint8)))
    for number in range(7):
        one = Observations(units, ("z",), values[0, number][:, None])
        assert draw_bytes(many, maxima(plan), number) == draw_bytes(
            evaluate(plan, Block.of(one)), maxima(plan), 0
        )


def test_weights_that_are_data_are_read_draw_by_draw() -> None:
    framework = Framework("x", [leaf("a", "w"), leaf("b", 1)])
    data = observed({"a": [1.0], "b": [0.0], "w": [1.0]})
    values = np.array([[[1.0], [1.0]], [[0.0], [0.0]], [[1.0], [3.0]]])
    block = Block(data, values, np.zeros(values.shape, dtype=np.uint8))
    assert evaluate(compile_framework(framework), block)["x"].share.tolist() == [[0.5], [0.75]]


@pytest.mark.parametrize(
    ("weights", "kind", "match"),
    [
        ({"aa": [1.0]}, UnknownNameError, "did you mean 'a'"),
        ({"a": [1.0, -2.0]}, SettingError, "at least 0; 'a' was given -2"),
        ({"a": [np.nan]}, SettingError, "'a' was given nan"),
        ({"shown": [1.0]}, SettingError, "'shown' has weight 0"),
        ({"view": [1.0]}, SettingError, "'view' is a view"),
        (
            {"a": [0.0], "b": [0.0]},
            DataError,
            "weights of all its children are 0 .*'U0', node 'x'",
        ),
    ],
)
def test_drawn_weights_that_mean_nothing_are_refused(
    weights: Mapping[str, Any], kind: type[Exception], match: str
) -> None:
    framework = Framework(
        "x", [leaf("a", 1), leaf("b", 1), leaf("shown", 0)], views=[View("view", of=("a",))]
    )
    data = observed({"a": [1.0], "b": [0.0], "shown": [0.0]})
    with pytest.raises(kind, match=match):
        evaluate(compile_framework(framework), Block.of(data), weights)


@settings(max_examples=50)
@given(case=cases(partial(frameworks, bonuses=True), units=5), data=st.data())
def test_order_of_units_and_columns_moves_no_byte(case: Case, data: st.DataObject) -> None:
    method = Methodology("test", "1", case.framework)
    units = data.draw(st.permutations(range(5)))
    columns = data.draw(st.permutations(range(len(case.data.variables))))
    moved = Observations(
        [case.data.units[i] for i in units],
        [case.data.variables[i] for i in columns],
        case.data.values[np.ix_(units, columns)],
        case.data.status[np.ix_(units, columns)],
    )
    before, after = method.compute(case.data), method.compute(moved)
    assert as_bytes(before.shares[:, units]) == as_bytes(after.shares)
    assert before.ranks.iloc[units].equals(after.ranks)


def mirrored(node: Any) -> Any:
    if isinstance(node, Indicator):
        return node
    return attrs.evolve(node, children=[mirrored(child) for child in reversed(node.children)])


@settings(max_examples=50)
@given(case=cases(partial(frameworks, bonuses=True)), points=st.booleans())
def test_order_of_children_moves_no_byte(case: Case, points: bool) -> None:
    sums = case.framework.aggregate.sums_points
    scale: Any = "points" if points and sums else 10
    before = scored(case.framework, case.data, scale=scale, rounding=Levels(leaf=Rounding(3)))
    turned = mirrored(case.framework)
    after = scored(turned, case.data, scale=scale, rounding=Levels(leaf=Rounding(3)))
    rows = [after.row_of(code) for code in before.codes]
    assert as_bytes(before.shares) == as_bytes(after.shares[rows])
    assert before.printed.tobytes() == after.printed[rows].tobytes()
    assert before.ranks.equals(after.ranks[list(before.codes)])


def test_points_of_a_dimension_do_not_depend_on_the_order_of_its_children() -> None:
    leaves = [leaf("a", 0.1), leaf("b", 0.2), leaf("c", 0.3)]
    assert 0.1 + 0.2 + 0.3 != 0.3 + 0.2 + 0.1
    there, back = (rubric(Dimension("D", part)) for part in (leaves, leaves[::-1]))
    one, two = (compile_framework(framework, "points") for framework in (there, back))
    assert one.maxima[:2].tobytes() == two.maxima[:2].tobytes()


@settings(max_examples=50)
@given(case=cases(units=4), names=st.permutations(["K", "L", "M", "N"]))
def test_renaming_units_changes_nothing(case: Case, names: list[str]) -> None:
    renamed = attrs.evolve(case.data, units=[Unit(name) for name in names])
    before, after = scored(case.framework, case.data), scored(case.framework, renamed)
    assert as_bytes(before.shares) == as_bytes(after.shares)
    assert before.ranks.to_numpy().tolist() == after.ranks.to_numpy().tolist()
