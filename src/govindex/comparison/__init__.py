"""Comparison of several versions of an index: which ranks depend on which choice or unit."""

from govindex.comparison.comparisons import Comparison, compare, leave_one_out
from govindex.comparison.node_correlations import compare_nodes
from govindex.comparison.unit_influence import leave_one_unit_out

__all__ = ["Comparison", "compare", "compare_nodes", "leave_one_out", "leave_one_unit_out"]
