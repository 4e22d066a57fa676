"""A table for publication: suppressed cells, and what anybody can find out about them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

import attrs
import numpy as np

from govindex.checks import shown
from govindex.contracts import Bool, CellStatus, Float
from govindex.disclosure.hierarchies import Axis
from govindex.disclosure.relations import Component, components, of_axes
from govindex.errors import DataError, Problems, SettingError, near_miss
from govindex.model.observations import Observations
from govindex.survey.estimates import Estimates

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LARGE", "Suppression", "in_short"]

T = TypeVar("T", Estimates, Observations)
LARGE = 1e7  # amounts are scaled to it, so that tolerances of solvers are small beside them


@attrs.frozen(eq=False, repr=False, kw_only=True)
class Suppression:
    """A table for publication: the cells that are suppressed have no value any more.

    Parameters
    ----------
    axes : tuple
        The dimensions, with their codes and totals.
    published : array, one dimension per axis
        NaN where suppressed.
    primary : array of bool, shape of published
        The cells that are sensitive themselves; other suppressed ones are complementary.
    reasons : tuple of (str, array of bool)
        Why cells are sensitive, and which of them, rule by rule.
    are_counts : bool
    method : str
        "exact" or "fast".
    gap : float
        By what share a sufficient suppression could cost less at most: 0 if this is the cheapest;
        NaN for the fast method.
    """

    axes: tuple[Axis, ...]
    published: Float
    primary: Bool
    reasons: tuple[tuple[str, Bool], ...]
    are_counts: bool
    method: str
    gap: float

    def __repr__(self) -> str:
        first, others = int(self.primary.sum()), int((self.suppressed & ~self.primary).sum())
        cost = "" if self.gap != self.gap else f", at most {self.gap:.1%} above the cheapest"
        return (
            f"<Suppression: {first + others} of {self.published.size} cells, {first} primary and "
            f"{others} complementary{', the cheapest' if self.gap == 0 else cost}>"
        )

    @property
    def suppressed(self) -> Bool:
        """Which cells are suppressed, shape of the table."""
        return np.isnan(self.published)

    def table(self) -> pd.DataFrame:
        """Return what may be published: a row for each cell and total.

        It does not distinguish primary from complementary suppression: that a cell is below the
        minimum is more than may be known.

        Returns
        -------
        DataFrame
            A column for each dimension, value (NaN where suppressed) and status.
        """
        table = self._cells(np.ones(self.published.shape, dtype=bool))
        status = np.where(self.suppressed, CellStatus.SUPPRESSED, CellStatus.REPORTED).ravel()
        table["value"] = self.published.ravel()
        table["status"] = [CellStatus(code).label for code in status.tolist()]
        return table

    def why(self) -> pd.DataFrame:
        """Return why each suppressed cell is suppressed: for the office, not for publication.

        Returns
        -------
        DataFrame
            A column for each dimension, kind (primary or complementary), and why: the rules that
            make the cell sensitive, or the sensitive cells that totals reveal if this one is
            published.
        """
        table = self._cells(self.suppressed)
        names = [" × ".join(row) for row in table.itertuples(index=False)]
        cells = np.flatnonzero(self.suppressed.ravel())
        name_of = dict(zip(cells.tolist(), names, strict=True))
        sensitive = self.primary.ravel()
        protects = {}
        for component in self._components():
            linked = abs(component.relations.T) @ abs(component.relations)
            for row, cell in enumerate(component.cells.tolist()):
                beside = component.cells[
                    linked.indices[linked.indptr[row] : linked.indptr[row + 1]]
                ]
                near = [c for c in sorted(beside.tolist()) if sensitive[c]]
                protects[cell] = near or component.cells[sensitive[component.cells]].tolist()
        table["kind"] = ["primary" if sensitive[c] else "complementary" for c in name_of]
        table["why"] = [
            "; ".join(text for text, mask in self.reasons if mask.ravel()[cell])
            if sensitive[cell]
            else f"protects {in_short([name_of[c] for c in protects[cell]])}"
            for cell in name_of
        ]
        return table

    def intervals(self) -> pd.DataFrame:
        """Attack the published table: what anybody can find out about suppressed cells.

        The attacker knows the published cells, that totals are sums, and that nothing is below 0;
        limits of counts are whole numbers. Two linear programmes for each cell.

        Returns
        -------
        DataFrame
            A column for each dimension, low and high: the least and the largest value that a
            suppressed cell can have; inf without a limit.
        """
        table = self._cells(self.suppressed)
        largest = float(np.nanmax(self.published, initial=0.0))
        scale = 1.0 if self.are_counts or largest == 0 else largest / LARGE
        limits: dict[int, tuple[float, float]] = {}
        for component in self._components(scale):
            for cell in component.cells.tolist():
                low, high = component.bounds(cell, -1.0), component.bounds(cell, 1.0)
                least = 0.0 if low is None else max(low.value, 0.0)
                limits[cell] = least * scale, np.inf if high is None else high.value * scale
        ordered = np.array([limits[cell] for cell in sorted(limits)]).reshape(-1, 2)
        if self.are_counts:
            ordered = np.stack(
                [np.ceil(ordered[:, 0] - 1e-6), np.floor(ordered[:, 1] + 1e-6)], axis=1
            )
        table["low"], table["high"] = ordered[:, 0] + 0.0, ordered[:, 1]
        return table

    def apply(self, data: T) -> T:
        """Suppress the same cells in estimates of a survey, or in the data of an index.

        The first dimension names domains or units, the second items or variables; a table of one
        dimension speaks of all of them.

        Parameters
        ----------
        data : Estimates or Observations
            Domains and items must be in the table, so that none is published by oversight. Data may
            have other variables.

        Returns
        -------
        Estimates or Observations
            Without the values, errors and numbers of answers of suppressed cells.

        Raises
        ------
        DataError
            If the table says nothing about a domain, an item or a unit, or the data lack a variable
            in which it suppresses cells.
        """
        if not isinstance(data, (Estimates, Observations)):
            raise SettingError(f"apply takes Estimates or Observations, not {shown(data)}")
        if len(self.axes) > 2:
            raise SettingError(
                "a table of units and variables has at most two dimensions, this one has "
                f"{len(self.axes)}"
            )
        if isinstance(data, Estimates):
            rows, columns = data.domains, data.items
        else:
            rows, columns = data.units.codes, data.variables
        self._check_names(data, rows, columns)
        names = [axis.codes for axis in self.axes]
        cells = []
        for at in zip(*np.nonzero(self.suppressed), strict=True):
            code = [axis[row] for axis, row in zip(names, at, strict=True)]
            if code[0] in rows:
                cells += [(code[0], c) for c in columns if len(code) == 1 or c == code[1]]
        return data.suppressed(cells)

    def _check_names(
        self, data: Estimates | Observations, rows: Sequence[str], columns: Sequence[str]
    ) -> None:
        """Refuse names that only the data or only the table have."""
        problems, lines = Problems(), self.axes[-1]
        wanted: list[tuple[str, Sequence[str], str]]
        wanted = [(name, self.axes[0].codes, "the table") for name in rows]
        if len(self.axes) == 2 and isinstance(data, Estimates):
            wanted += [(name, lines.codes, "the table") for name in columns]
        elif len(self.axes) == 2:
            hidden = self.suppressed.any(axis=0) & lines.is_leaf
            wanted += [(lines.codes[i], columns, "the data") for i in np.flatnonzero(hidden)]
        for name, known, where in wanted:
            if name not in known:
                cause = f"{where} do not have '{name}'"
                if where == "the table":
                    cause = f"the table says nothing about '{name}'"
                problems.add(f"{cause}: {near_miss(name, known)}", code="disclosure.unknown")
        problems.raise_any(DataError, "The suppression cannot be applied")

    def _components(self, scale: float = 1.0) -> list[Component]:
        return components(
            of_axes(self.axes), self.published.ravel() / scale, self.suppressed.ravel()
        )

    def _cells(self, mask: Bool) -> pd.DataFrame:
        import pandas as pd

        where = np.nonzero(mask)
        return pd.DataFrame(
            {
                axis.name: [axis.codes[row] for row in rows.tolist()]
                for axis, rows in zip(self.axes, where, strict=True)
            }
        )


def in_short(names: Sequence[str]) -> str:
    """Return the first three names, and how many more there are."""
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
