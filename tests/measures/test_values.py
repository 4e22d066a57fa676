from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from govindex.contracts import Cells, CellStatus, Measure, is_absent, prevailing
from govindex.errors import CellError, SettingError
from govindex.measures import (
    Complement,
    Conditions,
    Difference,
    Flagged,
    Inherited,
    Largest,
    PerPeriod,
    Product,
    Ratio,
    Value,
)
from govindex.rounding import Rounding

REPORTED, FALLEN_BACK, IMPUTED, MISSING, NOT_APPLICABLE, SUPPRESSED = CellStatus

Cell = float | CellStatus | tuple[float, CellStatus]


@attrs.frozen
class Family:
    """Units that may have a parent."""

    parents: tuple[int, ...]

    @property
    def times(self) -> None:
        return None

    def __len__(self) -> int:
        return len(self.parents)

    @property
    def ranked_mask(self) -> npt.NDArray[np.bool_]:
        return np.ones(len(self), dtype=bool)

    @property
    def parent_index(self) -> npt.NDArray[np.intp]:
        return np.array(self.parents, dtype=np.intp)

    def group(self, by: str) -> npt.NDArray[np.intp]:
        return np.zeros(len(self), dtype=np.intp)


@attrs.frozen
class Data:
    """A few variables: numbers, absent cells by their status, or both."""

    rows: dict[str, list[Any]]
    parents: tuple[int, ...] = ()
    parts_of_year: int | None = None
    texts: dict[str, tuple[str, ...]] = attrs.field(factory=dict)

    def __getitem__(self, variable: str) -> Cells:
        cells = [_cell(cell) for cell in self.rows[variable]]
        values = np.array([[value for value, _ in cells]], dtype=np.float64)
        return Cells(values, np.array([[status for _, status in cells]], dtype=np.uint8))

    def __contains__(self, variable: object) -> bool:
        return variable in self.rows

    def levels(self, variable: str) -> tuple[str, ...]:
        return self.texts.get(variable, ())

    @property
    def peers(self) -> Family:
        return Family(self.parents)


def _cell(cell: Cell) -> tuple[float, CellStatus]:
    if isinstance(cell, CellStatus):
        return np.nan, cell
    return cell if isinstance(cell, tuple) else (cell, REPORTED)


def measured(measure: Measure, data: Data) -> list[Cell]:
    """Return numbers where there are some, and the status where it says more."""
    cells = measure(data)
    actual: list[Cell] = []
    for value, code in zip(cells.values[0], cells.status[0], strict=True):
        status = CellStatus(int(code))
        assert np.isnan(value) == is_absent(status)
        known = float(value) if status is REPORTED else (float(value), status)
        actual.append(status if is_absent(status) else known)
    return actual


def ratio(top: list[Any], whole: list[Any], **settings: Any) -> list[Cell]:
    return measured(Ratio("a", "b", **settings), Data({"a": top, "b": whole}))


MEASURES: list[Measure] = [
    Ratio("a", "b"),
    Ratio("a", "b", empty="zero", above="allow", rounding=Rounding(2)),
    Complement("a", "b"),
    Difference("b", "a"),
    Product("a", "b"),
    Largest(("a", "b")),
    PerPeriod("a"),
    Conditions({"c": 0.5, "d": 0.5}),
    Inherited(Ratio("a", "b")),
]
statuses = st.sampled_from(list(CellStatus))


# Laws of all measures.


@given(
    measure=st.sampled_from([m for m in MEASURES if not isinstance(m, (Largest, PerPeriod))]),
    first=statuses,
    second=statuses,
)
def test_one_status_of_the_inputs_prevails(
    measure: Measure, first: CellStatus, second: CellStatus
) -> None:
    known = {"a": 1.0, "b": 2.0, "c": 1.0, "d": 0.0}
    cells = {
        name: status if is_absent(status) else (known[name], status)
        for name, status in zip("abcd", [first, second, first, second], strict=True)
    }
    data = Data({name: [cell] for name, cell in cells.items()}, parents=(-1,))
    one, other = (np.array([status], dtype=np.uint8) for status in (first, second))
    assert measure(data).status.tolist() == [prevailing(one, other).tolist()]


