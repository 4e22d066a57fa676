"""Weights: by judgement, from scores, and as they are felt.

A method is called with a frame of units × children, or with the children's codes if it rests on
judgement, and returns a :class:`WeightSet`: numbers of at least 0 that add up to 1, with
diagnostics; only :class:`ComponentScores` declares that they may be negative. :func:`apply` does so
throughout a framework and returns the framework with the weights, which are plain numbers from then
on. :func:`correlation_ratio` compares the weights that were set with those that are felt in the
scores.
"""

from govindex.namespaces import define_namespace
from govindex.weight.benefit import CommonBenefit
from govindex.weight.common import Weigher, WeightSet
from govindex.weight.comparisons import AHP, BestWorst
from govindex.weight.component_scores import ComponentScores
from govindex.weight.factors import PrincipalComponents
from govindex.weight.felt import correlation_ratio
from govindex.weight.judged import Budget, Equal, Fixed, RankOrder
from govindex.weight.optimal import Balance, Infomax
from govindex.weight.spread import CRITIC, Entropy, StandardDeviation
from govindex.weight.weighting import Weighting, apply

__all__ = [
    "AHP",
    "CRITIC",
    "Balance",
    "BestWorst",
    "Budget",
    "CommonBenefit",
    "ComponentScores",
    "Entropy",
    "Equal",
    "Fixed",
    "Infomax",
    "PrincipalComponents",
    "RankOrder",
    "StandardDeviation",
    "Weigher",
    "WeightSet",
    "Weighting",
    "apply",
    "correlation_ratio",
]

define_namespace(__name__)
