"""Ranks and bands of units at every node."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
import numpy.typing as npt

from govindex.checks import is_number, shown, true_or_false
from govindex.contracts import Float, Rounder
from govindex.errors import SettingError
from govindex.kernels.keys import merge_keys, ranks_of
from govindex.language import number_text
from govindex.ranking import Bands, Ranking
from govindex.ranking.bands import bands_by_quantile, bands_by_start
from govindex.ranking.labels import as_ranks, rank_labels
from govindex.ranking.rankings import chained_keys, node_keys, ranking_at
from govindex.results.node_scores import NodeScores
from govindex.rounding import Rounding

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["NodeRanks"]

Keys = npt.NDArray[np.int64]


def _hundredths() -> Rounding:
    return Rounding(2)


@attrs.frozen(eq=False, slots=False, kw_only=True)
class NodeRanks(NodeScores):
    """Scores of units with their ranks and bands inside leagues."""

    ranking: Ranking = attrs.field(factory=Ranking)
    bands_spec: Bands | None = None
    printing: Rounding = attrs.field(factory=_hundredths)

    def ranking_of(self, code: str) -> Ranking:
        """Return the ranking in force at a node: its own, or the methodology's."""
        return ranking_at(self.node(code).ranking, self.ranking, total=code == self.codes[0])

    def _keys(self, code: str) -> Keys:
        """Return the integers that units are ranked by at a node, shape (units,)."""
        keys = self._tied_keys(code)
        if self.ranking_of(code).ties == "ordinal":
            order = np.empty(len(self.units), dtype=np.int64)
            order[np.argsort(np.array(self.units.codes), kind="stable")] = -np.arange(len(order))
            keys = merge_keys(keys, order)
        return keys

    def _tied_keys(self, code: str) -> Keys:
        return chained_keys(
            code,
            self.ranking_of,
            self._outcome_of,
            self.printing,
            of_one_sign=self._of_one_sign,
        )

    def _level_keys(self, code: str) -> Keys:
        """Return integers that are equal where scores tie, before tie-breaks, shape (units,)."""
        return self._keys_of_scores(code, self.ranking_of(code))

    def _keys_of_scores(self, code: str, ranking: Ranking) -> Keys:
        one_sign = code in self._of_one_sign
        return node_keys(*self._outcome_of(code), ranking, self.printing, one_sign=one_sign)

    def _outcome_of(self, code: str) -> tuple[Float, Float | float, float]:
        row = self.row_of(code)
        return self._share(row), self._part(row), float(self.maxima[row])

    def _rounding_to(self, decimals: int | None) -> Rounder:
        if decimals is None or decimals == self.printing.decimals:
            return self.printing
        return attrs.evolve(self.printing, decimals=decimals)

    @property
    def score_decimals(self) -> int:
        """The decimals in which scores are written, at least four where the maximum is at most 1.

        Two decimals of a scale from 0 to 1 hide most differences between units.
        """
        return max(self.printing.decimals, 4 if self.maxima[0] <= 1 else 0)

    def score_text(self, score: float, language: str | None = None) -> str:
        """Return a score of this result as text, rounded as scores are printed; "" without one.

        Parameters
        ----------
        score : float
        language : str, optional
            Decides the decimal mark and the mark between thousands; English by default.

        Raises
        ------
        SettingError
            If the score is not a number, or there are no words in the language.
        """
        if not is_number(score) and not (isinstance(score, float) and np.isnan(score)):
            raise SettingError(f"a score is a number, not {shown(score)}")
        decimals = self.score_decimals
        rounding = self.printing if self.printing.decimals < 0 else self._rounding_to(decimals)
        return number_text(float(rounding(np.array([score]))[0]), language, decimals)

    def ranks_at(self, code: str, *, overall: bool = False) -> Float:
        """Return each unit's rank at a node, NaN for units without one, shape (units,).

        Parameters
        ----------
        code : str
            The node.
        overall : bool
            Among all units (of a period) instead of inside leagues.
        """
        code = self.node(code).code
        overall = true_or_false(overall, "overall") and self.units.leagues is not None
        known: dict[tuple[str, bool], Float] = self.__dict__.setdefault("_known_ranks", {})
        if (code, overall) not in known:
            known[code, overall] = self._computed_ranks(code, overall=overall)
        return known[code, overall].copy()

    def _computed_ranks(self, code: str, *, overall: bool) -> Float:
        keys = self._keys(code)
        ranks = np.full(len(self.units), np.nan)
        groups = self.units.groups("period") if overall else self.units.ranking_groups()
        for *_, members in groups:
            ranked = members[self.units.ranked_mask[members]]
            ranks[ranked] = ranks_of(keys[ranked], self.ranking_of(code).ties)
        return ranks

    def publication_order(self, code: str) -> list[int]:
        """Return the units' rows in the order of publication: periods, leagues, best first.

        Units that share a rank are listed by code, units without a rank last.
        """
        ranks, codes = self.ranks_at(code), self.units.codes
        order: list[int] = []
        for *_, members in self.units.ranking_groups():
            # Twice a rank is whole even for shared averages, and small numbers sort fastest.
            doubled = np.nan_to_num(2.0 * ranks[members], nan=2.0 * len(ranks) + 2.0)
            kind = np.uint16 if len(ranks) < 32_000 else np.int64
            ranked = members[np.argsort(doubled.astype(kind), kind="stable")]
            values = np.nan_to_num(ranks[ranked], nan=len(ranks) + 1.0)
            starts = np.flatnonzero(np.diff(values, prepend=0.0) > 0)
            sizes = np.diff(starts, append=len(ranked))
            listed = ranked.tolist()
            for start, size in zip(starts[sizes > 1], sizes[sizes > 1], strict=True):
                run = slice(start, start + size)
                listed[run] = sorted(listed[run], key=codes.__getitem__)
            order += listed
        return order

    @property
    def ranks(self) -> pd.DataFrame:
        """Ranks inside leagues (and periods), units × nodes; missing for units without one."""
        return self._ranks_frame(overall=False)

    @property
    def overall_ranks(self) -> pd.DataFrame:
        """Ranks among all units (of a period), units × nodes; missing for units without one."""
        return self._ranks_frame(overall=True)

    def _ranks_frame(self, *, overall: bool) -> pd.DataFrame:
        ranks = [self.ranks_at(code, overall=overall) for code in self.codes]
        frame = self._frame(np.array(ranks))
        return frame.astype(as_ranks(np.concatenate(ranks)).dtype)

    def rank_labels(self, code: str | None = None, *, overall: bool = False) -> list[str]:
        """Return ranks as text, "=12" where several units of a league share one."""
        ranks = self.ranks_at(self.codes[0] if code is None else code, overall=overall)
        labels = [""] * len(ranks)
        groups = self.units.groups("period") if overall else self.units.ranking_groups()
        for *_, members in groups:
            for member, label in zip(members, rank_labels(ranks[members]), strict=True):
                labels[member] = label
        return labels

    def bands_at(self, code: str) -> Bands | None:
        """Return the bands in force at a node: its own, or the methodology's."""
        own = self.node(code).bands
        return self.bands_spec if own is None else own

    def band_of(self, code: str) -> list[str | None]:
        """Return each unit's band at a node, None without bands or score."""
        bands = self.bands_at(code)
        row = self.row_of(code)
        if bands is None:
            return [None] * len(self.units)
        if bands.by == "points":
            values, scale = self.full_at(code), float(self.maxima[row])
        elif bands.by == "percent":
            values, scale = self._percent_of(row), 100.0
        elif bands.by == "quantile":
            return self._quantile_bands(code, bands)
        else:
            values, scale = 100.0 * self.full_at(code) / self._league_maximum(row), 100.0
        rounding, one_sign = self._rounding_to(bands.decimals), code in self._of_one_sign
        return bands_by_start(bands, values, scale or 1.0, rounding, one_sign=one_sign)

    def _quantile_bands(self, code: str, bands: Bands) -> list[str | None]:
        # Quantiles depend on scores alone, not on tie-breaks or on which end is first.
        ranking = attrs.evolve(self.ranking_of(code), best="highest")
        keys = self._keys_of_scores(code, ranking)
        names: list[str | None] = [None] * len(self.units)
        for *_, members in self.units.ranking_groups():
            in_group = bands_by_quantile(bands, keys[members], self.units.ranked_mask[members])
            for member, name in zip(members, in_group, strict=True):
                names[member] = name
        return names

    def _league_maximum(self, row: int) -> Float:
        largest = np.empty(len(self.units))
        for *_, members in self.units.ranking_groups():
            largest[members] = self._maxima_of(row)[members].max()
        return np.where(largest > 0, largest, np.nan)

    @property
    def bands(self) -> pd.DataFrame:
        """Bands, units × nodes; the methodology's bands in points are for the total only."""
        codes = self.codes
        if self.bands_spec is None or self.bands_spec.by == "points":
            own = [code for code in codes[1:] if self.node(code).bands is not None]
            codes = (codes[0], *own)
        table = np.array([self.band_of(code) for code in codes], dtype=object)
        return self._frame(table, codes)
