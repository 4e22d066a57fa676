"""Agreement of rankings: outranking of units, a consensus of indices, rank similarity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal

import attrs
import numpy as np

from govindex.aggregate import Borda, Condorcet, Copeland, Kemeny
from govindex.checks import instance_of, is_number, mapping_of, names_of, true_or_false
from govindex.contracts import BranchScope, Float
from govindex.errors import (
    CellError,
    DataError,
    Problems,
    SettingError,
    UnknownNameError,
    listing,
    near_miss,
)
from govindex.kernels.keys import key_of, ranks_of
from govindex.kernels.pairs import matrix, sheet_of, told_apart
from govindex.model.tree import Dimension, scored
from govindex.model.units import Unit, Units
from govindex.ranking.labels import as_ranks
from govindex.results import IndexResult, JointResult

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["consensus", "consensus_of_ranks", "outranking_matrix", "rank_similarity"]

Pairwise = Borda | Condorcet | Copeland | Kemeny
How = Literal["borda", "condorcet", "copeland", "kemeny"]
_AGGREGATORS: dict[str, type[Pairwise]] = {
    "borda": Borda,
    "condorcet": Condorcet,
    "copeland": Copeland,
    "kemeny": Kemeny,
}


def outranking_matrix(
    result: IndexResult, code: str | None = None, *, units: Iterable[str] | None = None
) -> pd.DataFrame:
    """Return the part of the weight in which each unit is better than each other unit.

    Entry ``(a, b)`` is the part of the weight of a node's children in which a is better than b;
    children in which they tie count half, so that ``(a, b) + (b, a) = 1``. A pair is compared on
    the children that both have; a pair without common children, and a unit with itself, is NaN.

    Parameters
    ----------
    result : IndexResult
    code : str, optional
        The node whose children are compared; by default the root.
    units : iterable of str, optional
        Codes or names of the units that get a row; by default all. A row takes 8 bytes per unit.

    Returns
    -------
    DataFrame
        Units × units.

    Raises
    ------
    SettingError
        If the node has no children or was not combined from them.
    UnknownNameError
        If there is no such node or unit.

    Examples
    --------
    >>> import govindex as gi
    >>> from govindex.testing import observed
    >>> framework = gi.Framework("index", [
    ...     gi.Indicator("speed", rule=gi.rules.Identity(), weight=2),
    ...     gi.Indicator("reach", rule=gi.rules.Identity()),
    ... ])
    >>> data = observed({"speed": [0.9, 0.5], "reach": [0.2, 0.2]})
    >>> result = gi.Methodology("example.pairs", "1", framework).compute(data)
    >>> outranking_matrix(result).loc["U0", "U1"].round(4)
    np.float64(0.8333)
    """
    import pandas as pd

    instance_of(result, IndexResult, "result")
    code = result.codes[0] if code is None else code
    sheet = sheet_of(*_children(result, code))
    names = result.units.codes
    rows = (
        range(len(names))
        if units is None
        else [result.units.locate(unit) for unit in names_of(units, "units")]
    )
    chosen = np.array(list(rows), dtype=np.intp)
    outranking = matrix(sheet.take(chosen), sheet)[0]
    outranking[np.arange(len(chosen)), chosen] = np.nan
    index = pd.Index([names[row] for row in chosen], name="unit")
    columns = pd.Index(names, name="against")
    return pd.DataFrame(outranking, index=index, columns=columns, copy=False)


def _children(result: IndexResult, code: str) -> tuple[list[Float], list[Float]]:
    """Return the keys of shares and the weights of a node's children, 0 for absent ones."""
    if result.opaque or isinstance(result, JointResult):
        raise SettingError(
            "nodes of an opaque methodology, or of several forms, are not combined from one set of "
            "children; for several forms, give one of result.parts"
        )
    node = result.node(code)
    if not isinstance(node, Dimension) or not scored(node.inside):
        raise SettingError(f"'{code}' has no children to compare units on")
    children, weights = result._weights_below(node)
    codes = [child.code for child in children]
    shares = result.shares[[result.row_of(child) for child in codes]]
    weights = np.where(np.isnan(shares), 0.0, weights)
    keys = told_apart(list(np.nan_to_num(shares)[:, None]), codes, result._of_one_sign)
    return keys, list(weights[:, None])


