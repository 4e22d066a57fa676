"""Reconciliation: a published table against its own parts, and against a recomputation."""

from govindex.reconciliation.columns import PublishedColumns
from govindex.reconciliation.reconciliations import Reconciliation
from govindex.reconciliation.reconciling import reconcile

__all__ = ["PublishedColumns", "Reconciliation", "reconcile"]
