"""Published numbers of Decision 766, reproduced to the hundredth.

The sources of every figure stand in `datasets/index.toml`.
"""

from __future__ import annotations

from typing import Any, Literal

import attrs
import numpy as np
import pytest

import govindex as gi

GROUPS = ["1", "2", "3A", "3B", "4", "5"]
DAYS = ["vn.service-766.provinces-2026-10-06", "vn.service-766.provinces-2026-10-10"]


@pytest.fixture(scope="module")
def method() -> gi.Methodology:
    return gi.methodology("vn.service-766@2022")


@pytest.fixture(scope="module")
def provinces(method: gi.Methodology) -> tuple[gi.IndexResult, gi.IndexResult]:
    before, after = (method.cut().compute(gi.datasets.load(day)) for day in DAYS)
    return before, after


def phu_tho(cells: dict[str, float], period: str) -> gi.Observations:
    """Return the province's figures with some of them replaced."""
    frame = gi.datasets.load("vn.service-766.phu-tho-2026").take(["H44"]).frame
    return gi.Observations.from_frame(frame.assign(**cells), period=period)


def equal(found: Any, expected: Any) -> bool:
    """Compare where something was published, to the last bit."""
    known = expected.notna()
    assert known.any()
    return bool((found[known] == expected[known]).all())


@pytest.mark.parametrize("day", [0, 1])
def test_total_of_every_province_is_the_published_one(
    provinces: tuple[gi.IndexResult, gi.IndexResult], day: int
) -> None:
    published = gi.datasets.published(DAYS[day])
    assert len(published) == 34
    assert equal(provinces[day].score, published["total"])


@pytest.mark.parametrize("code", ["766", *GROUPS])
@pytest.mark.parametrize("day", [0, 1])
def test_rank_of_every_province_is_the_published_one(
    provinces: tuple[gi.IndexResult, gi.IndexResult], day: int, code: str
) -> None:
    published = gi.datasets.published(DAYS[day])
    column = "rank" if code == "766" else f"rank_{code}"
    assert equal(provinces[day].ranks[code].astype(float), published[column])


def test_seven_provinces_share_transparency_of_eight_points(
    provinces: tuple[gi.IndexResult, gi.IndexResult],
) -> None:
    result = provinces[1]
    shared = result.ranks["1"][result.scores["1"] == 8.0]
    assert list(shared) == [28] * 7
    assert result.rank_labels("1").count("=28") == 7


def test_khanh_hoa_moves_from_last_to_24th_in_four_days(
    provinces: tuple[gi.IndexResult, gi.IndexResult],
) -> None:
    moved = gi.change(*provinces).units.loc["H32"]
    assert (moved["rank_before"], moved["rank"], moved["rank_change"]) == (34, 24, 10)
    assert gi.change(*provinces, node="1").units.loc["H32", "score_change"] == 8.0


@pytest.mark.parametrize(
    ("day", "total", "groups"),
    [
        (0, 61.88, None),
        (1, 62.59, [10.46, 17.56, 8.24, 6.48, 9.61, 10.24]),
    ],
)
def test_national_mean_is_the_sum_of_rounded_group_means(
    method: gi.Methodology, day: int, total: float, groups: list[float] | None
) -> None:
    data = gi.datasets.load(DAYS[day])
    means = attrs.evolve(method.cut(), rounding=gi.Levels(leaf=gi.Rounding(2)))
    mean = means.compute(data.roll_up(dict.fromkeys(data.units.codes, "national")))
    assert mean.score["national"] == total
    if groups is not None:
        assert [*mean.scores.loc["national", GROUPS]] == groups


def test_mean_of_totals_is_not_the_published_national_total(
    provinces: tuple[gi.IndexResult, gi.IndexResult],
) -> None:
    assert round(provinces[1].score.mean(), 2) == 62.58


def test_phu_tho_is_reproduced_from_numerators_and_denominators(method: gi.Methodology) -> None:
    name = "vn.service-766.phu-tho-2026"
    result = method.compute(gi.datasets.load(name))
    published = gi.datasets.published(name)
    for group in GROUPS:
        if group != "1":  # the units below the province inherit part of it: see below
            known = published[group].notna() & result.scores[group].notna()
            assert equal(result.scores[group][known], published[group][known])
    assert [*result.scores.loc["H44", GROUPS]] == [7.96, 17.68, 8.56, 6.67, 9.59, 11.43]
    assert result.score["H44"] == 61.89


@pytest.mark.parametrize(
    ("unit", "groups"),
    [
        ("Sở Công Thương - Tỉnh Phú Thọ", {"2": 14.56, "3B": 8.0, "4": 9.59, "5": 16.85}),
        ("UBND Phường Việt Trì", {"2": 17.86, "3B": 6.74, "4": 9.31, "5": 5.95}),
    ],
)
def test_groups_of_a_department_and_a_ward_are_the_published_ones(
    method: gi.Methodology, unit: str, groups: dict[str, float]
) -> None:
    result = method.compute(gi.datasets.load("vn.service-766.phu-tho-2026"))
    assert {code: result.scores.loc[unit, code] for code in groups} == groups
    assert "1.4, 3.1, 3.2, 3.3" in str(result.unscored.loc[unit, "reason"])


def test_units_below_the_province_inherit_its_transparency(method: gi.Methodology) -> None:
    result = method.compute(gi.datasets.load("vn.service-766.phu-tho-2026"))
    own = [*result.scores.loc["H44", ["1.1", "1.2", "1.3"]]]
    assert own == [0.0, 0.0, 1.96]
    for unit in result.units.codes[1:]:
        assert [*result.scores.loc[unit, ["1.1", "1.2", "1.3"]]] == own


