"""Benefit of the doubt with weights that all units share."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import attrs
import numpy as np

from govindex.checks import is_number
from govindex.contracts import Float, Matrix
from govindex.errors import DataError, SettingError, listing
from govindex.weight.common import Children, WeightSet, normalised, one_of, only_child, usable

__all__ = ["CommonBenefit"]

_TIGHT = 1e-9
_USUAL, _SPREAD = 10, 27  # powers of two


def _check_limits(instance: CommonBenefit, _: object, __: object) -> None:
    low, high = instance.low, instance.high
    if not (is_number(low) and is_number(high) and 0 <= low <= high <= 1):
        raise SettingError(f"limits of weights rise from 0 to 1, not {low!r} to {high!r}")


@attrs.frozen(kw_only=True)
class CommonBenefit:
    """Benefit of the doubt with one set of weights for all units.

    Every unit's weighted sum is at most 1, and their mean is maximal: the linear
    programme ``max Σ_u w·x_u`` with ``w·x_u ≤ 1`` for every unit and ``w ≥ 0``, after which
    weights are divided by their sum. Unlike in the benefit of the doubt proper, units share the
    weights, so their scores compare.

    Parameters
    ----------
    low, high : float
        The least and the largest part of a child's weight in their sum.
    missing : {"error", "complete"}
        As in :class:`~govindex.weight.Balance`.

    Raises
    ------
    DataError
        If scores are negative or missing, if all scores of a child are 0, or if no weights lie
        within the limits.

    Notes
    -----
    Several weights may be equally good; those with the least sum of squares are returned, and the
    diagnostic ``unique`` is 0. ``score`` is the units' mean of the sum that is at most 1.

    References
    ----------
    Cherchye, L., Moesen, W., Rogge, N. & Van Puyenbroeck, T. (2007), An introduction to 'benefit of
    the doubt' composite indicators. Social Indicators Research 82(1). Kao, C. & Hung, H.-T. (2005),
    Data envelopment analysis with common weights: the compromise solution approach. Journal of the
    Operational Research Society 56(10).

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"a": [1.0, 0.5, 0.8], "b": [0.2, 0.4, 0.1]})
    >>> {code: round(weight, 3) for code, weight in CommonBenefit(low=0.1)(frame).weights.items()}
    {'a': 0.286, 'b': 0.714}
    """

    low: float = 0.0
    high: float = attrs.field(default=1.0, validator=_check_limits)
    missing: Literal["error", "complete"] = attrs.field(
        default="error", validator=one_of(["error", "complete"])
    )
    peer_dependent: ClassVar[bool] = True

    def __call__(self, children: Children) -> WeightSet:
        """Weigh the columns of a frame, units × children."""
        if only := only_child(children, self):
            return only
        name = "CommonBenefit"
        kept = usable(children, name, missing=self.missing, degenerate="keep", fewest=1)
        _refuse_useless(kept.shares, name)
        programme = _WeightProgramme(_sized(kept.shares, name), self.low, self.high)
        best, unique = programme.best()
        if best is None:
            raise DataError(
                f"no weights of {len(kept.codes)} children lie between {self.low:g} and "
                f"{self.high:g} of their sum: {len(kept.codes)} times the least is at most 1, and "
                "of the largest at least 1"
            )
        weights = best if unique else programme.evenest(best)
        return WeightSet(
            weights=normalised(kept.codes, weights, name),
            how=self,
            units=len(kept.shares.units),
            left_out=kept.left_out,
            diagnostics={
                "score": float(best @ programme.mean),
                "unique": float(unique),
            },
        )


def _refuse_useless(shares: Matrix, name: str) -> None:
    negative = [c for c, row in zip(shares.names, shares.values, strict=True) if (row < 0).any()]
    if negative:
        raise DataError(f"{name} needs scores of at least 0; negative at: {listing(negative)}")
    empty = [c for c, row in zip(shares.names, shares.values, strict=True) if not row.any()]
    if empty:
        raise DataError(f"{name} needs scores above 0; all 0 at: {listing(empty)}")


def _sized(shares: Matrix, name: str) -> Float:
    """Return scores scaled for the solver, which ignores very small coefficients."""
    powers = np.frexp(shares.values.max(axis=1))[1]
    power = int(powers.max())
    if power - powers.min() > _SPREAD:
        least, most = (shares.names[i] for i in (powers.argmin(), powers.argmax()))
        raise DataError(
            f"{name} needs scores of one scale: those at '{least}' are negligible against those at "
            f"'{most}'. Normalise them, or take a larger measure unit"
        )
    return shares.values if abs(power) <= _USUAL else np.ldexp(shares.values, -power)


class _WeightProgramme:
    """The linear programme of weights that keep every unit's sum at 1 or below."""

    def __init__(self, values: Float, low: float, high: float) -> None:
        count = len(values)
        self.mean = values.mean(axis=1)
        limits = []
        if low > 0:
            limits.append(low - np.eye(count))
        if high < 1:
            limits.append(np.eye(count) - high)
        self.rows = np.vstack([values.T, *limits])
        self.most = np.concatenate([np.ones(values.shape[1]), np.zeros(count * len(limits))])

    def best(self) -> tuple[Float | None, bool]:
        """Return the best weights, None if only 0 is allowed, and whether they are unique."""
        solution = self._solve(-self.mean, self.rows, self.most)
        if not solution.x.sum() > _TIGHT:
            return None, True
        # Unique if every limit that is reached has a cost.
        costly = (solution.x > _TIGHT) | (np.abs(solution.lower.marginals) > _TIGHT)
        binding = (solution.ineqlin.residual > _TIGHT) | (
            np.abs(solution.ineqlin.marginals) > _TIGHT
        )
        return np.maximum(solution.x, 0.0), bool(costly.all() and binding.all())

    def evenest(self, best: Float) -> Float:
        """Return those of the best weights that have the least sum of squares."""
        from scipy import optimize

        count = len(best)
        # Least distance programming: the least |w| with G·w ≥ h by non-negative least squares
        # (Lawson & Hanson, Solving least squares problems, chapter 23).
        above = np.vstack([np.eye(count), -self.rows, self.mean])
        least = np.concatenate([np.zeros(count), -self.most, [self.mean @ best * (1.0 - _TIGHT)]])
        goal = np.append(np.zeros(count), 1.0)
        both = np.vstack([above.T, least])
        part, _ = optimize.nnls(both, goal)
        residual = both @ part - goal
        return np.asarray(np.maximum(-residual[:-1] / residual[-1], 0.0))

    def _solve(self, costs: Float, rows: Float, most: Float) -> Any:
        from scipy import optimize

        return optimize.linprog(costs, A_ub=rows, b_ub=most, method="highs-ds")
