"""The figures that a unit may change: from where, how far, in which steps, at what effort."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs
import numpy as np

from govindex.checks import is_number, mapping_of, shown
from govindex.contracts import BaseMeasure, BaseRule, Bool, Float, completed
from govindex.errors import Problems, SettingError, near_miss
from govindex.improvement.trials import Trials
from govindex.improvement.worths import Worth, codes_of, ends_of, entry_of, movable_of, worths_of
from govindex.model.tree import Indicator

__all__ = ["Held", "Lever", "Wishes", "levers_of", "narrowed", "plainest", "wishes_of"]

_PROBES = 40
_ROUNDS, _SECTIONS = 12, 48
_LEAST_GAIN = 1e-12
_FINE = 1e6  # beside a step: figures a whole number of hundredths away have two decimals
_DIGITS = 5
_MOST_DECIMALS = 12


@attrs.frozen
class Held:
    """A figure that stays as it is, and why: a key of the catalogue's reasons."""

    variable: str
    node: str
    reason: str


@attrs.frozen(eq=False)
class Lever:
    """A figure that may change.

    Parameters
    ----------
    variable : str
    rows : tuple of int
        The indicators that read it.
    start, best : float
        The figure as it is, and the nearest one that earns the most.
    step : float or None
        What it changes by; None for any amount.
    codes : array
        Of texts and of yes and no, the other answers; empty for a number.
    bends : tuple of float
        Values between at which a rule bends or jumps.
    effort : float, mapping of answer to float, or None
        Per measure unit, or of a change to another answer; None for the effort by shares.
    """

    variable: str
    rows: tuple[int, ...]
    start: float
    best: float
    step: float | None
    codes: Float
    bends: tuple[float, ...]
    effort: float | Mapping[str, float] | None

    @property
    def way(self) -> float:
        """1 if it rises, −1 if it falls."""
        return 1.0 if self.best >= self.start else -1.0

    @property
    def count(self) -> int:
        """How many figures it may take, 2 without a step: its ends."""
        if len(self.codes):
            return 1 + len(self.codes)
        if self.step is None:
            return 2
        return 1 + int(np.ceil(abs(self.best - self.start) / self.step - 1e-9))

    @property
    def figures(self) -> Float:
        """The figures that it may take, the present one first; two ends without a step."""
        if len(self.codes):
            return np.append(self.start, self.codes)
        if self.step is None:
            return np.array([self.start, self.best])
        return self.figures_at(np.arange(self.count, dtype=np.float64))

    def figures_at(self, steps: Float) -> Float:
        """Return the figures so many steps away."""
        assert self.step is not None
        figures = self.start + self.way * self.step * steps
        parts = round(1.0 / self.step)
        if self.step < 1 and abs(parts * self.step - 1.0) < 1e-12:
            figures = np.round(figures * parts * _FINE) / (parts * _FINE)
        return np.asarray(figures)


@attrs.frozen(eq=False)
class Wishes:
    """What was declared of figures, by variable: efforts, limits and steps."""

    effort: Mapping[str, Any]
    limits: Mapping[str, tuple[float, float] | None]
    steps: Mapping[str, float]


def wishes_of(trials: Trials, effort: Any, feasible: Any, steps: Any) -> Wishes:
    """Return what was declared, by variable; an indicator's code stands for its one figure.

    Raises
    ------
    SettingError, UnknownNameError
        With every name that is no figure of the unit, and every impossible setting.
    """
    known = _names(trials)
    problems = Problems()
    if feasible is not None and not isinstance(feasible, Mapping):
        wanted = {name for _, name, _ in _named(known, _listed(feasible), "feasible", problems)}
        feasible = dict.fromkeys(set(known.values()) - {""} - wanted)
    efforts, limits, sizes = {}, {}, {}
    for key, name, value in _named(known, effort, "effort", problems):
        good = _is_effort(value) or (
            isinstance(value, Mapping) and value and all(map(_is_effort, value.values()))
        )
        if not good:
            problems.add(f"effort['{key}'] is a number of at least 0, not {shown(value)}")
        efforts[name] = value
    for key, name, value in _named(known, feasible, "feasible", problems):
        limits[name] = _limits(key, value, problems)
    for key, name, value in _named(known, steps, "steps", problems):
        if not (is_number(value) and value > 0):
            problems.add(f"steps['{key}'] is a number above 0, not {shown(value)}")
        sizes[name] = value
    problems.raise_any(SettingError, "The improvement cannot be sought")
    return Wishes(efforts, limits, {name: float(size) for name, size in sizes.items()})


