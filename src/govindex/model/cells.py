"""The cells of observations: values, status and stages, units × variables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

import attrs
import numpy as np

from govindex.checks import among, instance_of, mapping_of, shown, text, tuple_of
from govindex.contracts import Bool, CellStatus, Float, Report, Status, is_absent
from govindex.display import ShownPage, html, plain
from govindex.errors import (
    DataError,
    Problem,
    Problems,
    SettingError,
    UnknownNameError,
    near_miss,
)
from govindex.extras import Interchanged
from govindex.kernels.reductions import all_finite
from govindex.mappings import FrozenMap
from govindex.model.arrays import as_floats, as_mask, as_statuses, dense, read_only
from govindex.model.joint_errors import (
    Covariances,
    ReplicatedValues,
    as_covariances,
    as_replicates,
    covariance_problems,
    replicate_problems,
)
from govindex.model.pages import CellMarks, observations_page
from govindex.model.panels import out_of_period
from govindex.model.stages import Stage, fallback_order, staged
from govindex.model.units import Unit, Units
from govindex.model.withholding import hidden, withheld
from govindex.names import as_code
from govindex.periods import parts_of_year, sorted_periods, spelling_problem

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ObservedCells", "as_names", "as_units"]


def as_names(names: Iterable[str]) -> tuple[str, ...]:
    """Return names as codes in a tuple; anything but a text is refused later."""
    return tuple(map(as_code, tuple_of(names, "names", "a name or several names")))


def as_units(units: Units | Iterable[Unit]) -> Units:
    """Return units as columns."""
    return units if isinstance(units, Units) else Units.of(units)


def _levels(levels: Mapping[str, Iterable[str]]) -> FrozenMap[str, tuple[str, ...]]:
    answers = mapping_of(levels, "levels")
    return FrozenMap({as_code(variable): as_names(texts) for variable, texts in answers.items()})


def _stages(stages: Iterable[Stage]) -> tuple[Stage, ...]:
    several = tuple_of(stages, "stages", "stages")
    return tuple(instance_of(stage, Stage, "a stage") for stage in several)


def _reports(reports: Iterable[Report]) -> tuple[Report, ...]:
    return tuple_of(reports, "reports", "reports of steps")


@attrs.frozen(eq=False, slots=False)
class ObservedCells(Interchanged):
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
    errors: Float | None = attrs.field(
        default=None, converter=attrs.converters.optional(as_floats), kw_only=True
    )
    covariances: Covariances | None = attrs.field(
        default=None, converter=as_covariances, kw_only=True
    )
    replicates: ReplicatedValues | None = attrs.field(
        default=None, converter=as_replicates, kw_only=True
    )

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
        if self.errors is not None:
            self._check_errors(self.errors, problems)
        problems.raise_any(DataError, "The observations cannot be used")
        self._check_joint_errors(problems)
        problems.raise_any(DataError, "The observations cannot be used")
        for name, value in withheld(self).items():
            convert: Any = {"levels": _levels, "values": as_floats}.get(name, _stages)
            object.__setattr__(self, name, convert(value))

    def _period_problems(self) -> Iterator[str]:
        if self.period is None:
            return
        if not isinstance(self.period, str):
            yield f"the period is a text such as '2026-Q3', not {self.period!r}"
        elif (problem := spelling_problem(self.period)) is not None:
            yield problem
        if self.units.periods is not None:
            yield (
                f"the rows of a panel have periods: leave out the period '{self.period}' "
                "of the whole"
            )

    def _variable_problems(self) -> Iterator[str]:
        if not self.variables:
            yield Problem("there are no variables", code="variable.nothing")
        seen: set[Any] = set()
        for name in self.variables:
            if not isinstance(name, str) or not name.strip():
                yield f"a variable's name is a text that is not blank, not {name!r}"
            elif name in seen:
                cause = f"variable '{name}' appears more than once"
                yield Problem(cause, code="variable.twice", variable=name)
            else:
                seen.add(name)
        for name in self.levels:
            if name not in self.variables:
                known = near_miss(name, self.variables)
                cause = f"levels has '{name}', which is not a variable: {known}"
                yield Problem(cause, code="variable.unknown")

    def _shape_problems(self) -> Iterator[str]:
        shape = (len(self.units), len(self.variables))
        arrays: list[tuple[str, Any]] = [("values", self.values), ("status", self.status)]
        arrays.append(("treated", self.treated))
        if self.errors is not None:
            arrays.append(("errors", self.errors))
        for stage in self.stages:
            arrays.append((f"values of stage '{stage.name}'", stage.values))
            arrays.append((f"status of stage '{stage.name}'", stage.status))
        for name, array in arrays:
            if array.shape != shape:
                cause = f"{name} have shape {array.shape}, expected {shape}: units × variables"
                yield Problem(cause, code="values.shape")
        count = np.count_nonzero(self.treated)
        if self.raw.shape != (count,):
            yield f"there are {count} treated cells, but raw values of shape {self.raw.shape}"

    def _check_answers(self, problems: Problems) -> None:
        for name, texts in self.levels.items():
            numbers = self.values[:, self.variables.index(name)]
            # The value of a suppressed cell is refused below, and is in no message.
            known = is_absent(self.status[:, self.variables.index(name)])
            known |= np.isnan(numbers) | np.isin(numbers, np.arange(len(texts)))
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
        for mask, code, cause in (
            (infinite, "cell.infinite", "the value is infinite"),
            (crossed, "cell.status", f"value and status disagree: {belongs}"),
            (self.treated & absent, "cell.treated", "an absent cell cannot be treated"),
        ):
            if mask.any():
                for row, column in np.argwhere(mask).tolist():
                    problems.add(
                        cause,
                        code=code,
                        unit=self.units.codes[row],
                        variable=self.variables[column],
                    )

    def _check_errors(self, errors: Float, problems: Problems) -> None:
        """Refuse errors that no value can have; those of absent cells are not known."""
        unsound = np.isinf(errors) | (errors < 0)
        for row, column in np.argwhere(unsound).tolist():
            problems.add(
                "a standard error is a finite number of at least 0",
                code="cell.error",
                unit=self.units.codes[row],
                variable=self.variables[column],
            )
        absent = is_absent(self.status)
        if (absent & ~np.isnan(errors)).any():
            object.__setattr__(self, "errors", read_only(np.where(absent, np.nan, errors)))

    def _check_joint_errors(self, problems: Problems) -> None:
        """Refuse covariances and replicates of other cells; those of unknown errors are dropped."""
        if self.covariances is None and self.replicates is None:
            return
        if self.errors is None:
            problems.add("covariances and replicates go with standard errors: give errors=")
            return
        codes, errors = self.units.codes, dict(zip(self.variables, self.errors.T, strict=True))
        numbers = [name for name in self.variables if name not in self.levels]
        if (given := self.covariances) is not None:
            problems.extend(covariance_problems(given, codes, numbers, errors))
        if (drawn := self.replicates) is not None:
            problems.extend(replicate_problems(drawn, codes, numbers))
        for name, joint in (("covariances", given), ("replicates", drawn)):
            if joint is not None and not problems:
                known = np.column_stack([errors[variable] for variable in joint.variables])
                object.__setattr__(self, name, joint.with_known(known))

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
        """Return the value of a cell before treatment, if it was treated, else its value.

        None if the cell is absent, or has no raw value: the treated denominator was 0.
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
        """The values before treatment, shape (units, variables)."""
        return dense(self.values, self.treated, self.raw)

    def value(self, unit: str, variable: str) -> float | str | None:
        """Return the number or the answer in a cell, None if it is absent."""
        column = self.column_of(variable)
        number = float(self.values[self.units.locate(unit), column])
        if np.isnan(number):
            return None
        texts = self.levels.get(self.variables[column])
        return number if texts is None else texts[int(number)]

    def covariance(self, unit: str) -> pd.DataFrame:
        """Return the covariances between the errors of a unit's variables, variables × variables.

        Missing where a covariance is not known.

        Raises
        ------
        DataError
            If the data have none.
        """
        import pandas as pd

        row = self.units.locate(unit)
        if self.covariances is None:
            raise DataError(
                "the data have no covariances between variables: "
                "survey.Estimates.observations() gives them"
            )
        names = list(self.covariances.variables)
        return pd.DataFrame(self.covariances.values[row], index=names, columns=names)

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

    def __str__(self) -> str:
        return plain(self._page())

    def _repr_html_(self) -> str:
        return html(self._page())

    def _page(self, language: str | None = None) -> ShownPage:
        cells = CellMarks(self.units, self.variables, self.status, self.treated)
        return observations_page(cells, {"period": self.period, "stage": self.stage}, language)

    @property
    def parts_of_year(self) -> int | None:
        """How many of these periods make a year: 1, 4 or 12; None for periods of another kind."""
        return parts_of_year(self.periods[0]) if self.periods else None

    @property
    def is_panel(self) -> bool:
        """Whether the rows are units in periods."""
        return self.units.periods is not None

    @property
    def periods(self) -> tuple[str, ...]:
        """The periods of the data: those of a panel, the earliest first, or the only one."""
        if self.units.periods is not None:
            return sorted_periods(self.units.periods)
        return () if self.period is None else (self.period,)

    def _rows_as(self, rows: Any, units: Units) -> Self:
        """Return these rows as the data of `units`; row -1 is missing."""
        blank = (rows < 0)[:, None]

        def picked(values: Float, status: Status) -> tuple[Float, Status]:
            values, status = values[rows], status[rows]
            if blank.any():
                values = np.where(blank, np.nan, values)
                status = np.where(blank, np.uint8(CellStatus.MISSING), status)
            return values, status

        values, status = picked(self.values, self.status)
        stages = tuple(Stage(s.name, *picked(s.values, s.status)) for s in self.stages)
        errors = None if self.errors is None else np.where(blank, np.nan, self.errors[rows])
        covariances, replicates = self.covariances, self.replicates
        treated, raw = self.treated[rows] & ~blank, self.raw
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
            errors=errors,
            covariances=None if covariances is None else covariances.taken(rows),
            replicates=None if replicates is None else replicates.taken(rows),
        )

    def suppressed(self, cells: Iterable[tuple[str, str]]) -> Self:
        """Return the data with some cells suppressed: known, but withheld from every output.

        Their values are no longer there, at no stage, nor are their standard errors.
        ``disclosure.suppress`` finds the cells that small groups require.

        Parameters
        ----------
        cells : iterable of (unit, variable)
            By the unit's code or name.

        Raises
        ------
        DataError
            If the data were prepared: other cells may depend on these.
        """
        mask = np.zeros(self.values.shape, dtype=bool)
        for cell in tuple_of(cells, "cells", "pairs (unit, variable)"):
            if not isinstance(cell, tuple) or len(cell) != 2:
                raise SettingError(f"a cell to suppress is (unit, variable), not {shown(cell)}")
            mask[self.units.locate(cell[0]), self.column_of(cell[1])] = True
        return attrs.evolve(self, **hidden(self, mask))

    def at_stage(self, name: str, *, fall_back: bool | Sequence[str] | None = None) -> Self:
        """Return the data as a stage reported them, without later preparation or standard errors.

        Parameters
        ----------
        name : str
            The stage. Its blank cells are missing.
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
        return type(self)(
            self.units,
            self.variables,
            levels=self.levels,
            period=self.period,
            **staged(until, order),
        )

    def at_period(self, period: str) -> Self:
        """Return the data of one period; the codes of units no longer name the period.

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
