"""Preparation against the reference results of COINr on the ASEM index (51 economies).

Not imitated: the logarithm of the GII (`log_GII`), which hands the values back as they came.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import attrs
import numpy as np
import pandas as pd
import pytest

import govindex as gi
from govindex.impute import Mean, Median, RowMean, RowMedian
from govindex.kernels import reductions
from govindex.prepare import Denominate, Impute, Screen, Treat
from govindex.treat import BoxCox, Log, Winsorise
from tests.reference import reference, reference_table

DENOMINATORS = ("Area", "Energy", "GDP", "Population")
GROUPS = ("GDP_group", "GDPpc_group", "Pop_group", "EurAsia_group")


@cache
def meta() -> pd.DataFrame:
    return reference_table("asem/input_iMeta.csv").set_index("iCode")


@cache
def indicators() -> tuple[str, ...]:
    return tuple(meta().index[meta()["Type"] == "Indicator"])


def stage(name: str) -> pd.DataFrame:
    return reference_table(f"asem/{name}.csv").set_index("uCode")


@cache
def raw() -> gi.Observations:
    frame = reference_table("asem/input_iData.csv")
    return gi.Observations.from_frame(
        frame,
        unit="uCode",
        name="uName",
        attributes=GROUPS,
        variables=[*indicators(), *DENOMINATORS],
    )


def of(frame: pd.DataFrame) -> gi.Observations:
    groups = reference_table("asem/input_iData.csv").set_index("uCode")[list(GROUPS)]
    joined = frame[list(indicators())].join(groups)
    return gi.Observations.from_frame(joined.reset_index(), unit="uCode", attributes=GROUPS)


@cache
def framework() -> gi.Framework:
    nodes = meta()

    def node(code: str) -> Any:
        below = nodes.index[nodes["Parent"] == code]
        weight = float(nodes["Weight"][code])
        if not len(below):
            direction: Any = "higher" if nodes["Direction"][code] == 1 else "lower"
            return gi.Indicator(code, weight=weight, direction=direction, rule=gi.rules.MinMax())
        return gi.Dimension(code, [node(child) for child in below], weight=weight)

    return gi.Framework("Index", [node(c) for c in nodes.index[nodes["Parent"] == "Index"]])


def assert_equal(data: gi.Observations, expected: pd.DataFrame) -> None:
    actual = data.frame.loc[expected.index, list(expected.columns)]
    np.testing.assert_allclose(actual.to_numpy(), expected.to_numpy(), rtol=1e-9, atol=1e-12)


def denominate() -> Denominate:
    by = meta()["Denominator"].reindex(indicators())
    return Denominate(by[by.isin(DENOMINATORS)].to_dict(), lacking="missing")


STEPS: dict[str, Any] = {
    "Denominated": lambda: denominate(),
    "Imputed": lambda: Impute(Mean(over="EurAsia_group")),
    "Screened": lambda: Screen(0.9),
    "Treated": lambda: Treat([Winsorise(5), Log()]),
}


def test_the_whole_chain_is_one_methodology() -> None:
    steps = [step() for step in STEPS.values()]
    method = gi.Methodology("coinr.asem", "1", framework(), steps=steps, scale=100)
    data = raw()
    for count, name in enumerate(STEPS, 1):
        part = gi.Methodology("coinr.asem", "1", framework(), steps=steps[:count], scale=100)
        assert_equal(part.prepare(data), stage(f"stage_{name}"))
    result = method.compute(data)
    expected = stage("stage_Aggregated")
    scores = result.scores.loc[expected.index, list(expected.columns)]
    np.testing.assert_allclose(scores.to_numpy(), expected.to_numpy(), rtol=1e-9, atol=1e-9)
    names = [type(report).__name__ for report in result.preparation]
    assert names == ["DenominateReport", "ImputeReport", "ScreenReport", "TreatReport"]


def test_the_whole_chain_is_a_document() -> None:
    from govindex.toml import dumps, loads

    steps = [step() for step in STEPS.values()]
    method = gi.Methodology("coinr.asem", "1", framework(), steps=steps, scale=100)
    assert loads(dumps(method)) == method


def test_the_anchored_chain_scores_its_reference_alike() -> None:
    steps = [step() for step in STEPS.values()]
    method = gi.Methodology("coinr.asem", "1", framework(), steps=steps, scale=100)
    anchored = method.anchored(raw())
    assert not anchored.peer_dependent
    actual, expected = anchored.compute(raw()).score, method.compute(raw()).score
    np.testing.assert_allclose(actual, expected, rtol=1e-12)


# -- denominate, impute ----------------------------------------------------------------------------


def test_denominators_from_elsewhere() -> None:
    world = reference_table("asem/input_WorldDenoms.csv").set_index("uCode")["GDP"]
    frame = raw().frame.drop(columns="GDP").join(world.rename("GDP")).reset_index(names="uCode")
    data = gi.Observations.from_frame(frame, unit="uCode")
    done = Denominate({"Goods": "GDP", "Services": "GDP"})(data)
    assert_equal(done, stage("denom_world"))


@pytest.mark.parametrize(
    ("name", "fill"),
    [
        ("mean", Mean()),
        ("median", Median()),
        ("mean_grp_EurAsia", Mean(over="EurAsia_group")),
        ("median_grp_EurAsia", Median(over="EurAsia_group")),
        ("median_grp_Pop", Median(over="Pop_group")),
        ("row_mean", RowMean(on="min-max")),
        ("row_mean_subindex", RowMean(["Conn", "Sust"], on="min-max")),
        (
            "row_median_pillar",
            RowMedian(
                [
                    "ConEcFin",
                    "Instit",
                    "P2P",
                    "Physical",
                    "Political",
                    "Environ",
                    "Social",
                    "SusEcFin",
                ],
                on="min-max",
            ),
        ),
    ],
)
def test_imputation(name: str, fill: Any) -> None:
    method = gi.Methodology("coinr.asem", "1", framework(), steps=Impute(fill))
    assert_equal(method.prepare(raw()), stage(f"impute_{name}_Raw"))


# -- screen ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "screen"),
    [
        ("byNA_0.9", Screen(0.9)),
        ("byNA_0.95", Screen(0.95)),
        ("byzeros_0.95", Screen(nonzero=0.95)),
        ("both", Screen(0.9, nonzero=0.95)),
        ("force", Screen(0.95, keep=["BRN"], drop=["AUS"])),
    ],
)
def test_screening(name: str, screen: Screen) -> None:
    expected = stage(f"screen_{name}_summary")
    data = raw()
    table = screen.within([framework()], data).report(data).frame.loc[expected.index]
    assert (table["leaves"] == ~expected["Included"]).all()
    assert (table["missing"] == expected["N_missing"]).all()
    assert (table["zero"] == expected["N_zero"]).all()
    np.testing.assert_allclose(table["availability"], expected["Dat_Avail"], rtol=1e-12)
    np.testing.assert_allclose(table["nonzero"], expected["Non_Zero"], rtol=1e-12)


def test_availability_of_dimensions() -> None:
    expected = stage("avail_bygroup_Raw")
    screen = Screen(groups=list(expected.columns)).within([framework()], raw())
    table = screen.report(raw()).frame.loc[expected.index]
    for code in expected.columns:
        np.testing.assert_allclose(table[f"availability: {code}"], expected[code], rtol=1e-12)


# -- treat -----------------------------------------------------------------------------------------

TREATMENTS: dict[str, Treat] = {
    "default": Treat(),
    "winmax1": Treat([Winsorise(1), Log()]),
    "winmax3": Treat([Winsorise(3), Log()]),
    "winmaxNULL_nolog": Treat([Winsorise(100)]),
    "skew1_kurt2": Treat(skewness=1, kurtosis=2),
    "f2_log_CT_plus": Treat([Winsorise(2), Log(mirrored="skewed")]),
    "f2_log_CT_orig": Treat([Winsorise(2), Log(offset=1)]),
    "f2_boxcox": Treat([Winsorise(2), BoxCox(power=0.25, origin="least", offset=1)]),
    "combine": Treat([Winsorise(2), Log()], combine=True),
    "none": Treat(),  # `global_specs = "none"` is passed over, the defaults are used
}

# What COINr marks for this one is the winsorisation that it gave up.
WRONG_MARKS = "f2_boxcox"


@pytest.mark.parametrize("of_stage", ["Raw", "Screened"])
@pytest.mark.parametrize("name", TREATMENTS)
def test_treatment(name: str, of_stage: str) -> None:
    data = of(stage(f"stage_{of_stage}"))
    treated = attrs.evolve(TREATMENTS[name], remaining="accept")(data)
    report: Any = treated.reports[0]
    looked = 0
    if (reference("asem") / f"treat_{name}_{of_stage}.csv").exists():
        assert_equal(treated, stage(f"treat_{name}_{of_stage}")[list(indicators())])
        looked += 1
    if (reference("asem") / f"treat_{name}_{of_stage}_points.csv").exists() and name != WRONG_MARKS:
        points = reference_table(f"asem/treat_{name}_{of_stage}_points.csv")[list(indicators())]
        marked = (points != "").to_numpy() & ~np.isnan(data.values)  # rows as those of the data
        assert (treated.treated == marked).all()
        looked += 1
    if (reference("asem") / f"treat_{name}_{of_stage}_details.csv").exists():
        assert_details(report.frame, f"treat_{name}_{of_stage}_details")
        assert_given_up(report, f"treat_{name}_{of_stage}_details")
        looked += 1
    assert looked


def assert_details(table: pd.DataFrame, name: str) -> None:
    details = reference_table(f"asem/{name}.csv").set_index("iCode")
    own = table.loc[details.index]
    for what in ("Skew", "Kurt"):
        column = {"Skew": "skewness", "Kurt": "kurtosis"}[what]
        stages = details.filter(regex=rf"check_SkewKurt\d.{what}")
        np.testing.assert_allclose(own[column], stages.iloc[:, 0], rtol=1e-9)
        last = stages.ffill(axis=1).iloc[:, -1]
        np.testing.assert_allclose(own[f"{column}_after"], last, rtol=1e-9)
    winsorised = details["winsorise.nwin"].notna()
    if "check_SkewKurt2.Pass" in details:
        winsorised &= details["check_SkewKurt2.Pass"].isna()
    np.testing.assert_array_equal(
        own.loc[winsorised, "cells"], details.loc[winsorised, "winsorise.nwin"]
    )


def assert_given_up(report: Any, name: str) -> None:
    """Compare what the winsorisation that was given up left, unless treatments are combined."""
    details = reference_table(f"asem/{name}.csv").set_index("iCode")
    if report.step.combine or "check_SkewKurt2.Pass" not in details:
        return
    second = details.index[details["check_SkewKurt2.Pass"].notna()]
    rows = {row.variable: row.given_up for row in report.rows if row.given_up}
    assert set(rows) == set(second)
    for code in second:
        expected = details.loc[code, ["check_SkewKurt1.Skew", "check_SkewKurt1.Kurt"]]
        assert rows[code][0].left == pytest.approx(expected.astype(float).tolist(), rel=1e-9)


@pytest.mark.parametrize("of_stage", ["Raw", "Screened"])
def test_treatment_of_single_indicators(of_stage: str) -> None:
    own = ("Flights", "Goods", "Services")
    data = of(stage(f"stage_{of_stage}"))
    for step in (
        Treat(exempt=own),
        Treat([Winsorise(1), Log()], variables="Goods"),
        Treat([Log()], variables="Services"),
    ):
        data = step(data)
    tables = [report.frame for report in data.reports]
    table = pd.concat([tables[0].drop(list(own)), *tables[1:]])
    assert_details(table, f"treat_indiv_{of_stage}_details")


# -- edge cases ------------------------------------------------------------------------------------


def cases(*names: str) -> list[dict[str, Any]]:
    """Return the cases in which the function worked, with and without missing values."""
    lines = reference("asem/edge_cases.jsonl").read_text().splitlines()
    actual = [json.loads(line) for line in lines]
    return [c for c in actual if c["fn"] in names and c["error"] is None and c["args"]["x"]]


def numbers(texts: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.array([np.nan if t in (None, "NA", "NaN") else float(t) for t in texts])


def flag(case: dict[str, Any], name: str) -> bool:
    return bool(case["args"].get(name, [False])[0])


def setting(case: dict[str, Any], name: str, usual: float) -> float:
    return float((case["args"].get(name) or [usual])[0])


def test_skewness_and_kurtosis_of_edge_cases() -> None:
    looked = 0
    for case in cases("skew", "kurt"):
        values = numbers(case["args"]["x"])
        if np.isnan(values).any() and not flag(case, "na.rm"):
            continue
        actual = reductions.shape_of(values, np.ones(len(values), dtype=bool))
        own = actual[0 if case["fn"] == "skew" else 1]
        np.testing.assert_allclose(own, numbers(case["result"]), rtol=1e-9, atol=1e-12)
        looked += 1
    assert looked > 20


def test_winsorised_edge_cases() -> None:
    looked = 0
    for case in cases("winsorise"):
        values = numbers(case["args"]["x"])
        expected = numbers(case["result"]["x"])
        most = case["args"].get("winmax", ["5"])
        points: Any = "all" if most is None else int(most[0])
        tied_beyond = points != "all" and int(case["result"]["nwin"][0]) > points
        drawn_together = len(np.unique(expected[~np.isnan(expected)])) < 2
        if tied_beyond or drawn_together:
            continue  # more points than were allowed, or a variable that says nothing any more
        step = Treat(
            Winsorise(points),
            skewness=setting(case, "skew_thresh", 2),
            kurtosis=setting(case, "kurt_thresh", 3.5),
            when="always" if flag(case, "force_win") else "needed",
            remaining="accept",
        )
        np.testing.assert_allclose(step(single(values)).values[:, 0], expected, rtol=1e-12)
        looked += 1
    assert looked > 20


def single(values: Any) -> gi.Observations:
    units = [gi.Unit(f"U{i}") for i in range(len(values))]
    return gi.Observations(units, ("x",), np.asarray(values)[:, None])


def test_curves_of_edge_cases() -> None:
    curves = {
        "log_CT": Log(),
        "log_CT_plus": Log(mirrored="skewed"),
        "log_CT_orig": Log(offset=1),
    }
    looked = 0
    for case in cases("boxcox", *curves):
        values = numbers(case["args"]["x"])
        known = np.unique(values[~np.isnan(values)])
        if len(known) < 2 or (np.isnan(values).any() and not flag(case, "na.rm")):
            continue  # nothing to be treated
        if case["fn"] == "boxcox":
            power = setting(case, "lambda", 1)
            curve: Any = BoxCox(power=power, origin="least", offset=1)
            expected = numbers(case["result"])
        else:
            curve, expected = curves[case["fn"]], numbers(case["result"]["x"])
        actual = Treat(curve, when="always", remaining="accept")(single(values)).values[:, 0]
        np.testing.assert_allclose(actual, expected, rtol=1e-9, atol=1e-12)
        looked += 1
    assert looked > 40


def test_imputed_edge_cases() -> None:
    looked = 0
    for case in cases("i_mean", "i_median", "i_mean_grp", "i_median_grp"):
        values, expected = numbers(case["args"]["x"]), numbers(case["result"])
        groups = case["args"].get("f", [None] * len(values))
        units = [
            gi.Unit(f"U{i}", attributes={"group": group} if group else {})
            for i, group in enumerate(groups)
        ]
        over = "group" if case["fn"].endswith("_grp") else "all"
        fill: Any = Mean(over=over) if "mean" in case["fn"] else Median(over=over)
        data = gi.Observations(units, ("x",), values[:, None])
        actual = Impute(fill, lacking="missing")(data).values[:, 0]
        np.testing.assert_allclose(actual, expected, rtol=1e-12)
        looked += 1
    assert looked > 30
