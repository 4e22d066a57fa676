"""Units × variables, with a status for every cell and every stage of assessment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import attrs
import numpy as np

from govindex.checks import among, instance_of, mapping_of, names_of, text, tuple_of
from govindex.contracts import Bool, CellStatus, Float, Report, Status, is_absent
from govindex.errors import (
    DataError,
    Problem,
    Problems,
    SettingError,
    UnknownNameError,
    listing,
    near_miss,
)
from govindex.kernels.reductions import all_finite
from govindex.mappings import FrozenMap
from govindex.model.arrays import as_floats, as_mask, as_statuses, dense, read_only
from govindex.model.joining import answer_problems, joined
from govindex.model.merging import merged
from govindex.model.panels import balanced_rows, out_of_period
from govindex.model.reading import (
    Wide,
    check_columns,
    common_answers,
    read_long,
    read_wide,
    read_wide_stages,
    unknown_units,
)
from govindex.model.stages import (
    Stage,
    check_stage_settings,
    fallback_order,
    fallen_cells,
    merged_stages,
    picked,
    sources,
    withheld,
)
from govindex.model.units import Unit, Units
from govindex.names import as_code
from govindex.notation import Notation
from govindex.periods import parts_of_year, sorted_periods, spelling_problem

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Observations", "Stage"]


def _levels(levels: Mapping[str, Iterable[str]]) -> FrozenMap[str, tuple[str, ...]]:
    return FrozenMap(
        {
            as_code(variable): _strings(texts)
            for variable, texts in mapping_of(levels, "levels").items()
        }
    )


def _as_units(units: Units | Iterable[Unit]) -> Units:
    return units if isinstance(units, Units) else Units.of(units)


def _stages(stages: Iterable[Stage]) -> tuple[Stage, ...]:
    given = tuple_of(stages, "stages", "stages")
    return tuple(instance_of(stage, Stage, "a stage") for stage in given)


def _reports(reports: Iterable[Report]) -> tuple[Report, ...]:
    return tuple_of(reports, "reports", "reports of steps")


def _as_notation(notation: Any) -> Notation:
    if notation is None or isinstance(notation, Notation):
        return notation or Notation()
    raise SettingError(
        f"notation is gi.Notation(missing=…, not_applicable=…, numbers=…), not {notation!r}"
    )


def _rows_of(units: Units, codes: Iterable[str]) -> Any:
    """Return where units of these codes stand, -1 for those that do not."""
    row = {code: i for i, code in enumerate(units.codes)}
    return np.array([row.get(as_code(code), -1) for code in codes], dtype=np.intp)


def _strings(names: Iterable[str]) -> tuple[str, ...]:
    # What is no text is refused later.
    return tuple(map(as_code, tuple_of(names, "what is named", "a name or several names")))


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
        NaN exactly where a cell is absent: missing, not applicable or suppressed; the number of the
        text where the variable holds answers.
    status : array of CellStatus, shape (units, variables), optional
        By default reported, and missing where NaN.
    levels : mapping of variable to tuple of str
        The answers of text variables.
    period : str, optional
        "2026", "2026-Q3", "2026-09" …: what all of the data are about. In a panel the rows say it,
        as ``units.periods``.
    stages : sequence of Stage
        The stages behind the cells, the earliest first; the last one counts.
    stage : str, optional
        The stage at which the cells stand.
    fall_back : sequence of str
        The earlier stages that cells fell back to where the last one is blank, the first choice
        first.
    treated : array of bool, shape (units, variables), optional
        The cells whose value was treated; by default none.
    raw : array of float, shape (treated cells,)
        What the treated cells were before, row by row.
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
    values: Float = attrs.field(converter=as_floats)
    status: Status = attrs.field(default=None, converter=attrs.converters.optional(as_statuses))
    levels: FrozenMap[str, tuple[str, ...]] = attrs.field(
        factory=FrozenMap, converter=_levels, kw_only=True
    )
    period: str | None = attrs.field(default=None, kw_only=True)
    stages: tuple[Stage, ...] = attrs.field(default=(), converter=_stages, kw_only=True)
    stage: str | None = attrs.field(default=None, validator=text, kw_only=True)
    reports: tuple[Report, ...] = attrs.field(default=(), converter=_reports, kw_only=True)
    fall_back: tuple[str, ...] = attrs.field(default=(), converter=_strings, kw_only=True)
    treated: Bool = attrs.field(default=None, converter=as_mask, kw_only=True)
    raw: Float = attrs.field(default=(), converter=as_floats, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if self.status is None:
            missing = np.isnan(self.values) * np.uint8(CellStatus.MISSING)
            object.__setattr__(self, "status", read_only(missing))
        if self.treated is None:
            object.__setattr__(self, "treated", read_only(np.zeros(self.values.shape, dtype=bool)))
            object.__setattr__(self, "raw", as_floats(()))
        problems = Problems()
        problems.extend(self._variable_problems())
        if self.period is not None and not isinstance(self.period, str):
            problems.add(f"the period is a text such as '2026-Q3', not {self.period!r}")
        elif self.period is not None and (said := spelling_problem(self.period)) is not None:
            problems.add(said)
        if self.period is not None and self.units.periods is not None:
            problems.add(f"the rows have periods of their own beside the period '{self.period}'")
        problems.extend(self._shape_problems())
        problems.raise_any(DataError, "The observations cannot be used")
        self._check_cells(problems)
        problems.raise_any(DataError, "The observations cannot be used")

    def _variable_problems(self) -> Iterator[str]:
        if not self.variables:
            yield Problem("there are no variables", code="variable.nothing")
        seen: set[Any] = set()
        for name in self.variables:
            if not isinstance(name, str) or not name.strip():
                yield f"a variable's name is a text that is not blank, not {name!r}"
            elif name in seen:
                said = f"variable '{name}' stands there more than once"
                yield Problem(said, code="variable.twice", variable=name)
            else:
                seen.add(name)
        for name in self.levels:
            if name not in self.variables:
                known = near_miss(name, self.variables)
                said = f"there are answers of '{name}', which is no variable: {known}"
                yield Problem(said, code="variable.unknown")

    def _shape_problems(self) -> Iterator[str]:
        shape = (len(self.units), len(self.variables))
        arrays: list[tuple[str, Any]] = [("values", self.values), ("status", self.status)]
        arrays.append(("treated", self.treated))
        for stage in self.stages:
            arrays.append((f"values of stage '{stage.name}'", stage.values))
            arrays.append((f"status of stage '{stage.name}'", stage.status))
        for what, array in arrays:
            if array.shape != shape:
                said = f"{what} have shape {array.shape}, expected {shape}: units × variables"
                yield Problem(said, code="values.shape")
        count = np.count_nonzero(self.treated)
        if self.raw.shape != (count,):
            yield f"there are {count} treated cells, but raw values of shape {self.raw.shape}"

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
        if all_finite(self.values) and not is_absent(self.status).any():
            return
        infinite = np.isinf(self.values)
        absent = is_absent(self.status)
        crossed = np.isnan(self.values) != absent
        belongs = "NaN belongs to absent cells, and to no others"
        for mask, code, what in (
            (infinite, "cell.infinite", "the value is infinite"),
            (crossed, "cell.status", f"value and status disagree: {belongs}"),
            (self.treated & absent, "cell.treated", "an absent cell cannot be treated"),
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
        absent = is_absent(self.status)
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
        stage: str | None = None,
        stages: Sequence[str] | None = None,
        fall_back: bool | Sequence[str] = False,
    ) -> Observations:
        """Read a wide frame: one row per unit, one column per variable.

        In a panel there is one row per unit and period; with a column of stages, one per unit and
        stage.

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
        stage, stages, fall_back
            As in :meth:`from_long`. A unit without a row of a stage has no value there; its other
            fields are those of its latest stage.

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
        settings = (
            unit,
            {**fields, "ranked": ranked, "periods": period},
            tuple(map(as_code, names_of(attributes, "attributes"))),
            None if variables is None else tuple(map(as_code, names_of(variables, "variables"))),
            _as_notation(notation),
            _strings(fill_down),
        )
        check_stage_settings(stage, stages, fall_back)
        check_columns(unit=unit, name=name, league=league, type=type, parent=parent)
        check_columns(ranked=ranked, period=period, stage=stage)
        if stage is not None:
            read = read_wide_stages(frame, stage, stages, fall_back, *settings)
            parts = {n: None if w is None else cls._of_wide(w) for n, w in read.stages.items()}
            return cls._from_rows(parts, read.fall_back)
        return cls._of_wide(read_wide(frame, *settings))

    @classmethod
    def _of_wide(cls, wide: Wide) -> Observations:
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
    def _from_rows(
        cls, parts: Mapping[str, Observations | None], fall_back: Sequence[str]
    ) -> Observations:
        """Put stages together that lack units of each other."""
        known = [part for part in parts.values() if part is not None]
        units = Units.of({unit.code: unit for part in known for unit in part.units}.values())
        blank = known[0]._at(np.full(len(units), -1), units)
        every = {
            name: blank if part is None else part._at(_rows_of(part.units, units.codes), units)
            for name, part in parts.items()
        }
        return cls.from_stages(every, fall_back=fall_back)

    @classmethod
    def from_long(
        cls,
        frame: Any,
        *,
        unit: str = "unit",
        variable: str = "variable",
        value: str = "value",
        stage: str | None = None,
        stages: Sequence[str] | None = None,
        fall_back: bool | Sequence[str] = False,
        units: Iterable[Unit] | None = None,
        notation: Notation | None = None,
        period: str | None = None,
        fill_down: Sequence[str] = (),
    ) -> Observations:
        """Read a long frame: one row per cell.

        Parameters
        ----------
        frame : data frame
        unit, variable, value : str
            Columns of the unit's code, the variable's name and the value.
        stage : str, optional
            Column of the stage.
        stages : sequence of str
            The stages, the earliest first; required with `stage`. The last one counts: a cell that
            is blank or has no row there is missing, unless it may fall back.
        fall_back : bool or sequence of str
            The stages that a cell which is missing at the last one falls back to, in the order in
            which they are tried; True for all earlier ones, the latest first. Cells that fell back
            have that status and are listed in :attr:`fallen_back`.
        units : iterable of Unit, optional
            The units with all their fields; by default the codes found. In a panel each stands in
            the periods that have rows of it.
        notation, period
            As in :meth:`from_frame`.
        fill_down : sequence of str
            Columns that say what a row is about (unit, variable, stage, period) whose blank cells
            take the text of the cell above, as merged cells leave them. Values are never filled.

        Raises
        ------
        DataError
            With every problem of the frame: a cell that stands there twice, a stage that was not
            declared.
        SettingError
            If the order of the stages is not declared.

        Examples
        --------
        >>> import pandas as pd
        >>> rows = [("A", "days", "verified", None), ("A", "days", "self", 3)]
        >>> frame = pd.DataFrame(rows, columns=["unit", "variable", "stage", "value"])
        >>> order = {"stage": "stage", "stages": ["self", "verified"]}
        >>> Observations.from_long(frame, **order).cell("A", "days").name
        'MISSING'
        >>> Observations.from_long(frame, **order, fall_back=True).cell("A", "days").name
        'FALLEN_BACK'
        """
        check_stage_settings(stage, stages, fall_back)
        check_columns(stage=stage, period=period)
        for what, column in (("unit", unit), ("variable", variable), ("value", value)):
            instance_of(column, str, what)
        columns = {"unit": unit, "variable": variable, "value": value, "stage": stage}
        columns["periods"] = period
        every = None if units is None else _as_units(units)
        down = _strings(fill_down)
        long = read_long(frame, columns, every, _as_notation(notation), stages, fall_back, down)
        read = [Stage(n, v, s) for n, v, s in zip(*long.stages, strict=True)]
        built = cls._of_stages(
            read, long.fall_back, units=long.units, variables=long.variables, levels=long.levels
        )
        built = attrs.evolve(built, period=long.period)
        return built if stage else attrs.evolve(built, stages=(), stage=None)

    @classmethod
    def from_stages(
        cls, stages: Mapping[str, Observations], *, fall_back: bool | Sequence[str] = False
    ) -> Observations:
        """Put the stages of one assessment together.

        Parameters
        ----------
        stages : mapping of str to Observations
            By stage, the earliest first, with the same units, variables and period.
        fall_back
            As in :meth:`from_long`: unless it is declared, a cell that is missing at the last stage
            is missing.

        Raises
        ------
        DataError
            With every way in which the stages do not fit together.
        SettingError
            If cells cannot fall back to what `fall_back` names.
        """
        if not mapping_of(stages, "stages", "a mapping of names to Observations"):
            raise DataError("give at least one stage")
        first_name, first = next(iter(stages.items()))
        cls._require(stages, "stage")
        problems = Problems()
        for name, data in stages.items():
            if data.units.codes != first.units.codes:
                problems.add(
                    f"stage '{name}' has other units than '{first_name}', or another order",
                    code="stage.units",
                    stage=name,
                )
            if data.variables != first.variables:
                problems.add(
                    f"stage '{name}' has other variables than '{first_name}'",
                    code="stage.variables",
                    stage=name,
                )
            if data.period != first.period:
                problems.add(
                    f"stage '{name}' has another period than '{first_name}'",
                    code="stage.period",
                    stage=name,
                )
        problems.raise_any(DataError, "The stages do not fit together")
        every = list(stages.values())
        problems.extend(answer_problems(stages, "stage"))
        problems.raise_any(DataError, "The stages do not fit together")
        levels, values = common_answers(
            first.variables, [data.levels for data in every], [data.values for data in every]
        )
        parts = [Stage(n, v, d.status) for (n, d), v in zip(stages.items(), values, strict=True)]
        order = fallback_order(fall_back, list(stages))
        built = cls._of_stages(
            parts, order, units=first.units, variables=first.variables, levels=levels
        )
        source = sources(parts, order)
        treated = picked([d.treated for d in every], source) & ~is_absent(built.status)
        raw = picked([dense(d.values, d.treated, d.raw) for d in every], source)[treated]
        return attrs.evolve(built, period=first.period, treated=treated, raw=raw)

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
        for name, data in mapping_of(parts, f"{what}s").items():
            if not isinstance(data, Observations):
                problems.add(
                    f"{what} '{name}' is {type(data).__name__}, not Observations",
                    code=f"{what}.type",
                )
        problems.raise_any(DataError, f"The {what}s do not fit together")

    @classmethod
    def _of_stages(
        cls,
        stages: Sequence[Stage],
        fall_back: tuple[str, ...],
        *,
        units: Units,
        variables: tuple[str, ...],
        levels: Mapping[str, tuple[str, ...]],
    ) -> Observations:
        stages = withheld(stages)
        values, status = merged_stages(stages, sources(stages, fall_back))
        return cls(
            units,
            variables,
            values,
            status,
            levels=levels,
            stages=stages,
            stage=stages[-1].name,
            fall_back=fall_back,
        )

    # -- looking ------------------------------------------------------------------------------

    def column_of(self, variable: str) -> int:
        """Return the column of a variable.

        Raises
        ------
        UnknownNameError
            If the data do not hold it.
        """
        try:
            return self.variables.index(as_code(variable))
        except ValueError:
            message = f"there is no variable '{variable}': {near_miss(variable, self.variables)}"
            raise UnknownNameError(message) from None

    def cell(self, unit: str, variable: str) -> CellStatus:
        """Return the status of a cell, by the unit's code or name."""
        return CellStatus(int(self.status[self.units.locate(unit), self.column_of(variable)]))

    def raw_value(self, unit: str, variable: str) -> float | str | None:
        """Return the number in a cell as it was before it was treated; else as it is.

        Where the raw figure has no counterpart (a treated denominator was 0), None.
        """
        row, column = self.units.locate(unit), self.column_of(variable)
        if not self.treated[row, column]:
            return self.value(unit, variable)
        number = float(
            self.raw[np.count_nonzero(self.treated.flat[: row * len(self.variables) + column])]
        )
        return None if np.isnan(number) else number

    @property
    def raw_values(self) -> Float:
        """The values with those of treated cells as they were before, (units, variables)."""
        return dense(self.values, self.treated, self.raw)

    def value(self, unit: str, variable: str) -> float | str | None:
        """Return the number or the answer in a cell, None where it is absent."""
        column = self.column_of(variable)
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

    def at_stage(self, name: str, *, fall_back: bool | Sequence[str] | None = None) -> Observations:
        """Return the data as a stage reported them, before anything was done to them.

        Parameters
        ----------
        name : str
            The stage. What it leaves blank is missing.
        fall_back : bool or sequence of str, optional
            Earlier stages that blank cells fall back to, as in :meth:`from_long`; by default those
            of the data that come before the stage.

        Raises
        ------
        UnknownNameError
            If there is no such stage.
        SettingError
            If cells cannot fall back to what `fall_back` names.
        """
        names = [stage.name for stage in self.stages]
        if not among(name, names):
            raise UnknownNameError(f"there is no stage '{name}': {near_miss(name, names)}")
        until = self.stages[: names.index(name) + 1]
        if fall_back is None:
            fall_back = [stage for stage in self.fall_back if stage in names[: len(until) - 1]]
        order = fallback_order(fall_back, names[: len(until)])
        built = self._of_stages(
            until, order, units=self.units, variables=self.variables, levels=self.levels
        )
        return attrs.evolve(built, period=self.period)

    @property
    def fallen_back(self) -> pd.DataFrame:
        """The cells that fell back to an earlier stage.

        Returns
        -------
        DataFrame
            unit, name, variable, stage (which one the cell is taken from, None if the cell was made
            of such cells), status and value.
        """
        return fallen_cells(self)

    def at_period(self, period: str) -> Observations:
        """Return the data of one period, under the codes of the units themselves.

        Raises
        ------
        UnknownNameError
            If the data hold no such period.
        """
        if not among(period, self.periods):
            known = near_miss(period, self.periods)
            raise UnknownNameError(f"there is no period '{period}': {known}")
        if self.units.periods is None:
            return self
        rows = np.flatnonzero(np.array(self.units.periods) == period)
        units = out_of_period(self.units, rows, period)
        return attrs.evolve(self._at(rows, units), period=period)

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
        if not among(how, ("common", "all")):
            raise SettingError(f"how is 'common' or 'all', not {how!r}")
        if not self.is_panel:
            raise DataError("only a panel can be balanced; Observations.panel(…) makes one")
        units, rows = balanced_rows(self.units, how)
        return self._at(rows, units)

    def take(self, units: Iterable[str]) -> Observations:
        """Return the data of some units, by code or name, in the order given.

        In a panel a unit's own code stands for its rows in all periods.
        """
        found = [
            index for unit in names_of(units, "units") for index in self.units.locate_all(unit)
        ]
        rows = np.array(found, dtype=np.intp)
        return self._at(rows, self.units.take(rows))

    def _at(self, rows: Any, units: Units) -> Observations:
        """Return these rows as the data of `units`; row -1 is missing."""
        none = (rows < 0)[:, None]

        def at(values: Float, status: Status) -> tuple[Float, Status]:
            values, status = values[rows], status[rows]
            if none.any():
                values = np.where(none, np.nan, values)
                status = np.where(none, np.uint8(CellStatus.MISSING), status)
            return values, status

        values, status = at(self.values, self.status)
        stages = tuple(Stage(s.name, *at(s.values, s.status)) for s in self.stages)
        treated, raw = self.treated[rows] & ~none, self.raw
        if len(raw):
            raw = dense(self.values, self.treated, raw)[rows][treated]
        return attrs.evolve(
            self,
            units=units,
            values=values,
            status=status,
            stages=stages,
            treated=treated,
            raw=raw,
        )

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
        new, cells = merged(self, mapping, how, weights, units)
        return Observations(new, self.variables, period=self.period, reports=self.reports, **cells)

    def _rolled_up_by_period(
        self, mapping: Mapping[str, str], how: str, weights: str | None, units: Any
    ) -> Observations:
        problems = Problems()
        mapping_of(mapping, "mapping", "a mapping of units to merged units")
        problems.extend(unknown_units(mapping, dict.fromkeys(self.units.bodies)))
        every = None if units is None else list(_as_units(units))
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
                new, cells = merged(data, own, how, weights, chosen)
                found[period] = Observations(new, self.variables, period=period, **cells)
        return attrs.evolve(Observations.panel(found), reports=self.reports)
