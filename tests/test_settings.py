"""Nothing is accepted in silence: a setting of another type is refused by every part."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Iterator
from typing import Any, Literal

import attrs
import numpy as np
import pandas as pd
import polars as pl
import pytest

import govindex as gi
from govindex import absence, aggregate, impute, measures, prepare, ranking, treat
from govindex.parts import hints
from tests.test_parts import SAMPLES

PARTS: list[Any] = [
    *SAMPLES,
    absence.Custom(np.multiply),
    absence.Renormalise(),
    absence.Shrink(),
    aggregate.Callable(np.mean),
    aggregate.Geometric(),
    aggregate.Median(),
    impute.EM(),
    measures.AnnualChange("a"),
    measures.Complement("a", "b"),
    measures.Indexed("a", base="2018"),
    prepare.Impute(impute.Mean()),
    prepare.Treat(treat.Winsorise()),
    ranking.Band("A", 3.0),
    ranking.Ranking(),
    gi.Rounding(2),
    gi.Unit("A"),
    treat.Log(),
]
NO_BOOLEANS: tuple[Any, ...] = ("no", "true", 1, 0.0, None)
NO_NUMBERS: tuple[Any, ...] = (True, np.True_, b"1", "1", float("nan"))


def options(hint: Any) -> tuple[Any, ...]:
    union = typing.get_origin(hint) in (typing.Union, types.UnionType)
    return typing.get_args(hint) if union else (hint,)


def _declared(part: Any) -> dict[str, Any]:
    kind: Any = type(part)
    return hints(kind)


def wrong_settings() -> Iterator[Any]:
    seen: set[tuple[str, str, str]] = set()
    for part in PARTS:
        for field in attrs.fields(type(part)):
            offered = options(_declared(part).get(field.name))
            wrong = [value for value in NO_BOOLEANS if bool in offered and value not in offered]
            if bool not in offered and (float in offered or int in offered):
                wrong += NO_NUMBERS
            for value in wrong:
                if value is None and type(None) in offered:
                    continue
                name = (type(part).__name__, field.name, repr(value))
                if field.init and name not in seen and not _is_text(value, offered):
                    seen.add(name)
                    yield pytest.param(part, field.alias, value, id="-".join(name))


def _is_text(value: Any, actual: tuple[Any, ...]) -> bool:
    return isinstance(value, str) and any(typing.get_origin(hint) is Literal for hint in actual)


@pytest.mark.parametrize(("part", "name", "value"), list(wrong_settings()))
def test_a_setting_of_another_type_is_refused(part: Any, name: str, value: Any) -> None:
    with pytest.raises(gi.GovIndexError):
        attrs.evolve(part, **{name: value})


def test_booleans_of_numpy_are_booleans() -> None:
    rule = gi.rules.Proportional(80, cap=np.False_)  # type: ignore[arg-type]
    unit = gi.Unit("A", ranked=np.False_)  # type: ignore[arg-type]
    bonus = gi.Indicator("b", rule=rule, outside_maximum=np.True_)  # type: ignore[arg-type]
    framework = gi.Framework("f", [gi.Indicator("a", rule=rule), bonus])
    assert (bool(rule.cap), gi.Units.of([unit]).ranked_mask.tolist()) == (False, [False])
    assert framework.is_bonus("b")
    other = attrs.evolve(rule, cap=False)
    method = gi.Methodology("e.m", "1", framework)
    again = attrs.evolve(method, framework=framework.with_rules({"a": other, "b": other}))
    assert method.fingerprint == again.fingerprint


WEIGHTS: list[Any] = [True, np.True_, b"1", float("nan"), float("inf"), -1, " ", [1], None]


@pytest.mark.parametrize("weight", WEIGHTS)
def test_a_weight_of_an_indicator_is_a_number_or_a_name(weight: Any) -> None:
    leaf = gi.Indicator("a", rule=gi.rules.Identity(), weight=weight)
    others = [gi.Indicator("b", rule=gi.rules.Identity())]
    if weight is None:
        assert gi.Framework("f", [leaf, *others]).weight("a") == 1.0
        return
    with pytest.raises(gi.FrameworkError, match="'a': its weight is"):
        gi.Framework("f", [leaf, *others])


def test_a_weight_that_is_no_variable_of_the_data_is_refused() -> None:
    leaf = gi.Indicator("a", rule=gi.rules.Identity(), weight="0.5")
    method = gi.Methodology("e.m", "1", gi.Framework("f", [leaf]))
    data = gi.Observations.from_frame(pd.DataFrame({"unit": ["A"], "a": [1.0]}))
    with pytest.raises(gi.GovIndexError, match=r"'0\.5'"):
        method.compute(data)


@pytest.mark.parametrize("ranked", [["no", "yes"], [1, 0], [None, True], [b"x", False], ["", True]])
def test_ranked_is_true_or_false_for_each_unit(ranked: Any) -> None:
    with pytest.raises(gi.DataError, match="ranked is True or False for each unit, not"):
        gi.Units(("A", "B"), ranked=ranked)


@pytest.mark.parametrize("field", ["league", "type", "parent"])
def test_a_field_of_a_unit_is_a_text(field: str) -> None:
    with pytest.raises(gi.DataError, match=f"the {field} of a unit is a text or None, not 3"):
        gi.Unit("A", **{field: 3})  # type: ignore[arg-type]
    assert getattr(gi.Unit("A", **{field: " "}), field) is None  # type: ignore[arg-type]


# Cells.


@pytest.mark.parametrize("cell", [b"1", bytearray(b"1"), b"NaN"])
def test_bytes_are_neither_numbers_nor_texts(cell: Any) -> None:
    frame = pd.DataFrame({"unit": ["A", "B"], "x": [cell, 2]})
    with pytest.raises(
        gi.DataError, match=r"unit 'A', variable 'x'.*is neither a number nor a text"
    ):
        gi.Observations.from_frame(frame)
    with pytest.raises(gi.DataError, match="column 'unit' holds bytes"):
        gi.Observations.from_frame(pd.DataFrame({"unit": [cell], "x": [1.0]}))


@pytest.mark.parametrize("sign", ["\ufeff", "\u200b", "\u2060"])
@pytest.mark.parametrize("library", [pd.DataFrame, pl.DataFrame])
def test_characters_that_nobody_sees_are_named(sign: str, library: Any) -> None:
    wide = library({"unit": [f"Lào{sign}Cai", "Lào Cai"], f"x{sign}": [1.0, 2.0]})
    with pytest.raises(gi.DataError, match=f"character 4 is U\\+{ord(sign):04X}") as caught:
        gi.Observations.from_frame(wide)
    assert {problem.code for problem in caught.value.problems} == {
        "unit.hidden_character",
        "variable.hidden_character",
    }
    long = library({"unit": ["A"], "variable": [f"x{sign}y"], "value": [1.0]})
    with pytest.raises(gi.DataError, match="an invisible character: character 2"):
        gi.Observations.from_long(long)


def test_a_number_beyond_all_numbers_says_what_the_limit_is() -> None:
    frame = pd.DataFrame({"unit": ["A", "B"], "x": ["9" * 400, "1"]})
    with pytest.raises(gi.DataError, match=r"a number holds at most 1.8e308"):
        gi.Observations.from_frame(frame)


@pytest.mark.parametrize("weight", [5e-324, 1e-300])
def test_points_too_small_for_digits_are_refused(weight: float) -> None:
    leaves = [gi.Indicator(c, weight=weight, rule=gi.rules.Identity()) for c in "ab"]
    framework = gi.Framework("f", leaves, aggregate=aggregate.Sum())
    with pytest.raises(gi.FrameworkError, match="add up to less than 1e-290"):
        gi.Methodology("e.m", "1", framework)


@pytest.mark.parametrize("word", ["NaN", "nan", " NAN ", "-nan"])
@pytest.mark.parametrize("library", [pd.DataFrame, pl.DataFrame])
def test_the_text_nan_is_a_word_that_can_be_declared(word: str, library: Any) -> None:
    frame = library({"unit": ["A", "B"], "x": [word, "2"]})
    with pytest.raises(gi.DataError, match=f"unit 'A', variable 'x': '{word.strip()}' is not a nu"):
        gi.Observations.from_frame(frame)
    data = gi.Observations.from_frame(frame, notation=gi.Notation(missing=[word]))
    assert (data.value("A", "x"), data.value("B", "x")) == (None, 2.0)


@pytest.mark.parametrize(
    "values", [[["1"]], [["NaN"]], [[b"1"]], np.array([["nan"]], dtype=object)]
)
def test_values_of_observations_are_numbers(values: Any) -> None:
    with pytest.raises(gi.DataError, match="values are an array of numbers"):
        gi.Observations([gi.Unit("A")], ["x"], values)


@pytest.mark.parametrize("code", ["99", True, b"1", float("nan"), None])
def test_a_code_that_means_missing_is_a_number(code: Any) -> None:
    with pytest.raises(gi.SettingError):
        measures.Value("x", missing_when=[code])


# Periods.


@pytest.mark.parametrize(
    "period", ["2026-99", "2026-13", "2026-00", "2026-Q5", "2026-9", "2026Q0", "2026/03", " ", ""]
)
@pytest.mark.parametrize(
    "make",
    [
        lambda period: gi.Observations([gi.Unit("A")], ["x"], [[1.0]], period=period),
        lambda period: gi.Observations.from_frame(
            pd.DataFrame({"unit": ["A"], "x": [1.0]}), period=period
        ),
    ],
)
def test_what_looks_like_a_period_and_is_none_is_refused(
    make: Callable[[str], object], period: str
) -> None:
    with pytest.raises(gi.DataError, match=r"looks like a period, but is not one|is blank|'' is"):
        make(period)


@pytest.mark.parametrize("period", ["2026-02-30", "2025-2-29", "2026-13-01"])
def test_a_day_that_does_not_exist_is_no_period(period: str) -> None:
    with pytest.raises(gi.DataError, match=f"'{period}' looks like a date, but there is no such"):
        gi.Observations([gi.Unit("A")], ["x"], [[1.0]], period=period)


@pytest.mark.parametrize(
    "period", ["2026", "2024-02-29", "2026-Q3", "2026-09", "the third round", "2025-2026"]
)
def test_names_of_periods_are_kept(period: str) -> None:
    assert gi.Observations([gi.Unit("A")], ["x"], [[1.0]], period=period).periods == (period,)


@pytest.mark.parametrize(
    "settings",
    [
        {"measure": measures.Indexed("x", base="2018"), "rule": gi.rules.Identity()},
        {"rule": gi.rules.CentredGoalposts(base="2018")},
        {"rule": gi.rules.CentredGoalposts(base="2018", degenerate=1)},
    ],
)
def test_a_base_outside_the_panel_is_refused_with_its_periods(settings: dict[str, Any]) -> None:
    frame = pd.DataFrame(
        {"unit": ["A", "A", "B", "B"], "year": ["2025", "2026"] * 2, "x": [1, 2, 4, 3]}
    )
    data = gi.Observations.from_frame(frame, unit="unit", period="year")
    leaf = gi.Indicator("x", absence=absence.AsZero(), **settings)
    method = gi.Methodology("e.m", "1", gi.Framework("f", [leaf]))
    with pytest.raises(gi.GovIndexError, match=r"'2018' is not among .*: '2025', '2026'"):
        method.compute(data)


def staged(**settings: Any) -> gi.Observations:
    frame = pd.DataFrame({"unit": ["A"], "variable": ["x"], "value": [1.0], "stage": ["v"]})
    return gi.Observations.from_long(frame, stage="stage", **settings)


@pytest.mark.parametrize(
    ("made", "match"),
    [
        (lambda: gi.Rounding(2, mode=["r"]), r"no rounding mode '\['r'\]'"),  # type: ignore[arg-type]
        (lambda: gi.Ranking(tie_break=5), "tie_break names nodes.*not 5"),  # type: ignore[arg-type]
        (lambda: staged(stages=5), "stages= takes the names of stages.*not 5"),
        (lambda: staged(stages=["v"], fall_back=5), "fall_back= takes the names.*not 5"),
        (lambda: gi.methodology(5), "named by its id, a text, not 5"),  # type: ignore[arg-type]
        (lambda: gi.read_table("a.csv", header=1.5), "header is a row.*not 1.5"),  # type: ignore[arg-type]
        (lambda: gi.read_table(5), "a file is a path, not 5"),  # type: ignore[arg-type]
        (lambda: gi.write_table([1], "a.csv"), "not list: for a result, give result.table"),  # type: ignore[arg-type]
        (
            lambda: gi.Observations([gi.Unit("a")], ["x"], [[2**53 + 1]]),
            "9007199254740993 has more digits than a number can hold",
        ),
    ],
)
def test_settings_of_a_wrong_type_are_named(made: Callable[[], object], match: str) -> None:
    with pytest.raises(gi.GovIndexError, match=match):
        made()


@pytest.mark.parametrize("number", [2**53, -(2**60), 2**63])
def test_whole_numbers_that_a_double_holds_are_values(number: int) -> None:
    data = gi.Observations([gi.Unit("a")], ["x"], [[number]])
    assert data.values.item() == number
