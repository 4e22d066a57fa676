"""Populations of units and groups of variables for fills."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import attrs
import numpy as np

from govindex.contracts import OVER, Bool, Float, Index, Matrix
from govindex.errors import SettingError, UnknownNameError, listing, near_miss
from govindex.kernels.scaling import ordinary, restored
from govindex.mappings import FrozenMap

__all__ = [
    "Groups",
    "as_groups",
    "check_population",
    "check_resolved",
    "populations",
    "refuse_extreme",
    "rescaled_fill",
    "resolved",
]

Groups = FrozenMap[str, tuple[str, ...]] | tuple[str, ...]


def check_population(_: object, __: object, over: object) -> None:
    """Check that a population is named by a text."""
    if not isinstance(over, str) or not over:
        raise SettingError(
            f"over is one of {', '.join(repr(name) for name in OVER)} or an attribute of units, "
            f"not {over!r}"
        )


def populations(over: str, matrix: Matrix) -> list[tuple[Index | slice, Bool, Any]]:
    """Split the units into the populations that numbers come from.

    Returns
    -------
    list of (members, reference, name)
        `reference` marks those of the members whose values count. A unit without the attribute is
        in no population; units without a league form a league named None.
    """
    count = matrix.values.shape[-1]
    everyone = np.ones(count, dtype=bool)
    if over in ("all", "ranked"):
        return [(slice(None), matrix.peers.ranked_mask if over == "ranked" else everyone, None)]
    column = matrix.peers.column(over)
    if column is None:
        return [(slice(None), everyone, None)]
    numbers = matrix.peers.group(over)
    groups: list[tuple[Index | slice, Bool, Any]] = []
    for number in np.unique(numbers):
        members = np.flatnonzero(numbers == number)
        name = column[members[0]]
        if name is not None or over in OVER:
            groups.append((members, everyone[: len(members)], name))
    return groups


def rescaled_fill(matrix: Matrix, fill: Callable[[Matrix], Float]) -> Float:
    """Return the numbers of a fill that does not depend on the measure unit.

    The variables are rescaled before and the numbers back after, so that no square or difference
    overflows or underflows.
    """
    values, power = ordinary(matrix.values)
    if power is None:
        return fill(matrix)
    return restored(fill(attrs.evolve(matrix, values=values)), power)


def refuse_extreme(matrix: Matrix, fill: str) -> None:
    """Refuse to anchor on variables whose squares or ratios over- or underflow."""
    _, power = ordinary(matrix.values)
    if power is not None:
        wrong = [name for name, p in zip(matrix.names, power[:, 0], strict=True) if p]
        raise SettingError(
            f"{fill} cannot be anchored on values as large or as small as those of "
            f"{listing(wrong)}: its fixed numbers would overflow; take another measure unit"
        )


def as_groups(
    groups: Mapping[str, str | Iterable[str]] | str | Iterable[str] | None,
) -> Groups | None:
    """Return groups of variables by their names, or the codes of dimensions, frozen."""
    if groups is None:
        return None
    if isinstance(groups, Mapping):
        return FrozenMap({name: _texts(several) for name, several in groups.items()})
    return _texts(groups)


def _texts(several: Any) -> tuple[str, ...]:
    items = (several,) if isinstance(several, str) else several
    texts = tuple(items) if isinstance(items, Iterable) else ()
    if not texts or not all(isinstance(item, str) for item in texts):
        raise SettingError(
            "groups are the codes of dimensions, or a mapping of names to variables, not "
            f"{several!r}"
        )
    return texts


def check_resolved(groups: Groups) -> None:
    """Refuse groups that are still the codes of dimensions."""
    if not isinstance(groups, Mapping):
        raise SettingError(
            f"only a framework says which variables are below {listing(groups)}: give groups as a "
            "mapping, or use the step in a methodology"
        )


def resolved(part: Any, dimensions: Mapping[str, tuple[str, ...]]) -> Any:
    """Return a part whose `groups` are dimensions' codes with the variables below them."""
    groups = part.groups
    if groups is None or isinstance(groups, Mapping):
        return part
    for code in groups:
        if code not in dimensions:
            raise UnknownNameError(
                f"groups: there is no dimension '{code}': {near_miss(code, dimensions)}"
            )
    return attrs.evolve(part, groups={code: dimensions[code] for code in groups})
