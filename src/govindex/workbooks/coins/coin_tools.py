"""Workbooks of the COIN Tool of the Joint Research Centre: the sheets Database and Framework."""

from __future__ import annotations

import re
from collections.abc import Iterator
from os import PathLike

import attrs
import numpy as np

from govindex.contracts import CellStatus, Rule
from govindex.errors import DataError, FrameworkError, Problems
from govindex.files import read_grids
from govindex.grid import Grid
from govindex.grid.cell_names import cell_name
from govindex.mappings import FrozenMap
from govindex.model.observations import Observations
from govindex.model.units import Units
from govindex.rules import MinMax
from govindex.workbooks.coins.coins import Coin
from govindex.workbooks.coins.nodes import NOT_READ, CoinNode, coin_framework, plain_number

__all__ = ["read_coin_tool"]

_DATA, _TREE = "Database", "Framework"
_NAMES, _CODES, _FIRST = 2, 3, 5  # columns of units, and of the first indicator
_AGGREGATE, _AGGREGATE_WEIGHT, _AGGREGATE_NAME = 3, 5, 8
_TITLE = "dimension/indicator"
_INDICATOR = re.compile(r"ind\.\s?\d+", re.IGNORECASE)
_BLANK = ("", "-", "--")
_MISSING = ("n/a", "#n/a", "na", *_BLANK)
# Rows above that of the indicators' codes.
_ABOVE = {"name": 1, "upper": 6, "lower": 7, "direction": 8, "weight": 9}
_LEVELS = (2, 3, 4, 5)  # sub-pillar, pillar, sub-index, index


def read_coin_tool(path: str | PathLike[str], *, rule: Rule | None = None) -> Coin:
    """Read an index from a workbook of the COIN Tool.

    The sheet "Database" has a column for each indicator: its weight, direction (1 or -1), lower
    and upper goalpost, the codes of the index, sub-index, pillar and sub-pillar above it, its name,
    its code (Ind.01 …) and the figures of the units, whose names and codes stand at the left.
    The sheet "Framework" has a row for each of these codes, with its weight and its name.

    Parameters
    ----------
    path : path
        A workbook (.xlsx, .xlsm, .xls, .ods), filled in.
    rule : Rule, optional
        Of every indicator; :class:`~govindex.rules.MinMax` by default.

    Returns
    -------
    Coin
        "n/a" and blank are missing. Levels on which all indicators have one code are not used,
        and are left out, as are indicators without a figure: the remarks name them. Goalposts are
        kept beside the framework, since the tool may normalise by them or not.

    Raises
    ------
    FrameworkError
        With every problem of the framework, by cell: codes without a row in "Framework", weights
        and impossible directions …
    DataError
        If the file is not such a workbook, or with every cell of the data that is not a number, and
        every unit without a code or with one that is there twice.

    References
    ----------
    Becker and others (2019), COIN Tool User Guide, EUR 29899 EN, Publications Office of the
    European Union, doi:10.2760/523877. Cells stand where ``import_coin_tool`` of COINr 1.1 reads
    them.
    """
    rule = MinMax() if rule is None else rule
    data, tree = read_grids(path, [_DATA, _TREE])
    sheet = _Database.of(data)
    problems = Problems()
    remarks = list(sheet.remarks())
    nodes = [*sheet.indicators(problems), *_aggregates(tree, sheet, problems)]
    problems.raise_any(FrameworkError, NOT_READ)
    framework = coin_framework(nodes, rule, problems)
    observations = sheet.observations(problems)
    return Coin(framework, observations, goalposts=sheet.goalposts(), remarks=tuple(remarks))


