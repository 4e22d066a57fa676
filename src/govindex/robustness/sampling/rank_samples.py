"""Ranks of units over many draws, and how stable each rank is."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import attrs
import numpy as np

from govindex.checks import among, is_share, shown
from govindex.contracts import Bool, Float, Index
from govindex.display import ShownPage, html
from govindex.errors import DataError, SettingError
from govindex.extras import Interchanged, Later, later
from govindex.kernels.agreement import rank_correlations
from govindex.model.observations import Observations
from govindex.model.units import Units
from govindex.ranking.labels import as_ranks
from govindex.results import IndexResult
from govindex.results.rank_groups import rank_groups
from govindex.robustness.sampling.central_weights import central_weights, confidence
from govindex.robustness.sampling.concordances import concordance
from govindex.robustness.sampling.counts import Counting, DrawCounts, interpolated, quantiles
from govindex.robustness.sampling.draws import Ranks, Recipe, Runner
from govindex.robustness.sampling.pages import sample_page
from govindex.robustness.sampling.summaries import convergence_table, summary

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FULL", "CountedDraws", "RankSample"]

# Up to these numbers of units every rank, and every pair, is counted.
FULL = 5_000
FULL_PAIRS = 1_000


@attrs.frozen(eq=False)
class CountedDraws:
    """What is known of draws that were counted elsewhere, instead of their recipe.

    Parameters
    ----------
    draws : int
    node : str
        The node that was ranked.
    units : Units
        In the order of their codes.
    """

    draws: int
    node: str
    units: Units


@attrs.frozen(eq=False, slots=False)
class RankSample(Interchanged):
    """Ranks of units over many draws.

    Tables list units in the order of publication: by league, best first. Shares are of the draws
    that could be scored.

    Parameters
    ----------
    recipe : Recipe or CountedDraws
        Makes any of the draws again; a sample from a document holds counts only.
    nominal : IndexResult
        The result without variation.
    counting : Counting
    kept : array of int, shape (draws, units), or None
        Twice the rank of every unit in every draw, units in the order of their codes; None if
        that is too large, and only counts are kept.
    failures : array of bool, shape (draws,), or None
    counted : DrawCounts or None
    """

    _recipe: Recipe | CountedDraws
    nominal: IndexResult
    _counting: Counting
    _kept: Ranks | None
    _failures: Bool | None
    _counted: DrawCounts | None

    def __repr__(self) -> str:
        return f"<RankSample of {self.draws:,} draws: {len(self.units)} units>"

    @cached_property
    def _tally(self) -> DrawCounts:
        """The counts over draws."""
        if self._counted is not None:
            return self._counted
        assert self._kept is not None
        assert self._failures is not None
        return self._counting(self._kept, self._failures)

    @property
    def plot(self) -> Later:
        """The pictures of a sample: acceptability, pairwise and rank_intervals."""
        return later("govindex.plot", self, ("acceptability", "pairwise", "rank_intervals"))

    @property
    def draws(self) -> int:
        """How many draws were made, including those that could not be scored."""
        return self._recipe.draws

    @property
    def node(self) -> str:
        """The node that is ranked."""
        return self._recipe.node

    @property
    def failed(self) -> int:
        """How many draws could not be scored."""
        return int(self._failures.sum()) if self._failures is not None else self._tally.failed

    @property
    def units(self) -> Units:
        """The units, in the order of their codes."""
        recipe = self._recipe
        return recipe.units if isinstance(recipe, CountedDraws) else recipe.basis.prepared.units

    @property
    def _bounds(self) -> tuple[Any, ...]:
        """The variations that were drawn, () of a sample from a document."""
        return () if isinstance(self._recipe, CountedDraws) else self._recipe.bounds

    @property
    def _drawable(self) -> Recipe:
        """The recipe that makes draws again."""
        if isinstance(self._recipe, CountedDraws):
            raise SettingError(
                "this sample was read from a document, which holds counts of ranks and no draws: "
                "sample again with robustness.sample_ranks(…)"
            )
        return self._recipe

    @cached_property
    def _order(self) -> Index:
        return np.array(self.nominal.publication_order(self._recipe.node), dtype=np.intp)

    @cached_property
    def _scored(self) -> Ranks:
        """The ranks of the draws that could be scored."""
        if self._kept is None or self._failures is None:
            self._drawable  # noqa: B018 - a sample from a document says so
            raise SettingError(
                f"the ranks of {self.draws:,} draws of {len(self.units):,} units are not kept, "
                "only their counts: sample fewer draws"
            )
        if self.failed == self.draws:
            raise DataError(f"none of the {self.draws:,} draws could be scored")
        return self._kept[~self._failures] if self.failed else self._kept

    @cached_property
    def _codes(self) -> pd.Index[str]:
        import pandas as pd

        return pd.Index(self.units.codes, name="unit")

    def _table(self, columns: dict[str, Any], groups: Any = None) -> pd.DataFrame:
        import pandas as pd

        labels = self.units.labels()
        ranks = _ranks(self._counting.nominal)
        leagues = self.units.league_columns()
        tied = rank_groups(self.nominal, groups, self.node)
        about = {} if tied is None else {"rank_group": tied}
        data = {"name": labels, "rank": ranks, **about, **leagues, **columns}
        return pd.DataFrame(data, index=self._codes).iloc[self._order]

    def quantiles(
        self, *levels: float, method: Literal["reached", "type7"] = "reached"
    ) -> pd.DataFrame:
        """Return ranks that units reach in at least these shares of draws.

        Parameters
        ----------
        *levels : float
            Shares from 0 to 1: 0.05, 0.95.
        method : {"reached", "type7"}
            The least rank p for which a share of at least `level` of the draws is not behind p
            (type 1 of Hyndman and Fan); or the ranks interpolated at draw ``1 + (n − 1)·level``
            (their type 7, the default of R, numpy and COINr), which may lie between ranks.

        Returns
        -------
        DataFrame
            Nominal `rank` and a column for each level in percent, "q5", "q95"; missing for
            unranked units. Whole ranks by "reached", floats by "type7".

        Raises
        ------
        SettingError
            If no level is given, or one is not a share.

        References
        ----------
        Hyndman, R. J. and Fan, Y. (1996), Sample quantiles in statistical packages, The American
        Statistician 50(4).

        Examples
        --------
        >>> import govindex as gi
        >>> method = gi.methodology("vn.service-766").cut()
        >>> data = gi.datasets.load("vn.service-766.provinces-2026-10-10")
        >>> sample = gi.robustness.sample_ranks(
        ...     method, data, vary=[gi.robustness.Weights(spread=0.5)], draws=100, rng=1
        ... )
        >>> int(sample.quantiles(0.95).loc["H19", "q95"])
        5
        >>> round(float(sample.quantiles(0.95, method="type7").loc["H19", "q95"]), 2)
        5.05
        """
        columns = self._quantile_columns(levels, method)
        names = [f"q{100.0 * level:.12g}" for level in levels]
        return self._table(dict(zip(names, columns, strict=True)))

    def _quantile_columns(self, levels: tuple[float, ...], method: str) -> list[Any]:
        """Return a column for each level: whole ranks, or floats where they are interpolated."""
        if not among(method, ("reached", "type7")):
            raise SettingError(f"method is 'reached' or 'type7', not {shown(method)}")
        ranks = self._quantiles(*levels, method=method)
        return [as_ranks(row) if method == "reached" else row for row in ranks]

    def _quantiles(self, *levels: float, method: str = "reached") -> Float:
        """Return quantiles of ranks, shape (levels, units), NaN for unranked units."""
        if not levels:
            raise SettingError("quantiles(…) takes at least one level: quantiles(0.05, 0.95)")
        for level in levels:
            if not is_share(level):
                raise SettingError(f"levels are shares from 0 to 1, not {level!r}")
        if self._kept is not None and "_counts" not in vars(self):  # without counts yet
            of_draws = interpolated if method == "type7" else quantiles
            ranks = of_draws(self._scored, levels)
        else:
            counting, draws = self._counting, self.draws - self.failed
            of_counts = counting.interpolated if method == "type7" else counting.quantiles
            ranks = of_counts(self._counts, draws, levels)
        return np.where(self._counting.nominal > 0, ranks, np.nan)

    @cached_property
    def _counts(self) -> Any:
        if self._kept is not None and self._counting.full:
            return self._counting.counts(self._scored)
        if self._tally.draws == 0:
            raise DataError(f"none of the {self.draws:,} draws could be scored")
        if self._tally.counts is None:
            raise SettingError(
                f"the ranks of {len(self.units):,} units are counted one by one for up to {FULL:,} "
                "units only; sample fewer draws to keep them"
            )
        return self._tally.counts

    def intervals(
        self,
        level: float = 0.9,
        *,
        groups: pd.DataFrame | None = None,
        method: Literal["reached", "type7"] = "reached",
    ) -> pd.DataFrame:
        """Return the interval of each unit's rank in a share of the draws.

        Parameters
        ----------
        level : float
            The share: 0.9 leaves out the best and the worst twentieth.
        groups : DataFrame, optional
            What :func:`~govindex.robustness.tied_groups` returned, for a column `rank_group` of
            ranks that are statistically the same.
        method : {"reached", "type7"}
            As of :meth:`quantiles`.

        Returns
        -------
        DataFrame
            `unit`, `name`, nominal `rank`, on request `rank_group`, `period`, `league`, and the
            `low` (best), `median` and `high` (worst) rank.
        """
        if not is_share(level):
            raise SettingError(f"a level is a share from 0 to 1, not {level!r}")
        outside = (1.0 - level) / 2.0
        ends = self._quantile_columns((outside, 0.5, 1.0 - outside), method)
        return self._table(dict(zip(("low", "median", "high"), ends, strict=True)), groups)

    def acceptability(self) -> pd.DataFrame:
        """Return the share of draws in which each unit has each rank, units × ranks.

        Also called rank acceptability index. A shared rank counts for each unit.
        """
        import pandas as pd

        shares, ranks = self._counting.shares(self._counts, self.draws - self.failed)
        columns = pd.Index(ranks, name="rank")
        return pd.DataFrame(shares, index=self._codes, columns=columns).iloc[self._order]

    def top(self, ranks: int) -> pd.Series[float]:
        """Return the share of draws in which each unit has at most a given rank."""
        import pandas as pd

        if not isinstance(ranks, (int, np.integer)) or ranks < 1:
            raise SettingError(f"top(…) takes a rank of at least 1, not {ranks!r}")
        if self._kept is not None:
            kept = self._scored
            shares = ((kept > 0) & (kept <= 2 * ranks)).mean(axis=0)
        else:
            last = ranks * (2 if self._counting.halves else 1) + 1
            shares = self._counts[:, 1:last].sum(axis=1) / self._tally.draws
        return pd.Series(shares, index=self._codes, name=f"top {ranks}").iloc[self._order]

    def shifts(self) -> pd.DataFrame:
        """Return the mean rank of each unit and its mean distance from the nominal one."""
        draws = max(self._tally.draws, 1)
        ranked = self._counting.nominal > 0
        means = np.where(ranked, self._tally.sums / (2.0 * draws), np.nan)
        return self._table(
            {"mean": means, "shift": np.where(ranked, self._tally.shifts / (2.0 * draws), np.nan)}
        )

    def pairwise(self) -> pd.DataFrame:
        """Return the share of draws in which the unit of the row is ahead of that of the column.

        Also called pairwise winning index. A shared rank counts for neither.

        Raises
        ------
        SettingError
            If there are too many units to compare all: see :meth:`neighbours`.
        """
        import pandas as pd

        units = len(self.units)
        if units > FULL_PAIRS:
            raise SettingError(
                f"{units:,} units are too many to compare all with each other (at most "
                f"{FULL_PAIRS:,}): look at neighbours(), and name others with pairs="
            )
        shares = self._counting.ahead(self._scored)
        columns = self._codes.rename("before")
        frame = pd.DataFrame(shares, index=self._codes, columns=columns)
        return frame.iloc[self._order, self._order]

    def neighbours(self) -> pd.DataFrame:
        """Return how often each unit is ahead of the next one, also for the named pairs."""
        import pandas as pd

        first, second = self._counting.pairs
        codes, labels = self.units.codes, self.units.labels()
        ranks = _ranks(self._counting.nominal)
        leagues = self.units.league_columns().items()
        return pd.DataFrame(
            {
                "first": [codes[i] for i in first],
                "second": [codes[i] for i in second],
                "first_name": [labels[i] for i in first],
                "second_name": [labels[i] for i in second],
                "first_rank": ranks[first],
                "second_rank": ranks[second],
                **{name: [column[i] for i in first] for name, column in leagues},
                "before": self._tally.wins / max(self._tally.draws, 1),
            }
        )

    @property
    def mean_shift(self) -> float:
        """Mean distance of ranks from the nominal ones, over units and draws."""
        ranked = int((self._counting.nominal > 0).sum())
        return float(self._tally.shifts.sum() / (2.0 * ranked * max(self._tally.draws, 1)))

    @property
    def mean_shift_error(self) -> float:
        """Monte Carlo standard error of :attr:`mean_shift`, missing with fewer than two draws."""
        draws = self._tally.draws
        if draws < 2:
            return float("nan")
        ranked = int((self._counting.nominal > 0).sum())
        mean = self._tally.shifts.sum() / draws
        variance = max(self._tally.shift_squares / draws - mean * mean, 0.0) * draws / (draws - 1)
        return float(np.sqrt(variance / draws) / (2.0 * ranked))

    def concordance(self) -> float:
        """Return Kendall's W of the draws, corrected for ties: 1 if all give the same ranks.

        W is defined for averaged ties; with another way of counting ties it is approximate.
        """
        tally = self._tally
        return concordance(tally.sums / 2.0, tally.draws, tally.ties, self._counting.ranking_groups)

    def rank_correlations(self) -> Float:
        """Return Kendall's τ-b of each draw's ranking and the nominal one, shape (draws,).

        Over all ranked units, whatever their league, and the draws that could be scored.
        """
        ranked = self._counting.nominal > 0
        return rank_correlations(self._scored[:, ranked], self._counting.nominal[ranked])

    def convergence(self) -> pd.DataFrame:
        """Return the mean shift from the first 64, 128, 256 … draws, with its error.

        Returns
        -------
        DataFrame
            By number of draws: `mean_shift` with its Monte Carlo standard `error`, and the largest
            standard error of a share of draws, `share_error`. One row if ranks are not kept.
        """
        powers = range(6, 64) if self._kept is not None else ()
        parts = [self._first(2**power) for power in powers if 2**power < self.draws]
        return convergence_table([*parts, self])

    def _first(self, draws: int) -> RankSample:
        assert self._kept is not None
        assert self._failures is not None
        recipe = attrs.evolve(self._drawable, draws=draws)
        kept, failures = self._kept[:draws], self._failures[:draws]
        return RankSample(recipe, self.nominal, self._counting, kept, failures, None)

    def central_weights(self) -> pd.DataFrame:
        """Return the mean effective weights of the draws in which each unit is first.

        Returns
        -------
        DataFrame, units × indicators
            Missing for a unit that is first in no draw.

        References
        ----------
        Lahdelma, R. and Salminen, P. (2001), SMAA-2: Stochastic multicriteria acceptability
        analysis for group decision making, Operations Research 49(3).
        """
        import pandas as pd

        weights, codes = self._central
        frame = pd.DataFrame(weights, index=self._codes, columns=list(codes))
        return frame.iloc[self._order]

    @cached_property
    def _central(self) -> tuple[Float, tuple[str, ...]]:
        return central_weights(self._drawable, self._kept)

    def confidence(self) -> pd.Series[float]:
        """Return the share of draws in which each unit is first under its own central weights.

        Also called confidence factor: how often a unit leads under the weights that suit it,
        given the other variations. Missing for a unit that is never first.
        """
        import pandas as pd

        shares = confidence(self._drawable, *self._central)
        return pd.Series(shares, index=self._codes, name="confidence").iloc[self._order]

    def to_frame(self) -> pd.DataFrame:
        """Return the rank of every unit in every draw that could be scored, draws × units."""
        import pandas as pd

        ranks = self._scored
        assert self._failures is not None
        whole = _ranks(ranks.reshape(-1)).reshape(ranks.shape)
        index = pd.Index(np.flatnonzero(~self._failures), name="draw")
        frame = pd.DataFrame(whole, index=index, columns=self._codes)
        return frame.iloc[:, self._order]

    def scores(self) -> pd.DataFrame:
        """Return the score of every unit in every draw that could be scored, in the printed unit.

        Not rounded, in points also if shares of a smaller maximum are ranked. They are computed
        again, since a sample keeps ranks.
        """
        import pandas as pd

        recipe = self._drawable
        runner = Runner(recipe)
        outcomes = [runner.run(number, scores=True) for number in range(recipe.blocks)]
        failed = np.concatenate([outcome.failed for outcome in outcomes])
        whole = np.concatenate(
            [outcome.scores for outcome in outcomes if outcome.scores is not None]
        )
        index = pd.Index(np.flatnonzero(~failed), name="draw")
        frame = pd.DataFrame(whole[~failed], index=index, columns=self._codes)
        return frame.iloc[:, self._order]

    def score_intervals(
        self, level: float = 0.9, *, groups: pd.DataFrame | None = None
    ) -> pd.DataFrame:
        """Return the interval of each unit's score in a share of the draws.

        Parameters
        ----------
        level : float
            The share: 0.9 leaves out the least and the largest twentieth.
        groups : DataFrame, optional
            As of :meth:`intervals`.

        Returns
        -------
        DataFrame
            By unit: `name`, nominal `rank`, on request `rank_group`, `league`, nominal `score` in
            the printed unit, its `error` (the root mean square distance of the draws from it), and
            the `low`, `median` and `high` score. Missing for units without a score.

        Examples
        --------
        >>> import govindex as gi
        >>> method = gi.methodology("vn.service-766").cut()
        >>> data = gi.datasets.load("vn.service-766.provinces-2026-10-10")
        >>> vary = [gi.robustness.Errors({"1": 0.5}, limits=(0, 18))]
        >>> sample = gi.robustness.sample_ranks(method, data, vary=vary, draws=500, rng=1)
        >>> sample.score_intervals().loc["H20", ["score", "error"]].round(1).to_dict()
        {'score': 68.8, 'error': 0.5}
        """
        if not is_share(level):
            raise SettingError(f"a level is a share from 0 to 1, not {level!r}")
        outside = (1.0 - level) / 2.0
        scores = self.scores()[list(self.units.codes)].to_numpy()
        nominal = self.nominal.printed_at(self._recipe.node)
        ends = np.quantile(scores, (outside, 0.5, 1.0 - outside), axis=0)
        low, median, high = np.where(np.isnan(nominal), np.nan, ends)
        error = np.sqrt(((scores - nominal) ** 2).mean(axis=0))
        columns = {"score": nominal, "error": error, "low": low, "median": median, "high": high}
        return self._table(columns, groups)

    def as_observations(self) -> Observations:
        """Return the scores of the ranked node with their errors, as the data of another index.

        A satisfaction index as a leaf of the PAR index: values are the scores without variation,
        standard errors the root mean square distances of the draws from them, and the draws are
        replicates, so that the errors of units go together as they did here.

        Returns
        -------
        Observations
            One variable, with the code of the node; its cells as those of
            :meth:`IndexResult.as_observations <govindex.IndexResult.as_observations>`.
        """
        node = self._recipe.node
        data = self.nominal.as_observations([node])
        scores = self.scores()[list(data.units.codes)].to_numpy()[:, :, None]
        errors = np.sqrt(((scores - data.values) ** 2).mean(axis=0))
        return attrs.evolve(data, errors=errors, replicates=((node,), scores))

    @property
    def summary(self) -> str:
        """A summary in words on one screen, in English."""
        return self.summary_in()

    def summary_in(self, language: str | None = None) -> str:
        """Return a summary in words on one screen.

        Parameters
        ----------
        language : str, optional
            Of the words, the numbers and the units' names; English words by default.
        """
        return summary(self, language)

    def _repr_html_(self) -> str:
        return html(self._page())

    def _page(self, language: str | None = None) -> ShownPage:
        names = self.nominal.units.labels(language)
        table = self.intervals()
        table["name"] = [names[self.nominal.units.locate(unit)] for unit in table.index]
        return sample_page(table, self.draws, language)


def _ranks(doubled: Any) -> Any:
    return as_ranks(np.where(doubled > 0, doubled / 2.0, np.nan))
