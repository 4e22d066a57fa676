"""Workbooks as offices have them: rubrics, scores and scoring forms in, forms and results out."""

from govindex.namespaces import define_namespace

__all__: list[str] = []

define_namespace(__name__)
