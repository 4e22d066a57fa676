"""The protocol and defaults of measures."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from govindex.contracts.cells import Cells
from govindex.contracts.entries import Entry, EntryCells
from govindex.contracts.populations import Peers

__all__ = ["BaseMeasure", "Columns", "Measure"]


class Columns(Protocol):
    """The variables of the data, as measures read them."""

    def __getitem__(self, variable: str) -> Cells:
        """Return one variable, values of shape (draws or 1, units)."""

    def __contains__(self, variable: object) -> bool:
        """Return whether the data hold the variable."""

    def levels(self, variable: str) -> tuple[str, ...]:
        """Return the texts of a text variable, () for a number."""

    @property
    def peers(self) -> Peers:
        """The assessed units."""

    @property
    def parts_of_year(self) -> int | None:
        """How many such periods make a year (12, 4, 1), None if the data do not say."""


@runtime_checkable
class Measure(Protocol):
    """Variables → the indicator's value.

    :class:`BaseMeasure` holds the defaults of its optional promises.
    """

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables that the data must hold."""

    @property
    def optional(self) -> tuple[str, ...]:
        """The variables that are used if the data hold them."""

    def __call__(self, columns: Columns) -> Cells:
        """Return the indicator's value and status."""


class BaseMeasure:
    """Defaults of the promises of a measure."""

    __slots__ = ()

    @property
    def optional(self) -> tuple[str, ...]:
        """No variables that are used only if the data hold them."""
        return ()

    @property
    def wholes(self) -> tuple[str, ...]:
        """No variables that others are a part of, which an improvement leaves as they are."""
        return ()

    @property
    def variable_itself(self) -> str | None:
        """The variable that it returns unchanged, None if it computes something."""
        return None

    @property
    def passes_answers(self) -> bool:
        """It does not return the answers of a text variable unchanged."""
        return False

    @property
    def inherits(self) -> bool:
        """It does not read the parent unit's data."""
        return False

    @property
    def over_time(self) -> bool:
        """It does not read the unit's data of other periods."""
        return False

    @property
    def peer_dependent(self) -> bool:
        """It does not read other units' data."""
        return False

    @property
    def one_sign(self) -> bool:
        """It does more than read, multiply and divide: values may cancel."""
        return False

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the largest value that it may give: any number."""
        return -math.inf, math.inf

    def entries(self, entry: Entry) -> Mapping[str, Entry]:
        """Return what may be entered for each variable, optional ones too, if not any number.

        Parameters
        ----------
        entry : Entry
            What the rule takes as the indicator's value.
        """
        return {}

    def spreadsheet_formula(self, cells: EntryCells) -> str | None:
        """Return the value as a formula of spreadsheet programs: it has no short one."""
        return None
