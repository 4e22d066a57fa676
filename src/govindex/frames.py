"""Any data frame → arrays: pandas, Polars, pyarrow, DuckDB relations and whatever narwhals reads.

A cell is a number, a text, missing (null, NaN or blank) or marked as not applicable. Nothing is
guessed: a column that mixes numbers and texts is reported cell by cell. Names and texts are
composed (Unicode NFC) at the door, so that "ế" is one letter wherever the file was written.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from os import PathLike
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from govindex.contracts import CellStatus, Float, Status, is_absent
from govindex.errors import DataError, GovIndexError, Problems, listing, near_miss
from govindex.kernels.reductions import all_finite
from govindex.names import as_code, composed
from govindex.notation import Notation, cure_of_word

if TYPE_CHECKING:
    import narwhals as nw

__all__ = ["Cells2D", "Keys", "Notation", "Table", "open_table"]

_FEW_ROWS = 3
_PLAIN = re.compile(r"[+-]?\d+(?:\.\d*)?")
_WHOLE = 2.0**53
YES_OR_NO = {
    **dict.fromkeys(("true", "1", "yes", "có"), True),
    **dict.fromkeys(("false", "0", "no", "không"), False),
}


@attrs.frozen(eq=False)
class Cells2D:
    """Variables as arrays of shape (variables, rows), with the texts of text variables."""

    values: Float
    status: Status
    levels: dict[str, tuple[str, ...]]


@attrs.frozen(eq=False)
class Table:
    """A frame that was let in: columns by name, rows in the frame's order."""

    frame: nw.DataFrame[Any]
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.frame)

    def texts(self, name: str) -> list[str | None]:
        """Return a column as stripped texts, None where blank."""
        cells = _cells_of(self.frame[name])
        kinds = set(map(type, cells))
        if not kinds.isdisjoint((bytes, bytearray)):
            first = next(cell for cell in cells if isinstance(cell, (bytes, bytearray)))
            raise DataError(f"column '{name}' holds bytes, {first!r}, not texts: decode them first")
        if kinds == {str}:
            stripped = map(str.strip, cells)
            plain = all(map(str.isascii, cells))
            return [text or None for text in (stripped if plain else map(composed, stripped))]
        return [_text(cell) for cell in cells]

    def codes(self, name: str, problems: Problems) -> list[str | None]:
        """Return a column of codes as texts; a number with decimals is not taken for a code."""
        import narwhals as nw

        column = self.frame[name]
        whole = column.dtype.is_integer() or isinstance(column.dtype, nw.String)
        for row, cell in enumerate([] if whole else column.to_list(), 1):
            if isinstance(cell, float) and math.isfinite(cell) and not cell.is_integer():
                problems.add(
                    f"column '{name}' holds codes that are numbers with decimals, and 1.10 would "
                    "be taken for 1.1",
                    code="code.number",
                    row=row,
                    cure=f"read codes as text: dtype={{'{name}': str}}, or a column of text",
                )
        return self.texts(name)

    def holds_numbers(self, name: str) -> bool:
        """Tell whether a column holds numbers only, not texts that look like numbers."""
        column = self.frame[name]
        if column.dtype.is_numeric():
            return True
        kinds = {type(cell) for cell in _cells_of(column) if cell is not None}
        return bool(kinds) and all(issubclass(k, (int, float)) and k is not bool for k in kinds)

    def require(self, names: Iterable[str], problems: Problems) -> bool:
        """Note every column that does not exist; True if all do."""
        known = set(self.names)
        missing = [name for name in names if name not in known]
        for name in missing:
            said = f"there is no column '{name}': {near_miss(name, self.names)}"
            problems.add(said, code="column.unknown")
        return not missing

    def cells(
        self,
        names: Sequence[str],
        notation: Notation,
        where: Callable[[int], str],
        problems: Problems,
        *,
        unwanted: str = "leave it out with variables=[…], or keep it as attributes=[…]",
    ) -> Cells2D:
        """Read columns as cells.

        Parameters
        ----------
        names : sequence of str
            The columns to read.
        notation : Notation
            How cells are to be read.
        where : callable
            The unit of a row, for messages.
        problems : Problems
            Collects what cannot be read.
        unwanted : str
            What to do with a column that nothing is scored by, for messages.
        """
        levels: dict[str, tuple[str, ...]] = {}
        schema = self.frame.schema
        plain = [
            i for i, n in enumerate(names) if schema[n].is_numeric() and n not in notation.text
        ]
        numbers = _read_numbers(self.frame, [names[i] for i in plain], schema)
        coded = _take_codes_out(numbers, notation)
        if len(plain) == len(names):
            values, status = numbers, coded
        else:
            values = np.full((len(names), len(self)), np.nan)
            status = np.zeros(values.shape, dtype=np.uint8)
            values[plain], status[plain] = numbers, coded
        self._refuse_lost([(i, names[i]) for i in plain], values, where, problems)
        for i in sorted(set(range(len(names))) - set(plain)):
            reading = _Reading(names[i], notation, where, unwanted)
            values[i], status[i], texts = reading.read(self.frame[names[i]], problems)
            if texts:
                levels[names[i]] = texts
        if not all_finite(values):
            status[np.isnan(values) & ~is_absent(status)] = CellStatus.MISSING
            for column, row in np.argwhere(np.isinf(values)):
                problems.add(
                    "the value is infinite",
                    code="cell.infinite",
                    cure="a number holds at most 1.8e308: correct it or take a larger measure unit",
                    unit=where(row),
                    variable=names[column],
                )
        values.flags.writeable = status.flags.writeable = False  # handed on without a copy
        return Cells2D(values, status, levels)

    def _refuse_lost(
        self,
        columns: Sequence[tuple[int, str]],
        values: Float,
        where: Callable[[int], str],
        problems: Problems,
    ) -> None:
        """Refuse whole numbers of number columns that lost digits when they became doubles."""
        ends = [np.fmax.reduce(values, axis=None, initial=0.0), -values.min(initial=0.0)]
        if not max(ends) >= _WHOLE and not np.isnan(ends[1]):
            return
        schema = self.frame.schema
        for i, name in columns:
            if schema[name].is_float():
                continue
            large = np.flatnonzero(np.abs(values[i]) >= _WHOLE).tolist()
            cells = self.frame[name].to_list() if large else []
            for row in large:
                if _loses_digits(cells[row], values[i, row]):
                    _note_lost(cells[row], where(row), name, problems)


