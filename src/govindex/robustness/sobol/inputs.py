"""Variations driven by points of the unit cube, and groups of their inputs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import attrs
import numpy as np

from govindex.checks import among, names_of, shown
from govindex.contracts import Float, Index
from govindex.errors import Problems, SettingError, listing, near_miss
from govindex.robustness.sobol.designs import SobolSample
from govindex.robustness.variations.given_draws import Given
from govindex.robustness.variations.protocols import (
    Drawn,
    MethodChange,
    Steered,
    Variation,
    listed,
    refuse_twice,
)

__all__ = ["Groups", "Pointed", "group_labels", "named", "pointed", "steerable"]

Groups = Literal["variations", "inputs"] | Mapping[str, str | Iterable[str]]


def named(vary: Iterable[Variation] | Mapping[str, Variation]) -> dict[str, Variation]:
    """Return variations by name: the given one, or the kind with a number if it repeats.

    Raises
    ------
    SettingError
        If one replays draws made elsewhere.
    """
    if isinstance(vary, Mapping):
        by_name = dict(vary)
        refuse_twice(by_name.values())
    else:
        by_name = {}
        for variation in listed(vary):
            kind = re.sub(r"(?<!^)(?=[A-Z])", "_", type(variation).__name__).lower()
            name = label = str(getattr(variation, "name", kind))
            number = 1
            while label in by_name:
                number += 1
                label = f"{name} {number}"
            by_name[label] = variation
    replayed = [name for name, variation in by_name.items() if isinstance(variation, Given)]
    if replayed:
        raise SettingError(
            f"'{replayed[0]}' replays draws made elsewhere: points cannot drive them; "
            "estimate indices of their outputs with sobol_indices(…)"
        )
    return by_name


def steerable(names: Iterable[str], bounds: Iterable[Any]) -> dict[str, Steered]:
    """Return bound variations by name, checked that points can drive them.

    Raises
    ------
    SettingError
        If points cannot drive one, or one varies nothing.
    """
    problems = Problems()
    steered: dict[str, Steered] = {}
    for name, bound in zip(names, bounds, strict=True):
        if not all(hasattr(bound, part) for part in ("inputs", "quantiles", "drawn")):
            problems.add(
                f"'{name}' cannot be driven by points: it has no inputs, quantiles(…) and drawn(…)"
            )
        elif not bound.inputs:
            problems.add(f"'{name}' varies nothing: all its errors are 0")
        else:
            steered[name] = bound
    problems.raise_any(SettingError, "variations have no sensitivity")
    return steered


def group_labels(bounds: Mapping[str, Steered], groups: Groups) -> list[str]:
    """Return the group of every input.

    Parameters
    ----------
    bounds : mapping of str to Steered
    groups : {"variations", "inputs"} or mapping of str to str or iterable of str
        One group per variation, per input, or named groups of variations or inputs.

    Raises
    ------
    SettingError
        If an input is in no group or in several, or a name does not exist.
    """
    by_variation = [name for name, bound in bounds.items() for _ in bound.inputs]
    by_input = [_label(name, bound, one) for name, bound in bounds.items() for one in bound.inputs]
    if isinstance(groups, Mapping):
        return _assigned(groups, by_variation, by_input)
    if among(groups, ("inputs",)):
        return by_input
    if not among(groups, ("variations",)):
        raise SettingError(
            f"groups is 'variations', 'inputs' or a mapping of names, not {shown(groups)}"
        )
    if len(bounds) == 1 and len(set(by_input)) > 1:
        raise SettingError(
            f"'{by_variation[0]}' is the only variation, and one group cannot be compared; "
            "groups='inputs' compares its inputs"
        )
    return by_variation


def _label(name: str, bound: Steered, one: str) -> str:
    return name if len(set(bound.inputs)) == 1 else f"{name}: {one}"


def _assigned(
    groups: Mapping[str, str | Iterable[str]], by_variation: Sequence[str], by_input: Sequence[str]
) -> list[str]:
    labels: list[str | None] = [None] * len(by_input)
    known = list(dict.fromkeys([*by_variation, *by_input]))
    problems = Problems()
    for group, members in groups.items():
        for member in names_of(members, f"group '{group}'"):
            if member not in known:
                problems.add(f"group '{group}': there is no '{member}': {near_miss(member, known)}")
            for index, names in enumerate(zip(by_variation, by_input, strict=True)):
                if member not in names:
                    continue
                if labels[index] not in (None, group):
                    problems.add(f"'{names[1]}' is in the groups '{labels[index]}' and '{group}'")
                labels[index] = group
    missing = dict.fromkeys(
        name for name, group in zip(by_input, labels, strict=True) if group is None
    )
    if missing:
        problems.add(f"{listing(missing)} are in no group")
    problems.raise_any(SettingError, "groups do not fit the variations")
    return [str(group) for group in labels]


@attrs.frozen(eq=False)
class Pointed:
    """A variation whose draws are the points of a sample, one matrix after the other.

    First both samples, then the first with each group from the second, then the second with each
    group from the first.

    Parameters
    ----------
    bound : Steered
    a, b : array, shape (points, inputs)
        The quantiles of its inputs.
    groups : tuple of array
        The inputs of each group, by their index in the variation.
    """

    bound: Steered
    a: Float
    b: Float
    groups: tuple[Index, ...]

    @property
    def name(self) -> str:
        """The name of a choice."""
        return str(getattr(self.bound, "name", "choice"))

    @property
    def codes(self) -> Sequence[str]:
        """The nodes whose weights it draws."""
        return self.bound.codes

    @property
    def options(self) -> Sequence[MethodChange]:
        """The options of a choice."""
        return self.bound.options

    @property
    def varies_data(self) -> bool:
        """Whether it draws values of variables."""
        return self.bound.varies_data

    def draw(self, rng: np.random.Generator, start: int, count: int) -> Drawn:
        """Return the draws of a matrix of points; a block lies in one matrix."""
        matrix, first = divmod(start, len(self.a))
        rows = slice(first, first + count)
        if matrix < 2:
            return self.bound.drawn((self.a, self.b)[matrix][rows])
        swapped, group = divmod(matrix - 2, len(self.groups))
        base, other = (self.b, self.a) if swapped else (self.a, self.b)
        quantiles = base[rows].copy()
        quantiles[:, self.groups[group]] = other[rows, self.groups[group]]
        return self.bound.drawn(quantiles)


def pointed(bounds: Iterable[Steered], sample: SobolSample) -> tuple[Pointed, ...]:
    """Return variations driven by a sample, each by its columns."""
    variations, first = [], 0
    for bound in bounds:
        columns = slice(first, first + len(bound.inputs))
        first = columns.stop
        members = sample.members[columns]
        groups = tuple(np.flatnonzero(members == group) for group in range(len(sample.groups)))
        a, b = (bound.quantiles(cube[:, columns]) for cube in (sample.a, sample.b))
        variations.append(Pointed(bound, a, b, groups))
    return tuple(variations)
