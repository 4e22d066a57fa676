"""Workbooks as offices have them: rubrics, scores and scoring forms in, forms and results out."""

from govindex.namespaces import define_namespace
from govindex.workbooks.form_reading import read_form
from govindex.workbooks.form_writing import write_form
from govindex.workbooks.readings import Scores
from govindex.workbooks.rubrics import Rubric, read_rubric
from govindex.workbooks.scores import read_scores

__all__ = ["Rubric", "Scores", "read_form", "read_rubric", "read_scores", "write_form"]

define_namespace(__name__)