def _loses_digits(cell: object, number: float) -> bool:
    """Tell whether a whole number beyond 2**53 became another one, as a double."""
    if not _WHOLE <= abs(number) < math.inf or isinstance(cell, float):
        return False
    if isinstance(cell, str) and not _PLAIN.fullmatch(cell):
        return False  # with an exponent nobody wrote all digits
    try:
        exact = Decimal(str(cell))
    except ArithmeticError:
        return False
    return exact != Decimal(number)


def _note_lost(cell: object, unit: str, name: str, problems: Problems) -> None:
    problems.add(
        f"{cell} has more digits than a number can hold (about 16), and others would tie with it",
        code="cell.digits",
        unit=unit,
        variable=name,
        cure="give it in a larger measure unit, such as millions",
    )


def _take_codes_out(values: Float, notation: Notation) -> Status:
    """Return the status of numbers, and make those that are codes NaN."""
    status = np.zeros(values.shape, dtype=np.uint8)
    for kind, _, codes in notation.absences:
        if codes:
            found = np.isin(values, list(codes))
            status[found] = kind
            values[found] = np.nan
    return status


def _side_by_side(frame: nw.DataFrame[Any], names: list[str]) -> nw.DataFrame[Any]:
    start = frame.columns.index(names[0])
    run = slice(start, start + len(names))
    return frame[:, run] if frame.columns[run] == names else frame.select(names)


def _read_numbers(frame: nw.DataFrame[Any], names: list[str], schema: nw.Schema) -> Float:
    """Return numeric columns as an array of shape (variables, rows), NaN for null."""
    import narwhals as nw

    if not names:
        return np.empty((0, len(frame)))
    kinds = {type(schema[name]) for name in names}
    exact = not kinds.isdisjoint({nw.Decimal, nw.Int128, nw.UInt128})
    block = None if exact else _side_by_side(frame, names).to_numpy()
    if block is None or block.dtype.kind not in "iuf":
        block = np.stack([frame[name].cast(nw.Float64).to_numpy() for name in names], axis=1)
    # A copy: the frame may hand out its own memory, and be written to later.
    return np.array(block.T, dtype=np.float64, order="C")


def _cells_of(series: nw.Series[Any]) -> list[Any]:
    cells = series.to_list()
    if set(map(type, cells)) == {str}:
        return cells
    nulls = series.is_null().to_list()
    return [
        None if null or _is_nan(cell) else cell for cell, null in zip(cells, nulls, strict=True)
    ]


