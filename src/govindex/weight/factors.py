"""Weights by principal components."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Protocol

import attrs
import numpy as np

from govindex.checks import is_share
from govindex.contracts import Float
from govindex.errors import DataError, SettingError, listing
from govindex.kernels.components import pointing_up, principal
from govindex.weight.common import (
    Children,
    Degenerate,
    Missing,
    WeightSet,
    at_least_0,
    correlation,
    normalised,
    one_of,
    only_child,
    usable,
)

__all__ = ["PrincipalComponents"]

_TIED = 1e-9


def check_share(_: object, attribute: Any, value: Any) -> None:
    """Check a setting that is a share."""
    if not is_share(value):
        raise SettingError(f"'{attribute.name}' is a share from 0 to 1, not {value!r}")


def check_count(_: object, __: object, value: Any) -> None:
    """Check a number of components."""
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
        raise SettingError(f"components are counted 1, 2 …, or chosen by a rule (None): {value!r}")


@attrs.frozen(kw_only=True)
class PrincipalComponents:
    """Principal components of the correlations: common variance decides.

    The components that are kept give loadings (the correlation of indicator i with component f),
    rotated by varimax. Weights are by

    - ``loadings``: squared loadings ``l²_if``, each indicator's on the component in which its part
      ``l²_if / Σ_i l²_if`` is largest; the same as these parts, weighted by the variance that each
      component explains;
    - ``variance``: ``Σ_f l²_if``, the variance of the indicator that the components explain; no
      rotation changes it;
    - ``first``: the coefficients of the first component, not rotated.

    Parameters
    ----------
    by : {"loadings", "variance", "first"}
    components : int, optional
        How many are kept; by default those within the three limits.
    least_eigenvalue : float
        Components with a smaller eigenvalue are not kept; one indicator alone has 1.
    least_share : float
        Components that explain a smaller share of the variance are not kept.
    least_total : float
        More components are kept until they explain this share of the variance.
    rotation : {"varimax", "none"}
    negative : {"error", "zero"}
        For weights by ``first``: whether an indicator with a negative coefficient is refused or
        weighs 0.
    missing, degenerate
        As in :class:`~govindex.weight.Entropy`; ``"pairwise"`` correlates on the units that have
        both.

    Raises
    ------
    DataError
        If scores are missing or constant; if an indicator has a negative coefficient in the first
        component; if pairwise correlations contradict each other; if two components explain the
        same but only one of them would be kept.

    Notes
    -----
    Signs are such that loadings add up to more than 0. The report holds the loadings that
    the weights are taken from; the diagnostics hold each kept ``eigenvalue`` and the share of the
    variance that it explains.

    References
    ----------
    OECD/JRC, Handbook on Constructing Composite Indicators (2008), section 6.1 (weights based on
    principal components analysis or factor analysis). Nicoletti, G., Scarpetta, S. & Boylaud, O.
    (2000), Summary indicators of product market regulation. OECD Economics Department Working
    Papers 226. Kaiser, H. F. (1958), The varimax criterion for analytic rotation in factor
    analysis. Psychometrika 23(3).

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"a": [1, 2, 3, 4], "b": [1, 2, 4, 3], "c": [2, 1, 1, 2]})
    >>> found = PrincipalComponents()(frame)
    >>> {code: round(weight, 3) for code, weight in found.weights.items()}
    {'a': 0.35, 'b': 0.291, 'c': 0.359}
    """

    by: Literal["loadings", "variance", "first"] = attrs.field(
        default="loadings", validator=one_of(["loadings", "variance", "first"])
    )
    components: int | None = attrs.field(default=None, validator=check_count)
    least_eigenvalue: float = attrs.field(default=1.0, validator=at_least_0)
    least_share: float = attrs.field(default=0.0, validator=check_share)
    least_total: float = attrs.field(default=0.0, validator=check_share)
    rotation: Literal["varimax", "none"] = attrs.field(
        default="varimax", validator=one_of(["varimax", "none"])
    )
    negative: Literal["error", "zero"] = attrs.field(
        default="error", validator=one_of(["error", "zero"])
    )
    missing: Missing = attrs.field(
        default="error", validator=one_of(["error", "complete", "pairwise"])
    )
    degenerate: Degenerate = attrs.field(default="error", validator=one_of(["error", "zero"]))
    peer_dependent: ClassVar[bool] = True

    def __call__(self, children: Children) -> WeightSet:
        """Weigh the columns of a frame, units × children."""
        if only := only_child(children, self):
            return only
        name = "PrincipalComponents"
        kept = usable(children, name, missing=self.missing, degenerate=self.degenerate, fewest=3)
        if len(kept.shares.names) < 2:
            raise DataError(
                f"{name} needs two indicators whose scores vary, not {listing(kept.shares.names)}"
            )
        eigenvalues, vectors = components_of(correlation(kept.shares))
        choice = attrs.evolve(self, components=1) if self.by == "first" else self
        count = kept_count(choice, eigenvalues)
        loadings = vectors[:, :count] * np.sqrt(np.maximum(eigenvalues[:count], 0.0))
        if self.rotation == "varimax" and self.by != "first":
            loadings = varimax(loadings)
        raw = self._raw(kept.shares.names, vectors[:, 0], loadings)
        names = [f"component {number + 1}" for number in range(count)]
        part = eigenvalues / len(eigenvalues)
        return WeightSet(
            weights=normalised(kept.codes, kept.full(raw).values(), "no component is kept"),
            how=self,
            units=len(kept.shares.units),
            left_out=kept.left_out,
            diagnostics={
                **{f"eigenvalue {i + 1}": float(eigenvalues[i]) for i in range(count)},
                **{f"explained {i + 1}": float(part[i]) for i in range(count)},
                "explained": float(part[:count].sum()),
            },
            columns={name: kept.full(loadings[:, i]) for i, name in enumerate(names)},
        )

    def _raw(self, codes: tuple[str, ...], first: Float, loadings: Float) -> Float:
        if self.by == "loadings":
            return largest_parts(loadings)
        if self.by == "variance":
            return np.asarray((loadings * loadings).sum(axis=1))
        against = first < -_TIED
        if self.negative == "error" and against.any():
            wrong = [code for code, negative in zip(codes, against, strict=True) if negative]
            raise DataError(
                f"the first component would give a negative weight to {listing(wrong)}: their "
                "scores pull against the others'. Reverse their direction, leave them out, or say "
                "negative='zero'"
            )
        return np.maximum(first, 0.0)


def components_of(correlations: Float) -> tuple[Float, Float]:
    """Return eigenvalues and vectors, refusing correlations that contradict each other."""
    values, vectors = principal(correlations)
    if values[-1] < -_TIED * len(values):
        raise DataError(
            "correlations on different units contradict each other (the least eigenvalue is "
            f"{values[-1]:.3g}): say missing='complete', or impute the scores"
        )
    return values, vectors


class ComponentChoice(Protocol):
    """Which components are kept."""

    @property
    def components(self) -> int | None: ...

    @property
    def least_eigenvalue(self) -> float: ...

    @property
    def least_share(self) -> float: ...

    @property
    def least_total(self) -> float: ...


def kept_count(choice: ComponentChoice, eigenvalues: Float) -> int:
    """Return how many components are kept.

    Raises
    ------
    SettingError
        If there are fewer than wanted.
    DataError
        If none is within the limits, or the last one explains the same as the next.
    """
    count = _wanted(choice, eigenvalues)
    if count < len(eigenvalues) and eigenvalues[count - 1] - eigenvalues[count] < _TIED:
        raise DataError(
            f"components {count} and {count + 1} explain the same, so that only one of them "
            f"cannot be kept: keep {count + 1}, or fewer than {count}"
        )
    return count


def _wanted(choice: ComponentChoice, eigenvalues: Float) -> int:
    if choice.components is not None:
        if choice.components > len(eigenvalues):
            raise SettingError(
                f"{len(eigenvalues)} indicators have as many components, not {choice.components}"
            )
        return choice.components
    part = eigenvalues / len(eigenvalues)
    large = eigenvalues >= choice.least_eigenvalue - _TIED
    passing = int((large & (part >= choice.least_share - _TIED)).sum())
    for_total = int((np.cumsum(part) < choice.least_total - _TIED).sum()) + 1
    if choice.least_total == 0.0:
        for_total = 0
    count = max(passing, for_total)
    if count == 0:
        raise DataError(
            f"no component has an eigenvalue of {choice.least_eigenvalue:g} and explains "
            f"{choice.least_share:.0%} of the variance; the largest has {eigenvalues[0]:.3g} and "
            f"explains {part[0]:.0%}"
        )
    return count


def largest_parts(loadings: Float) -> Float:
    """Return squared loadings, each row's on the column in which its part is largest.

    Parameters
    ----------
    loadings : array, shape (indicators, components)

    Returns
    -------
    array, shape (indicators,)
    """
    squared = loadings * loadings
    part = squared / squared.sum(axis=0)
    return np.asarray(np.take_along_axis(squared, part.argmax(axis=1)[:, None], axis=1)[:, 0])


def varimax(loadings: Float, *, rounds: int = 1000) -> Float:
    """Return loadings rotated by Kaiser's normalised varimax, the weightiest component first.

    Pairs of columns are rotated by the best angle for the two, until all angles are 0.
    """
    size = np.sqrt((loadings * loadings).sum(axis=1, keepdims=True))
    rotated = loadings / np.where(size > 0, size, 1.0)
    count = rotated.shape[1]
    for _ in range(rounds):
        largest = 0.0
        for i in range(count - 1):
            for j in range(i + 1, count):
                angle = _best_angle(rotated[:, i], rotated[:, j])
                largest = max(largest, abs(angle))
                rotation = np.array(
                    [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
                )
                rotated[:, [i, j]] = rotated[:, [i, j]] @ rotation
        if largest < 1e-12:
            break
    rotated = pointing_up(rotated * size)
    order = np.argsort(-(rotated * rotated).sum(axis=0).round(12), kind="stable")
    return np.asarray(rotated[:, order])


def _best_angle(x: Float, y: Float) -> float:
    # Kaiser (1958): tan 4φ for two columns of normalised loadings.
    u, v = x * x - y * y, 2.0 * x * y
    above = 2.0 * ((u * v).mean() - u.mean() * v.mean())
    below = (u * u - v * v).mean() - (u.mean() ** 2 - v.mean() ** 2)
    if np.hypot(above, below) < 1e-15:
        return 0.0
    return float(np.arctan2(above, below) / 4.0)
