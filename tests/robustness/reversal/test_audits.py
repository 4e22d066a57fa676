"""Reversal audit: a textbook reversal, brute force, what is guilty, and what anchoring removes."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govindex import (
    DataError,
    Dimension,
    Framework,
    Indicator,
    Methodology,
    Observations,
    SettingError,
    UnknownNameError,
    absence,
    aggregate,
    impute,
    prepare,
    rules,
)
from govindex.contracts import CellStatus, Scope
from govindex.robustness import Reversals, reversals
from tests.asem import asem_data, asem_framework
from tests.tables import lettered


def method_of(rule: Any, codes: str = "xyz", **settings: Any) -> Methodology:
    own = {k: settings.pop(k) for k in ("aggregate", "absence") if k in settings}
    framework = Framework("index", [Indicator(code, rule=rule) for code in codes], **own)
    return Methodology("example.audit", "1", framework, **settings)


def random_data(seed: int, units: int = 9, codes: str = "xyz") -> Observations:
    numbers = np.random.default_rng(seed).integers(1, 8, (units, len(codes))).astype(float)
    return lettered(**{code: numbers[:, i] for i, code in enumerate(codes)})


def listed(actual: Reversals, *columns: str) -> list[tuple[Any, ...]]:
    return list(actual.to_frame()[list(columns)].itertuples(index=False, name=None))


# -- against the literature and brute force -------------------------------------------------------


def test_a_copy_turns_two_units_round_where_shares_of_the_sum_are_added() -> None:
    """Belton and Gear (1983): B before A before C, and A before B once B has a copy."""
    data = lettered(x=[1, 9, 1], y=[9, 1, 1], z=[8, 9, 1])
    method = method_of(rules.SumShare())
    assert method.compute(data).score.round(0).to_dict() == {"A": 45.0, "B": 47.0, "C": 8.0}
    audit = reversals(method, data, remove=[], copies=True)
    assert ("copy of", "B", "B", "A", "reversed") in listed(
        audit, "case", "unit", "first", "second", "how"
    )
    assert audit.left == 0
    assert "Anchored on these data, 0 are left." in audit.summary


def brute_force(method: Methodology, data: Observations) -> set[tuple[str, str, str]]:
    before = method.compute(data).ranks["index"].astype(float)
    actual = set()
    for gone in data.units.codes:
        left = [code for code in data.units.codes if code != gone]
        after = method.compute(data.take(left)).ranks["index"].astype(float)
        for a in left:
            for b in left:
                was = np.sign(before[b] - before[a])
                first = was > 0 or (was == 0 and a < b)
                if first and np.sign(after[b] - after[a]) != was:
                    actual.add((gone, a, b))
    return actual


RULES = [rules.MinMax(degenerate=0.5), rules.ZScore(degenerate=0.0), rules.Rank(), rules.SumShare()]


@given(seed=st.integers(0, 10_000), rule=st.sampled_from(RULES), codes=st.sampled_from(["x", "xy"]))
@settings(max_examples=25)
def test_every_flip_of_brute_force_is_listed_once(seed: int, rule: Any, codes: str) -> None:
    method, data = method_of(rule, codes), random_data(seed, codes=codes)
    audit = reversals(method, data)
    rows = listed(audit, "unit", "first", "second")
    assert len(rows) == len(set(rows))
    assert set(rows) == brute_force(method, data)
    assert audit.left == 0


def test_min_max_on_real_data_flips_and_its_anchored_form_does_not() -> None:
    data = asem_data("stage_Treated")
    method = Methodology("asem", "1", asem_framework(rules.MinMax()))
    audit = reversals(method, data, remove=data.units.codes[:12])
    assert audit.count == 10
    assert audit.left == 0
    frame = audit.to_frame()
    row = frame[frame["how"] == "reversed"].iloc[0]
    rest = data.take([code for code in data.units.codes if code != row["unit"]])
    ranks = method.compute(rest).ranks["Index"]
    assert ranks[row["first"]] == row["first_after"] > ranks[row["second"]]
    anchored = method.anchored(data)
    assert reversals(anchored, data, remove=data.units.codes[:12]).count == 0


# -- what is guilty -------------------------------------------------------------------------------


def test_the_rule_that_is_guilty_is_named_and_no_other() -> None:
    """Without D, which has the most of x, x counts twice as much: B overtakes A."""
    data = lettered(x=[1, 3, 0, 10], y=[8, 5, 0, 9])
    audit = reversals(method_of(rules.MinMax(), "xy"), data, remove="D")
    assert listed(audit, "first", "second", "alone") == [("A", "B", True)]
    (named,) = audit.to_frame()["parts"]
    assert [name.split(":")[0] for name in named] == ["rule of 'x'"]
    frozen = attrs.evolve(
        method_of(rules.MinMax(), "xy"),
        framework=method_of(rules.MinMax(), "xy").framework.with_rules(
            {"x": rules.MinMax().anchor(data.values[:, 0], Scope())}
        ),
    )
    assert reversals(frozen, data, remove="D").count == 0
    assert audit.causes["flips"].to_list() == [1, 0]


def test_a_step_that_is_guilty_is_named() -> None:
    """B's gap is filled with the mean, which a third unit moves past A."""
    data = lettered(x=[4.0, None, 1.0, 9.0])
    step = prepare.Impute(impute.Mean())
    method = method_of(rules.Affine(), "x", steps=[step])
    audit = reversals(method, data, remove=["D"])
    assert listed(audit, "first", "second") == [("B", "A")]
    assert audit.to_frame()["parts"][0] == (f"step {step!r}",)
    assert audit.left == 0


