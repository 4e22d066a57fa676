"""TOPSIS and Hellwig: published examples, anchoring, what they refuse."""

from __future__ import annotations

import json
from typing import Any

import attrs
import numpy as np
import pandas as pd
import pytest

import govindex as gi
from govindex.aggregate import TOPSIS, ClosenessToIdeal, DistanceToIdeal, Hellwig
from govindex.compute import Block, evaluate
from govindex.errors import DataError, FrameworkError, SettingError
from govindex.rules import Affine, Identity
from govindex.testing import check_methodology, methodology_around, observed
from tests.aggregate.examples import flat
from tests.reference import reference, reference_table
from tests.sampling import few


def test_topsis_is_the_way_from_the_worst_to_the_best() -> None:
    # From (0, 0) to (3, 4): the middle unit is 5/2 away from both ends.
    data = observed({"a": [0, 1.5, 3], "b": [0, 2, 4]})
    result = flat(TOPSIS(scale="none"), "ab").compute(data)
    np.testing.assert_allclose(result.shares[0], [0, 0.5, 1], atol=1e-15)


def test_topsis_weighs_the_distances() -> None:
    data = observed({"a": [0, 1], "b": [1, 0], "c": [0, 1]})
    framework = flat(TOPSIS(scale="none"), "abc").framework.with_weights({"b": 2})
    result = attrs.evolve(flat(TOPSIS(), "ab"), framework=framework).compute(data)
    # (0, 2, 0) against (1, 0, 1): two away from the worst, √2 from the best.
    np.testing.assert_allclose(result.shares[0, 0], 2 / (2 + np.sqrt(2)), rtol=1e-15)


def test_topsis_divides_by_the_length_of_the_column() -> None:
    data = observed({"a": [3, 4, 0], "b": [0, 800, 600]})
    plain = observed({"a": [0.6, 0.8, 0], "b": [0, 0.8, 0.6]})
    with_scale = flat(TOPSIS(), "ab").compute(data)
    np.testing.assert_allclose(
        with_scale.shares[0], flat(TOPSIS(scale="none"), "ab").compute(plain).shares[0], rtol=1e-14
    )


def test_hellwig_measures_the_distance_to_the_best_in_everything() -> None:
    # Distances 0, 1 and 2: mean 1, standard deviation 1, so that the distance 3 earns 0.
    result = flat(Hellwig(scale="none"), "a").compute(observed({"a": [2, 1, 0]}))
    np.testing.assert_allclose(result.shares[0], [1, 2 / 3, 1 / 3], rtol=1e-14)


def test_hellwig_ignores_the_measure_unit() -> None:
    data = observed({"a": [2, 1, 0, 5], "b": [0, 3, 7, 1]})
    other = attrs.evolve(data, values=data.values * [1000, 1] + [0, 50])
    one, two = (flat(Hellwig(), "ab").compute(each).shares[0] for each in (data, other))
    np.testing.assert_allclose(one, two, rtol=1e-12)


@pytest.mark.parametrize("aggregate", [TOPSIS(), TOPSIS(scale="none"), Hellwig(), Hellwig(ddof=0)])
def test_anchored_it_keeps_its_points(aggregate: Any) -> None:
    data = observed({"a": [0.2, 0.4, 0.9], "b": [0.5, 0.1, 0.8]})
    method = flat(aggregate, "ab")
    anchored = method.anchored(data)
    assert not anchored.peer_dependent
    np.testing.assert_allclose(
        anchored.compute(data).shares[0], method.compute(data).shares[0], rtol=1e-14
    )
    alone = anchored.compute(data.take(["U0"])).shares[0]
    np.testing.assert_allclose(alone, method.compute(data).shares[0, :1], rtol=1e-14)
    check_methodology(anchored, examples=2)


def test_beyond_the_points_nothing_more_is_gained_or_lost() -> None:
    ideal = ClosenessToIdeal(best={"a": 1, "b": 1}, worst={"a": 0, "b": 0})
    result = flat(ideal, "ab").compute(observed({"a": [2, -1, 2], "b": [1, 0, -3]}))
    np.testing.assert_allclose(result.shares[0], [1, 0, 0.5], rtol=1e-14)


