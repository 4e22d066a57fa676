"""Workbooks as offices have them: rubrics, scores and scoring forms in, forms and results out."""

from govindex.namespaces import define_namespace
from govindex.workbooks.rubrics import Rubric, read_rubric

__all__ = ["Rubric", "read_rubric"]

define_namespace(__name__)
