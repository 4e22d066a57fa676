"""Where a unit is strong and where it is weak beside those that it is ranked with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from govindex.checks import instance_of, whole_number
from govindex.contracts import Index
from govindex.errors import DataError
from govindex.language import check_language
from govindex.model.selection import At, selected
from govindex.model.tree import View
from govindex.ranking.labels import as_ranks
from govindex.results import IndexResult
from govindex.results.joint_results import part_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["strengths"]


def strengths(
    result: IndexResult,
    unit: str,
    *,
    top: int = 5,
    at: At | None = None,
    language: str | None = None,
) -> pd.DataFrame:
    """Return the nodes where a unit has its best and its worst ranks: strengths and weaknesses.

    Ranks are those inside the league, where 1 is best also if lower values are. A node where no
    other unit is worse is no strength, and one where no other is better no weakness, so that a node
    where all are equal is neither. Nodes with the same rank are taken
    and listed by code.

    Parameters
    ----------
    result : IndexResult
    unit : str
        Code or name.
    top : int
        How many strengths and how many weaknesses.
    at : int, str or iterable of str, optional
        A tier, a code or codes of the nodes that are looked at; by default the indicators.
    language : str, optional
        Of the nodes' names.

    Returns
    -------
    DataFrame
        Indexed by `node`, strengths first, then weaknesses, each by rank: `kind` ("strength" or
        "weakness"), `name`, the `dimension` above, `rank`, `of` (units with a score at the node),
        `shared_by` (units with this rank), the indicator's `value` in the `measure_unit`, the
        `score`, and the `median` score of the league. Fewer rows where the unit has fewer such
        nodes; a node is in the table once, a strength if it is in both halves.

    Raises
    ------
    DataError
        If the unit has no score at any of the nodes.
    SettingError, UnknownNameError
        If `top` is not a whole number of at least 1, or there is no such unit or node.

    References
    ----------
    W. Becker et al., "COINr: An R package for developing composite indicators", Journal of Open
    Source Software 7 (2022) 4567, ``get_str_weak``.

    Examples
    --------
    >>> import govindex as gi
    >>> groups = gi.methodology("vn.service-766").cut()
    >>> result = groups.compute(gi.datasets.load("vn.service-766.provinces-2026-10-10"))
    >>> strengths(result, "H20", top=2)[["kind", "rank", "of", "score"]]
              kind  rank  of  score
    node
    5     strength     1  34  14.67
    3A    strength    11  34   8.84
    2     weakness    19  34  17.69
    3B    weakness    21  34   6.42
    """
    check_language(language)
    row = instance_of(result, IndexResult, "result").units.locate(instance_of(unit, str, "unit"))
    count = whole_number(top, "top")
    own = part_of(result, unit)
    codes = _codes(own, at)
    members = next(m for *_, m in result.units.ranking_groups() if row in m)
    rows = [_row(result, code, row, members, language) for code in codes]
    known = [r for r in rows if not np.isnan(r["rank"])]
    if not known:
        raise DataError(f"unit '{result.units.labels()[row]}' has no rank at any of these nodes")
    return _table(known, count)


def _codes(result: IndexResult, at: At | None) -> list[str]:
    framework = result.framework
    known = [code for code in framework.leaf_codes if code in result.codes]
    if at is None:
        return [code for code in known if result.opaque or framework.is_scored(code)]
    chosen = selected(at, list(result.codes), (framework,))
    return [code for code in result.codes if code in chosen]


def _row(
    result: IndexResult, code: str, row: int, members: Index, language: str | None
) -> dict[str, Any]:
    node = result.node(code)
    ranks, scores = result.ranks_at(code)[members], result.printed_at(code)
    own = result.ranks_at(code)[row]
    ranked = ~np.isnan(ranks)
    above = None if isinstance(node, View) else result.framework.parent(code)
    return {
        "node": code,
        "name": node.label(language),
        "dimension": "" if above is None else above.label(language),
        "rank": own,
        "of": int(ranked.sum()),
        "shared_by": int((ranks == own).sum()),
        "value": result.values[result.row_of(code), row],
        "measure_unit": getattr(node, "measure_unit", ""),
        "score": scores[row],
        "median": float(np.median(scores[members][ranked])) if ranked.any() else np.nan,
        "_worse": bool((ranks > own).any()),
        "_better": bool((ranks < own).any()),
    }


def _table(rows: list[dict[str, Any]], count: int) -> pd.DataFrame:
    import pandas as pd

    table = pd.DataFrame(rows).sort_values("node", kind="stable")
    strong = table[table["_worse"]].sort_values("rank", kind="stable").head(count)
    weak = table[table["_better"] & ~table["node"].isin(strong["node"])]
    weak = weak.sort_values("rank", ascending=False, kind="stable").head(count)
    both = pd.concat([strong, weak.sort_values(["rank", "node"])]).drop(
        columns=["_worse", "_better"]
    )
    both.insert(1, "kind", ["strength"] * len(strong) + ["weakness"] * len(weak))
    both["rank"] = as_ranks(both["rank"].to_numpy(dtype=np.float64))
    return both.set_index("node")