def test_dimensions_that_inherit_topsis_get_points_of_their_own() -> None:
    inside = [gi.Indicator(code, rule=Identity()) for code in "ab"]
    framework = gi.Framework(
        "index",
        [gi.Dimension("d", inside), gi.Indicator("c", rule=Identity())],
        aggregate=TOPSIS(),
        views=[gi.View("v", of=["a", "c"])],
    )
    method = gi.Methodology("example.deep", "1", framework)
    data = observed({"a": [1, 2, 3], "b": [3, 1, 1], "c": [0, 1, 0.2]})
    anchored = method.anchored(data)
    assert not anchored.peer_dependent
    np.testing.assert_allclose(anchored.compute(data).shares, method.compute(data).shares)


def test_what_cannot_be_anchored_is_named() -> None:
    frame = pd.DataFrame(
        {"unit": list("ABCD"), "league": list("xxyy"), "a": [0, 1, 2, 5], "b": [1, 0, 4, 3]}
    )
    data = gi.Observations.from_frame(frame, league="league")
    with pytest.raises(
        FrameworkError, match="aggregator of 'index': leagues have different points"
    ):
        flat(TOPSIS(over="league"), "ab").anchored(data)


def test_units_alike_are_refused_or_get_what_is_declared() -> None:
    alike = observed({"a": [1, 1], "b": [2, 2]})
    with pytest.raises(DataError, match=r"TOPSIS needs units .*unit 'U0', node 'index'"):
        flat(TOPSIS(), "ab").compute(alike)
    with pytest.raises(DataError, match="Hellwig's measure needs units that differ"):
        flat(Hellwig(), "ab").compute(alike)
    assert flat(TOPSIS(degenerate=0.5), "ab").compute(alike).shares[0].tolist() == [0.5, 0.5]
    with pytest.raises(FrameworkError, match="differs from the worst"):
        flat(TOPSIS(degenerate=0.5), "ab").anchored(alike)


def test_a_missing_child_is_refused_by_name() -> None:
    data = gi.Observations.from_frame(
        pd.DataFrame({"unit": ["A", "B", "C"], "a": [1.0, 2, 3], "b": [1.0, np.nan, 3]})
    )
    method = flat(TOPSIS(), "ab")
    lenient = attrs.evolve(method.framework, absence=gi.absence.Renormalise())
    with pytest.raises(DataError, match=r"unit 'B', node 'index': TOPSIS.* needs every child, and"):
        attrs.evolve(method, framework=lenient).compute(data)


def test_units_left_without_a_score_set_no_points() -> None:
    data = gi.Observations.from_frame(
        pd.DataFrame({"unit": list("ABC"), "a": [1.0, 2, 9], "b": [1.0, 3, np.nan]})
    )
    method = flat(TOPSIS(), "ab")
    whole = attrs.evolve(method.framework, absence=gi.absence.Renormalise(min_share=1))
    shares = attrs.evolve(method, framework=whole).compute(data).shares[0]
    assert np.isnan(shares[2])
    expected = method.compute(data.take(["A", "B"])).shares[0]
    np.testing.assert_array_equal(shares[:2], expected)


def test_a_child_whose_weight_is_drawn_as_0_sets_no_points() -> None:
    data = observed({"a": [0.2, 0.4, 0.9], "b": [0.5, 0.1, 0.8], "c": [0.9, 0.1, 0.3]})
    both = [TOPSIS(), Hellwig()]
    for aggregate in both:
        plan, block = flat(aggregate, "abc")._plan, Block.of(data)
        drawn = evaluate(plan, block, {"c": np.array([1.0, 0.0])})["index"].share
        np.testing.assert_allclose(drawn[0], flat(aggregate, "abc").compute(data).shares[0])
        np.testing.assert_allclose(drawn[1], flat(aggregate, "ab").compute(data).shares[0])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: TOPSIS(scale="sd"), "there is no scale 'sd'"),  # type: ignore[arg-type]
        (lambda: TOPSIS(degenerate=2), "a share from 0 to 1, not 2"),
        (lambda: Hellwig(over="everyone"), "no reference population 'everyone'"),  # type: ignore[arg-type]
        (lambda: Hellwig(ddof=2), "ddof is 0 or 1"),
        (lambda: ClosenessToIdeal(best={"a": 1}, worst={}), "a best and a worst share of every"),
        (lambda: ClosenessToIdeal(best={"a": 0}, worst={"a": 1}), "'a' lies above the best"),
        (lambda: ClosenessToIdeal(best={"a": 1}, worst={"a": 1}), "differs from the worst"),
        (lambda: DistanceToIdeal(ideal={"a": 1}, limit=0), "a distance above 0, not 0"),
        (lambda: DistanceToIdeal(ideal={}, limit=1), "the ideal share of every child"),
        (lambda: DistanceToIdeal(ideal={"a": 1}, limit=1, divisors={"a": 0}), "above 0, not 0"),
        (lambda: DistanceToIdeal(ideal=3, limit=1), "numbers by the codes of children, not 3"),  # type: ignore[arg-type]
    ],
)
def test_impossible_settings_are_refused(make: Any, message: str) -> None:
    with pytest.raises(SettingError, match=message):
        make()


