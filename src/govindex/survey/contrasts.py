"""Differences between estimates, with their errors and tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from govindex.contracts import Float
from govindex.survey.intervals import quantiles

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["difference_table", "joint_freedom"]


def difference_table(
    items: Sequence[str], difference: Float, se: Float, df: Float, level: float
) -> pd.DataFrame:
    """Return differences with errors, intervals and two-sided tests, a row per item."""
    import pandas as pd
    from scipy import special

    reach = quantiles(df, level) * se
    with np.errstate(invalid="ignore", divide="ignore"):
        # Without an error any difference is certain.
        t = np.where((se == 0) & (difference == 0), 0.0, difference / se)
        finite = np.where(np.isfinite(df) & (df > 0), df, 1.0)
        tail = np.where(np.isinf(df), special.ndtr(-np.abs(t)), special.stdtr(finite, -np.abs(t)))
    p = np.where(df > 0, 2 * tail, np.nan)
    columns = {
        "difference": difference,
        "se": se,
        "df": df,
        "low": difference - reach,
        "high": difference + reach,
        "t": t,
        "p": p,
    }
    return pd.DataFrame(columns, index=pd.Index(list(items), name="item"))


def joint_freedom(se: tuple[Float, Float], df: tuple[Float, Float]) -> Float:
    """Return the degrees of freedom of a difference of two samples (Welch and Satterthwaite)."""
    one, other = se[0] ** 2, se[1] ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        below = np.where(np.isinf(df[0]), 0.0, one**2 / df[0])
        below = below + np.where(np.isinf(df[1]), 0.0, other**2 / df[1])
        return np.asarray(np.where(below > 0, (one + other) ** 2 / below, np.inf))
