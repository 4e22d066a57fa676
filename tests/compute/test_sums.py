"""Sums of points: exact, whatever their order."""

from __future__ import annotations

from fractions import Fraction
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from govindex import (
    Dimension,
    Levels,
    Rounding,
    rules,
)
from tests.compute.examples import leaf, rubric, scored
from tests.strategies import Case, cases, frameworks, observed


@st.composite
def rubrics(draw: st.DrawFn) -> tuple[list[tuple[str, Fraction, int]], list[list[int]]]:
    count = draw(st.integers(1, 7))
    weights = st.integers(1, 200).map(lambda tenths: Fraction(tenths, 10))
    leaves = [(f"L{i}", draw(weights), draw(st.integers(1, 997))) for i in range(count)]
    row = st.lists(st.integers(0, 1000), min_size=count, max_size=count)
    return leaves, draw(st.lists(row, min_size=1, max_size=8))


@given(case=rubrics())
def test_points_rubric_equals_exact_arithmetic(
    case: tuple[list[tuple[str, Fraction, int]], list[list[int]]],
) -> None:
    leaves, rows = case
    half = Fraction(1, 2)
    totals = [
        sum(
            Fraction(int(min(Fraction(v, target), Fraction(1)) * weight * 100 + half), 100)
            for v, (_, weight, target) in zip(row, leaves, strict=True)
        )
        for row in rows
    ]
    nodes = [leaf(c, float(w), rule=rules.Proportional(t)) for c, w, t in leaves]
    split = Dimension("D", nodes[1:]) if nodes[1:] else None
    framework = rubric(*nodes[:1], *([split] if split else []))
    data = observed({c: [float(r[i]) for r in rows] for i, (c, _, _) in enumerate(leaves)})
    result = scored(framework, data, scale="points", rounding=Levels(leaf=Rounding(2)))
    assert result.score.to_list() == [float(total) for total in totals]
    expected = [1 + sum(other > own for other in totals) for own in totals]
    assert result.ranks["total"].to_list() == expected


@given(
    points=st.lists(st.integers(0, 999), min_size=2, max_size=12),
    data=st.data(),
)
def test_same_points_in_any_order_tie(points: list[int], data: st.DataObject) -> None:
    turned = data.draw(st.permutations(points))
    framework = rubric(*(leaf(f"L{i}", 10) for i in range(len(points))))
    cells = {
        f"L{i}": [a / 100, b / 100] for i, (a, b) in enumerate(zip(points, turned, strict=True))
    }
    result = scored(framework, observed(cells), scale="points")
    assert result.score.to_list() == [sum(points) / 100] * 2
    assert result.ranks["total"].to_list() == [1, 1]


def test_rounded_groups_add_up_to_the_hundredth() -> None:
    groups = {"1": 7.96, "2": 17.68, "3A": 8.56, "3B": 6.67, "4": 9.59, "5": 11.43}
    framework = rubric(*(leaf(code, 20) for code in groups))
    data = observed({code: [points] for code, points in groups.items()})
    result = scored(framework, data, scale="points", rounding=Levels(leaf=Rounding(2)))
    assert result.score.item() == 61.89


@given(case=cases(partial(frameworks, points=True, only_sums=True, node_rules=False), absent=False))
def test_printed_parts_add_up_to_the_printed_total(case: Case) -> None:
    result = scored(case.framework, case.data, scale="points", rounding=Levels(leaf=Rounding(2)))
    for node in case.framework.nodes:
        if isinstance(node, Dimension):
            parts = [
                [Fraction(str(x)) for x in result.scores[child.code]] for child in node.children
            ]
            whole = [float(sum(column)) for column in zip(*parts, strict=True)]
            assert result.scores[node.code].to_list() == whole
