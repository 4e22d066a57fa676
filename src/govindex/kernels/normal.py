"""Quantiles of the standard normal distribution.

References
----------
M. J. Wichura, Algorithm AS 241: The Percentage Points of the Normal Distribution, Applied
Statistics 37 (1988), 477-484.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["normal_scores"]

Float = npt.NDArray[np.float64]

# Numerators and denominators of Wichura's rational approximations, the highest power first: around
# the middle, in the tails, far out.
_MIDDLE = (
    (
        2.509080928730122672e3,
        3.343057558358812810e4,
        6.726577092700870085e4,
        4.592195393154987145e4,
        1.373169376550946112e4,
        1.971590950306551442e3,
        1.331416678917843774e2,
        3.387132872796366608e0,
    ),
    (
        5.226495278852854561e3,
        2.872908573572194267e4,
        3.930789580009271061e4,
        2.121379430158659586e4,
        5.394196021424751107e3,
        6.871870074920579083e2,
        4.231333070160091125e1,
        1.0,
    ),
)
_TAIL = (
    (
        7.74545014278341407640e-4,
        2.27238449892691845833e-2,
        2.41780725177450611770e-1,
        1.27045825245236838258e0,
        3.64784832476320460504e0,
        5.76949722146069140550e0,
        4.63033784615654529590e0,
        1.42343711074968357734e0,
    ),
    (
        1.05075007164441684324e-9,
        5.47593808499534494600e-4,
        1.51986665636164571966e-2,
        1.48103976427480074590e-1,
        6.89767334985100004550e-1,
        1.67638483018380384940e0,
        2.05319162663775882187e0,
        1.0,
    ),
)
_FAR = (
    (
        2.01033439929228813265e-7,
        2.71155556874348757815e-5,
        1.24266094738807843860e-3,
        2.65321895265761230930e-2,
        2.96560571828504891230e-1,
        1.78482653991729133580e0,
        5.46378491116411436990e0,
        6.65790464350110377720e0,
    ),
    (
        2.04426310338993978564e-15,
        1.42151175831644588870e-7,
        1.84631831751005468180e-5,
        7.86869131145613259100e-4,
        1.48753612908506148525e-2,
        1.36929880922735805310e-1,
        5.99832206555887937690e-1,
        1.0,
    ),
)


def normal_scores(ranks: Float, count: Float) -> Float:
    """Return ``Φ⁻¹((r − ½) / n)``: what a rank is worth in standard deviations.

    Parameters
    ----------
    ranks : array, shape (…, units)
        From 1 to n, whole or half; NaN stays NaN.
    count : array, shape (…, 1)
        How many are ranked.

    Examples
    --------
    >>> normal_scores(np.array([1.0, 2.0, 3.0]), np.array([3.0])).round(3)
    array([-0.967,  0.   ,  0.967])
    """
    odd = 2.0 * ranks - 1.0
    upper = odd > count
    # Both halves are computed alike, so that mirrored ranks get mirrored scores to the last bit.
    part = np.where(upper, 2.0 * count - odd, odd) / (2.0 * count)
    below = 0.5 - part
    found = below * _ratio(_MIDDLE, 0.180625 - below * below)
    tail = below > 0.425
    if tail.any():
        root = np.sqrt(-np.log(part[tail]))
        found[tail] = np.where(root <= 5.0, _ratio(_TAIL, root - 1.6), _ratio(_FAR, root - 5.0))
    return np.where(upper, found, 0.0 - found)


def _ratio(terms: tuple[tuple[float, ...], tuple[float, ...]], x: Float) -> Float:
    over, under = (_polynomial(powers, x) for powers in terms)
    return np.asarray(over / under)


def _polynomial(powers: tuple[float, ...], x: Float) -> Float:
    found = np.full(x.shape, powers[0])
    for term in powers[1:]:
        found *= x
        found += term
    return found
