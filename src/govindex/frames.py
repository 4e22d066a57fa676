"""Any data frame → arrays: pandas, Polars, pyarrow, DuckDB relations and whatever narwhals reads.

A cell is a number, a text, missing (null, NaN or blank) or marked as not applicable. Nothing is
guessed: a column that mixes numbers and texts is reported cell by cell. Names and texts are
composed (Unicode NFC) at the door, so that "ế" is one letter wherever the file was written.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from os import PathLike
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from govindex.contracts import CellStatus, Float, Status
from govindex.errors import DataError, Problems, SettingError, listing, near_miss
from govindex.kernels.reductions import all_finite

if TYPE_CHECKING:
    import narwhals as nw

__all__ = ["Cells2D", "Marks", "Table", "composed", "open_table"]

NOT_APPLICABLE = ("n/a", "not applicable", "không áp dụng")
YES_OR_NO = {
    **dict.fromkeys(("true", "1", "yes", "có"), True),
    **dict.fromkeys(("false", "0", "no", "không"), False),
}
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+")
_DIGITS = re.compile(r"[+-]?[\d.,_\s]*\d")


def composed(text: str) -> str:
    """Return a text with its accents composed (Unicode NFC).

    Examples
    --------
    >>> len("e\u0302\u0301"), len(composed("e\u0302\u0301"))
    (3, 1)
    """
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _folded(marks: Iterable[str]) -> frozenset[str]:
    if isinstance(marks, str):
        marks = (marks,)
    return frozenset(mark.strip().casefold() for mark in _texts(marks))


def _texts(marks: Iterable[str]) -> frozenset[str]:
    found = frozenset((marks,) if isinstance(marks, str) else marks)
    wrong = [mark for mark in found if not isinstance(mark, str)]
    if wrong:
        raise SettingError(
            f"a mark is a text, not {wrong[0]!r}; for numbers that mean missing, use "
            "measures.Value(missing_when=…)"
        )
    return frozenset(map(composed, found))


def _check_decimal(_: object, __: object, decimal: str) -> None:
    if decimal not in (".", ","):
        raise SettingError(f"the decimal mark is '.' or ',', not {decimal!r}")


@attrs.frozen
class Marks:
    """How cells of a frame are to be read.

    Parameters
    ----------
    not_applicable, missing : iterable of str
        Texts (in any case) that mean not applicable, or missing beside blank cells.
    decimal : {".", ","}
        The decimal mark of numbers that are written as text.
    text : iterable of str
        Variables that hold answers, even if they look like numbers.
    """

    not_applicable: frozenset[str] = attrs.field(default=NOT_APPLICABLE, converter=_folded)
    missing: frozenset[str] = attrs.field(default=(), converter=_folded)
    decimal: str = attrs.field(default=".", validator=_check_decimal)
    text: frozenset[str] = attrs.field(default=(), converter=_texts)


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
        if set(map(type, cells)) == {str}:
            stripped = map(str.strip, cells)
            plain = all(map(str.isascii, cells))
            return [text or None for text in (stripped if plain else map(composed, stripped))]
        return [_text(cell) for cell in cells]

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
            problems.add(f"there is no column '{name}': {near_miss(name, self.names)}")
        return not missing

    def cells(
        self,
        names: Sequence[str],
        marks: Marks,
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
        marks : Marks
            How texts are to be read.
        where : callable
            Names the unit of a row, for messages.
        problems : Problems
            Collects what cannot be read.
        unwanted : str
            What to do with a column that nothing is scored by, for messages.
        """
        levels: dict[str, tuple[str, ...]] = {}
        schema = self.frame.schema
        plain = [i for i, n in enumerate(names) if schema[n].is_numeric() and n not in marks.text]
        numbers = _read_numbers(self.frame, [names[i] for i in plain], schema)
        if len(plain) == len(names):
            values = numbers
        else:
            values = np.full((len(names), len(self)), np.nan)
            values[plain] = numbers
        status = np.zeros(values.shape, dtype=np.uint8)
        for i in sorted(set(range(len(names))) - set(plain)):
            reading = _Reading(names[i], marks, where, unwanted)
            values[i], status[i], texts = reading.read(self.frame[names[i]], problems)
            if texts:
                levels[names[i]] = texts
        if not all_finite(values):
            status[np.isnan(values) & (status < CellStatus.MISSING)] = CellStatus.MISSING
            for column, row in np.argwhere(np.isinf(values)):
                problems.add(f"{where(row)}, variable '{names[column]}': the value is infinite")
        values.flags.writeable = status.flags.writeable = False  # handed on without a copy
        return Cells2D(values, status, levels)


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