def test_dak_lak_is_reproduced_leaf_by_leaf(method: gi.Methodology) -> None:
    name = "vn.service-766.dak-lak-2026-10-10"
    result = method.cut(["3A"]).compute(gi.datasets.load(name))
    published = gi.datasets.published(name).loc["H15"]
    leaves = [code for code in method.framework.leaf_codes if code in published.index]
    leaves = [code for code in leaves if method.framework.is_scored(code)]
    assert len(leaves) == 15
    for code in [*leaves, *GROUPS]:
        assert result.scores.loc["H15", code] == published[code], code
    assert result.score["H15"] == published["total"] == 65.49


def test_payment_of_all_36_units_is_the_published_one(method: gi.Methodology) -> None:
    name = "vn.service-766.phu-tho-payment-2026"
    payment = attrs.evolve(method, framework=method.framework.subtree("3B"), display=())
    result = payment.compute(gi.datasets.load(name))
    published = gi.datasets.published(name)
    assert len(published) == 36
    assert equal(result.score, published["3B"])


@pytest.mark.parametrize(
    ("mode", "equal_units"), [("binary", 36), ("half-up", 35), ("half-even", 32)]
)
def test_only_binary_rounding_reproduces_every_payment(
    method: gi.Methodology, mode: Literal["binary", "half-up", "half-even"], equal_units: int
) -> None:
    name = "vn.service-766.phu-tho-payment-2026"
    leaves = [
        attrs.evolve(leaf, rounding=gi.Rounding(2, mode)) for leaf in method.framework.below("3B")
    ]
    framework = attrs.evolve(method.framework.subtree("3B"), children=leaves)
    payment = attrs.evolve(method, framework=framework, display=())
    scores = payment.compute(gi.datasets.load(name)).score
    assert int((scores == gi.datasets.published(name)["3B"]).sum()) == equal_units


def test_binary_rounding_of_every_leaf_contradicts_dak_lak(method: gi.Methodology) -> None:
    binary = attrs.evolve(method, rounding=gi.Levels(leaf=gi.Rounding(2, "binary")))
    result = binary.cut(["3A"]).compute(gi.datasets.load("vn.service-766.dak-lak-2026-10-10"))
    assert result.scores.loc["H15", "4.1"] == 3.85  # published: 3.86


def test_document_reading_of_4_2_contradicts_the_published_leaf() -> None:
    data = gi.datasets.load("vn.service-766.phu-tho-2026")
    document = gi.methodology("vn.service-766-document").compute(data)
    assert document.scores.loc["H44", "4.2"] == 1.21
    assert gi.methodology("vn.service-766").compute(data).scores.loc["H44", "4.2"] == 0.97


def test_online_group_is_printed_as_twelve_and_ten(
    provinces: tuple[gi.IndexResult, gi.IndexResult],
) -> None:
    result = provinces[1]
    maxima = dict(zip(result.codes, result.maxima, strict=True))
    assert (maxima["3"], maxima["3A"], maxima["3B"]) == (22.0, 12.0, 10.0)
    assert np.allclose(result.scores["3"], result.scores["3A"] + result.scores["3B"], atol=1e-9)
    assert list(result.table(language="en").columns[9:13]) == [
        "Transparency",
        "Progress",
        "Online services",
        "Online payment",
    ]


@pytest.mark.parametrize(
    ("cells", "leaf", "points"),
    [
        ({"5.2.a": 0, "5.2.b": 0}, "5.2", 6.0),
        ({"5.3.a": 0, "5.3.b": 0}, "5.3", 6.0),
        ({"5.4.a": 0, "5.4.b": 0}, "5.4", 0.0),
        ({"4.6.a": 0, "4.6.b": 0}, "4.6", 2.0),
        ({"4.6.a": 3, "4.6.b": 4}, "4.6", 1.5),
        ({"3.6.a": 0, "3.6.b": 0}, "3.6", 0.0),
    ],
)
def test_zero_denominators_follow_the_rule_of_their_indicator(
    method: gi.Methodology, cells: dict[str, float], leaf: str, points: float
) -> None:
    data = phu_tho({"4.6.a": 0, "4.6.b": 0, **cells}, "2026")
    assert method.compute(data).scores.loc["H44", leaf] == points


@pytest.mark.parametrize(("period", "points"), [("2026-09", 3.0), ("2026-Q3", 1.0), ("2026", 0.25)])
def test_synchronisation_falls_back_on_last_years_dossiers(
    method: gi.Methodology, period: str, points: float
) -> None:
    data = phu_tho(
        {"4.6.a": 0, "4.6.b": 0, "1.4.a": 50, "1.4.b": 0, "1.4.b_previous_year": 1200}, period
    )
    assert method.compute(data).scores.loc["H44", "1.4"] == points


def test_synchronisation_without_any_denominator_gets_nothing(method: gi.Methodology) -> None:
    data = phu_tho({"4.6.a": 0, "4.6.b": 0, "1.4.a": 0, "1.4.b": 0}, "2026")
    assert method.compute(data).scores.loc["H44", "1.4"] == 0.0


def test_points_lost_by_phu_tho_add_up_exactly(method: gi.Methodology) -> None:
    result = method.compute(gi.datasets.load("vn.service-766.phu-tho-2026"))
    why = gi.explain(result, "UBND tỉnh Phú Thọ")
    assert (why.score, why.maximum, why.lost) == (61.89, 100.0, 38.11)
    assert round(why.leaves["lost"].sum(), 10) == 38.11
    assert why.leaves["lost"].iloc[0] == 6.0
    assert why.leaves.index[0] == "1.1"
