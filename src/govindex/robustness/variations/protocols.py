"""Protocols of variations: what they are bound to, and what they draw.

A variation is bound once to a methodology and its data, which refuses everything that does not fit
by name; then it draws for whole blocks of draws.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any, Protocol

import attrs
import numpy as np

from govindex.compute.plan import Branch
from govindex.contracts import Float, Index
from govindex.errors import SettingError, listing
from govindex.methods import Methodology
from govindex.model.observations import Observations
from govindex.model.selection import At, selected

__all__ = [
    "Basis",
    "Bound",
    "Drawn",
    "Ends",
    "MethodChange",
    "ReplacedWeights",
    "Steered",
    "Variation",
    "Weighing",
    "chosen_nodes",
    "listed",
    "varied_nodes",
]


class MethodChange(Protocol):
    """An option of a choice, as a change of a methodology."""

    def __call__(self, method: Methodology) -> Methodology:
        """Return the methodology with the option."""


class Weighing(Protocol):
    """A change of the weights of some draws."""

    def __call__(self, weights: Mapping[str, Float], draws: Any) -> Mapping[str, Float]:
        """Return weights by code, of shape (1,) or (draws,), for some draws of the block."""


Ends = tuple[float, float] | tuple[Float, Float]  # the same for all units, or for each


@attrs.frozen(eq=False)
class Drawn:
    """The draws of one variation in a block.

    Parameters
    ----------
    weigh : Weighing, optional
    values : mapping of str to array, shape (draws, units)
        Values of variables instead of those in the data.
    shifts : mapping of str to array, shape (draws, units)
        Numbers added to the values of variables; the sums are clipped to `limits`.
    limits : mapping of str to (float, float), or arrays of shape (units,)
    option : array, shape (draws,), optional
        The option of a choice in each draw.
    """

    weigh: Weighing | None = None
    values: Mapping[str, Float] = attrs.field(factory=dict)
    shifts: Mapping[str, Float] = attrs.field(factory=dict)
    limits: Mapping[str, Ends] = attrs.field(factory=dict)
    option: Index | None = None


@attrs.frozen(eq=False)
class ReplacedWeights:
    """Weights that replace those before.

    Parameters
    ----------
    weights : mapping of str to array, shape (draws,) or (1,)
        By code, for every draw of a block, or the same in all.
    every : bool
        Include nodes without a weight to vary; a later check refuses them by name.
    """

    weights: Mapping[str, Float]
    every: bool = False

    def __call__(self, weights: Mapping[str, Float], draws: Any) -> Mapping[str, Float]:
        """Return weights by code for some draws of the block."""
        replaced = {
            code: row[draws] if len(row) > 1 else row
            for code, row in self.weights.items()
            if self.every or code in weights
        }
        return {**weights, **replaced}


class Bound(Protocol):
    """A variation, bound to a methodology and its data."""

    @property
    def codes(self) -> Sequence[str]:
        """The nodes whose weights it draws."""

    @property
    def options(self) -> Sequence[MethodChange]:
        """The options, () unless the variation is a choice."""

    @property
    def varies_data(self) -> bool:
        """Whether it draws values of variables."""

    def draw(self, rng: np.random.Generator, start: int, count: int) -> Drawn:
        """Draw for `count` draws from number `start` on."""


class Steered(Bound, Protocol):
    """A bound variation that points of the unit cube can drive instead of a generator.

    Each input has a distribution; the draw follows from its quantiles.
    """

    @property
    def inputs(self) -> Sequence[str]:
        """The name of each input; inputs of the same name belong together."""

    def quantiles(self, uniform: Float) -> Float:
        """Return the quantiles of inputs at levels between 0 and 1, shape (draws, inputs)."""

    def drawn(self, quantiles: Float) -> Drawn:
        """Return the draws of quantiles of shape (draws, inputs)."""


@attrs.frozen(eq=False)
class Basis:
    """The methodology and data that variations are bound to.

    Parameters
    ----------
    method : Methodology
    data : Observations
        Before preparation, units in the order of their codes.
    prepared : Observations
        After preparation.
    source : array, shape (prepared units,)
        The row of each unit in the data as given.
    """

    method: Methodology
    data: Observations
    prepared: Observations
    source: Index


class Variation(Protocol):
    """A variation of weights, data or choices."""

    def _bind(self, basis: Basis) -> Bound:
        """Return the bound variation, or raise an error that names everything that does not fit."""


def listed(vary: Any) -> tuple[Any, ...]:
    """Return a list of variations as a tuple, without repetitions."""
    if not isinstance(vary, Iterable):
        raise SettingError(f"variations are given in a list, vary=[…], not {vary!r}")
    variations = tuple(vary)
    refuse_twice(variations)
    return variations


def refuse_twice(variations: Iterable[Any]) -> None:
    """Refuse a variation that is given twice, since its amounts would add up.

    Raises
    ------
    SettingError
        Naming the variation.
    """
    for one, other in combinations(variations, 2):
        if one is other or (type(one) is type(other) and _are_equal(one, other)):
            raise SettingError(
                f"vary has the same variation twice, {one!r}: give it once, with all that it varies"
            )


def _are_equal(one: Any, other: Any) -> bool:
    try:
        return bool(one == other)
    except (TypeError, ValueError):  # arrays, which compare cell by cell
        return False


def chosen_nodes(method: Methodology, at: At | None, what: str) -> tuple[str, ...]:
    """Return the codes of scored nodes below the root: all, those of a tier, or those named.

    Raises
    ------
    UnknownNameError, SettingError
        If a node does not exist or is not scored, or if none is left.
    """
    forms = method.frameworks
    scored = [
        code for form in forms for code in form.codes if code != form.code and form.is_scored(code)
    ]
    known = tuple(dict.fromkeys(scored))
    if at is None:
        return known
    codes = selected(at, known, forms, what="scored node", where=what)
    if not codes:
        raise SettingError(f"{what}: name at least one node")
    return codes


def varied_nodes(method: Methodology, at: At | None) -> tuple[dict[str, float], dict[str, str]]:
    """Return the nodes whose weights are varied: their weights, and the branches above them.

    Nodes without siblings keep their weights: only proportions count.

    Raises
    ------
    SettingError
        If a named node is weighted by a variable of the data, or if no node can be varied.
    """
    nodes: dict[str, float] = {}
    parents: dict[str, str] = {}
    by_variable = []
    forms = [(single.framework, _siblings(single)) for single in method._singles.values()]
    for code in chosen_nodes(method, at, "weights"):
        form, siblings = next((form, above) for form, above in forms if form.has(code))
        branch = siblings[code]
        weight = form.weight(code)
        if isinstance(weight, str):
            by_variable.append(code)
        elif len(branch.children) > 1:
            nodes[code], parents[code] = float(weight), branch.node.code
    if by_variable and at is not None and not isinstance(at, int):
        raise SettingError(
            f"weights of {listing(by_variable)} are variables of the data: vary the data instead"
        )
    if not nodes:
        raise SettingError("weights: no chosen node has a scored sibling to be weighed against")
    return dict(sorted(nodes.items())), parents


def _siblings(single: Methodology) -> dict[str, Branch]:
    """Return the branch above each scored node of a form."""
    tree = (branch for branch in single._plan.branches if not branch.looks)
    return {child.code: branch for branch in tree for child in (*branch.children, *branch.bonuses)}
