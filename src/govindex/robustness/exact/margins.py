"""How far is a swap? The smallest change of weights that reverses two units, exactly."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

import attrs
import numpy as np

from govindex.checks import among
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
from govindex.robustness.exact.pairs import Pairs, pairs_of, ranking_groups, steps
from govindex.robustness.exact.weight_space import WeightSpace, space_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["swap_margins", "swap_weights", "weight_intervals"]

Keep = Literal["first", "ranking"] | tuple[str, str]
_AT_ONCE = 2**14


def swap_margins(
    result: IndexResult,
    *,
    pairs: Pairs = "neighbours",
    at: At | None = None,
    node: str | None = None,
) -> pd.DataFrame:
    """Return the smallest change of weights that makes the second of two units catch the first.

    Weights are parts of the total, ``w ≥ 0``, and their sum is kept; what the units attained at the
    weighted nodes stays what it is, its rounding included. The lead of a pair is ``w·d`` with the
    differences d of what both attained, on the scale on which the mean is a sum (a geometric one:
    logarithms), and the margin is the least distance ``‖u − w‖`` to weights with ``u·d = 0``. No
    weights nearer than that reverse the pair, and weights just beyond do.

    Parameters
    ----------
    result : IndexResult
        Of a declarative methodology.
    pairs : "neighbours", "leader" or iterable of (str, str)
        Units on following ranks (by default), the first unit of each league and all others of it,
        or named pairs. The least margin of "leader" is how far the first rank is from being lost.
    at : int, str or iterable of str, optional
        The nodes whose weights are moved: a tier, or codes such as those of siblings, while all
        other weights stay; by default all scored indicators. Weights may move between dimensions.
    node : str, optional
        The node whose ranks are asked about; the total by default. Weights are parts of it.

    Returns
    -------
    DataFrame
        A row per pair, in the order of publication: `first` and `second` with their names and
        ranks, and their league where there are several; `lead` of what is ranked, in the printed
        unit (where shares of a smaller maximum are ranked: as if it were whole); `outcome`; `l1`,
        the sum of absolute changes (twice the weight that is moved); `l2`, the root of the sum of
        squares; `single`, the change of one weight alone, the others in proportion, with its
        `node`, its weight `now` and what it must become, `then`. An `outcome` is

        * "swaps": some weights reverse the pair. `single` is missing if no one weight does.
        * "tied": the two are level; any change of weights that tells them apart reverses one of the
          two orders: margins are 0.
        * "dominates": the first attained at least as much everywhere: no weights reverse the pair,
          and there is no margin.
        * "alike": they attained the same everywhere, no weights tell them apart: no margin.
        * "unlike": different cells of the two are absent, or absence moved their weights, so that
          their scores are no sums of the same weights: `l1` and `l2` are not known. `single` is,
          where both are weighted means of what they have.

        Where cells are absent, units that lack the same are compared exactly under Shrink and
        under Renormalise without tiers; points of a smaller maximum (``Ranking(by="points")``) in
        every case.

    Raises
    ------
    SettingError
        If the node is no weighted mean of the nodes whose weights are moved (naming the one that
        makes it none), a weight is a variable of the data, units have forms, scores were computed
        by code, or units are not ranked together.
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
    found = _margins(space, first, second)
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
            "lead": result.on_paper(space.node, lead, np.maximum(scores[first], scores[second])),
            **found,
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
        own = differences[rows - start]
        l1[rows] = np.abs(nearest_l1(weights, own) - weights).sum(axis=1)
        l2[rows] = np.sqrt(((nearest_l2(weights, own) - weights) ** 2).sum(axis=1))
        for pairs, falls, rises in _turns(space, both[:, part], outcome[part], differences):
            index, to = nearest_single(weights, falls, rises)
            known = ~np.isnan(to)
            rows, index, to = start + pairs[known], index[known], to[known]
            names[rows], now[rows], then[rows] = codes[index], weights[index], to
            single[rows] = np.abs(to - weights[index])
    for margin in (l1, l2, single):
        margin[outcome == "tied"] = 0.0
    found = {"l1": l1, "l2": l2, "single": single}
    return {"outcome": outcome, **found, "node": names, "now": now, "then": then}


