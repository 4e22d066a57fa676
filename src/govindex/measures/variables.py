"""The variable itself, and bases of measures that are made of others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

import attrs
import numpy as np

from govindex.checks import number, tuple_of
from govindex.contracts import (
    BaseMeasure,
    Cells,
    CellStatus,
    Columns,
    Entry,
    EntryCells,
    Measure,
    completed,
)
from govindex.errors import SettingError
from govindex.measures.cells import masked
from govindex.names import as_code

__all__ = [
    "ComposedMeasure",
    "SignKeepingMeasure",
    "Value",
    "as_measure",
    "as_measures",
    "entries_of",
    "formula_of",
    "keep_one_sign",
    "merged",
]


def as_measure(source: Measure | str) -> Measure:
    """Return the measure of a variable by name, or the measure itself."""
    if isinstance(source, str):
        return Value(source)
    if isinstance(source, Measure) and not isinstance(source, type):
        return source
    raise SettingError(f"a measure reads variables by name or other measures, not {source!r}")


def as_measures(sources: Measure | str | Iterable[Measure | str]) -> tuple[Measure, ...]:
    """Return the measures of one source or several."""
    several = (sources,) if isinstance(sources, Measure) else sources
    return tuple(map(as_measure, tuple_of(several, "parts", "variables or measures")))


def merged(names: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the names of several groups, each once."""
    return tuple(dict.fromkeys(name for group in names for name in group))


def entries_of(pairs: Iterable[tuple[Measure, Entry]]) -> dict[str, Entry]:
    """Return what may be entered for the variables of several measures, each with its limits."""
    entries: dict[str, Entry] = {}
    for measure, limits in pairs:
        for name, entry in completed(measure, BaseMeasure).entries(limits).items():
            entries[name] = entries[name].within(entry) if name in entries else entry
    return entries


def formula_of(measure: Measure, cells: EntryCells) -> str | None:
    """Return the formula of a measure; None without one, or if the form lacks a variable."""
    if any(name not in cells for name in measure.variables):
        return None
    return completed(measure, BaseMeasure).spreadsheet_formula(cells)


class ComposedMeasure(BaseMeasure):
    """The base of measures that are made of others, and read their variables."""

    __slots__ = ()

    @property
    def _inputs(self) -> tuple[Measure, ...]:
        """The measures that it is made of."""
        raise NotImplementedError

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables of the measures that it is made of."""
        return merged(measure.variables for measure in self._inputs)

    @property
    def optional(self) -> tuple[str, ...]:
        """Their optional variables."""
        return merged(measure.optional for measure in self._inputs)

    @property
    def wholes(self) -> tuple[str, ...]:
        """The wholes of the measures that it is made of."""
        return merged(completed(measure, BaseMeasure).wholes for measure in self._inputs)

    def entries(self, entry: Entry) -> Mapping[str, Entry]:
        """Return what may be entered for the measures that it is made of: any number."""
        return entries_of((measure, Entry()) for measure in self._inputs)


class SignKeepingMeasure(ComposedMeasure):
    """The base of measures that let nothing cancel if those they are made of do not."""

    __slots__ = ()

    @property
    def one_sign(self) -> bool:
        """Whether nothing cancels in the measures that it is made of."""
        return keep_one_sign(self._inputs)


def keep_one_sign(measures: Iterable[Measure]) -> bool:
    """Return whether nothing cancels in any of these measures."""
    return all(completed(measure, BaseMeasure).one_sign for measure in measures)


def _name(variable: str) -> str:
    if not isinstance(variable, str) or not variable.strip():
        raise SettingError(f"Value(…) takes the name of a variable, a text, not {variable!r}")
    return str(as_code(variable))


def _codes(values: tuple[Any, ...]) -> tuple[float, ...]:
    # Sorted, since their order means nothing.
    return tuple(sorted({number(value, "a code that means missing") for value in values}))


def _as_codes(values: float | Iterable[float]) -> tuple[float, ...]:
    if isinstance(values, str):
        raise SettingError(f"missing_when takes numbers, not {values!r}")
    return _codes(tuple(values) if isinstance(values, Iterable) else (values,))


@attrs.frozen
class Value(BaseMeasure):
    """The variable itself.

    Parameters
    ----------
    variable : str
        Its name in the data.
    missing_when : tuple of float
        Codes that mean missing, such as 99 or −1. They are taken out before preparation steps
        read the variable.

    Examples
    --------
    >>> Value("score", missing_when=(99,)).variables
    ('score',)
    """

    one_sign: ClassVar[bool] = True
    variable: str = attrs.field(converter=_name)
    missing_when: tuple[float, ...] = attrs.field(default=(), converter=_as_codes, kw_only=True)

    @property
    def variables(self) -> tuple[str, ...]:
        """The one variable."""
        return (self.variable,)

    @property
    def variable_itself(self) -> str | None:
        """The variable, unless codes are taken out."""
        return None if self.missing_when else self.variable

    @property
    def passes_answers(self) -> bool:
        """Whether no codes are taken out."""
        return not self.missing_when

    def entries(self, entry: Entry) -> Mapping[str, Entry]:
        """Return what the rule takes."""
        return {self.variable: entry}

    def spreadsheet_formula(self, cells: EntryCells) -> str:
        """Return the variable's cell."""
        return cells[self.variable]

    def __call__(self, columns: Columns) -> Cells:
        """Return the variable's cells."""
        cells = columns[self.variable]
        if not self.missing_when:
            return cells
        coded = np.isin(cells.values, self.missing_when)
        missing = np.uint8(CellStatus.MISSING)
        return masked(cells.values, np.where(coded, missing, cells.status))
