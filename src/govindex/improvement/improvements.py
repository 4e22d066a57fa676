"""What it would take: the cheapest changes with which a unit reaches a rank, a band or a score."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, overload

import attrs
import numpy as np

from govindex.checks import instance_of, is_number, names_of, shown
from govindex.contracts import BaseMeasure, BaseRule, CellStatus, completed
from govindex.display import ShownPage, html, plain
from govindex.errors import DataError, SettingError, listing
from govindex.improvement.goals import (
    Goal,
    check_ranked,
    goal_of,
    standing_at,
    with_rivals,
    with_shares,
)
from govindex.improvement.levers import Held, levers_of, wishes_of
from govindex.improvement.options import Options, grouped_levers, options_of
from govindex.improvement.pages import improvement_page
from govindex.improvement.searches import Found, Search
from govindex.improvement.tables import changes_table, held_table
from govindex.improvement.trees import Score
from govindex.improvement.trials import Trials, with_answers
from govindex.language import check_language
from govindex.methods import Methodology
from govindex.model.observations import Observations
from govindex.results import IndexResult
from govindex.results.joint_results import part_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Improvement", "Standing", "improve"]

_SECONDS = 20.0

# The figures that may change, or by figure its lowest and highest value; None holds it.
Feasible = Mapping[str, tuple[float | None, float | None] | None] | Iterable[str]


@attrs.frozen
class Standing:
    """Where a unit stands: its rank, its score in the printed unit, and its band."""

    rank: float
    score: float
    band: str | None = None


@attrs.frozen(eq=False)
class Improvement:
    """The cheapest changes with which a unit reaches a goal; :func:`~govindex.improve` finds them.

    Parameters
    ----------
    unit, name : str
    goal : Goal
        Its `kind` ("rank", "band" or "score") and `value`; as text "rank 1".
    reached : bool
        Whether the goal can be reached. If not, the changes lead to the nearest that can.
    nearest : Goal or None
        The goal that the changes reach, None if no better one of the kind can be.
    before, after : Standing
        Without and with the changes, both computed by the methodology.
    changes : DataFrame
        A row per changed figure, indexed by `node` (an indicator that reads it): `name`,
        `variable`, `before` and `after` (numbers, or answers), `steps` (missing if it may take any
        value), the indicator's `value_before` and `value_after` in the `measure_unit`, the `points`
        of the total that it gains when changes are made in the order of the table, which add up
        exactly, and the `effort`.
    effort : float
        Of all changes.
    gap : float
        How much less effort another solution might take, as a part of the effort: 0 is proven.
    how : str
        "closed form", "dynamic programme", "integer programme"; "" without changes.
    held : DataFrame
        Figures that were left as they are: `variable`, `node`, `reason`. They are "best" (earn the
        most already), "absent", "declared" (by `feasible`), "unlimited" (more is always better,
        and `feasible` sets no limit), read "together" with others in too many combinations, or
        have too many "steps".
    observations : Observations
        The data with the changes, prepared; ranks are computed from them.
    result : IndexResult
        The result with the changes.
    decimals : int
        Decimals of scores shown as text.
    language : str, optional
    """

    unit: str
    name: str
    goal: Goal
    reached: bool
    nearest: Goal | None
    before: Standing
    after: Standing
    changes: pd.DataFrame
    effort: float
    gap: float
    how: str
    held: pd.DataFrame
    observations: Observations
    result: IndexResult
    decimals: int = 2
    language: str | None = None

    def __repr__(self) -> str:
        state = "reached" if self.reached else "out of reach"
        return (
            f"<Improvement of '{self.name}' to {self.goal}: {state}, {len(self.changes)} changes>"
        )

    def __str__(self) -> str:
        return plain(self._page(self.language))

    def _repr_html_(self) -> str:
        return html(self._page(self.language))

    def _page(self, language: str | None = None) -> ShownPage:
        return improvement_page(self, language)


@overload
def improve(
    method: Methodology,
    data: Observations,
    unit: str,
    *,
    to: int | str | Mapping[str, float | str] | None = None,
    effort: Mapping[str, float | Mapping[str, float]] | None = None,
    feasible: Feasible | None = None,
    steps: Mapping[str, float] | None = None,
    rivals: Mapping[str, float] | float | None = None,
    seconds: float = _SECONDS,
    language: str | None = None,
) -> Improvement: ...


@overload
def improve(
    method: Methodology,
    data: Observations,
    unit: list[str] | tuple[str, ...],
    *,
    to: int | str | Mapping[str, float | str] | None = None,
    effort: Mapping[str, float | Mapping[str, float]] | None = None,
    feasible: Feasible | None = None,
    steps: Mapping[str, float] | None = None,
    rivals: Mapping[str, float] | float | None = None,
    seconds: float = _SECONDS,
    language: str | None = None,
) -> tuple[Improvement, ...]: ...


def improve(
    method: Methodology,
    data: Observations,
    unit: str | list[str] | tuple[str, ...],
    *,
    to: int | str | Mapping[str, float | str] | None = None,
    effort: Mapping[str, float | Mapping[str, float]] | None = None,
    feasible: Feasible | None = None,
    steps: Mapping[str, float] | None = None,
    rivals: Mapping[str, float] | float | None = None,
    seconds: float = _SECONDS,
    language: str | None = None,
) -> Improvement | tuple[Improvement, ...]:
    """Find the cheapest changes of figures with which a unit reaches a rank, a band or a score.

    A figure changes in the direction in which its indicator earns more, never the other way. Parts
    of a whole change (dossiers handled on time), the whole does not (dossiers received). Counts
    change by whole numbers, answers and yes or no from one to another, other numbers by any amount
    or in declared steps. Where figures are lines of one sum the solution is known in closed form,
    else it is that of an integer programme; in both cases the scores are computed again by the
    methodology, with ties and roundings as it ranks.

    Parameters
    ----------
    method : Methodology
        Without parts that look at peers: ``method.anchored(data)`` freezes them.
    data : Observations
        Of one period. Changes are of figures after the methodology's preparation.
    unit : str, or list or tuple of str
        Code or name. Several units are improved one by one, the others as they are.
    to : optional
        A rank, such as 1, inside the league; the name of a band; or one of ``{"rank": 1}``,
        ``{"gain": 2}`` (ranks), ``{"band": "A"}``, ``{"score": 80}`` (in the printed unit, as it is
        ranked). By default the next better rank.
    effort : mapping of str to float, optional
        By variable, or by indicator with one variable: the effort of changing the figure by 1 in
        its measure unit (one dossier, one day, one point); of an answer, that of the change, or a
        mapping of answers to efforts. By default, raising an indicator by its whole maximum
        takes 1, and a part of it that part, as it is printed. Of equal efforts among figures with
        steps or printed digits, that with the fewest changes is found, then that with the least
        work.
    feasible : mapping or iterable of str, optional
        By variable or indicator: a pair (lowest, highest figure), None for no limit; or None, which
        leaves the figure as it is. An iterable names the only figures that may change. By default
        up to the best figure of the rule.
    steps : mapping of str to float, optional
        By variable or indicator: what a figure changes by, such as 0.25 points. By default 1 for
        counts.
    rivals : mapping of str to float, or float, optional
        Points of the total that other units gain meanwhile, or that each of them gains, up to the
        maximum; by default none.
    seconds : float
        Limit of each unit's search; what is not proven by then is in `gap`.
    language : str, optional
        Of names and texts; English by default.

    Returns
    -------
    Improvement
        A tuple of them for several units.

    Raises
    ------
    SettingError
        If the methodology looks at peers or is computed by its own code, naming the parts; if a
        branch that is no sum has too many combinations of figures below; or for an impossible goal
        or setting.
    DataError
        If the unit has no score or no rank, or the data are a panel.
    UnknownNameError
        If there is no such unit or figure.

    Examples
    --------
    >>> import govindex as gi
    >>> method = gi.methodology("vn.service-766").cut()
    >>> data = gi.datasets.load("vn.service-766.provinces-2026-10-10")
    >>> found = improve(method, data, "H19", to=1)
    >>> found.before.score, found.after.score, found.after.rank
    (67.48, 68.8, 1.0)
    >>> found.changes[["before", "after", "points"]].round(2)
         before  after  points
    node
    4     10.03  11.35    1.32
    """
    language = check_language(language)
    if not (is_number(seconds) and seconds > 0):
        raise SettingError(f"seconds is a number above 0, not {shown(seconds)}")
    prepared = _checked(method, data)
    result = method._result(prepared, method._scored(prepared))
    task = _Improving(
        method, prepared, result, to, (effort, feasible, steps), rivals, seconds, language
    )
    if isinstance(unit, str):
        return task.improved(unit)
    return tuple(task.improved(one) for one in names_of(unit, "unit"))


def _checked(method: Any, data: Any) -> Observations:
    """Return prepared data, after a check that one unit's figures move its own score only."""
    if not isinstance(method, Methodology):
        raise SettingError(
            f"improve needs a declarative Methodology, not {shown(method)}: what other code "
            "computes cannot be searched"
        )
    instance_of(data, Observations, "data")
    parts = [part for part in method.peer_dependent_parts() if part.kind != "bands"]
    if parts:
        raise SettingError(
            f"'{method.id}' looks at peers, whose scores would change with the unit's figures: "
            f"{listing(part.name for part in parts)}. Freeze them on the data: "
            "improve(method.anchored(data), data, …)"
        )
    if data.is_panel:
        raise DataError(
            "a panel holds several periods of a unit: improve one of them, "
            f"data.at_period('{data.periods[-1]}')"
        )
    prepared = method.prepare(data)
    answers: dict[str, tuple[str, ...]] = {}
    for framework in method.frameworks:
        for leaf in framework.leaves:
            rule, measure = completed(leaf.rule, BaseRule), completed(leaf.measure, BaseMeasure)
            name = measure.variable_itself
            texts = tuple(answer for answer in rule.answers if isinstance(answer, str))
            if name is not None and prepared.levels.get(name) and texts:
                answers[name] = (*answers.get(name, ()), *texts)
    return with_answers(prepared, answers) if answers else prepared


