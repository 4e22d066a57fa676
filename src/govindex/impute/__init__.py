"""Numbers for gaps.

A fill is a frozen part that :class:`govindex.prepare.Impute` uses: ``fill(matrix) -> numbers``,
variables × units, NaN without a number. The step decides which cells are gaps, what becomes of
those without a number, and marks the filled ones. A fill that looks at other units has
``anchor(matrix)``, which freezes it on a reference.
"""

from govindex.impute.mixed import Mixed
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
    "Mixed",
    "Neighbours",
    "Regression",
    "RowMean",
    "RowMedian",
]

define_namespace(__name__)
