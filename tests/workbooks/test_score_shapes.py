"""Random rubrics, units and stages, written in every shape, read back as they were."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

import govindex as gi
from govindex.workbooks import read_scores
from tests.sampling import few
from tests.workbooks.score_workbooks import (
    Points,
    criteria_by_units,
    file_per_unit,
    row_per_unit,
    sheets_of_units,
)

WORDS = (
    *("kế hoạch", "báo cáo", "rà soát", "thủ tục", "công khai", "số hóa", "đào tạo", "giải ngân"),
    *("kiểm tra", "sáng kiến", "văn bản", "hồ sơ", "phân cấp", "tự chủ", "một cửa", "vị trí"),
)
BODIES = (
    *("Sở Nội vụ", "Sở Tư pháp", "Sở Y tế", "Sở Văn hóa, Thể thao và Du lịch", "Thanh tra tỉnh"),
    *("Ban Dân tộc", "Trường Chính trị", "Xã An Hóa", "Phường 1", "Phường 2"),
    *("Văn phòng Đoàn ĐBQH và HĐND", "UBND xã Hòa Bình", "Quỹ Đầu tư phát triển"),
)
STAGE_NAMES = ("Tự chấm", "Thẩm định", "Thẩm định lần 2")
QUARTERS = 0.25


@st.composite
def rubrics(draw: st.DrawFn) -> gi.Framework:
    """Return rubrics of one or two tiers below the root, numbered in the usual ways."""
    roman = draw(st.booleans())
    fields = []
    for i in range(1, draw(st.integers(1, 4)) + 1):
        code = ("I", "II", "III", "IV")[i - 1] if roman else str(i)
        leaves = [
            gi.Indicator(
                f"{i}.{j}",
                " ".join(draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3))),
                weight=draw(st.integers(1, 40)) * QUARTERS,
                rule=gi.rules.Points(),
            )
            for j in range(1, draw(st.integers(1, 11)) + 1)
        ]
        fields.append(gi.Dimension(code, leaves, f"Lĩnh vực {draw(st.sampled_from(WORDS))}"))
    return gi.Framework("index", fields, "Bộ chỉ số giả định", aggregate=gi.aggregate.Sum())


@st.composite
def points(draw: st.DrawFn) -> Points:
    """Return points of some units at some stages: numbers, blanks and what does not apply."""
    rubric = draw(rubrics())
    units = draw(st.lists(st.sampled_from(BODIES), min_size=1, max_size=5, unique=True))
    stages = STAGE_NAMES[: draw(st.integers(0, 3))]
    rng = random.Random(draw(st.integers(0, 10**6)))
    cells: dict[tuple[str, str, str], Any] = {}
    for unit in units:
        for leaf in rubric.leaves:
            for stage in stages or ("",):
                share = rng.randint(0, round(float(leaf.weight or 0) / QUARTERS)) * QUARTERS
                cells[unit, leaf.code, stage] = rng.choice(
                    [share, share, share, float(share), None, "KAD"]
                )
    return Points(cells, tuple(units), tuple(stages), rubric, draw(st.booleans()))


def saved(book: Callable[[Points], Workbook], points: Points, folder: Path) -> Path:
    file = folder / "scores.xlsx"
    book(points).save(file)
    return file


SHAPES: dict[str, Callable[[Points, Path], Path]] = {
    "a sheet for each unit": lambda points, folder: saved(sheets_of_units, points, folder),
    "columns for each unit": lambda points, folder: saved(criteria_by_units, points, folder),
    "a row for each unit": lambda points, folder: saved(row_per_unit, points, folder),
    "a file for each unit": file_per_unit,
}


def read_back(points: Points, shape: str) -> gi.Observations:
    with tempfile.TemporaryDirectory() as folder:
        path = SHAPES[shape](points, Path(folder))
        scores = read_scores(path, points.rubric, stages=points.stages, not_applicable=["KAD"])
    assert not scores.problems
    assert scores.checks.empty
    return scores.observations


def cells_of(data: gi.Observations, stages: tuple[str, ...]) -> dict[tuple[str, str, str], Any]:
    """Return the cells as they were written."""
    layers = [(stage, data.at_stage(stage)) for stage in stages] or [("", data)]
    return {
        (unit, variable, stage): _written(layer, unit, variable)
        for stage, layer in layers
        for unit in layer.units.codes
        for variable in layer.variables
    }


def _written(data: gi.Observations, unit: str, variable: str) -> Any:
    status = data.cell(unit, variable).name
    return {"MISSING": None, "NOT_APPLICABLE": "KAD"}.get(status, data.value(unit, variable))


@pytest.mark.parametrize("shape", SHAPES)
@settings(max_examples=few(40), deadline=None)
@given(points=points())
def test_what_is_written_in_a_shape_is_read_back(shape: str, points: Points) -> None:
    data = read_back(points, shape)
    assert cells_of(data, points.stages) == points.cells


@pytest.mark.parametrize("shape", SHAPES)
@settings(max_examples=few(15), deadline=None)
@given(points=points(), rng=st.randoms(use_true_random=False))
def test_the_order_of_sheets_and_columns_does_not_matter(
    shape: str, points: Points, rng: random.Random
) -> None:
    units = list(points.units)
    rng.shuffle(units)
    one, other = (read_back(p, shape) for p in (points, attrs.evolve(points, units=tuple(units))))
    assert cells_of(one, points.stages) == cells_of(other, points.stages)
