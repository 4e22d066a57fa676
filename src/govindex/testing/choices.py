"""Choices by bytes: cheap to draw, and they shrink to what is plain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from hypothesis import strategies as st

__all__ = ["Choices", "choices"]

Option = TypeVar("Option")


class Choices:
    """One choice a byte: 0 is the first option, so that examples shrink to what is plain."""

    def __init__(self, given: bytes) -> None:
        self.left = iter(given)

    def number(self, most: int) -> int:
        """Return a number from 0 to the largest one."""
        return next(self.left, 0) % (most + 1)

    def of(self, options: Sequence[Option]) -> Option:
        """Return one of the options."""
        return options[self.number(len(options) - 1)]

    def one_in(self, count: int) -> bool:
        """Tell whether it is one of so many times that something unusual is made."""
        return self.number(count - 1) == count - 1


def choices(size: int = 240) -> st.SearchStrategy[Choices]:
    """Draw choices; where the bytes end everything is as plain as it can be."""
    return st.binary(min_size=size, max_size=size).map(Choices)
