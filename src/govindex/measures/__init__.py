"""Variables → the indicator's value.

A measure is a frozen callable ``measure(columns) -> Cells``. It names the variables it reads, so
that missing columns are reported before anything is computed. Where an input is absent the value is
absent with the input's status; not applicable prevails over missing. Measures nest: wherever a
variable's name is expected, another measure may stand.

In a panel measures read the unit's figures of other periods too: :class:`Indexed`,
:class:`AnnualChange` and :class:`Trend`.
"""

from govindex.measures.conditions import Conditions
from govindex.measures.firsts import FirstReported
from govindex.measures.flagged import Flagged
from govindex.measures.over_time import AnnualChange, Indexed
from govindex.measures.parents import Inherited
from govindex.measures.pooled import PooledRatio, Sum
from govindex.measures.ratios import Complement, PerPeriod, Ratio
from govindex.measures.sums import Difference, Largest, Product
from govindex.measures.thresholds import AllMet, Threshold
from govindex.measures.trends import Trend
from govindex.measures.variables import Value
from govindex.namespaces import define_namespace

__all__ = [
    "AllMet",
    "AnnualChange",
    "Complement",
    "Conditions",
    "Difference",
    "FirstReported",
    "Flagged",
    "Indexed",
    "Inherited",
    "Largest",
    "PerPeriod",
    "PooledRatio",
    "Product",
    "Ratio",
    "Sum",
    "Threshold",
    "Trend",
    "Value",
]

define_namespace(__name__)
