"""Codes that measures declare to mean missing, removed before any step reads the data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs
import numpy as np

from govindex.contracts import CellStatus
from govindex.errors import FrameworkError, Problems
from govindex.measures.codes import without_codes
from govindex.model.framework import Framework
from govindex.model.observations import Observations

__all__ = ["check_codes", "coded", "same_codes", "uncoded"]

Codes = frozenset[float]


def _declared(frameworks: Iterable[Framework]) -> dict[str, dict[Codes, str]]:
    """Return the codes that indicators declare for each variable, with an indicator each."""
    declared: dict[str, dict[Codes, str]] = {}
    for form in frameworks:
        for name, readers in form._missing_codes.items():
            for codes, leaf in readers.items():
                declared.setdefault(name, {}).setdefault(codes, leaf)
    return declared


def _agreed(frameworks: Sequence[Framework]) -> dict[str, Codes]:
    coded = _declared(frameworks)
    for form in frameworks:  # forms that read a variable without codes disagree with the others
        for name in coded.keys() - form._missing_codes.keys():
            if name in form.variables or name in form.optional_variables:
                coded[name].setdefault(frozenset(), form.code)
    return {name: next(iter(readers)) for name, readers in coded.items() if len(readers) == 1}


def check_codes(frameworks: Sequence[Framework]) -> None:
    """Refuse indicators that read one variable with different codes, if steps prepare it.

    Raises
    ------
    FrameworkError
        Naming the variable and two of the indicators.
    """
    problems = Problems()
    agreed = _agreed(frameworks)
    for name, readers in _declared(frameworks).items():
        if name in agreed:
            continue
        declarations = [f"'{leaf}' says {_listed(codes)}" for codes, leaf in readers.items()][:2]
        if len(declarations) == 1:
            declarations.append("another form reads it without codes")
        problems.add(
            f"steps prepare a variable once, but indicators declare different codes for missing: "
            f"{', '.join(declarations)}",
            code="measure.codes",
            variable=name,
            cure="give all of them the same missing_when=…, or the data two variables",
        )
    problems.raise_any(FrameworkError, "The data cannot be prepared")


def _listed(codes: Codes) -> str:
    return f"missing_when={sorted(codes)}" if codes else "no code"


def coded(frameworks: Sequence[Framework], data: Observations) -> Observations:
    """Return the observations with the declared codes as missing cells.

    Variables for which indicators declare different codes are not changed. Answers are not numbers
    and have no codes.
    """
    values, status = data.values, data.status
    for name, codes in _agreed(frameworks).items():
        if name not in data.variables or name in data.levels:
            continue
        column = data.column_of(name)
        stored = {float(np.float32(code)) for code in codes}  # of data read in 32 bits
        coded_rows = np.isin(data.values[:, column], list(codes | stored))
        if coded_rows.any():
            if values is data.values:
                values, status = values.copy(), status.copy()
            values[coded_rows, column] = np.nan
            status[coded_rows, column] = CellStatus.MISSING
    return data if values is data.values else attrs.evolve(data, values=values, status=status)


def uncoded(framework: Framework) -> Framework:
    """Return the framework without the codes that were removed from the data.

    A number computed by a step may equal a code, but is not missing.
    """
    names = frozenset(_agreed([framework]))
    if not names:
        return framework
    measures = {leaf.code: without_codes(leaf.measure, names) for leaf in framework.leaves}
    return framework.with_measures(measures)


def same_codes(one: Sequence[Framework], other: Sequence[Framework]) -> bool:
    """Return whether two methodologies remove the same codes from the data."""
    return _agreed(one) == _agreed(other)
