"""Composite indicators in one call: a frame and choices → a methodology, its data and result."""

from govindex.composites.drafts import Composite, composite

__all__ = ["Composite", "composite"]
