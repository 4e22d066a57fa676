"""Published results of Vietnamese indices, reproduced as far as they were printed.

Where a dataset is loaded, its source stands in `datasets/index.toml`; other figures name theirs.
"""

from __future__ import annotations

from typing import Any

import attrs
import pandas as pd
import pytest

import govindex as gi

LEAD = ["1", "2", "3", "4", "5", "7", "8", "9"]


def computed(dataset: str, edition: str | None = None) -> gi.IndexResult:
    """Score a dataset by the edition that it names."""
    method = edition or gi.datasets.available().loc[dataset, "methodology"]
    return gi.methodology(str(method)).compute(gi.datasets.load(dataset))


def scored(method: gi.Methodology, rows: list[dict[str, Any]]) -> gi.IndexResult:
    """Score rows written in a test; they may name the league and the type of a unit."""
    frame = pd.DataFrame(rows)
    league, kind = (field if field in frame else None for field in ("league", "type"))
    data = gi.Observations.from_frame(frame, unit="unit", league=league, type=kind)
    return method.compute(data)


def totals_alone(method: gi.Methodology) -> gi.Methodology:
    """Return a methodology that ranks published totals as the given one ranks its own."""
    leaf = gi.Indicator("total", rule=gi.rules.Points())
    return attrs.evolve(method, framework=gi.Framework("all", [leaf]), display=())


# -- PAR INDEX of provinces and ministries -------------------------------------------------------


def test_par_of_dak_lak_2023_is_reproduced_exactly() -> None:
    result = computed("vn.par.dak-lak-2023")
    assert result.score["Đắk Lắk"] == 87.33
    assert result.band_of("PAR") == ["B"]


def test_par_of_ninh_thuan_2022_is_reproduced_within_printing_error() -> None:
    result = computed("vn.par.ninh-thuan-2022")
    published = gi.datasets.published("vn.par.ninh-thuan-2022").loc["Ninh Thuận"]
    # Printed parts add up to 85.79: the total was rounded by itself, from unrounded parts.
    assert (result.score["Ninh Thuận"], published["total"]) == (85.79, 85.78)
    assert result.scores.loc["Ninh Thuận", "B"] == published["B"] == 31.59
    # The same report: 88.13 % of block A and 82.05 % of block B.
    percent = dict(zip(result.codes, result.percent[:, 0], strict=True))
    assert (round(percent["A"], 2), round(percent["B"], 2)) == (88.13, 82.05)


def test_par_blocks_have_the_published_points_and_32_by_survey() -> None:
    result = computed("vn.par.dak-lak-2023")
    maxima = dict(zip(result.codes, result.maxima, strict=True))
    assert [maxima[code] for code in ("PAR", "A", "B", "B1", "B2", "B3", "survey")] == [
        *(100, 61.5, 38.5, 10, 22, 6.5, 32)
    ]
    assert result.scores.loc["Đắk Lắk", "survey"] == 26.44


@pytest.mark.parametrize(
    ("points", "group"),
    # Quảng Ninh, Hải Phòng and Hà Nội 2022, Kiên Giang 2021: below 80 is C (vn.par.results).
    [(90.10, "A"), (90.09, "A"), (89.58, "B"), (80.0, "B"), (79.97, "C"), (69.9, None)],
)
def test_par_groups_start_at_90_80_and_70(points: float, group: str | None) -> None:
    rows = [{"unit": "x", "A": 61.5, "B1": 0.0, "B2": 0.0, "B3": 0.0}]
    rest = points - 61.5
    for code, most in (("B2", 22.0), ("B1", 10.0), ("B3", 6.5)):
        rows[0][code] = round(min(rest, most), 2)
        rest = max(0.0, rest - most)
    result = scored(gi.methodology("vn.par.province@876"), rows)
    assert result.score["x"] == points
    assert result.band_of("PAR") == [group]


def test_par_takes_sipas_as_a_leaf_of_ten_points() -> None:
    sipas = gi.methodology("vn.sipas@2023").cut()
    satisfaction = sipas.compute(gi.datasets.load("vn.sipas.national-2024")).as_observations()
    method = gi.methodology("vn.par.province@876")
    framework = method.framework.with_measures({"B1": gi.measures.Value("SIPAS")})
    framework = framework.with_rules({"B1": gi.rules.Proportional(target=100)})
    frame = satisfaction.frame.assign(A=60.0, B2=20.0, B3=5.0)
    result = attrs.evolve(method, framework=framework).compute(gi.Observations.from_frame(frame))
    scores = result.scores.round(2).loc["Cả nước"]
    assert (scores["B1"], scores["PAR"]) == (8.39, 93.39)  # 83.93 % of 10 points


