"""Governance indices: leaves score, branches aggregate, the root ranks."""

from typing import TYPE_CHECKING

from govindex.namespaces import define_namespace

if TYPE_CHECKING:
    from govindex import absence as absence
    from govindex import aggregate as aggregate
    from govindex import coherence as coherence
    from govindex import datasets as datasets
    from govindex import disclosure as disclosure
    from govindex import impute as impute
    from govindex import measures as measures
    from govindex import plot as plot
    from govindex import prepare as prepare
    from govindex import records as records
    from govindex import report as report
    from govindex import robustness as robustness
    from govindex import rules as rules
    from govindex import services as services
    from govindex import survey as survey
    from govindex import tasks as tasks
    from govindex import treat as treat
    from govindex import weight as weight
    from govindex import workbooks as workbooks
    from govindex.absence import Absence as Absence
    from govindex.agreement import consensus as consensus
    from govindex.agreement import outranking_matrix as outranking_matrix
    from govindex.agreement import rank_similarity as rank_similarity
    from govindex.changes import Change as Change
    from govindex.changes import Merger as Merger
    from govindex.changes import change as change
    from govindex.comparison import Comparison as Comparison
    from govindex.comparison import compare as compare
    from govindex.comparison import compare_nodes as compare_nodes
    from govindex.comparison import leave_one_out as leave_one_out
    from govindex.comparison import leave_one_unit_out as leave_one_unit_out
    from govindex.composites import Composite as Composite
    from govindex.composites import composite as composite
    from govindex.decomposition import contributions as contributions
    from govindex.decomposition import gap as gap
    from govindex.decomposition import strengths as strengths
    from govindex.description import describe as describe
    from govindex.description import describe_variables as describe_variables
    from govindex.display import Shown as Shown
    from govindex.display import show as show
    from govindex.errors import CellError as CellError
    from govindex.errors import DataError as DataError
    from govindex.errors import DeprecatedEditionWarning as DeprecatedEditionWarning
    from govindex.errors import FrameworkError as FrameworkError
    from govindex.errors import GovIndexError as GovIndexError
    from govindex.errors import OutlierWarning as OutlierWarning
    from govindex.errors import Problem as Problem
    from govindex.errors import SettingError as SettingError
    from govindex.errors import StoppedError as StoppedError
    from govindex.errors import UnknownNameError as UnknownNameError
    from govindex.explanation import Explanation as Explanation
    from govindex.explanation import explain as explain
    from govindex.files import read_table as read_table
    from govindex.files import write_table as write_table
    from govindex.forms import Forms as Forms
    from govindex.functions import Named as Named
    from govindex.improvement import Improvement as Improvement
    from govindex.improvement import Standing as Standing
    from govindex.improvement import improve as improve
    from govindex.interchange import ArchiveCheck as ArchiveCheck
    from govindex.interchange import document_schema as document_schema
    from govindex.interchange import verify_archive as verify_archive
    from govindex.meters import TimeLimit as TimeLimit
    from govindex.methods import Methodology as Methodology
    from govindex.methods import Source as Source
    from govindex.model.definitions import Definition as Definition
    from govindex.model.framework import Framework as Framework
    from govindex.model.observations import Observations as Observations
    from govindex.model.tree import Dimension as Dimension
    from govindex.model.tree import Indicator as Indicator
    from govindex.model.tree import View as View
    from govindex.model.units import Unit as Unit
    from govindex.model.units import Units as Units
    from govindex.names import as_code as as_code
    from govindex.notation import Notation as Notation
    from govindex.opaque import AnyMethodology as AnyMethodology
    from govindex.opaque import result_from_scores as result_from_scores
    from govindex.overview import announcements as announcements
    from govindex.overview import over_time as over_time
    from govindex.overview import standings as standings
    from govindex.plugins import methodologies as methodologies
    from govindex.plugins import methodology as methodology
    from govindex.portfolios import Portfolio as Portfolio
    from govindex.portfolios import portfolio as portfolio
    from govindex.ranking import Band as Band
    from govindex.ranking import Bands as Bands
    from govindex.ranking import Ranking as Ranking
    from govindex.reconciliation import PublishedColumns as PublishedColumns
    from govindex.reconciliation import Reconciliation as Reconciliation
    from govindex.reconciliation import reconcile as reconcile
    from govindex.replication import replicate as replicate
    from govindex.replication import variant as variant
    from govindex.results import IndexResult as IndexResult
    from govindex.results import JointResult as JointResult
    from govindex.rounding import Levels as Levels
    from govindex.rounding import Rounding as Rounding
    from govindex.schema import methodology_schema as methodology_schema
    from govindex.toml import load_methodology as load_methodology
    from govindex.toml import save_methodology as save_methodology
    from govindex.verification import stage_differences as stage_differences

