"""The absolute rule between two fixed goalposts, after a transform if need be."""

from __future__ import annotations

from typing import Literal

import attrs
import numpy as np

from govindex.checks import boolean
from govindex.contracts import Curve, Float, Scope, in_formula
from govindex.errors import SettingError, near_miss
from govindex.rules.common import INFINITE, Absolute, finite, number, refuse

__all__ = ["Goalposts"]


@attrs.frozen(kw_only=True)
class Goalposts(Absolute):
    """Between two fixed goalposts: ``(t(v) − t(worst)) / (t(best) − t(worst))``.

    Which way is better follows from the order of the goalposts.

    Parameters
    ----------
    worst, best : float
        The values that earn 0 and 1, in the indicator's measure unit.
    clip : bool
        Keep shares within 0 and 1.
    transform : {None, "log", "reciprocal"} or float
        Applied to values and goalposts first; a number is a power.

    Raises
    ------
    SettingError
        If the goalposts coincide or the transform is not defined at them.
    CellError
        If the transform is not defined at a value (the logarithm of 0 …).

    Examples
    --------
    >>> Goalposts(worst=20, best=85)(np.array([52.5, 90.0]), Scope())
    array([0.5, 1. ])
    """

    worst: float = attrs.field(validator=finite)
    best: float = attrs.field(validator=finite)
    clip: bool = attrs.field(default=True, validator=boolean)
    transform: float | Literal["log", "reciprocal"] | None = None

    def __attrs_post_init__(self) -> None:
        if self.worst == self.best:
            raise SettingError(f"goalposts need two distinct values, both are {self.worst:g}")
        if isinstance(self.transform, str) and self.transform not in ("log", "reciprocal"):
            known = ["log", "reciprocal"]
            raise SettingError(
                f"there is no transform '{self.transform}': " + near_miss(self.transform, known)
            )
        if self.transform is not None and not isinstance(self.transform, str):
            power = number(self.transform, "the power of a transform")
            if power == 0:
                raise SettingError("a power of 0 makes all values equal")
        if self.transform is not None and min(self.worst, self.best) < 0:
            raise SettingError("goalposts of a transformed indicator cannot be negative")
        if self._needs_positive and min(self.worst, self.best) == 0:
            raise SettingError(f"the transform '{self.transform}' is not defined at a goalpost 0")

    @property
    def _needs_positive(self) -> bool:
        if self.transform is None or isinstance(self.transform, str):
            return self.transform is not None
        return self.transform < 0

    @property
    def monotone(self) -> bool:
        """Whether larger values are better."""
        return self.worst < self.best

    @property
    def falling(self) -> bool:
        """Whether smaller values are better."""
        return self.best < self.worst

    @property
    def bounds(self) -> tuple[float, float]:
        """0 and 1 if clipped."""
        return (0.0, 1.0) if self.clip else INFINITE

    @property
    def full_share(self) -> float:
        """The share of the best goalpost, which values beyond it may exceed if not clipped."""
        return 1.0

    def curve(self, maximum: float) -> Curve:
        """Return the curve between the goalposts, and beyond them unless it is clipped."""
        low = -np.inf if self.transform is None else 0.0
        return Curve(
            low=low,
            above_low=self._needs_positive,
            bends=(self.worst, self.best),
            slope=self._steepest,
        )

    @property
    def _steepest(self) -> float:
        """The largest slope: at the lower or the higher goalpost where shares are clipped."""
        low, high = sorted((self.worst, self.best))
        if self.transform is None:
            return 1.0 / (high - low)
        if not self.clip:
            return np.inf
        ends = np.array([low, high])
        whole = abs(float(np.diff(self._transformed(ends))[0]))
        power = {"log": 0.0, "reciprocal": -1.0}.get(str(self.transform))
        power = float(self.transform) if power is None else power
        with np.errstate(divide="ignore"):
            steep = np.power(ends, power - 1.0) * (abs(power) if power else 1.0)
        return float(steep.max() / whole)

    def spreadsheet_formula(self, value: str, maximum: str) -> str:
        """Return the part of the way from the worst to the best goalpost, times the maximum."""
        there = {None: "{}", "log": "LN({})", "reciprocal": "1/({})"}.get(
            self.transform if isinstance(self.transform, str) else None, "{}"
        )
        if self.transform is not None and not isinstance(self.transform, str):
            there = f"({{}})^{in_formula(float(self.transform))}"
        worst, best = (float(self._transformed(np.array(x))) for x in (self.worst, self.best))
        share = f"({there.format(value)}-({in_formula(worst)}))/({in_formula(best - worst)})"
        return f"{maximum}*{f'MAX(0,MIN(1,{share}))' if self.clip else f'({share})'}"

    def __call__(self, values: Float, scope: Scope) -> Float:
        """Return the part of the way from the worst to the best goalpost."""
        if self._needs_positive:
            refuse(f"the transform '{self.transform}' needs values above 0", values <= 0)
        elif self.transform is not None:
            refuse("a power needs values of at least 0", values < 0)
        worst, best = (
            self._transformed(np.array(self.worst)),
            self._transformed(np.array(self.best)),
        )
        transformed = self._transformed(values)
        with np.errstate(over="ignore"):
            if not np.isfinite(best - worst):  # their quarters do not overflow
                transformed, worst, best = transformed / 4.0, worst / 4.0, best / 4.0
            share = (transformed - worst) / (best - worst) + 0.0  # no negative zero
        return np.clip(share, 0.0, 1.0) if self.clip else share

    def _transformed(self, values: Float) -> Float:
        if self.transform is None:
            return values
        if self.transform == "log":
            return np.log(values)
        if self.transform == "reciprocal":
            return 1.0 / values
        return np.power(values, float(self.transform))