@given(
    measure=st.sampled_from(MEASURES),
    parts=st.lists(st.integers(0, 1), min_size=1, max_size=6),
)
def test_a_unit_without_a_parent_is_measured_by_itself(measure: Measure, parts: list[int]) -> None:
    def cells(numbers: list[int]) -> list[Cell]:
        rows = {name: [float(n) for n in numbers] for name in "acd"}
        rows["b"] = [2.0] * len(numbers)
        return measured(measure, Data(rows, parents=(-1,) * len(numbers), parts_of_year=4))

    assert cells(parts) == [cells([part])[0] for part in parts]


@pytest.mark.parametrize(
    ("measure", "needed", "usable"),
    [
        (Value("a"), ("a",), ()),
        (Ratio("a", "b", fallback=Largest(("c", "d"))), ("a", "b"), ("c", "d")),
        (Ratio(Largest(("a", "e")), Largest(("a", "f"))), ("a",), ("e", "f")),
        (Complement(("a", Largest(("b", "e"))), "a"), ("a", "b"), ("e",)),
        (Difference("b", Largest(("a", "e"))), ("b", "a"), ("e",)),
        (Product(Largest(("b", "e")), "a"), ("b", "a"), ("e",)),
        (Largest((Largest(("a", "b")), Largest(("c", "d")))), ("a",), ("b", "c", "d")),
        (PerPeriod(Largest(("a", "b"))), ("a",), ("b",)),
        (Inherited(Largest(("a", "b"))), ("a",), ("b",)),
        (Conditions({"a": 1, "b": 0.5}), ("a", "b"), ()),
    ],
)
def test_a_measure_names_what_it_needs_and_what_it_can_use(
    measure: Measure, needed: tuple[str, ...], usable: tuple[str, ...]
) -> None:
    assert (measure.variables, measure.optional) == (needed, usable)


# Value.


def test_value_turns_codes_into_missing_cells() -> None:
    data = Data({"a": [99.0, -1.0, 5.0, (99.0, IMPUTED), NOT_APPLICABLE]})
    actual = measured(Value("a", missing_when=(99, -1)), data)
    assert actual == [MISSING, MISSING, 5.0, MISSING, NOT_APPLICABLE]


def test_value_without_codes_is_the_variable_itself() -> None:
    assert measured(Value("a"), Data({"a": [99.0, MISSING]})) == [99.0, MISSING]


def test_value_takes_a_single_code() -> None:
    assert Value("a", missing_when=99) == Value("a", missing_when=(99,))


# Ratio.


def test_ratio_rounds_two_decimals_of_a_percent() -> None:
    values = ratio([93_251.1], [100_000.0], times=100, rounding=Rounding(2))
    assert values == [93.25]


def test_what_a_measure_rounds_is_scored() -> None:
    only = Rounding(2, printed_only=True)
    for measure in (Ratio, Complement):
        with pytest.raises(SettingError, match="printed_only is for nodes and tiers"):
            measure("a", "b", rounding=only)


def test_ratio_of_an_empty_denominator_is_an_error_that_names_it() -> None:
    with pytest.raises(CellError, match=r"the denominator b is 0, and .* no empty= policy") as info:
        ratio([0.0, 1.0, MISSING], [0.0, 2.0, 0.0])
    assert info.value.mask.tolist() == [[True, False, False]]


@pytest.mark.parametrize(
    ("empty", "expected"),
    [
        ("zero", 0.0),
        ("full", 100.0),
        ("missing", MISSING),
        ("not_applicable", NOT_APPLICABLE),
    ],
)
def test_ratio_of_an_empty_denominator_follows_the_policy(empty: str, expected: Cell) -> None:
    values = ratio([0.0, 1.0, MISSING], [0.0, 2.0, 0.0], times=100, empty=empty)
    assert values == [expected, 50.0, MISSING]


def test_ratio_takes_a_missing_denominator_as_missing_by_default() -> None:
    top, whole = [0.0, 0.0, 0.0], [MISSING, NOT_APPLICABLE, 0.0]
    assert ratio(top, whole, empty="zero") == [MISSING, NOT_APPLICABLE, 0.0]
    values = ratio(top, whole, empty="zero", missing_denominator="empty")
    assert values == [0.0, NOT_APPLICABLE, 0.0]


