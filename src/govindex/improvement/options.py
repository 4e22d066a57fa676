"""What figures may become, with the effort and the shares that they earn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import attrs
import numpy as np

from govindex.contracts import Bool, Float, Index
from govindex.improvement.levers import Held, Lever
from govindex.improvement.trials import Trials

__all__ = ["Options", "effort_of", "grouped_levers", "options_of", "undominated"]

# Of equal efforts, the one with the fewest changes, then that with the least work, is preferred.
_CHANGE, _WORK = 1e-6, 1e-8
_MOST = 20_000
_ALIKE = 1e-12
_SECTIONS = 64
_FEW = 300
_SAMPLE = 257
_HALVINGS = 50


@attrs.frozen(eq=False)
class Options:
    """The figures that one or several variables may take together; the first are the present.

    Parameters
    ----------
    levers : tuple of Lever
    figures : array, shape (levers, options)
    effort : array, shape (options,)
    shares : mapping of code to array of shape (options,)
        Of every node whose share they decide: indicators, or a branch above them.
    joined : array of bool, shape (options − 1,)
        Whether figures between an option and the next are possible, at effort and shares between.
    step : float or None
        Of figures between, which are whole steps away; None for any figure.
    """

    levers: tuple[Lever, ...]
    figures: Float
    effort: Float
    shares: Mapping[str, Float]
    joined: Bool
    step: float | None = None

    def __len__(self) -> int:
        return len(self.effort)

    def take(self, chosen: Sequence[int] | Index) -> Options:
        """Return some options, none of them joined."""
        rows = np.asarray(chosen, dtype=np.intp)
        return attrs.evolve(
            self,
            figures=self.figures[:, rows],
            effort=self.effort[rows],
            shares={code: shares[rows] for code, shares in self.shares.items()},
            joined=np.zeros(max(len(rows) - 1, 0), dtype=bool),
            step=None,
        )


def grouped_levers(trials: Trials, levers: Sequence[Lever]) -> list[list[Lever]]:
    """Return levers by group: those that an indicator reads together are in one."""
    groups: list[tuple[set[int], list[Lever]]] = []
    for lever in levers:
        rows, members = set(lever.rows), [lever]
        apart = []
        for other_rows, others in groups:
            if rows & other_rows:
                rows, members = rows | other_rows, [*others, *members]
            else:
                apart.append((other_rows, others))
        groups = [*apart, (rows, members)]
    return [members for _, members in groups]


def options_of(trials: Trials, levers: Sequence[Lever], sign: float) -> Options | list[Held]:
    """Return the options of levers that are read together, or why these stay as they are."""
    plan = trials.plan
    rows = sorted({row for lever in levers for row in lever.rows})
    codes = tuple(plan.codes[row] for row in rows if plan.framework.is_scored(plan.codes[row]))
    if len(levers) == 1 and not len(levers[0].codes):
        return _of_one_number(trials, levers[0], codes, sign)
    number = float(np.prod([lever.count for lever in levers]))
    if number > _MOST or any(x.step is None and not len(x.codes) for x in levers):
        return [Held(lever.variable, codes[0], "together") for lever in levers]
    ranges = [lever.figures for lever in levers]
    figures = np.array([axis.ravel() for axis in np.meshgrid(*ranges, indexing="ij")])
    return _preferred(trials, _evaluated(trials, tuple(levers), figures, codes, sign), sign)


def _of_one_number(
    trials: Trials, lever: Lever, codes: tuple[str, ...], sign: float
) -> Options | list[Held]:
    """Return the options of a number that no other is read with."""
    plan = trials.plan
    if all(plan.rounding[plan.rows[code]] is not None for code in codes):
        figures = _printed_levels(trials, lever, codes, sign)
        return _preferred(trials, _evaluated(trials, (lever,), figures[None], codes, sign), sign)
    if lever.step is None:
        return _of_any_figure(trials, lever, codes, sign)
    if lever.count > _FEW:
        line = _stepped_line(trials, lever, codes, sign)
        if line is not None:
            return line
        if lever.count > _MOST:
            return [Held(lever.variable, codes[0], "steps")]
    options = _evaluated(trials, (lever,), lever.figures[None], codes, sign)
    return _preferred(trials, options, sign)


def _preferred(trials: Trials, options: Options, sign: float) -> Options:
    """Return options that no other beats, few changes and little work first among equal efforts."""
    figures = {x.variable: f for x, f in zip(options.levers, options.figures, strict=True)}
    changes = (options.figures != options.figures[:, :1]).sum(axis=0)
    work = np.zeros(len(options))
    for code in options.shares:
        share, _ = trials.scored(trials.plan.rows[code], figures)
        work += np.maximum(sign * (share - share[0]), 0.0)
    effort = options.effort + _CHANGE * changes + _WORK * work
    return undominated(attrs.evolve(options, effort=effort), sign)


def _evaluated(
    trials: Trials, levers: tuple[Lever, ...], figures: Float, codes: tuple[str, ...], sign: float
) -> Options:
    """Return the options that every indicator accepts, none of them joined."""
    settings = {x.variable: f for x, f in zip(levers, figures, strict=True)}
    shares = trials.printed(settings, codes)
    accepted = np.logical_and.reduce([~np.isnan(s) for s in shares.values()])
    accepted[0] = True
    figures = figures[:, accepted]
    shares = {code: numbers[accepted] for code, numbers in shares.items()}
    effort = effort_of(trials, levers, figures, shares, sign)
    joined = np.zeros(max(figures.shape[1] - 1, 0), dtype=bool)
    return Options(levers, figures, effort, shares, joined)


def effort_of(
    trials: Trials,
    levers: tuple[Lever, ...],
    figures: Float,
    shares: Mapping[str, Float],
    sign: float,
) -> Float:
    """Return the effort: as declared, or 1 for each whole share that an indicator gains.

    Shares count as they are printed, so that nothing is won by collecting digits that are about to
    turn.
    """
    effort = np.zeros(figures.shape[1])
    by_shares = np.zeros(figures.shape[1], dtype=bool)
    for lever, numbers in zip(levers, figures, strict=True):
        moved = numbers != lever.start
        if lever.effort is None:
            by_shares |= moved
        elif isinstance(lever.effort, Mapping):
            texts = trials.data.levels.get(lever.variable, ())
            for code in np.unique(numbers[moved]):
                answer = texts[int(code)] if texts else f"{code:g}"
                effort[numbers == code] += float(lever.effort.get(answer, np.inf))
        elif len(lever.codes):
            effort += moved * lever.effort
        else:
            effort += np.abs(numbers - lever.start) * lever.effort
    gains = [np.maximum(sign * (s - s[0]), 0.0) for s in shares.values()]
    return effort + np.where(by_shares, np.sum(gains, axis=0), 0.0)


def undominated(options: Options, sign: float) -> Options:
    """Return the options that no other beats: less effort for at least the same shares."""
    finite = np.flatnonzero(np.isfinite(options.effort))
    options = options.take(finite)
    merits = np.array([sign * shares for shares in options.shares.values()])
    order = np.lexsort((*-merits, options.effort))
    if len(merits) == 1:
        best = np.maximum.accumulate(merits[0, order])
        better = np.append(True, merits[0, order][1:] > best[:-1] + _ALIKE)
        kept = order[better]
    else:
        kept = np.array(_front(merits, order), dtype=np.intp)
    return options.take(np.append(0, kept[kept != 0]))


def _front(merits: Float, order: Index) -> list[int]:
    kept: list[int] = []
    for i in order.tolist():
        beaten = kept and (merits[:, kept] >= merits[:, [i]] - _ALIKE).all(axis=0).any()
        if not beaten:
            kept.append(i)
    return kept


def _stepped_line(
    trials: Trials, lever: Lever, codes: tuple[str, ...], sign: float
) -> Options | None:
    """Return the ends of a line on which many figures at equal distances lie; None if they bend."""
    last = lever.count - 1.0
    # The last step may reach beyond the best figure, where the rule is level.
    steps = np.append(np.unique(np.round(np.linspace(0.0, last - 1.0, _SAMPLE))), last)
    options = _evaluated(trials, (lever,), lever.figures_at(steps)[None], codes, sign)
    if len(options) != len(steps):
        return None
    table = np.vstack([options.effort, *options.shares.values()])[:, :-1]
    line = table[:, :1] + (table[:, -1:] - table[:, :1]) * (steps[:-1] / steps[-2])
    size = np.maximum(np.abs(table).max(axis=1, keepdims=True), 1.0)
    if (np.abs(line - table) > _ALIKE * size).any():
        return None
    ends = options.take([0, -2, -1])
    return attrs.evolve(ends, joined=np.array([True, False]), step=lever.step)


def _of_any_figure(trials: Trials, lever: Lever, codes: tuple[str, ...], sign: float) -> Options:
    """Return the options of a figure without steps: the lines and jumps of its rule."""
    nodes = [lever.start, *lever.bends[:: int(lever.way)], lever.best]
    figures: list[float] = [lever.start]
    joined: list[bool] = []
    for a, b in pairwise(nodes):
        figures, joined = _between(trials, lever, (a, b), codes, (figures, joined))
    options = _evaluated(trials, (lever,), np.array([figures]), codes, sign)
    if len(options) != len(figures):  # figures between are refused: only the others are options
        return undominated(options, sign)
    return attrs.evolve(options, joined=np.array(joined, dtype=bool))


def _between(
    trials: Trials,
    lever: Lever,
    ends: tuple[float, float],
    codes: tuple[str, ...],
    so_far: tuple[list[float], list[bool]],
) -> tuple[list[float], list[bool]]:
    """Add the figures from one bend to the next: a line, a jump, or short chords of a curve."""
    figures, joined = so_far
    a, b = ends
    inner = a + (b - a) * np.array([1e-9, 0.25, 0.5, 0.75, 1.0 - 1e-9])
    shares = trials.printed({lever.variable: np.array([a, *inner, b])}, codes)
    table = np.array(list(shares.values()))
    flat = (np.abs(table[:, 1:6] - table[:, 1:2]) <= _ALIKE).all()
    jumps = (np.abs(table[:, 6] - table[:, 5]) > 1e-7 * np.abs(b - a) + 1e-7).any()
    places = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
    line = table[:, [1]] + (table[:, [5]] - table[:, [1]]) * places
    straight = (np.abs(line - table[:, 1:6]) <= 1e-8).all()
    if flat and jumps:
        return [*figures, b], [*joined, False]
    if not straight:
        chords = (a + (b - a) * np.linspace(0.0, 1.0, _SECTIONS + 1)[1:]).tolist()
        return [*figures, *chords], [*joined, *([True] * _SECTIONS)]
    if jumps:
        return [*figures, float(inner[-1]), b], [*joined, True, False]
    return [*figures, b], [*joined, True]


def _printed_levels(trials: Trials, lever: Lever, codes: tuple[str, ...], sign: float) -> Float:
    """Return the nearest figure for each printed score of rounded indicators."""
    plan = trials.plan
    size = np.array([max(float(plan.maxima[plan.rows[code]]), 1e-12) for code in codes])

    def merit(figures: Float) -> Float:
        shares = trials.printed({lever.variable: figures}, codes)
        return np.asarray(sign * size @ np.array([shares[code] for code in codes]))

    low, high = merit(np.array([lever.start, lever.best]))
    decimals = max(getattr(plan.rounding[plan.rows[code]], "decimals", 0) for code in codes)
    count = int(min(max(np.ceil((high - low) * 10.0**decimals - 1e-6), 1), _MOST))
    wanted = low + (high - low) * np.arange(1, count + 1) / count
    least = wanted - 1e-9 * max(abs(high), 1.0)
    if lever.step is not None:
        near, far = np.zeros(count), np.full(count, lever.count - 1.0)
        while (far - near > 1).any():
            middle = np.floor((near + far) / 2.0)
            reached = merit(lever.figures_at(middle)) >= least
            near, far = np.where(reached, near, middle), np.where(reached, middle, far)
        return np.append(lever.start, lever.figures_at(np.unique(far)))
    near, far = np.full(count, lever.start), np.full(count, lever.best)
    for _ in range(_HALVINGS):
        middle = (near + far) / 2.0
        reached = merit(middle) >= least
        near, far = np.where(reached, near, middle), np.where(reached, middle, far)
    figures = np.where(merit(plain := _plain(lever, far)) >= least, plain, far)
    return np.append(lever.start, np.unique(figures)[:: int(lever.way)])


def _plain(lever: Lever, figures: Float) -> Float:
    """Return figures with nine digits, none nearer to the present one nor beyond the best."""
    digits = 9 - int(np.ceil(np.log10(max(abs(lever.start), abs(lever.best), 1e-300))))
    large = figures * 10.0**digits
    outward = np.ceil(large - 1e-3) if lever.way > 0 else np.floor(large + 1e-3)
    beyond = np.minimum if lever.way > 0 else np.maximum
    return np.asarray(beyond(outward / 10.0**digits, lever.best))
