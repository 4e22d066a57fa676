"""Rubrics of sheets → the nodes of a framework."""

from __future__ import annotations

from collections.abc import Mapping

from govindex.contracts import Rule
from govindex.errors import FrameworkError, near_miss
from govindex.grid.outlines import OutlineRow
from govindex.grid.roles import part_title, source_of
from govindex.grid.rubric_records import RubricRow
from govindex.grid.rubrics import RubricSheet
from govindex.model.tree import Dimension, Indicator, Node
from govindex.rules import Points

__all__ = ["rubric_nodes", "rubric_title"]


def rubric_title(sheet: RubricSheet, language: str) -> Mapping[str, str]:
    """Return the title of a rubric by language."""
    return {language: sheet.title} if sheet.title else {}


def rubric_nodes(
    sheet: RubricSheet,
    language: str = "",
    rule: Rule | None = None,
    rules: Mapping[str, Rule] | None = None,
) -> list[Node]:
    """Return the nodes below the root.

    A criterion whose maximum is split over data sources becomes a dimension with an indicator for
    each; its code is that of the criterion, a dot and the source.

    Parameters
    ----------
    sheet : RubricSheet
    language : str
        Of names without another one.
    rule : Rule, optional
        Of every indicator; :class:`~govindex.rules.Points` by default.
    rules : mapping of code to Rule, optional
        Of single indicators.

    Raises
    ------
    FrameworkError
        If there is a rule for a code that does not exist.
    """
    building = _Building(sheet, language, rule, dict(rules or {}))
    nodes = [building.node(branch) for branch in sheet.read.root.children]
    if building.rules:
        code = next(iter(building.rules))
        known = [branch.code for branch in sheet.read.rows]
        raise FrameworkError(
            f"there is a rule for '{code}', which is not a criterion: {near_miss(code, known)}"
        )
    return nodes


class _Building:
    """Nodes from branches."""

    def __init__(
        self, sheet: RubricSheet, language: str, rule: Rule | None, rules: dict[str, Rule]
    ) -> None:
        self.sheet, self.language = sheet, language
        self.rule, self.rules = rule, rules

    def node(self, branch: OutlineRow) -> Node:
        row, outside = self.sheet.read.rows[branch], branch in self.sheet.bonuses
        if branch.children:
            children = [self.node(child) for child in branch.children]
            return Dimension(branch.code, children, self.names(row), outside_maximum=outside)
        points = row.points.by_source or {"": row.points.total or 0.0}
        if len(points) == 1:
            [(source, value)] = points.items()
            return self.leaf(row, branch.code, source, value, self.names(row), outside=outside)
        parts = [
            self.leaf(row, f"{branch.code}.{source}", source, value, self.names(row, source))
            for source, value in points.items()
        ]
        return Dimension(branch.code, parts, self.names(row), outside_maximum=outside)

    def leaf(
        self,
        row: RubricRow,
        code: str,
        source: str,
        value: float,
        names: Mapping[str, str],
        *,
        outside: bool = False,
    ) -> Indicator:
        rule = self.rules.pop(code, self.rule) or Points(minimum=min(value, 0.0))
        return Indicator(
            code,
            names,
            rule=rule,
            weight=abs(value),
            data_source=source or _source(row) or None,
            evidence="\n".join(row.guidance) or None,
            outside_maximum=outside,
        )

    def names(self, row: RubricRow, source: str = "") -> dict[str, str]:
        """Return the names of a row by language, with the title of a part of its maximum."""
        column = self.sheet.columns.maxima.get(source)
        parts = self.sheet.header.titles.get(column, ("",)) if source and column else ("",)
        part = f" ({part_title(parts[-1])})" if parts[-1] else ""
        return {language or self.language: f"{name}{part}" for language, name in row.names.items()}


def _source(row: RubricRow) -> str:
    """Return the data source of a row: a known one by its English name, another as written."""
    return source_of(row.source) or row.source
