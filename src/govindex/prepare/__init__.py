"""Observations → Observations, before anything is measured.

A step is a frozen callable ``step(observations) -> observations``: alone, or as one of the
``steps`` of a methodology. The result has a report of the changes at the end of
``observations.reports``, and every cell that was filled or changed is marked.

One import is enough: the fills of :class:`Impute` are in ``prepare.impute``, the treatments of
:class:`Treat` in ``prepare.treat``.

Each step has a setting ``variables``. By default a methodology takes those that its indicators
measure, and a step that is used alone takes all variables of numbers.
"""

from govindex import impute, treat
from govindex.namespaces import define_namespace
from govindex.prepare.denominate import Denominate
from govindex.prepare.fill import Impute
from govindex.prepare.multiple import imputations
from govindex.prepare.outliers import Treat, TreatAs
from govindex.prepare.screen import Screen, screen_variables

__all__ = [
    "Denominate",
    "Impute",
    "Screen",
    "Treat",
    "TreatAs",
    "imputations",
    "impute",
    "screen_variables",
    "treat",
]

define_namespace(__name__)
