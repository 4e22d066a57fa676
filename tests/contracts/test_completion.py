"""Users' parts that make few promises."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np
import pytest

from govindex import absence, aggregate, rules
from govindex.contracts import (
    BaseAggregator,
    BasePolicy,
    BaseRule,
    BaseStep,
    Float,
    Scope,
    completed,
    largest_meant,
)
from govindex.errors import DataError, SettingError


@attrs.frozen
class Halves:
    """A rule that says only what it must."""

    peer_dependent = False
    monotone = True
    directed = False
    bounds = (0.0, 0.5)

    def __call__(self, values: Float, scope: Scope) -> Float:
        return values / 2.0


@attrs.frozen
class Middle:
    """An aggregator that says more than it must, and does not inherit."""

    peer_dependent = False
    monotone = True
    linear = False
    sums_points = False
    mean = True

    def __call__(self, shares: Sequence[Float], weights: Sequence[Float]) -> Float:
        return np.median(np.stack(shares), axis=0)


def test_built_in_parts_are_themselves() -> None:
    part = rules.MinMax()
    assert completed(part, BaseRule) is part
    assert completed(aggregate.Dual(Middle()), BaseAggregator).mean


def test_what_a_part_says_goes_before_the_default() -> None:
    part: Any = completed(Middle(), BaseAggregator)
    assert (part.mean, part.monotone, part.needs_all) == (True, True, False)
    assert part([np.array([0.1]), np.array([0.3])], []).item() == pytest.approx(0.2)
    assert repr(part) == "Middle()"


def test_defaults_follow_from_what_a_part_says() -> None:
    assert completed(Middle(), BaseAggregator).reach(0.25, 0.5) == (0.25, 0.5)
    assert completed(Middle(), BaseAggregator).linear_scale() is None
    assert not completed(Halves(), BaseRule).compares
    assert largest_meant(Halves()) == 0.5


def test_what_no_part_of_the_family_says_is_an_error() -> None:
    with pytest.raises(AttributeError, match="slop"):
        _ = completed(Middle(), BaseAggregator).slop  # type: ignore[attr-defined]


def failing(error: Exception) -> Any:
    """Return a property that raises an error."""

    def promise(self: object) -> Any:
        raise error

    return property(promise)


@pytest.mark.parametrize("error", [AttributeError("no attribute 'width'"), KeyError("width")])
@pytest.mark.parametrize("promise", ["mean", "slope", "linear"])
def test_an_error_in_a_promise_is_raised_and_not_taken_for_a_default(
    promise: str, error: Exception
) -> None:
    part = type("Wide", (Middle,), {promise: failing(error)})()
    kind = type(error).__name__
    with pytest.raises(SettingError, match=rf"'{promise}' of Wide\(\) raised {kind}: .*width"):
        getattr(completed(part, BaseAggregator), promise)


def test_an_error_that_a_promise_names_itself_is_kept() -> None:
    part = type("Wide", (Middle,), {"mean": failing(DataError("no mean of one"))})()
    with pytest.raises(DataError, match=r"^no mean of one$"):
        _ = completed(part, BaseAggregator).mean


def test_a_part_may_find_its_promises_when_they_are_asked_for() -> None:
    class Found(Middle):
        def __getattr__(self, name: str) -> Any:
            if name == "slope":
                return 0.5
            raise AttributeError(name)

    part = completed(Found(), BaseAggregator)
    assert (part.slope, part.needs_all) == (0.5, False)


def test_a_class_says_nothing() -> None:
    assert completed(aggregate.Sum, BaseAggregator).sums_points is False


def test_a_function_is_a_step_that_looks_at_all_units() -> None:
    step = completed(lambda data: data, BaseStep)
    assert (step.peer_dependent, step.reads, step.within((), None)) == (True, (), None)


@pytest.mark.parametrize(
    ("policy", "fills", "restores", "keeps"),
    [
        (absence.Renormalise(), False, True, True),
        (absence.Shrink(), False, False, True),
        (absence.Redistribute("x"), False, False, False),
        (absence.AsZero(), True, False, False),
        (absence.Fill(), True, False, False),
    ],
)
def test_policies_say_what_becomes_of_the_child(
    policy: Any, fills: bool, restores: bool, keeps: bool
) -> None:
    assert completed(policy, BasePolicy) is policy
    assert (policy.fills, policy.restores, policy.keeps_proportions) == (fills, restores, keeps)
