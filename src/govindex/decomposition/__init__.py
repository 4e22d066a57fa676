"""What each node contributes to a score, and to the gap between two units."""

from govindex.decomposition.contribution_tables import contributions
from govindex.decomposition.gaps import gap

__all__ = ["contributions", "gap"]
