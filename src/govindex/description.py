"""The description of a framework as a table: one row per node."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from govindex.checks import instance_of
from govindex.errors import FrameworkError
from govindex.model.framework import Framework
from govindex.model.tree import Indicator

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["describe"]


def describe(framework: Framework, *, language: str | None = None) -> pd.DataFrame:
    """Return the nodes of a framework as a table.

    Parameters
    ----------
    framework : Framework
    language : str, optional
        Of the nodes' names.

    Returns
    -------
    DataFrame
        A row per node, views last: tier (0 for the root), name, weight among its siblings (points
        under a sum), percent of the whole, `made` (its measure or aggregator), its rule, the
        variables it reads, its direction and measure unit, and the sources of its definition.

    Examples
    --------
    >>> import govindex as gi
    >>> table = describe(gi.methodology("vn.service-766").framework, language="en")
    >>> table.loc["3.1", ["name", "rule", "variables"]].to_list()
    ['Procedures offered online', 'Proportional(target=80)', '3.1.a, 3.1.b']
    """
    import pandas as pd

    percents = _percents(instance_of(framework, Framework, "framework"))
    rows = []
    for node in (*framework.nodes, *framework.views):
        made: Any = node.measure if isinstance(node, Indicator) else framework.aggregator(node.code)
        rows.append(
            {
                "node": node.code,
                "tier": framework.depth(node.code),
                "name": node.label(language),
                "weight": framework.weight(node.code),
                "percent": percents.get(node.code),
                "made": _part_text(made),
                "rule": "" if node.rule is None else _part_text(node.rule),
                "variables": ", ".join(made.variables) if isinstance(node, Indicator) else "",
                "direction": getattr(node, "direction", ""),
                "measure_unit": getattr(node, "measure_unit", ""),
                "data_source": node.data_source or "",
                "confidence": node.confidence or "",
                "reference": node.reference or "",
            }
        )
    return pd.DataFrame(rows).set_index("node")


def _percents(framework: Framework) -> Mapping[str, float]:
    try:
        return {code: 100 * part for code, part in framework.effective_weights.items()}
    except FrameworkError:  # weights that are variables differ from unit to unit
        return {}


def _part_text(part: Any) -> str:
    from govindex.parts import plain

    try:
        return _plain_text(plain(part))
    except FrameworkError:  # a user's own part has no document form
        return repr(part)


def _plain_text(value: Any) -> str:
    if isinstance(value, Mapping) and "kind" in value:
        settings = ", ".join(f"{k}={_plain_text(v)}" for k, v in value.items() if k != "kind")
        return f"{value['kind']}({settings})"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_plain_text(item)}" for key, item in value.items())
    if isinstance(value, list):
        return "[" + ", ".join(_plain_text(item) for item in value) + "]"
    return f"{value:g}" if isinstance(value, float) else str(value)
