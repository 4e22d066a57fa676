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
)
from govindex.contracts.aggregators import combined as combined
from govindex.contracts.arrays import Bool, Float, Index, Status
from govindex.contracts.cells import ABSENT as ABSENT
from govindex.contracts.cells import Cells, CellStatus, is_absent
from govindex.contracts.cells import prevailing as prevailing
from govindex.contracts.completion import completed as completed
from govindex.contracts.entries import Entry, EntryCells
from govindex.contracts.entries import in_formula as in_formula
from govindex.contracts.matrices import Matrix
from govindex.contracts.measures import BaseMeasure, Columns, Measure
from govindex.contracts.policies import AbsencePolicy, BasePolicy
from govindex.contracts.populations import OVER as OVER
from govindex.contracts.populations import (
    Everyone,
    NamedPeers,
    Over,
    Peers,
)
from govindex.contracts.populations import LocatedPeers as LocatedPeers
from govindex.contracts.populations import check_over as check_over
from govindex.contracts.populations import reference_groups as reference_groups
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
from govindex.contracts.rules import BaseRule, Curve, RelativeRule, Rule
from govindex.contracts.rules import best_between as best_between
from govindex.contracts.rules import largest_meant as largest_meant
from govindex.contracts.scopes import BranchScope, Direction, Scope
from govindex.namespaces import define_namespace

PROTOCOL = (1, 0)
"""The version of the protocols of plug-ins: major and minor."""

__all__ = [
    "PROTOCOL",
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
    "Entry",
    "EntryCells",
    "Everyone",
    "Float",
    "GapFill",
    "Index",
    "LinearScale",
    "Matrix",
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
    "is_absent",
]

define_namespace(__name__)
