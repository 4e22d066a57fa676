"""Indices of one branch, and methods of other libraries as aggregators."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import govindex as gi
from govindex.rules import Identity

Children = Sequence[tuple[float, float]]


def flat(aggregate: Any, codes: str = "abc", **settings: Any) -> gi.Methodology:
    leaves = [gi.Indicator(code, rule=Identity()) for code in codes]
    framework = gi.Framework("index", leaves, aggregate=aggregate, **settings)
    return gi.Methodology("example.flat", "1", framework, scale=1)


def combined(aggregate: Any, of: Children) -> float:
    """Return the share of a unit from the share and the weight of each child."""
    aggregated = aggregate([np.array([s]) for s, _ in of], [np.array([w]) for _, w in of])
    return float(aggregated.item())


def mabac(scores: Any, weights: Any) -> Any:
    from pymcdm.methods import MABAC

    return MABAC()(scores, weights, np.ones(len(weights)))
