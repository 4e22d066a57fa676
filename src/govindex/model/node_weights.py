"""The weights of nodes for each unit: numbers, or variables of the data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from govindex.contracts import Float
from govindex.model.framework import Framework
from govindex.model.observations import Observations
from govindex.model.tree import Dimension, Indicator

__all__ = ["declared_weights", "leaf_weights"]


def declared_weights(
    framework: Framework, codes: Sequence[str], data: Observations | None, count: int
) -> Float:
    """Return the declared weights of nodes for each unit, shape (nodes, units).

    A weight that the data do not hold is 0.
    """
    weights = np.zeros((len(codes), count))
    for row, code in enumerate(codes):
        weight = framework.weight(code)
        if not isinstance(weight, str):
            weights[row] = weight
        elif data is not None and weight in data.variables:
            weights[row] = np.nan_to_num(data.values[:, data.column_of(weight)])
    return weights


def leaf_weights(
    framework: Framework, code: str, data: Observations | None, count: int
) -> dict[str, Float]:
    """Return the part of a node's weight at each indicator below, shape (units,).

    From the declared weights; an indicator outside the maximum has no part.
    """
    parts: dict[str, Float] = {}
    for leaf, weight in _below(framework, code, data, np.ones(count)):
        parts[leaf] = parts.get(leaf, 0.0) + weight
    return parts


def _below(
    framework: Framework, code: str, data: Observations | None, part: Float
) -> Iterator[tuple[str, Float]]:
    node = framework.node(code)
    if isinstance(node, Indicator):
        yield code, part
        return
    if isinstance(node, Dimension):
        codes = [child.code for child in node.inside]
        weights = declared_weights(framework, codes, data, len(part))
    else:
        known = node.weights or framework.effective_weights
        codes = list(framework.seen_by(node))
        weights = np.array([[known.get(child, 0.0)] for child in codes])
    whole = np.asarray(sum(weights), dtype=np.float64)
    for child, weight in zip(codes, weights, strict=True):
        with np.errstate(invalid="ignore", divide="ignore"):
            share = np.where(whole > 0, weight / whole, 0.0)
        yield from _below(framework, child, data, part * share)
