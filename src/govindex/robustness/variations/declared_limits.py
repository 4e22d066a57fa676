"""Limits of variables that a methodology declares: points lie between 0 and their maximum."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from govindex.contracts import BaseMeasure, BaseRule, completed
from govindex.contracts.entries import Entry
from govindex.methods import Methodology
from govindex.model.observations import Observations
from govindex.robustness.variations.protocols import Ends

__all__ = ["declared_limits"]


def declared_limits(method: Methodology, data: Observations) -> dict[str, Ends]:
    """Return the least and the largest number of variables that have both.

    What indicators would refuse is beyond. Where forms declare different limits, they are arrays of
    shape (units,); a variable that one form limits and another does not has none.
    """
    by_form = {form: _limits(single) for form, single in method._singles.items()}
    names = dict.fromkeys(name for limits in by_form.values() for name in limits)
    declared: dict[str, Ends] = {}
    for name in names:
        ends = {form: limits[name] for form, limits in by_form.items() if name in limits}
        if None in ends.values():
            continue
        known = {form: pair for form, pair in ends.items() if pair is not None}
        if len(set(known.values())) == 1:
            declared[name] = next(iter(known.values()))
            continue
        # Units whose form does not read the variable have the widest limits.
        widest = min(low for low, _ in known.values()), max(high for _, high in known.values())
        types = data.units.types or (None,) * len(data.units)
        forms = [kind if kind in by_form else None for kind in types]
        low, high = np.array([known.get(form, widest) for form in forms]).T
        declared[name] = (low, high)
    return declared


def _limits(single: Methodology) -> dict[str, tuple[float, float] | None]:
    """Return the limits of the variables that a form reads, None without."""
    found: dict[str, Entry] = {name: Entry() for name in single.framework.variables}
    for name, entry in _entries(single):
        found[name] = found[name].within(entry) if name in found else entry
    limits: dict[str, tuple[float, float] | None] = {}
    for name, entry in found.items():
        bounded = math.isfinite(entry.low) and math.isfinite(entry.high) and not entry.answers
        limits[name] = (entry.low, entry.high) if bounded and entry.low < entry.high else None
    return limits


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
