"""Hashes of content: what decides scores counts, what is said about it does not.

A part counts by its kind and its settings as documents name them, never by names of Python.
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
# What may be inherited: it counts where it is in force, wherever it was said.
_IN_FORCE = frozenset({"absence", "aggregate", "weight", "children"})


def digest(content: Mapping[str, Any]) -> str:
    """Return the hash of parts, numbers and texts by name, in whatever order.

    Raises
    ------
    FrameworkError
        If something has no canonical form: an object that is neither data nor a function whose
        source can be read.
    """
    import hashlib
    import json

    plain = {name: Walk(_special).of(part) for name, part in content.items()}
    text = json.dumps(plain, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _special(part: Any, walk: Walk) -> Any:
    """Return what nodes and the parts of documents mean, None of anything else."""
    if isinstance(part, Framework):
        return {"kind": "framework", **_framework(part, walk)}
    if type(part) is View:
        return {"kind": "view", **walk.fields(part, _is_label)}
    kind = None if isinstance(part, type) else _kinds().get(type(part))
    return None if kind is None else {"kind": kind, **walk.fields(part)}


@lru_cache(maxsize=1)
def _kinds() -> dict[type, str]:
    """Return the kind of every part that documents or the families offer."""
    found: dict[type, str] = {absence.Absence: "absence", Levels: "levels", Band: "band"}
    found |= {cls: name for name, cls in RECORDS.items()}
    for family, module in _FAMILIES.items():
        for name in module.__all__:
            cls = getattr(module, name)
            if attrs.has(cls):
                found.setdefault(cls, f"{family}.{name}")
    return found


def _is_label(name: str) -> bool:
    return name in _LABELS


def _framework(framework: Framework, walk: Walk) -> dict[str, Any]:
    """Return what a framework means: what is in force at each node, not where it was said."""

    def node(part: Indicator | Dimension) -> dict[str, Any]:
        try:
            found = {"kind": _NODES[type(part)], **_node(framework, part, walk)}
        except FrameworkError as error:
            raise FrameworkError(f"'{part.code}': {error}") from error
        if isinstance(part, Dimension):
            found["children"] = [node(c) for c in sorted(part.children, key=lambda c: c.code)]
        return found

    # A selection may ask for labels: what it finds decides, not how it was asked for.
    views = sorted(framework.views, key=lambda view: view.code)
    seen = [attrs.evolve(v, of=sorted(framework.seen_by(v)), where={}) for v in views]
    return {"root": node(framework.root), "views": [walk.of(view) for view in seen]}


def _node(framework: Framework, part: Indicator | Dimension, walk: Walk) -> dict[str, Any]:
    """Return what a node means without its children."""
    found = walk.fields(part, lambda name: name in _LABELS or name in _IN_FORCE)
    policy = framework.policy_for if isinstance(part, Indicator) else framework.policy
    weight = walk.of(framework.weight(part.code))
    found["absence"] = walk.of(policy(part.code))
    # A number is written as a text too: a variable's name is told from it.
    found["weight"] = {"variable": weight} if isinstance(part.weight, str) else weight
    if isinstance(part, Dimension):
        found["aggregate"] = walk.of(framework.aggregator(part.code))
        if _sees_order(framework, part):
            found["order"] = [walk.of(child.code) for child in part.children]
    return found


def _sees_order(framework: Framework, branch: Dimension) -> bool:
    """Tell whether a policy of a child is given all children in the order of the tree."""
    pairs = [framework.policy_for(child.code).policies for child in branch.children]
    return any(completed(policy, BasePolicy).sees_all for both in pairs for policy in both)
