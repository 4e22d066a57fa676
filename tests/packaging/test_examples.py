"""The scripts in `examples/` run and print what they promise."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
PROMISED = {
    "rank_provinces": ["68.80", "Khánh Hòa", "61.89 of 100", "missing: 1.4, 3.1, 3.2, 3.3"],
    "own_index": ["Bình Minh", "80.56", "south"],
    "province_year": [
        "xếp thứ hai là Sở Tài chính (85,58 điểm)",
        "Ban Quản lý dự án tỉnh (57,01/76 điểm, đạt 75,01",
        "Sở Nội vụ: 77,95 trên 100, mất 22,05 điểm",
        "bao-cao.docx ket-qua.xlsx phieu.xlsx",
    ],
    "satisfaction_to_par": [
        "36,525 made-up answers in 63 provinces",
        "made-up 23     1  87.14",
        "Half of the provinces have 10 ranks or more, of 63",
    ],
    "dossier_counts": ["6,000 records of 5 units in 4 periods", "made-up unit 4", "77.78"],
    "dossiers_to_ranking": [
        "Counted from records: 2026",
        "A dossier without a due",
        "Made-up province 2",
        "made-up-ranking.xlsx",
    ],
    "task_register": ["85 of 145 tasks are done", "Overdue: 37", "6 of 8 targets are met", "88.12"],
    "what_it_takes": ["67.48 to rank 1 with 68.80", "11.35", "lên hạng 1 với 70,00 điểm"],
    "published_table": [
        "contradictions: 10",
        "27.57 in service of Made-up district",
        "công bố là 36,15, nếu là 63,15",
    ],
    "points_rubric": ["91.67", "excellent", "Justice: 15.99 of 20"],
}


def test_every_example_is_promised_something() -> None:
    assert sorted(path.stem for path in EXAMPLES.glob("*.py")) == sorted(PROMISED)


@pytest.mark.parametrize("name", sorted(PROMISED))
def test_example_prints_what_it_promises(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(EXAMPLES / f"{name}.py"), run_name="__main__")
    out = capsys.readouterr().out
    missing = [words for words in PROMISED[name] if words not in out]
    assert missing == []