def test_block_of_par_opens_into_leaves_of_a_province() -> None:
    method = gi.methodology("vn.par.province@876")
    made_up = [
        gi.Indicator("made-up-plan", weight=31.5, rule=gi.rules.Choice({"yes": 1, "no": 0})),
        gi.Indicator("made-up-rate", weight=30, rule=gi.rules.Proportional(target=100, floor=80)),
    ]
    refined = attrs.evolve(method, framework=method.framework.refine("A", made_up))
    rows = [
        {"unit": "x", "made-up-plan": "yes", "made-up-rate": 90, "B1": 8, "B2": 18, "B3": 5},
        {"unit": "y", "made-up-plan": "no", "made-up-rate": 79, "B1": 8, "B2": 18, "B3": 5},
    ]
    result = scored(refined, rows)
    assert [*result.scores["A"]] == [58.5, 0.0]
    assert [*result.score] == [89.5, 31.0]


def test_nine_of_17_ministries_are_printed_with_parts_that_miss_their_total() -> None:
    result = computed("vn.par.ministries-2023")
    published = gi.datasets.published("vn.par.ministries-2023")
    gap = (result.score - published["total"]).round(4)
    assert set(gap) == {0.0, 0.01, -0.01}
    assert gap[gap != 0].to_dict() == {
        "Bộ Tư pháp": 0.01,
        "Ngân hàng Nhà nước Việt Nam": -0.01,
        "Bộ Nội vụ": -0.01,
        "Bộ Tài nguyên và Môi trường": -0.01,
        "Bộ Nông nghiệp và Phát triển Nông thôn": 0.01,
        "Bộ Lao động - Thương binh và Xã hội": -0.01,
        "Bộ Văn hóa, Thể thao và Du lịch": 0.01,
        "Bộ Khoa học và Công nghệ": -0.01,
        "Bộ Ngoại giao": -0.01,
    }


def test_printed_totals_of_ministries_rank_as_published() -> None:
    published = gi.datasets.published("vn.par.ministries-2023")
    assert [*published["total"].rank(ascending=False)] == [*published["rank"]] == [*range(1, 18)]
    parts = computed("vn.par.ministries-2023")
    assert [*parts.ranks["PAR"]] == [*published["rank"]]


def test_mean_and_groups_of_ministries_are_the_published_ones() -> None:
    totals = gi.datasets.published("vn.par.ministries-2023")["total"]
    assert round(totals.mean(), 2) == 84.38
    assert [int((totals >= 80).sum()), int((totals < 80).sum())] == [14, 3]


def test_parts_of_lao_cai_2019_add_up_under_the_earlier_decision() -> None:
    actual = gi.datasets.published("vn.par.lao-cai-2019").loc["Lào Cai"]
    impact = actual["sipas"] + actual["leader_survey"] + actual["socio_economic"]
    assert round(impact, 2) == actual["impact"] == 29.95
    assert round(actual["appraised"] + actual["impact"], 2) == actual["total"] == 82.85


# -- SIPAS ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("year", "published"), [(2023, 82.66), (2024, 83.94)])
def test_sipas_blocks_of_32_and_19_give_the_published_total_within_printing_error(
    year: int, published: float
) -> None:
    name = f"vn.sipas.national-{year}"
    method = gi.methodology("vn.sipas@2023").cut()
    assert gi.datasets.published(name)["total"].item() == published
    score = method.compute(gi.datasets.load(name)).score.item()
    assert abs(score - published) < 0.01
    equal = attrs.evolve(method, framework=method.framework.with_weights({"P": 1, "S": 1}))
    assert equal.compute(gi.datasets.load(name)).score.item() - published > 0.02


def test_equal_factors_miss_the_published_service_block_of_2023() -> None:
    method = gi.methodology("vn.sipas@2023")
    factors = [f"S{i}" for i in range(1, 6)]
    framework = method.framework.cut(factors).subtree("S")
    services = attrs.evolve(method, framework=framework, display=())
    data = gi.datasets.load("vn.sipas.national-2023")
    assert round(services.compute(data).score.item(), 2) == 82.89
    assert data.value("Cả nước", "S") == 82.97


