"""Workbooks as offices have them: rubrics, scores and scoring forms in, forms and results out."""

from govindex.namespaces import define_namespace
from govindex.workbooks.form_reading import read_form
from govindex.workbooks.form_writing import write_form
from govindex.workbooks.readings import Scores

__all__ = ["Scores", "read_form", "write_form"]

define_namespace(__name__)