def _is_nan(cell: object) -> bool:
    return cell.is_nan() if isinstance(cell, Decimal) else isinstance(cell, float) and cell != cell


def _text(cell: object) -> str | None:
    if type(cell) is str:
        return composed(cell.strip()) or None
    if cell is None:
        return None
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return composed(str(cell).strip()) or None


def _number(cell: object, notation: Notation) -> float | None:
    if isinstance(cell, str):
        return notation.number(cell)
    if isinstance(cell, (bytes, bytearray, memoryview)):
        return None
    try:
        return float(cell)  # type: ignore[arg-type]
    except OverflowError:
        return math.inf
    except (TypeError, ValueError):
        return None


@attrs.frozen
class _Reading:
    """How one column of texts or objects is read, and what is said where it cannot be."""

    name: str
    notation: Notation
    where: Callable[[int], str]
    unwanted: str

    def read(
        self, series: nw.Series[Any], problems: Problems
    ) -> tuple[Float, Status, tuple[str, ...]]:
        """Return the numbers, the status and the answers of the column."""
        if series.dtype.is_temporal():
            problems.add(
                "dates or times are not numbers or answers",
                code="column.dates",
                variable=self.name,
                cure=self.unwanted,
            )
            return np.zeros(len(series)), np.zeros(len(series), dtype=np.uint8), ()
        cells = _cells_of(series)
        status = np.zeros(len(cells), dtype=np.uint8)
        values = np.full(len(cells), np.nan)
        words: dict[int, str] = {}
        for row, cell in enumerate(cells):
            text = _text(cell)
            number = None if text is None else _number(cell, self.notation)
            status[row] = self._status(cell, text, number)
            if status[row] != CellStatus.REPORTED or text is None:
                continue
            if self.name in self.notation.text:
                words[row] = text
            elif number is not None:
                values[row] = number
                written = self.notation.plain(cell) if isinstance(cell, str) else cell
                if _loses_digits(written, number):
                    _note_lost(cell, self.where(row), self.name, problems)
            elif isinstance(cell, str):
                words[row] = text
            else:
                self._note(row, text, "is no number and no text", self.unwanted, problems)
        self._check_percent(cells, values, problems)
        levels = (
            () if self._refused(words, values, problems) else tuple(sorted(set(words.values())))
        )
        index = {level: float(number) for number, level in enumerate(levels)}
        for row, word in words.items() if levels else ():
            values[row] = index[word]
        return values, status, levels

    def _status(self, cell: object, text: str | None, number: float | None) -> CellStatus:
        if text is None:
            return CellStatus.MISSING
        notation, folded = self.notation, text.casefold()
        code = None if isinstance(cell, bool) else number
        for kind, words, numbers in notation.absences:
            said = isinstance(cell, str) or kind == CellStatus.MISSING
            if (said and folded in words) or code in numbers:
                return kind
        nan = code is not None and code != code and self.name not in notation.text
        return CellStatus.MISSING if nan else CellStatus.REPORTED

    def _refused(self, words: dict[int, str], values: Float, problems: Problems) -> bool:
        """Note the texts that cannot stand in the column; True if there are any."""
        if not words or self.name in self.notation.text:
            return False
        numbers, what, cure = self.notation.other_styles(words.values())
        if not numbers and np.isnan(values).all():
            return False
        answers = f"if they are answers, say so with Notation(text=['{self.name}'])"
        for row, word in words.items():
            if word in numbers:
                problems.add(
                    f"'{word}' is not a number: it has {what}",
                    code="cell.not_a_number",
                    unit=self.where(row),
                    variable=self.name,
                    cure=f"{cure}; {answers}",
                    found=f"'{word}'",
                    together=f"hold {what}",
                )
            else:
                self._note_word(row, word, answers, problems)
        return True

    def _note_word(self, row: int, word: str, answers: str, problems: Problems) -> None:
        known = cure_of_word(word)
        cure = known or (
            "say what texts mean with Notation(not_applicable=…) or Notation(missing=…); "
            f"{answers}; a column that is not scored: {self.unwanted}"
        )
        found = "" if known else f"'{word}'"
        problems.add(
            f"'{word}' is not a number",
            code="cell.not_a_number",
            unit=self.where(row),
            variable=self.name,
            cure=cure,
            found=found,
        )

    def _note(self, row: int, found: str, what: str, cure: str, problems: Problems) -> None:
        problems.add(
            f"{found} {what}",
            code="cell.not_a_number",
            unit=self.where(row),
            variable=self.name,
            cure=cure,
            found=found,
        )

    def _check_percent(self, cells: Sequence[Any], values: Float, problems: Problems) -> None:
        """Refuse a column in which some numbers have a percent sign and some have none."""
        if self.notation.percent == "error":
            return
        signed = [isinstance(cell, str) and cell.rstrip().endswith("%") for cell in cells]
        numbers = np.isfinite(values) & (values != 0)
        if not (numbers & signed).any():
            return
        for row in np.flatnonzero(numbers & ~np.array(signed)).tolist():
            problems.add(
                f"'{_text(cells[row])}' has no percent sign, and other cells of the variable have",
                code="cell.percent",
                unit=self.where(row),
                variable=self.name,
                cure="write all numbers of a variable with the sign, or all without it",
                found=f"'{_text(cells[row])}'",
            )


