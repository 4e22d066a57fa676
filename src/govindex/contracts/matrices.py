"""Numbers of units with the names of rows and columns."""

from __future__ import annotations

from collections.abc import Iterable

import attrs
import numpy as np

from govindex.contracts.arrays import Bool, Float
from govindex.contracts.populations import Everyone, NamedPeers

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
        The units as parts see them: leagues, parents, which are ranked. By default all are ranked,
        without leagues and parents.
    units : tuple of str
        The names of the units, for messages.
    """

    values: Float
    names: tuple[str, ...]
    peers: NamedPeers = attrs.field()
    units: tuple[str, ...] = ()

    @peers.default
    def _alike(self) -> NamedPeers:
        return Everyone(self.values.shape[-1])

    @property
    def by_unit(self) -> Float:
        """The numbers with a row for each unit, shape (units, names)."""
        return np.ascontiguousarray(self.values.T)

    def where(self, kept: Bool) -> Matrix:
        """Return the numbers of some units, as peers without leagues and parents."""
        units = tuple(unit for unit, keep in zip(self.units, kept, strict=True) if keep)
        return Matrix(self.values[:, kept], self.names, units=units)

    def of(self, names: Iterable[str]) -> Matrix:
        """Return the numbers of some names, in the order given."""
        chosen = tuple(names)
        rows = [self.names.index(name) for name in chosen]
        return attrs.evolve(self, values=self.values[rows], names=chosen)
