"""Ranks and bands of scores."""

from govindex.namespaces import define_namespace
from govindex.ranking.bands import Band, Bands
from govindex.ranking.rankings import Ranking

__all__ = ["Band", "Bands", "Ranking"]

define_namespace(__name__)
