"""Sums of an engine → values of units and periods; what cannot be counted is noted or left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from govindex.contracts import Bool, CellStatus, Float, Status
from govindex.errors import DataError, Problems, listing, near_miss
from govindex.mappings import FrozenMap
from govindex.periods import ordinal, sorted_periods
from govindex.records.counts import Counts
from govindex.records.hierarchies import Hierarchy
from govindex.records.operands import null_of
from govindex.records.spans import AtDates
from govindex.records.tallies import Tally, joined, unit_code
from govindex.records.typed_tables import UNUSABLE, Naming
from govindex.records.variables import Count, Distinct, Elapsed, Variable

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Assembly"]

_EXACT = 2**53
_ALL = "(all variables)"


@attrs.frozen(eq=False)
class Assembly:
    """Puts the passes over records together.

    Parameters
    ----------
    tally : Tally
    naming : Naming
    problems : Problems
    leaves_out : bool
        Whether records that lack something are left out and listed, else they are problems.
    zero : bool
        Whether a unit without any record in a period has zeros there, else it is missing.
    """

    tally: Tally
    naming: Naming
    problems: Problems
    leaves_out: bool
    zero: bool
    left_out: list[dict[str, Any]] = attrs.field(factory=list, init=False)

    def counts(
        self,
        parents: Mapping[str, str],
        units: Sequence[str] | None,
        wanted: Sequence[str] | None,
    ) -> Counts:
        """Return the counts; raise all problems."""
        import pandas as pd

        frames = self.tally.sums()
        codes = self._codes(frames)
        self._note_without_unit(frames, codes)
        tree = self._hierarchy(frames, codes, parents, units)
        periods = self._periods(frames, codes, wanted)
        self.problems.raise_any(DataError, UNUSABLE)
        cells = _Cells(self, frames, codes, tree, periods)
        variables = self.tally.variables
        parts = {name: cells.value(name, variable) for name, variable in variables.items()}
        self.problems.raise_any(DataError, UNUSABLE)
        active = cells.active
        values = np.stack([part[0] for part in parts.values()], axis=2)
        status = np.stack([part[1] for part in parts.values()], axis=2)
        if not self.zero:
            status[~active] = CellStatus.MISSING
        values[status != CellStatus.REPORTED] = np.nan
        columns = ["variable", "cause", "records"]
        return Counts(
            tree.nodes,
            periods,
            tuple(variables),
            values,
            status,
            cells.records,
            FrozenMap({code: up for code, up in tree.parents.items() if code in tree.rows}),
            cells.gaps(),
            pd.DataFrame(self.left_out, columns=columns),
            tuple(part[2] for part in parts.values()),
            texts=self.tally.text,
        )

    def note(self, variable: str, cause: str, records: int, code: str, cure: str, at: Any) -> None:
        """Note records that lack something as a problem, or list them as left out."""
        if self.leaves_out:
            self.left_out.append({"variable": variable, "cause": cause, "records": records})
            return
        first = (
            self.naming.first(at, self.tally.variables[variable].needed) if at is not None else ""
        )
        self.problems.add(
            f"{cause} in {records:,} record{'s' * (records > 1)} that count{'s' * (records == 1)}"
            + (f": first {first}" if first else ""),
            code=code,
            variable=variable,
            cure=f"{cure}, or leave them out: missing='leave_out'",
        )

    def _codes(self, frames: Sequence[tuple[Any, pd.DataFrame]]) -> dict[Any, str | None]:
        """Return the code of every unit as it stands in the records."""
        raws = {raw: None for _, frame in frames for raw in frame["unit"].tolist()}
        return {raw: unit_code(raw) for raw in raws}

    def _note_without_unit(
        self, frames: Sequence[tuple[Any, pd.DataFrame]], codes: Mapping[Any, str | None]
    ) -> None:
        import narwhals as nw

        blank = [raw for raw, code in codes.items() if code is None]
        if not blank:
            return
        records = max(
            int(frame.loc[[codes[raw] is None for raw in frame["unit"]], "rows"].sum())
            for _, frame in frames
        )
        name, schema = self.tally.unit, self.tally.table.schema
        if self.leaves_out:
            row = {"variable": _ALL, "cause": f"no unit in column '{name}'", "records": records}
            self.left_out.append(row)
            return
        texts = [raw for raw in blank if isinstance(raw, str)]
        at = null_of(name, schema)
        at = at | nw.col(name).is_in(texts) if texts else at
        others = [column for column in schema if column != name][:3]
        self.problems.add(
            f"{records:,} record{'s have' if records > 1 else ' has'} no unit in column '{name}': "
            f"first {self.naming.first(at, others)}",
            code="record.no_unit",
            cure="fill it in, or leave them out: missing='leave_out'",
        )

    def _hierarchy(
        self,
        frames: Sequence[tuple[Any, pd.DataFrame]],
        codes: Mapping[Any, str | None],
        parents: Mapping[str, str],
        units: Sequence[str] | None,
    ) -> Hierarchy:
        found = sorted({code for code in codes.values() if code is not None})
        if self.tally.parent is not None:
            parents = self._parents_found(frames, codes)
        if units is not None:
            known = {*units, *parents.values()}
            for code in found:
                if code not in known:
                    self.problems.add(
                        f"'{code}' is not among the units: {near_miss(code, units)}",
                        code="record.unknown_unit",
                        unit=code,
                        found=f"'{code}'",
                    )
        return Hierarchy.of([*found, *(units or ())], parents, self.problems)

    def _parents_found(
        self, frames: Sequence[tuple[Any, pd.DataFrame]], codes: Mapping[Any, str | None]
    ) -> dict[str, str]:
        """Return the parent of every unit in the column of parents; note units with several."""
        seen: dict[str, dict[str, None]] = {}
        for _, frame in frames:
            for raw, parent in zip(frame["unit"], frame["parent"], strict=True):
                code, above = codes[raw], unit_code(parent)
                if code is not None and above is not None and above != code:
                    seen.setdefault(code, {})[above] = None
        for code, several in seen.items():
            if len(several) > 1:
                self.problems.add(
                    f"a unit has one parent, not {listing(several)}",
                    code="record.parents",
                    unit=code,
                    cure=f"correct column '{self.tally.parent}'",
                )
        return {code: next(iter(several)) for code, several in seen.items()}

    def _periods(
        self,
        frames: Sequence[tuple[Any, pd.DataFrame]],
        codes: Mapping[Any, str | None],
        wanted: Sequence[str] | None,
    ) -> tuple[str | None, ...]:
        if self.tally.period is None:
            return (None,)
        if wanted is not None:
            return tuple(sorted(wanted))
        if isinstance(self.tally.period, AtDates):
            return tuple(day.isoformat() for day in self.tally.period.dates)
        found = {period for _, frame in frames for period in frame["period"].tolist()} - {""}
        if not found:
            self.problems.add("no record has a date", code="record.no_date")
            return (None,)
        if self.tally.period == "day":
            return tuple(sorted(found))
        self._note_holes(found)
        return sorted_periods(found)

    def _note_holes(self, found: set[str]) -> None:
        """Note periods in which nobody has a record, between periods that have some."""
        ordered = sorted_periods(found)
        holes = [
            (early, late) for early, late in pairwise(ordered) if ordinal(late) - ordinal(early) > 1
        ]
        if holes:
            named = "; ".join(f"between '{early}' and '{late}'" for early, late in holes[:3])
            more = f" and {len(holes) - 3} more gaps" if len(holes) > 3 else ""
            self.problems.add(
                f"no unit has any record {named}{more}",
                code="record.hole",
                cure="a file may be missing; if not, name the periods: periods=[…]",
            )


@attrs.frozen(eq=False)
class _Cells:
    """Sums by node and period, of parents too."""

    assembly: Assembly
    frames: Sequence[tuple[Any, pd.DataFrame]]
    codes: Mapping[Any, str | None]
    tree: Hierarchy
    periods: tuple[str | None, ...]

    @property
    def tally(self) -> Tally:
        """What was counted."""
        return self.assembly.tally

    def _positions(self, frame: pd.DataFrame) -> tuple[Any, Any]:
        """Return the rows of units and the columns of periods; -1 for those that are not wanted."""
        column = {period: number for number, period in enumerate(self.periods)}
        codes = [self.codes.get(raw, raw) for raw in frame["unit"]]
        rows = np.array([self.tree.rows.get(code, -1) for code in codes], dtype=np.intp)
        periods = [column.get(period, -1) for period in frame["period"]]
        return rows, np.array(periods, dtype=np.intp)

    def _own(self, frame: pd.DataFrame, name: str) -> Any:
        """Return a sum by unit and period, of the unit's own records."""
        numbers = frame[name].to_numpy()
        found = np.zeros((len(self.tree.nodes), len(self.periods)), dtype=numbers.dtype)
        rows, columns = self._positions(frame)
        valid = (rows >= 0) & (columns >= 0)
        np.add.at(found, (rows[valid], columns[valid]), numbers[valid])
        return found

    def _term(self, name: str, term: str) -> Any:
        """Return a term of a variable, of parents and to date."""
        column = joined(name, term)
        having = [frame for _, frame in self.frames if column in frame]
        found = sum(self._own(frame, column) for frame in having)
        return self._to_date(self.tree.summed(found))

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
        found = sum(self._own(frame, "rows") for _, frame in self.frames)
        active: Bool = self._to_date(self.tree.summed(found)) > 0
        return active

    @property
    def records(self) -> Any:
        """The number of records, by the date of the first variable."""
        first = self.frames[0][0]
        found = sum(self._own(frame, "rows") for date, frame in self.frames if date == first)
        return self._to_date(self.tree.summed(found))

    def gaps(self) -> pd.DataFrame:
        """Return the missing cells of conditions by column and unit."""
        import pandas as pd

        rows: list[tuple[str, str, int]] = []
        frame = self.frames[0][1]
        for column in self.tally.gaps:
            own = self._own(frame, joined("", column)).sum(axis=1)
            nodes = self.tree.nodes
            rows += [(column, nodes[row], int(own[row])) for row in np.flatnonzero(own)]
        return pd.DataFrame(rows, columns=["column", "unit", "records"])

    def value(self, name: str, variable: Variable) -> tuple[Float, Status, bool]:
        """Return values and status of a variable, and whether they are whole numbers."""
        self._note_undated(name, variable)
        self._note_lacking(name, variable)
        shape = (len(self.tree.nodes), len(self.periods))
        status = np.full(shape, CellStatus.REPORTED, dtype=np.uint8)
        if isinstance(variable, Distinct):
            return self._distinct(name).astype(np.float64), status, True
        found = self._term(name, "value")
        whole = isinstance(variable, Count) or found.dtype.kind in "iu"
        if isinstance(variable, Elapsed) and variable.how == "mean":
            number = self._term(name, "n")
            status[number == 0] = CellStatus.NOT_APPLICABLE
            return _snapped(found / np.maximum(number, 1)), status, False
        if whole and (np.abs(found) > _EXACT).any():
            self.assembly.problems.add(
                "the sum has more than 15 digits",
                code="record.too_large",
                variable=name,
                cure="take a larger measure unit",
            )
        return (found.astype(np.float64) if whole else _snapped(found)), status, whole

    def _note_undated(self, name: str, variable: Variable) -> None:
        """Note records that count and have no date."""
        if not isinstance(self.tally.period, str):
            return
        date, column = self.tally.date_of(name), joined(name, "value")
        if not isinstance(variable, Count):
            column = joined(name, "n")
        lacking = 0
        for _, frame in self.frames:
            if column in frame:
                pairs = zip(frame["unit"], frame["period"], strict=True)
                undated = [self.codes[raw] is not None and not span for raw, span in pairs]
                lacking += int(frame.loc[undated, column].sum())
        if lacking:
            schema = self.tally.table.schema
            assert date is not None
            at = null_of(date, schema)
            counted = variable.counts(schema, None)
            self.assembly.note(
                name,
                f"column '{date}' has no date",
                lacking,
                "record.no_date",
                f"count only where it has: where('{date}').is_known()",
                at if counted is None else counted & at,
            )

    def _note_lacking(self, name: str, variable: Variable) -> None:
        """Note records that count and lack a number or a date, or end before they start."""
        schema, day = self.tally.table.schema, self.tally.days[0]
        names = listing(variable.needed)
        for term, cause, cure in (
            ("missing", f"column {names} is missing", f"count only where {names} is known"),
            ("reversed", f"{names}: the end is before the start", "correct them"),
        ):
            column = joined(name, term)
            having = [frame for _, frame in self.frames if column in frame]
            lacking = int(sum(self._own(frame, column).sum() for frame in having))
            if not lacking:
                continue
            if term == "reversed" and getattr(variable, "reversed", "") == "leave_out":
                row = {"variable": name, "cause": cause, "records": lacking}
                self.assembly.left_out.append(row)
                continue
            at = variable.terms(schema, day)[term]
            self.assembly.note(name, cause, lacking, f"record.{term}", cure, at)

    def _distinct(self, name: str) -> Any:
        """Return distinct counts, of parents counted again."""
        shape = (len(self.tree.nodes), len(self.periods))
        found = np.zeros(shape, dtype=np.int64)
        for rows, mapping in self._levels():
            counted = self._own(self.tally.distinct(name, mapping), "distinct")
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


def _snapped(values: Float) -> Float:
    """Return numbers of twelve significant digits, which the order of addition does not change."""
    flat = [float(f"{value:.12g}") for value in values.reshape(-1).tolist()]
    return np.array(flat, dtype=np.float64).reshape(values.shape)
