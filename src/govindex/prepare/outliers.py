"""Treat outliers."""

from __future__ import annotations

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
    Over,
    Settled,
    Treatment,
    check_over,
)
from govindex.errors import CellError, DataError, Problems, SettingError, listing
from govindex.impute.common import populations
from govindex.kernels import reductions
from govindex.mappings import FrozenMap
from govindex.matrices import Matrix
from govindex.model.framework import Framework
from govindex.model.observations import Observations
from govindex.prepare.common import as_names, chosen, matrix_of, named, on_paper, opened, replaced
from govindex.prepare.reports import Treated, TreatReport
from govindex.treat import Log, Winsorise

__all__ = ["Treat", "TreatAs"]

_TOLD_APART = 1e-9  # values that differ by a larger part are not to become one


@attrs.frozen(eq=False)
class _Work:
    """What is to be done to one variable of one population, nothing if there is nothing to do."""

    row: int
    members: Index | slice
    reference: Bool
    group: str
    before: tuple[float, float]
    settled: tuple[Settled, ...] = ()


def _several(parts: Any) -> tuple[Any, ...]:
    return tuple(parts) if isinstance(parts, (tuple, list)) else (parts,)


def _check_treatments(_: object, __: object, treatments: tuple[Any, ...]) -> None:
    for part in treatments:
        if isinstance(part, type) or not isinstance(part, Treatment):
            raise SettingError(
                f"a treatment is a part such as prepare.treat.Winsorise(), not {part!r}"
            )
    if not treatments:
        raise SettingError("give one treatment at least")


def _names(names: Any) -> tuple[str, ...]:
    return as_names(names) or ()


def _limit(step: object, attribute: attrs.Attribute[float], value: float) -> None:
    if number(value, f"Treat({attribute.name}=…)") < 0:
        raise SettingError(f"Treat({attribute.name}=…) cannot be negative, it is {value!r}")


