"""Measures of one row of the data: values, ratios, differences, conditions, inherited values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from typing import Any, ClassVar, Literal

import attrs
import numpy as np

from govindex.checks import among, number, positive, tuple_of
from govindex.contracts import (
    Bool,
    Cells,
    CellStatus,
    Columns,
    Float,
    Measure,
    Rounder,
    Status,
    is_absent,
    keeps_one_sign,
    prevailing,
)
from govindex.errors import CellError, SettingError, near_miss
from govindex.kernels.scaling import quotient
from govindex.mappings import FrozenMap
from govindex.names import as_code, distinct

__all__ = [
    "Complement",
    "Conditions",
    "Difference",
    "Inherited",
    "Largest",
    "PerPeriod",
    "Product",
    "Ratio",
    "Value",
    "as_measure",
    "kept",
    "masked",
    "scaled_size",
    "size_of",
    "worst",
]

Empty = Literal["zero", "full", "missing", "not_applicable", "error"]
_SNAP = 1e-10
_EMPTY = ("zero", "full", "missing", "not_applicable", "error")


def as_measure(source: Any) -> Measure:
    """Return the measure that a variable's name stands for, or the measure itself."""
    if isinstance(source, str):
        return Value(source)
    if isinstance(source, Measure) and not isinstance(source, type):
        return source
    raise SettingError(f"a measure reads variables by name or other measures, not {source!r}")


def _as_optional(source: Any) -> Measure | None:
    return None if source is None else as_measure(source)


def _as_measures(sources: Any) -> tuple[Measure, ...]:
    given = (sources,) if isinstance(sources, Measure) else sources
    return tuple(map(as_measure, tuple_of(given, "parts", "variables or measures")))


def _check_empty(_: object, __: object, value: str) -> None:
    if not among(value, _EMPTY):
        raise SettingError(f"there is no empty policy '{value}': {near_miss(value, _EMPTY)}")


def _merge(names: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for group in names for name in group))


def worst(*status: Status) -> Status:
    """Return what prevails among the status of several inputs."""
    merged = status[0]
    for other in status[1:]:
        merged = prevailing(merged, other)
    return merged


def masked(values: Float, status: Status, size: Float | float | None = None) -> Cells:
    """Return cells whose values are NaN where the status says that they are absent."""
    absent = is_absent(status)
    if absent.any():
        values = np.where(absent, np.nan, values)
    return Cells(values, status, size)


def kept(values: Float, *factors: Float) -> Float:
    """Return products and quotients, if none of them is nearer to 0 than a number can be."""
    if (values == 0).any():
        sound = [(factor != 0) & np.isfinite(factor) for factor in factors]
        lost = (values == 0) & np.logical_and.reduce(np.broadcast_arrays(*sound))
        if lost.any():
            message = "what is measured is nearer to 0 than a number can be: take another measure"
            raise CellError(f"{message} unit", lost)
    return values


def size_of(*cells: Cells) -> Float | float:
    """Return the largest number that goes into a sum or a difference of cells, cell by cell."""
    found: Float | float = 0.0
    for cell in cells:
        found = np.fmax(
            found, np.fmax(np.abs(cell.values), 0.0 if cell.size is None else cell.size)
        )
    return found


def scaled_size(cells: Cells, times: Float | float, by: Float | float = 1.0) -> Float | float:
    """Return the size of cells that are multiplied and divided, 0 where none is known."""
    if cells.size is None or (np.ndim(cells.size) == 0 and cells.size == 0):
        return 0.0
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        found = cells.size * np.abs(times / by)
    return np.where(np.isfinite(found), found, 0.0)


def _name(variable: Any) -> str:
    if not isinstance(variable, str) or not variable.strip():
        raise SettingError(f"Value(…) takes the name of a variable, a text, not {variable!r}")
    return str(as_code(variable))


def _codes(values: tuple[Any, ...]) -> tuple[float, ...]:
    # In whatever order they are given.
    return tuple(sorted({number(value, "a code that means missing") for value in values}))


def _as_codes(values: Any) -> tuple[float, ...]:
    if isinstance(values, str):
        raise SettingError(f"missing_when takes numbers, not {values!r}")
    return _codes(tuple(values) if isinstance(values, Iterable) else (values,))


