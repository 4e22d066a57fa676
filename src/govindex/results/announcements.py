"""Announcements in words: first, second, third and last of every league, and its mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from govindex.contracts import Float, Index
from govindex.kernels.reductions import mean_over_units
from govindex.language import number_text, words
from govindex.results.node_ranks import NodeRanks
from govindex.results.rank_groups import group_members
from govindex.results.tables import Podium, podiums

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["announcement_sentences", "compares_percent", "league_percents", "league_scores"]

_NAMED = 6  # units of one rank that a sentence names
_ENDS = ("first", "second", "third", "last")
_SPREAD = ("mean", "highest", "lowest")
_DECIMALS = 2  # of percents
_DECIMALS_OF_MAXIMA = 4  # at most
_SLACK = 1e-9


def announcement_sentences(
    result: NodeRanks, language: str | None, tied: Sequence[str | None] | None = None
) -> list[str]:
    """Return a text for every league (and period); `tied` holds the group of each unit's rank."""
    speaker = _Speaker(result, language, tied)
    return [speaker.text(podium) for podium in podiums(result.units, result._keys(result.codes[0]))]


class _Speaker:
    """Says what is announced of one result."""

    def __init__(
        self, result: NodeRanks, language: str | None, tied: Sequence[str | None] | None
    ) -> None:
        self.result = result
        self.language = language
        self.tied = tied
        self.names = result.units.body_labels(language)
        self.scores = [
            result.score_text(score, language)
            for score in result.printed_at(result.codes[0]).tolist()
        ]
        self.in_percent = False

    def text(self, podium: Podium) -> str:
        """Return the sentences about one league."""
        self.in_percent = compares_percent(self.result, podium.ranked)
        parts = self._ranks(podium), self._tied(podium), self._mean(podium), self._others(podium)
        sentences = " ".join(sentence for part in parts for sentence in part)
        group = ", ".join(part for part in (podium.league, podium.period) if part is not None)
        if not group:
            return sentences
        return words("announcement.group", self.language, group=group, sentences=sentences)

    def _ranks(self, podium: Podium) -> Iterator[str]:
        language, ranked, first = self.language, podium.ranked, podium.ends["first"]
        if len(ranked) == 0:
            yield words("announcement.nobody", language)
        elif len(ranked) == 1:
            yield words("announcement.only", language, units=self._scored(first))
        elif len(first) == len(ranked):
            count, units = self._count(ranked), self._scored(first)
            yield words("announcement.level", language, count=count, units=units)
        else:
            yield words("announcement.ranked", language, count=self._count(ranked))
            yield "; ".join(self._ends(podium)) + "."

    def _ends(self, podium: Podium) -> Iterator[str]:
        said: list[Sequence[int]] = []
        for end in _ENDS:
            rows = podium.ends[end]
            if rows and rows not in said:
                said.append(rows)
                key = f"announcement.{end}" if len(rows) == 1 else f"announcement.{end}_several"
                yield words(key, self.language, units=self._scored(rows))

    def _tied(self, podium: Podium) -> Iterator[str]:
        """Name the units that do not differ from those that were named."""
        if self.tied is None or len(podium.ranked) < 2:
            return
        ranks = self.result.ranks_at(self.result.codes[0])
        rows_by_rank = sorted(podium.ranked.tolist(), key=ranks.__getitem__)
        groups = group_members(self.tied, rows_by_rank)
        if all(len(rows) == 1 for _, rows in groups):
            yield words("announcement.apart", self.language)
            return
        named = {row for rows in podium.ends.values() for row in rows}
        shown = [(label, rows) for label, rows in groups if len(rows) > 1 and named & {*rows}]
        texts = [
            words(
                "announcement.tied_group",
                self.language,
                units=self._listed([self.names[row] for row in rows]),
                ranks=label,
            )
            for label, rows in shown
        ]
        if texts:
            yield words("announcement.tied", self.language, groups="; ".join(texts))

    def _mean(self, podium: Podium) -> Iterator[str]:
        if len(podium.ranked) < 2:
            return
        if self.in_percent:
            figures = _spread(self.result._percent_of(0)[podium.ranked])
            texts = [number_text(figure, self.language, _DECIMALS) for figure in figures]
            key = "announcement.mean_percent"
        else:
            figures = _score_spread(self.result, podium)
            texts = [self.result.score_text(figure, self.language) for figure in figures]
            key = "announcement.mean"
        mean, highest, lowest = texts
        yield words(key, self.language, mean=mean, highest=highest, lowest=lowest)

    def _others(self, podium: Podium) -> Iterator[str]:
        """Name the units without a rank: they were not to be ranked, or have no score."""
        ranked = {*podium.ranked.tolist()}
        others = [row for row in podium.members.tolist() if row not in ranked]
        scored = [row for row in others if self.scores[row]]
        unscored = [row for row in others if not self.scores[row]]
        if scored:
            yield words("announcement.unranked", self.language, units=self._scored(scored))
        if unscored:
            units = self._listed([self.names[row] for row in unscored])
            yield words("announcement.unscored", self.language, units=units)

    def _scored(self, rows: Sequence[int]) -> str:
        """Return units with their scores; a score that they share is said once."""
        figures = [self._figures(row) for row in rows]
        if all(others == figures[0] for others in figures):
            return self._with_score(self._listed([self.names[row] for row in rows]), figures[0])
        named = zip(rows, figures, strict=True)
        return self._listed([self._with_score(self.names[row], own) for row, own in named])

    def _figures(self, row: int) -> Mapping[str, str]:
        """Return a unit's score, and where maxima differ what it is of and in percent."""
        figures = {"score": self.scores[row]}
        if not self.in_percent:
            return figures
        # A maximum such as 2/3 has no last digit.
        digits = max(self.result.score_decimals, _DECIMALS_OF_MAXIMA)
        largest = round(float(self.result._maxima_of(0)[row]), digits)
        maximum = number_text(largest, self.language)
        percent = float(self.result._percent_of(0)[row])
        share = number_text(percent, self.language, _DECIMALS)
        return {**figures, "maximum": maximum, "percent": share}

    def _with_score(self, name: str, figures: Mapping[str, str]) -> str:
        if self.in_percent:
            return words("announcement.scored_percent", self.language, name=name, **figures)
        return words("announcement.scored", self.language, name=name, **figures)

    def _listed(self, names: list[str]) -> str:
        if len(names) > _NAMED:
            count = self._count(names[_NAMED - 1 :])
            names = [*names[: _NAMED - 1], words("announcement.others", self.language, count=count)]
        if len(names) == 1:
            return names[0]
        before = ", ".join(names[:-1])
        return words("announcement.and", self.language, names=before, last=names[-1])

    def _count(self, units: Sequence[object] | np.ndarray[tuple[int], np.dtype[np.intp]]) -> str:
        return number_text(len(units), self.language)


