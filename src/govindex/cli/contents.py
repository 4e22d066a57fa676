"""The output of commands with ``--json``: tables and results as plain data."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd

from govindex.cli.printing import preparation_notes
from govindex.explanation import Explanation
from govindex.results import IndexResult
from govindex.workbooks import Scores


def json_text(content: object) -> str:
    """Return JSON in ASCII, which is the same in all encodings of terminals and pipes."""
    return json.dumps(content, indent=2, allow_nan=False)


def records(frame: pd.DataFrame) -> list[dict[str, object]]:
    """Return the rows of a table as plain data, None for empty cells."""
    names = [str(name) for name in frame.columns]
    rows = frame.itertuples(index=False, name=None)
    return [dict(zip(names, map(_plain, row), strict=True)) for row in rows]


def _plain(cell: object) -> object:
    if isinstance(cell, (list, tuple)):
        return [_plain(item) for item in cell]
    plain = cell.item() if isinstance(cell, np.generic) else cell
    if plain is None or plain is pd.NA or plain != plain:
        return None
    return plain if isinstance(plain, (bool, int, float, str)) else str(plain)


def result_content(result: IndexResult, language: str | None) -> dict[str, object]:
    """Return a ranking as plain data: units best first, their scores by the codes of nodes."""
    frame = result.table(language=language)
    codes = [code for code in result.display if code in result.codes]
    first = frame.shape[1] - len(codes)
    units = records(frame.iloc[:, :first].reset_index())
    scores = records(frame.iloc[:, first:].set_axis(codes, axis="columns"))
    provenance = result.provenance
    return {
        "methodology": provenance.methodology,
        "version": provenance.version,
        "fingerprint": provenance.fingerprint,
        "maxima": {code: float(result.maxima[result.row_of(code)]) for code in codes},
        "units": [{**unit, "scores": by_code} for unit, by_code in zip(units, scores, strict=True)],
        "unscored": {str(unit): reason for unit, reason in result.unscored["reason"].items()},
        "marks": records(result.marks),
        "preparation": preparation_notes(result, None),
        "unused": list(provenance.unused),
    }


def sheets_content(scores: Scores | None) -> dict[str, object]:
    """Return what scoring sheets or forms hold beside the figures, nothing for a table."""
    if scores is None:
        return {}
    return {"checks": records(scores.checks), "problems": records(scores.problem_table())}


def explanation_content(explanation: Explanation) -> dict[str, object]:
    """Return the lost points of a unit as plain data."""
    return {
        "unit": explanation.unit,
        "score": float(explanation.score),
        "maximum": float(explanation.maximum),
        "lost": float(explanation.lost),
        "nodes": records(explanation.table.reset_index()),
    }
