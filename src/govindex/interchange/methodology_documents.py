"""Methodologies in documents: whole, or what can be said of one that computes by code."""

from __future__ import annotations

from typing import Any

import attrs

from govindex import prepare
from govindex.errors import DataError, FrameworkError, Problems
from govindex.interchange.shapes import Fields, Flag, Listed, Open, Text
from govindex.interchange.stand_ins import MethodologyElsewhere, code_text, described, stand_in
from govindex.mappings import FrozenMap
from govindex.methods import Methodology
from govindex.model.framework import Framework
from govindex.model.tree import Dimension, Indicator, View
from govindex.node_tables import read_framework
from govindex.parts import kinds, plain, plain_table
from govindex.schema import methodology_schema
from govindex.toml import dumps, loads

__all__ = ["framework_document", "methodology_document", "methodology_shape", "read_framework_of"]
__all__ += ["read_methodology"]

_PARTS = ("rule", "measure", "aggregate", "absence", "rounding")


def methodology_shape() -> Fields:
    """Return the shape of the methodology in the document of a result."""
    whole = methodology_schema()
    inside = FrozenMap({key: whole[key] for key in ("type", "properties", "required")})
    return Fields(
        {"id": Text(), "version": Text(), "fingerprint": Text(), "recomputable": Flag()},
        {"document": Open(table=True, described=inside), "opaque": Listed(Text())},
    )


def methodology_document(method: Any, origin: Any) -> dict[str, Any]:
    """Return id, version and fingerprint, and the whole methodology if a document can hold it.

    Parameters
    ----------
    method : methodology or None
        Of the result, if it was kept.
    origin : Provenance
    """
    identity = {
        "id": origin.methodology,
        "version": origin.version,
        "fingerprint": origin.fingerprint,
    }
    if isinstance(method, MethodologyElsewhere):
        return {**identity, "recomputable": False, "opaque": list(method.opaque)}
    if method is None:
        reason = "the methodology was not kept with the result"
        return {**identity, "recomputable": False, "opaque": [reason]}
    if not isinstance(method, Methodology):
        reason = f"{type(method).__name__} computes by its own code"
        return {**identity, "recomputable": False, "opaque": [reason]}
    try:
        whole = _parsed(method)
    except FrameworkError:
        return {**identity, "recomputable": False, "opaque": _opaque_parts(method)}
    return {**identity, "recomputable": True, "document": whole}


def _parsed(method: Methodology) -> Any:
    import json

    return json.loads(dumps(method, json=True))


def _opaque_parts(method: Methodology) -> list[str]:
    """Return the parts that a document cannot hold, with their nodes."""
    found = []
    for framework in method.frameworks:
        for node in (*framework.nodes, *framework.views):
            found += [f"{node.code}: {code_text(part)}" for part in _code_of(node).values()]
    offered = set(kinds(prepare).values())
    found += [f"step: {code_text(step)}" for step in method.steps if type(step) not in offered]
    return list(dict.fromkeys(found)) or [f"{type(method).__name__} computes by its own code"]


def _code_of(node: Any) -> dict[str, Any]:
    """Return the parts of a node that are code."""
    code = {}
    for name in _PARTS:
        part = getattr(node, name, None)
        try:
            if part is not None:
                plain(part)
        except FrameworkError:
            code[name] = part
    return code


def framework_document(framework: Framework) -> dict[str, Any]:
    """Return a framework as lists of nodes and views; parts that are code are described."""
    rows = []
    for node in framework.nodes:
        above = framework.parent(node.code)
        index = {"code": node.code} | ({} if above is None else {"parent": above.code})
        rows.append(index | _node_table(node, frozenset({"children", "code"})))
    views = [_node_table(view, frozenset()) for view in framework.views]
    return {"nodes": rows, "views": views}


def _node_table(node: Any, skip: frozenset[str]) -> dict[str, Any]:
    code = _code_of(node)
    descriptions = {name: described(name, part) for name, part in code.items()}
    return plain_table(node, skip | frozenset(code)) | descriptions


def read_methodology(document: dict[str, Any]) -> Methodology | None:
    """Return the methodology of a document, None if it computes by code.

    Raises
    ------
    FrameworkError
        With every problem, as :func:`~govindex.load_methodology` finds them.
    """
    import json

    if not document["recomputable"]:
        return None
    if "document" not in document:
        raise DataError(
            "the document says that its methodology can be computed, but does not hold it: "
            "methodology.document is missing"
        )
    return loads(json.dumps(document["document"]), name="methodology.json")


def read_framework_of(document: dict[str, Any]) -> Framework:
    """Return the framework of nodes and views, with stand-ins for parts that are code."""
    problems = Problems()
    said: dict[str, dict[str, Any]] = {}
    nodes = [_without_code(table, said) for table in document["nodes"]]
    views = [_without_code(table, said) for table in document.get("views", [])]
    framework = read_framework(nodes, views, "framework.", problems)
    problems.raise_any(FrameworkError, "The framework in the document is not well formed")
    assert framework is not None
    if not said:
        return framework

    def changed(node: Any) -> Any:
        parts = {name: stand_in(name, about) for name, about in said.get(node.code, {}).items()}
        if isinstance(node, Dimension) or not isinstance(node, (Indicator, View)):
            parts["children"] = tuple(changed(child) for child in node.children)
        return attrs.evolve(node, **parts)

    whole: Framework = changed(framework)
    return attrs.evolve(whole, views=tuple(changed(view) for view in framework.views))


def _without_code(table: dict[str, Any], said: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return a node's table with parts that a reader takes, and note those that are code."""
    code = {n: p for n, p in table.items() if n in _PARTS and isinstance(p, dict) and "opaque" in p}
    if code:
        said[str(table.get("code"))] = code
    rule = {"rule": "Identity"} if "rule" in code else {}
    return {name: part for name, part in table.items() if name not in code} | rule
