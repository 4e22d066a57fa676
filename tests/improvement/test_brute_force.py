"""The least effort is the least of all combinations, computed one by one."""

from __future__ import annotations

from hypothesis import Phase, given, settings

import govindex as gi
from tests.improvement.examples import Case, cases, cheapest
from tests.sampling import few


@settings(max_examples=few(40), deadline=None, phases=[Phase.generate])
@given(case=cases())
def test_no_combination_of_figures_reaches_the_goal_with_less_effort(case: Case) -> None:
    least = cheapest(case)
    found = gi.improve(
        case.method, case.data, "U0", to=case.to, effort=case.effort, steps=case.steps
    )
    assert found.reached == (least is not None)
    if least is not None:
        assert abs(found.effort - least) <= 1e-5  # fewer changes are preferred to less than that
        assert found.gap == 0
