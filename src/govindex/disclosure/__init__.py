"""Small groups in published tables: suppress cells so that nobody finds them by subtraction.

:class:`Table` takes counts, amounts or records with the totals over them; :func:`suppress` finds
the cells that rules such as :class:`MinimumCount` call sensitive (primary suppression), and the
others that must go with them (complementary suppression). :class:`Suppression` is the table for
publication.
"""

from govindex.disclosure.hierarchies import Hierarchy
from govindex.disclosure.patterns import Suppression, suppress
from govindex.disclosure.sensitivity import Dominance, MinimumCount, PPercent
from govindex.disclosure.tables import Table
from govindex.namespaces import define_namespace

__all__ = [
    "Dominance",
    "Hierarchy",
    "MinimumCount",
    "PPercent",
    "Suppression",
    "Table",
    "suppress",
]

define_namespace(__name__)
