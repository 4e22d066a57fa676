"""Tables of a result: the published ranking, and the first and last units."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
import numpy.typing as npt

from govindex.contracts import Index
from govindex.kernels.keys import ranks_of
from govindex.language import words
from govindex.model.units import Units
from govindex.ranking.labels import as_ranks
from govindex.results.node_ranks import NodeRanks

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Podium", "announced", "band_titles", "podiums", "published", "without_idle"]


def published(
    result: NodeRanks,
    shown: Iterable[str],
    listed: Sequence[int],
    notes: Sequence[str] | None,
    language: str | None,
    tied: Sequence[str | None] | None = None,
) -> pd.DataFrame:
    """Return the published ranking.

    Nodes `shown` have a column each, and one for their own bands; `listed` orders the rows,
    `notes` hold each unit's marks, and `tied` the group of its rank.
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
        **({} if tied is None else {"rank_group": ordered(tied)}),
        "name": ordered(result.units.body_labels(language)),
        **{name: ordered(column) for name, column in result.units.league_columns().items()},
        "overall_rank": as_ranks(result.ranks_at(root, overall=True)[order]),
        "score": result.printed_at(root)[order],
        "maximum": result._maxima_of(0)[order],
        "percent": result._percent_of(0)[order],
        "band": blank if result.bands_spec is None else ordered(result.band_of(root)),
    }
    titles = band_titles(result, shown, language)
    data |= {title: ordered(result.band_of(code)) for code, title in titles.items()}
    for code in shown:
        label = result.node(code).label(language)
        label = next(c for c in (label, code, f"{label} ({code})") if c not in data)
        data[label] = result.printed_at(code)[order]
    if notes is not None:
        label = next(c for c in ("status", "status of figures") if c not in data)
        data[label] = ordered(notes)
    return pd.DataFrame(data, index=index)


def band_titles(result: NodeRanks, shown: Iterable[str], language: str | None) -> dict[str, str]:
    """Return the titles of the bands of nodes that have their own, by code: "Band: Speed"."""
    own = [code for code in dict.fromkeys(shown) if result.node(code).bands is not None]
    nodes = {code: result.node(code).label(language) for code in own if code != result.codes[0]}
    if not nodes:
        return {}
    labels = list(nodes.values())
    band = words("heading.band", language)
    return {
        code: f"{band}: {label if labels.count(label) == 1 else f'{label} ({code})'}"
        for code, label in nodes.items()
    }


def without_idle(frame: pd.DataFrame, result: NodeRanks) -> pd.DataFrame:
    """Return a table of units without the columns that are the same for all of them."""
    optional = [name for name in ("period", "league", "band") if name in frame]
    idle = [name for name in optional if frame[name].isna().all()]
    if len(result.units.groups("league")) < 2:
        idle += ["overall_rank", "league"]
    if not (result.applicable[0] < 1.0).any():
        idle += ["maximum", "percent"]
    return frame.drop(columns=idle, errors="ignore")


@attrs.frozen(eq=False)
class Podium:
    """The rows of a ranking group's units: all, those that are ranked, and the first and last.

    `ends` holds "first", "second", "third" and "last"; if all units tie there is no last.
    """

    league: str | None
    period: str | None
    members: Index
    ranked: Index
    ends: Mapping[str, Sequence[int]]


def podiums(units: Units, keys: npt.NDArray[np.int64]) -> Iterator[Podium]:
    """Yield the first and last units of every league (and period), ranked 1, 2, 2, 4."""
    for league, period, members in units.ranking_groups():
        chosen = members[units.ranked_mask[members]]
        ranks = ranks_of(keys[chosen], "competition")
        ranked, ranks = chosen[~np.isnan(ranks)], ranks[~np.isnan(ranks)]
        last = ranks.max(initial=1.0)
        wanted = {"first": 1.0, "second": 2.0, "third": 3.0, "last": last if last > 1 else 0.0}
        ends = {word: ranked[ranks == rank].tolist() for word, rank in wanted.items()}
        yield Podium(league, period, members, ranked, ends)


def announced(units: Units, keys: npt.NDArray[np.int64], language: str | None) -> pd.DataFrame:
    """Return first, second, third and last of every league."""
    import pandas as pd

    labels = units.body_labels(language)
    rows = []
    for podium in podiums(units, keys):
        named = {
            word: ", ".join(labels[row] for row in members) for word, members in podium.ends.items()
        }
        about = {"period": podium.period, "league": podium.league, "ranked": len(podium.ranked)}
        rows.append({**about, **named})
    if units.periods is None:
        return pd.DataFrame(rows).drop(columns="period").set_index("league")
    return pd.DataFrame(rows).set_index(["period", "league"])
