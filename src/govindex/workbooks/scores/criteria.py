"""The criteria of a rubric, found by their numbers and checked by their names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from typing import Any

import attrs
import numpy as np

from govindex.contracts import BaseMeasure, BaseRule, completed
from govindex.mappings import FrozenMap
from govindex.model.framework import Framework
from govindex.model.labels import as_names
from govindex.model.tree import Indicator, Node
from govindex.workbooks.scores.wordings import is_total, look, names_key, number_key

__all__ = ["Criteria", "Criterion", "Match", "criteria_of"]

_NUMBERED = re.compile(r"\s*((?:[IVXLC]+|\d+(?:\.\d+)*|[^\W\d_])[.):]?)\s+(\S.*)", re.DOTALL)


@attrs.frozen
class Criterion:
    """A node of the rubric, or a variable of one, that a sheet may have a line for.

    Parameters
    ----------
    code : str
        The node's code, or the variable's name.
    label : str
    names : tuple of str
        All names of the node; none for a variable.
    parent : str or None
    variable : str or None
        What its cells are read as; None for a branch.
    maximum : float or None
        In points; None if the rubric is not a sum of points.
    low, high : float
        The least and the largest value that the rule takes.
    answers : tuple of str or float
        The answers that the rule takes, () if it takes numbers.
    codes : frozenset of float
        Numbers that mean missing in this variable.
    source : str
        The data source, "" if none is declared.
    """

    code: str
    label: str
    names: tuple[str, ...] = ()
    parent: str | None = None
    variable: str | None = None
    maximum: float | None = None
    low: float = -np.inf
    high: float = np.inf
    answers: tuple[str | float, ...] = ()
    codes: frozenset[float] = frozenset()
    source: str = ""


@attrs.frozen
class Match:
    """What a line of a sheet was found to be.

    Parameters
    ----------
    criterion : Criterion or None
    problem : str
        The code of what is wrong, "" if nothing is.
    expected : str
        What would have been right, or the candidates.
    """

    criterion: Criterion | None
    problem: str = ""
    expected: str = ""


@attrs.frozen(slots=False)
class Criteria:
    """Every criterion of a rubric, by code, by number and by name."""

    framework: Framework
    every: tuple[Criterion, ...]
    aliases: Mapping[str, str] = attrs.field(factory=FrozenMap)
    _numbered: dict[Any, list[str]] = attrs.field(factory=dict, init=False, repr=False, eq=False)
    _named: dict[str, list[str]] = attrs.field(factory=dict, init=False, repr=False, eq=False)

    @cached_property
    def by_code(self) -> dict[str, Criterion]:
        """The criteria by code."""
        return {criterion.code: criterion for criterion in self.every}

    @cached_property
    def leaves(self) -> tuple[Criterion, ...]:
        """The criteria whose cells are scores, in the rubric's order."""
        return tuple(criterion for criterion in self.every if criterion.variable is not None)

    @cached_property
    def sources(self) -> frozenset[str]:
        """The data sources of the indicators."""
        return frozenset(criterion.source for criterion in self.leaves) - {""}

    def of_source(self, criterion: Criterion, source: str) -> Criterion | None:
        """Return what a row holds for a data source: itself, or its part from that source."""
        if criterion.variable is not None:
            return criterion if criterion.source == source else None
        parts = [c for c in self.leaves if c.parent == criterion.code and c.source == source]
        return parts[0] if len(parts) == 1 and self._is_split(criterion) else None

    def _is_split(self, criterion: Criterion) -> bool:
        """Return whether a criterion is made of its points from several data sources."""
        parts = [c for c in self.every if c.parent == criterion.code]
        return all(part.code == f"{criterion.code}.{part.source}" for part in parts)

    @cached_property
    def answers(self) -> frozenset[str]:
        """The looks of all answers that are texts."""
        return frozenset(look(a) for c in self.every for a in c.answers if isinstance(a, str))

    @cached_property
    def _by_number(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for criterion in self.every:
            found.setdefault(number_key(criterion.code), []).append(criterion.code)
        return found

    @cached_property
    def _by_tail(self) -> dict[str, list[str]]:
        """Criteria by the part of the code that follows the parent's: "1" of "I.1"."""
        found: dict[str, list[str]] = {}
        for criterion in self.every:
            head = f"{criterion.parent}."
            if criterion.parent and criterion.code.startswith(head):
                tail = number_key(criterion.code.removeprefix(head))
                found.setdefault(tail, []).append(criterion.code)
        return found

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for criterion in self.every:
            for name in dict.fromkeys(map(names_key, criterion.names)):
                found.setdefault(name, []).append(criterion.code)
        return found

    @cached_property
    def _also(self) -> dict[str, str]:
        known = self.by_code
        return {names_key(text): code for text, code in self.aliases.items() if code in known}

    def numbered(self, value: Any, number_format: str = "") -> list[str]:
        """Return the codes that have the number in a cell."""
        return [
            c for key in number_keys(value, number_format) for c in self._by_number.get(key, ())
        ]

    def named(self, value: Any) -> list[str]:
        """Return the codes that have the name in a cell, its number before it or not."""
        if not isinstance(value, str):
            return []
        if value not in self._named:
            self._named[value] = self._named_by(value)
        return self._named[value]

    def _named_by(self, value: str) -> list[str]:
        key = names_key(value)
        found = self._by_name.get(key, [])
        if key in self._also:
            return [self._also[key]]
        if not found and (parts := _NUMBERED.fullmatch(value)):
            named = self._by_name.get(names_key(parts[2]), [])
            return [c for c in named if c in self._candidates(number_key(parts[1]))] or named
        return found

    def _candidates(self, key: str) -> list[str]:
        return [*self._by_number.get(key, ()), *self._by_tail.get(key, ())]

    def match(self, number: Any, number_format: str, name: str, within: tuple[str, ...]) -> Match:
        """Return the criterion of a line by its number and its name.

        Parameters
        ----------
        number : any
            The value of the cell that holds the running number, None if it is blank.
        number_format : str
        name : str
            "" if it is blank.
        within : tuple of str
            The branches around the line before, the nearest first.
        """
        parts = _NUMBERED.fullmatch(name) if number is None else None
        if parts and not self._by_name.get(names_key(name)) and names_key(name) not in self._also:
            number, name = parts[1], parts[2]
        if names_key(name) in self._also:
            return Match(self.by_code[self._also[names_key(name)]])
        keys = number_keys(number, number_format)
        number = number if keys else None  # a bullet
        sure = [code for key in keys[:1] for code in self._by_number.get(key, ())]
        maybe = [code for key in keys for code in self._candidates(key)]
        if not name:
            found = sure or [c for c in maybe if self.by_code[c].parent in within]
            return self._single(list(dict.fromkeys(found)), within)
        named = self._by_name.get(names_key(name), [])
        both = [code for code in dict.fromkeys([*sure, *maybe]) if code in named]
        if both:
            return self._single(both, within)
        if number is None:
            return self._single(named, within)
        nameless = [code for code in sure if not self.by_code[code].names]
        if nameless:
            return self._single(nameless, within)
        return self._mismatch(sure or maybe, named)

    def _mismatch(self, numbered: list[str], named: list[str]) -> Match:
        """Return what is wrong with a line whose number and name do not belong together."""
        if named:
            return Match(None, "criterion.other_number", self._listed(named))
        if numbered:
            return Match(None, "criterion.other_name", self._listed(numbered))
        return Match(None, "criterion.unknown")

    def _single(self, codes: list[str], within: tuple[str, ...]) -> Match:
        if len(codes) > 1:
            near = [code for code in codes if self.by_code[code].parent in within]
            codes = near if len(near) == 1 else codes
        if len(codes) == 1:
            return Match(self.by_code[codes[0]])
        if codes:
            return Match(None, "criterion.ambiguous", self._listed(codes))
        return Match(None, "criterion.unknown")

    def _listed(self, codes: Iterable[str]) -> str:
        return ", ".join(
            f"{code} {self.by_code[code].label}".strip() for code in dict.fromkeys(codes)
        )

    def total(self, name: str) -> Criterion | None:
        """Return the branch whose sum a line is: the root, or the branch named after "Cộng"."""
        if is_total(name):
            return self.by_code[self.framework.code]
        words = name.split()
        for count in (1, 2):
            if len(words) > count and is_total(" ".join(words[:count])):
                rest = " ".join(words[count:])
                codes = [*self._by_number.get(number_key(rest), ()), *self.named(rest)]
                if len(set(codes)) == 1:
                    return self.by_code[codes[0]]
        return None

    def around(self, criterion: Criterion) -> tuple[str, ...]:
        """Return a criterion and the branches above it, the nearest first."""
        codes = [criterion.code]
        while (above := self.by_code[codes[-1]].parent) is not None:
            codes.append(above)
        return tuple(codes)


def number_keys(value: Any, number_format: str = "") -> list[str]:
    """Return what a running number may be as text, the likeliest first.

    A spreadsheet program stores 1.10 as 1.1, and 1.1 or 1.1.1 as a date.

    Examples
    --------
    >>> number_keys(1.1), number_keys(1.1, "0.00"), number_keys("1.10.")
    (['1.1', '1.10'], ['1.10', '1.1'], ['1.10'])
    """
    if isinstance(value, str):
        return [key] if (key := number_key(value)) else []
    if isinstance(value, bool):
        return []
    if isinstance(value, float):
        if value.is_integer():
            return [str(int(value))]
        text = repr(value)
        longer = [f"{text}0"] if len(text.partition(".")[2]) == 1 else []
        keys = [text, *longer]
        return keys[::-1] if number_format.endswith(".00") else keys
    if isinstance(value, date):
        day, month, year = value.day, value.month, value.year % 100
        pairs = [f"{day}.{month}", f"{month}.{day}"]
        return [*(f"{pair}.{year}" for pair in pairs), *pairs]
    return []


def criteria_of(
    framework: Framework,
    maxima: Mapping[str, float],
    aliases: Mapping[str, str],
    *,
    in_points: bool,
) -> Criteria:
    """Return the criteria of a framework.

    Parameters
    ----------
    framework : Framework
    maxima : mapping of code to float
        What a share of 1 is printed as, of the nodes for which that is known.
    aliases : mapping of str to str
        Texts of sheets, each with the code of its criterion.
    in_points : bool
        Whether those are the maxima that sheets state.
    """
    every = [_criterion(framework, node, maxima, in_points) for node in framework.nodes]
    known = {criterion.code for criterion in every} | {c.variable for c in every}
    others = (*framework.variables, *framework.optional_variables)
    every += [
        Criterion(name, "", variable=name, codes=_codes(framework, name))
        for name in others
        if name not in known
    ]
    return Criteria(framework, tuple(every), aliases)


def _codes(framework: Framework, variable: str) -> frozenset[float]:
    return frozenset(code for codes in framework._missing_codes.get(variable, ()) for code in codes)


def _criterion(
    framework: Framework, node: Node, maxima: Mapping[str, float], in_points: bool
) -> Criterion:
    names = as_names(node.name)
    parent = framework.parent(node.code)
    about: dict[str, Any] = {
        "code": node.code,
        "label": node.label() if node.name else "",
        "names": tuple(dict.fromkeys(names.values())) if names else (),
        "parent": None if parent is None else parent.code,
        "maximum": maxima.get(node.code) if in_points else None,
        "source": node.data_source or "",
    }
    if isinstance(node, Indicator):
        about |= _of_leaf(framework, node, maxima)
    return Criterion(**about)


def _of_leaf(framework: Framework, leaf: Indicator, maxima: Mapping[str, float]) -> dict[str, Any]:
    measure = completed(leaf.measure, BaseMeasure)
    variable = measure.variable_itself
    if variable is None:
        names = leaf.measure.variables
        return {"variable": names[0] if len(names) == 1 else None}
    rule = completed(leaf.rule, BaseRule) if leaf.rule is not None else None
    about: dict[str, Any] = {"variable": variable, "codes": _codes(framework, variable)}
    if rule is None:
        return about
    if rule.reads_answers and measure.passes_answers:
        return {**about, "answers": rule.answers}
    maximum = maxima.get(leaf.code)
    curve = rule.curve(np.inf if maximum is None else maximum)
    return {**about, "low": curve.low, "high": curve.high}
