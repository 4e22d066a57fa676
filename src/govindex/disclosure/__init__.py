"""Small groups in published tables: suppress cells so that nobody finds them by subtraction.

:class:`AdditiveTable` takes counts, amounts or records with the totals over them;
:func:`suppress` finds the cells that rules such as :class:`MinimumCount` call sensitive (primary
suppression), and the others that must go with them (complementary suppression).
:class:`Suppression` is the table for publication.
"""

from govindex.disclosure.hierarchies import Totals
from govindex.disclosure.patterns import Suppression
from govindex.disclosure.selection import suppress
from govindex.disclosure.sensitivity import Dominance, MinimumCount, PPercent
from govindex.disclosure.tables import AdditiveTable
from govindex.namespaces import define_namespace

__all__ = [
    "AdditiveTable",
    "Dominance",
    "MinimumCount",
    "PPercent",
    "Suppression",
    "Totals",
    "suppress",
]

define_namespace(__name__)
