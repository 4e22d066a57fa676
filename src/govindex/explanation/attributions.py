"""The contributions of a node's children to its score, of every unit."""

from __future__ import annotations

import numpy as np

from govindex.contracts import Float
from govindex.errors import SettingError
from govindex.explanation.losses import Losses
from govindex.model.tree import Dimension
from govindex.results import IndexResult
from govindex.results.joint_results import parts_of

__all__ = ["contributions"]

_ALIKE = 1e-10


def contributions(result: IndexResult, code: str) -> tuple[tuple[str, ...], Float]:
    """Return the children of a node and their contributions to its score.

    Under a mean or a sum a child contributes its weight times its share of the node's applicable
    maximum. Otherwise it contributes the most that it could, less its loss, as
    :func:`~govindex.explain` divides it. The last row is what the children leave: the node's own
    rule, its rounding and clipping.

    Parameters
    ----------
    result : IndexResult
    code : str
        A branch.

    Returns
    -------
    tuple of str
        The codes of the children that are scored, in the order of the framework.
    array, shape (children + 1, units)
        In the printed unit; NaN for a unit without a score.

    Raises
    ------
    SettingError
        If the node has no children, or its scores cannot be divided among them.
    """
    if result.opaque:
        raise SettingError(
            f"'{result.provenance.methodology}' computes its scores by its own code, which weights "
            "do not divide"
        )
    parts = [part for part in parts_of(result) if part.framework.has(code)]
    every: dict[str, Float] = {}
    rest = np.full(len(result.units), np.nan)
    for part in parts:
        rows = np.array([result.units.locate(unit) for unit in part.units.codes], dtype=np.intp)
        found, left = _of_form(part, code)
        rest[rows] = left
        for child, points in found.items():
            every.setdefault(child, np.zeros(len(result.units)))[rows] = points
    divided = np.stack([*every.values(), rest])
    return tuple(every), np.where(np.isnan(rest), np.nan, divided)


def _of_form(result: IndexResult, code: str) -> tuple[dict[str, Float], Float]:
    branch = result.framework.node(code)
    if not isinstance(branch, Dimension):
        raise SettingError(f"'{code}' has no children that contribute to its score")
    codes = [child.code for child in branch.children if child.weight != 0]
    scores = result.full_at(code)
    found = _weighted(result, branch) or _divided(result, branch)
    points = {child: np.where(np.isnan(scores), np.nan, found[child]) for child in codes}
    rest = scores - sum(points.values(), np.zeros(len(scores)))
    size = _ALIKE * np.maximum(result.maxima[result.row_of(code)], np.abs(scores))
    return points, np.where(np.abs(rest) <= size, 0.0 * rest, rest)


def _weighted(result: IndexResult, branch: Dimension) -> dict[str, Float] | None:
    """Return weight times share, None if the branch is no plain mean or sum."""
    children, weights = result._weights_below(branch)
    bonuses = any(child.weight != 0 for child in branch.bonuses)
    linear = result.framework.aggregator(branch.code).linear
    if bonuses or not linear or branch.rule is not None or not children:
        return None
    order = sorted(range(len(children)), key=lambda at: children[at].code)
    inside, moved = [children[at] for at in order], weights[order]
    total = moved.sum(axis=0)
    moved = moved / np.where(total > 0, total, 1.0)
    row = result.row_of(branch.code)
    size = result.maxima[row] * result.applicable[row]
    shares = [np.nan_to_num(result.shares[result.row_of(child.code)]) for child in inside]
    return {c.code: w * s * size for c, w, s in zip(inside, moved, shares, strict=True)}


def _divided(result: IndexResult, branch: Dimension) -> dict[str, Float]:
    row = result.row_of(branch.code)
    codes = [child.code for child in branch.children]
    points = {code: np.zeros(len(result.units)) for code in codes}
    for unit in np.flatnonzero(~np.isnan(result.shares[row])).tolist():
        losses = Losses(result, unit)
        losses.descend(branch, float(result.maxima[row] * result.applicable[row, unit]))
        for code in codes:
            points[code][unit] = losses.attainable.get(code, 0.0) - losses.lost.get(code, 0.0)
    return points
