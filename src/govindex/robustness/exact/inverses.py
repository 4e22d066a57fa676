"""The value at which a rule gives a share, to the last digit."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from govindex.contracts import BaseRule, Bool, Curve, Float, Scope, completed
from govindex.model.tree import Indicator

__all__ = ["value_for", "why_no_value"]

_SLACK = 1e-12
_DOUBLINGS = 60
_HALVINGS = 200


def why_no_value(leaf: Indicator, levels: tuple[str, ...]) -> str:
    """Return why no values for shares are known: "relative", "unknown", or "" if they are."""
    rule = leaf.rule
    if rule is None or rule.peer_dependent:
        return "relative" if rule is not None else "unknown"
    promised = completed(rule, BaseRule)
    runs = promised.monotone or promised.falling
    return "" if runs and promised.curve(1.0).takes_all and not levels else "unknown"


def value_for(leaf: Indicator, maximum: float, values: Float, shares: Float) -> Float:
    """Return the nearest value to each value at which the rule reaches a share.

    Parameters
    ----------
    leaf : Indicator
        With an absolute rule that rises or falls, and a curve that is defined for every value.
    maximum : float
        Of the indicator, in points.
    values : array, shape (cells,)
        Where to start.
    shares : array, shape (cells,)
        The shares to reach: from below if the value has a smaller share, else from above.

    Returns
    -------
    array, shape (cells,)
        NaN if no value reaches the share.

    Examples
    --------
    >>> from govindex import rules
    >>> leaf = Indicator("x", rule=rules.Goalposts(worst=0, best=20))
    >>> value_for(leaf, 1.0, np.array([5.0, 5.0, 5.0]), np.array([0.5, 0.0, 1.5])).round(6)
    array([10.,  0., nan])
    """
    rule = leaf.rule
    assert rule is not None
    curve = completed(rule, BaseRule).curve(maximum)
    scope = Scope(maximum, leaf.direction)
    lower = rule.directed and leaf.direction == "lower"
    better = (1.0 if rule.monotone else -1.0) * (-1.0 if lower else 1.0)
    more = shares > rule(values, scope)

    def reached(tried: Float) -> Bool:
        with np.errstate(over="ignore", invalid="ignore"):
            earned = rule(tried, scope)
        return np.asarray(np.where(more, earned >= shares - _SLACK, earned <= shares + _SLACK))

    way = np.where(more, better, -better)
    return _nearest(values, _far(curve, values, way, reached), reached)


def _far(curve: Curve, values: Float, way: Float, reached: Callable[[Float], Bool]) -> Float:
    """Return values far enough to reach every share that can be reached."""
    low = float(np.nextafter(curve.low, np.inf)) if curve.above_low else curve.low
    bends = [bend for bend in curve.bends if np.isfinite(bend)]
    above = np.maximum(values, max(bends, default=-np.inf))
    below = np.minimum(values, min(bends, default=np.inf))
    step: Float = np.maximum(np.maximum(above - below, np.abs(values)), 1.0)
    for _ in range(_DOUBLINGS):
        up, down = np.minimum(above + step, curve.high), np.maximum(below - step, low)
        far: Float = np.where(way > 0, up, down)
        wanting = ~reached(far)
        if not wanting.any():
            break
        step = np.where(wanting, 2.0 * step, step)
    return far


def _nearest(near: Float, far: Float, reached: Callable[[Float], Bool]) -> Float:
    """Return the nearest values to `near` that reach the share, NaN if the far ones do not."""
    far_reaches = reached(far)
    near_reaches = reached(near)
    near, far = near.copy(), np.where(near_reaches, near, far)
    for _ in range(_HALVINGS):
        middle = near + (far - near) / 2.0
        if ((middle == near) | (middle == far)).all():
            break
        enough = reached(middle)
        far, near = np.where(enough, middle, far), np.where(enough, near, middle)
    return np.where(far_reaches | near_reaches, far, np.nan)
