"""How ranks and bands are given."""

from typing import TYPE_CHECKING

from govindex.ranking.bands import Band, Bands
from govindex.ranking.ties import Ranking
from govindex.renamed import guide

__all__ = ["Band", "Bands", "Ranking"]

if not TYPE_CHECKING:  # or types would accept any name
    __getattr__ = guide(__name__)