@attrs.frozen
class _Database:
    """The sheet of data: the row of the indicators' codes, and the columns that are used."""

    grid: Grid
    row: int
    columns: tuple[int, ...]
    unfilled: tuple[int, ...]
    unused: tuple[int, ...]

    @classmethod
    def of(cls, grid: Grid) -> _Database:
        rows = range(1, grid.last_row + 1)
        found = [row for row in rows if _INDICATOR.fullmatch(grid.text(row, _FIRST))]
        if not found or found[0] <= max(_ABOVE.values()):
            raise DataError(
                f"'{grid.file}', sheet '{grid.sheet}': column E has no code of an indicator "
                "(Ind.01): this is not the Database of a COIN Tool"
            )
        row = found[0]
        every = [c for c in range(_FIRST, grid.last_column + 1) if grid.text(row, c) not in _BLANK]
        below = range(row + 1, grid.last_row + 1)
        filled = [c for c in every if any(_present(grid.text(r, c)) for r in below)]
        levels = [
            depth for depth in _LEVELS[:-1] if len({grid.text(row - depth, c) for c in filled}) == 1
        ]
        empty = [column for column in every if column not in filled]
        return cls(grid, row, tuple(filled), tuple(empty), tuple(levels))

    def text(self, what: str, column: int) -> str | None:
        text = self.grid.text(self.row - _ABOVE[what], column)
        return None if text.casefold() in _MISSING else text

    def code(self, column: int) -> str:
        return self.grid.text(self.row, column)

    def remarks(self) -> Iterator[str]:
        """Say what is left out."""
        for column in self.unfilled:
            name = self.text("name", column)
            if name is not None:
                yield f"indicator '{self.code(column)}' ({name}) has no figure and was left out"
        for depth in self.unused:
            above = {self.grid.text(self.row - depth, column) for column in self.columns} - {
                *_BLANK
            }
            if above:
                yield f"'{above.pop()}' holds all indicators: its level was left out"

    def path(self, column: int) -> list[str]:
        """Return the codes above an indicator, from the nearest to the index."""
        used = [depth for depth in _LEVELS if depth not in self.unused]
        texts = [self.grid.text(self.row - depth, column) for depth in used]
        return [text for text in texts if text not in _BLANK]

    def indicators(self, problems: Problems) -> Iterator[CoinNode]:
        for column in self.columns:
            at = f"'{_DATA}'!{cell_name(self.row, column)}"
            above = self.path(column)
            if not above:
                problems.add(f"{at}, '{self.code(column)}': it belongs to no index", code="parent")
                continue
            yield CoinNode(
                self.code(column),
                self.text("name", column),
                above[0],
                self.text("weight", column),
                at,
                direction=self.text("direction", column),
            )

    def parents(self, problems: Problems) -> dict[str, str | None]:
        """Return the parent of each aggregate, None for the index."""
        parents: dict[str, str | None] = {}
        for column in self.columns:
            above = self.path(column)
            for code, parent in zip(above, [*above[1:], None], strict=True):
                if parents.setdefault(code, parent) != parent:
                    known = parents[code] or "nothing"
                    problems.add(
                        f"'{_DATA}'!{cell_name(self.row, column)}: '{code}' is below "
                        f"'{parent or 'nothing'}' here and below '{known}' before",
                        code="parent.twice",
                    )
        return parents

    def goalposts(self) -> FrozenMap[str, tuple[float, float]]:
        posts = {
            self.code(c): (plain_number(self.text("lower", c)), plain_number(self.text("upper", c)))
            for c in self.columns
        }
        return FrozenMap(
            {
                code: (low, high)
                for code, (low, high) in posts.items()
                if low is not None and high is not None
            }
        )

    def observations(self, problems: Problems) -> Observations:
        """Return the figures of all units with a name, a code or a figure."""
        grid, codes, names = self.grid, [], []
        rows: dict[str, int] = {}
        values, status = [], []
        for row in range(self.row + 1, grid.last_row + 1):
            name, code = (grid.text(row, column) for column in (_NAMES, _CODES))
            if {code, name} <= {*_BLANK}:
                if any(_present(grid.text(row, column)) for column in self.columns):
                    at = cell_name(row, _CODES)
                    problems.add("a row of figures has no unit", code="unit.blank", cell=at)
                continue
            code = code if code not in _BLANK else name
            if code in rows:
                first = cell_name(rows[code], _CODES)
                cause = f"the unit '{code}' is there twice, first in {first}"
                problems.add(cause, code="unit.twice", cell=cell_name(row, _CODES))
            rows.setdefault(code, row)
            numbers = [self._figure(row, column, code, problems) for column in self.columns]
            codes.append(code)
            names.append(name)
            values.append([np.nan if number is None else number for number in numbers])
            status.append(
                [CellStatus.MISSING if x is None else CellStatus.REPORTED for x in numbers]
            )
        if not codes:
            problems.add(f"the sheet '{_DATA}' has no units", code="units")
        problems.raise_any(DataError, f"'{grid.file}', sheet '{grid.sheet}': it cannot be read")
        variables = tuple(map(self.code, self.columns))
        marks = np.array(status, dtype=np.uint8)
        units = Units(tuple(codes), names=tuple(names))
        return Observations(units, variables, np.array(values), marks)

    def _figure(self, row: int, column: int, unit: str, problems: Problems) -> float | None:
        cell = self.grid.seen(row, column)
        if cell is None or str(cell.value).strip().casefold() in _MISSING:
            return None
        if isinstance(cell.value, float) and not cell.error:
            return cell.value
        number = plain_number(str(cell.value)) if isinstance(cell.value, str) else None
        if number is None or cell.error or cell.uncomputed:
            problems.add(
                f"'{cell.value}' is not a number",
                code="cell.not_a_number",
                unit=unit,
                variable=self.code(column),
                cell=cell_name(row, column),
                cure="write a number, or n/a if it is missing",
            )
        return number


def _present(text: str) -> bool:
    return text.casefold() not in _MISSING


def _aggregates(grid: Grid, data: _Database, problems: Problems) -> Iterator[CoinNode]:
    """Return the rows of the sheet of the framework whose codes indicators have."""
    rows = range(1, grid.last_row + 1)
    header = [
        row
        for row in rows
        for column in range(_AGGREGATE, _AGGREGATE_NAME + 1)
        if grid.text(row, column).casefold() == _TITLE
    ]
    if not header:
        raise DataError(
            f"'{grid.file}', sheet '{grid.sheet}': no column is titled 'Dimension/indicator': this "
            "is not the Framework of a COIN Tool"
        )
    parents = data.parents(problems)
    for row in rows[header[0] :]:
        code = grid.text(row, _AGGREGATE)
        if code not in parents:
            continue
        texts = [grid.text(row, column) for column in (_AGGREGATE_NAME, _AGGREGATE_WEIGHT)]
        name, weight = (None if text in _BLANK else text for text in texts)
        at = f"'{_TREE}'!{cell_name(row, _AGGREGATE)}"
        yield CoinNode(code, name, parents.pop(code), weight, at, leaf=False)
    for code in parents:
        problems.add(
            f"'{code}', which '{_DATA}' names, has no row in '{_TREE}'", code="aggregate.missing"
        )
