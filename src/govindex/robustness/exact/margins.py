"""Swap margins: the smallest change of weights that reverses two units, exactly."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from govindex.contracts import Bool, Float, Index
from govindex.errors import SettingError
from govindex.model.selection import At
from govindex.ranking.labels import as_ranks
from govindex.results import IndexResult
from govindex.robustness.exact.distances import (
    nearest_l1,
    nearest_l2,
    nearest_single,
    turns,
    turns_of_quotients,
)
from govindex.robustness.exact.pairs import Keep, Pairs, kept_pairs, pairs_of
from govindex.robustness.exact.weight_space import WeightSpace, space_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["swap_margins", "swap_weights", "weight_intervals"]

_AT_ONCE = 2**14


def swap_margins(
    result: IndexResult,
    *,
    pairs: Pairs = "neighbours",
    at: At | None = None,
    node: str | None = None,
) -> pd.DataFrame:
    """Return the smallest change of weights that makes the second of two units catch the first.

    Weights are parts of the total, ``w ≥ 0``, and their sum is kept; the scores of the weighted
    nodes stay, with their rounding. The lead of a pair is ``w·d`` with the differences d of both
    units' scores, on the scale on which the mean is a sum (logarithms for a geometric mean), and
    the margin is the least distance ``‖u − w‖`` to weights with ``u·d = 0``. No nearer weights
    reverse the pair, and weights just beyond do.

    Parameters
    ----------
    result : IndexResult
        Of a declarative methodology.
    pairs : "neighbours", "leader" or iterable of (str, str)
        Units on consecutive ranks (by default), the first unit of each league with all others of
        it, or named pairs. The least margin of "leader" is that of losing the first rank.
    at : int, str or iterable of str, optional
        The nodes whose weights are moved: a tier, or codes such as those of siblings, while all
        other weights stay; by default all scored indicators. Weight may move between dimensions.
    node : str, optional
        The ranked node; the total by default. Weights are parts of it.

    Returns
    -------
    DataFrame
        A row per pair, in the order of publication: `first` and `second` with their names and
        ranks, their `period` and `league`; the `lead` of the ranked number, in the
        printed unit (shares of a smaller maximum are taken of the whole one); `outcome`; `l1`,
        the sum of absolute changes (twice the weight that is moved); `l2`, the root of the sum of
        squares; `single`, the change of one weight alone, the others in proportion, with its
        `node`, its weight `now` and `then`, after the change. An `outcome` is

        * "swaps": some weights reverse the pair. `single` is missing if no one weight does.
        * "tied": the two are level; any change of weights that separates them reverses one of the
          two orders: margins are 0.
        * "dominates": the first is at least as good at every node: no weights reverse the pair,
          and there is no margin.
        * "alike": they are equal at every node, so no weights separate them: no margin.
        * "unlike": different cells of the two are absent, or absence moved their weights, so that
          their scores are not sums with the same weights: `l1` and `l2` are not known. `single`
          is, if both are weighted means of their present nodes.

        Units that lack the same cells are compared exactly under Shrink, and under Renormalise
        without tiers; points of a smaller maximum (``Ranking(by="points")``) in every case.

    Raises
    ------
    SettingError
        If the node is no weighted mean of the nodes whose weights are moved (naming the node that
        prevents it), a weight is a variable of the data, units have several forms, scores were
        computed by code, or units are not ranked together.
    UnknownNameError
        If there is no such unit or node.

    References
    ----------
    Triantaphyllou, E. and Sánchez, A. (1997), A sensitivity analysis approach for some
    deterministic multi-criteria decision-making methods, Decision Sciences 28(1): the smallest
    change of one criterion's weight that reverses two alternatives.

    Examples
    --------
    >>> import govindex as gi
    >>> method = gi.methodology("vn.service-766").cut()
    >>> data = gi.datasets.load("vn.service-766.provinces-2026-10-10")
    >>> margins = swap_margins(method.compute(data))
    >>> margins[["first", "second", "lead", "outcome", "l1", "node"]].head(3)
      first second  lead outcome        l1 node
    0   H20    H19  1.32   swaps  0.114012    5
    1   H19    H24  0.30   swaps  0.040044    2
    2   H24    H21  0.95   swaps  0.215711    1
    """
    import pandas as pd

    space = space_of(result, at, node)
    first, second = pairs_of(result, space.node, pairs)
    columns = _margins(space, first, second)
    units, labels = result.units, result.units.labels()
    ranks = as_ranks(result.ranks_at(space.node))
    row = result.row_of(space.node)
    scores = result.full_at(space.node)
    if result.ranking_of(space.node).by == "share":
        scores = result.shares[row] * float(result.maxima[row])
    lead = np.abs(scores[first] - scores[second])
    leagues = units.league_columns().items()
    return pd.DataFrame(
        {
            "first": [units.codes[i] for i in first],
            "second": [units.codes[i] for i in second],
            "first_name": [labels[i] for i in first],
            "second_name": [labels[i] for i in second],
            "first_rank": ranks[first],
            "second_rank": ranks[second],
            **{name: [column[i] for i in first] for name, column in leagues},
            "lead": result._on_paper(space.node, lead, np.maximum(scores[first], scores[second])),
            **columns,
        }
    )


def _margins(space: WeightSpace, first: Index, second: Index) -> dict[str, Any]:
    count, weights, both = len(first), space.weights, np.stack([first, second])
    l1, l2, single, now, then = np.full((5, count), np.nan)
    outcome = np.full(count, "unlike", dtype=object)
    names = np.full(count, None, dtype=object)
    codes = np.array(space.codes, dtype=object)
    for start in range(0, count, _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        differences = space.differences(first[part], second[part])
        outcome[part] = _outcomes(space, first[part], second[part], differences)
        rows = start + np.flatnonzero(outcome[part] == "swaps")
        leading = differences[rows - start]
        l1[rows] = np.abs(nearest_l1(weights, leading) - weights).sum(axis=1)
        l2[rows] = np.sqrt(((nearest_l2(weights, leading) - weights) ** 2).sum(axis=1))
        for pairs, falls, rises in _turns(space, both[:, part], outcome[part], differences):
            index, to = nearest_single(weights, falls, rises)
            known = ~np.isnan(to)
            rows, index, to = start + pairs[known], index[known], to[known]
            names[rows], now[rows], then[rows] = codes[index], weights[index], to
            single[rows] = np.abs(to - weights[index])
    for margin in (l1, l2, single):
        margin[outcome == "tied"] = 0.0
    return {
        "outcome": outcome,
        "l1": l1,
        "l2": l2,
        "single": single,
        "node": names,
        "now": now,
        "then": then,
    }


def _outcomes(space: WeightSpace, first: Index, second: Index, differences: Float) -> Any:
    ranks, keys = space.result.ranks_at(space.node), space.result._level_keys(space.node)
    like = space.comparable(first, second)
    level = (keys[first] == keys[second]) | (ranks[first] == ranks[second])
    return np.select(
        [like & ~differences.any(axis=1), level, ~like, (differences >= 0).all(axis=1)],
        ["alike", "tied", "unlike", "dominates"],
        "swaps",
    )


def _turns(
    space: WeightSpace, pairs: Index, outcomes: Any, differences: Float
) -> Iterator[tuple[Index, Float, Float]]:
    """Yield pairs that one weight may reverse, and the values to which it must fall or rise.

    `pairs` has the shape (2, pairs).
    """
    like = np.flatnonzero(outcomes == "swaps")
    yield like, *turns(space.weights, differences[like])
    means = (space.patterns[pairs] >= 0).all(axis=0)
    unlike = np.flatnonzero((outcomes == "unlike") & means)
    yield unlike, *turns_of_quotients(space.weights, *map(space.quotients, pairs[:, unlike]))


def swap_weights(
    result: IndexResult, first: str, second: str, *, at: At | None = None, node: str | None = None
) -> pd.DataFrame:
    """Return the nearest weights under which two units are level.

    Parameters
    ----------
    result : IndexResult
    first, second : str
        Codes or names of two units that are ranked together.
    at, node
        As in :func:`swap_margins`.

    Returns
    -------
    DataFrame
        By node whose weight is moved: the weight `now`, and those with the least `l1`, `l2` and
        `single` change; missing if they do not exist or are not known.

    Raises
    ------
    SettingError
        As :func:`swap_margins`, and if no weights reverse the two, or if that is not known.

    Examples
    --------
    >>> import govindex as gi
    >>> method = gi.methodology("vn.service-766").cut()
    >>> data = gi.datasets.load("vn.service-766.provinces-2026-10-10")
    >>> swap_weights(method.compute(data), "H20", "H19").round(3)
           now     l1     l2  single
    node
    1     0.18  0.180  0.198   0.200
    2     0.20  0.200  0.173   0.222
    3A    0.12  0.120  0.133   0.133
    3B    0.10  0.157  0.137   0.111
    4     0.22  0.220  0.226   0.245
    5     0.18  0.123  0.134   0.088
    """
    import pandas as pd

    space = space_of(result, at, node)
    ahead, behind = pairs_of(result, space.node, [(first, second)])
    differences = space.differences(ahead, behind)
    outcomes = _outcomes(space, ahead, behind, differences)
    weights = space.weights
    columns = {
        "now": weights,
        **dict.fromkeys(("l1", "l2", "single"), np.full(len(weights), np.nan)),
    }
    if outcomes[0] == "tied":
        columns = dict.fromkeys(columns, weights)
    elif outcomes[0] == "swaps":
        columns |= {
            "l1": nearest_l1(weights, differences)[0],
            "l2": nearest_l2(weights, differences)[0],
        }
    for pairs, falls, rises in _turns(space, np.stack([ahead, behind]), outcomes, differences):
        index, to = nearest_single(weights, falls, rises)
        if len(pairs) and not np.isnan(to[0]):
            alone = weights * (space.size - to) / (space.size - weights[index])
            alone[index] = to
            columns["single"] = alone
    if all(np.isnan(columns[way]).all() for way in ("l1", "single")):
        a, b = (result.units.codes[int(unit[0])] for unit in (ahead, behind))
        raise SettingError(f"'{a}' before '{b}': {_WHY[outcomes[0]]}")
    return pd.DataFrame(columns, index=pd.Index(space.codes, name="node"))


_WHY = {
    "dominates": "the first is at least as good at every node, so no weights reverse them",
    "alike": "they are equal at every node, so no weights separate them",
    "unlike": (
        "different cells of them are absent, or absence moved their weights: their scores are not "
        "sums with the same weights; sample_ranks shows how often they change ranks"
    ),
}


@attrs.define(eq=False)
class _Limits:
    """The range of each weight without a change of ranks, and the pairs at its ends."""

    low: Float
    high: Float
    low_pair: Index
    high_pair: Index

    @classmethod
    def of(cls, space: WeightSpace) -> _Limits:
        nodes = len(space.codes)
        no_pair = np.full((2, nodes), -1, dtype=np.intp)
        return cls(np.zeros(nodes), np.full(nodes, space.size), no_pair, no_pair.copy())

    def narrow(self, pairs: Index, falls: Float, rises: Float) -> None:
        """Narrow the ranges by pairs, of shape (2, pairs), and the weights that end their leads."""
        if not pairs.size:
            return
        nodes = np.arange(len(self.low))
        falls, rises = np.nan_to_num(falls, nan=-np.inf), np.nan_to_num(rises, nan=np.inf)
        last, first = falls.argmax(axis=0), rises.argmin(axis=0)
        ends = falls[last, nodes], rises[first, nodes]
        lower: Bool = ends[0] > self.low
        upper: Bool = ends[1] < self.high
        self.low[lower], self.high[upper] = ends[0][lower], ends[1][upper]
        self.low_pair[:, lower] = pairs[:, last[lower]]
        self.high_pair[:, upper] = pairs[:, first[upper]]


def weight_intervals(
    result: IndexResult,
    *,
    keep: Keep = "first",
    at: At | None = None,
    node: str | None = None,
) -> pd.DataFrame:
    """Return the interval in which one weight can move without a change of ranks.

    The others keep their proportions and all keep their sum, so leads are linear in the one weight,
    and each end is where the first lead is lost.

    Parameters
    ----------
    result : IndexResult
    keep : {"first", "ranking"} or (str, str)
        What must not change: the first unit of each league, the whole ranking, or the order of two
        units. Units that share a rank now, or are level up to a tie-break, may separate.
    at, node
        As in :func:`swap_margins`.

    Returns
    -------
    DataFrame
        A row per node whose weight is moved (and per period and league, if there are several): the
        weight `now`, `low` and `high`, and for each end the unit that is passed (`low_passed`,
        `high_passed`) and the one that passes it (`low_by`, `high_by`); None if the end is 0 or
        all of the weight.

    Raises
    ------
    SettingError
        As :func:`swap_margins`, and if absence moved the weights of a unit, so that its score is
        no weighted mean of its present nodes.

    Examples
    --------
    >>> import govindex as gi
    >>> method = gi.methodology("vn.service-766").cut()
    >>> data = gi.datasets.load("vn.service-766.provinces-2026-10-10")
    >>> weight_intervals(method.compute(data))[["now", "low", "high"]].round(3)
           now    low   high
    node
    1     0.18  0.000  0.359
    2     0.20  0.036  0.518
    3A    0.12  0.000  0.365
    3B    0.10  0.000  0.204
    4     0.22  0.000  0.373
    5     0.18  0.095  1.000
    """
    import pandas as pd

    space = space_of(result, at, node)
    if not (np.count_nonzero(space.weights) > 1):
        raise SettingError("a weight moves against others: at least two must be above 0")
    frames = []
    units, index = result.units, pd.Index(space.codes, name="node")
    for league, period, portions in kept_pairs(result, space.node, keep):
        limits = _Limits.of(space)
        for first, second in portions:
            _narrow(limits, space, first, second)
        columns: dict[str, Any] = {"now": space.weights, "low": limits.low, "high": limits.high}
        for end, pair in (("low", limits.low_pair), ("high", limits.high_pair)):
            for row, what in enumerate(("passed", "by")):
                names = [units.codes[i] if i >= 0 else None for i in pair[row]]
                columns[f"{end}_{what}"] = pd.Series(names, index, dtype=object)
        frame = pd.DataFrame(columns, index)
        group = {"period": period, "league": league}
        for number, name in enumerate(units.league_columns()):
            frame.insert(number, name, group[name])
        frames.append(frame)
    return pd.concat(frames)


def _narrow(limits: _Limits, space: WeightSpace, first: Index, second: Index) -> None:
    differences, pairs = space.differences(first, second), np.stack([first, second])
    outcomes = _outcomes(space, first, second, differences)
    unknown = (outcomes == "unlike") & (space.patterns[pairs] < 0).any(axis=0)
    if unknown.any():
        a, b = (space.result.units.codes[unit] for unit in pairs[:, int(unknown.argmax())])
        raise SettingError(f"'{a}' before '{b}': {_WHY['unlike']}")
    for some, falls, rises in _turns(space, pairs, outcomes, differences):
        limits.narrow(pairs[:, some], falls, rises)
