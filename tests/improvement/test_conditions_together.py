"""Figures that earn something only together are found together."""

from __future__ import annotations

from itertools import product

import pandas as pd
from hypothesis import example, given, settings
from hypothesis import strategies as st

import govindex as gi
from govindex.measures import AllMet, PooledRatio, Threshold
from tests.sampling import few

METHOD = gi.Methodology(
    "example.conditions",
    "1",
    gi.Framework(
        "index",
        [
            gi.Indicator(
                "share",
                measure=PooledRatio(["a", "b"], ["all_a", "all_b"]),
                rule=gi.rules.Identity(),
                weight=2,
            ),
            gi.Indicator(
                "all",
                measure=AllMet([Threshold("a", at_least=3), "plan"]),
                rule=gi.rules.Identity(),
            ),
            gi.Indicator("both", measure=AllMet(["staff", "budget"]), rule=gi.rules.Identity()),
        ],
    ),
    scale=100,
)
EFFORT = {"a": 1.0, "b": 1.0, "plan": 2.0, "staff": 2.5, "budget": 1.5}
MOST = {"a": 4, "b": 3, "plan": 1, "staff": 1, "budget": 1}


@settings(max_examples=few(12), deadline=None)
@example(start=(0, 0, 0, 0, 0), wanted=100.0)
@example(start=(2, 0, 0, 0, 0), wanted=30.0)
@given(
    start=st.tuples(*(st.integers(0, most) for most in MOST.values())),
    wanted=st.sampled_from([30.0, 60.0, 90.0, 100.0]),
)
def test_conditions_that_all_fail_are_met_at_the_least_effort(
    start: tuple[int, ...], wanted: float
) -> None:
    names = list(MOST)
    choices = [start, *product(*(range(most + 1) for most in MOST.values()))]
    table = pd.DataFrame(choices, columns=names)
    table.insert(0, "unit", [f"U{row}" for row in range(len(table))])
    table = table.assign(all_a=4, all_b=3)
    data = gi.Observations.from_frame(table)
    scores = METHOD.compute(data).score
    efforts = {
        f"U{row}": sum(
            EFFORT[name] * abs(new - old)
            for name, new, old in zip(names, choice, start, strict=True)
        )
        for row, choice in enumerate(choices)
    }
    least = min(effort for unit, effort in efforts.items() if scores[unit] >= wanted - 1e-9)
    found = gi.improve(METHOD, data, "U0", to={"score": wanted}, effort=EFFORT)
    assert found.reached
    assert abs(found.effort - least) <= 1e-5
