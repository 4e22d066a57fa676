"""Portfolios: several indices side by side, their consensus and where they disagree."""

from govindex.portfolios.gathering import portfolio
from govindex.portfolios.portfolios import Portfolio

__all__ = ["Portfolio", "portfolio"]
