"""Blocks of draws: their methodology, weights and data, and the ranks of units.

The size of blocks depends on the problem only, and blocks are always drawn whole, so that neither
the number of draws nor the worker changes a bit of a draw.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import reduce
from typing import Any
from uuid import uuid4

import attrs
import numpy as np
import numpy.typing as npt

from govindex.compute import Block, Scored, State, evaluate_nodes, score
from govindex.compute.weights import Rows
from govindex.contracts import Bool, Float, Index
from govindex.errors import DataError, GovIndexError, listing
from govindex.kernels.keys import doubled_ranks
from govindex.kernels.memory import Memory
from govindex.kernels.rounding import snap, twelve_digits
from govindex.kernels.seeds import generator
from govindex.methods import Methodology
from govindex.model.framework import Framework
from govindex.model.observations import Observations
from govindex.model.units import Units
from govindex.prepare.codes import same_codes
from govindex.robustness.sampling.variants import FormUnits, Variant, keys_of
from govindex.robustness.variations.protocols import Basis, Bound, Drawn

__all__ = ["BlockRanks", "Recipe", "Runner", "block_size", "ranked_together"]

Ranks = npt.NDArray[np.integer[Any]]

_CELLS = 2**20
_VARIED_CELLS = 2**21
_CELLS_AT_ONCE = 2**17
_AT_ONCE = 2**15


@attrs.frozen(eq=False)
class Recipe:
    """Everything that decides a draw.

    Parameters
    ----------
    basis : Basis
    bounds : tuple of Bound
    seed : tuple of int
    node : str
        The node that is ranked.
    draws : int
    block : int
        How many draws a block has.
    count_errors : bool
        Count draws that cannot be scored instead of raising.
    key : str
        Identifies the recipe, for workers that keep its data.
    """

    basis: Basis
    bounds: tuple[Bound, ...]
    seed: tuple[int, ...]
    node: str
    draws: int
    block: int
    count_errors: bool = False
    key: str = attrs.field(init=False, factory=lambda: uuid4().hex)

    @property
    def blocks(self) -> int:
        """How many blocks the draws make."""
        return -(-self.draws // self.block)


@attrs.frozen(eq=False)
class BlockRanks:
    """The ranks of a block of draws, or of several.

    Parameters
    ----------
    ranks : array of int, shape (draws, units)
        Twice the rank, 0 for unranked units.
    scores : array, shape (draws, units), or None
        In the printed unit, if requested.
    failed : array of bool, shape (draws,)
        Draws that could not be scored.
    """

    ranks: Ranks
    scores: Float | None
    failed: Bool


def block_size(units: int, variables: int, *, data_vary: bool) -> int:
    """Return the number of draws in a block, a power of two by the size of the problem."""
    most = _VARIED_CELLS // variables if data_vary else _CELLS
    return int(2 ** np.clip(np.floor(np.log2(max(most // max(units, 1), 1))), 4, 11))


class Runner:
    """Computes blocks of a recipe; combinations of options are prepared once.

    Parameters
    ----------
    recipe : Recipe
    scored : sequence of Scored, optional
        The indicators of the unvaried methodology by form, if they are scored already.
    """

    def __init__(self, recipe: Recipe, scored: Sequence[Scored] | None = None) -> None:
        self.recipe, self._scored = recipe, scored
        units = recipe.basis.prepared.units
        self._groups = ranked_together(units)
        self._ranked = sum(map(len, self._groups))
        self._declared_weights: dict[int, Rows] = {}
        basis = recipe.basis
        self._data = [(basis.method.steps, basis.method.frameworks, basis.prepared)]
        self._variants: dict[tuple[int, ...], Variant] = {}
        self._memory = Memory()

    def run(self, number: int, *, scores: bool = False, ranks: Ranks | None = None) -> BlockRanks:
        """Return the ranks of a block, without the padding of the last one.

        Parameters
        ----------
        number : int
        scores : bool
            Whether to return scores too.
        ranks : contiguous array of int, shape (draws, units), optional
            Receives the ranks.
        """
        recipe = self.recipe
        start = number * recipe.block
        drawn = self.draw(number)
        shape = (self.draws_of(number), len(recipe.basis.prepared.units))
        outcome = BlockRanks(
            np.empty(shape, dtype=np.int32) if ranks is None else ranks,
            np.full(shape, np.nan) if scores else None,
            np.zeros(shape[0], dtype=bool),
        )
        if self._ranked < shape[1] or recipe.count_errors:
            outcome.ranks[:] = 0
        for combination, together in self.combinations(drawn):
            for draws in self._portions(combination, together):
                self._score(combination, drawn, draws, start, outcome)
        return outcome

    def _portions(self, combination: tuple[int, ...], draws: Any) -> Iterator[Any]:
        """Yield draws to score together: fewer if every node keeps its state."""
        rows = np.arange(self.recipe.block)[draws]
        most = max(_CELLS_AT_ONCE // len(self.recipe.basis.prepared.units), 1)
        try:
            whole = len(rows) <= most or self.variant(combination).closed
        except GovIndexError:
            whole = True  # raised again when it is scored
        if whole:
            yield draws
            return
        for first in range(0, len(rows), most):
            portion = slice(first, min(first + most, len(rows)))
            yield portion if isinstance(draws, slice) else rows[portion]

    def draws_of(self, number: int) -> int:
        """Return how many draws of a block count: the last one is padded."""
        return min(self.recipe.block, self.recipe.draws - number * self.recipe.block)

    def draw(self, number: int) -> list[Drawn]:
        """Return the draws of every variation for a whole block."""
        recipe = self.recipe
        start = number * recipe.block
        return [
            bound.draw(generator(recipe.seed, stream, number), start, recipe.block)
            for stream, bound in enumerate(recipe.bounds)
        ]

    def combinations(self, drawn: Sequence[Drawn]) -> Iterator[tuple[tuple[int, ...], Any]]:
        """Yield the combinations of options that occur, each with its draws."""
        options = [draw.option for draw in drawn if draw.option is not None]
        if not options:
            yield (), slice(None)
            return
        rows, index = np.unique(np.stack(options, axis=1), axis=0, return_inverse=True)
        for i, row in enumerate(rows):
            yield tuple(row.tolist()), np.flatnonzero(index.reshape(-1) == i)

    def variant(self, combination: tuple[int, ...]) -> Variant:
        """Return the methodology of a combination of options, with its prepared data."""
        if combination not in self._variants:
            self._variants[combination] = self._prepared(combination)
        return self._variants[combination]

    def _prepared(self, combination: tuple[int, ...]) -> Variant:
        basis = self.recipe.basis
        choices = [bound for bound in self.recipe.bounds if bound.options]
        changes = [bound.options[i] for bound, i in zip(choices, combination, strict=True)]
        method = reduce(lambda method, change: change(method), changes, basis.method)
        prepared = self._data_of(method)
        if prepared.units.codes != basis.prepared.units.codes:
            raise DataError(
                "an alternative scores other units than the methodology: ranks of different "
                "units cannot be compared"
            )
        # The totals of whole methodologies may have different codes.
        total = self.recipe.node == basis.method.framework.code
        node = method.framework.code if total else self.recipe.node
        scored = None
        if not any(bound.varies_data for bound in self.recipe.bounds):
            known = self._scored if method is basis.method else None
            scored = known or method._scored(prepared)
        return Variant.of(method, prepared, node, scored)

    def _data_of(self, method: Methodology) -> Observations:
        """Return the data prepared for a methodology; once for the same steps and indicators.

        Some steps take their variables from the framework.
        """
        if method is self.recipe.basis.method:
            return self.recipe.basis.prepared
        for steps, frameworks, prepared in self._data:
            alike = not steps or list(map(_measured, frameworks)) == list(
                map(_measured, method.frameworks)
            )
            alike = alike and same_codes(frameworks, method.frameworks)
            if alike and (steps is method.steps or steps == method.steps):
                return prepared
        prepared = method.prepare(self.recipe.basis.data)
        self._data.append((method.steps, method.frameworks, prepared))
        return prepared

    def _score(
        self,
        combination: tuple[int, ...],
        drawn: Sequence[Drawn],
        draws: Any,
        start: int,
        outcome: BlockRanks,
    ) -> None:
        """Score draws together, or one by one if a draw cannot be scored."""
        rows = np.arange(self.recipe.block)[draws]
        real = rows[rows < len(outcome.failed)]
        if not real.size:
            return
        self._memory.restart()
        try:
            variant = self.variant(combination)
            evaluated = [
                self._evaluated(variant, part, drawn, draws, len(rows)) for part in variant.parts
            ]
            largest = variant.largest(lambda form: self.weights(form, drawn, draws))
        except GovIndexError as error:
            if len(real) > 1:
                for row in real:
                    self._score(combination, drawn, np.array([row]), start, outcome)
                return
            if not self.recipe.count_errors:
                drawn_from = self._description(combination, drawn)
                message = f"draw {start + real[0]}{drawn_from} cannot be scored: {error}"
                raise DataError(message, error.problems) from error
            outcome.failed[real] = True
            return
        if outcome.scores is not None:
            _print(variant, evaluated, real, len(rows), outcome.scores)
        units = outcome.ranks.shape[1]
        ties = variant.rankings[variant.node].ties
        self._rank(
            lambda rows: keys_of(variant, evaluated, largest, rows, units, self._memory),
            ties,
            real,
            outcome.ranks,
        )

    def _description(self, combination: tuple[int, ...], drawn: Sequence[Drawn]) -> str:
        """Return the choices and draws of a combination, for a message."""
        choices = [bound for bound in self.recipe.bounds if bound.options]
        words = [
            f"{getattr(bound, 'name', 'choice')}: {bound.options[i]}"
            for bound, i in zip(choices, combination, strict=True)
        ]
        variables = sorted({name for draw in drawn for name in (*draw.values, *draw.shifts)})
        if variables:
            words.append(f"drawn values of {listing(variables)}")
        if any(draw.weigh is not None for draw in drawn):
            words.append("drawn weights")
        return f" ({'; '.join(words)})" if words else ""

    def _evaluated(
        self, variant: Variant, part: FormUnits, drawn: Sequence[Drawn], draws: Any, count: int
    ) -> dict[str, State]:
        """Return the states of draws at the nodes that decide ranks."""
        method, nodes = part.method, variant.nodes(part)
        if not nodes:
            return {}
        scored = part.scored
        if scored is None:
            scored = score(method._plan, _varied(part, drawn, draws, count))
        weights = self.weights(method, drawn, draws)
        return evaluate_nodes(scored, weights, nodes, self._memory)

    def weights(
        self, method: Methodology, drawn: Sequence[Drawn], draws: Any
    ) -> Mapping[str, Float]:
        """Return the weights of draws at the varied nodes."""
        key = id(method)
        if key not in self._declared_weights:
            self._declared_weights[key] = _declared_weights(method, self.recipe.bounds)
        weights: Mapping[str, Float] = self._declared_weights[key]
        for draw in drawn:
            if draw.weigh is not None:
                weights = draw.weigh(weights, draws)
        return weights

    def _rank(
        self,
        keys_of_draws: Callable[[slice], npt.NDArray[np.int64]],
        ties: str,
        rows: Index,
        ranks: Ranks,
    ) -> None:
        """Rank draws group by group, few at a time, so that keys stay in the processor's cache."""
        count = ranks.shape[1]
        at_once = max(_AT_ONCE // count, 1)
        for first in range(0, len(rows), at_once):
            some = slice(first, min(first + at_once, len(rows)))
            target = rows[some]
            keys = np.broadcast_to(keys_of_draws(some), (len(target), count))
            together = target[-1] - target[0] == len(target) - 1
            for chosen in self._groups:
                if len(chosen) == count and together:
                    doubled_ranks(keys, ties, ranks[target[0] : target[-1] + 1], self._memory)
                elif len(chosen) == count:
                    ranks[target] = doubled_ranks(keys, ties, memory=self._memory)
                else:
                    group_ranks = doubled_ranks(keys[:, chosen], ties, memory=self._memory)
                    ranks[np.ix_(target, chosen)] = group_ranks


def ranked_together(units: Units) -> tuple[Index, ...]:
    """Return the ranked units of each ranking group."""
    ranked = units.ranked_mask
    return tuple(members[ranked[members]] for *_, members in units.ranking_groups())


def _declared_weights(method: Methodology, bounds: Sequence[Bound]) -> Rows:
    """Return the declared weights of a methodology at the varied nodes."""
    weights = {}
    for code in dict.fromkeys(code for bound in bounds for code in bound.codes):
        weight = method._plan.declared.weights.get(code)
        if isinstance(weight, np.ndarray) and weight.item() != 0:
            weights[code] = weight
    rows = {code: row for row, code in enumerate(weights)}
    return Rows(rows, np.array(list(weights.values())).reshape(-1, 1))


def _measured(form: Framework) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return form.codes, form.variables


def _print(
    variant: Variant,
    evaluated: Sequence[Mapping[str, State]],
    rows: Index,
    draws: int,
    scores: Float,
) -> None:
    """Write the printed scores of draws."""
    for part, states in zip(variant.parts, evaluated, strict=True):
        if variant.node not in states:
            continue
        share, applicable, maximum = states[variant.node].outcome
        printed = share * applicable * maximum
        one_sign = variant.node in variant.of_one_sign
        printed = twelve_digits(printed) if one_sign else snap(printed, maximum)
        printed = np.broadcast_to(printed, (draws, share.shape[1]))
        target = np.ix_(rows, np.arange(scores.shape[1])[part.members])
        scores[target] = printed[: len(rows)]


def _varied(part: FormUnits, drawn: Sequence[Drawn], draws: Any, count: int) -> Block:
    """Return a block with the drawn values of variables."""
    data = part.data
    values = np.repeat(data.values.T[:, None, :], count, axis=1)
    for draw in drawn:
        for variable, table in draw.values.items():
            cells = values[data.column_of(variable)]
            cells[:] = np.where(np.isnan(cells), np.nan, table[draws][:, part.members])
        for variable, shift in draw.shifts.items():
            cells = values[data.column_of(variable)]
            cells += shift[draws][:, part.members]
            ends = draw.limits.get(variable, (-np.inf, np.inf))
            low, high = (end[part.members] if isinstance(end, np.ndarray) else end for end in ends)
            np.clip(cells, low, high, out=cells)
    return Block(data, values, data.status.T[:, None, :])
