"""Limits of variables that a methodology declares: points lie between 0 and their maximum."""

from __future__ import annotations

import math
from collections.abc import Iterator

from govindex.contracts import BaseMeasure, BaseRule, completed
from govindex.contracts.entries import Entry
from govindex.methods import Methodology

__all__ = ["declared_limits"]


def declared_limits(method: Methodology) -> dict[str, tuple[float, float]]:
    """Return the least and the largest number of variables that have both.

    What indicators would refuse is beyond. A variable for which forms declare different limits has
    none.
    """
    found: dict[str, Entry] = {}
    limits: dict[str, tuple[float, float] | None] = {}
    for single in method._singles.values():
        found = {}
        for name, entry in _entries(single):
            found[name] = found[name].within(entry) if name in found else entry
        for name, entry in found.items():
            ends = (entry.low, entry.high)
            bounded = all(map(math.isfinite, ends)) and ends[0] < ends[1] and not entry.answers
            both = ends if bounded else None
            limits[name] = both if limits.get(name, both) == both else None
    return {name: ends for name, ends in limits.items() if ends is not None}


def _entries(single: Methodology) -> Iterator[tuple[str, Entry]]:
    """Yield what indicators take, variable by variable."""
    framework = single.framework
    if any(isinstance(node.weight, str) for node in framework.nodes):
        return  # maxima depend on the data
    maxima = dict(zip(single._plan.codes, single._plan.maxima.tolist(), strict=True))
    for leaf in framework.leaves:
        if leaf.rule is not None and framework.is_scored(leaf.code):
            taken = completed(leaf.rule, BaseRule).entry(maxima[leaf.code])
            yield from completed(leaf.measure, BaseMeasure).entries(taken).items()
