"""Choices drawn as bytes: cheap to draw, and they shrink to the plainest options."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from hypothesis import strategies as st

__all__ = ["Choices", "choices"]

Option = TypeVar("Option")


class Choices:
    """One choice per byte: 0 is the first, plainest option, to which examples shrink."""

    def __init__(self, drawn: bytes) -> None:
        self.remaining = iter(drawn)

    def number(self, most: int) -> int:
        """Return a number from 0 to the largest one."""
        return next(self.remaining, 0) % (most + 1)

    def of(self, options: Sequence[Option]) -> Option:
        """Return one of the options."""
        return options[self.number(len(options) - 1)]

    def one_in(self, count: int) -> bool:
        """Return True once in so many choices."""
        return self.number(count - 1) == count - 1


def choices(size: int = 240) -> st.SearchStrategy[Choices]:
    """Draw choices; after the last byte every choice is the first option."""
    return st.binary(min_size=size, max_size=size).map(Choices)
