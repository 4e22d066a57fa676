"""Running numbers: what a cell may mean, and the tree that a series of them makes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from govindex.grid import Cell
from govindex.grid.numbering import marks_in_name, marks_of_cell, marks_of_text
from govindex.grid.numbers import read_numbers, written_values
from govindex.grid.outlines import Numbered, Outline, outline


def read(*values: Any) -> Outline:
    cells = [value if isinstance(value, Cell) else Cell(value) for value in values]
    kinds = {str: "", float: "a number"}
    return outline(
        [
            Numbered(row, f"A{row}", marks_of_cell(cell), kinds.get(type(cell.value), "a date"))
            for row, cell in enumerate(cells, 1)
        ]
    )


def codes(found: Outline) -> list[str]:
    return [branch.code for branch in found.root.walk() if branch.row]


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ("I 1.1 1.1.1 1.2 II 2.1", "I 1.1 1.1.1 1.2 II 2.1"),
        ("I 1 1.1 2 II 1 1.1", "I I.1 I.1.1 I.2 II II.1 II.1.1"),
        ("I 1 2 II 3 III 4", "I 1 2 II 3 III 4"),
        ("A I 1 a b II B I", "A A.I 1 1.a 1.b A.II B B.I"),
        ("A B C D E F G H I J", "A B C D E F G H I J"),
        ("1 1.1 - + + - 1.2 -", "1 1.1 1.1-1 1.1-1-1 1.1-1-2 1.1-2 1.2 1.2-1"),
        ("1 a b c d đ e g h i k", "1 1.a 1.b 1.c 1.d 1.đ 1.e 1.g 1.h 1.i 1.k"),
        ("1 a b c d e f g h i j", "1 1.a 1.b 1.c 1.d 1.e 1.f 1.g 1.h 1.i 1.j"),
        ("1 i ii iii iv v", "1 1.i 1.ii 1.iii 1.iv 1.v"),
        ("1.1.1 1.1.2 2.1.1", "1.1.1 1.1.2 2.1.1"),
        ("3 3A 3.1", "3 3A 3.1"),
    ],
)
def test_numbers_make_a_tree(numbers: str, expected: str) -> None:
    found = read(*numbers.split())
    assert codes(found) == expected.split()
    assert found.problems == ()


def test_a_number_means_what_follows_its_neighbours() -> None:
    numbers = [round(1 + n / 10, 1) for n in range(1, 10)]
    found = read("1", *numbers, 1.1, "1.11")
    assert codes(found)[-3:] == ["1.9", "1.10", "1.11"]
    assert [str(remark) for remark in found.remarks] == [
        "cell A11: typed as a number, is read as 1.10"
    ]


def test_a_date_means_what_follows_its_neighbours() -> None:
    assert codes(read("1", "1.1", Cell(date(2025, 2, 1), "d.m"))) == ["1", "1.1", "1.2"]
    assert codes(read("2", Cell(date(2025, 2, 1), "d-mmm"))) == ["2", "2.1"]
    parts = codes(read("1", "1.2", "1.2.1", Cell(date(2002, 2, 1), "dd/mm/yyyy")))
    assert parts == ["1", "1.2", "1.2.1", "1.2.2"]


def test_a_shown_format_decides() -> None:
    assert codes(read("1", "1.9", Cell(1.1, "0.00"))) == ["1", "1.9", "1.10"]


@pytest.mark.parametrize(
    ("numbers", "code"),
    [
        ("I 1.1 1.1", "number.twice"),
        ("I I", "number.twice"),
        ("I 1.1.1", "number.level"),
        ("I 1.1 1.2 1.1.1", "number.parent"),
        ("I 1.1 II 1.2", "number.parent"),
        ("I 1.1 II 3.1", "number.level"),
    ],
)
def test_numbers_without_a_certain_parent_are_problems(numbers: str, code: str) -> None:
    (problem,) = read(*numbers.split()).problems
    assert problem.code == code
    assert problem.cell == f"A{len(numbers.split())}"


@pytest.mark.parametrize(
    ("numbers", "code"),
    [
        ("I 1.1 1.3", "number.gap"),
        ("I III", "number.gap"),
        ("1 a c", "number.gap"),
        ("I 1.2", "number.begins"),
    ],
)
def test_gaps_are_remarked(numbers: str, code: str) -> None:
    found = read(*numbers.split())
    assert [remark.code for remark in found.remarks] == [code]
    assert found.problems == ()


@pytest.mark.parametrize("text", ["STT", "Tổng", "2025", "0", "1.", "I"])
def test_words_and_years_are_not_numbers(text: str) -> None:
    assert bool(marks_of_text(text)) == (text in ("1.", "I"))


@pytest.mark.parametrize(
    ("name", "number", "rest"),
    [
        ("1.1. Kế hoạch", "1.1", "Kế hoạch"),
        ("I. CHỈ ĐẠO", "I", "CHỈ ĐẠO"),
        ("a) Đúng hạn", "a", "Đúng hạn"),
        ("– Muộn", "-", "Muộn"),
        ("Phần II: Thể chế", "II", "Thể chế"),
        ("100% hồ sơ", "", "100% hồ sơ"),
        ("Xây dựng", "", "Xây dựng"),
        ("-5 điểm", "", "-5 điểm"),
        ("12 văn bản", "", "12 văn bản"),
    ],
)
def test_numbers_in_front_of_names_are_found(name: str, number: str, rest: str) -> None:
    marks, left = marks_in_name(name)
    assert ((marks[0].text if marks else ""), left) == (number, rest)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1,5", {1.5}),
        ("1.5", {1.5}),
        ("12 %", {12.0}),
        ("(3 điểm)", {3.0}),
        ("Tối đa 2,5 điểm", {2.5}),
        ("−1", {-1.0}),
        ("1.000", {1.0, 1000.0}),
        ("1.234,5", {1234.5}),
        ("nhiều", set()),
    ],
)
def test_numbers_are_read_however_they_are_written(text: str, values: set[float]) -> None:
    assert set(written_values(text).values()) == values


def test_dashes_are_blank() -> None:
    read = read_numbers({(1, 1): Cell("-"), (2, 1): Cell("–"), (3, 1): Cell(2.0)})
    assert (dict(read.values), read.problems) == ({(3, 1): 2.0}, ())