def _number(cell: object, decimal: str) -> float | None:
    if isinstance(cell, str):
        text = cell.strip()
        if decimal == ",":
            if "." in text:
                return None
            text = text.replace(",", ".")
        try:
            return float(text) if "_" not in text else None
        except ValueError:
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
    marks: Marks
    where: Callable[[int], str]
    unwanted: str

    def read(
        self, series: nw.Series[Any], problems: Problems
    ) -> tuple[Float, Status, tuple[str, ...]]:
        """Return the numbers, the status and the answers of the column."""
        if series.dtype.is_temporal():
            problems.add(
                f"variable '{self.name}' holds dates or times, not numbers or answers: "
                f"{self.unwanted}"
            )
            return np.zeros(len(series)), np.zeros(len(series), dtype=np.uint8), ()
        cells = _cells_of(series)
        status = np.zeros(len(cells), dtype=np.uint8)
        values = np.full(len(cells), np.nan)
        words: dict[int, str] = {}
        strange: dict[int, str] = {}
        for row, cell in enumerate(cells):
            text = _text(cell)
            if text is None or text.casefold() in self.marks.missing:
                status[row] = CellStatus.MISSING
            elif isinstance(cell, str) and text.casefold() in self.marks.not_applicable:
                status[row] = CellStatus.NOT_APPLICABLE
            elif self.name in self.marks.text:
                words[row] = text
            else:
                number = _number(cell, self.marks.decimal)
                if number is None:
                    (words if isinstance(cell, str) else strange)[row] = text
                elif number != number:
                    status[row] = CellStatus.MISSING
                else:
                    values[row] = number
        self._report(strange, "is no number and no text", self.unwanted, problems)
        absent = int((status >= CellStatus.MISSING).sum())
        if words and len(cells) - absent > len(words):
            quoted = {row: f"'{word}'" for row, word in words.items()}
            self._report(quoted, "is not a number", self._advice(words.values()), problems)
            return values, status, ()
        levels = tuple(sorted(set(words.values())))
        place = {level: float(number) for number, level in enumerate(levels)}
        for row, word in words.items():
            values[row] = place[word]
        return values, status, levels

    def _report(self, found: dict[int, str], what: str, advice: str, problems: Problems) -> None:
        # What to do about a column is said once, at its first cell.
        for row, text in found.items():
            problem = f"{self.where(row)}, variable '{self.name}': {text} {what}"
            problems.add(problem if row != next(iter(found)) else f"{problem}: {advice}")

    def _advice(self, words: Iterable[str]) -> str:
        every = set(words)
        commas = {word for word in every if _DECIMAL_COMMA.fullmatch(word)}
        if self.marks.decimal == ",":
            commas = set()
        grouped = {word for word in every - commas if _DIGITS.fullmatch(word)}
        advice = []
        if commas:
            advice.append("read decimal commas with Marks(decimal=',')")
        if grouped:
            mark = self.marks.decimal
            advice.append(f"write digits without separators, and '{mark}' before decimals")
        if every - commas - grouped:
            advice.append(
                "say what texts mean with Marks(not_applicable=…) or Marks(missing=…), or if they "
                f"are answers with Marks(text=['{self.name}']); a column that is not scored: "
                f"{self.unwanted}"
            )
        return "; ".join(advice)


def open_table(frame: Any) -> Table:
    """Let a frame in.

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
        try:
            opened = opened.collect()
        except Exception as error:  # whatever the library behind the frame raises
            raise DataError(
                f"the lazy frame cannot be collected: {type(error).__name__}: {error}"
            ) from error
    given = list(opened.columns)
    names = [composed(str(name)) for name in given]
    if len(set(names)) < len(names):
        raise _doubled(names)
    if any(not isinstance(name, str) for name in given):  # pandas lets any object be a name
        opened = nw.from_native(opened.to_native().set_axis(names, axis="columns"))
    elif names != given:
        opened = opened.rename(dict(zip(given, names, strict=True)))
    return Table(opened, tuple(names))


def _doubled(names: list[str]) -> DataError:
    doubled = sorted(name for name, times in Counter(names).items() if times > 1)
    return DataError(f"columns have the same name: {listing(doubled)}; rename all but one")
