"""What a report holds: every figure of the result as printed, every mark, and nothing made up."""

from __future__ import annotations

import re

import attrs
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import govindex as gi
from govindex.contracts import CellStatus
from govindex.errors import DataError, SettingError
from govindex.language import number_text, words
from tests.report.examples import (
    LEAGUES,
    cells,
    content_texts,
    departments,
    provinces,
    provinces_method,
    rubric,
    small,
    table,
    tables,
    verified,
)
from tests.sampling import few

compose = gi.report.compose


@pytest.mark.parametrize("language", ["en", "vi"])
def test_every_total_rank_and_dimension_stands_as_printed(language: str) -> None:
    result = provinces()
    content = compose(result, method=provinces_method(), language=language)
    names = result.units.labels(language)
    ranking = {row[1]: row for row in cells(tables(content)[0])}
    caption = words("report.dimension_table", language, league="")
    by_dimension: dict[str, list[str]] = {}
    for found in (found for found in tables(content) if found.caption == caption):
        for line in cells(found):
            by_dimension.setdefault(line[1], []).extend(line[2:])
    for row, name in enumerate(names):
        total = number_text(result.printed[0][row], language, 2)
        assert ranking[name][::2] == [result.rank_labels()[row], total]
        for column, code in enumerate(result.display):
            score = number_text(result.printed_at(code)[row], language, 2)
            assert by_dimension[name][column] == f"{score} ({result.rank_labels(code)[row]})"


@settings(max_examples=few(40))
@given(
    points=st.lists(st.integers(0, 10_000).map(lambda n: n / 1000), min_size=1, max_size=8),
    language=st.sampled_from(["en", "vi"]),
)
def test_scores_are_written_as_results_write_them(points: list[float], language: str) -> None:
    result = small({f"u{i}": f"Unit {i}" for i in range(len(points))}, points)
    written = {row[1]: row[2] for row in cells(tables(compose(result, language=language))[0])}
    scores = result.printed[0].tolist()
    expected = [result.score_text(score, language) for score in scores]
    assert [written[name] for name in result.units.labels()] == expected


def test_every_mark_stands_in_the_tables_and_is_listed() -> None:
    content = compose(verified(), method=rubric())
    listed = cells(table(content, "Figures that are not"))
    marks = verified().marks
    assert len(listed) == len(marks) == 15
    assert sorted({row[2] for row in listed}) == sorted(set(marks["status"]))
    letters = {cell.marks for found in tables(content) for row in found.rows for cell in row}
    assert {"a", "b", "c", "d", "e"} <= letters
    first = table(content, f"Ranking: {LEAGUES[0]}")
    assert first.notes[0] == (
        "(a) fallen back; (b) imputed; (c) missing; (d) not applicable; (e) suppressed."
    )


def test_letters_of_marks_say_what_the_result_says() -> None:
    result, content = verified(), compose(verified(), method=rubric())
    letter = {"fallen back": "a", "imputed": "b", "missing": "c", "not applicable": "d"}
    letter["suppressed"] = "e"
    marked = result.marks
    for found in (f for f in tables(content) if f.caption.startswith("Scores and ranks")):
        for row in found.rows:
            unit = result.units.codes[result.units.labels().index(row[1].text)]
            for column, cell in zip(found.columns[2:], row[2:], strict=True):
                code = column.heading.partition(".")[0]
                own = marked[(marked["unit"] == unit) & marked["node"].str.startswith(f"{code}.")]
                expected = ", ".join(sorted({letter[status] for status in own["status"]}))
                assert cell.marks == expected


def test_a_suppressed_value_reaches_no_text() -> None:
    stages = {name: departments().at_stage(name, fall_back=False) for name in ("self", "verified")}
    changed = {}
    for name, data in stages.items():
        values, status = data.values.copy(), data.status.copy()
        values[0, 0] = 1.237  # no other figure is printed as 1.24
        if name == "verified":
            values[0, 0], status[0, 0] = np.nan, CellStatus.SUPPRESSED
        changed[name] = gi.Observations(data.units, data.variables, values, status, period="2025")
    result = rubric().compute(gi.Observations.from_stages(changed))
    content = compose(result, method=rubric())
    listed = [r for r in cells(table(content, "Figures that are not")) if r[2] == "suppressed"]
    assert [row[3:] for row in listed] == [["–", "–"], ["–", "–"]]
    shown = rubric().compute(changed["self"])
    moved = compose(shown, method=rubric(), data=gi.Observations.from_stages(changed))
    for made in (content, moved):
        assert not [text for text in content_texts(made) if re.search(r"1\.2(4|37)\b", text)]


