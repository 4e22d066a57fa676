"""Workbooks as offices have them: rubrics, scores and scoring forms in, forms and results out."""

from govindex.namespaces import define_namespace
from govindex.workbooks.coins.coin_tools import read_coin_tool
from govindex.workbooks.coins.coinr_tables import read_coinr
from govindex.workbooks.coins.coins import Coin
from govindex.workbooks.forms.reading import read_form
from govindex.workbooks.forms.writing import write_form
from govindex.workbooks.readings import Scores
from govindex.workbooks.results.results import write_result
from govindex.workbooks.rubrics.rubrics import Rubric, read_rubric
from govindex.workbooks.scores.scores import read_scores

__all__ = [
    "Coin",
    "Rubric",
    "Scores",
    "read_coin_tool",
    "read_coinr",
    "read_form",
    "read_rubric",
    "read_scores",
    "write_form",
    "write_result",
]

define_namespace(__name__)
