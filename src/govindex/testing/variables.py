"""The values that a variable may hold, so that drawn data are valid."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

import attrs
import numpy as np

from govindex.contracts import CellStatus, Float, Measure
from govindex.errors import FrameworkError
from govindex.testing.policies import KINDS

__all__ = ["Variable", "Want"]

_FAR = (-1e6, 1e6)
_HEAVY = 5.0
# Values are looked up by a byte, whose last few mark a cell.
_BYTES = 224


@attrs.frozen(kw_only=True)
class Want:
    """What a rule and the branches above it require of a measure's value.

    Parameters
    ----------
    low, high : float
        The smallest and the largest value; with `above_low` the value must exceed `low`.
    bends : tuple of float
        Thresholds and other values at which the rule changes.
    answers : tuple
        The answers of a text variable, () for numbers.
    accepts : callable or None
        Numbers → whether each of them earns an acceptable share.
    whole : bool
        A count that others are parts of: at least 1, or 0 if it `may_be_empty`.
    part_of : tuple of (measure, factor)
        The value must not exceed these measures times their factors.
    distinct : bool
        Every group of peers needs two different values.
    known : bool
        Every group of peers needs values that fill gaps or that others are compared with.
    weighs : bool
        The value is a weight: a small one if it is nothing else.
    absent : tuple of CellStatus
        The ways in which the value may be absent.
    """

    low: float = -np.inf
    high: float = np.inf
    above_low: bool = False
    bends: tuple[float, ...] = ()
    answers: tuple[str | float, ...] = ()
    accepts: Callable[[Float], Any] | None = None
    whole: bool = False
    may_be_empty: bool = False
    part_of: tuple[tuple[Measure, float], ...] = ()
    distinct: bool = False
    known: bool = False
    weighs: bool = False
    absent: tuple[CellStatus, ...] = KINDS


@attrs.define
class Variable:
    """A variable with the requirements of all indicators that read it."""

    name: str
    wants: list[Want] = attrs.field(factory=list)

    @property
    def absent(self) -> tuple[CellStatus, ...]:
        """The ways in which a cell may be absent for every reader."""
        return tuple(kind for kind in KINDS if all(kind in want.absent for want in self.wants))

    @property
    def distinct(self) -> bool:
        """Whether every group of peers needs two different values."""
        return any(want.distinct for want in self.wants)

    @property
    def known(self) -> bool:
        """Whether every group of peers needs values."""
        return any(want.known for want in self.wants)

    @property
    def part_of(self) -> tuple[tuple[Measure, float], ...]:
        """The measures, with factors, that a cell must not exceed."""
        return tuple(cap for want in self.wants for cap in want.part_of)

    @property
    def answers(self) -> tuple[str, ...]:
        """The texts that every reader of texts knows, () for numbers."""
        texts = [{a for a in want.answers if isinstance(a, str)} for want in self.wants]
        known = [answers for answers in texts if answers]
        return tuple(sorted(set.intersection(*known))) if known else ()

    @cached_property
    def numbers(self) -> Float:
        """The values that a cell may hold, the simplest first."""
        low = max(want.low for want in self.wants)
        high = min(want.high for want in self.wants)
        if all(want.weighs for want in self.wants):
            high = min(high, _HEAVY)
        if self.answers:
            return np.arange(len(self.answers), dtype=np.float64)
        if any(want.whole for want in self.wants):
            empty = [0.0] if all(w.may_be_empty for w in self.wants if w.whole) else []
            values = np.array([10.0, 1.0, 2.0, 3.0, 7.0, 80.0, 100.0, 1000.0, 12_345.0, *empty])
        else:
            bends = [bend for want in self.wants for bend in want.bends]
            numbers = [a for want in self.wants for a in want.answers if not isinstance(a, str)]
            values = np.array(numbers) if numbers else _spread(low, high, bends)
        values = values[values > max((w.low for w in self.wants if w.above_low), default=-np.inf)]
        for want in self.wants:
            if want.accepts is not None and not want.part_of:
                values = values[want.accepts(values)]
        if not len(values):
            raise FrameworkError(
                f"no value of '{self.name}' suits all its readers: give data (data=…)"
            )
        return values


def _spread(low: float, high: float, bends: Iterable[float]) -> Float:
    """Return values from low to high, with the bends, what lies next to them, and the ends."""
    inside = [bend for bend in bends if low <= bend <= high]
    bottom = low if np.isfinite(low) else min([0.0, *inside])
    top = high if np.isfinite(high) else max([100.0, bottom + 1.0, *(1.25 * b for b in inside)])
    middle = (bottom + top) / 2.0
    whole = np.unique(np.round(np.linspace(bottom, top, 13)))
    grid = [*whole, *np.linspace(bottom, top, 7)]
    around = [bend + step * max(abs(bend), 1.0) for bend in inside for step in (-1e-3, 1e-3)]
    far = [end for end, limit in zip(_FAR, (low, high), strict=True) if np.isinf(limit)]
    fine = np.linspace(bottom, top, 51)
    special = [middle, *inside, bottom, top, *around, 1e-9, *far]
    # Bends and ends are tried more often than the values between them.
    every = np.array([*special, *grid, *fine, *special, *special, *special])
    if len(every) > _BYTES:
        every = np.array(list(dict.fromkeys([*special, *grid, *fine])))[:_BYTES]
    return every[(every >= low) & (every <= high)]
