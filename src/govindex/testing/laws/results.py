"""Laws about results: what they are, that they repeat, and what is printed and classed alike."""

from __future__ import annotations

import datetime
import random
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

import attrs
import numpy as np
from hypothesis import strategies as st

from govindex.compute import Block, Plan, evaluate
from govindex.contracts import CellStatus, Float
from govindex.errors import GovIndexError
from govindex.frames import Marks
from govindex.model.observations import Observations
from govindex.ranking import Bands
from govindex.testing.compare import expect_equal
from govindex.testing.law import law
from govindex.testing.promises import not_declarative, not_document, without
from govindex.testing.subject import Broken, Subject, Trial

__all__ = [
    "anonymity_of_variables",
    "bands_follow_scores",
    "blocks_and_workers",
    "contract",
    "determinism",
    "documents_score_alike",
    "frame_libraries",
    "nothing_lost",
    "printed_alike_tie",
    "scoring",
    "untouched_input",
]


@law()
def contract(trial: Trial) -> None:
    """A methodology has an id, a version, a framework and a fingerprint, and its results name them.

    Whoever reads a ranking next year must know which rules made it.
    """
    method = trial.method
    for what in ("id", "version", "fingerprint"):
        if not isinstance(getattr(method, what, None), str) or not getattr(method, what):
            raise Broken(f"its {what} is {getattr(method, what, None)!r}, no text")
    result = trial.result
    origin = result.provenance
    said = (origin.methodology, origin.version, origin.fingerprint)
    if said != (method.id, method.version, method.fingerprint):
        raise Broken(
            f"the result says that it comes from {said[0]}@{said[1]} with the fingerprint "
            f"{said[2]!r}, not from {method.id}@{method.version} with {method.fingerprint!r}"
        )
    if result.codes[0] != method.framework.code:
        raise Broken(
            f"the total of the result is '{result.codes[0]}', not '{method.framework.code}'"
        )
    known = {*trial.subject.method.framework.codes}
    for _, framework in trial.subject.frameworks:
        known |= {*framework.codes, *(view.code for view in framework.views)}
    strange = [code for code in result.codes if code not in known]
    if strange:
        raise Broken(f"the result has a node '{strange[0]}', the framework has none")
    wrong = [code for code in result.codes if result.printed_at(code).shape != (len(trial.units),)]
    if wrong:
        shape = result.printed_at(wrong[0]).shape
        raise Broken(f"the scores at '{wrong[0]}' have shape {shape} for {len(trial.units)} units")


@law()
def scoring(trial: Trial) -> None:
    """Data that the parts accept are scored: no error, all units, in their order.

    Whoever reports what the rules ask for must get a score.
    """
    assert trial.result is not None


@law()
def nothing_lost(trial: Trial) -> None:
    """A score is a number unless something is absent, and then the result says what.

    A province must not vanish from a table without a reason.
    """
    result = trial.result
    root = result.codes[0]
    scores = result.printed_at(root)
    reasons = result.unscored
    for row, unit in enumerate(trial.units):
        if np.isinf(scores[row]):
            raise Broken(f"the score of unit '{unit}' is {scores[row]}")
        complete = (trial.data.status[row] < CellStatus.MISSING).all()
        absent = any(
            result.status[result.place(code), row] >= CellStatus.MISSING for code in result.codes
        )
        if np.isnan(scores[row]) and complete and not absent:
            raise Broken(f"unit '{unit}' has every figure and no score")
        if np.isnan(scores[row]) != (unit in reasons.index):
            said = (
                "no score and no reason"
                if np.isnan(scores[row])
                else "a score and a reason why not"
            )
            raise Broken(f"unit '{unit}' has {said}")
    for code in result.codes:
        if not trial.subject.declarative or code not in trial.data.variables:
            continue
        if not any(_reads_itself(form, code) for _, form in trial.subject.frameworks):
            continue
        told = result.status[result.place(code)]
        given = trial.data.status[:, trial.data.place(code)]
        shown = [u for u in range(len(told)) if _has(trial, u, code)]
        for row in shown:
            if told[row] != given[row]:
                raise Broken(
                    f"'{code}' of unit '{trial.units[row]}' is {CellStatus(given[row]).name} in "
                    f"the data and {CellStatus(told[row]).name} in the result"
                )


