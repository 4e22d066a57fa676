"""Shapes of documents: one description that checks a document and makes its JSON Schema."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Protocol

import attrs

from govindex.checks import shown
from govindex.errors import Problems
from govindex.mappings import FrozenMap

__all__ = [
    "Checking",
    "Fields",
    "Flag",
    "Listed",
    "Number",
    "Open",
    "Path",
    "Plain",
    "Shape",
    "TableOf",
    "Text",
    "path_text",
]

Path = tuple[str | int, ...]
_PLAIN = frozenset({float, int, type(None)})


def path_text(path: Path) -> str:
    """Return a path as messages name it.

    Examples
    --------
    >>> path_text(("nodes", 3, "score", 5))
    'nodes[3].score[5]'
    """
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


@attrs.define
class Checking:
    """What a check found: problems, and fields that this version does not know.

    Parameters
    ----------
    problems : Problems
    unknown : dict of path to value
    """

    problems: Problems = attrs.field(factory=Problems)
    unknown: dict[Path, Any] = attrs.field(factory=dict)

    def wrong(self, path: Path, expected: str, value: Any) -> None:
        """Note a value of another kind."""
        where = path_text(path) or "document"
        cause = f"expected {expected}, not {shown(value)}"
        self.problems.add(cause, code="document.type", path=where)


class Shape(Protocol):
    """What a value of a document must be."""

    def schema(self) -> dict[str, Any]:
        """Return its JSON Schema."""

    def check(self, value: Any, path: Path, checking: Checking) -> None:
        """Note what is wrong with a value."""


def _with_null(schema: dict[str, Any], *, null: bool) -> dict[str, Any]:
    if not null:
        return schema
    if "enum" in schema:
        return {"enum": [*schema["enum"], None]}
    return {**schema, "type": [schema["type"], "null"]}


@attrs.frozen
class Text:
    """A text, one of some texts, or nothing."""

    one_of: tuple[str, ...] = ()
    null: bool = attrs.field(default=False, kw_only=True)

    def schema(self) -> dict[str, Any]:
        """Return its JSON Schema."""
        if len(self.one_of) == 1 and not self.null:
            return {"const": self.one_of[0]}
        plain = {"enum": list(self.one_of)} if self.one_of else {"type": "string"}
        return _with_null(plain, null=self.null)

    def check(self, value: Any, path: Path, checking: Checking) -> None:
        """Note anything but such a text."""
        if value is None and self.null:
            return
        if not isinstance(value, str):
            checking.wrong(path, "a text or null" if self.null else "a text", value)
        elif self.one_of and value not in self.one_of:
            known = ", ".join(f"'{text}'" for text in self.one_of)
            checking.wrong(path, f"one of {known}" if len(self.one_of) > 1 else known, value)


@attrs.frozen
class Number:
    """A finite number, or nothing; `texts` may stand for it."""

    null: bool = attrs.field(default=False, kw_only=True)
    whole: bool = attrs.field(default=False, kw_only=True)
    texts: tuple[str, ...] = attrs.field(default=(), kw_only=True)

    def schema(self) -> dict[str, Any]:
        """Return its JSON Schema."""
        kind: dict[str, Any] = {"type": "integer" if self.whole else "number"}
        plain = _with_null(kind, null=self.null)
        return {"anyOf": [plain, {"enum": list(self.texts)}]} if self.texts else plain

    def takes(self, value: Any) -> bool:
        """Return whether a value is such a number."""
        if value is None:
            return self.null
        if isinstance(value, str):
            return value in self.texts
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return False
        if isinstance(value, int):
            return abs(value) < 10**300
        return math.isfinite(value) and not (self.whole and not value.is_integer())

    def check(self, value: Any, path: Path, checking: Checking) -> None:
        """Note anything but such a number."""
        if not self.takes(value):
            kind = "a whole number" if self.whole else "a finite number"
            words = [kind, *(f"'{text}'" for text in self.texts), *(["null"] * self.null)]
            checking.wrong(path, " or ".join(words), value)


@attrs.frozen
class Flag:
    """True or false."""

    def schema(self) -> dict[str, Any]:
        """Return its JSON Schema."""
        return {"type": "boolean"}

    def check(self, value: Any, path: Path, checking: Checking) -> None:
        """Note anything else."""
        if not isinstance(value, bool):
            checking.wrong(path, "true or false", value)


@attrs.frozen
class Open:
    """Anything, or a table of anything; another reader checks it, or nobody."""

    table: bool = False
    described: FrozenMap[str, Any] = attrs.field(factory=FrozenMap)

    def schema(self) -> dict[str, Any]:
        """Return its JSON Schema."""
        return dict(self.described) or ({"type": "object"} if self.table else {})

    def check(self, value: Any, path: Path, checking: Checking) -> None:
        """Note anything but a table, if there must be one."""
        if self.table and not isinstance(value, dict):
            checking.wrong(path, "an object", value)


@attrs.frozen
class Plain:
    """A text, a finite number, true, false or nothing; or a list of them, if it may be one."""

    lists: bool = False

    def schema(self) -> dict[str, Any]:
        """Return its JSON Schema."""
        single = {"type": ["string", "number", "boolean", "null"]}
        return {"anyOf": [single, {"type": "array", "items": single}]} if self.lists else single

    def check(self, value: Any, path: Path, checking: Checking) -> None:
        """Note anything else."""
        every = value if self.lists and isinstance(value, list) else [value]
        number = Number(null=True)
        if not all(isinstance(item, (str, bool)) or number.takes(item) for item in every):
            checking.wrong(path, "a text, a finite number, true, false or null", value)


@attrs.frozen
class Listed:
    """A list of values of one shape."""

    of: Shape
    null: bool = attrs.field(default=False, kw_only=True)

    def schema(self) -> dict[str, Any]:
        """Return its JSON Schema."""
        return _with_null({"type": "array", "items": self.of.schema()}, null=self.null)

    def check(self, value: Any, path: Path, checking: Checking) -> None:
        """Note anything but a list, and what is wrong in it."""
        if value is None and self.null:
            return
        if not isinstance(value, list):
            checking.wrong(path, "a list or null" if self.null else "a list", value)
            return
        of = self.of
        if isinstance(of, Number) and _PLAIN.issuperset(map(type, value)):
            wrong = [i for i, item in enumerate(value) if not of.takes(item)]
            for index in wrong:
                of.check(value[index], (*path, index), checking)
            return
        for index, item in enumerate(value):
            of.check(item, (*path, index), checking)


@attrs.frozen
class TableOf:
    """A table from any name to values of one shape."""

    of: Shape

    def schema(self) -> dict[str, Any]:
        """Return its JSON Schema."""
        return {"type": "object", "additionalProperties": self.of.schema()}

    def check(self, value: Any, path: Path, checking: Checking) -> None:
        """Note anything but a table, and what is wrong in it."""
        if not isinstance(value, dict):
            checking.wrong(path, "an object", value)
            return
        for name, item in value.items():
            self.of.check(item, (*path, str(name)), checking)


@attrs.frozen
class Fields:
    """A table with fields; those in `optional` may be left out, others are kept unread."""

    required: Mapping[str, Shape]
    optional: Mapping[str, Shape] = FrozenMap()
    null: bool = attrs.field(default=False, kw_only=True)

    def schema(self) -> dict[str, Any]:
        """Return its JSON Schema; fields of later versions are allowed."""
        every = {**self.required, **self.optional}
        plain = {
            "type": "object",
            "properties": {name: shape.schema() for name, shape in every.items()},
            "required": list(self.required),
        }
        return _with_null(plain, null=self.null)

    def check(self, value: Any, path: Path, checking: Checking) -> None:
        """Note missing fields, what is wrong in others, and unknown ones."""
        if value is None and self.null:
            return
        if not isinstance(value, dict):
            checking.wrong(path, "an object", value)
            return
        for name in self.required:
            if name not in value:
                where = path_text((*path, name))
                checking.problems.add("is missing", code="document.missing", path=where)
        for name, item in value.items():
            shape = self.required.get(name) or self.optional.get(name)
            if shape is None:
                checking.unknown[(*path, str(name))] = item
            else:
                shape.check(item, (*path, name), checking)
