"""The best and the worst rank of a unit under any weights."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from govindex.checks import is_number, shown
from govindex.contracts import Bool, Float, Index
from govindex.errors import SettingError, listing
from govindex.model.selection import At
from govindex.ranking.labels import as_ranks
from govindex.results import IndexResult
from govindex.robustness.exact.pairs import chosen_units, ranking_groups
from govindex.robustness.exact.programmes import LEVEL, largest_lead
from govindex.robustness.exact.weight_space import WeightSpace, space_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["attainable_ranks"]

_ATTEMPTS = 8
_SIZE = 100.0  # of the rows of a programme: the solver fails more often near its tolerances
_LEAST = 1e-6  # a lead that counts, as a part of the largest difference


def attainable_ranks(
    result: IndexResult,
    *,
    units: Iterable[str] = (),
    at: At | None = None,
    node: str | None = None,
    seconds: float | None = None,
) -> pd.DataFrame:
    """Return the best and the worst rank that each unit has under any weights.

    Weights are at least 0 and keep their sum. Both ends are integer programmes: the fewest and the
    most rivals that can be ahead at once. The linear programme of the weights for just these rivals
    proves each solution, or excludes it.

    Parameters
    ----------
    result : IndexResult
    units : iterable of str
        Codes or names of units; by default all ranked ones.
    at, node
        As in :func:`~govindex.robustness.swap_margins`.
    seconds : float, optional
        Time limit of the solver for one end of one unit; by default without limit.

    Returns
    -------
    DataFrame
        By unit in the order of publication: `unit`, `rank`, `best` and `worst` rank inside its
        league, ties counted 1, 2, 2, 4; missing if the time limit was reached. For the worst rank,
        rivals are ahead by at least a millionth of the largest difference.

    Raises
    ------
    SettingError
        As :func:`~govindex.robustness.potential_winners`, if `seconds` is not above 0, or if units
        that are ranked together lack different cells.

    Examples
    --------
    >>> import govindex as gi
    >>> method = gi.methodology("vn.service-766").cut()
    >>> data = gi.datasets.load("vn.service-766.provinces-2026-10-10")
    >>> attainable_ranks(method.compute(data), units=["H20", "H19"])[["rank", "best", "worst"]]
          rank  best  worst
    unit
    H20      1     1     22
    H19      2     1     31
    """
    import pandas as pd

    if seconds is not None and not (is_number(seconds) and seconds > 0):
        raise SettingError(f"seconds is a finite number above 0, not {shown(seconds)}")
    space = space_of(result, at, node)
    chosen = chosen_units(result, space.node, units)
    ends = np.full((2, len(result.units)), np.nan)
    for *_, members in ranking_groups(result, space.node):
        some = members[np.isin(members, chosen)]
        if len(some):
            _check_alike(space, members)
        scored = space.scored(members)
        for unit in some:
            rivals = members[members != unit]
            ahead = space.differences(np.full(len(rivals), unit), rivals)[:, scored]
            ends[0, unit] = 1 + _count_ahead(ahead, seconds, most=False)
            ends[1, unit] = 1 + _count_ahead(ahead, seconds, most=True)
    labels = result.units.labels()
    return pd.DataFrame(
        {
            "name": [labels[i] for i in chosen],
            "rank": as_ranks(result.ranks_at(space.node)[chosen]),
            "best": as_ranks(ends[0, chosen]),
            "worst": as_ranks(ends[1, chosen]),
        },
        index=pd.Index([result.units.codes[i] for i in chosen], name="unit"),
    )


def _check_alike(space: WeightSpace, members: Index) -> None:
    """Raise if scores of units that are ranked together are not sums with the same weights."""
    unlike = ~space.comparable(np.broadcast_to(members[0], members.shape), members)
    if unlike.any():
        codes = space.result.units.codes
        raise SettingError(
            f"'{codes[members[0]]}' and {listing(codes[i] for i in members[unlike])} lack "
            "different cells, or absence moved their weights: their scores are not sums with the "
            "same weights; sample_ranks(…).intervals(1.0) shows the ranks of draws, and units= "
            "selects other leagues"
        )


def _count_ahead(ahead: Float, seconds: float | None, *, most: bool) -> float:
    """Return the fewest or the most rivals that can be ahead at once; NaN at the time limit.

    Parameters
    ----------
    ahead : array, shape (rivals, nodes)
        The lead over each rival if a node has all the weight.
    """
    always, never = (ahead < 0).all(axis=1), (ahead >= 0).all(axis=1)
    open_ = ahead[~always & ~never]
    if not len(open_):
        return float(always.sum())
    open_ = open_ / np.abs(open_).max()
    cuts: list[Bool] = []
    while True:
        passed = _solved(open_, cuts, seconds, most=most)
        if passed is None:
            return float("nan")
        # The fewest: no other rival may be ahead. The most: all of these must be.
        proof = -open_[passed] if most else open_[~passed]
        lead = largest_lead(proof, 1.0)[1] if len(proof) else np.inf
        if lead > LEVEL or (not most and lead >= -LEVEL):
            return float(always.sum() + passed.sum())
        cuts.append(passed)


def _solved(ahead: Float, cuts: list[Bool], seconds: float | None, *, most: bool) -> Bool | None:
    """Return the fewest or the most rivals ahead, None at the time limit."""
    count, nodes = ahead.shape
    if most:
        # Rivals with y = 1 are ahead: u·d ≤ −ε. With y = 0 there is no condition.
        high = ahead.max(axis=1)
        rows, limits = np.hstack([ahead, np.diag(high + _LEAST)]), (np.full(count, -np.inf), high)
    else:
        # Rivals with y = 0 are not ahead: u·d ≥ 0.
        rows = np.hstack([ahead, np.diag(-ahead.min(axis=1))])
        limits = (np.zeros(count), np.full(count, np.inf))
    whole = np.append(np.ones(nodes), np.zeros(count))
    table: list[Any] = [rows, whole]
    low: list[Any] = [limits[0], 1.0]
    up: list[Any] = [limits[1], 1.0]
    for cut in cuts:
        # The most: not all of these at once. The fewest: at least one other rival.
        table.append(np.append(np.zeros(nodes), cut if most else ~cut))
        low.append(-np.inf if most else 1.0)
        up.append(cut.sum() - 1.0 if most else np.inf)
    costs = np.append(np.zeros(nodes), np.full(count, -1.0 if most else 1.0))
    limit = {} if seconds is None else {"time_limit": seconds}
    solution = _programme(costs, np.vstack(table), np.hstack(low), np.hstack(up), limit)
    return None if solution is None else np.asarray(solution[nodes:] > 0.5)


def _programme(
    costs: Float, rows: Float, low: Float, high: Float, options: dict[str, float]
) -> Float | None:
    """Return the minimiser, 0 or 1 where costs are not 0; None at the time limit."""
    from scipy import optimize

    size = np.abs(rows).max(axis=1) / _SIZE
    rows, low, high = rows / size[:, None], low / size, high / size
    down, across = np.arange(len(rows)), np.arange(len(costs))
    rng = np.random.default_rng(0)
    # The solver fails on a few problems, but not on their rows in another order. Some versions
    # print to the screen when they presolve.
    for attempt in range(_ATTEMPTS):
        outcome = optimize.milp(
            costs[across],
            constraints=optimize.LinearConstraint(rows[down][:, across], low[down], high[down]),
            integrality=(costs[across] != 0).astype(np.float64),
            bounds=optimize.Bounds(0.0, 1.0),
            options={"presolve": attempt % 2 == 1, **options},
        )
        if outcome.status == 1:
            return None
        if outcome.status == 0:
            return np.asarray(outcome.x[np.argsort(across)])
        down, across = rng.permutation(down), rng.permutation(across)
    raise SettingError(f"the integer programme was not solved: {outcome.message}")
