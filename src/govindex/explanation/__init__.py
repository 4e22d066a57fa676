"""Explanations of a score: the points that each node lost, which add up exactly."""

from govindex.explanation.explanations import Explanation, explain

__all__ = ["Explanation", "explain"]
