"""The engine: one path for one evaluation and many draws, absence, bonuses, views, rounding."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import partial
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govindex import (
    Absence,
    DataError,
    Dimension,
    Framework,
    FrameworkError,
    Indicator,
    Levels,
    Methodology,
    Observations,
    Rounding,
    SettingError,
    Unit,
    UnknownNameError,
    View,
    absence,
    aggregate,
    explain,
    measures,
    rules,
)
from govindex.compute import Block, Plan, State, compile_framework, evaluate
from govindex.compute.weights import redraw
from govindex.contracts import Float
from tests.strategies import NA, Case, cases, frameworks, levels, observations, observed

POINTS = rules.Points()
with_bonuses = partial(frameworks, bonuses=True)


def scored(framework: Framework, data: Observations, **settings: Any) -> Any:
    return Methodology("test", "1", framework, **settings).compute(data)


def rubric(*children: Indicator | Dimension, **settings: Any) -> Framework:
    return Framework("total", children, aggregate=aggregate.Sum(), **settings)


def leaf(code: str, points: float | str = 10, **settings: Any) -> Indicator:
    return Indicator(code, weight=points, rule=settings.pop("rule", POINTS), **settings)


def as_bytes(array: Float) -> bytes:
    return np.where(np.isnan(array), np.nan, array).tobytes()


def maxima(plan: Plan, weights: dict[str, Float] | None = None) -> dict[str, Float]:
    """Return the printed score of a share of 1 at every node under drawn weights."""
    return dict(zip(plan.codes, redraw(plan.declared, weights or {}).maxima, strict=True))


def draw_bytes(
    states: dict[str, State], tops: dict[str, Float], draw: int
) -> list[tuple[bytes, bytes, bytes]]:
    """Return what a draw gave at every node: share, applicable part, maximum."""
    found = []
    for code, state in states.items():
        share = state.share[min(draw, len(state.share) - 1)]
        part = np.ones((1, 1)) if state.applicable is None else state.applicable
        part = np.broadcast_to(part[min(draw, len(part) - 1)], share.shape)
        top = tops[code][min(draw, len(tops[code]) - 1)]
        found.append((as_bytes(share), as_bytes(part), as_bytes(np.array([top]))))
    return found


# -- many draws ------------------------------------------------------------------------------


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
def test_drawn_weights_vary_what_a_share_is_worth_not_what_was_attained(rule: Any) -> None:
    plan = compile_framework(rubric(leaf("a", 5, rule=rule), leaf("b", 5)), "points")
    block = Block.of(observed({"a": [4.0], "b": [0.0]}))
    weights = {"a": np.array([4.0, 5.0, 8.0])}
    found = evaluate(plan, block, weights)
    assert found["a"].share.tolist() == [[0.8]]
    points = found["total"].share[:, 0] * maxima(plan, weights)["total"]
    np.testing.assert_allclose(points, [3.2, 4.0, 6.4])


def test_rule_of_a_dimension_reads_the_framework_s_own_maximum() -> None:
    inner = Dimension("D", [leaf("a", 10)], rule=rules.PerItem(5.0))
    plan = compile_framework(rubric(inner), "points")
    found = evaluate(plan, Block.of(observed({"a": [10.0]})), {"a": np.array([10.0, 20.0])})
    assert found["D"].share.ravel().tolist() == [0.5, 0.5]


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


# -- order and names -------------------------------------------------------------------------


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


# -- exact sums ------------------------------------------------------------------------------


@st.composite
def rubrics(draw: st.DrawFn) -> tuple[list[tuple[str, Fraction, int]], list[list[int]]]:
    count = draw(st.integers(1, 7))
    weights = st.integers(1, 200).map(lambda tenths: Fraction(tenths, 10))
    leaves = [(f"L{i}", draw(weights), draw(st.integers(1, 997))) for i in range(count)]
    row = st.lists(st.integers(0, 1000), min_size=count, max_size=count)
    return leaves, draw(st.lists(row, min_size=1, max_size=8))


@given(case=rubrics())
def test_points_rubric_equals_exact_arithmetic(
    case: tuple[list[tuple[str, Fraction, int]], list[list[int]]],
) -> None:
    leaves, rows = case
    half = Fraction(1, 2)
    totals = [
        sum(
            Fraction(int(min(Fraction(v, target), Fraction(1)) * weight * 100 + half), 100)
            for v, (_, weight, target) in zip(row, leaves, strict=True)
        )
        for row in rows
    ]
    nodes = [leaf(c, float(w), rule=rules.Proportional(t)) for c, w, t in leaves]
    split = Dimension("D", nodes[1:]) if nodes[1:] else None
    framework = rubric(*nodes[:1], *([split] if split else []))
    data = observed({c: [float(r[i]) for r in rows] for i, (c, _, _) in enumerate(leaves)})
    result = scored(framework, data, scale="points", rounding=Levels(leaf=Rounding(2)))
    assert result.score.to_list() == [float(total) for total in totals]
    expected = [1 + sum(other > own for other in totals) for own in totals]
    assert result.ranks["total"].to_list() == expected


@given(
    points=st.lists(st.integers(0, 999), min_size=2, max_size=12),
    data=st.data(),
)
def test_same_points_in_any_order_tie(points: list[int], data: st.DataObject) -> None:
    turned = data.draw(st.permutations(points))
    framework = rubric(*(leaf(f"L{i}", 10) for i in range(len(points))))
    cells = {
        f"L{i}": [a / 100, b / 100] for i, (a, b) in enumerate(zip(points, turned, strict=True))
    }
    result = scored(framework, observed(cells), scale="points")
    assert result.score.to_list() == [sum(points) / 100] * 2
    assert result.ranks["total"].to_list() == [1, 1]


def test_rounded_groups_add_up_to_the_hundredth() -> None:
    groups = {"1": 7.96, "2": 17.68, "3A": 8.56, "3B": 6.67, "4": 9.59, "5": 11.43}
    framework = rubric(*(leaf(code, 20) for code in groups))
    data = observed({code: [points] for code, points in groups.items()})
    result = scored(framework, data, scale="points", rounding=Levels(leaf=Rounding(2)))
    assert result.score.item() == 61.89


@given(case=cases(partial(frameworks, points=True, only_sums=True, node_rules=False), absent=False))
def test_printed_parts_add_up_to_the_printed_total(case: Case) -> None:
    result = scored(case.framework, case.data, scale="points", rounding=Levels(leaf=Rounding(2)))
    for node in case.framework.nodes:
        if isinstance(node, Dimension):
            parts = [
                [Fraction(str(x)) for x in result.scores[child.code]] for child in node.children
            ]
            whole = [float(sum(column)) for column in zip(*parts, strict=True)]
            assert result.scores[node.code].to_list() == whole


# -- absence ---------------------------------------------------------------------------------


def shrunk(policy: Any) -> Framework:
    return rubric(
        Dimension("A", [leaf("a1", 16), leaf("a2", 34)]),
        Dimension("B", [leaf("b", 50)]),
        absence=policy,
    )


def test_shrink_scores_on_the_points_that_apply() -> None:
    data = observed({"a1": [NA], "a2": [30.0], "b": [38.32]})
    result = scored(shrunk(absence.Shrink()), data, scale="points")
    row = result.table().iloc[0]
    assert (row["score"], row["maximum"], round(row["percent"], 2)) == (68.32, 84.0, 81.33)


def test_local_renormalise_restores_the_maximum_that_a_global_shrink_loses() -> None:
    data = observed({"a1": [NA], "a2": [17.0], "b": [50.0]})
    local = scored(shrunk(absence.Renormalise()), data, scale="points")
    whole = scored(shrunk(absence.Shrink()), data, scale="points")
    assert local.scores.loc["U0", ["A", "total"]].to_list() == [25.0, 75.0]
    assert whole.scores.loc["U0", ["A", "total"]].to_list() == [17.0, 67.0]
    assert whole.percent[0].item() == pytest.approx(100 * 67 / 84)


def test_renormalise_stops_what_shrinks_below_it() -> None:
    inner = Dimension("A", [leaf("a1", 16), leaf("a2", 34)], absence=absence.Shrink())
    framework = rubric(inner, leaf("b", 50), absence=absence.Renormalise())
    data = observed({"a1": [None], "a2": [17.0], "b": [50.0]})
    result = scored(framework, data, scale="points")
    assert result.scores.loc["U0", "A"] == 17.0
    assert result.score.item() == pytest.approx(100 * 67 / 84)


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (absence.AsZero(), [6.0, 14.0]),
        (absence.Full(), [16.0, 14.0]),
        (absence.Fill("all"), [12.0, 14.0]),
        (absence.Renormalise(), [12.0, 14.0]),
        (absence.Redistribute("b"), [12.0, 14.0]),
        (lambda weights, present: weights * present, [12.0, 14.0]),
    ],
)
def test_policy_decides_what_a_missing_indicator_gives(policy: Any, expected: list[float]) -> None:
    framework = rubric(leaf("a"), leaf("b"), absence=policy)
    data = observed({"a": [None, 6.0], "b": [6.0, 8.0]})
    assert scored(framework, data, scale="points").score.to_list() == expected


def test_missing_and_not_applicable_follow_policies_of_their_own() -> None:
    policy = Absence(missing=absence.AsZero(), not_applicable=absence.Shrink())
    framework = rubric(leaf("a"), leaf("b"), absence=policy)
    data = observed({"a": [None, NA], "b": [5.0, 5.0]})
    result = scored(framework, data, scale="points")
    assert result.score.to_list() == [5.0, 5.0]
    assert result.percent[0].tolist() == [25.0, 50.0]
    assert result.ranks["total"].to_list() == [2, 1]


def test_weight_is_redistributed_to_the_named_sibling() -> None:
    policy = absence.Redistribute("b")
    framework = rubric(leaf("a"), leaf("b"), leaf("c"), absence=policy)
    data = observed({"a": [None], "b": [10.0], "c": [0.0]})
    assert scored(framework, data, scale="points").score.item() == 20.0


def test_min_share_counts_children_or_scored_leaves() -> None:
    def framework(of: Any) -> Framework:
        inner = Dimension("D", [leaf("a"), leaf("b"), leaf("c"), leaf("shown", 0)])
        policy = absence.Renormalise(min_share=0.75, of=of)
        own = attrs.evolve(inner, absence=absence.Renormalise())
        return rubric(own, leaf("d"), leaf("plus", 5, outside_maximum=True), absence=policy)

    cells: dict[str, list[float | str | None]] = {
        code: [5.0, 5.0, 5.0] for code in ("a", "b", "c", "d", "plus")
    }
    data = observed({**cells, "a": [None, None, 5.0], "b": [5.0, None, 5.0], "shown": [None] * 3})
    by_leaf, by_child = (
        scored(framework(of), data, scale="points") for of in ("leaves", "children")
    )
    assert by_leaf.score.notna().to_list() == [True, False, True]
    assert by_child.score.notna().to_list() == [True, True, True]


def test_leaves_are_counted_through_a_tier_that_lacks_no_child() -> None:
    policy = absence.Renormalise()
    inner = Dimension("D", [leaf("a"), leaf("b")], absence=policy)
    middle = Dimension("M", [inner, leaf("c")], absence=policy)
    most = absence.Renormalise(min_share=0.7, of="leaves")
    framework = rubric(middle, leaf("d"), absence=most)
    cells: dict[str, list[float | str | None]] = {
        "a": [None, None],
        "b": [5.0, 5.0],
        "c": [5.0] * 2,
    }
    result = scored(framework, observed({**cells, "d": [5.0, None]}), scale="points")
    assert result.scores["M"].notna().all()
    assert result.score.notna().to_list() == [True, False]  # three of four, two of four


def test_absent_dimensions_are_absent_children_of_the_next_tier() -> None:
    inner = Dimension("D", [leaf("a"), leaf("b")], absence=absence.Renormalise(min_share=1))
    framework = rubric(inner, leaf("c"), absence=Absence(missing=absence.AsZero()))
    data = observed({"a": [None], "b": [9.0], "c": [10.0]})
    result = scored(framework, data, scale="points")
    assert result.scores.loc["U0"].to_dict() == {
        "total": 10.0, "D": 0.0, "a": pytest.approx(np.nan, nan_ok=True), "b": 9.0, "c": 10.0
    }  # fmt: skip


@pytest.mark.parametrize(
    ("policy", "points"), [(absence.Full(), 20.0), (absence.Fill("all"), 16.0)]
)
def test_filled_dimension_has_its_whole_maximum(policy: Any, points: float) -> None:
    inner = Dimension("D", [leaf("a"), leaf("b")], absence=absence.Renormalise())
    framework = rubric(inner, leaf("c"), absence=policy)
    data = observed({"a": [None, 8.0], "b": [None, 8.0], "c": [5.0, 10.0]})
    result = scored(framework, data, scale="points")
    row = result.row_of("D")
    assert (result.printed[row, 0], result.applicable_points[row, 0]) == (points, 20.0)
    assert explain(result, "U0").table["maximum"].loc["D"] == 20.0
    assert result.score.iloc[0] == points + 5.0


def test_filled_bonus_dimension_has_its_whole_maximum() -> None:
    extra = Dimension("extra", [leaf("x", 2)], outside_maximum=True, absence=absence.Renormalise())
    framework = rubric(leaf("c"), extra, absence=absence.Full())
    result = scored(framework, observed({"x": [None], "c": [5.0]}), scale="points")
    assert result.score.item() == 7.0
    assert result.applicable_points[result.row_of("extra"), 0] == 2.0


def test_limit_for_missing_children_does_not_count_what_is_not_applicable() -> None:
    policy = Absence(missing=absence.Renormalise(min_share=0.5), not_applicable=absence.Shrink())
    framework = rubric(*(leaf(code) for code in "abcde"), absence=policy)
    cells: dict[str, list[float | str | None]] = {code: [NA, None] for code in "bcde"}
    data = observed({"a": [7.0, 7.0], **cells})
    result = scored(framework, data, scale="points")
    assert result.score.fillna(-1).to_list() == [7.0, -1.0]


@pytest.mark.parametrize("of", ["children", "leaves"])
def test_filled_indicators_count_as_present(of: Any) -> None:
    inner = Dimension("D", [leaf("a"), leaf("b")], absence=absence.AsZero())
    policy = absence.Renormalise(min_share=1, of=of)
    data = observed({"a": [None], "b": [4.0], "c": [2.0], "d": [2.0]})
    result = scored(rubric(inner, leaf("c"), leaf("d"), absence=policy), data, scale="points")
    assert result.score.item() == 8.0


def relative(policy: Any, **settings: Any) -> Framework:
    return Framework(
        "x", [leaf("a", 1, rule=rules.MinMax(**settings)), leaf("b", 1)], absence=policy
    )


def test_indicator_that_no_peer_reports_is_named() -> None:
    data = observed({"a": [None, NA], "b": [0.5, 1.0]})
    with pytest.raises(DataError, match="indicator 'a': no unit has a value; drop it, give it wei"):
        scored(relative(absence.Renormalise()), data)


@pytest.mark.parametrize(
    ("framework", "cells"),
    [
        (relative(absence.AsZero()), [None, NA]),
        (relative(absence.Full()), [None, None]),
        (relative(absence.Renormalise()), [NA, NA]),
        (relative(absence.Renormalise()), [None]),
        (relative(absence.Renormalise(), degenerate=0.5), [None, None]),
    ],
)
def test_indicator_that_no_peer_reports_may_be_declared(framework: Framework, cells: Any) -> None:
    data = observed({"a": cells, "b": [0.5] * len(cells)})
    assert scored(framework, data, scale=1).score.notna().all()


def test_refused_cells_are_named_and_counted() -> None:
    framework = rubric(leaf("a"), leaf("b"))
    data = observed({"a": [None] * 12, "b": [1.0] * 11 + [NA]})
    with pytest.raises(DataError, match=r"missing, and .* in 12 cells of 1 indicator") as info:
        scored(framework, data)
    assert "unit 'U11', indicator 'b': not applicable, and 'total' declares no" in str(info.value)


def test_group_mean_of_an_empty_league_is_an_error_that_names_the_unit() -> None:
    units = [Unit("A", league="north"), Unit("B", league="south")]
    framework = rubric(leaf("a"), leaf("b"), absence=absence.Fill())
    data = observed({"a": [None, 5.0], "b": [1.0, 1.0]}, units)
    with pytest.raises(DataError, match="unit 'A', node 'total': no unit of the same league"):
        scored(framework, data)


def test_weights_function_that_feeds_an_absent_child_is_an_error_that_names_the_unit() -> None:
    framework = rubric(leaf("a"), leaf("b"), absence=lambda weights, present: weights)
    data = observed({"a": [1.0, None], "b": [1.0, 1.0]})
    with pytest.raises(DataError, match="unit 'U1', node 'total': the absence function"):
        scored(framework, data)


@settings(max_examples=50)
@given(case=cases(units=5))
def test_unscored_units_carry_a_reason(case: Case) -> None:
    result = scored(case.framework, case.data)
    gone = result.score[result.score.isna()].index
    assert list(result.unscored.index) == list(gone)
    assert all("missing: " in r or "not applicable: " in r for r in result.unscored["reason"])
    assert result.ranks.loc[gone, "root"].isna().all()


# -- bonuses, weights, zero ------------------------------------------------------------------


def with_bonus(**settings: Any) -> Framework:
    plus = leaf("plus", 5, outside_maximum=True, absence=settings.pop("own", None))
    minus = leaf("minus", 10, outside_maximum=True, rule=rules.Affine(slope=-0.1))
    return rubric(leaf("a"), leaf("b"), plus, minus, **settings)


def test_children_weighed_by_data_are_printed_as_their_branch_is() -> None:
    inside = [leaf("a", "people"), leaf("b", 2)]
    mean = Dimension("mean", inside, weight=10, aggregate=aggregate.Arithmetic())
    cells = {"a": [5.0, 8.0], "b": [2.0, 4.0], "c": [5.0, 5.0], "people": [3.0, 1.0]}
    result = scored(rubric(mean, leaf("c", 5)), observed(cells), scale="points")
    assert dict(zip(result.codes, result.maxima.tolist(), strict=True)) == {
        "total": 15.0,
        "mean": 10.0,
        "a": 10.0,
        "b": 10.0,
        "c": 5.0,
    }


def test_bonus_and_penalty_move_points_inside_the_maximum() -> None:
    cells = {"a": [8.0, 9.0, 1.0], "b": [5.0, 9.0, 1.0], "plus": [3.0, 5.0, 0.0]}
    data = observed({**cells, "minus": [4.0, 0.0, 9.0]})
    result = scored(with_bonus(), data, scale="points")
    assert result.score.to_list() == [12.0, 20.0, 0.0]
    assert result.maxima[0] == 20.0


@pytest.mark.parametrize(
    ("policy", "expected"), [(absence.Renormalise(), 13.0), (absence.Shrink(), 8.0)]
)
def test_bonus_is_worth_its_points_where_children_are_absent(policy: Any, expected: float) -> None:
    data = observed({"a": [5.0], "b": [None], "plus": [3.0], "minus": [0.0]})
    result = scored(with_bonus(absence=policy), data, scale="points")
    assert result.score.item() == expected


def test_bonus_dimension_that_shrinks_is_worth_the_part_that_applies() -> None:
    extra = Dimension("extra", [leaf("x", 1), leaf("y", 1)], outside_maximum=True)
    framework = rubric(leaf("c"), extra, absence=absence.Shrink())
    data = observed({"x": [1.0], "y": [None], "c": [5.0]})
    result = scored(framework, data, scale="points")
    why = explain(result, "U0")
    assert (result.score.item(), why.score, why.lost) == (6.0, 6.0, 4.0)
    assert why.table["lost"].loc[["c", "extra"]].to_list() == [5.0, -1.0]
    assert why.table["here"].to_list() == [0.0] * 5


@pytest.mark.parametrize(
    ("own", "expected"), [(absence.AsZero(), 12.0), (absence.Full(), 17.0), (None, None)]
)
def test_absent_bonus_follows_its_own_policy(own: Any, expected: float | None) -> None:
    data = observed({"a": [6.0], "b": [6.0], "plus": [NA], "minus": [0.0]})
    if expected is None:
        with pytest.raises(DataError, match="unit 'U0', indicator 'plus': not applicable"):
            scored(with_bonus(own=own), data, scale="points")
    else:
        assert scored(with_bonus(own=own), data, scale="points").score.item() == expected


def test_absent_bonus_that_nobody_can_fill_is_named() -> None:
    data = observed({"a": [6.0], "b": [6.0], "plus": [None], "minus": [0.0]})
    with pytest.raises(DataError, match="unit 'U0', indicator 'plus': no unit of the same all"):
        scored(with_bonus(own=absence.Fill("all")), data)


def test_absent_bonus_that_nothing_fills_adds_nothing() -> None:
    data = observed({"a": [6.0], "b": [6.0], "plus": [None], "minus": [0.0]})
    result = scored(with_bonus(own=absence.Renormalise()), data, scale="points")
    assert result.score.item() == 12.0
    assert np.isnan(result.scores.loc["U0", "plus"])


def test_bonus_of_an_unscored_branch_does_not_score_it() -> None:
    data = observed({"a": [None], "b": [None], "plus": [5.0], "minus": [0.0]})
    result = scored(with_bonus(absence=absence.Renormalise()), data, scale="points")
    assert result.unscored.loc["U0", "reason"] == "missing: a, b"


def test_weight_zero_is_shown_and_not_scored() -> None:
    shown = Indicator("s", weight=0, measure_unit="days")
    framework = Framework("x", [leaf("a", 1), leaf("r", 0), shown])
    data = observed({"a": [50.0], "r": [80.0]})
    result = scored(framework, data, scale=100)
    assert result.scores.loc["U0"].fillna(-1).to_dict() == {
        "x": 50.0,
        "a": 50.0,
        "r": 80.0,
        "s": -1,
    }
    full = observed({"a": [50.0], "r": [80.0], "s": [3.0]})
    assert scored(framework, full).values[-1].tolist() == [3.0]


def test_weights_of_a_variable_are_each_units_own() -> None:
    framework = Framework("x", [leaf("a", "w"), leaf("b", 1)])
    data = observed({"a": [1.0, 1.0], "b": [0.0, 0.0], "w": [1.0, 3.0]})
    assert scored(framework, data, scale=1).score.to_list() == [0.5, 0.75]


def test_child_of_weight_zero_for_a_unit_may_be_absent_there() -> None:
    framework = Framework("x", [leaf("a", "w"), leaf("b", 1)])
    data = observed({"a": [None, 1.0], "b": [0.5, 0.0], "w": [0.0, 1.0]})
    assert scored(framework, data, scale=1).score.to_list() == [0.5, 0.5]


@pytest.mark.parametrize(
    ("weight", "match"),
    [
        (None, "unit 'U0', variable 'w': the weight of 'a' is absent"),
        (-2.0, "the weight of 'a' is -2; a weight"),
    ],
)
def test_impossible_weight_of_a_unit_is_named(weight: float | None, match: str) -> None:
    data = observed({"a": [1.0], "w": [weight]})
    with pytest.raises(DataError, match=match):
        scored(Framework("x", [leaf("a", "w")]), data)


def test_unit_whose_weights_are_all_zero_is_named() -> None:
    data = observed({"a": [1.0, 1.0], "w": [1.0, 0.0]})
    with pytest.raises(DataError, match="unit 'U1', node 'x': the weights of all its children"):
        scored(Framework("x", [leaf("a", "w")]), data)


def test_unit_whose_weights_are_all_zero_is_named_beside_a_bonus() -> None:
    data = observed({"a": [1.0, 1.0], "w": [1.0, 0.0], "b": [1.0, 1.0]})
    framework = Framework("x", [leaf("a", "w"), leaf("b", 1, outside_maximum=True)])
    with pytest.raises(DataError, match="unit 'U1', node 'x': the weights of all its children"):
        scored(framework, data)


def test_absent_bonus_is_filled_from_what_was_reported() -> None:
    policy = Absence(missing=absence.AsZero(), not_applicable=absence.Fill(by="all"))
    data = observed({"a": [0.0, 0.0, 0.0], "b": [4.0, None, NA]})
    bonus = leaf("b", absence=policy, outside_maximum=True)
    assert [*scored(rubric(leaf("a"), bonus), data).scores["b"]] == [4.0, 0.0, 4.0]


def test_absent_bonus_of_weight_0_for_a_unit_takes_nothing_away() -> None:
    data = observed({"a": [1.0, 1.0], "b": [1.0, None], "w": [1.0, 0.0]})
    bonus = leaf("b", "w", rule=rules.Identity(), outside_maximum=True)
    result = scored(Framework("x", [leaf("a", 1, rule=rules.Affine(slope=0.5)), bonus]), data)
    assert [*result.score] == [100.0, 50.0]


def test_missing_variables_are_all_named() -> None:
    framework = Framework("x", [leaf("speed", "share"), leaf("b", 1)])
    with pytest.raises(DataError) as caught:
        scored(framework, observed({"sped": [1.0]}))
    assert len(caught.value.problems) == 3
    assert "'speed' needs the variable 'speed'" in str(caught.value)
    assert "did you mean 'sped'" in str(caught.value)
    assert "'speed' is weighted by the variable 'share'" in str(caught.value)


# -- views, node rules, rounding ----------------------------------------------------------------


def pillars(*views: View) -> Framework:
    one = Dimension("P", [leaf("a", 6), leaf("b", 4)])
    two = Dimension("Q", [leaf("c", 30, data_source="survey"), leaf("d", 10, data_source="survey")])
    return rubric(one, two, views=views)


CELLS = observed({"a": [3.0], "b": [4.0], "c": [15.0], "d": [10.0]})


def test_view_of_nodes_weights_them_by_their_points() -> None:
    result = scored(pillars(View("v", of=("P", "c"))), CELLS, scale="points")
    assert result.scores.loc["U0", "v"] == 22.0
    assert result.applicable_points[result.row_of("v")].tolist() == [40.0]


def test_view_where_selects_indicators_by_their_source() -> None:
    view = View("survey", where={"data_source": "survey"})
    result = scored(pillars(view), CELLS, scale="points")
    assert result.scores.loc["U0", "survey"] == 25.0


def test_view_has_weights_aggregator_and_rule_of_its_own() -> None:
    view = View(
        "v",
        of=("a", "d"),
        weights={"a": 1, "d": 1},
        aggregate=aggregate.Geometric(),
        rule=rules.Affine(slope=0.5),
    )
    result = scored(pillars(view), CELLS, scale="points")
    assert result.scores.loc["U0", "v"] == pytest.approx(16 * 0.5 * np.sqrt(0.5))


@pytest.mark.parametrize("weights", [{}, {"a": 1, "shown": 0}])
def test_view_leaves_what_has_weight_0_unscored(weights: dict[str, float]) -> None:
    shown = Indicator("shown", weight=0)
    view = View("v", of=("a", "shown"), weights=weights)
    framework = attrs.evolve(pillars(), children=(*pillars().children, shown), views=(view,))
    data = observed({"a": [3.0], "b": [4.0], "c": [15.0], "d": [10.0], "shown": [7.0]})
    result = scored(framework, data)
    assert result.shares[result.row_of("v")].tolist() == [0.5]


def test_view_counts_the_available_indicators_that_it_scores() -> None:
    shown = leaf("shown", 0)
    half = absence.Renormalise(min_share=0.5, of="leaves")
    view = View("v", of=("a", "b", "c", "shown"), absence=half)
    framework = attrs.evolve(pillars(), children=(*pillars().children, shown), views=(view,))
    framework = attrs.evolve(framework, absence=absence.AsZero())
    data = observed({"a": [3.0], "b": [None], "c": [None], "d": [10.0], "shown": [0.0]})
    assert np.isnan(scored(framework, data).scores.loc["U0", "v"])


def test_view_of_absent_nodes_leaves_the_tree_alone() -> None:
    view = View("v", of=("a", "b"), absence=absence.AsZero())
    framework = attrs.evolve(pillars(view), absence=absence.Renormalise())
    data = observed({"a": [None], "b": [4.0], "c": [15.0], "d": [10.0]})
    result = scored(framework, data, scale="points")
    assert result.scores.loc["U0", ["v", "P"]].to_list() == [4.0, 10.0]
    assert np.isnan(result.scores.loc["U0", "a"])


def test_bonus_in_a_view_adds_points_and_no_maximum() -> None:
    plus = leaf("plus", 4, outside_maximum=True, data_source="survey")
    framework = rubric(
        leaf("a", data_source="survey"), plus, leaf("b"),
        views=[View("v", where={"data_source": "survey"}), View("extra", of=("plus",))],
    )  # fmt: skip
    data = observed({"a": [5.0], "plus": [2.0], "b": [1.0]})
    result = scored(framework, data, scale="points")
    assert result.scores.loc["U0", ["v", "extra"]].to_list() == [7.0, 2.0]
    assert [result.applicable_points[result.row_of(c), 0] for c in ("v", "extra")] == [10.0, 4.0]


def test_absent_bonus_in_a_view_follows_the_view_and_leaves_the_tree_alone() -> None:
    plus = leaf("plus", 4, outside_maximum=True, absence=absence.AsZero())
    view = View("v", of=("a", "plus"), absence=absence.Full())
    framework = rubric(leaf("a"), plus, views=[view])
    result = scored(framework, observed({"a": [5.0], "plus": [None]}), scale="points")
    assert result.scores.loc["U0", ["v", "total", "plus"]].to_list() == [9.0, 5.0, 0.0]


def looked_at(own: Any) -> Framework:
    zero = Dimension("P", [leaf("a"), leaf("b")], absence=absence.AsZero())
    less = Dimension("Q", [leaf("c"), leaf("d")], absence=absence.Shrink())
    view = View("v", of=("a", "b", "c", "d"), absence=own)
    return rubric(zero, less, views=[view], absence=absence.Renormalise())


@pytest.mark.parametrize(
    ("own", "points", "maximum"),
    [
        (None, 12.0, 30.0),
        (absence.Full(), 32.0, 40.0),
        (absence.Shrink(), 12.0, 20.0),
        (absence.Renormalise(), 24.0, 40.0),
    ],
)
def test_view_follows_the_policies_in_force_in_the_tree_or_its_own(
    own: Any, points: float, maximum: float
) -> None:
    data = observed({"a": [None], "b": [4.0], "c": [None], "d": [8.0]})
    result = scored(looked_at(own), data, scale="points")
    assert result.scores.loc["U0", "v"] == pytest.approx(points)
    assert result.applicable_points[result.row_of("v"), 0] == maximum
    assert result.scores.loc["U0", ["a", "P", "Q"]].to_list() == [0.0, 4.0, 8.0]


def test_view_counts_the_leaves_that_are_absent_before_the_tree_fills() -> None:
    policy = absence.Renormalise(min_share=0.7, of="leaves")
    inner = Dimension("D", [leaf("a"), leaf("b")], absence=absence.Renormalise(min_share=1))
    views = [View("v", of=("D", "c"), absence=policy), View("w", of=("D", "c"))]
    framework = rubric(inner, leaf("c"), views=views, absence=absence.AsZero())
    result = scored(framework, observed({"a": [None], "b": [4.0], "c": [5.0]}), scale="points")
    assert result.scores.loc["U0", ["v", "w"]].fillna(-1).to_list() == [-1.0, 5.0]


@pytest.mark.parametrize(
    ("view", "match"),
    [
        (View("v", of=("r", "s")), r"view 'v' looks only at nodes of weight 0 \('r', 's'\)"),
        (
            View("v", of=("s", "a"), weights={"s": 1, "a": 0}),
            "view 'v' weights 's', which has no rule",
        ),
    ],
)
def test_view_without_anything_to_score_is_refused(view: View, match: str) -> None:
    children = [leaf("a", 1), leaf("r", 0), Indicator("s", weight=0)]
    with pytest.raises(FrameworkError, match=match):
        compile_framework(Framework("x", children, views=[view]))


def test_view_of_variable_weights_needs_weights_of_its_own() -> None:
    children = [leaf("a", "w"), leaf("b", 1)]
    with pytest.raises(FrameworkError, match="'a' is weighted by the variable 'w'"):
        compile_framework(Framework("x", children, views=[View("v", of=("b",))]))


def test_rule_of_a_dimension_is_applied_after_its_mean() -> None:
    inner = Dimension("D", [leaf("a", 1), leaf("b", 1)], rule=rules.Affine(intercept=1, slope=-1))
    result = scored(Framework("x", [inner]), observed({"a": [0.2], "b": [0.4]}), scale=1)
    assert result.score.item() == 0.7


def test_min_max_rescales_a_dimension_among_its_units() -> None:
    inner = Dimension("D", [leaf("a", 1), leaf("b", 1)], rule=rules.MinMax())
    data = observed({"a": [0.2, 0.4, 0.9], "b": [0.4, 0.2, 0.9]})
    assert scored(Framework("x", [inner]), data).score.to_list() == [0.0, 0.0, 100.0]


def test_degenerate_dimension_is_named() -> None:
    inner = Dimension("D", [leaf("a", 1)], rule=rules.MinMax())
    with pytest.raises(DataError, match="node 'D': min-max needs two distinct values"):
        scored(Framework("x", [inner]), observed({"a": [0.2, 0.2]}), scale=1)


def test_rounding_of_a_node_goes_before_the_methodologys() -> None:
    inner = Dimension("D", [leaf("a"), leaf("b", rounding=Rounding(0))], rounding=Rounding(0))
    data = observed({"a": [1.26], "b": [1.26], "c": [1.26]})
    rounding = Levels(leaf=Rounding(1), node=Rounding(1), total=Rounding(1))
    result = scored(rubric(inner, leaf("c")), data, scale="points", rounding=rounding)
    assert result.scores.loc["U0"].to_dict() == {
        "total": 3.3,
        "D": 2.0,
        "a": 1.3,
        "b": 1.0,
        "c": 1.3,
    }


def test_leaf_is_rounded_in_its_share_of_a_rescaled_maximum() -> None:
    inner = Dimension(
        "D", [leaf("a", 1, rule=rules.Proportional(1)), leaf("b", 2, rule=rules.Proportional(1))],
        weight=30, aggregate=aggregate.Arithmetic(),
    )  # fmt: skip
    data = observed({"a": [0.127], "b": [1.0], "c": [1.0]})
    result = scored(
        rubric(inner, leaf("c")), data, scale="points", rounding=Levels(leaf=Rounding(1))
    )
    assert result.scores.loc["U0", ["total", "D", "a", "b"]].to_list() == [22.3, 21.3, 1.3, 20.0]


def test_sum_inside_a_rescaled_branch_prints_its_part_of_the_total() -> None:
    deep = Dimension("E", [leaf("a", 5), leaf("b", 5)], aggregate=aggregate.Sum())
    inner = Dimension("D", [deep, leaf("c", 10)], weight=40, aggregate=aggregate.Arithmetic())
    plan = compile_framework(rubric(inner, leaf("d", 60)), "points")
    assert dict(zip(plan.codes, plan.maxima, strict=True)) == {
        "total": 100.0, "D": 40.0, "E": 20.0, "a": 10.0, "b": 10.0, "c": 20.0, "d": 60.0
    }  # fmt: skip


@pytest.mark.parametrize("scale", ["percent", True, 0, -1.0, np.inf])
def test_impossible_scale_is_refused(scale: Any) -> None:
    with pytest.raises(FrameworkError, match="a scale is 'points' or a finite number above 0"):
        compile_framework(rubric(leaf("a")), scale)


def test_points_of_a_root_that_does_not_sum_are_refused() -> None:
    with pytest.raises(FrameworkError, match=r"'x' aggregates with Arithmetic\(\); use aggregate"):
        compile_framework(Framework("x", [leaf("a")]), "points")


# -- parts that misbehave ------------------------------------------------------------------------


@attrs.frozen
class Odd:  # its call fits rules and aggregators only at run time
    """A rule or aggregator that returns whatever it was given."""

    gives: float = np.inf
    short: bool = False
    peer_dependent: bool = False
    monotone: bool = True
    directed: bool = False
    bounds: tuple[float, float] = (0.0, 1.0)
    linear: bool = False
    sums_points: bool = False

    def __call__(self, values: Any, scope: Any) -> Float:
        shape = np.asarray(values[0] if isinstance(values, list) else values).shape
        return np.full(shape[:-1] if self.short else shape, self.gives)


def test_rule_that_gives_no_finite_share_is_named() -> None:
    with pytest.raises(
        DataError, match=r"unit 'U0', indicator 'a': the rule Odd.* no finite share"
    ):
        scored(Framework("x", [leaf("a", rule=Odd())]), observed({"a": [1.0]}))


@pytest.mark.parametrize(
    "rule",
    [rules.Identity(), rules.Affine(slope=0.5), rules.Goalposts(worst=0, best=2, clip=False)],
)
def test_share_above_1_of_a_summed_indicator_is_named(rule: Any) -> None:
    framework = rubric(Dimension("D", [leaf("a", 4, rule=rule), leaf("b", 6)]))
    data = observed({"a": [1.0, 4.0], "b": [6.0, 6.0]})
    match = r"unit 'U1', indicator 'a': .* above 1: shares run from 0 to 1: .*\(value 4\)"
    with pytest.raises(DataError, match=match):
        scored(framework, data, scale="points")


def test_share_above_1_is_free_outside_sums_and_maxima() -> None:
    mean = Dimension("D", [leaf("a", 1, rule=rules.Identity())], weight=4, rule=rules.Clip(),
                     aggregate=aggregate.Arithmetic())  # fmt: skip
    bonus = leaf("b", 2, rule=rules.Identity(), outside_maximum=True)
    shown = leaf("s", 0, rule=rules.Identity())
    data = observed({"a": [3.0], "b": [2.0], "s": [9.0], "c": [1.0]})
    result = scored(rubric(mean, bonus, shown, leaf("c", 6)), data, scale="points")
    assert result.score.item() == 9.0


def test_node_rule_that_gives_no_finite_share_is_named() -> None:
    with pytest.raises(DataError, match="unit 'U0', node 'x': the rule Odd"):
        scored(Framework("x", [leaf("a")], rule=Odd()), observed({"a": [1.0]}), scale=10)


def test_aggregator_that_gives_no_finite_share_is_named() -> None:
    odd: Any = Odd()
    with pytest.raises(DataError, match=r"unit 'U0', node 'x': Odd.* gave no finite share"):
        scored(Framework("x", [leaf("a")], aggregate=odd), observed({"a": [1.0]}), scale=10)


@attrs.frozen
class Flat(Odd):
    """An aggregator with one share for everybody."""

    def __call__(self, values: Any, scope: Any) -> Float:
        return np.full((1, 1), self.gives)


def test_aggregator_without_a_share_per_unit_counts_for_all() -> None:
    mean: Any = Flat(gives=0.5)
    framework = Framework("x", [leaf("a", 1)], aggregate=mean)
    assert scored(framework, observed({"a": [1.0, 0.0]}), scale=1).score.to_list() == [0.5, 0.5]


@pytest.mark.parametrize("where", ["leaf", "node"])
def test_rule_of_another_shape_is_refused(where: str) -> None:
    odd = Odd(short=True)
    framework = (
        Framework("x", [leaf("a", rule=odd)])
        if where == "leaf"
        else Framework("x", [leaf("a")], rule=odd)
    )
    with pytest.raises(DataError, match=r"the rule Odd.* returned shares of shape"):
        scored(framework, observed({"a": [1.0]}), scale=10)


def test_geometric_mean_of_zero_names_unit_and_node() -> None:
    inner = Dimension("D", [leaf("a", 1), leaf("b", 1)], aggregate=aggregate.Geometric())
    data = observed({"a": [0.5, 0.5], "b": [0.0, 0.5]})
    with pytest.raises(DataError, match="unit 'U0', node 'D': a geometric mean needs shares above"):
        scored(Framework("x", [inner]), data, scale=1)


def test_measure_that_cannot_work_names_its_indicator() -> None:
    yearly = leaf("a", measure=measures.PerPeriod("a"))
    with pytest.raises(DataError, match="indicator 'a': a yearly total"):
        scored(Framework("x", [yearly]), observed({"a": [1.0]}))


def test_refused_values_are_named_with_unit_and_value() -> None:
    ratio = leaf("r", measure=measures.Ratio("a", "b"), rule=rules.Proportional(1))
    data = observed({"a": [3.0] * 12, "b": [2.0] * 12, "p": [11.0] + [1.0] * 11})
    with pytest.raises(DataError) as caught:
        scored(Framework("x", [ratio]), data)
    assert "indicator 'r': a numerator cannot exceed" in caught.value.problems[0]
    assert len(caught.value.problems) == 12
    with pytest.raises(DataError, match=r"unit 'U0', indicator 'p': points lie .* \(value 11\)"):
        scored(rubric(leaf("p")), data, scale="points")


def test_constant_column_is_named_with_its_value() -> None:
    framework = Framework("x", [leaf("a", rule=rules.MinMax())])
    with pytest.raises(DataError, match=r"indicator 'a': .* every unit has 4 \('U0', 'U1'\)"):
        scored(framework, observed({"a": [4.0, 4.0]}))


def test_text_where_a_number_is_needed_is_named() -> None:
    data = Observations([Unit("A")], ("a",), np.array([[0.0]]), levels={"a": ("good",)})
    with pytest.raises(DataError, match="unit 'A', indicator 'a': 'good' in variable 'a' is not a"):
        scored(Framework("x", [leaf("a")]), data)


def test_answers_are_read_by_rules_that_take_them() -> None:
    data = Observations(
        [Unit("A"), Unit("B")], ("a",), np.array([[0.0], [1.0]]), levels={"a": ("good", "poor")}
    )
    choice = rules.Choice({"good": 1, "poor": 0.25})
    assert scored(Framework("x", [leaf("a", rule=choice)]), data).score.to_list() == [100.0, 25.0]


def test_indicators_of_different_shapes_are_scored_together() -> None:
    framework = Framework("x", [leaf("a", 1), leaf("b", 1)])
    data = observed({"a": [0.0], "b": [1.0]})
    fixed = leaf("b", 1, measure=Constant())
    both = Framework("x", [leaf("a", 1), fixed])
    values = np.array([[[0.0], [0.5]], [[1.0], [1.0]]])
    block = Block(data, values, np.zeros(values.shape, np.uint8))
    expected = evaluate(compile_framework(framework), block)["x"].share
    assert evaluate(compile_framework(both), block)["x"].share.tolist() == expected.tolist()


@attrs.frozen
class Constant:
    """A measure whose value no draw moves."""

    variables: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()

    def __call__(self, columns: Any) -> Any:
        from govindex.contracts import Cells

        shape = (1, len(columns.peers))
        return Cells(np.ones(shape), np.zeros(shape, dtype=np.uint8))
