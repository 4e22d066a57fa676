"""The conformance kit: checks that a methodology keeps the laws of rank stability.

It needs the extra ``govindex[testing]``. The declarations of its parts decide which laws a
methodology promises; :func:`check_methodology` looks for data that break them, and shows the
smallest example.
"""

try:
    import hypothesis as _hypothesis  # noqa: F401
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "govindex.testing needs hypothesis: pip install 'govindex[testing]'", name="hypothesis"
    ) from error

from govindex.namespaces import define_namespace
from govindex.testing import laws, strategies
from govindex.testing.around import methodology_around
from govindex.testing.cells import NA, observed
from govindex.testing.checks import Check
from govindex.testing.kit import LAWS, check_methodology, methodology_checks, promises
from govindex.testing.law import Law, LawBroken, LawNotTried

LAWS_VERSION = (1, 0)
"""The version of the laws of the kit: major and minor."""

__all__ = [
    "LAWS",
    "LAWS_VERSION",
    "NA",
    "Check",
    "Law",
    "LawBroken",
    "LawNotTried",
    "check_methodology",
    "laws",
    "methodology_around",
    "methodology_checks",
    "observed",
    "promises",
    "strategies",
]

define_namespace(__name__)