def test_ranks_by_percent_are_announced_as_such() -> None:
    result = verified()
    texts = content_texts(compose(result, method=rubric()))
    assert words("report.ranked_by_share") in texts
    assert any("On average the units reach" in text for text in texts)
    percent = table(compose(result), f"Ranking: {LEAGUES[0]}")
    shares = [float(row[5]) for row in cells(percent)]
    assert shares == sorted(shares, reverse=True)


def test_announcements_are_those_of_the_result() -> None:
    texts = content_texts(compose(provinces(), language="vi"))
    for sentence in provinces().announcement_sentences(language="vi"):
        assert sentence in texts


def test_changes_are_those_of_the_library() -> None:
    method = provinces_method()
    content = compose(provinces(), method=method, before=provinces("06"))
    moved = gi.change(provinces("06"), provinces()).units
    for row in cells(table(content, "Changes in ranks")):
        found = moved[moved["name"] == row[0]].iloc[0]
        assert row[1:3] == [str(found["rank_before"]), str(found["rank"])]
        assert int(row[3]) == found["rank_change"]
        assert float(row[6]) == pytest.approx(found["score_change"], abs=1e-9)
    texts = content_texts(content)
    assert "Rose most: UBND tỉnh Khánh Hòa (by 10)." in texts
    ranks = moved["rank_change"]
    risen, fallen, same = ((ranks > 0).sum(), (ranks < 0).sum(), (ranks == 0).sum())
    assert f"Risen in rank: {risen}; fallen: {fallen}; unchanged: {same}." in texts


def test_other_editions_are_compared_as_far_as_it_is_declared() -> None:
    def scored(version: str, maximum: float, points: dict[str, float]) -> gi.IndexResult:
        leaves = [
            gi.Indicator(c, weight=w, rule=gi.rules.Points())
            for c, w in zip("ab", (maximum, 50.0), strict=True)
        ]
        framework = gi.Framework("f", leaves, aggregate=gi.aggregate.Sum())
        values = np.array([[p, p] for p in points.values()])
        data = gi.Observations([gi.Unit(c) for c in points], ["a", "b"], values)
        return gi.Methodology("example.edition", version, framework).compute(data)

    old = scored("1", 50.0, {"A": 30.0, "B": 20.0, "Gone": 5.0})
    new = scored("2", 60.0, {"A": 20.0, "B": 40.0, "New": 10.0})
    content = compose(new, before=old)
    assert [row[:4] for row in cells(table(content, "Changes in ranks"))] == [
        ["B", "2", "1", "+1"],
        ["A", "1", "2", "-1"],
    ]
    listed = {row[1]: row[0] for row in cells(table(content, "Units and indicators"))}
    assert listed == {"Gone": "before", "New": "now"}
    rules = cells(table(content, "Changes of the rules"))
    assert ["a", "maximum", "50", "60"] in rules
    assert words("report.other_maximum") in content_texts(content)


def test_what_moved_results_is_reported_as_the_split_says() -> None:
    method = provinces_method()
    moved = gi.change(provinces("06"), provinces(), methods=method)
    content = compose(provinces(), method=method, before=moved)
    assert moved.split is not None
    for row in cells(table(content, "What moved results, in rank")):
        unit = moved.units.index[moved.units["name"] == row[0]][0]
        found = moved.split.xs("rank", level=1)
        change, *parts = [float(cell) for cell in row[1:]]
        row_of = found.loc[unit, ["change", "data", "rules", "league"]]
        expected = row_of.astype(float).tolist()
        assert [change, *parts] == pytest.approx(expected, abs=0.1001)
        assert sum(parts) == pytest.approx(change)
    with pytest.raises(DataError, match="a change of another result or node"):
        compose(provinces("06"), before=moved)


def test_points_changed_between_stages_are_listed() -> None:
    content = compose(verified(), method=rubric())
    moved = gi.stage_differences(rubric(), departments(), before="self", after="verified")
    different = moved[moved["difference"] != 0]
    assert len(cells(table(content, "Points changed, by indicator"))) == len(different) > 10
    summed = cells(table(content, "Points changed, by unit"))
    for name, group in moved.groupby("name"):
        row = next(row for row in summed if row[0] == name)
        lowered = int((group["difference"] < 0).sum())
        assert row[1:3] == [str(len(group)), str(lowered)]
        assert float(row[7]) == pytest.approx(group["difference"].sum(), abs=0.005)