@pytest.mark.parametrize("missing_denominator", ["missing", "empty"])
def test_ratio_falls_back_where_the_denominator_is_empty_or_missing(
    missing_denominator: Any,
) -> None:
    rows: dict[str, list[Any]] = {
        "a": [1.0, 1.0, 9.0, 0.0, 0.0],
        "b": [2.0, 0.0, MISSING, MISSING, NOT_APPLICABLE],
        "c": [9.0, 4.0, 3.0, 0.0, 4.0],
    }
    measure = Ratio("a", "b", fallback="c", empty="zero", missing_denominator=missing_denominator)
    unusable = 0.0 if missing_denominator == "empty" else MISSING
    assert measured(measure, Data(rows)) == [0.5, 0.25, 3.0, unusable, NOT_APPLICABLE]


def test_ratio_marks_what_an_imputed_fallback_gives() -> None:
    measure = Ratio("a", "b", fallback="c", empty="zero")
    rows: dict[str, list[Any]] = {"a": [1.0, 0.0], "b": [0.0, 0.0], "c": [(4.0, IMPUTED), MISSING]}
    assert measured(measure, Data(rows)) == [(0.25, IMPUTED), 0.0]


def test_ratio_does_without_a_fallback_that_the_data_do_not_hold() -> None:
    measure = Ratio("a", "b", fallback="c", empty="zero")
    assert measured(measure, Data({"a": [0.0], "b": [0.0]})) == [0.0]


def test_ratio_does_not_look_at_the_fallback_without_need() -> None:
    measure = Ratio("a", "b", fallback=PerPeriod("c"))
    assert measured(measure, Data({"a": [1.0], "b": [2.0], "c": [1.0]})) == [0.5]


@pytest.mark.parametrize("whole", [4.0, 0.0])
def test_ratio_refuses_a_part_larger_than_the_whole(whole: float) -> None:
    message = rf"cannot exceed its denominator \(5 of {whole:g}\); above='allow' lets it"
    with pytest.raises(CellError, match=message) as info:
        ratio([1.0, 5.0, 5.0], [1.0, whole, MISSING], empty="zero")
    assert info.value.mask.tolist() == [[False, True, False]]


def test_ratio_allows_surpassed_targets_if_declared() -> None:
    assert ratio([6.0, 1.0], [4.0, 0.0], above="allow", empty="zero") == [1.5, 0.0]


@pytest.mark.parametrize(("top", "whole"), [([1.0, -1.0], [1.0, 1.0]), ([1.0, 0.0], [1.0, -1.0])])
def test_ratio_refuses_negative_counts(top: list[float], whole: list[float]) -> None:
    with pytest.raises(CellError, match="cannot be negative") as info:
        ratio(top, whole, above="allow")
    assert info.value.mask.tolist() == [[False, True]]


# Complement.


def test_complement_is_what_the_parts_leave() -> None:
    data = Data({"late": [1.0, 2.0, MISSING], "bad": [2.0, 2.0, 0.0], "all": [4.0, 4.0, 4.0]})
    assert measured(Complement(("late", "bad"), "all", times=100), data) == [25.0, 0.0, MISSING]


def test_complement_leaves_nothing_where_the_parts_add_up_but_for_the_last_bits() -> None:
    data = Data({"a": [0.1], "b": [0.2], "all": [0.1 + 0.2 - 1e-16]})
    assert measured(Complement(("a", "b"), "all"), data) == [0.0]


@pytest.mark.parametrize(
    ("parts", "message"),
    [((3.0, 2.0), "the parts exceed the whole"), ((-1.0, 0.0), "parts .* cannot be negative")],
)
def test_complement_refuses_impossible_parts(parts: tuple[float, ...], message: str) -> None:
    data = Data({"a": [0.0, parts[0]], "b": [0.0, parts[1]], "all": [4.0, 4.0]})
    with pytest.raises(CellError, match=message) as info:
        Complement(("a", "b"), "all")(data)
    assert info.value.mask.tolist() == [[False, True]]


