"""Ranks as texts and columns of tables."""

from __future__ import annotations

from typing import Any

import numpy as np

from govindex.contracts import Float

__all__ = ["as_ranks", "rank_labels"]


def rank_labels(ranks: Float) -> list[str]:
    """Return ranks as text, "=12" where several units share one.

    Examples
    --------
    >>> rank_labels(np.array([1.0, 2.0, 2.0, np.nan]))
    ['1', '=2', '=2', '']
    """
    values, index, counts = np.unique(ranks, return_inverse=True, return_counts=True)
    texts = ["" if value != value else f"{value:.15g}" for value in values.tolist()]
    shared = [
        f"={text}" if count > 1 and text else text
        for text, count in zip(texts, counts.tolist(), strict=True)
    ]
    return [shared[i] for i in index.tolist()]


def as_ranks(ranks: Float) -> Any:
    """Return ranks as whole numbers if all of them are, missing without a rank.

    Examples
    --------
    >>> as_ranks(np.array([1.0, 2.0, np.nan]))
    <IntegerArray>
    [1, 2, <NA>]
    Length: 3, dtype: Int64
    """
    import pandas as pd

    absent = np.isnan(ranks)
    known = np.where(absent, 1.0, ranks)
    if np.any(known % 1.0):
        return pd.arrays.FloatingArray(known, absent)
    return pd.arrays.IntegerArray(known.astype(np.int64), absent)