def test_points_of_other_children_are_refused() -> None:
    with pytest.raises(FrameworkError, match="root 'index': DistanceToIdeal names 'z', no child"):
        flat(DistanceToIdeal(ideal={"a": 1, "z": 1}, limit=1), "ab")
    with pytest.raises(FrameworkError, match="DistanceToIdeal does not name 'b'"):
        flat(DistanceToIdeal(ideal={"a": 1}, limit=1), "ab")


def test_a_result_among_peers_is_explained_once_anchored() -> None:
    data = observed({"a": [0.2, 0.4, 0.9], "b": [0.5, 0.1, 0.8]})
    rule = gi.rules.Goalposts(worst=0, best=1)
    method = flat(TOPSIS(), "ab")
    method = attrs.evolve(method, framework=method.framework.with_rules({"a": rule, "b": rule}))
    with pytest.raises(SettingError, match="looks at peers: explain the result of the anchored"):
        gi.explain(method.compute(data), "U1")
    why = gi.explain(method.anchored(data).compute(data), "U1")
    np.testing.assert_allclose(why.leaves["lost"].sum(), why.lost)


@pytest.mark.parametrize(
    "part",
    [
        TOPSIS(scale="none", degenerate=0.5),
        TOPSIS(over="ranked", degenerate=0),
        Hellwig(over="league", degenerate=0.5),
        ClosenessToIdeal(best={"a": 1, "b": 1, "c": 1}, worst={"a": 0, "b": 0.1, "c": 0}),
        DistanceToIdeal(ideal={"a": 1, "b": 1, "c": 1}, limit=2, divisors={"a": 0.5}),
    ],
    ids=repr,
)
def test_keeps_the_laws_it_promises(part: Any) -> None:
    check_methodology(methodology_around(part), examples=few(15))


# Against published and reference results.


def test_topsis_of_a_published_example() -> None:
    cases = json.loads(reference("published/mcdm_textbook/examples.json").read_text())
    case = next(case for case in cases if case["id"] == "topsis_ersoy2021")
    codes = [f"c{i}" for i in range(len(case["weights"]))]
    leaves = [
        gi.Indicator(code, rule=Identity() if sign > 0 else Affine(slope=-1), weight=weight)
        for code, weight, sign in zip(codes, case["weights"], case["types"], strict=True)
    ]
    framework = gi.Framework("index", leaves, aggregate=TOPSIS())
    matrix = np.array(case["matrix"])
    data = observed(dict(zip(codes, matrix.T.tolist(), strict=True)))
    shares = gi.Methodology("example.laptops", "1", framework, scale=1).compute(data).shares[0]
    np.testing.assert_allclose(shares.round(2), np.round(case["expected"], 2), atol=1e-9)


def test_hellwig_of_the_reference() -> None:
    table = reference_table("compind/input_nuts3.csv")
    expected = reference_table("compind/wroclaw.csv")["V1"]
    data = observed({str(code): table[code].tolist() for code in table})
    framework = gi.Framework(
        "index",
        [gi.Indicator(str(code), rule=Identity()) for code in table],
        aggregate=Hellwig(scale="none"),
    )
    shares = gi.Methodology("example.regions", "1", framework, scale=1).compute(data).shares[0]
    np.testing.assert_allclose(1 - shares, expected, atol=1e-9)