def test_points_of_small_criteria_have_the_decimals_of_the_others() -> None:
    leaves = [gi.Indicator("a", rule=gi.rules.Points()), gi.Indicator("b", rule=gi.rules.Points())]
    weighted = [attrs.evolve(leaf, weight=w) for leaf, w in zip(leaves, (1, 9), strict=True)]
    method = gi.Methodology("x.y", "1", gi.Framework("i", weighted, aggregate=gi.aggregate.Sum()))
    units = [gi.Unit("A"), gi.Unit("B")]
    first = gi.Observations(units, ["a", "b"], [[1.0, 9.0], [0.5, 7.0]])
    second = gi.Observations(units, ["a", "b"], [[0.75, 8.0], [0.5, 6.5]])
    data = gi.Observations.from_stages({"self": first, "verified": second})
    rows = cells(
        table(
            compose(method.compute(data), method=method, data=data), "Points changed, by indicator"
        )
    )
    assert [row[2:] for row in rows] == [
        ["1.00", "0.75", "-0.25"],
        ["9.00", "8.00", "-1.00"],
        ["7.00", "6.50", "-0.50"],
    ]


def test_a_stage_with_more_indicators_is_no_rise() -> None:
    units, stages = ("A", "B"), ("self", "verified")
    rows = [(unit, "1.1", stage, 1.0) for unit in units for stage in stages]
    rows += [(unit, "1.2", "verified", 2.0) for unit in units]
    frame = pd.DataFrame(rows, columns=["unit", "variable", "stage", "value"])
    data = gi.Observations.from_long(frame, stage="stage", stages=stages)
    leaves = [gi.Indicator(code, weight=2, rule=gi.rules.Points()) for code in ("1.1", "1.2")]
    method = gi.Methodology("example", "1", gi.Framework("f", leaves, aggregate=gi.aggregate.Sum()))
    content = compose(method.compute(data), method=method, data=data)
    changed = table(content, "Points changed, by unit")
    assert [row[5:] for row in cells(changed)] == [["1.00", "3.00", "0.00"]] * 2
    assert any("points at both" in note for note in changed.notes)


def test_data_without_stages_have_no_chapter_on_them() -> None:
    data = provinces().observations
    content = compose(provinces(), method=provinces_method(), data=data)
    assert content == compose(provinces(), method=provinces_method())


def test_losses_are_those_of_explanations() -> None:
    result = provinces()
    lines = {row[1]: row for row in cells(table(compose(result), "Strengths"))}
    why = gi.explain(result, "H20", language="en")
    code, first = why.leaves.index[0], why.leaves.iloc[0]
    assert lines["UBND tỉnh Đồng Tháp"][4].startswith(
        f"{code}. {first['name']} ({first['lost']:.2f} lost)"
    )


def test_strongest_and_weakest_are_ranks_in_the_league() -> None:
    result = provinces()
    lines = {row[1]: row for row in cells(table(compose(result), "Strengths"))}
    standing = gi.standings("H20", {"index": result}, language="en")
    assert standing["best"].iloc[0] in lines["UBND tỉnh Đồng Tháp"][2]
    assert standing["worst"].iloc[0] in lines["UBND tỉnh Đồng Tháp"][3]


def test_intervals_of_ranks_are_those_of_the_sample() -> None:
    method, vary = provinces_method(), [gi.robustness.Weights(spread=0.25)]
    data = gi.datasets.load("vn.service-766.provinces-2026-10-10")
    sample = gi.robustness.sample_ranks(method, data, vary=vary, draws=200, rng=1)
    content = compose(provinces(), method=method, robustness=sample)
    intervals, shares = sample.intervals(0.9), sample.acceptability()
    for row in cells(table(content, "Intervals of ranks")):
        unit = intervals.index[intervals["name"] == row[1]][0]
        low, high = intervals.loc[unit, "low"], intervals.loc[unit, "high"]
        assert row[2] == (str(low) if low == high else f"{low}–{high}")
        share = shares.loc[unit, intervals.loc[unit, "rank"]]
        assert float(row[4]) == pytest.approx(100 * share, abs=0.0501)


