"""Treatments of outliers: limits, and curves that draw extreme values in.

A treatment is a frozen part that :class:`govindex.prepare.Treat` uses. Most of them look at the
values of a variable and *settle* on numbers: a winsorisation becomes limits (:class:`Between`), a
Box-Cox transformation gets its exponent. A settled treatment applies to any values, also to those
of another year. All treatments keep the order of the values.
"""

from govindex.namespaces import define_namespace
from govindex.treat.curves import BoxCox, GIILog, Log, YeoJohnson
from govindex.treat.limits import Between, Deviations, Percentiles, Quartiles, Winsorise

__all__ = [
    "Between",
    "BoxCox",
    "Deviations",
    "GIILog",
    "Log",
    "Percentiles",
    "Quartiles",
    "Winsorise",
    "YeoJohnson",
]

define_namespace(__name__)
