"""Points and sums of a scoring form as formulas, each with the value that it has now."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cached_property

import attrs

from govindex.absence import Absence, Shrink
from govindex.contracts import BaseAggregator, BasePolicy, BaseRounder, BaseRule, completed
from govindex.errors import DataError, FrameworkError
from govindex.files.findings import cell_name
from govindex.language import words
from govindex.measures.variables import formula_of
from govindex.methods import Methodology
from govindex.model.observations import Observations
from govindex.model.tree import Dimension, Indicator, Node
from govindex.periods import parts_of_year
from govindex.workbooks.forms.formula_limits import any_of, fits
from govindex.workbooks.forms.layout import FormColumns, FormSheet

__all__ = ["Formula", "Formulas", "computed_nodes", "provisional_scores"]

_MOST = 200  # arguments of a function


@attrs.frozen
class Formula:
    """A formula, "" for a fixed text, and its present value."""

    text: str
    value: float | str


def provisional_scores(method: Methodology, data: Observations) -> dict[str, dict[str, float]]:
    """Return the points so far by unit and node: absent parts are left out of sums.

    Units whose cells the methodology refuses have no points.
    """
    framework = method.framework
    lenient = Absence(missing=Shrink(), not_applicable=Shrink(), suppressed=Shrink())
    codes = [n.code for n in framework.nodes if isinstance(n, Dimension) or n.absence is not None]
    relaxed = framework.with_absences(dict.fromkeys(codes, lenient))
    try:
        plain = Methodology(
            method.id,
            method.version,
            relaxed,
            scale=method.scale,
            rounding=method.rounding,
            steps=method.steps,
        )
    except FrameworkError:  # an aggregator that needs all its children
        return {}
    return _scores(plain, data)


def _scores(method: Methodology, data: Observations) -> dict[str, dict[str, float]]:
    try:
        scores = method.compute(data).scores
    except DataError:
        if len(data.units) == 1:
            return {}
        alone = [_scores(method, data.take([code])) for code in data.units.codes]
        return {unit: points for one in alone for unit, points in one.items()}
    columns = [str(code) for code in scores.columns]
    rows = zip(scores.index, scores.to_numpy().tolist(), strict=True)
    return {str(unit): dict(zip(columns, row, strict=True)) for unit, row in rows}


@attrs.frozen
class _Cells:
    """The cells of a unit's entries, as formulas of measures name them."""

    sheet: FormSheet
    block: FormColumns
    parts_of_year: int | None

    def __getitem__(self, variable: str) -> str:
        cell = self.sheet.entry_cell(self.block, variable)
        row = self.sheet.rows[self.sheet.asked_in[variable] - self.sheet.header[1] - 1]
        if row.question is not None and row.question.entry.yes_no:
            return f'(({cell}="{words("form.yes", self.sheet.settings.language)}")*1)'
        return cell

    def __contains__(self, variable: object) -> bool:
        return variable in self.sheet.asked_in


