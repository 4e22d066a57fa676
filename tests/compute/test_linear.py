"""Linear subtrees give what their nodes give one by one, for any draws of weights."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from govindex import (
    DataError,
    Dimension,
    Framework,
    Indicator,
    Observations,
    SettingError,
    UnknownNameError,
    View,
    absence,
    aggregate,
    rules,
)
from govindex.compute import Block, State, compile_framework, evaluate, evaluate_nodes, score


def framework(**settings: Any) -> Framework:
    weights = {"v": 1, "w": 1, "x": 1, "y": 3, "z": 1}
    leaves = [Indicator(code, rule=rules.Identity(), weight=w) for code, w in weights.items()]
    inner = Dimension("inner", leaves[1:3], weight=2)
    return Framework(
        "root",
        [
            Dimension("left", [leaves[0], inner], **settings.pop("left", {})),
            Dimension("right", leaves[3:]),
        ],
        views=[View("look", of=("inner", "y"))],
        **settings,
    )


def data(seed: int, gaps: float) -> Observations:
    rng = np.random.default_rng(seed)
    numbers = rng.random((7, 5)).round(3) * 0.8 + 0.1
    numbers[rng.random(numbers.shape) < gaps] = np.nan
    frame = pd.DataFrame(numbers, columns=list("vwxyz")).assign(unit=list("ABCDEFG"))
    return Observations.from_frame(frame, unit="unit")


WAYS: list[dict[str, Any]] = [
    {},
    {"aggregate": aggregate.Sum()},
    {"aggregate": aggregate.Geometric()},
    {"left": {"aggregate": aggregate.Geometric()}},
    {"left": {"rule": rules.Affine(slope=-1.0, intercept=1.0)}},
    {"absence": absence.Shrink()},
    {"absence": absence.Shrink(min_count=2)},
    {"absence": absence.Renormalise()},
    {"absence": absence.AsZero()},
    {"absence": absence.Absence(missing=absence.Shrink(), not_applicable=absence.Full())},
    {
        "aggregate": aggregate.Geometric(),
        "absence": absence.Renormalise(min_share=0.7, of="leaves"),
        "left": {"aggregate": aggregate.Arithmetic(), "absence": absence.Shrink()},
    },
]


@pytest.mark.parametrize("way", WAYS, ids=str)
@given(seed=st.integers(0, 999), gaps=st.sampled_from([0.0, 0.3]), zero=st.booleans())
def test_a_node_alone_equals_the_node_in_the_whole(
    way: dict[str, Any], seed: int, *, gaps: float, zero: bool
) -> None:
    settings = dict(way)
    gaps = gaps if "absence" in settings else 0.0
    plan = compile_framework(framework(**settings))
    block = Block.of(data(seed, gaps))
    rng = np.random.default_rng(seed)
    weights = {code: rng.random(6) for code in ("inner", "v", "w", "y", "z")}
    if zero:
        weights["w"][::2] = 0.0
    whole = evaluate(plan, block, weights)
    codes = ("root", "look", "inner")
    states = evaluate_nodes(score(plan, block), weights, codes)
    for code in codes:
        assert_same(states[code], whole[code])


def assert_same(state: State, expected: State, *, reasons: bool = True) -> None:
    """Assert that two states of a node are equal up to rounding in the last bits."""
    absent = np.isnan(expected.share)
    np.testing.assert_array_equal(np.broadcast_to(np.isnan(state.share), absent.shape), absent)
    for field in ("share", "applicable"):
        one, other = getattr(state, field), getattr(expected, field)
        one, other = (1.0 if part is None else part for part in (one, other))
        one, other = (np.where(absent, 0.0, part) for part in (one, other))
        np.testing.assert_allclose(one, other, rtol=1e-13, atol=1e-15)
    if reasons and absent.any():
        status = np.broadcast_to(state.status, absent.shape)
        np.testing.assert_array_equal(
            status[absent], np.broadcast_to(expected.status, absent.shape)[absent]
        )


MEANS: list[Any] = [aggregate.Arithmetic(), aggregate.Geometric()]

PLAIN: list[Any] = [absence.Renormalise(), absence.Shrink()]
POLICIES: list[Any] = [
    *PLAIN,
    absence.Renormalise(min_share=0.6),
    absence.Renormalise(min_count=3, of="leaves"),
    absence.Shrink(min_share=0.5, of="leaves"),
    absence.AsZero(),
    absence.Full(),
    absence.Fill("all"),
    absence.Custom(lambda weights, present: weights * present),
]


@st.composite
def trees(draw: st.DrawFn) -> Framework:
    """Return a tree of three tiers whose nodes have separate policies."""
    policies = st.sampled_from(draw(st.sampled_from([PLAIN, POLICIES])))
    both = policies.map(lambda policy: {"absence": policy})
    each = st.builds(absence.Absence, missing=policies, not_applicable=policies)
    own = st.one_of(st.just({}), both, each.map(lambda policy: {"absence": policy}))

    def leaf(code: str) -> Indicator:
        settings = draw(own) if draw(st.integers(0, 3)) == 0 else {}
        return Indicator(code, rule=rules.Identity(), weight=draw(st.integers(1, 3)), **settings)

    inner = Dimension("inner", [leaf("t"), leaf("u"), leaf("v")], **draw(own))
    return Framework(
        "root",
        [
            Dimension("left", [leaf("w"), inner], **draw(own)),
            Dimension("right", [leaf("x"), leaf("y")], weight=2, **draw(own)),
            leaf("z"),
        ],
        absence=draw(own).get("absence", absence.Renormalise()),
        aggregate=draw(st.sampled_from(MEANS)),
        views=[View("look", of=("inner", "y", "w"), **draw(own))],
    )


@st.composite
def sheets(draw: st.DrawFn) -> Observations:
    """Return seven units with cells that are missing or not applicable."""
    cell = st.one_of(
        st.integers(1, 9).map(lambda tenths: tenths / 10), st.sampled_from(["", "n/a"])
    )
    rows = draw(st.lists(st.lists(cell, min_size=7, max_size=7), min_size=4, max_size=7))
    frame = pd.DataFrame(rows, columns=list("tuvwxyz")).assign(unit=[*"ABCDEFG"[: len(rows)]])
    return Observations.from_frame(frame, unit="unit")


@given(
    tree=trees(),
    observed=sheets(),
    seed=st.integers(0, 99),
    codes=st.lists(
        st.sampled_from(["root", "look", "inner", "left", "v", "y", "z"]), min_size=1, unique=True
    ),
    zeros=st.sampled_from([0.0, 0.2, 0.5]),
)
def test_collapsing_changes_nothing_whatever_the_policies(
    tree: Framework, observed: Observations, seed: int, codes: list[str], zeros: float
) -> None:
    plan = compile_framework(tree)
    block = Block.of(observed)
    rng = np.random.default_rng(seed)
    weights = {
        code: (rng.random(5) + 0.1) * (rng.random(5) >= zeros)
        for code in ("inner", "left", "t", "v", "w", "y", "z")
    }
    try:
        whole = evaluate(plan, block, weights)
    except DataError:
        assume(False)
    states = evaluate_nodes(score(plan, block), weights, codes)
    for code in codes:
        # Under weights of 0 there may be other reasons for an absence that is passed on anyway.
        assert_same(states[code], whole[code], reasons=zeros == 0)


def test_equal_units_get_the_same_bits() -> None:
    rng = np.random.default_rng(1)
    numbers = rng.random((301, 40))
    numbers[150:300] = numbers[:150]
    frame = pd.DataFrame(numbers, columns=[f"x{i}" for i in range(40)])
    units = Observations.from_frame(frame.assign(unit=[f"u{i}" for i in range(301)]), unit="unit")
    leaves = [Indicator(f"x{i}", rule=rules.Identity()) for i in range(40)]
    plan = compile_framework(Framework("root", leaves))
    weights = {leaf.code: rng.random(33) for leaf in leaves}
    share = evaluate_nodes(score(plan, Block.of(units)), weights, ("root",))["root"].share
    assert (share[:, :150] == share[:, 150:300]).all()


def test_weights_that_are_all_0_are_refused_by_name() -> None:
    plan = compile_framework(framework())
    scored = score(plan, Block.of(data(1, 0.0)))
    weights = {"y": np.array([1.0, 0.0]), "z": np.array([1.0, 0.0])}
    with pytest.raises(DataError, match=r"the weights of all its children are 0 .*node 'right'"):
        evaluate_nodes(scored, weights, ("root",))


def test_weights_that_are_none_are_refused() -> None:
    scored = score(compile_framework(framework()), Block.of(data(1, 0.0)))
    with pytest.raises(SettingError, match="'y' was given nan"):
        evaluate_nodes(scored, {"y": np.array([1.0, np.nan])}, ("root",))


def test_points_of_sums_follow_the_drawn_weights() -> None:
    plan = compile_framework(framework(aggregate=aggregate.Sum()), "points")
    scored = score(plan, Block.of(data(1, 0.0)))
    weights = {"y": np.array([3.0, 5.0])}
    states = evaluate_nodes(scored, weights, ("right", "root"))
    maxima = [state.outcome[2].ravel().tolist() for state in states.values()]
    assert maxima == [[4.0, 6.0], [7.0, 9.0]]


# -- cases that were wrong ------------------------------------------------------------------------


def identity(code: str, **settings: Any) -> Indicator:
    return Indicator(code, rule=rules.Identity(), **settings)


def block_of(columns: dict[str, list[Any]]) -> Block:
    count = len(next(iter(columns.values())))
    frame = pd.DataFrame(columns).assign(unit=[*"XYZ"[:count]])
    return Block.of(Observations.from_frame(frame, unit="unit"))


def assert_root_is_the_same(tree: Framework, block: Block, weights: dict[str, Any]) -> State:
    plan = compile_framework(tree)
    whole = evaluate(plan, block, weights)["root"]
    assert_same(evaluate_nodes(score(plan, block), weights, ["root"])["root"], whole)
    return whole


def test_why_a_bonus_is_absent_counts_under_weights_of_0() -> None:
    bonus = Dimension(
        "bonus",
        [identity("a"), identity("b")],
        weight=0.5,
        outside_maximum=True,
        absence=absence.Shrink(),
    )
    policy = absence.Absence(missing=absence.Full(), not_applicable=absence.AsZero())
    tree = Framework("root", [bonus, identity("c"), identity("d")], absence=policy)
    block = block_of({"a": ["", 0.5], "b": ["n/a", 0.5], "c": [0.4, 0.4], "d": [0.2, 0.2]})
    weights = {"a": np.array([1.0, 0.0]), "b": np.ones(2)}
    state = assert_root_is_the_same(tree, block, weights)
    np.testing.assert_allclose(state.share[:, 0], [0.55, 0.3])


def test_the_rest_of_a_maximum_may_be_very_small() -> None:
    tree = Framework(
        "root",
        [Dimension("D", [identity("a"), identity("b")], weight=1), identity("c")],
        absence=absence.Shrink(),
    )
    block = block_of({"a": [0.9, 0.1, 0.5], "b": ["", 0.5, 0.5], "c": ["", 0.4, 0.4]})
    state = assert_root_is_the_same(tree, block, {"a": np.array([1e-17])})
    assert state.share[0, 0] == pytest.approx(0.9)


def test_weights_of_whole_numbers_do_not_change_other_weights() -> None:
    leaves = [identity("a"), identity("b", weight=0.5), identity("c", weight=0.5)]
    tree = Framework("root", leaves, absence=absence.Renormalise())
    block = block_of({"a": [0.3, 0.5], "b": ["", 0.5], "c": [0.4, 0.4]})
    state = assert_root_is_the_same(tree, block, {"a": np.array([1, 2])})
    np.testing.assert_allclose(state.share[:, 0], [0.5 / 1.5, 0.8 / 2.5])


def test_a_policy_fills_arrays_of_one_shape() -> None:
    @attrs.frozen
    class Quarter(absence.AsZero):
        def fill(self, shares: Any, absent: Any, peers: Any) -> Any:
            actual = shares.copy()
            actual[absent] = 0.25
            return actual

    leaves = [identity("a", absence=Quarter()), identity("b")]
    block = block_of({"a": ["", 0.5], "b": [0.5, 0.25]})
    state = assert_root_is_the_same(Framework("root", leaves), block, {"b": np.array([1.0, 3.0])})
    np.testing.assert_allclose(state.share[:, 0], [0.375, 0.4375])


def test_cells_that_a_policy_does_not_fill_are_lost_with_their_maximum() -> None:
    @attrs.frozen(kw_only=True)
    class FirstOnly(absence.Shrink):
        def fill(self, shares: Any, absent: Any, peers: Any) -> Any:
            actual = np.where(absent, np.nan, shares)
            actual[..., 0] = 0.5
            return actual

    leaves = [identity(code) for code in "abcd"]
    leaves[0] = identity("a", absence=FirstOnly())
    tree = Framework("root", leaves, absence=absence.Shrink())
    block = block_of({"a": ["", "", 0.1], **{code: [0.4, 0.4, 0.4] for code in "bcd"}})
    state = assert_root_is_the_same(tree, block, {"b": np.array([1.0])})
    assert state.applicable is not None
    np.testing.assert_allclose(state.applicable, [[1.0, 0.75, 1.0]])


@pytest.mark.parametrize(
    ("weights", "match"),
    [
        ({"nope": np.ones(2)}, "there is no node 'nope'"),
        ({"shown": np.ones(2)}, "'shown' has weight 0, is shown and not scored"),
        ({"root": -np.ones(2)}, "'root' was given -1"),
        ({"a": -np.ones(2)}, "'a' was given -1"),
    ],
)
@pytest.mark.parametrize("nodes", [["root"], ["b"], ["root", "b"]])
def test_weights_are_looked_at_wherever_they_are(
    weights: dict[str, Any], match: str, nodes: list[str]
) -> None:
    tree = Framework("root", [identity("a"), identity("b"), identity("shown", weight=0)])
    plan = compile_framework(tree)
    block = block_of({"a": [0.3, 0.5], "b": [0.1, 0.5], "shown": [0.1, 0.2]})
    with pytest.raises((SettingError, UnknownNameError), match=match):
        evaluate_nodes(score(plan, block), weights, nodes)


@pytest.mark.parametrize("nested", [False, True])
def test_limits_count_indicators_that_have_a_weight(nested: bool) -> None:
    leaves: list[Any] = [identity(code) for code in "abcd"]
    children = [Dimension("inner", leaves)] if nested else leaves
    policy = absence.Renormalise(min_share=0.7, of="leaves")
    tree = Framework("root", children, absence=policy)
    block = block_of(
        {"a": ["", 0.5, 0.6], "b": [0.4] * 3, "c": [0.4, 0.5, 0.6], "d": [0.1, 0.2, 0.3]}
    )
    state = assert_root_is_the_same(tree, block, {"d": np.array([1.0, 0.0])})
    alone = evaluate(compile_framework(tree.without("d")), block)["root"].share
    np.testing.assert_array_equal(np.isnan(state.share[1]), np.isnan(alone[0]))
    assert np.isnan(state.share[:, 0]).tolist() == [False, True]
