"""The cells of a table that are suppressed, and what remains for publication."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import attrs
import numpy as np

from govindex.checks import among, instance_of, is_number, shown, tuple_of
from govindex.contracts import Bool, CellStatus, Float
from govindex.disclosure.augmentation import Task, augmented
from govindex.disclosure.hierarchies import Axis
from govindex.disclosure.programmes import cheapest
from govindex.disclosure.relations import Component, components, of_axes
from govindex.disclosure.sensitivity import Protection, Sensitivity, as_rules
from govindex.disclosure.tables import Table
from govindex.errors import DataError, Problems, SettingError, near_miss
from govindex.model.arrays import read_only
from govindex.model.observations import Observations
from govindex.names import as_code
from govindex.survey.estimates import Estimates

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Suppression", "suppress"]

T = TypeVar("T", Estimates, Observations)
_LARGE = 1e6  # amounts are scaled to it, so that tolerances of solvers are small beside them


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

        It does not tell primary from complementary suppression: who knows that a cell is below the
        minimum knows more than the table may say.

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
            make the cell sensitive, or sensitive cells that could be found from totals without it.
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
            else f"else totals tell {_some([name_of[c] for c in protects[cell]])}"
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
        scale = 1.0 if self.are_counts or largest == 0 else largest / _LARGE
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


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def suppress(
    table: Table,
    rules: Sensitivity | Iterable[Sensitivity],
    *,
    keep: Iterable[str | tuple[str, ...]] = (),
    cost: Literal["values", "cells"] = "values",
    method: Literal["exact", "fast"] = "exact",
    time_limit: float = 60.0,
) -> Suppression:
    """Suppress the sensitive cells of a table, and others so that none is found by subtraction.

    Who knows the published cells, that totals are sums and that nothing is below 0 finds each
    sensitive cell in an interval at least as wide as the rules ask for, and no other suppressed
    cell exactly.

    Parameters
    ----------
    table : Table
    rules : rule or sequence of rules
        Such as ``MinimumCount(5)``; a cell is sensitive if one of them says so.
    keep : sequence of str or tuple of str
        Cells that must be published, by a code for each dimension, such as
        ``[("total", "total")]``.
    cost : {"values", "cells"}
        What is lost with a suppressed cell: its value (plus 1 in a table of counts), or 1.
    method : {"exact", "fast"}
        The cheapest suppression, by an integer programme; or a sufficient one, by a linear
        programme for each sensitive cell, for tables of many thousands of cells.
    time_limit : float
        Seconds after which the exact method returns the best suppression so far, with its gap.

    Returns
    -------
    Suppression
        It does not hold the suppressed values.

    Raises
    ------
    DataError
        If a cell cannot be protected, since too many others are kept; all such cells are named.
    SettingError
        If a cell to keep is sensitive, or a setting is not valid.

    References
    ----------
    A. Hundepool et al. (2012), Statistical Disclosure Control, Wiley, chapter 4; M. Fischetti and
    J. J. Salazar-González (2001), Solving the cell suppression problem on tabular data with linear
    constraints, Management Science 47(7), 1008-1027.

    Examples
    --------
    >>> import pandas as pd
    >>> from govindex.disclosure import MinimumCount
    >>> frame = pd.DataFrame({
    ...     "unit": [*"AAABBBCCC"], "item": [*"xyz"] * 3, "n": [3, 20, 30, 25, 8, 40, 12, 50, 60]
    ... })
    >>> found = suppress(Table.of(frame, ["unit", "item"], counts="n"), MinimumCount(5))
    >>> found
    <Suppression: 4 of 16 cells, 1 primary and 3 complementary, the cheapest>
    >>> found.why()[["unit", "item", "kind"]].to_string(index=False).splitlines()[1].split()
    ['A', 'x', 'primary']
    """
    instance_of(table, Table, "table")
    checked = as_rules(rules)
    for setting, value, known in (
        ("cost", cost, ("values", "cells")),
        ("method", method, ("exact", "fast")),
    ):
        if not among(value, known):
            raise SettingError(f"{setting} cannot be {shown(value)}: {near_miss(value, known)}")
    if not is_number(time_limit) or not time_limit > 0:
        raise SettingError(f"time_limit is a number of seconds above 0, not {shown(time_limit)}")
    found = [(rule.reason, rule(table)) for rule in checked]
    kept = _kept(table, keep)
    task = _task(table, [protection for _, protection in found], kept, cost)
    _refuse_kept(table, task)
    suppressed, failed = augmented(task, np.zeros(table.values.size, dtype=bool))
    if failed:
        _refuse(table, failed)
    gap = np.nan
    if method == "exact":
        solution = cheapest(task, suppressed, float(time_limit))
        suppressed = solution.suppressed
        spent = float(task.costs[suppressed].sum())
        gap = 0.0 if spent <= solution.bound * (1 + 1e-9) else 1 - solution.bound / spent
    hidden = suppressed.reshape(table.values.shape)
    return Suppression(
        axes=table.axes,
        published=read_only(np.where(hidden, np.nan, table.values)),
        primary=read_only(task.sensitive.reshape(hidden.shape)),
        reasons=tuple((reason, protection.sensitive) for reason, protection in found),
        are_counts=table.are_counts,
        method=method,
        gap=gap,
    )


def _task(table: Table, found: Sequence[Protection], kept: Bool, cost: str) -> Task:
    """Return what is to be protected, the strictest rule of each cell."""
    sensitive = np.any([each.sensitive for each in found], axis=0)

    def strictest(name: str) -> Float:
        needs = [np.where(each.sensitive, getattr(each, name), 0.0) for each in found]
        return np.asarray(np.max(needs, axis=0), dtype=np.float64)

    upper, lower, width = map(strictest, ("upper", "lower", "width"))
    scale = 1.0
    if table.are_counts:
        # Limits that linear programmes find are whole only in networks: elsewhere one more.
        width = width + (sensitive & (width > 0)) * (not _is_network(table.axes))
    else:
        scale = float(table.values.max()) / _LARGE or 1.0
    costs = np.ones(table.values.shape)
    if cost == "values":
        least = 1.0 if table.are_counts else float(table.values.mean()) / 100
        costs = table.values + (least or 1.0)
    flat = [each.ravel() / scale for each in (table.values, upper, lower, width)]
    values, upper, lower, width = flat
    return Task(table.axes, values, costs.ravel(), sensitive.ravel(), kept, upper, lower, width)


def _is_network(axes: Sequence[Axis]) -> bool:
    """Return whether limits of counts are whole: two dimensions with totals, one of them deep."""
    depths = sorted((axis.depth for axis in axes if axis.depth), reverse=True)
    return len(depths) < 2 or (len(depths) == 2 and depths[1] == 1)


def _kept(table: Table, keep: Any) -> Bool:
    kept = np.zeros(table.values.shape, dtype=bool)
    for cell in tuple_of(keep, "keep", "cells, each a code for every dimension"):
        codes = tuple_of(cell, "a cell to keep", "a code for every dimension")
        if len(codes) != len(table.axes):
            named = ", ".join(axis.name for axis in table.axes)
            raise SettingError(f"a cell to keep has a code for each of {named}, not {shown(cell)}")
        kept[tuple(map(_row, table.axes, codes))] = True
    return kept.ravel()


def _row(axis: Axis, code: Any) -> int:
    if not among(as_code(code), axis.codes):
        raise SettingError(f"there is no {axis.name} {shown(code)}: {near_miss(code, axis.codes)}")
    return axis.codes.index(as_code(code))


def _named(table: Table, cells: Iterable[int]) -> list[str]:
    shape = table.values.shape
    return [
        " × ".join(
            axis.codes[row]
            for axis, row in zip(table.axes, np.unravel_index(c, shape), strict=True)
        )
        for c in cells
    ]


def _refuse_kept(table: Table, task: Task) -> None:
    both = _named(table, np.flatnonzero(task.kept & task.sensitive).tolist())
    if both:
        raise SettingError(f"cells to keep are sensitive: {_some(both)}; take them out of keep=")


def _refuse(table: Table, cells: Sequence[int]) -> None:
    problems = Problems()
    for name in _named(table, cells):
        problems.add(
            f"'{name}' cannot be protected: what is kept tells it",
            code="disclosure.kept",
            cure="keep fewer cells",
        )
    problems.raise_any(DataError, "The table cannot be protected")
