"""Dominance, and winners: units that can be first under some weights."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heappop, heappush
from typing import TYPE_CHECKING

import attrs
import numpy as np

from govindex.contracts import Bool, Float, Index
from govindex.display import ShownPage, html, plain
from govindex.model.selection import At
from govindex.ranking.labels import as_ranks
from govindex.results import IndexResult
from govindex.robustness.exact.distances import Quotients
from govindex.robustness.exact.pages import winners_page
from govindex.robustness.exact.pairs import chosen_units, ranking_groups
from govindex.robustness.exact.programmes import ACCURACY, LEVEL, largest_lead
from govindex.robustness.exact.weight_space import WeightSpace, space_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Winners", "dominance", "potential_winners"]

_CELLS = 2**24
_MORE = 10  # rivals that a round adds
_PROGRAMMES, _NARROW = 500, 1e-6
_NOTHING = 1e-14


def dominance(
    result: IndexResult, *, at: At | None = None, node: str | None = None, units: Iterable[str] = ()
) -> pd.DataFrame:
    """Return which units each unit dominates: at least as good at every node, better at one.

    A unit stays ahead of (or level with) those it dominates under any weights of at least 0.

    Parameters
    ----------
    result : IndexResult
    at, node
        As in :func:`~govindex.robustness.swap_margins`.
    units : iterable of str
        Codes or names of the units that get a row; by default all ranked ones.

    Returns
    -------
    DataFrame of bool
        True if the unit of the row dominates that of the column, in the order of publication.
        False too for a pair that is not ranked together or lacks different cells, which cannot be
        compared.

    Raises
    ------
    SettingError
        As :func:`~govindex.robustness.swap_margins`.

    Examples
    --------
    >>> import govindex as gi
    >>> method = gi.methodology("vn.service-766").cut()
    >>> data = gi.datasets.load("vn.service-766.provinces-2026-10-10")
    >>> dominated = dominance(method.compute(data))
    >>> int(dominated.loc["H20"].sum()), int(dominated["H20"].sum())
    (2, 0)
    """
    import pandas as pd

    space = space_of(result, at, node)
    ranked = [members for *_, members in ranking_groups(result, space.node)]
    order = chosen_units(result, space.node)
    chosen = chosen_units(result, space.node, units)
    column_of = np.full(len(result.units), -1)
    column_of[order] = np.arange(len(order))
    table = np.zeros((len(chosen), len(order)), dtype=bool)
    for members in ranked:
        rows = np.flatnonzero(np.isin(chosen, members))
        table[np.ix_(rows, column_of[members])] = _dominates(space, chosen[rows], members)
    codes = result.units.codes
    index = pd.Index([codes[i] for i in chosen], name="unit")
    columns = pd.Index([codes[i] for i in order], name="dominated")
    return pd.DataFrame(table, index=index, columns=columns)


def _dominates(space: WeightSpace, rows: Index, members: Index) -> Bool:
    """Return which of the members each row dominates, shape (rows, members)."""
    dominated = np.zeros((len(rows), len(members)), dtype=bool)
    attained = np.vstack([space.attained, space.rest[None]]) if space.rest.any() else space.attained
    at_once = max(_CELLS // max(len(members) * len(attained), 1), 1)
    for start in range(0, len(rows), at_once):
        some = rows[start : start + at_once]
        if space.rest.any():
            first, second = (a.reshape(-1) for a in np.meshgrid(some, members, indexing="ij"))
            ahead = space.differences(first, second).reshape(len(some), len(members), -1)
            more, less = (ahead > 0).any(axis=2), (ahead < 0).any(axis=2)
        else:
            more, less = np.zeros((2, len(some), len(members)), dtype=bool)
            for row, other in zip(space.attained[:, some], space.attained[:, members], strict=True):
                more |= row[:, None] > other
                less |= row[:, None] < other
        same = space.comparable(some[:, None], members[None, :])
        dominated[start : start + len(some)] = more & ~less & same
    return dominated


@attrs.frozen(eq=False)
class Winners:
    """Units that can be first under some weights.

    Parameters
    ----------
    table : DataFrame
        By unit in the order of publication: `unit`, `rank`, `first` and `lead`. `first` is

        * "alone": under the weights in `weights` it is ahead of all others, by `lead`;
        * "level": it can share the first rank, but not be first alone;
        * "never": under any weights a rival is ahead, by at least `−lead`;
        * "unknown": absence moved the weights of some units, or rivals lack different cells and
          the unit is within numerical accuracy of being first.

        `lead` is the lead over the best rival under the most favourable weights, in the printed
        unit; missing for a unit without rivals, or with rivals that lack different cells, for
        which these weights are not known.
    weights : DataFrame, units × nodes
        Weights that give this lead, or some under which the unit is first alone; missing if
        `first` is "never" or "unknown", and for units that can only be level with rivals that
        lack different cells.
    """

    table: pd.DataFrame
    weights: pd.DataFrame

    def __repr__(self) -> str:
        counts = self.table["first"].value_counts()
        phrase = ", ".join(
            f"{counts.get(word, 0)} {label}"
            for word, label in (("alone", "alone"), ("level", "level with others"))
        )
        if "unknown" in counts:
            phrase += f", {counts['unknown']} unknown"
        return f"<Winners: of {len(self.table)} units can be first {phrase}>"

    def __str__(self) -> str:
        return plain(self._page())

    def _repr_html_(self) -> str:
        return html(self._page())

    def _page(self, language: str | None = None) -> ShownPage:
        return winners_page(self.table, self.weights, language)


def potential_winners(
    result: IndexResult, *, at: At | None = None, node: str | None = None, units: Iterable[str] = ()
) -> Winners:
    """Return which units can be first in their league under some weights, and under which.

    A linear programme for each unit finds the largest lead over its best rival, ``max over w ≥ 0,
    Σ w kept, of min over rivals of w·d``. Rivals are added as they are needed.

    Parameters
    ----------
    result : IndexResult
    at, node
        As in :func:`~govindex.robustness.swap_margins`.
    units : iterable of str
        Codes or names of units; by default all ranked ones.

    Returns
    -------
    Winners

    Raises
    ------
    SettingError
        As :func:`~govindex.robustness.swap_margins`.

    References
    ----------
    Hazen, G. B. (1986), Partial information, dominance, and potential optimality in multiattribute
    utility theory, Operations Research 34(2).

    Examples
    --------
    >>> import govindex as gi
    >>> method = gi.methodology("vn.service-766").cut()
    >>> data = gi.datasets.load("vn.service-766.provinces-2026-10-10")
    >>> winners = potential_winners(method.compute(data), units=["H20", "H19"])
    >>> winners.table[["rank", "first"]]
          rank  first
    unit
    H20      1  alone
    H19      2  alone
    """
    import pandas as pd

    space = space_of(result, at, node)
    ranked = [members for *_, members in ranking_groups(result, space.node)]
    shown = chosen_units(result, space.node, units)
    leads, points = np.full((2, len(result.units)), np.nan)
    weights = np.full((len(result.units), len(space.codes)), np.nan)
    first = np.full(len(result.units), None, dtype=object)
    for members in ranked:
        for unit in members[np.isin(members, shown)]:
            rivals = members[members != unit]
            like = space.comparable(np.full(len(rivals), unit), rivals)
            leads[unit], best = _best(space, int(unit), rivals[like])
            first[unit] = "alone" if leads[unit] > LEVEL else "level"
            if leads[unit] < -LEVEL:
                first[unit] = "never"
            elif not like.all():
                ways = ("alone", "level") if leads[unit] > LEVEL else ("level",)
                first[unit], best = _among_unlike(space, int(unit), rivals, ways)
            if like.all():
                points[unit] = _points(space, int(unit), rivals, best)
            if first[unit] == "alone" or (first[unit] == "level" and like.all()):
                weights[unit] = best
    index = pd.Index([result.units.codes[i] for i in shown], name="unit")
    labels = result.units.labels()
    table = pd.DataFrame(
        {
            "name": [labels[i] for i in shown],
            "rank": as_ranks(result.ranks_at(space.node)[shown]),
            "first": first[shown],
            "lead": np.where(first[shown] == "level", 0.0, points[shown]),
        },
        index=index,
    )
    under = pd.DataFrame(weights[shown], index=index, columns=list(space.codes))
    return Winners(table, under)


def _points(space: WeightSpace, unit: int, rivals: Index, weights: Float) -> float:
    """Return the lead of a unit over its best rival under weights, in the printed unit."""
    if not len(rivals):
        return float("nan")
    maximum = float(space.result.maxima[space.result.row_of(space.node)])
    scores = space.sign * space.scale.back(space.means(weights)) * maximum
    best = scores[rivals].max()
    lead, size = scores[[unit]] - best, max(abs(scores[unit]), abs(best))
    return float(space.result._on_paper(space.node, lead, size)[0])


def _best(space: WeightSpace, unit: int, rivals: Index) -> tuple[float, Float]:
    """Return the largest lead over the best rival, and the weights that give it.

    The lead is relative to the largest difference at a node.
    """
    if not len(rivals):
        return np.inf, space.weights
    scored = space.scored(np.append(rivals, unit))
    ahead = space.differences(np.full(len(rivals), unit), rivals)[:, scored]
    ahead = ahead / (np.abs(ahead).max() or 1.0)
    included = np.zeros(len(rivals), dtype=bool)
    weights, bound = space.weights[scored], np.inf
    while not included.all():
        leads = np.where(included, np.inf, (ahead * weights).sum(axis=1))
        if leads.min() >= bound - ACCURACY:
            break
        included[np.argsort(leads, kind="stable")[:_MORE]] = True
        weights, bound = largest_lead(ahead[included], space.size)
    all_weights = np.zeros(len(scored))
    all_weights[scored] = weights
    return float((ahead * weights).sum(axis=1).min()), all_weights


def _among_unlike(
    space: WeightSpace, unit: int, rivals: Index, ways: Iterable[str]
) -> tuple[str, Float]:
    """Return whether a unit can be first among rivals that lack different cells, and the weights.

    `ways` are tried in order: to be first "alone", or "level" with others.
    """
    both = np.append(unit, rivals)
    outcome, no_weights = "unknown", np.full(len(space.codes), np.nan)
    if (space.patterns[both] < 0).any():
        return outcome, no_weights
    units = space.quotients(both)
    largest = float(np.abs(units.attained).max()) or 1.0
    units = attrs.evolve(units, attained=units.attained / largest)
    for way in ways:
        if way == "alone" and any(_never_behind(units, index) for index in range(1, len(both))):
            continue
        outcome, weights = _first(space, units, alone=way == "alone")
        if outcome != "never":
            return outcome, weights
    return outcome, no_weights


def _never_behind(units: Quotients, rival: int) -> bool:
    """Return whether comparing two nodes at a time proves a rival never behind the first unit."""
    more = np.outer(units.attained[rival], units.applies[0])
    more -= np.outer(units.applies[rival], units.attained[0])
    return bool((more + more.T >= -_NOTHING).all())


def _first(space: WeightSpace, units: Quotients, *, alone: bool) -> tuple[str, Float]:
    """Return weights under which the first of some units is ahead of the others, or level.

    Scores are quotients: whether the unit reaches a low level and no rival exceeds a high one is
    linear in the weights. Spans of levels, from the least score to the unit's largest, are halved
    until such weights are found or excluded.
    """
    has = units.applies > 0
    attained = units.attained[has] / units.applies[has]
    ends = (float(attained.min()), float(attained[: has[0].sum()].max()))
    narrow = (_NARROW if alone else LEVEL) * (ends[1] - ends[0])
    # A unit that can be level is so at many levels: the narrowest spans come first.
    spans, outcome = [(0.0, *ends)], "never"
    for _ in range(_PROGRAMMES):
        if not spans:
            return outcome, np.full(len(space.codes), np.nan)
        _, low, high = heappop(spans)
        rows = high * units.applies - units.attained
        rows[0] = units.attained[0] - low * units.applies[0]
        weights, room = largest_lead(rows, space.size, units.applies)
        if room < (ACCURACY if alone else -ACCURACY):
            continue
        scores = (units.attained @ weights) / (units.applies @ weights)
        if scores[0] - scores[1:].max() > (LEVEL if alone else -LEVEL):
            return "alone" if alone else "level", weights
        if high - low > narrow:
            middle = (low + high) / 2.0
            first = -room if alone else high - low
            for half in ((low, middle), (middle, high)):
                heappush(spans, (first, *half))
        else:
            outcome = "unknown"
    return "unknown", np.full(len(space.codes), np.nan)
