"""The linear programme behind potential winners and attainable ranks."""

from __future__ import annotations

import numpy as np

from govindex.contracts import Float
from govindex.errors import SettingError

__all__ = ["ACCURACY", "LEVEL", "largest_lead"]

ACCURACY = 1e-10
# A lead within this counts as level, at the accuracy of the solver.
LEVEL = 1e-9
_LEAST = 1e-6


def largest_lead(ahead: Float, size: float, applies: Float | None = None) -> tuple[Float, float]:
    """Return the weights that maximise the least lead, and that lead.

    Parameters
    ----------
    ahead : array, shape (rivals, nodes)
    size : float
        The sum of the weights.
    applies : array, shape (units, nodes), optional
        The parts of nodes that apply to units; each unit must keep at least a millionth of the
        weights.
    """
    from scipy import optimize

    nodes = ahead.shape[1]
    largest = float(np.abs(ahead).max()) or 1.0
    rows = [np.hstack([-ahead / largest, np.ones((len(ahead), 1))])]
    limits = [np.zeros(len(ahead))]
    if applies is not None:
        rows.append(np.hstack([-applies, np.zeros((len(applies), 1))]))
        limits.append(np.full(len(applies), -_LEAST))
    outcome = optimize.linprog(
        np.append(np.zeros(nodes), -1.0),
        A_ub=np.vstack(rows),
        b_ub=np.hstack(limits),
        A_eq=np.append(np.ones(nodes), 0.0)[None],
        b_eq=[1.0],
        bounds=[(0.0, None)] * nodes + [(None, None)],
        method="highs",
        options={
            "primal_feasibility_tolerance": ACCURACY,
            "dual_feasibility_tolerance": ACCURACY,
        },
    )
    if outcome.status != 0:
        raise SettingError(f"the linear programme was not solved: {outcome.message}")
    weights = np.maximum(outcome.x[:-1], 0.0)
    return weights * (size / weights.sum()), float(-outcome.fun) * largest * size
