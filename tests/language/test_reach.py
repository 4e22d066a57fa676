"""A language reaches every word that a person reads, and no number."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pandas as pd
import pytest
from hypothesis import given

import govindex as gi
from govindex import Dimension, Framework, Indicator, Methodology, Observations, absence, rules
from govindex.cli import main
from govindex.errors import SettingError
from govindex.language import headings, languages, number_text
from govindex.language.catalogues import catalogue
from govindex.results.announcements import compares_percent
from govindex.robustness.sobol.summaries import reason_text
from tests.pseudo import PSEUDO, letters_outside, made_up_language
from tests.strategies import NA, Case, cases, observed

SHRINK = absence.Absence(missing=absence.Shrink(), not_applicable=absence.Shrink())


def points(code: str, weight: float = 10.0) -> Indicator:
    return Indicator(code, weight=weight, rule=rules.Points())


FRAMEWORK = Framework(
    "0",
    [Dimension("1", [points("1.1"), points("1.2")]), Dimension("2", [points("2.1", 20.0)])],
    aggregate=gi.aggregate.Sum(),
    absence=SHRINK,
)
METHOD = Methodology("0.1", "1", FRAMEWORK)


@pytest.fixture
def pseudo(tmp_path: Path) -> Iterator[None]:
    folder = tmp_path / "language"
    folder.mkdir()
    with made_up_language(folder):
        yield


def scored(cells: dict[str, list[Any]], **columns: Any) -> gi.IndexResult:
    data = observed(cells)
    return METHOD.compute(attrs.evolve(data, units=attrs.evolve(data.units, **columns)))


# -- Announcements --------------------------------------------------------------------------------

ONE = {"1.1": [9.5, 7.0, 7.0, 6.0, 1.0], "1.2": [9.0] * 5, "2.1": [20.0] * 5}


def test_sentences_name_first_second_third_last_and_the_mean() -> None:
    result = scored(ONE, names=("A", "B", "C", "D", "E"))
    assert result.announcement_sentences(language="vi") == [
        "Có 5 đơn vị được xếp hạng. Đứng đầu là A (38,50 điểm); cùng xếp thứ hai là B và C "
        "(36,00 điểm); xếp cuối cùng là E (30,00 điểm). Điểm trung bình là 35,10 điểm, cao nhất "
        "38,50 điểm, thấp nhất 30,00 điểm."
    ]
    assert result.announcement_sentences() == [
        "5 units are ranked. First is A (38.50); second are B and C (36.00); last is E (30.00). "
        "The mean score is 35.10, the highest 38.50, the lowest 30.00."
    ]


def test_units_that_are_ranked_by_percent_are_announced_in_percent() -> None:
    cells: dict[str, list[Any]] = {
        "1.1": [9.0, 8.0, 8.0],
        "1.2": [9.0, 8.0, 8.0],
        "2.1": [18.0, NA, NA],
    }
    result = scored(cells, names=("A", "B", "C"))
    assert result.announcement_sentences(language="vi") == [
        "Có 3 đơn vị được xếp hạng. Đứng đầu là A (36,00/40 điểm, đạt 90,00\u00a0%); cùng xếp "
        "thứ hai là B và C (16,00/20 điểm, đạt 80,00\u00a0%). Tỷ lệ điểm đạt được bình quân là "
        "83,33\u00a0%, cao nhất 90,00\u00a0%, thấp nhất 80,00\u00a0%."
    ]
    first, second = scored(cells, leagues=("x", "y", "y")).announcement_sentences()
    assert first == "x: Only one unit is ranked: U0 (36.00)."
    assert second == "y: All 2 units share one rank: U1 and U2 (16.00 of 20, 80.00\u00a0%). " + (
        "On average the units reach 80.00\u00a0% of their maximum, the highest 80.00\u00a0%, "
        "the lowest 80.00\u00a0%."
    )


def test_a_maximum_without_a_last_digit_is_announced_in_four_decimals() -> None:
    leaves = [gi.Indicator(code, rule=gi.rules.Proportional(target=1)) for code in "abc"]
    framework = gi.Framework("index", leaves, absence=gi.absence.Shrink())
    absence = gi.Absence(missing=gi.absence.Shrink(), not_applicable=gi.absence.Shrink())
    method = gi.Methodology("e.t", "1", framework.with_absences({"index": absence}), scale=1)
    data = observed({"a": [0.5, NA], "b": [0.5, 0.5], "c": [1.0, 1.0]})
    assert "U1 (0.5000 of 0.6667, 75.00\u00a0%)" in method.compute(data).announcement_sentences()[0]


def test_each_league_has_a_text_and_units_without_rank_are_named() -> None:
    cells: dict[str, list[Any]] = {
        "1.1": [9.0, 8.0, None, 5.0],
        "1.2": [9.0, 8.0, None, 5.0],
        "2.1": [9.0, 8.0, None, 5.0],
    }
    ranked = np.array([True, True, True, False])
    result = scored(cells, leagues=("x", "x", "y", "y"), ranked=ranked)
    first, second = result.announcement_sentences()
    assert first.startswith("x: 2 units are ranked. First is U0 (27.00); second is U1 (24.00).")
    assert second == "y: No unit is ranked. Not ranked: U3 (15.00). Without a score: U2."


def test_all_units_level_and_a_single_unit_have_sentences_of_their_own_kind() -> None:
    level = scored({code: [5.0] * 9 for code in ONE})
    assert level.announcement_sentences()[0].startswith(
        "All 9 units share one rank: U0, U1, U2, U3, U4 and 4 others (15.00)."
    )
    single = scored({code: [5.0] for code in ONE})
    assert single.announcement_sentences(language="vi") == [
        "Chỉ có một đơn vị được xếp hạng: U0 (15,00 điểm)."
    ]


@given(cases())
def test_sentences_hold_what_the_table_announces(case: Case) -> None:
    result = Methodology("e.t", "1", case.framework, scale=100).compute(case.data)
    texts, table = result.announcement_sentences(), result.announce()
    assert len(texts) == len(table)
    scores = result.league_scores()
    assert scores["ranked"].to_list() == table["ranked"].to_list()
    for text, (_, row), (_, league) in zip(texts, table.iterrows(), scores.iterrows(), strict=True):
        named = [name for end in ("first", "last") for name in row[end].split(", ")[:5] if name]
        assert all(name in text for name in named)
        if row["ranked"] > 1:
            printed = result.score[result.ranks.iloc[:, 0].notna()]
            assert league["highest"] == printed.max()
            assert league["lowest"] == printed.min()
            assert league["mean"] == pytest.approx(printed.mean())
            percents = result.percent[0][result.ranks.iloc[:, 0].notna()]
            if compares_percent(result, np.flatnonzero(result.ranks.iloc[:, 0].notna())):
                assert f"{number_text(percents.mean(), None, 2)}\u00a0% of their maximum" in text
            else:
                assert result.score_text(league["mean"]) in text


def test_league_scores_have_no_mean_without_ranked_units() -> None:
    scores = scored({code: [None] for code in ONE}).league_scores()
    assert scores.iloc[0]["ranked"] == 0
    assert scores[["mean", "highest", "lowest"]].isna().all(axis=None)


# -- Words ----------------------------------------------------------------------------------------


def test_an_explanation_speaks() -> None:
    result = scored({"1.1": [9.5], "1.2": [NA], "2.1": [12.39]})
    text = str(gi.explain(result, "U0", language="vi"))
    assert text.startswith("U0: 21,89 trên 30, mất 8,11 điểm\n")
    assert "không áp dụng" in text
    assert "Điểm bị mất" in text
    assert "8,11" in text
    assert "." not in text.replace("1.1", "").replace("1.2", "").replace("2.1", "")


def test_marks_footnotes_and_reasons_speak() -> None:
    result = scored({"1.1": [9.5, None], "1.2": [NA, None], "2.1": [12.0, None]})
    assert result.footnotes_in("vi")[0] == "không áp dụng: 1 số liệu (U0 1.2)"
    assert result.marks_in("vi")["status"].to_list()[0] == "không áp dụng"
    assert result.unscored_in("vi")["reason"]["U1"] == "thiếu số liệu: 1.1, 1.2, 2.1"
    table = result.table(language="vi", status=True)
    assert table.loc["U0", "status"] == "không áp dụng: 1.2"
    assert result.footnotes == result.footnotes_in("en")


@pytest.mark.parametrize(
    "words",
    [
        lambda result: gi.explain(result, "U0", language="fr"),
        lambda result: result.table(language="fr", status=True),
        lambda result: result.marks_in("fr"),
        lambda result: result.unscored_in("fr"),
        lambda result: result.footnotes_in("fr"),
        lambda result: result.announcement_sentences(language="fr"),
    ],
)
def test_a_language_without_words_is_refused_where_words_are_used(words: Any) -> None:
    with pytest.raises(SettingError, match="no words in 'fr': Known: 'en', 'vi'"):
        words(scored(ONE))


def test_without_a_language_words_are_english_and_names_the_first() -> None:
    result = scored(ONE, names=tuple({"vi": f"Sở {x}", "en": f"Department {x}"} for x in "ABCDE"))
    assert "First is Sở A (38.50)" in result.announcement_sentences()[0]
    assert "First is Department A (38.50)" in result.announcement_sentences(language="en")[0]
    assert result.table()["name"].iloc[0] == "Sở A"


def test_names_fall_back_in_a_language_without_words() -> None:
    result = scored(ONE, names=tuple({"vi": letter} for letter in "ABCDE"))
    assert result.table(language="fr")["name"].iloc[0] == "A"
    assert result.announce(language="fr")["first"].iloc[0] == "A"


# -- Numbers --------------------------------------------------------------------------------------


@given(cases())
def test_language_enters_neither_numbers_nor_fingerprints(case: Case) -> None:
    method = Methodology("e.t", "1", case.framework, scale=100)
    before = method.fingerprint
    result = method.compute(case.data)
    for language in (None, *languages()):
        for mine, other in (
            (result.table(status=True), result.table(language=language, status=True)),
            (result.marks, result.marks_in(language)),
        ):
            pd.testing.assert_frame_equal(
                mine.select_dtypes("number"), other.select_dtypes("number")
            )
        assert len(result.footnotes_in(language)) == len(result.footnotes)
        assert list(result.unscored_in(language).index) == list(result.unscored.index)
    assert (method.fingerprint, result.provenance.fingerprint) == (before, before)


# -- A third language is a file -------------------------------------------------------------------


@pytest.mark.usefixtures("pseudo")
def test_a_third_language_is_a_file() -> None:
    assert languages() == ("en", "vi", PSEUDO)
    assert headings(["rank"], PSEUDO) == ["⟦Rank⟧"]


@pytest.mark.usefixtures("pseudo")
@pytest.mark.parametrize(
    "command",
    [
        ["score", "--explain", "101"],
        ["score", "--explain", "104", "--league", "9"],
        ["validate"],
        ["robustness", "--draws", "20"],
        ["robustness", "--draws", "20", "--league", "9"],
    ],
)
def test_no_word_of_a_command_is_untranslated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    gi.save_methodology(METHOD, tmp_path / "0.toml")
    rows = ["101,8,9,7,18", "102,8,9.5,n/a,18.5", "103,8,,,", "104,7,4,3,2", "105,7,5,,2"]
    data = tmp_path / "1.csv"
    data.write_text("\n".join(["unit,9,1.1,1.2,2.1", *rows]), encoding="utf-8")
    name, *options = command
    words = [str(data), "--method", str(tmp_path / "0.toml"), "--not-applicable", "n/a"]
    assert main([name, *words, *options, "--language", PSEUDO]) == 0
    out = capsys.readouterr().out.replace("1.csv", "")
    assert letters_outside(out) == ""


@pytest.mark.usefixtures("pseudo")
def test_no_word_of_preparation_is_untranslated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    leaves = [Indicator(code, rule=rules.Identity()) for code in ("1", "2")]
    steps = [
        gi.prepare.Screen(0.6),
        gi.prepare.Impute(gi.impute.Mean()),
        gi.prepare.Treat(gi.treat.Winsorise()),
    ]
    method = Methodology("0.2", "1", Framework("0", leaves), steps=steps, scale=1)
    gi.save_methodology(method, tmp_path / "0.toml")
    data = tmp_path / "1.csv"
    data.write_text("unit,1,2\n101,1,2\n102,,3\n103,4,5\n104,2,1\n105,,\n", encoding="utf-8")
    words = [str(data), "--method", str(tmp_path / "0.toml"), "--language", PSEUDO]
    assert main(["score", *words]) == 0
    assert letters_outside(capsys.readouterr().out) == ""


def varied(values: list[float]) -> Any:
    """Return a sensitivity of numbered inputs, so that only words have letters."""
    data = Observations.from_frame(
        pd.DataFrame({"unit": ["101", "102", "103"], "1": values, "2": values[::-1]})
    )
    leaves = [Indicator(code, rule=rules.Identity()) for code in ("1", "2")]
    vary: dict[str, Any] = {
        "8": gi.robustness.Weights(spread=0.5),
        "9": gi.robustness.Errors({"1": 0.2, "2": 0.0}),
    }
    return gi.robustness.sensitivity(
        Methodology("0.3", "1", Framework("0", leaves), scale=1), data, vary=vary, points=8, rng=1
    )


@pytest.mark.usefixtures("pseudo")
@pytest.mark.parametrize("values", [[0.1, 0.5, 0.2], [0.0, 0.5, 0.9]])
def test_no_word_of_a_sensitivity_is_untranslated(values: list[float]) -> None:
    found = varied(values)
    assert letters_outside(found.summary_in(PSEUDO)) == ""
    assert letters_outside(repr(gi.show(found, language=PSEUDO))) == ""


def test_a_sensitivity_speaks() -> None:
    found = varied([0.1, 0.5, 0.2])
    assert found.summary == found.summary_in("en")
    said = found.summary_in("vi")
    first = "8 điểm mẫu, 32 lượt tính cho 3 đơn vị"
    assert said.splitlines()[0] == repr(gi.show(found, language="vi")).splitlines()[0] == first
    assert "Số đơn vị luôn giữ nguyên thứ hạng, hoặc không có thứ hạng: " in said


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        ("no variance: 0.5 at every point", "không có phương sai, luôn bằng 0,5 ở mọi điểm mẫu"),
        (
            "3 of 6,144 evaluations give no number",
            "3 trong 6.144 lượt tính không cho ra số",
        ),
    ],
)
def test_why_an_output_has_no_indices_speaks(reason: str, text: str) -> None:
    assert reason_text(reason, "en") == reason
    assert reason_text(reason, "vi") == text


@pytest.mark.usefixtures("pseudo")
def test_no_word_of_reversals_is_untranslated() -> None:
    data = Observations.from_frame(
        pd.DataFrame({"unit": list("1234"), "1": [1, 3, 0, 10], "2": [8, 5, 0, 9]})
    )
    leaves = [Indicator(code, rule=rules.MinMax()) for code in ("1", "2")]
    method = Methodology("0.4", "1", Framework("0", leaves))
    found = gi.robustness.reversals(method, data, copies=True)
    parts = [str(part.part) for part in found.parts]
    assert found.count > 0
    for text in (found.summary_in(PSEUDO), repr(gi.show(found, language=PSEUDO))):
        for part in parts:
            text = text.replace(part, "")
        assert letters_outside(text) == ""


def test_reversals_speak() -> None:
    data = observed({"1.1": [1.0, 1.0, 2.0]})
    leaves = [Indicator("1.1", rule=rules.MinMax())]
    found = gi.robustness.reversals(Methodology("0.5", "1", Framework("0", leaves)), data)
    assert found.summary == found.summary_in("en")
    said = found.summary_in("vi")
    assert said.startswith("3 lượt bỏ một đơn vị: 0 cặp đổi thứ tự, trong 0 trường hợp.\n")
    assert "1 trường hợp không tính được; bỏ 'U2': " in said


@pytest.mark.parametrize("command", ["score", "validate", "robustness"])
def test_commands_refuse_a_language_without_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    gi.save_methodology(METHOD, tmp_path / "0.toml")
    (tmp_path / "1.csv").write_text("unit,1.1,1.2,2.1\nA,1,2,3\n", encoding="utf-8")
    words = [str(tmp_path / "1.csv"), "--method", str(tmp_path / "0.toml"), "--language", "vn"]
    assert main([command, *words]) == 1
    assert "there are no words in 'vn': Known: 'en', 'vi'" in capsys.readouterr().err


# -- Headings -------------------------------------------------------------------------------------


def tables() -> Iterator[pd.DataFrame]:
    """Yield every table that people read, with its index as columns."""
    result = scored(ONE)
    stages = pd.DataFrame(
        [("A", "1.1", "a", 1.0), ("A", "1.1", "b", 2.0)],
        columns=["unit", "variable", "stage", "value"],
    )
    data = Observations.from_long(stages, stage="stage", stages=["a", "b"], fall_back=True)
    method = Methodology("e.t", "1", Framework("f", [points("1.1")], aggregate=gi.aggregate.Sum()))
    yield result.table(status=True, columns=[]).reset_index()
    yield result.marks
    yield result.unscored.reset_index()
    yield result.announce().reset_index()
    yield result.league_scores().reset_index()
    yield gi.explain(result, "U0").table.drop(columns=["is_leaf", "tier"]).reset_index()
    yield from changes(result)
    yield gi.stage_differences(method, data, before="a", after="b")
    yield data.fallen_back
    sample = gi.robustness.sample_ranks(
        METHOD, observed(ONE), vary=[gi.robustness.Weights(spread=0.1)], draws=4, rng=1
    )
    yield sample.intervals().reset_index()
    groups = sample.intervals().assign(rank_group="1–2")
    yield sample.nominal.table(groups=groups, columns=[]).reset_index()
    described = gi.describe(FRAMEWORK).reset_index()
    yield described[["node", "name", "weight", "rule", "variables", "confidence"]]


def changes(result: gi.IndexResult) -> Iterator[pd.DataFrame]:
    """Yield the tables of a change as a workbook shows them."""
    changed = gi.change(result, result, units={"U0": "U0"}, methods=METHOD)
    assert changed.split is not None
    yield changed.units.reset_index().assign(league_before=None)
    yield changed.unmatched[["edition", "code", "name", "reason"]]
    yield changed.rules[["code", "name", "what", "before", "after"]]
    parts = {name: f"part_{name}" for name in ("merger", "data", "rules", "league")}
    yield changed.split.reset_index().rename(columns=parts)


def test_every_column_has_a_heading_and_every_heading_a_column() -> None:
    columns = {str(column) for table in tables() for column in table}
    known = {key.removeprefix("heading.") for key in catalogue("en") if key.startswith("heading.")}
    assert columns - known == set()
    assert known - columns == set()
