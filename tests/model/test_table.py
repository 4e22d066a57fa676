"""Frameworks as spreadsheets: one row per node, and every problem with its row and column."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import polars as pl
import pytest
from hypothesis import given

import govindex as gi
from govindex.absence import AsZero
from govindex.aggregate import Arithmetic, Geometric, Sum
from govindex.measures import Complement, Conditions, Largest, Ratio, Value
from govindex.rules import (
    Categorical,
    Choice,
    Condition,
    Deduction,
    DistanceFrom,
    DistanceToReference,
    Goalposts,
    Identity,
    MinMax,
    PerItem,
    Piecewise,
    Points,
    Proportional,
    Rank,
    Stairs,
    Steps,
)
from tests.strategies import frameworks

TABLE: dict[str, list[Any]] = {
    "code": ["index", "speed", "days", "online", "reach"],
    "parent": ["", "index", "speed", "speed", "index"],
    "title": ["Service", "Speed", "Days", "Online", None],
    "points": [100, None, 20, 40, 40],
    "better": [None, None, "lower", "", "higher"],
}


def from_table(table: dict[str, list[Any]] | None = None, **settings: Any) -> gi.Framework:
    columns: dict[str, Any] = {"weight": "points", "rule": MinMax(), "ignore": ["title", "better"]}
    return gi.Framework.from_table(pd.DataFrame(table or TABLE), **(columns | settings))


def one(**cells: Any) -> gi.Indicator:
    """Return the indicator that a row with these cells is read as."""
    row = {"code": ["root", "a"], "parent": [None, "root"]}
    frame = pd.DataFrame(row | {name: [None, cell] for name, cell in cells.items()}, dtype=object)
    framework = gi.Framework.from_table(frame, rule=None if "rule" in cells else Identity())
    node = framework.node("a")
    assert isinstance(node, gi.Indicator)
    return node


# -- trees -----------------------------------------------------------------------------------------


def test_tree_is_built_in_the_order_of_rows() -> None:
    framework = from_table(
        name="title", direction="better", rules={"reach": Proportional(0.8)}, aggregate=Sum()
    )
    assert framework == gi.Framework(
        "index",
        [
            gi.Dimension(
                "speed",
                [
                    gi.Indicator("days", "Days", weight=20, rule=MinMax(), direction="lower"),
                    gi.Indicator("online", "Online", weight=40, rule=MinMax()),
                ],
                "Speed",
            ),
            gi.Indicator("reach", weight=40, rule=Proportional(0.8)),
        ],
        "Service",
        aggregate=Sum(),
    )


def test_any_frame_is_read() -> None:
    settings: Any = {"weight": "points", "rule": MinMax(), "ignore": ["title", "better"]}
    assert gi.Framework.from_table(pl.DataFrame(TABLE), **settings) == from_table()


def test_without_weights_all_weigh_the_same() -> None:
    framework = from_table(weight=None, ignore=["title", "better", "points"])
    assert framework.effective_weights["days"] == 0.25
    assert framework.aggregate == Arithmetic()


def test_settings_and_rules_of_branches_are_passed_on() -> None:
    framework = from_table(rules={"speed": Identity(), "index": MinMax()}, absence=AsZero())
    assert (framework.node("speed").rule, framework.rule) == (Identity(), MinMax())
    assert framework.absence.missing == AsZero()


@given(framework=frameworks())
def test_a_framework_written_as_a_table_reads_back(framework: gi.Framework) -> None:
    above = [framework.parent(code) for code in framework.codes]
    table = {
        "code": framework.codes,
        "parent": [None if branch is None else branch.code for branch in above],
        "points": [framework.weight(code) for code in framework.codes],
    }
    again = from_table(table, rule=Identity())  # type: ignore[arg-type]
    assert again.codes == framework.codes
    assert list(map(again.weight, again.codes[1:])) == list(table["points"])[1:]


def test_columns_are_found_by_their_usual_names() -> None:
    table = {"weight": TABLE["points"], "name": TABLE["title"], "direction": TABLE["better"]}
    usual = {key: TABLE[key] for key in ("code", "parent")} | table
    named = from_table(name="title", direction="better")
    assert gi.Framework.from_table(pd.DataFrame(usual), rule=MinMax()) == named


def test_names_have_a_column_for_each_language() -> None:
    assert dict(one(name_vi="Số ngày", name_en="Days").name) == {"vi": "Số ngày", "en": "Days"}
    assert dict(one(name="Days", name_vi="Số ngày").name) == {"": "Days", "vi": "Số ngày"}
    assert dict(one(name_vi=None, name_en="Days").name) == {"en": "Days"}


def test_renamed_column_of_names_has_its_languages_too() -> None:
    table = TABLE | {"title_vi": ["Dịch vụ", None, "Ngày", None, None]}
    framework = from_table(table, name="title", ignore="better")
    assert dict(framework.node("days").name) == {"": "Days", "vi": "Ngày"}


# -- parts -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "rule"),
    [
        ({"rule": "Proportional", "target": 80, "floor": "10"}, Proportional(80, floor=10)),
        ({"rule": "Deduction", "per": "0.25"}, Deduction(per=0.25)),
        ({"rule": "PerItem", "points": 0.5, "cap": 2}, PerItem(0.5, cap=2)),
        ({"rule": "Goalposts", "worst": 30, "best": 1.5, "clip": "no"},
         Goalposts(worst=30, best=1.5, clip=False)),
        ({"rule": "Goalposts", "worst": 1, "best": 2, "transform": "log"},
         Goalposts(worst=1, best=2, transform="log")),
        ({"rule": "Goalposts", "worst": 1, "best": 2, "transform": "0.5"},
         Goalposts(worst=1, best=2, transform=0.5)),
        ({"rule": "Condition", "at_least": 3}, Condition(at_least=3)),
        ({"rule": "Steps", "table": "80: 0.5; 100: 1", "closed": "upper"},
         Steps([(80, 0.5), (100, 1)], closed="upper")),
        ({"rule": "Steps", "table": "80:0.5\n100:1;"}, Steps([(80, 0.5), (100, 1)])),
        ({"rule": "Stairs", "table": "80: 0.5: 0.7; 100:1:1"},
         Stairs([(80, 0.5, 0.7), (100, 1, 1)])),
        ({"rule": "Categorical", "cuts": "50: 0.5; 90: 1"}, Categorical([(50, 0.5), (90, 1)])),
        ({"rule": "DistanceFrom", "centre": "2.5", "sides": "apart", "ends": "0; 4"},
         DistanceFrom(2.5, "apart", ends=(0, 4))),
        ({"rule": "DistanceFrom", "centre": "median"}, DistanceFrom("median")),
        ({"rule": "DistanceToReference", "rule.unit": "Huế", "cap": "yes"},
         DistanceToReference("Huế", cap=True)),
        ({"rule": "Rank", "ties": "competition", "degenerate": "1"},
         Rank("competition", degenerate=1)),
        ({"rule": "Piecewise", "points": "0: 0; 60: 0.8; 100: 1"},
         Piecewise([(0, 0), (60, 0.8), (100, 1)])),
        ({"rule": "Choice", "table": "Có: 1; Không: 0"}, Choice({"Có": 1, "Không": 0})),
        ({"rule": "Choice", "table": "Mức 2: một cửa: 0.5; 1: 1"},
         Choice({"Mức 2: một cửa": 0.5, 1: 1})),
        ({"rule": "MinMax", "over": "league", "degenerate": "error"}, MinMax(over="league")),
        ({"rule": "MinMax", "degenerate": 0.5}, MinMax(degenerate=0.5)),
        ({"rule": "Points"}, Points()),
    ],
)  # fmt: skip
def test_rules_are_named_by_kind_with_columns_of_settings(cells: dict[str, Any], rule: Any) -> None:
    assert one(**cells).rule == rule


@pytest.mark.parametrize(
    ("cells", "measure"),
    [
        ({"measure": "Ratio", "numerator": "x", "denominator": "1.4.b", "times": 100,
          "empty": "zero", "rounding": 2},
         Ratio("x", "1.4.b", times=100, empty="zero", rounding=gi.Rounding(2))),
        ({"measure": "Ratio", "numerator": "x", "denominator": "y", "fallback": "z"},
         Ratio("x", "y", fallback="z")),
        ({"measure": "Complement", "parts": "late; lost", "whole": "all"},
         Complement(["late", "lost"], "all")),
        ({"measure": "Largest", "of": "a;b"}, Largest(["a", "b"])),
        ({"measure": "Conditions", "shares": "kế hoạch: 0.5; 1: 0.5"},
         Conditions({"kế hoạch": 0.5, "1": 0.5})),
        ({"measure": "Value", "variable": "x", "missing_when": "98; 99"},
         Value("x", missing_when=(98, 99))),
    ],
)  # fmt: skip
def test_measures_are_named_by_kind_with_columns_of_settings(
    cells: dict[str, Any], measure: Any
) -> None:
    assert one(**cells).measure == measure


def test_a_setting_of_two_parts_is_given_for_one() -> None:
    ratio = {"measure": "Ratio", "numerator": "x", "denominator": "y"}
    node = one(**ratio, **{"rule": "Condition", "rule.above": 3, "measure.above": "allow"})
    assert node.rule == Condition(above=3)
    assert node.measure == Ratio("x", "y", above="allow")


def test_other_fields_are_read_if_they_are_there() -> None:
    node = one(
        measure_unit="%",
        data_source="survey",
        reference="Article 3",
        confidence="verified",
        evidence="report",
        outside_maximum=None,
        direction=None,
    )
    said = (node.measure_unit, node.data_source, node.reference, node.confidence, node.evidence)
    assert said == ("%", "survey", "Article 3", "verified", "report")


@pytest.mark.parametrize("cell", [True, "TRUE", "yes", "Có", 1])
def test_a_bonus_is_outside_the_maximum(cell: Any) -> None:
    table = {
        "code": ["root", "a", "bonus"],
        "parent": [None, "root", "root"],
        "weight": [None, 10, 2],
        "outside_maximum": [None, "no", cell],
    }
    framework = gi.Framework.from_table(
        pd.DataFrame(table, dtype=object), rule=Points(), aggregate=Sum()
    )
    assert framework.weight("root") == 10


def test_dimensions_and_the_root_have_aggregators() -> None:
    table = TABLE | {"aggregate": ["Sum", "Geometric", None, None, None]}
    table |= {"offset": [None, 0.1, None, None, None], "points": [100, 60, 20, 40, 40]}
    framework = from_table(table)
    assert (framework.aggregate, framework.node("speed").aggregate) == (Sum(), Geometric(0.1))  # type: ignore[union-attr]
    assert from_table(table, aggregate=Arithmetic()).aggregate == Arithmetic()


def test_decimal_commas_are_read_if_they_are_declared() -> None:
    table = TABLE | {"points": ["100", None, "20,5", "39,5", 40.0]}
    table |= {"rule": [None, None, "Steps", "Proportional", None]}
    table |= {"table": [None, None, "80,5: 0,5; 100: 1", None, None]}
    framework = from_table(table | {"target": [None, None, None, 0.8, None]}, decimal=",")
    assert [framework.weight(code) for code in ("days", "online")] == [20.5, 39.5]
    assert framework.node("days").rule == Steps([(80.5, 0.5), (100, 1)])
    assert framework.node("online").rule == Proportional(0.8)


# -- problems --------------------------------------------------------------------------------------

KNOWN = "Known: 'index', 'speed', 'days', 'online', 'reach'"


FIELDS = (
    "Known: 'code', 'name', 'weight', 'direction', 'measure_unit', 'data_source', 'reference', "
    "'confidence', 'evidence', 'outside_maximum', 'parent', 'rule' and "
)


def rows(**columns: list[Any]) -> dict[str, list[Any]]:
    return {name: [None, None, *cells] for name, cells in columns.items()}


@pytest.mark.parametrize(
    ("changed", "settings", "problems"),
    [
        pytest.param(
            {"parent": ["", "index", "sped", "speed", "index"]},
            {},
            [
                "node 'days' names a parent that does not exist, 'sped': did you mean 'speed'? "
                + KNOWN
            ],
            id="unknown parent",
        ),
        pytest.param(
            {"parent": ["", "online", "index", "speed", "index"]},
            {},
            ["nodes are each other's parents: online → speed → online"],
            id="cycle",
        ),
        pytest.param(
            {"parent": ["index", "index", "speed", "speed", "index"]},
            {},
            [
                "nodes are each other's parents: index → index",
                "exactly one row names no parent, the root; none does",
            ],
            id="no root",
        ),
        pytest.param(
            {"parent": ["", "", "speed", "speed", "index"]},
            {},
            ["exactly one row names no parent, the root; 2 do: 'index', 'speed'"],
            id="two roots",
        ),
        pytest.param(
            {"code": ["index", "speed", "days", "days", None]},
            {},
            ["rows 3 and 4 have the code 'days': codes are unique", "row 5 has no code"],
            id="doubled and blank codes",
        ),
        pytest.param(
            {"points": [100, None, "20 points", 40, None]},
            {},
            [
                "row 3 ('days'), column 'points': expected a number, not '20 points'",
            ],
            id="weights",
        ),
        pytest.param(
            {"points": [100, None, "1_000", "1,5", 40]},
            {},
            [
                "row 3 ('days'), column 'points': expected a number, not '1_000'",
                "row 4 ('online'), column 'points': expected a number, not '1,5'",
            ],
            id="digits that are grouped",
        ),
        pytest.param(
            {"points": ["100", None, "1.000", "40", "40"]},
            {"decimal": ","},
            ["row 3 ('days'), column 'points': expected a number, not '1.000'"],
            id="thousands beside decimal commas",
        ),
        pytest.param(
            {"better": [None, None, "low", None, None]},
            {"direction": "better"},
            [
                "row 3 ('days'), column 'better': expected one of 'higher', 'lower', not 'low'",
            ],
            id="direction",
        ),
        pytest.param(
            {},
            {"rules": {"dys": Identity()}},
            [
                "there is a rule for 'dys', which does not exist: did you mean 'days'? " + KNOWN,
            ],
            id="rule of an unknown code",
        ),
        pytest.param(
            {},
            {"parent": "above", "weight": "point"},
            [
                "there is no column 'above': Known: 'code', 'parent', 'title', 'points', 'better'",
                "there is no column 'point': did you mean 'points'? "
                "Known: 'code', 'parent', 'title', 'points', 'better'",
            ],
            id="columns",
        ),
        pytest.param(
            {field: [] for field in TABLE},
            {},
            ["it has no rows", "exactly one row names no parent, the root; none does"],
            id="empty",
        ),
        pytest.param(
            {"points": [90, None, 20, 40, 40]},
            {"aggregate": Sum()},
            ["the root 'index' has 90 points, but its children add up to 100: correct the points"],
            id="points of the root",
        ),
        pytest.param(
            {"points": [100, 50, 20, 40, -40]},
            {"aggregate": Sum()},
            [
                "'reach': its weight is -40: a finite number of at least 0, or a variable's name",
                "dimension 'speed' has 50 points, but its children add up to 60; correct the "
                "points, or aggregate with Arithmetic() to rescale them",
            ],
            id="a framework that is not well formed",
        ),
        pytest.param(
            rows(rule=["Proportionl", "MinMax", None], target=[80, 5, 5]),
            {},
            [
                "row 3 ('days'), column 'rule': there is no 'Proportionl': did you mean "
                "'Proportional'? Known: 'AboveBelowMean', 'Affine', 'Borda', ",
                "row 4 ('online'), column 'target': MinMax has no such setting; leave the cell "
                "blank",
                "row 5 ('reach'), column 'target': a row without rule, measure or aggregate has no "
                "such setting; leave the cell blank",
            ],
            id="kinds and settings",
        ),
        pytest.param(
            rows(rule=["Proportional", "Proportional", "Proportional"], target=["80%", None, -1]),
            {},
            [
                "row 3 ('days'), column 'target': expected a number, not '80%'",
                "row 4 ('online'), column 'target': is missing; Proportional needs it",
                "row 5 ('reach'), column 'rule': Proportional needs a target above 0, not -1",
            ],
            id="settings that do not fit",
        ),
        pytest.param(
            rows(rule=["Steps", "Choice", "Choice"], table=["80=0.5", "Có 1", "Có: một"]),
            {},
            [
                "row 3 ('days'), column 'rule': a point is a finite number, not ''",
                "row 4 ('online'), column 'rule': the share of '' is a finite number, not 'Có 1'",
                "row 5 ('reach'), column 'rule': the share of 'Có' is a finite number, not 'một'",
            ],
            id="tables",
        ),
        pytest.param(
            rows(measure=["Ratio", "Rate", "Largest"], numerator=["a", "b", None],
                 of=[None, None, "a"], outside_maximum=[None, "perhaps", None]),
            {},
            [
                "row 3 ('days'), column 'denominator': is missing; Ratio needs it",
                "row 4 ('online'), column 'outside_maximum': expected true or false, not 'perhaps'",
                "row 4 ('online'), column 'measure': there is no 'Rate': did you mean 'Ratio'? "
                "Known: 'AllMet', 'AnnualChange', 'Complement', 'Conditions', ",
                "row 5 ('reach'), column 'measure': Largest compares at least two variables",
            ],
            id="measures",
        ),
        pytest.param(
            rows(rule=["Condition", None, None], measure=["Ratio", None, None],
                 numerator=["a", None, None], denominator=["b", None, None],
                 above=[3, None, None]),
            {},
            [
                "row 3 ('days'), column 'above': Condition and Ratio have it; call the column "
                "'rule.above' or 'measure.above'",
                "row 3 ('days'), column 'rule': Condition takes exactly one of at_least, above, "
                "at_most, below, equals; given: none",
            ],
            id="a setting that two parts have",
        ),
        pytest.param(
            {"wieght": [None] * 5, "remark": [None] * 5},
            {"ignore": "title"},
            [
                "there is no use for the column 'better': did you mean 'beta'? " + FIELDS,
                "there is no use for the column 'wieght': did you mean 'weight'? " + FIELDS,
                "there is no use for the column 'remark': " + FIELDS,
            ],
            id="unknown columns",
        ),
        pytest.param(
            {"weight": [None] * 5},
            {},
            ["the columns 'points' and 'weight' mean the same; ignore one"],
            id="a column that another one stands for",
        ),
    ],
)  # fmt: skip
def test_every_problem_has_its_row_and_column(
    changed: dict[str, list[Any]], settings: dict[str, Any], problems: list[str]
) -> None:
    with pytest.raises(gi.FrameworkError) as caught:
        from_table({**TABLE, **changed}, **settings)
    actual = caught.value.problems
    assert len(actual) == len(problems), actual
    assert all(f.startswith(p) for f, p in zip(actual, problems, strict=True)), actual


@pytest.mark.parametrize("field", ["direction", "measure", "measure_unit", "evidence"])
def test_what_only_indicators_have_is_refused_on_dimensions(field: str) -> None:
    with pytest.raises(gi.FrameworkError, match=rf"row 2 \('speed'\), column '{field}': there is"):
        from_table(TABLE | {field: [None, "lower", None, None, None]})


@pytest.mark.parametrize("field", ["data_source", "confidence", "outside_maximum"])
def test_what_the_root_cannot_have_is_refused(field: str) -> None:
    with pytest.raises(gi.FrameworkError, match=rf"row 1 \('index'\), column '{field}': there is"):
        from_table(TABLE | {field: ["yes", None, None, None, None]})


def test_aggregator_of_an_indicator_is_refused() -> None:
    with pytest.raises(gi.FrameworkError, match=r"row 3 \('days'\), column 'aggregate': there is"):
        from_table(TABLE | {"aggregate": [None, None, "Sum", None, None]})


def test_anything_but_a_frame_is_refused() -> None:
    with pytest.raises(gi.DataError, match=r"expected a data frame .*, not dict"):
        gi.Framework.from_table(TABLE)  # type: ignore[arg-type]


# -- a spreadsheet as people have it ---------------------------------------------------------------

SHEET = [
    ["code", "parent", "name_vi", "name_en", "weight", "rule", "target", "per", "table",
     "measure", "numerator", "denominator", "times", "empty", "rounding", "aggregate", "Ghi chú"],
    ["CCHC", None, "Chỉ số", "Index", 100, None, None, None, None,
     None, None, None, None, None, None, "Sum", None],
    ["1", "CCHC", "Chỉ đạo", "Leadership", 40] + [None] * 12,
    [1.1, 1, "Kế hoạch", "Plan", 15, "Choice", None, None, "Đúng hạn: 1; Muộn: 0.5; Không: 0"]
    + [None] * 7 + ["Quý I"],
    [1.2, 1, "Nhiệm vụ", "Tasks", 25, "Proportional", 100, None, None,
     "Ratio", "done", "given", 100, "full", 2, None, None],
    [2, "CCHC", "Một cửa", "One door", 60, None] + [None] * 11,
    [2.1, 2, "Hồ sơ", "Dossiers", 50, "Proportional", 95, None, None,
     "Ratio", "on_time", "received", 100, "zero", 2, None, None],
    [2.2, 2, "Khiếu nại", "Complaints", 10, "Deduction", None, 0.2] + [None] * 9,
]  # fmt: skip


def test_a_spreadsheet_becomes_a_ranking(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in SHEET:
        book.active.append(row)
    book.save(tmp_path / "rubric.xlsx")
    frame = gi.read_table(tmp_path / "rubric.xlsx")
    framework = gi.Framework.from_table(frame, ignore=["Ghi chú"])
    method = gi.Methodology("example.rubric", "2026", framework, scale="points")
    data = pd.DataFrame(
        {
            "department": ["A", "B"],
            "1.1": ["Đúng hạn", "Muộn"],
            "done": [9, 0],
            "given": [12, 0],
            "on_time": [95, 190],
            "received": [100, 200],
            "2.2": [1, 7],
        }
    )
    scores = method.compute(gi.Observations.from_frame(data, unit="department")).scores
    assert list(scores.loc["A"]) == [91.75, 33.75, 15, 18.75, 58, 50, 8]
    assert scores.loc["B", "CCHC"] == 7.5 + 25 + 50
    assert framework.node("2.1").label("vi") == "Hồ sơ"


def test_answer_that_appears_twice_is_refused() -> None:
    frame = pd.DataFrame(
        {
            "code": ["index", "a"],
            "parent": [None, "index"],
            "rule": [None, "Choice"],
            "table": [None, "Đúng hạn: 1; Đúng hạn: 0.5; Không: 0"],
        }
    )
    with pytest.raises(gi.FrameworkError, match="Đúng hạn: 1; Đúng hạn"):
        gi.Framework.from_table(frame)
