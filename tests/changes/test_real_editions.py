"""Real editions: departments of a province, DTI, HDI, and files as an office keeps them."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pandas as pd
import pytest

import govindex as gi
from tests.reference import DATA, reference
from tests.strategies import NA, observed

BOOKS = DATA.parent / "cases" / "workbooks"
change: Any = gi.change  # its tables are of any type
PARTS = ["merger", "data", "rules", "league"]


def published(dataset: str, edition: str | None = None) -> gi.IndexResult:
    method = edition or str(gi.datasets.available().loc[dataset, "methodology"])
    return gi.methodology(method).compute(gi.datasets.load(dataset))


def test_departments_of_thanh_hoa_are_matched_as_far_as_their_names_agree() -> None:
    one, other = (published(f"vn.par.thanh-hoa-{year}") for year in (2023, 2024))
    found = change(one, other)
    assert list(found.units.index) == ["Sở Công Thương"]
    left = found.unmatched[found.unmatched["edition"] == "before"].set_index("code")
    assert left["near"].to_dict() == {
        "Sở Giao thông Vận tải": "Sở Giao thông vận tải",
        "Ban QL KKT Nghi Sơn": "Ban Quản lý KKT Nghi Sơn và các KCN",
        "Ban Dân tộc tỉnh": "Ban Dân tộc",
    }
    spelled = {**left["near"], "Sở Giao thông Vận tải": "Sở Giao thông vận tải"}
    whole = change(one, other, units=spelled)
    assert len(whole.units) == 4
    units = whole.unmatched[whole.unmatched["what"] == "unit"]
    assert set(units["kind"]) == {"came"}
    row = whole.units.loc["Ban Dân tộc"]
    assert row["percent_before"].round(2) == 81.33
    assert row["score_before"] == 68.32
    assert np.isnan(row["score_change"])  # of 84 points then, of 100 now
    assert whole.units.loc["Sở Công Thương", ["of_before", "of"]].to_list() == [4, 20]


def test_two_editions_of_dti_are_compared_by_rank_and_percent_only_in_what_is_the_same() -> None:
    old = published("vn.dti.bac-ninh-2020")
    new = gi.methodology("vn.dti.province@922")
    table = gi.datasets.published("vn.dti.provinces-2021")
    data = gi.Observations.from_frame(table[["total"]])
    after = gi.result_from_scores(new, data, {"DTI": table["total"]}, scale=1)
    found = change(old, after)
    assert found.units.loc["Bắc Ninh", ["score_before", "score"]].to_list() == [
        *(0.4096, table.loc["Bắc Ninh", "total"]),
    ]
    assert found.nodes.empty
    kinds = found.unmatched[found.unmatched["what"] == "node"].set_index("code")["kind"]
    assert kinds.to_dict() == {"CQS": "went", "KTS": "went", "XHS": "went"}
    split = change(old, after, methods=(gi.methodology("vn.dti.province@1726"), new)).split
    assert split is not None
    reason = split.loc[("Bắc Ninh", "score"), "reason"]
    assert reason.startswith("units now cannot be scored from these data: indicator '1' needs")


def test_hdi_of_two_years_changes_by_the_figures_alone() -> None:
    rows = pd.read_csv(reference("published/hdi2022/hdi_timeseries_1990_2022.csv"))
    method = gi.methodology("undp.hdi@2023-24")
    results = []
    for year in (1990, 2022):
        frame = rows[rows["year"] == year].set_index("iso3")[["le", "eys", "mys", "gnipc"]].dropna()
        results.append(method.compute(gi.Observations.from_frame(frame)))
    found = change(results[0], results[1], methods=method)
    split = found.split
    assert split is not None
    score = split.xs("score", level="quantity")
    listed = rows.set_index(["iso3", "year"])["hdi"]
    for unit in ("VNM", "CHN", "NOR"):
        gain = listed[unit, 2022] - listed[unit, 1990]
        assert score.loc[unit, "data"] == pytest.approx(gain)
    assert (score[["merger", "rules", "league"]] == 0.0).all().all()
    ranks = split.xs("rank", level="quantity")
    assert np.allclose(ranks[PARTS].sum(axis=1), ranks["change"], atol=1e-9)
    came = found.unmatched[found.unmatched["edition"] == "after"]
    assert len(found.units) + len(came) == len(results[1].units)


def book(year: int) -> tuple[gi.Methodology, dict[str, list[Any]], list[str], list[float]]:
    """Read an office's workbook as it is: the rubric, appraised points, departments, totals."""
    from openpyxl import load_workbook

    path = BOOKS / f"diem_{year}_tong_hop.xlsx"
    if not path.exists():
        pytest.skip(f"{path} is not there")
    sheet = load_workbook(path, data_only=True).active
    rows = [row for row in sheet.iter_rows(6, 78, values_only=True) if row[2] is not None]
    units = [name for name in next(sheet.iter_rows(4, 4, values_only=True))[3:] if name]
    totals = next(sheet.iter_rows(79, 79, values_only=True))[4::2]
    fields: dict[str, list[gi.Indicator]] = {}
    names = {row[0]: row[1] for row in sheet.iter_rows(6, 78, values_only=True)}
    cells: dict[str, list[Any]] = {}
    for row in rows:
        code = str(row[0])
        leaf = gi.Indicator(code, row[1], weight=row[2], rule=gi.rules.Points())
        fields.setdefault(code.split(".")[0], []).append(leaf)
        cells[code] = [cell(text, row[2]) for text in row[4::2]]
    roman = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII"]
    branches = [
        gi.Dimension(f"F{field}", leaves, names[roman[int(field) - 1]])
        for field, leaves in fields.items()
    ]
    framework = gi.Framework(
        "CCHC",
        branches,
        aggregate=gi.aggregate.Sum(),
        absence=gi.absence.Absence(missing=gi.absence.AsZero(), not_applicable=gi.absence.Shrink()),
    )
    method = gi.Methodology("example.office", str(year), framework)
    return method, cells, units, [float(total) for total in totals]


