"""Methodologies as Python code that makes them again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import attrs
import numpy as np

from govindex import prepare
from govindex.absence import Absence, as_absence
from govindex.errors import FrameworkError
from govindex.methods import Methodology, Source
from govindex.model.definitions import Definition
from govindex.model.framework import Framework
from govindex.model.labels import as_names
from govindex.model.tree import Dimension, Indicator, View
from govindex.parts import family_of, is_default, kinds
from govindex.ranking import Band, Bands, Ranking
from govindex.rounding import Levels, Rounding
from govindex.rules import Chain

__all__ = ["expression", "python_code"]

_WIDTH = 100
_INDENT = 4
_OF_THE_ROOT = (
    *(Absence, Band, Bands, Definition, Dimension, Framework, Indicator, Levels, Methodology),
    *(Ranking, Rounding, Source, View),
)
# Settings that are written also at their defaults.
_DECLARED = {
    *((Framework, name) for name in ("aggregate", "absence")),
    *((Methodology, name) for name in ("scale", "ranking")),
}


def python_code(method: Methodology) -> str:
    """Return the code that makes a methodology, setting by setting.

    Settings at their defaults are left out, but for those that decide scores as a whole.

    Raises
    ------
    FrameworkError
        If the methodology holds a function, or a class from outside govindex.
    """
    return f"import govindex as gi\n\nmethod = {expression(method, before=len('method = '))}\n"


def expression(value: Any, *, before: int = 0) -> str:
    """Return the expression that makes a part, which stands after some letters in its line.

    Examples
    --------
    >>> from govindex.rules import Goalposts
    >>> expression(Goalposts(worst=0, best=10))
    'gi.rules.Goalposts(worst=0, best=10)'
    """
    return _written(value, 0, before)


@attrs.frozen
class _SourceCall:
    """What opens and closes an expression, and the items between, each with what precedes it."""

    opens: str
    items: tuple[tuple[str, Any], ...]
    closes: str


def _written(value: Any, indent: int, before: int) -> str:
    """Return an expression: on one line if that is short enough, else an item a line."""
    line = _on_one_line(value)
    if indent + before + len(line) < _WIDTH:
        return line
    call = _parsed(value)
    if isinstance(call, str) or not call.items:
        return line
    inner, margin = " " * (indent + _INDENT), " " * indent
    lines = [
        f"{inner}{name}{_written(item, indent + _INDENT, len(name) + 1)},"
        for name, item in call.items
    ]
    return "\n".join([call.opens, *lines, margin + call.closes])


def _on_one_line(value: Any) -> str:
    call = _parsed(value)
    if isinstance(call, str):
        return call
    inside = ", ".join(name + _on_one_line(item) for name, item in call.items)
    return f"{call.opens}{inside}{call.closes}"


def _parsed(value: Any) -> str | _SourceCall:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return f'float("{value}")'
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if value is None or isinstance(value, (bool, int, float)):
        return repr(value)
    if isinstance(value, Absence) and value == as_absence(value.missing):
        value = value.missing
    if isinstance(value, Mapping):
        pairs = [(f"{_on_one_line(key)}: ", item) for key, item in value.items()]
        return _SourceCall("{", tuple(pairs), "}")
    if isinstance(value, (tuple, list)):
        return _SourceCall("[", tuple(("", item) for item in value), "]")
    name = _public_name(type(value))
    if name is None:
        raise FrameworkError(
            f"code is written of what govindex offers, not of {value!r}: keep the methodology as "
            "an object"
        )
    return _SourceCall(f"gi.{name}(", tuple(_arguments(value)), ")")


def _public_name(cls: type) -> str | None:
    if cls in _OF_THE_ROOT:
        return cls.__name__
    if cls in kinds(prepare).values():
        return f"prepare.{cls.__name__}"
    family = family_of(cls)
    return None if family is None else f"{family.__name__.rpartition('.')[2]}.{cls.__name__}"


def _arguments(part: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(part, Chain):
        yield from (("", rule) for rule in part.rules)
        return
    by_position = True
    for field in sorted(attrs.fields(type(part)), key=lambda field: field.kw_only):
        value = getattr(part, field.name)
        if not field.init:
            continue
        declared = (type(part), field.name) in _DECLARED
        if not declared and is_default(field, part, value):
            by_position = False
            continue
        # A name in one language, without saying which, is a text.
        named = field.converter is as_names and isinstance(value, Mapping) and set(value) == {""}
        prefix = "" if by_position and not field.kw_only else f"{field.alias}="
        yield prefix, value[""] if named else value