def _listed(names: Any) -> dict[Any, None]:
    if isinstance(names, str) or not isinstance(names, Iterable):
        raise SettingError(
            "feasible= is a mapping of figures to limits, or a list of the figures that may "
            f"change, not {shown(names)}"
        )
    return dict.fromkeys(names)


def _is_effort(value: Any) -> bool:
    return is_number(value) and value >= 0


def _limits(key: str, value: Any, problems: Problems) -> tuple[float, float] | None:
    if value is None:
        return None
    ends = tuple(value) if isinstance(value, (tuple, list)) else ()
    if len(ends) != 2 or not all(end is None or is_number(end) for end in ends):
        problems.add(
            f"feasible['{key}'] is a pair such as (0, 95), with None for no limit, or None to "
            f"leave the figure as it is; not {shown(value)}"
        )
        return None
    low = -np.inf if ends[0] is None else float(ends[0])
    high = np.inf if ends[1] is None else float(ends[1])
    if low > high:
        problems.add(f"feasible['{key}']: the lower limit comes first, not {shown(value)}")
    return low, high


def _names(trials: Trials) -> dict[str, str]:
    """Return the variable of each name: of variables, and of indicators with one; else ""."""
    names: dict[str, str] = {}
    for _, leaf in _leaves(trials):
        movable = movable_of(trials, leaf)
        names.update((name, name) for name in movable)
        names.setdefault(leaf.code, movable[0] if len(movable) == 1 else "")
    return names


def _named(
    known: Mapping[str, str], given: Any, what: str, problems: Problems
) -> Iterator[tuple[str, str, Any]]:
    """Yield the key, the variable and the value of each declared figure."""
    for key, value in ({} if given is None else mapping_of(given, what, "figures")).items():
        if key not in known:
            problems.add(f"{what}: there is no figure '{key}': {near_miss(key, known)}")
        elif not known[key]:
            problems.add(
                f"{what}: indicator '{key}' is computed from several figures: name one of them"
            )
        else:
            yield key, known[key], value


def _leaves(trials: Trials) -> Iterator[tuple[int, Indicator]]:
    """Yield the scored indicators with their rows."""
    plan = trials.plan
    for row, node in enumerate(plan.nodes):
        scored = plan.framework.has(node.code) and plan.framework.is_scored(node.code)
        if isinstance(node, Indicator) and node.rule is not None and scored:
            yield row, node


def levers_of(trials: Trials, wishes: Wishes, sign: float) -> tuple[list[Lever], list[Held]]:
    """Return the figures of a unit that may change, and those that stay, with the reason.

    Parameters
    ----------
    trials : Trials
    wishes : Wishes
    sign : float
        1 if the highest score is best, −1 if the lowest is.
    """
    readers: dict[str, list[int]] = {}
    parts: dict[str, list[int]] = {}
    for row, leaf in _leaves(trials):
        movable = movable_of(trials, leaf)
        for name in dict.fromkeys((*leaf.measure.variables, *leaf.measure.optional)):
            readers.setdefault(name, []).append(row)
            if name in movable:
                parts.setdefault(name, []).append(row)
    levers, held = [], []
    for name, rows in parts.items():
        found = _lever(trials, wishes, sign, name, (tuple(readers[name]), tuple(rows)))
        if isinstance(found, Lever):
            levers.append(found)
        else:
            held.append(Held(name, trials.plan.codes[rows[0]], found))
    return levers, held


