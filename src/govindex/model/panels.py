"""Rows of a panel: units in periods, units of one period, and the same units in every period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from govindex.errors import DataError, listing
from govindex.mappings import FrozenMap
from govindex.model.unit import body_of
from govindex.model.units import Units
from govindex.periods import sorted_periods

__all__ = ["balanced_rows", "in_periods", "joined_units", "out_of_period"]

Rows = npt.NDArray[np.intp]


def in_periods(units: Units, rows: Sequence[int], periods: Sequence[str]) -> Units:
    """Return rows of a panel: the units at `rows`, each in a period with its parent."""

    def taken(column: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(column[i] for i in rows)

    def pick(column: Sequence[Any] | None) -> tuple[Any, ...] | None:
        return None if column is None else taken(column)

    def parents_in_periods() -> tuple[str | None, ...] | None:
        if (parents := units.parents) is None:
            return None
        old = units.periods or ("",) * len(units)
        bodies = (parents[i] and body_of(str(parents[i]), old[i]) for i in rows)
        return tuple(body and f"{body}@{p}" for body, p in zip(bodies, periods, strict=True))

    return attrs.evolve(
        units,
        codes=tuple(f"{units.bodies[i]}@{p}" for i, p in zip(rows, periods, strict=True)),
        names=pick(units.names),
        leagues=pick(units.leagues),
        types=pick(units.types),
        parents=parents_in_periods(),
        ranked=None if units.ranked is None else units.ranked[np.array(rows, dtype=np.intp)],
        attributes=FrozenMap({name: taken(column) for name, column in units.attributes.items()}),
        periods=tuple(periods),
    )


def out_of_period(units: Units, rows: Rows, period: str) -> Units:
    """Return the rows of one period as units without a period, with the codes of their bodies."""
    taken = units.take(rows)
    parents = taken.parents
    if parents is not None:
        parents = tuple(parent and body_of(parent, period) for parent in parents)
    return attrs.evolve(taken, codes=taken.bodies, parents=parents, periods=None)


def joined_units(parts: Mapping[str, Units]) -> Units:
    """Return the units of several periods as rows of one panel, period by period."""
    names = dict.fromkeys(name for units in parts.values() for name in units.attributes)
    every = [in_periods(units, range(len(units)), [p] * len(units)) for p, units in parts.items()]

    def chained(field: str) -> tuple[Any, ...] | None:
        columns = [getattr(units, field) for units in every]
        if all(column is None for column in columns):
            return None
        blank = [column or (None,) * len(u) for column, u in zip(columns, every, strict=True)]
        return tuple(value for column in blank for value in column)

    attributes = {
        name: tuple(v for u in every for v in u.attributes.get(name, (None,) * len(u)))
        for name in names
    }
    return Units(
        chained("codes") or (),
        names=chained("names"),
        leagues=chained("leagues"),
        types=chained("types"),
        parents=chained("parents"),
        ranked=np.concatenate([units.ranked_mask for units in every]),
        attributes=FrozenMap(attributes),
        periods=chained("periods"),
    )


def balanced_rows(units: Units, how: str) -> tuple[Units, Rows]:
    """Return the same units in every period, and the old row of each new one, -1 if it is new."""
    assert units.periods is not None
    periods = sorted_periods(units.periods)
    row = {key: i for i, key in enumerate(zip(units.bodies, units.periods, strict=True))}
    bodies = list(dict.fromkeys(units.bodies))
    if how == "common":
        bodies = [body for body in bodies if all((body, period) in row for period in periods)]
        if not bodies:
            raise DataError(f"no unit has a row in every period of {listing(periods)}")
    keys = [(body, period) for period in periods for body in bodies]
    rows = np.array([row.get(key, -1) for key in keys], dtype=np.intp)
    sources = [row[key] if key in row else _nearest(row, periods, *key) for key in keys]
    return in_periods(units, sources, [period for _, period in keys]), rows


def _nearest(
    row: Mapping[tuple[str, str], int], periods: Sequence[str], body: str, period: str
) -> int:
    """Return the row that gives a new one its fields: the last before it, else the next one."""
    at = periods.index(period)
    tried = (*periods[:at][::-1], *periods[at:])
    return next(row[body, other] for other in tried if (body, other) in row)
