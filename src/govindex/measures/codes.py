"""The codes for missing that a measure and the measures in it declare."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from govindex.contracts import Measure
from govindex.measures.variables import Value

__all__ = ["declared_codes", "without_codes"]


def _inner(measure: Any) -> Iterator[tuple[str, tuple[Measure, ...]]]:
    """Yield the measures that a measure is made of, by field."""
    for field in attrs.fields(type(measure)) if attrs.has(type(measure)) else ():
        value = getattr(measure, field.name)
        several = value if isinstance(value, tuple) else (value,)
        if field.init and several and all(isinstance(part, Measure) for part in several):
            yield field.name, several


def declared_codes(measure: Measure) -> Iterator[tuple[str, frozenset[float]]]:
    """Yield every variable that a measure reads, with the codes that mean missing in it.

    Examples
    --------
    >>> from govindex.measures import Ratio
    >>> dict(declared_codes(Ratio(Value("solved", missing_when=[-1]), "all")))
    {'solved': frozenset({-1.0}), 'all': frozenset()}
    """
    if isinstance(measure, Value):
        yield measure.variable, frozenset(measure.missing_when)
        return
    seen = set()
    for _, parts in _inner(measure):
        for part in parts:
            for name, codes in declared_codes(part):
                seen.add(name)
                yield name, codes
    for name in (*measure.variables, *measure.optional):
        if name not in seen:
            yield name, frozenset()


def without_codes(measure: Any, names: frozenset[str]) -> Any:
    """Return a measure that reads these variables without codes.

    Examples
    --------
    >>> without_codes(Value("x", missing_when=[-1]), frozenset({"x"}))
    Value(variable='x', missing_when=())
    """
    if isinstance(measure, Value):
        declared = measure.missing_when and measure.variable in names
        return attrs.evolve(measure, missing_when=()) if declared else measure
    changes: dict[str, Any] = {}
    for field, parts in _inner(measure):
        changed = tuple(without_codes(part, names) for part in parts)
        if changed != parts:
            changes[field] = changed if isinstance(getattr(measure, field), tuple) else changed[0]
    return attrs.evolve(measure, **changes) if changes else measure
