"""What steps share: the variables they mean, and what only frameworks know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs
import numpy as np

from govindex.contracts import Float, Index, Report, Status
from govindex.errors import DataError, Problems, SettingError, UnknownNameError, near_miss
from govindex.kernels.rounding import twelve_digits
from govindex.matrices import Matrix
from govindex.model.framework import Framework
from govindex.model.observations import Observations
from govindex.model.tree import Dimension
from govindex.names import as_code

__all__ = [
    "as_names",
    "below_dimensions",
    "better_if_low",
    "chosen",
    "matrix_of",
    "measured",
    "named",
    "on_paper",
    "opened",
    "replaced",
]


def as_names(names: Any) -> tuple[str, ...] | None:
    """Return names as a tuple; None stays open."""
    if names is None:
        return None
    several = (names,) if isinstance(names, str) else names
    if not isinstance(several, Iterable):
        raise SettingError(f"expected a name or names, not {names!r}")
    found = tuple(map(as_code, several))
    for name in found:
        if not isinstance(name, str):
            raise SettingError(f"a name is a text, not {name!r}")
    return found


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
    found: dict[str, dict[str, None]] = {}
    for form in frameworks:
        for node in form.nodes:
            if isinstance(node, Dimension):
                names = (n for leaf in form.below(node.code) for n in leaf.measure.variables)
                found.setdefault(node.code, {}).update(dict.fromkeys(names))
    return {code: tuple(names) for code, names in found.items()}


def better_if_low(frameworks: Iterable[Framework]) -> tuple[str, ...]:
    """Return the variables of indicators of which low values are good."""
    return tuple(
        dict.fromkeys(
            name
            for form in frameworks
            for leaf in form.leaves
            if leaf.direction == "lower"
            for name in leaf.measure.variables
        )
    )


def opened(
    step: Any,
    frameworks: Sequence[Framework],
    data: Observations,
    *,
    answers: bool = False,
    **settings: Any,
) -> Any:
    """Return a step with its open variables named: those measured that the data hold."""
    if step.variables is None:
        names = (name for name in measured(frameworks) if name in data.variables)
        settings["variables"] = tuple(n for n in names if answers or n not in data.levels)
    return attrs.evolve(step, **settings)


def chosen(data: Observations, variables: Sequence[str] | None, *, answers: bool = False) -> Index:
    """Return the columns of variables; where they are left open, of all numbers (and answers).

    Raises
    ------
    DataError
        With every variable that the data do not hold, or that holds answers.
    """
    if variables is None:
        names = enumerate(data.variables)
        found = [i for i, name in names if answers or name not in data.levels]
        return np.array(found, dtype=np.intp)
    problems = Problems()
    rows = []
    for name in variables:
        if name in data.levels and not answers:
            problems.add(
                f"variable '{name}' holds answers, not numbers",
                code="variable.answers",
                variable=name,
            )
            continue
        try:
            rows.append(data.column_of(name))
        except UnknownNameError as error:
            problems.add(str(error), code="variable.unknown", variable=name)
    problems.raise_any(DataError, "The observations cannot be prepared")
    return np.array(rows, dtype=np.intp)


def matrix_of(data: Observations, columns: Index) -> Matrix:
    """Return variables as rows of a matrix."""
    values = np.ascontiguousarray(data.values.T[columns])
    return Matrix(values, tuple(data.variables[i] for i in columns), data.units)


def replaced(
    data: Observations, values: Float, status: Status, report: Report, **changes: Any
) -> Observations:
    """Return observations with other cells and one report more."""
    values.flags.writeable = False  # nobody else holds them: a copy is not needed
    status.flags.writeable = False
    return attrs.evolve(
        data, values=values, status=status, reports=(*data.reports, report), **changes
    )


def on_paper(numbers: Float, known: Float) -> Float:
    """Round what was computed to twelve digits; a number that is known already is a copy of it."""
    return np.where(np.isin(numbers, known), numbers, twelve_digits(numbers))


def named(known: Mapping[str, Any], name: str, what: str) -> None:
    """Raise if there is no such name."""
    if name not in known:
        raise UnknownNameError(f"{what}: there is no '{name}': {near_miss(name, known)}")
