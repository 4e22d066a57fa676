"""Records of public services → the variables of built-in methodologies.

:func:`service_766` counts the variables of Decision 766 from tables of dossiers, procedures,
petitions and communes, whose columns :func:`columns_766` says.
"""

from govindex.namespaces import define_namespace
from govindex.services.counting import columns_766, service_766
from govindex.services.made_up_tables import MadeUpTables, made_up_766
from govindex.services.service_counts import ServiceCounts

__all__ = ["MadeUpTables", "ServiceCounts", "columns_766", "made_up_766", "service_766"]

define_namespace(__name__)
