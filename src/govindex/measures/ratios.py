"""Parts of a whole: ratios, complements and parts of a year."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import attrs
import numpy as np

from govindex.checks import among, positive
from govindex.contracts import (
    BaseRounder,
    Bool,
    Cells,
    CellStatus,
    Columns,
    Entry,
    EntryCells,
    Float,
    Measure,
    Rounder,
    Status,
    completed,
    in_formula,
    is_absent,
)
from govindex.errors import CellError, SettingError, near_miss
from govindex.kernels.scaling import quotient
from govindex.measures.cells import masked, not_underflowed, scaled_size, size_of, worst
from govindex.measures.variables import (
    ComposedMeasure,
    SignKeepingMeasure,
    Value,
    as_measure,
    as_measures,
    entries_of,
    formula_of,
    keep_one_sign,
    merged,
)

__all__ = [
    "Complement",
    "Empty",
    "PerPeriod",
    "Ratio",
    "check_counts",
    "check_empty",
    "check_rounding",
]

Empty = Literal["zero", "full", "missing", "not_applicable", "error"]
_SNAP = 1e-10
_EMPTY = ("zero", "full", "missing", "not_applicable", "error")


def _as_optional(source: Measure | str | None) -> Measure | None:
    return None if source is None else as_measure(source)


def check_empty(_: object, __: object, value: str) -> None:
    """Check the name of a policy for empty denominators."""
    if not among(value, _EMPTY):
        raise SettingError(f"there is no empty policy '{value}': {near_miss(value, _EMPTY)}")


@attrs.frozen
class Ratio(SignKeepingMeasure):
    """A part of a whole: ``times·a / b``.

    Parameters
    ----------
    numerator, denominator : str or measure
        The part and the whole.
    times : float
        100 for a value in percent.
    empty : {"error", "zero", "full", "missing", "not_applicable"}
        What a denominator of 0 gives: an error, the value 0, the value `times`, or no value.
    above : {"error", "allow"}
        Whether the numerator may exceed the denominator (targets may be surpassed).
    fallback : str or measure, optional
        The denominator where the first one is 0 or missing; its numerator may exceed it.
    missing_denominator : {"missing", "empty"}
        Whether a missing denominator is missing, or as empty as 0.
    rounding : Rounding, optional
        Applied to the ratio, after `times`: two decimals of a percent, for instance.

    Raises
    ------
    CellError
        If a count is negative, a numerator exceeds its denominator, or a denominator is 0 and
        nothing is declared for that.

    Examples
    --------
    >>> Ratio("on_time", "received", times=100).variables
    ('on_time', 'received')
    """

    numerator: Measure = attrs.field(converter=as_measure)
    denominator: Measure = attrs.field(converter=as_measure)
    times: float = attrs.field(default=1.0, validator=positive, kw_only=True)
    empty: Empty = attrs.field(default="error", validator=check_empty, kw_only=True)
    above: Literal["error", "allow"] = attrs.field(default="error", kw_only=True)
    fallback: Measure | None = attrs.field(default=None, converter=_as_optional, kw_only=True)
    missing_denominator: Literal["missing", "empty"] = attrs.field(default="missing", kw_only=True)
    rounding: Rounder | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if not among(self.above, ("error", "allow")):
            raise SettingError(f"above is 'error' or 'allow', not {self.above!r}")
        if not among(self.missing_denominator, ("missing", "empty")):
            raise SettingError(
                f"missing_denominator is 'missing' or 'empty', not {self.missing_denominator!r}"
            )
        check_rounding(self.rounding)

    @property
    def _inputs(self) -> tuple[Measure, ...]:
        return (self.numerator, self.denominator)

    @property
    def optional(self) -> tuple[str, ...]:
        """The optional variables of both, and all variables of the fallback."""
        groups = [measure.optional for measure in self._inputs]
        if self.fallback is not None:
            groups += [self.fallback.variables, self.fallback.optional]
        return merged(groups)

    @property
    def wholes(self) -> tuple[str, ...]:
        """The variables of the denominator and of the fallback, and the wholes of the numerator."""
        others = [self.denominator, *([] if self.fallback is None else [self.fallback])]
        groups = [names for other in others for names in (other.variables, other.optional)]
        return merged([super().wholes, *groups])

    @property
    def one_sign(self) -> bool:
        """Whether nothing cancels in the measures, the fallback included."""
        return super().one_sign and (self.fallback is None or keep_one_sign((self.fallback,)))

    def entries(self, entry: Entry) -> Mapping[str, Entry]:
        """Return counts of at least 0, the part at most the whole if that is one variable."""
        count = Entry(low=0.0)
        limited = self.above == "error" and self.fallback is None
        whole = self.denominator.variables if limited else ()
        single = isinstance(self.denominator, Value) and isinstance(self.numerator, Value)
        part = attrs.evolve(count, at_most=whole[0]) if whole and single else count
        others = () if self.fallback is None else ((self.fallback, count),)
        return entries_of([(self.numerator, part), (self.denominator, count), *others])

    def spreadsheet_formula(self, cells: EntryCells) -> str | None:
        """Return the ratio, with the empty denominators as declared; an error without a value."""
        top, whole = formula_of(self.numerator, cells), formula_of(self.denominator, cells)
        if top is None or whole is None:
            return None
        if self.fallback is not None and all(name in cells for name in self.fallback.variables):
            instead = formula_of(self.fallback, cells)
            if instead is None:
                return None
            whole = f"IF({whole}>0,{whole},{instead})"
        ratio = f"{in_formula(self.times)}*{top}/{whole}" if self.times != 1 else f"{top}/{whole}"
        return _printed_formula(ratio, whole, self)

    def __call__(self, columns: Columns) -> Cells:
        """Return the ratio, with the empty denominators as declared."""
        top, bottom = self.numerator(columns), self.denominator(columns)
        whole, status = bottom.values, bottom.status
        empty_denominator = (status == CellStatus.MISSING) & (self.missing_denominator == "empty")
        if empty_denominator.any():
            whole = np.where(empty_denominator, 0.0, whole)
            status = np.where(empty_denominator, np.uint8(CellStatus.REPORTED), status)
        whole, status, replaced = self._with_fallback(columns, whole, status)
        # A part may exceed a whole that is estimated by the fallback, or unknown.
        unlimited = replaced | empty_denominator
        check_counts(top.values, np.where(unlimited, np.inf, whole), self.above)
        status = worst(top.status, status)
        empty = (whole == 0) & ~is_absent(status)
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            ratio = self.times * top.values / whole if self.times != 1 else top.values / whole
            ratio = quotient(top.values, whole, self.times, plain=ratio)
            ratio = not_underflowed(ratio, top.values, whole)
            size = np.fmax(scaled_size(top, self.times, whole), scaled_size(bottom, ratio, whole))
        if empty.any():
            ratio, status = self._with_empty_policy(ratio, status, empty)
        if self.rounding is not None:
            ratio = self.rounding(ratio)
        return masked(ratio, status, size)

    def _with_fallback(
        self, columns: Columns, whole: Float, status: Status
    ) -> tuple[Float, Status, Bool]:
        unusable = (whole == 0) | (status == CellStatus.MISSING)
        if self.fallback is None or not all(name in columns for name in self.fallback.variables):
            return whole, status, np.zeros_like(unusable)
        if not unusable.any():
            return whole, status, unusable
        fallback = self.fallback(columns)
        replaced = unusable & ~is_absent(fallback.status) & (fallback.values > 0)
        status = np.where(replaced, fallback.status, status)
        return np.where(replaced, fallback.values, whole), status, replaced

    def _with_empty_policy(self, ratio: Float, status: Status, empty: Bool) -> tuple[Float, Status]:
        if self.empty == "error":
            names = " and ".join(self.denominator.variables)
            raise CellError(
                f"the denominator {names} is 0, and the ratio declares no empty= policy", empty
            )
        if self.empty in ("zero", "full"):
            return np.where(empty, 0.0 if self.empty == "zero" else self.times, ratio), status
        code = CellStatus.MISSING if self.empty == "missing" else CellStatus.NOT_APPLICABLE
        return ratio, np.where(empty, np.uint8(code), status)


def check_counts(top: Float, whole: Float, above: str) -> None:
    """Refuse negative counts, and parts above their wholes unless that is allowed."""
    negative = (top < 0) | (whole < 0)
    if negative.any():
        raise CellError("numerator and denominator of a ratio cannot be negative", negative)
    if above == "error":
        exceeds = (top > whole) & (whole > 0)
        exceeds |= (top > 0) & (whole == 0)
        if exceeds.any():
            a, b = (np.broadcast_to(x, exceeds.shape)[exceeds].flat[0] for x in (top, whole))
            raise CellError(
                f"a numerator cannot exceed its denominator ({a:g} of {b:g}); "
                "above='allow' lets it",
                exceeds,
            )


@attrs.frozen
class Complement(ComposedMeasure):
    """The rest of a whole: ``times·(1 − Σ parts / whole)``.

    Parameters
    ----------
    parts : sequence of str or measure
        Counts that do not overlap.
    whole : str or measure
        The whole of these parts.
    times, empty, rounding
        As in :class:`Ratio`.

    Raises
    ------
    CellError
        If a count is negative, the parts exceed the whole, or the whole is 0 and nothing is
        declared for that.
    """

    parts: tuple[Measure, ...] = attrs.field(converter=as_measures)
    whole: Measure = attrs.field(converter=as_measure)
    times: float = attrs.field(default=1.0, validator=positive, kw_only=True)
    empty: Empty = attrs.field(default="error", validator=check_empty, kw_only=True)
    rounding: Rounder | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if not self.parts:
            raise SettingError("Complement needs at least one part")
        check_rounding(self.rounding)

    @property
    def _inputs(self) -> tuple[Measure, ...]:
        return (*self.parts, self.whole)

    @property
    def wholes(self) -> tuple[str, ...]:
        """The variables of the whole, and the wholes of the parts."""
        return merged([super().wholes, self.whole.variables, self.whole.optional])

    def entries(self, entry: Entry) -> Mapping[str, Entry]:
        """Return counts of at least 0, no part above the whole if that is one variable."""
        count = Entry(low=0.0)
        single = isinstance(self.whole, Value)
        part = attrs.evolve(count, at_most=self.whole.variables[0]) if single else count
        parts = [(m, part if isinstance(m, Value) else count) for m in self.parts]
        return entries_of([*parts, (self.whole, count)])

    def spreadsheet_formula(self, cells: EntryCells) -> str | None:
        """Return the remaining share."""
        parts, whole = [formula_of(m, cells) for m in self.parts], formula_of(self.whole, cells)
        if whole is None or None in parts:
            return None
        rest = f"{in_formula(self.times)}*(1-({'+'.join(map(str, parts))})/{whole})"
        return _printed_formula(rest, whole, self)

    def __call__(self, columns: Columns) -> Cells:
        """Return the remaining share."""
        rest = Ratio(
            _Rest(self.parts, self.whole),
            self.whole,
            times=self.times,
            empty=self.empty,
            rounding=self.rounding,
        )
        return rest(columns)


def _printed_formula(ratio: str, whole: str, measure: Ratio | Complement) -> str | None:
    """Return the formula of a ratio with its policy for an empty whole and its rounding."""
    if measure.empty in ("zero", "full"):
        instead = "0" if measure.empty == "zero" else in_formula(measure.times)
        ratio = f"IF({whole}=0,{instead},{ratio})"
    if measure.rounding is None:
        return ratio if ratio.startswith("IF(") else f"({ratio})"
    return completed(measure.rounding, BaseRounder).spreadsheet_formula(ratio)


def check_rounding(rounding: Rounder | None) -> None:
    """Refuse what is no rounding, and one that changes only what is printed."""
    if rounding is not None and (isinstance(rounding, type) or not callable(rounding)):
        raise SettingError(f"rounding must be a Rounding(…), not {rounding!r}")
    if rounding is not None and completed(rounding, BaseRounder).printed_only:
        raise SettingError(
            "a measure's rounding changes what is scored: printed_only is for nodes and tiers"
        )


@attrs.frozen
class _Rest(ComposedMeasure):
    parts: tuple[Measure, ...]
    whole: Measure

    @property
    def _inputs(self) -> tuple[Measure, ...]:
        return (*self.parts, self.whole)

    def __call__(self, columns: Columns) -> Cells:
        whole = self.whole(columns)
        values, status = whole.values, whole.status
        size = size_of(whole)
        for part in self.parts:
            cells = part(columns)
            size = np.fmax(size, size_of(cells))
            negative = cells.values < 0
            if negative.any():
                raise CellError("the parts of a whole cannot be negative", negative)
            values, status = values - cells.values, worst(status, cells.status)
        # Parts that add up to the whole within the snap leave 0.
        over = values < -_SNAP * whole.values
        if over.any():
            raise CellError("the parts exceed the whole", over)
        return masked(np.maximum(values, 0.0), status, size)


@attrs.frozen
class PerPeriod(SignKeepingMeasure):
    """A whole year's total, divided by how many of the data's periods make a year.

    Data of a month divide by 12, of a quarter by 4, of a year by 1.

    Raises
    ------
    SettingError
        If the observations have no period.
    """

    total: Measure = attrs.field(converter=as_measure)

    @property
    def _inputs(self) -> tuple[Measure, ...]:
        return (self.total,)

    def entries(self, entry: Entry) -> Mapping[str, Entry]:
        """Return whether totals below 0 may be entered."""
        return entries_of([(self.total, entry.sign)])

    def spreadsheet_formula(self, cells: EntryCells) -> str | None:
        """Return the total of one period, None if the form has no period."""
        total = formula_of(self.total, cells)
        parts = cells.parts_of_year
        return None if total is None or parts is None else f"({total}/{parts})"

    def __call__(self, columns: Columns) -> Cells:
        """Return the total of one period."""
        parts = columns.parts_of_year
        if parts is None:
            raise SettingError(
                f"a yearly total ({', '.join(self.variables)}) is divided by the periods of a year,"
                " but the observations have no period: give them one, such as period='2026',"
                " '2026-Q3' or '2026-09'"
            )
        cells = self.total(columns)
        values = not_underflowed(cells.values / parts, cells.values)
        return Cells(values, cells.status, scaled_size(cells, 1.0, parts))
