"""Workbooks as offices have them: rubrics, scores and scoring forms in, forms and results out."""

from govindex.namespaces import define_namespace
from govindex.workbooks.results import write_result

__all__ = ["write_result"]

define_namespace(__name__)
