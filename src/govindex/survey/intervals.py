"""Confidence intervals of shares, scores and means."""

from __future__ import annotations

from typing import Literal

import numpy as np

from govindex.contracts import Float

__all__ = ["Interval", "limits", "quantiles"]

Interval = Literal["logit", "wilson", "t"]


def quantiles(df: Float, level: float) -> Float:
    """Return the quantile of Student's t that leaves (1 − level) / 2 above; NaN without freedom."""
    from scipy import special

    known = df > 0
    finite = np.where(known & np.isfinite(df), df, 1.0)
    upper = (1 + level) / 2
    found = np.where(np.isinf(df), special.ndtri(upper), special.stdtrit(finite, upper))
    return np.asarray(np.where(known, found, np.nan))


def limits(
    values: Float,
    errors: Float,
    t: Float,
    size: Float,
    bounds: tuple[Float, Float] | None,
    interval: Interval,
) -> tuple[Float, Float]:
    """Return the lower and upper limit of every estimate, NaN without an error.

    Parameters
    ----------
    values, errors, t : array, shape (domains, items)
        Estimates, standard errors and quantiles.
    size : array, shape (domains, items)
        Effective numbers of answers by weights alone, for estimates at a bound.
    bounds : tuple of two arrays, shape (items,), or None
        The smallest and the largest value that estimates can have.
    interval : {"logit", "wilson", "t"}
    """
    if bounds is None or interval == "t":
        return values - t * errors, values + t * errors
    low, width = bounds[0], bounds[1] - bounds[0]
    share, error = np.clip((values - low) / width, 0.0, 1.0), errors / width
    inside = (share > 0) & (share < 1) & (error > 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        effective = np.where(inside, share * (1 - share) / error**2, size)
        lower, upper = _wilson(share, effective, t)
        if interval == "logit":
            logit = np.log(share / (1 - share))
            reach = t * error / (share * (1 - share))
            lower = np.where(inside, _expit(logit - reach), lower)
            upper = np.where(inside, _expit(logit + reach), upper)
    unknown = np.isnan(errors) | np.isnan(t)
    # Where everybody was asked there is no error, at a bound either.
    exact = (errors == 0) & np.isinf(size)
    lower, upper = np.where(exact, share, lower), np.where(exact, share, upper)
    nothing = np.where(unknown, np.nan, 0.0)
    return low + width * lower + nothing, low + width * upper + nothing


def _expit(x: Float) -> Float:
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -700, 700))))


def _wilson(share: Float, size: Float, t: Float) -> tuple[Float, Float]:
    ratio = t**2 / size
    centre = (share + ratio / 2) / (1 + ratio)
    reach = np.sqrt(share * (1 - share) * ratio + ratio**2 / 4) / (1 + ratio)
    return np.clip(centre - reach, 0.0, 1.0), np.clip(centre + reach, 0.0, 1.0)
