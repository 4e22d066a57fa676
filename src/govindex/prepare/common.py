"""The variables of steps, and the observations that steps return."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs
import numpy as np

from govindex.contracts import Float, Index, Matrix, Report, Status
from govindex.errors import DataError, Problems, SettingError, UnknownNameError, near_miss
from govindex.kernels.rounding import twelve_digits
from govindex.model.error_reports import lost_cells
from govindex.model.framework import Framework
from govindex.model.observations import Observations
from govindex.model.tree import Dimension
from govindex.names import as_code

__all__ = [
    "as_names",
    "below_dimensions",
    "better_if_low",
    "check_name",
    "chosen",
    "matrix_of",
    "measured",
    "replaced",
    "with_variables",
    "without_last_bits",
]


def as_names(names: str | Iterable[str] | None) -> tuple[str, ...] | None:
    """Return names as a tuple, or None."""
    if names is None:
        return None
    several = (names,) if isinstance(names, str) else names
    if not isinstance(several, Iterable):
        raise SettingError(f"expected a name or names, not {names!r}")
    texts = tuple(map(as_code, several))
    for name in texts:
        if not isinstance(name, str):
            raise SettingError(f"a name is a text, not {name!r}")
    return texts


def measured(frameworks: Iterable[Framework]) -> tuple[str, ...]:
    """Return the variables that scored indicators measure, without those that are weights."""
    return tuple(
        dict.fromkeys(
            name
            for form in frameworks
            for leaf in form.leaves
            if form.is_scored(leaf.code)
            for name in leaf.measure.variables
        )
    )


def below_dimensions(frameworks: Iterable[Framework]) -> dict[str, tuple[str, ...]]:
    """Return the variables that are measured below each dimension, by its code."""
    variables: dict[str, dict[str, None]] = {}
    for form in frameworks:
        for node in form.nodes:
            if isinstance(node, Dimension):
                names = (n for leaf in form.below(node.code) for n in leaf.measure.variables)
                variables.setdefault(node.code, {}).update(dict.fromkeys(names))
    return {code: tuple(names) for code, names in variables.items()}


def better_if_low(frameworks: Iterable[Framework]) -> tuple[str, ...]:
    """Return the variables of indicators whose low values are good."""
    return tuple(
        dict.fromkeys(
            name
            for form in frameworks
            for leaf in form.leaves
            if leaf.direction == "lower"
            for name in leaf.measure.variables
        )
    )


def with_variables(
    step: Any,
    frameworks: Sequence[Framework],
    data: Observations,
    *,
    answers: bool = False,
    **settings: Any,
) -> Any:
    """Return a step with variables: by default those that are measured and that the data hold."""
    if step.variables is None:
        names = (name for name in measured(frameworks) if name in data.variables)
        settings["variables"] = tuple(n for n in names if answers or n not in data.levels)
    return attrs.evolve(step, **settings)


def chosen(data: Observations, variables: Sequence[str] | None, *, answers: bool = False) -> Index:
    """Return the columns of variables; None means all numbers (and answers).

    Raises
    ------
    DataError
        With every variable that the data do not hold, or that holds answers.
    """
    if variables is None:
        names = enumerate(data.variables)
        columns = [i for i, name in names if answers or name not in data.levels]
        return np.array(columns, dtype=np.intp)
    problems = Problems()
    columns = []
    for name in variables:
        if name in data.levels and not answers:
            problems.add(
                f"variable '{name}' holds answers, not numbers",
                code="variable.answers",
                variable=name,
            )
            continue
        try:
            columns.append(data.column_of(name))
        except UnknownNameError as error:
            problems.add(str(error), code="variable.unknown", variable=name)
    problems.raise_any(DataError, "The observations cannot be prepared")
    return np.array(columns, dtype=np.intp)


def matrix_of(data: Observations, columns: Index) -> Matrix:
    """Return variables as rows of a matrix."""
    values = np.ascontiguousarray(data.values.T[columns])
    return Matrix(values, tuple(data.variables[i] for i in columns), data.units)


def replaced(
    data: Observations,
    values: Float,
    status: Status,
    report: Report,
    *,
    scale: Float | None = None,
    **changes: Any,
) -> Observations:
    """Return observations with other cells and one more report.

    A value that a step changed has no known standard error, unless the step says by what `scale`
    it multiplied the values, shape (units, variables); NaN drops the error. Errors that are lost
    are reported.
    """
    values.flags.writeable = False  # no other object holds them: a copy is not needed
    status.flags.writeable = False
    lost: tuple[Report, ...] = ()
    if data.errors is not None:
        by = np.where(values != data.values, np.nan, 1.0) if scale is None else scale
        changes["errors"] = errors = data.errors * by
        gone = (data.errors > 0) & np.isnan(errors) & ~np.isnan(values)
        lost = lost_cells(report.step, "errors", data.variables, gone)
        for name, joint in (("covariances", data.covariances), ("replicates", data.replicates)):
            if joint is not None and scale is not None:
                columns = [data.column_of(variable) for variable in joint.variables]
                changes[name] = joint.scaled(scale[:, columns])
    reports = (*data.reports, *lost, report)
    return attrs.evolve(data, values=values, status=status, reports=reports, **changes)


def without_last_bits(numbers: Float, known: Float) -> Float:
    """Round computed numbers to twelve digits, but not those that equal a known one."""
    return np.where(np.isin(numbers, known), numbers, twelve_digits(numbers))


def check_name(known: Mapping[str, Any], name: str, subject: str) -> None:
    """Raise if there is no such name."""
    if name not in known:
        raise UnknownNameError(f"{subject}: there is no '{name}': {near_miss(name, known)}")