def _reads_itself(framework: Any, code: str) -> bool:
    if code not in framework.leaf_codes:
        return False
    measure = framework.node(code).measure
    return getattr(measure, "variable", None) == code and not measure.missing_when


def _has(trial: Trial, row: int, code: str) -> bool:
    part = trial.result.part_of(trial.units[row])
    return (
        part.framework.has(code) and _reads_itself(part.framework, code) and not trial.method.steps
    )


@law()
def determinism(trial: Trial) -> None:
    """The same data give the same result, at any time and whatever ran before.

    Next year's check of this year's ranking must find it, to the last bit.
    """
    fingerprint = trial.method.fingerprint
    before = trial.result
    with _elsewhere(trial.method):
        after = trial.of(trial.data)
        again = trial.method.fingerprint
    expect_equal(before, after, when="it is computed again, at another time")
    if fingerprint != again:
        raise Broken(f"its fingerprint changes from {fingerprint} to {again}")


@contextmanager
def _elsewhere(method: Any) -> Iterator[None]:
    """Run at another time, with other random numbers to come, and put everything back."""
    year = 400 * 24 * 3600.0
    now, gmtime, local = time.time, time.gmtime, time.localtime
    states = (random.getstate(), np.random.get_state())  # noqa: NPY002
    later = datetime.datetime.now() + datetime.timedelta(seconds=year)

    class Later(datetime.datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return later.astimezone(tz) if tz else later

        @classmethod
        def today(cls) -> Any:
            return later

        @classmethod
        def utcnow(cls) -> Any:
            return later.astimezone(datetime.UTC).replace(tzinfo=None)

    class LaterDay(datetime.date):
        @classmethod
        def today(cls) -> Any:
            return later.date()

    instead = {
        time.time: lambda: now() + year,
        time.time_ns: lambda: int((now() + year) * 1e9),
        time.gmtime: lambda seconds=None: gmtime(now() + year if seconds is None else seconds),
        time.localtime: lambda seconds=None: local(now() + year if seconds is None else seconds),
        datetime.datetime: Later,
        datetime.date: LaterDay,
    }
    names = {*_modules(method)} & {*sys.modules}
    own = [vars(sys.modules[n]) for n in names if n.partition(".")[0] not in ("govindex", "numpy")]
    spaces = [vars(time), vars(datetime), *own]
    random.seed(12_345)
    np.random.seed(12_345)  # noqa: NPY002
    try:
        with _patched(spaces, instead):
            yield
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])  # noqa: NPY002


def _modules(part: Any) -> Iterator[str]:
    """Yield the modules that a methodology and its parts are from, where they may ask the time."""
    yield getattr(part, "__module__", "")
    inside: Iterable[Any] = part.values() if isinstance(part, Mapping) else ()
    if attrs.has(type(part)):
        inside = [getattr(part, field.name) for field in attrs.fields(type(part))]
    for one in part if isinstance(part, tuple) else inside:
        yield from _modules(one)


@contextmanager
def _patched(spaces: Sequence[dict[str, Any]], instead: Mapping[Any, Any]) -> Iterator[None]:
    patches = []
    for space in spaces:
        changes = {
            name: instead[value]
            for name, value in space.items()
            if getattr(value, "__hash__", None) and _is_key(value, instead)
        }
        if changes:
            patches.append(mock.patch.dict(space, changes))
    for patch in patches:
        patch.start()
    try:
        yield
    finally:
        for patch in reversed(patches):
            patch.stop()


def _is_key(value: Any, instead: Mapping[Any, Any]) -> bool:
    return any(value is key for key in instead)


@law()
def untouched_input(trial: Trial) -> None:
    """Computing changes neither the data nor the methodology.

    What was handed in is evidence: it must be what it was when the ranking is contested.
    """
    data, method = trial.data, trial.method
    before, rules = _state(data, data.units), _state(method.framework)
    trial.of(data)
    if before != _state(data, data.units):
        raise Broken("the data are not what they were before they were scored")
    if rules != _state(method.framework):
        raise Broken("the framework is not what it was before data were scored")


def _state(*things: Any) -> list[Any]:
    """Return all that attrs objects hold, for comparison; some show only a part of it."""
    held = [getattr(one, field.name) for one in things for field in attrs.fields(type(one))]
    return [v.tobytes() if isinstance(v, np.ndarray) else repr(v) for v in held]


