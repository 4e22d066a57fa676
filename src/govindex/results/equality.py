"""Equality of results: the same numbers and statuses, of the same methodology."""

from __future__ import annotations

from typing import Any

from govindex.contracts import Float
from govindex.model.equality import same_arrays, same_observations, same_units

__all__ = ["same_results"]

_SETTINGS = (
    *("codes", "provenance", "scale", "ranking", "bands_spec", "printing", "display", "opaque"),
    "reasons",
)
_ARRAYS = ("shares", "applicable", "values", "status", "treated", "raw_values", "printed", "maxima")


def same_results(one: Any, other: Any) -> bool:
    """Return whether results agree: methodology, units, data, and every number of every node.

    What a preparation step reported, and whether the methodology was kept, does not count.
    """
    if any(getattr(one, name) != getattr(other, name) for name in _SETTINGS):
        return False
    if not same_units(one.units, other.units) or one._of_one_sign != other._of_one_sign:
        return False
    data, others = one.observations, other.observations
    if (data is None) != (others is None):
        return False
    if data is not None and others is not None and not same_observations(data, others):
        return False
    arrays = all(same_arrays(getattr(one, name), getattr(other, name)) for name in _ARRAYS)
    return arrays and _same_weights(one, other)


def _same_weights(one: Any, other: Any) -> bool:
    """Return whether absence moved the same weights."""
    pairs = zip(_moved(one), _moved(other), strict=True)
    return all(
        len(first) == len(second) and all(map(same_arrays, first, second))
        for first, second in pairs
    )


def _moved(result: Any) -> list[tuple[Float, ...]]:
    return [state.in_force or () for state in result._states]
