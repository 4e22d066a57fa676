"""The steps that treat outliers."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Literal

import attrs
import numpy as np

from govindex.checks import boolean, called, number, one_of, shaped
from govindex.contracts import (
    BaseStep,
    Bool,
    Float,
    Index,
    Matrix,
    Over,
    Settled,
    Treatment,
    check_over,
)
from govindex.errors import (
    CellError,
    DataError,
    OutlierWarning,
    Problems,
    SettingError,
    listing,
)
from govindex.impute.common import populations
from govindex.kernels import reductions
from govindex.mappings import FrozenMap
from govindex.model.framework import Framework
from govindex.model.observations import Observations
from govindex.prepare.common import (
    as_names,
    check_name,
    chosen,
    matrix_of,
    replaced,
    with_variables,
    without_last_bits,
)
from govindex.prepare.reports import GivenUp, Treated, TreatReport
from govindex.treat import Log, Winsorise

__all__ = ["Treat", "TreatAs"]

_Chosen = tuple[tuple[Settled, ...], tuple[GivenUp, ...]]  # the treatment, and those before it
_DISTINCT = 1e-9  # values that differ by a larger part must stay distinct


@attrs.frozen(eq=False)
class _Task:
    """The treatments of one variable in one population."""

    row: int
    members: Index | slice
    reference: Bool
    group: str
    before: tuple[float, float]
    settled: tuple[Settled, ...] = ()
    given_up: tuple[GivenUp, ...] = ()


def _treatments(treatments: Treatment | Sequence[Treatment]) -> tuple[Treatment, ...]:
    return _parts(treatments)


def _parts(parts: object) -> tuple[Any, ...]:
    return tuple(parts) if isinstance(parts, (tuple, list)) else (parts,)


def _check_treatments(_: object, __: object, treatments: tuple[Any, ...]) -> None:
    for part in treatments:
        if isinstance(part, type) or not isinstance(part, Treatment):
            raise SettingError(
                f"a treatment is a part such as prepare.treat.Winsorise(), not {part!r}"
            )
    if not treatments:
        raise SettingError("give one treatment at least")


def _names(names: str | Iterable[str] | None) -> tuple[str, ...]:
    return as_names(names) or ()


def _limit(step: object, attribute: attrs.Attribute[float], value: float) -> None:
    if number(value, f"Treat({attribute.name}=…)") < 0:
        raise SettingError(f"Treat({attribute.name}=…) cannot be negative, it is {value!r}")


@attrs.frozen
class Treat(BaseStep[Framework, Observations]):
    """Draw outliers in, and mark the changed cells as treated.

    A variable needs treatment if its skewness *and* its kurtosis (both adjusted for the sample, as
    spreadsheets do; excess kurtosis) are beyond the limits. The treatments are tried one after the
    other, each on the original values, until one suffices; otherwise the last one applies. The
    report says what was tried before and given up, with the skewness and the kurtosis that it left.
    A variable with fewer than two distinct values is not treated, and the report says so; a single
    treatment with fixed numbers that always applies does not look at them.

    Parameters
    ----------
    treatments : Treatment or sequence of Treatment
        Parts of ``prepare.treat``, see :mod:`govindex.treat`; by default at most five points are
        winsorised, and if that does not suffice, all values become logarithms: of the distance from
        the least value, or mirrored, from the largest, where the extreme values are low.
    skewness, kurtosis : float
        The limits: treatment is needed if ``|skewness| > 2`` and ``kurtosis > 3.5``.
    when : {"needed", "always"}
        Treat all variables, whatever their skewness and kurtosis are.
    combine : bool
        Apply each treatment to the result of the one before, not to the original values.
    force, exempt : iterable of str
        Variables that are always treated (as far as the first treatment goes), or never.
    variables : iterable of str, optional
        The variables to treat.
    over : {"all", "league", "ranked", "period", "league_period"}
        Whose values decide on the treatment.
    remaining : {"warn", "error", "accept"}
        What to do if a variable is beyond the limits in spite of all treatments: it is named by an
        :class:`~govindex.OutlierWarning` or a DataError, or by the report only. Variables
        that are exempt are accepted.

    Raises
    ------
    DataError
        With every cell that a treatment cannot take, such as the logarithm of a value below 0; or
        with every variable that remains beyond the limits.

    References
    ----------
    OECD/JRC, Handbook on Constructing Composite Indicators (2008), step 5, on skewness and outliers
    before normalisation.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"unit": list("ABCDEFGH"), "days": [1, 2, 3, 4, 5, 6, 7, 900]})
    >>> treated = Treat()(Observations.from_frame(frame))
    >>> treated.value("H", "days"), treated.cell("H", "days").name
    (7.0, 'REPORTED')
    >>> bool(treated.treated[7, 0]), treated.raw_value("H", "days")
    (True, 900.0)
    """

    treatments: tuple[Treatment, ...] = attrs.field(
        default=(Winsorise(), Log(mirrored="skewed")),
        converter=_treatments,
        validator=_check_treatments,
    )
    skewness: float = attrs.field(default=2.0, validator=_limit, kw_only=True)
    kurtosis: float = attrs.field(default=3.5, validator=_limit, kw_only=True)
    when: Literal["needed", "always"] = attrs.field(
        default="needed", validator=one_of("needed", "always"), kw_only=True
    )
    combine: bool = attrs.field(default=False, validator=boolean, kw_only=True)
    force: tuple[str, ...] = attrs.field(default=(), converter=_names, kw_only=True)
    exempt: tuple[str, ...] = attrs.field(default=(), converter=_names, kw_only=True)
    variables: tuple[str, ...] | None = attrs.field(default=None, converter=as_names, kw_only=True)
    over: Over = attrs.field(
        default="all", validator=lambda _, __, over: check_over(over), kw_only=True
    )
    remaining: Literal["warn", "error", "accept"] = attrs.field(
        default="warn", validator=one_of("warn", "error", "accept"), kw_only=True
    )

    def __attrs_post_init__(self) -> None:
        both = [name for name in self.force if name in self.exempt]
        if both:
            raise SettingError(f"to be treated and exempt at once: {listing(both)}")

    @property
    def peer_dependent(self) -> bool:
        """Whether the treatment depends on the values of other units."""
        single = self.when == "always" and len(self.treatments) == 1
        return not single or self.treatments[0].peer_dependent

    @property
    def reads(self) -> tuple[str, ...]:
        """The variables that are named."""
        return self.variables or ()

    def within(self, frameworks: Sequence[Framework], observations: Observations) -> Treat:
        """Return the step with the variables that the frameworks' indicators measure."""
        configured: Treat = with_variables(self, frameworks, observations)
        return configured

    def __call__(self, observations: Observations) -> Observations:
        """Return the observations with their outliers drawn in."""
        columns = chosen(observations, self.variables)
        matrix = matrix_of(observations, columns)
        prepared, report = _applied(self, observations, matrix, columns, self._plan(matrix))
        self._say_remaining(report)
        return prepared

    def _say_remaining(self, report: TreatReport) -> None:
        """Name the variables that are beyond the limits after the treatment, as declared."""
        rows = [row for row in report.remaining if row.variable not in self.exempt]
        if not rows or self.remaining == "accept":
            return
        problems = Problems()
        for row in rows:
            skew, kurtosis = row.after
            within = f" in '{row.group}'" if row.group else ""
            how = f"after {row.treatments}" if row.by else "and no treatment was possible"
            problems.add(
                f"skewness {skew:.3g}, kurtosis {kurtosis:.3g}{within} {how}",
                code="treat.remaining",
                variable=row.variable,
                cure="give Treat(…) another treatment, such as treat.BoxCox(), exempt=… the "
                "variables, or say remaining='accept'",
            )
        limits = f"|skewness| {self.skewness:g} and kurtosis {self.kurtosis:g}"
        said = f"Outliers remain, beyond {limits}"
        if self.remaining == "error":
            problems.raise_any(DataError, said)
        # Without figures, so that a warning which many computations repeat is shown once.
        named = listing(dict.fromkeys(row.variable for row in rows))
        cure = next(iter(problems)).cure
        text = f"{said}: {named}; the report of the step has their figures. To cure this, {cure}"
        warnings.warn(text, OutlierWarning, stacklevel=3)

    def anchor(self, reference: Observations) -> TreatAs:
        """Return the treatments of the reference, with fixed limits and curves.

        Raises
        ------
        SettingError
            If every league or period is treated by itself.
        """
        matrix = matrix_of(reference, chosen(reference, self.variables))
        plan = self._plan(matrix)
        if len({task.group for task in plan}) > 1:
            raise SettingError(
                f"a treatment over {self.over.replace('_', 's and ')}s cannot be anchored: each of "
                "them has its own limits"
            )
        return TreatAs({matrix.names[task.row]: task.settled for task in plan if task.settled})

    def _plan(self, matrix: Matrix) -> list[_Task]:
        """Return the treatments of each variable in each population."""
        index = dict.fromkeys(matrix.names)
        for name in (*self.force, *self.exempt):
            check_name(index, name, "variables to force or exempt")
        problems = Problems()
        plan = []
        for members, reference, name in populations(self.over, matrix):
            for task in _tasks(matrix, members, reference, "" if name is None else str(name)):
                try:
                    settled, given_up = self._settled(matrix, task)
                except CellError as error:
                    variable = matrix.names[task.row]
                    problems.add(str(error), code="treat.refused", variable=variable)
                else:
                    plan.append(attrs.evolve(task, settled=settled, given_up=given_up))
        problems.raise_any(DataError, "Variables cannot be treated")
        return plan

    def _settled(self, matrix: Matrix, task: _Task) -> _Chosen:
        variable = matrix.names[task.row]
        forced = self.when == "always" or variable in self.force
        if variable in self.exempt or not (forced or not self.fine(*task.before)):
            return (), ()
        known = matrix.values[task.row, task.members][task.reference]
        ordered = np.sort(known[~np.isnan(known)])
        # Without peers what others report decides nothing, equal values included.
        if not len(ordered) or (self.peer_dependent and ordered[0] == ordered[-1]):
            return (), ()
        return self._first_sufficient(ordered, variable, forced=forced)

    def fine(self, skew: float, kurtosis: float) -> bool:
        """Return whether a variable of this skewness and kurtosis needs no treatment."""
        return not (abs(skew) > self.skewness and kurtosis > self.kurtosis)

    def _is_sufficient(self, ordered: Float) -> bool:
        return self.fine(*reductions.shape_of_ordered(ordered))

    def _first_sufficient(self, ordered: Float, variable: str, *, forced: bool) -> _Chosen:
        """Return the first treatment that suffices for values in rising order, or the last one."""
        settled_parts: tuple[Settled, ...] = ()
        given_up: tuple[GivenUp, ...] = ()
        values, shape = ordered, (np.nan, np.nan)
        for treatment in self.treatments:
            base = values if self.combine else ordered
            name = f"variable '{variable}': the treatment {treatment!r}"
            settled = called(name, treatment.settle, base, None if forced else self._is_sufficient)
            if settled is None:
                given_up = (*given_up, GivenUp(treatment, None))
                continue
            if not callable(settled) or not hasattr(settled, "cuts"):
                kind = type(settled).__name__
                raise SettingError(f"{name} settled on {kind}, which is no treatment")
            if settled_parts and not self.combine:
                given_up = (*given_up, GivenUp(settled_parts[0], shape))
            values = _treated_values(base, (settled,), variable)
            settled_parts = (*settled_parts, settled) if self.combine else (settled,)
            skew, kurtosis = reductions.shape_of_ordered(values)
            shape = (float(skew), float(kurtosis))
            if self.fine(*shape):
                break
        return settled_parts, given_up


