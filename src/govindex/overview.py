"""Overviews of several indices or periods: announcements, standings, scores over time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from govindex.checks import among, instance_of, mapping_of
from govindex.errors import DataError, SettingError, UnknownNameError, near_miss
from govindex.periods import sorted_periods
from govindex.ranking.labels import as_ranks
from govindex.results import IndexResult

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["announcements", "over_time", "standings"]

_OVER_TIME = ("score", "percent", "rank", "overall_rank", "band")


def announcements(
    results: Mapping[str, IndexResult], *, language: str | None = None
) -> pd.DataFrame:
    """Return first, second, third and last of every league of several indices.

    Parameters
    ----------
    results : mapping of str to IndexResult
        By the name to announce.
    language : str, optional
        Of the units' names.

    Returns
    -------
    DataFrame
        A row per index and league: the number of ranked units, first, second, third and last; units
        that share a rank are listed together.

    Examples
    --------
    >>> import govindex as gi
    >>> groups = gi.methodology("vn.service-766").cut()
    >>> result = groups.compute(gi.datasets.load("vn.service-766.provinces-2026-10-10"))
    >>> announcements({"Service index": result})["first"].to_list()
    ['UBND tỉnh Đồng Tháp']
    """
    import pandas as pd

    tables = []
    mapping_of(results, "results", "a mapping of names to results", of=IndexResult)
    for name, result in results.items():
        table = result.announce(language=language).reset_index()
        table.insert(0, "index", name)
        tables.append(table)
    if not tables:
        columns = ["index", "league", "ranked", "first", "second", "third", "last"]
        return pd.DataFrame(columns=columns).set_index(["index", "league"])
    return pd.concat(tables, ignore_index=True).set_index(["index", "league"])


def over_time(
    result: IndexResult,
    what: Literal["score", "percent", "rank", "overall_rank", "band"] = "score",
    *,
    node: str | None = None,
) -> pd.DataFrame:
    """Return scores, ranks or bands of each unit in each period of a panel.

    Scores of different periods are comparable if no rule compares units within a period: if rules
    are absolute, anchored, or relative to all periods together. Ranks are comparable if the same
    units are ranked; :func:`~govindex.change` lists those that came and went.

    Parameters
    ----------
    result : IndexResult
        Of a panel.
    what : {"score", "percent", "rank", "overall_rank", "band"}
        Score in the printed unit, percent of the applicable maximum, rank inside the league and
        the period, rank inside the period, band.
    node : str, optional
        The node; the total by default.

    Returns
    -------
    DataFrame
        Units × periods, the earliest period first; missing if a unit is not in a period, or has no
        score or rank.

    Raises
    ------
    DataError
        If the result is not that of a panel.

    Examples
    --------
    >>> import attrs
    >>> import govindex as gi
    >>> groups = gi.methodology("vn.service-766").cut()
    >>> days = {"2026-09": "06", "2026-10": "10"}  # two days of October, for the example's sake
    >>> data = gi.Observations.panel({
    ...     month: attrs.evolve(
    ...         gi.datasets.load(f"vn.service-766.provinces-2026-10-{day}"), period=month
    ...     )
    ...     for month, day in days.items()
    ... })
    >>> over_time(groups.compute(data), "rank").loc["H32"].to_list()
    [34, 24]
    """
    import pandas as pd

    units = instance_of(result, IndexResult, "result").units
    if units.periods is None:
        raise DataError("the result is of one period only: compute a panel, Observations.panel(…)")
    if not among(what, _OVER_TIME):
        raise SettingError(f"over_time has no '{what}': {near_miss(what, _OVER_TIME)}")
    code = result.codes[0] if node is None else node
    if what == "band":
        values = np.array(result.band_of(code), dtype=object)
    elif what in ("rank", "overall_rank"):
        values = result.ranks_at(code, overall=what == "overall_rank")
    else:
        values = result.printed_at(code) if what == "score" else result.percent[result.row_of(code)]
    periods = sorted_periods(units.periods)
    row = {body: i for i, body in enumerate(dict.fromkeys(units.bodies))}
    column = {period: i for i, period in enumerate(periods)}
    blank = None if what == "band" else np.nan
    cells = np.full((len(row), len(periods)), blank, dtype=values.dtype)
    cells[[row[b] for b in units.bodies], [column[p] for p in units.periods]] = values
    frame = pd.DataFrame(cells, pd.Index(row, name="unit"), pd.Index(periods, name="period"))
    return frame.astype(as_ranks(values).dtype) if what in ("rank", "overall_rank") else frame


def standings(
    unit: str, results: Mapping[str, IndexResult], *, language: str | None = None
) -> pd.DataFrame:
    """Return the ranks and scores of one unit in several indices.

    Parameters
    ----------
    unit : str
        Code or name; indices that do not assess the unit have no row.
    results : mapping of str to IndexResult
        By the name to show.
    language : str, optional
        Of the dimensions' names.

    Returns
    -------
    DataFrame
        A row per index: `league`, `rank`, the number of ranked units (`of`), `score`, `maximum`,
        `percent`, `band`, and the dimensions in which the unit's rank is `best` and `worst`.

    Raises
    ------
    UnknownNameError
        If no index assesses the unit.
    """
    import pandas as pd

    rows = {}
    instance_of(unit, str, "unit")
    mapping_of(results, "results", "a mapping of names to results", of=IndexResult)
    for name, result in results.items():
        try:
            index = result.units.locate(unit)
        except UnknownNameError:
            if unit in result.units.labels(language):  # several units have that name
                raise
            continue
        rows[name] = _standing(result, index, language)
    if not rows:
        known = dict.fromkeys(label for r in results.values() for label in r.units.labels())
        raise UnknownNameError(f"no index assesses the unit '{unit}': {near_miss(unit, known)}")
    frame = pd.DataFrame.from_dict(rows, orient="index")
    frame["rank"] = as_ranks(frame["rank"].to_numpy(dtype=np.float64))
    frame.index.name = "index"
    return frame


def _standing(result: IndexResult, index: int, language: str | None) -> dict[str, Any]:
    root = result.codes[0]
    ranks = result.ranks_at(root)
    league = result.units[index].league
    peers = next(members for *_, members in result.units.ranking_groups() if index in members)
    shown = {code: result.ranks_at(code)[index] for code in result.display if code != root}
    known = {code: rank for code, rank in shown.items() if not np.isnan(rank)}
    best = min(known, key=known.__getitem__, default=None)
    worst = max(known, key=known.__getitem__, default=None)
    return {
        "league": league,
        "rank": ranks[index],
        "of": int((~np.isnan(ranks[peers])).sum()),
        "score": result.printed_at(root)[index],
        "maximum": result.applicable_points[0][index],
        "percent": result.percent[0][index],
        "band": result.band_of(root)[index],
        "best": "" if best is None else result.node(best).label(language),
        "worst": "" if worst is None else result.node(worst).label(language),
    }
