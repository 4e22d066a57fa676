"""Right and wrong uses of the public face, which mypy reads with all the rest; nothing runs them.

Each wrong use has the error that it must be. Where mypy accepted one, its comment would be unused,
which is an error under ``strict``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import polars as pl

import govindex as gi
from govindex.contracts import Anchorable, BaseStep, Step

FRAME = pd.DataFrame({"unit": ["A", "B"], "days": [1.0, 2.0], "online": [3.0, 4.0]})


def right() -> gi.IndexResult:
    """Return a result of what is accepted as it should be."""
    days = gi.Indicator("days", weight=2, direction="lower", rule=gi.rules.MinMax())
    online = gi.Indicator(
        "online",
        {"en": "Online", "vi": "Trực tuyến"},
        measure="online",
        weight="people",
        rule=gi.rules.Steps([(0, 0.1), (5, 1)]),
        absence=gi.absence.Renormalise(),
    )
    asked = gi.Indicator("asked", measure=gi.measures.Ratio("yes", "all"), rule=gi.rules.Points())
    speed = gi.Dimension("speed", [days], aggregate=gi.aggregate.Geometric())
    framework = gi.Framework(
        "index",
        [speed, online, asked],
        views=gi.View("both", ["days", "online"], weights={"days": 1}),
        absence=lambda weights, present: weights * present,
    )
    method = gi.Methodology(
        "example.index",
        "1",
        framework,
        steps=[gi.prepare.Impute(gi.impute.Mean()), gi.prepare.Treat([gi.treat.Winsorise()])],
        rounding=gi.Rounding(2, "half-even"),
        ranking=gi.Ranking(ties="dense"),
        bands=gi.Bands([("good", 50), ("weak", None)]),
        title="An index",
        sources=gi.Source("A decision"),
        display="speed",
    )
    gi.composite(pl.from_pandas(FRAME), {"speed": ["days"], "reach": ["online"]}, lower="days")
    gi.prepare.Denominate({"days": "online"}, factor={"days": 100})
    gi.rules.Choice({"yes": 1, "no": 0})
    gi.weight.Fixed({"days": 1, "online": 2})
    return method.compute(gi.Observations.from_frame(FRAME, unit="unit"))


class Halved(BaseStep[gi.Framework, gi.Observations]):
    """A step of one's own, as it should be."""

    def within(self, frameworks: Sequence[gi.Framework], observations: gi.Observations) -> Halved:
        """Return the step, which needs no settings."""
        return self

    def __call__(self, observations: gi.Observations) -> gi.Observations:
        """Return the observations."""
        return observations


class Judged:
    """A method for weights of one's own, as it should be."""

    peer_dependent = False

    def __call__(self, children: pd.DataFrame | Sequence[str]) -> gi.weight.WeightSet:
        """Weigh all children alike."""
        codes = [str(code) for code in children]
        return gi.weight.WeightSet(weights=dict.fromkeys(codes, 1 / len(codes)), how=self)


def right_protocols(
    framework: gi.Framework, data: gi.Observations, result: gi.IndexResult
) -> gi.Methodology:
    """Take steps, weights and the methodology of a result as what they are."""
    step: Step[gi.Observations] = Halved()
    steps: tuple[Step[gi.Observations], ...] = (step, gi.prepare.Impute(gi.impute.Mean()))
    frozen: Anchorable[[gi.Observations], Step[gi.Observations]] = gi.prepare.Treat(
        [gi.treat.Winsorise()]
    )
    made: gi.AnyMethodology | None = result.method
    version = "1" if made is None else made.version
    weighed = gi.weight.apply(framework, Judged()).framework
    after = [*steps, frozen.anchor(data)]
    return gi.Methodology("example.own", version, weighed, steps=after)


def wrong_protocols(framework: gi.Framework, data: gi.Observations, result: gi.IndexResult) -> None:
    """Take steps, weights and the methodology of a result as what they are not."""
    gi.weight.apply(framework, gi.impute.Mean())  # type: ignore[arg-type]
    result.method.compute(data)  # type: ignore[union-attr]
    gi.contracts.Matrix(np.zeros((1, 1)), ("days",), ["A"])  # type: ignore[arg-type]
    step: Step[gi.Framework] = gi.prepare.Screen(0.5)  # type: ignore[assignment]
    step(framework)
    gi.prepare.Screen(0.5).within(data, data)  # type: ignore[arg-type]


