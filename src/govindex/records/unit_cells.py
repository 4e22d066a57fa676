"""Sums of every pass by unit and period, of parents and to date too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from govindex.contracts import Bool, Index
from govindex.records.hierarchies import Hierarchy
from govindex.records.tallies import CountedGroups, RecordTally, joined

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["UnitCells"]


@attrs.frozen(eq=False)
class _Located:
    """A pass, and where its groups belong: -1 for units and periods that are not wanted.

    Groups that have a unit and no date are `undated`.
    """

    passed: CountedGroups
    rows: Index
    columns: Index
    undated: Bool

    def cells(self, numbers: Any, shape: tuple[int, int]) -> Any:
        """Return numbers of the groups by unit and period."""
        found = np.zeros(shape, dtype=numbers.dtype)
        valid = (self.rows >= 0) & (self.columns >= 0)
        np.add.at(found, (self.rows[valid], self.columns[valid]), numbers[valid])
        return found


@attrs.frozen(eq=False)
class UnitCells:
    """Sums by unit and period.

    Parameters
    ----------
    tally : RecordTally
    located : sequence of passes with their rows and columns
    codes : mapping of raw unit to code, or None
    tree : Hierarchy
    periods : tuple of str or None
    """

    tally: RecordTally
    located: Sequence[_Located]
    codes: Mapping[Any, str | None]
    tree: Hierarchy
    periods: tuple[str | None, ...]

    @classmethod
    def of(
        cls,
        tally: RecordTally,
        passes: Iterable[CountedGroups],
        codes: Mapping[Any, str | None],
        tree: Hierarchy,
        periods: tuple[str | None, ...],
    ) -> UnitCells:
        """Place the groups of every pass."""
        found = cls(tally, (), codes, tree, periods)
        return attrs.evolve(found, located=[found._located(each) for each in passes])

    def _located(self, passed: CountedGroups) -> _Located:
        column = {period: number for number, period in enumerate(self.periods)}
        row = {raw: self.tree.rows.get(str(code), -1) for raw, code in self.codes.items()}
        # Recoded units are codes already.
        rows = [row[raw] if raw in row else self.tree.rows.get(raw, -1) for raw in passed.units]
        columns = [column.get(period, -1) for period in passed.periods]
        undated = np.array([period == "" for period in passed.periods], dtype=np.bool_)
        unknown = {raw for raw, code in self.codes.items() if code is None}
        if unknown:
            undated &= np.array([raw not in unknown for raw in passed.units], dtype=np.bool_)
        return _Located(
            passed, np.array(rows, dtype=np.intp), np.array(columns, dtype=np.intp), undated
        )

    @property
    def _shape(self) -> tuple[int, int]:
        return len(self.tree.nodes), len(self.periods)

    def own(self, name: str) -> Any:
        """Return a sum by unit and period, of the units' own records."""
        having = [each for each in self.located if name in each.passed.sums]
        nothing = np.zeros(self._shape, dtype=np.int64)
        return sum((each.cells(each.passed.sums[name], self._shape) for each in having), nothing)

    def number(self, name: str) -> Any:
        """Return how many records count for a variable, of parents and to date."""
        return self._to_date(self.tree.summed(self.own(self.tally.counted(name))))

    def term(self, name: str, term: str) -> Any:
        """Return a term of a variable, of parents and to date; its number if all are known."""
        column = joined(name, term)
        if not any(column in each.passed.sums for each in self.located):
            return self.number(name)
        return self._to_date(self.tree.summed(self.own(column)))

    def undated(self, name: str) -> int:
        """Return a sum over records that have a unit and no date."""
        found = 0
        for each in self.located:
            if name in each.passed.sums:
                found += int(each.passed.sums[name][each.undated].sum())
        return found

    def _to_date(self, found: Any) -> Any:
        """Add up the months of each year, if counts are to date."""
        if self.tally.period != "year to date":
            return found
        found = found.copy()
        for column in range(1, len(self.periods)):
            early, late = self.periods[column - 1], self.periods[column]
            if str(early)[:4] == str(late)[:4]:
                found[:, column] += found[:, column - 1]
        return found

    @property
    def active(self) -> Bool:
        """Which units have any record in a period."""
        found = sum(each.cells(each.passed.rows, self._shape) for each in self.located)
        active: Bool = self._to_date(self.tree.summed(found)) > 0
        return active

    @property
    def records(self) -> Any:
        """The number of records, by the date of the first variable."""
        first = self.located[0].passed.date
        having = [each for each in self.located if each.passed.date == first]
        found = sum(each.cells(each.passed.rows, self._shape) for each in having)
        return self._to_date(self.tree.summed(found))

    def gaps(self) -> pd.DataFrame:
        """Return the missing cells of conditions by column and unit."""
        import pandas as pd

        rows: list[tuple[str, str, int]] = []
        nodes = self.tree.nodes
        for column in self.tally.gaps:
            own = self.own(joined("", column)).sum(axis=1).tolist()
            rows += [
                (column, unit, number) for unit, number in zip(nodes, own, strict=True) if number
            ]
        return pd.DataFrame(rows, columns=["column", "unit", "records"])

    def distinct(self, name: str) -> Any:
        """Return distinct counts, of parents counted again."""
        found = np.zeros(self._shape, dtype=np.int64)
        for rows, mapping in self._levels():
            located = map(self._located, self.tally.distinct(name, mapping))
            counted = sum(each.cells(each.passed.rows, self._shape) for each in located)
            found[rows] = counted[rows]
        return self._to_date(found)

    def _levels(self) -> Iterator[tuple[list[int], dict[Any, str] | None]]:
        """Yield rows of units, and what records are counted at for them, by raw unit."""
        known = {raw: code for raw, code in self.codes.items() if code is not None}
        once = len(set(known.values())) == len(known)
        leaves = [row for row, code in enumerate(self.tree.nodes) if code not in self.tree.above]
        yield leaves, None if once else known
        for level in self.tree.levels():
            rows = [self.tree.rows[code] for code in set(level.values())]
            yield rows, {raw: level[code] for raw, code in known.items() if code in level}
