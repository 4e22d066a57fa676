"""Absence policies of nodes, and their effect on a single absent cell."""

from __future__ import annotations

import numpy as np

from govindex.absence import Absence
from govindex.contracts import AbsencePolicy, CellStatus, Everyone
from govindex.model.framework import Framework

__all__ = ["KINDS", "filled", "fills_from_peers", "of_kind", "policy_for"]

KINDS = (CellStatus.MISSING, CellStatus.NOT_APPLICABLE, CellStatus.SUPPRESSED)


def policy_for(framework: Framework, code: str, kind: CellStatus) -> AbsencePolicy:
    """Return the policy for a node that is absent in one way."""
    return of_kind(framework._policy_for(code), kind)


def of_kind(absence: Absence, kind: CellStatus) -> AbsencePolicy:
    """Return the policy for one way of being absent."""
    return dict(zip(KINDS, absence.policies, strict=True))[kind]


def filled(policy: AbsencePolicy) -> float | None:
    """Return the share that a policy gives to an absent cell of two, None if it does not fill."""
    shares = np.array([[np.nan, 1.0]])
    try:
        fill = policy.fill(shares, np.isnan(shares), Everyone(2))
    except Exception:  # an error shows when the methodology is tried
        return None
    return None if fill is None else float(np.asarray(fill)[0, 0])


def fills_from_peers(framework: Framework, code: str) -> bool:
    """Return whether a node's share may fill those of other units."""
    return any(policy_for(framework, code, kind).peer_dependent for kind in KINDS)