def a_permutation(draw: st.DrawFn, trial: Trial) -> dict[str, Any]:
    """Choose an order of the variables, by a number."""
    return {"turn": draw(st.integers(1, 50))}


@law(a_permutation)
def anonymity_of_variables(trial: Trial, turn: int) -> None:
    """The order of the data's columns changes nothing.

    Two exports of the same register must give the same ranking.
    """
    data = trial.data
    count = len(data.variables)
    order = [(count - 1 - i + turn) % count for i in range(count)]
    after = trial.of(
        attrs.evolve(
            data,
            variables=tuple(data.variables[i] for i in order),
            values=data.values[:, order],
            status=data.status[:, order],
            stages=(),
            stage=None,
        )
    )
    expect_equal(trial.result, after, when="the columns stand in another order")


_LIBRARIES = ("pandas", "polars", "pyarrow")


def a_library(draw: st.DrawFn, trial: Trial) -> dict[str, Any]:
    """Choose an installed data-frame library."""
    from importlib.util import find_spec

    return {"library": draw(st.sampled_from([n for n in _LIBRARIES if find_spec(n)]))}


@law(a_library)
def frame_libraries(trial: Trial, library: str) -> None:
    """Data read from pandas, Polars or pyarrow give the same result.

    A ministry and its contractor use other tools, and must publish the same table.
    """
    after = trial.of(_through(trial.data, library))
    plain = _status_free(trial.data)
    before = trial.result if plain is trial.data else trial.of(plain)
    expect_equal(before, after, when=f"the data come from {library}")


def _status_free(data: Observations) -> Observations:
    """Return the data as a frame can say them: it does not know what was imputed."""
    said = data.status.copy()
    said[said < CellStatus.MISSING] = CellStatus.REPORTED
    return data if (said == data.status).all() else attrs.evolve(data, status=said)


def _through(data: Observations, library: str) -> Observations:
    marks = {CellStatus.MISSING: None, CellStatus.NOT_APPLICABLE: "N/A"}
    columns: dict[str, list[Any]] = {"unit": list(data.units.codes)}
    for place, name in enumerate(data.variables):
        cells: list[Any] = [
            marks.get(CellStatus(int(status)), data.value(unit, name))
            for unit, status in zip(data.units.codes, data.status[:, place], strict=True)
        ]
        if any(isinstance(cell, str) for cell in cells):
            cells = [repr(cell) if isinstance(cell, float) else cell for cell in cells]
        columns[f"v {place} {name}"] = cells
    frame = _frame(columns, library)
    read = Observations.from_frame(frame, unit="unit", marks=Marks(not_applicable=("N/A",)))
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


@law(some_weights, not_declarative)
def blocks_and_workers(trial: Trial, weights: Mapping[str, list[float]], cut: int) -> None:
    """Draws give the same bytes one by one, in blocks, and on several workers.

    A robustness study must not depend on the machine that it ran on.
    """
    if trial.result.parts:
        form = (trial.result.parts[0].units.types or (None,))[0]
        data = trial.method.prepare(trial.data).take(trial.result.parts[0].units.codes)
    else:
        form, data = None, trial.method.prepare(trial.data)
    plan, block = trial.subject.plans[form], Block.of(data)
    if not set(weights) <= set(_drawable(plan)):
        return
    arrays = {code: np.array(given) for code, given in weights.items()}

    def shares(draws: slice) -> list[Float]:
        chosen = {code: given[draws] for code, given in arrays.items()}
        return [state.share for state in evaluate(plan, block, chosen).states]

    try:
        whole = shares(slice(None))
    except GovIndexError as error:
        raise Broken(f"drawn weights are refused: {error}") from error
    pieces = [slice(0, cut), slice(cut, None)]
    with ThreadPoolExecutor(2) as workers:
        apart = list(workers.map(shares, pieces))
    for row, code in enumerate(plan.codes):
        every = np.broadcast_to(whole[row], (5, whole[row].shape[-1]))
        for piece, found in zip(pieces, apart, strict=True):
            if not _same_bytes(every[piece], found[row]):
                raise Broken(f"'{code}' has other shares in a block of 5 draws than in {piece}")


def _same_bytes(one: Float, other: Float) -> bool:
    return np.array_equal(one, np.broadcast_to(other, one.shape), equal_nan=True)


