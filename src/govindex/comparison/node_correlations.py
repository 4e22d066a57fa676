"""Versions of an index compared at all their nodes at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from govindex.comparison.comparisons import compare
from govindex.results import IndexResult

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["compare_nodes"]

_COUNTS = ("units", "rescored", "changed")
_SIZES = ("mean_shift", "largest_shift", "pearson", "spearman", "kendall")


def compare_nodes(
    results: Mapping[str, IndexResult], *, base: str | None = None, language: str | None = None
) -> pd.DataFrame:
    """Compare versions of an index at every node that they share with the base.

    Parameters
    ----------
    results : mapping of str to IndexResult
        As in :func:`compare`.
    base : str, optional
        The version that shifts are counted from; by default the first.
    language : str, optional
        Of the names of nodes.

    Returns
    -------
    DataFrame
        A row per node of the base and other version that has it: node, name, version, and of its
        comparison with the base units, rescored, changed, mean_shift and largest_shift (ranks),
        pearson of the scores, spearman and kendall of the ranks. Nodes without a unit that both
        versions score have no correlation.

    Raises
    ------
    DataError, UnknownNameError
        As :func:`compare`.

    Examples
    --------
    >>> import govindex as gi
    >>> method = gi.methodology("vn.service-766").cut()
    >>> data = gi.datasets.load("vn.service-766.provinces-2026-10-10")
    >>> versions = {"all": method.compute(data), "without 1": method.without("1").compute(data)}
    >>> table = compare_nodes(versions).set_index("node")
    >>> table.loc[["766", "2"], "spearman"].round(3).to_dict()
    {'766': 0.722, '2': 1.0}
    """
    import pandas as pd

    compare(results, base=base)  # checks versions, units and leagues
    base = next(iter(results)) if base is None else base
    first = results[base]
    rows = []
    for code in first.codes:
        is_total = code == first.codes[0]
        others = [n for n, r in results.items() if n != base and (is_total or code in r.codes)]
        if not others:
            continue
        chosen = {name: results[name] for name in (base, *others)}
        summary = compare(chosen, None if is_total else code, base=base).summary
        for name in others:
            found = {column: summary.loc[name, column] for column in (*_COUNTS, *_SIZES)}
            label = first.node(code).label(language)
            rows.append({"node": code, "name": label, "version": name, **found})
    frame = pd.DataFrame(rows, columns=["node", "name", "version", *_COUNTS, *_SIZES])
    return frame.astype(dict.fromkeys(_COUNTS, int))