@attrs.frozen
class Value:
    """The variable itself.

    Parameters
    ----------
    variable : str
        Its name in the data.
    missing_when : tuple of float
        Codes that mean missing, such as 99 or −1. They are taken out before preparation steps
        read the variable.

    Examples
    --------
    >>> Value("score", missing_when=(99,)).variables
    ('score',)
    """

    one_sign: ClassVar[bool] = True
    variable: str = attrs.field(converter=_name)
    missing_when: tuple[float, ...] = attrs.field(default=(), converter=_as_codes, kw_only=True)

    @property
    def variables(self) -> tuple[str, ...]:
        """The one variable."""
        return (self.variable,)

    @property
    def optional(self) -> tuple[str, ...]:
        """None."""
        return ()

    @property
    def passes_answers(self) -> bool:
        """Answers come out as they went in, unless codes are taken out."""
        return not self.missing_when

    def __call__(self, columns: Columns) -> Cells:
        """Return the variable's cells."""
        cells = columns[self.variable]
        if not self.missing_when:
            return cells
        coded = np.isin(cells.values, self.missing_when)
        missing = np.uint8(CellStatus.MISSING)
        return masked(cells.values, np.where(coded, missing, cells.status))


@attrs.frozen
class Largest:
    """The largest of several variables that are reported; absent only if all are absent.

    Parameters
    ----------
    of : sequence of str or measure
        What is compared. All but the first may be left out of the data.
    """

    of: tuple[Measure, ...] = attrs.field(converter=_as_measures)

    def __attrs_post_init__(self) -> None:
        if len(self.of) < 2:
            raise SettingError("Largest compares at least two variables")

    @property
    def variables(self) -> tuple[str, ...]:
        """What the first of them needs."""
        return self.of[0].variables

    @property
    def optional(self) -> tuple[str, ...]:
        """What the others need."""
        return _merge([self.of[0].optional, *(m.variables + m.optional for m in self.of[1:])])

    @property
    def one_sign(self) -> bool:
        """Whether nothing cancels in what is read."""
        return all(map(keeps_one_sign, self.of))

    def __call__(self, columns: Columns) -> Cells:
        """Return the largest reported value."""
        cells = [m(columns) for m in self.of if all(name in columns for name in m.variables)]
        values, status = cells[0].values, cells[0].status
        for other in cells[1:]:
            values = np.fmax(values, other.values)
            both = ~is_absent(status) & ~is_absent(other.status)
            # The one that is there; of two absent ones, what should be known is missing.
            single = np.minimum(status, other.status)
            status = np.where(both, prevailing(status, other.status), single)
        sizes = [c.size for c in cells if c.size is not None]
        return masked(values, status, reduce(np.fmax, sizes) if sizes else None)


@attrs.frozen
class PerPeriod:
    """A whole year's total, divided by how many of the data's periods make a year.

    Data of a month divide by 12, of a quarter by 4, of a year by 1.

    Raises
    ------
    SettingError
        If the observations do not say their period.
    """

    total: Measure = attrs.field(converter=as_measure)

    @property
    def variables(self) -> tuple[str, ...]:
        """What the total needs."""
        return self.total.variables

    @property
    def optional(self) -> tuple[str, ...]:
        """What the total can use."""
        return self.total.optional

    @property
    def one_sign(self) -> bool:
        """Whether nothing cancels in what is read."""
        return keeps_one_sign(self.total)

    def __call__(self, columns: Columns) -> Cells:
        """Return the total's part."""
        parts = columns.parts_of_year
        if parts is None:
            raise SettingError(
                f"a yearly total ({', '.join(self.variables)}) is divided by the periods of a year,"
                " but the observations have no period: give them one, such as period='2026',"
                " '2026-Q3' or '2026-09'"
            )
        cells = self.total(columns)
        found = kept(cells.values / parts, cells.values)
        return Cells(found, cells.status, scaled_size(cells, 1.0, parts))


