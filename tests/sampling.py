"""How much a plain run tries of the laws: a share of them, on few examples.

The profiles `full` and `deep` try every law; CONTRIBUTING.md lists what is sampled.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from govindex.testing import methodology_checks

__all__ = ["few", "some", "try_laws"]

_SAMPLED = os.environ.get("GOVINDEX_PROFILE", "quick") == "quick"
_SHARE = 12


def few(examples: int) -> int:
    """Return how many examples are tried: a fifth of them in a plain run."""
    return max(examples // 5, 2) if _SAMPLED else examples


def some(cases: Iterable[Any], *, share: int = 5) -> list[Any]:
    """Return the cases that are tried: one in `share` of them in a plain run."""
    every = list(cases)
    return every[::share] if _SAMPLED else every


def try_laws(method: Any, turn: int, *, examples: int) -> None:
    """Try the laws that a methodology promises: a plain run every twelfth, others at each turn.

    Parameters
    ----------
    method : methodology
    turn : int
        Which of them a plain run starts with: the row of the methodology among those tried.
    examples : int
        How many examples a plain run tries; a full one as many as the kit does.
    """
    checks = methodology_checks(method, examples=examples if _SAMPLED else None)
    for check in checks[turn % _SHARE :: _SHARE] if _SAMPLED else checks:
        check()
