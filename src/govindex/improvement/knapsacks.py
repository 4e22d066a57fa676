"""A score that is one sum of options: its closed form, and which options can be in a solution."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import attrs
import numpy as np

from govindex.contracts import Bool, Float, Index
from govindex.improvement.options import Options
from govindex.improvement.programmes import Picked

__all__ = ["Knapsack"]

_ALIKE = 1e-9
_NEAR = 1e-6
_MARGIN = 1e-8
_DIGITS = 5
_MOST_WORK = 300_000_000

Group = tuple[Options, Float]


@attrs.frozen(eq=False)
class _Gain:
    """A step along the hull of a group: from one option to a better one."""

    group: int
    start: int
    end: int
    effort: float
    merit: float


@attrs.frozen(eq=False)
class Knapsack:
    """Options of several groups, of which one each is picked; their merits must add up to enough.

    Parameters
    ----------
    groups : sequence of (Options, array)
        Each with the merits of its options.
    needed : float
    """

    groups: Sequence[Group]
    needed: float

    def _lacking(self) -> float:
        return self.needed - sum(float(merits[0]) for _, merits in self.groups)

    def _gains(self) -> list[_Gain]:
        """Return the steps along the hulls of all groups, the cheapest per merit first."""
        gains = [gain for i, group in enumerate(self.groups) for gain in _hull(i, group)]
        return sorted(gains, key=lambda gain: gain.effort / gain.merit)

    def closed_form(self) -> Picked | None:
        """Return the solution where every group is a line that bends down; None if one is not."""
        if not all(_bends_down(*group) for group in self.groups):
            return None
        lacking, effort = self._lacking(), 0.0
        figures = {
            lever.variable: float(figure)
            for options, _ in self.groups
            for lever, figure in zip(options.levers, options.figures[:, 0], strict=True)
        }
        for gain in self._gains():
            if lacking <= 0:
                break
            part = min(lacking / gain.merit, 1.0)
            options, merits = self.groups[gain.group]
            merit = merits[gain.start] + part * gain.merit
            figure = float(np.interp(merit, merits, options.figures[0]))
            figures[options.levers[0].variable] = figure
            effort += part * gain.effort
            lacking -= part * gain.merit
        return Picked(figures, effort, effort, ())

    def by_digits(self, whole: float) -> Picked | None:
        """Return the solution where merits are whole numbers of printed digits.

        The least effort for so many digits follows from that for fewer, group by group. None if
        merits are no such numbers, or there are too many.

        Parameters
        ----------
        whole : float
            The printed score of a merit of 1.
        """
        lacking = self._lacking() * whole
        if any(options.step is None and options.joined.any() for options, _ in self.groups):
            return None
        groups = [_every_step(*group) for group in self.groups]
        for decimals in range(_DIGITS):
            size = whole * 10.0**decimals
            gains = [(merits - merits[0]) * size for _, merits in groups]
            if all((np.abs(g - np.round(g)) <= _NEAR).all() for g in gains):
                break
        else:
            return None
        digits = int(np.ceil(lacking * 10.0**decimals - _NEAR))
        whole_gains = [np.round(g).astype(np.int64) for g in gains]
        work = digits * sum(map(len, whole_gains))
        if work > _MOST_WORK or any((g < 0).any() for g in whole_gains):
            return None
        options = [options for options, _ in groups]
        return _picked_digits(max(digits, 0), options, whole_gains)

    def kept(self) -> list[Bool]:
        """Return which options of each group may be in a solution with the least effort.

        With the price λ of a merit in the continuous relaxation, an option whose reduced effort
        exceeds the least of its group by more than the distance between a solution and the bound
        is in none.
        """
        price, bound = self._price()
        most = self._solution()
        room = most - bound + _ALIKE * (1.0 + abs(most))
        kept = []
        for options, merits in self.groups:
            reduced = options.effort - price * merits
            kept.append(reduced - reduced.min() <= room)
        return kept

    def _price(self) -> tuple[float, float]:
        lacking, price = self._lacking(), 0.0
        for gain in self._gains():
            if lacking <= 0:
                break
            price = gain.effort / gain.merit
            lacking -= gain.merit
        least = sum(float((o.effort - price * merits).min()) for o, merits in self.groups)
        return price, least + price * self.needed

    def _solution(self) -> float:
        """Return the effort of a good solution: along the hulls, one group chosen freely."""
        at = [0] * len(self.groups)
        lacking = self._lacking()
        states = []
        for gain in self._gains():
            if lacking <= 0:
                break
            states.append(list(at))
            at[gain.group] = gain.end
            lacking -= gain.merit
        states.append(at)
        return min(self._completed(state) for state in states[-3:])

    def _completed(self, at: list[int]) -> float:
        # A little more is needed than of a solution, so that it holds when it is recomputed.
        needed = self.needed + _MARGIN
        efforts = [float(o.effort[i]) for (o, _), i in zip(self.groups, at, strict=True)]
        merits = [float(m[i]) for (_, m), i in zip(self.groups, at, strict=True)]
        best = sum(efforts) if sum(merits) >= needed else np.inf
        for i, (options, own) in enumerate(self.groups):
            enough = own >= needed - (sum(merits) - merits[i])
            if enough.any():
                best = min(best, sum(efforts) - efforts[i] + float(options.effort[enough].min()))
        return best


def _picked_digits(digits: int, groups: Sequence[Options], gains: Sequence[Index]) -> Picked | None:
    """Return the options with the least effort that gain so many digits, None if none do."""
    least = np.append(0.0, np.full(digits, np.inf))
    rows = np.arange(digits + 1)
    picks = []
    for options, gain in zip(groups, gains, strict=True):
        best, pick = least.copy(), np.zeros(digits + 1, dtype=np.intp)
        for i in range(1, len(options)):
            effort = least[np.maximum(rows - gain[i], 0)] + options.effort[i]
            better = effort < best
            best, pick = np.where(better, effort, best), np.where(better, i, pick)
        least = best
        picks.append(pick)
    if not np.isfinite(least[-1]):
        return None
    figures: dict[str, float] = {}
    at = digits
    for options, gain, pick in list(zip(groups, gains, picks, strict=True))[::-1]:
        i = int(pick[at])
        at = max(at - int(gain[i]), 0)
        for lever, figure in zip(options.levers, options.figures[:, i], strict=True):
            figures[lever.variable] = float(figure)
    effort = float(least[-1])
    return Picked(figures, effort, effort, ())


def _every_step(options: Options, merits: Float) -> Group:
    """Return the options of a figure in steps one by one, not as the ends of a line."""
    if options.step is None or not options.joined.any():
        return options, merits
    away = np.abs(options.figures[0] - options.figures[0, 0]) / options.step
    known = np.arange(len(options), dtype=np.float64)
    steps = np.interp(np.arange(round(away[-1]) + 1.0), away, known)

    def along(numbers: Float) -> Float:
        return np.asarray(np.interp(steps, known, numbers))

    every = attrs.evolve(
        options,
        figures=options.levers[0].figures_at(np.arange(len(steps), dtype=np.float64))[None],
        effort=along(options.effort),
        shares={},
        joined=np.zeros(len(steps) - 1, dtype=bool),
        step=None,
    )
    return every, along(merits)


def _hull(number: int, group: Group) -> Iterator[_Gain]:
    """Yield the steps along the hull of a group's options, each dearer per merit than the last."""
    options, merits = group
    order = np.lexsort((-merits, options.effort))
    hull: list[int] = [0]
    for i in order.tolist():
        if merits[i] <= merits[hull[-1]]:
            continue
        while len(hull) > 1 and _is_inside(options.effort, merits, (*hull[-2:], i)):
            hull.pop()
        hull.append(i)
    for start, end in pairwise(hull):
        effort = float(options.effort[end] - options.effort[start])
        yield _Gain(number, start, end, effort, float(merits[end] - merits[start]))


def _is_inside(effort: Float, merits: Float, corner: tuple[int, int, int]) -> bool:
    a, b, c = corner
    return bool(
        (effort[b] - effort[a]) * (merits[c] - merits[a])
        >= (effort[c] - effort[a]) * (merits[b] - merits[a])
    )


def _bends_down(options: Options, merits: Float) -> bool:
    """Return whether options are one line of figures whose merit per effort never rises."""
    if options.step is not None or len(options) < 2 or not options.joined.all():
        return len(options) == 1
    effort, gain = np.diff(options.effort), np.diff(merits)
    if (gain <= 0).any():
        return False
    price = effort / gain
    return bool((np.diff(price) >= -_ALIKE * np.abs(price[1:])).all())
