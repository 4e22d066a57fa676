"""Pages → text in the width of a terminal."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterator, Sequence

from govindex.display.blocks import Facts, GapMap, ShownCell, ShownPage, Table, TreeNode

__all__ = ["plain"]

_NARROWEST = 8  # letters of a column that is cut
_BETWEEN = "  "


def plain(page: ShownPage, width: int | None = None) -> str:
    """Return a page as text.

    Parameters
    ----------
    page : ShownPage
    width : int, optional
        In letters; by default that of the terminal, or 80.

    Examples
    --------
    >>> tree = TreeNode("all", children=(TreeNode("speed", ("weight 2",)),))
    >>> print(plain(ShownPage("Weights", (tree,))))
    Weights
    <BLANKLINE>
    all
      speed · weight 2
    """
    width = width or shutil.get_terminal_size().columns
    blocks = (part for block in page.blocks if (part := _block(block, width)))
    parts = [_wrapped(page.title, width), *blocks]
    return "\n\n".join(parts)


def _block(block: str | Facts | Table | TreeNode | GapMap, width: int) -> str:
    if isinstance(block, str):
        return _wrapped(block, width)
    if isinstance(block, Facts):
        longest = max((len(term) for term, _ in block.pairs), default=0)
        return "\n".join(_fact(term, text, longest, width) for term, text in block.pairs)
    if isinstance(block, Table):
        return _table(block, width)
    if isinstance(block, TreeNode):
        return "\n".join(_cut(line, width) for line in _branch(block, 0))
    counts = [
        f"{sum(row.count(mark) for row in block.marks)} {words}" for mark, words in block.words
    ]
    return "\n".join(_wrapped(text, width) for text in (", ".join(counts), block.note) if text)


def _wrapped(text: str, width: int) -> str:
    """Return a paragraph on lines that fit; lines of its own stay apart."""
    lines = (textwrap.wrap(line, width, break_on_hyphens=False) for line in text.split("\n"))
    return "\n".join("\n".join(line) for line in lines)


def _fact(term: str, text: str, longest: int, width: int) -> str:
    indent = " " * (longest + len(_BETWEEN))
    lines = textwrap.wrap(text, max(width - len(indent), 3 * _NARROWEST)) or [""]
    return f"{term:{longest}}{_BETWEEN}" + f"\n{indent}".join(lines)


def _branch(branch: TreeNode, depth: int) -> Iterator[str]:
    yield "  " * depth + " · ".join((branch.label, *branch.beside))
    for child in branch.children:
        yield from _branch(child, depth + 1)


def _table(table: Table, width: int) -> str:
    shown = len(table.rows) if table.shown is None else table.shown
    depths = table.depths or (0,) * len(table.rows)
    columns = [_texts(column) for column in zip(*table.rows[:shown], strict=True)]
    rows = [
        ["  " * depth + row[0], *row[1:]]
        for row, depth in zip(zip(*columns, strict=True), depths, strict=False)
    ]
    titles = [column.title for column in table.columns]
    widths = _widths(table, rows, narrow=False)
    if sum(widths) + len(_BETWEEN) * (len(widths) - 1) > width:
        widths = _widths(table, rows, narrow=True)
    kept = _fitted(widths, width)
    lines = [
        _line(
            [cells[column] for column in kept],
            [widths[column] for column in kept],
            [table.columns[column].is_number for column in kept],
        )
        for cells in (titles, *rows)
    ]
    hidden = [titles[column] for column in range(len(titles)) if column not in kept]
    notes = [table.more] if table.more else []
    if hidden:
        notes.append(f"… {', '.join(hidden)}")
    caption = [_wrapped(table.caption, width)] if table.caption else []
    return "\n".join([*caption, *lines, *(_wrapped(note, width) for note in notes)])


def _widths(table: Table, rows: Sequence[Sequence[str]], *, narrow: bool) -> list[int]:
    """Return the letters of each column; long titles above narrow numbers may be cut."""
    return [
        max(
            min(len(column.title), _NARROWEST)
            if narrow and column.is_number
            else len(column.title),
            max((len(cells[at]) for cells in rows), default=0),
        )
        for at, column in enumerate(table.columns)
    ]


def _texts(cells: Sequence[ShownCell]) -> list[str]:
    """Return the texts of a column, with room for the letters of marks after each."""
    room = max((len(cell.letters) for cell in cells), default=0)
    if not room:
        return [cell.text for cell in cells]
    return [f"{cell.text} {cell.letters:{room}}" for cell in cells]


def _fitted(widths: list[int], width: int) -> list[int]:
    """Return the columns that fit; a long first text column is cut before a column is left out."""
    kept = list(range(len(widths)))

    def needed() -> int:
        return sum(widths[column] for column in kept) + len(_BETWEEN) * (len(kept) - 1)

    longest = max(kept, key=widths.__getitem__)
    excess = needed() - width
    if excess > 0:
        widths[longest] = max(widths[longest] - excess, min(widths[longest], 3 * _NARROWEST))
    while needed() > width and len(kept) > 2:
        kept.pop()
    return kept


def _line(cells: Sequence[str], widths: Sequence[int], numbers: Sequence[bool]) -> str:
    parts = [
        _cut(cell, width).rjust(width) if is_number else _cut(cell, width).ljust(width)
        for cell, width, is_number in zip(cells, widths, numbers, strict=True)
    ]
    return _BETWEEN.join(parts).rstrip()


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: max(width - 1, 1)]}…"
