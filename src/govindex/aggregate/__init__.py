"""Children's shares → the node's share.

What happens to a missing or not-applicable child is the node's absence policy
(:mod:`govindex.absence`), not the aggregator's: a child that does not count for a unit arrives with
weight 0. Children come in one canonical order, so the order in which a framework lists them does
not move a bit of the result.
"""

from govindex.aggregate.distance import TOPSIS, ClosenessToIdeal, DistanceToIdeal, Hellwig
from govindex.aggregate.means import Arithmetic, Geometric, Harmonic, PowerMean, Product, Sum

__all__ = [
    "TOPSIS",
    "Arithmetic",
    "ClosenessToIdeal",
    "DistanceToIdeal",
    "Geometric",
    "Harmonic",
    "Hellwig",
    "PowerMean",
    "Product",
    "Sum",
]
