"""Announcements in words: first, second, third and last of every league, and its mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from govindex.kernels.reductions import mean_over_units
from govindex.language import number_text, words
from govindex.results.node_ranks import NodeRanks
from govindex.results.rank_groups import group_members
from govindex.results.tables import Podium, podiums

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["announcement_sentences", "league_scores"]

_NAMED = 6  # units of one rank that a sentence names
_ENDS = ("first", "second", "third", "last")


def announcement_sentences(
    result: NodeRanks, language: str | None, tied: Sequence[str | None] | None = None
) -> list[str]:
    """Return a text for every league (and period); `tied` holds the group of each unit's rank."""
    root = result.codes[0]
    groups = podiums(result.units, result._keys(root))
    scores = league_scores(result).itertuples(index=False)
    speaker = _Speaker(result, language, tied)
    return [speaker.text(podium, row) for podium, row in zip(groups, scores, strict=True)]


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

    def text(self, podium: Podium, row: tuple[float, ...]) -> str:
        """Return the sentences about one league."""
        parts = self._ranks(podium), self._tied(podium), self._mean(row), self._others(podium)
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

    def _mean(self, row: tuple[float, ...]) -> Iterator[str]:
        ranked, *figures = row
        if ranked > 1:
            mean, highest, lowest = (self.result.score_text(x, self.language) for x in figures)
            yield words(
                "announcement.mean", self.language, mean=mean, highest=highest, lowest=lowest
            )

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
        scores = {self.scores[row] for row in rows}
        if len(scores) == 1:
            return self._with_score(self._listed([self.names[row] for row in rows]), *scores)
        return self._listed([self._with_score(self.names[row], self.scores[row]) for row in rows])

    def _with_score(self, name: str, score: str) -> str:
        return words("announcement.scored", self.language, name=name, score=score)

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

    root, rows = result.codes[0], []
    printed = result.printed_at(root)
    for podium in podiums(result.units, result._keys(root)):
        figures = (np.nan, np.nan, np.nan)
        if len(podium.ranked):
            scores = printed[podium.ranked]
            mean, _ = mean_over_units(scores[None], np.ones(len(scores), dtype=bool))
            snapped = result._on_paper(root, np.asarray(mean).ravel())
            figures = float(snapped[0]), float(scores.max()), float(scores.min())
        rows.append((podium.period, podium.league, len(podium.ranked), *figures))
    columns = ["period", "league", "ranked", "mean", "highest", "lowest"]
    frame = pd.DataFrame(rows, columns=columns)
    if result.units.periods is None:
        return frame.drop(columns="period").set_index("league")
    return frame.set_index(["period", "league"])