def test_complement_of_an_empty_whole_follows_the_policy_and_rounds() -> None:
    data = Data({"a": [0.0, 1.0], "all": [0.0, 3.0]})
    measure = Complement("a", "all", times=100, empty="full", rounding=Rounding(1))
    assert measured(measure, data) == [100.0, 66.7]


# The others.


def test_largest_is_absent_only_if_all_are_absent() -> None:
    rows: dict[str, list[Any]] = {
        "a": [1.0, MISSING, MISSING, NOT_APPLICABLE, (1.0, IMPUTED)],
        "b": [3.0, 2.0, NOT_APPLICABLE, NOT_APPLICABLE, MISSING],
    }
    actual = measured(Largest(("a", "b")), Data(rows))
    assert actual == [3.0, 2.0, MISSING, NOT_APPLICABLE, (1.0, IMPUTED)]


def test_largest_is_marked_if_one_of_the_compared_is_imputed() -> None:
    rows: dict[str, list[Any]] = {"a": [1.0, 9.0], "b": [(3.0, IMPUTED), (3.0, IMPUTED)]}
    assert measured(Largest(("a", "b")), Data(rows)) == [(3.0, IMPUTED), (9.0, IMPUTED)]


def test_largest_does_without_a_variable_that_the_data_do_not_hold() -> None:
    assert measured(Largest(("a", "gone", "b")), Data({"a": [1.0], "b": [2.0]})) == [2.0]


@pytest.mark.parametrize(("parts", "expected"), [(12, 10.0), (4, 30.0), (1, 120.0)])
def test_per_period_divides_a_year_into_the_periods_of_the_data(
    parts: int, expected: float
) -> None:
    data = Data({"year": [120.0, MISSING]}, parts_of_year=parts)
    assert measured(PerPeriod("year"), data) == [expected, MISSING]


def test_per_period_needs_a_period() -> None:
    with pytest.raises(SettingError, match=r"yearly total \(year\) .* have no period"):
        PerPeriod("year")(Data({"year": [120.0]}))


def test_difference_and_product_combine_two_measures() -> None:
    data = Data({"a": [3.0], "b": [4.0]})
    assert measured(Difference("a", "b"), data) == [-1.0]
    assert measured(Product("a", Difference("b", "a")), data) == [3.0]


def test_conditions_add_the_shares_of_those_met() -> None:
    data = Data({"plan": [1.0, 1.0, 0.0, 1.0], "on_time": [1.0, 0.0, 0.0, MISSING]})
    measure = Conditions({"plan": 0.75, "on_time": 0.25})
    assert measured(measure, data) == [1.0, 0.75, 0.0, MISSING]


def test_conditions_refuse_anything_but_yes_and_no() -> None:
    with pytest.raises(CellError, match=r"the condition plan is met \(1\) or not \(0\)") as info:
        Conditions({"plan": 1})(Data({"plan": [1.0, 0.5, MISSING]}))
    assert info.value.mask.tolist() == [[False, True, False]]


def test_conditions_refuse_texts() -> None:
    data = Data({"plan": [0.0, 1.0, MISSING]}, texts={"plan": ("no", "yes")})
    with pytest.raises(CellError, match="the condition plan is 1 or 0, not a text") as info:
        Conditions({"plan": 1})(data)
    assert info.value.mask.tolist() == [[True, True, False]]


def test_inherited_takes_the_topmost_ancestor_s_value_through_two_generations() -> None:
    data = Data({"a": [1.0, 2.0, 3.0, 4.0]}, parents=(2, 0, -1, -1))
    assert measured(Inherited("a"), data) == [3.0, 3.0, 3.0, 4.0]


def test_inherited_takes_the_ancestor_s_status_too() -> None:
    data = Data({"a": [1.0, NOT_APPLICABLE, (5.0, IMPUTED)]}, parents=(1, -1, -1))
    assert measured(Inherited("a"), data) == [NOT_APPLICABLE, NOT_APPLICABLE, (5.0, IMPUTED)]


