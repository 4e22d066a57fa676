"""Scores that were computed elsewhere: read, and checked cell by cell.

Nothing becomes NaN silently: if a unit has no score, its data are absent or the author of the
scores gives a reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs
import numpy as np

from govindex.contracts import CellStatus, Float, Status, is_absent
from govindex.errors import DataError, Problems, UnknownNameError, listing, near_miss
from govindex.mappings import FrozenMap
from govindex.measures import Value
from govindex.model.framework import Framework
from govindex.model.observations import Observations
from govindex.model.tree import Indicator
from govindex.model.units import Units

__all__ = ["GivenScores", "is_number", "read_scores", "size_problems"]


@attrs.frozen(eq=False)
class GivenScores:
    """Scores of some nodes of a framework.

    Parameters
    ----------
    columns : mapping of code to array, shape (units,)
        In the printed unit, in the order of the framework, NaN for absent scores.
    reasons : mapping of (unit, node) to str
        Why scores are absent, unless the data show it.
    cells : mapping of code to (values, status), each of shape (units,)
        The values behind an indicator if its measure is a plain variable, else None.
    """

    columns: Mapping[str, Float]
    reasons: FrozenMap[tuple[str, str], str]
    cells: Mapping[str, tuple[Float | None, Status]]


def read_scores(
    framework: Framework,
    data: Observations,
    scores: Mapping[str, Any],
    absent: Mapping[Any, str],
    problems: Problems,
) -> GivenScores:
    """Read scores by node, and the reasons why some are absent.

    Parameters
    ----------
    framework : Framework
    data : Observations
        The scored data; scores are in the order of its units.
    scores : mapping of str to array, shape (units,)
    absent : mapping of str, or of (str, str), to str
        The reason of a unit without a total, or of a unit and node.
    problems : Problems
        Collects unknown nodes, invalid scores, and absent ones without a reason.
    """
    if not isinstance(scores, Mapping):
        raise DataError(f"scores are a mapping of nodes' codes to arrays, not {scores!r}")
    if not isinstance(absent, Mapping):
        raise DataError(f"absent is a mapping of units' codes to reasons, not {absent!r}")
    if framework.code not in scores:
        problems.add(f"the root '{framework.code}' has no scores; given: {listing(scores)}")
    for code in scores:
        if code not in framework.codes:
            problems.add(f"there is no node '{code}': {near_miss(code, framework.codes)}")
    columns = {}
    for code in framework.codes:
        numbers = _column(scores[code], code, data.units, problems) if code in scores else None
        if numbers is not None:
            columns[code] = numbers
    cells = {code: _cells(framework, code, columns[code], data) for code in columns}
    declared = dict(_declared_reasons(framework, data.units, scores, absent, problems))
    reasons = _reasons(framework.code, columns, cells, data.units, declared, problems)
    return GivenScores(columns, FrozenMap(reasons), cells)


def _column(scores: Any, code: str, units: Units, problems: Problems) -> Float | None:
    """Return a node's scores as numbers; None, with problems, if they are not numbers."""
    if _is_series_in_another_order(scores, units):
        problems.add(
            f"node '{code}': the index of the series is not the units' codes in their order; "
            "use .reindex(observations.units.codes)"
        )
        return None
    if isinstance(scores, np.ma.MaskedArray):
        scores = np.ma.filled(scores.astype(np.float64), np.nan)
    try:
        cells = np.asarray(scores)
    except ValueError as error:  # rows of unequal length
        problems.add(f"node '{code}': scores are an array of numbers: {error}")
        return None
    if cells.shape != (len(units),):
        problems.add(
            f"node '{code}': scores have shape {cells.shape}, expected {(len(units),)}: one for "
            "each unit, in the order of observations.units"
        )
        return None
    if cells.dtype.kind in "iuf":
        return cells.astype(np.float64)
    cells = np.asarray(scores, dtype=object)  # numpy turns numbers next to a text into texts
    wrong = [index for index, cell in enumerate(cells) if not (cell is None or is_number(cell))]
    for index in wrong:
        problems.add(
            f"{cells[index]!r} is not a number",
            code="score.not_a_number",
            unit=units.codes[index],
            variable=code,
            noun="node",
            found=repr(cells[index]),
            together="are not numbers",
        )
    return None if wrong else np.array([np.nan if cell is None else float(cell) for cell in cells])


