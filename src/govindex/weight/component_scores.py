"""Weights that make a mean the score of components, with their signs."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import attrs
import numpy as np

from govindex.contracts import Float
from govindex.errors import DataError, SettingError, listing, near_miss
from govindex.kernels.components import pointing_up
from govindex.kernels.rounding import snap
from govindex.weight.common import (
    Children,
    Degenerate,
    Missing,
    Usable,
    WeightSet,
    at_least_0,
    correlation,
    deviations,
    one_of,
    only_child,
    usable,
)
from govindex.weight.factors import check_count, check_share, components_of, kept_count, varimax

__all__ = ["ComponentScores"]

_NOTHING = 1e-12


def _check_positive(_: object, __: object, code: Any) -> None:
    if code is not None and (not isinstance(code, str) or not code.strip()):
        raise SettingError(f"positive is the code of a child, or None, not {code!r}")


@attrs.frozen(kw_only=True)
class ComponentScores:
    """The scores of principal components or rotated factors, several of them combined.

    A component's score is a weighted sum of standardised scores, ``Σ_i b_if·(x_i − x̄_i) / s_i``
    with the coefficients ``B = L·(LᵀL)⁻¹`` of the loadings L; several components are added up,
    weighted by the variance that each explains. A weight is ``Σ_f e_f·b_if / s_i``, divided by the
    sum of all without their signs, so that the mean of the scores, in whatever straight line they
    were normalised, is the component score up to a shift and a factor.

    Weights may be negative, since an indicator may point against the others: :func:`apply
    <govindex.weight.apply>` writes a :class:`~govindex.aggregate.SignedMean`. They are plain
    numbers: the scores of later years are on the same scale. ``rule=ZScore()`` at the branch gives
    them the mean 0 and the deviation 1.

    Parameters
    ----------
    components : int, optional
        How many are kept; by default those within the limits, as in
        :class:`~govindex.weight.PrincipalComponents`.
    least_eigenvalue, least_share, least_total
        As in :class:`~govindex.weight.PrincipalComponents`.
    rotation : {"varimax", "none"}
        With one component there is nothing to rotate.
    combine : {"variance", "equal"}
        Whether components count by the variance that they explain, or alike.
    positive : str, optional
        The child whose loading is above 0 in every component. By default the loadings of each
        component add up to more than 0.
    missing, degenerate
        As in :class:`~govindex.weight.PrincipalComponents`.

    Raises
    ------
    SettingError
        If `positive` is no child that varies, or more components are wanted than there are.
    DataError
        If scores are missing or constant; if the loading of `positive` is 0 in a component; if all
        weights would be 0; or as :class:`~govindex.weight.PrincipalComponents` says.

    Notes
    -----
    The report holds loadings and the coefficient of each node. The diagnostics hold each kept
    ``eigenvalue``, the share of the variance that each component explains after the rotation, and
    ``spread``, the standard deviation of the combined score.

    References
    ----------
    Filmer, D. and Pritchett, L. H. (2001), Estimating wealth effects without expenditure data — or
    tears. Demography 38(1): first component, with negative coefficients. Thomson, G. H. (1951),
    The Factorial Analysis of Human Ability, on scores of factors. Pages of both could not be
    compared with their text.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"car": [0, 0, 1, 2], "earth": [1, 1, 0, 1], "radio": [0, 1, 1, 1]})
    >>> found = ComponentScores(components=1)(frame)
    >>> {code: round(weight, 3) for code, weight in found.weights.items()}
    {'car': 0.219, 'earth': -0.32, 'radio': 0.461}
    """

    signed: ClassVar[bool] = True
    peer_dependent: ClassVar[bool] = True
    components: int | None = attrs.field(default=None, validator=check_count)
    least_eigenvalue: float = attrs.field(default=1.0, validator=at_least_0)
    least_share: float = attrs.field(default=0.0, validator=check_share)
    least_total: float = attrs.field(default=0.0, validator=check_share)
    rotation: Literal["varimax", "none"] = attrs.field(
        default="varimax", validator=one_of(["varimax", "none"])
    )
    combine: Literal["variance", "equal"] = attrs.field(
        default="variance", validator=one_of(["variance", "equal"])
    )
    positive: str | None = attrs.field(default=None, validator=_check_positive)
    missing: Missing = attrs.field(
        default="error", validator=one_of(["error", "complete", "pairwise"])
    )
    degenerate: Degenerate = attrs.field(default="error", validator=one_of(["error", "zero"]))

    def __call__(self, children: Children) -> WeightSet:
        """Weigh the columns of a frame, units × children."""
        if only := only_child(children, self):
            return only
        name = "ComponentScores"
        kept = usable(children, name, missing=self.missing, degenerate=self.degenerate, fewest=3)
        if len(kept.shares.names) < 2:
            raise DataError(
                f"{name} needs two indicators whose scores vary, not {listing(kept.shares.names)}"
            )
        correlations = correlation(kept.shares)
        eigenvalues, vectors = components_of(correlations)
        count = kept_count(self, eigenvalues)
        loadings = vectors[:, :count] * np.sqrt(np.maximum(eigenvalues[:count], 0.0))
        if self.rotation == "varimax" and count > 1:
            loadings = varimax(loadings)
        loadings = self._turned(loadings, kept)
        explained = (loadings * loadings).sum(axis=0) / len(loadings)
        coefficients = loadings @ np.linalg.inv(loadings.T @ loadings)
        combined = coefficients @ (explained if self.combine == "variance" else np.ones(count))
        return WeightSet(
            weights=self._weights(kept, combined),
            how=self,
            units=len(kept.shares.units),
            left_out=kept.left_out,
            diagnostics={
                **{f"eigenvalue {i + 1}": float(eigenvalues[i]) for i in range(count)},
                **{f"explained {i + 1}": float(explained[i]) for i in range(count)},
                "explained": float(explained.sum()),
                "spread": float(np.sqrt(max(combined @ correlations @ combined, 0.0))),
            },
            columns={
                **{f"component {i + 1}": kept.full(loadings[:, i]) for i in range(count)},
                "coefficient": kept.full(combined),
            },
        )

    def _turned(self, loadings: Float, kept: Usable) -> Float:
        """Return loadings with the declared signs."""
        if self.positive is None:
            return pointing_up(loadings)
        codes = kept.shares.names
        if self.positive not in codes:
            raise SettingError(
                f"positive is '{self.positive}', no child whose scores vary: "
                + near_miss(self.positive, codes)
            )
        row = loadings[codes.index(self.positive)]
        nothing = np.flatnonzero(np.abs(row) < 1e-9)
        if len(nothing):
            raise DataError(
                f"'{self.positive}' does not load on component {nothing[0] + 1}, so that it cannot "
                "decide on its sign: name another child, or keep fewer components"
            )
        return np.asarray(loadings * np.sign(row))

    def _weights(self, kept: Usable, combined: Float) -> dict[str, float]:
        """Return the weights of scores as they are: coefficients over deviations."""
        _, proportions = deviations(kept.shares)
        raw = np.where(np.abs(combined) < _NOTHING, 0.0, combined)
        raw = raw / (proportions / proportions.min())
        whole = float(np.abs(raw).sum())
        if not whole > 0.0:
            raise DataError(f"the components cancel out: {listing(kept.codes)} would all weigh 0")
        return kept.full(snap(raw / whole, 1.0))
