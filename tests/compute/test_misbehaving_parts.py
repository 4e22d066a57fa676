"""Parts that give no numbers, wrong shapes or refusals."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pytest

from govindex import (
    DataError,
    Dimension,
    Framework,
    Observations,
    Unit,
    aggregate,
    measures,
    rules,
)
from govindex.compute import Block, compile_framework, evaluate
from govindex.contracts import Float
from tests.compute.examples import leaf, rubric, scored
from tests.strategies import observed


@attrs.frozen
class Odd:  # its call fits rules and aggregators only at run time
    """A rule or aggregator that returns whatever it was given."""

    gives: float = np.inf
    short: bool = False
    peer_dependent: bool = False
    monotone: bool = True
    directed: bool = False
    bounds: tuple[float, float] = (0.0, 1.0)
    linear: bool = False
    sums_points: bool = False

    def __call__(self, values: Any, scope: Any) -> Float:
        shape = np.asarray(values[0] if isinstance(values, list) else values).shape
        return np.full(shape[:-1] if self.short else shape, self.gives)


def test_rule_that_gives_no_finite_share_is_named() -> None:
    with pytest.raises(
        DataError, match=r"unit 'U0', indicator 'a': the rule Odd.* no finite share"
    ):
        scored(Framework("x", [leaf("a", rule=Odd())]), observed({"a": [1.0]}))


@pytest.mark.parametrize(
    "rule",
    [rules.Identity(), rules.Affine(slope=0.5), rules.Goalposts(worst=0, best=2, clip=False)],
)
def test_share_above_1_of_a_summed_indicator_is_named(rule: Any) -> None:
    framework = rubric(Dimension("D", [leaf("a", 4, rule=rule), leaf("b", 6)]))
    data = observed({"a": [1.0, 4.0], "b": [6.0, 6.0]})
    match = r"unit 'U1', indicator 'a': .* above 1: shares run from 0 to 1: .*\(value 4\)"
    with pytest.raises(DataError, match=match):
        scored(framework, data, scale="points")


def test_share_above_1_is_free_outside_sums_and_maxima() -> None:
    mean = Dimension("D", [leaf("a", 1, rule=rules.Identity())], weight=4, rule=rules.Clip(),
                     aggregate=aggregate.Arithmetic())  # fmt: skip
    bonus = leaf("b", 2, rule=rules.Identity(), outside_maximum=True)
    shown = leaf("s", 0, rule=rules.Identity())
    data = observed({"a": [3.0], "b": [2.0], "s": [9.0], "c": [1.0]})
    result = scored(rubric(mean, bonus, shown, leaf("c", 6)), data, scale="points")
    assert result.score.item() == 9.0


def test_node_rule_that_gives_no_finite_share_is_named() -> None:
    with pytest.raises(DataError, match="unit 'U0', node 'x': the rule Odd"):
        scored(Framework("x", [leaf("a")], rule=Odd()), observed({"a": [1.0]}), scale=10)


def test_aggregator_that_gives_no_finite_share_is_named() -> None:
    odd: Any = Odd()
    with pytest.raises(DataError, match=r"unit 'U0', node 'x': Odd.* gave no finite share"):
        scored(Framework("x", [leaf("a")], aggregate=odd), observed({"a": [1.0]}), scale=10)


@attrs.frozen
class Flat(Odd):
    """An aggregator with one share for everybody."""

    def __call__(self, values: Any, scope: Any) -> Float:
        return np.full((1, 1), self.gives)


def test_aggregator_without_a_share_per_unit_counts_for_all() -> None:
    mean: Any = Flat(gives=0.5)
    framework = Framework("x", [leaf("a", 1)], aggregate=mean)
    assert scored(framework, observed({"a": [1.0, 0.0]}), scale=1).score.to_list() == [0.5, 0.5]


@pytest.mark.parametrize("where", ["leaf", "node"])
def test_rule_of_another_shape_is_refused(where: str) -> None:
    odd = Odd(short=True)
    framework = (
        Framework("x", [leaf("a", rule=odd)])
        if where == "leaf"
        else Framework("x", [leaf("a")], rule=odd)
    )
    with pytest.raises(DataError, match=r"the rule Odd.* returned shares of shape"):
        scored(framework, observed({"a": [1.0]}), scale=10)


def test_geometric_mean_of_zero_names_unit_and_node() -> None:
    inner = Dimension("D", [leaf("a", 1), leaf("b", 1)], aggregate=aggregate.Geometric())
    data = observed({"a": [0.5, 0.5], "b": [0.0, 0.5]})
    with pytest.raises(DataError, match="unit 'U0', node 'D': a geometric mean needs shares above"):
        scored(Framework("x", [inner]), data, scale=1)


def test_measure_that_cannot_work_names_its_indicator() -> None:
    yearly = leaf("a", measure=measures.PerPeriod("a"))
    with pytest.raises(DataError, match="indicator 'a': a yearly total"):
        scored(Framework("x", [yearly]), observed({"a": [1.0]}))


def test_refused_values_are_named_with_unit_and_value() -> None:
    ratio = leaf("r", measure=measures.Ratio("a", "b"), rule=rules.Proportional(1))
    data = observed({"a": [3.0] * 12, "b": [2.0] * 12, "p": [11.0] + [1.0] * 11})
    with pytest.raises(DataError) as caught:
        scored(Framework("x", [ratio]), data)
    assert "indicator 'r': a numerator cannot exceed" in caught.value.problems[0]
    assert len(caught.value.problems) == 12
    with pytest.raises(DataError, match=r"unit 'U0', indicator 'p': points lie .* \(value 11\)"):
        scored(rubric(leaf("p")), data, scale="points")


def test_constant_column_is_named_with_its_value() -> None:
    framework = Framework("x", [leaf("a", rule=rules.MinMax())])
    with pytest.raises(DataError, match=r"indicator 'a': .* every unit has 4 \('U0', 'U1'\)"):
        scored(framework, observed({"a": [4.0, 4.0]}))


def test_text_where_a_number_is_needed_is_named() -> None:
    data = Observations([Unit("A")], ("a",), np.array([[0.0]]), levels={"a": ("good",)})
    with pytest.raises(DataError, match="unit 'A', indicator 'a': 'good' in variable 'a' is not a"):
        scored(Framework("x", [leaf("a")]), data)


def test_answers_are_read_by_rules_that_take_them() -> None:
    data = Observations(
        [Unit("A"), Unit("B")], ("a",), np.array([[0.0], [1.0]]), levels={"a": ("good", "poor")}
    )
    choice = rules.Choice({"good": 1, "poor": 0.25})
    assert scored(Framework("x", [leaf("a", rule=choice)]), data).score.to_list() == [100.0, 25.0]


def test_indicators_of_different_shapes_are_scored_together() -> None:
    framework = Framework("x", [leaf("a", 1), leaf("b", 1)])
    data = observed({"a": [0.0], "b": [1.0]})
    fixed = leaf("b", 1, measure=Constant())
    both = Framework("x", [leaf("a", 1), fixed])
    values = np.array([[[0.0], [0.5]], [[1.0], [1.0]]])
    block = Block(data, values, np.zeros(values.shape, np.uint8))
    expected = evaluate(compile_framework(framework), block)["x"].share
    assert evaluate(compile_framework(both), block)["x"].share.tolist() == expected.tolist()


@attrs.frozen
class Constant:
    """A measure whose value no draw moves."""

    variables: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()

    def __call__(self, columns: Any) -> Any:
        from govindex.contracts import Cells

        shape = (1, len(columns.peers))
        return Cells(np.ones(shape), np.zeros(shape, dtype=np.uint8))