def _settled_map(
    treatments: Mapping[str, Settled] | Mapping[str, Sequence[Settled]],
) -> FrozenMap[str, tuple[Settled, ...]]:
    if not isinstance(treatments, Mapping):
        raise SettingError(f"give a mapping of variables to treatments, not {treatments!r}")
    by_variable = {name: _parts(parts) for name, parts in treatments.items()}
    for name, parts in by_variable.items():
        for part in parts:
            settled = isinstance(part, Settled) and not getattr(part, "peer_dependent", False)
            if isinstance(part, type) or not settled:
                raise SettingError(
                    f"variable '{name}': {part!r} has no fixed numbers; Treat(…) finds them"
                )
    return FrozenMap(by_variable)


@attrs.frozen
class TreatAs(BaseStep[Framework, Observations]):
    """Apply fixed treatments to variables, whatever the values are.

    An anchored :class:`Treat` has this form.

    Parameters
    ----------
    treatments : mapping of str to treatment, or to a sequence of them
        Limits and curves of :mod:`govindex.treat` with fixed numbers; of several each applies to
        the result of the one before. Variables that are not named do not change.

    Raises
    ------
    DataError
        With every cell that a treatment cannot take.

    Examples
    --------
    >>> import pandas as pd
    >>> from govindex.treat import Log
    >>> frame = pd.DataFrame({"unit": ["A", "B"], "gdp": [1.0, 100.0]})
    >>> treated = TreatAs({"gdp": Log(origin=0)})(Observations.from_frame(frame))
    >>> treated.value("A", "gdp")
    0.0
    """

    peer_dependent: ClassVar[bool] = False
    treatments: FrozenMap[str, tuple[Settled, ...]] = attrs.field(converter=_settled_map)

    @property
    def reads(self) -> tuple[str, ...]:
        """The variables that are treated."""
        return tuple(self.treatments)

    def __call__(self, observations: Observations) -> Observations:
        """Return the observations with the variables treated."""
        columns = chosen(observations, self.reads)
        matrix = matrix_of(observations, columns)
        everyone = np.ones(matrix.values.shape[-1], dtype=bool)
        plan = [
            attrs.evolve(task, settled=self.treatments[matrix.names[task.row]])
            for task in _tasks(matrix, slice(None), everyone, "")
        ]
        return _applied(self, observations, matrix, columns, plan)[0]


