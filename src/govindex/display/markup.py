"""Pages → HTML without scripts or outside references, readable without its style sheet, too."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from html import escape
from importlib.resources import files

from govindex.display.blocks import Facts, GapMap, ShownCell, ShownPage, Table, TreeNode

__all__ = ["html"]


@cache
def _style() -> str:
    return files(__package__).joinpath("display.css").read_text(encoding="utf-8")


def html(page: ShownPage) -> str:
    """Return a page as HTML.

    Every text is escaped, every selector of the style sheet is below ``.govindex``, colours of
    texts are those of the surroundings, so that it is readable on a dark background.

    Examples
    --------
    >>> "&lt;b&gt;" in html(ShownPage("<b>"))
    True
    """
    body = "".join(_block(block) for block in page.blocks)
    title = f'<div class="gi-title">{escape(page.title)}</div>'
    return f'<style>{_style()}</style><div class="govindex">{title}{body}</div>'


def _block(block: str | Facts | Table | TreeNode | GapMap) -> str:
    if isinstance(block, str):
        return f"<p>{escape(block)}</p>"
    if isinstance(block, Facts):
        pairs = (f"<dt>{escape(term)}</dt><dd>{escape(text)}</dd>" for term, text in block.pairs)
        return f"<dl>{''.join(pairs)}</dl>"
    if isinstance(block, Table):
        return _table(block)
    return _branch(block) if isinstance(block, TreeNode) else _gaps(block)


def _table(table: Table) -> str:
    shown = len(table.rows) if table.shown is None else table.shown
    first = _rows(table, range(min(shown, len(table.rows))), caption=table.caption)
    rest = range(shown, len(table.rows))
    if not rest:
        return first + (f"<p>{escape(table.more)}</p>" if table.more else "")
    more = f"<details><summary>{escape(table.more)}</summary>{_rows(table, rest)}</details>"
    return first + more


def _rows(table: Table, numbers: Iterable[int], caption: str = "") -> str:
    titles = "".join(
        f'<th scope="col"{_class(column.is_number)}>{escape(column.title)}</th>'
        for column in table.columns
    )
    body = "".join(_row(table, number) for number in numbers)
    head = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f"<table>{head}<thead><tr>{titles}</tr></thead><tbody>{body}</tbody></table>"


def _row(table: Table, number: int) -> str:
    depth = table.depths[number] if table.depths else 0
    cells = []
    for at, (column, cell) in enumerate(zip(table.columns, table.rows[number], strict=True)):
        indent = "&nbsp;" * 4 * depth if at == 0 else ""
        text = escape(cell.text)
        marked = f'<span class="gi-mark">{text}</span>' if cell.mark else text
        if cell.letters:
            letters = escape(cell.letters)
            marked = f"{marked} <sup>{letters}</sup>" if marked else letters
        cells.append(
            f"<td{_class(column.is_number)}>{indent}{_picture(cell)[0]}{marked}"
            f"{_picture(cell)[1]}</td>"
        )
    return f"<tr>{''.join(cells)}</tr>"


def _picture(cell: ShownCell) -> tuple[str, str]:
    """Return the bar that stands before a text, and the interval that stands after it."""
    before = after = ""
    if cell.bar is not None:
        before = f'<span class="gi-bar" style="width:{100 * cell.bar:.1f}%"></span>'
    if cell.interval is not None:
        low, high, value = (100 * end for end in cell.interval)
        after = (
            f'<span class="gi-track"><span class="gi-range" style="left:{low:.1f}%;'
            f'width:{high - low:.1f}%"></span><span class="gi-point" style="left:{value:.1f}%">'
            "</span></span>"
        )
    return before, after


def _class(is_number: bool) -> str:
    return ' class="gi-n"' if is_number else ""


def _branch(branch: TreeNode) -> str:
    beside = " · ".join(branch.beside)
    label = f"<b>{escape(branch.label)}</b>"
    line = f'{label} <span class="gi-beside">{escape(beside)}</span>' if beside else label
    if not branch.children:
        return f'<div class="gi-leaf">{line}</div>'
    inside = "".join(map(_branch, branch.children))
    opened = " open" if branch.is_open else ""
    return f'<details class="gi-node"{opened}><summary>{line}</summary>{inside}</details>'


def _gaps(gaps: GapMap) -> str:
    lines = []
    for label, marks in zip(gaps.rows, gaps.marks, strict=True):
        cells = "".join(
            f'<i class="gi-{mark}" title="{escape(f"{label}, {column}: {words}", quote=True)}"></i>'
            if mark
            else "<i></i>"
            for column, mark, words in zip(
                gaps.columns, marks, (dict(gaps.words).get(m, "") for m in marks), strict=True
            )
        )
        lines.append(f"<div>{cells}</div>")
    keys = " · ".join(
        f'<span class="gi-key gi-{escape(mark)}"></span> {escape(words)}'
        for mark, words in gaps.words
    )
    notes = "".join(f"<p>{text}</p>" for text in (keys, escape(gaps.note)) if text)
    return f'<div class="gi-gaps" aria-hidden="true">{"".join(lines)}</div>{notes}'
