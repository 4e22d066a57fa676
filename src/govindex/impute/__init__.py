"""Numbers for gaps.

A fill is a frozen part that :class:`govindex.prepare.Impute` uses: ``fill(sheet) -> numbers``,
variables × units, NaN where it has none. It only says what a cell could hold; which cells are gaps,
what becomes of those that get no number and how they are marked is the step's business. A fill
that looks at other units has ``anchor(sheet)``, which freezes it on a reference.
"""

from govindex.impute.models import Neighbours, Regression
from govindex.impute.normal import EM
from govindex.impute.over_time import Interpolated, LastObservation
from govindex.impute.rows import RowMean, RowMedian
from govindex.impute.simple import Constant, Known, Mean, Median
from govindex.namespaces import define_namespace

__all__ = [
    "EM",
    "Constant",
    "Interpolated",
    "Known",
    "LastObservation",
    "Mean",
    "Median",
    "Neighbours",
    "Regression",
    "RowMean",
    "RowMedian",
]

define_namespace(__name__)
