"""Sensitivity of scores and ranks: against closed forms, brute force, and by its laws."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from govindex import (
    DataError,
    Indicator,
    Methodology,
    Observations,
    SettingError,
    aggregate,
    rules,
)
from govindex.robustness import (
    Alternatives,
    Errors,
    Given,
    LeaveOut,
    Replicates,
    Sensitivity,
    Weights,
    sensitivity,
    sobol_indices,
    sobol_sample,
)
from govindex.robustness.sampling.samples import bound_to
from govindex.robustness.sobol.inputs import pointed
from tests.asem import asem_table
from tests.robustness.examples import (
    asem_replications,
    data_of,
    failing,
    flat,
    index_of,
    random_data,
    tree,
)

POINTS = 128


def found_for(vary: Any, **settings: Any) -> Sensitivity:
    method = settings.pop("method", None) or flat()
    data = settings.pop("data", None)
    data = random_data(1, 8) if data is None else data
    return sensitivity(method, data, vary=vary, **{"points": POINTS, "rng": 1, **settings})


# -- what points make of variations ---------------------------------------------------------------


def drawn_by(variation: Any, method: Any = None, data: Any = None, points: int = 4096) -> Any:
    """Return what a variation draws at the points of a sample, and the points themselves."""
    method = method or tree()
    data = random_data(1, 5) if data is None else data
    _, _, (bound,), _ = bound_to(method, data, [variation])
    labels = [f"{i}" for i in range(len(bound.inputs))] + ["another"]  # type: ignore[attr-defined]
    sample = sobol_sample(labels, points, rng=1)
    (driven,) = pointed([bound], sample)  # type: ignore[list-item]
    return driven.draw(np.random.default_rng(), 0, points), sample.a


def weights_drawn(variation: Any) -> tuple[dict[str, Any], Any]:
    drawn, cube = drawn_by(variation)
    own = {code: np.ones(1) for code in "abxyz"}
    own["y"], own["b"] = np.full(1, 2.0), np.full(1, 3.0)
    return dict(drawn.weigh(own, slice(None))), cube


def test_weights_spread_evenly() -> None:
    drawn, cube = weights_drawn(Weights(spread=0.5))
    np.testing.assert_allclose(drawn["a"], 0.5 + cube[:, 0])
    np.testing.assert_allclose(drawn["y"], 2.0 * (0.5 + cube[:, 3]))
    assert (drawn["z"] == 1.0).all()


def test_weights_follow_the_normal_distribution_above_0() -> None:
    drawn, _ = weights_drawn(Weights(deviation=0.8))
    least = -1.0 / 0.8
    ratio = np.exp(-(least**2) / 2.0) / np.sqrt(2.0 * np.pi) / special.ndtr(-least)
    assert drawn["a"].min() > 0
    assert drawn["a"].mean() == pytest.approx(1.0 + 0.8 * ratio, abs=1e-3)
    variance = 0.8**2 * (1.0 + least * ratio - ratio**2)
    assert drawn["a"].var() == pytest.approx(variance, rel=5e-3)


@pytest.mark.parametrize("concentration", ["uniform", 5.0, 0.01])
def test_weights_follow_a_dirichlet_distribution(concentration: Any) -> None:
    drawn, _ = weights_drawn(Weights(concentration=concentration))
    np.testing.assert_allclose(drawn["x"] + drawn["y"], 3.0)
    one, two = (1.0, 1.0) if concentration == "uniform" else np.array([1, 2]) * concentration / 3
    share, whole = drawn["x"] / 3.0, one + two
    assert share.mean() == pytest.approx(one / whole, abs=5e-3)
    assert share.var() == pytest.approx(one * two / whole**2 / (whole + 1.0), rel=0.05)


def test_options_have_their_probabilities() -> None:
    choice = Alternatives(
        aggregate=[None, aggregate.Geometric(), aggregate.Arithmetic()],
        probabilities=[0.25, 0.75, 0.0],
    )
    drawn, _ = drawn_by(choice)
    assert (np.bincount(drawn.option, minlength=3) == [1024, 3072, 0]).all()


@pytest.mark.parametrize("none", [False, True])
def test_nodes_are_left_out_equally_often(*, none: bool) -> None:
    drawn, _ = weights_drawn(LeaveOut(["a", "x", "y"], none=none))
    out = [(drawn[code] == 0).mean() for code in "axy"]
    np.testing.assert_allclose(out, 1.0 / (3 + none), atol=1e-3)


@pytest.mark.parametrize("distribution", ["normal", "uniform"])
def test_errors_have_their_sizes(distribution: Any) -> None:
    vary = Errors({"x": [0.1, 0.0, 0.3, 0.1, 0.1], "z": 0.2}, distribution=distribution)
    drawn, cube = drawn_by(vary)
    assert cube.shape[1] == 10  # nine values with an error
    assert (drawn.shifts["x"][:, 1] == 0).all()
    np.testing.assert_allclose(drawn.shifts["x"].std(axis=0), [0.1, 0, 0.3, 0.1, 0.1], rtol=5e-3)
    np.testing.assert_allclose(drawn.shifts["z"].std(axis=0), 0.2, rtol=5e-3)


def test_replicates_are_drawn_equally_often() -> None:
    drawn, _ = drawn_by(Replicates({"x": np.arange(20.0).reshape(4, 5)}))
    assert (
        np.bincount(drawn.values["x"][:, 0].astype(int)) == np.bincount([0, 5, 10, 15] * 1024)
    ).all()


# -- against closed forms and brute force ---------------------------------------------------------


def test_scores_that_add_up_have_the_indices_of_their_parts() -> None:
    data = data_of({"x": [0.3, 0.5, 0.6], "y": [0.5, 0.4, 0.7], "z": [0.1, 0.2, 0.9]})
    weighed = (("x", 1), ("y", 2), ("z", 3))
    method = index_of([Indicator(c, rule=rules.Identity(), weight=w) for c, w in weighed])
    sizes = {"x": 0.03, "y": 0.02, "z": 0.01}
    for distribution in ("normal", "uniform"):
        vary = [Errors(sizes, distribution=distribution)]
        found = found_for(vary, method=method, data=data, groups="inputs", points=1024)
        assert found.groups == ("errors: x", "errors: y", "errors: z")
        parts = np.array([3.0, 4.0, 3.0]) ** 2
        for unit in data.units.codes:
            table = found.of(unit, output="score")
            np.testing.assert_allclose(table["first"], parts / parts.sum(), atol=0.02)
            np.testing.assert_allclose(table["total"], parts / parts.sum(), atol=0.02)


def brute_force(method: Methodology, data: Observations, spread: float, seed: int) -> Any:
    """Return scores, ranks and mean shift at both samples and every mixture, one by one."""
    sample = sobol_sample(["weights", "weights", "aggregate", "leave_out"], 32, rng=seed)
    nominal = method.compute(data).ranks_at("index")
    codes = method.framework.leaf_codes

    def outputs(cube: Any) -> Any:
        rows = []
        for x, y, choice, out in cube:
            own = dict(zip(codes, 1.0 - spread + 2.0 * spread * np.array([x, y]), strict=True))
            variant = method if choice < 0.5 else geometric(method)
            left = int(out * 3) - 1
            framework = variant.framework.with_weights(own)
            if left >= 0:
                framework = framework.with_weights({**own, codes[left]: 0.0})
            result = attrs.evolve(variant, framework=framework).compute(data)
            ranks = result.ranks_at("index")
            shift = np.abs(ranks - nominal).mean()
            rows.append([*result.scores["index"], *ranks, shift])
        return np.array(rows)

    mixed = [outputs(sample.a_b(i)) for i in range(3)], [outputs(sample.b_a(i)) for i in range(3)]
    return outputs(sample.a), outputs(sample.b), *map(np.array, mixed)


def geometric(method: Methodology) -> Methodology:
    form = method.framework.with_aggregates(aggregate.Geometric(0.1))
    return attrs.evolve(method, framework=form)


def test_indices_are_those_of_methodologies_computed_one_by_one() -> None:
    method, data = flat("xy", rules.Identity()), random_data(5, 7, "xy")
    vary: list[Any] = [
        Weights(spread=0.6),
        Alternatives(aggregate=[None, aggregate.Geometric(0.1)]),
        LeaveOut(),
    ]
    found = found_for(vary, method=method, data=data, points=32, rng=3, second=True)
    assert found.groups == ("weights", "aggregate", "leave_out")
    assert found.evaluations == 32 * 8
    expected = sobol_indices(*brute_force(method, data, 0.6, 3), bootstraps=100, rng=3)
    for order in ("first", "total", "second"):
        own, other = getattr(found.indices, order), getattr(expected, order)
        for part in ("value", "low", "high"):
            np.testing.assert_allclose(getattr(own, part), getattr(other, part), atol=1e-9)
    assert [bool(r) for r in found.indices.reasons] == [bool(r) for r in expected.reasons]


def test_replayed_replications_of_an_analysis_have_its_total_indices() -> None:
    """Ranks of the ASEM index computed here, total indices as published."""
    sample = asem_replications()
    nominal = asem_table("sa_Nominal").set_index("uCode")["Rank"].astype(int)
    shifts = (sample.to_frame() - nominal).abs().mean(axis=1).to_numpy(float)
    parts = shifts[:24], shifts[24:48], shifts[48:].reshape(4, 24)
    expected = asem_table("sa_Sensitivity")["STi"].astype(float)
    np.testing.assert_allclose(sobol_indices(*parts).total.value * 47 / 48, expected, rtol=1e-12)


# -- groups ---------------------------------------------------------------------------------------


def test_groups_are_variations_inputs_or_those_that_are_named() -> None:
    vary = {
        "noise": Errors({"x": 0.01, "y": 0.01}, limits={"x": (0, 1), "y": (0, 1)}),
        "top": Weights(spread=0.5, at=1),
        "combined": Alternatives(aggregate=[None, aggregate.Geometric(0.1)]),
    }
    method = tree()
    assert found_for(vary, method=method).groups == ("noise", "top", "combined")
    by_input = found_for(vary, method=method, groups="inputs").groups
    assert by_input == ("noise: x", "noise: y", "top: a", "top: b", "combined")
    named = {"data": "noise", "choices": ["top: a", "top: b", "combined"]}
    assert found_for(vary, method=method, groups=named).groups == ("data", "choices")


def test_variations_of_one_kind_are_numbered() -> None:
    vary = [Weights(spread=0.5, at="x"), Weights(spread=0.5, at="y"), LeaveOut()]
    assert found_for(vary).groups == ("weights", "weights 2", "leave_out")


# -- tables ---------------------------------------------------------------------------------------


def dominated() -> Observations:
    """The last unit is behind whatever weights are, the first two change ranks."""
    return data_of({"x": [0.9, 0.8, 0.1], "y": [0.6, 0.75, 0.1]})


def test_a_rank_that_never_moves_has_no_index_and_a_reason() -> None:
    found = found_for(
        [Weights(spread=1.0)],
        method=flat("xy", rules.Identity()),
        data=dominated(),
        groups="inputs",
        second=True,
    )
    ranks = found.ranks()
    assert list(ranks.columns) == ["name", "rank", "weights: x", "weights: y", "reason"]
    assert ranks.loc["u002", "reason"] == "no variance: 3 at every point"
    assert ranks.loc["u002", ["weights: x", "weights: y"]].isna().all()
    assert ranks.loc["u000", "reason"] == ""
    assert found.of("u002")["reason"].tolist() == ["no variance: 3 at every point"] * 2
    assert found.interactions("u002")["second"].isna().all()
    # Both scores of the last unit are the same: no weight moves it.
    assert found.scores().loc["u002", "reason"] == "no variance: 10 at every point"
    assert found.missing[["output", "unit"]].to_numpy().tolist() == [
        ["score", "u002"],
        ["rank", "u002"],
    ]
    assert "Units that always keep their rank, or have no rank: 1." in found.summary


def test_an_analysis_in_which_nothing_moves_has_a_reason() -> None:
    data = data_of({"x": [0.9, 0.1], "y": [0.9, 0.1]})
    found = found_for(
        [Weights(spread=0.5)], method=flat("xy", rules.Identity()), data=data, groups="inputs"
    )
    assert found.mean_shift["reason"].tolist() == ["no variance: 0 at every point"] * 2
    assert found.mean_shift["total"].isna().all()
    assert "The mean shift of ranks has no variance" in found.summary
    assert len(found.missing) == 5


def test_tables_agree() -> None:
    found = found_for([Weights(spread=0.8), LeaveOut()], second=True, points=4096)
    order = list(found.nominal.table().index)
    assert list(found.ranks().index) == order
    frame = found.to_frame()
    assert len(frame) == 2 * (2 * 8 + 1)
    for output, table in (("rank", found.ranks("first")), ("score", found.scores("first"))):
        rows = frame[frame["output"] == output].pivot_table(
            index="unit", columns="group", values="first", dropna=False
        )
        pd.testing.assert_frame_equal(
            rows.loc[order, list(found.groups)],
            table[list(found.groups)],
            check_names=False,
        )
    shift = frame[frame["output"] == "mean_shift"].set_index("group")
    columns = ["first", "first_low", "first_high", "total", "total_low", "total_high", "reason"]
    pd.testing.assert_frame_equal(shift[columns], found.mean_shift)
    one = frame[(frame["output"] == "rank") & (frame["unit"] == order[1])].set_index("group")
    pd.testing.assert_frame_equal(one[columns], found.of(order[1]))
    pair = found.interactions().iloc[0]
    assert (pair["first_group"], pair["second_group"]) == ("weights", "leave_out")
    known = found.mean_shift
    # With two groups nothing is left beyond both and their pair.
    assert known["first"].sum() + pair["second"] == pytest.approx(1.0, abs=0.05)
    assert "Shares of the variance of the mean shift" in found.summary
    assert "evaluations of" in found._repr_html_()


def test_without_bootstraps_there_are_no_intervals() -> None:
    found = found_for([Weights(spread=0.8), LeaveOut()], bootstraps=0)
    assert list(found.mean_shift.columns) == ["first", "total", "reason"]


def test_units_without_a_rank_have_no_index() -> None:
    frame = pd.DataFrame(
        {"unit": list("ABC"), "x": [0.1, 0.5, 0.4], "y": [0.9, 0.2, 0.4], "ranked": [1, 1, 0]}
    )
    data = Observations.from_frame(frame.astype({"ranked": bool}), unit="unit", ranked="ranked")
    found = found_for([Weights(spread=1.0), LeaveOut()], method=flat("xy"), data=data)
    assert "evaluations give no number" in str(found.ranks().loc["C", "reason"])
    assert found.mean_shift["reason"].tolist() == ["", ""]


# -- laws -----------------------------------------------------------------------------------------


@given(seed=st.integers(0, 1000), order=st.permutations(range(8)))
@settings(max_examples=8)
def test_the_order_of_units_and_columns_moves_no_index(seed: int, order: list[int]) -> None:
    data = random_data(seed, 8)
    frame = data.frame.iloc[order][["z", "x", "y"]].reset_index()
    other = Observations.from_frame(frame, unit="unit")
    vary: list[Any] = [Weights(concentration="uniform"), Errors({"x": 0.05})]
    one, two = (found_for(vary, data=d, points=32) for d in (data, other))
    pd.testing.assert_frame_equal(one.to_frame(), two.to_frame(), check_exact=True)


def test_a_seed_gives_the_same_indices_and_a_generator_others() -> None:
    vary = [Weights(spread=0.8), LeaveOut()]
    one, two = (found_for(vary, rng=4).to_frame() for _ in range(2))
    pd.testing.assert_frame_equal(one, two, check_exact=True)
    rng = np.random.default_rng(4)
    three, four = (found_for(vary, rng=rng).to_frame() for _ in range(2))
    assert (three["total"] != four["total"]).any()


def test_inputs_without_effect_have_total_index_0() -> None:
    choice = Alternatives(rule=[None, rules.MinMax(0.0, 2.0)])  # scales every indicator alike
    found = found_for([Weights(spread=0.8), choice], method=flat(rule=rules.MinMax()))
    assert found.mean_shift.loc["rule", "total"] == 0.0
    assert (found.ranks()["rule"].dropna() == 0.0).all()
    assert found.scores()["rule"].min() > 0.5


def test_progress_is_reported() -> None:
    calls: list[tuple[int, int]] = []
    found = found_for(
        [Weights(spread=0.8), LeaveOut()], progress=lambda done, whole: calls.append((done, whole))
    )
    assert calls[-1] == (found.evaluations, found.evaluations)


# -- bad input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("match", "vary", "settings"),
    [
        ("needs at least one variation", [], {}),
        ("'spread' is no variation", ["spread"], {}),
        ("take 128 or 64, not 100", [Weights(spread=0.5)], {"points": 100}),
        ("one group cannot be compared; groups='inputs'", [Weights(spread=0.5)], {}),
        ("at least two, not only 'leave_out'", [LeaveOut()], {"groups": "inputs"}),
        ("'errors' varies nothing", [Errors({"x": 0.0}), LeaveOut()], {}),
        (
            "'given' replays draws made elsewhere",
            [Given(weights={"x": np.ones(POINTS)}), LeaveOut()],
            {},
        ),
        (
            "groups is 'variations', 'inputs' or",
            [Weights(spread=0.5), LeaveOut()],
            {"groups": "x"},
        ),
        (
            r"there is no 'weight: x'.*'weights: x'",
            [Weights(spread=0.5), LeaveOut()],
            {"groups": {"w": "weight: x", "rest": ["weights", "leave_out"]}},
        ),
        (
            "'weights: x' is in the groups 'w' and 'rest'",
            [Weights(spread=0.5), LeaveOut()],
            {"groups": {"w": "weights: x", "rest": ["weights", "leave_out"]}},
        ),
        (
            "leave_out are in no group|'leave_out' are in no group",
            [Weights(spread=0.5), LeaveOut()],
            {"groups": {"w": "weights: x", "rest": ["weights: y", "weights: z"]}},
        ),
        ("rng is a whole number", [Weights(spread=0.5), LeaveOut()], {"rng": None}),
        ("level is a share", [Weights(spread=0.5), LeaveOut()], {"level": 90}),
        ("bootstraps is 0 or", [Weights(spread=0.5), LeaveOut()], {"bootstraps": 1}),
        (
            "at least two ranked units",
            [Weights(spread=0.5), LeaveOut()],
            {"data": random_data(1, 1)},
        ),
        ("progress is True, False", [Weights(spread=0.5), LeaveOut()], {"progress": "bar"}),
    ],
)
def test_settings_that_do_not_fit_are_refused(
    match: str, vary: Any, settings: dict[str, Any]
) -> None:
    with pytest.raises(SettingError, match=match):
        found_for(vary, **settings)


def test_a_variation_that_points_cannot_drive_is_refused() -> None:
    @attrs.frozen
    class Own:
        def bind(self, basis: Any) -> Any:
            return object()

    with pytest.raises(SettingError, match="'own' cannot be driven by points: it has no inputs"):
        found_for([Own(), LeaveOut()])


@pytest.mark.parametrize(
    ("match", "ask"),
    [
        ("order is 'first' or 'total', not 'second'", lambda s: s.ranks("second")),
        ("output is 'rank' or 'score', not 'place'", lambda s: s.of("u001", output="place")),
        ("there are no second-order indices", lambda s: s.interactions()),
    ],
)
def test_questions_without_an_answer_are_refused(match: str, ask: Any) -> None:
    found = found_for([Weights(spread=0.8), LeaveOut()])
    with pytest.raises(SettingError, match=match):
        ask(found)


def test_a_draw_that_cannot_be_scored_is_named() -> None:
    method, data = failing()
    match = r"points .*: draw \d+ .*cannot be scored: .*unit 'u002', node 'index'.*above 0"
    with pytest.raises(DataError, match=match):
        found_for([Errors({"x": 0.01}), Weights(spread=0.1)], method=method, data=data)