def test_sipas_of_2017_is_the_mean_share_of_satisfied_answers() -> None:
    row: dict[str, Any] = {"unit": "made up"}
    for code, satisfied in zip("12345", (90, 80, 85, 95, 60), strict=True):
        row |= {f"{code}.satisfied": satisfied, f"{code}.valid": 100}
    result = scored(gi.methodology("vn.sipas@2017"), [row])
    assert result.score["made up"] == 82.0
    assert [*result.scores.loc["made up", ["1", "5"]]] == [90.0, 60.0]


# -- DTI -----------------------------------------------------------------------------------------


def test_dti_of_bac_ninh_2020_is_reproduced() -> None:
    published = gi.datasets.published("vn.dti.bac-ninh-2020")
    assert computed("vn.dti.bac-ninh-2020").score["Bắc Ninh"] == 0.4096
    assert published.loc["Bắc Ninh", "total"] == 0.4096


def test_dti_of_five_provinces_2022_is_reproduced_to_the_last_printed_digit() -> None:
    result = computed("vn.dti.provinces-2022-main-indexes")
    published = gi.datasets.published("vn.dti.provinces-2022-main-indexes")
    gap = (result.score - published["total"]).round(4)
    # Main indexes are printed with four decimals: 0.71636 from them, 0.7163 from full ones.
    assert gap[gap != 0].to_dict() == {"TP. Hồ Chí Minh": 0.0001}
    assert [*result.ranks["DTI"]] == [*published["rank"]]


def test_smart_city_is_shown_and_not_scored() -> None:
    framework = gi.methodology("vn.dti.province@922").framework
    assert not framework.is_scored("6")
    assert "6" not in framework.variables
    assert [framework.weight(code) for code in ("DTI", "I", "II", "7")] == [1000, 500, 500, 200]


@pytest.mark.parametrize(
    ("dataset", "rank", "count", "following"),
    [("vn.dti.provinces-2021", 12, 2, 14), ("vn.dti.provinces-2022", 15, 2, 17)],
)
def test_published_places_of_dti_are_competition_places(
    dataset: str, rank: int, count: int, following: int
) -> None:
    ranks = [*gi.datasets.published(dataset)["rank"]]
    assert ranks.count(rank) == count
    assert sorted(ranks)[rank - 1 + count] == following
    assert rank + 1 not in ranks


def test_printed_dti_of_2021_gives_the_published_places() -> None:
    published = gi.datasets.published("vn.dti.provinces-2021")
    data = gi.Observations.from_frame(published[["total"]])
    result = totals_alone(gi.methodology("vn.dti.province@922")).compute(data)
    assert [*result.ranks["all"]] == [*published["rank"]]
    assert [*result.ranks.loc[["Thanh Hóa", "Vĩnh Phúc", "Hải Dương"], "all"]] == [12, 12, 14]


def test_ranking_of_2022_holds_63_provinces() -> None:
    published = gi.datasets.published("vn.dti.provinces-2022")
    assert len(published) == published.index.nunique() == 63
    assert [*published.loc[["Thanh Hóa", "Yên Bái", "Hậu Giang"], "rank"]] == [15, 15, 17]
    assert published.loc["Lào Cai", "rank"] == 38


def test_both_candidates_for_the_pillars_are_there_and_neither_is_confirmed() -> None:
    result = computed("vn.dti.provinces-2022-main-indexes")
    pillars = ["CQS", "CQS-mean", "KTS", "KTS-mean", "XHS", "XHS-mean"]
    actual = [*result.scores.loc["TP. Đà Nẵng", pillars]]
    assert actual == [0.8638, 0.8649, 0.8473, 0.8526, 0.7864, 0.8086]
    for code in pillars:
        assert "unconfirmed" in str(result.framework.node(code).confidence)


def test_pillars_of_2021_overlap_and_dti_is_not_their_mean() -> None:
    danang = gi.datasets.published("vn.dti.provinces-2021").loc["TP. Đà Nẵng"]
    assert round(danang[["CQS", "KTS", "XHS"]].mean(), 4) == 0.6554
    assert danang["total"] == 0.6419


