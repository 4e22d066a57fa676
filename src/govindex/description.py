"""Descriptions as tables: the nodes of a framework, the variables of a methodology."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from govindex.checks import instance_of
from govindex.errors import FrameworkError
from govindex.methods import Methodology
from govindex.model.framework import Framework
from govindex.model.labels import in_language
from govindex.model.tree import Indicator

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["describe", "describe_variables"]


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


def describe_variables(method: Methodology, *, language: str | None = None) -> pd.DataFrame:
    """Return every variable that a methodology reads as a table: what each figure is.

    A variable is described by its definition, or by the indicator whose value it is.

    Parameters
    ----------
    method : Methodology
    language : str, optional
        Of names and measure units.

    Returns
    -------
    DataFrame
        A row per variable, in the order of the tree: name (blank if nothing says what it is),
        measure unit, maximum (the largest number that may be entered, missing without one), the
        nodes that read it, whether data must hold it, the reference and confidence of its
        definition, and a note on it.

    Examples
    --------
    >>> import govindex as gi
    >>> table = describe_variables(gi.methodology("vn.service-766"), language="en")
    >>> table.loc["3.3.a", ["name", "measure_unit", "nodes"]].to_list()
    ['Dossiers submitted online', 'dossiers', '3.3']
    """
    import pandas as pd

    if language is not None:
        instance_of(language, str, "language")
    rows = []
    for variable in instance_of(method, Methodology, "method")._variables.values():
        made = variable.definition
        rows.append(
            {
                "variable": variable.variable,
                "name": "" if made is None else made.label(language),
                "measure_unit": ""
                if made is None
                else in_language(made.measure_unit, language, ""),
                "maximum": variable.maximum,
                "nodes": ", ".join(variable.nodes),
                "needed": variable.needed,
                "reference": "" if made is None else made.reference,
                "confidence": "" if made is None else made.confidence,
                "note": "" if made is None else in_language(made.note, language, ""),
            }
        )
    columns = ["variable", "name", "measure_unit", "maximum", "nodes", "needed"]
    columns += ["reference", "confidence", "note"]
    frame = pd.DataFrame(rows, columns=columns).set_index("variable")
    return frame.astype({"maximum": float, "needed": bool})


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
