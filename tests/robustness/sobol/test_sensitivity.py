"""Sensitivity of scores and ranks: against closed forms, brute force, and by its laws."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govindex import (
    Indicator,
    Methodology,
    Observations,
    aggregate,
    rules,
)
from govindex.robustness import (
    Alternatives,
    Errors,
    LeaveOut,
    Weights,
    sobol_indices,
    sobol_sample,
)
from tests.asem import asem_table
from tests.robustness.examples import (
    asem_replications,
    data_of,
    flat,
    index_of,
    random_data,
    tree,
)
from tests.robustness.sobol.examples import sensitivity_to


def test_scores_that_add_up_have_the_indices_of_their_parts() -> None:
    data = data_of({"x": [0.3, 0.5, 0.6], "y": [0.5, 0.4, 0.7], "z": [0.1, 0.2, 0.9]})
    weighed = (("x", 1), ("y", 2), ("z", 3))
    method = index_of([Indicator(c, rule=rules.Identity(), weight=w) for c, w in weighed])
    sizes = {"x": 0.03, "y": 0.02, "z": 0.01}
    for distribution in ("normal", "uniform"):
        vary = [Errors(sizes, distribution=distribution)]
        analysis = sensitivity_to(vary, method=method, data=data, groups="inputs", points=1024)
        assert analysis.groups == ("errors: x", "errors: y", "errors: z")
        parts = np.array([3.0, 4.0, 3.0]) ** 2
        for unit in data.units.codes:
            table = analysis.of(unit, output="score")
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
    analysis = sensitivity_to(vary, method=method, data=data, points=32, rng=3, second=True)
    assert analysis.groups == ("weights", "aggregate", "leave_out")
    assert analysis.evaluations == 32 * 8
    expected = sobol_indices(*brute_force(method, data, 0.6, 3), bootstraps=100, rng=3)
    for order in ("first", "total", "second"):
        own, other = getattr(analysis.indices, order), getattr(expected, order)
        for part in ("value", "low", "high"):
            np.testing.assert_allclose(getattr(own, part), getattr(other, part), atol=1e-9)
    assert [bool(r) for r in analysis.indices.reasons] == [bool(r) for r in expected.reasons]


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
    assert sensitivity_to(vary, method=method).groups == ("noise", "top", "combined")
    by_input = sensitivity_to(vary, method=method, groups="inputs").groups
    assert by_input == ("noise: x", "noise: y", "top: a", "top: b", "combined")
    named = {"data": "noise", "choices": ["top: a", "top: b", "combined"]}
    assert sensitivity_to(vary, method=method, groups=named).groups == ("data", "choices")


def test_variations_of_one_kind_are_numbered() -> None:
    vary = [Weights(spread=0.5, at="x"), Weights(spread=0.5, at="y"), LeaveOut()]
    assert sensitivity_to(vary).groups == ("weights", "weights 2", "leave_out")


# -- tables ---------------------------------------------------------------------------------------


def dominated() -> Observations:
    """The last unit is behind whatever weights are, the first two change ranks."""
    return data_of({"x": [0.9, 0.8, 0.1], "y": [0.6, 0.75, 0.1]})


def test_a_rank_that_never_moves_has_no_index_and_a_reason() -> None:
    analysis = sensitivity_to(
        [Weights(spread=1.0)],
        method=flat("xy", rules.Identity()),
        data=dominated(),
        groups="inputs",
        second=True,
    )
    ranks = analysis.ranks()
    assert list(ranks.columns) == ["name", "rank", "weights: x", "weights: y", "reason"]
    assert ranks.loc["u002", "reason"] == "no variance: 3 at every point"
    assert ranks.loc["u002", ["weights: x", "weights: y"]].isna().all()
    assert ranks.loc["u000", "reason"] == ""
    assert analysis.of("u002")["reason"].tolist() == ["no variance: 3 at every point"] * 2
    assert analysis.interactions("u002")["second"].isna().all()
    # Both scores of the last unit are the same: no weight moves it.
    assert analysis.scores().loc["u002", "reason"] == "no variance: 10 at every point"
    assert analysis.missing[["output", "unit"]].to_numpy().tolist() == [
        ["score", "u002"],
        ["rank", "u002"],
    ]
    assert "Units that always keep their rank, or have no rank: 1." in analysis.summary


def test_an_analysis_in_which_nothing_moves_has_a_reason() -> None:
    data = data_of({"x": [0.9, 0.1], "y": [0.9, 0.1]})
    analysis = sensitivity_to(
        [Weights(spread=0.5)], method=flat("xy", rules.Identity()), data=data, groups="inputs"
    )
    assert analysis.mean_shift["reason"].tolist() == ["no variance: 0 at every point"] * 2
    assert analysis.mean_shift["total"].isna().all()
    assert "The mean shift of ranks has no variance" in analysis.summary
    assert len(analysis.missing) == 5


def test_tables_agree() -> None:
    analysis = sensitivity_to([Weights(spread=0.8), LeaveOut()], second=True, points=4096)
    order = list(analysis.nominal.table().index)
    assert list(analysis.ranks().index) == order
    frame = analysis.to_frame()
    assert len(frame) == 2 * (2 * 8 + 1)
    for output, table in (("rank", analysis.ranks("first")), ("score", analysis.scores("first"))):
        rows = frame[frame["output"] == output].pivot_table(
            index="unit", columns="group", values="first", dropna=False
        )
        pd.testing.assert_frame_equal(
            rows.loc[order, list(analysis.groups)],
            table[list(analysis.groups)],
            check_names=False,
        )
    shift = frame[frame["output"] == "mean_shift"].set_index("group")
    columns = ["first", "first_low", "first_high", "total", "total_low", "total_high", "reason"]
    pd.testing.assert_frame_equal(shift[columns], analysis.mean_shift)
    one = frame[(frame["output"] == "rank") & (frame["unit"] == order[1])].set_index("group")
    pd.testing.assert_frame_equal(one[columns], analysis.of(order[1]))
    pair = analysis.interactions().iloc[0]
    assert (pair["first_group"], pair["second_group"]) == ("weights", "leave_out")
    known = analysis.mean_shift
    # With two groups nothing is left beyond both and their pair.
    assert known["first"].sum() + pair["second"] == pytest.approx(1.0, abs=0.05)
    assert "Shares of the variance of the mean shift" in analysis.summary
    assert "evaluations of" in analysis._repr_html_()


def test_without_bootstraps_there_are_no_intervals() -> None:
    analysis = sensitivity_to([Weights(spread=0.8), LeaveOut()], bootstraps=0)
    assert list(analysis.mean_shift.columns) == ["first", "total", "reason"]


def test_units_without_a_rank_have_no_index() -> None:
    frame = pd.DataFrame(
        {"unit": list("ABC"), "x": [0.1, 0.5, 0.4], "y": [0.9, 0.2, 0.4], "ranked": [1, 1, 0]}
    )
    data = Observations.from_frame(frame.astype({"ranked": bool}), unit="unit", ranked="ranked")
    analysis = sensitivity_to([Weights(spread=1.0), LeaveOut()], method=flat("xy"), data=data)
    assert "evaluations give no number" in str(analysis.ranks().loc["C", "reason"])
    assert analysis.mean_shift["reason"].tolist() == ["", ""]


# -- laws -----------------------------------------------------------------------------------------


@given(seed=st.integers(0, 1000), order=st.permutations(range(8)))
@settings(max_examples=8)
def test_the_order_of_units_and_columns_moves_no_index(seed: int, order: list[int]) -> None:
    data = random_data(seed, 8)
    frame = data.frame.iloc[order][["z", "x", "y"]].reset_index()
    other = Observations.from_frame(frame, unit="unit")
    vary: list[Any] = [Weights(concentration="uniform"), Errors({"x": 0.05})]
    one, two = (sensitivity_to(vary, data=d, points=32) for d in (data, other))
    pd.testing.assert_frame_equal(one.to_frame(), two.to_frame(), check_exact=True)


def test_a_seed_gives_the_same_indices_and_a_generator_others() -> None:
    vary = [Weights(spread=0.8), LeaveOut()]
    one, two = (sensitivity_to(vary, rng=4).to_frame() for _ in range(2))
    pd.testing.assert_frame_equal(one, two, check_exact=True)
    rng = np.random.default_rng(4)
    three, four = (sensitivity_to(vary, rng=rng).to_frame() for _ in range(2))
    assert (three["total"] != four["total"]).any()


def test_inputs_without_effect_have_total_index_0() -> None:
    choice = Alternatives(rule=[None, rules.MinMax(0.0, 2.0)])  # scales every indicator alike
    analysis = sensitivity_to([Weights(spread=0.8), choice], method=flat(rule=rules.MinMax()))
    assert analysis.mean_shift.loc["rule", "total"] == 0.0
    assert (analysis.ranks()["rule"].dropna() == 0.0).all()
    assert analysis.scores()["rule"].min() > 0.5


def test_progress_is_reported() -> None:
    calls: list[tuple[int, int]] = []
    analysis = sensitivity_to(
        [Weights(spread=0.8), LeaveOut()], progress=lambda done, whole: calls.append((done, whole))
    )
    assert calls[-1] == (analysis.evaluations, analysis.evaluations)
