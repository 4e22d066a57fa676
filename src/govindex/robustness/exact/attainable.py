"""The best and the worst rank that any weights give a unit."""

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
from govindex.robustness.exact.pairs import ranking_groups, units_asked
from govindex.robustness.exact.programmes import LEVEL, largest_lead
from govindex.robustness.exact.weight_space import WeightSpace, space_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["attainable_ranks"]

_ATTEMPTS = 8
_SIZE = 100.0  # of the rows of a programme: near the solver's tolerances it gives up more often
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
    most rivals that can be ahead at once. What the solver finds is proved by the linear programme
    of the weights for just those rivals, and excluded if there are none.

    Parameters
    ----------
    result : IndexResult
    units : iterable of str
        Codes or names of the units that are asked about; by default all that have a rank.
    at, node
        As of :func:`~govindex.robustness.swap_margins`.
    seconds : float, optional
        How long the solver may take for one end of one unit; without it until it has proved it.

    Returns
    -------
    DataFrame
        By unit in the order of publication: `unit`, `rank`, `best` and `worst` rank inside its
        league, ties counted 1, 2, 2, 4. Missing where time was up. For the worst rank a rival is
        ahead by a millionth of the largest difference at least.

    Raises
    ------
    SettingError
        As :func:`~govindex.robustness.potential_winners`, if `seconds` is no time, and where units
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
    asked = units_asked(result, space.node, units)
    ends = np.full((2, len(result.units)), np.nan)
    for *_, members in ranking_groups(result, space.node):
        own = members[np.isin(members, asked)]
        if len(own):
            _check_alike(space, members)
        scored = space.scored(members)
        for unit in own:
            rivals = members[members != unit]
            ahead = space.differences(np.full(len(rivals), unit), rivals)[:, scored]
            ends[0, unit] = 1 + _ahead(ahead, seconds, most=False)
            ends[1, unit] = 1 + _ahead(ahead, seconds, most=True)
    labels = result.units.labels()
    return pd.DataFrame(
        {
            "name": [labels[i] for i in asked],
            "rank": as_ranks(result.ranks_at(space.node)[asked]),
            "best": as_ranks(ends[0, asked]),
            "worst": as_ranks(ends[1, asked]),
        },
        index=pd.Index([result.units.codes[i] for i in asked], name="unit"),
    )


def _check_alike(space: WeightSpace, members: Index) -> None:
    """Raise if the scores of units that are ranked together are no sums of the same weights."""
    unlike = ~space.comparable(np.broadcast_to(members[0], members.shape), members)
    if unlike.any():
        codes = space.result.units.codes
        raise SettingError(
            f"'{codes[members[0]]}' and {listing(codes[i] for i in members[unlike])} lack "
            "different cells, or absence moved their weights: their scores are no sums of the same "
            "weights; sample_ranks(…).intervals(1.0) shows the ranks of draws, and units= asks "
            "about other leagues"
        )


def _ahead(ahead: Float, seconds: float | None, *, most: bool) -> float:
    """Return how many rivals can be ahead at once, the fewest or the most; NaN if time was up.

    Parameters
    ----------
    ahead : array, shape (rivals, nodes)
        How far the unit is ahead of each for each weight that is wholly given to a node.
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
        # For the fewest nobody else may be ahead, for the most all of these must be.
        proof = -open_[passed] if most else open_[~passed]
        lead = largest_lead(proof, 1.0)[1] if len(proof) else np.inf
        if lead > LEVEL or (not most and lead >= -LEVEL):
            return float(always.sum() + passed.sum())
        cuts.append(passed)


def _solved(ahead: Float, cuts: list[Bool], seconds: float | None, *, most: bool) -> Bool | None:
    """Return the fewest or the most rivals ahead, None if time was up."""
    count, nodes = ahead.shape
    if most:
        # Passed rivals are ahead: u·d ≤ −ε where y is 1, and anything where it is 0.
        high = ahead.max(axis=1)
        rows, limits = np.hstack([ahead, np.diag(high + _LEAST)]), (np.full(count, -np.inf), high)
    else:
        # Others are not: u·d ≥ 0 where y is 0.
        rows = np.hstack([ahead, np.diag(-ahead.min(axis=1))])
        limits = (np.zeros(count), np.full(count, np.inf))
    whole = np.append(np.ones(nodes), np.zeros(count))
    table: list[Any] = [rows, whole]
    low: list[Any] = [limits[0], 1.0]
    up: list[Any] = [limits[1], 1.0]
    for cut in cuts:
        # Not all of these at once; or somebody else as well.
        table.append(np.append(np.zeros(nodes), cut if most else ~cut))
        low.append(-np.inf if most else 1.0)
        up.append(cut.sum() - 1.0 if most else np.inf)
    costs = np.append(np.zeros(nodes), np.full(count, -1.0 if most else 1.0))
    limit = {} if seconds is None else {"time_limit": seconds}
    found = _programme(costs, np.vstack(table), np.hstack(low), np.hstack(up), limit)
    return None if found is None else np.asarray(found[nodes:] > 0.5)


def _programme(
    costs: Float, rows: Float, low: Float, high: Float, options: dict[str, float]
) -> Float | None:
    """Return what minimises the costs, 0 or 1 where they are not 0; None if time was up."""
    from scipy import optimize

    size = np.abs(rows).max(axis=1) / _SIZE
    rows, low, high = rows / size[:, None], low / size, high / size
    down, across = np.arange(len(rows)), np.arange(len(costs))
    rng = np.random.default_rng(0)
    # The solver gives up on a few problems, and not in another order. With its presolving some
    # versions of it print more to the screen.
    for attempt in range(_ATTEMPTS):
        found = optimize.milp(
            costs[across],
            constraints=optimize.LinearConstraint(rows[down][:, across], low[down], high[down]),
            integrality=(costs[across] != 0).astype(np.float64),
            bounds=optimize.Bounds(0.0, 1.0),
            options={"presolve": attempt % 2 == 1, **options},
        )
        if found.status == 1:
            return None
        if found.status == 0:
            return np.asarray(found.x[np.argsort(across)])
        down, across = rng.permutation(down), rng.permutation(across)
    raise SettingError(f"the integer programme was not solved: {found.message}")
