"""Where drawn errors come from: independent ones, those of a unit together, and replicates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import attrs
import numpy as np

from govindex.contracts import Bool, Float, Index
from govindex.kernels.logit_normals import latent_correlations
from govindex.robustness.variations.margins import ErrorMargins

__all__ = ["ErrorSource", "IndependentErrors", "JointErrors", "ReplicatedErrors", "joint_errors"]

Shifts = Mapping[str, Float]


class ErrorSource(Protocol):
    """Draws errors of some variables, by a generator or by quantiles."""

    @property
    def inputs(self) -> tuple[str, ...]:
        """The name of each input; inputs of the same name belong together."""

    def draw(self, rng: np.random.Generator, count: int) -> Shifts:
        """Return drawn errors by variable, shape (draws, units)."""

    def quantiles(self, uniform: Float) -> Float:
        """Return the quantiles of inputs at levels between 0 and 1, shape (draws, inputs)."""

    def drawn(self, quantiles: Float) -> Shifts:
        """Return the errors of these quantiles."""


def _normal(uniform: Float) -> Float:
    from scipy import special

    return np.asarray(special.ndtri(uniform))


@attrs.frozen(eq=False)
class IndependentErrors:
    """Errors of each unit and variable by themselves.

    Parameters
    ----------
    margins : mapping of str to ErrorMargins
    """

    margins: Mapping[str, ErrorMargins]

    @property
    def inputs(self) -> tuple[str, ...]:
        """The variable of each value with an error above 0."""
        return tuple(v for v, m in self.margins.items() for _ in np.flatnonzero(m.sizes))

    def draw(self, rng: np.random.Generator, count: int) -> Shifts:
        """Return drawn errors by variable, shape (draws, units)."""
        shifts = {}
        for variable, margins in self.margins.items():
            shape = (count, len(margins.sizes))
            if margins.uniform:
                # Uniform between the ends that give this standard deviation.
                drawn = (2.0 * rng.random(shape) - 1.0) * (np.sqrt(3.0) * margins.sizes)
                shifts[variable] = drawn
            else:
                shifts[variable] = margins.shifts(rng.standard_normal(shape))
        return shifts

    def quantiles(self, uniform: Float) -> Float:
        """Return quantiles of standard normal variables; as they are, if errors are uniform."""
        every = list(self.margins.values())
        return uniform if every and every[0].uniform else _normal(uniform)

    def drawn(self, quantiles: Float) -> Shifts:
        """Return the errors of these quantiles."""
        shifts, first = {}, 0
        for variable, margins in self.margins.items():
            moved = np.flatnonzero(margins.sizes)
            some = quantiles[:, first : first + len(moved)]
            if margins.uniform:
                shift = np.zeros((len(quantiles), len(margins.sizes)))
                shift[:, moved] = (2.0 * some - 1.0) * (np.sqrt(3.0) * margins.sizes[moved])
            else:
                whole = np.zeros((len(quantiles), len(margins.sizes)))
                whole[:, moved] = some
                shift = margins.shifts(whole)
            shifts[variable] = shift
            first += len(moved)
        return shifts


@attrs.frozen(eq=False)
class JointErrors:
    """Errors of a unit's variables together: normal variables that are correlated.

    Parameters
    ----------
    margins : mapping of str to ErrorMargins
        In the order of the last axes of `roots`.
    roots : array, shape (units, variables, variables)
        What independent variables are multiplied by, each row of length 1.
    """

    margins: Mapping[str, ErrorMargins]
    roots: Float

    @property
    def inputs(self) -> tuple[str, ...]:
        """The variables together, for each unit and variable: they cannot vary one by one."""
        units, count = self.roots.shape[:2]
        return (", ".join(self.margins),) * int(units * count)

    def draw(self, rng: np.random.Generator, count: int) -> Shifts:
        """Return drawn errors by variable, shape (draws, units)."""
        return self._shifts(rng.standard_normal((count, *self.roots.shape[:2])))

    def quantiles(self, uniform: Float) -> Float:
        """Return quantiles of standard normal variables."""
        return _normal(uniform)

    def drawn(self, quantiles: Float) -> Shifts:
        """Return the errors of these quantiles."""
        return self._shifts(quantiles.reshape(len(quantiles), *self.roots.shape[:2]))

    def _shifts(self, normal: Float) -> Shifts:
        # Units first: one small product for each, whatever the others are.
        joint = np.swapaxes(normal, 0, 1) @ np.swapaxes(self.roots, 1, 2)
        return {
            name: margins.shifts(np.ascontiguousarray(joint[:, :, column].T))
            for column, (name, margins) in enumerate(self.margins.items())
        }


def joint_errors(margins: Mapping[str, ErrorMargins], covariances: Float) -> JointErrors:
    """Return errors with these covariances, shape (units, variables, variables).

    Where distributions cannot go together that much, they go together as much as they can.
    """
    found = np.stack([each.coefficients() for each in margins.values()], axis=1)
    latent = latent_correlations(covariances, found)
    spreads, axes = np.linalg.eigh(latent)
    roots = (axes * np.sqrt(np.maximum(spreads, 0.0))[:, None, :]) @ np.swapaxes(axes, 1, 2)
    return JointErrors(margins, roots / np.linalg.norm(roots, axis=2, keepdims=True))


@attrs.frozen(eq=False)
class ReplicatedErrors:
    """Errors of all units and variables together, from the replicates of a survey.

    Replicates of a bootstrap are drawn whole. Others are combined: the sum of their deviations,
    each times the root of its factor and a standard normal variable, has the covariances that the
    replicates show.

    Parameters
    ----------
    variables : tuple of str
    apart : array, shape (replicates, units, variables)
        Deviations from the values; 0 without replicates.
    factors : array, shape (replicates,)
    are_draws : bool
    margins : mapping of str to ErrorMargins
        Of combined deviations, for variables with limits.
    known : array of bool, shape (units, variables)
        Cells that have replicates.
    """

    variables: Sequence[str]
    apart: Float
    factors: Float
    are_draws: bool
    margins: Mapping[str, ErrorMargins]
    known: Bool

    @property
    def inputs(self) -> tuple[str, ...]:
        """The replicates."""
        return ("replicates",) * (1 if self.are_draws else len(self.factors))

    def draw(self, rng: np.random.Generator, count: int) -> Shifts:
        """Return drawn errors by variable, shape (draws, units)."""
        if self.are_draws:
            return self._taken(rng.integers(0, len(self.factors), count))
        return self._combined(rng.standard_normal((count, len(self.factors))))

    def quantiles(self, uniform: Float) -> Float:
        """Return the numbers of replicates, or quantiles of standard normal variables."""
        return np.floor(uniform * len(self.factors)) if self.are_draws else _normal(uniform)

    def drawn(self, quantiles: Float) -> Shifts:
        """Return the errors of these quantiles."""
        if self.are_draws:
            return self._taken(quantiles[:, 0].astype(np.intp))
        return self._combined(quantiles)

    def _taken(self, which: Index) -> Shifts:
        chosen = self.apart[which]
        return {name: chosen[:, :, column] for column, name in enumerate(self.variables)}

    def _combined(self, normal: Float) -> Shifts:
        scaled = normal * np.sqrt(self.factors)
        shifts = {}
        for column, name in enumerate(self.variables):
            shift = scaled @ self.apart[:, :, column]
            margins = self.margins.get(name)
            if margins is not None:
                spread = np.sqrt(self.factors @ self.apart[:, :, column] ** 2)
                with np.errstate(invalid="ignore", divide="ignore"):
                    latent = np.where(spread > 0, shift / spread, 0.0)
                shift = np.where(self.known[:, column], margins.shifts(latent), 0.0)
            shifts[name] = shift
        return shifts