def test_a_policy_that_is_guilty_is_named_and_not_anchored() -> None:
    data = lettered(x=[4.0, -1.0, 1.0, 9.0], y=[4.0, None, 1.0, 9.0])
    method = method_of(rules.Affine(), "xy", absence=absence.Fill(by="all"))
    audit = reversals(method, data, remove=["C", "D"])
    assert audit.count == audit.left > 0
    assert all("absence policy of 'index'" in named[0] for named in audit.to_frame()["parts"])
    assert "Not anchored:\n  absence policy of 'index'" in audit.summary


def test_an_aggregator_that_is_guilty_is_named_and_not_anchored() -> None:
    data = random_data(3, 7, "xyz")
    method = method_of(rules.Affine(), aggregate=aggregate.Copeland())
    audit = reversals(method, data)
    assert audit.count == audit.left > 0
    assert set(audit.to_frame()["parts"]) == {tuple(map(str, method.peer_dependent_parts()))}
    assert not audit.causes["frozen"].any()


def test_branches_that_are_not_frozen_keep_the_aggregator_they_inherit() -> None:
    leaves = [Indicator(code, rule=rules.MinMax()) for code in "xyz"]
    framework = Framework(
        "index", [Dimension("d", leaves[:2]), leaves[2]], aggregate=aggregate.Hellwig()
    )
    method, data = Methodology("example.nested", "1", framework), random_data(8, 8)
    audit = reversals(method, data)
    assert audit.left == 0
    assert audit.count == len(brute_force(method, data)) > 0
    names = [name.split(":")[0] for name in audit.causes.index]
    assert names == [
        *(f"rule of '{code}'" for code in "xyz"),
        *(f"aggregator of '{code}'" for code in ("d", "index")),
    ]


def test_flips_without_a_declared_part_say_so() -> None:
    def shy(observations: Observations) -> Observations:
        centred = observations.values - observations.values.mean(axis=0)
        return attrs.evolve(observations, values=np.abs(centred))

    shy.peer_dependent = False  # type: ignore[attr-defined]
    data = lettered(x=[4.0, 5.5, 1.0, 9.0])
    audit = reversals(method_of(rules.Affine(), "x", steps=[shy]), data)
    assert audit.count > 0
    assert set(audit.to_frame()["parts"]) == {("no declared part",)}
    assert "No part depends on peers." in audit.summary


# -- cases ----------------------------------------------------------------------------------------


def test_absolute_methodologies_have_no_reversals() -> None:
    audit = reversals(method_of(rules.Goalposts(worst=0, best=9)), random_data(1), copies=True)
    assert audit.count == 0
    assert len(audit.cases) == 18
    assert audit.to_frame().empty


def test_units_are_compared_inside_leagues() -> None:
    data = lettered(x=[1, 3, 0, 10, 2, 5], y=[8, 5, 0, 9, 1, 4], league=list("MMMLLL"))
    audit = reversals(method_of(rules.MinMax(), "xy"), data)
    leagues = dict(zip(data.units.codes, data.units.leagues or (), strict=True))
    assert audit.count > 0
    assert all(leagues[a] == leagues[b] for a, b in listed(audit, "first", "second"))


