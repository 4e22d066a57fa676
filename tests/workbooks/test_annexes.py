"""A tree written as an annex in any layout reads back as the same tree."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings

import govindex as gi
from tests.sampling import few
from tests.workbooks.annexes import Criterion, Layout, annexes, expected, written


def read(rubric: gi.workbooks.Rubric) -> dict[str, tuple[str, float, Any]]:
    framework = rubric.framework
    return {
        node.code: (
            node.name.get("vi", ""),
            round(float(framework.weight(node.code)), 6),
            node.data_source,
        )
        for node in framework.nodes
        if node.code != framework.code
    }


@settings(max_examples=few(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(annex=annexes())
def test_an_annex_reads_back_as_the_tree_that_it_was_written_from(
    annex: tuple[tuple[Criterion, ...], Layout],
) -> None:
    nodes, layout = annex
    with tempfile.TemporaryDirectory() as folder:
        rubric = gi.workbooks.read_rubric(written(Path(folder) / "a.xlsx", nodes, layout))
    assert read(rubric) == expected(nodes, layout)
    assert rubric.problems == ()