def test_a_unit_without_a_score_has_its_reason_and_no_rank() -> None:
    data = gi.datasets.load("vn.service-766.phu-tho-2026")
    result = gi.methodology("vn.service-766").compute(data)
    content = compose(result, language="vi")
    reasons = dict(cells(table(content, "Đơn vị không có điểm")))
    expected = result.unscored_in("vi")["reason"]
    assert len(expected) > 0
    names = dict(zip(result.units.codes, result.units.labels("vi"), strict=True))
    assert reasons == {names[str(unit)]: reason for unit, reason in expected.items()}
    found = [t for t in tables(content) if t.caption.startswith("Kết quả xếp hạng")]
    ranking = {row[1]: row for each in found for row in cells(each)}
    assert all(ranking[name][0] == ranking[name][3] == "–" for name in reasons)


def test_ties_show_their_shared_rank() -> None:
    content = compose(small({"a": "A", "b": "B", "c": "C"}, [5.0, 5.0, 1.0]), language="vi")
    ranking = cells(tables(content)[0])
    assert [row[0] for row in ranking] == ["=1", "=1", "3"]


def test_all_ties_and_a_single_unit_are_reported() -> None:
    level = compose(small({f"u{i}": f"Unit {i}" for i in range(12)}, [5.0] * 12))
    assert {row[0] for row in cells(tables(level)[0])} == {"=1"}
    single = compose(small({"a": "Only one"}, [5.0]))
    assert cells(tables(single)[0]) == [["1", "Only one", "10.00", "20.00", "50.00"]]


def test_the_method_is_named_with_version_fingerprint_sources_and_rules() -> None:
    texts = content_texts(compose(verified(), method=rubric()))
    assert "example.rubric@2025" in texts
    assert rubric().fingerprint in texts
    assert "A made-up decision" in texts
    assert any(
        "missing: no points; not applicable: the maximum becomes smaller" in t for t in texts
    )
    assert any("Good from 65" in text for text in texts)


def test_a_scale_without_maximum_loses_nothing() -> None:
    units = [gi.Unit(code) for code in "abc"]
    data = gi.Observations(units, ["x"], np.array([[1.0], [2.0], [4.0]]))
    leaf = gi.Indicator("x", rule=gi.rules.ZScore())
    result = gi.Methodology("example.z", "1", gi.Framework("f", [leaf])).compute(data)
    texts = content_texts(compose(result))
    assert words("report.no_losses") in texts


def test_a_panel_is_refused_with_the_period_to_report() -> None:
    data = provinces().observations
    assert data is not None
    panel = gi.Observations.panel({"2025": attrs.evolve(data, period="2025"), "2026": data})
    result = provinces_method().compute(panel)
    with pytest.raises(DataError, match=r"report result\.at_period\('2026'\)"):
        compose(result)
    content = compose(result.at_period("2026"), before=result.at_period("2025"))
    assert "IV. Changes since 2025" in content_texts(content)


def test_what_does_not_belong_to_the_result_is_refused() -> None:
    other = attrs.evolve(rubric(), scale=100.0)
    with pytest.raises(DataError, match="give the methodology that computed the result"):
        compose(verified(), method=other)
    vary = [gi.robustness.Weights(spread=0.25)]
    sample = gi.robustness.sample_ranks(rubric(), departments(2), vary=vary, draws=20, rng=1)
    with pytest.raises(DataError, match="a sample of other data"):
        compose(verified(), robustness=sample)
    with pytest.raises(DataError, match="a sample of another methodology"):
        compose(provinces(), robustness=sample)
    with pytest.raises(DataError, match="data= has other units than the result"):
        compose(provinces(), method=provinces_method(), data=departments())
    with pytest.raises(SettingError, match="give method= as well"):
        compose(verified(), data=departments())
    with pytest.raises(SettingError, match="no words in 'fr'"):
        compose(verified(), language="fr")


@pytest.mark.parametrize("language", ["en", "vi"])
def test_language_moves_no_figure(language: str) -> None:
    content = compose(verified(), method=rubric(), language=language)
    mark = words("number.decimal", language)
    column = [row[3].replace(mark, ".") for row in cells(tables(content)[0])]
    scores = np.sort(verified().printed[0])
    assert set(map(float, column)) <= {round(score, 2) for score in scores.tolist()}


