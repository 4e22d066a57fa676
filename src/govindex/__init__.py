"""Governance indices: leaves score, branches aggregate, the root ranks."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from govindex import (
    absence,
    aggregate,
    impute,
    measures,
    prepare,
    ranking,
    rounding,
    rules,
    treat,
)
from govindex.absence import Absence
from govindex.changes import change
from govindex.comparison import Comparison, compare, leave_one_out
from govindex.description import describe
from govindex.errors import (
    CellError,
    DataError,
    DeprecatedEditionWarning,
    FrameworkError,
    GovIndexError,
    Problem,
    SettingError,
    UnknownNameError,
)
from govindex.explanation import Explanation, explain
from govindex.forms import Forms
from govindex.functions import Named
from govindex.methods import Methodology, Source
from govindex.model.framework import Framework
from govindex.model.observations import Observations
from govindex.model.tree import Dimension, Indicator, View
from govindex.model.units import Unit, Units
from govindex.names import as_code
from govindex.notation import Notation
from govindex.opaque import AnyMethodology, result_from_scores
from govindex.plugins import methodologies, methodology
from govindex.ranking import Bands, Ranking
from govindex.renamed import guide
from govindex.results import IndexResult
from govindex.rounding import Levels, Rounding

if TYPE_CHECKING:
    from govindex import coherence, datasets, robustness, weight
    from govindex.agreement import consensus, outranking_matrix, rank_similarity
    from govindex.files import read_table, write_table
    from govindex.overview import announcements, over_time, standings
    from govindex.replication import replicate, variant
    from govindex.schema import methodology_schema
    from govindex.toml import load_methodology, save_methodology
    from govindex.verification import stage_differences

__all__ = [
    "Absence",
    "AnyMethodology",
    "Bands",
    "CellError",
    "Comparison",
    "DataError",
    "DeprecatedEditionWarning",
    "Dimension",
    "Explanation",
    "Forms",
    "Framework",
    "FrameworkError",
    "GovIndexError",
    "IndexResult",
    "Indicator",
    "Levels",
    "Methodology",
    "Named",
    "Notation",
    "Observations",
    "Problem",
    "Ranking",
    "Rounding",
    "SettingError",
    "Source",
    "Unit",
    "Units",
    "UnknownNameError",
    "View",
    "absence",
    "aggregate",
    "announcements",
    "as_code",
    "change",
    "coherence",
    "compare",
    "consensus",
    "datasets",
    "describe",
    "explain",
    "impute",
    "leave_one_out",
    "load_methodology",
    "measures",
    "methodologies",
    "methodology",
    "methodology_schema",
    "outranking_matrix",
    "over_time",
    "prepare",
    "rank_similarity",
    "ranking",
    "read_table",
    "replicate",
    "result_from_scores",
    "robustness",
    "rounding",
    "rules",
    "save_methodology",
    "stage_differences",
    "standings",
    "treat",
    "variant",
    "weight",
    "write_table",
]

__version__ = "0.1.0"

# What an import of the package need not wait for; none of the names is that of its module.
_MODULES = ("coherence", "datasets", "robustness", "weight")
_LATER = {
    "announcements": "govindex.overview",
    "consensus": "govindex.agreement",
    "load_methodology": "govindex.toml",
    "methodology_schema": "govindex.schema",
    "outranking_matrix": "govindex.agreement",
    "over_time": "govindex.overview",
    "rank_similarity": "govindex.agreement",
    "read_table": "govindex.files",
    "replicate": "govindex.replication",
    "save_methodology": "govindex.toml",
    "stage_differences": "govindex.verification",
    "standings": "govindex.overview",
    "write_table": "govindex.files",
    "variant": "govindex.replication",
}


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"govindex.{name}")
    if name in _LATER:
        return getattr(import_module(_LATER[name]), name)
    return guide("govindex")(name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__} - {"Any", "TYPE_CHECKING", "guide", "import_module"})
