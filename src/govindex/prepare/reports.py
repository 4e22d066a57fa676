"""Reports of preparation steps: units left out, cells filled, divided and treated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from govindex.contracts import Float, Index, Report, Settled, Treatment
from govindex.errors import listing
from govindex.language import number_text, words
from govindex.model.error_reports import LostErrorsReport

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "DenominateReport",
    "GivenUp",
    "ImputeReport",
    "ScreenReport",
    "TreatReport",
    "Treated",
    "WrittenReport",
    "report_text",
]


def report_text(report: Report, language: str | None = None) -> str:
    """Return what a preparation step did, in words; a report of another class shows itself."""
    told = (
        *(ScreenReport, DenominateReport, ImputeReport, TreatReport),
        *(LostErrorsReport, WrittenReport),
    )
    return report.summary_in(language) if isinstance(report, told) else repr(report)


@attrs.frozen(eq=False)
class ScreenReport:
    """Availability of each unit (or variable), and whether it leaves.

    Parameters
    ----------
    step : object
        The step or analysis.
    of : str
        "unit" or "variable", as screened.
    names : tuple of str
        The units' codes, or the variables.
    missing, zero, applicable : array, shape (names,)
        How many cells are missing, how many are zero, and how many there could be.
    shares : mapping of str to array, shape (names,)
        "availability" and "nonzero", and the same for each dimension, "availability: health"; NaN
        where nothing applies.
    reasons : tuple of tuple of str
        The limits that each of them missed.
    leaves : tuple of bool
        Whether it leaves; one that is kept by name stays in spite of its reasons.
    """

    step: Any
    of: str
    names: tuple[str, ...]
    missing: Index
    zero: Index
    applicable: Index
    shares: dict[str, Float]
    reasons: tuple[tuple[str, ...], ...]
    leaves: tuple[bool, ...]

    @property
    def left(self) -> tuple[str, ...]:
        """The names of those that leave."""
        return tuple(n for n, leaves in zip(self.names, self.leaves, strict=True) if leaves)

    @property
    def frame(self) -> pd.DataFrame:
        """One row for each unit or variable, with the reasons."""
        import pandas as pd

        columns = {"missing": self.missing, "zero": self.zero, "applicable": self.applicable}
        table = pd.DataFrame({**columns, **self.shares}, index=pd.Index(self.names, name=self.of))
        table["leaves"] = self.leaves
        table["why"] = ["; ".join(reason) for reason in self.reasons]
        return table

    def summary_in(self, language: str | None = None) -> str:
        """Return how many leave and who they are, in words."""
        key = "screened_unit" if self.of == "unit" else "screened_variable"
        counts = {"left": len(self.left), "count": len(self.names)}
        text = words(f"preparation.{key}", language, **_counts(counts, language))
        return f"{text}: {listing(self.left)}" if self.left else text

    def __repr__(self) -> str:
        return f"<ScreenReport: {len(self.left)} of {len(self.names)} {self.of}s leave>"


@attrs.frozen(eq=False)
class DenominateReport:
    """The variables that were divided, and their denominators.

    Parameters
    ----------
    step : object
    rows : tuple of (variable, denominator, factor, cells)
        `cells` is how many cells were divided.
    """

    step: Any
    rows: tuple[tuple[str, str, float, int], ...]

    @property
    def frame(self) -> pd.DataFrame:
        """One row for each variable."""
        import pandas as pd

        columns = ["variable", "denominator", "factor", "cells"]
        return pd.DataFrame(list(self.rows), columns=columns).set_index("variable")

    def summary_in(self, language: str | None = None) -> str:
        """Return how many variables were divided, in words."""
        counts = _counts({"count": len(self.rows)}, language)
        return words("preparation.divided", language, **counts)

    def __repr__(self) -> str:
        return f"<DenominateReport: {len(self.rows)} variables>"


@attrs.frozen(eq=False)
class ImputeReport:
    """The cells that were filled, and their values.

    Parameters
    ----------
    step : object
    units, variables : tuple of str
        The codes of all units, and the variables of the step.
    before, after : array, shape (variables,)
        How many cells were missing.
    where : tuple of two arrays, shape (filled,)
        The filled cells, as indices of variables and of units.
    values : array, shape (filled,)
        Their new values.
    by : array of int, shape (filled,)
        The index of the fill that gave the value.
    fills : tuple
        The step's fill, and the one for the rest.
    """

    step: Any
    units: tuple[str, ...]
    variables: tuple[str, ...]
    before: Index
    after: Index
    where: tuple[Index, Index]
    values: Float
    by: Index
    fills: tuple[Any, ...]

    @property
    def frame(self) -> pd.DataFrame:
        """One row for each variable that had gaps: missing, filled and still missing."""
        import pandas as pd

        rows = np.flatnonzero(self.before)
        table = pd.DataFrame(
            {"missing": self.before[rows], "still_missing": self.after[rows]},
            index=pd.Index([self.variables[i] for i in rows], name="variable"),
        )
        for number, fill in enumerate(self.fills):
            counts = np.bincount(self.where[0][self.by == number], minlength=len(self.variables))
            table[repr(fill)] = counts[rows]
        return table

    @property
    def cells(self) -> pd.DataFrame:
        """One row for each filled cell: unit, variable, value and fill."""
        import pandas as pd

        rows, columns = self.where
        return pd.DataFrame(
            {
                "unit": [self.units[i] for i in columns],
                "variable": [self.variables[i] for i in rows],
                "value": self.values,
                "by": [repr(self.fills[i]) for i in self.by],
            }
        )

    def summary_in(self, language: str | None = None) -> str:
        """Return how many cells were filled, in words."""
        counts = {"filled": len(self.values), "missing": int(self.after.sum())}
        return words("preparation.filled", language, **_counts(counts, language))

    def __repr__(self) -> str:
        return f"<ImputeReport: {len(self.values)} cells filled, {int(self.after.sum())} missing>"


@attrs.frozen
class GivenUp:
    """A treatment that was tried and given up.

    Parameters
    ----------
    treatment : Settled or Treatment
        With its numbers; without them if it was impossible.
    left : tuple of (skewness, kurtosis) or None
        What it would have left; None if it was impossible, such as limits that leave one value.
    """

    treatment: Settled | Treatment
    left: tuple[float, float] | None

    def __str__(self) -> str:
        if self.left is None:
            return f"{self.treatment!r} (impossible)"
        return f"{self.treatment!r} (skewness {self.left[0]:.3g}, kurtosis {self.left[1]:.3g})"


@attrs.frozen
class Treated:
    """The treatment of one variable in one population.

    Parameters
    ----------
    variable : str
    group : str
        The league or period of the population; "" for all units.
    cells : int
        How many cells changed.
    by : tuple of Settled
        The treatments with their numbers; empty without treatment.
    before, after : tuple of (skewness, kurtosis)
        Adjusted for the sample; NaN for too few or equal values.
    given_up : tuple of GivenUp
        The treatments that were tried before.
    """

    variable: str
    group: str
    cells: int
    by: tuple[Settled, ...]
    before: tuple[float, float]
    after: tuple[float, float]
    given_up: tuple[GivenUp, ...] = ()

    @property
    def treatments(self) -> str:
        """The treatments, as text."""
        return ", then ".join(map(repr, self.by))


@attrs.frozen(eq=False)
class TreatReport:
    """The treatments of outliers.

    Parameters
    ----------
    step : object
    rows : tuple of Treated
        One for each variable and population, also without treatment.
    """

    step: Any
    rows: tuple[Treated, ...]

    @property
    def frame(self) -> pd.DataFrame:
        """One row for each variable and population: skewness, kurtosis and treatments.

        Where treatments were given up, `given_up` names them; `fine` says whether the variable is
        within the limits of the step.
        """
        import pandas as pd

        columns = {
            "group": [row.group for row in self.rows],
            "skewness": [row.before[0] for row in self.rows],
            "kurtosis": [row.before[1] for row in self.rows],
            "cells": [row.cells for row in self.rows],
            "by": [row.treatments for row in self.rows],
            "skewness_after": [row.after[0] for row in self.rows],
            "kurtosis_after": [row.after[1] for row in self.rows],
        }
        if any(row.given_up for row in self.rows):
            columns["given_up"] = ["; ".join(map(str, row.given_up)) for row in self.rows]
        fine = getattr(self.step, "fine", None)
        if fine is not None:
            columns["fine"] = [fine(*row.after) for row in self.rows]
        index = pd.Index([row.variable for row in self.rows], name="variable")
        table = pd.DataFrame(columns, index=index)
        return table if any(row.group for row in self.rows) else table.drop(columns="group")

    @property
    def remaining(self) -> tuple[Treated, ...]:
        """The variables and populations that are beyond the limits of the step."""
        fine = getattr(self.step, "fine", None)
        return () if fine is None else tuple(row for row in self.rows if not fine(*row.after))

    @property
    def _treated(self) -> int:
        return sum(bool(row.by) for row in self.rows)

    def summary_in(self, language: str | None = None) -> str:
        """Return how many variables were treated, and which remain beyond the limits, in words."""
        counts = _counts({"treated": self._treated, "count": len(self.rows)}, language)
        text = words("preparation.treated", language, **counts)
        names = dict.fromkeys(row.variable for row in self.remaining)
        if not names:
            return text
        return text + words("preparation.remaining", language, names=listing(names))

    def __repr__(self) -> str:
        return f"<TreatReport: {self._treated} of {len(self.rows)} variables treated>"


@attrs.frozen(eq=False)
class WrittenReport:
    """A report that was read from a document.

    Parameters
    ----------
    step : str
        The step, as text.
    texts : mapping of language to str
        What the step did.
    frame : DataFrame
        The changes.
    """

    step: str
    texts: Mapping[str, str]
    frame: pd.DataFrame

    def summary_in(self, language: str | None = None) -> str:
        """Return what the step did, in words; in English if there are none in the language."""
        return self.texts.get(language or "en") or next(iter(self.texts.values()), self.step)

    def __repr__(self) -> str:
        return f"<WrittenReport: {self.summary_in()}>"


def _counts(counts: Mapping[str, int], language: str | None) -> dict[str, str]:
    return {name: number_text(count, language) for name, count in counts.items()}