@attrs.frozen(eq=False)
class _Improving:
    """What is asked for, and the result as it is."""

    method: Methodology
    data: Observations
    result: IndexResult
    to: Any
    settings: tuple[Any, Any, Any]
    rivals: Any
    seconds: float
    language: str

    def improved(self, unit: str) -> Improvement:
        """Return the improvement of one unit."""
        until = time.monotonic() + self.seconds
        row = self.result.units.locate(unit)
        check_ranked(self.result, row)
        code = self.result.units.codes[row]
        goal = goal_of(self.to, self.result, row)
        moved = with_rivals(self.result, row, self.rivals)
        score, groups, held = self._figures(code)
        search = Search(score, tuple(groups), moved, row, until)
        now = search.shares({})
        found: Found | None = Found({}, 0.0, 0.0, "")
        nearest: Goal | None = goal
        reached = True
        if not search.reaches(goal, now):
            found = search.cheapest(goal)
            if found is None:
                reached = False
                nearest, found = _nearest(search, goal)
        return self._improvement(search, goal, nearest, found, held, reached=reached)

    def _figures(self, code: str) -> tuple[Score, list[Options], list[Held]]:
        """Return the unit's score, what its figures may become, and the figures that stay."""
        units = self.method._units(self.data)
        single, data = next((m, d) for _, m, d in units if code in d.units.codes)
        trials = Trials.of(single._plan, data, code)
        part = part_of(self.result, code)
        sign = -1.0 if self.result.ranking_of(self.result.codes[0]).best == "lowest" else 1.0
        score = Score(part, part.units.locate(code), trials, sign)
        levers, held = levers_of(trials, wishes_of(trials, *self.settings), sign)
        groups = []
        for members in grouped_levers(trials, levers):
            options = options_of(trials, members, sign)
            if isinstance(options, list):
                held += options
            elif len(options) > 1:
                groups.append(options)
        return score, groups, held

    def _improvement(
        self,
        search: Search,
        goal: Goal,
        nearest: Goal | None,
        found: Found | None,
        held: list[Held],
        *,
        reached: bool,
    ) -> Improvement:
        row = search.row
        code = self.result.units.codes[row]
        levers = {x.variable: x for options in search.groups for x in options.levers}
        figures = {} if found is None else found.figures
        changed = {n: f for n, f in figures.items() if f != levers[n].start}
        data = _with_figures(self.data, row, changed)
        result = self.method._result(data, self.method._scored(data))
        after = with_rivals_kept(result, search.result, row)
        _check(nearest, after, row)
        changes = changes_table(search, changed, self.language)
        total = float(changes["effort"].sum())
        return Improvement(
            unit=code,
            name=self.result.units.labels(self.language)[row],
            goal=goal,
            reached=reached,
            nearest=nearest,
            before=Standing(*standing_at(self.result, row)),
            after=Standing(*standing_at(after, row)),
            changes=changes,
            effort=total,
            gap=found.gap if found is not None else 0.0,
            how=found.how if found is not None and changed else "",
            held=held_table(held),
            observations=data,
            result=after,
            decimals=self.result.score_decimals,
            language=self.language,
        )