def _outcomes(space: WeightSpace, first: Index, second: Index, differences: Float) -> Any:
    ranks, keys = space.result.ranks_at(space.node), space.result.level_keys(space.node)
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
    """Yield pairs that one weight may reverse, and to where each must fall or rise for that.

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
        As of :func:`swap_margins`.

    Returns
    -------
    DataFrame
        By node whose weight is moved: the weight `now`, and those with the least `l1`, `l2` and
        `single` change; missing where there are none, or where they are not known.

    Raises
    ------
    SettingError
        As :func:`swap_margins`, and if no weights reverse the two, or nothing is known of it.

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
    own = space.differences(ahead, behind)
    outcomes = _outcomes(space, ahead, behind, own)
    weights = space.weights
    found = {"now": weights, **dict.fromkeys(("l1", "l2", "single"), np.full(len(weights), np.nan))}
    if outcomes[0] == "tied":
        found = dict.fromkeys(found, weights)
    elif outcomes[0] == "swaps":
        found |= {"l1": nearest_l1(weights, own)[0], "l2": nearest_l2(weights, own)[0]}
    for pairs, falls, rises in _turns(space, np.stack([ahead, behind]), outcomes, own):
        index, to = nearest_single(weights, falls, rises)
        if len(pairs) and not np.isnan(to[0]):
            alone = weights * (space.size - to) / (space.size - weights[index])
            alone[index] = to
            found["single"] = alone
    if all(np.isnan(found[way]).all() for way in ("l1", "single")):
        a, b = (result.units.codes[int(unit[0])] for unit in (ahead, behind))
        raise SettingError(f"'{a}' before '{b}': {_WHY[outcomes[0]]}")
    return pd.DataFrame(found, index=pd.Index(space.codes, name="node"))


_WHY = {
    "dominates": "the first attained at least as much everywhere, so no weights reverse them",
    "alike": "they attained the same everywhere, so no weights tell them apart",
    "unlike": (
        "different cells of them are absent, or absence moved their weights: their scores are no "
        "sums of the same weights; sample_ranks shows how often they change ranks"
    ),
}


@attrs.define(eq=False)
class _Limits:
    """Between which values each weight can be moved, and who is passed at the ends."""

    low: Float
    high: Float
    low_pair: Index
    high_pair: Index

    @classmethod
    def of(cls, space: WeightSpace) -> _Limits:
        nodes = len(space.codes)
        nobody = np.full((2, nodes), -1, dtype=np.intp)
        return cls(np.zeros(nodes), np.full(nodes, space.size), nobody, nobody.copy())

    def narrow(self, pairs: Index, falls: Float, rises: Float) -> None:
        """Take account of more pairs, of shape (2, pairs), and of where each weight ends them."""
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
    """Return between which values one weight can be moved without a change of ranks.

    The others keep their proportions and all keep their sum, so leads are straight lines in the one
    weight, and its ends are where the first of them is lost.

    Parameters
    ----------
    result : IndexResult
    keep : {"first", "ranking"} or (str, str)
        What stays: who is first in each league, the whole ranking, or the order of two units.
        Units that share a rank now, or are level and told apart by a tie-break, may part.
    at, node
        As of :func:`swap_margins`.

    Returns
    -------
    DataFrame
        A row per node whose weight is moved (and per period and league, if there are several): the
        weight `now`, `low` and `high`, and of the ends which unit is `low_passed` or `high_passed`
        and by whom (`low_by`, `high_by`); None where the end is 0 or all of the weight.

    Raises
    ------
    SettingError
        As :func:`swap_margins`, and where absence moved the weights of a unit, so that its score is
        no weighted mean of what it has.

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
        raise SettingError("a weight is moved against others: there is but one that is not 0")
    frames = []
    units, index = result.units, pd.Index(space.codes, name="node")
    for league, period, portions in _kept(space, keep):
        limits = _Limits.of(space)
        for first, second in portions:
            _narrow(limits, space, first, second)
        columns: dict[str, Any] = {"now": space.weights, "low": limits.low, "high": limits.high}
        for end, pair in (("low", limits.low_pair), ("high", limits.high_pair)):
            for row, what in enumerate(("passed", "by")):
                names = [units.codes[i] if i >= 0 else None for i in pair[row]]
                columns[f"{end}_{what}"] = pd.Series(names, index, dtype=object)
        frame = pd.DataFrame(columns, index)
        told = {"period": period, "league": league}
        for number, name in enumerate(units.league_columns()):
            frame.insert(number, name, told[name])
        frames.append(frame)
    return pd.concat(frames)


def _level_ranks(space: WeightSpace) -> Float:
    """Return ranks that units share where they are level, whatever breaks the tie."""
    ranks = np.array(space.result.ranks_at(space.node))
    keys = space.result.level_keys(space.node)
    for *_, members in ranking_groups(space.result, space.node):
        apart = np.diff(keys[members], prepend=keys[members[:1]] - 1) != 0
        first = np.maximum.accumulate(np.where(apart, np.arange(len(members)), 0))
        ranks[members] = ranks[members[first]]
    return ranks


def _kept(space: WeightSpace, keep: Keep) -> list[tuple[Any, Any, Any]]:
    """Return league, period and portions of pairs whose order is to stay."""
    result, node = space.result, space.node
    known = [own for own in ranking_groups(result, node) if len(own[2]) > 1]
    ranks = _level_ranks(space)
    if among(keep, ("ranking",)):
        found = [(league, period, list(steps(ranks, m))) for league, period, m in known]
    elif among(keep, ("first",)):
        found = []
        for league, period, members in known:
            best = ranks[members] == ranks[members[0]]
            others = members[~best]
            leaders = members[best]
            pairs = [(np.full(len(others), one), others) for one in leaders if len(others)]
            found.append((league, period, pairs))
    elif isinstance(keep, str):
        raise SettingError(f"keep is 'first', 'ranking' or a pair of units, not '{keep}'")
    else:
        pair = pairs_of(result, node, [keep])
        own = next(c for c in known if pair[0][0] in c[2])
        found = [(own[0], own[1], [pair])]
    if not any(portions for *_, portions in found):
        raise SettingError(f"no two units with different ranks are ranked together at '{node}'")
    return found


def _narrow(limits: _Limits, space: WeightSpace, first: Index, second: Index) -> None:
    differences, pairs = space.differences(first, second), np.stack([first, second])
    outcomes = _outcomes(space, first, second, differences)
    unknown = (outcomes == "unlike") & (space.patterns[pairs] < 0).any(axis=0)
    if unknown.any():
        a, b = (space.result.units.codes[unit] for unit in pairs[:, int(unknown.argmax())])
        raise SettingError(f"'{a}' before '{b}': {_WHY['unlike']}")
    for own, falls, rises in _turns(space, pairs, outcomes, differences):
        limits.narrow(pairs[:, own], falls, rises)
