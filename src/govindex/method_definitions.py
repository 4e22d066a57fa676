"""What the variables of a methodology are, in words: declared, or said by an indicator."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from govindex.contracts import BaseMeasure, BaseRule, completed
from govindex.display import ShownCell, ShownColumn, Table
from govindex.errors import Problems, near_miss
from govindex.language import languages, words
from govindex.measures import Value
from govindex.model.definitions import Definition
from govindex.model.framework import Framework
from govindex.model.labels import Names, as_names, in_language
from govindex.model.tree import Indicator, Node

__all__ = [
    "DefinedVariable",
    "declared_variables",
    "definition_problems",
    "definition_table",
    "definition_texts",
    "described_variables",
    "printed_maxima",
    "unread_problems",
]

_SHOWN = 12


@attrs.frozen
class DefinedVariable:
    """A variable that a methodology reads.

    Parameters
    ----------
    variable : str
    needed : bool
        Whether data must hold it.
    nodes : tuple of str
        The codes of the nodes that read it.
    definition : Definition, optional
        None if neither a definition nor an indicator says what it is.
    declared : bool
        Whether the methodology declares the definition.
    maximum : float, optional
        The largest number that may be entered, if an indicator's value is the variable.
    """

    variable: str
    needed: bool
    nodes: tuple[str, ...] = ()
    definition: Definition | None = None
    declared: bool = False
    maximum: float | None = None


def described_variables(
    forms: Iterable[tuple[Framework, Mapping[str, float]]],
    declared: Iterable[Definition],
    steps: Iterable[str] = (),
) -> dict[str, DefinedVariable]:
    """Return every variable of a methodology with its definition, in the order of the tree.

    Parameters
    ----------
    forms : iterable of (Framework, mapping of code to float)
        The frameworks, with the printed maximum of each node.
    declared : iterable of Definition
    steps : iterable of str
        The variables that preparation reads.
    """
    explicit = {name: definition for definition in declared for name in definition.variables}
    found: dict[str, DefinedVariable] = {}
    above: dict[str, tuple[Node, ...]] = {}
    for framework, maxima in forms:
        needed = set(framework.variables)
        for name, node in _read(framework):
            known = found.get(name, DefinedVariable(name, needed=False))
            found[name] = _with_reader(known, node, maxima[node.code], name in needed)
            above.setdefault(name, _upward(framework, node))
    for name in steps:
        known = found.get(name, DefinedVariable(name, needed=True))
        found[name] = attrs.evolve(known, needed=True)
    for name, definition in explicit.items():
        if name in found:
            found[name] = attrs.evolve(found[name], definition=definition, declared=True)
    return _distinguished(found, above)


def _upward(framework: Framework, node: Node) -> tuple[Node, ...]:
    """Return a node and all above it but the root."""
    path = [node]
    while (above := framework.parent(path[-1].code)) is not None:
        path.append(above)
    return tuple(path[:-1])


def _distinguished(
    found: Mapping[str, DefinedVariable], above: Mapping[str, tuple[Node, ...]]
) -> dict[str, DefinedVariable]:
    """Return the variables; a node above them distinguishes those with one name."""
    names = {name: v.definition.name for name, v in found.items() if v.definition is not None}
    composed = {name: dict(labels) for name, labels in names.items()}
    for language in dict.fromkeys(key for labels in names.values() for key in labels):
        alike: dict[str, list[str]] = {}
        for name, labels in names.items():
            alike.setdefault(labels.get(language, ""), []).append(name)
        for label, group in alike.items():
            if label and len(group) > 1:
                for name, word in _distinction(group, above, language).items():
                    composed[name][language] = f"{word}: {label}"
    return {
        name: variable
        if variable.definition is None
        else attrs.evolve(
            variable, definition=attrs.evolve(variable.definition, name=composed[name])
        )
        for name, variable in found.items()
    }


def _distinction(
    group: Sequence[str], above: Mapping[str, tuple[Node, ...]], language: str
) -> dict[str, str]:
    """Return the lowest nodes that differ between variables, else the variables' own names."""
    paths = [[node.label(language or None) for node in above.get(name, ())] for name in group]
    for labels in zip(*paths, strict=False):
        if len(set(labels)) == len(group):
            return dict(zip(group, labels, strict=True))
    return {name: name for name in group}


def _read(framework: Framework) -> Iterator[tuple[str, Node]]:
    """Yield each variable with each node that reads it, in the order of the tree."""
    for node in framework.nodes:
        if isinstance(node, Indicator):
            for name in dict.fromkeys((*node.measure.variables, *node.measure.optional)):
                yield name, node
    for node in framework.nodes:
        if isinstance(node.weight, str):
            yield node.weight, node