def wrong_nodes() -> None:
    """Make nodes of what they do not take."""
    gi.Indicator(5)  # type: ignore[arg-type]
    gi.Indicator("days", weight=[1.0])  # type: ignore[arg-type]
    gi.Indicator("days", rule=gi.aggregate.Geometric())  # type: ignore[arg-type]
    gi.Indicator("days", rule="MinMax")  # type: ignore[arg-type]
    gi.Indicator("days", direction="down")  # type: ignore[arg-type]
    gi.Indicator("days", measure=5)  # type: ignore[arg-type]
    gi.Indicator("days", absence="missing")  # type: ignore[arg-type]
    gi.Indicator("days", name=5)  # type: ignore[arg-type]
    gi.Dimension("speed", ["days"])  # type: ignore[list-item]
    gi.Dimension("speed", [], aggregate=gi.rules.MinMax())  # type: ignore[arg-type]
    gi.Dimension("speed", [], aggregate="Geometric")  # type: ignore[arg-type]
    gi.View("both", ["days"], weights={"days": "x"})  # type: ignore[dict-item]
    gi.Framework("index", [], aggregate=gi.rules.MinMax())  # type: ignore[arg-type]
    gi.Framework("index", [], views=["days"])  # type: ignore[list-item]


def wrong_settings(framework: gi.Framework) -> None:
    """Make methodologies of what they do not take."""
    gi.Methodology("m", 1, framework)  # type: ignore[arg-type]
    gi.Methodology("m", "1", framework, rounding=2)  # type: ignore[arg-type]
    gi.Methodology("m", "1", framework, scale="percent")  # type: ignore[arg-type]
    gi.Methodology("m", "1", framework, steps=["impute"])  # type: ignore[list-item]
    gi.Methodology("m", "1", framework, sources=["a title"])  # type: ignore[list-item]
    gi.Methodology("m", "1", framework, display=[1])  # type: ignore[list-item]
    gi.Ranking(ties="olympic")  # type: ignore[arg-type]
    gi.Rounding(2, "up")  # type: ignore[arg-type]
    gi.Bands([("good", "50")])  # type: ignore[list-item]


def wrong_parts(data: gi.Observations) -> None:
    """Make parts of what they do not take, and read what is no frame."""
    gi.prepare.Impute(gi.treat.Winsorise())  # type: ignore[arg-type]
    gi.prepare.Treat([gi.impute.Mean()])  # type: ignore[list-item]
    gi.prepare.Screen(0.5, becomes="gone")  # type: ignore[arg-type]
    gi.prepare.Denominate({"days": 5})  # type: ignore[arg-type]
    gi.rules.MinMax(over=5)  # type: ignore[arg-type]
    gi.rules.Steps("5: 1")  # type: ignore[arg-type]
    gi.rules.Choice({"yes": "1"})  # type: ignore[arg-type]
    gi.measures.Ratio("yes", 5)  # type: ignore[arg-type]
    gi.weight.Fixed(["days"])  # type: ignore[arg-type]
    gi.absence.Renormalise(of="units")  # type: ignore[arg-type]
    gi.aggregate.OWA(weights="first")  # type: ignore[arg-type]
    gi.Observations.from_frame("data.csv")  # type: ignore[arg-type]
    gi.composite(data, ["days"], lower=[], aggregate=gi.rules.MinMax())  # type: ignore[arg-type]
    gi.composite(data, ["days"], lower=[], impute="mean")  # type: ignore[arg-type]
    gi.composite(data, ["days"])  # type: ignore[call-arg]


def wrong_questions(method: gi.Methodology, data: gi.Observations) -> None:
    """Ask questions with settings of another kind."""
    gi.improve(method, data, "A", to=[1])  # type: ignore[call-overload]
    gi.improve(method, data, "A", effort={"days": "much"})  # type: ignore[dict-item]
    gi.reconcile(5)  # type: ignore[arg-type]
    gi.robustness.Alternatives(rule=[gi.aggregate.Geometric()])  # type: ignore[list-item]
    gi.robustness.Weights(spread="wide")  # type: ignore[arg-type]
    gi.survey.AnswerScale(5)  # type: ignore[arg-type]
    gi.Observations.from_records([{"unit": "A"}], units="unit")  # type: ignore[call-arg]
    gi.weight.apply(FRAME, gi.weight.Equal())  # type: ignore[arg-type]
    gi.Unit("A", attributes=["coast"])  # type: ignore[arg-type]
    method.framework.refine("days", [], aggregate="mean")  # type: ignore[arg-type]
