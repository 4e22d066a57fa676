"""Observations → Observations, before anything is measured.

A step is a frozen callable ``step(observations) -> observations``: alone, or as one of the
``steps`` of a methodology. The observations come back with a report of what was done at the end of
``observations.reports``, and every cell that was filled or changed is marked in their status.

Which variables a step looks at is its setting. Left open, a methodology fills in those that its
indicators measure; a step that is used alone takes all numbers.
"""

from govindex.namespaces import define_namespace
from govindex.prepare.denominate import Denominate
from govindex.prepare.fill import Impute
from govindex.prepare.multiple import imputations
from govindex.prepare.outliers import Treat, TreatAs
from govindex.prepare.screen import Screen, screen_variables

__all__ = ["Denominate", "Impute", "Screen", "Treat", "TreatAs", "imputations", "screen_variables"]

define_namespace(__name__)
