"""What was understood of a rubric, as text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from govindex.errors import Problem, grouped
from govindex.model.framework import Framework
from govindex.model.tree import Dimension, Indicator, Node

__all__ = ["rubric_text"]

_WIDTH = 100
_NAME = 66
_REMARKS = 20


class _Understood(Protocol):
    """What is shown of a rubric; the fields are those of :class:`~govindex.workbooks.Rubric`."""

    @property
    def framework(self) -> Framework: ...
    @property
    def problems(self) -> tuple[Problem, ...]: ...
    @property
    def remarks(self) -> tuple[str, ...]: ...
    @property
    def file(self) -> str: ...
    @property
    def sheet(self) -> str: ...
    @property
    def titles(self) -> tuple[str, ...]: ...
    @property
    def header(self) -> tuple[int, ...]: ...
    @property
    def columns(self) -> Mapping[str, tuple[str, str]]: ...
    @property
    def skipped(self) -> tuple[tuple[int, str, str], ...]: ...


def rubric_text(rubric: _Understood) -> str:
    """Return header, columns, tree with maxima, rows that were skipped, remarks and problems."""
    where = f"'{rubric.file}'" + (f", sheet '{rubric.sheet}'" if rubric.sheet else "")
    parts = [
        [f"Rubric in {where}"],
        _section("Titles", rubric.titles),
        _section(f"Header: {_rows(rubric)}", _columns(rubric)),
        _section(_summary(rubric), _tree(rubric)),
        _section("Rows that are not part of it", _skipped(rubric)),
        _section("Read as", _grouped(rubric.remarks)),
        _section("Problems", grouped(rubric.problems) or ["none found"]),
    ]
    return "\n\n".join("\n".join(lines) for lines in parts if lines)


def _section(title: str, lines: Iterable[str]) -> list[str]:
    texts = list(lines)
    return [title, *(f"  {text}" for text in texts)] if texts else []


def _rows(rubric: _Understood) -> str:
    return f"row{'s' * (len(rubric.header) > 1)} {' and '.join(map(str, rubric.header))}"


def _columns(rubric: _Understood) -> Iterator[str]:
    for letters, (role, title) in rubric.columns.items():
        yield f"{letters}  {role}: '{title}'" if title else f"{letters}  {role}"


def _summary(rubric: _Understood) -> str:
    framework = rubric.framework
    leaves, fields = len(framework.leaf_codes), len(framework.children)
    points = framework.weight(framework.code)
    return f"Tree: {leaves} criteria in {fields} fields, {points:g} points"


def _tree(rubric: _Understood) -> Iterator[str]:
    lines = list(_nodes(rubric, rubric.framework.children, 0))
    width = max((len(text) for text, _ in lines), default=0)
    for text, points in lines:
        yield f"{text:<{width}}  {points}".rstrip()


def _nodes(rubric: _Understood, nodes: tuple[Node, ...], depth: int) -> Iterator[tuple[str, str]]:
    for node in nodes:
        name = textwrap.shorten(node.label(), _NAME - 2 * depth, placeholder="…")
        points = f"{float(rubric.framework.weight(node.code)):>6g}"
        if isinstance(node, Indicator) and node.data_source:
            points += f"  {node.data_source}"
        if node.outside_maximum:
            points += "  outside the maximum"
        yield f"{'  ' * depth}{node.code}  {name}", points
        if isinstance(node, Dimension):
            yield from _nodes(rubric, node.children, depth + 1)


def _skipped(rubric: _Understood) -> Iterator[str]:
    for row, reason, text in rubric.skipped:
        yield textwrap.shorten(f"row {row} ({reason}): {text}", _WIDTH, placeholder="…")


def _grouped(remarks: tuple[str, ...]) -> list[str]:
    """Return one line for the remarks of one kind."""
    problems = [text for text in remarks if isinstance(text, Problem)]
    plain = [str(text) for text in remarks if not isinstance(text, Problem)]
    lines = [*plain, *grouped(problems)]
    more = [f"… and {len(lines) - _REMARKS} more"] if len(lines) > _REMARKS else []
    return [*lines[:_REMARKS], *more]
