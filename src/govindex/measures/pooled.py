"""Sums of variables, and ratios of sums of counts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any, Literal

import attrs
import numpy as np

from govindex.checks import one_of, positive
from govindex.contracts import (
    Cells,
    CellStatus,
    Columns,
    Entry,
    EntryCells,
    Measure,
    Rounder,
    Status,
    is_absent,
)
from govindex.errors import SettingError
from govindex.measures.cells import masked, size_of, worst
from govindex.measures.ratios import Empty, Ratio, check_counts, check_empty, check_rounding
from govindex.measures.variables import (
    ComposedMeasure,
    Value,
    as_measures,
    entries_of,
    formula_of,
    merged,
)

__all__ = ["PooledRatio", "Sum"]

Missing = Literal["missing", "left_out"]
NotApplicable = Literal["not_applicable", "left_out"]


_MISSING = one_of("missing", "left_out")
_NOT_APPLICABLE = one_of("not_applicable", "left_out")


@attrs.frozen
class Sum(ComposedMeasure):
    """The sum of several variables (counts of several procedures, for instance).

    A sum is absent if one of its parts is, unless such parts are left out; it is absent if all are
    left out, and always if one is suppressed.

    Parameters
    ----------
    of : sequence of str or measure
        What is added, in one measure unit.
    missing : {"missing", "left_out"}
        What a missing part makes of the sum: missing, or the sum of the others.
    not_applicable : {"not_applicable", "left_out"}
        What a part that is not applicable makes of the sum: not applicable, or the sum of the
        others.

    Raises
    ------
    SettingError
        If there are fewer than two parts.

    Examples
    --------
    >>> Sum(["by_post", "online"], not_applicable="left_out").variables
    ('by_post', 'online')
    """

    of: tuple[Measure, ...] = attrs.field(converter=as_measures)
    missing: Missing = attrs.field(default="missing", validator=_MISSING, kw_only=True)
    not_applicable: NotApplicable = attrs.field(
        default="not_applicable", validator=_NOT_APPLICABLE, kw_only=True
    )

    def __attrs_post_init__(self) -> None:
        if len(self.of) < 2:
            raise SettingError("Sum adds at least two variables")

    @property
    def _inputs(self) -> tuple[Measure, ...]:
        return self.of

    def spreadsheet_formula(self, cells: EntryCells) -> str | None:
        """Return the sum, None if parts may be left out."""
        if "left_out" in (self.missing, self.not_applicable):
            return None
        formulas = [formula_of(measure, cells) for measure in self.of]
        return None if None in formulas else f"({'+'.join(map(str, formulas))})"

    def __call__(self, columns: Columns) -> Cells:
        """Return the sum of the parts that count."""
        cells = [measure(columns) for measure in self.of]
        total = reduce(np.add, (np.where(is_absent(c.status), 0.0, c.values) for c in cells))
        return masked(total, self._status([c.status for c in cells]), size_of(*cells))

    def _status(self, parts: list[Status]) -> Status:
        left_out = [self._left_out(status) for status in parts]
        counted = [
            np.where(out, np.uint8(CellStatus.REPORTED), status)
            for out, status in zip(left_out, parts, strict=True)
        ]
        # Nothing is left to add up: missing, if one of the parts is.
        nothing = np.logical_and.reduce(np.broadcast_arrays(*left_out))
        return np.where(nothing, reduce(np.minimum, parts), worst(*counted))

    def _left_out(self, status: Status) -> Any:
        missing = (status == CellStatus.MISSING) & (self.missing == "left_out")
        inapplicable = (status == CellStatus.NOT_APPLICABLE) & (self.not_applicable == "left_out")
        return missing | inapplicable


@attrs.frozen
class PooledRatio(ComposedMeasure):
    """A ratio of sums: ``times·(a₁ + a₂ + …) / (b₁ + b₂ + …)``.

    Numerators and denominators of several groups are added before they are divided, so that every
    case counts alike, whatever group it belongs to. (The mean of the groups' ratios counts groups
    alike: that is an aggregator's work.)

    Parameters
    ----------
    numerators, denominators : sequence of str or measure
        The parts and the wholes, in pairs: the first numerator belongs to the first denominator.
    times, empty, above, rounding
        As in :class:`Ratio`; `above` holds for every pair.
    missing, not_applicable
        As in :class:`Sum`, for pairs: a numerator whose denominator is left out is left out with
        it, and the reverse.

    Raises
    ------
    SettingError
        If there are fewer than two pairs, or one lacks its numerator or denominator.
    CellError
        If a count is negative, a numerator exceeds its denominator, or all denominators are 0 and
        nothing is declared for that.

    Examples
    --------
    >>> PooledRatio(["land_on_time", "tax_on_time"], ["land", "tax"], times=100).variables
    ('land_on_time', 'tax_on_time', 'land', 'tax')
    """

    numerators: tuple[Measure, ...] = attrs.field(converter=as_measures)
    denominators: tuple[Measure, ...] = attrs.field(converter=as_measures)
    times: float = attrs.field(default=1.0, validator=positive, kw_only=True)
    empty: Empty = attrs.field(default="error", validator=check_empty, kw_only=True)
    above: Literal["error", "allow"] = attrs.field(
        default="error", validator=one_of("error", "allow"), kw_only=True
    )
    missing: Missing = attrs.field(default="missing", validator=_MISSING, kw_only=True)
    not_applicable: NotApplicable = attrs.field(
        default="not_applicable", validator=_NOT_APPLICABLE, kw_only=True
    )
    rounding: Rounder | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if len(self.numerators) != len(self.denominators) or len(self.numerators) < 2:
            raise SettingError(
                "PooledRatio takes at least two pairs of a numerator and a denominator; given: "
                f"{len(self.numerators)} and {len(self.denominators)}"
            )
        check_rounding(self.rounding)

    @property
    def _inputs(self) -> tuple[Measure, ...]:
        return (*self.numerators, *self.denominators)

    @property
    def wholes(self) -> tuple[str, ...]:
        """The variables of the denominators, and the wholes of the numerators."""
        groups = [names for m in self.denominators for names in (m.variables, m.optional)]
        return merged([super().wholes, *groups])

    def entries(self, entry: Entry) -> Mapping[str, Entry]:
        """Return counts of at least 0, a part at most its whole if both are variables."""
        count = Entry(low=0.0)
        pairs = []
        for part, whole in self._pairs:
            limited = self.above == "error" and isinstance(part, Value) and isinstance(whole, Value)
            most = attrs.evolve(count, at_most=whole.variables[0]) if limited else count
            pairs += [(part, most), (whole, count)]
        return entries_of(pairs)

    def spreadsheet_formula(self, cells: EntryCells) -> str | None:
        """Return the ratio of the sums, None if pairs may be left out."""
        return self._of_sums.spreadsheet_formula(cells)

    def __call__(self, columns: Columns) -> Cells:
        """Return the ratio of the sums."""
        for part, whole in self._pairs:
            check_counts(part(columns).values, whole(columns).values, self.above)
        return self._of_sums(columns)

    @property
    def _pairs(self) -> list[tuple[Measure, Measure]]:
        return list(zip(self.numerators, self.denominators, strict=True))

    @property
    def _of_sums(self) -> Ratio:
        kept = {"missing": self.missing, "not_applicable": self.not_applicable}
        return Ratio(
            Sum([_InPair(part, whole) for part, whole in self._pairs], **kept),  # type: ignore[arg-type]
            Sum([_InPair(whole, part) for part, whole in self._pairs], **kept),  # type: ignore[arg-type]
            times=self.times,
            empty=self.empty,
            above="allow",  # checked pair by pair
            rounding=self.rounding,
        )


@attrs.frozen
class _InPair(ComposedMeasure):
    """A measure that is absent where the other of its pair is."""

    measure: Measure
    other: Measure

    @property
    def _inputs(self) -> tuple[Measure, ...]:
        return (self.measure, self.other)

    def spreadsheet_formula(self, cells: EntryCells) -> str | None:
        return formula_of(self.measure, cells)

    def __call__(self, columns: Columns) -> Cells:
        cells = self.measure(columns)
        status = worst(cells.status, self.other(columns).status)
        return masked(cells.values, status, cells.size)