def league_scores(result: NodeRanks) -> pd.DataFrame:
    """Return the mean, highest and lowest score of every league (and period)."""
    import pandas as pd

    rows = [
        (podium.period, podium.league, len(podium.ranked), *_score_spread(result, podium))
        for podium in podiums(result.units, result._keys(result.codes[0]))
    ]
    columns = ["period", "league", "ranked", *_SPREAD]
    frame = pd.DataFrame(rows, columns=columns)
    if result.units.periods is None:
        return frame.drop(columns="period").set_index("league")
    return frame.set_index(["period", "league"])


def league_percents(result: NodeRanks) -> pd.DataFrame:
    """Return the mean, highest and lowest percent of their maxima that units of a league reach.

    The rows are those of :func:`league_scores`.
    """
    import pandas as pd

    groups = podiums(result.units, result._keys(result.codes[0]))
    percent = result._percent_of(0)
    return pd.DataFrame([_spread(percent[p.ranked]) for p in groups], columns=list(_SPREAD))


def compares_percent(result: NodeRanks, rows: Index | None = None) -> bool:
    """Return whether these units are ranked by percent of maxima that are not the whole one."""
    maxima = result._maxima_of(0)
    if rows is not None:
        maxima = maxima[rows]
    differ = np.abs(maxima - result.maxima[0]) > _SLACK * max(float(result.maxima[0]), 1.0)
    return bool(differ.any()) and result.ranking_of(result.codes[0]).by == "share"


def _score_spread(result: NodeRanks, podium: Podium) -> tuple[float, float, float]:
    """Return the mean, highest and lowest score of a league's ranked units."""
    root = result.codes[0]
    mean, highest, lowest = _spread(result.printed_at(root)[podium.ranked])
    return float(result._on_paper(root, np.array([mean]))[0]), highest, lowest


def _spread(figures: Float) -> tuple[float, float, float]:
    """Return mean, highest and lowest; NaN without figures."""
    if not len(figures):
        return np.nan, np.nan, np.nan
    mean, _ = mean_over_units(figures[None], np.ones(len(figures), dtype=bool))
    return float(np.asarray(mean).ravel()[0]), float(figures.max()), float(figures.min())