def _check(nearest: Goal | None, after: IndexResult, row: int) -> None:
    """Refuse a claim that the methodology does not confirm."""
    if nearest is not None and not nearest.is_reached(after, row):
        raise SettingError(
            f"the changes found do not reach {nearest} when the methodology computes "
            "them: give larger steps with steps="
        )


def with_rivals_kept(after: IndexResult, before: IndexResult, row: int) -> IndexResult:
    """Return a result in which all other units have the total that they have in an earlier one."""
    state, known = after._states[0], before._states[0]
    share = np.array(known.share, dtype=np.float64)
    share[0, row] = state.share[0, row]
    states = (attrs.evolve(state, share=share), *after._states[1:])
    return attrs.evolve(after, states=states)


def _nearest(search: Search, goal: Goal) -> tuple[Goal | None, Found | None]:
    """Return the best goal of the kind that can be reached, and its cheapest changes."""
    best = search.shares(search.best())
    now = standing_at(search.result, search.row)
    rank, score, band = standing_at(with_shares(search.result, search.row, best), search.row)
    if goal.kind == "score":
        if score == now[1]:
            return None, None
        top = search.result.codes[0]
        return Goal("score", score), search.cheapest(Goal("score", score)) or search.at_least(
            best[top]
        )
    nearer = Goal("rank", rank) if goal.kind == "rank" else Goal("band", band or "")
    if nearer.value == (now[0] if goal.kind == "rank" else now[2]) or not nearer.value:
        return None, None
    return nearer, search.cheapest(nearer)


def _with_figures(data: Observations, row: int, figures: Mapping[str, float]) -> Observations:
    """Return data in which a unit reports other figures."""
    if not figures:
        return data
    values, status = data.values.copy(), data.status.copy()
    treated, raw = data.treated.copy(), data.raw_values
    errors = None if data.errors is None else data.errors.copy()
    for name, figure in figures.items():
        column = data.column_of(name)
        values[row, column], status[row, column] = figure, CellStatus.REPORTED
        treated[row, column] = False
        if errors is not None:
            errors[row, column] = np.nan
    return attrs.evolve(
        data, values=values, status=status, treated=treated, raw=raw[treated], errors=errors
    )
