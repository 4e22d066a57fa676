"""Groups of ranks that are statistically the same, from a table beside a result."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from govindex.errors import DataError, Problems, SettingError
from govindex.results.node_ranks import NodeRanks

__all__ = ["group_members", "rank_groups"]

_MAKER = "robustness.tied_groups(sample)"


def rank_groups(
    result: NodeRanks, groups: Any, node: str | None = None
) -> tuple[str | None, ...] | None:
    """Return the label of the group of each unit, such as "1–3"; None without groups.

    Parameters
    ----------
    result : NodeRanks
    groups : DataFrame or None
        What :func:`~govindex.robustness.tied_groups` returned.
    node : str, optional
        The node that is ranked; the total by default.

    Raises
    ------
    SettingError
        If it is another table.
    DataError
        If units or ranks are not those of the result.
    """
    import pandas as pd

    if groups is None:
        return None
    if not isinstance(groups, pd.DataFrame) or not {"rank", "rank_group"} <= {*groups.columns}:
        raise SettingError(f"groups= is the table that {_MAKER} returns")
    ranks = result.ranks_at(result.codes[0] if node is None else node)
    found = groups["rank"].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    rank_of = dict(zip(groups.index, found.tolist(), strict=True))
    label_of = dict(zip(groups.index, groups["rank_group"].tolist(), strict=True))
    problems = Problems()
    for unit, rank in zip(result.units.codes, ranks.tolist(), strict=True):
        if unit not in rank_of:
            problems.add("the groups do not have this unit", code="groups.unit", unit=unit)
        elif not np.isclose(rank_of[unit], rank, equal_nan=True):
            other, own = (f"{r:g}" if r == r else "none" for r in (rank_of[unit], rank))
            cause = f"its rank is {own}, in the groups {other}"
            problems.add(cause, code="groups.rank", unit=unit)
    problems.raise_any(DataError, "groups= are of another result")
    return tuple(
        label if isinstance(label := label_of[unit], str) else None for unit in result.units.codes
    )


def group_members(
    labels: Sequence[str | None], rows: Iterable[int]
) -> list[tuple[str, tuple[int, ...]]]:
    """Return the groups of `rows`, which stand in the order of ranks, each with its rows."""
    members: dict[str, list[int]] = {}
    for row in rows:
        if (label := labels[row]) is not None:
            members.setdefault(label, []).append(row)
    return [(label, tuple(found)) for label, found in members.items()]
