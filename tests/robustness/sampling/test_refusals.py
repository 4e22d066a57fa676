"""Settings, variations and draws that are refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pandas as pd
import pytest

from govindex import (
    DataError,
    Dimension,
    Forms,
    Framework,
    Indicator,
    Methodology,
    Observations,
    Ranking,
    Rounding,
    SettingError,
    Unit,
    Units,
    UnknownNameError,
    View,
    absence,
    aggregate,
    robustness,
    rules,
)
from govindex.robustness import sample_ranks
from govindex.rounding import Levels
from tests.robustness.examples import (
    data_of,
    failing,
    flat,
    index_of,
    random_data,
)


def refused(match: str, vary: Any = None, kind: Any = SettingError, **settings: Any) -> None:
    method = settings.pop("method", None) or flat()
    data = settings.pop("data", None)
    data = random_data(1, 6) if data is None else data
    settings = {"draws": 10, "rng": 1, **settings}
    with pytest.raises(kind, match=match):
        sample_ranks(
            method,
            data,
            vary=vary() if callable(vary) else vary or [robustness.Weights(spread=0.5)],
            **settings,
        )


@pytest.mark.parametrize(
    ("match", "settings"),
    [
        ("draws is a whole number from 1 to 1,000,000,000, not 0", {"draws": 0}),
        ("draws is a whole number from 1 to 1,000,000,000, not None", {"draws": None}),
        ("draws is a whole number from 1 to 1,000,000,000, not 2.5", {"draws": 2.5}),
        (
            "rng is a whole number of at least 0 or a numpy.random.Generator, not 'seed'",
            {"rng": "seed"},
        ),
        ("rng is a whole number of at least 0", {"rng": -1}),
        ("rng is a whole number of at least 0", {"rng": None}),
        ("on_error is 'raise' or 'count', not 'ignore'", {"on_error": "ignore"}),
        ("needs at least one variation", {"vary": lambda: []}),
        ("'spread' is no variation", {"vary": ["spread"]}),
        ("at least two ranked units, not 1", {"data": random_data(1, 1)}),
        ("progress is True, False or a function, not 'bar'", {"progress": "bar"}),
        (r"executor is a concurrent\.futures\.Executor, not 'pool'", {"executor": "pool"}),
        ("give a Methodology first, not object", {"method": object()}),
        (
            "an object that computes by its own code has no parts to vary",
            {"method": type("Own", (), {"compute": print})()},
        ),
        (r"given in a list, vary=\[…\], not Weights", {"vary": robustness.Weights(spread=0.1)}),
        (
            r"executor is a concurrent\.futures\.Executor, not <class",
            {"executor": ThreadPoolExecutor},
        ),
    ],
)
def test_settings_out_of_range_are_refused(match: str, settings: dict[str, Any]) -> None:
    refused(match, **settings)


@pytest.mark.parametrize(
    ("match", "make"),
    [
        ("one of spread=, deviation=, concentration=", lambda: robustness.Weights()),
        ("one of spread=", lambda: robustness.Weights(spread=0.1, deviation=0.1)),
        ("a spread is at most 1", lambda: robustness.Weights(spread=1.5)),
        ("finite number above 0, not -1", lambda: robustness.Weights(deviation=-1)),
        ("finite number above 0, not 'even'", lambda: robustness.Weights(concentration="even")),  # type: ignore[arg-type]
        (
            "probabilities add up to 1, not to 0.9",
            lambda: robustness.Alternatives(rule=[None, None], probabilities=[0.5, 0.4]),
        ),
        (
            "2 options have as many probabilities, not 1",
            lambda: robustness.Alternatives(rule=[None, None], probabilities=[1.0]),
        ),
        (
            "numbers of at least 0",
            lambda: robustness.Alternatives(rule=[None, None], probabilities=[1.5, -0.5]),
        ),
        ("alternatives are given for one of", lambda: robustness.Alternatives()),
        ("needs at least one option", lambda: robustness.Alternatives(rule=[])),
        ("at= names the nodes of a rule", lambda: robustness.Alternatives(steps=[None], at="x")),
        ("errors are 'normal', 'uni", lambda: robustness.Errors({"x": 1}, distribution="t")),  # type: ignore[arg-type]
        ("takes standard errors by variable", lambda: robustness.Errors({})),
        ("takes standard errors by variable", lambda: robustness.Errors(2.0)),  # type: ignore[arg-type]
        ("are a pair", lambda: robustness.Errors({"x": 1}, limits={"x": (2, 1)})),
        ("needs weights, values or choices", lambda: robustness.Given()),
        (
            r"as many draws everywhere, not \[2, 3\]",
            lambda: robustness.Given(weights={"x": [1, 2], "y": [1, 2, 3]}),
        ),
        ("finite numbers of at least 0, not -1", lambda: robustness.Given(weights={"x": [1, -1]})),
        ("whole numbers from 0", lambda: robustness.Given(choices={"rule": [0.5]})),
        (r"have the shape \(draws, units\)", lambda: robustness.Given(values={"x": [1, 2]})),
    ],
)
def test_variations_with_invalid_settings_are_refused(match: str, make: Any) -> None:
    with pytest.raises(SettingError, match=match):
        make()


@pytest.mark.parametrize(
    ("match", "vary"),
    [
        (r"no scored node 'w'.*'x'", robustness.Weights(spread=0.1, at="w")),
        ("no scored node at tier 7", robustness.Weights(spread=0.1, at=7)),
        (r"no variable 'q'.*'x'", robustness.Errors({"q": 1.0})),
        (r"no variable 'se' with its errors", robustness.Errors({"x": "se"})),
        ("an error is a finite number of at least 0", robustness.Errors({"x": -1.0})),
        ("one for each of the 6 units", robustness.Errors({"x": [1.0, 2.0]})),
        ("'y' has limits but no error", robustness.Errors({"x": 1.0}, limits={"y": (0, 1)})),
        (r"no node 'w'.*'x'", robustness.Given(weights={"w": np.ones(10)})),
        ("has 2 units, the data have 6", robustness.Given(values={"x": np.ones((10, 2))})),
        (
            "draw 3: no number",
            robustness.Given(values={"x": np.where(np.arange(60) == 19, np.nan, 1).reshape(10, 6)}),
        ),
        ("draws=10, but only 3 are given", robustness.Given(weights={"x": np.ones(3)})),
        ("need one Alternatives", robustness.Given(choices={"rule": np.zeros(10, dtype=int)})),
        (r"no node 'w'.*'x'", robustness.Alternatives(rule=[rules.MinMax()], at="w")),
        ("alternatives of 'weights' do not apply", robustness.Alternatives(weights=[{"w": 1.0}])),
        (
            "alternatives of 'aggregate' do not apply",
            robustness.Alternatives(aggregate=[{"x": aggregate.Geometric()}]),
        ),
    ],
)
def test_variations_that_do_not_apply_are_refused(match: str, vary: Any) -> None:
    refused(match, [vary], (SettingError, UnknownNameError, DataError))


def test_given_choices_stay_within_the_options() -> None:
    choice = robustness.Alternatives(aggregate=[None, aggregate.Geometric()])
    picks = robustness.Given(choices={"aggregate": np.full(10, 2)})
    refused("run from 0 to 1, not to 2", [choice, picks])


def test_leaving_out_the_only_indicator_is_refused() -> None:
    refused("'index' has no scored node but 'x'", [robustness.LeaveOut()], method=flat("x"))


def test_a_draw_that_cannot_be_scored_is_named() -> None:
    method, data = failing()
    vary = [robustness.Errors({"x": 0.01})]
    with pytest.raises(
        DataError,
        match=r"draw \d+ \(drawn values of 'x'\) cannot .*unit 'u002', node 'index'.*above 0",
    ):
        sample_ranks(method, data, vary=vary, draws=200, rng=1)


def test_the_options_of_a_draw_that_cannot_be_scored_are_named() -> None:
    data = data_of({"x": [0.5, 0.6, 0.0], "y": [0.5, 0.6, 0.4]})
    choice = robustness.Alternatives(aggregate=[None, aggregate.Geometric()])
    method = flat("xy", rules.Identity())
    with pytest.raises(DataError, match=r"draw \d+ \(aggregate: Geometric.*unit 'u002'"):
        sample_ranks(method, data, vary=[choice], draws=20, rng=1)


def test_draws_that_cannot_be_scored_are_counted_and_never_dropped_silently() -> None:
    method, data = failing()
    vary = [robustness.Errors({"x": 0.01})]
    sample = sample_ranks(method, data, vary=vary, draws=200, rng=1, on_error="count")
    assert 10 < sample.failed < 60
    assert sample._tally.draws == 200 - sample.failed
    assert len(sample.to_frame()) == 200 - sample.failed
    assert sample.acceptability().sum(axis=1).to_list() == [1.0, 1.0, 1.0]
    assert f"{sample.failed} of which could not be scored" in sample.summary


def test_a_sample_without_a_scored_draw_says_so() -> None:
    method, data = failing()
    vary = [robustness.Given(values={"x": np.full((5, 3), -1.0)})]
    sample = sample_ranks(method, data, vary=vary, rng=1, on_error="count")
    assert sample.failed == 5
    with pytest.raises(DataError, match="none of the 5 draws could be scored"):
        sample.intervals()


def test_units_of_other_leagues_are_not_compared() -> None:
    data = random_data(1, 4, league=["a", "a", "b", "b"])
    refused("'u000' and 'u002' are not ranked together", data=data, pairs=[("u000", "u002")])


@pytest.mark.parametrize("policy", [absence.AsZero(), absence.Full(), absence.Fill("all")], ids=str)
@pytest.mark.parametrize("node", ["gap", "look"])
def test_a_node_is_ranked_as_the_branch_above_fills_it(policy: Any, node: str) -> None:
    gap, whole, other = (
        Indicator(code, rule=rules.Identity()) for code in ("gap", "whole", "other")
    )
    part = Dimension("part", [gap, whole], absence=policy)
    framework = Framework("index", [part, other], views=[View("look", of=("gap", "other"))])
    method = Methodology("example.made-up", "1", framework)
    table = {"gap": [None, 0.2, 0.9], "whole": [0.1, 0.2, 0.3], "other": [0.8, 0.75, 0.6]}
    data = Observations.from_frame(pd.DataFrame(table, index=["A", "B", "C"]))
    same = robustness.Given(weights={"gap": [1.0], "whole": [1.0]})
    intervals = sample_ranks(method, data, vary=[same], rng=1, node=node).intervals()
    assert intervals["median"].tolist() == intervals["rank"].tolist()
    assert sorted(intervals["rank"]) == [1, 2, 3]


@pytest.mark.parametrize("together", [1, 2**17])
@pytest.mark.parametrize("ties", ["competition", "average"])
def test_quantiles_of_ranks_and_of_their_counts_are_the_same(
    ties: Any, together: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("govindex.robustness.sampling.counts._SORTED", min(together, 4))
    monkeypatch.setattr("govindex.robustness.sampling.counts._COUNTED", together)
    rng = np.random.default_rng(7)
    frame = pd.DataFrame(rng.integers(0, 4, (9, 3)), columns=list("xyz"), index=[*"ABCDEFGHI"])
    method = flat(ranking=Ranking(ties=ties))
    vary = [robustness.Weights(spread=0.5)]
    sample = sample_ranks(method, Observations.from_frame(frame), vary=vary, draws=301, rng=1)
    levels = (0.0, 0.05, 0.5, 0.95, 1.0)
    sorted_ranks = sample._quantiles(*levels)
    ranks = sample.to_frame()[[*"ABCDEFGHI"]].to_numpy(dtype=float)
    between = sample._quantiles(*levels, method="type7")
    np.testing.assert_allclose(between, np.quantile(ranks, levels, axis=0))
    sample.acceptability()
    np.testing.assert_array_equal(sample._quantiles(*levels), sorted_ranks)
    np.testing.assert_array_equal(sample._quantiles(*levels, method="type7"), between)


@pytest.mark.parametrize("on_error", ["raise", "count"])
def test_draws_scored_a_few_at_a_time_are_those_scored_together(
    on_error: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = random_data(5, 8)
    # Points are rounded, so every draw has indicators of its own.
    rounded = flat(aggregate=aggregate.Sum(), rounding=Levels(leaf=Rounding(2)))
    vary = [
        robustness.Weights(spread=0.9),
        robustness.Alternatives(rule=[rules.Affine(), rules.Affine(slope=0.7)]),
    ]
    ask = {"vary": vary, "draws": 700, "rng": 3, "on_error": on_error}
    together = sample_ranks(rounded, data, **ask).to_frame()
    monkeypatch.setattr("govindex.robustness.sampling.draws._CELLS_AT_ONCE", 100)
    pd.testing.assert_frame_equal(sample_ranks(rounded, data, **ask).to_frame(), together)


def test_a_draw_that_is_scored_with_a_few_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("govindex.robustness.sampling.draws._CELLS_AT_ONCE", 40)
    method = flat(rule=rules.Identity())
    data = random_data(5, 8)
    sound = np.tile(data.values[:, 0], (64, 1))
    sound[37, 2] = -1.0
    geometric = index_of([*method.framework.leaves], aggregate=aggregate.Geometric())
    vary = [robustness.Given(values={"x": sound})]
    with pytest.raises(DataError, match=r"^draw 37 .*unit 'u002'"):
        sample_ranks(geometric, data, vary=vary, rng=1)
    assert sample_ranks(geometric, data, vary=vary, rng=1, on_error="count").failed == 1


def test_draws_of_forms_scored_one_by_one_keep_to_themselves() -> None:
    framework = Framework("root", [Indicator(c, rule=rules.Identity()) for c in "ab"])
    method = Forms("example", "1", framework, forms={"s": framework, "t": framework})
    cells = np.random.default_rng(0).random((8, 2))
    units = [Unit(f"U{i}", type="st"[i % 2]) for i in range(8)]
    data = Observations(Units.of(units), ("a", "b"), cells)
    weights = np.ones(60)
    weights[7] = 0.0  # of which nothing can be scored: the others of its block are, one by one
    vary: list[Any] = [
        robustness.Errors({"a": 1e-9}),
        robustness.Given(weights={"a": weights, "b": weights}),
    ]
    sample = sample_ranks(method, data, vary=vary, draws=60, rng=0, on_error="count")
    assert sample.failed == 1
    intervals = sample.intervals(1.0)
    assert intervals["low"].to_list() == intervals["high"].to_list() == intervals["rank"].to_list()


@pytest.mark.parametrize(
    ("match", "ask"),
    [
        ("takes at least one level", lambda sample: sample.quantiles()),
        ("'reached' or 'type7', not 7", lambda sample: sample.quantiles(0.5, method=7)),
        (r"levels are shares from 0 to 1, not \[0", lambda sample: sample.quantiles([0.1, 0.9])),
        ("a level is a share from 0 to 1, not 90", lambda sample: sample.intervals(90)),
        ("a level is a share from 0 to 1, not 'x'", lambda sample: sample.intervals("x")),
        ("takes a rank of at least 1, not 0", lambda sample: sample.top(0)),
    ],
)
def test_questions_to_a_sample_that_make_no_sense(match: str, ask: Any) -> None:
    sample = sample_ranks(
        flat(), random_data(1, 6), vary=[robustness.Weights(spread=0.5)], draws=10, rng=1
    )
    with pytest.raises(SettingError, match=match):
        ask(sample)


@pytest.mark.parametrize(
    ("match", "make"),
    [
        (
            r"Alternatives\(rule=\[…\]\) takes a list of options, not MinMax",
            lambda: robustness.Alternatives(rule=rules.MinMax()),  # type: ignore[arg-type]
        ),
        (
            r"takes a list of options, not {'x': 2}",
            lambda: robustness.Alternatives(weights={"x": 2}),  # type: ignore[dict-item]
        ),
        (
            "weights are numbers by code, 'equal' or 'flat': did you mean 'equal'",
            lambda: robustness.Alternatives(weights=["equals"]),  # type: ignore[list-item]
        ),
        (
            "weights are numbers by code, 'equal' or 'flat', not 2",
            lambda: robustness.Alternatives(weights=[{"x": 2.0}, 2]),  # type: ignore[list-item]
        ),
        (
            r"give an option, not its class: MinMax\(…\)",
            lambda: robustness.Alternatives(rule=[rules.MinMax]),  # type: ignore[list-item]
        ),
        (
            "replicates are given by the name of the variable",
            lambda: robustness.Replicates([1, 2]),  # type: ignore[arg-type]
        ),
    ],
)
def test_variations_of_the_wrong_kind_are_refused(match: str, make: Any) -> None:
    with pytest.raises(SettingError, match=match):
        make()
