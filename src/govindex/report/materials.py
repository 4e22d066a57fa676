"""What the chapters of a report are made of: results, and how their figures are written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property

import attrs
import numpy as np

from govindex.changes.editions import Change
from govindex.contracts import CellStatus, Float, Index
from govindex.language import number_text, words
from govindex.methods import Methodology
from govindex.model.observations import Observations
from govindex.report.contents import TableCell
from govindex.report.periods import period_text
from govindex.results import IndexResult
from govindex.results.announcements import compares_percent
from govindex.results.joint_results import part_of, parts_of
from govindex.robustness.sampling.published_samples import PublishedSample
from govindex.robustness.sampling.rank_samples import RankSample

__all__ = ["League", "Material"]

# In the order of their letters.
_MARKS = ("fallen_back", "imputed", "treated", "missing", "not_applicable", "suppressed")
NONE = "–"


@attrs.frozen
class League:
    """A ranking group: its name (None if there are no leagues), its units, best first."""

    name: str | None
    rows: Sequence[int]

    @property
    def suffix(self) -> str:
        """What a caption adds: ": Departments"."""
        return "" if self.name is None else f": {self.name}"


@attrs.frozen(eq=False, slots=False)
class Material:
    """A result with what belongs to it, and the language of the report.

    Parameters
    ----------
    result : IndexResult
    language : str
    method : Methodology, optional
    moved : Change, optional
        Since an earlier result.
    sample : RankSample, optional
    data : Observations, optional
        With stages, before preparation.
    """

    result: IndexResult
    language: str
    method: Methodology | None = None
    moved: Change | None = None
    sample: RankSample | None = None
    data: Observations | None = None

    def say(self, key: str, /, **values: object) -> str:
        """Return a text of the catalogue."""
        return words(key, self.language, **values)

    def number(self, value: float, decimals: int | None = None) -> str:
        """Return a number as text, rounded as the methodology prints scores."""
        if decimals is None:
            return number_text(float(f"{value:.10g}"), self.language)
        rounding = attrs.evolve(self.result.printing, decimals=decimals)
        return number_text(float(rounding(np.array([value]))[0]), self.language, decimals)

    def signed(self, value: float, decimals: int) -> str:
        """Return a difference as text: "+1,25"."""
        text = self.number(value, decimals)
        return f"+{text}" if value > 0 and text.strip("0.,") else text

    def count(self, number: int) -> str:
        """Return a whole number as text."""
        return number_text(number, self.language, 0)

    def listed(self, texts: Sequence[str]) -> str:
        """Return texts as one: "A, B and C"."""
        if len(texts) < 2:
            return "".join(texts)
        return self.say("report.and", first=", ".join(texts[:-1]), last=texts[-1])

    @cached_property
    def root(self) -> str:
        """The code of the total."""
        return self.result.codes[0]

    @cached_property
    def published(self) -> PublishedSample | None:
        """What is published of the sample of ranks, checked."""
        return None if self.sample is None else PublishedSample.of(self.sample, self.result)

    @cached_property
    def names(self) -> list[str]:
        """What the units are called."""
        return self.result.units.labels(self.language)

    @cached_property
    def title(self) -> str:
        """What the index is called."""
        if self.method is not None and self.method.title:
            return self.method.label(self.language)
        return self.result.framework.label(self.language)

    @cached_property
    def period(self) -> str:
        """The period in words, "" without one, or where the title says the year already."""
        period = self.result.provenance.period
        return "" if period and period in self.title else period_text(period, self.language)

    @cached_property
    def leagues(self) -> list[League]:
        """The ranking groups, in the order of publication."""
        order = self.result.publication_order(self.root)
        row = {unit: number for number, unit in enumerate(order)}
        groups = self.result.units.ranking_groups()
        named = self.result.units.leagues is not None and any(self.result.units.leagues)
        return [
            League(
                (name or self.say("report.no_league")) if named else None,
                sorted(members.tolist(), key=row.__getitem__),
            )
            for name, _, members in groups
        ]

    @cached_property
    def shown(self) -> list[str]:
        """The nodes published with the total."""
        known = [code for code in self.result.display if code in self.result.codes]
        return [code for code in dict.fromkeys(known) if code != self.root]

    def label(self, code: str) -> str:
        """Return what a node is called, after its number if its code is one."""
        name = self.result.node(code).label(self.language)
        numbered = code[:1].isdigit() and not name.startswith(code)
        return f"{code}. {name}" if numbered else name

    def decimals(self, code: str) -> int:
        """Return how many decimals a node's scores are printed with."""
        if code == self.root:
            return self.result.score_decimals
        frameworks = [part.framework for part in parts_of(self.result)]
        own = [framework.node(code).rounding for framework in frameworks if framework.has(code)]
        rounding = self.result.print_rounding.get(code, next(filter(None, own), None))
        decimals = getattr(rounding, "decimals", self.result.printing.decimals)
        # The scale decides, not the node: one point of a hundred is written like the others.
        return max(int(decimals), 4 if self.result.maxima[0] <= 1 else 0)

    @cached_property
    def scores(self) -> Float:
        """Printed totals, shape (units,)."""
        return self.result.printed_at(self.root)

    def points(self, row: int) -> str:
        """Return a unit's total as text."""
        return self.result.score_text(float(self.scores[row]), self.language)

    @cached_property
    def maxima(self) -> Float:
        """The applicable maximum of the total, shape (units,)."""
        maxima: Float = self.result.applicable_points[0]
        return maxima

    @cached_property
    def has_one_maximum(self) -> bool:
        """Whether all units can reach the same total."""
        return len({round(value, 9) for value in self.maxima.tolist()}) < 2

    @cached_property
    def ranks_shares(self) -> bool:
        """Whether units are ranked by percent of maxima that are not the whole one."""
        return compares_percent(self.result)

    @cached_property
    def compared(self) -> Float:
        """What units are compared by: printed totals, or percent of maxima that differ."""
        percent: Float = self.result.percent[0]
        return percent if self.ranks_shares else self.scores

    def compared_text(self, value: float) -> str:
        """Return such a figure as text."""
        if self.ranks_shares:
            return self.say("report.in_percent", percent=self.number(value, 2))
        return self.result.score_text(float(value), self.language)

    def score_cell(self, code: str, row: int) -> TableCell:
        """Return a unit's score at a node, with the letters of its marks."""
        score = self._printed(code)[row]
        kinds = self.kinds_below(row, code)
        if np.isnan(score):
            kinds |= self._absent(code, row)
            return TableCell(NONE, self.letters_of(kinds))
        return TableCell(self.number(score, self.decimals(code)), self.letters_of(kinds))

    def _printed(self, code: str) -> Float:
        if code not in self._known:
            self._known[code] = self.result.printed_at(code)
        return self._known[code]

    @cached_property
    def _known(self) -> dict[str, Float]:
        return {}

    def _absent(self, code: str, row: int) -> set[str]:
        kind = self.result.status[self.result.row_of(code), row]
        name = CellStatus(int(kind)).name.lower()
        return {name} if name in _MARKS[3:] else set()

    def kinds_below(self, row: int, code: str) -> set[str]:
        """Return the marks of a unit's indicators at or below a node."""
        marks = self._marks_of.get(self.result.units.codes[row])
        if not marks:
            return set()
        framework = part_of(self.result, self.result.units.codes[row]).framework
        if not framework.has(code):
            return set()
        return {kind for leaf in framework.below(code) for kind in marks.get(leaf.code, ())}

    @cached_property
    def marks(self) -> list[tuple[str, str, tuple[str, ...], float, float]]:
        """Unit, indicator, kinds of marks, value and raw value of every marked figure."""
        table = self.result.marks
        columns = (table[name] for name in ("unit", "node", "status", "value", "raw"))
        rows = zip(*columns, strict=True)
        return [
            (unit, node, tuple(s.replace(" ", "_") for s in status.split(", ")), value, raw)
            for unit, node, status, value, raw in rows
        ]

    @cached_property
    def _marks_of(self) -> dict[str, dict[str, tuple[str, ...]]]:
        found: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
        for unit, node, kinds, *_ in self.marks:
            found[unit][node] = kinds
        return found

    @cached_property
    def letters(self) -> dict[str, str]:
        """The letter of every kind of mark that occurs."""
        kinds = {kind for *_, kinds, _, _ in self.marks for kind in kinds}
        for code in self.shown:
            for row in np.flatnonzero(np.isnan(self._printed(code))):
                kinds |= self._absent(code, int(row))
        present = [kind for kind in _MARKS if kind in kinds]
        return dict(zip(present, "abcdef", strict=False))

    def letters_of(self, kinds: set[str]) -> str:
        """Return the letters of marks: "a, c"."""
        return ", ".join(letter for kind, letter in self.letters.items() if kind in kinds)

    def footnotes(self, cells: Sequence[TableCell]) -> list[str]:
        """Return a line that explains the letters in some cells, or none without letters."""
        used = {letter for cell in cells for letter in cell.marks.split(", ")}
        texts = [
            self.say("report.footnote", letter=letter, words=self.say(f"status.{kind}"))
            for kind, letter in self.letters.items()
            if letter in used
        ]
        return ["; ".join(texts) + "."] if texts else []

    def rank_texts(self, code: str, *, overall: bool = False) -> list[str]:
        """Return ranks as text, "=2" where several units share one, "" without one."""
        if (code, overall) not in self._rank_texts:
            ranks = self.result.ranks_at(code, overall=overall).tolist()
            labels = self.result.rank_labels(code, overall=overall)
            self._rank_texts[code, overall] = [
                "=" * label.startswith("=") + number_text(rank, self.language)
                for rank, label in zip(ranks, labels, strict=True)
            ]
        return self._rank_texts[code, overall]

    @cached_property
    def _rank_texts(self) -> dict[tuple[str, bool], list[str]]:
        return {}

    def ranked(self, rows: Sequence[int], code: str | None = None) -> Index:
        """Return those of some units that have a rank."""
        ranks = self.result.ranks_at(code or self.root)
        chosen = np.array(rows, dtype=np.intp)
        return chosen[~np.isnan(ranks[chosen])]
