"""What absence policies say of a node, tried on a single absent cell."""

from __future__ import annotations

import numpy as np

from govindex.absence import Absence
from govindex.contracts import AbsencePolicy, CellStatus, Everyone
from govindex.model.framework import Framework

__all__ = ["KINDS", "filled", "fills_from_peers", "of_kind", "policy_for"]

KINDS = (CellStatus.MISSING, CellStatus.NOT_APPLICABLE, CellStatus.SUPPRESSED)


def policy_for(framework: Framework, code: str, kind: CellStatus) -> AbsencePolicy:
    """Return the policy that says what becomes of a node that is absent in a way."""
    return of_kind(framework.policy_for(code), kind)


def of_kind(absence: Absence, kind: CellStatus) -> AbsencePolicy:
    """Return the policy for one way of being absent."""
    return dict(zip(KINDS, absence.policies, strict=True))[kind]


def filled(policy: AbsencePolicy) -> float | None:
    """Return the share that a policy gives to an absent cell beside a full one, None if none."""
    shares = np.array([[np.nan, 1.0]])
    try:
        found = policy.fill(shares, np.isnan(shares), Everyone(2))
    except Exception:  # a policy that cannot say it alone shows when the methodology is tried
        return None
    return None if found is None else float(np.asarray(found)[0, 0])


def fills_from_peers(framework: Framework, code: str) -> bool:
    """Tell whether a node's share may fill those of other units."""
    return any(policy_for(framework, code, kind).peer_dependent for kind in KINDS)
