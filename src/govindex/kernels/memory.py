"""Memory that is used again: fresh memory for every block costs more than much that is computed."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Memory"]


class Memory:
    """Arrays by name, of which one that is asked for again overwrites what it held, and in a row.

    A new memory gives new arrays. Threads do not share one.

    Examples
    --------
    >>> memory = Memory()
    >>> first = memory.array("sums", (2, 3))
    >>> np.shares_memory(first, memory.array("sums", (2, 2)))
    True
    >>> one, other = memory.following((2, 3)), memory.following((2, 3))
    >>> memory.restart()
    >>> again = memory.following((3, 2))
    >>> [np.shares_memory(again, before) for before in (one, other)]
    [True, False]
    """

    def __init__(self) -> None:
        self._kept: dict[Hashable, npt.NDArray[Any]] = {}
        self._given = 0

    def following(self, shape: tuple[int, ...]) -> npt.NDArray[np.float64]:
        """Return an array of any content that is apart from all given in a row since a restart."""
        self._given += 1
        return self.array(self._given, shape)

    def restart(self) -> None:
        """Let the arrays of a row be given again."""
        self._given = 0

    def array(
        self, name: Hashable, shape: tuple[int, ...], dtype: npt.DTypeLike = np.float64
    ) -> npt.NDArray[Any]:
        """Return an array of any content; other types take the same memory."""
        size = prod(shape) * np.dtype(dtype).itemsize
        kept = self._kept.get(name)
        if kept is None or kept.size < size:
            kept = self._kept[name] = np.empty(size, np.uint8)
        return kept[:size].view(dtype).reshape(shape)

    def constant(
        self, name: Hashable, shape: tuple[int, ...], make: Callable[[int], npt.NDArray[Any]]
    ) -> npt.NDArray[Any]:
        """Return an array that is made once: `make` gives so many numbers, fewer are the first."""
        size = prod(shape)
        kept = self._kept.get(name)
        if kept is None or kept.size < size:
            kept = self._kept[name] = make(size)
        return kept[:size].reshape(shape)
