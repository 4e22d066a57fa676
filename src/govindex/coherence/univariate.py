"""Univariate statistics of indicators, with flags."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from govindex.checks import number
from govindex.coherence.tables import Data, table_of
from govindex.contracts import Float, Matrix
from govindex.errors import DataError, listing
from govindex.kernels.reductions import extremes, median_over_units, moments, shape_of
from govindex.model.selection import At

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["statistics"]


def statistics(
    data: Data,
    at: At | None = None,
    *,
    skewness: float = 2.0,
    kurtosis: float = 3.5,
    availability: float = 0.65,
    nonzero: float = 0.5,
    distinct: float = 0.5,
) -> pd.DataFrame:
    """Return the statistics of each indicator, with flags.

    Parameters
    ----------
    data : Observations or IndexResult
        Raw values, or the normalised scores of a result.
    at : int, str or iterable of str, optional
        Variables or nodes, or a tier of the framework; by default all indicators.
    skewness, kurtosis : float
        An indicator is flagged as `outliers` if its absolute skewness exceeds the first and its
        excess kurtosis the second; both are adjusted for the sample, as in spreadsheets.
    availability, nonzero, distinct : float
        It is flagged as `missing` if a smaller share of units has a value, as `zeros` if a smaller
        share of the values differs from 0, as `ties` if a smaller share of them is distinct, and as
        `constant` if all are equal.

    Returns
    -------
    DataFrame
        A row per indicator: `units` with a value, `minimum`, `maximum`, `mean`, `median`,
        `deviation` (n − 1), `skewness`, `kurtosis`, the share of units with a value (`available`),
        of the values the shares `nonzero`, `distinct` and equal to the commonest (`largest_tie`),
        NaN without values, and `flags`.

    Raises
    ------
    DataError
        If a standard deviation overflows, naming the indicators.

    References
    ----------
    OECD/JRC, Handbook on Constructing Composite Indicators (2008), section 4 (multivariate
    analysis) and section 3 (outliers).

    Examples
    --------
    >>> import pandas as pd
    >>> from govindex import Observations
    >>> frame = pd.DataFrame({"unit": list("ABCDE"), "x": [1, 2, 3, 4, 90], "y": [0, 0, 0, 0, 1]})
    >>> statistics(Observations.from_frame(frame))[["median", "skewness", "flags"]].round(2)
       median  skewness                  flags
    x     3.0      2.23               outliers
    y     0.0      2.24  outliers, zeros, ties
    """
    frame = _statistics(table_of(data, at))
    limits = (availability, "availability"), (nonzero, "nonzero"), (distinct, "distinct")
    for limit, what in (*limits, (skewness, "skewness"), (kurtosis, "kurtosis")):
        number(limit, what)
    constant = frame["minimum"] == frame["maximum"]
    flags = {
        "missing": frame["available"] < availability,
        "constant": constant,
        "outliers": (frame["skewness"].abs() > skewness) & (frame["kurtosis"] > kurtosis),
        "zeros": frame["nonzero"] < nonzero,
        "ties": (frame["distinct"] < distinct) & ~constant,
    }
    frame["flags"] = [
        ", ".join(flag for flag, raised in flags.items() if raised.iloc[row])
        for row in range(len(frame))
    ]
    return frame


def _statistics(table: Matrix) -> pd.DataFrame:
    import pandas as pd

    values = np.ascontiguousarray(table.values)
    everyone = np.ones(values.shape[-1], dtype=bool)
    low, high = extremes(values, everyone)
    mean, deviation = moments(values, everyone, 1)
    beyond = [c for c, d in zip(table.names, deviation[:, 0], strict=True) if np.isinf(d)]
    if beyond:
        raise DataError(
            f"the standard deviation of {listing(beyond)} exceeds the largest number: take a "
            "larger measure unit, or leave it out"
        )
    skew, excess = shape_of(values, everyone)
    known = ~np.isnan(values)
    units = known.sum(axis=1)
    valued = np.where(units > 0, units, np.nan)  # no values have no shares
    counts = np.array([_value_counts(row[mask]) for row, mask in zip(values, known, strict=True)])
    return pd.DataFrame(
        {
            "units": units,
            "minimum": low[:, 0],
            "maximum": high[:, 0],
            "mean": mean[:, 0],
            "median": median_over_units(values, everyone)[:, 0],
            "deviation": deviation[:, 0],
            "skewness": skew[:, 0],
            "kurtosis": excess[:, 0],
            "available": known.mean(axis=1),
            "nonzero": (known & (values != 0)).sum(axis=1) / valued,
            "distinct": counts[:, 0] / valued,
            "largest_tie": counts[:, 1] / valued,
        },
        index=list(table.names),
    )


def _value_counts(known: Float) -> tuple[int, int]:
    """Return the number of distinct values, and how often the commonest occurs."""
    if not known.size:
        return 0, 0
    _, counts = np.unique(known, return_counts=True)
    return len(counts), int(counts.max())
