"""Golden documents: one of each kind, as this major version of its schema writes it.

``python -m tests.document_goldens`` writes the files that are missing; a file that exists is
written anew only if it is named after ``--replace``. All data in them are made up.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pandas as pd

import govindex as gi
from govindex import absence, measures, prepare, rules
from govindex.contracts import CellStatus
from govindex.survey.linearisation import PairVariances

DAYS = {"vi": "Số ngày", "en": "Days"}
FOLDER = Path(__file__).parent / "golden" / "documents"


def _leaf(code: str, **settings: Any) -> gi.Indicator:
    return gi.Indicator(code, **{"rule": rules.Goalposts(worst=0, best=10), **settings})


def method() -> gi.Methodology:
    """Return a made-up methodology with bands, a view, a bonus and a preparation step."""
    slow = rules.Goalposts(worst=10, best=0)
    framework = gi.Framework(
        "total",
        [
            gi.Dimension(
                "speed",
                [
                    _leaf("days", direction="lower", name=DAYS, rule=slow),
                    _leaf("share", measure=measures.Ratio("done", "received"), weight=2),
                ],
                absence=absence.Renormalise(),
            ),
            _leaf("answer", rule=rules.Choice({"yes": 1, "no": 0.25})),
        ],
        views=[gi.View("reported", of=("days", "answer"))],
        absence=absence.Absence(
            missing=absence.Renormalise(),
            not_applicable=absence.Shrink(),
            suppressed=absence.Renormalise(),
        ),
    )
    return gi.Methodology(
        "example.made-up",
        "1",
        framework,
        rounding=gi.Rounding(1),
        bands=gi.Bands([gi.Band("A", 80), gi.Band("B", 50), gi.Band("C", 0)]),
        steps=[prepare.TreatAs({"days": gi.treat.Between(high=9)})],
        title="Made-up index",
    )


@cache
def data() -> gi.Observations:
    """Return made-up data: two leagues, and a cell of every status."""
    fields = [("north", True), ("north", True), ("south", True), ("south", False), ("south", True)]
    units = [
        gi.Unit(
            code, {"vi": f"Đơn vị {code}"}, league=league, ranked=ranked, attributes={"size": n}
        )
        for n, (code, (league, ranked)) in enumerate(zip("ABCDE", fields, strict=True))
    ]
    frame = pd.DataFrame(
        {
            "days": [1.1, 12.0, 3.3, 4.7, None],
            "done": [3.0, 2.0, None, 7.0, 9.0],
            "received": [7.0, 3.0, 10.0, 9.0, 9.0],
            "answer": [0.0, 1.0, 0.0, np.nan, np.nan],
        }
    )
    status = np.where(frame.isna(), CellStatus.MISSING, CellStatus.REPORTED).astype(np.uint8)
    status[1, 1], status[2, 2] = CellStatus.IMPUTED, CellStatus.FALLEN_BACK
    status[3, 3], status[4, 3] = CellStatus.NOT_APPLICABLE, CellStatus.SUPPRESSED
    return gi.Observations(
        units,
        tuple(frame.columns),
        frame.to_numpy(),
        status,
        levels={"answer": ("yes", "no")},
        period="2026",
        errors=np.where(frame.isna(), np.nan, 0.1),
    )


@cache
def result() -> gi.IndexResult:
    """Return the made-up result."""
    return method().compute(data())


def _sample() -> Any:
    vary = [gi.robustness.Weights(spread=0.5)]
    return gi.robustness.sample_ranks(method(), data(), vary=vary, draws=64, rng=2026)


def _estimates() -> gi.survey.Estimates:
    return gi.survey.Estimates(
        domains=("A", "B"),
        items=("q1", "q2"),
        value=[[0.8, np.nan], [0.7, 0.55]],
        se=[[0.02, np.nan], [0.01, 0.0]],
        df=[[14.0, np.nan], [np.inf, np.inf]],
        n=[[120.0, 0.0], [1.0, 90.0]],
        low=[[0.75, np.nan], [0.68, 0.55]],
        high=[[0.84, np.nan], [0.72, 0.55]],
        formula="top_box",
        covariances=[[[0.0004, np.nan], [np.nan, np.nan]], [[0.0001, np.nan], [np.nan, 0.0]]],
        linear=PairVariances({frozenset((0, 1)): np.array([0.0005, np.nan])}),
    )


def _problems() -> gi.DataError:
    try:
        gi.Observations.from_records([{"unit": "A", "x": [1]}, {"unit": "B", "y": "?"}, 5])  # type: ignore[dict-item, list-item]
    except gi.DataError as error:
        return error
    raise AssertionError("made-up records with problems were read")


def _change() -> gi.Change:
    later = attrs.evolve(data(), values=np.where(data().values == 3.3, 0.5, data().values))
    return gi.change(result(), method().compute(later))


OBJECTS: dict[str, Callable[[], Any]] = {
    "change": _change,
    "comparison": lambda: gi.leave_one_out(method(), data(), 1),
    "estimates": _estimates,
    "explanation": lambda: gi.explain(result(), "B"),
    "observations": data,
    "problems": _problems,
    "rank-sample": _sample,
    "result": result,
}


def golden(kind: str) -> dict[str, Any]:
    """Return a golden document."""
    document: dict[str, Any] = json.loads((FOLDER / f"{kind}.json").read_text(encoding="utf-8"))
    return document


def main() -> None:
    """Write missing golden documents, and those named after ``--replace``."""
    command = argparse.ArgumentParser(description=__doc__)
    command.add_argument("--replace", nargs="*", default=[], choices=OBJECTS)
    replaced = command.parse_args().replace
    FOLDER.mkdir(parents=True, exist_ok=True)
    for kind, made in OBJECTS.items():
        file = FOLDER / f"{kind}.json"
        if kind in replaced or not file.exists():
            text = json.dumps(made().to_dict(), ensure_ascii=False, allow_nan=False, indent=1)
            file.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
