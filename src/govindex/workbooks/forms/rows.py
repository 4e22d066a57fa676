"""The rows of a scoring form: what is asked for, and of which node."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import attrs

from govindex.contracts import (
    BaseMeasure,
    BasePolicy,
    BaseRule,
    Entry,
    Measure,
    completed,
)
from govindex.forms import Forms
from govindex.language import number_text, words
from govindex.method_definitions import printed_maxima
from govindex.methods import Methodology
from govindex.model.framework import Framework
from govindex.model.tree import Dimension, Indicator, Node
from govindex.model.units import Unit
from govindex.prepare.flow import read_by_steps

__all__ = ["FormQuestion", "FormRow", "form_of", "form_rows", "given_points", "hint", "questions"]


@attrs.frozen
class FormQuestion:
    """A variable that a form asks for.

    Parameters
    ----------
    variable : str
    entry : Entry
        What may be entered, as the measures and rules of all its readers say.
    optional : bool
        It is used only if it is filled in.
    not_applicable : bool
        The methodology has a score for units to which it does not apply.
    """

    variable: str
    entry: Entry
    optional: bool = False
    not_applicable: bool = False


@attrs.frozen
class FormRow:
    """A row of a form.

    Parameters
    ----------
    key : str
        Identifies the row in a form.
    tier : int
        How deep it stands in the tree, 0 for the root.
    code, label : str
    node : str
        The node whose maximum and points stand in the row, "" without one.
    branch : bool
        Whether the node is a dimension.
    question : FormQuestion, optional
        What is entered in the row.
    shows : str
        A variable that is asked for in an earlier row, "" without one.
    maximum : float, optional
    guidance, measure_unit : str
    whole : str
        What the variable is called that the entry may not exceed.
    """

    key: str
    tier: int
    code: str
    label: str
    node: str = ""
    branch: bool = False
    question: FormQuestion | None = None
    shows: str = ""
    maximum: float | None = None
    guidance: str = ""
    measure_unit: str = ""
    whole: str = ""


def form_of(method: Methodology, unit: Unit) -> Methodology:
    """Return the methodology that a unit is scored by: that of its type, if it has several."""
    return method.single(unit.type) if isinstance(method, Forms) else method


def questions(method: Methodology) -> dict[str, FormQuestion]:
    """Return what a form of one framework asks for, in the order of its rows."""
    framework = method.framework
    maxima = printed_maxima(method.framework, method._plan)
    asked: dict[str, FormQuestion] = {}
    for leaf in framework.leaves:
        entries = _entries(leaf, maxima[leaf.code])
        applies = _offers_not_applicable(framework, leaf.code)
        for name in _read_by(leaf.measure):
            found = FormQuestion(name, entries.get(name, Entry()), not_applicable=applies)
            asked[name] = _together(asked[name], found) if name in asked else found
    for node in framework.nodes:
        if isinstance(node.weight, str):
            asked.setdefault(node.weight, FormQuestion(node.weight, Entry(low=0.0)))
    for name in read_by_steps(method.steps):
        asked.setdefault(name, FormQuestion(name, Entry()))
    needed = {*framework.variables, *read_by_steps(method.steps)}
    return {name: attrs.evolve(q, optional=name not in needed) for name, q in asked.items()}


def _together(one: FormQuestion, other: FormQuestion) -> FormQuestion:
    both = one.not_applicable and other.not_applicable
    return attrs.evolve(one, entry=one.entry.within(other.entry), not_applicable=both)


def _entries(leaf: Indicator, maximum: float) -> Mapping[str, Entry]:
    scored = leaf.rule is not None and leaf.weight != 0
    taken = completed(leaf.rule, BaseRule).entry(maximum) if scored else Entry()
    return completed(leaf.measure, BaseMeasure).entries(taken)


def _read_by(measure: Measure) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*measure.variables, *measure.optional)))


def _offers_not_applicable(framework: Framework, code: str) -> bool:
    """Return whether a unit keeps its score if this indicator does not apply to it."""
    if not framework.is_scored(code):
        return True
    policy = completed(framework._policy_for(code).not_applicable, BasePolicy)
    return not policy.refuses and policy.min_share < 1


def given_points(method: Methodology) -> bool:
    """Return whether points are entered everywhere, so that no column need show them."""
    framework = method.framework
    return not method.steps and all(
        completed(leaf.measure, BaseMeasure).variable_itself is not None
        and (
            not framework.is_scored(leaf.code)
            or completed(leaf.rule, BaseRule).spreadsheet_formula("x", "m") == "x"
        )
        and (leaf.rounding or method.rounding.leaf) is None
        for leaf in framework.leaves
    )


def form_rows(
    method: Methodology, language: str | None, labels: Mapping[str, Mapping[str, str]]
) -> tuple[FormRow, ...]:
    """Return the rows of a form of one framework, the root last.

    Parameters
    ----------
    method : Methodology
    language : str, optional
    labels : mapping of variable to name by language
        What variables are called; by default their names in the data.
    """
    asked = questions(method)
    maxima = printed_maxima(method.framework, method._plan)
    rows = _Rows(method.framework, asked, language, labels, maxima)
    body = [row for child in method.framework.children for row in rows.of_node(child, 0)]
    root = method.framework.root
    total = attrs.evolve(rows.of_branch(root, 0), code="", label=words("form.total", language))
    others = list(rows.others(read_by_steps(method.steps)))
    return (*body, total, *others)


class _Rows:
    """Makes rows from the top down, and remembers what was asked for."""

    def __init__(
        self,
        framework: Framework,
        asked: Mapping[str, FormQuestion],
        language: str | None,
        labels: Mapping[str, Mapping[str, str]],
        maxima: Mapping[str, float],
    ) -> None:
        self.framework, self.asked, self.maxima = framework, asked, maxima
        self.language, self.labels = language, labels
        self.seen: set[str] = set()

    def of_node(self, node: Node, tier: int) -> Iterator[FormRow]:
        if isinstance(node, Dimension):
            yield self.of_branch(node, tier)
            yield from self.weight(node, tier)
            for child in node.children:
                yield from self.of_node(child, tier + 1)
        else:
            yield from self.of_leaf(node, tier)
            yield from self.weight(node, tier)

    def of_branch(self, node: Dimension, tier: int) -> FormRow:
        return FormRow(
            f"node {node.code}",
            tier,
            node.code,
            node.label(self.language),
            node.code,
            branch=True,
            maximum=self.maximum(node.code),
        )

    def of_leaf(self, leaf: Indicator, tier: int) -> Iterator[FormRow]:
        row = FormRow(
            f"node {leaf.code}",
            tier,
            leaf.code,
            leaf.label(self.language),
            leaf.code,
            maximum=self.maximum(leaf.code) if self.framework.is_scored(leaf.code) else None,
            guidance=leaf.evidence or "",
            measure_unit=leaf.measure_unit,
        )
        variables = _read_by(leaf.measure)
        if len(variables) == 1:
            question, shows = self.entered(variables[0])
            yield attrs.evolve(row, question=question, shows=shows)
            return
        yield row
        for name in variables:
            yield self.of_variable(name, tier + 1, f"{row.key}: {name}")

    def of_variable(self, name: str, tier: int, key: str) -> FormRow:
        question, shows = self.entered(name)
        whole = self.called(question.entry.at_most) if question else ""
        row = FormRow(key, tier, "", self.called(name), question=question, shows=shows)
        return attrs.evolve(row, whole=whole)

    def called(self, name: str) -> str:
        names = self.labels.get(name, {})
        return names.get(self.language or "", next(iter(names.values()), name))

    def entered(self, name: str) -> tuple[FormQuestion | None, str]:
        """Return what is asked, or the variable that an earlier row asks for."""
        if name in self.seen:
            return None, name
        self.seen.add(name)
        return self.asked[name], ""

    def weight(self, node: Node, tier: int) -> Iterator[FormRow]:
        if isinstance(node.weight, str):
            row = self.of_variable(node.weight, tier + 1, f"weight {node.code}")
            label = words("form.weight", self.language, variable=row.label)
            yield attrs.evolve(row, label=label)

    def maximum(self, code: str) -> float | None:
        maximum = self.maxima[code]
        return maximum if math.isfinite(maximum) else None

    def others(self, names: tuple[str, ...]) -> Iterator[FormRow]:
        left = [name for name in names if name not in self.seen]
        if left:
            yield FormRow("others", 0, "", words("form.others", self.language), branch=True)
        for name in left:
            yield self.of_variable(name, 1, f"other {name}")


def hint(row: FormRow, language: str | None) -> str:
    """Return what may be entered in a row, in words."""
    if row.shows:
        return words("form.shown", language)
    if row.question is None:
        return ""
    question = row.question
    text = _range(question.entry, language)
    if row.measure_unit:
        text = f"{text} ({row.measure_unit})"
    if question.entry.at_most:
        text = words("form.at_most", language, range=text, variable=row.whole)
    if question.optional:
        text = words("form.optional", language, range=text)
    if question.not_applicable:
        mark = words("form.not_applicable", language)
        text = words("form.or_not_applicable", language, range=text, mark=mark)
    return text


def _range(entry: Entry, language: str | None) -> str:
    if entry.yes_no:
        return words("form.yes_or_no", language)
    if entry.answers:
        shown = [a if isinstance(a, str) else number_text(a, language) for a in entry.answers]
        return words("form.answer", language, answers=" / ".join(shown))
    low, high = number_text(entry.low, language), number_text(entry.high, language)
    if math.isfinite(entry.low) and math.isfinite(entry.high):
        return words("form.between", language, low=low, high=high)
    if math.isfinite(entry.low):
        return words("form.above" if entry.above_low else "form.at_least", language, low=low)
    if math.isfinite(entry.high):
        return words("form.at_most_number", language, high=high)
    return words("form.number", language)