def consensus(
    results: Mapping[str, IndexResult],
    how: How | Pairwise = "copeland",
    *,
    weights: Mapping[str, float] | None = None,
    overall: bool = False,
) -> pd.DataFrame:
    """Return one ranking from the rankings of several indices.

    Only ranks count, not scores, so the scales of the indices may differ. A pair of units is
    compared on the indices that rank both.

    Parameters
    ----------
    results : mapping of str to IndexResult
        By the name to show. Units are matched by their codes.
    how : {"copeland", "borda", "condorcet", "kemeny"} or one of their aggregators
        An aggregator keeps its settings except `over`, which `overall` decides.
    weights : mapping of str to float, optional
        Of the indices, by default 1.
    overall : bool
        Among all units instead of inside leagues.

    Returns
    -------
    DataFrame
        A row per unit, best first inside its league: rank, league if there are several, share (see
        the aggregator), and its rank in every index, missing if it has no rank.

    Raises
    ------
    DataError
        If there is no index, a unit is in several leagues, or the aggregator refuses units: a cycle
        for Condorcet, several best orders for Kemeny …
    SettingError
        If there is no such method, or a weight is not a number above 0.
    UnknownNameError
        If there is no index with the name of a weight.

    Examples
    --------
    >>> import govindex as gi
    >>> from govindex.testing import observed
    >>> framework = gi.Framework("index", [gi.Indicator("a", rule=gi.rules.Identity())])
    >>> method = gi.Methodology("example.one", "1", framework)
    >>> rows = {"speed": [3, 2, 1], "reach": [3, 1, 2], "cost": [1, 3, 2]}
    >>> results = {
    ...     name: method.compute(observed({"a": row})) for name, row in rows.items()
    ... }
    >>> consensus(results)["rank"].to_dict()
    {'U0': 1, 'U1': 2, 'U2': 3}
    """
    true_or_false(overall, "overall")
    if not mapping_of(results, "results", "a mapping of names to results", of=IndexResult):
        raise DataError("a consensus needs at least one index: results are empty")
    units = _joined(results, overall=overall)
    ranks = {name: _ranks(result, units, overall=overall) for name, result in results.items()}
    return consensus_of_ranks(ranks, units, how, weights, overall=overall)


def consensus_of_ranks(
    rankings: Mapping[str, Float],
    units: Units,
    how: How | Pairwise = "copeland",
    weights: Mapping[str, float] | None = None,
    *,
    overall: bool = False,
) -> pd.DataFrame:
    """Return one ranking from ranks; see :func:`consensus`.

    Parameters
    ----------
    rankings : mapping of str to array, shape (units,)
        The ranks of each index, NaN without one.
    units : Units
        In their leagues.
    """
    import pandas as pd

    part = _part(how, overall=overall)
    index_weights = _weights(rankings, mapping_of({} if weights is None else weights, "weights"))
    table = np.stack(list(rankings.values()))
    known = ~np.isnan(table)
    unit_weights = [
        np.where(ranked, weight, 0.0)[None]
        for ranked, weight in zip(known, index_weights, strict=True)
    ]
    scope = BranchScope(tuple(rankings), units)
    try:
        shares = part([-np.nan_to_num(row)[None] for row in table], unit_weights, scope)[0]
    except CellError as error:
        refused = np.flatnonzero(np.asarray(error.mask).reshape(-1, len(units)).any(axis=0))
        codes = listing([units.codes[i] for i in refused])
        raise DataError(f"there is no such ranking: {codes} {error}") from error
    ranks = np.full(len(units), np.nan)
    for _, members in units.groups("league"):
        ranks[members] = ranks_of(key_of(shares[members], 1.0), "competition")
    data: dict[str, Any] = {"rank": as_ranks(ranks)}
    if units.leagues is not None and len(set(units.leagues)) > 1:
        data["league"] = units.leagues
    data["share"] = shares
    data |= {name: as_ranks(row) for name, row in zip(rankings, table, strict=True)}
    frame = pd.DataFrame(data, index=pd.Index(units.codes, name="unit"))
    by = [column for column in ("league", "rank") if column in frame]
    return frame.sort_index().sort_values(by, kind="stable")


def _part(how: How | Pairwise, *, overall: bool) -> Pairwise:
    if isinstance(how, str):
        if how not in _AGGREGATORS:
            raise SettingError(f"there is no consensus '{how}': {near_miss(how, _AGGREGATORS)}")
        how = _AGGREGATORS[how]()
    if not isinstance(how, tuple(_AGGREGATORS.values())):
        raise SettingError(f"a consensus is one of {listing(_AGGREGATORS)}, not {how!r}")
    return attrs.evolve(how, over="all" if overall else "league")


