"""Replicated robustness tables, against published ones and against scipy."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from govindex import (
    DataError,
    Dimension,
    Forms,
    Framework,
    FrameworkError,
    Indicator,
    Levels,
    Methodology,
    Observations,
    Ranking,
    Rounding,
    SettingError,
    UnknownNameError,
    absence,
    aggregate,
    compare,
    impute,
    prepare,
    replicate,
    rules,
    treat,
    variant,
)
from tests.asem import asem_data, asem_framework, asem_table
from tests.reference import reference


def one_indicator(code: str, decimals: int = 3) -> Methodology:
    framework = Framework("index", [Indicator(code, rule=rules.Identity())])
    return Methodology("example.one", "1", framework, scale=1.0, rounding=Rounding(decimals))


def tree(**settings: Any) -> Methodology:
    leaves = {code: Indicator(code, rule=rules.MinMax(), weight=2) for code in "wxyz"}
    framework = Framework(
        "index",
        [
            Dimension("d", [leaves["w"], leaves["x"], leaves["y"]], weight=3),
            leaves["z"],
            Indicator("shown", rule=rules.MinMax(), weight=0),
        ],
        **settings,
    )
    return Methodology("example.tree", "1", framework)


def data_of(seed: int = 1, units: int = 12, missing: float = 0.0) -> Observations:
    rng = np.random.default_rng(seed)
    names = ["w", "x", "y", "z", "shown"]
    values = rng.gamma(2.0, 1.0, (units, len(names)))
    values[rng.random(values.shape) < missing] = np.nan
    frame = pd.DataFrame(values, columns=names)
    frame.insert(0, "unit", [f"u{n:02}" for n in range(units)])
    frame["region"] = ["north", "south", "west"] * (units // 3)
    return Observations.from_frame(frame, unit="unit", league="region")


# -- against published tables ---------------------------------------------------------------------


def test_shifts_from_hdi_to_planetary_hdi_are_the_published_ones() -> None:
    """Human Development Report 2023/24: difference from the HDI rank, of 154 countries."""
    path = reference("published/hdi2022/hdr_2022_composites.csv")
    published = pd.read_csv(path, keep_default_na=False, na_values=[""])
    published = published.dropna(subset=["hdi_rank", "rankdiff_hdi_phdi"])
    data = Observations.from_frame(published[["iso3", "hdi", "phdi"]], unit="iso3")
    comparison = replicate(
        one_indicator("hdi"), data, {"planet": one_indicator("phdi")}, name="HDI"
    )
    shifts = comparison.shifts["planet"].loc[published["iso3"]].astype(int)
    assert len(shifts) == 154
    assert (shifts.to_numpy() == published["rankdiff_hdi_phdi"].to_numpy()).all()
    row: Any = comparison.summary.loc["planet"]
    assert row["changed"] == (published["rankdiff_hdi_phdi"] != 0).sum()
    assert row["mean_shift"] == pytest.approx(published["rankdiff_hdi_phdi"].abs().mean())
    assert row["largest_shift"] == published["rankdiff_hdi_phdi"].abs().max()
    assert row["rescored"] == (published["hdi"] != published["phdi"]).sum()


def test_versions_from_their_description_equal_the_reference() -> None:
    log = treat.Log()
    nominal = Methodology(
        "asem",
        "1",
        asem_framework(rules.MinMax()),
        steps=[prepare.Treat([treat.Winsorise(5), log], remaining="accept")],
    )
    comparison = replicate(
        nominal,
        asem_data("stage_Screened"),
        {
            "Winmax1": {"steps": [prepare.Treat([treat.Winsorise(1), log], remaining="accept")]},
            "Zscore": {"rule": rules.ZScore(10, 2)},
            "Gmean": {"rule": rules.MinMax(0.01, 1.0), "aggregate": aggregate.Geometric()},
        },
        name="Nominal",
    )
    expected = asem_table("compare_multi_AbsDiffs").set_index("uCode").astype(int)
    own = comparison.shifts.abs().loc[expected.index, list(expected.columns)].astype(int)
    pd.testing.assert_frame_equal(own, expected, check_names=False)


# -- what is counted ------------------------------------------------------------------------------


def test_counts_and_correlations_are_those_of_scipy() -> None:
    method, data = tree(), data_of()
    comparison = replicate(
        method,
        data,
        {
            "ranks": {"rule": rules.PercentRank()},
            "geometric": {"aggregate": aggregate.Geometric(offset=1)},
            "alone": {"weights": {"z": 20}},
        },
    )
    scores, ranks = comparison.scores, comparison.ranks.astype(float)
    for name in ("ranks", "geometric", "alone"):
        row: Any = comparison.summary.loc[name]
        gap = (ranks[name] - ranks["as it is"]).abs()
        assert row["changed"] == (gap > 0).sum() > 0
        assert row["mean_shift"] == pytest.approx(gap.mean())
        assert row["largest_shift"] == gap.max()
        assert row["kendall"] == pytest.approx(
            stats.kendalltau(ranks[name], ranks["as it is"]).statistic
        )
        assert row["spearman"] == pytest.approx(np.corrcoef(ranks[name], ranks["as it is"])[0, 1])
        assert row["pearson"] == pytest.approx(np.corrcoef(scores[name], scores["as it is"])[0, 1])
        assert row["rescored"] == (scores[name].round(2) != scores["as it is"].round(2)).sum()


def test_scores_that_print_alike_are_not_rescored() -> None:
    frame = pd.DataFrame({"unit": list("ABC"), "x": [0.1234, 0.5, 0.9], "y": [0.1229, 0.5, 0.92]})
    data = Observations.from_frame(frame)
    for decimals, expected in ((3, 1), (4, 2)):
        comparison = compare({c: one_indicator(c, decimals).compute(data) for c in "xy"})
        assert comparison.summary["rescored"].to_dict() == {"x": 0, "y": expected}


def test_kendall_of_a_constant_version_is_missing() -> None:
    frame = pd.DataFrame({"unit": list("ABC"), "x": [1.0, 2.0, 3.0], "y": [1.0, 1.0, 1.0]})
    data = Observations.from_frame(frame)
    comparison = compare({code: one_indicator(code).compute(data) for code in "xy"})
    assert comparison.summary["kendall"].isna().to_dict() == {"x": False, "y": True}


# -- descriptions ---------------------------------------------------------------------------------


def test_weights_are_levelled_among_siblings_or_indicators() -> None:
    equal, flat = (variant(tree(), weights=how).framework for how in ("equal", "flat"))
    assert equal.effective_weights["d"] == equal.effective_weights["z"] == 0.5
    assert {flat.effective_weights[code] for code in "wxyz"} == {0.25}
    assert equal.weight("shown") == flat.weight("shown") == 0


def test_flat_weights_of_a_points_rubric_share_its_maximum_alike() -> None:
    leaves = [
        Indicator(code, rule=rules.Affine(), weight=w)
        for code, w in zip("abc", (5, 3, 2), strict=True)
    ]
    framework = Framework(
        "points", [Dimension("d", leaves[:2]), leaves[2]], aggregate=aggregate.Sum()
    )
    flat = variant(Methodology("example.points", "1", framework), weights="flat").framework
    assert [flat.effective_weights[code] for code in "abc"] == [pytest.approx(1 / 3)] * 3


def test_choices_are_taken_together() -> None:
    step = prepare.Impute(impute.Mean(over="league"))
    method = variant(
        tree(), weights="equal", rule={"x": rules.Rank()}, absence=absence.AsZero(), steps=[step]
    )
    assert method.steps == (step,)
    assert method.framework.node("x").rule == rules.Rank()
    assert method.framework.node("y").rule == rules.MinMax()
    assert method.framework.absence == tree(absence=absence.AsZero()).framework.absence
    assert variant(method, steps=()).steps == ()
    assert variant(tree()) == tree()


def test_imputing_by_groups_is_a_choice() -> None:
    method, data = tree(absence=absence.Shrink()), data_of(units=30, missing=0.1)
    step = prepare.Impute(impute.Mean(over="league"))
    comparison = replicate(method, data, {"by groups": {"steps": [step]}})
    own = Methodology("example.tree", "1", method.framework, steps=[step]).compute(data)
    assert comparison.ranks["by groups"].to_dict() == own.ranks["index"].to_dict()
    assert comparison.summary["changed"]["by groups"] > 0


def test_a_variant_may_print_round_and_rank_otherwise() -> None:
    method = attrs.evolve(tree(), rounding=Rounding(2))
    own = variant(method, scale=1, rounding=Levels(leaf=Rounding(3)), ranking=Ranking(ties="dense"))
    assert (own.scale, own.rounding) == (1, Levels(leaf=Rounding(3)))
    assert own.ranking == Ranking(ties="dense")
    assert variant(method, rounding=Levels()).rounding == Levels()
    nodes = variant(method, rounding={"d": Rounding(0)}, ranking={"d": Ranking(decimals=0)})
    assert nodes.framework.node("d").rounding == Rounding(0)
    assert nodes.framework.node("d").ranking == Ranking(decimals=0)
    assert nodes.rounding == method.rounding
    assert variant(nodes, rounding={"d": None}).framework.node("d").rounding is None


def test_only_rounding_and_ranking_of_a_variant_differ_by_node() -> None:
    with pytest.raises(FrameworkError, match=r"a scale is 'points' or a finite number above 0"):
        variant(tree(), scale={"d": 5})  # type: ignore[arg-type]
    assert variant(tree(), rounding={}, ranking={}) == tree()


def test_a_node_of_one_form_is_changed_in_that_form() -> None:
    one = Framework("index", [Indicator("a", rule=rules.MinMax())])
    two = Framework("index", [Indicator("b", rule=rules.MinMax())])
    method = Forms("example.forms", "1", one, forms={"small": two})
    changed = variant(method, rounding={"b": Rounding(1)}, ranking={"index": Ranking(decimals=0)})
    assert isinstance(changed, Forms)
    assert changed.forms["small"].node("b").rounding == Rounding(1)
    assert [form.ranking for form in changed.frameworks] == [Ranking(decimals=0)] * 2
    with pytest.raises(UnknownNameError, match="there is no node 'c': Known: 'index', 'a', 'b'"):
        variant(method, rounding={"c": None})


@given(
    seed=st.integers(0, 99),
    scale=st.sampled_from([1, 10, 1000]),
    decimals=st.integers(0, 3),
)
def test_scores_on_another_scale_are_compared_in_the_unit_of_the_base(
    seed: int, scale: float, decimals: int
) -> None:
    method, data = tree(), data_of(seed)
    coarse = Levels(total=Rounding(decimals))
    comparison = replicate(
        method,
        data,
        {"scaled": {"scale": scale}, "rounded": {"scale": scale, "rounding": coarse}},
    )
    assert comparison.summary["rescored"]["scaled"] == 0
    assert comparison.summary["changed"]["scaled"] == 0
    own = variant(method, scale=scale, rounding=coarse).compute(data)
    printed = own.score.loc[list(comparison.units.codes)].to_numpy() * 100 / scale
    np.testing.assert_allclose(comparison.scores["rounded"], printed)
    step = 10.0**-decimals * 100 / scale
    gap = (comparison.scores["rounded"] - comparison.scores["as it is"]).abs()
    assert gap.max() <= step / 2 + 1e-9
    ranks = own.ranks["index"].loc[list(comparison.units.codes)]
    assert comparison.ranks["rounded"].to_list() == ranks.to_list()


def test_ranking_on_printed_scores_is_a_choice() -> None:
    frame = pd.DataFrame({"unit": list("ABC"), "x": [0.504, 0.496, 0.2]})
    method = one_indicator("x", decimals=5)
    found = replicate(
        method, Observations.from_frame(frame), {"printed": {"rounding": Rounding(1)}}
    )
    assert found.ranks["printed"].to_list() == [1, 1, 3]
    assert found.summary["changed"]["printed"] == 1


# -- bad input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("match", "variants", "kind"),
    [
        (
            "variant 'a': there is no choice 'rules': did you mean 'rule'",
            {"rules": 1},
            SettingError,
        ),
        ("variant 'a': weights are .* 'equal' or 'flat'", {"weights": "even"}, SettingError),
        ("variant 'a': .*'q'", {"weights": {"q": 1.0}}, SettingError),
        ("variant 'a': there is no node 'q'", {"rounding": {"q": None}}, SettingError),
        ("variant 'a': .*a scale is 'points' or", {"scale": "percent"}, SettingError),
        (r"variant 'a': .*points need a root that sums", {"scale": "points"}, SettingError),
        (r"variant 'a': .*rounding is Levels", {"rounding": 2}, SettingError),
        (r"variant 'a': .*ranking", {"ranking": "dense"}, SettingError),
        (r"(?s)variant 'a': .*above 0", {"aggregate": aggregate.Geometric()}, DataError),
        ("variant 'a' is a mapping of choices, a methodology or a result, not 3", 3, SettingError),
    ],
)
def test_variants_that_do_not_apply_are_named(match: str, variants: Any, kind: Any) -> None:
    with pytest.raises(kind, match=match):
        replicate(tree(), data_of(), {"a": variants})


@pytest.mark.parametrize("variants", [[("a", {})], {}])
def test_variants_come_by_name(variants: Any) -> None:
    with pytest.raises(SettingError, match="a mapping of names to at least one variant"):
        replicate(tree(), data_of(), variants)


def test_a_variant_and_the_index_itself_have_two_names() -> None:
    with pytest.raises(SettingError, match="are both called 'as it is'"):
        replicate(tree(), data_of(), {"as it is": {}})