@attrs.frozen
class Treat(BaseStep):
    """Draw outliers in, and mark the cells that were moved as treated.

    A variable needs treatment if its skewness *and* its kurtosis (both adjusted for the sample, as
    spreadsheets do; excess kurtosis) are beyond the limits. The treatments are tried one after the
    other, each on the values as they came, until one suffices; if none does, the last one stands.
    A variable with one value or none is left alone, and the report says so.

    Parameters
    ----------
    treatments : Treatment or sequence of Treatment
        Parts of ``prepare.treat``, see :mod:`govindex.treat`; by default five points are winsorised
        at most, and if that is not enough logarithms are taken of all.
    skewness, kurtosis : float
        The limits: needed is treatment if ``|skewness| > 2`` and ``kurtosis > 3.5``.
    when : {"needed", "always"}
        Treat all variables, whatever their skewness and kurtosis are.
    combine : bool
        Apply each treatment to what the one before left, instead of to the values as they came.
    force, exempt : iterable of str
        Variables that are treated (by the first treatment as far as it goes), or not, whatever
        their skewness and kurtosis are.
    variables : iterable of str, optional
        The variables to treat.
    over : {"all", "league", "ranked", "period", "league_period"}
        Whose values decide what is done.

    Raises
    ------
    DataError
        With every cell that a treatment cannot take, such as the logarithm of a value below 0.

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
        default=(Winsorise(), Log()), converter=_several, validator=_check_treatments
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

    def __attrs_post_init__(self) -> None:
        both = [name for name in self.force if name in self.exempt]
        if both:
            raise SettingError(f"to be treated and exempt at once: {listing(both)}")

    @property
    def peer_dependent(self) -> bool:
        """Whether what is done depends on the values of other units."""
        single = self.when == "always" and len(self.treatments) == 1
        return not single or self.treatments[0].peer_dependent

    @property
    def reads(self) -> tuple[str, ...]:
        """The variables that are named."""
        return self.variables or ()

    def within(self, frameworks: Sequence[Framework], observations: Observations) -> Treat:
        """Return the step with the variables that the frameworks' indicators measure."""
        found: Treat = opened(self, frameworks, observations)
        return found

    def __call__(self, observations: Observations) -> Observations:
        """Return the observations with their outliers drawn in."""
        columns = chosen(observations, self.variables)
        matrix = matrix_of(observations, columns)
        return _applied(self, observations, matrix, columns, self._plan(matrix))

    def anchor(self, reference: Observations) -> TreatAs:
        """Return what is done to the reference, as limits and curves in numbers.

        Raises
        ------
        SettingError
            If every league or period is treated by itself.
        """
        matrix = matrix_of(reference, chosen(reference, self.variables))
        plan = self._plan(matrix)
        if len({work.group for work in plan}) > 1:
            raise SettingError(
                f"a treatment over {self.over.replace('_', 's and ')}s cannot be anchored: each of "
                "them has limits of its own"
            )
        return TreatAs({matrix.names[w.row]: w.settled for w in plan if w.settled})

    def _plan(self, matrix: Matrix) -> list[_Work]:
        """Return what is to be done to each variable of each population."""
        index = dict.fromkeys(matrix.names)
        for name in (*self.force, *self.exempt):
            named(index, name, "variables to force or exempt")
        problems = Problems()
        plan = []
        for members, reference, name in populations(self.over, matrix):
            for work in _works(matrix, members, reference, "" if name is None else str(name)):
                try:
                    settled = self._settled(matrix, work)
                except CellError as error:
                    variable = matrix.names[work.row]
                    problems.add(str(error), code="treat.refused", variable=variable)
                else:
                    plan.append(attrs.evolve(work, settled=settled))
        problems.raise_any(DataError, "Variables cannot be treated")
        return plan

    def _settled(self, matrix: Matrix, work: _Work) -> tuple[Settled, ...]:
        variable = matrix.names[work.row]
        forced = self.when == "always" or variable in self.force
        if variable in self.exempt or not (forced or not self.fine(*work.before)):
            return ()
        known = matrix.values[work.row, work.members][work.reference]
        ordered = np.sort(known[~np.isnan(known)])
        if not len(ordered) or ordered[0] == ordered[-1]:
            return ()
        return self._tried(ordered, variable, forced=forced)

    def fine(self, skew: float, kurtosis: float) -> bool:
        """Tell whether a variable of this skewness and kurtosis needs no treatment."""
        return not (abs(skew) > self.skewness and kurtosis > self.kurtosis)

    def _enough(self, ordered: Float) -> bool:
        return self.fine(*reductions.shape_of_ordered(ordered))

    def _tried(self, ordered: Float, variable: str, *, forced: bool) -> tuple[Settled, ...]:
        """Return what is done to values in rising order: by the first treatment that suffices."""
        done: tuple[Settled, ...] = ()
        values = ordered
        for treatment in self.treatments:
            base = values if self.combine else ordered
            part = f"variable '{variable}': the treatment {treatment!r}"
            settled = called(part, treatment.settle, base, None if forced else self._enough)
            if settled is None:
                continue
            if not callable(settled) or not hasattr(settled, "cuts"):
                what = type(settled).__name__
                raise SettingError(f"{part} settled on {what}, which is no treatment")
            values = _done(base, (settled,), variable)
            done = (*done, settled) if self.combine else (settled,)
            if self._enough(values):
                break
        return done


def _settled_map(treatments: Any) -> FrozenMap[str, tuple[Settled, ...]]:
    if not isinstance(treatments, Mapping):
        raise SettingError(f"give a mapping of variables to treatments, not {treatments!r}")
    found = {name: _several(parts) for name, parts in treatments.items()}
    for name, parts in found.items():
        for part in parts:
            settled = isinstance(part, Settled) and not getattr(part, "peer_dependent", False)
            if isinstance(part, type) or not settled:
                raise SettingError(
                    f"variable '{name}': {part!r} is no treatment in numbers; Treat(…) finds the "
                    "numbers"
                )
    return FrozenMap(found)


