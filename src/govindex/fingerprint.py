"""Hashes of content: of everything that decides scores, without labels.

A part enters by its kind and its settings as documents name them, never by names of Python.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import ModuleType
from typing import Any

import attrs

from govindex import absence, aggregate, impute, measures, prepare, rules, treat
from govindex.canonical import Walk
from govindex.contracts import BasePolicy, completed
from govindex.errors import FrameworkError
from govindex.model.framework import Framework
from govindex.model.tree import Dimension, Indicator, View
from govindex.parts import RECORDS
from govindex.ranking import Band
from govindex.rounding import Levels

__all__ = ["digest"]

# Settings of a node that decide no score.
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
_FAMILIES: dict[str, ModuleType] = {
    "absence": absence,
    "aggregate": aggregate,
    "fill": impute,
    "measure": measures,
    "rule": rules,
    "step": prepare,
    "treatment": treat,
}
_NODES: dict[type, str] = {Dimension: "dimension", Indicator: "indicator"}
# Settings that may be inherited: they count where they are in force, not where declared.
_IN_FORCE = frozenset({"absence", "aggregate", "weight", "children"})


def digest(content: Mapping[str, Any]) -> str:
    """Return the hash of parts, numbers and texts by name, in any order.

    Raises
    ------
    FrameworkError
        If something has no canonical form: an object that is neither data nor a function with a
        readable source.
    """
    import hashlib
    import json

    plain = {name: Walk(_special).of(part) for name, part in content.items()}
    text = json.dumps(plain, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _special(part: Any, walk: Walk) -> Any:
    """Return the canonical form of nodes and parts of documents, else None."""
    if isinstance(part, Framework):
        return {"kind": "framework", **_framework(part, walk)}
    if type(part) is View:
        return {"kind": "view", **walk.fields(part, _is_label)}
    kind = None if isinstance(part, type) else _kinds().get(type(part))
    return None if kind is None else {"kind": kind, **walk.fields(part)}


@lru_cache(maxsize=1)
def _kinds() -> dict[type, str]:
    """Return the kind of every part of documents and families."""
    kinds: dict[type, str] = {absence.Absence: "absence", Levels: "levels", Band: "band"}
    kinds |= {cls: name for name, cls in RECORDS.items()}
    for family, module in _FAMILIES.items():
        for name in module.__all__:
            cls = getattr(module, name)
            if attrs.has(cls):
                kinds.setdefault(cls, f"{family}.{name}")
    return kinds


def _is_label(name: str) -> bool:
    return name in _LABELS


def _framework(framework: Framework, walk: Walk) -> dict[str, Any]:
    """Return the canonical form of a framework: the settings in force at each node."""

    def node(part: Indicator | Dimension) -> dict[str, Any]:
        try:
            content = {"kind": _NODES[type(part)], **_node(framework, part, walk)}
        except FrameworkError as error:
            raise FrameworkError(f"'{part.code}': {error}") from error
        if isinstance(part, Dimension):
            content["children"] = [node(c) for c in sorted(part.children, key=lambda c: c.code)]
        return content

    # A selection may go by labels: the nodes that it finds decide.
    views = sorted(framework.views, key=lambda view: view.code)
    seen = [attrs.evolve(v, of=sorted(framework.seen_by(v)), where={}) for v in views]
    return {"root": node(framework.root), "views": [walk.of(view) for view in seen]}


def _node(framework: Framework, part: Indicator | Dimension, walk: Walk) -> dict[str, Any]:
    """Return the canonical form of a node without its children."""
    content = walk.fields(part, lambda name: name in _LABELS or name in _IN_FORCE)
    policy = framework._policy_for if isinstance(part, Indicator) else framework.policy
    weight = walk.of(framework.weight(part.code))
    content["absence"] = walk.of(policy(part.code))
    # Canonical numbers are texts: a variable must differ from them.
    content["weight"] = {"variable": weight} if isinstance(part.weight, str) else weight
    if isinstance(part, Dimension):
        content["aggregate"] = walk.of(framework.aggregator(part.code))
        if _sees_order(framework, part):
            content["order"] = [walk.of(child.code) for child in part.children]
    return content


def _sees_order(framework: Framework, branch: Dimension) -> bool:
    """Return whether a policy of a child sees all children in the order of the tree."""
    pairs = [framework._policy_for(child.code).policies for child in branch.children]
    return any(completed(policy, BasePolicy).sees_all for both in pairs for policy in both)
