"""Reusable memory: fresh memory for every block costs more than many computations."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Memory"]


class Memory:
    """Reusable arrays, by name or in a sequence; a repeated request overwrites the earlier array.

    Threads do not share a memory.

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
        self._count = 0

    def following(self, shape: tuple[int, ...]) -> npt.NDArray[np.float64]:
        """Return the next array of the sequence, of any content, apart from earlier ones."""
        self._count += 1
        return self.array(self._count, shape)

    def restart(self) -> None:
        """Begin the sequence again, so that its arrays are reused."""
        self._count = 0

    def array(
        self, name: Hashable, shape: tuple[int, ...], dtype: npt.DTypeLike = np.float64
    ) -> npt.NDArray[Any]:
        """Return the array of a name, of any content; all types share its memory."""
        size = prod(shape) * np.dtype(dtype).itemsize
        kept = self._kept.get(name)
        if kept is None or kept.size < size:
            kept = self._kept[name] = np.empty(size, np.uint8)
        return kept[:size].view(dtype).reshape(shape)

    def constant(
        self, name: Hashable, shape: tuple[int, ...], make: Callable[[int], npt.NDArray[Any]]
    ) -> npt.NDArray[Any]:
        """Return the first numbers of a constant array; `make` makes one of the given length."""
        size = prod(shape)
        kept = self._kept.get(name)
        if kept is None or kept.size < size:
            kept = self._kept[name] = make(size)
        return kept[:size].reshape(shape)