def _is_series_in_another_order(scores: Any, units: Units) -> bool:
    # A series names its units: read by row, another order would mix them up.
    index = getattr(scores, "index", None)
    if not hasattr(scores, "to_numpy") or index is None or callable(index):
        return False
    return list(index) not in (list(units.codes), list(range(len(units))))


def is_number(value: Any) -> bool:
    """Return whether something is a number and not the text of one.

    Examples
    --------
    >>> is_number(1), is_number("1"), is_number(True)
    (True, False, False)
    """
    if isinstance(value, (str, bytes, bool, np.bool_, complex, np.complexfloating)):
        return False
    try:
        float(value)
    except (TypeError, ValueError, OverflowError):
        return False
    return True


def size_problems(
    columns: Mapping[str, Float], maxima: Mapping[str, float], units: Units
) -> Iterator[str]:
    """Yield every score that cannot be ranked at its node's scale.

    Parameters
    ----------
    columns : mapping of code to array, shape (units,)
    maxima : mapping of code to float
        The printed score of a share of 1.
    units : Units
    """
    for code, numbers in columns.items():
        if not maxima[code] > 0:
            yield f"node '{code}' has no points in the framework: leave it out, or give it a weight"
            continue
        for index in np.flatnonzero(np.isinf(numbers)):
            yield f"unit '{units.codes[index]}', node '{code}': the score is infinite"


def _cells(
    framework: Framework, code: str, numbers: Float, data: Observations
) -> tuple[Float | None, Status]:
    node = framework.node(code)
    if isinstance(node, Indicator) and isinstance(node.measure, Value):
        variable = node.measure.variable
        if node.measure.passes_answers and variable in data.variables:
            index = data.column_of(variable)
            return data.values[:, index], data.status[:, index]
    gone = np.isnan(numbers)
    return None, np.where(gone, CellStatus.MISSING, CellStatus.REPORTED).astype(np.uint8)


def _declared_reasons(
    framework: Framework,
    units: Units,
    scores: Mapping[str, Any],
    absent: Mapping[Any, str],
    problems: Problems,
) -> Iterator[tuple[tuple[str, str | None], str]]:
    """Yield reasons by unit and node, or by unit and None for all nodes of a unit."""
    for key, reason in absent.items():
        unit, code = key if isinstance(key, tuple) and len(key) == 2 else (key, None)
        try:
            body = units.codes[units.locate(unit)]
        except UnknownNameError as error:
            problems.add(f"absent: {error}")
            continue
        if not isinstance(reason, str) or not reason.strip():
            problems.add(f"absent: the reason of {key!r} is a text that is not blank")
        elif code is not None and code not in scores:
            problems.add(f"absent: no scores were given of '{code}': {near_miss(code, scores)}")
        else:
            # A reason for the total is a reason for the unit.
            yield (body, None if code == framework.code else code), reason


def _reasons(
    root: str,
    columns: Mapping[str, Float],
    cells: Mapping[str, tuple[Float | None, Status]],
    units: Units,
    declared: Mapping[tuple[str, str | None], str],
    problems: Problems,
) -> dict[tuple[str, str], str]:
    """Return the reasons of absent scores; a missing or a needless reason is a problem."""
    reasons = {}
    for code, numbers in columns.items():
        values, status = cells[code]
        for index in np.flatnonzero(np.isnan(numbers)):
            unit = units.codes[index]
            reason = declared.get((unit, code), declared.get((unit, None)))
            if reason is not None:
                reasons[unit, code] = reason
            elif values is None or not is_absent(status[index]):
                key = repr(unit) if code == root else repr((unit, code))
                problems.add(
                    f"there is no score; give one, or say why with absent={{{key}: 'the reason'}}",
                    code="score.absent",
                    unit=unit,
                    variable=code,
                    noun="node",
                    found=key,
                )
    for (unit, node), reason in declared.items():
        code = node or root
        if code in columns and (unit, code) not in reasons:
            score = columns[code][units.locate(unit)]
            problems.add(
                f"the score is {score:g}, and yet a reason why it is absent is given: '{reason}'",
                code="score.doubtful",
                unit=unit,
                variable=code,
                noun="node",
            )
    return reasons
