"""The search for the least effort: requirements, programmes, and solutions that are recomputed."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

import attrs
import numpy as np

from govindex.contracts import Bool, Float
from govindex.errors import SettingError
from govindex.improvement.goals import Goal, with_shares
from govindex.improvement.knapsacks import Knapsack
from govindex.improvement.levers import narrowed, plainest
from govindex.improvement.options import Options
from govindex.improvement.programmes import LinearForm, Picked, Programme
from govindex.improvement.trees import Score, flattened, line_of, on_scale
from govindex.model.tree import View
from govindex.results import IndexResult

__all__ = ["Found", "Search"]

_ROUNDS = 60
_SLACK = 1e-9
_HALVINGS = 70
_PLAIN = 1e-8  # of the way that a figure can go
_PROVEN = 1e-7  # the tolerance of the solver

Needs = Mapping[str, float]


@attrs.frozen(eq=False)
class Found:
    """Figures that reach a goal, what part of the effort others may save, and how it was found."""

    figures: dict[str, float]
    effort: float
    gap: float
    how: str


@attrs.frozen(eq=False)
class Search:
    """The search of one unit.

    Parameters
    ----------
    score : Score
    groups : tuple of Options
    result : IndexResult
        Of all units, rivals moved.
    row : int
        The unit's row there.
    until : float
        When to stop, of the monotonic clock.
    """

    score: Score
    groups: tuple[Options, ...]
    result: IndexResult
    row: int
    until: float

    @property
    def _top(self) -> str:
        return self.result.codes[0]

    @property
    def _ties(self) -> tuple[str, ...]:
        """The nodes that decide between equal scores, where they are nodes of the tree."""
        known = self.score.result.codes
        deciding = self.result.ranking_of(self._top).tie_break
        return tuple(
            code
            for code in deciding
            if code in known and not isinstance(self.score.result.node(code), View)
        )

    def best(self) -> dict[str, float]:
        """Return the figures with the most points."""
        figures: dict[str, float] = {}
        for options in self.groups:
            sizes = {
                code: self._weight_of(code) * self.score.sign * shares
                for code, shares in options.shares.items()
            }
            at = int(np.argmax(np.sum(list(sizes.values()), axis=0)))
            for lever, figure in zip(options.levers, options.figures[:, at], strict=True):
                figures[lever.variable] = float(figure)
        return figures

    def _weight_of(self, code: str) -> float:
        """Return a node's part of the total, by the weights in force."""
        part, known = 1.0, code
        framework = self.score.result.framework
        while (above := framework.parent(known)) is not None:
            beside = dict((*self.score.below(above.code), *self.score.bonuses(above.code)))
            part *= beside.get(known, 0.0)
            known = above.code
        return part

    def shares(self, figures: Mapping[str, float]) -> dict[str, float]:
        """Return the shares of the total and of nodes that break ties."""
        arrays = {name: np.array([figure]) for name, figure in figures.items()}
        found = self.score.trials.shares(arrays, (self._top, *self._ties))
        return {code: float(shares[0]) for code, shares in found.items()}

    def reaches(self, goal: Goal, shares: Mapping[str, float]) -> bool:
        """Return whether the unit reaches a goal with these shares."""
        return goal.is_reached(with_shares(self.result, self.row, shares), self.row)

    def cheapest(self, goal: Goal) -> Found | None:
        """Return the figures that reach a goal with the least effort, None if none do."""
        now, best = self.shares({}), self.shares(self.best())
        if not self.reaches(goal, best):
            return None
        top = self._top
        level = self._least(goal, top, now, best)
        loose = self._solved(goal, {top: level})
        if loose is not None and self._holds(goal, loose):
            return loose
        found = [self._solved(goal, needs) for needs in self._needs(goal, now, best, level)]
        reached = [f for f in found if f is not None and self._holds(goal, f)]
        return min(reached, key=lambda f: f.effort) if reached else None

    def _holds(self, goal: Goal, found: Found) -> bool:
        return self.reaches(goal, self.shares(found.figures))

    def _needs(self, goal: Goal, now: Needs, best: Needs, level: float) -> list[dict[str, float]]:
        """Return requirements of which every solution meets one.

        The total is above the tie; or it is level, and the first node that breaks ties is above
        its own tie; or that is level too, and so on.
        """
        top = self._top
        tied = {top: level}
        needs = []
        for at, code in enumerate((top, *self._ties)):
            later = self._ties[at:]
            worst = {**best, **tied, **{other: now[other] for other in later}, code: best[code]}
            if self.reaches(goal, worst):
                needs.append({**tied, code: self._least(goal, code, now, worst)})
            if code != top and self.reaches(goal, {**best, **tied}):
                tied = {**tied, code: self._least(goal, code, now, {**best, **tied})}
        return [*needs, tied]

    def _least(self, goal: Goal, code: str, near: Needs, far: Needs) -> float:
        """Return the share of a node nearest to its present one with which the goal is reached."""
        if self.reaches(goal, {**far, code: near[code]}):
            return near[code]
        low, high = near[code], far[code]
        for _ in range(_HALVINGS):
            middle = (low + high) / 2.0
            if middle in (low, high):
                break
            if self.reaches(goal, {**far, code: middle}):
                high = middle
            else:
                low = middle
        return high

    def at_least(self, share: float) -> Found | None:
        """Return the least effort for a share of the total."""
        return self._solved(None, {self._top: share})

    def _solved(self, goal: Goal | None, needs: Needs) -> Found | None:
        """Return the least effort that meets requirements, recomputed."""
        excluded: list[tuple[int, ...]] = []
        slack, bound = -_SLACK, 0.0
        for turn in range(_ROUNDS):
            built = self._programme(needs, slack, again=turn > 0)
            for columns in excluded:
                built.programme.exclude(columns)
            picked, how = built.solved(self.until)
            if picked is None:
                return None
            # Excluded combinations do not meet the requirements: the bound without them holds.
            bound = picked.bound if slack < 0 else bound
            figures = self._polished(picked.figures, needs)
            if self._meets(needs, {n: np.array([f]) for n, f in figures.items()})[0]:
                gap = (picked.effort - bound) / picked.effort if picked.effort > 0 else 0.0
                return Found(figures, picked.effort, gap if gap > _PROVEN else 0.0, how)
            if how == "dynamic programme":
                continue  # the digits are not those of the score: from now on, by the solver
            if len(picked.columns) == len(built.groups) and not built.has_lines:
                excluded.append(picked.columns)
            else:
                slack = _SLACK if slack < 0 else 4.0 * slack
        raise SettingError(
            "no solution of the integer programme held when it was recomputed: give larger steps "
            "with steps="
        )

    def _meets(self, needs: Needs, figures: Mapping[str, Float]) -> Bool:
        found = self.score.trials.shares(figures, tuple(needs))
        sign = self.score.sign
        met = [sign * found[code] >= sign * need for code, need in needs.items()]
        return np.asarray(np.logical_and.reduce(met))

    def _polished(self, figures: dict[str, float], needs: Needs) -> dict[str, float]:
        """Return figures of which the one between two options just meets the requirements."""
        for options in self.groups:
            if not options.joined.any() or options.step is not None:
                continue
            lever = options.levers[0]
            name, figure = lever.variable, figures[lever.variable]
            if figure == lever.start or (np.abs(options.figures[0] - figure) <= 0).any():
                continue
            reach = abs(lever.best - lever.start)

            def meets(tried: Float, name: str = name) -> Bool:
                rest = {n: np.full(len(tried), f) for n, f in figures.items()}
                return self._meets(needs, {**rest, name: tried})

            for more in (0.0, 1e-9, 1e-7, 1e-5):
                far = figure + lever.way * more * reach
                far = min(far, lever.best) if lever.way > 0 else max(far, lever.best)
                if meets(np.array([far]))[0]:
                    near = figure - lever.way * 1e-3 * reach
                    near = max(near, lever.start) if lever.way > 0 else min(near, lever.start)
                    least = narrowed(meets, near, far)
                    return {**figures, name: plainest(least, lever.way, _PLAIN * reach)}
        return figures

    def _programme(self, needs: Needs, slack: float, *, again: bool) -> _Built:
        top = self._top
        scale = self.score.scale(top)
        groups = [on_scale(g, scale) for g in flattened(self.score, top, self.groups, tuple(needs))]
        built = _Built(Programme(), groups)
        lines = built.add(self.score, needs, None, slack)
        if len(needs) == 1:
            merits = built.programme.merits(lines[0])
            if merits is not None:
                wanted = self.score.sign * float(scale.there(np.array(needs[top])))
                signed = [(options, self.score.sign * m) for options, m in merits]
                needed = wanted - self.score.sign * lines[0].constant + slack
                whole = float(self.score.result.maxima[0]) or 1.0
                built = _Built(Programme(), groups, Knapsack(signed, needed), whole, again)
                built.add(self.score, needs, built.knapsack, slack)
        return built


