"""Absolute rules that look a value up: steps, answers, conditions, items, cases."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, ClassVar, Literal

import attrs
import numpy as np

from govindex.checks import among
from govindex.contracts import Curve, Float, Scope
from govindex.errors import CellError, SettingError, near_miss
from govindex.mappings import FrozenMap
from govindex.names import distinct
from govindex.rules.common import SNAP, Absolute, finite, number, pairs, refuse

__all__ = ["Choice", "Condition", "Deduction", "PerItem", "Piecewise", "Steps"]


@attrs.frozen
class Steps(Absolute):
    """A step table: the share of the highest threshold reached.

    Parameters
    ----------
    table : sequence of (threshold, share)
        In rising order of thresholds, in the indicator's measure unit.
    below : float
        The share of values that reach no threshold.
    closed : {"lower", "upper"}
        ``lower``: a threshold is reached by a value equal to it (≥); ``upper``: only above it (>).

    Raises
    ------
    SettingError
        If the table is empty or its thresholds do not rise.

    Examples
    --------
    >>> Steps([(80, 0.5), (100, 1)])(np.array([79.9, 80.0, 100.0]), Scope())
    array([0. , 0.5, 1. ])
    """

    compares: ClassVar[bool] = True
    table: tuple[tuple[float, float], ...] = attrs.field(converter=pairs)
    below: float = attrs.field(default=0.0, validator=finite)
    closed: Literal["lower", "upper"] = "lower"

    def __attrs_post_init__(self) -> None:
        thresholds = [threshold for threshold, _ in self.table]
        if not thresholds:
            raise SettingError("a step table needs at least one (threshold, share)")
        if any(low >= high for low, high in pairwise(thresholds)):
            raise SettingError(f"the thresholds of a step table rise; given: {thresholds}")
        if not among(self.closed, ("lower", "upper")):
            raise SettingError(f"closed is 'lower' (≥) or 'upper' (>), not {self.closed!r}")

    @property
    def _heights(self) -> tuple[float, ...]:
        return (self.below, *(share for _, share in self.table))

    @property
    def monotone(self) -> bool:
        """Whether higher steps never earn less."""
        heights = self._heights
        return all(low <= high for low, high in pairwise(heights))

    @property
    def falling(self) -> bool:
        """Whether higher steps never earn more."""
        return all(low >= high for low, high in pairwise(self._heights))

    def curve(self, maximum: float) -> Curve:
        """Return the stairs: level, with a jump at each threshold."""
        heights = self._heights
        bends = tuple(threshold for threshold, _ in self.table)
        return Curve(bends=bends, slope=0.0, jump=max(heights) - min(heights))

    @property
    def bounds(self) -> tuple[float, float]:
        """The lowest and the highest step."""
        return (min(self._heights), max(self._heights))

    def __call__(self, values: Float, scope: Scope) -> Float:
        """Return the step of each value."""
        thresholds = np.array([threshold for threshold, _ in self.table])
        # A value within the snap of a threshold is that threshold.
        slack = SNAP * np.abs(thresholds)
        if self.closed == "lower":
            step = np.searchsorted(thresholds - slack, values, side="right")
        else:
            step = np.searchsorted(thresholds + slack, values, side="left")
        shares = np.array(self._heights)[step]
        return np.where(np.isnan(values), np.nan, shares)


@attrs.frozen(kw_only=True)
class Condition(Absolute):
    """Everything if the condition is met, nothing otherwise.

    Give exactly one of the limits. Several conditions that earn a part each are a measure:
    :class:`govindex.measures.Conditions`.

    Parameters
    ----------
    at_least, above, at_most, below, equals : float, optional
        The limit, in the indicator's measure unit.

    Examples
    --------
    >>> Condition(at_most=3)(np.array([2.0, 3.0, 4.0]), Scope())
    array([1., 1., 0.])
    """

    compares: ClassVar[bool] = True
    at_least: float | None = None
    above: float | None = None
    at_most: float | None = None
    below: float | None = None
    equals: float | None = None

    def __attrs_post_init__(self) -> None:
        given = {name: limit for name, limit in attrs.asdict(self).items() if limit is not None}
        if len(given) != 1:
            raise SettingError(
                "Condition takes exactly one of at_least, above, at_most, below, equals; "
                f"given: {', '.join(given) or 'none'}"
            )
        for name, limit in given.items():
            number(limit, f"Condition({name}=…)")

    @property
    def monotone(self) -> bool:
        """Only a lower limit is passed by growing."""
        return self.at_least is not None or self.above is not None

    @property
    def falling(self) -> bool:
        """Only an upper limit is passed by shrinking."""
        return self.at_most is not None or self.below is not None

    def curve(self, maximum: float) -> Curve:
        """Return the one step, at the limit."""
        limit = next(value for value in attrs.astuple(self) if value is not None)
        return Curve(bends=(limit,), slope=0.0, jump=1.0)

    def __call__(self, values: Float, scope: Scope) -> Float:
        """Return 1 where the condition is met, 0 elsewhere."""
        limit = next(value for value in attrs.astuple(self) if value is not None)
        slack = SNAP * max(abs(limit), 1e-300)
        if self.at_least is not None:
            met = values >= limit - slack
        elif self.above is not None:
            met = values > limit + slack
        elif self.at_most is not None:
            met = values <= limit + slack
        elif self.below is not None:
            met = values < limit - slack
        else:
            met = np.abs(values - limit) <= slack
        return np.where(np.isnan(values), np.nan, met.astype(np.float64))


def _answers(table: Any) -> FrozenMap[str | float, float]:
    try:
        pairs = distinct(table, "the answer")
    except (TypeError, ValueError) as error:
        if isinstance(error, SettingError):
            raise
        pairs = []
    if not pairs or isinstance(table, str):
        raise SettingError(f"Choice needs a mapping of answers to shares, not {table!r}")
    found = FrozenMap(
        {
            answer if isinstance(answer, str) else number(answer, "an answer"): number(
                share, f"the share of {answer!r}"
            )
            for answer, share in pairs
        }
    )
    if "" in found:
        raise SettingError("an answer of a Choice is a text that is not blank, or a number")
    return found


@attrs.frozen
class Choice(Absolute):
    """A look-up table of answers.

    Parameters
    ----------
    table : mapping of str or number to float
        The share that each answer earns. Text answers are compared exactly, without blanks around
        them and however their accents are written. Pairs of answer and share will do as well.

    Raises
    ------
    SettingError
        If two answers are one: the same text, the same number, or a number and the text of it.
    CellError
        If an answer is not in the table; the message names the nearest one.

    Examples
    --------
    >>> rule = Choice({"Chair": 1, "Deputy": 0.5, "none": 0})
    >>> rule(np.array([1.0, 0.0]), Scope(levels=("Chair", "Deputy")))
    array([0.5, 1. ])
    """

    monotone: ClassVar[bool] = False
    reads_answers: ClassVar[bool] = True
    table: FrozenMap[str | float, float] = attrs.field(converter=_answers)

    @property
    def answers(self) -> tuple[str | float, ...]:
        """The answers of the table."""
        return tuple(self.table)

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the largest share of the table."""
        return (min(self.table.values()), max(self.table.values()))

    def __call__(self, values: Float, scope: Scope) -> Float:
        """Return the share of each answer."""
        known = ~np.isnan(values)
        if scope.levels:
            shares = np.array([self.table.get(level, np.nan) for level in scope.levels])
            result = np.where(known, shares[np.where(known, values, 0.0).astype(np.intp)], np.nan)
        else:
            result = np.full(values.shape, np.nan)
            for answer, share in self.table.items():
                if not isinstance(answer, str):
                    result = np.where(values == answer, share, result)
        wrong = known & np.isnan(result)
        if wrong.any():
            first = values[wrong].flat[0]
            answer = scope.levels[int(first)] if scope.levels else float(first)
            raise CellError(_unknown_answer(answer, self.table), wrong)
        return result