__version__ = "0.2.0"

# What each module offers, as above: a module is imported when one of its names is first asked for.
_OFFERS = {
    "absence": ["absence", "Absence"],
    "aggregate": ["aggregate"],
    "agreement": ["consensus", "outranking_matrix", "rank_similarity"],
    "changes": ["Change", "Merger", "change"],
    "coherence": ["coherence"],
    "comparison": ["Comparison", "compare", "compare_nodes", "leave_one_out", "leave_one_unit_out"],
    "composites": ["Composite", "composite"],
    "datasets": ["datasets"],
    "decomposition": ["contributions", "gap", "strengths"],
    "description": ["describe", "describe_variables"],
    "disclosure": ["disclosure"],
    "display": ["Shown", "show"],
    "errors": [
        "CellError",
        "DataError",
        "DeprecatedEditionWarning",
        "FrameworkError",
        "GovIndexError",
        "OutlierWarning",
        "Problem",
        "SettingError",
        "StoppedError",
        "UnknownNameError",
    ],
    "explanation": ["Explanation", "explain"],
    "files": ["read_table", "write_table"],
    "forms": ["Forms"],
    "functions": ["Named"],
    "improvement": ["Improvement", "Standing", "improve"],
    "impute": ["impute"],
    "interchange": ["ArchiveCheck", "document_schema", "verify_archive"],
    "measures": ["measures"],
    "meters": ["TimeLimit"],
    "methods": ["Methodology", "Source"],
    "model.definitions": ["Definition"],
    "model.framework": ["Framework"],
    "model.observations": ["Observations"],
    "model.tree": ["Dimension", "Indicator", "View"],
    "model.units": ["Unit", "Units"],
    "names": ["as_code"],
    "notation": ["Notation"],
    "opaque": ["AnyMethodology", "result_from_scores"],
    "overview": ["announcements", "over_time", "standings"],
    "plugins": ["methodologies", "methodology"],
    "plot": ["plot"],
    "portfolios": ["Portfolio", "portfolio"],
    "prepare": ["prepare"],
    "ranking": ["Band", "Bands", "Ranking"],
    "reconciliation": ["PublishedColumns", "Reconciliation", "reconcile"],
    "records": ["records"],
    "report": ["report"],
    "replication": ["replicate", "variant"],
    "results": ["IndexResult", "JointResult"],
    "robustness": ["robustness"],
    "rounding": ["Levels", "Rounding"],
    "rules": ["rules"],
    "schema": ["methodology_schema"],
    "services": ["services"],
    "survey": ["survey"],
    "tasks": ["tasks"],
    "toml": ["load_methodology", "save_methodology"],
    "treat": ["treat"],
    "verification": ["stage_differences"],
    "weight": ["weight"],
    "workbooks": ["workbooks"],
}
_HOMES = {name: f"govindex.{home}" for home, names in _OFFERS.items() for name in names}

__all__ = sorted(_HOMES)

define_namespace(__name__, _HOMES)
