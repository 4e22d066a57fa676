"""Counts by unit and period, with a status for each, and what was left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import numpy.typing as npt

from govindex.checks import among, shown
from govindex.contracts import CellStatus, Float, Status
from govindex.errors import DataError, UnknownNameError, listing, near_miss
from govindex.mappings import FrozenMap
from govindex.model.observations import Observations
from govindex.model.units import Unit, Units
from govindex.periods import parts_of_year

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Counts"]


@attrs.frozen(eq=False, repr=False)
class Counts:
    """What :func:`count` found, by unit, period and variable.

    Parameters
    ----------
    units : tuple of str
        Sorted; parents are among them.
    periods : tuple of str or None
        The earliest first; None for records without a period.
    variables : tuple of str
    values : array of float, shape (units, periods, variables)
        NaN exactly where a value is absent.
    status : array of CellStatus, shape (units, periods, variables)
        Missing where a unit has no record in a period (or 0, with ``silent="zero"``); not
        applicable for the mean of no records.
    records : array of int, shape (units, periods)
        How many records a unit has in a period, whether they count or not.
    parents : mapping of str to str
        The parent of each unit that has one.
    gaps : DataFrame
        column, unit, records: missing cells that leave a condition undecided; such records do not
        count. Columns that are declared with ``null=True`` are not listed.
    left_out : DataFrame
        variable, cause, records: records that were left out of a variable, since a unit, a date or
        a number lacks, or the end is before the start.
    whole : tuple of bool
        By variable, whether its values are whole numbers.
    query : callable
        Returns what :meth:`sql` does.
    """

    units: tuple[str, ...]
    periods: tuple[str | None, ...]
    variables: tuple[str, ...]
    values: Float
    status: Status
    records: npt.NDArray[np.int64]
    parents: FrozenMap[str, str]
    gaps: pd.DataFrame
    left_out: pd.DataFrame
    whole: tuple[bool, ...]
    query: Callable[[], str]

    @property
    def frame(self) -> pd.DataFrame:
        """The values as a table: unit, period (if there are any), records, and the variables.

        Absent values are missing (``<NA>`` or NaN); one row per unit and period.
        """
        import pandas as pd

        count = len(self.periods)
        table: dict[str, Any] = {"unit": np.repeat(np.array(self.units, dtype=object), count)}
        if self.periods != (None,):
            table["period"] = list(self.periods) * len(self.units)
        table["records"] = self.records.reshape(-1)
        for column, name in enumerate(self.variables):
            values = pd.Series(self.values[:, :, column].reshape(-1))
            table[name] = values.astype("Int64") if self.whole[column] else values
        return pd.DataFrame(table)

    def value(self, unit: str, variable: str, period: str | None = None) -> float | None:
        """Return one value; None if it is absent.

        Parameters
        ----------
        unit, variable : str
        period : str, optional
            Needed if there are several.

        Raises
        ------
        UnknownNameError
            If there is no such unit, variable or period.
        """
        wanted = self.periods[0] if period is None and len(self.periods) == 1 else period
        at = []
        for what, name, known in (
            ("unit", unit, self.units),
            ("period", wanted, self.periods),
            ("variable", variable, self.variables),
        ):
            if not (name is None or isinstance(name, str)) or name not in known:
                listed = near_miss(name, known)
                raise UnknownNameError(f"there is no {what} {shown(name)}: {listed}")
            at.append(known.index(name))
        found = float(self.values[tuple(at)])
        return None if np.isnan(found) else found

    def observations(
        self, *, period: str | None = None, units: Iterable[Unit] | None = None
    ) -> Observations:
        """Return the values as the data of an index, each with its status.

        Parameters
        ----------
        period : str, optional
            One of the periods; by default all, which make a panel of years, quarters or months.
        units : iterable of Unit, optional
            The units with their fields, such as names and leagues; a unit without counts is
            missing. By default the units of the counts, with their parents.

        Raises
        ------
        UnknownNameError
            If there is no such period, or a unit of the counts is not among `units`.
        DataError
            If the periods are days, which make no panel.

        Examples
        --------
        >>> import pandas as pd
        >>> from govindex.records import Count, count
        >>> dossiers = pd.DataFrame({"unit": [*"AAB"]})
        >>> found = count(dossiers, {"received": Count()}, unit="unit")
        >>> found.observations().value("A", "received")
        2.0
        """
        if period is not None:
            if not among(period, self.periods):
                known = near_miss(period, self.periods)
                raise UnknownNameError(f"there is no period {shown(period)}: {known}")
            return self._of_period(self.periods.index(period), units)
        if len(self.periods) == 1:
            return self._of_period(0, units)
        days = [each for each in self.periods if each is None or parts_of_year(each) is None]
        if days:
            raise DataError(
                f"days make no panel, which has years, quarters or months: take one of "
                f"{listing(days, shown=3)} with observations(period=…)"
            )
        given = None if units is None else list(units)
        parts = {str(p): self._of_period(i, given, panel=True) for i, p in enumerate(self.periods)}
        return Observations.panel(parts)

    def _of_period(
        self, row: int, units: Iterable[Unit] | None, *, panel: bool = False
    ) -> Observations:
        if units is None:
            known = Units.of([Unit(code, parent=self.parents.get(code)) for code in self.units])
        else:
            known = Units.of(units)
        rows = [known.locate(code) for code in self.units]
        shape = (len(known), len(self.variables))
        values, status = np.full(shape, np.nan), np.full(shape, CellStatus.MISSING, dtype=np.uint8)
        values[rows], status[rows] = self.values[:, row], self.status[:, row]
        named = None if panel else self.periods[row]
        spelled = named if named is not None and parts_of_year(named) is not None else None
        return Observations(known, self.variables, values, status, period=spelled)

    def sql(self) -> str:
        """Return what the engine ran, as SQL; columns are numbered in it, and named above it.

        Raises
        ------
        SettingError
            If the engine has no SQL: it is shown for DuckDB (also of files), SQLFrame and Ibis, and
            the plan for PySpark.
        """
        return self.query()

    def __repr__(self) -> str:
        spans = [period for period in self.periods if period is not None]
        several = f"{len(spans)} periods from {spans[0]} to {spans[-1]}" if spans else ""
        when = f" in {several if len(spans) > 1 else spans[0]}" if spans else ""
        return (
            f"<Counts: {int(self.records[self._own].sum()):,} records of {len(self.units)} units"
            f"{when}: {listing(self.variables)}>"
        )

    @property
    def _own(self) -> list[int]:
        """The rows of units that are below no other: all records are counted there once."""
        return [row for row, code in enumerate(self.units) if code not in self.parents]

    def __str__(self) -> str:
        notes = []
        for table, what in (
            (self.left_out, "left out of '{}': {} ({:,} records)"),
            (
                self.gaps,
                "column '{}' is missing at unit '{}' in {:,} records, which stay undecided",
            ),
        ):
            rows = list(table.itertuples(index=False))
            notes += [what.format(*row) for row in rows[:5]]
            notes += [f"… and {len(rows) - 5} more"] * (len(rows) > 5)
        return "\n".join([repr(self), str(self.frame), *notes])
