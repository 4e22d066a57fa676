"""Parts and nodes as short texts: the settings that differ from their defaults."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import attrs

__all__ = ["node_text", "part_text"]

_WIDTH = 88
_CHILDREN = 8


def part_text(part: Any) -> str:
    """Return a part as the call that makes it, without the settings that are at their defaults.

    Parameters
    ----------
    part : object
        A rule, an aggregator, a rounding …; one with a representation written by hand keeps it.

    Examples
    --------
    >>> @attrs.frozen
    ... class Line:
    ...     slope: float
    ...     intercept: float = 0.0
    >>> part_text(Line(2.0)), part_text((Line(2.0, 1.0),))
    ('Line(slope=2.0)', '(Line(slope=2.0, intercept=1.0),)')
    """
    if isinstance(part, tuple):
        inside = ", ".join(map(part_text, part))
        return f"({inside},)" if len(part) == 1 else f"({inside})"
    if isinstance(part, type) or not attrs.has(type(part)) or not _is_generated(type(part)):
        return repr(part)
    return f"{type(part).__name__}({', '.join(_settings(part, {}))})"


def node_text(node: Any, children: tuple[str, ...] = ()) -> str:
    """Return a node as the call that makes it, on a few lines; its children by their codes.

    Parameters
    ----------
    node : Indicator, Dimension or View
    children : tuple of str
        The codes of its children.
    """
    shown = ", ".join(map(repr, children[:_CHILDREN]))
    if len(children) > _CHILDREN:
        shown += f", … {len(children)} in all"
    given = {"children": f"[{shown}]"} if children else {}
    settings = [repr(node.code), *_settings(node, given, left_out=("code",))]
    lines = [f"{type(node).__name__}({settings[0]}"]
    for setting in settings[1:]:  # no line ends inside a setting
        if len(lines[-1]) + len(setting) + 3 <= _WIDTH:
            lines[-1] += f", {setting}"
        else:
            lines[-1] += ","
            lines.append(f"    {setting}")
    return "\n".join(lines) + ")"


def _is_generated(kind: type) -> bool:
    """Return whether attrs wrote the representation of a class."""
    code = getattr(kind.__repr__, "__code__", None)
    return code is not None and code.co_filename.startswith("<attrs generated")


def _settings(part: Any, given: Mapping[str, str], left_out: tuple[str, ...] = ()) -> list[str]:
    fields = [field for field in attrs.fields(type(part)) if field.repr and field.init]
    order = sorted(fields, key=lambda field: field.kw_only)  # stable: as a call lists them
    texts = []
    for field in order:
        value = getattr(part, field.name)
        if field.name in left_out or _is_default(part, field, value):
            continue
        texts.append(f"{field.alias}={given.get(field.name) or part_text(value)}")
    return texts


def _is_default(part: Any, field: Any, value: Any) -> bool:
    default = field.default
    if default is attrs.NOTHING:
        return False
    if isinstance(default, attrs.Factory):  # type: ignore[arg-type]
        default = default.factory(part) if default.takes_self else default.factory()
    if field.converter is not None and callable(field.converter):
        with suppress(TypeError, ValueError):
            default = field.converter(default)
    try:
        return type(value) is type(default) and bool(value == default)
    except ValueError:  # arrays
        return False