# Settings.


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Ratio("a", "b", empty="null"), "no empty policy 'null': did you mean 'full'"),  # type: ignore[arg-type]
        (lambda: Ratio("a", "b", times=0), "is a finite number above 0, not 0"),
        (lambda: Ratio("a", "b", times=np.inf), "is a finite number, not inf"),
        (lambda: Ratio("a", "b", above="allowed"), "above is 'error' or 'allow', not 'allowed'"),  # type: ignore[arg-type]
        (lambda: Ratio("a", "b", missing_denominator="zero"), "'missing' or 'empty', not 'zero'"),  # type: ignore[arg-type]
        (lambda: Ratio("a", 7), "reads variables by name or other measures, not 7"),  # type: ignore[arg-type]
        (lambda: Inherited(Value), "by name or other measures, not <class .*Value'>"),  # type: ignore[arg-type]
        (lambda: Value("a", missing_when="99"), "missing_when takes numbers, not '99'"),  # type: ignore[arg-type]
        (lambda: Largest("a"), "at least two variables"),
        (lambda: Complement((), "b"), "at least one part"),
        (lambda: Conditions({}), "mapping of variables to shares, not {}"),
        (lambda: Conditions(["a"]), r"mapping of variables to shares, not \['a'\]"),  # type: ignore[arg-type]
        (lambda: Conditions({"a": True}), "share of condition 'a' is a finite number, not True"),
        (lambda: Conditions({"a": "1"}), "share of condition 'a' is a finite number, not '1'"),  # type: ignore[dict-item]
        (lambda: Conditions({"a": np.nan}), "share of condition 'a' is a finite number, not nan"),
    ],
)
def test_impossible_settings_are_refused(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(SettingError, match=message):
        make()


def test_part_of_a_missing_whole_counts_as_empty_where_declared() -> None:
    assert ratio([5.0], [MISSING], missing_denominator="empty", empty="zero") == [0.0]


@pytest.mark.parametrize(
    ("measure", "passes"),
    [
        (Value("a"), True),
        (Inherited("a"), True),
        (Value("a", missing_when=(9,)), False),
        (Inherited(Ratio("a", "b")), False),
        (Complement("a", "b"), False),
    ],
)
def test_only_measures_that_calculate_nothing_pass_answers(measure: Measure, passes: bool) -> None:
    assert getattr(measure, "passes_answers", False) is passes


def test_a_level_without_its_flag_loses_a_part_of_the_step_to_it() -> None:
    rows: dict[str, list[Any]] = {
        "a": [4.0, 4.0, 1.0, 0.0, 3.0],
        "b": [1.0, 0.0, 0.0, 0.0, (1.0, IMPUTED)],
    }
    actual = measured(Flagged("a", "b", 4), Data(rows))
    assert actual == [1.0, 0.875, 0.125, 0.0, (0.75, IMPUTED)]
    assert measured(Flagged("a", "b", 4, loss=1), Data(rows))[:4] == [1.0, 0.75, 0.0, 0.0]


def test_what_is_done_nowhere_needs_no_flag() -> None:
    rows = {"a": [0.0, 2.0, MISSING, NOT_APPLICABLE], "b": [MISSING, MISSING, 1.0, 1.0]}
    actual = measured(Flagged("a", "b", 4), Data(rows))
    assert actual == [0.0, MISSING, MISSING, NOT_APPLICABLE]


@pytest.mark.parametrize(
    ("level", "flag", "message"),
    [
        (5.0, 1.0, "a level lies from 0 to 4"),
        (-1.0, 1.0, "a level lies from 0 to 4"),
        (2.0, 0.5, "a flag is 0 or 1"),
    ],
)
def test_levels_and_flags_that_are_none_are_refused(
    level: float, flag: float, message: str
) -> None:
    with pytest.raises(CellError, match=message) as refused:
        Flagged("a", "b", 4)(Data({"a": [1.0, level], "b": [1.0, flag]}))
    assert refused.value.mask.tolist() == [[False, True]]


@pytest.mark.parametrize("maximum", [0, -1, np.inf, np.nan, True, "4"])
def test_a_highest_level_is_a_number_above_zero(maximum: Any) -> None:
    with pytest.raises(SettingError, match=r"Flagged\(maximum=…\) is a number above 0"):
        Flagged("a", "b", maximum)
