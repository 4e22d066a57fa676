"""Do the indicators of an index belong together? Back to the data, before and after scoring.

Correlations within and across tiers, Cronbach's α, principal components, the Kaiser–Meyer–Olkin
measure and Bartlett's test, pairs that are redundant or pull against each other, and groups of
indicators that move together. Everything takes the values of observations or the normalised scores
of a result, says on how many units it rests, and does not depend on the order of units or columns.
"""

from govindex.coherence.correlation import correlation_matrix, correlations, flagged_pairs
from govindex.coherence.multivariate import (
    Components,
    Sphericity,
    clusters,
    cronbach_alpha,
    item_rest,
    principal_components,
    sampling_adequacy,
    sphericity,
    structure,
)
from govindex.coherence.univariate import statistics
from govindex.namespaces import define_namespace

__all__ = [
    "Components",
    "Sphericity",
    "clusters",
    "correlation_matrix",
    "correlations",
    "cronbach_alpha",
    "flagged_pairs",
    "item_rest",
    "principal_components",
    "sampling_adequacy",
    "sphericity",
    "statistics",
    "structure",
]

define_namespace(__name__)
