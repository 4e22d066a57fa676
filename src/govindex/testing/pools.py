"""The parts that trees are drawn from, the plainest first."""

from __future__ import annotations

import numpy as np

from govindex import absence, aggregate, rules
from govindex.absence import Absence
from govindex.contracts import AbsencePolicy, Aggregator, Bool, Float, Rounder, Rule
from govindex.ranking import Bands, Ranking
from govindex.rounding import Rounding

WEIGHTS = [1.0, 2.0, 0.1, 0.3, 0.7, 3.5, 6.0]

ABSOLUTE: list[Rule] = [
    rules.Proportional(target=80),
    rules.Proportional(target=30, floor=10),
    rules.Goalposts(worst=0, best=100),
    rules.Goalposts(worst=120, best=-10),
    rules.Steps([(25, 0.4), (50, 0.7), (75, 1.0)]),
    rules.Piecewise([(0, 0.1), (60, 0.8), (100, 1)]),
    rules.Exponential(factor=0.1, rate=0.02),
]

RELATIVE: list[Rule] = [
    rules.MinMax(degenerate=0.5),
    rules.MinMax(0.1, 0.9, degenerate=0.5),
    rules.ZScore(0.5, 0.05, degenerate=0.5),
    rules.PercentRank(degenerate=0.5),
    rules.ExponentialRank(degenerate=0.5),
    rules.DistanceToTarget(50, cap=True, degenerate=0.5),
    rules.Categorical(degenerate=0.5),
]

STRICT: list[Rule] = [rules.MinMax(over="league"), rules.ZScore(0.5, 0.1)]

ANSWERS: list[Rule] = [
    rules.Choice({"full": 1, "in part": 0.5, "none": 0}),
    rules.Choice({"2": 1, "1": 0.4, "nan": 0}),
    rules.Choice({3: 1, 2: 0.5, 1: 0}),
]

NODE: list[Rule] = [rules.Affine(intercept=0.1, slope=0.8), rules.Clip(0.05, 0.95)]

NODE_OF_PEERS: list[Rule] = [rules.MinMax(), rules.ZScore(0.5, 0.1, degenerate=0.5)]

MEANS: list[Aggregator] = [aggregate.Arithmetic(), aggregate.Geometric(0.5)]

AGGREGATORS: list[Aggregator] = [
    aggregate.Product(),
    aggregate.PowerMean(0.5),
]

POLICIES: list[AbsencePolicy | Absence] = [
    absence.Renormalise(),
    absence.Renormalise(min_share=0.5, of="leaves"),
    absence.Shrink(),
    absence.Shrink(min_count=2),
    absence.AsZero(),
    absence.Full(),
    Absence(missing=absence.AsZero(), not_applicable=absence.Shrink(), suppressed=absence.Shrink()),
    Absence(
        missing=absence.Renormalise(min_share=0.4),
        not_applicable=absence.Shrink(),
        suppressed=absence.Renormalise(),
    ),
]


def even(weights: Float, present: Bool) -> Float:
    """Return equal weights for present children with a weight."""
    return np.where(present & (weights > 0), 1.0, 0.0)


MOVING: list[AbsencePolicy | Absence] = [
    absence.Fill("all"),
    absence.Fill("league"),
    absence.Fill("region"),
    absence.Custom(even),
]

ROUNDINGS: list[Rounder | None] = [None, None, None, Rounding(1), Rounding(3, "truncate")]


RANKINGS = [
    Ranking(ties="dense", decimals=1, by="points"),
    Ranking(ties="max", best="lowest"),
    Ranking(ties="average"),
]

LEVELS = [
    *(None, Rounding(2), Rounding(1, "half-even"), Rounding(2, "truncate")),
    Rounding(0, printed_only=True),
]

STARTS = [("good", 80), ("fair", 50), ("weak", None)]

BANDS = [
    Bands(STARTS, by="percent"),
    Bands(STARTS[:2], by="points", closed="upper"),
    Bands(STARTS, by="league_maximum", decimals=0),
    Bands(STARTS, by="quantile"),
]
