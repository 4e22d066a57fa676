"""A result as a workbook: its numbers, its marks, and every word in one language."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings

import govindex as gi
from govindex import Dimension, Framework, Indicator, Methodology, absence, rules
from govindex.contracts import CellStatus
from govindex.errors import DataError, SettingError
from govindex.language import words
from govindex.language.catalogues import catalogue
from govindex.results.joint_results import parts_of
from tests.pseudo import PSEUDO, letters_outside, made_up_language
from tests.sampling import few
from tests.strategies import NA, Case, cases, observed

SAME_FOLDER: Any = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.function_scoped_fixture],
}
SHEETS = ("announcement", "ranking", "charts", "nodes", "losses", "marks", "method")


def name_of(sheet: str, language: str | None = "vi") -> str:
    return words(f"workbook.sheet.{sheet}", language)


def opened(path: Path) -> Any:
    return openpyxl.load_workbook(path)


def table_of(sheet: Any, first: str) -> tuple[list[Any], list[tuple[Any, ...]]]:
    """Return the header that begins with a heading, and the rows below it."""
    rows = list(sheet.iter_rows(values_only=True))
    top = next(number for number, row in enumerate(rows) if row[0] == first)
    body = []
    for row in rows[top + 1 :]:
        if all(cell is None for cell in row):
            break
        body.append(row)
    return list(rows[top]), body


def texts(book: Any) -> Iterator[str]:
    for sheet in book:
        yield sheet.title
        yield sheet.oddFooter.left.text or ""
        yield sheet.oddFooter.right.text or ""
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str):
                    yield cell.value
                elif cell.value is not None and '"' in cell.number_format:
                    yield cell.number_format.split('"')[1]


def points(code: str, weight: float = 10.0, **names: Any) -> Indicator:
    return Indicator(code, weight=weight, rule=rules.Points(), **names)


FRAMEWORK = Framework(
    "0",
    [
        Dimension("1", [points("1.1"), points("1.2")]),
        Dimension("2", [Dimension("2.1", [points("2.1.1", 12.5), points("2.1.2", 7.5)])]),
    ],
    aggregate=gi.aggregate.Sum(),
    absence=absence.Absence(missing=absence.AsZero(), not_applicable=absence.Shrink()),
)
METHOD = Methodology(
    "made-up.0",
    "1",
    FRAMEWORK,
    bands=gi.Bands([("9", 35), ("8", 20), ("7", None)], by="points"),
    title={"vi": "Chỉ số tự tạo", "en": "Made-up index"},
    sources=[gi.Source("1/QĐ", "https://example.org/1", "verified", "điểm")],
)
CELLS: dict[str, list[Any]] = {
    "1.1": [9.5, 7.0, None, 6.25],
    "1.2": [9.0, NA, 8.0, 1.0],
    "2.1.1": [12.5, 11.0, 12.0, 1.0],
    "2.1.2": [7.5, 7.0, 7.25, 1.0],
}
NAMES = ("Sở Nội vụ", "Sở Tư pháp", "Sở Y tế", "=HYPERLINK(1)")


def made(**columns: Any) -> gi.IndexResult:
    data = observed(CELLS)
    units = attrs.evolve(data.units, **{"names": NAMES, **columns})
    return METHOD.compute(attrs.evolve(data, units=units, period="2025"))


@pytest.fixture
def book(tmp_path: Path) -> Any:
    gi.workbooks.write_result(made(), tmp_path / "result.xlsx", method=METHOD, language="vi")
    return opened(tmp_path / "result.xlsx")


# -- What the sheets say --------------------------------------------------------------------------


def test_the_sheets_are_in_order_and_in_one_language(book: Any, tmp_path: Path) -> None:
    assert book.sheetnames == [
        "Công bố",
        "Xếp hạng",
        "Biểu đồ",
        "Điểm chi tiết",
        "Điểm bị mất",
        "Số liệu lưu ý",
        "Phương pháp",
        "Nguồn",
    ]
    gi.workbooks.write_result(made(), tmp_path / "en.xlsx", method=METHOD, language="en")
    assert opened(tmp_path / "en.xlsx").sheetnames[:3] == ["Announcement", "Ranking", "Charts"]


def test_the_announcement_has_the_sentences_and_the_table(book: Any) -> None:
    sheet = book["Công bố"]
    assert sheet["A1"].value == "CÔNG BỐ KẾT QUẢ"
    assert sheet["A2"].value == "Chỉ số tự tạo. Kỳ đánh giá: 2025"
    assert sheet["A4"].value == made().announcement_sentences(language="vi")[0]
    head, rows = table_of(sheet, "Số đơn vị xếp hạng")
    assert head[1:5] == ["Thứ nhất", "Thứ hai", "Thứ ba", "Cuối cùng"]
    percent = made().percent[0]  # the maxima differ
    assert head[5:] == ["Bình quân (%)", "Cao nhất (%)", "Thấp nhất (%)"]
    assert rows[0][5:] == pytest.approx((percent.mean(), percent.max(), percent.min()))
    below = [cell for row in sheet.iter_rows(min_row=7, values_only=True) for cell in row if cell]
    assert all(note in below for note in made().footnotes_in("vi"))


def test_the_ranking_is_the_table_of_the_result(book: Any) -> None:
    head, rows = table_of(book["Xếp hạng"], "Xếp hạng")
    expected = made().table(language="vi", status=True)
    assert head[:7] == [
        "Xếp hạng",
        "Mã đơn vị",
        "Đơn vị",
        "Điểm",
        "Điểm tối đa",
        "Tỷ lệ đạt (%)",
        "Xếp loại",
    ]
    frame = pd.DataFrame(rows, columns=head)
    assert frame["Xếp hạng"].to_list() == expected["rank"].to_list()
    assert frame["Mã đơn vị"].to_list() == list(expected.index)
    assert frame["Đơn vị"].to_list() == expected["name"].to_list()
    assert frame["Điểm"].to_list() == expected["score"].to_list()
    assert frame["Xếp loại"].to_list() == expected["band"].to_list()
    assert head[7:9] == ["1\n(20,00)", "2\n(20,00)"]
    assert frame["1\n(20,00)"].to_list() == expected["1"].to_list()
    statuses = frame["Tình trạng số liệu"].fillna("")
    assert statuses.to_list() == expected["status"].to_list()


def test_leagues_are_apart_and_the_unranked_have_no_rank(tmp_path: Path) -> None:
    ranked = np.array([True, True, True, False])
    result = made(leagues=("a", "b", "b", "a"), ranked=ranked)
    gi.workbooks.write_result(result, tmp_path / "a.xlsx", language="vi")
    head, rows = table_of(opened(tmp_path / "a.xlsx")["Xếp hạng"], "Xếp hạng")
    assert head[:5] == ["Xếp hạng", "Mã đơn vị", "Đơn vị", "Nhóm đơn vị", "Xếp hạng chung"]
    assert [row[0] for row in rows] == [1, None, 1, 2]
    assert [row[3] for row in rows] == ["a", "a", "b", "b"]


def test_the_headings_of_nodes_follow_the_tree(book: Any) -> None:
    sheet = book["Điểm chi tiết"]
    merged = {str(area) for area in sheet.merged_cells.ranges}
    # The root, then dimension 1 with its total and two indicators, then 2 with 2.1 below it.
    assert sheet["C5"].value == "0"
    assert (sheet["D5"].value, "D5:F5" in merged) == ("1", True)
    assert [sheet[f"{column}6"].value for column in "DEF"] == ["Tổng", "1.1", "1.2"]
    assert (sheet["G5"].value, "G5:J5" in merged) == ("2", True)
    assert (sheet["H6"].value, "H6:J6" in merged) == ("2.1", True)
    assert [sheet[f"{column}7"].value for column in "HIJ"] == ["Tổng", "2.1.1", "2.1.2"]
    assert [sheet.cell(8, column).value for column in range(3, 11)] == [
        40.0,
        *(20.0, 10.0, 10.0),
        *(20.0, 20.0, 12.5, 7.5),
    ]
    assert sheet.freeze_panes == "C9"
    assert sheet.print_title_rows == "$5:$8"


def test_losses_add_up_to_the_total_and_name_every_node(book: Any) -> None:
    head, rows = table_of(book["Điểm bị mất"], "Đơn vị")
    frame = pd.DataFrame(rows, columns=head)
    why = gi.explain(made(), "U0", language="vi")
    mine = frame[frame["Đơn vị"] == "Sở Nội vụ"]
    assert mine["Mã tiêu chí"].to_list() == why.table.index.to_list()
    assert mine["Điểm bị mất"].to_list() == why.table["lost"].to_list()
    assert mine["Điểm"].to_list() == why.table["score"].to_list()
    assert len(frame) == len(FRAMEWORK.nodes) * 4


def test_the_method_is_described(book: Any) -> None:
    _, rows = table_of(book["Phương pháp"], "Nội dung")
    said = {row[0]: row[1] for row in rows}
    assert said["Bộ chỉ số"] == "Chỉ số tự tạo"
    assert said["Phiên bản"] == "made-up.0@1"
    assert said["Mã xác thực"] == METHOD.fingerprint
    assert said["Xếp loại"] == "theo số điểm: 9 từ 35; 8 từ 20; 7 thấp hơn"
    assert "thiếu số liệu: không được điểm" in said["Khi không có số liệu"]
    assert "không áp dụng: giảm điểm tối đa tương ứng" in said["Khi không có số liệu"]
    _, sources = table_of(book["Nguồn"], "Nguồn")
    assert sources[0] == ("1/QĐ", "https://example.org/1", "verified", "điểm")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"rounding": gi.Rounding(1)}, "total: 1 decimals, half up"),
        ({"rounding": gi.Levels(leaf=gi.Rounding(2, "r"))}, "indicators: 2 decimals, as R rounds"),
        ({"rounding": gi.Rounding(0, printed_only=True)}, "only in print"),
        ({"ranking": gi.Ranking(ties="dense", decimals=2)}, "(1, 2, 2, 3)"),
        ({"ranking": gi.Ranking(decimals=2)}, "by the score printed with 2 decimals"),
        ({"ranking": gi.Ranking(best="lowest", tie_break=["1"])}, "lowest score is first; equal"),
        ({"bands": gi.Bands([("a", 50), ("b", None)], by="quantile")}, "of the ranked units"),
    ],
)
def test_the_rules_are_said_in_words(tmp_path: Path, settings: dict[str, Any], said: str) -> None:
    method = attrs.evolve(METHOD, **settings)
    result = method.compute(observed(CELLS))
    gi.workbooks.write_result(result, tmp_path / "a.xlsx", method=method, language="en")
    _, rows = table_of(opened(tmp_path / "a.xlsx")["Method"], "Matter")
    assert any(said in row[1] for row in rows)


def test_changes_are_those_of_change(tmp_path: Path) -> None:
    after = made()
    cells = {**CELLS, "1.1": [1.0, 7.0, 9.0, 6.25]}
    units = attrs.evolve(observed(cells).units, names=NAMES)
    before = METHOD.compute(attrs.evolve(observed(cells), units=units, period="2024"))
    gi.workbooks.write_result(after, tmp_path / "a.xlsx", before=before, language="en")
    sheet = opened(tmp_path / "a.xlsx")["Changes"]
    expected = gi.change(before, after)
    assert sheet["A4"].value == "Changes from {} to {}".format(*expected.title)
    head, rows = table_of(sheet, "Code")
    frame = pd.DataFrame(rows, columns=head)
    assert frame["Change of rank"].to_list() == expected.units["rank_change"].to_list()
    assert frame["Change of score"].to_list() == expected.units["score_change"].to_list()


def other_edition() -> gi.IndexResult:
    """Return a result under other maxima, with an indicator that was given up."""
    framework = Framework(
        "0",
        [
            Dimension("1", [points("1.1", 12.5), points("1.2"), points("1.3")]),
            Dimension("2", [Dimension("2.1", [points("2.1.1", 12.5), points("2.1.2", 7.5)])]),
        ],
        aggregate=gi.aggregate.Sum(),
        absence=FRAMEWORK.absence,
    )
    cells = {**CELLS, "1.3": [1.5] * 4}
    data = attrs.evolve(observed(cells), units=made().units, period="2024")
    return Methodology("made-up.0", "0", framework).compute(data)


@pytest.mark.parametrize("language", ["en", "vi"])
def test_what_cannot_be_compared_and_rules_have_sheets(tmp_path: Path, language: str) -> None:
    changed = gi.change(other_edition(), made(), language=language)
    file = tmp_path / "a.xlsx"
    gi.workbooks.write_result(changed.after, file, before=changed, language=language)
    book = opened(file)
    _, unmatched = table_of(
        book[name_of("unmatched", language)], words("heading.edition", language)
    )
    assert [row[1] for row in unmatched].count("1.1") == 1
    assert (words("change.before", language), "1.3") in [row[:2] for row in unmatched]
    _, rules = table_of(book[name_of("rule_changes", language)], words("heading.code", language))
    maximum = words("change.rule.maximum", language)
    old = "12,5" if language == "vi" else "12.5"
    assert ("1.1", maximum, old, "10") in [(row[0], *row[2:]) for row in rules]


def test_a_split_adds_up_in_its_sheet(tmp_path: Path) -> None:
    cells = {**CELLS, "1.1": [1.0, 7.0, 9.0, 6.25]}
    before = METHOD.compute(attrs.evolve(observed(cells), units=made().units, period="2024"))
    changed = gi.change(before, made(), methods=METHOD)
    gi.workbooks.write_result(changed.after, tmp_path / "a.xlsx", before=changed, language="vi")
    _, rows = table_of(
        opened(tmp_path / "a.xlsx")[name_of("split", "vi")], words("heading.unit", "vi")
    )
    for row in rows:
        figures = [cell for cell in row if isinstance(cell, (int, float))]
        if figures:
            assert sum(figures[3:]) == pytest.approx(figures[2])


def test_each_league_has_a_chart_of_its_scores(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    gi.workbooks.write_result(made(leagues=["x", "y", "x", "y"]), file, language="en")
    book = opened(file)
    ranking, charts = book["Ranking"], book["Charts"]._charts
    listed = []
    for chart in charts:
        (series,) = chart.series
        for reference in (series.cat.strRef or series.cat.numRef, series.val.numRef):
            cells = ranking[reference.f.partition("!")[2].replace("$", "")]
            listed.append([row[0].value for row in cells])
    head, rows = table_of(ranking, "Rank")
    names = [row[head.index("Unit")] for row in rows]
    scores = [row[head.index("Percent")] for row in rows]  # the maxima differ
    assert len(charts) == 2
    assert [*listed[0], *listed[2]] == names
    assert [*listed[1], *listed[3]] == scores


def test_a_change_of_another_result_is_refused(tmp_path: Path) -> None:
    changed = gi.change(made(), made())
    with pytest.raises(DataError, match="the change is that of another result"):
        gi.workbooks.write_result(made(), tmp_path / "a.xlsx", before=changed, language="vi")


def test_stages_stand_side_by_side(tmp_path: Path) -> None:
    rows = [
        *(("A", "1.1", stage, value) for stage, value in (("a", 9.0), ("b", 8.0), ("c", 8.5))),
        *(("A", code, "c", 5.0) for code in ("1.2", "2.1.1", "2.1.2")),
    ]
    frame = pd.DataFrame(rows, columns=["unit", "variable", "stage", "value"])
    data = gi.Observations.from_long(frame, stage="stage", stages=["a", "b", "c"])
    result = METHOD.compute(data)
    file = tmp_path / "a.xlsx"
    gi.workbooks.write_result(result, file, method=METHOD, data=data, language="en")
    head, body = table_of(opened(file)["Stages"], "Unit")
    assert head[3:] == ["Points: a", "Points: b", "Points: c", "Difference"]
    assert body[0][1:] == ("1.1", "1.1", 9.0, 8.0, 8.5, -0.5)
    assert body[1][3:] == ("–", "–", 5.0, None)


def test_each_form_has_a_sheet_of_its_nodes(tmp_path: Path) -> None:
    short = Framework("0", [points("1.1", 20.0)], aggregate=gi.aggregate.Sum())
    method = gi.Forms.of(METHOD, {"ban": short})
    data = observed({code: [*cells, 5.0] for code, cells in CELLS.items()})
    units = attrs.evolve(data.units, types=(None, None, None, None, "ban"))
    result = method.compute(attrs.evolve(data, units=units))
    gi.workbooks.write_result(result, tmp_path / "a.xlsx", method=method, language="vi")
    book = opened(tmp_path / "a.xlsx")
    assert {"Điểm chi tiết – 1", "Điểm chi tiết – ban"} <= {*book.sheetnames}
    assert len([*book["Điểm chi tiết – ban"].columns]) == 4
    _, rows = table_of(book["Điểm bị mất"], "Đơn vị")
    assert [row[1] for row in rows if row[0] == "U4"] == ["0", "1.1"]


def test_a_panel_has_a_column_of_periods(tmp_path: Path) -> None:
    data = gi.Observations.panel({"2024": observed(CELLS), "2025": observed(CELLS)})
    gi.workbooks.write_result(METHOD.compute(data), tmp_path / "a.xlsx", language="vi")
    book = opened(tmp_path / "a.xlsx")
    head, rows = table_of(book["Xếp hạng"], "Xếp hạng")
    periods = [row[head.index("Kỳ đánh giá")] for row in rows]
    assert periods == ["2024"] * 4 + ["2025"] * 4
    assert book["Điểm chi tiết"]["C5"].value == "Kỳ đánh giá"


def test_scores_of_own_code_are_written_without_losses(tmp_path: Path) -> None:
    class Own:
        id, version, fingerprint, framework = "made-up.own", "1", "0", FRAMEWORK

        def compute(self, data: gi.Observations) -> gi.IndexResult:
            scores = {"0": np.array([3.0, 2.0, 1.0, np.nan])}
            absent = {("U3", "0"): "too late"}
            return gi.result_from_scores(self, data, scores, absent=absent)

    result = Own().compute(observed(CELLS))
    gi.workbooks.write_result(result, tmp_path / "a.xlsx", language="en")
    book = opened(tmp_path / "a.xlsx")
    assert any("cannot be attributed" in text for text in texts(book))
    assert "U3: too late" in {*texts(book)}


# -- Every number, every mark ---------------------------------------------------------------------


@settings(max_examples=few(40), **SAME_FOLDER)
@given(cases())
def test_every_score_is_that_of_the_result(tmp_path: Path, case: Case) -> None:
    result = Methodology("e.t", "1", case.framework, scale=100).compute(case.data)
    file = tmp_path / "a.xlsx"
    gi.workbooks.write_result(result, file, language=None, overwrite=True)
    book = opened(file)
    order = result.publication_order(result.codes[0])
    _, ranking = table_of(book["Ranking"], "Rank")
    assert [row[0] for row in ranking] == [
        None if np.isnan(rank) else rank for rank in result.ranks_at(result.codes[0])[order]
    ]
    for part in parts_of(result):
        nodes = [*part.framework.nodes, *part.framework.views]
        columns = [node.code for node in nodes if node.code in part.codes]
        body = [*book["Scores"].iter_rows()][-len(order) :]
        for row, unit in zip(body, order, strict=True):
            for cell, code in zip(row[-len(columns) :], columns, strict=True):
                check_cell(cell, part, code, unit)


def check_cell(cell: Any, part: gi.IndexResult, code: str, unit: int) -> None:
    row = part.row_of(code)
    score, status = part.printed[row, unit], CellStatus(part.status[row, unit])
    name = status.name.lower()
    if np.isnan(score):
        assert not isinstance(cell.value, float)
        assert cell.value == (
            None if status == CellStatus.REPORTED else words(f"mark.short.{name}")
        )
        return
    assert cell.value == score
    marked = isinstance(part.framework.node(code), Indicator) and status != CellStatus.REPORTED
    assert (f'" {words(f"mark.letter.{name}")}"' in cell.number_format) if marked else True
    assert ('"' in cell.number_format) == marked


def test_every_mark_is_seen_and_listed(tmp_path: Path) -> None:
    leaves = [Indicator(code, rule=rules.Goalposts(worst=0, best=1000)) for code in ("a", "b", "c")]
    steps = [
        gi.prepare.Treat(gi.treat.Winsorise(), variables=["a"]),
        gi.prepare.Impute(gi.impute.Constant(5.0), variables=["b"]),
    ]
    shrinking = absence.Absence(
        missing=absence.Shrink(), not_applicable=absence.Shrink(), suppressed=absence.Shrink()
    )
    method = Methodology("e.t", "1", Framework("f", leaves, absence=shrinking), steps=steps)
    frame = pd.DataFrame(
        {
            "unit": [*"ABCDEFGHIJ"],
            "a": [1.0, 2, 3, 4, 2, 3, 4, 3, 2, 900],
            "b": [1.0, None, 3, 4, 2, 3, 4, 3, 2, 1],
            "c": ["1", "", "n/a", "…", "2", "3", "4", "3", "2", "1"],
        }
    )
    notation = gi.Notation(not_applicable=["n/a"], suppressed=["…"])
    result = method.compute(gi.Observations.from_frame(frame, unit="unit", notation=notation))
    gi.workbooks.write_result(result, tmp_path / "a.xlsx", language="en")
    book = opened(tmp_path / "a.xlsx")
    listed = {tuple(row[:4]) for row in table_of(book["Marks of figures"], "Unit")[1]}
    marks = result.marks
    assert len(marks) == 5
    assert listed == {
        *zip(marks["unit"], marks["node"], marks["node"], marks["status"], strict=True)
    }
    seen = [
        (cell.value, cell.number_format.partition('" ')[2].rstrip('"'))
        for row in book["Scores"].iter_rows(min_row=6)
        for cell in row
        if cell.fill.fgColor.rgb not in ("00000000", "FFD9E2F3", "FFEDF1F9")
    ]
    assert sorted(str(letters or value) for value, letters in seen) == [
        *("i", "missing", "n/a", "t", "withheld"),
    ]
    legend = book["Scores"]["A4"].value
    assert legend == (
        "Marks: i = imputed; t = treated; m = missing; n, n/a = not applicable; "
        "s, withheld = suppressed."
    )


# -- Safety ---------------------------------------------------------------------------------------


def test_no_text_is_a_formula_or_a_link(tmp_path: Path) -> None:
    gi.workbooks.write_result(made(), tmp_path / "a.xlsx", method=METHOD, language="vi")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        content = [archive.read(name).decode() for name in sheets]
    assert len(content) == 8
    assert not any("<f>" in xml or "<hyperlink" in xml for xml in content)
    assert "=HYPERLINK(1)" in {*texts(opened(tmp_path / "a.xlsx"))}


def test_names_of_sheets_are_possible_and_differ(tmp_path: Path) -> None:
    short = Framework("0", [points("1.1", 20.0)], aggregate=gi.aggregate.Sum())
    kinds = (
        "Phòng [một]/hai: tên rất dài, dài hơn một trang tính",
        "PHÒNG [một]/hai: tên rất dài, dài",
    )
    method = gi.Forms.of(METHOD, dict.fromkeys(kinds, short))
    data = observed({code: [*cells[:2]] for code, cells in CELLS.items()})
    result = method.compute(attrs.evolve(data, units=attrs.evolve(data.units, types=kinds)))
    gi.workbooks.write_result(result, tmp_path / "a.xlsx", method=method, language="vi")
    names = opened(tmp_path / "a.xlsx").sheetnames
    assert max(map(len, names)) <= 31
    assert len({name.casefold() for name in names}) == len(names)


def test_a_workbook_is_set_up_for_print(book: Any) -> None:
    for sheet in book:
        assert sheet.page_setup.paperSize == 9
        assert "&P" in sheet.oddFooter.right.text
    ranking = book["Xếp hạng"]
    assert ranking.print_title_rows == "$4:$4"
    assert ranking.freeze_panes == "D5"
    assert ranking.auto_filter.ref == "A4:J8"


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"path": "a.csv"}, DataError, "an .xlsx workbook, not to 'a.csv'"),
        ({"language": "vn"}, SettingError, "no words in 'vn'"),
        ({"result": 5}, SettingError, "result must be of type IndexResult"),
        ({"before": 5}, SettingError, "before must be of type IndexResult"),
        ({"data": 5}, SettingError, "data must be of type Observations"),
        ({"method": attrs.evolve(METHOD, scale=7.0)}, DataError, "did not make this result"),
        ({"method": "vn.service-766"}, SettingError, "method is the methodology that made"),
    ],
)
def test_wrong_arguments_are_refused_and_nothing_is_written(
    tmp_path: Path, arguments: dict[str, Any], error: type[Exception], message: str
) -> None:
    given = {"result": made(), "path": "a.xlsx", **arguments}
    result, path = given.pop("result"), tmp_path / given.pop("path")
    with pytest.raises(error, match=message):
        gi.workbooks.write_result(result, path, **given)
    assert [*tmp_path.iterdir()] == []


def test_a_file_is_replaced_only_on_request(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    file.write_bytes(b"mine")
    with pytest.raises(DataError, match="exists already"):
        gi.workbooks.write_result(made(), file, language="vi")
    assert file.read_bytes() == b"mine"
    gi.workbooks.write_result(made(), file, overwrite=True, language="vi")
    assert len(opened(file).sheetnames) == 7  # the methodology is not installed: no sources


def test_an_installed_edition_gives_its_title(tmp_path: Path) -> None:
    method = gi.methodology("vn.service-766@2022")
    result = method.compute(gi.datasets.load("vn.service-766.phu-tho-2026"))
    gi.workbooks.write_result(result, tmp_path / "a.xlsx", language="vi")
    assert "Quyết định 766/QĐ-TTg" in opened(tmp_path / "a.xlsx")["Công bố"]["A2"].value


# -- Language -------------------------------------------------------------------------------------


def test_no_word_of_a_workbook_is_untranslated(tmp_path: Path) -> None:
    (tmp_path / "language").mkdir()
    method = attrs.evolve(METHOD, id="0.0", title=None, sources=[gi.Source("1", "2", "3", "4")])
    rows = [
        ("101", code, stage, value)
        for code in FRAMEWORK.leaf_codes
        for stage, value in (("1", 5.0), ("2", None if code == "1.1" else 4.0))
    ]
    frame = pd.DataFrame(rows, columns=["unit", "variable", "stage", "value"])
    staged = gi.Observations.from_long(frame, stage="stage", stages=["1", "2"], fall_back=True)
    cells = {code: ["5" if code != "1.2" else "n/a", "4", ""] for code in FRAMEWORK.leaf_codes}
    plain = gi.Observations.from_frame(
        pd.DataFrame({"unit": ["101", "102", "103"], **cells}), unit="unit"
    )
    strict = attrs.evolve(method, framework=attrs.evolve(FRAMEWORK, absence=absence.Renormalise()))
    with made_up_language(tmp_path / "language"):
        for maker, data in ((method, staged), (method, plain), (strict, plain)):
            result, file = maker.compute(data), tmp_path / "1.xlsx"
            settings: dict[str, Any] = {"method": maker, "before": result, "data": data}
            gi.workbooks.write_result(result, file, language=PSEUDO, overwrite=True, **settings)
            found = {text: letters_outside(text) for text in texts(opened(file))}
            known = {
                maker.fingerprint,
                f"⟦govindex⟧ {gi.__version__}",
                f"govindex {gi.__version__}",
            }
            footers = {text for text in found if "&L" in text or "&P" in text or "&9" in text}
            assert {t: o for t, o in found.items() if o and t not in known | footers} == {}


@settings(max_examples=10, **SAME_FOLDER)
@given(cases())
def test_language_changes_no_number(tmp_path: Path, case: Case) -> None:
    result = Methodology("e.t", "1", case.framework, scale=100).compute(case.data)
    numbers = []
    for language in ("vi", "en"):
        file = tmp_path / f"{language}.xlsx"
        gi.workbooks.write_result(result, file, language=language, overwrite=True)
        numbers.append(
            [
                (sheet_number, cell.coordinate, cell.value)
                for sheet_number, sheet in enumerate(opened(file))
                for row in sheet.iter_rows()
                for cell in row
                if isinstance(cell.value, (int, float))
            ]
        )
    assert numbers[0] == numbers[1]


def test_every_sheet_has_a_name_and_a_title() -> None:
    keys = catalogue("en")
    names = {key.rpartition(".")[2] for key in keys if key.startswith("workbook.sheet.")}
    titles = {key.rpartition(".")[2] for key in keys if key.startswith("workbook.title.")}
    assert names == titles
    assert {*SHEETS} < names


def test_no_page_begins_between_the_total_of_a_branch_and_its_first_part(tmp_path: Path) -> None:
    def branch(code: str, parts: int) -> gi.Dimension:
        children = [
            gi.Dimension(f"{code}.{n}", [leaf(f"{code}.{n}.{m}") for m in (1, 2)])
            for n in range(1, parts + 1)
        ]
        return gi.Dimension(code, children)

    def leaf(code: str) -> gi.Indicator:
        return gi.Indicator(code, weight=2, rule=gi.rules.Points())

    branches = [
        branch(code, parts)
        for code, parts in {"A": 1, "B": 2, "C": 3, "D": 1, "E": 2, "F": 2, "G": 4}.items()
    ]
    method = gi.Methodology("e.t", "1", gi.Framework("f", branches, aggregate=gi.aggregate.Sum()))
    data = observed({code: [1.0, 2.0] for code in method.framework.leaf_codes})
    gi.workbooks.write_result(method.compute(data), tmp_path / "a.xlsx", language="en")
    sheet = opened(tmp_path / "a.xlsx")["Scores"]
    starts = [brk.id + 1 for brk in sheet.col_breaks.brk]
    assert len(starts) > 1
    branches_at = {
        area.min_col for area in sheet.merged_cells.ranges if area.min_col < area.max_col
    }
    assert not {start - 1 for start in starts} & branches_at