def _weights(results: Mapping[str, Any], weights: Mapping[str, float]) -> list[float]:
    for name, weight in weights.items():
        if name not in results:
            raise UnknownNameError(f"there is no index '{name}': {near_miss(name, results)}")
        if not (is_number(weight) and weight > 0):
            raise SettingError(f"the weight of '{name}' is a number above 0, not {weight!r}")
    return [float(weights.get(name, 1.0)) for name in results]


def _joined(results: Mapping[str, IndexResult], *, overall: bool) -> Units:
    """Return the units of all indices, in their leagues unless all are ranked together."""
    leagues: dict[str, str | None] = {}
    problems = Problems()
    for name, result in results.items():
        in_result = result.units.leagues or (None,) * len(result.units)
        for code, league in zip(result.units.codes, in_result, strict=True):
            if leagues.setdefault(code, league) != league and not overall:
                problems.add(
                    f"unit '{code}' is in league '{league}' of '{name}', and in "
                    f"'{leagues[code]}' of another index"
                )
    problems.raise_any(DataError, "these indices have no common leagues (try overall=True)")
    return Units.of(Unit(code, league=None if overall else leagues[code]) for code in leagues)


def _ranks(result: IndexResult, units: Units, *, overall: bool) -> Float:
    """Return each unit's rank in an index, NaN without one."""
    ranks = result.ranks_at(result.codes[0], overall=overall)
    by_code = dict(zip(result.units.codes, ranks, strict=True))
    return np.array([by_code.get(code, np.nan) for code in units.codes])


def rank_similarity(reference: IndexResult, other: IndexResult) -> pd.Series[float]:
    """Return the similarity of two rankings, overall and at the top.

    With ranks ``R`` and ``Q`` among the n units that both rank, ties sharing the mean of their
    ranks:

    - ``spearman``: Pearson's correlation of R and Q;
    - ``weighted_spearman``: ``1 − 6·Σ (R − Q)²·(2n + 2 − R − Q) / (n⁴ + n³ − n² − n)``, where
      differences at the top count more;
    - ``ws``: ``1 − Σ 2^−R · |R − Q| / max(R − 1, n − R)``, where the weight of a difference halves
      with every rank of the reference; it is not symmetric.

    Parameters
    ----------
    reference, other : IndexResult
        Ranks of the total, among all units, are compared.

    Returns
    -------
    Series
        `spearman` is NaN if all units tie.

    Raises
    ------
    DataError
        If fewer than two units are ranked by both.

    References
    ----------
    W. Sałabun and K. Urbaniak, "A new coefficient of rankings similarity in decision-making
    problems", Computational Science – ICCS 2020 (Springer).

    Examples
    --------
    >>> import govindex as gi
    >>> from govindex.testing import observed
    >>> framework = gi.Framework("index", [gi.Indicator("a", rule=gi.rules.Identity())])
    >>> method = gi.Methodology("example.one", "1", framework)
    >>> one, other = (
    ...     method.compute(observed({"a": row}))
    ...     for row in ([5, 4, 3, 2, 1], [5, 3, 4, 2, 1])
    ... )
    >>> rank_similarity(one, other).round(4).to_dict()
    {'spearman': 0.9, 'weighted_spearman': 0.8833, 'ws': 0.8542}
    """
    import pandas as pd

    both_results = {"reference": reference, "other": other}
    mapping_of(both_results, "what is compared", of=IndexResult)
    units = _joined(both_results, overall=True)
    both = np.stack([_ranks(result, units, overall=True) for result in (reference, other)])
    both = both[:, ~np.isnan(both).any(axis=0)]
    count = both.shape[1]
    if count < 2:
        raise DataError(f"rankings are compared on two units or more; both rank {count}")
    # Sorted, so that the order of units changes no bit.
    first, second = ranks_of(key_of(-both, 1.0), "average")
    first, second = np.array([first, second])[:, np.lexsort((second, first))]
    gap = first - second
    spread = np.sqrt(np.var(first) * np.var(second))
    weighted = (gap**2 * (2 * count + 2 - first - second)).sum()
    top = (2.0**-first * np.abs(gap) / np.maximum(first - 1, count - first)).sum()
    covariance = ((first - first.mean()) * (second - second.mean())).mean()
    return pd.Series(
        {
            "spearman": covariance / spread if spread > 0 else np.nan,
            "weighted_spearman": 1 - 6 * weighted / (count**4 + count**3 - count**2 - count),
            "ws": 1 - top,
        }
    )
