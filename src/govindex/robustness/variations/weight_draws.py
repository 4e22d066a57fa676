"""Variations of weights: spread, concentrated or normal, and nodes left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import attrs
import numpy as np

from govindex.checks import boolean, is_number, names_of, shown
from govindex.compute.weights import Rows
from govindex.contracts import Float, Index
from govindex.errors import SettingError
from govindex.methods import Methodology
from govindex.robustness.variations.protocols import (
    Basis,
    Drawn,
    ReplacedWeights,
    chosen_nodes,
    varied_nodes,
)

__all__ = ["LeaveOut", "Weights"]

At = int | str | tuple[str, ...] | None


def _at(at: int | str | Iterable[str] | None) -> At:
    return at if at is None or isinstance(at, (int, str)) else names_of(at, "at")


def _number(amount: float | None) -> float | None:
    """Return an amount as a number above 0, or None."""
    if amount is None:
        return None
    if not (is_number(amount) and amount > 0):
        raise SettingError(f"weights vary by a finite number above 0, not {shown(amount)}")
    return float(amount)


def _number_or_uniform(
    amount: float | Literal["uniform"] | None,
) -> float | Literal["uniform"] | None:
    return amount if isinstance(amount, str) and amount == "uniform" else _number(amount)


@attrs.frozen(kw_only=True)
class Weights:
    """Vary weights among siblings; give one of the three ways.

    Parameters
    ----------
    spread : float
        Each weight is multiplied by a number drawn evenly from ``1 − spread`` to ``1 + spread``;
        above 0, at most 1.
    deviation : float
        Or each weight is multiplied by a normal number with mean 1 and this standard deviation,
        truncated to numbers above 0.
    concentration : float or "uniform"
        Or the weights of siblings are drawn from a Dirichlet distribution: with ``"uniform"`` all
        proportions are equally likely, whatever the weights (SMAA without preferences); with a
        number the mean is that of the weights, and draws are closer to it the larger the number.
    at : int, str or iterable of str, optional
        A tier of the framework (1: the root's children), or codes of nodes; by default all scored
        nodes at all tiers.

    Raises
    ------
    SettingError
        If not exactly one way is given, or a number is out of range.

    References
    ----------
    OECD/JRC, Handbook on Constructing Composite Indicators (2008), section 7 (uncertainty and
    sensitivity analysis).

    Examples
    --------
    >>> from govindex import robustness
    >>> robustness.Weights(spread=0.25)
    Weights(spread=0.25, deviation=None, concentration=None, at=None)
    """

    spread: float | None = attrs.field(default=None, converter=_number)
    deviation: float | None = attrs.field(default=None, converter=_number)
    concentration: float | Literal["uniform"] | None = attrs.field(
        default=None, converter=_number_or_uniform
    )
    at: At = attrs.field(default=None, converter=_at)

    def __attrs_post_init__(self) -> None:
        ways = (self.spread, self.deviation, self.concentration)
        if sum(way is not None for way in ways) != 1:
            raise SettingError("weights are varied by one of spread=, deviation=, concentration=")
        if self.spread is not None and self.spread > 1:
            raise SettingError(f"a spread is at most 1: no weight is negative; not {self.spread!r}")

    @property
    def _how(self) -> Literal["spread", "normal", "dirichlet"]:
        """The chosen way."""
        if self.spread is not None:
            return "spread"
        return "normal" if self.deviation is not None else "dirichlet"

    @property
    def _amount(self) -> float | None:
        """The chosen number, None for uniform proportions."""
        ways = (self.spread, self.deviation, self.concentration)
        return next((way for way in ways if way is not None and not isinstance(way, str)), None)

    def _bind(self, basis: Basis) -> _BoundWeights:
        """Return the variation for the nodes of a methodology."""
        nodes, parents = varied_nodes(basis.method, self.at)
        return _BoundWeights(self, nodes, parents)


@attrs.frozen(eq=False)
class _BoundWeights:
    variation: Weights
    nodes: Mapping[str, float]
    parents: Mapping[str, str]
    options: tuple[()] = ()
    varies_data: bool = False

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(self.nodes)

    @property
    def inputs(self) -> tuple[str, ...]:
        return self.codes

    def draw(self, rng: np.random.Generator, start: int, count: int) -> Drawn:
        amount, shape = self.variation._amount, (len(self.nodes), count)
        if self.variation._how == "dirichlet":
            return self.drawn(rng.standard_gamma(self._shapes()[:, None], shape).T)
        assert amount is not None
        if self.variation._how == "spread":
            return self.drawn(_spread(rng.random(shape), amount).T)
        factors = 1.0 + amount * rng.standard_normal(shape)
        while (wrong := factors <= 0).any():  # no weight is negative
            factors[wrong] = 1.0 + amount * rng.standard_normal(int(wrong.sum()))
        return self.drawn(factors.T)

    def quantiles(self, uniform: Float) -> Float:
        """Return factors, or gamma variates whose proportions among siblings are the draw."""
        amount = self.variation._amount
        if self.variation._how == "spread":
            assert amount is not None
            return _spread(uniform.copy(), amount)
        from scipy import special

        if self.variation._how == "dirichlet":
            return np.asarray(special.gammaincinv(self._shapes(), uniform))
        assert amount is not None
        # From above: the normal distribution is truncated at factors of 0.
        factors = 1.0 - amount * special.ndtri((1.0 - uniform) * special.ndtr(1.0 / amount))
        return np.asarray(np.maximum(factors, np.finfo(np.float64).tiny))

    def drawn(self, quantiles: Float) -> Drawn:
        """Return the weights from factors or gamma variates."""
        rows = quantiles.T
        if self.variation._how != "dirichlet":
            return Drawn(weigh=_Multiplied(self.codes, rows))
        rows = np.maximum(rows, np.finfo(np.float64).tiny)  # tiny shapes give zeros
        for parent, whole in sorted(self._whole().items()):
            siblings = [i for i, code in enumerate(self.nodes) if self.parents[code] == parent]
            rows[siblings] *= whole / rows[siblings].sum(axis=0)
        return Drawn(weigh=ReplacedWeights(dict(zip(self.codes, rows, strict=True))))

    def _whole(self) -> dict[str, float]:
        """Return the sum of the weights of siblings, by parent."""
        whole: dict[str, float] = {}
        for code, weight in self.nodes.items():
            whole[self.parents[code]] = whole.get(self.parents[code], 0.0) + weight
        return whole

    def _shapes(self) -> Float:
        """Return the shapes of the gamma distributions behind a Dirichlet distribution."""
        whole, amount = self._whole(), self.variation._amount
        parts = np.array([w / whole[self.parents[code]] for code, w in self.nodes.items()])
        return np.ones_like(parts) if amount is None else amount * parts


def _spread(numbers: Float, amount: float) -> Float:
    """Map numbers from 0–1 to ``1 − amount`` … ``1 + amount``, in place."""
    numbers *= 2.0 * amount
    numbers += 1.0 - amount
    return numbers


@attrs.frozen(eq=False)
class _Multiplied:
    codes: tuple[str, ...]
    factors: Float

    def __call__(self, weights: Mapping[str, Float], draws: Any) -> Mapping[str, Float]:
        factors = self.factors[:, draws]
        if isinstance(weights, Rows) and tuple(weights) == self.codes:
            return Rows(weights.rows, weights.table * factors)
        indices = [index for index, code in enumerate(self.codes) if code in weights]
        return {**weights, **{self.codes[i]: weights[self.codes[i]] * factors[i] for i in indices}}


@attrs.frozen
class LeaveOut:
    """Leave one node out of each draw, or none.

    Parameters
    ----------
    at : int, str or iterable of str, optional
        A tier of the framework, or codes of nodes; by default the scored indicators.
    none : bool
        A draw may also leave out no node; all cases are equally likely.

    Examples
    --------
    >>> from govindex import robustness
    >>> robustness.LeaveOut(at=["days", "online"], none=False)
    LeaveOut(at=('days', 'online'), none=False)
    """

    at: At = attrs.field(default=None, converter=_at)
    none: bool = attrs.field(default=True, validator=boolean, kw_only=True)

    def _bind(self, basis: Basis) -> _BoundLeaveOut:
        """Return the variation for the nodes of a methodology."""
        method = basis.method
        if self.at is None:
            leaves = [leaf for form in method.frameworks for leaf in form.leaf_codes]
            known = chosen_nodes(method, None, "LeaveOut")
            codes = tuple(dict.fromkeys(leaf for leaf in leaves if leaf in known))
        else:
            codes = chosen_nodes(method, self.at, "LeaveOut")
        return _BoundLeaveOut(tuple(_carrier(method, code) for code in codes), self.none)


def _carrier(method: Methodology, code: str) -> str:
    """Return the node whose weight is set to 0 to leave a node out.

    It is the node itself, or the dimension of which it is the only scored child.
    """
    form = next(form for form in method.frameworks if form.has(code))
    carrier = code
    while True:
        parent = form.parent(carrier)
        assert parent is not None
        if isinstance(form.weight(carrier), str):
            raise SettingError(
                f"LeaveOut: '{carrier}' is weighted by a variable of the data: use "
                f"Alternatives(method=[…, method.without('{code}')])"
            )
        if any(child.code != carrier and child.weight != 0 for child in parent.inside):
            return carrier
        if parent.code == form.code:
            raise SettingError(f"LeaveOut: '{form.code}' has no scored node but '{code}'")
        carrier = parent.code


@attrs.frozen(eq=False)
class _BoundLeaveOut:
    codes: tuple[str, ...]
    none: bool
    options: tuple[()] = ()
    varies_data: bool = False

    inputs: tuple[str, ...] = ("leave_out",)

    def draw(self, rng: np.random.Generator, start: int, count: int) -> Drawn:
        return self._without(rng.integers(-1 if self.none else 0, len(self.codes), count))

    def quantiles(self, uniform: Float) -> Float:
        """Return the numbers of the nodes to leave out, −1 for no node."""
        none = int(self.none)
        return np.floor(uniform * (len(self.codes) + none)) - none

    def drawn(self, quantiles: Float) -> Drawn:
        """Return the draw without these nodes."""
        return self._without(quantiles[:, 0].astype(np.intp))

    def _without(self, out: Index) -> Drawn:
        names = tuple(dict.fromkeys(self.codes))
        gone = np.array([[code == name for code in (*self.codes, "")] for name in names])
        # Number −1 picks the last column, which leaves out no node.
        return Drawn(weigh=_Multiplied(names, np.where(gone[:, out], 0.0, 1.0)))