def _tasks(matrix: Matrix, members: Index | slice, reference: Bool, group: str) -> Iterator[_Task]:
    skew, kurtosis = reductions.shape_of(matrix.values[:, members], reference)
    for row in range(len(matrix.names)):
        before = (float(skew[row, 0]), float(kurtosis[row, 0]))
        yield _Task(row, members, reference, group, before)


def _applied(
    step: Treat | TreatAs,
    data: Observations,
    matrix: Matrix,
    columns: Index,
    plan: Iterable[_Task],
) -> tuple[Observations, TreatReport]:
    """Return observations with the planned treatments, and the report."""
    values, treated = matrix.values.copy(), data.treated.T[columns]
    problems = Problems()
    rows = []
    for task in plan:
        variable = matrix.names[task.row]
        old = matrix.values[task.row, task.members]
        try:
            new = without_last_bits(_treated_values(old, task.settled, variable), old)
        except CellError as error:
            _add_refused(problems, error, data.units.codes, task, variable, old)
            continue
        curved = not all(part.cuts for part in task.settled)
        moved = ~np.isnan(old) if curved else (new != old) & ~np.isnan(old)
        values[task.row, task.members] = new
        treated[task.row, task.members] |= moved
        after = task.before
        if task.settled:
            skew, kurtosis = reductions.shape_of(new, task.reference)
            after = (float(skew[0]), float(kurtosis[0]))
        cells = int(moved.sum())
        rows.append(
            Treated(variable, task.group, cells, task.settled, task.before, after, task.given_up)
        )
    problems.raise_any(DataError, "Variables cannot be treated")
    every, marks = data.values.copy(), data.treated.copy()
    every[:, columns], marks[:, columns] = values.T, treated.T
    report = TreatReport(step, tuple(rows))
    status, raw = data.status.copy(), data.raw_values[marks]
    return replaced(data, every, status, report, treated=marks, raw=raw), report


