"""Several indices side by side: what is announced, and where one unit stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from govindex.errors import UnknownNameError, near_miss
from govindex.ranking import as_places
from govindex.result import IndexResult

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["announcements", "standings"]


def announcements(
    results: Mapping[str, IndexResult], *, language: str | None = None
) -> pd.DataFrame:
    """Return first, second, third and last of every league of several indices.

    Parameters
    ----------
    results : mapping of str to IndexResult
        By the name that is announced.
    language : str, optional
        Of the units' names.

    Returns
    -------
    DataFrame
        A row per index and league: how many were ranked, first, second, third and last; units that
        share a place stand together.

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
    for name, result in results.items():
        table = result.announce(language=language).reset_index()
        table.insert(0, "index", name)
        tables.append(table)
    if not tables:
        columns = ["index", "league", "ranked", "first", "second", "third", "last"]
        return pd.DataFrame(columns=columns).set_index(["index", "league"])
    return pd.concat(tables, ignore_index=True).set_index(["index", "league"])


def standings(
    unit: str, results: Mapping[str, IndexResult], *, language: str | None = None
) -> pd.DataFrame:
    """Return where one unit stands in several indices.

    Parameters
    ----------
    unit : str
        Code or name; an index that does not assess the unit has no row.
    results : mapping of str to IndexResult
        By the name that is shown.
    language : str, optional
        Of the dimensions' names.

    Returns
    -------
    DataFrame
        A row per index: league, rank and of how many, score, maximum and percent, band, and the
        dimensions in which the unit's place is best and worst.

    Raises
    ------
    UnknownNameError
        If no index assesses the unit.
    """
    import pandas as pd

    rows = {}
    for name, result in results.items():
        try:
            place = result.units.locate(unit)
        except UnknownNameError:
            if unit in result.units.labels(language):  # a name that several units have
                raise
            continue
        rows[name] = _standing(result, place, language)
    if not rows:
        known = dict.fromkeys(label for r in results.values() for label in r.units.labels())
        raise UnknownNameError(f"no index assesses the unit '{unit}': {near_miss(unit, known)}")
    frame = pd.DataFrame.from_dict(rows, orient="index")
    frame["rank"] = as_places(frame["rank"].to_numpy(dtype=np.float64))
    frame.index.name = "index"
    return frame


def _standing(result: IndexResult, place: int, language: str | None) -> dict[str, Any]:
    root = result.codes[0]
    ranks = result.places(root)
    league = result.units[place].league
    peers = next(members for _, members in result.units.groups("league") if place in members)
    inside = {code: result.places(code)[place] for code in result.display if code != root}
    known = {code: rank for code, rank in inside.items() if not np.isnan(rank)}
    best = min(known, key=lambda code: known[code], default=None)
    worst = max(known, key=lambda code: known[code], default=None)
    return {
        "league": league,
        "rank": ranks[place],
        "of": int((~np.isnan(ranks[peers])).sum()),
        "score": result.printed_at(root)[place],
        "maximum": result.applicable_points[0][place],
        "percent": result.percent[0][place],
        "band": result.band_of(root)[place],
        "best": "" if best is None else result.node(best).label(language),
        "worst": "" if worst is None else result.node(worst).label(language),
    }
