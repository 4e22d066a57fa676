"""Sums of an engine → values of units and periods; what cannot be counted is noted or left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import attrs
import numpy as np

from govindex.contracts import CellStatus, Float, Status
from govindex.errors import DataError, Problems, listing, near_miss
from govindex.mappings import FrozenMap
from govindex.periods import ordinal, sorted_periods
from govindex.records.counts import Counts
from govindex.records.hierarchies import Hierarchy
from govindex.records.operands import null_of
from govindex.records.spans import AtDates
from govindex.records.tallies import CountedGroups, RecordTally, joined, unit_code
from govindex.records.typed_tables import UNUSABLE, Naming
from govindex.records.unit_cells import UnitCells
from govindex.records.variables import Count, CountedVariable, Distinct, Elapsed

__all__ = ["Assembly"]

_EXACT = 2**53
_ALL = "(all variables)"


@attrs.frozen(eq=False)
class Assembly:
    """Puts the passes over records together.

    Parameters
    ----------
    tally : RecordTally
    naming : Naming
    problems : Problems
    leaves_out : bool
        Whether records that lack something are left out and listed, else they are problems.
    zero : bool
        Whether a unit without any record in a period has zeros there, else it is missing.
    """

    tally: RecordTally
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
        lacking = self.tally.lacking()
        passes = self.tally.sums(lacking)
        codes = self._codes(passes)
        if not codes and units is None and not isinstance(self.tally.period, AtDates):
            self.problems.add(
                "there are no records: the table has no rows",
                code="record.nothing",
                cure="if that is so, name the units that there are: units=[…]",
            )
            self.problems.raise_any(DataError, UNUSABLE)
        self._note_without_unit(passes, codes)
        tree = self._hierarchy(passes, codes, parents, units)
        periods = self._periods(passes, codes, wanted)
        self.problems.raise_any(DataError, UNUSABLE)
        cells = UnitCells.of(self.tally, passes, codes, tree, periods)
        variables = self.tally.variables
        for name, variable in variables.items():
            self._note_undated(cells, name, variable)
            self._note_lacking(lacking, name, variable)
        parts = {name: self._value(cells, name, variables[name]) for name in variables}
        self.problems.raise_any(DataError, UNUSABLE)
        return self._put_together(cells, parts)

    def _put_together(
        self, cells: UnitCells, parts: Mapping[str, tuple[Float, Status, bool]]
    ) -> Counts:
        import pandas as pd

        tree, active = cells.tree, cells.active
        values = np.stack([part[0] for part in parts.values()], axis=2)
        status = np.stack([part[1] for part in parts.values()], axis=2)
        if not self.zero:
            status[~active] = CellStatus.MISSING
        values[status != CellStatus.REPORTED] = np.nan
        columns = ["variable", "cause", "records"]
        return Counts(
            tree.nodes,
            cells.periods,
            tuple(parts),
            values,
            status,
            cells.records,
            FrozenMap({code: up for code, up in tree.parents.items() if code in tree.rows}),
            cells.gaps(),
            pd.DataFrame(self.left_out, columns=columns),
            tuple(part[2] for part in parts.values()),
            query=self.tally.text,
        )

    def _value(
        self, cells: UnitCells, name: str, variable: CountedVariable
    ) -> tuple[Float, Status, bool]:
        """Return values and status of a variable, and whether they are whole numbers."""
        shape = (len(cells.tree.nodes), len(cells.periods))
        status = np.full(shape, CellStatus.REPORTED, dtype=np.uint8)
        if isinstance(variable, Distinct):
            return cells.distinct(name).astype(np.float64), status, True
        found = cells.number(name) if isinstance(variable, Count) else cells.term(name, "value")
        whole = isinstance(variable, Count) or found.dtype.kind in "iu"
        if isinstance(variable, Elapsed) and variable.how == "mean":
            number = cells.term(name, "n")
            status[number == 0] = CellStatus.NOT_APPLICABLE
            return _snapped(found / np.maximum(number, 1)), status, False
        if whole and (np.abs(found) > _EXACT).any():
            self.problems.add(
                "the sum has more than 15 digits",
                code="record.too_large",
                variable=name,
                cure="take a larger measure unit",
            )
        return (found.astype(np.float64) if whole else _snapped(found)), status, whole

    def _note_undated(self, cells: UnitCells, name: str, variable: CountedVariable) -> None:
        """Note records that count and have no date."""
        if not isinstance(self.tally.period, str):
            return
        date = self.tally.date_of(name)
        lacking = cells.undated(self.tally.counted(name))
        if lacking:
            schema = self.tally.table.schema
            assert date is not None
            at = null_of(date, schema)
            counted = variable.counts(schema, None)
            self.note(
                name,
                f"column '{date}' has no date",
                lacking,
                "record.no_date",
                f"count only where it has: where('{date}').is_known()",
                at if counted is None else counted & at,
            )

    def _note_lacking(
        self, lacking: Mapping[str, int], name: str, variable: CountedVariable
    ) -> None:
        """Note records that count and lack a number or a date, or end before they start."""
        schema, day = self.tally.table.schema, self.tally.days[0]
        quoted = [f"'{name}'" for name in variable.needed]
        for term, cause, cure in (
            (
                "missing",
                f"column {' or '.join(quoted)} is missing",
                "count only where it is known, with where(…).is_known()",
            ),
            ("reversed", f"the end is before the start ({' to '.join(quoted)})", "correct them"),
        ):
            number = lacking.get(joined(name, term), 0)
            if not number:
                continue
            if term == "reversed" and getattr(variable, "reversed", "") == "leave_out":
                row = {"variable": name, "cause": cause, "records": number}
                self.left_out.append(row)
                continue
            at = variable.lacking(schema, day)[term]
            self.note(name, cause, number, f"record.{term}", cure, at)

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

    def _codes(self, passes: Sequence[CountedGroups]) -> dict[Any, str | None]:
        """Return the code of every unit as it stands in the records."""
        raws = {raw: None for each in passes for raw in each.units}
        return {raw: unit_code(raw) for raw in raws}

    def _note_without_unit(
        self, passes: Sequence[CountedGroups], codes: Mapping[Any, str | None]
    ) -> None:
        import narwhals as nw

        blank = [raw for raw, code in codes.items() if code is None]
        if not blank:
            return
        records = max(
            sum(int(n) for raw, n in zip(each.units, each.rows, strict=True) if codes[raw] is None)
            for each in passes
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
        passes: Sequence[CountedGroups],
        codes: Mapping[Any, str | None],
        parents: Mapping[str, str],
        units: Sequence[str] | None,
    ) -> Hierarchy:
        found = sorted({code for code in codes.values() if code is not None})
        if self.tally.parent is not None:
            parents = self._parents_found(passes, codes)
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
        self, passes: Sequence[CountedGroups], codes: Mapping[Any, str | None]
    ) -> dict[str, str]:
        """Return the parent of every unit in the column of parents; note units with several."""
        seen: dict[str, dict[str, None]] = {}
        for each in passes:
            for raw, parent in zip(each.units, each.parents or (), strict=True):
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
        passes: Sequence[CountedGroups],
        codes: Mapping[Any, str | None],
        wanted: Sequence[str] | None,
    ) -> tuple[str | None, ...]:
        if self.tally.period is None:
            return (None,)
        if wanted is not None:
            return tuple(sorted(wanted))
        if isinstance(self.tally.period, AtDates):
            return tuple(day.isoformat() for day in self.tally.period.dates)
        found = {period for each in passes for period in each.periods if period}
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
                cure="a file may be missing, or a date wrong; if not, name the periods: "
                "periods=[…]",
            )


def _snapped(values: Float) -> Float:
    """Return numbers of twelve significant digits, which the order of addition does not change."""
    flat = [float(f"{value:.12g}") for value in values.reshape(-1).tolist()]
    return np.array(flat, dtype=np.float64).reshape(values.shape)
