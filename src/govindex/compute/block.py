"""The data of a block of draws, and the state of each node."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np

from govindex.contracts import Bool, Cells, Float, Index, Peers, Rounder, Status
from govindex.errors import SettingError
from govindex.model.observations import Observations

__all__ = ["Block", "State", "as_numbers", "rounded"]


# attrs reads the signature of a converter when the class is made, which takes long for numpy's own.
def _in_one_layout(array: Any) -> Any:
    return np.ascontiguousarray(array)


@attrs.frozen(eq=False)
class Block:
    """The data of some draws, as measures read them.

    Parameters
    ----------
    observations : Observations
        Units, variables, answers and period.
    values : array, shape (variables, draws or 1, units)
    status : array of CellStatus, shape (variables, draws or 1, units)
    numbers : dict of str to int
        The row of each variable that holds numbers, not texts.
    """

    observations: Observations
    # In one layout: how an array lies in memory decides the order in which its cells are added.
    values: Float = attrs.field(converter=_in_one_layout)
    status: Status = attrs.field(converter=_in_one_layout)
    _rows: dict[str, int] = attrs.field(init=False)
    numbers: dict[str, int] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        rows = {name: i for i, name in enumerate(self.observations.variables)}
        texts = [name for name, levels in self.observations.levels.items() if levels]
        numbers = {name: i for name, i in rows.items() if name not in texts} if texts else rows
        object.__setattr__(self, "_rows", rows)
        object.__setattr__(self, "numbers", numbers)

    @classmethod
    def of(cls, observations: Observations) -> Block:
        """Return the data themselves, as a block of one draw."""
        values, status = observations.values.T, observations.status.T
        return cls(observations, values[:, None, :], status[:, None, :])

    def __getitem__(self, variable: str) -> Cells:
        """Return one variable."""
        index = self._rows[variable]
        return Cells(self.values[index], self.status[index])

    def __contains__(self, variable: object) -> bool:
        """Return whether the data hold the variable."""
        return variable in self._rows

    def gather(self, numbers: Sequence[int | None]) -> tuple[list[int], Float, Status]:
        """Return rows of variables together, in the order that copies least, and that order."""
        rows = np.array(numbers, dtype=np.intp)
        order = np.argsort(rows, kind="stable")
        ordered = rows[order]
        together = bool((np.diff(ordered) == 1).all())
        pick = slice(ordered[0], ordered[-1] + 1) if together else ordered
        return order.tolist(), self.values[pick], self.status[pick]

    def levels(self, variable: str) -> tuple[str, ...]:
        """Return the texts of a text variable."""
        return self.observations.levels.get(variable, ())

    @property
    def units(self) -> int:
        """How many units there are."""
        return int(self.values.shape[-1])

    @property
    def reported(self) -> Status:
        """The status of units that all have a score, shape (1, units)."""
        return np.zeros((1, self.units), dtype=np.uint8)

    @property
    def peers(self) -> Peers:
        """The assessed units."""
        return self.observations.units

    @property
    def parts_of_year(self) -> int | None:
        """How many periods of this length make a year."""
        return self.observations.parts_of_year


@attrs.define(eq=False)
class State:
    """A node's outcome in one block: share, applicable part, and why a share is absent.

    `applicable` is None while the whole maximum applies to every unit; `before_rule` is kept for
    branches whose rule depends on peers, `inputs` (shares and weights) for those whose aggregator
    does. `filled` marks the shares that the branch above filled in. `lacking` counts the absent
    indicators below, by kind of absence; it is None for an indicator and if nothing is absent.
    `leaves` counts the indicators below with a weight above 0; it is None if all have one, or if
    nothing depends on the count. `points` is the printed number of a branch whose mean is
    corrected. `maximum` is the printed score of a share of 1, shape (draws or 1, 1), if requested.
    """

    share: Float
    status: Status
    complete: bool
    applicable: Float | None = None
    value: Float | None = None
    in_force: tuple[Float, ...] | None = None
    before_rule: Float | None = None
    inputs: tuple[Sequence[Float], Sequence[Float]] | None = None
    filled: Bool | None = None
    lacking: tuple[Float, ...] | None = None
    leaves: Float | None = None
    points: Float | None = None
    maximum: Float | None = None

    @property
    def outcome(self) -> tuple[Float, Float | float, Float]:
        """The share, the part of the maximum that applies, and the requested maximum."""
        assert self.maximum is not None
        return self.share, 1.0 if self.applicable is None else self.applicable, self.maximum

    def of_units(self, rows: Index) -> State:
        """Return what a result needs of some units: share, status, applicable part and weights."""

        def taken(array: Any) -> Any:  # an array of one column holds for all units
            return array if array is None or array.shape[-1] == 1 else array[..., rows]

        return State(
            taken(self.share),
            taken(self.status),
            self.complete,
            applicable=taken(self.applicable),
            value=taken(self.value),
            in_force=self.in_force and tuple(map(taken, self.in_force)),
        )

    def fill(self, share: Float) -> None:
        """Take over filled-in shares, to which the whole maximum applies."""
        if share is self.share:
            return
        filled = np.isnan(self.share) & ~np.isnan(share)
        if filled.any():
            self.filled = filled
            if self.applicable is not None:
                self.applicable = np.where(filled, 1.0, self.applicable)
        self.share = share

    def seen(self, *, unfilled: bool) -> State:
        """Return the state as a view sees it: with or without the filled-in shares."""
        if self.filled is None:
            return self
        if unfilled:
            return attrs.evolve(self, share=np.where(self.filled, np.nan, self.share))
        if self.lacking is None:
            return self
        counts = tuple(np.where(self.filled, 0.0, count) for count in self.lacking)
        return attrs.evolve(self, lacking=counts)


def as_numbers(
    output: object, kind: str, part: object, shape: tuple[int, ...] | None = None
) -> Float:
    """Return the output of a part as numbers, or raise an error that names the part."""
    try:
        numbers = np.asarray(output, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise SettingError(f"{kind}{part!r} returned no numbers: {error}") from error
    if shape is not None and numbers.shape != shape:
        raise SettingError(
            f"{kind}{part!r} returned shares of shape {numbers.shape}, expected {shape}"
        )
    return numbers


def rounded(
    share: Float,
    applicable: Float | None,
    maximum: Float,
    rounding: Rounder,
    out: Float | None = None,
) -> Float:
    """Round a share on the printed unit: points, or the common scale.

    `maximum` has the shape (draws or 1, 1); where it is not above 0 nothing is printed or rounded.
    The shares may be written to `out`.
    """
    whole = maximum if applicable is None else maximum * applicable
    with np.errstate(invalid="ignore", divide="ignore"):
        shares: Float = np.divide(rounding(share * whole), whole, out=out)
        return shares if (maximum > 0).all() else np.where(maximum > 0, shares, share)
