"""What a figure earns, now and beside other figures that are read with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

import attrs
import numpy as np

from govindex.contracts import BaseMeasure, BaseRule, Entry, Float, completed, largest_meant
from govindex.improvement.trials import Trials
from govindex.model.tree import Indicator

__all__ = ["Worth", "codes_of", "ends_of", "entry_of", "movable_of", "worths_of"]

Limits = Mapping[str, tuple[float, float] | None]

_LEAST_GAIN = 1e-12
_FEW_OTHERS = 5  # of which all combinations are looked at
_FAR = 2.0**10


@attrs.frozen(eq=False)
class Worth:
    """What figures of a variable earn, in points of the indicators that count them."""

    trials: Trials
    name: str
    rows: tuple[int, ...]
    sign: float
    others: Mapping[str, float] = attrs.field(factory=dict)

    def __call__(self, figures: Float) -> Float:
        """Return the points, −∞ where figures are refused."""
        total = np.zeros(len(figures))
        beside = {name: np.full(len(figures), figure) for name, figure in self.others.items()}
        for row in self.rows:
            shares, accepted = self.trials.scored(row, {**beside, self.name: figures})
            size = float(self.trials.plan.maxima[row]) or 1.0
            shares = self._limited(row, shares)
            total += np.where(accepted, self.sign * size * np.nan_to_num(shares), -np.inf)
        return total

    def _limited(self, row: int, shares: Float) -> Float:
        """Return shares up to the largest intended one, or down to 0 where low scores are best."""
        leaf = self.trials.plan.nodes[row]
        assert leaf.rule is not None
        if self.sign > 0:
            most = largest_meant(leaf.rule)
            return shares if most is None else np.minimum(shares, most)
        intended = completed(leaf.rule, BaseRule).full_share is not None
        least = 0.0 if intended else float(leaf.rule.bounds[0])
        return np.maximum(shares, least)


def worths_of(
    trials: Trials, limits: Limits, sign: float, name: str, rows: tuple[int, ...]
) -> list[Worth]:
    """Return what a variable earns now, and beside other figures that are read with it.

    A condition earns nothing while another one fails: only together they do. Other figures stand
    at their ends where these lose nothing.
    """
    present, start = Worth(trials, name, rows, sign), np.array([trials.value(name)])
    now = present(start)[0]
    if np.isneginf(now):
        return []
    leaves = [trials.plan.nodes[row] for row in rows]
    beside = {
        other: _extremes(trials, limits, other, rows)
        for leaf in leaves
        if isinstance(leaf, Indicator)
        for other in movable_of(trials, leaf)
        if other != name and limits.get(other, ()) is not None
    }
    beside = {other: ends for other, ends in beside.items() if ends}
    together = [Worth(trials, name, rows, sign, others) for others in _settings(beside)]
    return [present, *(worth for worth in together if worth(start)[0] >= now - _LEAST_GAIN)]


def _extremes(
    trials: Trials, limits: Limits, name: str, rows: tuple[int, ...]
) -> tuple[float, ...]:
    """Return the least and the largest figure of a variable, () if it is absent."""
    start = trials.value(name)
    if np.isnan(start):
        return ()
    entry = entry_of(trials, name, rows)
    codes = codes_of(trials, name, entry)
    if codes is not None:
        return (float(codes.min()), float(codes.max()))
    low, high = ends_of(trials, entry, limits.get(name) or (-np.inf, np.inf))
    away = _FAR * max(abs(start), 1.0)
    return (
        low if np.isfinite(low) else start - away,
        high if np.isfinite(high) else start + away,
    )


def _settings(beside: Mapping[str, tuple[float, ...]]) -> Iterator[dict[str, float]]:
    """Yield other figures at their ends: in all ways if they are few, else all low or all high."""
    if not beside:
        return
    if len(beside) <= _FEW_OTHERS:
        for figures in product(*beside.values()):
            yield dict(zip(beside, figures, strict=True))
        return
    for end in (0, -1):
        yield {name: figures[end] for name, figures in beside.items()}


def movable_of(trials: Trials, leaf: Indicator) -> list[str]:
    """Return the variables of an indicator that its unit can change: not wholes of parts."""
    wholes = completed(leaf.measure, BaseMeasure).wholes
    read = dict.fromkeys((*leaf.measure.variables, *leaf.measure.optional))
    return [name for name in read if name not in wholes and name in trials.data.variables]


def entry_of(trials: Trials, name: str, rows: tuple[int, ...]) -> Entry:
    """Return what may be entered for a variable by all indicators that read it."""
    entry = Entry()
    for row in rows:
        leaf = trials.plan.nodes[row]
        assert isinstance(leaf, Indicator)
        rule = completed(leaf.rule, BaseRule)
        taken = rule.entry(float(trials.plan.maxima[row]))
        found = completed(leaf.measure, BaseMeasure).entries(taken).get(name, Entry())
        entry = entry.within(found)
    return entry


def codes_of(trials: Trials, name: str, entry: Entry) -> Float | None:
    """Return the codes of all answers, None for a number."""
    levels = trials.data.levels.get(name, ())
    if levels:
        known = [i for i, text in enumerate(levels) if not entry.answers or text in entry.answers]
        return np.array(known, dtype=np.float64)
    if entry.yes_no:
        return np.array([0.0, 1.0])
    numbers = [answer for answer in entry.answers if not isinstance(answer, str)]
    return np.array(numbers, dtype=np.float64) if numbers else None


def ends_of(trials: Trials, entry: Entry, limits: tuple[float, float]) -> tuple[float, float]:
    """Return the least and the largest figure: of the rule, the whole of a part, and declared."""
    low, high = max(entry.low, limits[0]), min(entry.high, limits[1])
    if entry.at_most and entry.at_most in trials.data.variables:
        whole = trials.value(entry.at_most)
        high = min(high, whole) if whole == whole else high
    return low, high
