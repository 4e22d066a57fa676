"""Which cells of a table are suppressed: primary by rules, complementary by programmes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

import numpy as np

from govindex.checks import among, instance_of, is_number, shown, tuple_of
from govindex.contracts import Bool, Float
from govindex.disclosure.augmentation import ProtectionTask, augmented
from govindex.disclosure.hierarchies import Axis
from govindex.disclosure.patterns import LARGE, Suppression, in_short
from govindex.disclosure.programmes import cheapest
from govindex.disclosure.sensitivity import Protection, SensitivityRule, as_rules
from govindex.disclosure.tables import AdditiveTable
from govindex.errors import DataError, Problems, SettingError, near_miss
from govindex.model.arrays import read_only
from govindex.names import as_code

__all__ = ["suppress"]


def suppress(
    table: AdditiveTable,
    rules: SensitivityRule | Iterable[SensitivityRule],
    *,
    keep: Iterable[str | tuple[str, ...]] = (),
    cost: Literal["values", "cells"] = "values",
    method: Literal["exact", "fast"] = "exact",
    time_limit: float = 60.0,
) -> Suppression:
    """Suppress the sensitive cells of a table, and others so that none is found by subtraction.

    Who knows the published cells, that totals are sums and that nothing is below 0 finds each
    sensitive cell in an interval at least as wide as the rules ask for, and no other suppressed
    cell exactly. Where contributors are named, so does one who contributes alone to some cells and
    therefore knows them.

    Parameters
    ----------
    table : AdditiveTable
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
    >>> found = suppress(AdditiveTable.of(frame, ["unit", "item"], counts="n"), MinimumCount(5))
    >>> found
    <Suppression: 4 of 16 cells, 1 primary and 3 complementary, the cheapest>
    >>> found.why()[["unit", "item", "kind"]].to_string(index=False).splitlines()[1].split()
    ['A', 'x', 'primary']
    """
    instance_of(table, AdditiveTable, "table")
    checked = as_rules(rules)
    _check_settings(cost, method, time_limit)
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


def _check_settings(cost: Any, method: Any, time_limit: Any) -> None:
    for setting, value, known in (
        ("cost", cost, ("values", "cells")),
        ("method", method, ("exact", "fast")),
    ):
        if not among(value, known):
            raise SettingError(f"{setting} cannot be {shown(value)}: {near_miss(value, known)}")
    if not is_number(time_limit) or not time_limit > 0:
        raise SettingError(f"time_limit is a number of seconds above 0, not {shown(time_limit)}")


def _task(
    table: AdditiveTable, found: Sequence[Protection], kept: Bool, cost: str
) -> ProtectionTask:
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
        needed = np.maximum(width, upper + lower)[sensitive]
        scale = max(float(table.values.max()) / LARGE, float(needed.min(initial=np.inf)))
        scale = scale if 0 < scale < np.inf else 1.0
    costs = np.ones(table.values.shape)
    if cost == "values":
        least = 1.0 if table.are_counts else float(table.values.mean()) / 100
        costs = table.values + (least or 1.0)
    flat = [each.ravel() / scale for each in (table.values, upper, lower, width)]
    values, upper, lower, width = flat
    owner = np.full(values.shape, -1) if table.owner is None else table.owner.ravel()
    owner = np.where(sensitive.ravel(), owner, -1)
    parts = (costs.ravel(), sensitive.ravel(), kept, upper, lower, width, owner)
    return ProtectionTask(table.axes, values, *parts)


def _is_network(axes: Sequence[Axis]) -> bool:
    """Return whether limits of counts are whole: two dimensions with totals, one of them deep."""
    depths = sorted((axis.depth for axis in axes if axis.depth), reverse=True)
    return len(depths) < 2 or (len(depths) == 2 and depths[1] == 1)


def _kept(table: AdditiveTable, keep: Any) -> Bool:
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


def _named(table: AdditiveTable, cells: Iterable[int]) -> list[str]:
    shape = table.values.shape
    return [
        " × ".join(
            axis.codes[row]
            for axis, row in zip(table.axes, np.unravel_index(c, shape), strict=True)
        )
        for c in cells
    ]


def _refuse_kept(table: AdditiveTable, task: ProtectionTask) -> None:
    both = _named(table, np.flatnonzero(task.kept & task.sensitive).tolist())
    if both:
        raise SettingError(f"cells to keep are sensitive: {in_short(both)}; take them out of keep=")


def _refuse(table: AdditiveTable, cells: Sequence[int]) -> None:
    problems = Problems()
    for name in _named(table, cells):
        problems.add(
            f"'{name}' cannot be protected: the cells to keep reveal it",
            code="disclosure.kept",
            cure="keep fewer cells",
        )
    problems.raise_any(DataError, "The table cannot be protected")
