"""Children of a branch, settled: for tests of absence."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from govindex.absence import (
    Absence,
    as_absence,
)
from govindex.aggregate import Arithmetic
from govindex.compute import State
from govindex.compute.plan import Child
from govindex.compute.settlement import Settlement, settle
from govindex.contracts import CellStatus, Everyone

Float = npt.NDArray[np.float64]
Share = float | CellStatus

REPORTED, _, IMPUTED, MISSING, NOT_APPLICABLE, SUPPRESSED = CellStatus


def child(
    code: str,
    row: Sequence[Share],
    weight: object,
    policy: object,
    parts: Sequence[float] | None,
    below: tuple[int, Sequence[float]],
) -> tuple[Child, State, Float]:
    leaves, missing = below
    lacking = np.array([missing], dtype=np.float64)
    status = [cell if isinstance(cell, CellStatus) else REPORTED for cell in row]
    shares = [np.nan if isinstance(cell, CellStatus) else cell for cell in row]
    state = State(
        np.array([shares], dtype=np.float64),
        np.array([status], dtype=np.uint8),
        not np.isnan(shares).any(),
        applicable=None if parts is None else np.array([parts]),
        lacking=(lacking, *[np.zeros_like(lacking)] * 2) if missing else None,
    )
    weights = np.array(weight, dtype=np.float64).reshape(1, -1)
    return (
        Child("abcdefghi".index(code), code, as_absence(policy) or Absence(), leaves),  # type: ignore[arg-type]
        state,
        weights,
    )


def together(
    given: Sequence[tuple[Child, State, Float]], policy: object = None, units: int = 1
) -> Settlement:
    children, states, weights = zip(*given, strict=True)
    return settle(children, states, weights, as_absence(policy) or Absence(), Everyone(units))  # type: ignore[arg-type]


def settled(
    rows: Sequence[Sequence[Share]],
    weights: Sequence[object],
    policy: object,
    *,
    own: Sequence[object] = (),
    parts: Sequence[Sequence[float] | None] = (),
    below: Sequence[tuple[int, Sequence[float]]] = (),
) -> Settlement:
    """Settle children a, b, c under the branch's policy, or each under its own.

    `below` says how many indicators a child has and how many of them are missing, unit by unit.
    """
    whole = parts or [None] * len(rows)
    policies = own or [policy] * len(rows)
    codes = "abc"[: len(rows)]
    counted = below or [(1, ())] * len(rows)
    given = zip(codes, rows, weights, policies, whole, counted, strict=True)
    return together([child(*one) for one in given], policy, units=len(rows[0]))


def share(settlement: Settlement) -> list[float]:
    values = Arithmetic()(settlement.shares, settlement.weights)
    return [float(value) for value in np.where(settlement.absent, np.nan, values)[0]]


def applicable(settlement: Settlement) -> list[float]:
    # None where all of the maximum applies to every unit.
    parts = (
        np.ones(settlement.absent.shape) if settlement.applicable is None else settlement.applicable
    )
    return [float(part) for part in parts[0]]