def open_table(frame: Any, keys: Callable[[list[str]], Keys] | None = None) -> Table:
    """Let a frame in.

    Parameters
    ----------
    frame : data frame
    keys : callable, optional
        Names of columns → those of which every combination has one row. A lazy frame that has many
        rows for each is refused before it is collected.

    Raises
    ------
    DataError
        If it is no data frame, or two columns have the same name.
    """
    import narwhals as nw

    try:
        opened = nw.from_native(frame)
    except TypeError as error:
        file = isinstance(frame, (str, PathLike))
        raise DataError(
            f"expected a data frame (pandas, Polars, pyarrow, DuckDB …), not {type(frame).__name__}"
            + (": gi.read_table(path) makes one of a file" if file else "")
        ) from error
    except nw.exceptions.DuplicateError as error:
        names = getattr(frame, "column_names", None) or frame.columns  # pyarrow's, or pandas'
        raise _doubled([str(name) for name in names]) from error
    if isinstance(opened, nw.LazyFrame):
        opened = _collected(opened, keys)
    given = list(opened.columns)
    names = [as_code(str(name)) for name in given]
    if len(set(names)) < len(names):
        raise _doubled([str(name) for name in given])
    if any(not isinstance(name, str) for name in given):  # pandas lets any object be a name
        opened = nw.from_native(opened.to_native().set_axis(names, axis="columns"))
    elif names != given:
        opened = opened.rename(dict(zip(given, names, strict=True)))
    return Table(opened, tuple(names))


def _collected(frame: nw.LazyFrame[Any], keys: Callable[[list[str]], Keys] | None) -> Any:
    try:
        if keys is not None:
            _check_rows(frame, keys)
        return frame.collect()
    except GovIndexError:
        raise
    except Exception as error:  # whatever the library behind the frame raises
        raise DataError(
            f"the lazy frame cannot be collected: {type(error).__name__}: {error}"
        ) from error


def _check_rows(frame: nw.LazyFrame[Any], keys: Callable[[list[str]], Keys]) -> None:
    import narwhals as nw

    given = {as_code(str(name)): name for name in frame.collect_schema().names()}
    wanted = keys(list(given))
    columns = [given[name] for name in wanted.columns if name in given]
    if len(columns) < len(wanted.columns):
        return  # what is lacking is said when the frame is read
    every = frame.select(*columns)
    rows = every.select(nw.len()).collect().item()
    wanted.check(rows, every.unique().select(nw.len()).collect().item())


@attrs.frozen
class Keys:
    """The columns that say what a row is about.

    Parameters
    ----------
    columns : tuple of str
    what : str
        What every combination of them is: "units", "cells" …
    instead : str
        What to do with a frame that has many rows for each.
    """

    columns: tuple[str, ...]
    what: str
    instead: str

    def check(self, rows: int, distinct: int) -> None:
        """Refuse a frame of many rows for each.

        Raises
        ------
        DataError
            If there are at least twice as many rows.
        """
        if rows > _FEW_ROWS and rows >= 2 * distinct:
            raise DataError(
                f"the frame has {rows:,} rows for {distinct:,} {self.what} "
                f"({listing(self.columns)}), so a row seems to be a record: {self.instead}"
            )


def _doubled(names: list[str]) -> DataError:
    times = Counter(map(as_code, names))
    several = dict.fromkeys(name for name in names if times[as_code(name)] > 1)
    doubled = sorted(several, key=as_code)
    return DataError(f"columns have the same name: {listing(doubled)}; rename all but one")
