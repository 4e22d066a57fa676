"""Malformed frameworks, methodologies and data: one error, that names what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import attrs
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import govindex as gi
from govindex.absence import AsZero, Fill, Redistribute, Renormalise
from govindex.aggregate import Arithmetic, Geometric, Sum
from govindex.contracts import Bool, Float
from govindex.measures import PerPeriod, Ratio, Value
from govindex.rules import (
    Choice,
    Clip,
    Identity,
    MinMax,
    PerItem,
    Points,
    Proportional,
    Scope,
    Steps,
)

SHARE = Identity()


def leaf(code: Any, weight: Any = 1.0, **settings: Any) -> gi.Indicator:
    return gi.Indicator(code, weight=weight, **{"rule": SHARE, **settings})


def index(*nodes: Any, **settings: Any) -> gi.Framework:
    return gi.Framework("index", nodes, **settings)


def nested(tiers: int) -> gi.Framework:
    node: gi.Indicator | gi.Dimension = leaf("a")
    for tier in range(tiers):
        node = gi.Dimension(f"d{tier}", [node])
    return index(node)


def refused(build: Callable[[], object], kind: type[gi.GovIndexError]) -> tuple[str, ...]:
    """Return the problems of the one error that this raises."""
    with pytest.raises(gi.GovIndexError) as caught:
        build()
    assert type(caught.value) is kind
    # Problems of one cause share a line that names their ranks.
    assert all((p.where or p) in str(caught.value) for p in caught.value.problems)
    return caught.value.problems


def check(problems: tuple[str, ...], patterns: tuple[str, ...]) -> None:
    """Every problem is expected, and every expected problem is there."""
    assert len(problems) == len(patterns), problems
    for problem, pattern in zip(problems, patterns, strict=True):
        assert re.search(pattern, problem), problem


# -- frameworks ----------------------------------------------------------------------------------

FRAMEWORKS: dict[str, tuple[Callable[[], object], tuple[str, ...]]] = {
    "repeated code": (
        lambda: index(leaf("a"), gi.Dimension("d", [leaf("a")])),
        ("^the code 'a' is used more than once: codes are unique in a framework",),
    ),
    "code of the root again": (lambda: index(leaf("index")), ("the code 'index' is used more",)),
    "code of a view again": (
        lambda: index(leaf("a"), views=[gi.View("a", of="a")]),
        ("the code 'a' is used more than once",),
    ),
    "codes that are not texts": (
        lambda: index(leaf(1), leaf(["b"]), leaf(" ")),
        (r"not blank, not 1$", r"not blank, not \['b'\]$", "not blank, not ''$"),
    ),
    "no children": (
        lambda: index(gi.Dimension("d", [])),
        ("dimension 'd' has no children: give it indicators, or drop it",),
    ),
    "children that are not nodes": (
        lambda: index("a", gi.Indicator, leaf("b")),
        ("a node is an Indicator or a Dimension, not 'a'", "not <class .*Indicator'>"),
    ),
    "too many tiers": (lambda: nested(101), ("dimension 'd0' lies deeper than 100 tiers",)),
    "far too many tiers": (lambda: nested(3000), ("lies deeper than 100 tiers",)),
    "negative weight": (
        lambda: index(leaf("a", -1), leaf("b")),
        ("^'a': its weight is -1: a finite number of at least 0, or a variable's name",),
    ),
    "weights that are not finite": (
        lambda: index(leaf("a", np.nan), leaf("b", np.inf)),
        ("'a': its weight is nan", "'b': its weight is inf"),
    ),
    "weights that are not numbers": (
        lambda: index(leaf("a", [1]), leaf("b", " "), leaf("c", True)),
        (r"'a': its weight is \[1\]", "'b': its weight is blank", "'c': its weight is True"),
    ),
    "all weights zero among siblings": (
        lambda: index(gi.Dimension("d", [leaf("a", 0), leaf("b", 0)]), leaf("c")),
        ("dimension 'd': all weights of its children are 0; at least one must be above 0",),
    ),
    "nothing but a bonus": (
        lambda: index(leaf("a", outside_maximum=True)),
        ("root 'index': all weights of its children are 0",),
    ),
    "nothing but a dimension of bonuses": (
        lambda: index(gi.Dimension("d", [leaf("a")], outside_maximum=True)),
        ("^root 'index': all weights of its children are 0",),
    ),
    "nothing but a dimension of bonuses to sum": (
        lambda: index(
            gi.Dimension("d", [gi.Dimension("extra", [leaf("a")], outside_maximum=True)]),
            leaf("b"),
            aggregate=Sum(),
        ),
        ("^dimension 'd': all weights of its children are 0",),
    ),
    "nothing but a bonus weighted by the data": (
        lambda: index(leaf("a", "share", outside_maximum=True)),
        ("^root 'index': all weights of its children are 0",),
    ),
    "points that do not add up": (
        lambda: index(gi.Dimension("d", [leaf("a", 3)], weight=10), leaf("b"), aggregate=Sum()),
        ("'d' has 10 points, but its children add up to 3; correct the points, or aggregate",),
    ),
    "points of tiers that do not add up": (
        lambda: index(
            gi.Dimension(
                "d",
                [
                    gi.Dimension("inner", [leaf("a", 3), leaf("x", 1, outside_maximum=True)]),
                    gi.Dimension("mean", [leaf("b")], weight=2, aggregate=Arithmetic()),
                ],
                weight=10,
            ),
            aggregate=Sum(),
        ),
        ("'d' has 10 points, but its children add up to 5; correct the points",),
    ),
    "points of what is no node": (
        lambda: index(gi.Dimension("d", ["a", leaf("b", 2)], weight=2), aggregate=Sum()),  # type: ignore[list-item]
        ("a node is an Indicator or a Dimension, not 'a'",),
    ),
    "more than the maximum": (
        lambda: index(
            leaf("a", 4, rule=Steps([(1, 2), (2, 4)])),
            gi.Dimension("d", [leaf("b", 6, rule=Choice({"yes": 6, "no": 0}))]),
            leaf("plus", 1, rule=Clip(0, 2), outside_maximum=True),
            gi.Dimension("mean", [leaf("c", rule=Clip(0, 2))], weight=2, aggregate=Arithmetic()),
            leaf("shown", 0, rule=Clip(0, 2)),
            aggregate=Sum(),
        ),
        (
            "indicator 'a': its rule gives up to 4, but shares run from 0 to 1: give 1 for the wh",
            "indicator 'b': its rule gives up to 6, but shares run from 0 to 1",
        ),
    ),
    "receivers of another branch": (
        lambda: index(
            gi.Dimension("d", [leaf("a"), leaf("b")]),
            gi.Dimension("e", [gi.Dimension("deep", [leaf("x"), leaf("y")])]),
            gi.Dimension("own", [leaf("k"), leaf("l")], absence=Renormalise()),
            gi.Dimension("only", [leaf("m"), leaf("n", 0)]),
            gi.Dimension("each", [leaf("o", absence=AsZero()), leaf("p", absence=Renormalise())]),
            leaf("c"),
            absence=Redistribute("c"),
        ),
        (
            "dimension 'd': weight cannot be given to 'c', not a child of 'd': set the policy",
            "dimension 'deep': weight cannot be given to 'c', not a child of 'deep'",
        ),
    ),
    "view that counts twice": (
        lambda: index(
            gi.Dimension("d", [leaf("a"), leaf("b")]), views=[gi.View("v", of=["d", "a"])]
        ),
        ("view 'v' looks at 'a' twice: below 'd' and by itself; leave one of them out",),
    ),
    "receivers outside a view": (
        lambda: index(
            leaf("a"),
            leaf("b"),
            leaf("c"),
            views=[gi.View("v", of=["a", "b"], absence=Redistribute("c"))],
        ),
        ("view 'v': weight cannot be given to 'c', not a child of it",),
    ),
    "bonus in a view that takes no bonus": (
        lambda: index(
            leaf("a"),
            leaf("b", outside_maximum=True),
            views=[gi.View("v", of=["a", "b"], aggregate=Geometric())],
        ),
        ("view 'v': a bonus or penalty needs Sum or Arithmetic, not Geometric",),
    ),
    "points from a variable": (
        lambda: index(leaf("a", "population"), aggregate=Sum()),
        ("'a': its weight is the variable 'population', but points of a sum are numbers",),
    ),
    "class of a rule": (
        lambda: index(leaf("a", rule=MinMax)),
        (r"indicator 'a': its rule is a class; make one: MinMax\(\)",),
    ),
    "function as a rule": (
        lambda: index(leaf("a", rule=len)),
        ("indicator 'a': its rule is <built-in function len>, not a rule",),
    ),
    "no rule": (
        lambda: index(gi.Indicator("a")),
        (r"indicator 'a' has no rule: say how .*rules.Points\(\).* or give it weight 0",),
    ),
    "rule of a branch": (
        lambda: index(gi.Dimension("d", [leaf("a")], rule=MinMax)),  # type: ignore[arg-type]
        ("dimension 'd': its rule is a class",),
    ),
    "measure": (
        lambda: index(leaf("a", measure=None), leaf("b", measure=Ratio)),
        ("indicator 'a': its measure is None, not a measure", r"is a class; make one: Ratio\(\)"),
    ),
    "direction": (
        lambda: index(leaf("a", rule=MinMax(), direction="down")),
        ("indicator 'a': direction is 'higher' or 'lower', not 'down'",),
    ),
    "direction against an absolute rule": (
        lambda: index(leaf("a", rule=Proportional(8), direction="lower")),
        (r"indicator 'a': direction is 'lower', but Proportional\(.* gives larger values",),
    ),
    "class of an aggregator": (
        lambda: index(leaf("a"), aggregate=Sum),
        (r"root 'index': its aggregator is a class; make one: Sum\(\)",),
    ),
    "name of an aggregator": (
        lambda: index(gi.Dimension("d", [leaf("a")], aggregate="sum")),  # type: ignore[arg-type]
        ("dimension 'd': its aggregator is 'sum', not an aggregator",),
    ),
    "bonus under a geometric mean": (
        lambda: index(leaf("a"), leaf("b", outside_maximum=True), aggregate=Geometric()),
        ("root 'index': a bonus or penalty needs Sum or Arithmetic, not Geometric",),
    ),
    "rounding and ranking": (
        lambda: index(leaf("a", rounding=2, ranking="competition")),
        (r"'a': its rounding is 2, not a rounding such as Rounding\(2\)", "'a': its ranking is"),
    ),
    "receiver that is not a sibling": (
        lambda: index(gi.Dimension("d", [leaf("days"), leaf("b", absence=Redistribute("dys"))])),
        ("dimension 'd': weight cannot be given to 'dys', not a child of it: did you mean 'days'",),
    ),
    "receiver that is not a child": (
        lambda: index(gi.Dimension("d", [leaf("a")], absence=Redistribute("b")), leaf("b")),
        ("dimension 'd': weight cannot be given to 'b', not a child of it: Known: 'a'",),
    ),
    "view on an unknown node": (
        lambda: index(leaf("days"), views=[gi.View("v", of=["day", "days"])]),
        ("view 'v' looks at 'day', which does not exist: did you mean 'days'",),
    ),
    "view on a view": (
        lambda: index(leaf("a"), views=[gi.View("v", of="a"), gi.View("w", of="v")]),
        ("view 'w' looks at 'v', which does not exist",),
    ),
    "view on the same node twice": (
        lambda: index(leaf("a"), views=[gi.View("v", of=["a", "a"])]),
        ("view 'v' looks at the same node twice",),
    ),
    "view without a match": (
        lambda: index(leaf("a"), views=[gi.View("v", where={"data_source": "survey"})]),
        (r"view 'v' selects no indicator: none has \{'data_source': 'survey'\}",),
    ),
    "view by an unknown attribute": (
        lambda: index(leaf("a"), views=[gi.View("v", where={"source": "survey"})]),
        ("view 'v' selects by 'source': did you mean 'data_source'",),
    ),
    "view of nothing": (
        lambda: index(leaf("a"), views=[gi.View("v")]),
        (r"view 'v' needs either codes \(of=…\) or a selection",),
    ),
    "view weights": (
        lambda: index(
            leaf("a"), leaf("b"), views=[gi.View("v", of="a", weights={"a": -1, "b": 1})]
        ),
        (
            "view 'v': the weight of 'a' is -1, not a number of at least 0",
            "view 'v' gives weights to 'b', at which it does not look",
        ),
    ),
    "view that leaves a weight out": (
        lambda: index(leaf("a"), leaf("b"), views=[gi.View("v", of=["a", "b"], weights={"a": 1})]),
        ("view 'v' gives no weight to 'b': give it one, 0 to leave it out",),
    ),
    "parts of a view": (
        lambda: index(leaf("a"), views=[gi.View("v", of="a", rule=MinMax, aggregate=Sum)]),  # type: ignore[arg-type]
        ("view 'v': its aggregator is a class", "view 'v': its rule is a class"),
    ),
    "view that is not a view": (
        lambda: index(leaf("a"), views=["v"]),
        ("a view is a View, not 'v'",),
    ),
    "several problems at once": (
        lambda: index(
            gi.Indicator("a", weight=-1),
            gi.Dimension("d", [leaf("b", -2, rule=MinMax)], aggregate=Geometric),  # type: ignore[arg-type]
            leaf("a", direction="up"),
            views=[gi.View("v", of="x")],
        ),
        (
            "the code 'a' is used more than once",
            "'a' has no rule",
            "'b': its rule is a class",
            "'a': direction is",
            "'a': its weight is -1",
            "'d': its aggregator is a class",
            "'b': its weight is -2",
            "view 'v' looks at 'x'",
        ),
    ),
}


@pytest.mark.parametrize("case", FRAMEWORKS)
def test_malformed_framework_is_refused(case: str) -> None:
    build, patterns = FRAMEWORKS[case]
    check(refused(build, gi.FrameworkError), patterns)


@given(weight=st.one_of(st.floats(max_value=-1e-300), st.just(np.nan), st.just(np.inf)))
def test_impossible_weights_never_make_a_framework(weight: float) -> None:
    check(refused(lambda: index(leaf("a", weight), leaf("b")), gi.FrameworkError), ("'a': its w",))


# -- methodologies -------------------------------------------------------------------------------


def method(framework: Any = None, **settings: Any) -> gi.Methodology:
    given_settings = {"id": "test", "version": "1", "framework": framework, **settings}
    if framework is None:
        given_settings["framework"] = index(leaf("days"), leaf("online"))
    return gi.Methodology(**given_settings)


METHODOLOGIES: dict[str, tuple[Callable[[], object], tuple[str, ...]]] = {
    "id and version": (
        lambda: method(id="my index", version="1@2"),
        ("the id is made of letters .*, not 'my index'", "the version .* not '1@2'"),
    ),
    "blank id": (lambda: method(id=""), ("the id is made of letters .*, not ''",)),
    "id that is not a text": (lambda: method(id=766), ("the id is made of .*, not 766",)),
    "no framework": (lambda: method("days"), ("the framework is a Framework, not 'days'",)),
    "unknown display node": (
        lambda: method(display=["day"]),
        ("display: there is no node 'day': did you mean 'days'",),
    ),
    "unknown tie-break": (
        lambda: method(ranking=gi.Ranking(tie_break=("onlin",))),
        ("tie_break: there is no node 'onlin': did you mean 'online'",),
    ),
    "unknown tie-break of a node": (
        lambda: method(index(leaf("a", ranking=gi.Ranking(tie_break=("b",))))),
        ("tie_break of 'a': there is no node 'b'",),
    ),
    "points without a sum": (
        lambda: method(scale="points"),
        (r"points need a root that sums them: .* aggregates with Arithmetic\(\); use",),
    ),
    **{
        f"scale {scale!r}": (
            lambda scale=scale: method(scale=scale),  # type: ignore[misc]
            ("a scale is 'points' or a finite number above 0, not ",),
        )
        for scale in (0, -1, np.nan, np.inf, "percent", None, True)
    },
    "parts": (
        lambda: method(
            rounding=2, ranking="competition", bands="ABC", steps="impute", sources="a law"
        ),
        (
            r"rounding is Levels\(…\) or a Rounding, not 2",
            r"ranking is a Ranking\(\), not 'competition'",
            r"bands are Bands\(…\), not 'ABC'",
            "a step is a function of observations, not 'impute'",
            r"a source is a Source\('title', …\), not 'a law'",
        ),
    ),
    "view of weight 0": (
        lambda: method(index(leaf("a", 0), leaf("b"), views=[gi.View("v", of="a")])),
        ("view 'v' looks only at nodes of weight 0",),
    ),
    "view weighted by variables": (
        lambda: method(index(leaf("a", "w"), leaf("b"), views=[gi.View("v", of="a")])),
        ("a view without its own weights needs .* 'a' is weighted by the variable 'w'",),
    ),
}


@pytest.mark.parametrize("case", METHODOLOGIES)
def test_malformed_methodology_is_refused(case: str) -> None:
    build, patterns = METHODOLOGIES[case]
    check(refused(build, gi.FrameworkError), patterns)


def test_unknown_methodology_suggests_the_near_miss() -> None:
    problems = refused(lambda: gi.methodology("vn.service-767"), gi.UnknownNameError)
    check(problems, ("did you mean 'vn.service-766",))


def test_data_frame_instead_of_observations_is_refused() -> None:
    build = lambda: method().compute(pd.DataFrame({"days": [1]}))  # type: ignore[arg-type]  # noqa: E731
    check(refused(build, gi.DataError), ("'test' scores Observations, not DataFrame: Observ",))


def test_step_that_returns_no_observations_is_named() -> None:
    def forgets(data: gi.Observations) -> None:
        return None

    broken = method(steps=[forgets])
    problems = refused(lambda: broken.compute(observe(days=[1], online=[1])), gi.SettingError)
    check(problems, ("the step <function .*forgets .*> returned NoneType, not Observ",))


# -- frames --------------------------------------------------------------------------------------

GOOD: dict[str, list[Any]] = {
    "unit": ["A", "B"],
    "league": ["n", "s"],
    "days": [1, 2],
    "online": [0.5, 1],
}


def wide(**changed: Any) -> Callable[..., gi.Observations]:
    """Read the good frame with other columns."""
    frame = pd.DataFrame({**GOOD, **changed})
    return lambda **settings: gi.Observations.from_frame(frame, **settings)


def long(**changed: Any) -> Callable[..., gi.Observations]:
    """Read a long frame with other columns."""
    columns = {
        "unit": ["A", "A", "B"],
        "variable": ["days", "online", "days"],
        "value": [1, 2, 3],
        "stage": ["self"] * 3,
    }
    frame = pd.DataFrame({**columns, **changed})
    return lambda **settings: gi.Observations.from_long(frame, **settings)


KNOWN = "Known: 'unit', 'league', 'days', 'online'$"
FRAMES: dict[str, tuple[Callable[..., object], dict[str, Any], tuple[str, ...]]] = {
    "missing columns": (
        wide(),
        {"unit": "unti", "league": "leage", "variables": ["day", "x"]},
        (
            f"^there is no column 'unti': did you mean 'unit'. {KNOWN}",
            f"no column 'leage': did you mean 'league'. {KNOWN}",
            f"no column 'day': did you mean 'days'. {KNOWN}",
            f"no column 'x': {KNOWN}",
        ),
    ),
    "unknown attribute": (wide(), {"attributes": "type"}, (f"no column 'type': {KNOWN}",)),
    "unknown text variable": (
        wide(),
        {"notation": gi.Notation(text=["dayz"])},
        ("no column 'dayz': did you mean 'days'",),
    ),
    "no columns": (
        lambda **_: gi.Observations.from_frame(pd.DataFrame()),
        {},
        ("there is no column 'unit': Known: none",),
    ),
    "no rows": (
        lambda **_: gi.Observations.from_frame(pd.DataFrame({"unit": [], "days": []})),
        {},
        ("the frame has no rows: there are no units",),
    ),
    "no variables": (
        lambda **_: gi.Observations.from_frame(pd.DataFrame({"unit": ["A"]})),
        {},
        ("there are no variables apart from 'unit'",),
    ),
    "no variables chosen": (
        wide(),
        {"variables": []},
        ("there are no variables apart from 'unit'",),
    ),
    "repeated variables": (
        wide(),
        {"variables": ["days", "days"]},
        ("variable 'days' appears more than once",),
    ),
    "blank units": (
        wide(unit=["A", " "]),
        {},
        (r"row 2: no unit is named \(column 'unit' is blank\)",),
    ),
    "missing units": (wide(unit=[None, "B"]), {}, ("row 1: no unit is named",)),
    "repeated units": (wide(unit=["A", " A"]), {}, ("unit 'A' appears more than once",)),
    "unknown parent": (
        wide(unit=["Hanoi", "B"], league=["n/a", "Hano"]),
        {"parent": "league"},
        ("unit 'B' names a parent that does not exist, 'Hano': did you mean 'Hanoi'",),
    ),
    "circle of parents": (
        wide(league=["B", "A"]),
        {"parent": "league"},
        ("units are each other's parents: A → B → A",),
    ),
    "neither true nor false": (
        wide(league=["maybe", True]),
        {"ranked": "league"},
        ("row 1: 'maybe' in column 'league' is neither true nor false",),
    ),
    "text between numbers": (
        wide(days=["1", "two"], online=["none", "0.5"]),
        {"league": "league"},
        (
            "^unit 'B', variable 'days': 'two' is not a number$",
            "^unit 'A', variable 'online': 'none' is not a number$",
        ),
    ),
    "infinity": (
        wide(days=[1, np.inf], league=[-np.inf, 1]),
        {},
        (
            "^unit 'A', variable 'league': the value is infinite",
            "^unit 'B', variable 'days': the value is infinite",
        ),
    ),
    "index and column of one name": (
        lambda **_: gi.Observations.from_frame(
            pd.DataFrame({"unit": ["A"]}, index=pd.Index(["A"], name="unit"))
        ),
        {},
        (r"the index and a column are both named 'unit': rename one",),
    ),
    "no data frame": (
        lambda **_: gi.Observations.from_frame("data.csv"),  # type: ignore[arg-type]
        {},
        (r"expected a data frame \(pandas, Polars, .*, not str: gi.read_table",),
    ),
    "many problems at once": (
        wide(unit=["A", "A"], days=["1", "two"], online=[np.inf, 1], league=["A", "C"]),
        {"parent": "league"},
        (
            "unit 'A', variable 'days': 'two' is not a number",
            "unit 'A', variable 'online': the value is infinite",
            "unit 'A' appears more than once",
            "unit 'A' names a parent that does not exist, 'C'",
        ),
    ),
    "long: missing columns": (
        long(),
        {"unit": "unti", "value": "values"},
        ("no column 'unti': did you mean 'unit'", "no column 'values': did you mean 'value'"),
    ),
    "long: blank names": (
        long(unit=["A", None, "B"], variable=["days", "days", ""], stage=["self", "self", None]),
        {"stage": "stage", "stages": ["self"]},
        ("row 2: no unit is named", "row 3: no variable is named", "row 3: no stage is named"),
    ),
    "long: the same cell twice": (
        long(variable=["days", "days", "days"]),
        {},
        (r"unit 'A', variable 'days': appears more than once \(rows 1 and 2\)",),
    ),
    "long: unknown unit": (
        long(unit=["Hanoi", "Hanoi", "Hano"]),
        {"units": [gi.Unit("Hanoi")]},
        ("there is no unit 'Hano': did you mean 'Hanoi'",),
    ),
    "long: cells": (
        long(value=["1", "inf", "three"]),
        {},
        (
            "^unit 'B', variable 'days': 'three' is not a number",
            "^unit 'A', variable 'online': the value is infinite",
        ),
    ),
    "long: unknown text variable": (
        long(),
        {"notation": gi.Notation(text="onlin")},
        ("there is no variable 'onlin': did you mean 'online'",),
    ),
}


@pytest.mark.parametrize("case", FRAMES)
def test_malformed_frame_is_refused(case: str) -> None:
    build, settings, patterns = FRAMES[case]
    check(refused(lambda: build(**settings), gi.DataError), patterns)


def test_anything_but_a_notation_is_refused() -> None:
    problems = refused(lambda: wide()(notation="n/a"), gi.SettingError)
    check(problems, (r"notation is gi\.Notation\(missing=…, .*\), not 'n/a'",))


# -- data that a framework cannot score ----------------------------------------------------------


def observe(**columns: Any) -> gi.Observations:
    units = ["A", "B", "C"][: len(next(iter(columns.values())))]
    return gi.Observations.from_frame(pd.DataFrame({"unit": units, **columns}))


@attrs.frozen
class Broken:
    """A rule that returns any given value."""

    returns: Callable[[Float], Any]
    peer_dependent = False
    monotone = True
    directed = False
    bounds = (0.0, 1.0)

    def __call__(self, values: Float, scope: Scope) -> Float:
        actual: Float = self.returns(values)
        return actual


@attrs.frozen
class Mean:
    """An aggregator that returns any given value."""

    returns: Callable[[Float], Any]
    peer_dependent = False
    monotone = True
    linear = True
    sums_points = False

    def __call__(self, shares: Any, weights: Any) -> Float:
        actual: Float = self.returns(shares[0])
        return actual


def refuse(values: Float) -> Float:
    raise gi.SettingError("this rule is out of order")


def refuse_shapeless(values: Float) -> Float:
    raise gi.CellError("nothing fits", np.array([True]))


def broken(returns: Callable[[Float], Any]) -> gi.Framework:
    return index(leaf("a", rule=Broken(returns)))


def mean(returns: Callable[[Float], Any]) -> gi.Framework:
    return index(gi.Dimension("d", [leaf("a")], aggregate=Mean(returns)))


def absent(function: Callable[[Float, Bool], Any]) -> gi.Framework:
    return index(gi.Dimension("d", [leaf("a"), leaf("b")], absence=function))


SCORES: dict[str, tuple[gi.Framework, gi.Observations, tuple[str, ...]]] = {
    "missing variables": (
        index(leaf("days"), leaf("ratio", measure=Ratio("on_time", "received"))),
        observe(day=[1], receive=[2]),
        (
            "^indicator 'days' needs the variable 'days', .* did you mean 'day'",
            "^indicator 'ratio' needs the variable 'on_time', which the data do not hold: Known",
            "^indicator 'ratio' needs the variable 'received', .* did you mean 'receive'",
        ),
    ),
    "missing weight": (
        index(leaf("a", "population")),
        observe(a=[1], populaton=[2]),
        ("'a' is weighted by the variable 'population', .* did you mean 'populaton'",),
    ),
    "impossible weights": (
        index(leaf("a", "w"), leaf("b")),
        observe(a=[1, 1, 1], b=[1, 1, 1], w=[-1, None, 2]),
        (
            "^unit 'A', variable 'w': the weight of 'a' is -1; a weight is a number of at least 0",
            "^unit 'B', variable 'w': the weight of 'a' is absent; a weight is a number",
        ),
    ),
    "weights that are answers": (
        index(leaf("a", "w"), leaf("b")),
        observe(a=[1, 1], b=[1, 1], w=["large", "small"]),
        (r"^the weight 'w' of 'a' holds answers \('large', 'small'\): a weight is a number of",),
    ),
    "weights all 0 for a unit": (
        index(gi.Dimension("d", [leaf("a", "w")])),
        observe(a=[1, 1], w=[1, 0]),
        ("^unit 'B', node 'd': the weights of all its children are 0$",),
    ),
    "points outside the maximum": (
        index(leaf("a", 6, rule=Points()), leaf("b", 4, rule=Points()), aggregate=Sum()),
        observe(a=[7, 6], b=[-1, 5]),
        (
            r"^unit 'A', indicator 'a': points lie between 0 and the maximum 6 \(value 7\)",
            r"^unit 'A', indicator 'b': points lie between 0 and the maximum 4 \(value -1\)",
            r"^unit 'B', indicator 'b': points lie between 0 and the maximum 4 \(value 5\)",
        ),
    ),
    "numerator above denominator": (
        index(leaf("a", measure=Ratio("x", "y"))),
        observe(x=[5], y=[2]),
        (r"^unit 'A', indicator 'a': a numerator cannot exceed .* \(5 of 2\); above=",),
    ),
    "zero denominator": (
        index(leaf("a", measure=Ratio("x", "y"))),
        observe(x=[0, 1], y=[0, 2]),
        ("^unit 'A', indicator 'a': the denominator y is 0, and the ratio declares no empty= pol",),
    ),
    "negative counts": (
        index(leaf("a", measure=Ratio("x", "y")), leaf("b", rule=PerItem(0.5))),
        observe(x=[-1, 1], y=[2, 2], b=[0, -2]),
        (
            "^unit 'A', indicator 'a': numerator and denominator of a ratio cannot be negative",
            r"^unit 'B', indicator 'b': a number of items cannot be negative \(value -2\)",
        ),
    ),
    "negative towards a target": (
        index(leaf("a", rule=Proportional(8))),
        observe(a=[-1, 1]),
        (r"unit 'A', indicator 'a': .* cannot be negative \(value -1\)",),
    ),
    "one unit among peers": (
        index(leaf("a", rule=MinMax())),
        observe(a=[3]),
        (r"indicator 'a': min-max needs two distinct values .*: every unit has 3 \('A'\)",),
    ),
    "constant columns": (
        index(leaf("a", rule=MinMax()), leaf("b", rule=MinMax()), leaf("c", rule=MinMax())),
        observe(a=[3, 3], b=[1, 2], c=[0, 0]),
        (
            r"indicator 'a': min-max needs two distinct values .* has 3 \('A', 'B'\)",
            r"indicator 'c': min-max needs two distinct values .* has 0 \('A', 'B'\)",
        ),
    ),
    "missing cell": (
        index(gi.Dimension("d", [leaf("a"), leaf("b")])),
        observe(a=[1, None], b=["n/a", "1"]),
        (
            r"^unit 'B', indicator 'a': missing, and 'd' declares no policy for that$",
            r"^unit 'A', indicator 'b': not applicable, and 'd' declares no policy for that$",
        ),
    ),
    "nothing reported": (
        index(leaf("a"), leaf("b")),
        observe(a=[None, None], b=[1, 1]),
        ("unit 'A', indicator 'a': missing", "unit 'B', indicator 'a': missing"),
    ),
    "missing bonus": (
        index(leaf("a"), leaf("b", outside_maximum=True)),
        observe(a=[1, 1], b=[None, 0]),
        ("unit 'A', indicator 'b': missing",),
    ),
    "geometric mean of a zero": (
        index(gi.Dimension("d", [leaf("a"), leaf("b")], aggregate=Geometric()), leaf("c")),
        observe(a=[0, 1], b=[1, 1], c=[1, 1]),
        (r"^unit 'A', node 'd': a geometric mean needs shares above 0 \(give it an offset",),
    ),
    "unknown answers": (
        index(leaf("a", rule=Choice({"Chair": 1, "Deputy": 0.5}))),
        observe(a=["Char", "Chair", "deputies"]),
        (
            "^unit 'A', indicator 'a': the answer 'Char' is not .* did you mean 'Chair'.*Known",
            "^unit 'C', indicator 'a': the answer 'deputies' is not .* did you mean 'Deputy'",
        ),
    ),
    "answers under a rule for numbers": (
        index(leaf("a", rule=Proportional(8))),
        observe(a=["yes", "no"]),
        (
            "^unit 'A', indicator 'a': 'yes' in variable 'a' is not a number$",
            "^unit 'B', indicator 'a': 'no' in variable 'a' is not a number$",
        ),
    ),
    "answers in a ratio": (
        index(leaf("a", measure=Ratio("x", "y", fallback="z"))),
        observe(x=[1], y=[0], z=["many"]),
        ("^unit 'A', indicator 'a': 'many' in variable 'z' is not a number",),
    ),
    "period of a yearly total": (
        index(leaf("a", measure=PerPeriod("a"))),
        observe(a=[12]),
        ("^indicator 'a': a yearly total .* the observations have no period: give them one",),
    ),
    "rule that gives NaN": (
        broken(lambda values: values * np.nan),
        observe(a=[1, 2]),
        (
            r"^unit 'A', indicator 'a': the rule Broken\(.*\) gave no finite share \(value 1\)",
            r"^unit 'B', indicator 'a': the rule Broken\(.*\) gave no finite share \(value 2\)",
        ),
    ),
    "rule that makes up a share": (
        broken(lambda values: np.where(np.isnan(values), 0.5, values)),
        observe(a=[1, None]),
        (r"^unit 'B', indicator 'a': the rule .* gave a share for an absent value",),
    ),
    "rule of another shape": (
        broken(lambda values: values.ravel()[:1]),
        observe(a=[1, 2]),
        (r"^indicator 'a': the rule .* returned shares of shape \(1,\), expected \(1, 1, 2\)",),
    ),
    "rule that gives texts": (
        broken(lambda values: np.full(values.shape, "full")),
        observe(a=[1, 2]),
        ("^indicator 'a': the rule .* returned no numbers",),
    ),
    "rule out of order": (
        broken(refuse),
        observe(a=[1, 2]),
        ("^indicator 'a': this rule is out of order",),
    ),
    "rule that refuses no cell": (
        broken(refuse_shapeless),
        observe(a=[1, 2]),
        ("^indicator 'a': nothing fits",),
    ),
    "rules of branches": (
        index(
            gi.Dimension("d", [leaf("a")], rule=Broken(lambda share: share * np.nan)),
            gi.Dimension("e", [leaf("b")], rule=Broken(lambda share: share[0])),
            gi.Dimension("f", [leaf("c")], rule=Broken(refuse)),
        ),
        observe(a=[0.5], b=[1], c=[1]),
        (
            "^node 'f': this rule is out of order",
            r"^node 'e': the rule .* returned shares of shape \(1,\), expected \(1, 1\)",
            r"^unit 'A', node 'd': the rule .* gave no finite share \(value 0.5\)",
        ),
    ),
    "aggregator that gives NaN": (
        mean(lambda share: share * np.nan),
        observe(a=[1]),
        (r"^unit 'A', node 'd': Mean\(.*\) gave no finite share",),
    ),
    "aggregator of another shape": (
        mean(lambda share: np.ones(7)),
        observe(a=[1, 1]),
        (r"^node 'd': Mean\(.*\) returned shares of shape \(7,\), expected \(1, 2\)",),
    ),
    "absence function that returns None": (
        absent(lambda weights, present: None),
        observe(a=[1, None], b=[1, 1]),
        (r"^node 'd': the absence function returned weights of shape \(\), expected \(2, 1, 2\)",),
    ),
    "absence function that returns nonsense": (
        absent(lambda weights, present: -weights),
        observe(a=[1, None], b=[1, 1]),
        (
            "^unit 'A', node 'd': the absence function returned a weight that is negative",
            "^unit 'B', node 'd': the absence function returned a weight that is negative",
        ),
    ),
    "filling by an unknown group": (
        index(leaf("a"), leaf("b"), absence=Fill(by="leage")),
        observe(a=[1, None], b=[1, 1]),
        ("^node 'index': units have no attribute 'leage': did you mean 'league'",),
    ),
    "filling from nobody": (
        index(leaf("a"), leaf("b"), absence=Fill(by="all")),
        observe(a=[None, None], b=[1, 1]),
        ("^unit 'A', node 'index': no unit of the same all group", "^unit 'B', node 'index'"),
    ),
}


@pytest.mark.parametrize("case", SCORES)
def test_data_that_cannot_be_scored_are_refused(case: str) -> None:
    framework, data, patterns = SCORES[case]
    scored = method(framework, scale="points" if framework.aggregate == Sum() else 1.0)
    check(refused(lambda: scored.compute(data), gi.DataError), patterns)


def test_many_refused_cells_share_a_line_and_are_all_problems() -> None:
    units = [f"U{i}" for i in range(25)]
    frame = pd.DataFrame({"unit": units, "a": [-1.0] * 25, "b": [None] * 25})
    data = gi.Observations.from_frame(frame)
    negative = index(leaf("a", rule=Proportional(1)))
    for code, cause in (("a", r"\(value -1\)"), ("b", "missing, and 'index' declares no policy")):
        scored = negative if code == "a" else index(leaf("b"))
        with pytest.raises(gi.DataError, match=f"{cause}.* in 25 cells of 1 indicator") as info:
            method(scored).compute(data)
        assert [problem.unit for problem in info.value.problems] == units
        assert {(p.variable, p.noun) for p in info.value.problems} == {(code, "indicator")}
        assert len(str(info.value).splitlines()) == 1


@given(branches=st.integers(1, 9), units=st.integers(1, 4))
def test_a_blank_form_is_refused_in_one_line(branches: int, units: int) -> None:
    """Nothing is lost: each cell is a problem, and each branch is counted in the line."""
    framework = index(
        *(gi.Dimension(f"d{n}", [leaf(f"a{n}"), leaf(f"b{n}")]) for n in range(branches))
    )
    cells: dict[str, Any] = {code: [None] * units for code in framework.leaf_codes}
    frame = pd.DataFrame({"unit": [f"U{n}" for n in range(units)], **cells})
    with pytest.raises(gi.DataError) as info:
        method(framework).compute(gi.Observations.from_frame(frame))
    assert len(info.value.problems) == 2 * branches * units
    [line] = str(info.value).splitlines()
    count = f"{2 * branches * units} cells of {2 * branches} indicators"
    if branches == 1:
        assert f"missing, and 'd0' declares no policy for that in {count}: first " in line
        return
    # Which branches are named depends on the order in which they are scored.
    shown = re.search(f"missing in {count}; (.*) declare no policy for that: first ", line)
    assert shown is not None, line
    expected = "'d0', 'd1'" + (f" and {branches - 2} more" if branches > 2 else "")
    assert re.sub(r"'d\d'", "", shown[1]) == re.sub(r"'d\d'", "", expected)
    assert line.endswith("give it absence= Renormalise(), Shrink(), AsZero() …")


def test_data_of_dimensions_say_to_cut() -> None:
    framework = index(
        gi.Dimension("d", [leaf("a"), leaf("b")]), gi.Dimension("e", [leaf("f"), leaf("g")])
    )
    data = observe(d=[1], f=[1])
    problems = refused(lambda: method(framework).compute(data), gi.DataError)
    check(problems, (r"^the data hold scores of 'd', .* of 2 indicators", "'g'"))
    with pytest.raises(gi.DataError, match=r"use method\.cut\(\), .*, or method\.cut\(\['d'\]\)"):
        method(framework).compute(data)
    cut = method(framework).cut(["d"])
    check(refused(lambda: cut.compute(data), gi.DataError), ("^indicator 'g' needs",))


def test_variables_are_listed_three_times_at_most() -> None:
    framework = index(*(leaf(f"leaf {i}") for i in range(9)))
    with pytest.raises(gi.DataError) as info:
        method(framework).compute(observe(**{"leaf 3!": [1], "other": [1]}))
    assert str(info.value).count("Known: ") == 3
    assert str(info.value).count("did you mean 'leaf 3!'") == 9


# -- what is not a problem -----------------------------------------------------------------------


def test_code_of_missing_is_not_a_value() -> None:
    framework = index(leaf("a", measure=Value("a", missing_when=99)), absence=AsZero())
    assert method(framework).compute(observe(a=[99, 0.5])).score.tolist() == [0, 50]


def test_column_without_any_value_is_left_out_if_declared() -> None:
    framework = index(leaf("a"), leaf("b"), absence=Renormalise())
    result = method(framework).compute(observe(a=[None, None], b=[0.5, 1]))
    assert result.score.tolist() == [50, 100]


def test_unscored_indicator_need_not_be_in_the_data() -> None:
    framework = index(leaf("a"), gi.Indicator("shown", weight=0))
    result = method(framework).compute(observe(a=[0.5]))
    assert result.score.tolist() == [50]
    assert result.scores["shown"].isna().all()


@given(
    shares=st.lists(st.one_of(st.none(), st.floats(0, 1)), min_size=1, max_size=3),
    aggregate=st.sampled_from([Arithmetic(), Geometric(), Sum()]),
)
def test_a_score_is_given_or_an_error_raised(shares: list[float | None], aggregate: Any) -> None:
    framework = index(leaf("a"), leaf("b"), aggregate=aggregate)
    frame = pd.DataFrame({"unit": list("ABC")[: len(shares)], "a": shares, "b": 0.5})
    data = gi.Observations.from_frame(frame)
    impossible = None in shares or (aggregate == Geometric() and 0 in shares)
    if impossible:
        check(refused(lambda: method(framework).compute(data), gi.DataError)[:1], ("^unit '",))
    else:
        assert method(framework).compute(data).score.notna().all()
