"""The columns of a rubric: found by their titles, or given; what is doubtful is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from govindex.errors import DataError, Problem, SettingError, near_miss
from govindex.grid.cell_names import column_name, column_number
from govindex.grid.headers import Header
from govindex.grid.numbers import written_values
from govindex.grid.roles import ROLES, part_title, plain_letters, source_of
from govindex.grid.sheets import Grid
from govindex.mappings import FrozenMap

__all__ = ["RubricColumns", "chosen_columns", "where"]


@attrs.frozen
class RubricColumns:
    """The columns of a rubric by what they hold.

    Parameters
    ----------
    number : int, optional
        The running numbers; without it they stand in front of the names.
    names : mapping of str to tuple of int
        By language, "" for that of the rubric; of several columns the one that is filled counts.
    maxima : mapping of str to int
        The maximum points by data source; "" without one.
    total : int, optional
        The maximum as a whole, beside its parts.
    guidance, notes : tuple of int
    source : int, optional
        The data source of each row.
    """

    number: int | None
    names: Mapping[str, tuple[int, ...]]
    maxima: Mapping[str, int]
    total: int | None = None
    guidance: tuple[int, ...] = ()
    notes: tuple[int, ...] = ()
    source: int | None = None

    def roles(self) -> dict[int, str]:
        """Return what each column holds, in words."""
        words = dict.fromkeys(self.guidance, "guidance")
        words |= dict.fromkeys(self.notes, "notes")
        words |= {c: f"maximum ({s})" if s else "maximum" for s, c in self.maxima.items()}
        for language, columns in self.names.items():
            words |= dict.fromkeys(columns, f"name ({language})" if language else "name")
        single = {"number": self.number, "source": self.source, "maximum (total)": self.total}
        words |= {column: role for role, column in single.items() if column is not None}
        return dict(sorted(words.items()))


def where(grid: Grid) -> str:
    """Return the file and the sheet in words, for messages."""
    sheet = f", sheet '{grid.sheet}'" if grid.sheet else ""
    return f"'{grid.file}'{sheet}" if grid.file else "the table"


def chosen_columns(
    grid: Grid,
    header: Header,
    given: Mapping[str, Any] | None = None,
    hidden: str = "refuse",
) -> tuple[RubricColumns, list[Problem]]:
    """Return the columns of a rubric, and remarks about how they were found.

    Parameters
    ----------
    grid : Grid
    header : Header
    given : mapping of str to str or int or …, optional
        By role ("number", "name", "maximum", "guidance", "notes", "source") a title, the letters of
        a column or its number, several of them, or a mapping: names by language, maxima by data
        source; None for a role that no column has.
    hidden : {"refuse", "read", "skip"}
        What becomes of hidden columns, of which those with points are refused.

    Raises
    ------
    DataError
        If a role has several candidates, or the names or the maxima have no column.
    SettingError
        If a column that was given does not exist.
    """
    choice = _ColumnChoice(grid, header, dict(given or {}), hidden)
    return choice.columns(), choice.remarks


class _ColumnChoice:
    """The choice of columns, role by role."""

    def __init__(self, grid: Grid, header: Header, given: dict[str, Any], hidden: str) -> None:
        unknown = [role for role in given if role not in ROLES]
        if unknown:
            raise SettingError(
                f"columns= has no role '{unknown[0]}': {near_miss(unknown[0], ROLES)}"
            )
        self.grid, self.header, self.given, self.hidden = grid, header, given, hidden
        self.remarks: list[Problem] = []
        self.taken = {
            column for role, what in given.items() for column in self.resolved(role, what).values()
        }

    def columns(self) -> RubricColumns:
        """Return the columns of every role."""
        maxima, total = self.maxima()
        names = self.names()
        number = self.single("number")
        if number is None and not names:
            raise self.lacking("name")
        return RubricColumns(
            number,
            FrozenMap(names),
            FrozenMap(maxima),
            total,
            tuple(self.several("guidance")),
            tuple(self.several("notes")),
            self.single("source"),
        )

    def resolved(self, role: str, what: Any) -> dict[str, int]:
        """Return given columns by their key: a language, a data source, or their order."""
        if what is None:
            return {}
        if isinstance(what, Mapping):
            return {str(key): self.column(role, one) for key, one in what.items()}
        if isinstance(what, (str, int)) or not isinstance(what, Iterable):
            return {"": self.column(role, what)}
        return {str(number): self.column(role, one) for number, one in enumerate(what)}

    def column(self, role: str, what: Any) -> int:
        """Return the column that a title, letters or a number mean."""
        titles = {column: self.header.title(column) for column in sorted(self.header.titles)}
        if isinstance(what, int) and not isinstance(what, bool) and what > 0:
            return what
        if isinstance(what, str):
            same = [c for c, title in titles.items() if plain_letters(title) == plain_letters(what)]
            if len(same) == 1:
                return same[0]
            if what.isupper() and column_number(what):
                return column_number(what)
        raise SettingError(
            f"{where(self.grid)}: there is no one column {what!r} for '{role}': "
            f"{near_miss(what, titles.values())}"
        )

    def found(self, role: str) -> list[int]:
        """Return the columns whose titles mean a role; hidden ones as was declared."""
        columns = [c for c in self.header.columns_of(role) if c not in self.taken]
        if self.hidden == "read":
            return columns
        hidden = [column for column in columns if column in self.grid.hidden_columns]
        with_points = [c for c in hidden if role in ("maximum", "points") and self.has_figures(c)]
        if with_points and self.hidden == "refuse":
            labels = " and ".join(map(self.label, with_points))
            words = "is hidden and holds" if len(with_points) == 1 else "are hidden and hold"
            raise DataError(
                f"{where(self.grid)}: {labels} {words} points: show what counts and delete what "
                "does not, or read or skip such columns with hidden=… (in the shell: --hidden)"
            )
        for column in hidden:
            self.remark(column, "is hidden and was not read", "column.hidden")
        return [column for column in columns if column not in hidden]

    def has_figures(self, column: int) -> bool:
        """Return whether a number stands below the header."""
        below = range(self.header.rows[-1] + 1, self.grid.last_row + 1)
        cells = (self.grid.cells.get((row, column)) for row in below)
        return any(
            cell is not None and (not isinstance(cell.value, str) or written_values(cell.value))
            for cell in cells
        )

    def remark(self, column: int, what: str, code: str) -> None:
        values = {"column": column_name(column), "known": self.header.title(column)}
        self.remarks.append(Problem(f"{self.label(column)} {what}", code=code, values=values))

    def label(self, column: int) -> str:
        return f"column {column_name(column)} '{self.header.title(column)}'"

    def single(self, role: str) -> int | None:
        """Return the column of a role that has one at most."""
        if role in self.given:
            return next(iter(self.resolved(role, self.given[role]).values()), None)
        columns = self.found(role)
        if len(columns) > 1:
            raise self.doubt(role, columns)
        return columns[0] if columns else None

    def several(self, role: str) -> list[int]:
        if role in self.given:
            return list(self.resolved(role, self.given[role]).values())
        return self.found(role)

    def names(self) -> dict[str, tuple[int, ...]]:
        """Return the columns of names by language."""
        if "name" in self.given:
            given = self.resolved("name", self.given["name"])
            if isinstance(self.given["name"], Mapping):
                return {language: (column,) for language, column in given.items()}
            return {"": tuple(given.values())} if given else {}
        columns = self.found("name")
        if len(columns) > 1 and self.fill_same_rows(columns):
            raise self.doubt("name", columns)
        return {"": tuple(columns)} if columns else {}

    def fill_same_rows(self, columns: list[int]) -> bool:
        """Return whether a row below the header is filled in several of the columns."""
        filled = [
            {r for r, c in self.grid.cells if c == column and r > self.header.rows[-1]}
            for column in columns
        ]
        return sum(map(len, filled)) > len(set().union(*filled))

    def maxima(self) -> tuple[dict[str, int], int | None]:
        """Return the columns of the maxima by data source, and that of the whole."""
        if "maximum" in self.given:
            return self.given_maxima()
        columns = self.found("maximum")
        if not columns:
            columns = self.found("points")
            if len(columns) > 1:
                raise self.doubt("maximum", columns)
            if not columns:
                raise self.lacking("maximum")
            self.remark(columns[0], "is read as the maximum", "column.maximum")
        if len(columns) == 1:
            return {"": columns[0]}, None
        return self.split(columns)

    def given_maxima(self) -> tuple[dict[str, int], int | None]:
        given = self.resolved("maximum", self.given["maximum"])
        if not given:
            raise self.lacking("maximum")
        if len(given) == 1 or isinstance(self.given["maximum"], Mapping):
            total = given.pop("total", None) if len(given) > 1 else None
            return given, total
        return self.split(list(given.values()))

    def split(self, columns: list[int]) -> tuple[dict[str, int], int | None]:
        """Return columns that together are the maximum, by data source."""
        groups = {self.header.titles.get(column, ("",))[:1] for column in columns}
        together = len(groups) == 1 and all(
            len(self.header.titles.get(column, ())) > 1 for column in columns
        )
        maxima: dict[str, int] = {}
        totals: list[int] = []
        for column in columns:
            parts = self.header.titles.get(column, ("",))
            source = source_of(parts[-1])
            if source is None:
                source = source_of(self.header.title(column))
            if source == "" or (source is None and not together and len(columns) > 2):
                totals.append(column)
            elif source is None and not together:
                raise self.doubt("maximum", columns)
            else:
                label = part_title(parts[-1]) if not source or source in maxima else source
                if label in maxima:
                    raise self.doubt("maximum", columns)
                maxima[label] = column
        if len(totals) > 1 or not maxima:
            raise self.doubt("maximum", columns)
        return maxima, totals[0] if totals else None

    def doubt(self, role: str, columns: list[int]) -> DataError:
        shown = " or ".join(self.label(column) for column in columns[:6])
        first = column_name(columns[0])
        shell = f" (in the shell: --column {role}={first})"
        example = f"columns={{'{role}': '{first}'}}{shell}"
        if role == "name":
            other = column_name(columns[1])
            example += f", or by language columns={{'name': {{'vi': '{first}', 'en': '{other}'}}}}"
        if role == "maximum":
            other = column_name(columns[1])
            example += (
                f", or by data source columns={{'maximum': {{'appraised': '{first}', "
                f"'survey': '{other}'}}}}"
            )
        return DataError(f"{where(self.grid)}: the {role} may be {shown}: choose with {example}")

    def lacking(self, role: str) -> DataError:
        what = {"maximum": "maximum points", "name": "names"}[role]
        return DataError(
            f"{where(self.grid)}: no column of {what} was found in the header ({self.header}): "
            f"name it with columns={{'{role}': 'C'}} (in the shell: --column {role}=C), or the "
            "rows of the header with header=… (in the shell: --header)"
        )
