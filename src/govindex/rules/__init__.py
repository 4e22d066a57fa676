"""Value → share of the maximum.

A rule is a frozen callable ``rule(values, scope) -> shares``: values in the indicator's measure
unit with units on the last axis, shares in the same shape, 1 for the whole maximum. NaN stays NaN;
the branch decides what becomes of it. A value that a rule may not score raises
:class:`~govindex.CellError`, from which the engine makes a message with unit and indicator.

*Absolute* rules look at the unit's own value only. *Relative* rules look at the peers: between
their extremes (:class:`MinMax`, :class:`CentredGoalposts`), from their middle (:class:`ZScore`,
:class:`Robust`), by order (:class:`Rank`, :class:`PercentRank`, :class:`Borda`,
:class:`NormalScores`, :class:`ExponentialRank`), in proportion (:class:`FractionOfMax`,
:class:`SumShare`, :class:`Vector`), by distance (:class:`DistanceToMax`,
:class:`DistanceToReference`, :class:`DistanceToTarget`, :class:`DistanceFrom`) or in grades
(:class:`AboveBelowMean`, :class:`Categorical`). ``anchor`` freezes them on a reference.

:class:`Chain` applies one rule after the other, :class:`Rounded` first where a dimension's mean is
rounded before its rule.

Each applies the direction once: where lower is better, its shares fall as values rise.
"""

from govindex.contracts import Scope
from govindex.namespaces import define_namespace
from govindex.rules.answers import Choice
from govindex.rules.away import DistanceFrom
from govindex.rules.centred import CentredGoalposts
from govindex.rules.chain import Chain
from govindex.rules.counts import Deduction, PerItem
from govindex.rules.digits import Rounded
from govindex.rules.distance import DistanceToMax, DistanceToReference, DistanceToTarget
from govindex.rules.exponential import Exponential
from govindex.rules.goalposts import Goalposts
from govindex.rules.grades import AboveBelowMean, Categorical
from govindex.rules.lines import Affine, Clip, Identity, Inverse, Points, Proportional
from govindex.rules.order import Borda, ExponentialRank, NormalScores, PercentRank, Rank
from govindex.rules.proportion import FractionOfMax, SumShare, Vector
from govindex.rules.relative import MinMax, Robust, ZScore
from govindex.rules.stairs import Stairs
from govindex.rules.standings import RankAmong
from govindex.rules.tables import Condition, Piecewise, Steps

__all__ = [
    "AboveBelowMean",
    "Affine",
    "Borda",
    "Categorical",
    "CentredGoalposts",
    "Chain",
    "Choice",
    "Clip",
    "Condition",
    "Deduction",
    "DistanceFrom",
    "DistanceToMax",
    "DistanceToReference",
    "DistanceToTarget",
    "Exponential",
    "ExponentialRank",
    "FractionOfMax",
    "Goalposts",
    "Identity",
    "Inverse",
    "MinMax",
    "NormalScores",
    "PerItem",
    "PercentRank",
    "Piecewise",
    "Points",
    "Proportional",
    "Rank",
    "RankAmong",
    "Robust",
    "Rounded",
    "Scope",
    "Stairs",
    "Steps",
    "SumShare",
    "Vector",
    "ZScore",
]

define_namespace(__name__)
