"""A composite in one call: nothing is guessed, all is shown, and the explicit form is the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as settings_of
from hypothesis import strategies as st

import govindex as gi
from govindex.composites import drafts
from govindex.composites.source_code import expression, python_code
from govindex.errors import DataError, FrameworkError, SettingError
from govindex.toml import loads
from tests.sampling import few, some
from tests.test_parts import SAMPLES

FRAME = pd.DataFrame(
    {
        "province": ["A", "B", "C", "D"],
        "days": [3.0, 5.0, 4.0, 4.5],
        "queue": [1.0, 2.0, 3.0, 4.0],
        "online": [0.5, 0.9, 0.4, 0.3],
        "people": [10.0, 25.0, 50.0, 40.0],
        "note": ["x", "y", "z", "w"],
    }
)
TREE: dict[str, list[str]] = {"speed": ["days", "queue"], "reach": ["online"]}
LOW = ["days", "queue"]


def made(frame: Any = FRAME, **settings: Any) -> gi.Composite:
    return gi.composite(frame, TREE, **{"lower": LOW, **settings})


def gaps(*cells: tuple[int, str]) -> pd.DataFrame:
    frame = FRAME.copy()
    for row, column in cells:
        frame.loc[row, column] = np.nan
    return frame


def executed(code: str) -> gi.Methodology:
    names: dict[str, Any] = {}
    exec(code, names)
    method = names["method"]
    assert isinstance(method, gi.Methodology)
    return method


FILLS = [None, gi.impute.Mean(), gi.impute.Median(), gi.impute.Constant(1)]
TREATMENTS = [None, gi.treat.Winsorise(1), [gi.treat.Winsorise(), gi.treat.Log()]]
RULES = [
    None,
    gi.rules.ZScore(0.5, 0.1),
    gi.rules.Rank(),
    {"online": gi.rules.Goalposts(worst=0, best=1)},
]
WEIGHTS = [None, {"speed": 2, "days": 0.5}, gi.weight.StandardDeviation(), {"online": "people"}]
AGGREGATES = [None, gi.aggregate.Median(), gi.aggregate.PowerMean(p=0.5)]
ABSENCES = [None, gi.absence.Renormalise(min_share=0.5), gi.Absence(missing=gi.absence.AsZero())]


@settings_of(max_examples=few(40))
@given(
    settings=st.fixed_dictionaries(
        {
            "impute": st.sampled_from(FILLS),
            "treat": st.sampled_from(TREATMENTS),
            "normalise": st.sampled_from(RULES),
            "weights": st.sampled_from(WEIGHTS),
            "aggregate": st.sampled_from(AGGREGATES),
            "absence": st.sampled_from(ABSENCES),
            "denominate": st.sampled_from([None, {"queue": "people"}]),
            "screen": st.sampled_from([None, gi.prepare.Screen(0.5)]),
        }
    )
)
def test_code_document_and_composite_are_one_methodology(settings: dict[str, Any]) -> None:
    drawn = made(**settings)
    assert executed(drawn.python()).fingerprint == drawn.method.fingerprint
    assert loads(drawn.toml()).fingerprint == drawn.method.fingerprint
    by_default = drawn.choices["default"]
    left = {name for name, part in settings.items() if part is None}
    assert set(by_default.index[by_default]) == left | {"scale", "ranking"}
    assert (drawn.choices["reason"] != "").equals(by_default)


@pytest.mark.parametrize("part", SAMPLES, ids=repr)
def test_code_of_every_part_makes_it_again(part: Any) -> None:
    assert eval(expression(part), {"gi": gi}) == part


def built_in() -> list[gi.Methodology]:
    table = gi.methodologies().reset_index()
    editions = [gi.methodology(f"{row.id}@{row.version}") for row in table.itertuples()]
    return [method for method in editions if type(method) is gi.Methodology]


def test_code_of_built_in_methodologies_makes_them_again() -> None:
    for method in some(built_in(), share=12):
        assert executed(python_code(method)) == method


def test_frames_of_polars_and_pandas_and_observations_are_alike() -> None:
    data = gi.Observations.from_frame(FRAME, variables=["days", "queue", "online"])
    results = [made(frame).result for frame in (FRAME, pl.from_pandas(FRAME), data)]
    assert results[0] == results[1] == results[2]
    assert made(FRAME.set_index("province")).result == results[0]


def test_columns_that_nothing_reads_are_listed() -> None:
    assert made().left_out == ("people", "note")
    assert made(denominate={"queue": "people"}).left_out == ("note",)
    assert made(attributes=["note"]).left_out == ("people",)
    assert made(FRAME.set_index("province")).left_out == ("people", "note")
    assert "Columns that nothing reads: people, note" in str(made())


def test_gaps_are_refused_cell_by_cell_until_a_choice_settles_them() -> None:
    frame = gaps((0, "online"), (2, "days"))
    with pytest.raises(DataError, match=r"gaps that no choice settles.*impute=.*absence=") as error:
        made(frame)
    cells = {(problem.unit, problem.variable) for problem in error.value.problems}
    assert cells == {("A", "online"), ("C", "days")}
    assert made(frame, impute=gi.impute.Mean()).result.score.notna().all()
    assert made(frame, absence=gi.absence.Renormalise()).result.score["A"] == 100


def test_gaps_that_a_fill_leaves_follow_the_declared_absence() -> None:
    frame = gaps((0, "online")).assign(region=["n", "s", "s", "s"])
    fill = gi.impute.Mean(over="region")
    with pytest.raises(DataError, match="has no number for 'A'"):
        made(frame, impute=fill, attributes=["region"])
    settled = made(frame, impute=fill, attributes=["region"], absence=gi.absence.AsZero())
    assert settled.result.scores.loc["A", "online"] == 0


def test_a_constant_indicator_is_refused_by_name() -> None:
    with pytest.raises(DataError, match="queue"):
        made(FRAME.assign(queue=2.0))


def test_columns_that_lack_are_all_named_with_near_misses() -> None:
    with pytest.raises(DataError, match=r"(?s)no column 'dayz': did you mean 'days'.*'onlin'"):
        gi.composite(FRAME, {"speed": ["dayz"], "reach": ["onlin"]}, lower=[])


def test_a_column_of_weight_zero_must_exist() -> None:
    with pytest.raises(DataError, match="no column 'phone'"):
        gi.composite(FRAME, ["days", "phone"], lower=[], weights={"phone": 0})


def test_a_direction_of_no_indicator_is_refused() -> None:
    with pytest.raises(FrameworkError, match="lower names 'day', which the tree lacks"):
        made(lower=["day"])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"aggregate": gi.rules.MinMax()}, "aggregate=… takes Aggregator"),
        ({"normalise": gi.aggregate.Geometric()}, "normalise=… takes Rule or Mapping"),
        ({"impute": "mean"}, r"not 'mean': impute=gi\.impute\.Median\(\), for"),
        ({"treat": gi.treat.Winsorise}, "treat=… takes"),
        ({"weights": "equal"}, "weights=… takes"),
        ({"normalise": {"day": gi.rules.Rank()}}, "normalise names 'day'.*did you mean 'days'"),
    ],
)
def test_parts_of_another_kind_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingError, match=message):
        made(**settings)


def test_how_a_frame_is_read_is_not_said_of_observations() -> None:
    data = gi.Observations.from_frame(FRAME, variables=["days", "queue", "online"])
    with pytest.raises(SettingError, match=r"unit=…, league=… says how a frame is read"):
        made(data, unit="province", league="region")


def test_outliers_are_named_where_no_step_treats_them() -> None:
    values = [1.0, 2, 3, 4, 5, 6, 7, 900]
    frame = pd.DataFrame({"unit": [*"ABCDEFGH"], "far": values, "near": range(8)})
    drawn = gi.composite(frame, ["far", "near"], lower=[])
    assert "Beyond the limits: far." in str(drawn.choices.loc["treat", "reason"])
    treated = gi.composite(frame, ["far", "near"], lower=[], treat=gi.treat.Winsorise())
    assert treated.choices.loc["treat", "reason"] == ""
    assert treated.result.score["H"] == 100


def test_settings_of_some_name_the_default_of_the_others() -> None:
    drawn = made(normalise={"online": gi.rules.Rank()}, weights={"speed": 2})
    settings = drawn.choices["setting"]
    assert settings["normalise"] == "online: Rank(); all others by default: MinMax()"
    assert settings["weights"] == "speed: 2; all others by default: 1"


def test_a_function_has_no_code() -> None:
    drawn = made(aggregate=gi.aggregate.Callable(lambda shares, weights: np.min(shares, axis=-1)))
    with pytest.raises(FrameworkError, match="code is written of what govindex offers"):
        drawn.python()


def test_the_page_speaks_a_language() -> None:
    page = repr(gi.show(made(), language="vi"))
    assert "chuẩn hóa" in page
    assert "MinMax() (mặc định)" in page


def test_a_composite_where_its_result_is_needed_is_named_with_the_part() -> None:
    frame = pd.DataFrame({"unit": [*"AB"], "x": [1.0, 2.0]})
    draft: Any = gi.composite(frame, ["x"], lower=[])
    with pytest.raises(gi.SettingError, match=r"must be of type IndexResult.*: give its \.result"):
        gi.explain(draft, "A")


def test_every_example_of_a_part_is_one() -> None:
    frame = pd.DataFrame({"unit": [*"ABC"], "cases": [1.0, 2, 4], "people": [9.0, 8, 9]})
    for name, example in drafts._EXAMPLES.items():
        part = eval(example.replace("speed", "cases"), {"gi": gi})
        assert gi.composite(frame, ["cases", "people"], lower=[], **{name: part}).result
