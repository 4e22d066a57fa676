"""Laws that try the library, not a methodology: at another time, from frames and documents."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from tempfile import TemporaryDirectory
from typing import Any

import attrs
import numpy as np
from hypothesis import strategies as st

from govindex import Observations
from govindex.compute import Block, Plan, evaluate
from govindex.contracts import CellStatus, Float, is_absent
from govindex.errors import GovIndexError
from govindex.kernels.rounding import snap
from govindex.notation import Notation
from govindex.results.joint_results import parts_of
from govindex.testing.compare import expect_equal
from govindex.testing.excuses import declared, not_declarative
from govindex.testing.law import law
from govindex.testing.refusals import refusal_by
from govindex.testing.subject import Broken, Refused, Subject, Trial, Untried
from govindex.toml import dumps, load_methodology, save_methodology
from tests.clocks import another_time

__all__ = ["OWN_LAWS", "blocks_and_workers", "documents_score_alike", "frame_libraries", "no_clock"]


@declared("parts that a document can say")
def not_document(subject: Subject) -> str:
    """Coded parts cannot be written down."""
    if not subject.declarative:
        return not_declarative(subject)
    try:
        dumps(subject.method)
    except GovIndexError as error:
        return f"it cannot be a document: {str(error).splitlines()[-1].strip()}"
    return ""


@law()
def no_clock(trial: Trial) -> None:
    """The same data give the same result at another time.

    Next year's check of this year's ranking must find it, to the last bit.
    """
    with another_time(trial.method):
        after = trial.of(trial.data)
    expect_equal(trial.result, after, when="it is computed at another time")


# No answer reads like this.
_NOWHERE = "\N{EMPTY SET} not applicable"
_WITHHELD = "\N{EMPTY SET} suppressed"
_LIBRARIES = ("pandas", "polars", "pyarrow")


def a_library(draw: st.DrawFn, trial: Trial) -> dict[str, Any]:
    """Choose an installed data-frame library."""
    return {"library": draw(st.sampled_from([n for n in _LIBRARIES if find_spec(n)]))}


@law(choose=a_library)
def frame_libraries(trial: Trial, library: str) -> None:
    """Data read from pandas, Polars or pyarrow give the same result.

    A ministry and its contractor use other tools, and must publish the same table.
    """
    after = trial.of(_through(trial.data, library))
    plain = _status_free(trial.data)
    before = trial.result if plain is trial.data else trial.of(plain)
    expect_equal(before, after, when=f"the data come from {library}")


def _status_free(data: Observations) -> Observations:
    """Return the data as a frame can say them: it does not know what was imputed or treated."""
    said = data.status.copy()
    said[~is_absent(said)] = CellStatus.REPORTED
    plain = (said == data.status).all() and not data.treated.any()
    return data if plain else attrs.evolve(data, status=said, treated=None)


def _through(data: Observations, library: str) -> Observations:
    absent = {
        CellStatus.MISSING: None,
        CellStatus.NOT_APPLICABLE: _NOWHERE,
        CellStatus.SUPPRESSED: _WITHHELD,
    }
    columns: dict[str, list[Any]] = {"unit": list(data.units.codes)}
    for index, name in enumerate(data.variables):
        cells: list[Any] = [
            absent.get(CellStatus(int(status)), data.value(unit, name))
            for unit, status in zip(data.units.codes, data.status[:, index], strict=True)
        ]
        if any(isinstance(cell, str) for cell in cells):
            cells = [repr(cell) if isinstance(cell, float) else cell for cell in cells]
        columns[f"v {index} {name}"] = cells
    # Answers may look like numbers, or like a mark.
    answers = [
        f"v {index} {name}" for index, name in enumerate(data.variables) if name in data.levels
    ]
    notation = Notation(not_applicable=(_NOWHERE,), suppressed=(_WITHHELD,), text=answers)
    read = Observations.from_frame(_frame(columns, library), unit="unit", notation=notation)
    return attrs.evolve(
        read,
        units=data.units,
        variables=data.variables,
        levels={
            name.partition(" ")[2].partition(" ")[2]: texts for name, texts in read.levels.items()
        },
        period=data.period,
    )


def _frame(columns: dict[str, list[Any]], library: str) -> Any:
    if library == "polars":
        import polars

        return polars.DataFrame(columns)
    if library == "pyarrow":
        import pyarrow

        return pyarrow.table(columns)
    import pandas as pd

    return pd.DataFrame(columns)


def _drawable(plan: Plan) -> list[str]:
    framework = plan.framework
    return [
        node.code
        for node in framework.nodes[1:]
        if framework.weight(node.code) != 0 and not isinstance(framework.weight(node.code), str)
    ]


def some_weights(draw: st.DrawFn, trial: Trial) -> dict[str, Any] | None:
    """Choose weights for some draws, and how they are cut into blocks."""
    codes = _drawable(next(iter(trial.subject.plans.values())))
    if not codes:
        return None
    chosen = draw(st.lists(st.sampled_from(codes), min_size=1, max_size=3, unique=True))
    weights = {
        code: draw(st.lists(st.sampled_from([1.0, 0.3, 2.0, 7.0]), min_size=5, max_size=5))
        for code in chosen
    }
    return {"weights": weights, "cut": draw(st.integers(1, 4))}


@law(not_declarative, choose=some_weights)
def blocks_and_workers(trial: Trial, weights: Mapping[str, list[float]], cut: int) -> None:
    """Draws give the same snapped shares one by one, in blocks, and on several workers.

    A robustness study must not depend on the machine that it ran on.
    """
    parts_of(trial.result)  # first: data may be refused
    _, single, data = trial.method._units(trial.method.prepare(trial.data))[0]
    plan, block = single._plan, Block.of(data)
    if not set(weights) <= set(_drawable(plan)):
        raise Untried
    arrays = {code: np.array(given) for code, given in weights.items()}

    def shares(draws: slice) -> list[Float]:
        chosen = {code: given[draws] for code, given in arrays.items()}
        return [state.share for state in evaluate(plan, block, chosen).values()]

    try:
        whole = shares(slice(None))
    except GovIndexError as error:
        refused = refusal_by(plan, data, arrays)
        if refused is not None:
            raise Refused(refused) from error
        raise Broken(f"drawn weights are refused: {error}") from error
    pieces = [slice(0, cut), slice(cut, None)]
    with ThreadPoolExecutor(2) as workers:
        apart = list(workers.map(shares, pieces))
    for row, code in enumerate(plan.codes):
        every = np.broadcast_to(whole[row], (5, whole[row].shape[-1]))
        for piece, actual in zip(pieces, apart, strict=True):
            if not _same_bytes(snap(every[piece], 1.0), snap(actual[row], 1.0)):
                raise Broken(f"'{code}' has other shares in a block of 5 draws than in {piece}")


def _same_bytes(one: Float, other: Float) -> bool:
    return np.array_equal(one, np.broadcast_to(other, one.shape), equal_nan=True)


@law(not_document, choose=(lambda draw, trial: {"json": draw(st.booleans())}))
def documents_score_alike(trial: Trial, json: bool) -> None:
    """Written to a document and read back, a methodology scores the same under one fingerprint.

    The published rules and the computed ranking must be one thing.
    """
    with TemporaryDirectory() as folder:
        file = f"{folder}/method.{'json' if json else 'toml'}"
        save_methodology(trial.method, file)
        copy = load_methodology(file)
    if copy.fingerprint != trial.method.fingerprint:
        raise Broken("read back from its document, it has another fingerprint")
    expect_equal(trial.result, trial.of(trial.data, copy), when="it is read back from its document")


OWN_LAWS = (no_clock, frame_libraries, blocks_and_workers, documents_score_alike)
