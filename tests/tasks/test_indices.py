"""Tasks and targets as an index: agencies are ranked, and what they have none of is left out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

import govindex as gi
from govindex.tasks import Target, Targets, Task, TaskRegister, task_framework
from tests.sampling import few
from tests.tasks.registers import DAYS, registers


def method(targets: Targets | None = None) -> gi.Methodology:
    return gi.Methodology("example.tasks", "1", task_framework(targets))


@settings(max_examples=few(50))
@given(register=registers(), day=DAYS)
def test_the_score_is_made_of_the_published_shares(register: TaskRegister, day: object) -> None:
    statuses = register.at(day)  # type: ignore[arg-type]
    result, counts = method().compute(statuses.observations()), statuses.counts()
    expected = 60 * counts["done_of_due"] + 40 * counts["on_time_of_due"]
    assert result.score.tolist() == pytest.approx(expected.tolist(), nan_ok=True)


def test_targets_weigh_as_much_as_tasks_and_are_capped() -> None:
    register = TaskRegister(
        [Task("1", "A", "2025-03-31", "2025-03-01"), Task("2", "B", "2025-01-31")]
    )
    targets = Targets(
        [Target("x", "A", 40, 20), Target("x", "B", 40, 45.03), Target("x", "C", 4, 1)]
    )
    data = register.at("2025-07-01").observations(targets=targets)
    result = method(targets).compute(data)
    assert result.score.to_dict() == {"A": 75.0, "B": 50.0, "C": 25.0}
    assert data.cell("C", "done_of_due").name == "NOT_APPLICABLE"


def test_an_agency_without_a_due_task_has_no_score_and_a_reason() -> None:
    register = TaskRegister([Task("1", "A", regular=True), Task("2", "B", "2025-01-31")])
    result = method().compute(register.at("2025-07-01").observations())
    assert result.unscored_in("en").index.tolist() == ["A"]
    assert result.score["B"] == 0.0


def test_an_unknown_value_of_a_target_is_refused_and_not_taken_as_zero() -> None:
    targets = Targets([Target("x", "A", 40), Target("x", "B", 40, 4)])
    register = TaskRegister([Task("1", "A", "2025-03-31"), Task("2", "B", "2025-01-31")])
    data = register.at("2025-07-01").observations(targets=targets)
    with pytest.raises(gi.DataError, match=r"missing"):
        method(targets).compute(data)
