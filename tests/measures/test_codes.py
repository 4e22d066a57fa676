"""Codes that measures declare to mean missing are missing to everything that reads the data."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import govindex as gi
from govindex.contracts import CellStatus

P, Value = gi.prepare, gi.measures.Value
STEPS: dict[str, Any] = {
    "none": (),
    "mean": P.Impute(gi.impute.Mean()),
    "median": P.Impute(gi.impute.Median()),
    "regression": P.Impute(gi.impute.Mean(), variables=["x", "people"]),
    "percentiles": P.Treat([gi.treat.Percentiles(0.1, 0.9)], when="always", remaining="accept"),
    "denominate": P.Denominate({"x": "people"}),
    "screen": P.Screen(0.9),
    "two": (P.Impute(gi.impute.Mean()), P.Denominate({"x": "people"})),
}
FRAME = pd.DataFrame({"unit": list("ABCDE"), "x": [-999.0, 2, 3, None, 4], "people": [10.0] * 5})


def method(*steps: Any, measure: Any = None, **settings: Any) -> gi.Methodology:
    leaf = gi.Indicator(
        "x",
        measure=measure or Value("x", missing_when=[-999]),
        rule=gi.rules.Goalposts(worst=0, best=10, clip=False),
    )
    framework = gi.Framework("t", [leaf], absence=gi.absence.Renormalise())
    return gi.Methodology("example.codes", "1", framework, scale=10, steps=steps, **settings)


def read(frame: pd.DataFrame, **settings: Any) -> gi.Observations:
    return gi.Observations.from_frame(frame, **settings)


def scores(actual: gi.Methodology, frame: pd.DataFrame) -> list[float]:
    return [float(score) for score in actual.compute(read(frame)).score]


@pytest.mark.parametrize("name", STEPS)
def test_a_code_scores_as_a_blank_cell_whatever_step_comes_first(name: str) -> None:
    steps = STEPS[name] if isinstance(STEPS[name], tuple) else (STEPS[name],)
    blank = FRAME.replace(-999.0, np.nan)
    np.testing.assert_array_equal(scores(method(*steps), FRAME), scores(method(*steps), blank))


@given(
    cells=st.lists(st.sampled_from([-999.0, 1.0, 2.0, 5.0, np.nan]), min_size=3, max_size=8),
    name=st.sampled_from(sorted(STEPS.keys() - {"screen"})),
)
def test_codes_and_blanks_are_the_same_to_a_methodology(cells: list[float], name: str) -> None:
    cells = [*cells, 1.0, 4.0]
    frame = pd.DataFrame({"unit": [f"U{i}" for i in range(len(cells))], "x": cells, "people": 5.0})
    steps = STEPS[name] if isinstance(STEPS[name], tuple) else (STEPS[name],)
    blank = frame.replace(-999.0, np.nan)
    np.testing.assert_array_equal(scores(method(*steps), frame), scores(method(*steps), blank))


@pytest.mark.parametrize(
    "measure",
    [
        gi.measures.Ratio(Value("x", missing_when=[-999]), "people", above="allow"),
        gi.measures.Difference(Value("x", missing_when=[-999]), "people"),
        gi.measures.Largest([Value("x", missing_when=[-999]), "other"]),
        gi.measures.Inherited(Value("x", missing_when=[-999])),
        gi.measures.Product(gi.measures.Inherited(Value("x", missing_when=[-999])), "people"),
    ],
    ids=lambda measure: type(measure).__name__,
)
def test_codes_are_found_in_nested_measures(measure: Any) -> None:
    steps = [P.Impute(gi.impute.Mean(), variables=["x"])]
    blank = FRAME.replace(-999.0, np.nan)
    other = method(*steps, measure=measure)
    np.testing.assert_array_equal(scores(other, FRAME), scores(other, blank))


def test_a_code_is_missing_in_the_data_of_the_result() -> None:
    data = method().compute(read(FRAME)).observations
    assert data is not None
    assert data.cell("A", "x") == CellStatus.MISSING


def test_what_a_step_computes_is_no_code() -> None:
    frame = pd.DataFrame({"unit": ["A", "B"], "x": [990.0, 99.0], "people": [10.0, 1.0]})
    leaf = gi.Indicator("x", measure=Value("x", missing_when=[99]), rule=gi.rules.Identity())
    framework = gi.Framework("t", [leaf], absence=gi.absence.Renormalise())
    result = gi.Methodology(
        "e.c", "1", framework, scale=1, steps=[P.Denominate({"x": "people"})]
    ).compute(read(frame))
    assert result.score["A"] == 99
    assert np.isnan(result.score["B"])


def test_an_imputed_number_is_no_code() -> None:
    frame = pd.DataFrame({"unit": list("ABC"), "x": [98.0, 100.0, 99.0]})
    leaf = gi.Indicator("x", measure=Value("x", missing_when=[99]), rule=gi.rules.Identity())
    framework = gi.Framework("t", [leaf], absence=gi.absence.Renormalise())
    steps = [P.Impute(gi.impute.Mean())]
    result = gi.Methodology("e.c", "1", framework, scale=1, steps=steps).compute(read(frame))
    assert result.score["C"] == 99


def test_anchored_steps_learn_nothing_from_codes() -> None:
    actual = method(P.Impute(gi.impute.Mean())).anchored(read(FRAME))
    blank = method(P.Impute(gi.impute.Mean())).anchored(read(FRAME.replace(-999.0, np.nan)))
    assert scores(actual, FRAME) == scores(blank, FRAME) == [3, 2, 3, 3, 4]


def test_draws_see_no_codes() -> None:
    frame = pd.DataFrame(
        {"unit": list("ABCD"), "x": [-999.0, 2, 3, 4], "y": [4.0, 3, 2, 1], "people": 1.0}
    )
    leaves = [
        gi.Indicator(
            code, measure=Value(code, missing_when=[-999]), rule=gi.rules.MinMax(), weight=1
        )
        for code in "xy"
    ]
    framework = gi.Framework("t", leaves, absence=gi.absence.Renormalise())
    whole = gi.Methodology("e.c", "1", framework, steps=[P.Impute(gi.impute.Mean())])
    vary: list[Any] = [
        gi.robustness.Weights(spread=0.5),
        gi.robustness.Errors({"x": 0.1}),
        gi.robustness.Alternatives(rule=[gi.rules.MinMax(), gi.rules.Rank()]),
    ]
    samples = [
        gi.robustness.sample_ranks(whole, read(each), vary=vary, draws=64, rng=1)
        for each in (frame, frame.replace(-999.0, np.nan))
    ]
    pd.testing.assert_frame_equal(samples[0].intervals(), samples[1].intervals())


def test_reversals_see_no_codes() -> None:
    actual = [
        gi.robustness.reversals(method(P.Impute(gi.impute.Mean())), read(frame)).summary
        for frame in (FRAME, FRAME.replace(-999.0, np.nan))
    ]
    assert str(actual[0]) == str(actual[1])


def test_reversals_without_steps_see_no_codes() -> None:
    leaf = gi.Indicator("x", measure=Value("x", missing_when=[-999]), rule=gi.rules.MinMax())
    framework = gi.Framework("t", [leaf], absence=gi.absence.Renormalise())
    whole = gi.Methodology("e.c", "1", framework)
    actual = [
        gi.robustness.reversals(whole, read(frame)).summary
        for frame in (FRAME, FRAME.replace(-999.0, np.nan))
    ]
    assert str(actual[0]) == str(actual[1])
    anchored = [
        whole.anchored(read(frame)).fingerprint for frame in (FRAME, FRAME.replace(-999.0, np.nan))
    ]
    assert anchored[0] == anchored[1]


def test_a_weight_that_is_a_code_is_missing() -> None:
    frame = pd.DataFrame({"unit": ["A", "B"], "x": [1.0, 2.0], "w": [-1.0, 3.0]})
    leaves = [
        gi.Indicator("x", rule=gi.rules.Identity(), weight="w"),
        gi.Indicator(
            "w", measure=Value("w", missing_when=[-1]), rule=gi.rules.Identity(), weight=0
        ),
    ]
    actual = gi.Methodology("e.c", "1", gi.Framework("t", leaves), scale=1)
    blank = frame.replace(-1.0, np.nan)
    messages = []
    for each in (frame, blank):
        with pytest.raises(gi.DataError, match=r"unit 'A'.*'w'") as info:
            actual.compute(read(each))
        messages.append(str(info.value))
    assert messages[0] == messages[1]


def test_panels_and_stages_hold_no_codes() -> None:
    frame = pd.DataFrame(
        {"unit": list("AABB"), "year": [2025, 2026] * 2, "x": [-999.0, 1, 3, 4], "people": 1.0}
    )
    fill = method(P.Impute(gi.impute.Mean(over="period")))
    of = [
        fill.compute(read(each, period="year")).score
        for each in (frame, frame.replace(-999.0, np.nan))
    ]
    pd.testing.assert_series_equal(of[0], of[1])
    stages = {"self": read(FRAME.assign(x=5.0)), "verified": read(FRAME)}
    data = gi.Observations.from_stages(stages)
    assert method(P.Impute(gi.impute.Mean())).prepare(data).value("A", "x") != -999


def disagreeing() -> gi.Framework:
    leaves = [
        gi.Indicator("known", measure=Value("x", missing_when=[99]), rule=gi.rules.Identity()),
        gi.Indicator("all", measure=Value("x"), rule=gi.rules.Identity()),
    ]
    return gi.Framework("t", leaves, absence=gi.absence.Renormalise())


def test_indicators_may_declare_different_codes_where_nothing_is_prepared() -> None:
    result = gi.Methodology("e.c", "1", disagreeing(), scale=1).compute(
        read(pd.DataFrame({"unit": ["A", "B"], "x": [99.0, 1.0]}))
    )
    shown = result.scores
    assert shown[["t", "all"]].to_numpy().tolist() == [[99, 99], [1, 1]]
    assert shown["known"].isna().tolist() == [True, False]


def test_indicators_that_declare_different_codes_are_refused_if_steps_prepare() -> None:
    actual = gi.Methodology("e.c", "1", disagreeing(), steps=[P.Impute(gi.impute.Mean())])
    data = read(pd.DataFrame({"unit": ["A", "B"], "x": [99.0, 1.0]}))
    message = r"variable 'x': steps prepare .*'known' says .*\[99\.0\], 'all' says no code"
    with pytest.raises(gi.FrameworkError, match=message):
        actual.compute(data)
    with pytest.raises(gi.FrameworkError, match=message):
        actual.anchored(data)


def test_forms_may_declare_codes_of_their_own() -> None:
    def form(**settings: Any) -> gi.Framework:
        leaf = gi.Indicator("x", measure=Value("x", **settings), rule=gi.rules.Identity())
        return gi.Framework("t", [leaf], absence=gi.absence.Renormalise())

    both = gi.Forms("e.c", "1", form(missing_when=[9]), forms={"office": form()}, scale=1)
    frame = pd.DataFrame({"unit": ["A", "B"], "type": ["n/a", "office"], "x": [9.0, 9.0]})
    score = both.compute(read(frame, type="type")).score
    assert np.isnan(score["A"])
    assert score["B"] == 9
    with pytest.raises(gi.FrameworkError, match="another form reads it without codes"):
        attrs.evolve(both, steps=[P.Impute(gi.impute.Mean())]).compute(read(frame, type="type"))


def test_alternatives_with_other_codes_are_prepared_again() -> None:
    frame = pd.DataFrame({"unit": ["A", "B", "C"], "x": [9.0, 1.0, 2.0]})
    zero = gi.absence.AsZero()
    leaves = [
        gi.Indicator("x", measure=measure, rule=gi.rules.Goalposts(worst=0, best=10))
        for measure in (Value("x"), Value("x", missing_when=[9]))
    ]
    plain, coded = (
        gi.Methodology("e.c", "1", gi.Framework("t", [leaf], absence=zero)) for leaf in leaves
    )
    sample = gi.robustness.sample_ranks(
        plain,
        read(frame),
        vary=[gi.robustness.Alternatives(method=[plain, coded])],
        draws=32,
        rng=1,
    )
    acceptability = sample.acceptability()
    assert 0 < acceptability.loc["A"].iloc[0] < 1


def test_a_code_that_is_stored_in_32_bits_is_found() -> None:
    frame = pd.DataFrame({"unit": ["A", "B"], "x": np.array([-99.9, 5], dtype=np.float32)})
    leaf = gi.Indicator("x", measure=Value("x", missing_when=[-99.9]), rule=gi.rules.Identity())
    framework = gi.Framework("t", [leaf], absence=gi.absence.Renormalise())
    actual = gi.Methodology("e.c", "1", framework, scale=1)
    assert np.isnan(scores(actual, frame)[0])


def test_answers_have_no_codes() -> None:
    frame = pd.DataFrame({"unit": ["A", "B"], "x": ["no", "yes"]})
    rule = gi.rules.Choice({"no": 0.0, "yes": 1.0})
    framework = gi.Framework("t", [gi.Indicator("x", rule=rule)])
    assert scores(gi.Methodology("e.c", "1", framework), frame) == [0, 100]
