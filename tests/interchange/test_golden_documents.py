"""Documents of this major version: what was written once is read, and written the same."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import govindex as gi
from govindex.errors import Problems
from tests.document_goldens import OBJECTS, golden

CLASSES: dict[str, Any] = {
    "comparison": gi.Comparison,
    "estimates": gi.survey.Estimates,
    "explanation": gi.Explanation,
    "observations": gi.Observations,
    "problems": Problems,
    "rank-sample": gi.robustness.RankSample,
    "result": gi.IndexResult,
}


@pytest.mark.parametrize("kind", OBJECTS)
def test_a_golden_document_is_written_again(kind: str) -> None:
    version = {"govindex": gi.__version__}

    assert OBJECTS[kind]().to_dict() == golden(kind) | version


@pytest.mark.parametrize("kind", CLASSES)
def test_a_golden_document_is_read(kind: str) -> None:
    document = golden(kind)
    read = CLASSES[kind].from_dict(document)
    errors = {"error", "message"} if kind == "problems" else set()

    version = {"govindex": gi.__version__}
    expected = {n: v for n, v in document.items() if n not in errors} | version
    assert read.to_dict() == expected


@pytest.mark.parametrize("kind", OBJECTS)
def test_the_schema_is_valid_and_takes_the_golden_document(kind: str) -> None:
    schema = gi.document_schema(kind)

    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(golden(kind))


@pytest.mark.parametrize("kind", [kind for kind in CLASSES if kind != "problems"])
def test_fields_of_a_later_version_are_kept(kind: str) -> None:
    document = golden(kind)
    document["later"] = {"a": [1, None]}
    tables = document.get("table", document)
    inner = next(v for v in tables.values() if isinstance(v, list) and isinstance(v[0], dict))
    inner[0]["also later"] = "x"
    document["govindex"] = gi.__version__
    given = copy.deepcopy(document)

    assert CLASSES[kind].from_dict(document).to_dict() == given
    assert document == given


@pytest.mark.parametrize("kind", CLASSES)
def test_other_versions_and_kinds_are_refused(kind: str) -> None:
    other = "result" if kind == "observations" else "observations"
    for schema, message in [
        (f"govindex/{kind}/2", "a later version of the schema.*update govindex"),
        (f"govindex/{kind}/0", "an earlier version"),
        (f"govindex/{other}/1", f"this is a document of {other}, not of {kind}: .*from_dict"),
        ("else/result/1", "a document names its schema"),
        (None, "a document names its schema, such as 'govindex/"),
    ]:
        with pytest.raises(gi.DataError, match=message):
            CLASSES[kind].from_dict({**golden(kind), "schema": schema})
    others: tuple[Any, ...] = (None, [], "text", 5)
    for wrong in others:
        with pytest.raises(gi.DataError, match="a document is a dictionary"):
            CLASSES[kind].from_dict(wrong)
