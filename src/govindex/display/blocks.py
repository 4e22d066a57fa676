"""The structure of what is displayed: a title, and facts, tables, trees and maps of gaps."""

from __future__ import annotations

import attrs

__all__ = ["Facts", "GapMap", "ShownCell", "ShownColumn", "ShownPage", "Table", "TreeNode"]


@attrs.frozen
class ShownCell:
    """A cell of a table.

    Parameters
    ----------
    text : str
    bar : float, optional
        The length of a bar behind the text, from 0 to 1 of the cell.
    interval : (float, float, float), optional
        Low end, high end and value of an interval, from 0 to 1 of the cell.
    mark : str
        The name of a status, such as "imputed"; "" for a reported figure.
    letters : str
        The letters of its marks, which stand after the text.
    """

    text: str
    bar: float | None = None
    interval: tuple[float, float, float] | None = None
    mark: str = ""
    letters: str = ""


@attrs.frozen
class ShownColumn:
    """The title of a column, and whether it holds numbers, which stand at the right."""

    title: str
    is_number: bool = False


@attrs.frozen
class Table:
    """A table.

    Parameters
    ----------
    columns : tuple of ShownColumn
    rows : tuple of tuple of Cell
    depths : tuple of int
        How far the first column of each row is indented; () for not at all.
    caption : str
    more : str
        What the rows that are folded away are, such as "and 43 more"; "" if every row is shown.
    shown : int, optional
        How many rows stand above the fold; all by default.
    """

    columns: tuple[ShownColumn, ...]
    rows: tuple[tuple[ShownCell, ...], ...]
    depths: tuple[int, ...] = ()
    caption: str = ""
    more: str = ""
    shown: int | None = None


@attrs.frozen
class TreeNode:
    """A node of a tree that opens and closes: its label, the texts beside it, and its children."""

    label: str
    beside: tuple[str, ...] = ()
    children: tuple[TreeNode, ...] = ()
    is_open: bool = False


@attrs.frozen
class Facts:
    """Pairs of a term and what it is."""

    pairs: tuple[tuple[str, str], ...]


@attrs.frozen
class GapMap:
    """A map of the cells of a table by status.

    Parameters
    ----------
    rows, columns : tuple of str
        Labels.
    marks : tuple of tuple of str
        The status of each cell by name, "" for a reported figure.
    words : tuple of (str, str)
        The statuses that occur, with their words.
    note : str
        What was left out.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    marks: tuple[tuple[str, ...], ...]
    words: tuple[tuple[str, str], ...]
    note: str = ""


@attrs.frozen
class ShownPage:
    """What is displayed of one thing, from top to bottom; a text is a paragraph."""

    title: str
    blocks: tuple[str | Facts | Table | TreeNode | GapMap, ...] = ()
