"""The kinds of documents: what each is made of, written from, and read into."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import attrs

from govindex.changes import Change
from govindex.checks import among, shown
from govindex.comparison import Comparison
from govindex.errors import (
    DataError,
    Document,
    GovIndexError,
    Problems,
    UnknownNameError,
    near_miss,
)
from govindex.explanation import Explanation
from govindex.interchange import other_documents as others
from govindex.interchange.estimate_documents import (
    ESTIMATES,
    estimates_document,
    read_estimates,
)
from govindex.interchange.frame_documents import FRAME
from govindex.interchange.observation_documents import (
    CELLS,
    observation_shape,
    observations_document,
    read_observations,
)
from govindex.interchange.result_documents import result_document, result_shape
from govindex.interchange.result_reading import read_result
from govindex.interchange.sample_documents import SAMPLE, read_sample, sample_document
from govindex.interchange.shapes import Checking, Fields, Path, Shape, Text
from govindex.interchange.versions import govindex_version
from govindex.mappings import FrozenMap
from govindex.model.observations import Observations
from govindex.results import IndexResult
from govindex.robustness.sampling.rank_samples import RankSample
from govindex.schema import methodology_schema
from govindex.survey import Estimates

__all__ = ["document_of", "document_schema", "read_document"]

_SCHEMA = re.compile(r"govindex/([a-z-]+)/([0-9]+)")


@attrs.frozen(eq=False)
class _Kind:
    """One kind of document.

    Parameters
    ----------
    name : str
    major : int
        The version of its schema: changes that a reader of the same major version cannot take
        raise it.
    cls : type
    shape : Fields
    write : callable
    read : callable, optional
        Without one, documents of the kind are only written.
    """

    name: str
    major: int
    cls: type
    shape: Fields
    write: Callable[[Any], dict[str, Any]]
    read: Callable[[dict[str, Any]], Any] | None = None

    @property
    def schema(self) -> str:
        """The name that documents of the kind carry."""
        return f"govindex/{self.name}/{self.major}"


@cache
def _kinds() -> dict[str, _Kind]:
    result, cells = result_shape(), dict(CELLS.optional)
    nominal = {"nominal": Fields(result["required"], result["optional"])}
    kinds: list[tuple[str, type, Mapping[str, Shape], Mapping[str, Shape], Any, Any]] = [
        ("change", Change, others.CHANGE, {"split": FRAME}, others.change_document, None),
        (
            *("comparison", Comparison, others.COMPARISON, {}),
            *(others.comparison_document, others.read_comparison),
        ),
        (
            *("estimates", Estimates, ESTIMATES["required"], ESTIMATES["optional"]),
            *(estimates_document, read_estimates),
        ),
        (
            *("explanation", Explanation, others.EXPLANATION, {}),
            *(others.explanation_document, others.read_explanation),
        ),
        (
            *("observations", Observations, observation_shape(), cells),
            *(observations_document, read_observations),
        ),
        (
            *("problems", Problems, others.PROBLEMS, {"error": Text(), "message": Text()}),
            *(others.problems_document, others.read_problems),
        ),
        (
            *("rank-sample", RankSample, {**SAMPLE, **nominal}, {}),
            *(sample_document, read_sample),
        ),
        (
            *("result", IndexResult, result["required"], result["optional"]),
            *(result_document, read_result),
        ),
    ]
    return {
        name: _Kind(name, 1, cls, _shape(name, required, optional), write, read)
        for name, cls, required, optional, write, read in kinds
    }


def _shape(name: str, required: Mapping[str, Shape], optional: Mapping[str, Shape]) -> Fields:
    schema = {"schema": Text((f"govindex/{name}/1",))}
    return Fields({**schema, **required}, {"govindex": Text(), **optional})


def _kind_of(cls: type) -> _Kind:
    return next(kind for kind in _kinds().values() if issubclass(cls, kind.cls))


def document_of(written: Any) -> dict[str, Any]:
    """Return an object as a document, with the fields of a later version that it was read with."""
    kind = _kind_of(type(written))
    document = {"schema": kind.schema, "govindex": govindex_version(), **kind.write(written)}
    for path, value in getattr(written, "_unknown", {}).items():
        _put(document, path, value)
    return document


def _put(document: Any, path: Path, value: Any) -> None:
    """Put a field where it was, unless what it belonged to is gone."""
    *above, last = path
    for step in above:
        inside = isinstance(document, dict) and step in document
        inside = inside or (isinstance(document, list) and int(step) < len(document))
        if not inside:
            return
        document = document[step]
    if isinstance(document, dict):
        document.setdefault(last, value)


def read_document(cls: type, document: Any) -> Any:
    """Return the object of a class that a document says.

    Raises
    ------
    DataError
        With every problem and its path.
    """
    kind = _kind_of(cls)
    _check_schema(kind, cls, document)
    checking = Checking()
    kind.shape.check(document, (), checking)
    checking.problems.raise_any(DataError, f"This is not a document of {kind.name}")
    assert kind.read is not None
    try:
        read = kind.read(document)
    except DataError:
        raise
    except GovIndexError as error:
        raise DataError(f"The document cannot be read: {error}", error.problems) from error
    if checking.unknown and hasattr(read, "__dict__"):
        read.__dict__["_unknown"] = FrozenMap(checking.unknown)
    return read


def _check_schema(kind: _Kind, cls: type, document: Any) -> None:
    if not isinstance(document, dict):
        raise DataError(
            f"a document is a dictionary, as to_dict() gives it, not {shown(document)}: "
            "from_json(…) reads text and files"
        )
    said = document.get("schema")
    named = _SCHEMA.fullmatch(said) if isinstance(said, str) else None
    if named is None:
        raise DataError(f"a document names its schema, such as '{kind.schema}', not {shown(said)}")
    name, major = named.groups()
    if name != kind.name:
        other = _kinds().get(name)
        cure = f": {other.cls.__name__}.from_dict(…) reads it" if other and other.read else ""
        raise DataError(f"this is a document of {name}, not of {kind.name}{cure}")
    if int(major) != kind.major:
        age = "a later" if int(major) > kind.major else "an earlier"
        cure = "update govindex, or write it again with this version"
        raise DataError(
            f"'{said}' is {age} version of the schema, and govindex {govindex_version()} reads "
            f"'{kind.schema}': {cure}"
        )


def document_schema(kind: str) -> Document:
    """Return the schema of a kind of documents (JSON Schema, draft 2020-12).

    Parameters
    ----------
    kind : str
        "change", "comparison", "estimates", "explanation", "observations", "problems",
        "rank-sample" or "result".

    Raises
    ------
    UnknownNameError
        If there is no such kind.

    Examples
    --------
    >>> document_schema("result")["properties"]["schema"]
    {'const': 'govindex/result/1'}
    """
    if not among(kind, _kinds()):
        raise UnknownNameError(f"there is no kind {shown(kind)}: {near_miss(kind, _kinds())}")
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"govindex {kind}",
        **_kinds()[kind].shape.schema(),
    }
    holds_methodology = kind in ("result", "rank-sample")
    parts = {"$defs": methodology_schema()["$defs"]} if holds_methodology else {}
    return {**schema, **parts}
