"""How far one has to go to follow a computation: the modules that it enters."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest

import govindex as gi
from govindex import robustness


def entered(work: Callable[[], object]) -> set[str]:
    """Return the modules of the package with a function that is called."""
    actual: set[str] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        name = str(frame.f_globals.get("__name__", ""))
        if event == "call" and name.startswith("govindex"):
            actual.add(name)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
    return actual


def test_margins_read_the_compiled_tree_of_the_result() -> None:
    method = gi.methodology("vn.service-766").cut()
    result = method.compute(gi.datasets.load("vn.service-766.provinces-2026-10-10"))
    modules = entered(lambda: robustness.swap_margins(result))
    assert not modules & {"govindex.compute.compilation", "govindex.model.validation"}


# A sample needs 26 modules besides the 18 of the result without variation: 8 of variations and
# sampling (2,500 lines, more than 6 modules may hold), 3 that collapse branches to products of
# matrices, 4 of ranks, 5 of plain arrays, 4 of nodes and units, the progress, and the checks of
# its settings.
@pytest.mark.parametrize(("name", "most"), [("compute", 18), ("sample_ranks", 44)])
def test_a_computation_enters_few_modules(name: str, most: int) -> None:
    method = gi.methodology("vn.service-766").cut()
    data = gi.datasets.load("vn.service-766.provinces-2026-10-10")
    vary = [robustness.Weights(spread=0.25)]
    works: dict[str, Callable[[], object]] = {
        "compute": lambda: method.compute(data),
        "sample_ranks": lambda: robustness.sample_ranks(method, data, vary=vary, draws=100, rng=1),
    }
    works[name]()  # what is made once of a methodology is made here
    modules = entered(works[name])
    assert len(modules) <= most, "\n".join(sorted(modules))
