"""Variations driven by points of the unit cube, and which of their inputs belong together."""

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
    Change,
    Drawn,
    Steered,
    Variation,
    listed,
    refuse_twice,
)

__all__ = ["Groups", "Pointed", "group_labels", "named", "pointed", "steerable"]

Groups = Literal["variations", "inputs"] | Mapping[str, str | Iterable[str]]


def named(vary: Iterable[Variation] | Mapping[str, Variation]) -> dict[str, Variation]:
    """Return variations by name: those given, or what they are, numbered where there are several.

    Raises
    ------
    SettingError
        If draws that were made elsewhere are among them.
    """
    if isinstance(vary, Mapping):
        found = dict(vary)
        refuse_twice(found.values())
    else:
        found = {}
        for variation in listed(vary):
            kind = re.sub(r"(?<!^)(?=[A-Z])", "_", type(variation).__name__).lower()
            name = label = str(getattr(variation, "name", kind))
            number = 1
            while label in found:
                number += 1
                label = f"{name} {number}"
            found[label] = variation
    replayed = [name for name, variation in found.items() if isinstance(variation, Given)]
    if replayed:
        raise SettingError(
            f"'{replayed[0]}' replays draws that were made elsewhere: points cannot drive them; "
            "estimate indices of their outputs with sobol_indices(…)"
        )
    return found


def steerable(names: Iterable[str], bounds: Iterable[Any]) -> dict[str, Steered]:
    """Return bound variations by name, checked to be such that points can drive them.

    Raises
    ------
    SettingError
        If one cannot be driven, or has nothing that varies.
    """
    problems = Problems()
    found: dict[str, Steered] = {}
    for name, bound in zip(names, bounds, strict=True):
        if not all(hasattr(bound, part) for part in ("inputs", "quantiles", "drawn")):
            problems.add(
                f"'{name}' cannot be driven by points: it has no inputs, quantiles(…) and drawn(…)"
            )
        elif not bound.inputs:
            problems.add(f"'{name}' varies nothing: all its errors are 0")
        else:
            found[name] = bound
    problems.raise_any(SettingError, "variations have no sensitivity")
    return found


def group_labels(bounds: Mapping[str, Steered], groups: Groups) -> list[str]:
    """Return the group of every input.

    Parameters
    ----------
    bounds : mapping of str to Steered
    groups : {"variations", "inputs"} or mapping of str to str or iterable of str
        By variation, each input by itself, or groups with the names of variations or inputs.

    Raises
    ------
    SettingError
        If an input is in no group or in several, or a name does not exist.
    """
    by_variation = [name for name, bound in bounds.items() for _ in bound.inputs]
    by_input = [_label(name, bound, own) for name, bound in bounds.items() for own in bound.inputs]
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
            f"'{by_variation[0]}' is the only variation: nothing is to be compared with it; "
            "groups='inputs' compares what it consists of"
        )
    return by_variation


def _label(name: str, bound: Steered, own: str) -> str:
    return name if len(set(bound.inputs)) == 1 else f"{name}: {own}"


def _assigned(
    groups: Mapping[str, str | Iterable[str]], by_variation: Sequence[str], by_input: Sequence[str]
) -> list[str]:
    found: list[str | None] = [None] * len(by_input)
    known = list(dict.fromkeys([*by_variation, *by_input]))
    problems = Problems()
    for group, members in groups.items():
        for member in names_of(members, f"group '{group}'"):
            if member not in known:
                problems.add(f"group '{group}': there is no '{member}': {near_miss(member, known)}")
            for index, names in enumerate(zip(by_variation, by_input, strict=True)):
                if member not in names:
                    continue
                if found[index] not in (None, group):
                    problems.add(f"'{names[1]}' is in the groups '{found[index]}' and '{group}'")
                found[index] = group
    left = dict.fromkeys(own for own, group in zip(by_input, found, strict=True) if group is None)
    if left:
        problems.add(f"{listing(left)} are in no group")
    problems.raise_any(SettingError, "groups do not fit what is varied")
    return [str(group) for group in found]


@attrs.frozen(eq=False)
class Pointed:
    """A variation whose draws are the points of a sample, one matrix after the other.

    First both samples, then the first with each group from the second, then the other way round.

    Parameters
    ----------
    bound : Steered
    a, b : array, shape (points, inputs)
        The quantiles of its own inputs.
    groups : tuple of array
        The inputs of each group, among its own.
    """

    bound: Steered
    a: Float
    b: Float
    groups: tuple[Index, ...]

    @property
    def name(self) -> str:
        """What a choice is called."""
        return str(getattr(self.bound, "name", "choice"))

    @property
    def codes(self) -> Sequence[str]:
        """The nodes whose weights it draws."""
        return self.bound.codes

    @property
    def options(self) -> Sequence[Change]:
        """What is chosen from."""
        return self.bound.options

    @property
    def varies_data(self) -> bool:
        """Whether it draws values of variables."""
        return self.bound.varies_data

    def draw(self, rng: np.random.Generator, start: int, count: int) -> Drawn:
        """Return what the points of a matrix take; blocks do not reach over its end."""
        matrix, first = divmod(start, len(self.a))
        rows = slice(first, first + count)
        if matrix < 2:
            return self.bound.drawn((self.a, self.b)[matrix][rows])
        swapped, group = divmod(matrix - 2, len(self.groups))
        own, other = (self.b, self.a) if swapped else (self.a, self.b)
        found = own[rows].copy()
        found[:, self.groups[group]] = other[rows, self.groups[group]]
        return self.bound.drawn(found)


def pointed(bounds: Iterable[Steered], sample: SobolSample) -> tuple[Pointed, ...]:
    """Return variations driven by a sample, each by columns of its own."""
    found, first = [], 0
    for bound in bounds:
        own = slice(first, first + len(bound.inputs))
        first = own.stop
        members = sample.members[own]
        groups = tuple(np.flatnonzero(members == group) for group in range(len(sample.groups)))
        a, b = (bound.quantiles(cube[:, own]) for cube in (sample.a, sample.b))
        found.append(Pointed(bound, a, b, groups))
    return tuple(found)
