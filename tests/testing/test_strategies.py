"""Strategies draw valid data of all kinds, which shrink to plain ones."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

import govindex as gi
from govindex import Framework, Methodology, Observations, measures, rules
from govindex.contracts import CellStatus, is_absent
from govindex.testing import (
    NA,
    check_methodology,
    methodology_around,
    methodology_checks,
    observed,
    strategies,
)

SEARCH = settings(
    max_examples=2_000,
    database=None,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
ANY = settings(SEARCH, phases=[Phase.generate])  # where what is found need not be small
METHOD = methodology_around(gi.absence.Shrink())


@given(data=st.data(), method=strategies.methodologies())
@settings(suppress_health_check=list(HealthCheck))
def test_whatever_is_drawn_can_be_scored(data: st.DataObject, method: Methodology) -> None:
    example = data.draw(strategies.observations(method))
    assert len(method.compute(example).units) == len(example.units)


@given(data=st.data(), framework=strategies.frameworks(depth=5, bonuses=True, ratios=True))
@settings(suppress_health_check=list(HealthCheck))
def test_frameworks_of_any_depth_can_be_scored(data: st.DataObject, framework: Framework) -> None:
    example = data.draw(strategies.observations(framework))
    gi.Methodology("x", "1", framework, scale=1.0).compute(example)


def _is_alone(data: Observations) -> bool:
    leagues = list(data.units.leagues or ())
    return any(leagues.count(league) == 1 for league in leagues)


def _nodes(method: Methodology) -> list[Any]:
    return [node for form in method.frameworks for node in (*form.nodes, *form.views)]


def _policies(method: Methodology) -> set[type]:
    pairs = [node.absence for node in _nodes(method) if node.absence is not None]
    return {type(policy) for pair in pairs for policy in (pair.missing, pair.not_applicable)}


def _has_answers(method: Methodology) -> bool:
    rules = [getattr(node, "rule", None) for node in _nodes(method)]
    return any(isinstance(answer, str) for rule in rules for answer in getattr(rule, "answers", ()))


def _weights(method: Methodology) -> list[Any]:
    return [node.weight for form in method.frameworks for node in form.nodes[1:]]


def _has_strict_branch(method: Methodology) -> bool:
    branches = [node for node in _nodes(method) if isinstance(node, gi.Dimension)]
    return any(isinstance(node.rule, rules.MinMax) for node in branches)


@pytest.mark.parametrize(
    ("wanted", "condition"),
    [
        ("a view", lambda m: m.framework.views),
        ("a weight by variable", lambda m: any(isinstance(n, str) for n in _weights(m))),
        ("forms", lambda m: isinstance(m, gi.Forms)),
        ("a tie-break", lambda m: m.ranking.tie_break),
        ("answers", _has_answers),
        ("Fill", lambda m: gi.absence.Fill in _policies(m)),
        ("Redistribute", lambda m: gi.absence.Redistribute in _policies(m)),
        ("Custom", lambda m: gi.absence.Custom in _policies(m)),
        ("a rounded node", lambda m: any(node.rounding is not None for node in _nodes(m))),
        ("a ranked node", lambda m: any(node.ranking is not None for node in _nodes(m))),
        ("a strict rule on a branch", _has_strict_branch),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_methodologies_are_drawn_with(wanted: str, condition: Any) -> None:
    find(strategies.methodologies(), condition, settings=ANY)


@pytest.mark.parametrize(
    ("wanted", "condition"),
    [
        ("a missing cell", lambda d: (d.status == CellStatus.MISSING).any()),
        ("a cell that is not applicable", lambda d: (d.status == CellStatus.NOT_APPLICABLE).any()),
        ("an imputed cell", lambda d: (d.status == CellStatus.IMPUTED).any()),
        (
            "a constant among several units",
            lambda d: len(d.units) > 3 and np.ptp(d.values[:, 0]) == 0,
        ),
        ("units that tie", lambda d: len(np.unique(d.values, axis=0)) < len(d.units)),
        ("two leagues", lambda d: len(set(d.units.leagues)) == 2),
        ("a unit that is not ranked", lambda d: not d.units.ranked_mask.all()),
        ("a unit with a parent", lambda d: any(d.units.parents)),
        ("a unit alone in its league", lambda d: len(d.units) > 1 and _is_alone(d)),
        ("several that are not ranked", lambda d: (~d.units.ranked_mask).sum() > 1),
        ("a single unit", lambda d: len(d.units) == 1),
        ("a large value", lambda d: np.nanmax(d.values) >= 1e6),
        ("a tiny value", lambda d: (np.abs(d.values) == 1e-9).any()),
        ("zero", lambda d: (d.values == 0).any()),
        ("exactly the target", lambda d: (d.values[:, d.column_of("d")] == 80).any()),
        ("just below the target", lambda d: (d.values[:, d.column_of("d")] == 80 - 0.08).any()),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_observations_are_drawn_with(wanted: str, condition: Any) -> None:
    find(strategies.observations(METHOD), condition, settings=ANY)


def test_observations_shrink_to_one_unit_with_plain_values() -> None:
    def lacks_a_value(data: Observations) -> bool:
        return bool((data.status == CellStatus.MISSING).any())

    seeded = settings(SEARCH, derandomize=False)
    example = find(
        strategies.observations(METHOD), lacks_a_value, settings=seeded, random=Random(1)
    )
    assert len(example.units) == 1
    assert (example.status == CellStatus.MISSING).sum() == 1
    assert example.units.leagues == (None,)


def test_absent_cells_are_drawn_only_where_the_framework_knows_what_to_do() -> None:
    method = methodology_around(gi.absence.Refuse())

    @given(strategies.observations(method))
    def holds(data: Observations) -> None:
        first = [data.column_of(code) for code in "abc"]
        assert (~is_absent(data.status[:, first])).all()

    holds()


@given(strategies.observations(methodology_around(measures.Ratio("done", "all", times=100))))
def test_parts_do_not_exceed_their_wholes(data: Observations) -> None:
    done, whole = (data.values[:, data.column_of(name)] for name in ("done", "all"))
    known = ~np.isnan(done + whole)
    assert (done[known] <= whole[known]).all()
    assert (whole[known] > 0).all()


@given(strategies.observations(methodology_around(rules.MinMax())))
def test_peers_differ_where_a_rule_needs_it(data: Observations) -> None:
    values = data.values[data.units.ranked_mask, data.column_of("a")]
    assert len(set(values.tolist()) - {np.nan}) > 1


@given(strategies.observations(methodology_around(rules.Choice({"Tốt": 1, "Kém": 0}))))
def test_answers_are_those_of_the_rule(data: Observations) -> None:
    assert set(data.levels["a"]) == {"Tốt", "Kém"}


def test_units_share_league_and_type_with_a_neighbour() -> None:
    @given(strategies.units(at_least=2, types=("a", "b")))
    def holds(units: Any) -> None:
        groups = [(unit.league, unit.type) for unit in units]
        assert all(groups.count(group) > 1 for group in groups)

    holds()


def test_resampled_units_are_rows_of_the_sample() -> None:
    sample = observed({"a": [1.0, 2.0, NA], "b": ["x", "y", "x"]})

    @given(strategies.resampled(sample, at_least=2))
    def holds(data: Observations) -> None:
        rows = {(data.value(u, "a"), data.value(u, "b")) for u in data.units.codes}
        assert rows <= {(1.0, "x"), (2.0, "y"), (None, "x")}
        assert len(data.units) >= 2

    holds()


def test_observed_tells_missing_from_not_applicable() -> None:
    data = observed({"a": [1, None, NA], "b": ["yes", "no", None]}, period="2026")
    assert [data.cell(u, "a").name for u in data.units.codes] == [
        "REPORTED",
        "MISSING",
        "NOT_APPLICABLE",
    ]
    assert [data.value(u, "b") for u in data.units.codes] == ["yes", "no", None]
    assert data.period == "2026"


@given(strategies.observations(methodology_around(gi.rules.MinMax(over="period", degenerate=0))))
def test_a_part_that_looks_at_periods_is_tried_on_panels(data: Observations) -> None:
    assert data.is_panel
    sizes = np.bincount(data.units.group("period"))
    assert len(data.units) == 1 or sizes.min() > 1


def test_bodies_are_drawn_in_several_periods() -> None:
    drawn = strategies.units(at_most=8, periods=("2025", "2026"))
    example = find(drawn, lambda units: units.bodies.count("U1") > 1, settings=SEARCH)
    assert example.codes == ("U0@2025", "U1@2025", "U0@2026", "U1@2026")


def test_measures_over_time_are_tried_with_the_units_own_other_periods() -> None:
    method = methodology_around(measures.AnnualChange("x"))

    def changed(data: Observations) -> bool:
        result = method.compute(data)
        return bool((result.values[result.row_of("a")] > 0).any())

    example = find(strategies.observations(method), changed, settings=ANY)
    assert example.periods == ("2025", "2026")


@given(st.data())
def test_a_panel_is_resampled_unit_by_unit(data: st.DataObject) -> None:
    units = gi.Units(("A@2025", "B@2025", "A@2026"), periods=("2025", "2025", "2026"))
    sample = Observations(units, ["x"], np.array([[1.0], [2.0], [3.0]]))
    drawn = data.draw(strategies.resampled(sample))
    for body in set(drawn.units.bodies):
        assert drawn.take([body]).values[:, 0].tolist() in ([1.0, 3.0], [2.0])


# Units that a rule looks at by name.

HUE = rules.DistanceToReference("Huế", degenerate=0)


def test_units_that_a_rule_names_are_among_those_drawn() -> None:
    @settings(max_examples=20)
    @given(strategies.observations(methodology_around(HUE)))
    def named_first(data: Observations) -> None:
        assert data.units.codes[0] == "Huế"
        assert set(data.units.codes[1:]) <= {f"U{i}" for i in range(6)}

    named_first()


@pytest.mark.parametrize("whole", [True, False])
def test_units_that_a_rule_names_are_kept_of_a_sample(whole: bool) -> None:
    sample = observed({"a": [10, 20, 30]}, units=["Lào Cai", "Huế", "Lai Châu"])

    @settings(max_examples=20)
    @given(strategies.resampled(sample, whole=whole, named=["Huế"]))
    def kept(data: Observations) -> None:
        assert data.units.codes[:2] == ("Huế", "U0")
        assert data.value("Huế", "a") == 20

    kept()


def test_a_rule_that_names_a_unit_keeps_its_laws_on_drawn_and_given_data() -> None:
    method = methodology_around(HUE)
    given_data = observed(
        {c: [10, 20, 30] for c in "abcde"}, units=["Lào Cai", "Huế", "Lai Châu"], period="2026"
    )
    check_methodology(method, examples=3)
    alone = {"anonymity_of_leagues": "the data have no leagues"}
    check_methodology(method, data=given_data, examples=3, excuses=alone)
    promised = {check.name for check in methodology_checks(method)}
    assert "anonymity_of_order" in promised
    assert "anonymity_of_names" not in promised