def _unknown_answer(answer: str | float, table: Mapping[str | float, float]) -> str:
    """Say what is wrong with an answer; a text is no number, though both look the same."""
    if isinstance(answer, float):
        text = f"{answer:g}"
        if text in table:
            return (
                f"the answer {text} is a number, and the table has the text '{text}': give the "
                "table numbers, or read the column as texts with Notation(text=[…])"
            )
        answer = text
    elif any(answer == f"{known:g}" for known in table if not isinstance(known, str)):
        return (
            f"the answer '{answer}' is a text, since the column holds texts, and the table has the "
            "number: give the table texts"
        )
    return f"the answer '{answer}' is not in the table: {near_miss(answer, table)}"


@attrs.frozen
class PerItem(Absolute):
    """Points for each item, up to a cap: ``min(cap, n·points) / maximum``.

    Parameters
    ----------
    points : float
        Points per item.
    cap : float or None
        The most points, the indicator's maximum if None.

    Examples
    --------
    >>> PerItem(0.5)(np.array([1.0, 3.0, 9.0]), Scope(maximum=2.0))
    array([0.25, 0.75, 1.  ])
    """

    points: float = attrs.field(validator=finite)
    cap: float | None = None

    def __attrs_post_init__(self) -> None:
        if self.points <= 0:
            raise SettingError(f"PerItem needs points above 0, not {self.points!r}")
        if self.cap is not None and number(self.cap, "the cap") <= 0:
            raise SettingError(f"the cap is above 0, not {self.cap!r}")

    def curve(self, maximum: float) -> Curve:
        """Return the line up to the cap."""
        cap = maximum if self.cap is None else min(self.cap, maximum)
        slope = self.points / maximum if maximum > 0 else 0.0
        return Curve(low=0.0, bends=(cap / self.points,), slope=slope)

    def __call__(self, values: Float, scope: Scope) -> Float:
        """Return the points of the items over the maximum."""
        refuse("a number of items cannot be negative", values < 0)
        cap = scope.maximum if self.cap is None else np.minimum(self.cap, scope.maximum)
        with np.errstate(invalid="ignore", divide="ignore"):
            share = np.minimum(values * self.points, cap) / scope.maximum
        return np.where(np.equal(scope.maximum, 0.0), 0.0 * values, share)


