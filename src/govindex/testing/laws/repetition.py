"""Laws about repetition: the same data, or the same columns in another order."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import attrs
import numpy as np
from hypothesis import strategies as st

from govindex.testing.compare import expect_equal
from govindex.testing.edits import copied
from govindex.testing.law import law
from govindex.testing.subject import Broken, Trial

__all__ = ["anonymity_of_variables", "determinism", "untouched_input"]


@law()
def determinism(trial: Trial) -> None:
    """The same data give the same result, whatever ran before.

    Next year's check of this year's ranking must reproduce it, to the last bit.
    """
    fingerprint = trial.method.fingerprint
    expect_equal(trial.result, trial.of(trial.data), when="it is computed again")
    again = trial.method.fingerprint
    if fingerprint != again:
        raise Broken(f"its fingerprint changes from {fingerprint} to {again}")
    if trial.subject.unused is not None:
        fresh = trial.of(trial.data, deepcopy(trial.subject.unused))
        expect_equal(fresh, trial.result, when="it has scored other data before")


@law()
def untouched_input(trial: Trial) -> None:
    """Computing changes neither the data nor the methodology.

    Submitted data are evidence: they must be unchanged when the ranking is disputed.
    """
    data, method = copied(trial.data), trial.method
    before, rules = _state(data, data.units), _state(method.framework)
    trial.computed(data)
    if before != _state(data, data.units):
        raise Broken("the data are not what they were before they were scored")
    if rules != _state(method.framework):
        raise Broken("the framework is not what it was before data were scored")


def _state(*things: Any) -> list[Any]:
    """Return the fields of attrs objects for comparison, since a repr may omit some."""
    values = [getattr(one, field.name) for one in things for field in attrs.fields(type(one))]
    return [v.tobytes() if isinstance(v, np.ndarray) else repr(v) for v in values]


def a_permutation(draw: st.DrawFn, trial: Trial) -> dict[str, Any]:
    """Choose an order of the variables, by a number."""
    return {"turn": draw(st.integers(1, 50))}


@law(choose=a_permutation)
def anonymity_of_variables(trial: Trial, turn: int) -> None:
    """The order of the data's columns changes nothing.

    Two exports of the same register must give the same ranking.
    """
    data = trial.data
    count = len(data.variables)
    order = [(count - 1 - i + turn) % count for i in range(count)]
    after = trial.of(
        attrs.evolve(
            data,
            variables=tuple(data.variables[i] for i in order),
            values=data.values[:, order],
            status=data.status[:, order],
            stages=(),
            stage=None,
            treated=None,
        )
    )
    expect_equal(trial.result, after, when="the columns are in another order")
