"""How stable is each rank? Draws of what could have been chosen otherwise, and what they show.

:func:`sample_ranks` ranks the units of an index over many draws of weights, data and choices; a
:class:`RankSample` tells between which places each unit stands, how often it leads, and who stands
before whom. Draws belong to their number: any worker, any order and any amount find the same.
"""

from govindex.robustness.audit import Reversals, reversals
from govindex.robustness.choosing import Alternatives, alternatives
from govindex.robustness.measuring import Errors, Given, Replicates, errors, given, replicates
from govindex.robustness.ranks import RankSample
from govindex.robustness.sample import sample_ranks
from govindex.robustness.weighing import LeaveOut, Weights, leave_out, weights

__all__ = [
    "Alternatives",
    "Errors",
    "Given",
    "LeaveOut",
    "RankSample",
    "Replicates",
    "Reversals",
    "Weights",
    "alternatives",
    "errors",
    "given",
    "leave_out",
    "replicates",
    "reversals",
    "sample_ranks",
    "weights",
]