def test_no_english_word_is_left_in_vietnamese_headings() -> None:
    content = compose(verified(), method=rubric(), before=verified(2), language="vi")
    english = {words(key, "en") for key in ("report.unit", "report.rank", "report.score")}
    for found in tables(content):
        assert english.isdisjoint({column.heading for column in found.columns})


def test_forms_are_reported_together() -> None:
    method = gi.Forms.of(
        attrs.evolve(rubric(), bands=None),
        {"short": rubric().framework.without("5")},
    )
    data = departments().at_stage("self")
    units = [attrs.evolve(data.units[i], type="short" if i > 15 else None) for i in range(20)]
    mixed = gi.Observations(units, data.variables, data.values, data.status, period="2025")
    result = method.compute(mixed)
    content = compose(result, method=method)
    found = {row[1]: row for row in cells(table(content, f"Ranking: {LEAGUES[1]}"))}
    assert found["Unit 17 (made up)"][4] == "44.00"
    assert found["Unit 13 (made up)"][4] == "56.00"


@pytest.mark.parametrize("language", ["en", "vi"])
def test_a_change_is_told_in_the_language_of_the_report(language: str) -> None:
    before, after = rubric_of(2024, 4.0), rubric_of(2025, 6.0)
    methods = [method for method, _ in (before, after)]
    moved = gi.change(
        before[1], after[1], methods=methods, language="vi" if language == "en" else "en"
    )
    content = compose(after[1], method=after[0], before=moved, language=language)
    assert content == compose(
        after[1],
        method=after[0],
        before=gi.change(before[1], after[1], methods=methods, language=language),
        language=language,
    )


def rubric_of(year: int, points: float) -> tuple[gi.Methodology, gi.IndexResult]:
    """Return a rubric that is named by its year, and a result of it."""
    leaves = [
        gi.Indicator(
            code,
            {"en": f"Made up {code}", "vi": f"Giả định {code}"},
            weight=weight,
            rule=gi.rules.Points(),
        )
        for code, weight in (("1", points), ("2", 10.0))
    ]
    framework = gi.Framework(
        "r", leaves, aggregate=gi.aggregate.Sum(), name=f"Made-up rubric {year}"
    )
    method = gi.Methodology("example.named", str(year), framework)
    league = {2024: "old league", 2025: "new league"}[year]
    frame = pd.DataFrame({"unit": ["A", "B"], "league": league, "1": [3.0, 2.0], "2": [7.0, 5.0]})
    data = gi.Observations.from_frame(frame, league="league", period=str(year))
    return method, method.compute(data)


def test_a_year_in_the_title_is_not_repeated() -> None:
    method, result = rubric_of(2025, 6.0)
    content = compose(result, method=method)
    assert content.subject == "Results of Made-up rubric 2025"


def test_ranks_of_other_leagues_are_said_to_be_not_compared() -> None:
    before, after = rubric_of(2024, 6.0), rubric_of(2025, 6.0)
    content = compose(after[1], method=after[0], before=before[1])
    texts = [
        text
        for chapter in content.chapters
        for block in chapter.blocks
        if isinstance(block, gi.report.Listing)
        for text in block.entries
    ]
    assert any(text.startswith("Ranks are not compared") for text in texts)
    assert not any(text.startswith("Risen in rank") for text in texts)
    assert "name" not in set(gi.change(before[1], after[1]).rules["what"])


def test_a_maximum_that_changed_is_listed_once() -> None:
    before, after = rubric_of(2024, 4.0), rubric_of(2025, 6.0)
    content = compose(after[1], method=after[0], before=before[1])
    listed = [
        (found.caption, row)
        for found in tables(content)
        for row in cells(found)
        if "Made up 1" in " ".join(row) and "maximum" in " ".join(row)
    ]
    assert len(listed) == 1


@pytest.mark.parametrize(
    ("closed", "text"), [("lower", "Good from 65"), ("upper", "Good above 65")]
)
def test_bands_say_whether_they_hold_their_start(closed: str, text: str) -> None:
    bands = gi.Bands([("Good", 65), ("Fair", None)], by="percent", closed=closed)  # type: ignore[arg-type]
    method = attrs.evolve(provinces_method(), bands=bands)
    data = provinces().observations
    assert data is not None
    said = "\n".join(content_texts(compose(method.compute(data), method=method, language="en")))
    assert f"{text}; Fair below" in said