def test_newcomers_are_not_part_of_the_nominal_ranking() -> None:
    data = lettered(x=[1, 3, 0, 10], y=[8, 5, 0, 9])
    audit = reversals(method_of(rules.MinMax(), "xy"), data, remove=[], newcomers=["D"])
    assert audit.nominal.units.codes == ("A", "B", "C")
    assert listed(audit, "case", "unit", "first", "second") == [("with", "D", "B", "A")]


def test_a_unit_of_a_panel_goes_in_all_periods() -> None:
    years = {
        year: lettered(x=[1, 3, 0, 10], y=[8, 5, 0, 9 + int(year) % 2]) for year in ("2020", "2021")
    }
    audit = reversals(method_of(rules.MinMax(), "xy"), Observations.panel(years))
    assert list(audit.cases["unit"]) == list("ABCD")
    pairs = listed(audit, "first", "second")
    assert pairs
    assert all(a[-4:] == b[-4:] for a, b in pairs)


def test_the_order_of_units_moves_no_byte() -> None:
    data = random_data(5)
    other = data.take(data.units.codes[::-1])
    one, two = (
        reversals(method_of(rules.ZScore()), d, copies=True).to_frame() for d in (data, other)
    )
    pd.testing.assert_frame_equal(one, two)


def test_a_case_that_cannot_be_computed_is_there_with_the_reason() -> None:
    data = lettered(x=[1, 1, 2])
    audit = reversals(method_of(rules.MinMax(), "x"), data)
    failed = audit.cases[audit.cases["problem"] != ""]
    assert list(failed["unit"]) == ["C"]
    assert "1 cases cannot be computed; without 'C'" in audit.summary


def test_units_that_gain_a_rank_are_counted_and_in_no_pair() -> None:
    """Who has less than half of the most has no rank: without D, B and C have one."""

    def half_of_the_most(data: Observations) -> Observations:
        low = data.values < data.values.max() / 2
        status = np.where(low, np.uint8(CellStatus.MISSING), data.status)
        return attrs.evolve(data, values=np.where(low, np.nan, data.values), status=status)

    data = lettered(x=[5.0, 4.0, 4.5, 10.0, 1.0])
    method = method_of(rules.Affine(), "x", steps=[half_of_the_most], absence=absence.Renormalise())
    audit = reversals(method, data, remove=["D"])
    assert audit.cases["unranked"].to_list() == [2]
    assert audit.count == 0
    assert "has no anchor()" in audit.summary


# -- bad input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("match", "kind", "asked"),
    [
        ("there is no unit 'Z'", UnknownNameError, {"remove": ["Z"]}),
        ("name units to remove or newcomers", SettingError, {"remove": []}),
        ("'A' is a newcomer", SettingError, {"remove": ["A"], "newcomers": ["A"]}),
        ("every unit is a newcomer", SettingError, {"newcomers": list("ABCDEFGHI"), "remove": []}),
        ("there is no node 'w'", UnknownNameError, {"node": "w"}),
    ],
)
def test_audits_without_units_are_refused(match: str, kind: Any, asked: dict[str, Any]) -> None:
    with pytest.raises(kind, match=match):
        reversals(method_of(rules.MinMax()), random_data(1), **asked)


def test_a_result_and_units_that_are_no_names_are_not_audited() -> None:
    data = lettered(x=[1.0, 2, 3], y=[3.0, 1, 2])
    method = method_of(rules.MinMax(), "xy")
    with pytest.raises(SettingError, match="give a methodology first, not IndexResult"):
        reversals(method.compute(data), data)  # type: ignore[arg-type]
    with pytest.raises(SettingError, match="codes of units of the data"):
        reversals(method, data, newcomers=data.take(["A"]))  # type: ignore[arg-type]


def test_tables_and_panels_that_cannot_be_audited_are_refused() -> None:
    with pytest.raises(DataError, match="give Observations, not DataFrame"):
        reversals(method_of(rules.MinMax()), pd.DataFrame())  # type: ignore[arg-type]
    panel = Observations.panel({year: random_data(1) for year in ("2020", "2021")})
    with pytest.raises(SettingError, match="units of a panel are not copied"):
        reversals(method_of(rules.MinMax()), panel, copies=True)


def test_an_only_unit_cannot_be_removed() -> None:
    with pytest.raises(SettingError, match="'A' is the only unit"):
        reversals(method_of(rules.Affine(), "x"), lettered(x=[1.0]))
