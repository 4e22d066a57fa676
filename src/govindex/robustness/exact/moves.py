"""Margins of scores and data: points, or values of indicators, to the next rank."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from govindex.contracts import Float, Index
from govindex.model.tree import Indicator
from govindex.ranking.labels import as_ranks
from govindex.results import IndexResult
from govindex.robustness.exact.inverses import value_for, why_no_value
from govindex.robustness.exact.pairs import (
    checked_result,
    chosen_units,
    ranking_groups,
)
from govindex.robustness.exact.weight_space import WeightSpace, space_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["data_margins", "score_margins"]

_WAYS = ("gain", "lose")
_SLACK = 1e-12


def score_margins(result: IndexResult, *, node: str | None = None) -> pd.DataFrame:
    """Return how far each unit is from the next better and the next worse rank.

    Parameters
    ----------
    result : IndexResult
        Of any methodology.
    node : str, optional
        The ranked node; the total by default.

    Returns
    -------
    DataFrame
        By ranked unit in the order of publication: `unit`, `rank`, the unit `ahead` and the
        distance to its score (`gain`), the unit `behind` and the distance to its score (`lose`),
        both in the printed unit. Full scores are compared, even if ranks use rounded ones; if a
        maximum has shrunk, the unit's own points count. Missing for the first and the last unit;
        units that share a rank have the same neighbours.

    Raises
    ------
    UnknownNameError
        If there is no such node.

    Examples
    --------
    >>> import govindex as gi
    >>> method = gi.methodology("vn.service-766")
    >>> data = gi.datasets.load("vn.service-766.provinces-2026-10-10")
    >>> score_margins(method.cut().compute(data))[["rank", "ahead", "gain", "lose"]].head(2)
          rank ahead  gain  lose
    unit
    H20      1   NaN   NaN  1.32
    H19      2   H20  1.32  0.30
    """
    import pandas as pd

    code = checked_result(result).codes[0] if node is None else node
    neighbours = _rivals(result, code)
    codes, labels = result.units.codes, result.units.labels()
    order = neighbours.order
    columns: dict[str, Any] = {
        "name": [labels[i] for i in order],
        "rank": as_ranks(result.ranks_at(code)[order]),
    }
    for name, column in result.units.league_columns().items():
        columns[name] = [column[i] for i in order]
    for way, word, rival in zip(_WAYS, ("ahead", "behind"), neighbours.rivals, strict=True):
        names = [codes[i] if i >= 0 else None for i in rival]
        columns[word] = pd.Series(names, dtype=object).to_numpy()
        columns[way] = neighbours.points(result, code, rival)
    return pd.DataFrame(columns, index=pd.Index([codes[i] for i in order], name="unit"))


@attrs.frozen(eq=False)
class _Rivals:
    """Units in the order of publication, with their `rivals` ahead and behind, −1 without one."""

    order: Index
    rivals: tuple[Index, Index]
    scores: Float

    def points(self, result: IndexResult, code: str, rival: Index) -> Float:
        """Return how far each unit is from its rival, in the printed unit."""
        row = result.row_of(code)
        maximum = float(result.maxima[row])
        scores, other = self.scores[self.order] * maximum, self.scores[rival] * maximum
        distance, size = np.abs(other - scores), np.maximum(np.abs(other), np.abs(scores))
        if result.ranking_of(code).by == "share":
            distance = distance * result.applicable[row][self.order]
        return np.where(rival >= 0, result._on_paper(code, distance, size), np.nan)


def _rivals(result: IndexResult, code: str) -> _Rivals:
    row = result.row_of(code)
    ranking = result.ranking_of(code)
    scores = result.shares[row]
    if ranking.by == "points":
        scores = scores * result.applicable[row]
    ranks_at, better = result.ranks_at(code), -scores if ranking.best == "lowest" else scores
    no_units = np.zeros(0, dtype=np.intp)
    orders, ahead, behind = [no_units], [no_units], [no_units]
    for *_, members in ranking_groups(result, code):
        # On the next better rank, the worst unit is nearest; on the next worse, the best.
        some, ranks = better[members], ranks_at[members]
        worst, best = (members[np.lexsort((key, ranks))] for key in (some, -some))
        starts = np.flatnonzero(np.diff(ranks, prepend=-1.0) > 0)
        group = np.searchsorted(starts, np.arange(len(members)), side="right") - 1
        orders.append(members)
        ahead.append(np.append(-1, worst[starts])[group])
        behind.append(np.append(best[starts], -1)[group + 1])
    rivals = np.concatenate(ahead), np.concatenate(behind)
    return _Rivals(np.concatenate(orders), rivals, scores)


def data_margins(
    result: IndexResult, *, units: Iterable[str] = (), node: str | None = None
) -> pd.DataFrame:
    """Return the value of each indicator at which a unit reaches its neighbours.

    Everything else stays the same. With weights w, an indicator must move by ``lead / w`` on the
    scale on which the mean is a sum (the shares, for an arithmetic mean); the value for that share
    is found on the curve of its rule.

    Parameters
    ----------
    result : IndexResult
        Of a declarative methodology.
    units : iterable of str
        Codes or names; by default all ranked units.
    node : str, optional
        The ranked node; the total by default.

    Returns
    -------
    DataFrame
        A row per unit, way ("gain": up to the unit on the next better rank, "lose": down to the
        one on the next worse) and scored indicator, units in the order of publication: `unit`,
        `rank`, `way`, the `rival`, `indicator`; its `score` and `score_needed` in the printed
        unit; its `value` and `value_needed` in the `measure_unit`; and the `outcome`:

        * "reachable": with that value the unit reaches the rival's score, or passes it where the
          rule jumps.
        * "out of reach": no value of this indicator alone suffices.
        * "absent": the unit has no value.
        * "relative": the rule depends on peers, whose scores would change with the value.
        * "unknown": the rule has no curve, refuses values, or reads answers; or absence moved the
          unit's weights.

    Raises
    ------
    SettingError
        If the node is no weighted mean of its indicators, naming what prevents it, or a unit has
        no rank.
    UnknownNameError
        If there is no such unit or node.

    Examples
    --------
    >>> import govindex as gi
    >>> framework = gi.Framework("index", [
    ...     gi.Indicator("days", rule=gi.rules.Goalposts(worst=30, best=10), measure_unit="days"),
    ...     gi.Indicator("online", rule=gi.rules.Goalposts(worst=0, best=100), measure_unit="%"),
    ... ])
    >>> from govindex.testing import observed
    >>> data = observed({"days": [15.0, 20.0], "online": [80.0, 60.0]})
    >>> margins = data_margins(gi.Methodology("example", "1", framework).compute(data), units="U1")
    >>> margins[["rival", "indicator", "value", "value_needed", "outcome"]]
         rival indicator  value  value_needed       outcome
    unit
    U1      U0      days   20.0          11.0     reachable
    U1      U0    online   60.0           NaN  out of reach
    """
    import pandas as pd

    space = space_of(result, None, node)
    neighbours = _rivals(result, space.node)
    order = chosen_units(result, space.node, units)
    rows = np.isin(neighbours.order, order)
    labels, codes = result.units.labels(), result.units.codes
    leaves = [c for c in result.framework.leaf_codes if c in space.codes]
    shape = (len(order), len(_WAYS), len(leaves))
    rivals = np.stack([rival[rows] for rival in neighbours.rivals], axis=1)
    cells = _cells(space, neighbours.scores, order, rivals, leaves)

    def spread(names: Any, axis: int) -> Any:
        column = np.array(names, dtype=object)
        wide = column.reshape([-1 if i == axis else 1 for i in range(3)])
        return np.broadcast_to(wide, shape).reshape(-1)

    names = np.array([*codes, None], dtype=object)
    where = np.repeat(np.arange(len(order)), len(_WAYS) * len(leaves))
    frame = pd.DataFrame(
        {
            "name": spread([labels[i] for i in order], 0),
            "rank": as_ranks(result.ranks_at(space.node)[order][where]),
            "way": spread(_WAYS, 1),
            "rival": np.repeat(names[rivals.reshape(-1)], len(leaves)),
            "indicator": spread(leaves, 2),
            **{name: column.reshape(-1) for name, column in cells.items()},
            "measure_unit": spread([_leaf(result, c).measure_unit for c in leaves], 2),
        },
        index=pd.Index(spread([codes[i] for i in order], 0), name="unit"),
    )
    return frame[np.repeat(rivals.reshape(-1) >= 0, len(leaves))]


def _leaf(result: IndexResult, code: str) -> Indicator:
    leaf = result.framework.node(code)
    assert isinstance(leaf, Indicator)
    return leaf


def _cells(
    space: WeightSpace, scores: Float, order: Index, rivals: Index, leaves: list[str]
) -> dict[str, Any]:
    """Return the columns of a table of margins, each of shape (units, ways, indicators)."""
    result = space.result
    shape = (*rivals.shape, len(leaves))
    score, needed, value, value_needed = np.full((4, *shape), np.nan)
    outcome = np.full(shape, "unknown", dtype=object)
    mean = space.patterns[order] >= 0
    full, whole = _means(space, scores), space.whole(space.weights)[order]
    target = full[rivals] - full[order][:, None]
    for index, code in enumerate(leaves):
        row, weight_row = result.row_of(code), space.codes.index(code)
        share, start = result.shares[row][order], result.values[row][order]
        attained = space.sign * space.attained[weight_row][order]
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            move = target * (whole / space.weights[weight_row])[:, None]
            target_shares = _shares(space, attained[:, None] + move)
        known = mean & ~np.isnan(share)
        target_shares[~known] = np.nan
        score[..., index] = (share * result.maxima[row])[:, None]
        needed[..., index] = target_shares * result.maxima[row]
        value[..., index] = start[:, None]
        values, outcomes = _values(result, code, start, target_shares)
        value_needed[..., index], outcome[..., index] = values, outcomes
        outcome[np.isnan(share), :, index] = "absent"
        outcome[~mean & ~np.isnan(share), :, index] = "unknown"
    return {
        "score": score,
        "score_needed": needed,
        "value": value,
        "value_needed": value_needed,
        "outcome": outcome,
    }


def _means(space: WeightSpace, scores: Float) -> Float:
    """Return scores on the scale on which the mean is a sum, unrounded if known."""
    with np.errstate(invalid="ignore", divide="ignore"):
        published = space.scale.there(scores)
    return np.where(space.patterns >= 0, space.means(space.weights), published)


def _shares(space: WeightSpace, numbers: Float) -> Float:
    """Return the shares of numbers on the scale, infinite beyond its range."""
    shares = space.scale.back(numbers)
    beyond = ~(
        np.abs(space.scale.there(shares) - numbers) <= 1e-9 * np.maximum(np.abs(numbers), 1.0)
    )
    return np.where(beyond, np.inf, shares)


def _values(result: IndexResult, code: str, start: Float, shares: Float) -> tuple[Float, Any]:
    """Return the values for shares and their outcomes, each of shape (units, ways)."""
    leaf = _leaf(result, code)
    assert leaf.rule is not None
    low, high = leaf.rule.bounds
    data = result.observations
    variables = () if data is None else leaf.measure.variables
    levels = next((data.levels[v] for v in variables if data is not None and v in data.levels), ())
    why = why_no_value(leaf, levels)
    sought = ~np.isnan(shares)
    inside = sought & (shares >= low - _SLACK) & (shares <= high + _SLACK) & np.isfinite(shares)
    values = np.full(shares.shape, np.nan)
    if not why and inside.any():
        begin = np.broadcast_to(start[:, None], shares.shape)
        maximum = float(result.maxima[result.row_of(code)])
        values[inside] = value_for(leaf, maximum, begin[inside], shares[inside])
    reached = np.where(np.isnan(values), "out of reach", "reachable")
    return values, np.where(inside, why or reached, "out of reach")