@law((lambda draw, trial: {"decimals": draw(st.integers(0, 4))}), not_declarative)
def printed_alike_tie(trial: Trial, decimals: int) -> None:
    """Ranked at so many decimals, what prints the same ties, and what does not does not.

    Nobody can explain why one 61.89 stands before another 61.89.
    """
    method = trial.method
    ranking = attrs.evolve(method.ranking, decimals=decimals, by="points", tie_break=())
    if ranking.ties == "ordinal":
        ranking = attrs.evolve(ranking, ties="competition")
    forms = {kind: attrs.evolve(form, ranking=None) for kind, form in method.forms.items()}
    framework = attrs.evolve(method.framework, ranking=None)
    variant = attrs.evolve(method, framework=framework, forms=forms, ranking=ranking)
    result = trial.of(trial.data, variant)
    root = result.codes[0]
    printing = attrs.evolve(result.printing, decimals=decimals)
    printed = printing(result.printed_at(root))
    keys = result.keys(root)
    for i, one in enumerate(trial.units):
        for j, other in enumerate(trial.units[:i]):
            if np.isnan(printed[i]) or np.isnan(printed[j]):
                continue
            if (keys[i] == keys[j]) != (printed[i] == printed[j]):
                said = "tie" if keys[i] == keys[j] else "do not tie"
                raise Broken(
                    f"at {decimals} decimals '{one}' prints {printed[i]:.10g} and '{other}' "
                    f"{printed[j]:.10g}, and they {said}"
                )


def _has_bands(subject: Subject) -> bool:
    return getattr(subject.method, "bands", None) is not None


@law((lambda draw, trial: {}), without("bands", _has_bands))
def bands_follow_scores(trial: Trial) -> None:
    """Bands start where they say: a better score never has a worse one, equal scores the same.

    The letter that is announced must not contradict the number beside it.
    """
    result = trial.result
    bands = result.bands_spec
    if bands is None:
        raise Broken("the methodology has bands and the result has none")
    root = result.codes[0]
    found = result.band_of(root)
    rows = {"points": result.printed_at(root), "percent": result.percent[0]}
    scores = rows.get(bands.by, result.printed_at(root))
    leagues = result.units.leagues or (None,) * len(result.units)
    order = {name: place for place, name in enumerate(bands.names)}
    size = 1e-9 * max(float(result.maxima[0]), 100.0 if bands.by == "percent" else 0.0)
    if bands.by != "league_maximum":
        _expect_started(bands, trial.units, scores, found, size)
    for i, one in enumerate(trial.units):
        for j, other in enumerate(trial.units):
            apart = bands.by == "league_maximum" and leagues[i] != leagues[j]
            if apart or np.isnan(scores[i]) or np.isnan(scores[j]):
                continue
            better = scores[i] > scores[j] + size or scores[i] == scores[j]
            if better and order.get(str(found[i]), 99) > order.get(str(found[j]), 99):
                raise Broken(
                    f"unit '{one}' ({scores[i]:.10g}) is in band {found[i]}, '{other}' "
                    f"({scores[j]:.10g}) in {found[j]}"
                )


def _expect_started(
    bands: Bands, units: Sequence[str], scores: Float, found: Sequence[str | None], size: float
) -> None:
    """Check the band of every score that lies clearly between two starts."""
    slack = size if bands.decimals is None else size + 10.0**-bands.decimals
    starts = {b.name: -np.inf if b.start is None else b.start for b in bands.bands}
    for unit, score, own in zip(units, scores, found, strict=True):
        if np.isnan(score) or any(abs(score - start) <= slack for start in starts.values()):
            continue
        want = next((name for name, start in starts.items() if score > start), None)
        if own != want:
            raise Broken(f"unit '{unit}' ({score:.10g}) is in band {own}, not in {want}")


@law((lambda draw, trial: {"json": draw(st.booleans())}), not_document)
def documents_score_alike(trial: Trial, json: bool) -> None:
    """Written to a document and read back, a methodology scores the same under one fingerprint.

    The published rules and the computed ranking must be one thing.
    """
    from govindex.toml import load_methodology, save_methodology

    with TemporaryDirectory() as folder:
        file = f"{folder}/method.{'json' if json else 'toml'}"
        save_methodology(trial.method, file)
        copy = load_methodology(file)
    if copy.fingerprint != trial.method.fingerprint:
        raise Broken("read back from its document, it has another fingerprint")
    expect_equal(trial.result, trial.of(trial.data, copy), when="it is read back from its document")
