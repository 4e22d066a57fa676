"""What was understood of a rubric, as text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from govindex.errors import Problem
from govindex.language import number_text, words
from govindex.language.catalogues import catalogue
from govindex.model.framework import Framework
from govindex.model.tree import Dimension, Indicator, Node
from govindex.workbooks.problem_texts import problem_text

__all__ = ["rubric_text"]

_WIDTH = 100
_NAME = 66
_REMARKS = 20
_CELLS = 3
_REASONS = ("header", "numbers", "hidden", "hidden_text", "above", "unnumbered", "below")


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


def rubric_text(rubric: _Understood, language: str | None = None) -> str:
    """Return header, columns, tree with maxima, rows that were skipped, remarks and problems."""
    return _RubricText(rubric, language).whole()


class _RubricText:
    """The text of one rubric in one language."""

    def __init__(self, rubric: _Understood, language: str | None) -> None:
        self.rubric, self.language = rubric, language

    def whole(self) -> str:
        """Return all sections that hold anything."""
        problems = self.listed(self.rubric.problems) or [self.say("rubric.no_problems")]
        remarks = self.listed(self.rubric.remarks)
        if len(remarks) > _REMARKS:
            more = self.say("rubric.more", count=self.number(len(remarks) - _REMARKS))
            remarks = [*remarks[:_REMARKS], more]
        parts = [
            [self.where()],
            _section(self.say("rubric.titles"), self.rubric.titles),
            _section(self.header(), self.columns()),
            _section(self.summary(), self.tree()),
            _section(self.say("rubric.skipped_rows"), self.skipped()),
            _section(self.say("rubric.remarks"), remarks),
            _section(self.say("rubric.problems"), problems),
        ]
        return "\n\n".join("\n".join(lines) for lines in parts if lines)

    def say(self, key: str, **values: object) -> str:
        return words(key, self.language, **values)

    def number(self, value: float) -> str:
        return number_text(value, self.language)

    def where(self) -> str:
        file, sheet = self.rubric.file, self.rubric.sheet
        if not sheet:
            return self.say("rubric.file", file=file)
        return self.say("rubric.sheet", file=file, sheet=sheet)

    def header(self) -> str:
        rows = self.rubric.header
        key = "rubric.headers" if len(rows) > 1 else "rubric.header"
        return self.say(key, rows=", ".join(map(str, rows)))

    def columns(self) -> Iterator[str]:
        for letters, (role, title) in self.rubric.columns.items():
            what = self.role(role)
            if title:
                yield self.say("rubric.column", column=letters, role=what, title=title)
            else:
                yield f"{letters}  {what}"

    def role(self, role: str) -> str:
        """Return what a column holds: "maximum (survey)", "name (vi)"."""
        name, _, part = role.partition(" (")
        what = self.say(f"rubric.role.{name}")
        return f"{what} ({self.source(part.removesuffix(')'))})" if part else what

    def source(self, source: str) -> str:
        """Return where points come from; what the sheet itself names stays as it is."""
        known = f"rubric.points.{source}" in catalogue("en")
        return self.say(f"rubric.points.{source}") if known else source

    def summary(self) -> str:
        framework = self.rubric.framework
        return self.say(
            "rubric.summary",
            criteria=self.number(len(framework.leaf_codes)),
            fields=self.number(len(framework.children)),
            points=self.number(float(framework.weight(framework.code))),
        )

    def tree(self) -> Iterator[str]:
        lines = list(self.nodes(self.rubric.framework.children, 0))
        width = max((len(text) for text, _ in lines), default=0)
        for text, points in lines:
            yield f"{text:<{width}}  {points}".rstrip()

    def nodes(self, nodes: tuple[Node, ...], depth: int) -> Iterator[tuple[str, str]]:
        for node in nodes:
            label = node.label(self.language)
            name = textwrap.shorten(label, _NAME - 2 * depth, placeholder="…")
            points = f"{self.number(float(self.rubric.framework.weight(node.code))):>6}"
            if isinstance(node, Indicator) and node.data_source:
                points += f"  {self.source(node.data_source)}"
            if node.outside_maximum:
                points += f"  {self.say('rubric.outside')}"
            yield f"{'  ' * depth}{node.code}  {name}", points
            if isinstance(node, Dimension):
                yield from self.nodes(node.children, depth + 1)

    def skipped(self) -> Iterator[str]:
        for row, reason, text in self.rubric.skipped:
            why = self.reason(reason)
            line = self.say("rubric.skipped_row", row=row, reason=why, text=text)
            yield textwrap.shorten(line, _WIDTH, placeholder="…")

    def reason(self, reason: str) -> str:
        """Return why a row was skipped: its English words are those of the catalogue."""
        for name in _REASONS:
            if words(f"rubric.skipped.{name}") == reason:
                return self.say(f"rubric.skipped.{name}")
        return reason

    def listed(self, problems: Iterable[str]) -> list[str]:
        """Return one line for the problems or remarks of one cause, with their first cells."""
        groups: dict[tuple[str, str], list[Problem]] = {}
        for problem in problems:
            found = problem if isinstance(problem, Problem) else Problem(problem)
            groups.setdefault(found.kind, []).append(found)
        return [self.line(group) for group in groups.values()]

    def line(self, group: list[Problem]) -> str:
        text = problem_text(group[0], self.language)
        cells = [problem.cell for problem in group if problem.cell]
        if not cells:
            return text
        if len(cells) == 1:
            return self.say("rubric.at_cell", cell=cells[0], text=text)
        key = "rubric.at_many" if len(cells) > _CELLS else "rubric.at_cells"
        count, shown = self.number(len(cells)), ", ".join(cells[:_CELLS])
        return self.say(key, count=count, cells=shown, text=text)


def _section(title: str, lines: Iterable[str]) -> list[str]:
    texts = list(lines)
    return [title, *(f"  {text}" for text in texts)] if texts else []
