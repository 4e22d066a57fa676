"""What would it take: the cheapest changes that reach a rank, a band or a score."""

from govindex.improvement.improvements import Improvement, Standing, improve

__all__ = ["Improvement", "Standing", "improve"]
