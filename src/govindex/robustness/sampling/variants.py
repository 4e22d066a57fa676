"""Variants of a methodology, and the keys by which their draws are ranked.

Units of several forms are ranked together as in the joint result: by shares, and by points of the
largest maximum among the forms.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from govindex.compute import Scored, State
from govindex.compute.weights import redraw
from govindex.contracts import Float, Index
from govindex.kernels.memory import Memory
from govindex.methods import Methodology
from govindex.model.observations import Observations
from govindex.model.signs import shared_of_one_sign
from govindex.ranking import Ranking
from govindex.ranking.rankings import chained_keys, ranking_at

__all__ = ["FormUnits", "Variant", "keys_of"]


@attrs.frozen(eq=False)
class FormUnits:
    """The units of one form.

    Parameters
    ----------
    method : Methodology
        The methodology of the form alone.
    data : Observations
    members : array of int or slice
        The rows of the units among all.
    scored : Scored or None
        Their indicators; None if data are varied.
    """

    method: Methodology
    data: Observations
    members: Index | slice
    scored: Scored | None


@attrs.frozen(eq=False, slots=False)
class Variant:
    """The methodology of a combination of options.

    Parameters
    ----------
    method : Methodology
    node : str
        The node that is ranked.
    parts : tuple of FormUnits
        The forms with units.
    forms : tuple of Methodology
        All forms, () for a single framework.
    rankings : mapping of str to Ranking
        Of the nodes that decide ranks: the node itself and its tie breakers.
    """

    method: Methodology
    node: str
    parts: tuple[FormUnits, ...]
    forms: tuple[Methodology, ...]
    rankings: Mapping[str, Ranking]

    @classmethod
    def of(
        cls,
        method: Methodology,
        prepared: Observations,
        node: str,
        scored: Sequence[Scored] | None,
    ) -> Variant:
        """Return the variant on prepared data; `scored` is None if data vary."""
        parts = []
        for index, (_, single, data) in enumerate(method._units(prepared)):
            members: Index | slice = slice(None)
            if single is not method:
                members = np.array([prepared.units.locate(code) for code in data.units.codes])
            known = None if scored is None else scored[index]
            parts.append(FormUnits(single, data, members, known))
        every = tuple(method._singles.values())
        forms = () if every[0] is method else every
        rankings = _rankings(method, [part.method for part in parts], node)
        return cls(method, node, tuple(parts), forms, rankings)

    @cached_property
    def closed(self) -> bool:
        """Whether all deciding nodes are weighted means of indicators: one matrix product."""
        return all(
            part.scored is not None and part.scored.is_linear(code)
            for part in self.parts
            for code in self.nodes(part)
        )

    @cached_property
    def of_one_sign(self) -> frozenset[str]:
        """The nodes in whose scores nothing cancels, in every form that has them."""
        frameworks = [part.method.framework for part in self.parts]
        if len(frameworks) == 1:
            return frameworks[0]._of_one_sign
        return shared_of_one_sign(frameworks)

    def nodes(self, part: FormUnits) -> tuple[str, ...]:
        """Return the deciding nodes of a form."""
        return tuple(code for code in self.rankings if code in part.method._plan.rows)

    def largest(self, weights_of: Callable[[Methodology], Mapping[str, Float]]) -> dict[str, Float]:
        """Return the largest printed maximum of each deciding node among the forms, by draw.

        Parameters
        ----------
        weights_of : callable
            Gives a form's drawn weights.
        """
        maxima: dict[str, Float] = {}
        for form in self.forms:
            drawn = redraw(form._plan.declared, weights_of(form))
            for code in self.rankings:
                if code in form._plan.rows:
                    maximum = drawn.maximum(code)
                    maxima[code] = np.maximum(maxima.get(code, maximum), maximum)
        return maxima


def _rankings(method: Methodology, singles: Sequence[Methodology], node: str) -> dict[str, Ranking]:
    known = {code for single in singles for code in single._plan.codes}
    rankings: dict[str, Ranking] = {}
    codes = [node]
    for code in codes:
        owner = next((one for one in singles if code in one._plan.rows), singles[0])
        row = owner._plan.rows[code]
        declared, total = owner._plan.nodes[row].ranking, row == 0
        ranking = ranking_at(declared, method.ranking, total=total)
        ties = tuple(other for other in ranking.tie_break if other in known)
        rankings[code] = attrs.evolve(ranking, tie_break=ties)
        codes += [other for other in ties if other not in codes]
    return rankings


def keys_of(
    variant: Variant,
    evaluated: Sequence[Mapping[str, State]],
    largest: Mapping[str, Float],
    rows: slice,
    units: int,
    memory: Memory | None = None,
) -> npt.NDArray[np.int64]:
    """Return the keys of some draws, shape (draws or 1, units).

    Parameters
    ----------
    variant : Variant
    evaluated : sequence of mapping of str to State
        The states of draws at the deciding nodes, form by form.
    largest : mapping of str to array, shape (draws or 1,)
        From :meth:`Variant.largest`.
    rows : slice
        The draws.
    units : int
    memory : Memory, optional
        Holds the keys until the next call.
    """

    def picked(numbers: Float | float) -> Any:
        several = isinstance(numbers, np.ndarray) and len(numbers) > 1
        return numbers[rows] if several else numbers  # type: ignore[index]

    def alone(code: str) -> tuple[Float, Float | float, Float]:
        share, applicable, maximum = evaluated[0][code].outcome
        return picked(share), picked(applicable), picked(maximum)

    def together(code: str) -> tuple[Float, Float | float, Float]:
        shape = (rows.stop - rows.start, units)
        shares, applies = np.full(shape, np.nan), np.zeros(shape)
        size = picked(largest[code][:, None])
        for part, states in zip(variant.parts, evaluated, strict=True):
            if code in states:
                share, applicable, maximum = map(picked, states[code].outcome)
                shares[:, part.members] = share
                rescaled = np.where(size > 0, maximum / np.where(size > 0, size, 1.0), 1.0)
                applies[:, part.members] = applicable * rescaled
        return shares, applies, size

    outcome = together if variant.forms else alone
    return chained_keys(
        variant.node,
        variant.rankings.__getitem__,
        outcome,
        variant.method.printing,
        memory,
        of_one_sign=variant.of_one_sign,
    )
