"""How stable is each rank? Draws of what could have been chosen otherwise, and what they show.

:func:`sample_ranks` ranks the units of an index over many draws of weights, data and choices; a
:class:`RankSample` tells between which places each unit stands, how often it leads, and who stands
before whom. Draws belong to their number: any worker, any order and any amount find the same.
:func:`sensitivity` finds which of the choices matters, by Sobol' indices.

What needs no draws is told exactly: how small a change of weights reverses two units
(:func:`swap_margins`), how far one weight can be moved (:func:`weight_intervals`), how many points
or what value a unit is from its neighbours (:func:`score_margins`, :func:`data_margins`), and what
no weights can change (:func:`dominance`, :func:`potential_winners`, :func:`attainable_ranks`).
"""

from govindex.robustness.apportioning import sensitivity
from govindex.robustness.attaining import attainable_ranks
from govindex.robustness.audit import Reversals, reversals
from govindex.robustness.choosing import Alternatives, alternatives
from govindex.robustness.estimating import Estimates, SobolIndices
from govindex.robustness.margins import swap_margins, swap_weights, weight_intervals
from govindex.robustness.measuring import Errors, Replicates, errors, replicates
from govindex.robustness.moves import data_margins, score_margins
from govindex.robustness.ranks import RankSample
from govindex.robustness.replaying import Given, given
from govindex.robustness.replicating import replicate, variant
from govindex.robustness.sample import sample_ranks
from govindex.robustness.sensitivities import Sensitivity
from govindex.robustness.sobol import SobolSample, sobol_indices, sobol_sample
from govindex.robustness.weighing import LeaveOut, Weights, leave_out, weights
from govindex.robustness.winning import Winners, dominance, potential_winners

__all__ = [
    "Alternatives",
    "Errors",
    "Estimates",
    "Given",
    "LeaveOut",
    "RankSample",
    "Replicates",
    "Reversals",
    "Sensitivity",
    "SobolIndices",
    "SobolSample",
    "Weights",
    "Winners",
    "alternatives",
    "attainable_ranks",
    "data_margins",
    "dominance",
    "errors",
    "given",
    "leave_out",
    "potential_winners",
    "replicate",
    "replicates",
    "reversals",
    "sample_ranks",
    "score_margins",
    "sensitivity",
    "sobol_indices",
    "sobol_sample",
    "swap_margins",
    "swap_weights",
    "variant",
    "weight_intervals",
    "weights",
]
