"""The JSON Schema of methodology documents, generated from the model, for editors.

An editor that knows the schema completes the names of kinds and settings and underlines errors.
Only :func:`~govindex.load_methodology` checks the whole tree: that codes exist and points add
up.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Any, Literal, Union, get_args, get_origin

import attrs

from govindex import absence, impute, prepare, treat
from govindex.contracts import (
    AbsencePolicy,
    Aggregator,
    GapFill,
    Measure,
    Rounder,
    Rule,
    Settled,
    Treatment,
)
from govindex.errors import Document
from govindex.methods import Methodology, Source
from govindex.model.definitions import Definition
from govindex.model.labels import Names
from govindex.model.tree import Dimension, Indicator, View
from govindex.parts import FAMILIES, RECORDS, hints, is_function, kinds
from govindex.ranking import Band
from govindex.rounding import Levels
from govindex.toml import FORMAT

__all__ = ["methodology_schema"]

_FAMILIES = {**FAMILIES, "policy": absence, "fill": impute, "treatment": treat, "step": prepare}
_RECORDS: dict[str, type] = {
    **RECORDS,
    "levels": Levels,
    "band": Band,
    "definition": Definition,
    "source": Source,
}
_PARTS: dict[Any, str] = {
    Rule: "rule",
    Measure: "measure",
    Aggregator: "aggregate",
    AbsencePolicy: "policy",
    absence.Absence: "absence",
    Rounder: "rounding",
    GapFill: "fill",
    Treatment: "treatment",
    Settled: "treatment",
    **{cls: name for name, cls in _RECORDS.items()},
}
_NAMES = {
    "anyOf": [{"type": "string"}, {"type": "object", "additionalProperties": {"type": "string"}}]
}
_TEXTS = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}


def methodology_schema() -> Document:
    """Return the schema of methodology documents (JSON Schema, draft 2020-12).

    Examples
    --------
    >>> methodology_schema()["properties"]["format"]
    {'const': 1}
    """
    document = _object(Methodology, {"framework", "steps"})
    document["properties"] = {
        "format": {"const": FORMAT},
        **document["properties"],
        "rounding": _ref("levels"),
        "display": _TEXTS,
        "definitions": {"type": "array", "items": _ref("definition")},
        "sources": {"type": "array", "items": _ref("source")},
        "steps": {"type": "array", "items": _ref("step")},
        "nodes": {"type": "array", "items": _ref("node"), "minItems": 1},
        "views": {"type": "array", "items": _ref("view")},
        "forms": {"type": "array", "items": _ref("form")},
    }
    document["required"] = ["format", "id", "version", "nodes"]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "govindex methodology",
        **document,
        "$defs": _definitions(),
    }


def _definitions() -> dict[str, Any]:
    schemas: dict[str, Any] = {}
    for name, family in _FAMILIES.items():
        variants = [_part(kind, cls) for kind, cls in kinds(family).items()]
        bare = [kind for kind, cls in kinds(family).items() if not _required(cls)]
        alone = {"type": "string"} if name == "measure" else {"enum": bare}
        schemas[name] = {"anyOf": [alone, *variants]}
    each = dict.fromkeys(("missing", "not_applicable", "suppressed"), _ref("policy"))
    by_status = {"type": "object", "properties": each, "additionalProperties": False}
    schemas["absence"] = {"anyOf": [_ref("policy"), by_status]}
    for name, cls in _RECORDS.items():
        schemas[name] = _object(cls, set())
    schemas["ranking"]["properties"]["tie_break"] = _TEXTS
    schemas["definition"]["properties"]["variables"] = _TEXTS
    schemas["bands"]["properties"]["bands"] = {
        "type": "array",
        "items": _ref("band"),
        "minItems": 1,
    }
    indicator, dimension = _object(Indicator, set()), _object(Dimension, {"children"})
    node = {**indicator["properties"], **dimension["properties"], "parent": {"type": "string"}}
    schemas["node"] = {**indicator, "properties": node, "required": ["code"]}
    schemas["view"] = _object(View, set())
    schemas["view"]["properties"] |= {"of": _TEXTS, "where": {"type": "object"}}
    schemas["view"]["properties"]["weights"] = {
        "type": "object",
        "additionalProperties": {"type": "number", "minimum": 0},
    }
    lists = {
        "nodes": {"type": "array", "items": _ref("node"), "minItems": 1},
        "views": {"type": "array", "items": _ref("view")},
    }
    schemas["form"] = {
        "type": "object",
        "properties": {"type": {"type": "string"}, **lists},
        "required": ["type", "nodes"],
        "additionalProperties": False,
    }
    return schemas


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/$defs/{name}"}


def _required(cls: type) -> list[str]:
    return [f.name for f in attrs.fields(cls) if f.init and f.default is attrs.NOTHING]


def _object(cls: type, skip: set[str]) -> dict[str, Any]:
    properties = {
        field.name: _typed(hints(cls).get(field.name))
        for field in attrs.fields(cls)
        if field.init and field.name not in skip and not is_function(hints(cls).get(field.name))
    }
    required = [name for name in _required(cls) if name not in skip]
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _part(kind: str, cls: type) -> dict[str, Any]:
    part = _object(cls, set())
    part["properties"] = {"kind": {"const": kind}, **part["properties"]}
    part["required"] = ["kind", *part["required"]]
    return part


def _typed(hint: Any) -> dict[str, Any]:
    """Return the schema of a declared type; a type without a plain form allows anything."""
    plain: dict[Any, dict[str, Any]] = {
        bool: {"type": "boolean"},
        int: {"type": "integer"},
        float: {"type": "number"},
        str: {"type": "string"},
    }
    if hint in plain:
        return plain[hint]
    if hint == Names:
        return _NAMES
    if hint in _PARTS:
        return _ref(_PARTS[hint])
    origin, options = get_origin(hint), get_args(hint)
    if origin is Literal:
        return {"enum": list(options)}
    if origin in (Union, types.UnionType):
        known = [_typed(option) for option in options if option is not type(None)]
        return known[0] if len(known) == 1 else {"anyOf": known}
    if origin is tuple and options[-1:] == (Ellipsis,):
        items = {"type": "array", "items": _typed(options[0])}
        # A list of one measure or number may be written without the list, pairs as a look-up table.
        single = [_typed(options[0])] if options[0] in (Measure, float, str) else []
        pairs = [{"type": "object"}] if get_origin(options[0]) is tuple else []
        return {"anyOf": [items, *single, *pairs]} if single or pairs else items
    if origin is tuple:
        return {
            "type": "array",
            "prefixItems": [_typed(option) for option in options],
            "minItems": len(options),
            "maxItems": len(options),
        }
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {"type": ["object", "array"]}
    return {}
