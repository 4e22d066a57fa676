"""Component scores as weights with signs, and the signed mean that carries them."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import govindex as gi
from govindex import aggregate, rules, weight
from govindex.contracts import BranchScope
from govindex.errors import DataError, FrameworkError, SettingError
from govindex.toml import dumps, loads
from tests.asem import asem_meta, asem_table

CODES = ["a", "b", "c", "d"]
seeds = st.integers(0, 2**32 - 1)


def children_of(parent: str) -> list[str]:
    meta = asem_meta()
    return sorted(meta.loc[meta["Parent"] == parent, "iCode"])


def table(seed: int, units: int = 14) -> pd.DataFrame:
    """Return figures of which c points against the others."""
    rng = np.random.default_rng(seed)
    common = rng.normal(size=(units, 1))
    frame = pd.DataFrame(common * [1.0, 1.2, -0.9, 0.5] + rng.normal(size=(units, 4)) * 0.6)
    frame = frame.set_axis(CODES, axis=1) * [1, 10, 0.1, 3] + [0, 5, 2, -7]
    return frame.set_axis([f"U{i}" for i in range(units)])


def method(rule: Any = None, **settings: Any) -> gi.Methodology:
    leaves = [gi.Indicator(code, rule=rule or rules.ZScore(degenerate=0)) for code in CODES]
    return gi.Methodology("example.wealth", "1", gi.Framework("wealth", leaves, **settings))


def observations(frame: pd.DataFrame) -> gi.Observations:
    return gi.Observations.from_frame(frame.rename_axis("unit").reset_index())


def component(frame: pd.DataFrame) -> Any:
    """Return the first principal component's scores, by singular values."""
    z = ((frame - frame.mean()) / frame.std(ddof=1)).to_numpy()
    left, size, right = np.linalg.svd(z, full_matrices=False)
    sign = 1.0 if right[0].sum() > 0 else -1.0
    return sign * left[:, 0] * size[0]


@pytest.mark.parametrize("group", ["ConEcFin", "P2P", "Physical", "Political", "SusEcFin"])
def test_coefficients_of_the_first_component_are_those_of_the_reference(group: str) -> None:
    theirs = asem_table("pca_weights_Raw_L1").set_index("iCode")["Weight"].astype(float)
    codes = children_of(group)
    data = asem_table("input_iData").set_index("uCode")[codes].astype(float)
    found = weight.ComponentScores(components=1, missing="complete")(data)
    ours = found.report.loc[codes, "coefficient"]
    sign = np.sign(theirs[codes].sum())
    expected = sign * theirs[codes] / np.linalg.norm(theirs[codes])
    np.testing.assert_allclose(ours / np.linalg.norm(ours), expected, atol=1e-9)
    if group == "SusEcFin":
        assert min(found.weights.values()) < 0


@settings(max_examples=15)
@given(seed=seeds)
def test_a_signed_mean_gives_the_scores_of_the_component(seed: int) -> None:
    frame = table(seed)
    applied = weight.apply(method(), weight.ComponentScores(components=1), observations(frame))
    scored = attrs.evolve(method(), framework=applied.framework).compute(observations(frame))
    expected = component(frame)
    actual = scored.shares[scored.codes.index("wealth")]
    assert abs(np.corrcoef(actual, expected)[0, 1]) == pytest.approx(1, abs=1e-9)
    sizes = [abs(number) for number in applied.weights.values()]
    assert sum(sizes) == pytest.approx(1, abs=1e-9)
    negative = {code for code, number in applied.weights.items() if number < 0}
    kept = applied.framework.aggregator("wealth")
    assert negative == set(getattr(kept, "negative", ()))


@settings(max_examples=15)
@given(seed=seeds, count=st.integers(1, 3), combine=st.sampled_from(["variance", "equal"]))
def test_scores_do_not_depend_on_the_straight_line_of_the_rules(
    seed: int, count: int, combine: Any
) -> None:
    data = observations(table(seed))
    how = weight.ComponentScores(components=count, combine=combine, positive="a")
    scores = []
    for rule in (rules.ZScore(), rules.MinMax(), rules.Affine(slope=2.0)):
        plain = method(rule)
        applied = weight.apply(plain, how, data)
        result = attrs.evolve(plain, framework=applied.framework).compute(data)
        scores.append(result.shares[result.codes.index("wealth")])
    for other in scores[1:]:
        assert np.corrcoef(scores[0], other)[0, 1] == pytest.approx(1, abs=1e-8)