@attrs.frozen(eq=False)
class _Built:
    """A programme with its groups, and the same as one sum if it is one."""

    programme: Programme
    groups: Sequence[Options]
    knapsack: Knapsack | None = None
    whole: float = 1.0
    again: bool = False

    @property
    def has_lines(self) -> bool:
        """Whether figures between options are possible."""
        return any(options.joined.any() for options in self.groups)

    def add(
        self, score: Score, needs: Needs, knapsack: Knapsack | None, slack: float
    ) -> list[LinearForm]:
        """Add the groups and the requirements, and return their lines."""
        shares: dict[str, LinearForm] = {}
        kept = [None] * len(self.groups) if knapsack is None else knapsack.kept()
        for options, some in zip(self.groups, kept, strict=True):
            shares.update(self.programme.add(options, some))
        top = score.result.codes[0]
        scale = score.scale(top)
        lines = []
        for code, need in needs.items():
            line = line_of(score, code, self.programme, shares, scale)
            least = score.sign * float(scale.there(np.array(need))) + slack
            signed = LinearForm().plus(line, score.sign)
            self.programme.at_least(signed, least)
            lines.append(line)
        return lines

    def solved(self, until: float) -> tuple[Picked | None, str]:
        """Return the solution and how it was found."""
        if self.knapsack is not None:
            picked = self.knapsack.closed_form()
            if picked is not None:
                return picked, "closed form"
            if not self.again:
                picked = self.knapsack.by_digits(self.whole)
                if picked is not None:
                    return picked, "dynamic programme"
        return self.programme.solve(until - time.monotonic()), "integer programme"
