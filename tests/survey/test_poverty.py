"""Multidimensional poverty: published and worked examples, brute force and laws."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from govindex import DataError, FrameworkError, SettingError
from govindex.survey import (
    Deprivation,
    Jackknife,
    PovertyMeasure,
    SampleDesign,
    alkire_foster,
    load_poverty_measure,
    means,
)

CODES = ("a", "b", "c")


def of_flags(cutoff: float, weights: Any = (1, 1, 1)) -> PovertyMeasure:
    pairs = zip(CODES, weights, strict=True)
    return PovertyMeasure([Deprivation(c, above=0.5, weight=w) for c, w in pairs], cutoff)


@st.composite
def populations(draw: Any) -> pd.DataFrame:
    """Draw persons with flags of deprivation, weights and a group."""
    count = draw(st.integers(4, 12))
    flags = st.lists(st.integers(0, 1), min_size=count, max_size=count)
    frame = pd.DataFrame({code: draw(flags) for code in CODES})
    frame["w"] = draw(st.lists(st.integers(1, 9), min_size=count, max_size=count))
    frame["g"] = [*"xyxy", *draw(st.text("xy", min_size=count - 4, max_size=count - 4))]
    return frame


CUTOFFS = st.sampled_from([0.01, 1 / 6, 1 / 3, 0.5, 2 / 3, 5 / 6, 1.0])
WEIGHTS = st.tuples(*[st.integers(1, 4)] * 3)
DESIGN = SampleDesign(weights="w")


# -- published and worked examples -----------------------------------------------------------------

# Achievements made up so that the deprivation scores are those printed; the cut-offs are printed.
SAME_M0 = {
    "first": ([700, 300, 400, 800], [14, 3, 3, 4], "nnyn", "yyny"),
    "second": ([700, 300, 800, 300], [14, 3, 3, 9], "nnyn", "yyyn"),
}


@pytest.mark.parametrize(("society", "h", "a"), [("first", 1 / 2, 3 / 4), ("second", 3 / 4, 1 / 2)])
def test_two_societies_of_the_textbook_have_one_m0(society: str, h: float, a: float) -> None:
    """Alkire and others (2015), Multidimensional Poverty Measurement and Analysis, box 5.5.

    Cut-offs (500, 5, not malnourished, has improved sanitation); scores (0, ½, 1, ¼), (0, ½, ½, ½).
    """
    income, schooling, malnourished, sanitation = SAME_M0[society]
    frame = pd.DataFrame({"income": income, "schooling": schooling})
    frame["malnourished"], frame["sanitation"] = list(malnourished), list(sanitation)
    measure = PovertyMeasure(
        [
            Deprivation("income", below=500),
            Deprivation("schooling", below=5),
            Deprivation("malnourished", answers=["y"]),
            Deprivation("sanitation", answers=["n"]),
        ],
        cutoff=1 / 2,
    )
    table = alkire_foster(frame, measure).table()[["M0", "H", "A"]]
    assert table.to_numpy().tolist() == [pytest.approx([3 / 8, h, a])]


def test_four_persons_worked_by_hand() -> None:
    """Scores 0, ½, 1 and ¼ of four indicators; two of four are poor at k = ½."""
    frame = pd.DataFrame(
        {
            "income": [13.1, 15.2, 12.5, 20],
            "schooling": [14, 7, 10, 11],
            "health": [4, 5, 1, 3],
            "services": [1, 0, 0, 1],
        }
    )
    cutoffs = {"income": 13, "schooling": 12, "health": 3, "services": 1}
    measure = PovertyMeasure([Deprivation(c, below=z) for c, z in cutoffs.items()], 1 / 2)
    found = alkire_foster(frame, measure)
    assert found.table()[["M0", "H", "A"]].to_numpy().tolist() == [[3 / 8, 1 / 2, 3 / 4]]
    parts = found.indicators().set_index("indicator")
    assert parts["headcount"].to_dict() == {
        **{"income": 1 / 4, "schooling": 3 / 4, "health": 1 / 4, "services": 1 / 2}
    }
    assert parts["censored"].tolist() == [1 / 4, 1 / 2, 1 / 4, 1 / 2]
    assert parts["contribution"].tolist() == pytest.approx([1 / 6, 1 / 3, 1 / 6, 1 / 3])


# -- brute force and laws --------------------------------------------------------------------------


@given(frame=populations(), cutoff=CUTOFFS, weights=WEIGHTS)
def test_measures_are_those_of_exact_counting(
    frame: pd.DataFrame, cutoff: float, weights: tuple[int, ...]
) -> None:
    total, poor, score = Fraction(0), Fraction(0), Fraction(0)
    limit = Fraction(cutoff).limit_denominator(100)
    for row in frame.to_dict("records"):
        own = Fraction(sum(w * row[c] for c, w in zip(CODES, weights, strict=True)), sum(weights))
        total += row["w"]
        if own >= limit:
            poor, score = poor + row["w"], score + row["w"] * own
    found = alkire_foster(frame, of_flags(cutoff, weights), DESIGN).table().loc["all"]
    assert found["H"] == pytest.approx(float(poor / total))
    assert found["M0"] == pytest.approx(float(score / total))
    if poor:
        assert found["A"] == pytest.approx(float(score / poor))
    else:
        assert np.isnan(found["A"])


@given(frame=populations(), cutoff=CUTOFFS, weights=WEIGHTS)
def test_poverty_adds_up_over_indicators_and_subgroups(
    frame: pd.DataFrame, cutoff: float, weights: tuple[int, ...]
) -> None:
    measure = of_flags(cutoff, weights)
    by_group = alkire_foster(frame, measure, DESIGN, by="g")
    whole = alkire_foster(frame, measure, DESIGN)
    m0 = whole.table()["M0"].item()
    groups, parts = by_group.subgroups(), whole.indicators()
    assert groups["population"].sum() == pytest.approx(1)
    assert (groups["population"] * groups["M0"]).sum() == pytest.approx(m0)
    shares = np.array([measure.shares[code] for code in CODES])
    assert (shares * parts["censored"]).sum() == pytest.approx(m0)
    for table in (by_group.table(), whole.table()):
        rows = table[table["H"] > 0]
        np.testing.assert_allclose(rows["M0"], rows["H"] * rows["A"])
    if m0 > 0:
        assert groups["contribution"].sum() == pytest.approx(1)
        assert parts["contribution"].sum() == pytest.approx(1)
        np.testing.assert_allclose(groups["contribution"], groups["population"] * groups["M0"] / m0)


@given(frame=populations(), weights=WEIGHTS, cutoffs=st.tuples(CUTOFFS, CUTOFFS))
def test_a_higher_cutoff_never_finds_more_poverty(
    frame: pd.DataFrame, weights: tuple[int, ...], cutoffs: tuple[float, float]
) -> None:
    low, high = (alkire_foster(frame, of_flags(k, weights), DESIGN) for k in sorted(cutoffs))
    assert (high.table()[["M0", "H"]] <= low.table()[["M0", "H"]] + 1e-12).all(axis=None)
    assert (high.indicators()["censored"] <= low.indicators()["censored"] + 1e-12).all()
    assert (low.indicators()["censored"] <= low.indicators()["headcount"] + 1e-12).all()


@given(frame=populations(), cutoff=CUTOFFS)
def test_errors_of_m0_are_those_of_the_mean_of_censored_scores(
    frame: pd.DataFrame, cutoff: float
) -> None:
    measure = of_flags(cutoff)
    scores = measure.scores(frame[list(CODES)].to_numpy() == 1)
    frame = frame.assign(censored=np.where(measure.poor(scores), scores, 0.0))
    for design in (DESIGN, SampleDesign(weights="w", replication=Jackknife())):
        own = alkire_foster(frame, measure, design, by="g").table()
        mean = means(frame, "censored", design, by="g")
        np.testing.assert_allclose(own["M0"], mean.value[:, 0], atol=1e-12)
        np.testing.assert_allclose(own["M0_se"], mean.se[:, 0], atol=1e-12)


def test_scores_that_equal_the_cutoff_on_paper_reach_it() -> None:
    """0.1 + 0.2 is above 0.3 as doubles, and ten tenths may be below 1."""
    codes = [f"i{number}" for number in range(10)]
    for count in range(1, 11):
        measure = PovertyMeasure([Deprivation(c, above=0) for c in codes], count / 10)
        frame = pd.DataFrame([[1] * n + [0] * (10 - n) for n in range(11)], columns=codes)
        expected = (11 - count) / 11
        assert alkire_foster(frame, measure).table()["H"].item() == pytest.approx(expected)


# -- missing values, documents, problems -----------------------------------------------------------

GAPS = pd.DataFrame({"a": [1, None, 0, 1], "b": [1, 1, 0, 0], "c": [1, 1, 0, None]})


def test_missing_values_are_refused_dropped_or_not_deprived() -> None:
    measure = of_flags(2 / 3)
    with pytest.raises(DataError, match=r"(?s)'a' is missing in 1 row, first 2.*'c' is missing"):
        alkire_foster(GAPS, measure)
    dropped = alkire_foster(GAPS, measure, missing="drop")
    assert (dropped.left_out, dropped.table()["H"].item()) == (2, 1 / 2)
    assert repr(dropped) == "<PovertyEstimates: 1 domain, 2 respondents left out>"
    kept = alkire_foster(GAPS, measure, missing="not_deprived")
    assert (kept.left_out, kept.table()["H"].item()) == (0, 1 / 2)
    assert kept.table()["M0"].item() == pytest.approx((1 + 2 / 3) / 4)


DOCUMENT = """
format = 1
cutoff = 0.5
title = { vi = "Nghèo đa chiều (giả định)", en = "Multidimensional poverty (made up)" }
[[deprivations]]
code = "income"
below = 500
weight = 2
dimension = "living"
[[deprivations]]
code = "water"
answers = ["no", "0"]
name = { vi = "Nước sạch" }
[[sources]]
title = "made up"
"""


def test_a_document_is_read_as_the_classes(tmp_path: Path) -> None:
    file = tmp_path / "measure.toml"
    file.write_text(DOCUMENT, encoding="utf-8")
    measure = load_poverty_measure(file)
    assert measure.deprivations == (
        Deprivation("income", below=500, weight=2, dimension="living"),
        Deprivation("water", answers=["no", "0"], name={"vi": "Nước sạch"}),
    )
    frame = pd.DataFrame({"income": [400, 900], "water": ["yes", "0"]})
    assert alkire_foster(frame, measure).table()["M0"].item() == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("below = 500", "blow = 500", r"deprivations\[0\]"),
        ("below = 500", "", r"deprivations\[0\].*'income' needs exactly one cut-off"),
        ("cutoff = 0.5", "cutoff = 1.5", "the poverty cut-off is a share"),
        ("cutoff = 0.5", "", "cutoff"),
        ("weight = 2", "weight = -2", "the weight of a deprivation is above 0"),
        ("format = 1", "format = 2", "this version reads format 1, not 2"),
        ('code = "water"', 'code = "income"', "the deprivation 'income' is there 2 times"),
        ("[[sources]]", "[[sources", "is not well formed"),
    ],
)
def test_a_problem_of_a_document_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    file = tmp_path / "measure.toml"
    file.write_text(DOCUMENT.replace(old, new), encoding="utf-8")
    with pytest.raises(FrameworkError, match=message):
        load_poverty_measure(file)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Deprivation("a"), "exactly one cut-off.*0 are given"),
        (lambda: Deprivation("a", below=1, above=2), "2 are given"),
        (lambda: Deprivation("a", below=float("nan")), r"Deprivation\(below=…\) is a number"),
        (lambda: PovertyMeasure([], 0.5), "at least one"),
        (lambda: of_flags(0), "above 0 and at most 1"),
        (lambda: alkire_foster(GAPS, of_flags(1), missing="skip"), "missing is 'refuse'"),  # type: ignore[arg-type]
    ],
)
def test_an_impossible_setting_is_named(make: Any, message: str) -> None:
    with pytest.raises(SettingError, match=message):
        make()


def test_problems_of_data_are_named() -> None:
    with pytest.raises(DataError, match="'c'"):
        alkire_foster(GAPS[["a", "b"]], of_flags(1), missing="drop")
    with pytest.raises(DataError, match="column 'a' must hold numbers, not texts, such as 'much'"):
        alkire_foster(GAPS.assign(a=["much", "1", "0", "1"]), of_flags(1), missing="drop")
    with pytest.raises(DataError, match="nobody has a value of every indicator"):
        alkire_foster(GAPS.iloc[[1, 3]], of_flags(1), missing="drop")


@pytest.mark.parametrize(
    ("cells", "answers", "message"),
    [
        ([True, False], ["yes"], r"holds True and False.*'yes': give answers=\['True'\]"),
        ([1, 2], ["no"], "holds numbers, and none of its cells can be 'no': give below=…, above=…"),
        (["no", "No"], ["no"], "holds 'No', which is not the answer 'no'.*: correct the cells"),
        (["Không", "có"], ["không"], "holds 'Không', which is not the answer 'không'"),
    ],
)
def test_answers_that_no_cell_can_be_are_not_taken_for_nobody(
    cells: list[Any], answers: list[str], message: str
) -> None:
    measure = PovertyMeasure([Deprivation("a", answers=answers)], 1)
    with pytest.raises(DataError, match=message):
        alkire_foster(pd.DataFrame({"a": cells}), measure)


@pytest.mark.parametrize(
    ("cells", "answers"),
    [
        ([True, False], ["True"]),
        ([1, 2.0], ["1"]),
        (["1.0", "2.0"], ["1"]),
        (["no", "yes"], ["no"]),
    ],
)
def test_answers_of_any_kind_of_column_are_counted(cells: list[Any], answers: list[str]) -> None:
    measure = PovertyMeasure([Deprivation("a", answers=answers)], 1)
    assert alkire_foster(pd.DataFrame({"a": cells}), measure).table()["H"].tolist() == [0.5]
