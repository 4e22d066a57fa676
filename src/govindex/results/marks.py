"""Marks of a result's figures, and the reasons why units have no score."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from govindex.contracts import ABSENT, CellStatus
from govindex.language import words
from govindex.model.node_weights import leaf_weights
from govindex.results.node_scores import NodeScores
from govindex.statuses import counted, in_words, status_word

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["legend", "letters_at", "mark_rows", "status_counts", "unscored_reasons"]

_KINDS = ("fallen_back", "imputed", "treated", "missing", "not_applicable", "suppressed")


def mark_rows(
    result: NodeScores, names: Mapping[str, str], language: str | None
) -> list[tuple[Any, ...]]:
    """Return unit, name, node, status, value and raw value of every marked figure."""
    leaves = [leaf.code for leaf in result.framework.leaves if leaf.code in result.codes]
    leaf_rows = [result.row_of(code) for code in leaves]
    marked = (result.status[leaf_rows] != CellStatus.REPORTED) | result.treated[leaf_rows]
    rows = []
    for unit, leaf in np.argwhere(marked.T):
        row, code = leaf_rows[leaf], result.units.codes[unit]
        treated = bool(result.treated[row, unit])
        text = in_words(result.status[row, unit], treated=treated, language=language)
        figures = float(result.values[row, unit]), float(result.raw_values[row, unit])
        rows.append((code, names[code], leaves[leaf], text, *figures))
    return rows


def status_counts(result: NodeScores, top: str, *, by: str) -> pd.DataFrame:
    """Count the indicators below a node by status, or add up their weight, unit by unit."""
    import pandas as pd

    count = len(result.units)
    if by == "weight":
        weights = leaf_weights(result.framework, top, result.observations, count)
    else:
        weights = {leaf.code: np.ones(count) for leaf in result.framework.below(top)}
    weights = {leaf: weight for leaf, weight in weights.items() if leaf in result.codes}
    status = {leaf: result.status[result.row_of(leaf)] for leaf in weights}
    masks = {leaf: result.treated[result.row_of(leaf)] for leaf in weights}
    columns = counted(status, masks, weights)
    index = pd.Index(result.units.codes, name="unit")
    zeros = np.zeros(count)
    return pd.DataFrame({name: column + zeros for name, column in columns.items()}, index)


def unscored_reasons(result: NodeScores, language: str | None) -> dict[str, str]:
    """Return why units have no total: the methodology's reason, or the absent indicators."""
    framework, root = result.framework, result.codes[0]
    leaves = [
        (result.row_of(leaf.code), leaf.code)
        for leaf in framework.leaves
        if leaf.code in result.codes and framework.is_scored(leaf.code)
    ]
    reasons = {}
    for unit in np.flatnonzero(np.isnan(result._share(0))):
        absent = {kind: [c for i, c in leaves if result.status[i, unit] == kind] for kind in ABSENT}
        reason = "; ".join(
            f"{status_word(kind, language)}: {', '.join(codes)}"
            for kind, codes in absent.items()
            if codes
        )
        code = result.units.codes[unit]
        reasons[code] = result.reasons.get((code, root), reason)
    return reasons


def letters_at(
    counts_of: Callable[[str], pd.DataFrame],
    codes: Iterable[str],
    units: Sequence[str],
    language: str | None,
) -> dict[str, list[str]]:
    """Return the letters of the marks below each node, "" without one, unit by unit.

    Parameters
    ----------
    counts_of : callable
        Returns the counts of statuses below a node, as ``result.status_counts`` does.
    codes : iterable of str
        The nodes.
    units : sequence of str
        The codes of all units.
    language : str, optional
    """
    letters = {kind: words(f"mark.letter.{kind}", language) for kind in _KINDS}
    found = {}
    for code in codes:
        counts = counts_of(code).reindex(list(units), fill_value=0)
        marked = {kind: counts[kind].to_numpy() > 0 for kind in _KINDS}
        found[code] = [
            "".join(letters[kind] for kind in _KINDS if marked[kind][row])
            for row in range(len(units))
        ]
    return found


def legend(letters: Iterable[str], language: str | None) -> str:
    """Return what letters mean, "" without any."""
    used = set("".join(letters))
    meanings = []
    for kind in _KINDS:
        sign = words(f"mark.letter.{kind}", language)
        if sign in used:
            meaning = words(f"status.{kind}", language)
            meanings.append(words("mark.meaning", language, sign=sign, meaning=meaning))
    return words("mark.legend", language, meanings=", ".join(meanings)) if meanings else ""
