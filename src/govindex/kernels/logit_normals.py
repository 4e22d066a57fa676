"""Logit-normal distributions by their mean and standard deviation, and correlations through them.

Expectations over a standard normal variable are sums over an even grid, which converge faster than
any power of its step for smooth functions.
"""

from __future__ import annotations

from math import factorial, pi, sqrt

import numpy as np
import numpy.typing as npt

__all__ = ["GRID", "LARGEST", "coefficients", "latent_correlations", "logistic", "logit_normal"]

Float = npt.NDArray[np.float64]

# A share with a larger part of the variance of all or nothing has next to no values between them.
LARGEST = 0.7
_STEP = 0.1
GRID: Float = np.linspace(-8.5, 8.5, 171)
_WEIGHTS: Float = np.exp(-(GRID**2) / 2.0) * _STEP / sqrt(2.0 * pi)
_ORDERS = 24
_CELLS = 20_000
_ROUNDS = 60
_PRECISION = 1e-10


def logistic(x: Float) -> Float:
    """Return 1 / (1 + exp(−x))."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * x)))


def logit_normal(mean: Float, sd: Float) -> tuple[Float, Float]:
    """Return μ and σ of logistic(μ + σ z) with these means and standard deviations.

    Parameters
    ----------
    mean : array, shape (cells,)
        Above 0 and below 1.
    sd : array, shape (cells,)
        Above 0; the variance at most :data:`LARGEST` × mean × (1 − mean).

    Examples
    --------
    >>> mu, sigma = logit_normal(np.array([0.8]), np.array([0.05]))
    >>> p = logistic(mu + sigma * GRID)
    >>> round(float(p @ _WEIGHTS), 9), round(float(((p - 0.8) ** 2 @ _WEIGHTS) ** 0.5), 9)
    (0.8, 0.05)
    """
    mu, sigma = np.empty(len(mean)), np.empty(len(mean))
    # Few points are enough where the function is nearly a line.
    flat = sd < 0.5 * mean * (1.0 - mean)
    for cells, every in ((np.flatnonzero(flat), 5), (np.flatnonzero(~flat), 1)):
        for first in range(0, len(cells), _CELLS):
            some = cells[first : first + _CELLS]
            mu[some], sigma[some] = _solved(mean[some], sd[some], every)
    return mu, sigma


def _solved(mean: Float, sd: Float, every: int) -> tuple[Float, Float]:
    """Solve by Newton's method; cells for which it does not converge, by bisection."""
    grid, weights = GRID[::every], _WEIGHTS[::every] * every
    log_sigma = 0.5 * np.log(np.log1p((sd / np.minimum(mean, 1.0 - mean)) ** 2))
    mu = np.log(mean) - np.log1p(-mean) + (mean - 0.5) * np.exp(2.0 * log_sigma)
    missed = np.full(len(mean), np.inf)
    for _ in range(_ROUNDS):
        sigma = np.exp(log_sigma)
        p = logistic(mu[:, None] + sigma[:, None] * grid)
        apart, slope = p - mean[:, None], p * (1.0 - p) * weights
        # Of the mean and of the squared deviation from it, relative to their size.
        first, second = (apart @ weights) / sd, (apart**2 @ weights) / sd**2 - 1.0
        missed = np.maximum(np.abs(first), np.abs(second))
        if missed.max(initial=0.0) < _PRECISION:
            break
        twice = 2.0 * apart * slope / sd[:, None] ** 2
        a, b = slope.sum(axis=1) / sd, sigma * (slope @ grid) / sd
        c, d = twice.sum(axis=1), sigma * (twice @ grid)
        with np.errstate(all="ignore"):
            size = a * d - b * c
            by_mu, by_sigma = (d * first - b * second) / size, (a * second - c * first) / size
            longest = np.maximum(np.abs(by_mu) / (1.0 + sigma), np.abs(by_sigma))
            step = 1.0 / np.maximum(longest / 0.5, 1.0)
            mu, log_sigma = mu - step * by_mu, log_sigma - step * by_sigma
    sigma = np.exp(log_sigma)
    lost = np.flatnonzero(~(missed < 1e-8))
    if len(lost):
        mu[lost], sigma[lost] = _bisected(mean[lost], sd[lost])
    return mu, sigma


