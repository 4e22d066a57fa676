"""Tables of a result: the published ranking, and the first and last units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from govindex.kernels.keys import ranks_of
from govindex.model.units import Units
from govindex.ranking.labels import as_ranks
from govindex.results.node_ranks import NodeRanks

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["announced", "published"]


def published(
    result: NodeRanks,
    shown: Iterable[str],
    listed: Sequence[int],
    notes: Sequence[str] | None,
    language: str | None,
) -> pd.DataFrame:
    """Return the published ranking.

    Nodes `shown` have a column each, `listed` orders the rows, and `notes` hold each unit's marks.
    """
    import pandas as pd

    root = result.codes[0]
    order = np.array(listed, dtype=np.intp)

    def ordered(column: Sequence[Any]) -> list[Any]:
        return [column[i] for i in listed]

    index = pd.Index(result.units.codes, name="unit").take(order)
    blank = [None] * len(order)
    data: dict[str, Any] = {
        "rank": as_ranks(result.ranks_at(root)[order]),
        "name": ordered(result.units.body_labels(language)),
        **{name: ordered(column) for name, column in result.units.league_columns().items()},
        "overall_rank": as_ranks(result.ranks_at(root, overall=True)[order]),
        "score": result.printed_at(root)[order],
        "maximum": result._maxima_of(0)[order],
        "percent": result._percent_of(0)[order],
        "band": blank if result.bands_spec is None else ordered(result.band_of(root)),
    }
    for code in shown:
        label = result.node(code).label(language)
        label = next(c for c in (label, code, f"{label} ({code})") if c not in data)
        data[label] = result.printed_at(code)[order]
    if notes is not None:
        label = next(c for c in ("status", "status of figures") if c not in data)
        data[label] = ordered(notes)
    return pd.DataFrame(data, index=index)


def announced(units: Units, keys: npt.NDArray[np.int64], language: str | None) -> pd.DataFrame:
    """Return first, second, third and last of every league."""
    import pandas as pd

    labels = units.body_labels(language)
    rows = []
    for league, period, members in units.ranking_groups():
        chosen = members[units.ranked_mask[members]]
        ranks = ranks_of(keys[chosen], "competition")
        named = [
            (labels[i], rank)
            for i, rank in zip(chosen, ranks.tolist(), strict=True)
            if not np.isnan(rank)
        ]
        row: dict[str, Any] = {"period": period, "league": league, "ranked": len(named)}
        last = max((rank for _, rank in named), default=1.0)
        ends = {"first": 1.0, "second": 2.0, "third": 3.0, "last": last if last > 1 else 0.0}
        for word, wanted in ends.items():
            row[word] = ", ".join(label for label, rank in named if rank == wanted)
        rows.append(row)
    if units.periods is None:
        return pd.DataFrame(rows).drop(columns="period").set_index("league")
    return pd.DataFrame(rows).set_index(["period", "league"])