@attrs.frozen(slots=False)
class Formulas:
    """The formulas of a unit.

    Parameters
    ----------
    sheet : FormSheet
    block : FormColumns
    entered : mapping of variable to float or str
        What stands in the unit's cells, blank ones left out.
    points : mapping of node to float
        The provisional scores that follow from it.
    """

    sheet: FormSheet
    block: FormColumns
    entered: Mapping[str, float | str]
    points: Mapping[str, float]

    @cached_property
    def _later(self) -> str:
        return words("form.later", self.sheet.settings.language)

    @cached_property
    def _mark(self) -> str:
        return words("form.not_applicable", self.sheet.settings.language)

    @cached_property
    def by_node(self) -> dict[str, Formula]:
        """The formulas of points by node; nodes whose points are entered have none."""
        found: dict[str, Formula] = {}
        framework = self.sheet.method.framework
        for node in reversed(framework.nodes):
            if not framework.is_scored(node.code):
                continue
            if isinstance(node, Dimension):
                found[node.code] = self._of_branch(node, found)
            elif self.block.has_points:
                found[node.code] = self._of_leaf(node)
        return found

    def cell(self, code: str) -> str:
        """Return the cell of a node's points."""
        row = self.sheet.row_numbers[f"node {code}"]
        return cell_name(row, self.block.points)

    def _maximum(self, code: str) -> str | None:
        number = self.sheet.row_numbers[f"node {code}"]
        maximum = self.sheet.rows[number - self.sheet.header[1] - 1].maximum
        column = self.sheet.columns["maximum"]
        return f"${cell_name(number, column)}" if maximum else None

    def _of_leaf(self, leaf: Indicator) -> Formula:
        points = None if self.sheet.method.steps else self._points(leaf)
        if points is None:
            return Formula("", self._later)
        needed = dict.fromkeys(leaf.measure.variables)
        cells = [self.sheet.entry_cell(self.block, name) for name in needed]
        blank = any_of([f'{cell}=""' for cell in cells])
        formula = f'IF({blank},"",IFERROR({points},""))'
        if self._may_not_apply(leaf):
            absent = any_of([f'{cell}="{self._mark}"' for cell in cells])
            formula = f'IF({absent},"{self._mark}",{formula})'
        if not fits(formula):
            return Formula("", self._later)
        if any(self.entered.get(name) == self._mark for name in needed):
            return Formula(formula, self._mark)
        if any(name not in self.entered for name in needed):
            return Formula(formula, "")
        return Formula(formula, self._score(leaf.code))

    def _points(self, leaf: Indicator) -> str | None:
        """Return the points of an indicator, None without a short formula."""
        method = self.sheet.method
        period = self.sheet.settings.period
        year = None if period is None else parts_of_year(period)
        value = formula_of(leaf.measure, _Cells(self.sheet, self.block, year))
        maximum = self._maximum(leaf.code)
        if value is None or maximum is None:
            return None
        points = completed(leaf.rule, BaseRule).spreadsheet_formula(value, maximum)
        return _rounded(points, leaf.rounding or method.rounding.leaf)

    def _may_not_apply(self, leaf: Indicator) -> bool:
        rows = self.sheet.rows
        first = self.sheet.header[1] + 1
        asked = (rows[self.sheet.asked_in[n] - first].question for n in leaf.measure.variables)
        return any(question is not None and question.not_applicable for question in asked)

    def _score(self, code: str) -> float | str:
        score = self.points.get(code, math.nan)
        return "" if math.isnan(score) else score

    def _of_branch(self, branch: Dimension, found: Mapping[str, Formula]) -> Formula:
        framework = self.sheet.method.framework
        children = [c for c in branch.children if framework.is_scored(c.code)]
        fixed = any(c.code in found and not found[c.code].text for c in children)
        sums = self._adds_up(branch)
        body = None if fixed else self._combined(branch, children)
        if body is None:
            return Formula("", self._later)
        hidden = [text for child in children for text in self._hides_sum(child, found)]
        cells = [self.cell(child.code) for child in children]
        count = _of_cells("COUNT", branch, children, cells)
        least = "=0" if sums else f"<{len(children)}"
        formula = f'IF({count}{least},"",{body})'
        if hidden:
            tests = any_of([f'{cell}="{text}"' for cell, text in hidden])
            formula = f'IF({tests},"{self._later}",{formula})'
        if not fits(formula):
            return Formula("", self._later)
        return Formula(formula, self._value(branch, children, found, sums=sums))

    def _hides_sum(self, child: Node, found: Mapping[str, Formula]) -> list[tuple[str, str]]:
        """Return what a child's cell may hold that leaves the sum to be computed later."""
        cell = self.cell(child.code)
        if isinstance(child, Dimension):
            return [(cell, self._later)] if f'"{self._later}"' in found[child.code].text else []
        policy = self.sheet.method.framework._policy_for(child.code).not_applicable
        shrinks = completed(policy, BasePolicy).shrinks
        return [] if shrinks or not self._may_not_apply(child) else [(cell, self._mark)]

    def _value(
        self, branch: Dimension, children: list[Node], found: Mapping[str, Formula], *, sums: bool
    ) -> float | str:
        values = [self._shown(child, found) for child in children]
        for child, value in zip(children, values, strict=True):
            if any(value == text for _, text in self._hides_sum(child, found)):
                return self._later
        numbers = [value for value in values if not isinstance(value, str)]
        complete = numbers if sums else len(numbers) == len(values)
        return self._score(branch.code) if complete else ""

    def _shown(self, child: Node, found: Mapping[str, Formula]) -> float | str:
        """Return what a child's cell shows."""
        if child.code in found:
            return found[child.code].value
        assert isinstance(child, Indicator)
        return self.entered.get(child.measure.variables[0], "")

    def _combined(self, branch: Dimension, children: list[Node]) -> str | None:
        """Return the points of a branch, None without a short formula."""
        framework, method = self.sheet.method.framework, self.sheet.method
        aggregate = completed(framework.aggregator(branch.code), BaseAggregator)
        maximum = self._maximum(branch.code)
        maxima = [self._maximum(child.code) for child in children]
        if maximum is None or None in maxima or not children:
            return None
        cells = [self.cell(child.code) for child in children]
        points: str | None
        if self._adds_up(branch):
            points = _of_cells("SUM", branch, children, cells)
            points = f"MIN({maximum},MAX(0,{points}))" if branch.bonuses else points
        elif branch.bonuses:
            return None
        else:
            shares = [f"{cell}/{top}" for cell, top in zip(cells, maxima, strict=True)]
            weights = [float(framework.weight(child.code)) for child in children]
            share = aggregate.spreadsheet_formula(shares, weights)
            points = None if share is None else f"{maximum}*{share}"
        if points is not None and branch.rule is not None:
            rule = completed(branch.rule, BaseRule)
            points = rule.spreadsheet_formula(f"(({points})/{maximum})", maximum)
        tiers = method.rounding
        tier = tiers.total if branch.code == framework.code else tiers.node
        return _rounded(points, branch.rounding or tier)

    def _adds_up(self, branch: Dimension) -> bool:
        """Return whether the branch's points are the sum of those of its children."""
        if not self.sheet.method.framework.aggregator(branch.code).sums_points:
            return False
        maxima = {row.node: row.maximum or 0.0 for row in self.sheet.rows if row.node}
        parts = math.fsum(maxima[child.code] for child in branch.inside)
        return math.isclose(parts, maxima[branch.code], rel_tol=1e-12)


def computed_nodes(sheet: FormSheet) -> dict[str, bool]:
    """Return the nodes whose points a sheet shows, and whether by a formula."""
    formulas = Formulas(sheet, sheet.blocks[0], {}, {}).by_node
    return {node: bool(formula.text) for node, formula in formulas.items()}


def _rounded(points: str | None, rounding: object) -> str | None:
    if points is None or rounding is None:
        return points
    rounder = completed(rounding, BaseRounder)
    return points if rounder.printed_only else rounder.spreadsheet_formula(points)


def _of_cells(function: str, branch: Dimension, children: list[Node], cells: list[str]) -> str:
    """Return a function of the children's cells, as one range if nothing else stands between."""
    plain = all(isinstance(child, Indicator) for child in branch.children)
    if plain and len(cells) > 2 and len(children) == len(branch.children):
        return f"{function}({cells[0]}:{cells[-1]})"
    groups = [cells[i : i + _MOST] for i in range(0, len(cells), _MOST)]
    return (
        "(" * (len(groups) > 1)
        + "+".join(f"{function}({','.join(group)})" for group in groups)
        + ")" * (len(groups) > 1)
    )