@attrs.frozen
class TreatAs(BaseStep):
    """Do to each variable what is given in numbers, whatever the values are.

    This is what :class:`Treat` becomes when it is anchored on a reference.

    Parameters
    ----------
    treatments : mapping of str to treatment, or to a sequence of them
        Limits and curves of :mod:`govindex.treat` whose numbers are given; of several each is
        applied to what the one before left. Variables that are not named are left alone.

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
            attrs.evolve(work, settled=self.treatments[matrix.names[work.row]])
            for work in _works(matrix, slice(None), everyone, "")
        ]
        return _applied(self, observations, matrix, columns, plan)


def _works(matrix: Matrix, members: Index | slice, reference: Bool, group: str) -> Iterator[_Work]:
    skew, kurtosis = reductions.shape_of(matrix.values[:, members], reference)
    for row in range(len(matrix.names)):
        before = (float(skew[row, 0]), float(kurtosis[row, 0]))
        yield _Work(row, members, reference, group, before)


def _applied(
    step: Treat | TreatAs,
    data: Observations,
    matrix: Matrix,
    columns: Index,
    plan: Iterable[_Work],
) -> Observations:
    """Return observations with what was planned done to them, and the report."""
    values, treated = matrix.values.copy(), data.treated.T[columns]
    problems = Problems()
    rows = []
    for work in plan:
        variable = matrix.names[work.row]
        old = matrix.values[work.row, work.members]
        try:
            new = on_paper(_done(old, work.settled, variable), old)
        except CellError as error:
            codes = np.array(data.units.codes, dtype=object)[work.members]
            for index in np.flatnonzero(error.mask):
                problems.add(
                    f"{error} (value {old[index]:g})",
                    code="treat.refused",
                    unit=codes[index],
                    variable=variable,
                    found=f"(value {old[index]:g})",
                )
            continue
        curved = not all(part.cuts for part in work.settled)
        moved = ~np.isnan(old) if curved else (new != old) & ~np.isnan(old)
        values[work.row, work.members] = new
        treated[work.row, work.members] |= moved
        after = work.before
        if work.settled:
            skew, kurtosis = reductions.shape_of(new, work.reference)
            after = (float(skew[0]), float(kurtosis[0]))
        rows.append(
            Treated(variable, work.group, int(moved.sum()), work.settled, work.before, after)
        )
    problems.raise_any(DataError, "Variables cannot be treated")
    every, marks = data.values.copy(), data.treated.copy()
    every[:, columns], marks[:, columns] = values.T, treated.T
    report = TreatReport(step, tuple(rows))
    status, raw = data.status.copy(), data.raw_values[marks]
    return replaced(data, every, status, report, treated=marks, raw=raw)


def _done(values: Float, settled: Iterable[Any], variable: str) -> Float:
    for part in settled:
        name = f"variable '{variable}': the treatment {part!r}"
        found: Float = shaped(name, called(name, part, values), values, "units")
        if not part.cuts:
            _refuse_lost(part, values, found)
        values = found
    return values


def _refuse_lost(part: Settled, values: Float, found: Float) -> None:
    """Refuse cells that a curve makes no number of, or cannot tell from others any more."""
    known = np.flatnonzero(~np.isnan(values))
    wrong = np.isinf(found) | (np.isnan(found) & ~np.isnan(values))
    order = known[np.argsort(values[known], kind="stable")]
    low, high = values[order[:-1]], values[order[1:]]
    differ = high / 2 - low / 2 > _TOLD_APART * np.maximum(np.abs(low), np.abs(high))
    tied = differ & (found[order[:-1]] == found[order[1:]])
    wrong[order[:-1]] |= tied
    wrong[order[1:]] |= tied
    if wrong.any():
        message = f"{part!r} gives no number, or the same as of other values"
        raise CellError(f"{message}: take another measure unit, or another treatment", wrong)
