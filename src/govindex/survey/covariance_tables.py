"""Tables of covariances between the items of a domain → arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from govindex.contracts import Float
from govindex.errors import DataError, Problems, near_miss
from govindex.frames import column_texts, open_table, require_columns
from govindex.survey.columns import numbers

__all__ = ["read_covariances"]

_UNUSABLE = "The covariances cannot be used"


def read_covariances(
    frame: Any, names: tuple[tuple[str, ...], ...], columns: tuple[str, str], se: Float
) -> Float:
    """Return covariances, shape (domains, items, items), NaN where they are not known.

    Parameters
    ----------
    frame : data frame
        One row for each pair: the two `columns`, ``other`` and ``covariance``.
    names : (domains, items)
    columns : (str, str)
        Those of domains and items.
    se : array, shape (domains, items)

    Raises
    ------
    DataError
        With every row that names what does not exist, repeats a pair with another number, or
        contradicts the errors.
    """
    table, problems = open_table(frame), Problems()
    require_columns(table, [*columns, "other", "covariance"], problems)
    problems.raise_any(DataError, _UNUSABLE)
    domains, items = names
    texts = [column_texts(table, name) for name in (*columns, "other")]
    values = numbers(table, "covariance", problems, blank=True)
    problems.raise_any(DataError, _UNUSABLE)
    assert values is not None
    found = np.full((len(domains), len(items), len(items)), np.nan)
    every = np.arange(len(items))
    found[:, every, every] = se**2
    known = (domains, items, items)
    for row, (key, value) in enumerate(zip(zip(*texts, strict=True), values, strict=True), 1):
        cell = _located(key, known, (*columns, "other"), row, problems)
        if cell is None or np.isnan(value):
            continue
        domain, one, other = cell
        before = found[cell]
        about = {"unit": key[0], "variable": key[1], "row": row}
        if not np.isnan(before) and not np.isclose(before, value, rtol=1e-6, atol=0.0):
            known_as = "the squared error" if one == other else "another row"
            cause = f"the covariance with '{key[2]}' is {value:g}, by {known_as} {before:g}"
            problems.add(cause, code="survey.covariance", **about)
        elif abs(value) > se[domain, one] * se[domain, other] * (1 + 1e-6):
            cause = f"the covariance with '{key[2]}' is {value:g}, more than its errors allow"
            problems.add(cause, code="survey.covariance", **about)
        elif one != other:
            found[domain, one, other] = found[domain, other, one] = value
    problems.raise_any(DataError, _UNUSABLE)
    return found


def _located(
    key: tuple[str | None, ...],
    known: tuple[tuple[str, ...], ...],
    columns: tuple[str, ...],
    row: int,
    problems: Problems,
) -> tuple[int, ...] | None:
    """Return the cell of a row, None with a problem if there is no such domain or item."""
    cell = []
    for text, names, column in zip(key, known, columns, strict=True):
        if text in names:
            cell.append(names.index(text))
            continue
        what = "is blank" if text is None else f"names '{text}', which has no estimate"
        cure = "" if text is None else near_miss(text, names)
        problems.add(f"column '{column}' {what}", code="survey.unknown", row=row, cure=cure)
    return None if len(cell) < len(key) else tuple(cell)