@pytest.mark.parametrize("year", [2021, 2022])
def test_both_candidates_are_possible_with_every_published_pillar(year: int) -> None:
    # Total and pillars give back the mean foundation and the activities, which lie within 0 and 1.
    rows = gi.datasets.published(f"vn.dti.provinces-{year}").dropna(subset=["CQS", "total"])
    cqs, kts, xhs, total = (rows[code] for code in ("CQS", "KTS", "XHS", "total"))
    by_points = (700 * cqs + 650 * kts + 650 * xhs - 1000 * total) / 200
    plain = (1.2 * cqs + 0.9 * kts + 0.9 * xhs - total) / 0.4
    for whole, activities in (
        (by_points, [(700 * cqs - 100 * by_points) / 200, (650 * kts - 100 * by_points) / 150]),
        (plain, [6 * cqs - plain, 6 * kts - plain, 6 * xhs - plain]),
    ):
        for part in (whole / 5, *activities):
            assert part.between(0, 1).all()


def test_forms_of_lao_cai_are_leagues_with_bands_of_their_own_maximum() -> None:
    # Decision 684/QĐ-UBND of 3 April 2024: Sở LĐTBXH 731.61 points, 73.16 %, "Nâng cao".
    without = {"league": "without", "type": "without procedures"}
    rows = [
        {"unit": "Sở LĐTBXH", "league": "with", "type": "n/a", "total": 731.61},
        {"unit": "made up: 75 % of 1000", "league": "with", "type": "n/a", "total": 750.0},
        {"unit": "made up: 75 % of 800", **without, "total": 600.0},
        {"unit": "made up: above 75 %", **without, "total": 600.01},
        {"unit": "made up: 25 % of 800", **without, "total": 200.0},
    ]
    method = gi.methodology("vn.dti.department.lao-cai@2023")
    result = scored(method, rows)
    assert result.band_of("DTI") == ["Nâng cao", "Nâng cao", "Nâng cao", "Dẫn dắt", "Khởi động"]
    assert [*result.ranks["DTI"]] == [2, 1, 2, 1, 3]
    assert [*result.applicable_points[0]] == [1000, 1000, 800, 800, 800]
    published = gi.datasets.published("vn.dti.lao-cai-2023")
    assert round(result.percent[0][0], 2) == published["percent"].iloc[0] == 73.16


@pytest.mark.parametrize(
    ("edition", "points"),
    [
        ("vn.dti.department.yen-bai@2022", {"DTI": 1000, "I": 600, "I.5": 200, "II": 400}),
        ("vn.dti.district.yen-bai@2022", {"DTI": 1000, "I": 500, "II": 500}),
        ("vn.dti.district.dak-lak@2021", {"DTI": 420, "1": 200, "2": 95, "3": 125}),
        ("vn.dti.department.dak-lak@2021", {"DTI": 180}),
        ("vn.dti.district.lao-cai@2023", {"DTI": 1000}),
    ],
)
def test_forms_below_the_province_have_the_published_points(
    edition: str, points: dict[str, float]
) -> None:
    framework = gi.methodology(edition).framework
    assert {code: framework.weight(code) for code in points} == points


# -- procedure handling --------------------------------------------------------------------------


def test_all_17_totals_and_classes_of_lai_chau_2021_are_reproduced() -> None:
    name = "vn.procedure-handling.lai-chau-2021"
    result = computed(name)
    published = gi.datasets.published(name)
    assert len(published) == 17
    assert [*result.score] == [*published["total"]]
    assert result.band_of("TTHC") == [*published["class"]]


def dossiers(points: float, **cells: Any) -> dict[str, Any]:
    """Return a made-up unit with 30 dossiers and the same points for each indicator of them."""
    row: dict[str, Any] = {"unit": "made up", "5": 1, "6.posted": 1, "6.electronic": 0, "9": 2}
    row |= {"8.on_time": 9, "8.received": 10, "8.none_prolonged": 1}
    for code in "12347":
        row |= {f"{code}.points": points, f"{code}.dossiers": 30}
    return row | cells


def test_circular_rounds_the_mean_of_dossiers_to_one_decimal() -> None:
    result = scored(gi.methodology("vn.procedure-handling@2018"), [dossiers(55.5)])
    assert result.scores.loc["made up", "1"] == 1.9  # 1.85
    assert [*result.scores.loc["made up", ["5", "6", "8", "9"]]] == [1.0, 1.0, 1.0, 2.0]
    assert result.score["made up"] == 14.5