def _lever(
    trials: Trials,
    wishes: Wishes,
    sign: float,
    name: str,
    rows: tuple[tuple[int, ...], tuple[int, ...]],
) -> Lever | str:
    """Return the lever of a variable, or the reason why it stays."""
    start = trials.value(name)
    limits = wishes.limits.get(name, (-np.inf, np.inf))
    if limits is None:
        return "declared"
    if np.isnan(start):
        return "absent"
    every, own = rows
    worths = worths_of(trials, wishes.limits, sign, name, own)
    entry = entry_of(trials, name, own)
    if not worths:
        return "absent"
    effort = wishes.effort.get(name)
    codes = codes_of(trials, name, entry)
    if codes is not None:
        now = [worth(np.array([start]))[0] + _LEAST_GAIN for worth in worths]
        better = np.any(
            [worth(codes) > least for worth, least in zip(worths, now, strict=True)], axis=0
        )
        others = codes[better & (codes != start)]
        if not len(others):
            return "best"
        return Lever(name, every, start, float(others[0]), None, others, (), effort)
    if isinstance(effort, Mapping):
        raise SettingError(f"effort['{name}'] is a number: the figure has no answers")
    step = wishes.steps.get(name) or _step(trials, name, own)
    bends = _bends(trials, name, own)
    ends = ends_of(trials, entry, limits)
    best = _best_of(worths, start, ends, step, bends)
    if isinstance(best, str):
        return best
    between = tuple(sorted(b for b in bends if min(start, best) < b < max(start, best)))
    return Lever(name, every, start, best, step, np.zeros(0), between, effort)


def _step(trials: Trials, name: str, rows: tuple[int, ...]) -> float | None:
    """Return what a variable changes by: 1 if it counts things, the last digit of points given."""
    column = trials.column(name)
    whole = bool((column == np.round(column)).all())
    for row in rows:
        leaf = trials.plan.nodes[row]
        assert isinstance(leaf, Indicator)
        rule = completed(leaf.rule, BaseRule)
        computed = completed(leaf.measure, BaseMeasure).variable_itself is None
        if whole and (computed or rule.counts):
            return 1.0
        if rule.in_points and not computed:
            given = [d for d in range(_DIGITS) if (column == np.round(column, d)).all()]
            return 10.0 ** -given[0] if given else None
    return None


def _bends(trials: Trials, name: str, rows: tuple[int, ...]) -> tuple[float, ...]:
    """Return the values at which rules that read the variable itself bend or jump."""
    bends: set[float] = set()
    for row in rows:
        leaf = trials.plan.nodes[row]
        assert isinstance(leaf, Indicator)
        if completed(leaf.measure, BaseMeasure).variable_itself == name:
            bends.update(completed(leaf.rule, BaseRule).curve(float(trials.plan.maxima[row])).bends)
    return tuple(sorted(bends))


def _best_of(
    worths: Sequence[Worth],
    start: float,
    ends: tuple[float, float],
    step: float | None,
    bends: tuple[float, ...],
) -> float | str:
    """Return the figure that earns the most now or beside others, or the reason for none."""
    best: float | str = "best"
    most = -np.inf
    for worth in worths:
        found = _best(worth, start, ends, step, bends)
        if not isinstance(found, str) and step is not None:
            found = _on_steps(worth, start, found, step, ends)
            found = "best" if found == start else found
        if found == "unlimited" and worth is worths[0]:
            return "unlimited"
        if isinstance(found, str):
            best = found if best == "best" else best
            continue
        earned = float(worth(np.array([found]))[0])
        if isinstance(best, str) or (
            earned > most + _LEAST_GAIN and (found - best) * (best - start) > 0
        ):
            best, most = found, earned
    return best


