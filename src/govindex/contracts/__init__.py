"""The arguments that parts of a methodology receive, and the protocols that they follow.

Measures, rules, aggregators and absence policies are frozen callables. The base of each family
holds the defaults of its optional promises; a part of your own may inherit from it, but need not.
Arrays keep units on the last axis.
"""

from govindex.contracts.aggregators import (
    Aggregator,
    BaseAggregator,
    CorrectedMean,
    LinearScale,
    RelativeAggregator,
    combined,
)
from govindex.contracts.arrays import Bool, Float, Index, Status
from govindex.contracts.completion import completed
from govindex.contracts.measures import BaseMeasure, Cells, Columns, Measure
from govindex.contracts.policies import AbsencePolicy, BasePolicy
from govindex.contracts.populations import (
    OVER,
    Everyone,
    LocatedPeers,
    NamedPeers,
    Over,
    Peers,
    check_over,
    reference_groups,
)
from govindex.contracts.preparation import (
    Anchorable,
    BaseFill,
    BaseStep,
    GapFill,
    Report,
    Settled,
    Step,
    Treatment,
)
from govindex.contracts.rounders import BaseRounder, Rounder
from govindex.contracts.rules import BaseRule, Curve, RelativeRule, Rule, largest_meant
from govindex.contracts.scopes import BranchScope, Direction, Scope
from govindex.contracts.statuses import ABSENT, CellStatus, is_absent, prevailing
from govindex.namespaces import define_namespace

__all__ = [
    "ABSENT",
    "OVER",
    "AbsencePolicy",
    "Aggregator",
    "Anchorable",
    "BaseAggregator",
    "BaseFill",
    "BaseMeasure",
    "BasePolicy",
    "BaseRounder",
    "BaseRule",
    "BaseStep",
    "Bool",
    "BranchScope",
    "CellStatus",
    "Cells",
    "Columns",
    "CorrectedMean",
    "Curve",
    "Direction",
    "Everyone",
    "Float",
    "GapFill",
    "Index",
    "LinearScale",
    "LocatedPeers",
    "Measure",
    "NamedPeers",
    "Over",
    "Peers",
    "RelativeAggregator",
    "RelativeRule",
    "Report",
    "Rounder",
    "Rule",
    "Scope",
    "Settled",
    "Status",
    "Step",
    "Treatment",
    "check_over",
    "combined",
    "completed",
    "is_absent",
    "largest_meant",
    "prevailing",
    "reference_groups",
]

define_namespace(__name__)