@pytest.mark.parametrize(
    ("cells", "points"),
    [
        ({"8.on_time": 0, "8.received": 0}, 2.0),
        ({"8.on_time": 10}, 2.0),
        ({"8.on_time": 8}, 0.0),
        ({"8.on_time": 10, "8.none_prolonged": 0}, 0.0),
    ],
)
def test_feedback_is_full_without_any_and_nothing_if_prolonged(
    cells: dict[str, Any], points: float
) -> None:
    result = scored(gi.methodology("vn.procedure-handling@2018"), [dossiers(60, **cells)])
    assert result.scores.loc["made up", "8"] == points


def test_indicator_without_information_is_left_out_and_classes_stay_in_points() -> None:
    gone = {"7.points": 0, "7.dossiers": 0, "9": None}
    result = scored(gi.methodology("vn.procedure-handling@2018"), [dossiers(60, **gone)])
    assert (result.score["made up"], result.applicable_points[0][0]) == (11.0, 14.0)
    assert result.band_of("TTHC") == ["Khá"]  # 78.6 % of what applies would be more


@pytest.mark.parametrize(
    ("points", "band"),
    [
        (30, "Hoàn thành 100% nhiệm vụ"),
        (21, "Hoàn thành từ 70% đến dưới 100% nhiệm vụ"),
        (18, "Hoàn thành dưới 70% nhiệm vụ"),
    ],
)
def test_staff_have_five_indicators_and_bands_of_their_own(points: float, band: str) -> None:
    result = scored(gi.methodology("vn.procedure-handling-staff@2018"), [dossiers(points)])
    assert result.score["made up"] == points / 6
    assert result.band_of("TTHC") == [band]
    assert set(result.framework.leaf_codes) == set("12347")


# -- PAR inside provinces ------------------------------------------------------------------------


def test_lao_cai_2015_has_nine_good_departments_down_to_exactly_55() -> None:
    result = computed("vn.par.lao-cai-2015")
    published = gi.datasets.published("vn.par.lao-cai-2015")
    assert result.band_of("PAR") == [*published["class"]] == ["Tốt"] * 9
    assert result.score["Sở LĐTBXH"] == 55


@pytest.mark.parametrize(
    ("level", "points", "bands"),
    [
        ("department", (70, 54.9, 45, 35, 34.9), ["Tốt", "Khá", "Khá", "Trung bình", "Yếu"]),
        ("district", (60, 59.9, 50, 35, 34.9), ["Tốt", "Khá", "Khá", "Trung bình", "Yếu"]),
    ],
)
def test_lao_cai_2015_has_other_bands_for_districts(
    level: str, points: tuple[float, ...], bands: list[str]
) -> None:
    rows = [{"unit": f"made up {i}", "total": value} for i, value in enumerate(points)]
    method = gi.methodology(f"vn.par.{level}.lao-cai@2015")
    assert scored(method, rows).band_of("PAR") == bands


def test_thanh_hoa_2023_is_ranked_on_the_maximum_that_applies() -> None:
    result = computed("vn.par.thanh-hoa-2023")
    published = gi.datasets.published("vn.par.thanh-hoa-2023")["percent"]
    assert [*result.applicable_points[0]] == [100, 100, 100, 84]
    assert [round(p, 3) for p in result.percent[0]] == [92.83, 91.86, 91.651, 81.333]
    assert [*result.percent[0].round(2)][:2] == [*published[:2]]
    assert round(result.percent[0][3], 2) == published["Ban Dân tộc tỉnh"] == 81.33
    assert result.score["Ban Dân tộc tỉnh"] == 68.32


def test_thanh_hoa_shrinks_by_criteria_that_do_not_apply() -> None:
    forms = gi.methodology("vn.par.department.thanh-hoa@2023")
    assert isinstance(forms, gi.Forms)
    method = forms.single()
    made_up = [
        gi.Indicator("made-up-common", weight=84, rule=gi.rules.Points()),
        gi.Indicator("made-up-special", weight=16, rule=gi.rules.Points()),
    ]
    refined = attrs.evolve(method, framework=method.framework.refine("total", made_up))
    result = scored(refined, [{"unit": "x", "made-up-common": 68.32, "made-up-special": "N/A"}])
    assert (result.score["x"], result.applicable_points[0][0]) == (68.32, 84.0)
    assert round(result.percent[0][0], 2) == 81.33


