"""Small made-up indices that are explored."""

from __future__ import annotations

from typing import Any

import govindex as gi
from govindex import rules
from govindex.testing import observed

__all__ = ["figures", "leaf", "tree"]

POSTS = rules.Goalposts(worst=0, best=10)


def leaf(code: str, **settings: Any) -> gi.Indicator:
    return gi.Indicator(code, **{"rule": POSTS, **settings})


def tree(*children: Any, **settings: Any) -> gi.Methodology:
    """Return a methodology of a and b, and of what is given besides."""
    names = ("scale", "rounding", "ranking")
    own = {name: settings.pop(name) for name in names if name in settings}
    nodes = [leaf("a"), leaf("b", weight=2), *children]
    return gi.Methodology("made-up.m", "1", gi.Framework("root", nodes, **settings), **own)


def figures(**columns: Any) -> gi.Observations:
    return observed({"a": [1, 2, 3, 5], "b": [2, 1, 4, 4.5], "c": [5, 3, 1, 2], **columns})