@attrs.frozen(kw_only=True)
class Deduction(Absolute):
    """Everything less a part for each case: ``max(floor, 1 − n·per)``.

    Parameters
    ----------
    per : float
        The share of the maximum that each case costs.
    floor : float
        The least share left; below 0 the indicator can take points from the rest.

    Examples
    --------
    >>> Deduction(per=0.5)(np.array([0.0, 1.0, 5.0]), Scope())
    array([1. , 0.5, 0. ])
    """

    monotone: ClassVar[bool] = False  # more cases are worse: the value is not a merit
    falling: ClassVar[bool] = True
    per: float = attrs.field(validator=finite)
    floor: float = attrs.field(default=0.0, validator=finite)

    def __attrs_post_init__(self) -> None:
        if self.per <= 0:
            raise SettingError(f"Deduction needs a part above 0 per case, not {self.per!r}")
        if self.floor >= 1:
            raise SettingError(f"the floor of a deduction lies below 1, not at {self.floor:g}")

    @property
    def bounds(self) -> tuple[float, float]:
        """The floor and 1."""
        return (self.floor, 1.0)

    def curve(self, maximum: float) -> Curve:
        """Return the line down to the floor."""
        return Curve(low=0.0, bends=((1.0 - self.floor) / self.per,), slope=self.per)

    def __call__(self, values: Float, scope: Scope) -> Float:
        """Return what the cases leave."""
        refuse("a number of cases cannot be negative", values < 0)
        return np.maximum(1.0 - values * self.per, self.floor)


@attrs.frozen
class Piecewise(Absolute):
    """Straight lines between points, level beyond the first and the last.

    Parameters
    ----------
    points : sequence of (value, share)
        In rising order of values; shares all rise or all fall.

    Raises
    ------
    SettingError
        If there are fewer than two points, values do not rise or shares turn back.

    Examples
    --------
    >>> Piecewise([(0, 0), (50, 0.8), (100, 1)])(np.array([25.0, 75.0, 120.0]), Scope())
    array([0.4, 0.9, 1. ])
    """

    points: tuple[tuple[float, float], ...] = attrs.field(converter=pairs)

    def __attrs_post_init__(self) -> None:
        if len(self.points) < 2:
            raise SettingError("piecewise interpolation needs at least two points")
        runs = np.diff(np.array(self.points), axis=0)
        if (runs[:, 0] <= 0).any():
            raise SettingError(f"the values of a piecewise rule rise; given: {self.points}")
        if (runs[:, 1] < 0).any() and (runs[:, 1] > 0).any():
            raise SettingError(f"the shares of a piecewise rule turn back: {self.points}")

    @property
    def monotone(self) -> bool:
        """Whether shares rise with values."""
        return self.points[0][1] <= self.points[-1][1]

    @property
    def falling(self) -> bool:
        """Whether shares fall with values."""
        return self.points[0][1] >= self.points[-1][1]

    def curve(self, maximum: float) -> Curve:
        """Return the line through the points."""
        runs = np.diff(np.array(self.points), axis=0)
        slope = float(np.abs(runs[:, 1] / runs[:, 0]).max())
        return Curve(bends=tuple(value for value, _ in self.points), slope=slope)

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the largest share of the points."""
        shares = [share for _, share in self.points]
        return (min(shares), max(shares))

    def __call__(self, values: Float, scope: Scope) -> Float:
        """Return the height of the line."""
        x, y = zip(*self.points, strict=True)
        return np.asarray(np.interp(values, x, y))
