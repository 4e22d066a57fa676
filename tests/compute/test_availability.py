"""Availability: how many children or indicators must be present for a score."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from govindex.absence import (
    Absence,
    AsZero,
    Full,
    Renormalise,
    Shrink,
)
from tests.compute.settled_children import (
    MISSING,
    NOT_APPLICABLE,
    Share,
    settled,
    share,
)


@pytest.mark.parametrize("kind", [Renormalise, Shrink])
def test_too_few_children_leave_the_node_without_a_score(kind: Any) -> None:
    rows: list[list[Share]] = [
        [0.5, 0.5, MISSING],
        [0.5, MISSING, MISSING],
        [MISSING, MISSING, MISSING],
    ]
    for policy in (kind(min_count=2), kind(min_share=2 / 3)):
        settlement = settled(rows, [1, 1, 1], policy)
        assert settlement.absent.tolist() == [[False, True, True]]
        assert settlement.applicable is not None
        assert settlement.applicable[0, 1:].tolist() == [0.0, 0.0]


def test_a_limit_for_missing_children_counts_for_the_whole_branch() -> None:
    policy = Absence(missing=Renormalise(min_count=2), not_applicable=AsZero())
    settlement = settled([[0.5, 0.5], [MISSING, NOT_APPLICABLE]], [1, 1], policy)
    assert settlement.absent.tolist() == [[True, False]]


def test_availability_is_counted_in_leaves_if_declared() -> None:
    below: list[tuple[int, list[float]]] = [(3, [1, 2]), (1, [])]
    policy = Renormalise(min_share=0.5, of="leaves")
    settlement = settled([[0.5, 0.5], [MISSING, MISSING]], [1, 1], policy, below=below)
    assert settlement.absent.tolist() == [[False, True]]
    assert [counts.tolist() for counts in settlement.lacking] == [
        [[2.0, 3.0]],
        [[0.0, 0.0]],
        [[0.0, 0.0]],
    ]


def test_leaves_below_a_filled_child_count_as_present() -> None:
    below: list[tuple[int, list[float]]] = [(1, []), (3, [3.0])]
    policy = Renormalise(min_share=0.5, of="leaves")
    settlement = settled([[0.5], [MISSING]], [1, 1], policy, own=[policy, Full()], below=below)
    assert share(settlement) == [0.75]
    assert settlement.lacking[0].tolist() == [[0.0]]


@pytest.mark.parametrize("of", ["children", "leaves"])
def test_a_limit_counts_only_the_absences_its_policy_speaks_for(of: Any) -> None:
    rows: list[list[Share]] = [[0.5, 0.5], [NOT_APPLICABLE, MISSING], [NOT_APPLICABLE, MISSING]]
    policy = Absence(missing=Renormalise(min_share=0.5, of=of), not_applicable=Shrink())
    settlement = settled(rows, [1, 1, 1], policy)
    assert settlement.absent.tolist() == [[False, True]]


def test_a_single_policy_counts_both_kinds_of_absence() -> None:
    rows: list[list[Share]] = [[0.5], [NOT_APPLICABLE], [MISSING]]
    assert settled(rows, [1, 1, 1], Renormalise(min_share=0.5)).absent.tolist() == [[True]]


def test_a_child_of_weight_0_does_not_count_as_available() -> None:
    rows: list[list[Share]] = [[0.5, 0.5], [0.5, MISSING], [0.5, 0.5]]
    settlement = settled(rows, [1, 1, 0], Renormalise(min_count=2))
    assert settlement.absent.tolist() == [[False, True]]


def test_nothing_present_leaves_the_node_absent_for_the_reason_that_prevails() -> None:
    rows: list[list[Share]] = [
        [MISSING, NOT_APPLICABLE, NOT_APPLICABLE],
        [NOT_APPLICABLE, NOT_APPLICABLE, 1.0],
    ]
    settlement = settled(rows, [1, 1], Renormalise())
    assert settlement.absent.tolist() == [[True, True, False]]
    assert settlement.status[0, :2].tolist() == [MISSING, NOT_APPLICABLE]
    assert np.isnan(share(settlement)).tolist() == [True, True, False]
