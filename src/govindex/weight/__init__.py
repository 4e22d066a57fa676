"""Weights: by judgement, from the scores themselves, and as they are felt.

A method is called with a frame of units × children, or with the children's codes if it rests on
judgement, and gives :class:`Weights`: numbers of at least 0 that add up to 1, with what the method
says of them. :func:`apply` does so throughout a framework and gives the framework with the weights
in it, which are plain numbers from then on. :func:`as_felt` compares the weights that were set with
those that the scores show.
"""

from govindex.weight.benefit import CommonBenefit
from govindex.weight.common import Weigher, Weights
from govindex.weight.comparisons import Ahp, BestWorst
from govindex.weight.factors import PrincipalComponents
from govindex.weight.felt import as_felt
from govindex.weight.judged import Budget, Equal, Given, RankOrder
from govindex.weight.optimal import Balanced, Informative
from govindex.weight.spread import Critic, Entropy, StandardDeviation
from govindex.weight.weighting import Weighting, apply

__all__ = [
    "Ahp",
    "Balanced",
    "BestWorst",
    "Budget",
    "CommonBenefit",
    "Critic",
    "Entropy",
    "Equal",
    "Given",
    "Informative",
    "PrincipalComponents",
    "RankOrder",
    "StandardDeviation",
    "Weigher",
    "Weighting",
    "Weights",
    "apply",
    "as_felt",
]
