"""Governance indices: leaves score, branches aggregate, the root ranks."""

from govindex import absence, aggregate, datasets, measures, ranking, rounding, rules
from govindex.absence import Absence
from govindex.change import change
from govindex.errors import (
    CellError,
    DataError,
    FrameworkError,
    GovIndexError,
    SettingError,
    UnknownNameError,
)
from govindex.explain import Explanation, explain
from govindex.frames import Marks
from govindex.methodology import Methodology, Source
from govindex.model.framework import Framework
from govindex.model.observations import Observations
from govindex.model.tree import Dimension, Indicator, View
from govindex.model.units import Unit, Units
from govindex.plugins import methodologies, methodology
from govindex.ranking import Bands, Ranking
from govindex.result import IndexResult
from govindex.rounding import Levels, Rounding
from govindex.toml import load_methodology, save_methodology

__all__ = [
    "Absence",
    "Bands",
    "CellError",
    "DataError",
    "Dimension",
    "Explanation",
    "Framework",
    "FrameworkError",
    "GovIndexError",
    "IndexResult",
    "Indicator",
    "Levels",
    "Marks",
    "Methodology",
    "Observations",
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
    "change",
    "datasets",
    "explain",
    "load_methodology",
    "measures",
    "methodologies",
    "methodology",
    "ranking",
    "rounding",
    "rules",
    "save_methodology",
]
