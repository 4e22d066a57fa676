"""What people look at in a notebook or a terminal: one structure, written as HTML or as text."""

from govindex.display.blocks import (
    Facts,
    GapMap,
    ShownCell,
    ShownColumn,
    ShownPage,
    Table,
    TreeNode,
)
from govindex.display.markup import html
from govindex.display.plain import plain
from govindex.display.showing import Shown, show

__all__ = [
    "Facts",
    "GapMap",
    "Shown",
    "ShownCell",
    "ShownColumn",
    "ShownPage",
    "Table",
    "TreeNode",
    "html",
    "plain",
    "show",
]
