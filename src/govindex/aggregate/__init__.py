"""Children's shares → the node's share.

The node's absence policy (:mod:`govindex.absence`) treats missing and not-applicable children: a
child that does not count for a unit reaches the aggregator with weight 0. Children come in one
canonical order, so the order in which a framework lists them does not move a bit of the result.
"""

from govindex.aggregate.custom import Callable
from govindex.aggregate.distance import TOPSIS, Hellwig
from govindex.aggregate.dual import Dual
from govindex.aggregate.envelopment import BenefitOfTheDoubt
from govindex.aggregate.ideal import ClosenessToIdeal, DistanceToIdeal
from govindex.aggregate.kemeny import Kemeny
from govindex.aggregate.means import Arithmetic, Geometric, Harmonic, PowerMean, Product, Sum
from govindex.aggregate.order import OWA, Maximum, Median, Minimum
from govindex.aggregate.outranking import Borda, Condorcet, Copeland
from govindex.aggregate.penalised import MazziottaPareto, MeanMin
from govindex.aggregate.ratio import Ratio
from govindex.aggregate.signed import SignedMean
from govindex.namespaces import define_namespace

__all__ = [
    "OWA",
    "TOPSIS",
    "Arithmetic",
    "BenefitOfTheDoubt",
    "Borda",
    "Callable",
    "ClosenessToIdeal",
    "Condorcet",
    "Copeland",
    "DistanceToIdeal",
    "Dual",
    "Geometric",
    "Harmonic",
    "Hellwig",
    "Kemeny",
    "Maximum",
    "MazziottaPareto",
    "MeanMin",
    "Median",
    "Minimum",
    "PowerMean",
    "Product",
    "Ratio",
    "SignedMean",
    "Sum",
]

define_namespace(__name__)
