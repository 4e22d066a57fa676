"""Numbers of units with the names of rows and columns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

__all__ = ["Matrix"]


@attrs.frozen(eq=False)
class Matrix:
    """Numbers of units for several variables or nodes, a row for each.

    Parameters
    ----------
    values : array, shape (names, units)
        NaN where a cell is absent.
    names : tuple of str
        The variables or the codes of the nodes.
    peers : NamedPeers, optional
        The units as parts see them: leagues, parents, which are ranked.
    units : tuple of str
        The names of the units, for messages.
    """

    values: npt.NDArray[np.float64]
    names: tuple[str, ...]
    peers: Any = None
    units: tuple[str, ...] = ()

    @property
    def by_unit(self) -> npt.NDArray[np.float64]:
        """The numbers with a row for each unit, shape (units, names)."""
        return np.ascontiguousarray(self.values.T)

    def where(self, kept: npt.NDArray[np.bool_]) -> Matrix:
        """Return the numbers of some units."""
        units = tuple(unit for unit, keep in zip(self.units, kept, strict=True) if keep)
        return attrs.evolve(self, values=self.values[:, kept], units=units)

    def of(self, names: Iterable[str]) -> Matrix:
        """Return the numbers of some names, in the order given."""
        chosen = tuple(names)
        rows = [self.names.index(name) for name in chosen]
        return attrs.evolve(self, values=self.values[rows], names=chosen)
