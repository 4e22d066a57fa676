"""What the numbers of each indicator look like, and which of them deserve a look."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from govindex.checks import number
from govindex.coherence.tables import Data, table_of
from govindex.contracts import Float
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
        Values as they are, or the normalised scores of a result.
    at : int, str or iterable of str, optional
        Variables or nodes, or a tier of the framework; by default all indicators.
    skewness, kurtosis : float
        An indicator is flagged as `outliers` if its skewness exceeds the one (in size) and its
        excess kurtosis the other; both are adjusted for the sample, as those of spreadsheets.
    availability, nonzero, distinct : float
        It is flagged as `missing` if a smaller share of units has a value, as `zeros` if a smaller
        share of these is other than 0, as `ties` if they hold fewer distinct values than this
        share, and as `constant` if they hold one.

    Returns
    -------
    DataFrame
        A row per indicator: `units` with a value, `minimum`, `maximum`, `mean`, `median`,
        `deviation` (n − 1), `skewness`, `kurtosis`, the share of units that is `available`, of
        these the shares `nonzero`, `distinct` and with the commonest value (`largest_tie`), NaN
        where there are none, and `flags`.

    Raises
    ------
    DataError
        If no number holds a standard deviation, naming the indicators.

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
    import pandas as pd

    table = table_of(data, at)
    values = np.ascontiguousarray(table.values)
    everyone = np.ones(values.shape[-1], dtype=bool)
    low, high = extremes(values, everyone)
    mean, deviation = moments(values, everyone, 1)
    beyond = [c for c, d in zip(table.names, deviation[:, 0], strict=True) if np.isinf(d)]
    if beyond:
        raise DataError(
            f"no number holds the standard deviation of {listing(beyond)}: take a larger measure "
            "unit, or leave it out"
        )
    skew, excess = shape_of(values, everyone)
    known = ~np.isnan(values)
    units = known.sum(axis=1)
    valued = np.where(units > 0, units, np.nan)  # of no value there is no share
    other = (known & (values != 0)).sum(axis=1) / valued
    counted = np.array([_counted(row[mask]) for row, mask in zip(values, known, strict=True)])
    frame = pd.DataFrame(
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
            "nonzero": other,
            "distinct": counted[:, 0] / valued,
            "largest_tie": counted[:, 1] / valued,
        },
        index=list(table.names),
    )
    constant = (low == high)[:, 0]
    limits = (availability, "availability"), (nonzero, "nonzero"), (distinct, "distinct")
    for limit, what in (*limits, (skewness, "skewness"), (kurtosis, "kurtosis")):
        number(limit, what)
    raised = {
        "missing": (known.mean(axis=1) < availability),
        "constant": constant,
        "outliers": ((np.abs(skew) > skewness) & (excess > kurtosis))[:, 0],
        "zeros": other < nonzero,
        "ties": (counted[:, 0] / valued < distinct) & ~constant,
    }
    frame["flags"] = [
        ", ".join(flag for flag, up in raised.items() if up[index]) for index in range(len(frame))
    ]
    return frame


def _counted(known: Float) -> tuple[int, int]:
    """Return how many distinct values there are, and how often the commonest occurs."""
    if not known.size:
        return 0, 0
    _, counts = np.unique(known, return_counts=True)
    return len(counts), int(counts.max())
