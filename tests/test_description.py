"""Descriptions of frameworks as tables."""

from __future__ import annotations

import attrs
import pytest

import govindex as gi
from govindex import measures, rules
from govindex.plugins import methodologies as installed


@attrs.frozen
class Own(rules.Identity):
    """A rule of somebody's own."""


FRAMEWORK = gi.Framework(
    "root",
    [
        gi.Dimension(
            "speed",
            [
                gi.Indicator(
                    "days",
                    {"vi": "Số ngày", "en": "Days"},
                    direction="lower",
                    rule=rules.MinMax(),
                    measure_unit="days",
                ),
                gi.Indicator(
                    "on time",
                    measure=measures.Ratio(measures.Value("a"), "b", times=100),
                    rule=rules.Steps([(80, 0.5), (100, 1)]),
                    weight=3,
                    data_source="statistic",
                ),
            ],
            aggregate=gi.aggregate.Geometric(0.1),
            confidence="verified",
        ),
        gi.Indicator("reach", rule=Own(), reference="Article 3"),
        gi.Indicator("shown", weight=0),
    ],
    views=[gi.View("both", ["days", "reach"], rule=rules.Choice({"a: b": 1, 2: 0}))],
)
TABLE = gi.describe(FRAMEWORK, language="vi")


def test_every_node_has_a_row_views_last() -> None:
    assert TABLE.index.to_list() == ["root", "speed", "days", "on time", "reach", "shown", "both"]
    assert TABLE["tier"].to_list() == [0, 1, 2, 2, 1, 1, 0]
    assert TABLE.loc["days", "name"] == "Số ngày"


def test_weights_and_percents_are_shown() -> None:
    assert TABLE["weight"].to_list()[:6] == [1, 1, 1, 3, 1, 0]
    assert TABLE["percent"].to_list()[:6] == [100, 50, 12.5, 37.5, 50, 0]


def test_parts_are_said_in_words() -> None:
    assert TABLE.loc["root", "made"] == "Arithmetic"
    assert TABLE.loc["speed", "made"] == "Geometric(offset=0.1)"
    assert TABLE.loc["on time", "made"] == "Ratio(numerator=a, denominator=b, times=100)"
    assert TABLE.loc["on time", "rule"] == "Steps(table=[[80, 0.5], [100, 1]])"
    assert TABLE.loc["on time", "variables"] == "a, b"


def test_a_part_of_ones_own_speaks_for_itself() -> None:
    assert TABLE.loc["reach", "rule"] == "Own()"


def test_other_fields_are_shown_blank_where_nothing_is_said() -> None:
    said = ["direction", "measure_unit", "data_source", "confidence"]
    assert list(TABLE.loc["days", said]) == ["lower", "days", "", ""]
    assert TABLE.loc["reach", "reference"] == "Article 3"
    assert list(TABLE.loc["both", ["direction", "variables"]]) == ["", ""]


def test_weights_by_variables_have_no_fixed_part() -> None:
    framework = FRAMEWORK.with_weights({"reach": "population"})
    table = gi.describe(framework)
    assert table.loc["reach", "weight"] == "population"
    assert table["percent"].isna().all()


@pytest.mark.parametrize("name", [f"{id}@{v}" for id, v in installed()["version"].items()])
def test_every_built_in_is_described(name: str) -> None:
    for form in gi.methodology(name).frameworks:
        table = gi.describe(form, language="en")
        assert not table.drop(columns="percent").isna().any(axis=None)
        assert len(table) == len(form.codes) + len(form.views)
