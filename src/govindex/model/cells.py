"""Units × variables, with a status for every cell: what they hold and whether they fit together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Self

import attrs
import numpy as np

from govindex.checks import among, instance_of, mapping_of, text, tuple_of
from govindex.contracts import Bool, CellStatus, Float, Report, Status, is_absent
from govindex.errors import DataError, Problem, Problems, UnknownNameError, near_miss
from govindex.kernels.reductions import all_finite
from govindex.mappings import FrozenMap
from govindex.model.arrays import as_floats, as_mask, as_statuses, dense, read_only
from govindex.model.panels import out_of_period
from govindex.model.stages import Stage
from govindex.model.units import Unit, Units
from govindex.names import as_code
from govindex.periods import parts_of_year, sorted_periods, spelling_problem

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ObservedCells", "as_names", "as_units"]


def as_names(names: Iterable[str]) -> tuple[str, ...]:
    """Return names in a tuple; what is no text is refused later."""
    return tuple(map(as_code, tuple_of(names, "what is named", "a name or several names")))


def as_units(units: Units | Iterable[Unit]) -> Units:
    """Return units as columns."""
    return units if isinstance(units, Units) else Units.of(units)


def _levels(levels: Mapping[str, Iterable[str]]) -> FrozenMap[str, tuple[str, ...]]:
    given = mapping_of(levels, "levels")
    return FrozenMap({as_code(variable): as_names(texts) for variable, texts in given.items()})


def _stages(stages: Iterable[Stage]) -> tuple[Stage, ...]:
    given = tuple_of(stages, "stages", "stages")
    return tuple(instance_of(stage, Stage, "a stage") for stage in given)


def _reports(reports: Iterable[Report]) -> tuple[Report, ...]:
    return tuple_of(reports, "reports", "reports of steps")


@attrs.frozen(eq=False, slots=False)
class ObservedCells:
    """The cells of observations, their units and stages."""

    units: Units = attrs.field(converter=as_units)
    variables: tuple[str, ...] = attrs.field(converter=as_names)
    values: Float = attrs.field(converter=as_floats)
    status: Status = attrs.field(default=None, converter=attrs.converters.optional(as_statuses))
    levels: FrozenMap[str, tuple[str, ...]] = attrs.field(
        factory=FrozenMap, converter=_levels, kw_only=True
    )
    period: str | None = attrs.field(default=None, kw_only=True)
    stages: tuple[Stage, ...] = attrs.field(default=(), converter=_stages, kw_only=True)
    stage: str | None = attrs.field(default=None, validator=text, kw_only=True)
    reports: tuple[Report, ...] = attrs.field(default=(), converter=_reports, kw_only=True)
    fall_back: tuple[str, ...] = attrs.field(default=(), converter=as_names, kw_only=True)
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
        problems.extend(self._period_problems())
        problems.extend(self._shape_problems())
        problems.raise_any(DataError, "The observations cannot be used")
        self._check_answers(problems)
        self._check_status(problems)
        problems.raise_any(DataError, "The observations cannot be used")

    def _period_problems(self) -> Iterator[str]:
        if self.period is None:
            return
        if not isinstance(self.period, str):
            yield f"the period is a text such as '2026-Q3', not {self.period!r}"
        elif (said := spelling_problem(self.period)) is not None:
            yield said
        if self.units.periods is not None:
            yield f"the rows have periods of their own beside the period '{self.period}'"

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

    def _check_answers(self, problems: Problems) -> None:
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

    def _check_status(self, problems: Problems) -> None:
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

    def _rows_as(self, rows: Any, units: Units) -> Self:
        """Return these rows as the data of `units`; row -1 is missing."""
        none = (rows < 0)[:, None]

        def picked(values: Float, status: Status) -> tuple[Float, Status]:
            values, status = values[rows], status[rows]
            if none.any():
                values = np.where(none, np.nan, values)
                status = np.where(none, np.uint8(CellStatus.MISSING), status)
            return values, status

        values, status = picked(self.values, self.status)
        stages = tuple(Stage(s.name, *picked(s.values, s.status)) for s in self.stages)
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

    def at_period(self, period: str) -> Self:
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
        return attrs.evolve(self._rows_as(rows, units), period=period)
