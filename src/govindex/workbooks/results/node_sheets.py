"""The sheet of every node: units × nodes, below headings that follow the tree."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from govindex.model.tree import Dimension, Node, View
from govindex.results import IndexResult
from govindex.workbooks.results.cells import PrintedCell, PrintedColumn, lines_in
from govindex.workbooks.results.marked_cells import kinds_of_marks, leaf_cell, legend, node_cell
from govindex.workbooks.results.pages import LINE, PrintedPage
from govindex.workbooks.results.result_contents import Contents

__all__ = ["write_nodes"]

_MOST_LINES = 14


@attrs.frozen
class Heading:
    """A heading: the text, its first row and column among the headings, and how far it reaches."""

    text: str
    row: int
    column: int
    down: int
    right: int


def write_nodes(contents: Contents) -> None:
    """Write a sheet for each form: the units in the order of publication, every node a column."""
    several = len(contents.parts) > 1
    order = contents.result.publication_order(contents.result.codes[0])
    codes = [contents.result.units.codes[unit] for unit in order]
    for number, part in enumerate(contents.parts, 1):
        here = {*part.units.codes}
        name = _form_name(part, number) if several else ""
        page = contents.page("nodes", name)
        _write(contents, page, part, [code for code in codes if code in here])


def _form_name(part: IndexResult, number: int) -> str:
    kinds = {*(part.units.types or ())} - {None}
    return str(kinds.pop()) if len(kinds) == 1 else str(number)


def _write(contents: Contents, page: PrintedPage, part: IndexResult, units: list[str]) -> None:
    language = contents.language
    leaves = [leaf.code for leaf in part.framework.leaves if leaf.code in part.codes]
    kinds = kinds_of_marks(part, leaves)
    if kinds:
        page.line(legend(kinds, language), italic=True)
    columns, named = _unit_columns(contents, units)
    top, first = page.row, len(columns)
    codes = _codes(part)
    tiers = max([1, *(part.framework.depth(code) for code in codes)])
    headings = [*_headings(contents, part, codes, tiers)]
    for number, column in enumerate(columns):
        page.header(top, number, tiers + 1, 1, column.title)
        page.widen(number, column.width([row[number] for row in named], contents.book.decimals))
    width = 15.0 if max(len(h.text) for h in headings) > 70 else 12.0
    for heading in headings:
        page.header(
            top + heading.row, first + heading.column, heading.down, heading.right, heading.text
        )
    for number, code in enumerate(codes):
        page.widen(first + number, width)
        maximum = float(part.maxima[part.row_of(code)])
        cell = PrintedCell(maximum if maximum > 0 else None, bold=True)
        page.put(top + tiers, first + number, cell, "score", align="center", bg_color="#EDF1F9")
    _heights(page, headings, top, tiers, width)
    for index, (unit, names) in enumerate(zip(units, named, strict=True)):
        row = top + tiers + 1 + index
        for number, (column, content) in enumerate(zip(columns, names, strict=True)):
            page.put(row, number, content, column.kind)
        for number, cell in enumerate(_cells(part, codes, part.units.locate(unit), language)):
            page.put(row, first + number, cell, "score")
    last = first + len(codes) - 1
    page.sheet.autofilter(top + tiers, 0, top + tiers + max(len(units), 1), last)
    page.sheet.freeze_panes(top + tiers + 1, first)
    page.sheet.repeat_rows(top, top + tiers)
    starts = {heading.column for heading in headings if heading.right > 1}
    # A page does not begin between the total of a branch and its first part.
    seams = [first + column for column in sorted(starts) if column - 1 not in starts]
    page.spread(first, last, seams)


def _unit_columns(
    contents: Contents, units: list[str]
) -> tuple[list[PrintedColumn], list[list[str | float | None]]]:
    """Return rank, name, period and league of units, as far as they have them."""
    result = contents.result
    rows = [result.units.locate(unit) for unit in units]
    ranks = result.ranks_at(result.codes[0])
    names = contents.names
    columns = [
        PrintedColumn(contents.heading("rank"), "rank"),
        PrintedColumn(contents.heading("name"), widest=34.0, narrowest=16.0),
    ]
    found: list[list[str | float | None]] = [
        [float(ranks[row]) if ranks[row] == ranks[row] else None, names[row]] for row in rows
    ]
    for name in ("period", "league"):
        values = result.units.column(name)
        if values is not None and any(value is not None for value in values):
            columns.append(PrintedColumn(contents.heading(name), widest=24.0))
            for line, row in zip(found, rows, strict=True):
                value = values[row]
                line.append(None if value is None else str(value))
    return columns, found


def _codes(part: IndexResult) -> list[str]:
    """Return the nodes in the order of their columns: each before those below it, then views."""
    nodes = [*part.framework.nodes, *part.framework.views]
    return [node.code for node in nodes if node.code in part.codes]


def _cells(
    part: IndexResult, codes: list[str], unit: int, language: str | None
) -> Iterator[PrintedCell]:
    leaves = {*part.framework.leaf_codes}
    for code in codes:
        row = part.row_of(code)
        score, status = float(part.printed[row, unit]), int(part.status[row, unit])
        if code in leaves:
            yield leaf_cell(score, status, bool(part.treated[row, unit]), language)
        else:
            yield attrs.evolve(node_cell(score, status, language), bold=True)


def _headings(
    contents: Contents, part: IndexResult, codes: list[str], tiers: int
) -> Iterator[Heading]:
    """Yield the headings: a dimension reaches over the nodes below it, and has a total first."""
    column = {code: number for number, code in enumerate(codes)}
    for code in codes:
        if code == part.framework.code or isinstance(part.framework.node(code), View):
            yield Heading(_text(contents, part, code), 0, column[code], tiers, 1)
            continue
        tier, node = part.framework.depth(code) - 1, part.framework.node(code)
        below = [column[c] for c in _below(node) if c in column]
        if not below:
            yield Heading(_text(contents, part, code), tier, column[code], tiers - tier, 1)
            continue
        reach = max(below) - column[code] + 1
        yield Heading(_text(contents, part, code), tier, column[code], 1, reach)
        total = contents.word("workbook.total")
        yield Heading(total, tier + 1, column[code], tiers - tier - 1, 1)


def _below(node: Node | View) -> Iterator[str]:
    for child in node.children if isinstance(node, Dimension) else ():
        yield child.code
        yield from _below(child)


def _text(contents: Contents, part: IndexResult, code: str) -> str:
    label = part.node(code).label(contents.language)
    return label if code in (label, part.framework.code) else f"{code} {label}"


def _heights(
    page: PrintedPage, headings: list[Heading], top: int, tiers: int, width: float
) -> None:
    """Make the rows of headings high enough for texts that are wrapped."""
    lines = [1.0] * tiers
    for heading in headings:
        if heading.down == 1:
            room = width * heading.right
            lines[heading.row] = max(lines[heading.row], lines_in(heading.text, room))
    for heading in headings:
        if heading.down > 1:
            rows = range(heading.row, heading.row + heading.down)
            lack = lines_in(heading.text, width * heading.right) - sum(lines[row] for row in rows)
            lines[rows[-1]] += max(lack, 0.0)
    for row, count in enumerate(lines):
        page.height(top + row, LINE * min(count, _MOST_LINES) + 4.0)
