"""Weights as they are felt: the part of a score's variance that goes with each of its parts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

import numpy as np

from govindex.checks import among, instance_of, names_of
from govindex.contracts import Bool, Float
from govindex.errors import DataError, SettingError, listing, near_miss
from govindex.model.framework import Framework
from govindex.model.tree import Dimension, Node, View
from govindex.model.units import Units
from govindex.weight.common import as_ranked, ranked_only

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["correlation_ratio"]

_FEWEST = {"linear": 3, "spline": 5}
_KNOTS = 35


@runtime_checkable
class Computed(Protocol):
    """A result with a framework, units and shares."""

    @property
    def framework(self) -> Framework:
        """The framework that was scored."""

    @property
    def units(self) -> Units:
        """The units that were scored."""

    @property
    def shares(self) -> Float:
        """Attained shares, shape (nodes, units)."""

    def row_of(self, code: str) -> int:
        """Return the row of a node."""


def correlation_ratio(
    result: Computed,
    node: str | None = None,
    *,
    of: Literal["children", "leaves"] | int | Iterable[str] = "children",
    smoother: Literal["spline", "linear"] = "spline",
    over: Literal["all", "ranked"] = "all",
) -> pd.DataFrame:
    """Compare the weights that were set with the weights as they are felt.

    A part x is felt in a score y by Pearson's correlation ratio (the main effect of
    sensitivity analysis): ``S = V(E(y | x)) / V(y)``, the part of the variance of y that would go
    if x were the same for all units. The linear smoother gives the squared correlation; otherwise
    E(y | x) is a penalised cubic spline, smoothed by generalised cross-validation.

    Parameters
    ----------
    result : IndexResult
    node : str, optional
        The node whose score is explained; the total by default.
    of : {"children", "leaves"}, int or iterable of str
        Its parts: its children, the indicators below it, the nodes below it on a tier of the
        framework (1: the root's children), or these nodes.
    smoother : {"spline", "linear"}
        How E(y | x) is estimated.
    over : {"all", "ranked"}
        Whose scores count. A unit counts if it has both scores.

    Returns
    -------
    DataFrame
        A row per part: its ``weight`` as set, among these parts; ``correlation`` with the score,
        ``ratio`` S, its share ``felt`` of all S, ``discrepancy`` (felt − weight), and the number of
        ``units`` with both scores.

    Raises
    ------
    DataError
        If scores do not vary, or too few units have both.
    SettingError
        If the node has no such parts.

    References
    ----------
    Paruolo, P., Saisana, M. & Saltelli, A. (2013), Ratings and rankings: voodoo or science? Journal
    of the Royal Statistical Society A 176(3). Becker, W., Saisana, M., Paruolo, P. & Vandecasteele,
    I. (2017), Weights and importance in composite indicators: closing the gap. Ecological
    Indicators 80. Ruppert, D., Wand, M. P. & Carroll, R. J. (2003), Semiparametric regression, for
    the spline.

    Examples
    --------
    >>> import govindex as gi
    >>> groups = gi.methodology("vn.service-766").cut()
    >>> result = groups.compute(gi.datasets.load("vn.service-766.provinces-2026-10-10"))
    >>> found = gi.weight.correlation_ratio(result, smoother="linear")
    >>> found.loc["1", ["weight", "ratio"]].round(2).to_dict()
    {'weight': 0.18, 'ratio': 0.23}
    """
    import pandas as pd

    kind: Any = Computed
    framework: Framework = instance_of(result, kind, "result").framework
    code = framework.code if node is None else node
    parts = _parts(framework, code, of)
    if not among(smoother, _FEWEST):
        raise SettingError(
            f"there is no smoother '{smoother}': {near_miss(smoother, list(_FEWEST))}"
        )
    counts = result.units.ranked_mask if ranked_only(over) else np.ones(len(result.units), bool)
    score = _shares(result, code)
    rows = [_felt(result, code, part, score, counts, smoother) for part in parts]
    frame = pd.DataFrame(rows, index=pd.Index(parts, name="node"))
    weights = np.array([framework.effective_weights[part] for part in parts])
    frame.insert(0, "weight", weights / weights.sum())
    frame.insert(3, "felt", frame["ratio"] / frame["ratio"].sum())
    frame.insert(4, "discrepancy", frame["felt"] - frame["weight"])
    return frame


def _parts(framework: Framework, code: str, of: Any) -> list[str]:
    branch = framework.node(code)
    if not isinstance(branch, Dimension):
        kind = "a view" if isinstance(branch, View) else "an indicator"
        raise SettingError(f"'{code}' is {kind}: weights are felt in the score of a branch")
    below = [node for node in framework.nodes if _is_below(framework, node, code)]
    if among(of, ("children",)):
        nodes: list[Node] = list(branch.children)
    elif among(of, ("leaves",)):
        nodes = list(framework.below(code))
    elif isinstance(of, int):
        nodes = [node for node in below if framework.depth(node.code) == of]
    else:
        names = list(names_of(of, "of"))
        if not names:
            raise SettingError("of= must name at least one part")
        known = [node.code for node in below]
        wrong = [name for name in names if name not in known]
        if wrong:
            raise SettingError(f"no part of '{code}': {near_miss(wrong[0], known)}")
        return names
    codes = [node.code for node in nodes if framework.is_scored(node.code)]
    if not codes:
        raise SettingError(f"'{code}' has no scored parts at {of!r}")
    return codes


def _is_below(framework: Framework, node: Node, code: str) -> bool:
    above = framework.parent(node.code)
    return above is not None and (above.code == code or _is_below(framework, above, code))


def _shares(result: Computed, code: str) -> Float:
    """Return the shares of a node, equal where they tie."""
    shares = result.shares[[result.row_of(code)]]
    ranked: Float = as_ranked(shares, [code], result.framework._of_one_sign)[0]
    return ranked


def _felt(
    result: Computed, code: str, part: str, score: Float, counts: Bool, smoother: str
) -> dict[str, float]:
    part_scores = _shares(result, part)
    both = counts & ~np.isnan(part_scores) & ~np.isnan(score)
    # In the order of scores, so that the order of the units does not matter.
    order = np.lexsort((score[both], part_scores[both]))
    x, y = part_scores[both][order], score[both][order]
    if len(x) < _FEWEST[smoother]:
        raise DataError(
            f"a {smoother} smoother needs {_FEWEST[smoother]} units; {len(x)} have scores at both "
            f"'{part}' and '{code}'"
        )
    flat = [name for name, scores in ((part, x), (code, y)) if scores.min() == scores.max()]
    if flat:
        raise DataError(f"a correlation ratio needs scores that vary; constant: {listing(flat)}")
    correlation = float(np.corrcoef(x, y)[0, 1])
    ratio = correlation**2 if smoother == "linear" else explained(x, y)
    return {"correlation": correlation, "ratio": ratio, "units": len(x)}


def explained(x: Float, y: Float) -> float:
    """Return the part of the variance of y that a smooth curve over x explains.

    A straight line, and radial cubics at some knots with coefficients that are penalised by
    generalised cross-validation.
    """
    # The smoothing spline of scipy has a knot at every unit, and explains another part (by up to
    # 0.05 of the variance on a few dozen units).
    points = np.unique(x)
    x = (x - points[0]) / (points[-1] - points[0])
    line, _ = np.linalg.qr(np.column_stack([np.ones_like(x), x]))
    straight = line.T @ y
    residuals = y - line @ straight
    explained = float(straight[1] ** 2)
    basis = _radial(x, points)
    if basis is not None:
        explained += _bent(basis - line @ (line.T @ basis), residuals)
    # The first column is constant, and the spline is orthogonal to the line.
    return min(explained / float(((y - y.mean()) ** 2).sum()), 1.0)


def _bent(basis: Float, rest: Float) -> float:
    """Return the sum of squares that a penalised basis explains beyond the straight line."""
    squared, turn = np.linalg.eigh(basis.T @ basis)
    usable = squared > 1e-13 * squared[-1]
    variances = np.where(usable, squared, 0.0)
    projections = np.where(
        usable, (turn.T @ (basis.T @ rest)) / np.sqrt(np.where(usable, squared, 1.0)), 0.0
    )
    penalties = squared[-1] * np.logspace(6, -10, 97)[:, None]  # the smoothest first
    shrinkage = variances / (variances + penalties)
    residual = float(rest @ rest) - (projections * projections * shrinkage * (2.0 - shrinkage)).sum(
        axis=1
    )
    degrees = len(rest) - 2.0 - shrinkage.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        errors = np.where(degrees > 0.5, np.maximum(residual, 0.0) / degrees**2, np.inf)
    chosen = shrinkage[int(errors.argmin())]
    return float(((chosen * projections) ** 2).sum())


def _radial(x: Float, points: Float) -> Float | None:
    """Return cubes of the distance from knots, shape (units, knots); None for two points."""
    count = min(max(min(len(points) - 2, 3), len(points) // 4), _KNOTS)
    if count < 1:
        return None
    spread = (points - points[0]) / (points[-1] - points[0])
    knots = np.quantile(spread, np.arange(1, count + 1) / (count + 1))
    apart = np.abs(x[:, None] - knots)
    cubes: Float = apart * apart * apart
    if count == 1:
        return cubes
    left, size, right = np.linalg.svd(np.abs(knots[:, None] - knots) ** 3)
    root = right.T @ (left.T / np.sqrt(np.maximum(size, 1e-12 * size[0]))[:, None])
    return np.asarray(cubes @ root)
