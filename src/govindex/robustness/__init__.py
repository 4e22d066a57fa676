"""How stable is each rank? Draws of alternative choices and data, and exact answers.

:func:`sample_ranks` ranks the units of an index over many draws of weights, data and choices; a
:class:`RankSample` shows the interval of each unit's rank, how often it leads, and which units are
ahead of which. A draw depends on its number only: any worker and any order give the same draws.
:func:`sensitivity` finds which of the choices matters, by Sobol' indices.

Some answers are exact, without draws: how small a change of weights reverses two units
(:func:`swap_margins`), how far one weight can be moved (:func:`weight_intervals`), how many points
or which value separates a unit from its neighbours (:func:`score_margins`, :func:`data_margins`),
and what no weights can change (:func:`dominance`, :func:`potential_winners`,
:func:`attainable_ranks`).
"""

from govindex.namespaces import define_namespace
from govindex.robustness.exact.attainable import attainable_ranks
from govindex.robustness.exact.margins import swap_margins, swap_weights, weight_intervals
from govindex.robustness.exact.moves import data_margins, score_margins
from govindex.robustness.exact.winners import Winners, dominance, potential_winners
from govindex.robustness.reversal.audits import Reversals, reversals
from govindex.robustness.sampling.rank_samples import RankSample
from govindex.robustness.sampling.samples import sample_ranks
from govindex.robustness.sampling.tied_ranks import tied_groups
from govindex.robustness.sobol.apportionment import sensitivity
from govindex.robustness.sobol.designs import SobolSample, sobol_indices, sobol_sample
from govindex.robustness.sobol.estimators import SobolEstimates, SobolIndices
from govindex.robustness.sobol.tables import Sensitivity
from govindex.robustness.variations.choices import Alternatives
from govindex.robustness.variations.data_draws import Errors, Replicates
from govindex.robustness.variations.given_draws import Given
from govindex.robustness.variations.weight_draws import LeaveOut, Weights

__all__ = [
    "Alternatives",
    "Errors",
    "Given",
    "LeaveOut",
    "RankSample",
    "Replicates",
    "Reversals",
    "Sensitivity",
    "SobolEstimates",
    "SobolIndices",
    "SobolSample",
    "Weights",
    "Winners",
    "attainable_ranks",
    "data_margins",
    "dominance",
    "potential_winners",
    "reversals",
    "sample_ranks",
    "score_margins",
    "sensitivity",
    "sobol_indices",
    "sobol_sample",
    "swap_margins",
    "swap_weights",
    "tied_groups",
    "weight_intervals",
]

define_namespace(__name__)