def _add_refused(
    problems: Problems,
    error: CellError,
    codes: Sequence[str],
    task: _Task,
    variable: str,
    values: Float,
) -> None:
    """Add a problem for each cell that a treatment refuses."""
    members = np.array(codes, dtype=object)[task.members]
    for index in np.flatnonzero(error.mask):
        problems.add(
            f"{error} (value {values[index]:g})",
            code="treat.refused",
            unit=members[index],
            variable=variable,
            found=f"(value {values[index]:g})",
        )


def _treated_values(values: Float, settled: Iterable[Any], variable: str) -> Float:
    for part in settled:
        name = f"variable '{variable}': the treatment {part!r}"
        treated: Float = shaped(name, called(name, part, values), values, "units")
        if not part.cuts:
            _refuse_lost(part, values, treated)
        values = treated
    return values


def _refuse_lost(part: Settled, values: Float, treated: Float) -> None:
    """Refuse cells that get no finite number from a curve, or that of another value."""
    known = np.flatnonzero(~np.isnan(values))
    wrong = np.isinf(treated) | (np.isnan(treated) & ~np.isnan(values))
    order = known[np.argsort(values[known], kind="stable")]
    low, high = values[order[:-1]], values[order[1:]]
    distinct = high / 2 - low / 2 > _DISTINCT * np.maximum(np.abs(low), np.abs(high))
    tied = distinct & (treated[order[:-1]] == treated[order[1:]])
    wrong[order[:-1]] |= tied
    wrong[order[1:]] |= tied
    if wrong.any():
        message = f"{part!r} gives no finite number, or the same as for other values"
        raise CellError(f"{message}: take another measure unit, or another treatment", wrong)
