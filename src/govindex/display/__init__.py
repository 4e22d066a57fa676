"""What people look at in a notebook or a terminal: one structure, written as HTML or as text."""

from govindex.display.blocks import Branch, Cell, Column, Facts, Gaps, Page, Table
from govindex.display.markup import html
from govindex.display.plain import plain
from govindex.display.showing import Shown, show

__all__ = [
    "Branch",
    "Cell",
    "Column",
    "Facts",
    "Gaps",
    "Page",
    "Shown",
    "Table",
    "html",
    "plain",
    "show",
]
