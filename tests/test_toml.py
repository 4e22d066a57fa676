"""Methodologies as documents: they say everything, and what is wrong has its path."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pytest
import tomli_w
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import govindex as gi
from govindex import toml
from govindex.parts import kinds
from govindex.plugins import methodologies as installed
from govindex.toml import dumps, loads
from tests.documents import methodologies
from tests.strategies import Case, cases, levels, observed

ROUND_TRIP = settings(
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    deadline=None,
)

HEAD = 'format = 1\nid = "a.b"\nversion = "1"\n'
ROOT = '[[nodes]]\ncode = "root"\n'
DAYS = '[[nodes]]\ncode = "days"\nparent = "root"\nrule = { kind = "Proportional", target = 80 }\n'
SMALL = HEAD + ROOT + DAYS


def same(one: gi.Methodology, two: gi.Methodology) -> bool:
    return one == two and one.fingerprint == two.fingerprint


def document() -> dict[str, Any]:
    return {
        "format": 1,
        "id": "a.b",
        "version": "1",
        "nodes": [
            {"code": "root"},
            {"code": "speed", "parent": "root", "name": {"vi": "Tốc độ", "en": "Speed"}},
            {"code": "1.1 b", "parent": "speed", "rule": {"kind": "Proportional", "target": 0.1}},
            {"code": "reach", "parent": "root", "rule": "Points", "data_source": "survey"},
        ],
    }


def read(document: dict[str, Any]) -> gi.Methodology:
    return loads(tomli_w.dumps(document))


# -- there and back --------------------------------------------------------------------------------


@ROUND_TRIP
@given(method=methodologies())
def test_any_methodology_comes_back_from_toml(method: gi.Methodology) -> None:
    assert same(loads(dumps(method)), method)


@ROUND_TRIP
@given(method=methodologies())
def test_any_methodology_comes_back_from_json(method: gi.Methodology) -> None:
    assert same(loads(dumps(method, json=True), name="a.json"), method)


@ROUND_TRIP
@given(method=methodologies())
def test_writing_what_was_read_writes_the_same_document(method: gi.Methodology) -> None:
    assert dumps(loads(dumps(method))) == dumps(method)


def outcome(method: gi.Methodology, data: gi.Observations) -> Any:
    """Return everything that comes out, byte by byte, or the error."""
    try:
        result = method.compute(data)
    except gi.GovIndexError as error:
        return str(error)
    arrays = [result.shares, result.printed, result.applicable, result.values]
    bands = [result.band_of(code) for code in result.codes]
    return [a.tobytes() for a in arrays], bands, result.overall_ranks.to_csv(), result.provenance


@given(case=cases(), rounding=levels(), decimals=st.sampled_from([None, 2]))
def test_a_loaded_copy_computes_the_same_bytes(
    case: Case, rounding: gi.Levels, decimals: int | None
) -> None:
    ranking = gi.Ranking(decimals=decimals)
    bands = gi.Bands([("A", 75), ("B", 100 / 3), ("C", None)], by="percent")
    method = gi.Methodology(
        "a", "1", case.framework, rounding=rounding, ranking=ranking, bands=bands
    )
    assert outcome(loads(dumps(method)), case.data) == outcome(method, case.data)


@ROUND_TRIP
@given(method=methodologies(), seed=st.integers(0, 10**6))
def test_a_loaded_copy_computes_or_refuses_the_same(method: gi.Methodology, seed: int) -> None:
    variables = sorted({v for form in method.frameworks for v in form.variables})
    cells = np.random.default_rng(seed).integers(0, 3, (3, len(variables))).astype(float)
    kinds = [None, *getattr(method, "forms", ())]
    units = [gi.Unit(f"u{i}", type=kinds[i % len(kinds)]) for i in range(3)]
    data = observed({v: cells[:, i].tolist() for i, v in enumerate(variables)}, units)
    data = attrs.evolve(data, period="2026-Q3")
    assert outcome(loads(dumps(method)), data) == outcome(method, data)


@pytest.mark.parametrize("name", [f"{id}@{v}" for id, v in installed()["version"].items()])
def test_every_built_in_comes_back(name: str) -> None:
    method = gi.methodology(name)
    assert same(loads(dumps(method)), method)
    assert same(loads(dumps(method, json=True), name="a.json"), method)


@pytest.mark.parametrize("number", [0.1, 1e-12, 1 / 3, 1e22, 80, 2**60 + 1, 5e-324])
@pytest.mark.parametrize("in_json", [False, True], ids=["toml", "json"])
def test_numbers_survive_exactly(number: float, in_json: bool) -> None:
    leaf = gi.Indicator("a", rule=gi.rules.Proportional(target=number))
    method = gi.Methodology("a", "1", gi.Framework("root", [leaf]))
    text = dumps(method, json=in_json)
    again: Any = loads(text, name="a.json" if in_json else "a.toml").framework.node("a").rule
    assert (again.target, type(again.target)) == (number, type(number))


def test_texts_and_codes_survive_as_they_are() -> None:
    leaf = gi.Indicator('1.1 Tỷ lệ "đúng hạn"', {"vi": "Hồ sơ\n#1"}, rule=gi.rules.Points())
    method = gi.Methodology("a", "1", gi.Framework("gốc", [leaf]), notes="C:\\dữ liệu\t…")
    assert same(loads(dumps(method)), method)
    assert "Tỷ lệ" in dumps(method, json=True)


def test_a_name_in_one_language_is_written_as_a_text() -> None:
    leaf = gi.Indicator("a", "Days", rule=gi.rules.Points())
    method = gi.Methodology("a", "1", gi.Framework("root", [leaf], "Service"), title="T")
    written = tomllib.loads(dumps(method))
    assert [written["title"], *(n["name"] for n in written["nodes"])] == ["T", "Service", "Days"]


def test_weights_of_numpy_are_written_as_numbers() -> None:
    weights: dict[str, Any] = {"a": np.int64(3), "b": np.float32(0.5)}
    leaves = [gi.Indicator(c, rule=gi.rules.Points(), weight=w) for c, w in weights.items()]
    method = gi.Methodology("a", "1", gi.Framework("root", leaves))
    assert loads(dumps(method)).framework.weight("a") == 3


@pytest.mark.parametrize("suffix", [".toml", ".json"])
def test_files_are_written_and_read(tmp_path: Path, suffix: str) -> None:
    method = loads(SMALL)
    gi.save_methodology(method, tmp_path / f"a{suffix}")
    assert same(gi.load_methodology(tmp_path / f"a{suffix}"), method)


def test_a_byte_order_mark_is_read_over(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(SMALL, encoding="utf-8-sig")
    assert gi.load_methodology(tmp_path / "a.toml").id == "a.b"


def test_children_keep_the_order_of_the_document() -> None:
    plain = document()
    plain["nodes"] = [plain["nodes"][i] for i in (2, 3, 1, 0)]
    assert read(plain).framework.codes == ("root", "reach", "speed", "1.1 b")


def test_functions_as_preparation_steps_cannot_be_written() -> None:
    method = attrs.evolve(loads(SMALL), steps=[lambda data: data])
    with pytest.raises(gi.FrameworkError, match=r"preparation steps of 'a.b' that are functions"):
        dumps(method)


STEPS = [
    gi.prepare.Denominate({"days": "kind"}, factor={"days": 1000}),
    gi.prepare.Screen(0.5, groups=["speed"], group_availability=0.25, keep=["A"]),
    gi.prepare.Screen(nonzero=0.5, groups={"x": ["days", "kind"]}, becomes="unranked"),
    gi.prepare.Impute(gi.impute.Mean(over="league"), otherwise=gi.impute.Median()),
    gi.prepare.Impute(gi.impute.Known({"days": {"": 1.5, "north": 2}}, over="league")),
    gi.prepare.Impute(gi.impute.Known({"days": 3}), lacking="missing", variables=["days"]),
    gi.prepare.Impute(gi.impute.LastObservation(max_age=2), otherwise=gi.impute.LastObservation()),
    gi.prepare.Impute(
        gi.impute.Mixed(
            [gi.impute.Mean(over="region"), gi.impute.RowMean(["speed"])],
            weights=[1, 2],
            lacking="left_out",
            rounding=gi.Rounding(1, "half-even"),
        )
    ),
    gi.prepare.Impute(gi.impute.Interpolated("previous", beyond="nearest")),
    gi.prepare.Impute(gi.impute.RowMean(["speed"]), otherwise=gi.impute.Constant(0.5)),
    gi.prepare.Treat(),
    gi.prepare.Treat(
        [
            gi.treat.Winsorise("all"),
            gi.treat.BoxCox(power=0.5, origin="least"),
            gi.treat.YeoJohnson(),
        ],
        skewness=1.5,
        force=["days"],
        exempt=["kind"],
        combine=True,
    ),
    gi.prepare.Treat(gi.treat.Log(mirrored="skewed"), when="always", over="league"),
    gi.prepare.Treat(gi.treat.GIILog(factor=100, mirrored="skewed")),
    gi.prepare.Treat(gi.treat.Log(origin=1, offset=0.5, mirrored=True)),
    gi.prepare.Treat([gi.treat.Quartiles(2), gi.treat.Percentiles(0.1), gi.treat.Deviations()]),
    gi.prepare.TreatAs(
        {  # type: ignore[arg-type]
            "days": gi.treat.Between(high=3),
            "kind": [gi.treat.Between(low=1), gi.treat.Log(origin=0)],
        }
    ),
    gi.prepare.Denominate({"kind": "days"}, lacking="missing"),
    gi.prepare.Denominate({"kind": "people"}, table={"people": {"A": 3, "Hà Nội": 0.5}}),
    gi.prepare.Impute(
        gi.impute.RowMean(on="min-max", lower=["kind"], ranges={"kind": (0, 1), "days": (2, 3)})
    ),
    gi.prepare.Impute(gi.impute.RowMedian({"x": ["days", "kind"]}), not_applicable=True),
]


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("step", STEPS, ids=repr)
def test_preparation_steps_are_read_as_they_were_written(step: Any, as_json: bool) -> None:
    method = attrs.evolve(loads(SMALL), steps=[step])
    text = dumps(method, json=as_json)
    assert loads(text, name="a.json" if as_json else "a.toml") == method


def test_steps_of_every_kind_are_tried() -> None:
    assert {type(step) for step in STEPS} == set(kinds(gi.prepare).values())


def test_fills_in_a_document_are_kinds_or_tables() -> None:
    steps = """
    [[steps]]
    kind = "Impute"
    fill = "Mean"
    otherwise = {kind = "Constant", value = 1}
    """
    expected = gi.prepare.Impute(gi.impute.Mean(), otherwise=gi.impute.Constant(1))
    assert loads(SMALL.replace("[[nodes]]", f"{steps}\n[[nodes]]", 1)).steps == (expected,)


def test_a_methodology_is_not_saved_as_another_kind_of_file(tmp_path: Path) -> None:
    with pytest.raises(gi.FrameworkError, match=r"written to .toml or .json, not to 'a.yaml'"):
        gi.save_methodology(loads(SMALL), tmp_path / "a.yaml")


# -- files that cannot be read ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.yaml", b"id: a", "a methodology is a .toml or .json file, and 'a.yaml' is neither"),
        ("a.toml", SMALL.encode("utf-16"), "'a.toml' is not UTF-8: invalid start byte at byte 0"),
        ("a.toml", b'id = "\xe9"', "'a.toml' is not UTF-8: invalid continuation byte at byte 6"),
        ("a.toml", b"PK\x03\x04\x00", "'a.toml' is not well formed: .*at line 1"),
        ("a.toml", b"format = 1\nid = a\n", r"'a.toml' is not well formed: .*at line 2"),
        (
            "a.toml",
            b'id = "a"\nid = "b"\n',
            "'a.toml' is not well formed: Cannot overwrite a value",
        ),
        ("a.json", b'{"format": 1,\n "id" "a"}', "'a.json' is not well formed: .*line 2 column 7"),
        ("a.json", b"[1]", "'a.json' holds a list, not a table"),
        ("a.json", b"", "'a.json' is not well formed: Expecting value"),
        ("a.json", b'{"a": ' * 100_000, "'a.json' nests its tables too deeply"),
        ("a.toml", b"a = " + b"[" * 100_000, "'a.toml' nests its tables too deeply"),
    ],
    ids=[
        "another kind",
        "utf-16",
        "latin-1",
        "binary",
        "syntax of toml",
        "key twice",
        "syntax of json",
        "list",
        "empty json",
        "deep json",
        "deep toml",
    ],
)
def test_unreadable_files_are_named(
    tmp_path: Path, name: str, content: bytes, problem: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(gi.FrameworkError, match=problem):
        gi.load_methodology(tmp_path / name)


def test_missing_files_and_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(gi.FrameworkError, match=r"'a.toml' cannot be read: No such file"):
        gi.load_methodology(tmp_path / "a.toml")
    (tmp_path / "b.toml").mkdir()
    with pytest.raises(gi.FrameworkError, match=r"'b.toml' cannot be read: Is a directory"):
        gi.load_methodology(tmp_path / "b.toml")


def test_huge_files_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toml, "_LARGEST", 100)
    (tmp_path / "a.toml").write_text(SMALL)
    with pytest.raises(gi.FrameworkError, match=r"has 1.. bytes; a methodology has at most 100"):
        gi.load_methodology(tmp_path / "a.toml")


@pytest.mark.parametrize("tiers", [300, 900])
def test_parts_that_nest_too_deeply_are_refused_or_built(tiers: int) -> None:
    measure: Any = "a"
    for _ in range(tiers):
        measure = {"kind": "Inherited", "measure": measure}
    plain = document() | {"nodes": [{"code": "r"}, {"code": "x", "parent": "r", "rule": "Points"}]}
    plain["nodes"][1]["measure"] = measure
    with pytest.raises(gi.FrameworkError, match="nests its tables too deeply"):
        loads(json.dumps(plain), name="a.json")


# -- documents that are wrong ----------------------------------------------------------------------

ONE_WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no format": (
        {"format": None},
        "format: this version reads format 1, and none is given: write format = 1",
    ),
    "newer format": ({"format": 2}, "format: this version reads format 1, not 2"),
    "format is a text": ({"format": "1"}, "format: this version reads format 1, not '1'"),
    "format is true": ({"format": True}, "format: this version reads format 1, not True"),
    "no id": ({"id": None}, "id: is missing; Methodology needs it"),
    "id is a number": ({"id": 766}, "id: expected a text, not 766"),
    "id with a blank": ({"id": "a b"}, "the id is made of letters .*, not 'a b'"),
    "version is a number": ({"version": 2022}, "version: expected a text, not 2022"),
    "unknown setting": ({"notse": ""}, "notse: there is no such setting: did you mean 'notes'?"),
    "framework": ({"framework": {}}, "framework: there is no such setting"),
    "steps": ({"steps": "Impute"}, r"steps: expected a list of tables \(\[\[steps\]\] in TOML\)"),
    "kind of step": (
        {"steps": [{"kind": "Impude"}]},
        r"steps\[0\].kind: there is no 'Impude': did you mean 'Impute'\?",
    ),
    "kind of fill": (
        {"steps": [{"kind": "Impute", "fill": "Meen"}]},
        r"steps\[0\].fill.kind: there is no 'Meen': did you mean 'Mean'\?",
    ),
    "setting of a step": (
        {"steps": [{"kind": "Screen", "availability": "all"}]},
        r"steps\[0\].availability: expected a number, not 'all'",
    ),
    "scale": ({"scale": "percent"}, "scale: expected a number or one of 'points', not 'percent'"),
    "scale of zero": ({"scale": 0}, "scale"),
    "title": ({"title": 5}, "title: a name is a text or a mapping of language to text, not 5"),
    "title by number": ({"title": {"vi": 5}}, "title: a name is a text or a mapping"),
    "display": ({"display": 5}, "display: expected a text or a list of texts, not 5"),
    "display of nothing": ({"display": ["sped"]}, "display: there is no node 'sped': .*'speed'"),
    "notes": ({"notes": 5}, "notes: expected a text, not 5"),
    "rounding of a record": ({"rounding": {"decimals": 2}}, "rounding.decimals: there is no such"),
    "rounding": ({"rounding": 2}, "rounding: expected a table of Levels settings, not 2"),
    "rounding mode": (
        {"rounding": {"leaf": {"decimals": 2, "mode": "halfup"}}},
        "rounding.leaf.mode: expected one of 'half-up', .*, not 'halfup'",
    ),
    "rounding decimals": (
        {"rounding": {"leaf": {"decimals": 99}}},
        "rounding.leaf: decimals are a whole number from -9 to 15, not 99",
    ),
    "ranking ties": ({"ranking": {"ties": "olympic"}}, "ranking.ties: expected one of 'comp"),
    "ranking decimals": ({"ranking": {"decimals": "2"}}, "ranking.decimals: expected a whole"),
    "tie-break": ({"ranking": {"tie_break": ["x"]}}, "tie_break: there is no node 'x'"),
    "tie-break by itself": ({"ranking": {"tie_break": "root"}}, "ties of 'root' are to be broken"),
    "bands": ({"bands": [{"name": "A"}]}, "bands: expected a table of Bands settings"),
    "bands without any": ({"bands": {"bands": []}}, "bands: bands need at least one band"),
    "bands that rise": (
        {"bands": {"bands": [{"name": "A", "start": 50}, {"name": "B", "start": 80}]}},
        "bands: the starts of bands fall from the best to the worst",
    ),
    "open band above": (
        {"bands": {"bands": [{"name": "A"}, {"name": "B", "start": 0}]}},
        "bands: only the last band may have no start: A",
    ),
    "band without a name": (
        {"bands": {"bands": [{"start": 5}]}},
        r"bands.bands\[0\].name: is miss",
    ),
    "bands by": ({"bands": {"bands": [{"name": "A"}], "by": "share"}}, "bands.by: expected one of"),
    "sources": ({"sources": {"title": "x"}}, "sources: expected a list of tables"),
    "source without title": ({"sources": [{"url": "x"}]}, r"sources\[0\].title: is missing"),
    "nodes are a table": ({"nodes": {"code": "x"}}, r"nodes: expected a list of tables \(\[\[node"),
    "nodes are texts": ({"nodes": ["x"]}, "nodes: expected a list of tables"),
    "no nodes": ({"nodes": None}, "nodes: expected a list of tables"),
    "empty nodes": ({"nodes": []}, "nodes: expected a list of tables"),
    "root alone": ({"nodes": [{"code": "x"}]}, "nodes: dimension 'x' has no children"),
    "view of nothing": (
        {"views": [{"code": "v", "of": ["sped"]}]},
        "nodes: view 'v' looks at 'sped', which does not exist: did you mean 'speed'?",
    ),
    "view without code": (
        {"views": [{"of": ["speed"]}]},
        r"views\[0\].code: is missing; View needs",
    ),
    "view of numbers": (
        {"views": [{"code": "v", "of": 5}]},
        r"views\[0\].of: expected a text or a",
    ),
    "view selects by nothing known": (
        {"views": [{"code": "v", "where": {"source": "survey"}}]},
        "nodes: view 'v' selects by 'source': did you mean 'data_source'?",
    ),
    "view where": ({"views": [{"code": "v", "where": 3}]}, r"views\[0\]: a view is given .*where"),
    "view weights": (
        {"views": [{"code": "v", "of": ["speed"], "weights": {"speed": "x"}}]},
        "nodes: view 'v': the weight of 'speed' is 'x', not a number",
    ),
    "form without type": (
        {"forms": [{"nodes": []}]},
        r"forms\[0\].type: a type of units is a text",
    ),
    "form of a wrong type": ({"forms": [{"type": 5, "nodes": []}]}, r"forms\[0\].type: .*, not 5"),
    "form without nodes": ({"forms": [{"type": "x"}]}, r"forms\[0\].nodes: expected a list of tab"),
    "form with empty nodes": (
        {"forms": [{"type": "x", "nodes": []}]},
        r"forms\[0\].nodes: expected a list of tables \(\[\[forms.nodes\]\] in TOML\)",
    ),
    "form with more": (
        {
            "forms": [
                {
                    "type": "x",
                    "nodes": [{"code": "root"}, {"code": "a", "parent": "root"}],
                    "scale": 5,
                }
            ]
        },
        r"forms\[0\].scale: there is no such setting: Known: 'type', 'nodes', 'views'",
    ),
    "form with another root": (
        {
            "forms": [
                {
                    "type": "x",
                    "nodes": [{"code": "r2"}, {"code": "a", "parent": "r2", "rule": "Points"}],
                }
            ]
        },
        "the form of units of type 'x' has the root 'r2', the framework 'root'",
    ),
    "form that is not well formed": (
        {"forms": [{"type": "x", "nodes": [{"code": "root"}, {"code": "a", "parent": "root"}]}]},
        r"forms\[0\].nodes: indicator 'a' has no rule",
    ),
    "forms are a table": ({"forms": {"xã": {}}}, "forms: expected a list of tables"),
}


@pytest.mark.parametrize(("changed", "problem"), ONE_WRONG.values(), ids=ONE_WRONG)
def test_one_wrong_setting_has_its_path(changed: dict[str, Any], problem: str) -> None:
    plain = {key: item for key, item in (document() | changed).items() if item is not None}
    with pytest.raises(gi.FrameworkError, match=problem) as caught:
        loads(json.dumps(plain), name="a.json")
    assert str(caught.value).startswith("'a.json' is not a methodology")
    assert any(re.search(problem, actual) for actual in caught.value.problems)


ONE_WRONG_NODE: dict[str, tuple[dict[str, Any], str]] = {
    "no code": ({"code": None}, r"nodes\[2\].code: a code is a text that is not blank, not None"),
    "code is a number": ({"code": 1.1}, r"nodes\[2\].code: a code is a text .*, not 1.1"),
    "code is a list": ({"code": []}, r"nodes\[2\].code: a code is a text .*, not \[\]"),
    "blank code": ({"code": " "}, r"nodes\[2\].code: a code is a text .*, not ' '"),
    "repeated code": ({"code": "reach"}, r"nodes\[3\].code: 'reach' is used more than once"),
    "unknown parent": ({"parent": "sped"}, r"nodes\[2\].parent: there is no node 'sped': did you"),
    "parent is a number": ({"parent": 3}, r"nodes\[2\].parent: expected the code of a node, not 3"),
    "parent is a list": ({"parent": ["a"]}, r"nodes\[2\].parent: expected the code of a node, no"),
    "two roots": (
        {"parent": None},
        "nodes: exactly one node has no parent, .*2 have none: 'root', '1.1 b'",
    ),
    "own parent": ({"parent": "1.1 b"}, "nodes: parents in a circle: 1.1 b → 1.1 b"),
    "unknown setting": ({"wieght": 2}, r"nodes\[2\].wieght: .*did you mean 'weight'?"),
    "children": ({"children": []}, r"nodes\[2\].children: there is no such setting"),
    "weight": ({"weight": [1]}, r"nodes\[2\].weight: expected a number or a text, not \[1\]"),
    "negative weight": ({"weight": -1}, "nodes: '1.1 b': its weight is -1: a finite number"),
    "direction": ({"direction": "up"}, r"nodes\[2\].direction: expected one of 'higher', 'lower'"),
    "name": ({"name": ["a"]}, r"nodes\[2\].name: a name is a text or a mapping of language"),
    "outside": ({"outside_maximum": 1}, r"nodes\[2\].outside_maximum: expected true or false"),
    "evidence": ({"evidence": 1}, r"nodes\[2\].evidence: expected a text, not 1"),
    "no rule": ({"rule": None}, "nodes: indicator '1.1 b' has no rule: say how its value becomes"),
    "rule of another kind": ({"rule": "Median"}, r"nodes\[2\].rule.kind: there is no 'Median'"),
    "rule without a kind": ({"rule": {"target": 80}}, r"nodes\[2\].rule: expected the name of a k"),
    "target": ({"rule": {"kind": "Proportional", "target": "80"}}, r"nodes\[2\].rule.target: exp"),
    "no target": ({"rule": "Proportional"}, r"nodes\[2\].rule.target: is missing; Proportional"),
    "measure": ({"measure": {"kind": "Rate"}}, r"nodes\[2\].measure.kind: there is no 'Rate': did"),
    "aggregate of a leaf": ({"aggregate": "Sum"}, r"nodes\[2\].aggregate: there is no such setti"),
    "absence": ({"absence": {"missing": "Zero"}}, r"nodes\[2\].absence.missing.kind: there is no "),
    "rounding": (
        {"rounding": {"decimals": 2.5}},
        r"nodes\[2\].rounding.decimals: expected a whole",
    ),
    "ranking": ({"ranking": "dense"}, r"nodes\[2\].ranking: expected a table of Ranking settings"),
}


@pytest.mark.parametrize(("changed", "problem"), ONE_WRONG_NODE.values(), ids=ONE_WRONG_NODE)
def test_one_wrong_node_has_its_path(changed: dict[str, Any], problem: str) -> None:
    plain = document()
    merged = plain["nodes"][2] | changed
    plain["nodes"][2] = {key: item for key, item in merged.items() if item is not None}
    with pytest.raises(gi.FrameworkError) as caught:
        loads(json.dumps(plain), name="a.json")
    assert any(re.search(problem, actual) for actual in caught.value.problems)


@pytest.mark.parametrize("field", ["weight", "outside_maximum", "data_source", "confidence"])
def test_the_root_has_no_place_among_siblings(field: str) -> None:
    plain = document()
    plain["nodes"][0][field] = "x"
    with pytest.raises(gi.FrameworkError, match=rf"nodes\[0\].{field}: there is no such setting"):
        read(plain)


def test_no_root_and_every_circle_are_reported() -> None:
    links = {"a": "c", "b": "a", "c": "b", "d": "d"}
    nodes = [{"code": code, "parent": parent} for code, parent in links.items()]
    with pytest.raises(gi.FrameworkError) as caught:
        read(document() | {"nodes": nodes})
    assert caught.value.problems == (
        "nodes: exactly one node has no parent, the root; all have one",
        "nodes: parents in a circle: a → c → b → a",
        "nodes: parents in a circle: d → d",
    )


def test_a_long_chain_of_nodes_is_refused_for_its_depth() -> None:
    links = [{"code": "0"}] + [{"code": str(i), "parent": str(i - 1)} for i in range(1, 3000)]
    with pytest.raises(gi.FrameworkError, match="lies deeper than 100 tiers"):
        read(document() | {"nodes": links})


def test_all_problems_are_reported_at_once() -> None:
    plain = document() | {"format": 3, "notse": "x", "title": 5}
    plain["nodes"][2] |= {"weigth": 1, "rule": {"kind": "Proportional"}}
    plain["forms"] = [{"type": "xã", "nodes": [{"code": "root"}, {"code": "a", "parent": "x"}]}]
    with pytest.raises(gi.FrameworkError) as caught:
        read(plain)
    paths = [problem.partition(":")[0] for problem in caught.value.problems]
    assert sorted(paths) == [
        "format",
        "forms[0].nodes[1].parent",
        "nodes[2].rule.target",
        "nodes[2].weigth",
        "notse",
        "title",
    ]
