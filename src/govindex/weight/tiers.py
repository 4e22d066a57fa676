"""The total of a methodology as a function of the weights of one tier."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from govindex.checks import shown
from govindex.contracts import Float
from govindex.errors import SettingError
from govindex.model.framework import Framework
from govindex.model.tree import Dimension
from govindex.weight.common import Tier
from govindex.weight.points import part_of

__all__ = ["tier_of", "with_fixed_branches"]


def tier_of(of: Any, data: Any, codes: Sequence[str]) -> Tier:
    """Return the branches of nodes, and the total as a function of the weights below them.

    Raises
    ------
    SettingError
        If it is not a methodology that computes its own total.
    """
    if isinstance(of, Framework) or not hasattr(of, "_totals"):
        raise SettingError(
            "weights that look at the total below fixed weights need a Methodology and its "
            f"Observations, not {shown(of)}"
        )
    framework: Framework = of.framework
    units, totals = of._totals(data)
    branches = branches_of(framework, codes)
    before = {code: float(framework.weight(code)) for code in codes}
    sums = _added(before, branches)

    def with_weights(weights: Mapping[str, Float]) -> Float:
        # Under a sum of points a branch keeps its points.
        drawn = {code: weight * sums[branches[code]] for code, weight in weights.items()}
        sets = len(next(iter(weights.values())))
        found = totals(drawn)
        return np.broadcast_to(found, (sets, found.shape[1]))

    return Tier(
        branches=branches,
        weights={code: weight / sums[branches[code]] for code, weight in before.items()},
        parts=_added(_parts(framework, codes), branches),
        units=units,
        totals=with_weights,
    )


def with_fixed_branches(framework: Framework, parts: Mapping[str, float]) -> dict[str, float]:
    """Return the parts of a whole tier so that branches above keep theirs."""
    branches = branches_of(framework, parts)
    before, now = _added(_parts(framework, parts), branches), _added(parts, branches)
    weights = {
        code: part * before[branch] / now[branch]
        for code, part in parts.items()
        if now[branch := branches[code]] > 0
    }
    beside = [
        sibling.code
        for branch in before
        for sibling in _branch(framework, branch).inside
        if sibling.code not in parts
    ]
    return weights | _parts(framework, beside)


def branches_of(framework: Framework, codes: Iterable[str]) -> dict[str, str]:
    """Return the code of the branch of each node."""
    above = ((code, framework.parent(code)) for code in codes)
    return {code: branch.code for code, branch in above if branch is not None}


def _branch(framework: Framework, code: str) -> Dimension:
    branch = framework.node(code)
    assert isinstance(branch, Dimension)
    return branch


def _parts(framework: Framework, codes: Iterable[str]) -> dict[str, float]:
    """Return the part of the root that each node has."""
    return {code: part_of(framework, code, framework.code) or 0.0 for code in codes}


def _added(numbers: Mapping[str, float], branches: Mapping[str, str]) -> dict[str, float]:
    """Return the sum of numbers in each branch."""
    inside: dict[str, list[float]] = {}
    for code, branch in branches.items():
        inside.setdefault(branch, []).append(numbers[code])
    return {branch: sum(sorted(some)) for branch, some in inside.items()}
