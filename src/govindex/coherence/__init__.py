"""Coherence of an index: whether its indicators belong together.

Correlations within and across tiers, Cronbach's α, principal components, the Kaiser–Meyer–Olkin
measure and Bartlett's test, redundant and conflicting pairs, and groups of indicators that move
together. Functions take the values of observations or the normalised scores of a result, and do not
depend on the order of units or columns.
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