@settings(max_examples=15)
@given(seed=seeds)
def test_the_order_of_units_and_children_moves_no_bit(seed: int) -> None:
    frame, rng = table(seed), np.random.default_rng(seed)
    shuffled = frame.iloc[rng.permutation(len(frame)), rng.permutation(4)]
    how = weight.ComponentScores(components=2)
    assert how(shuffled) == how(frame)


@settings(max_examples=15)
@given(seed=seeds)
def test_a_child_turned_round_changes_its_sign_alone(seed: int) -> None:
    frame = table(seed)
    how = weight.ComponentScores(components=1, positive="a")
    turned = how(frame.assign(c=-frame["c"]))
    expected = {**how(frame).weights, "c": -how(frame)["c"]}
    assert dict(turned.weights) == pytest.approx(expected, abs=1e-9)


def test_scores_of_another_year_are_on_the_same_scale() -> None:
    first, later = observations(table(1)), observations(table(2))
    plain = method(rule=rules.ZScore())
    applied = weight.apply(plain, weight.ComponentScores(components=1), first)
    frozen = attrs.evolve(plain, framework=applied.framework).anchored(first)
    alone = frozen.compute(observations(table(2).loc[["U3"]])).scores["wealth"].to_list()
    assert alone == [frozen.compute(later).scores["wealth"].to_list()[3]]


def test_signed_weights_are_explained_and_travel_in_documents() -> None:
    data = observations(table(3))
    applied = weight.apply(method(), weight.ComponentScores(components=1), data)
    signed = attrs.evolve(method(), framework=applied.framework)
    again = loads(dumps(signed))
    assert gi.contributions(again.compute(data)) is not None
    assert (applied.report.loc["c", ["weight", "effective"]].astype(float) < 0).all()
    assert float(applied.framework.weight("c")) > 0
    # A later method without signs keeps the mean's; another with signs replaces them.
    turned = table(3).assign(c=lambda frame: -frame["c"])
    straight = weight.apply(signed, weight.ComponentScores(components=1), observations(turned))
    assert straight.framework.aggregator("wealth") == aggregate.Arithmetic()


def test_negative_weights_are_refused_wherever_nobody_declares_them() -> None:
    @attrs.frozen
    class Bad:
        peer_dependent: bool = False

        def __call__(self, children: Any) -> weight.WeightSet:
            numbers = dict(zip("abcd", (0.5, 0.5, 0.5, -0.5), strict=True))
            return weight.WeightSet(weights=numbers, how=self)

    with pytest.raises(SettingError, match="weights of at least 0 that add up to 1, not"):
        weight.apply(method(), Bad())
    with pytest.raises(FrameworkError, match="at least 0"):
        gi.Framework("x", [gi.Indicator("a", weight=-1, rule=rules.MinMax())])
    product = method(rules.MinMax(), aggregate=aggregate.Geometric(offset=1))
    with pytest.raises(
        FrameworkError, match=r"'c' would have negative weights .* need aggregate=Arithmetic\(\)"
    ):
        weight.apply(product, weight.ComponentScores(components=1), observations(table(4)))
    with pytest.raises(FrameworkError, match="SignedMean names 'z', no child of it"):
        method(aggregate=aggregate.SignedMean("z"))


def test_components_that_cannot_be_signed_are_refused() -> None:
    with pytest.raises(SettingError, match="positive is 'z', no child whose scores vary"):
        weight.ComponentScores(positive="z")(table(5))
    square = pd.DataFrame({"a": [1.0, 1, -1, -1], "b": [1.0, -1, 1, -1], "c": [1.0, 1, -1, -0.9]})
    with pytest.raises(DataError, match="'b' does not load on component 1"):
        weight.ComponentScores(components=1, positive="b")(square.assign(c=square["a"] + 0.0))
    with pytest.raises(DataError, match="explain the same"):
        weight.ComponentScores(components=1)(square[["a", "b"]])


@given(
    shares=st.lists(st.floats(-9, 9), min_size=3, max_size=3),
    weights=st.lists(st.floats(0.1, 5), min_size=3, max_size=3),
)
def test_a_signed_mean_is_the_mean_of_turned_shares(
    shares: list[float], weights: list[float]
) -> None:
    arrays, sizes = [np.array([s]) for s in shares], [np.array([w]) for w in weights]
    signed = aggregate.SignedMean(["a", "c"])(arrays, sizes, BranchScope(("a", "b", "c")))
    expected = np.average(np.array(shares) * [-1, 1, -1], weights=weights)
    assert signed.item() == pytest.approx(expected, abs=1e-12)
    low, high = aggregate.SignedMean("a").reach(min(shares), max(shares))
    assert low - 1e-9 <= signed.item() <= high + 1e-9