def _with_reader(
    known: DefinedVariable, node: Node, maximum: float, needed: bool
) -> DefinedVariable:
    name = known.variable
    read = attrs.evolve(
        known,
        needed=known.needed or needed,
        nodes=tuple(dict.fromkeys((*known.nodes, node.code))),
    )
    if node.weight == name:
        return read if known.definition else attrs.evolve(read, definition=_weight(name, node))
    if not isinstance(node, Indicator):
        return read
    if not _is_variable(node, name):
        return read
    # An indicator of the variable's code says best what it is.
    definition = known.definition if known.definition and node.code != name else _of(node, name)
    highest = _highest(node, maximum)
    largest = [x for x in (known.maximum, highest) if x is not None]
    return attrs.evolve(read, definition=definition, maximum=max(largest, default=None))


def _is_variable(leaf: Indicator, name: str) -> bool:
    """Return whether an indicator's value is a variable, codes for missing values apart."""
    measure = leaf.measure
    if isinstance(measure, Value):
        return measure.variable == name
    return completed(measure, BaseMeasure).variable_itself == name


def _of(leaf: Indicator, name: str) -> Definition | None:
    if not leaf.name:
        return None
    return Definition(
        (name,),
        leaf.name,
        measure_unit=leaf.measure_unit or (_points() if _is_points(leaf) else None),
        reference=leaf.reference or "",
        confidence=leaf.confidence or "",
    )


def _weight(name: str, node: Node) -> Definition:
    named = {lang: words("definition.weight", lang, name=node.label(lang)) for lang in languages()}
    return Definition((name,), named, confidence=node.confidence or "")


def _points() -> Names:
    return as_names({language: words("definition.points", language) for language in languages()})


def _is_points(leaf: Indicator) -> bool:
    rule = leaf.rule
    return rule is not None and completed(rule, BaseRule).spreadsheet_formula("x", "m") == "x"


def _highest(leaf: Indicator, maximum: float) -> float | None:
    if leaf.rule is None or leaf.weight == 0:
        return None
    high = completed(leaf.rule, BaseRule).entry(maximum).high
    return high if math.isfinite(high) else None


def printed_maxima(framework: Framework, plan: Any) -> dict[str, float]:
    """Return the printed maximum of each node, infinite where weights are in the data."""
    if any(isinstance(node.weight, str) for node in framework.nodes):
        return dict.fromkeys((node.code for node in framework.nodes), math.inf)
    return dict(zip(plan.codes, plan.maxima.tolist(), strict=True))


def definition_problems(method: Any) -> Iterator[str]:
    """Yield what is wrong with the declared definitions by themselves."""
    seen: set[str] = set()
    for definition in method.definitions:
        if not isinstance(definition, Definition):
            yield f"a definition is a Definition('variable', 'name', …), not {definition!r}"
            continue
        for name in definition.variables:
            if name in seen:
                yield f"the variable '{name}' is defined twice: leave one definition out"
            seen.add(name)


def unread_problems(
    definitions: Iterable[Definition], known: Iterable[str], problems: Problems
) -> None:
    """Note definitions of variables that a methodology does not read, by their path."""
    read = set(known)
    for index, definition in enumerate(definitions):
        for name in definition.variables:
            if name not in read:
                problems.add(
                    f"no indicator reads the variable '{name}': {near_miss(name, read)}",
                    path=f"definitions[{index}].variables",
                )


def declared_variables(described: Mapping[str, DefinedVariable]) -> list[DefinedVariable]:
    """Return the variables whose definition is declared."""
    return [variable for variable in described.values() if variable.declared]


def definition_texts(
    variable: DefinedVariable, language: str | None = None
) -> tuple[str, str, str, str, str]:
    """Return a variable, what it is, its measure unit, how sure that is, and a note, as texts."""
    definition = variable.definition
    if definition is None:
        return variable.variable, "", "", "", ""
    return (
        variable.variable,
        definition.label(language),
        in_language(definition.measure_unit, language, ""),
        definition.confidence,
        in_language(definition.note, language, ""),
    )


def definition_table(
    described: Mapping[str, DefinedVariable], language: str | None = None
) -> Table | None:
    """Return the definitions that are declared as a table, None if there are none."""
    rows = tuple(
        tuple(map(ShownCell, definition_texts(variable, language)[:4]))
        for variable in declared_variables(described)
    )
    if not rows:
        return None
    columns = ("variable", "name", "measure_unit", "confidence")
    titles = tuple(ShownColumn(words(f"definition.{name}", language)) for name in columns)
    more = words("display.more", language, count=len(rows) - _SHOWN) if len(rows) > _SHOWN else ""
    title = words("definition.title", language)
    return Table(titles, rows, caption=title, more=more, shown=min(_SHOWN, len(rows)))
