"""A survey as a leaf of the PAR index: its error moves the total and the rank.

Points are those of Ninh Thuận 2022 and Đắk Lắk 2023 (vn.par.ninh-thuan-2022, vn.par.dak-lak-2023);
standard errors are made up, since none are published.
"""

from __future__ import annotations

from math import hypot

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import govindex as gi
from govindex import robustness, survey

NAMES = ("Ninh Thuận", "Đắk Lắk")
ERRORS = {"Ninh Thuận": 0.5, "Đắk Lắk": 0.4}
CODES = ["A", "B1", "B2", "B3"]


def register() -> gi.Observations:
    """Return the published points without those of the satisfaction index."""
    parts = [gi.datasets.load(f"vn.par.{name}") for name in ("ninh-thuan-2022", "dak-lak-2023")]
    rows = [[part.value(part.units.codes[0], code) for code in CODES] for part in parts]
    table = pd.DataFrame(rows, columns=CODES, index=pd.Index(NAMES, name="unit"))
    return gi.Observations.from_frame(table.drop(columns="B1").reset_index(), unit="unit")


def satisfaction() -> survey.Estimates:
    """Return the published satisfaction out of 10 points, with made-up errors."""
    rows = [
        (name, "sipas", value, ERRORS[name])
        for name, value in zip(NAMES, (8.23, 8.15), strict=True)
    ]
    return survey.Estimates.of(pd.DataFrame(rows, columns=["domain", "item", "value", "se"]))


def whole() -> gi.Observations:
    return register().with_variables(satisfaction().observations(), names={"sipas": "B1"})


def test_the_totals_are_those_that_were_published() -> None:
    result = gi.methodology("vn.par.province@876").compute(whole())
    assert result.table().loc[list(NAMES), "score"].tolist() == pytest.approx([85.79, 87.33])


def test_the_error_of_the_leaf_is_that_of_the_total_and_decides_the_rank() -> None:
    method = gi.methodology("vn.par.province@876")
    sample = robustness.sample_ranks(
        method, whole(), vary=[robustness.Errors()], draws=20_000, rng=1
    )
    table = sample.score_intervals(0.95)
    np.testing.assert_allclose(table.loc[list(NAMES), "error"], list(ERRORS.values()), rtol=0.02)
    # Satisfaction cannot pass 10 of 10 points: the total cannot pass its own bound.
    assert (sample.scores()["Đắk Lắk"] <= 87.33 - 8.15 + 10).all()
    ahead = sample.pairwise().loc["Đắk Lắk", "Ninh Thuận"]
    expected = stats.norm.cdf((87.33 - 85.79) / hypot(0.5, 0.4))
    assert ahead == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize(("factor", "label"), [(1.0, "1"), (3.0, "1–2")])
def test_larger_errors_make_ranks_the_same(factor: float, label: str) -> None:
    data = whole()
    assert data.errors is not None
    column = data.errors[:, data.column_of("B1")] * factor
    vary = [robustness.Errors({"B1": column})]
    sample = robustness.sample_ranks(
        gi.methodology("vn.par.province@876"), data, vary=vary, draws=2000, rng=1
    )
    groups = robustness.tied_groups(sample, 0.95)
    assert groups.loc["Đắk Lắk", "rank_group"] == label
    [text] = sample.nominal.announcement_sentences(groups=groups, language="vi")
    assert ("hạng 1–2" in text) == (label == "1–2")
