"""Several indices side by side: ranks, consensus, agreement and trend."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from govindex.agreement import How, Pairwise, consensus_of_ranks
from govindex.checks import among
from govindex.contracts import Float, Index
from govindex.display import ShownPage, html, plain
from govindex.errors import UnknownNameError, near_miss
from govindex.kernels.keys import key_of, ranks_of
from govindex.model.units import Units
from govindex.portfolios.pages import portfolio_page
from govindex.ranking.labels import as_ranks
from govindex.robustness.sampling.concordances import concordance

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Portfolio"]

History = tuple[tuple[str, ...], Float]


@attrs.frozen(eq=False)
class Portfolio:
    """Several indices of the same units; :func:`~govindex.portfolio` gathers them.

    Only ranks are compared, never scores. An index that does not rank a unit has no rank of it:
    pairs of units are compared on the indices that rank both.

    Parameters
    ----------
    names : tuple of str
        The indices.
    units : Units
        All units of all indices, in their leagues.
    ranks, of, low, high : array, shape (indices, units)
        The rank, the number of ranked units in its league, and the interval of the rank; NaN if
        unknown.
    histories : tuple of (periods, ranks)
        For each index its periods, the earliest first, and an array of shape (units, periods).
    overall : bool
        Whether ranks are those among all units.
    """

    names: tuple[str, ...]
    units: Units
    ranks: Float
    of: Float
    low: Float
    high: Float
    histories: tuple[History, ...]
    overall: bool = attrs.field(default=False, kw_only=True)

    def __repr__(self) -> str:
        return f"<Portfolio of {len(self.names)} indices: {len(self.units)} units>"

    def unit(self, unit: str) -> pd.DataFrame:
        """Return the ranks of one unit.

        Parameters
        ----------
        unit : str
            Code or name.

        Returns
        -------
        DataFrame
            A row per index that ranks the unit: rank, of how many (`of`), the part of the others
            that are behind it in percent (`ahead_of`), the interval of the rank (`low` is the best
            end), the period, and the `rank_before` of the period before with the ranks gained since
            (`rank_change`, positive: better); missing if unknown.

        Raises
        ------
        UnknownNameError
            If no index has the unit.
        """
        import pandas as pd

        row = self.units.locate(unit)
        rows: dict[str, tuple[Any, ...]] = {}
        for i, name in enumerate(self.names):
            rank, of = float(self.ranks[i, row]), float(self.of[i, row])
            if np.isnan(rank):
                continue
            ahead = 100.0 * (of - rank) / (of - 1.0) if of > 1 else np.nan
            before, period = self._before(i, row)
            ends = (float(self.low[i, row]), float(self.high[i, row]))
            rows[name] = (rank, of, ahead, *ends, period, before, before - rank)
        columns = [
            *("rank", "of", "ahead_of", "low", "high", "period", "rank_before", "rank_change"),
        ]
        frame = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
        frame.index.name = "index"
        return frame

    def _before(self, index: int, row: int) -> tuple[float, str | None]:
        periods, ranks = self.histories[index]
        before = float(ranks[row, -2]) if len(periods) > 1 else np.nan
        return before, periods[-1] if periods else None

    def table(
        self, how: How | Pairwise = "copeland", *, weights: Mapping[str, float] | None = None
    ) -> pd.DataFrame:
        """Return all units side by side, in the order of their consensus.

        Parameters
        ----------
        how : {"copeland", "borda", "condorcet", "kemeny"} or one of their aggregators
            How the consensus is found; see :func:`~govindex.consensus`.
        weights : mapping of str to float, optional
            Of the indices, by default 1.

        Returns
        -------
        DataFrame
            A row per unit: name, the consensus `rank`, league if there are several, share (see the
            aggregator), the rank in every index, in how many indices it is ranked (`indices`), and
            the `spread`: the largest difference, in percent of the units, between two of its ranks;
            missing if fewer than two are of a known number.
        """
        frame = consensus_of_ranks(self._by_name, self.units, how, weights, overall=self.overall)
        rows = [self.units.locate(code) for code in frame.index]
        labels = self.units.labels()
        frame.insert(0, "name", [labels[row] for row in rows])
        frame["indices"] = (~np.isnan(self.ranks)).sum(axis=0)[rows]
        frame["spread"] = self._spreads[rows]
        return frame

    @property
    def _by_name(self) -> dict[str, Float]:
        return dict(zip(self.names, self.ranks, strict=True))

    @property
    def _ahead(self) -> Float:
        """The part of the other units that is behind each unit, in percent."""
        with np.errstate(invalid="ignore", divide="ignore"):
            ahead = 100.0 * (self.of - self.ranks) / (self.of - 1.0)
        return np.where(self.of > 1, ahead, np.nan)

    @property
    def _spreads(self) -> Float:
        ahead = self._ahead
        known = ~np.isnan(ahead)
        high = np.where(known, ahead, -np.inf).max(axis=0)
        low = np.where(known, ahead, np.inf).min(axis=0)
        return np.where(known.sum(axis=0) > 1, high - low, np.nan)

    def trend(self, index: str) -> pd.DataFrame:
        """Return the ranks of an index over its periods.

        Parameters
        ----------
        index : str
            Its name.

        Returns
        -------
        DataFrame
            Units × periods, the earliest first; no columns if the index has no periods.

        Raises
        ------
        UnknownNameError
            If there is no such index.
        """
        import pandas as pd

        if not among(index, self.names):
            raise UnknownNameError(f"there is no index '{index}': {near_miss(index, self.names)}")
        periods, ranks = self.histories[self.names.index(index)]
        frame = pd.DataFrame(
            ranks, pd.Index(self.units.codes, name="unit"), pd.Index(periods, name="period")
        )
        return frame.astype(as_ranks(ranks.ravel()).dtype) if periods else frame

    @property
    def correlations(self) -> pd.DataFrame:
        """Kendall's τ-b of each pair of indices, on the units that both rank.

        Pairs of units in one league are compared; missing if there is no pair, or an index ties
        all of them.
        """
        import pandas as pd

        values = np.array([[self._tau(a, b) for b in self.ranks] for a in self.ranks])
        index = pd.Index(self.names, name="index")
        return pd.DataFrame(values, index=index, columns=list(self.names))

    def _tau(self, first: Float, second: Float) -> float:
        """Return τ-b over the pairs of units that are in one league."""
        agreed = untied_first = untied_second = 0.0
        for members in self._leagues:
            both = members[~np.isnan(first[members] + second[members])]
            if len(both) < 2:
                continue
            a, b = (np.rint(2.0 * ranks[both]).astype(np.int64) for ranks in (first, second))
            sums = _pair_signs(a, b)
            agreed, untied_first = agreed + sums[0], untied_first + sums[1]
            untied_second += sums[2]
        untied = untied_first * untied_second
        return agreed / float(np.sqrt(untied)) if untied > 0 else float("nan")

    @property
    def _leagues(self) -> list[Index]:
        return [members for _, members in self.units.groups("league")]

    @property
    def concordance(self) -> float:
        """Kendall's W of the indices on the units that all of them rank, corrected for ties.

        1 if all indices give the same order, 0 if there is no agreement; NaN if no two units of a
        league are ranked by all.
        """
        return self._concordance(tuple(range(len(self.names))))

    def _concordance(self, indices: tuple[int, ...]) -> float:
        ranks = self.ranks[list(indices)]
        known = np.asarray(~np.isnan(ranks).any(axis=0))
        groups = [members[known[members]] for members in self._leagues]
        groups = [members for members in groups if len(members) > 1]
        again, ties = np.zeros(ranks.shape), 0
        for members in groups:
            for row in range(len(ranks)):
                again[row, members] = ranks_of(key_of(-ranks[row, members], 1.0), "average")
                counts = np.unique(again[row, members], return_counts=True)[1]
                ties += int((counts**3 - counts).sum())
        return concordance(again.sum(axis=0), len(ranks), ties, groups)

    @property
    def disagreement(self) -> pd.DataFrame:
        """Which indices disagree with the others, the one that disagrees most first.

        A row per index: how many `units` it ranks; `tau`, the mean of Kendall's τ-b with each other
        index; `concordance`, Kendall's W of the others without it; and the unit whose rank in it is
        furthest from the mean of the others, `furthest`, by `distance` percent of the units. With
        two indices `concordance` is missing, and `tau` if nothing can be compared.
        """
        import pandas as pd

        rows = [self._without(i) for i in range(len(self.names))]
        columns = ["units", "tau", "concordance", "furthest", "distance"]
        frame = pd.DataFrame(rows, pd.Index(self.names, name="index"), columns)
        return frame.sort_values("tau", kind="stable")

    def _without(self, index: int) -> tuple[int, float, float, str, float]:
        others = [i for i in range(len(self.names)) if i != index]
        taus = np.array([self._tau(self.ranks[index], self.ranks[i]) for i in others])
        known = taus[~np.isnan(taus)]
        tau = float(known.mean()) if len(known) else float("nan")
        rest = self._concordance(tuple(others)) if len(others) > 1 else float("nan")
        unit, distance = self._furthest(index, others)
        return int((~np.isnan(self.ranks[index])).sum()), tau, rest, unit, distance

    def _furthest(self, index: int, others: list[int]) -> tuple[str, float]:
        ahead = self._ahead
        known = ~np.isnan(ahead[others])
        counts = known.sum(axis=0)
        total = np.where(known, ahead[others], 0.0).sum(axis=0)
        distance = np.abs(ahead[index] - total / np.where(counts > 0, counts, np.nan))
        if np.isnan(distance).all():
            return "", float("nan")
        row = int(np.nanargmax(distance))
        return self.units.labels()[row], float(distance[row])

    @property
    def ranked_once(self) -> tuple[str, ...]:
        """The units that one index ranks alone: perhaps another calls them otherwise."""
        once = (~np.isnan(self.ranks)).sum(axis=0) == 1
        return tuple(code for code, alone in zip(self.units.codes, once, strict=True) if alone)

    @property
    def ranked_by_all(self) -> int:
        """How many units all indices rank."""
        return int((~np.isnan(self.ranks).any(axis=0)).sum())

    def _repr_html_(self) -> str:
        return html(self._page())

    def __str__(self) -> str:
        return plain(self._page())

    def _page(self, language: str | None = None) -> ShownPage:
        return portfolio_page(self, language)


def _pair_signs(first: Any, second: Any) -> tuple[float, float, float]:
    """Return concordant less discordant pairs, and the pairs that each does not tie."""
    a, b = np.triu_indices(len(first), 1)
    one, other = np.sign(first[a] - first[b]), np.sign(second[a] - second[b])
    return float((one * other).sum()), float(np.abs(one).sum()), float(np.abs(other).sum())