def _best(
    worth: Worth,
    start: float,
    limits: tuple[float, float],
    step: float | None,
    bends: tuple[float, ...],
) -> float | str:
    """Return the nearest figure that earns the most, or the reason why there is none."""
    ends = [end for end in limits if np.isfinite(end)]
    size = max([abs(start), 1.0, *map(abs, ends)])
    away = size * 2.0 ** np.arange(-_PROBES // 2, _PROBES // 2)
    if step is not None:
        away = np.unique(np.maximum(np.round(away / step), 1.0)) * step
    probes = np.concatenate([[start], start + away, start - away, bends, ends])
    probes = np.unique(np.clip(probes, *limits)) if limits[0] <= limits[1] else probes[:1]
    probes = np.unique(np.append(probes, start))
    earned = worth(probes)
    probes, earned = _to_the_edge(worth, probes, earned)
    now = float(earned[probes == start][0])
    most = float(earned.max())
    if most <= now + _LEAST_GAIN * max(abs(now), 1.0):
        return "best"
    top = np.flatnonzero(earned >= most - _LEAST_GAIN * max(abs(most), 1.0))
    nearest = int(top[np.argmin(np.abs(probes[top] - start))])
    outermost = nearest in (0, len(probes) - 1) and probes[nearest] not in limits
    if outermost and len(top) == 1:
        return "unlimited"
    before = nearest - 1 if probes[nearest] > start else nearest + 1
    least = most - _LEAST_GAIN * max(abs(most), 1.0)
    return narrowed(lambda f: worth(f) >= least, float(probes[before]), float(probes[nearest]))


def _to_the_edge(worth: Worth, probes: Float, earned: Float) -> tuple[Float, Float]:
    """Add the last accepted figure beside each refused one."""
    refused = np.isneginf(earned)
    added = []
    for i in np.flatnonzero(refused[1:] != refused[:-1]):
        inside, outside = (probes[i], probes[i + 1])[:: -1 if refused[i] else 1]
        added.append(narrowed(lambda f: ~np.isneginf(worth(f)), float(outside), float(inside)))
    kept = np.unique(np.append(probes[~refused], added))
    earned = worth(kept)
    good = ~np.isneginf(earned)
    return kept[good], earned[good]


def narrowed(holds: Callable[[Float], Bool], near: float, far: float) -> float:
    """Return the figure nearest to `near` for which something holds, as it does for `far`.

    A figure with few digits is preferred to one that differs from it by a part in 10¹¹.
    """
    size = max(abs(near), abs(far), 1e-300)
    for _ in range(_ROUNDS):
        between = np.linspace(near, far, _SECTIONS + 1)
        held = holds(between)
        held[-1] = True
        first = int(np.argmax(held))
        if first == 0 or abs(far - near) <= 1e-15 * size:
            break
        near, far = float(between[first - 1]), float(between[first])
    plain = plainest(far, 1.0 if far >= near else -1.0, 1e-11 * size)
    return plain if plain != far and holds(np.array([plain]))[0] else far


def plainest(figure: float, way: float, slack: float) -> float:
    """Return the figure with the fewest decimals, up to `slack` farther on the way.

    Examples
    --------
    >>> plainest(79.9999999899, 1.0, 1e-6), plainest(20.0000000101, -1.0, 1e-6)
    (80.0, 20.0)
    """
    for decimals in range(_MOST_DECIMALS):
        size = 10.0**decimals
        plain = float(way * np.ceil(way * figure * size - 1e-9) / size)
        if abs(plain - figure) <= slack:
            return plain
    return figure


def _on_steps(
    worth: Worth, start: float, best: float, step: float, limits: tuple[float, float]
) -> float:
    """Return the figure a whole number of steps away that earns the most."""
    way = 1.0 if best >= start else -1.0
    steps = np.ceil(abs(best - start) / step - 1e-9)
    some = start + way * step * np.array([steps, max(steps - 1.0, 0.0)])
    slack = 1e-9 * max(abs(best), 1.0)
    earned = worth(some)
    inside = (some >= limits[0] - slack) & (some <= limits[1] + slack) & ~np.isneginf(earned)
    gains = np.where(inside, earned, -np.inf)
    now = worth(np.array([start]))[0]
    chosen = int(np.argmax(gains))
    return float(some[chosen]) if gains[chosen] > now + _LEAST_GAIN else start