def _bisected(mean: Float, sd: Float) -> tuple[Float, Float]:
    """Find σ between its limits: with the mean held, the deviation grows with it."""
    low, high = np.full(len(mean), -8.0), np.full(len(mean), 4.0)
    for _ in range(_ROUNDS):
        sigma = np.exp((low + high) / 2.0)
        mu = _centred(mean, sigma)
        p = logistic(mu[:, None] + sigma[:, None] * GRID)
        less = ((p - mean[:, None]) ** 2) @ _WEIGHTS < sd**2
        low, high = np.where(less, np.log(sigma), low), np.where(less, high, np.log(sigma))
    return mu, sigma


def _centred(mean: Float, sigma: Float) -> Float:
    """Return μ for these means, by bisection."""
    middle = np.log(mean) - np.log1p(-mean)
    reach = 9.0 * sigma + 1.0
    low, high = middle - reach, middle + reach
    for _ in range(_ROUNDS):
        mu = (low + high) / 2.0
        less = logistic(mu[:, None] + sigma[:, None] * GRID) @ _WEIGHTS < mean
        low, high = np.where(less, mu, low), np.where(less, high, mu)
    return np.asarray((low + high) / 2.0)


def coefficients(values: Float) -> Float:
    """Return Hermite coefficients of functions of a standard normal variable.

    Parameters
    ----------
    values : array, shape (…, grid)
        Of the functions on :data:`GRID`.

    Returns
    -------
    array, shape (…, orders)
        From the first order on. The covariance of two functions of variables with the correlation
        ρ is the sum of the products of their coefficients times ρ, ρ², ρ³ …
    """
    polynomials = np.polynomial.hermite_e.hermevander(GRID, _ORDERS)[:, 1:]
    norms = np.array([sqrt(factorial(order)) for order in range(1, _ORDERS + 1)])
    return np.asarray(values @ (polynomials * _WEIGHTS[:, None] / norms))


def latent_correlations(covariances: Float, found: Float) -> Float:
    """Return the correlations of normal variables whose functions have these covariances.

    Parameters
    ----------
    covariances : array, shape (…, variables, variables)
    found : array, shape (…, variables, orders)
        Their coefficients.

    Returns
    -------
    array, shape (…, variables, variables)
        −1 or 1 where the functions cannot go together, or apart, that much.

    Examples
    --------
    >>> normal = coefficients(np.stack([2.0 * GRID, 3.0 * GRID]))
    >>> latent_correlations(np.array([[4.0, 3.0], [3.0, 9.0]]), normal).round(6)
    array([[1. , 0.5],
           [0.5, 1. ]])
    """
    one, other = np.broadcast_arrays(found[..., :, None, :], found[..., None, :, :])
    products = one * other
    orders = np.arange(1, products.shape[-1] + 1)
    scale = np.sqrt(_diagonal(products.sum(axis=-1)))
    scale = scale[..., :, None] * scale[..., None, :]
    with np.errstate(invalid="ignore", divide="ignore"):
        rho = np.clip(np.where(scale > 0, covariances / scale, 0.0), -1.0, 1.0)
        for _ in range(_ROUNDS):
            powers = rho[..., None] ** (orders - 1)
            missed = (products * powers).sum(axis=-1) * rho - covariances
            slope = (products * powers * orders).sum(axis=-1)
            step = np.where(slope > 0, missed / slope, 0.0)
            moved = np.clip(rho - step, -1.0, 1.0)
            if not (np.abs(moved - rho) > 1e-12).any():
                break
            rho = moved
    rho = (rho + np.swapaxes(rho, -1, -2)) / 2.0
    every = np.arange(rho.shape[-1])
    rho[..., every, every] = 1.0
    return np.asarray(rho)


def _diagonal(matrices: Float) -> Float:
    return np.asarray(np.diagonal(matrices, axis1=-2, axis2=-1))
