"""What each node contributes to a score, to the gap between units, and where they are strong."""

from govindex.decomposition.contribution_tables import contributions
from govindex.decomposition.gaps import gap
from govindex.decomposition.strong_points import strengths

__all__ = ["contributions", "gap", "strengths"]
