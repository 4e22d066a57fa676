"""Explanations, comparisons, changes and problems in documents."""

from __future__ import annotations

from typing import Any

import numpy as np

from govindex.changes import Change
from govindex.comparison import Comparison
from govindex.errors import DataError, Problem, Problems
from govindex.explanation import Explanation
from govindex.interchange.columns import check_length, floats_of, numbers_of
from govindex.interchange.columns import whole_where_possible as ranks_of
from govindex.interchange.frame_documents import FRAME, frame_document, read_frame
from govindex.interchange.shapes import Fields, Listed, Number, Open, Shape, Text
from govindex.interchange.unit_documents import UNITS, read_units, unit_documents
from govindex.parts import plain, record
from govindex.rounding import Rounding

__all__ = ["CHANGE", "COMPARISON", "EXPLANATION", "PROBLEMS", "change_document"]
__all__ += ["comparison_document", "explanation_document", "problems_document"]
__all__ += ["read_comparison", "read_explanation", "read_problems"]

EXPLANATION: dict[str, Shape] = {
    "unit": Text(),
    "score": Number(),
    "maximum": Number(),
    "lost": Number(),
    "decimals": Number(whole=True),
    "language": Text(null=True),
    "table": FRAME,
}
_NUMBERS = Listed(Number(null=True))
COMPARISON: dict[str, Shape] = {
    "base": Text(),
    "units": UNITS,
    "rounding": Open(),
    "versions": Listed(Fields({"version": Text(), "score": _NUMBERS, "rank": _NUMBERS})),
}
_EDITION = Fields({"methodology": Text(), "version": Text(), "fingerprint": Text()})
CHANGE: dict[str, Shape] = {
    "before": _EDITION,
    "after": _EDITION,
    "node": Text(),
    "node_before": Text(),
    "language": Text(null=True),
    "units": FRAME,
    "nodes": FRAME,
    "unmatched": FRAME,
    "rules": FRAME,
}
_TEXT = Text(null=True)
_PROBLEM = Fields(
    {"text": Text(), "cause": Text(), "code": Text()},
    {
        **dict.fromkeys(("unit", "variable", "stage", "cell", "path"), _TEXT),
        **dict.fromkeys(("cure", "found", "noun", "together"), Text()),
        "row": Number(whole=True, null=True),
        "values": Open(table=True),
    },
)
PROBLEMS: dict[str, Shape] = {"problems": Listed(_PROBLEM)}


def explanation_document(explanation: Explanation) -> dict[str, Any]:
    """Return the document of an explanation."""
    return {
        "unit": explanation.unit,
        "score": float(explanation.score),
        "maximum": float(explanation.maximum),
        "lost": float(explanation.lost),
        "decimals": explanation.decimals,
        "language": explanation.language,
        "table": frame_document(explanation.table),
    }


def read_explanation(document: dict[str, Any]) -> Explanation:
    """Return the explanation of a document."""
    figures = {name: float(document[name]) for name in ("score", "maximum", "lost")}
    return Explanation(
        unit=document["unit"],
        **figures,
        table=read_frame(document["table"]),
        decimals=int(document["decimals"]),
        language=document["language"],
    )


def comparison_document(comparison: Comparison) -> dict[str, Any]:
    """Return the document of a comparison."""
    versions = zip(comparison.names, comparison.score_values, comparison.rank_values, strict=True)
    return {
        "base": comparison.base,
        "units": unit_documents(comparison.units),
        "rounding": plain(comparison.printing),
        "versions": [
            {"version": name, "score": numbers_of(scores), "rank": ranks_of(ranks)}
            for name, scores, ranks in versions
        ],
    }


def read_comparison(document: dict[str, Any]) -> Comparison:
    """Return the comparison of a document."""
    units, versions = read_units(document["units"]), document["versions"]
    names = tuple(version["version"] for version in versions)
    if document["base"] not in names or len(set(names)) < len(names):
        raise DataError(
            f"the document cannot be read: the base '{document['base']}' is one of the versions, "
            f"each of which appears once, not {list(names)}"
        )
    for number, version in enumerate(versions):
        for name in ("score", "rank"):
            check_length(version[name], len(units), f"versions[{number}].{name}")
    problems = Problems()
    rounding = record(Rounding)(document["rounding"], "rounding", problems)
    problems.raise_any(DataError, "The document of a comparison cannot be read")
    scores, ranks = (
        np.stack([floats_of(version[name]) for version in versions]) for name in ("score", "rank")
    )
    return Comparison(names, document["base"], units, scores, ranks, rounding)


def change_document(change: Change) -> dict[str, Any]:
    """Return the document of a change: its tables, and which editions it compares."""
    document: dict[str, Any] = {
        name: {
            "methodology": result.provenance.methodology,
            "version": result.provenance.version,
            "fingerprint": result.provenance.fingerprint,
            "period": result.provenance.period,
        }
        for name, result in (("before", change.before), ("after", change.after))
    }
    document |= {name: getattr(change, name) for name in ("node", "node_before", "language")}
    tables = {n: getattr(change, n) for n in ("units", "nodes", "unmatched", "rules", "split")}
    return document | {n: frame_document(t) for n, t in tables.items() if t is not None}


def problems_document(problems: Problems) -> dict[str, Any]:
    """Return the document of problems."""
    return {"problems": [problem.to_dict() for problem in problems]}


def read_problems(document: dict[str, Any]) -> Problems:
    """Return the problems of a document."""
    problems = Problems()
    for said in document["problems"]:
        about = {name: said[name] for name in Problem.__slots__ if name in said}
        problems.add(Problem(about.pop("cause"), **about))
    return problems
