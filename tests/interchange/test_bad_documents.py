"""A document that was damaged is refused with its path, never half read."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import govindex as gi
from tests.document_goldens import golden, result
from tests.interchange.test_golden_documents import CLASSES
from tests.sampling import few

PUT: tuple[Any, ...] = (
    "x",
    -1,
    1.5,
    None,
    [],
    {},
    True,
    10**400,
    float("nan"),
    "reported",
    [None],
    {"a": 1},
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every value in a document but the first level's schema."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for key, item in items:
        found.append((*path, key))
        if isinstance(item, (dict, list)):
            found += places(item, (*path, key))
    return [where for where in found if where != ("schema",)]


@settings(max_examples=few(1000), deadline=None)
@given(data=st.data())
def test_any_damage_is_a_named_error_or_changes_nothing_else(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(sorted(CLASSES)))
    document = golden(kind)
    path = data.draw(st.sampled_from(places(document)))
    *above, last = path
    owner = document
    for step in above:
        owner = owner[step]
    if data.draw(st.booleans()):
        owner[last] = data.draw(st.sampled_from(PUT))
    elif isinstance(owner, dict):
        del owner[last]
    else:
        owner.append(copy.deepcopy(owner[last]))

    try:
        read = CLASSES[kind].from_dict(document)
    except gi.DataError:
        return
    json.dumps(read.to_dict(), allow_nan=False)


def test_every_problem_is_listed_with_its_path() -> None:
    document = golden("result")
    del document["nodes"][0]["share"]
    document["nodes"][1]["status"][0] = "unknown"
    document["nodes"][2]["score"][1] = "9"
    document["units"][1]["unit"] = 5

    with pytest.raises(gi.DataError) as caught:
        gi.IndexResult.from_dict(document)
    paths = {problem.path for problem in caught.value.problems}
    assert paths == {
        "nodes[0].share",
        "nodes[1].status[0]",
        "nodes[2].score[1]",
        "units[1].unit",
    }


@pytest.mark.parametrize("field", ["score", "rank", "band"])
def test_numbers_that_shares_do_not_give_are_named_cell_by_cell(field: str) -> None:
    document = golden("result")
    document["nodes"][0][field][1] = "Z" if field == "band" else 77.0

    with pytest.raises(
        gi.DataError, match=r"contradicts itself.* unit 'B', node 'total'"
    ) as caught:
        gi.IndexResult.from_dict(document)
    (problem,) = caught.value.problems
    assert (problem.code, problem.unit, problem.variable) == (f"document.{field}", "B", "total")


def test_another_methodology_than_the_fingerprint_says_is_refused() -> None:
    # Another version of govindex may give the same methodology another fingerprint.
    document = golden("result") | {"govindex": gi.__version__}
    document["methodology"]["document"]["nodes"][1]["weight"] = 7

    with pytest.raises(gi.DataError, match=r"has the fingerprint .* not .* was changed"):
        gi.IndexResult.from_dict(document)


TEXTS: dict[str, tuple[str | bytes, str]] = {
    "not JSON": ("unit,score", "is not JSON: .*: a file is given as pathlib.Path"),
    "NaN": ('{"schema": "govindex/result/1", "x": NaN}', "holds NaN, which JSON does not have"),
    "a key twice": ('{"schema": 1, "schema": 2}', "one key twice"),
    "not UTF-8": (b"\xff{}", "is not UTF-8"),
    "too deep": ("[" * 100_000, "nests its lists too deeply"),
    "half": (result().to_json()[:500], "is not JSON"),
    "a list": ("[1]", "a document is a dictionary"),
    "digits": ('{"schema": "govindex/result/1", "units": 1' + "0" * 5000 + "}", "not well formed"),
}


@pytest.mark.parametrize("case", TEXTS)
def test_a_text_that_is_not_a_document_is_refused(case: str) -> None:
    text, message = TEXTS[case]
    with pytest.raises(gi.DataError, match=message):
        gi.IndexResult.from_json(text)


def test_files_that_hold_no_document_are_refused(tmp_path: Path) -> None:
    table, missing = tmp_path / "table.parquet", tmp_path / "missing.json"
    gi.write_table(result().table(), table)
    calls: dict[str, Callable[[], Any]] = {
        "is a table, and no document": lambda: gi.IndexResult.from_parquet(table),
        "'missing.json' cannot be read": lambda: gi.IndexResult.from_json(missing),
        "'missing.json' cannot be": lambda: gi.IndexResult.from_parquet(missing),
        "written to a .json file": lambda: result().to_json(tmp_path / "x.csv"),
        "written to a .parquet file": lambda: result().to_parquet(tmp_path / "x.csv"),
        "written to a .zip file": lambda: result().archive(tmp_path / "x.csv"),
        "exists already": lambda: result().to_parquet(table),
        "JSON is a text, or a pathlib.Path": lambda: gi.IndexResult.from_json(5),  # type: ignore[arg-type]
    }
    for message, call in calls.items():
        with pytest.raises(gi.DataError, match=message):
            call()