@attrs.frozen
class Ratio:
    """A part of a whole: ``times·a / b``.

    Parameters
    ----------
    numerator, denominator : str or measure
        What is divided by what.
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
    empty: Empty = attrs.field(default="error", validator=_check_empty, kw_only=True)
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
        _check_counts_as_rounded(self.rounding)

    @property
    def variables(self) -> tuple[str, ...]:
        """What numerator and denominator need."""
        return _merge([self.numerator.variables, self.denominator.variables])

    @property
    def optional(self) -> tuple[str, ...]:
        """What they can use, and what the fallback needs."""
        groups = [self.numerator.optional, self.denominator.optional]
        if self.fallback is not None:
            groups += [self.fallback.variables, self.fallback.optional]
        return _merge(groups)

    @property
    def one_sign(self) -> bool:
        """Whether nothing cancels in what is read."""
        parts = [self.numerator, self.denominator, self.fallback]
        return all(keeps_one_sign(part) for part in parts if part is not None)

    def __call__(self, columns: Columns) -> Cells:
        """Return the ratio, with the empty denominators as declared."""
        top, bottom = self.numerator(columns), self.denominator(columns)
        whole, status = bottom.values, bottom.status
        gone = (status == CellStatus.MISSING) & (self.missing_denominator == "empty")
        if gone.any():
            whole = np.where(gone, 0.0, whole)
            status = np.where(gone, np.uint8(CellStatus.REPORTED), status)
        whole, status, replaced = self._with_fallback(columns, whole, status)
        # A fallback is an estimate of the whole, and an unknown one is none: a part may be larger.
        _check_counts(top.values, np.where(replaced | gone, np.inf, whole), self.above)
        status = worst(top.status, status)
        empty = (whole == 0) & ~is_absent(status)
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            ratio = self.times * top.values / whole if self.times != 1 else top.values / whole
            ratio = kept(quotient(top.values, whole, self.times, found=ratio), top.values, whole)
            size = np.fmax(scaled_size(top, self.times, whole), scaled_size(bottom, ratio, whole))
        if empty.any():
            ratio, status = self._emptied(ratio, status, empty)
        if self.rounding is not None:
            ratio = self.rounding(ratio)
        return masked(ratio, status, size)

    def _with_fallback(
        self, columns: Columns, whole: Float, status: Status
    ) -> tuple[Float, Status, Bool]:
        wanted = (whole == 0) | (status == CellStatus.MISSING)
        if self.fallback is None or not all(name in columns for name in self.fallback.variables):
            return whole, status, np.zeros_like(wanted)
        if not wanted.any():
            return whole, status, wanted
        other = self.fallback(columns)
        usable = wanted & ~is_absent(other.status) & (other.values > 0)
        status = np.where(usable, other.status, status)
        return np.where(usable, other.values, whole), status, usable

    def _emptied(self, ratio: Float, status: Status, empty: Bool) -> tuple[Float, Status]:
        if self.empty == "error":
            names = " and ".join(self.denominator.variables)
            raise CellError(
                f"the denominator {names} is 0, and the ratio declares no empty= policy", empty
            )
        if self.empty in ("zero", "full"):
            return np.where(empty, 0.0 if self.empty == "zero" else self.times, ratio), status
        code = CellStatus.MISSING if self.empty == "missing" else CellStatus.NOT_APPLICABLE
        return ratio, np.where(empty, np.uint8(code), status)


def _check_counts(top: Float, whole: Float, above: str) -> None:
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
                "Ratio(above='allow') lets it",
                exceeds,
            )


@attrs.frozen
class Complement:
    """What is left of a whole: ``times·(1 − Σ parts / whole)``.

    Parameters
    ----------
    parts : sequence of str or measure
        Counts that do not overlap.
    whole : str or measure
        What they are parts of.
    times, empty, rounding
        As in :class:`Ratio`.

    Raises
    ------
    CellError
        If a count is negative, the parts exceed the whole, or the whole is 0 and nothing is
        declared for that.
    """

    parts: tuple[Measure, ...] = attrs.field(converter=_as_measures)
    whole: Measure = attrs.field(converter=as_measure)
    times: float = attrs.field(default=1.0, validator=positive, kw_only=True)
    empty: Empty = attrs.field(default="error", validator=_check_empty, kw_only=True)
    rounding: Rounder | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if not self.parts:
            raise SettingError("Complement needs at least one part")
        _check_counts_as_rounded(self.rounding)

    @property
    def variables(self) -> tuple[str, ...]:
        """What parts and whole need."""
        return _merge([*(part.variables for part in self.parts), self.whole.variables])

    @property
    def optional(self) -> tuple[str, ...]:
        """What they can use."""
        return _merge([*(part.optional for part in self.parts), self.whole.optional])

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


def _check_counts_as_rounded(rounding: Rounder | None) -> None:
    if rounding is not None and (isinstance(rounding, type) or not callable(rounding)):
        raise SettingError(f"rounding must be a Rounding(…), not {rounding!r}")
    if getattr(rounding, "printed_only", False):
        raise SettingError(
            "a measure's rounding rounds what is scored: printed_only is for nodes and tiers"
        )


@attrs.frozen
class _Rest:
    parts: tuple[Measure, ...]
    whole: Measure
    variables: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()

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
        # Parts that add up to the whole leave nothing, whatever the last bits say.
        over = values < -_SNAP * whole.values
        if over.any():
            raise CellError("the parts exceed the whole", over)
        return masked(np.maximum(values, 0.0), status, size)


@attrs.frozen
class Difference:
    """One variable less another (a result and its target, for instance)."""

    value: Measure = attrs.field(converter=as_measure)
    less: Measure = attrs.field(converter=as_measure)

    @property
    def variables(self) -> tuple[str, ...]:
        """What both need."""
        return _merge([self.value.variables, self.less.variables])

    @property
    def optional(self) -> tuple[str, ...]:
        """What both can use."""
        return _merge([self.value.optional, self.less.optional])

    def __call__(self, columns: Columns) -> Cells:
        """Return the difference."""
        value, less = self.value(columns), self.less(columns)
        size = size_of(value, less)
        with np.errstate(over="ignore"):
            found = value.values - less.values
        return masked(found, worst(value.status, less.status), size)


@attrs.frozen
class Product:
    """One measure times another (a rate and a coefficient, for instance)."""

    left: Measure = attrs.field(converter=as_measure)
    right: Measure = attrs.field(converter=as_measure)

    @property
    def variables(self) -> tuple[str, ...]:
        """What both need."""
        return _merge([self.left.variables, self.right.variables])

    @property
    def optional(self) -> tuple[str, ...]:
        """What both can use."""
        return _merge([self.left.optional, self.right.optional])

    @property
    def one_sign(self) -> bool:
        """Whether nothing cancels in what is read."""
        return keeps_one_sign(self.left) and keeps_one_sign(self.right)

    def __call__(self, columns: Columns) -> Cells:
        """Return the product."""
        left, right = self.left(columns), self.right(columns)
        size = np.fmax(scaled_size(left, right.values), scaled_size(right, left.values))
        with np.errstate(over="ignore"):
            found = kept(left.values * right.values, left.values, right.values)
        return masked(found, worst(left.status, right.status), size)


def _condition_shares(table: Any) -> FrozenMap[str, float]:
    if not isinstance(table, Mapping) or not table:
        raise SettingError(f"Conditions needs a mapping of variables to shares, not {table!r}")
    for name, share in table.items():
        if not isinstance(name, str):
            raise SettingError(f"a condition is the name of a variable, a text, not {name!r}")
        if isinstance(share, bool) or not isinstance(share, (int, float)) or not np.isfinite(share):
            raise SettingError(f"the share of condition '{name}' is a finite number, not {share!r}")
    return FrozenMap({name: float(share) for name, share in distinct(table, "the variable")})


@attrs.frozen
class Conditions:
    """The sum of the shares of the conditions that are met.

    Parameters
    ----------
    shares : mapping of str to float
        What each yes-or-no variable (1 or 0, true or false) earns when it is met.

    Raises
    ------
    CellError
        If a cell holds something other than 0 and 1.

    Examples
    --------
    >>> Conditions({"plan_issued": 0.5, "issued_on_time": 0.5}).variables
    ('plan_issued', 'issued_on_time')
    """

    shares: FrozenMap[str, float] = attrs.field(converter=_condition_shares)

    @property
    def variables(self) -> tuple[str, ...]:
        """The conditions."""
        return tuple(self.shares)

    @property
    def optional(self) -> tuple[str, ...]:
        """None."""
        return ()

    def __call__(self, columns: Columns) -> Cells:
        """Return the sum of the earned shares."""
        total, status = np.zeros(1), np.zeros(1, dtype=np.uint8)
        for name, share in self.shares.items():
            if columns.levels(name):
                wrong = ~is_absent(columns[name].status)
                raise CellError(f"the condition {name} is 1 or 0, not a text", wrong)
            cells = columns[name]
            wrong = (cells.values != 0) & (cells.values != 1) & ~np.isnan(cells.values)
            if wrong.any():
                raise CellError(f"the condition {name} is met (1) or not (0)", wrong)
            total = total + share * cells.values
            status = worst(status, cells.status)
        return masked(total, status, float(sum(map(abs, self.shares.values()))))


@attrs.frozen
class Inherited:
    """The parent unit's value for units that have a parent, the own value for the others.

    Parameters
    ----------
    measure : str or measure
        What is inherited.
    """

    inherits: ClassVar[bool] = True
    measure: Measure = attrs.field(converter=as_measure)

    @property
    def variables(self) -> tuple[str, ...]:
        """What the measure needs."""
        return self.measure.variables

    @property
    def optional(self) -> tuple[str, ...]:
        """What the measure can use."""
        return self.measure.optional

    @property
    def passes_answers(self) -> bool:
        """Answers are inherited as they are."""
        return getattr(self.measure, "passes_answers", False)

    @property
    def one_sign(self) -> bool:
        """Whether nothing cancels in what is read."""
        return keeps_one_sign(self.measure)

    def __call__(self, columns: Columns) -> Cells:
        """Return own values at the top and the topmost ancestor's value below."""
        cells = self.measure(columns)
        parent = columns.peers.parent_index
        source = np.arange(len(parent))
        while (parent[source] >= 0).any():
            source = np.where(parent[source] >= 0, parent[source], source)
        status = np.broadcast_to(cells.status, cells.values.shape)
        size = cells.size
        if isinstance(size, np.ndarray):
            size = np.broadcast_to(size, cells.values.shape)[..., source]
        return Cells(cells.values[..., source], status[..., source], size)
