"""Samples of ranks over units of several forms."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pandas as pd
import pytest

from govindex import (
    Dimension,
    Forms,
    Framework,
    Indicator,
    Methodology,
    Observations,
    Ranking,
    absence,
    aggregate,
    robustness,
    rules,
)
from govindex.robustness import RankSample, sample_ranks
from tests.robustness.examples import (
    flat,
    random_data,
)


def ranks_in(sample: RankSample, draw: int = 0) -> list[Any]:
    frame = sample.to_frame()[list(sample.units.codes)]
    return list(frame.iloc[draw])


def test_ties_between_forms_are_broken_as_in_the_joint_result() -> None:
    leaves = [Indicator(code, rule=rules.Identity()) for code in "ab"]
    form = Framework("root", leaves)
    method = Forms(
        "example.forms",
        "1",
        form,
        scale=1.0,
        ranking=Ranking(tie_break=("a",)),
        forms={"s": form, "t": form},
    )
    columns = {"a": [0.9, 0.8, 0.3, 0.2], "b": [0.9, 0.8, 0.3, 0.2], "type": list("stst")}
    frame = pd.DataFrame(columns).assign(unit=list("ABCD"))
    data = Observations.from_frame(frame, unit="unit", type="type")
    same = robustness.Given(weights={"a": np.ones(1)})
    sample = sample_ranks(method, data, vary=[same], rng=1)
    assert ranks_in(sample) == [1, 2, 3, 4] == method.compute(data).ranks_at("root").tolist()


@pytest.mark.parametrize(("by", "decimals"), [("points", None), ("share", 1), ("share", None)])
def test_forms_of_other_maxima_are_ranked_as_in_the_joint_result(by: Any, decimals: Any) -> None:
    def leaf(code: str) -> Indicator:
        return Indicator(code, rule=rules.Points(), weight=100)

    settings: dict[str, Any] = {"aggregate": aggregate.Sum(), "absence": absence.Shrink()}
    method = Forms(
        "example.forms",
        "1",
        Framework("root", [leaf("a"), leaf("b")], **settings),
        forms={"t": Framework("root", [leaf("a")], **settings)},
        scale="points",
        ranking=Ranking(by=by, decimals=decimals),
    )
    frame = pd.DataFrame(
        {
            "unit": list("ABC"),
            "a": [60, 90, 89.96],
            "b": [60, None, None],
            "type": ["n/a", "t", "t"],
        }
    )
    data = Observations.from_frame(frame, unit="unit", type="type")
    vary = [robustness.Given(weights={"a": [100.0, 50.0]})]
    sample = sample_ranks(method, data, vary=vary, rng=1)
    assert ranks_in(sample) == method.compute(data).ranks_at("root").tolist()
    half = attrs.evolve(
        method,
        framework=method.framework.with_weights({"a": 50.0}),
        forms={"t": method.forms["t"].with_weights({"a": 50.0})},
    )
    halved = frame.assign(a=frame["a"] / 2)
    expected = half.compute(Observations.from_frame(halved, unit="unit", type="type"))
    assert ranks_in(sample, 1) == expected.ranks_at("root").tolist()


def test_a_node_that_one_form_lacks_is_ranked_in_the_others() -> None:
    def leaf(code: str) -> Indicator:
        return Indicator(code, rule=rules.Identity())

    own = Dimension("own", [leaf("b"), leaf("c")])
    method = Forms(
        "example.forms",
        "1",
        Framework("root", [leaf("a"), own]),
        scale=1.0,
        forms={"t": Framework("root", [leaf("a")])},
    )
    frame = pd.DataFrame(
        {
            "unit": list("ABC"),
            "a": [0.1, 0.2, 0.3],
            "b": [0.5, 0.9, None],
            "c": [0.4, 0.2, None],
            "type": ["n/a", "n/a", "t"],
        }
    )
    data = Observations.from_frame(frame, unit="unit", type="type")
    vary = [robustness.Given(weights={"b": [1.0]})]
    sample = sample_ranks(method, data, vary=vary, rng=1, node="own")
    assert sample.intervals()["median"].dropna().to_dict() == {"A": 2, "B": 1}


def test_totals_of_whole_methodologies_may_have_other_codes() -> None:
    data = random_data(1, 6)
    other = Methodology(
        "example.other",
        "1",
        Framework("other", [Indicator(code, rule=rules.Affine()) for code in "xyz"]),
    )
    choice = robustness.Alternatives(method=[None, other])
    sample = sample_ranks(flat(), data, vary=[choice], draws=20, rng=1)
    assert sample.mean_shift == 0.0
