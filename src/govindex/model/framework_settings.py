"""The types of settings that frameworks and observations pass on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypedDict

from govindex.absence import Absence
from govindex.contracts import AbsencePolicy, Aggregator, Rounder, Rule
from govindex.model.tree import View
from govindex.notation import Notation
from govindex.ranking import Ranking

__all__ = ["DimensionSettings", "FrameSettings", "TableSettings", "TreeSettings"]


class TableSettings(TypedDict, total=False):
    """Further settings of a framework that is read from a table."""

    absence: Absence | AbsencePolicy | None
    rounding: Rounder | None
    ranking: Ranking | None
    views: Iterable[View] | View


class TreeSettings(TableSettings, total=False):
    """Further settings of a framework of nested codes."""

    name: str | Mapping[str, str] | None
    aggregate: Aggregator


class DimensionSettings(TypedDict, total=False):
    """Settings of a dimension."""

    weight: float | str | None
    aggregate: Aggregator | None
    rule: Rule | None
    absence: Absence | AbsencePolicy | None
    rounding: Rounder | None
    ranking: Ranking | None
    data_source: str
    reference: str
    confidence: str
    outside_maximum: bool


class FrameSettings(TypedDict, total=False):
    """What the columns of a wide table are."""

    unit: str | None
    name: str | None
    league: str | None
    type: str | None
    parent: str | None
    ranked: str | None
    attributes: Sequence[str]
    variables: Sequence[str] | None
    notation: Notation | None
    period: str | None
    fill_down: Sequence[str]
    stage: str | None
    stages: Sequence[str] | None
    fall_back: bool | Sequence[str]