def test_printed_values_of_thanh_hoa_2024_tie_where_published_places_do_not() -> None:
    result = computed("vn.par.thanh-hoa-2024")
    published = gi.datasets.published("vn.par.thanh-hoa-2024")["rank"]
    assert [*published] == [*range(1, 21)]
    tied = result.ranks["PAR"].astype(float) != published
    # Unrounded scores, which were not published, decide 90.02 and 85.02.
    assert result.ranks.loc[tied, "PAR"].to_dict() == {"Văn phòng UBND tỉnh": 2, "Sở Y tế": 13}
    assert round(result.score.mean(), 2) == 85.41


def test_ha_noi_rescales_what_was_appraised_if_no_survey_was_held() -> None:
    rows = [
        {"unit": "made up, survey", "appraised": 63, "survey": 24},
        {"unit": "made up, none", "appraised": 63, "survey": "N/A"},
    ]
    method = gi.methodology("vn.par.district-office.ha-noi")
    assert [*scored(method, rows).score] == [87.0, 90.0]
    with pytest.raises(gi.DataError, match="survey"):
        scored(method, [{"unit": "made up", "appraised": 63, "survey": None}])


def test_hai_phong_has_three_rankings() -> None:
    result = computed("vn.par.hai-phong-2025")
    assert [*result.announce()["first"]] == [
        "Đặc khu Cát Hải",
        "Thanh tra thành phố",
        "Phường Hồng Bàng",
    ]
    assert [*result.ranks["PAR"]] == [1, 2, 1, 2, 1, 2]


# -- single results of Decision 766, and the announcement of Lào Cai -----------------------------


def test_groups_of_earlier_service_results_add_up_where_they_were_printed_exactly() -> None:
    rows = gi.datasets.published("vn.service-766.results").reset_index()
    method = gi.methodology("vn.service-766@2022")
    sums: dict[tuple[str, str], float] = {}
    for _, row in rows.iterrows():
        groups = ["1", "2", "3", "4", "5"] if pd.notna(row["3"]) else ["1", "2", "3A", "3B"]
        groups += [] if "3" in groups else ["4", "5"]
        if row[groups].notna().all():
            cut = method.cut(groups)
            cells = {code: float(row[code]) for code in groups}
            sums[row["unit"], row["date"]] = scored(cut, [{"unit": "x", **cells}]).score["x"]
    assert sums == {
        ("Lào Cai", "2023-09"): 78.8,  # printed 78.7: groups of one decimal
        ("Lào Cai", "2025-07-31"): 78.96,
        ("Lào Cai", "2025 (undated, later)"): 88.72,  # no total printed
        ("Quảng Nam", "2024-08-19"): 80.1,
        ("Bắc Ninh", "later week"): 92.83,  # no total printed
        ("Sơn La", "2025-2026"): 83.63,  # printed 86.94, which its groups contradict
        ("Phú Thọ", "year 2026 (captured 2026-09-26)"): 61.89,  # no total printed
        ("Thái Nguyên", "2025-08-29"): 86.97,
    }


def test_printed_totals_differ_from_their_groups_in_two_reports_only() -> None:
    rows = gi.datasets.published("vn.service-766.results")
    online = rows["3"].fillna(rows["3A"] + rows["3B"])
    gap = (rows[["1", "2", "4", "5"]].sum(axis=1, skipna=False) + online - rows["total"]).round(2)
    wrong = rows[gap.notna() & (gap != 0)]
    assert [*zip(wrong.index, wrong["date"], strict=True)] == [
        ("Lào Cai", "2023-09"),
        ("Sơn La", "2025-2026"),
    ]


def test_announcement_of_lao_cai_names_four_units_of_six_leagues() -> None:
    actual = gi.datasets.published("vn.announcement.lao-cai-2024")
    assert actual.groupby(["index", "league"]).size().to_list() == [4] * 6
    assert set(actual["rank"]) == {"first", "second", "third", "last"}
    bao_yen = actual.loc["Bảo Yên"]
    assert [*zip(bao_yen["index"], bao_yen["rank"], strict=True)] == [
        ("PAR", "first"),
        ("DTI", "third"),
    ]
