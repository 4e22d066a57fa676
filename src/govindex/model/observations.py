"""Units × variables, with a status for every cell and every stage of assessment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import attrs
import numpy as np

from govindex.contracts import ABSENCE_STARTS, CellStatus, Float, Report, Status
from govindex.errors import (
    DataError,
    Problems,
    SettingError,
    UnknownNameError,
    listing,
    near_miss,
)
from govindex.kernels.reductions import all_finite
from govindex.mappings import FrozenMap
from govindex.model.joining import answer_problems, joined
from govindex.model.merging import merged
from govindex.model.panels import balanced_rows, out_of_period
from govindex.model.reading import common_answers, read_long, read_wide, unknown_units
from govindex.model.units import Unit, Units
from govindex.notation import Notation, composed
from govindex.periods import parts_of_year, sorted_periods

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Observations", "Stage"]


def _read_only(array: Any) -> Any:
    array = np.asarray(array)
    if array.flags.writeable:  # whoever made it may still write to it
        array = array.copy(order="K")
        array.flags.writeable = False
    return array


def _floats(values: Any) -> Float:
    try:
        return np.asarray(_read_only(np.asarray(values, dtype=np.float64)))
    except (TypeError, ValueError) as error:
        raise DataError(f"values are an array of numbers, units × variables: {error}") from error


def _codes(status: Any) -> Status:
    found = np.asarray(status)
    last = int(max(CellStatus))
    if found.dtype.kind not in "iu" or (found.size and not 0 <= found.min() <= found.max() <= last):
        raise DataError(f"a status is a CellStatus: a whole number from 0 to {last}")
    return np.asarray(_read_only(found.astype(np.uint8, copy=False)))


def _levels(levels: Mapping[str, Iterable[str]]) -> FrozenMap[str, tuple[str, ...]]:
    return FrozenMap({_name(variable): _strings(texts) for variable, texts in levels.items()})


def _as_units(units: Units | Iterable[Unit]) -> Units:
    return units if isinstance(units, Units) else Units.of(units)


def _stages(stages: Iterable[Stage]) -> tuple[Stage, ...]:
    return tuple(stages)


def _reports(reports: Iterable[Report]) -> tuple[Report, ...]:
    return tuple(reports)


def _as_notation(notation: Any) -> Notation:
    if notation is None or isinstance(notation, Notation):
        return notation or Notation()
    raise SettingError(
        f"notation is gi.Notation(missing=…, not_applicable=…, numbers=…), not {notation!r}"
    )


def _name(name: str) -> str:
    return composed(name) if isinstance(name, str) else name  # what is no text is refused later


def _strings(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(_name, (names,) if isinstance(names, str) else names))


@attrs.frozen(eq=False)
class Stage:
    """What one stage of assessment reported: self-assessed, verified, appealed.

    Parameters
    ----------
    name : str
        The stage.
    values : array, shape (units, variables)
        NaN where the stage says nothing.
    status : array of CellStatus, shape (units, variables)
    """

    name: str
    values: Float = attrs.field(converter=_floats)
    status: Status = attrs.field(converter=_codes)


@attrs.frozen(eq=False, slots=False)
class Observations:
    """The data of an index: one number or answer per unit and variable, and its status.

    Parameters
    ----------
    units : Units or iterable of Unit
        The assessed bodies, in the order of the rows.
    variables : sequence of str
        In the order of the columns.
    values : array of float, shape (units, variables)
        NaN exactly where a cell is missing or not applicable; the number of the text where the
        variable holds answers.
    status : array of CellStatus, shape (units, variables), optional
        By default reported, and missing where NaN.
    levels : mapping of variable to tuple of str
        The answers of text variables.
    period : str, optional
        "2026", "2026-Q3", "2026-09" …: what all of the data are about. In a panel the rows say it,
        as ``units.periods``.
    stages : sequence of Stage
        The stages behind the cells, the earliest first; the last that says something counts.
    stage : str, optional
        The stage at which the cells stand.
    reports : sequence of Report
        What preparation steps did to the cells, the first step first. The stages are as reported.

    Raises
    ------
    DataError
        With every problem found: wrong shapes, infinite values, values that are both absent and
        given, doubled variables.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"unit": ["A", "B"], "days": [3, None]})
    >>> data = Observations.from_frame(frame, unit="unit")
    >>> data.cell("B", "days").name
    'MISSING'
    """

    units: Units = attrs.field(converter=_as_units)
    variables: tuple[str, ...] = attrs.field(converter=_strings)
    values: Float = attrs.field(converter=_floats)
    status: Status = attrs.field(default=None, converter=attrs.converters.optional(_codes))
    levels: FrozenMap[str, tuple[str, ...]] = attrs.field(
        factory=FrozenMap, converter=_levels, kw_only=True
    )
    period: str | None = attrs.field(default=None, kw_only=True)
    stages: tuple[Stage, ...] = attrs.field(default=(), converter=_stages, kw_only=True)
    stage: str | None = attrs.field(default=None, kw_only=True)
    reports: tuple[Report, ...] = attrs.field(default=(), converter=_reports, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if self.status is None:
            missing = np.isnan(self.values) * np.uint8(CellStatus.MISSING)
            object.__setattr__(self, "status", _read_only(missing))
        problems = Problems()
        problems.extend(self._variable_problems())
        if self.period is not None and not isinstance(self.period, str):
            problems.add(f"the period is a text such as '2026-Q3', not {self.period!r}")
        if self.period is not None and self.units.periods is not None:
            problems.add(f"the rows have periods of their own beside the period '{self.period}'")
        problems.extend(self._shape_problems())
        problems.raise_any(DataError, "The observations cannot be used")
        self._check_cells(problems)
        problems.raise_any(DataError, "The observations cannot be used")

    def _variable_problems(self) -> Iterator[str]:
        if not self.variables:
            yield "there are no variables"
        seen: set[Any] = set()
        for name in self.variables:
            if not isinstance(name, str) or not name.strip():
                yield f"a variable's name is a text that is not blank, not {name!r}"
            elif name in seen:
                yield f"variable '{name}' stands there more than once"
            else:
                seen.add(name)
        for name in self.levels:
            if name not in self.variables:
                known = near_miss(name, self.variables)
                yield f"there are answers of '{name}', which is no variable: {known}"

    def _shape_problems(self) -> Iterator[str]:
        shape = (len(self.units), len(self.variables))
        arrays: list[tuple[str, Any]] = [("values", self.values), ("status", self.status)]
        for stage in self.stages:
            arrays.append((f"values of stage '{stage.name}'", stage.values))
            arrays.append((f"status of stage '{stage.name}'", stage.status))
        for what, array in arrays:
            if array.shape != shape:
                yield f"{what} have shape {array.shape}, expected {shape}: units × variables"

    def _check_cells(self, problems: Problems) -> None:
        for name, texts in self.levels.items():
            numbers = self.values[:, self.variables.index(name)]
            known = np.isnan(numbers) | np.isin(numbers, np.arange(len(texts)))
            for row in np.flatnonzero(~known).tolist():
                problems.add(
                    f"{numbers[row]:g} is the number of no answer, there are {len(texts)}",
                    code="cell.answer",
                    unit=self.units.codes[row],
                    variable=name,
                    found=f"{numbers[row]:g}",
                )
        if all_finite(self.values) and self.status.max(initial=0) < ABSENCE_STARTS:
            return
        infinite = np.isinf(self.values)
        crossed = np.isnan(self.values) != (self.status >= ABSENCE_STARTS)
        belongs = "NaN belongs to missing or not applicable cells"
        for mask, code, what in (
            (infinite, "cell.infinite", "the value is infinite"),
            (crossed, "cell.status", f"value and status disagree: {belongs}"),
        ):
            if mask.any():
                for row, column in np.argwhere(mask).tolist():
                    problems.add(
                        what,
                        code=code,
                        unit=self.units.codes[row],
                        variable=self.variables[column],
                    )

    def __repr__(self) -> str:
        absent = self.status >= ABSENCE_STARTS
        rows = f"{len(self.units)} units"
        if self.is_panel:
            bodies = len(set(self.units.bodies))
            rows = f"{bodies} units in {len(self.periods)} periods, {len(self.units)} rows"
        return (
            f"<Observations: {rows} × {len(self.variables)} variables"
            f"{f', period {self.period}' if self.period else ''}"
            f"{f', stage {self.stage}' if self.stage else ''}"
            f", {int(absent.sum())} cells absent>"
        )

    # -- from frames --------------------------------------------------------------------------

    @classmethod
    def from_frame(
        cls,
        frame: Any,
        *,
        unit: str | None = None,
        name: str | None = None,
        league: str | None = None,
        type: str | None = None,
        parent: str | None = None,
        ranked: str | None = None,
        attributes: Sequence[str] = (),
        variables: Sequence[str] | None = None,
        notation: Notation | None = None,
        period: str | None = None,
        fill_down: Sequence[str] = (),
    ) -> Observations:
        """Read a wide frame: one row per unit, one column per variable.

        In a panel there is one row per unit and period.

        Parameters
        ----------
        frame : data frame
            pandas, Polars, pyarrow, a DuckDB relation …
        unit : str, optional
            The column of unit codes; by default the pandas index, else the first column. A column
            of numbers, or one that counts the rows (STT, TT, No., #), is taken for codes only if it
            is named here, or called unit, code or id.
        name, league, type, parent, ranked : str, optional
            Columns of the units' other fields; `ranked` holds true or false. No league, type or
            parent is blank, but the parent of units that are parents themselves: a unit that has
            none says so ("n/a", or what `notation` declares as not applicable).
        attributes : sequence of str
            Columns kept as attributes of the units.
        variables : sequence of str, optional
            The columns to read; by default all others.
        notation : Notation, optional
            What cells mean: codes for missing and not applicable, how numbers are written.
        period : str, optional
            "2026", "2026-Q3", "2026-09" …: what all rows are about; or the name of a column of such
            periods, which makes a panel. What is spelled as a period is one, also if a column has
            that name.
        fill_down : sequence of str
            Columns that describe units (league, period, the unit itself …) whose blank cells take
            the text of the cell above, as merged cells leave them. Figures are never filled down.

        Raises
        ------
        DataError
            With every problem of the frame: columns that do not exist, doubled units, texts
            between numbers, infinite values; unit and variable are named. Names and texts that
            differ in their Unicode form only (NFC, NFD) are the same.

        Examples
        --------
        >>> import pandas as pd
        >>> frame = pd.DataFrame({"unit": ["A", "A"], "year": [2025, 2026], "days": [5, 3]})
        >>> Observations.from_frame(frame, unit="unit", period="year").value("A@2026", "days")
        3.0
        """
        fields = {"names": name, "leagues": league, "types": type, "parents": parent}
        wide = read_wide(
            frame,
            unit,
            {**fields, "ranked": ranked, "periods": period},
            _strings(attributes),
            None if variables is None else _strings(variables),
            _as_notation(notation),
            _strings(fill_down),
        )
        cells = wide.cells
        return cls(
            wide.units,
            wide.variables,
            cells.values.T,
            cells.status.T,
            levels=cells.levels,
            period=wide.period,
        )

    @classmethod
    def from_long(
        cls,
        frame: Any,
        *,
        unit: str = "unit",
        variable: str = "variable",
        value: str = "value",
        stage: str | None = None,
        units: Iterable[Unit] | None = None,
        notation: Notation | None = None,
        period: str | None = None,
    ) -> Observations:
        """Read a long frame: one row per cell.

        Parameters
        ----------
        frame : data frame
        unit, variable, value : str
            Columns of the unit's code, the variable's name and the value.
        stage : str, optional
            Column of the stage; stages count in the order of their first row.
        units : iterable of Unit, optional
            The units with all their fields; by default the codes found. In a panel each stands in
            the periods that have rows of it.
        notation, period
            As in :meth:`from_frame`.

        Raises
        ------
        DataError
            With every problem of the frame; a cell that stands there twice is one.
        """
        columns = {"unit": unit, "variable": variable, "value": value, "stage": stage}
        columns["periods"] = period
        every = None if units is None else _as_units(units)
        long = read_long(frame, columns, every, _as_notation(notation))
        stages = [Stage(n, v, s) for n, v, s in zip(*long.stages, strict=True)]
        built = cls._of_stages(long.units, long.variables, stages, long.levels, long.period)
        return built if stage else attrs.evolve(built, stages=(), stage=None)

    @classmethod
    def from_stages(cls, stages: Mapping[str, Observations]) -> Observations:
        """Put the stages of one assessment together, the earliest first.

        A later stage overrides an earlier one where it says something; where it is blank the
        earlier value stands. All stages have the same units, variables and period.

        Raises
        ------
        DataError
            With every way in which the stages do not fit together.
        """
        if not stages:
            raise DataError("give at least one stage")
        first_name, first = next(iter(stages.items()))
        cls._require(stages, "stage")
        problems = Problems()
        for name, data in stages.items():
            if data.units.codes != first.units.codes:
                problems.add(
                    f"stage '{name}' has other units than '{first_name}', or another order"
                )
            if data.variables != first.variables:
                problems.add(f"stage '{name}' has other variables than '{first_name}'")
            if data.period != first.period:
                problems.add(f"stage '{name}' has another period than '{first_name}'")
        problems.raise_any(DataError, "The stages do not fit together")
        every = list(stages.values())
        problems.extend(answer_problems(stages, "stage"))
        problems.raise_any(DataError, "The stages do not fit together")
        levels, values = common_answers(
            first.variables, [data.levels for data in every], [data.values for data in every]
        )
        parts = [Stage(n, v, d.status) for (n, d), v in zip(stages.items(), values, strict=True)]
        return cls._of_stages(first.units, first.variables, parts, levels, first.period)

    @classmethod
    def panel(cls, periods: Mapping[str, Observations]) -> Observations:
        """Put the data of several periods together, each row a unit in a period.

        Parameters
        ----------
        periods : mapping of str to Observations
            By period: "2026", "2026-Q3", "2026-09" …, all of one kind. Units may come and go; the
            variables are the same.

        Returns
        -------
        Observations
            Period by period, the earliest first; the rows of unit H38 are "H38@2025" and so on.

        Raises
        ------
        DataError
            With every way in which the periods do not fit together.

        Examples
        --------
        >>> import pandas as pd
        >>> days = {"2025": [5, 7], "2026": [3, 7]}
        >>> data = Observations.panel({
        ...     year: Observations.from_frame(pd.DataFrame({"unit": ["A", "B"], "days": found}))
        ...     for year, found in days.items()
        ... })
        >>> data.periods, data.at_period("2026").value("A", "days")
        (('2025', '2026'), 3.0)
        """
        cls._require(periods, "period")
        fields, stages = joined(periods)
        return cls(**fields, stages=[Stage(*stage) for stage in stages])

    @classmethod
    def _require(cls, parts: Mapping[str, Any], what: str) -> None:
        problems = Problems()
        for name, data in parts.items():
            if not isinstance(data, Observations):
                problems.add(f"{what} '{name}' is {type(data).__name__}, not Observations")
        problems.raise_any(DataError, f"The {what}s do not fit together")

    @classmethod
    def _of_stages(
        cls,
        units: Units,
        variables: tuple[str, ...],
        stages: Sequence[Stage],
        levels: Mapping[str, tuple[str, ...]],
        period: str | None,
    ) -> Observations:
        values, status = stages[0].values, stages[0].status
        for later in stages[1:]:
            said = later.status != CellStatus.MISSING
            values = np.where(said, later.values, values)
            status = np.where(said, later.status, status)
        return cls(
            units,
            variables,
            values,
            status,
            levels=levels,
            period=period,
            stages=stages,
            stage=stages[-1].name,
        )

    # -- looking ------------------------------------------------------------------------------

    def place(self, variable: str) -> int:
        """Return the column of a variable.

        Raises
        ------
        UnknownNameError
            If the data do not hold it.
        """
        try:
            return self.variables.index(_name(variable))
        except ValueError:
            message = f"there is no variable '{variable}': {near_miss(variable, self.variables)}"
            raise UnknownNameError(message) from None

    def cell(self, unit: str, variable: str) -> CellStatus:
        """Return the status of a cell, by the unit's code or name."""
        return CellStatus(int(self.status[self.units.locate(unit), self.place(variable)]))

    def value(self, unit: str, variable: str) -> float | str | None:
        """Return the number or the answer in a cell, None where it is absent."""
        column = self.place(variable)
        number = float(self.values[self.units.locate(unit), column])
        if np.isnan(number):
            return None
        texts = self.levels.get(self.variables[column])
        return number if texts is None else texts[int(number)]

    @property
    def frame(self) -> pd.DataFrame:
        """The cells as a pandas frame, units × variables; answers as text."""
        import pandas as pd

        frame = pd.DataFrame(
            self.values, index=pd.Index(self.units.codes, name="unit"), columns=list(self.variables)
        )
        for variable, texts in self.levels.items():
            codes = frame[variable]
            frame[variable] = [None if np.isnan(c) else texts[int(c)] for c in codes]
        return frame

    def _repr_html_(self) -> str:
        return str(self.frame._repr_html_())  # type: ignore[operator]

    @property
    def parts_of_year(self) -> int | None:
        """How many such periods make a year: 1, 4 or 12; None if the period does not say."""
        return parts_of_year(self.periods[0]) if self.periods else None

    @property
    def is_panel(self) -> bool:
        """Whether the rows are units in periods."""
        return self.units.periods is not None

    @property
    def periods(self) -> tuple[str, ...]:
        """What the data are about: a panel's periods, the earliest first, or the one period."""
        if self.units.periods is not None:
            return sorted_periods(self.units.periods)
        return () if self.period is None else (self.period,)

    # -- deriving -----------------------------------------------------------------------------

    def at_stage(self, name: str) -> Observations:
        """Return the data as they stood when a stage was over.

        Raises
        ------
        UnknownNameError
            If there is no such stage.
        """
        names = [stage.name for stage in self.stages]
        if name not in names:
            raise UnknownNameError(f"there is no stage '{name}': {near_miss(name, names)}")
        until = self.stages[: names.index(name) + 1]
        return self._of_stages(self.units, self.variables, until, self.levels, self.period)

    def at_period(self, period: str) -> Observations:
        """Return the data of one period, under the codes of the units themselves.

        Raises
        ------
        UnknownNameError
            If the data hold no such period.
        """
        if period not in self.periods:
            known = near_miss(period, self.periods)
            raise UnknownNameError(f"there is no period '{period}': {known}")
        if self.units.periods is None:
            return self
        places = np.flatnonzero(np.array(self.units.periods) == period)
        units = out_of_period(self.units, places, period)
        return attrs.evolve(self._at(places, units), period=period)

    def balanced(self, how: Literal["common", "all"]) -> Observations:
        """Return a panel with the same units in every period.

        Parameters
        ----------
        how : {"common", "all"}
            Keep the units that stand in every period; or give all units a row in each, whose cells
            are missing and whose fields are those of the nearest earlier row, else of the next one.

        Returns
        -------
        Observations
            Period by period, the earliest first.

        Raises
        ------
        DataError
            If the data are no panel, or no unit stands in every period.
        """
        if how not in ("common", "all"):
            raise SettingError(f"how is 'common' or 'all', not {how!r}")
        if not self.is_panel:
            raise DataError("only a panel can be balanced; Observations.panel(…) makes one")
        units, places = balanced_rows(self.units, how)
        return self._at(places, units)

    def take(self, units: Iterable[str]) -> Observations:
        """Return the data of some units, by code or name, in the order given.

        In a panel a unit's own code stands for its rows in all periods.
        """
        found = [place for unit in units for place in self.units.locate_all(unit)]
        places = np.array(found, dtype=np.intp)
        return self._at(places, self.units.take(places))

    def _at(self, places: Any, units: Units) -> Observations:
        """Return the rows at these places as the data of `units`; a place of -1 is missing."""
        none = (places < 0)[:, None]

        def picked(values: Float, status: Status) -> tuple[Float, Status]:
            values, status = values[places], status[places]
            if none.any():
                values = np.where(none, np.nan, values)
                status = np.where(none, np.uint8(CellStatus.MISSING), status)
            return values, status

        values, status = picked(self.values, self.status)
        stages = tuple(Stage(s.name, *picked(s.values, s.status)) for s in self.stages)
        return attrs.evolve(self, units=units, values=values, status=status, stages=stages)

    def roll_up(
        self,
        mapping: Mapping[str, str],
        how: Literal["mean", "sum"] = "mean",
        *,
        weights: str | None = None,
        units: Iterable[Unit] | None = None,
    ) -> Observations:
        """Merge units: new units whose values are means or sums of the old ones'.

        Parameters
        ----------
        mapping : mapping of str to str
            Old unit's code → new unit's code; units that are not named are left out.
        how : {"mean", "sum"}
        weights : str, optional
            A variable that weights the mean.
        units : iterable of Unit, optional
            The new units with their fields; by default their codes.

        Raises
        ------
        DataError
            If a cell to be merged is absent or an answer, or a weight is absent or negative.

        Examples
        --------
        >>> import pandas as pd
        >>> frame = pd.DataFrame({"unit": ["A", "B"], "points": [6.0, 8.0]})
        >>> data = Observations.from_frame(frame)
        >>> data.roll_up({"A": "all", "B": "all"}).value("all", "points")
        7.0
        """
        if self.is_panel:
            return self._rolled_up_by_period(mapping, how, weights, units)
        new, values, status = merged(self, mapping, how, weights, units)
        return Observations(
            new, self.variables, values, status, period=self.period, reports=self.reports
        )

    def _rolled_up_by_period(
        self, mapping: Mapping[str, str], how: str, weights: str | None, units: Any
    ) -> Observations:
        problems = Problems()
        problems.extend(unknown_units(mapping, dict.fromkeys(self.units.bodies)))
        every = None if units is None else list(units)
        if every is not None and {unit.code for unit in every} != set(mapping.values()):
            problems.add(
                f"the merged units are {listing(dict.fromkeys(mapping.values()))}, but `units` "
                f"describes {listing(unit.code for unit in every)}"
            )
        if not mapping:
            problems.add("no unit is merged into another")
        problems.raise_any(DataError, "The units cannot be merged")
        found = {}
        for period in self.periods:
            data = self.at_period(period)
            own = {old: new for old, new in mapping.items() if old in data.units.codes}
            if own:
                chosen = None if every is None else [u for u in every if u.code in own.values()]
                new, values, status = merged(data, own, how, weights, chosen)
                found[period] = Observations(new, self.variables, values, status, period=period)
        return attrs.evolve(Observations.panel(found), reports=self.reports)
