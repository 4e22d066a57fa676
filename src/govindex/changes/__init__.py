"""Changes between two results, also of editions with other rules or other units."""

from govindex.changes.editions import Change, change
from govindex.changes.mergers import Merger

__all__ = ["Change", "Merger", "change"]
