"""Data made from drawn bytes, cell by cell, so that they shrink with the bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import attrs
import numpy as np
import numpy.typing as npt

from govindex.contracts import Bool, Cells, CellStatus, Float, Peers, Status, is_absent
from govindex.errors import FrameworkError, listing
from govindex.model.observations import Observations
from govindex.model.units import Units
from govindex.testing.variables import Variable

__all__ = ["PERIOD", "Bytes", "observations_from_bytes", "other_bytes"]

PERIOD = "2026"
_PARTS = (1.0, 0.0, 0.5, 0.9, 0.25, 0.8, 0.75, 1 / 3, 0.1, 0.999, 0.85, 0.6)
# The last bytes mark a cell as treated, give it another status, or make it absent.
_TREATED = 224
_STATUSES = (
    (227, CellStatus.FALLEN_BACK),
    (230, CellStatus.IMPUTED),
    (234, CellStatus.MISSING),
    (243, CellStatus.NOT_APPLICABLE),
    (252, CellStatus.SUPPRESSED),
)
_FIRST_ABSENT = 234
_LAST_ABSENT = 8
Bytes = npt.NDArray[np.uint8]


@attrs.define(eq=False)
class _DrawnColumns:
    """The columns drawn so far, as measures read them."""

    units: Units
    texts: dict[str, tuple[str, ...]] = attrs.field(factory=dict)
    values: dict[str, Float] = attrs.field(factory=dict)
    status: dict[str, Status] = attrs.field(factory=dict)

    def __getitem__(self, variable: str) -> Cells:
        return Cells(self.values[variable][None, :], self.status[variable][None, :])

    def __contains__(self, variable: object) -> bool:
        return variable in self.values

    def levels(self, variable: str) -> tuple[str, ...]:
        return self.texts.get(variable, ())

    @property
    def peers(self) -> Peers:
        return self.units

    @property
    def parts_of_year(self) -> int | None:
        return 1


def observations_from_bytes(
    wanted: Mapping[str, Variable], units: Units, cells: Bytes, *, absent: bool
) -> Observations:
    """Return valid observations from bytes, shape (variables, units); 0 is the plainest value.

    With `absent` some cells are marked, or absent where the framework allows it.
    """
    first = _first_of_groups(units)
    rows = {name: cells[i].copy() for i, name in enumerate(wanted)}
    drawn = _DrawnColumns(units)
    nothing = np.zeros(len(units), dtype=np.uint8)
    for variable in _ordered(wanted):
        drawn.texts |= {variable.name: variable.answers} if variable.answers else {}
        values = _values(variable, rows[variable.name], drawn, first)
        status = _status(variable, rows[variable.name], first) if absent else nothing
        drawn.values[variable.name] = np.where(is_absent(status), np.nan, values)
        drawn.status[variable.name] = status
    values = np.stack([drawn.values[name] for name in wanted], axis=1)
    drawn_bytes = np.stack([rows[name] for name in wanted], axis=1)
    treated = absent & (drawn_bytes >= _TREATED) & (drawn_bytes < _STATUSES[0][0])
    treated &= np.array([not variable.answers for variable in wanted.values()])
    return Observations(
        units,
        tuple(wanted),
        values,
        np.stack([drawn.status[name] for name in wanted], axis=1),
        levels=drawn.texts,
        period=PERIOD if units.periods is None else None,
        treated=treated,
        raw=values[treated],
    )


def other_bytes(cells: Bytes, refused: Bool, turn: int) -> Bytes:
    """Return other cells for refused units: new ones each turn, at last those of an accepted unit.

    Cells, shape (variables, units), stay absent until the eighth turn.
    """
    rows, units = np.indices(cells.shape)
    moved = (cells + turn * (7 + 13 * rows + 29 * units)) % _TREATED
    if turn < _LAST_ABSENT:
        moved = np.where(cells >= _FIRST_ABSENT, cells, moved)
    elif turn > _LAST_ABSENT + 1 and not refused.all():
        moved = np.broadcast_to(cells[:, ~refused][:, :1], cells.shape)
    return np.where(refused, moved, cells).astype(np.uint8)


def _first_of_groups(units: Units) -> list[tuple[int, int]]:
    """Return two ranked units of each group that may be scored together."""
    groups: dict[object, list[int]] = {}
    for index, unit in enumerate(units):
        if unit.ranked:
            group = (unit.type, unit.league, unit.period, *unit.attributes.values())
            groups.setdefault(group, []).append(index)
    return [(members[0], members[1]) for members in groups.values() if len(members) > 1]


def _ordered(wanted: Mapping[str, Variable]) -> Iterator[Variable]:
    """Yield wholes before their parts."""
    remaining = dict(wanted)
    while remaining:
        ready = [
            variable
            for variable in remaining.values()
            if all(
                name == variable.name or name not in remaining
                for measure, _ in variable.part_of
                for name in (*measure.variables, *measure.optional)
            )
        ]
        if not ready:
            raise FrameworkError(
                f"{listing(list(remaining))} are parts of each other: give data that fit (data=…)"
            )
        for variable in ready:
            yield remaining.pop(variable.name)


def _values(
    variable: Variable, cells: Bytes, drawn: _DrawnColumns, first: Sequence[tuple[int, int]]
) -> Float:
    caps = [
        factor * np.asarray(measure(drawn).values)[0]
        for measure, factor in variable.part_of
        if all(name in drawn for name in measure.variables)
    ]
    if caps:
        bends = [b for want in variable.wants for b in want.bends if 0 <= b <= 1]
        shares = np.array([*_PARTS[:3], *bends, *_PARTS[3:]])
        # A part of an absent whole may have any value.
        most = np.nan_to_num(np.fmin.reduce(caps), nan=100.0)
        low = max(0.0, *(want.low for want in variable.wants))
        values = np.clip(np.floor(shares[cells % len(shares)] * most + 1e-9), min(low, 1.0), None)
        values = np.minimum(values, np.maximum(most, 0.0))
        if variable.distinct:
            for worse, better in first:
                values[worse], values[better] = min(low, 1.0), most[better]
        return np.asarray(values)
    numbers = variable.numbers
    values = numbers[cells % len(numbers)]
    if variable.distinct:
        low, high = numbers.min(), numbers.max()
        for worse, better in first:
            if values[worse] == values[better]:
                values[better] = high if values[worse] != high else low
    return np.asarray(values)


def _status(variable: Variable, cells: Bytes, first: Sequence[tuple[int, int]]) -> Status:
    free = np.ones(len(cells), dtype=bool)
    if variable.known:
        free[[unit for pair in first for unit in pair]] = False
    status = np.zeros(len(cells), dtype=np.uint8)
    for start, kind in _STATUSES:
        allowed = free if kind in variable.absent else np.False_
        status[(cells >= start) & (allowed if is_absent(kind) else True)] = kind
    return status
