"""Settings, questions and draws that an analysis of sensitivity refuses."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pytest

from govindex import (
    DataError,
    SettingError,
)
from govindex.robustness import (
    Errors,
    Given,
    LeaveOut,
    Weights,
)
from tests.robustness.examples import (
    failing,
    random_data,
)
from tests.robustness.sobol.examples import POINTS, sensitivity_to


@pytest.mark.parametrize(
    ("match", "vary", "settings"),
    [
        ("needs at least one variation", [], {}),
        ("'spread' is no variation", ["spread"], {}),
        ("take 128 or 64, not 100", [Weights(spread=0.5)], {"points": 100}),
        ("one group cannot be compared; groups='inputs'", [Weights(spread=0.5)], {}),
        ("at least two, not only 'leave_out'", [LeaveOut()], {"groups": "inputs"}),
        ("'errors' varies nothing", [Errors({"x": 0.0}), LeaveOut()], {}),
        (
            "'given' replays draws made elsewhere",
            [Given(weights={"x": np.ones(POINTS)}), LeaveOut()],
            {},
        ),
        (
            "groups is 'variations', 'inputs' or",
            [Weights(spread=0.5), LeaveOut()],
            {"groups": "x"},
        ),
        (
            r"there is no 'weight: x'.*'weights: x'",
            [Weights(spread=0.5), LeaveOut()],
            {"groups": {"w": "weight: x", "rest": ["weights", "leave_out"]}},
        ),
        (
            "'weights: x' is in the groups 'w' and 'rest'",
            [Weights(spread=0.5), LeaveOut()],
            {"groups": {"w": "weights: x", "rest": ["weights", "leave_out"]}},
        ),
        (
            "leave_out are in no group|'leave_out' are in no group",
            [Weights(spread=0.5), LeaveOut()],
            {"groups": {"w": "weights: x", "rest": ["weights: y", "weights: z"]}},
        ),
        ("rng is a whole number", [Weights(spread=0.5), LeaveOut()], {"rng": None}),
        ("level is a share", [Weights(spread=0.5), LeaveOut()], {"level": 90}),
        ("bootstraps is 0 or", [Weights(spread=0.5), LeaveOut()], {"bootstraps": 1}),
        (
            "at least two ranked units",
            [Weights(spread=0.5), LeaveOut()],
            {"data": random_data(1, 1)},
        ),
        ("progress is True, False", [Weights(spread=0.5), LeaveOut()], {"progress": "bar"}),
    ],
)
def test_settings_that_do_not_fit_are_refused(
    match: str, vary: Any, settings: dict[str, Any]
) -> None:
    with pytest.raises(SettingError, match=match):
        sensitivity_to(vary, **settings)


def test_a_variation_that_points_cannot_drive_is_refused() -> None:
    @attrs.frozen
    class Own:
        def _bind(self, basis: Any) -> Any:
            return object()

    with pytest.raises(SettingError, match="'own' cannot be driven by points: it has no inputs"):
        sensitivity_to([Own(), LeaveOut()])


@pytest.mark.parametrize(
    ("match", "ask"),
    [
        ("order is 'first' or 'total', not 'second'", lambda s: s.ranks("second")),
        ("output is 'rank' or 'score', not 'place'", lambda s: s.of("u001", output="place")),
        ("there are no second-order indices", lambda s: s.interactions()),
    ],
)
def test_questions_without_an_answer_are_refused(match: str, ask: Any) -> None:
    analysis = sensitivity_to([Weights(spread=0.8), LeaveOut()])
    with pytest.raises(SettingError, match=match):
        ask(analysis)


def test_a_draw_that_cannot_be_scored_is_named() -> None:
    method, data = failing()
    match = r"points .*: draw \d+ .*cannot be scored: .*unit 'u002', node 'index'.*above 0"
    with pytest.raises(DataError, match=match):
        sensitivity_to([Errors({"x": 0.01}), Weights(spread=0.1)], method=method, data=data)
