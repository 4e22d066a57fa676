"""What the variables of a methodology are, in words: declared, or said by an indicator."""

from __future__ import annotations

import re
from pathlib import Path

import attrs
import pytest

import govindex as gi
from govindex import measures, rules
from govindex.toml import dumps, loads
from tests.goldens import built_in

EDITIONS = built_in()
ON_TIME = measures.Ratio("on_time", "received", times=100, empty="missing")


def points(code: str, **settings: object) -> gi.Indicator:
    return gi.Indicator(code, {"vi": "Bộ phận", "en": "Office"}, rule=rules.Points(), **settings)  # type: ignore[arg-type]


def method(*definitions: gi.Definition) -> gi.Methodology:
    late = gi.Indicator("ratio", "Speed", measure=ON_TIME, rule=rules.Proportional(100), weight=6)
    framework = gi.Framework(
        "root",
        [
            gi.Dimension("A", [points("a", weight=4)], {"vi": "Nhóm A", "en": "Group A"}),
            gi.Dimension("B", [points("b", weight=2)], {"vi": "Nhóm B", "en": "Group B"}),
            late,
            gi.Indicator("waiting", measure="days", weight=0),
        ],
        aggregate=gi.aggregate.Sum(),
    )
    return gi.Methodology("e.defined", "1", framework, definitions=definitions)


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_variable_of_every_built_in_is_described(edition: str) -> None:
    for language in ("vi", "en"):
        table = gi.describe_variables(gi.methodology(edition), language=language)
        assert table.index[table["name"].str.strip() == ""].to_list() == []
        assert table.index[table["confidence"] == ""].to_list() == []
        assert table.index[table["name"].duplicated()].to_list() == [], "names tell them apart"


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_definition_of_a_built_in_has_both_languages(edition: str) -> None:
    for definition in gi.methodology(edition).definitions:
        assert {"vi", "en"} <= set(definition.name), definition.variables
        if set(definition.measure_unit) != {""}:
            assert {"vi", "en"} <= set(definition.measure_unit), definition.variables


def test_an_indicator_says_what_its_only_variable_is() -> None:
    table = gi.describe_variables(method(), language="vi")
    assert list(table.loc["a", ["name", "measure_unit", "maximum"]]) == [
        "Nhóm A: Bộ phận",
        "điểm",
        4,
    ]
    assert table.loc["b", "name"] == "Nhóm B: Bộ phận"


def test_what_nothing_says_stays_blank_and_is_listed() -> None:
    table = gi.describe_variables(method())
    assert table.loc["received", "name"] == ""
    assert table.loc["received", "nodes"] == "ratio"
    assert table["needed"].to_dict() == {
        **dict.fromkeys(["a", "b", "on_time", "received"], True),
        "days": False,
    }


def test_a_declared_definition_comes_before_what_indicators_say() -> None:
    defined = method(gi.Definition(["a", "received"], "Đã đếm", measure_unit="hồ sơ", note="?"))
    table = gi.describe_variables(defined)
    assert list(table.loc["a", ["name", "note"]]) == ["Bộ phận: Đã đếm", "?"]
    assert list(table.loc["received", ["name", "measure_unit"]]) == ["Speed: Đã đếm", "hồ sơ"]


def test_a_weight_of_the_data_is_described() -> None:
    framework = gi.Framework("root", [points("a", weight="people")])
    table = gi.describe_variables(gi.Methodology("e.w", "1", framework), language="en")
    assert table.loc["people", "name"] == "weight of Office"


def test_variables_of_preparation_can_be_defined() -> None:
    people = gi.Definition("people", "Population")
    step = gi.prepare.Denominate({"a": "people"})
    prepared = attrs.evolve(method(people), steps=[step])
    assert list(gi.describe_variables(prepared).loc["people", ["name", "needed"]]) == [
        "Population",
        True,
    ]


def test_definitions_decide_no_score() -> None:
    assert method(gi.Definition("a", "A count")).fingerprint == method().fingerprint


def test_a_variant_keeps_its_definitions_and_is_written_with_those_it_reads() -> None:
    defined = method(gi.Definition(["a", "b"], "Points"), gi.Definition("received", "Dossiers"))
    fewer = defined.without("b")
    again = loads(dumps(fewer))
    assert [d.variables for d in again.definitions] == [("a",), ("received",)]
    assert again.fingerprint == fewer.fingerprint
    assert loads(dumps(defined)) == defined


@pytest.mark.parametrize(
    ("definitions", "said"),
    [
        ('[[definitions]]\nvariables = "receivd"\nname = "x"', "did you mean 'received'"),
        ('[[definitions]]\nvariables = ["a", 1]\nname = "x"', r"definitions\[0\].variables"),
        ('[[definitions]]\nvariables = "a"', r"definitions\[0\].name"),
        ('[[definitions]]\nvariables = "a"\nname = ""', "needs a name"),
        ('[[definitions]]\nvariables = []\nname = "x"', "at least one variable"),
        ('[[definitions]]\nvariables = "a"\nnam = "x"', "did you mean 'name'"),
        ('[definitions]\na = "x"', "expected a list of tables"),
        (
            '[[definitions]]\nvariables = "a"\nname = "x"\n[[definitions]]\nvariables = "a"\n'
            'name = "y"',
            "'a' is defined twice",
        ),
    ],
)
def test_a_wrong_definition_is_named_with_its_path(definitions: str, said: str) -> None:
    document = dumps(method())
    start = document.index("[[nodes]]")
    with pytest.raises(gi.FrameworkError, match=said):
        loads(f"{document[:start]}{definitions}\n{document[start:]}")


def test_what_is_no_definition_is_refused() -> None:
    with pytest.raises(gi.FrameworkError, match="a definition is a Definition"):
        method("a")  # type: ignore[arg-type]


def test_both_editions_of_the_service_index_define_alike() -> None:
    first, second = (gi.methodology(f"vn.service-766{x}@2022") for x in ("", "-document"))
    assert first.definitions == second.definitions


def test_forms_ask_for_figures_by_what_they_are(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    file = tmp_path / "form.xlsx"
    units = [gi.Unit("X")]
    service = gi.methodology("vn.service-766")
    gi.workbooks.write_form(service, file, units=units, language="vi", period="2026")
    sheet = openpyxl.load_workbook(file).worksheets[0]
    texts = {str(cell.value) for row in sheet.iter_rows() for cell in row}
    assert "Hồ sơ xử lý trước hạn, đúng hạn và đang xử lý trong hạn" in texts
    assert "2.1.a" not in texts


def test_a_notebook_shows_definitions() -> None:
    text = str(gi.methodology("vn.procedure-handling"))
    assert re.search(r"6\.posted +Niêm yết công khai", text)