def cell(text: Any, maximum: float) -> Any:
    """Return points; one that exceeds its maximum is a typing error of 12 (see its total)."""
    if text in ("KAD", "không áp dụng"):
        return NA
    if text in (None, "-"):
        return None
    return min(float(str(text).replace(",", ".")), maximum)


def test_an_office_compares_two_years_of_its_departments() -> None:
    (old, cells, units, totals), (new, later, after_units, after_totals) = map(book, (2024, 2025))
    before = old.compute(observed(cells, units))
    after = new.compute(observed(later, after_units))
    assert before.score.to_list() == totals
    printed = dict(zip(after_units, after_totals, strict=True))
    differ = {unit for unit in after_units if after.score[unit] != printed[unit]}
    # Totals of the workbook that do not add up, as its README says.
    assert differ == {"Sở Tư pháp", "Sở Xây dựng", "Sở Y tế", "Sở Ngoại vụ"}
    found = change(before, after, methods=(old, new))
    assert found.unmatched.empty
    assert found.rules.empty  # the two books have the same criteria and maxima
    assert len(found.nodes) == len(units) * (len(cells) + 8)
    split = found.split
    assert split is not None
    assert (split["reason"] == "").all()
    for unit in set(units) - differ:
        gain = printed[unit] - dict(zip(units, totals, strict=True))[unit]
        assert split.loc[(unit, "score"), ["change", "data"]].to_list() == [gain, gain]
    marked = found.nodes[found.nodes["status"] == "not applicable"]
    assert set(marked.index.get_level_values("unit")) == set(units[14:])
    text = str(change(before, after, methods=(old, new), language="vi"))
    assert "Số đơn vị được so sánh: 20." in text
    assert "94,75" in text


def test_an_office_compares_years_whose_rubrics_differ() -> None:
    (old, cells, units, _), (_, later, _, _) = map(book, (2024, 2025))
    new = attrs.evolve(
        old,
        version="2025",
        framework=old.framework.with_weights({"8.1.1": 10, "8.1.2": 7, "F8": None}),
    )
    scaled = {
        **later,
        "8.1.1": [x if x in (None, NA) else x * 10 / 12 for x in later["8.1.1"]],
        "8.1.2": [x if x in (None, NA) else x * 7 / 5 for x in later["8.1.2"]],
    }
    before, after = old.compute(observed(cells, units)), new.compute(observed(scaled, units))
    found = change(before, after, methods=(old, new))
    rows = found.rules[["what", "code", "before", "after"]].to_numpy().tolist()
    assert rows == [["maximum", "8.1.1", "12", "10"], ["maximum", "8.1.2", "5", "7"]]
    split = found.split
    assert split is not None
    assert (split["reason"] == "").all()
    assert np.allclose(split[PARTS].sum(axis=1), split["change"], atol=1e-9)
    # By hand: the department's old and new shares of the two criteria, half of each step.
    unit = "Sở Y tế"
    column = units.index(unit)
    expected = sum(
        step * (cells[code][column] + later[code][column]) / 2 / maximum
        for code, step, maximum in (("8.1.1", -2, 12), ("8.1.2", 2, 5))
    )
    assert split.loc[(unit, "score"), "rules"] == pytest.approx(expected)
