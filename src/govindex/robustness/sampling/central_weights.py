"""Central weights, under which a unit is first, and their confidence factors."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np

from govindex.compute.weights import redraw
from govindex.contracts import Float
from govindex.errors import SettingError
from govindex.methods import Methodology
from govindex.robustness.sampling.draws import Ranks, Recipe, Runner
from govindex.robustness.variations.protocols import Drawn, ReplacedWeights

__all__ = ["central_weights", "confidence"]

# Weights are summed as multiples of this number, so that the order does not change the sum.
_UNIT = 2.0**-40


def central_weights(recipe: Recipe, kept: Ranks | None) -> tuple[Float, tuple[str, ...]]:
    """Return the mean effective weights of the draws in which each unit is first.

    Parameters
    ----------
    recipe : Recipe
    kept : array of int, shape (draws, units), or None
        Twice the ranks; with None they are computed again.

    Returns
    -------
    array, shape (units, indicators), tuple of str
        The weights, NaN for a unit that is never first, and the indicators.

    Raises
    ------
    SettingError
        If the methodology has several forms, or a weight is a variable of the data.
    """
    method = recipe.basis.method
    if len(method.frameworks) > 1:
        raise SettingError("central weights need one framework; this methodology has several forms")
    by_variable = [node.code for node in method.framework.nodes if isinstance(node.weight, str)]
    if by_variable:
        raise SettingError(f"the weight of '{by_variable[0]}' is a variable: units differ in it")
    codes = tuple(c for c in method.framework.leaf_codes if method.framework.is_scored(c))
    runner = Runner(recipe)
    units = len(recipe.basis.prepared.units)
    sums = np.zeros((units, len(codes)), dtype=np.int64)
    firsts = np.zeros(units, dtype=np.int64)
    for number in range(recipe.blocks):
        start = number * recipe.block
        stop = min(start + recipe.block, recipe.draws)
        ranks = runner.run(number).ranks if kept is None else kept[start:stop]
        drawn = runner.draw(number)
        for combination, draws in runner.combinations(drawn):
            rows = np.arange(recipe.block)[draws]
            weights = _effective(runner, combination, drawn, draws, codes)
            real = rows[rows < len(ranks)]
            which, unit = np.nonzero(ranks[real] == 2)
            whole = np.rint(weights[which if len(weights) > 1 else np.zeros_like(which)] / _UNIT)
            np.add.at(sums, unit, whole.astype(np.int64))
            firsts += np.bincount(unit, minlength=units)
    with np.errstate(invalid="ignore", divide="ignore"):
        return sums * _UNIT / firsts[:, None].astype(np.float64), codes


def _effective(
    runner: Runner,
    combination: tuple[int, ...],
    drawn: list[Drawn],
    draws: Any,
    codes: tuple[str, ...],
) -> Float:
    """Return the effective weights of indicators, shape (draws or 1, indicators)."""
    (part,) = runner.variant(combination).parts
    weights = redraw(part.method._plan.declared, runner.weights(part.method, drawn, draws))
    columns = [weights.effective.get(code, np.zeros(1)) for code in codes]
    return np.stack(np.broadcast_arrays(*columns), axis=1)


def confidence(recipe: Recipe, weights: Float, codes: tuple[str, ...]) -> Float:
    """Return the share of draws in which each unit is first under its own central weights.

    Variations besides weights are drawn as before; NaN for a unit without central weights.
    """
    shares = np.full(len(weights), np.nan)
    method = recipe.basis.method
    for unit in np.flatnonzero(~np.isnan(weights).any(axis=1)):
        fixed = _SameWeights(_node_weights(method, dict(zip(codes, weights[unit], strict=True))))
        # It replaces a variation of weights, so that the others keep their streams.
        bounds = tuple(bound if not bound.codes else fixed for bound in recipe.bounds)
        runner = Runner(attrs.evolve(recipe, bounds=bounds))
        outcomes = (runner.run(number) for number in range(recipe.blocks))
        counted = [(int((o.ranks[:, unit] == 2).sum()), int((~o.failed).sum())) for o in outcomes]
        first, whole = np.sum(counted, axis=0)
        shares[unit] = first / whole if whole else np.nan
    return shares


@attrs.frozen(eq=False)
class _SameWeights:
    """A variation that gives every draw the same weights."""

    weights: dict[str, Float]
    options: tuple[()] = ()
    varies_data: bool = False

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(self.weights)

    def draw(self, rng: np.random.Generator, start: int, count: int) -> Drawn:
        return Drawn(weigh=ReplacedWeights(self.weights))


def _node_weights(method: Methodology, effective: dict[str, float]) -> dict[str, Float]:
    """Return weights of all nodes under which indicators have these effective weights."""
    form = method.framework
    weights = {}
    for code in form.codes:
        if code != form.code and form.is_scored(code):
            below = [leaf.code for leaf in form.below(code) if leaf.code in effective]
            weights[code] = np.array([sum(effective[leaf] for leaf in below)])
    return weights
