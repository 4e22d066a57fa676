from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pandas as pd
import pytest

import govindex as gi
from govindex.errors import (
    CellError,
    DataError,
    FrameworkError,
    GovIndexError,
    Problem,
    Problems,
    SettingError,
    UnknownNameError,
    listing,
    near_miss,
)


@pytest.mark.parametrize("kind", [FrameworkError, DataError, SettingError, UnknownNameError])
def test_error_survives_pickling_with_its_problems(kind: type[GovIndexError]) -> None:
    error = kind("two problems", ["the first", "the second"])
    copied = pickle.loads(pickle.dumps(error))
    assert type(copied) is kind
    assert str(copied) == "two problems"
    assert copied.problems == ("the first", "the second")


def test_error_without_problems_is_its_own_problem() -> None:
    assert DataError("one thing").problems == ("one thing",)


@pytest.mark.parametrize(
    ("kind", "builtin"),
    [
        (FrameworkError, ValueError),
        (DataError, ValueError),
        (SettingError, ValueError),
        (CellError, ValueError),
        (UnknownNameError, LookupError),
    ],
)
def test_error_is_caught_as_the_builtin_one(
    kind: type[GovIndexError], builtin: type[Exception]
) -> None:
    assert issubclass(kind, builtin)


def test_unknown_name_error_prints_without_the_quotes_of_a_key_error() -> None:
    assert str(UnknownNameError("there is no unit 'X'")) == "there is no unit 'X'"


@pytest.mark.parametrize("whole", [True, False])
def test_cell_error_survives_copying_with_its_mask(whole: bool) -> None:
    error = CellError("constant", np.array([True, False]), whole=whole)
    copied = copy.copy(pickle.loads(pickle.dumps(error)))
    assert str(copied) == "constant"
    assert copied.mask.tolist() == [True, False]
    assert copied.whole is whole


def test_problems_without_a_finding_raise_nothing() -> None:
    problems = Problems()
    problems.raise_any(DataError, "unused")
    assert not problems


def test_problems_with_one_finding_say_it_in_one_line() -> None:
    problems = Problems()
    problems.add("unit 'A' has no code")
    with pytest.raises(DataError, match=r"^The table is wrong: unit 'A' has no code$"):
        problems.raise_any(DataError, "The table is wrong")


def test_problems_are_numbered_in_order_and_kept_once() -> None:
    problems = Problems()
    problems.extend(["b", "a", "b"])
    with pytest.raises(FrameworkError, match=r"^Wrong \(2 problems\):\n  1\. b\n  2\. a$") as info:
        problems.raise_any(FrameworkError, "Wrong")
    assert info.value.problems == ("b", "a")


def test_empty_listing_is_the_word_none() -> None:
    assert listing([]) == "none"


def test_listing_counts_only_what_it_does_not_show() -> None:
    assert listing("abc", shown=3) == "'a', 'b', 'c'"
    assert listing("abcd", shown=3) == "'a', 'b', 'c' and 1 more"


def test_near_miss_looks_through_upper_and_lower_case() -> None:
    assert near_miss("TIẾN ĐỘ", ["Tiến độ", "x"]) == (
        "did you mean 'Tiến độ'? Known: 'Tiến độ', 'x'"
    )


def test_near_miss_prefers_the_name_that_was_typed_without_accents() -> None:
    names = ["Sở Ngoại vụ", "Sở Nội vụ", "Đài Phát thanh"]
    assert near_miss("So Noi vu", names).startswith("did you mean 'Sở Nội vụ'?")
    assert near_miss("dai phat thanh", names).startswith("did you mean 'Đài Phát thanh'?")


def test_near_miss_guesses_nothing_far_away() -> None:
    assert near_miss("days", ["transparency"]) == "Known: 'transparency'"


def test_problems_of_one_cause_share_a_line_that_counts_them() -> None:
    problems = Problems()
    for unit in "ABCDE":
        problems.add("'KAD' is not a number", code="cell", unit=unit, variable="x", cure="say so")
    with pytest.raises(DataError) as info:
        problems.raise_any(DataError, "Wrong")
    assert str(info.value) == (
        "Wrong: 'KAD' is not a number in 5 cells of 1 variable: first unit 'A', variable 'x'; "
        "unit 'B', variable 'x'; unit 'C', variable 'x', …: say so"
    )
    assert [problem.unit for problem in info.value.problems] == list("ABCDE")


def test_many_causes_fit_one_screen_and_the_error_holds_all_problems() -> None:
    problems = Problems()
    problems.extend(f"cause {i}" for i in range(3000))
    with pytest.raises(DataError, match=r"and 2980 more: error\.problems holds all") as info:
        problems.raise_any(DataError, "Wrong")
    assert len(str(info.value).splitlines()) < 25
    assert len(info.value.problems) == 3000


def test_problem_travels_between_processes_with_its_data() -> None:
    problem = Problem("is blank", code="cell.blank", row=3, cell="B3", stage="self")
    copy = pickle.loads(pickle.dumps(problem))
    assert copy == problem == "cell B3, stage 'self': is blank"
    assert copy.to_dict() == problem.to_dict()
    assert copy.to_dict()["code"] == "cell.blank"


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: gi.Units(()), "unit.none"),
        (lambda: gi.Units(("A", "A")), "unit.twice"),
        (lambda: gi.Units(("A", " ")), "row.unit"),
        (lambda: gi.Observations.from_long(pd.DataFrame({"unit": ["A"]})), "column.unknown"),
    ],
)
def test_problems_of_units_and_columns_carry_a_code(make: Any, code: str) -> None:
    with pytest.raises(DataError) as info:
        make()
    assert code in [problem.code for problem in info.value.problems]
