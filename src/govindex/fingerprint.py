"""Hashes of content: what decides scores counts, what is said about it does not."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import CodeType, FunctionType
from typing import Any

import attrs
import numpy as np

from govindex.errors import FrameworkError
from govindex.model.framework import Framework
from govindex.model.tree import Dimension, Indicator, View

__all__ = ["digest"]

# What is said about a node but decides no score.
_LABELS = frozenset(
    {
        "name",
        "title",
        "sources",
        "notes",
        "reference",
        "confidence",
        "evidence",
        "measure_unit",
        "data_source",
    }
)


def digest(content: Mapping[str, Any]) -> str:
    """Return the hash of parts, numbers and texts by name, in whatever order.

    Raises
    ------
    FrameworkError
        If something has no canonical form: an object that is neither data nor a named function.
    """
    import hashlib
    import json

    plain = {name: _canonical(part) for name, part in content.items()}
    text = json.dumps(plain, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _canonical(part: Any) -> Any:
    if part is None or isinstance(part, (bool, str)):
        return part
    if isinstance(part, (int, float, np.number)):
        return repr(float(part) + 0.0)  # equal numbers alike: -0.0 is 0.0
    if isinstance(part, Mapping):
        pairs = [[_canonical_key(key), _canonical(value)] for key, value in part.items()]
        return {"map": sorted(pairs, key=lambda pair: str(pair[0]))}
    if isinstance(part, (tuple, list)):
        return [_canonical(item) for item in part]
    if isinstance(part, np.ndarray):
        return _canonical(part.tolist())
    if attrs.has(type(part)):
        return {_kind(type(part)): _canonical_fields(part)}
    if isinstance(part, partial):
        return {"partial": [_canonical(p) for p in (part.func, part.args, part.keywords)]}
    name = getattr(part, "__qualname__", repr(part))
    if isinstance(part, FunctionType) and "<" in name:
        return {"function": _body(part)}
    if callable(part) and " at 0x" not in name:
        return f"{getattr(part, '__module__', '')}.{name}"
    raise FrameworkError(f"{part!r} has no canonical form: use attrs classes for parts")


def _canonical_key(key: Any) -> Any:
    # The answer "1" is not the answer 1.
    return key if isinstance(key, str) else [_canonical(key)]


def _body(function: FunctionType) -> list[Any]:
    # A function without a name of its own counts by what it does: by its compiled code, which
    # another version of Python may compile otherwise.
    code = function.__code__
    inside = [cell.cell_contents for cell in function.__closure__ or ()]
    constants = [
        item if not isinstance(item, CodeType) else item.co_code.hex() for item in code.co_consts
    ]
    given = [function.__defaults__ or (), function.__kwdefaults__ or {}, inside]
    return [code.co_code.hex(), _canonical(constants), list(code.co_names), _canonical(given)]


def _canonical_fields(part: Any) -> dict[str, Any]:
    is_node = isinstance(part, (Indicator, Dimension, View, Framework))
    fields = {
        field.name: _canonical(getattr(part, field.name))
        for field in attrs.fields(type(part))
        if field.init and not (is_node and field.name in {*_LABELS, "children", "views"})
        if not _has_its_default(part, field)
    }
    if isinstance(fields.get("weight"), str) and isinstance(part.weight, str):
        fields["weight"] = {"variable": part.weight}
    if isinstance(part, (Dimension, Framework)):
        children = sorted(part.children, key=lambda child: child.code)
        fields["children"] = [_canonical(child) for child in children]
    if isinstance(part, Framework):
        # A selection may ask for labels: what it finds decides, not how it was asked for.
        views = sorted(part.views, key=lambda view: view.code)
        found = [attrs.evolve(v, of=sorted(part.seen_by(v)), where={}) for v in views]
        fields["views"] = [_canonical(view) for view in found]
    return fields


def _has_its_default(part: Any, field: attrs.Attribute[Any]) -> bool:
    # A setting that a later release adds must leave the fingerprints of released editions alone.
    default: Any = field.default
    if isinstance(default, attrs.Factory):  # type: ignore[arg-type]
        if default.takes_self:
            return False
        default = default.factory()
    if default is attrs.NOTHING:
        return False
    return bool(_canonical(getattr(part, field.name)) == _canonical(default))


def _kind(kind: type) -> str:
    own = kind.__module__.partition(".")[0] == "govindex"
    return kind.__qualname__ if own else f"{kind.__module__}.{kind.__qualname__}"
