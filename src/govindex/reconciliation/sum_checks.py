"""Sums, means and percents: what a column states against what its parts give."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Literal

import attrs
import numpy as np

from govindex.contracts import Bool, Float
from govindex.kernels.rounding import twelve_digits
from govindex.reconciliation.columns import PublishedColumns
from govindex.reconciliation.intervals import ExactInterval, exactly, half_unit, printed_interval
from govindex.reconciliation.printed_tables import PrintedTable, StatedColumn, exact_of
from govindex.reconciliation.tried_rules import TableCheck, TriedRule
from govindex.rounding import Rounding

__all__ = ["SumFormula", "before", "formulas", "number_check"]

Numbers = Sequence[Fraction | None]
_Rows = Sequence[Mapping[StatedColumn, Fraction | None]]
_LAST_BITS = 1e-11  # of sums of parts
_MODES = ("half-up", "half-even", "truncate", "binary", "r")
# How the parts and the column are rounded if the parts were added in full.
_FULL_MODES = (
    ("half-up", "half-up"),
    ("half-even", "half-even"),
    ("binary", "binary"),
    ("truncate", "truncate"),
    ("half-up", "truncate"),
)
_OF_PARTS: tuple[Literal["half-up"], Literal["truncate"]] = ("half-up", "truncate")
_COARSER = 2  # how many decimals fewer than printed are tried


@attrs.frozen(eq=False)
class SumFormula:
    """A column as a weighted sum of others, divided by a number or by a column."""

    column: StatedColumn
    parts: Mapping[StatedColumn, Fraction]
    divisor: StatedColumn | float
    quantity: str

    @property
    def columns(self) -> tuple[StatedColumn, ...]:
        """The columns that the formula reads."""
        below = (self.divisor,) if isinstance(self.divisor, StatedColumn) else ()
        return (*self.parts, *below)

    @property
    def text(self) -> str:
        """The formula in words that need no translation: "total = a + b"."""
        terms = [
            ("" if abs(weight) == 1 else f"{float(abs(weight)):g}·") + part.name
            for part, weight in self.parts.items()
        ]
        signs = [" − " if weight < 0 else " + " for weight in self.parts.values()]
        added = "".join(f"{s}{t}" for s, t in zip(signs, terms, strict=True)).removeprefix(" + ")
        if isinstance(self.divisor, StatedColumn):
            return (
                f"{self.column.name} = {added.removeprefix('100·')} / {self.divisor.name} · 100 %"
            )
        if self.quantity == "percent":
            return f"{self.column.name} = {added.removeprefix('100·')} / {self.divisor:g} · 100 %"
        if self.divisor == 1:
            return f"{self.column.name} = {added}"
        return f"{self.column.name} = ({added}) / {self.divisor:g}"

    def value(self, cells: Mapping[StatedColumn, Fraction | None]) -> Fraction | None:
        """Return what the formula gives for a row, None if a cell is blank."""
        total = Fraction(0)
        for part, weight in self.parts.items():
            number = cells[part]
            if number is None:
                return None
            total += weight * number
        below = self._below(cells)
        return None if not below else total / below

    def _below(self, cells: Mapping[StatedColumn, Fraction | None]) -> Fraction | None:
        divisor = self.divisor
        return cells[divisor] if isinstance(divisor, StatedColumn) else exact_of(divisor)

    def interval(self, cells: Mapping[StatedColumn, Fraction | None], mode: str) -> ExactInterval:
        """Return what the formula can give for a row, its parts in full."""
        total = exactly(Fraction(0))
        for part, weight in self.parts.items():
            total += before(part, cells[part], mode).times(weight)
        divisor, below = self.divisor, self._below(cells)
        if isinstance(divisor, StatedColumn) and not divisor.is_count:
            return _quotient(total, before(divisor, below, mode))
        return total.times(1 / (below or Fraction(1)))

    def ends(self, mode: str) -> tuple[Float, Float]:
        """Return the ends of :meth:`interval` for all rows, to the last bits."""
        low, high = np.zeros(len(self.column.values)), np.zeros(len(self.column.values))
        for part, weight in self.parts.items():
            ends = _ends(part, mode)
            first, second = ends if weight > 0 else ends[::-1]
            low, high = low + float(weight) * first, high + float(weight) * second
        if isinstance(self.divisor, StatedColumn):
            below = self.divisor.values
            return low / below, high / below
        return low / self.divisor, high / self.divisor

    @property
    def is_linear(self) -> bool:
        """Whether it is divided by what is exact."""
        return not isinstance(self.divisor, StatedColumn) or self.divisor.is_count

    def bound(self, cells: Mapping[StatedColumn, Fraction | None], value: Fraction) -> Fraction:
        """Return half a unit of the last printed decimal of the column and of every part."""
        own = Fraction(0) if self.column.is_count else half_unit(self.column.decimals)
        possible = self.interval(cells, "binary")
        return own + max(possible.high - value, value - possible.low)


def before(column: StatedColumn, number: Fraction | None, mode: str) -> ExactInterval:
    """Return the numbers that a column prints so; a count is exact, and a blank cell is 0."""
    known = number or Fraction(0)
    return exactly(known) if column.is_count else printed_interval(known, column.decimals, mode)


def _ends(column: StatedColumn, mode: str) -> tuple[Float, Float]:
    values = column.values
    if column.is_count:
        return values, values
    half = float(half_unit(column.decimals))
    if mode != "truncate":
        return values - half, values + half
    return (
        np.where(values > 0, values, values - 2 * half),
        np.where(values < 0, values, values + 2 * half),
    )


def _meeting(formula: SumFormula, rows: _Rows, known: Bool, of_parts: str, of_column: str) -> Bool:
    """Return the rows whose printed figure and parts can come from the same numbers.

    Floating point decides what is clearly so or not; exact fractions decide at the ends.
    """
    column = formula.column

    def exactly_so(row: int) -> bool:
        printed = before(column, column.exact[row], of_column)
        return printed.meets(formula.interval(rows[row], of_parts))

    if not formula.is_linear:
        return _each(known, exactly_so)
    with np.errstate(invalid="ignore", divide="ignore"):
        (low, high), (from_, to) = _ends(column, of_column), formula.ends(of_parts)
        overlap = np.minimum(high, to) - np.maximum(low, from_)
        slack = _LAST_BITS * np.maximum(np.abs(low), np.maximum(np.abs(from_), 1.0))
    meets: Bool = known & (overlap > slack)
    for row in np.flatnonzero(known & (np.abs(overlap) <= slack)).tolist():
        meets[row] = exactly_so(row)
    return meets


def _quotient(above: ExactInterval, below: ExactInterval) -> ExactInterval:
    if below.low <= 0:  # nothing bounds it
        return above.times(Fraction(10**9))
    ends = [a / b for a in (above.low, above.high) for b in (below.low, below.high)]
    return ExactInterval(min(ends), max(ends))


def formulas(table: PrintedTable, columns: PublishedColumns) -> Iterator[SumFormula]:
    """Yield the sums, means and percents of a published table."""
    for quantity, wholes in (("sum", columns.sums), ("mean", columns.means)):
        for whole, parts in wholes.items():
            numbers = _counted(table, columns, (whole, *parts), exact=quantity == "sum")
            weights = {numbers[part]: exact_of(weight) for part, weight in parts.items()}
            divisor: StatedColumn | float = sum(parts.values()) if quantity == "mean" else 1.0
            yield SumFormula(numbers[whole], weights, divisor, quantity)
    for column, (of, maximum) in columns.percents.items():
        names = (of, maximum) if isinstance(maximum, str) else (of,)
        numbers = _counted(table, columns, names, exact=len(names) > 1)
        divisor = numbers[maximum] if isinstance(maximum, str) else maximum
        yield SumFormula(table.numbers[column], {numbers[of]: Fraction(100)}, divisor, "percent")


def _counted(
    table: PrintedTable, columns: PublishedColumns, names: Sequence[str], *, exact: bool
) -> dict[str, StatedColumn]:
    """Return columns, exact ones if they are counts: if every number of them is whole."""
    numbers = {name: table.numbers[name] for name in names}
    whole = all(column.decimals == 0 for column in numbers.values())
    if not (exact and whole) or any(name in columns.decimals for name in names):
        return numbers
    return {name: attrs.evolve(column, is_count=True) for name, column in numbers.items()}


def number_check(formula: SumFormula) -> TableCheck:
    """Return the check of a sum, mean or percent."""
    column, rows = formula.column, _rows(formula)
    values = [formula.value(cells) for cells in rows]
    known = np.array(
        [v is not None and s is not None for v, s in zip(values, column.exact, strict=True)]
    )
    computed = _floats(values)
    bounds = _bounds(formula, rows, values)
    within = _meeting(formula, rows, known, "binary", "binary")
    agrees = known & (Rounding(column.decimals)(computed) == column.values)
    return TableCheck(
        formula.text,
        column.name,
        formula.quantity,
        tuple(part.name for part in formula.columns),
        tuple(None if v != v else v for v in column.values.tolist()),
        tuple(None if v != v else v for v in computed.tolist()),
        bounds,
        agrees,
        within,
        known,
        tuple(_rules(formula, rows, computed, known)),
    )


def _bounds(formula: SumFormula, rows: _Rows, values: Numbers) -> Float:
    """Return how far apart print lets a figure and its parts be, NaN where a part is blank."""
    bounds = np.full(len(rows), np.nan)
    known = [row for row, value in enumerate(values) if value is not None]
    if not isinstance(formula.divisor, StatedColumn) and known:
        first = known[0]
        bounds[known] = float(formula.bound(rows[first], values[first] or Fraction(0)))
        return bounds
    for row in known:
        bounds[row] = float(formula.bound(rows[row], values[row] or Fraction(0)))
    return bounds


def _rows(formula: SumFormula) -> list[dict[StatedColumn, Fraction | None]]:
    columns = formula.columns
    return [
        dict(zip(columns, cells, strict=True))
        for cells in zip(*(column.exact for column in columns), strict=True)
    ]


def _each(known: Bool, holds: Callable[[int], bool]) -> Bool:
    return np.array([bool(is_known and holds(row)) for row, is_known in enumerate(known)])


def _floats(values: Numbers) -> Float:
    return np.array([np.nan if value is None else float(value) for value in values])


def _rules(
    formula: SumFormula,
    rows: _Rows,
    computed: Float,
    known: Bool,
) -> Iterator[TriedRule]:
    column = formula.column
    if all(part.is_count for part in (column, *formula.columns)):
        yield TriedRule("printed", known & (computed == column.values))
        return
    yield _printed("printed", column, computed, known, "half-up")
    if not all(part.is_count for part in formula.columns):
        yield _full(formula, rows, known, *_FULL_MODES[0])
    for mode in _MODES[1:]:
        yield _printed("printed", column, computed, known, mode)
    if all(part.is_count for part in formula.columns):
        return
    for of_parts, of_column in _FULL_MODES[1:]:
        yield _full(formula, rows, known, of_parts, of_column)
    finest = max(part.decimals for part in formula.parts)
    for decimals in range(finest - 1, max(finest - 1 - _COARSER, -1), -1):
        for mode in _OF_PARTS:
            rounded = _with_parts(formula, Rounding(decimals, mode))
            yield _printed("rounded", column, rounded, known, mode, decimals)


def _printed(
    base: str,
    column: StatedColumn,
    computed: Float,
    known: Bool,
    mode: str,
    decimals: int | None = None,
) -> TriedRule:
    rounding = Rounding(column.decimals, mode)  # type: ignore[arg-type]
    return TriedRule(base, known & (rounding(computed) == column.values), decimals, mode)


def _full(
    formula: SumFormula, rows: _Rows, known: Bool, of_parts: str, of_column: str
) -> TriedRule:
    base = "full" if of_parts == of_column else "mixed"
    explains = _meeting(formula, rows, known, of_parts, of_column)
    return TriedRule(base, explains, mode=of_column)


def _with_parts(formula: SumFormula, rounding: Rounding) -> Float:
    """Return what the formula gives if its parts are rounded first."""
    terms = [float(weight) * rounding(part.values) for part, weight in formula.parts.items()]
    divisor = formula.divisor
    below = divisor.values if isinstance(divisor, StatedColumn) else divisor
    with np.errstate(invalid="ignore", divide="ignore"):
        size = np.abs(np.array(terms)).max(axis=0)
        return np.asarray(twelve_digits(sum(terms, np.zeros(len(size))), size) / below)
