"""A mix of fills: the weighted mean of their numbers, rounded if declared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, Self

import attrs
import numpy as np

from govindex.checks import number, one_of, tuple_of
from govindex.contracts import (
    Anchorable,
    BaseFill,
    BaseRounder,
    Float,
    GapFill,
    Matrix,
    Rounder,
    completed,
)
from govindex.contracts.rounders import is_rounder
from govindex.errors import SettingError
from govindex.kernels.reductions import total
from govindex.kernels.scaling import with_room

__all__ = ["Mixed"]


def _as_fills(fills: GapFill | Iterable[GapFill]) -> tuple[GapFill, ...]:
    several = (fills,) if isinstance(fills, GapFill) else fills
    parts: tuple[Any, ...] = tuple_of(several, "fills", "fills such as Mean()")
    for part in parts:
        if isinstance(part, type) or not isinstance(part, GapFill):
            raise SettingError(f"Mixed takes fills such as Mean(), not {part!r}")
    if not parts:
        raise SettingError("Mixed takes at least one fill")
    return parts


def _as_weights(weights: Iterable[float] | None) -> tuple[float, ...] | None:
    if weights is None:
        return None
    given = tuple_of(weights, "weights", "numbers")
    numbers = tuple(number(weight, "a weight of Mixed") for weight in given)
    if any(weight <= 0 for weight in numbers):
        raise SettingError(f"the weights of Mixed are numbers above 0, not {list(numbers)}")
    return numbers


def _check_rounding(_: object, __: object, rounding: Any) -> None:
    if rounding is None:
        return
    if not is_rounder(rounding):
        raise SettingError(f"rounding is a rounding such as Rounding(1), not {rounding!r}")
    if completed(rounding, BaseRounder).printed_only:
        raise SettingError("a fill's rounding changes the data: printed_only is for scores")


@attrs.frozen
class Mixed(BaseFill):
    """The weighted mean of the numbers of several fills, rounded if declared.

    Half the mean of the region and half that of the income group, for instance.

    Parameters
    ----------
    fills : iterable of GapFill
        A single one is only rounded.
    weights : iterable of float, optional
        Above 0, one for each fill; only their proportions count. Equal by default.
    lacking : {"missing", "left_out"}
        What becomes of a gap for which a fill has no number: it gets none from the mix (and the
        step's `otherwise` or its own `lacking` decides), or the other fills share the weight.
    rounding : Rounding, optional
        Applied to the mean, in the measure unit of the variable: whole numbers for counts and
        grades.

    Raises
    ------
    SettingError
        If there is no fill, or weights or rounding do not fit.

    Examples
    --------
    >>> from govindex.contracts import Everyone
    >>> from govindex.impute import Constant, Mean
    >>> gap = Matrix(np.array([[1.0, np.nan, 4.0]]), ("days",), Everyone(3))
    >>> Mixed([Mean(), Constant(10)], weights=[3, 1]).fill(gap)
    array([[4.375, 4.375, 4.375]])
    """

    fills: tuple[GapFill, ...] = attrs.field(converter=_as_fills)
    weights: tuple[float, ...] | None = attrs.field(
        default=None, converter=_as_weights, kw_only=True
    )
    lacking: Literal["missing", "left_out"] = attrs.field(
        default="missing", validator=one_of("missing", "left_out"), kw_only=True
    )
    rounding: Rounder | None = attrs.field(default=None, validator=_check_rounding, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if self.weights is not None and len(self.weights) != len(self.fills):
            raise SettingError(
                f"{len(self.fills)} fills have as many weights, not {len(self.weights)}"
            )

    @property
    def peer_dependent(self) -> bool:
        """Whether one of the fills looks at other units."""
        return any(fill.peer_dependent for fill in self.fills)

    @property
    def over_time(self) -> bool:
        """Whether one of the fills reads the unit's data of other periods."""
        return any(completed(fill, BaseFill).over_time for fill in self.fills)

    def within(
        self, dimensions: Mapping[str, tuple[str, ...]], lower: Iterable[str]
    ) -> Self | None:
        """Return the mix with the settings of its fills from frameworks, None without any."""
        lower = tuple(lower)
        found = [completed(fill, BaseFill).within(dimensions, lower) for fill in self.fills]
        if all(fill is None for fill in found):
            return None
        pairs = zip(self.fills, found, strict=True)
        return attrs.evolve(self, fills=[own if new is None else new for own, new in pairs])

    def fill(self, matrix: Matrix) -> Float:
        """Return the means of the fills' numbers."""
        weights = np.ones(len(self.fills)) if self.weights is None else np.array(self.weights)
        weights, _ = with_room(weights)  # their sum could overflow
        numbers = [np.asarray(fill.fill(matrix)) for fill in self.fills]
        known = [~np.isnan(each) for each in numbers]
        if self.lacking == "missing":
            known = [np.logical_and.reduce(known)] * len(known)
        parts = [np.where(here, weight, 0.0) for here, weight in zip(known, weights, strict=True)]
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            whole = total(parts)
            mixed = total(
                [
                    np.where(here, each * (part / whole), 0.0)
                    for here, each, part in zip(known, numbers, parts, strict=True)
                ]
            )
        mixed = np.where(whole > 0, mixed, np.nan)
        return mixed if self.rounding is None else self.rounding(mixed)

    def anchor(self, matrix: Matrix) -> GapFill:
        """Return the mix of its fills, frozen on the reference.

        Raises
        ------
        SettingError
            If one of them cannot be anchored.
        """
        frozen: list[GapFill] = []
        for fill in self.fills:
            if fill.peer_dependent and not isinstance(fill, Anchorable):
                raise SettingError(f"{fill!r} has no anchor()")
            frozen.append(fill.anchor(matrix) if fill.peer_dependent else fill)  # type: ignore[attr-defined]
        return attrs.evolve(self, fills=frozen)
