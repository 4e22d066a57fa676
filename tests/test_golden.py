"""Released numbers stay what they are, to the last bit."""

from __future__ import annotations

from pathlib import Path

import pytest

import govindex as gi
from tests import goldens
from tests.goldens import CASES, Case, differences, file_of, golden, pinned

SMALL = Case("vn.par.thanh-hoa-2023", "vn.par.department.thanh-hoa@2023")


@pytest.mark.parametrize("name", CASES)
def test_result_is_the_released_one(name: str) -> None:
    changed = differences(file_of(name).read_text(encoding="utf-8"), golden(CASES[name]))
    assert not changed, (
        f"{CASES[name].edition} on {CASES[name].dataset}: a released number never changes "
        "silently. Either undo this, or say in the changelog which number is repaired and why, and "
        f"run `python -m tests.goldens --replace {name}`.\n" + "\n".join(changed)
    )


def test_every_dataset_that_can_be_computed_has_a_golden_result() -> None:
    kinds = gi.datasets.available()["kind"]
    assert {case.dataset for case in CASES.values()} == set(kinds[kinds == "observations"].index)
    assert {file.stem for file in goldens.FOLDER.glob("*.csv")} == set(CASES), (
        "`python -m tests.goldens` writes what is missing"
    )


@pytest.mark.parametrize("name", CASES)
def test_golden_result_names_the_pinned_fingerprint(name: str) -> None:
    lines = file_of(name).read_text(encoding="utf-8").splitlines()
    assert f"# fingerprint: {pinned()[CASES[name].edition]}" in lines


def test_change_of_the_last_bit_is_named_by_unit_and_node() -> None:
    text = golden(SMALL)
    moved = text.replace("Sở Công Thương,PAR,92.83,", "Sở Công Thương,PAR,92.83000000000001,")
    assert differences(text, moved) == [
        "unit 'Sở Công Thương', node 'PAR': score 92.83 → 92.83000000000001"
    ]


def test_unit_that_is_gone_and_another_fingerprint_are_named() -> None:
    text = golden(SMALL)
    gone = text.replace("Ban Dân tộc tỉnh,total,68.32,84,,4,4,\n", "").replace("@2023", "@2024")
    assert differences(text, gone) == [
        "methodology: vn.par.department.thanh-hoa@2023 → methodology: "
        "vn.par.department.thanh-hoa@2024",
        "unit 'Ban Dân tộc tỉnh', node 'total': is gone",
    ]


def test_other_order_of_lines_is_a_change() -> None:
    *head, first, second = golden(SMALL).splitlines(keepends=True)
    swapped = "".join([*head, second, first])
    assert differences(golden(SMALL), swapped) == [
        "the order of the lines, or how they are written"
    ]


def test_existing_golden_results_are_kept_unless_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(goldens, "FOLDER", tmp_path)
    monkeypatch.setattr(goldens, "FINGERPRINTS", tmp_path / "fingerprints.txt")
    monkeypatch.setattr(goldens, "CASES", {"small": SMALL})
    goldens.write()
    (tmp_path / "small.csv").write_text("released", encoding="utf-8")
    assert goldens.write() == []
    assert (tmp_path / "small.csv").read_text(encoding="utf-8") == "released"
    assert goldens.write(replace=["small"]) == [str(tmp_path / "small.csv")]
    assert (tmp_path / "small.csv").read_text(encoding="utf-8") == golden(SMALL)
