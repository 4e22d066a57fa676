"""Leave-one-out over units: how far each unit moves the scores and ranks of the others."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from govindex.checks import instance_of, names_of
from govindex.contracts import Float
from govindex.errors import DataError, GovIndexError, UnknownNameError, near_miss
from govindex.kernels.keys import ranks_of
from govindex.methods import Methodology
from govindex.model.observations import Observations
from govindex.results import IndexResult

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["leave_one_unit_out"]


def leave_one_unit_out(
    method: Methodology,
    data: Observations,
    units: Iterable[str] | None = None,
    *,
    node: str | None = None,
) -> pd.DataFrame:
    """Compute the index without each unit, and compare the others with what they were.

    Ranks are compared among the units that remain: that those below move up by one is no shift.
    Without peer-dependent parts nothing changes.

    Parameters
    ----------
    method : Methodology
    data : Observations
        Of one period.
    units : iterable of str, optional
        The units left out one at a time; by default all.
    node : str, optional
        By default the total.

    Returns
    -------
    DataFrame
        Indexed by the unit left out: `name`, `units` with a rank in both, `rescored` (printed
        scores that differ), the `mean_difference` and `largest_difference` of printed scores in
        size, `changed` ranks, the `mean_shift` and `largest_shift` in ranks, and `most_moved` (the
        best of several).

    Raises
    ------
    DataError
        For a panel, with fewer than two units, or if the index cannot be computed without one.
    UnknownNameError
        If a unit does not exist.

    Examples
    --------
    >>> import govindex as gi
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"unit": ["A", "B", "C", "D"], "x": [0, 4, 5, 50], "y": [9, 8, 1, 0]})
    >>> leaves = [gi.Indicator(code, rule=gi.rules.MinMax()) for code in "xy"]
    >>> method = gi.Methodology("example.two", "1", gi.Framework("index", leaves))
    >>> found = leave_one_unit_out(method, gi.Observations.from_frame(frame))
    >>> found["changed"].to_dict()
    {'A': 1, 'B': 0, 'C': 0, 'D': 3}
    """
    import pandas as pd

    instance_of(method, Methodology, "method")
    if instance_of(data, Observations, "data").is_panel:
        raise DataError("units are left out of one period: give data.at_period(…)")
    codes = data.units.codes
    chosen = codes if units is None else tuple(dict.fromkeys(names_of(units, "units")))
    for unit in chosen:
        if unit not in codes:
            raise UnknownNameError(f"there is no unit '{unit}': {near_miss(unit, codes)}")
    if len(codes) < 2:
        raise DataError(f"'{codes[0]}' is the only unit: without it there is no unit to rank")
    base = method.compute(data)
    at = base.codes[0] if node is None else base.node(node).code
    labels = dict(zip(codes, data.units.labels(), strict=True))
    rows = {}
    for unit in chosen:
        try:
            without = method.compute(data.take([code for code in codes if code != unit]))
        except GovIndexError as error:
            raise DataError(f"the index cannot be computed without '{unit}': {error}") from error
        rows[unit] = {"name": labels[unit], **_influence(base, without, at, labels)}
    frame = pd.DataFrame.from_dict(rows, orient="index")
    return frame.rename_axis("unit")


def _influence(
    base: IndexResult, without: IndexResult, node: str, labels: dict[str, str]
) -> dict[str, Any]:
    """Return how the units of a result without one differ from what they were."""
    order = [
        base.units.codes[row]
        for row in base.publication_order(node)
        if base.units.codes[row] in without.units.codes
    ]
    before = np.array([base.units.locate(code) for code in order], dtype=np.intp)
    after = np.array([without.units.locate(code) for code in order], dtype=np.intp)
    printed = base.printing(
        np.stack([base.printed_at(node)[before], without.printed_at(node)[after]])
    )
    difference = base.printing(np.abs(printed[1] - printed[0]))
    scored = ~np.isnan(difference)
    shift = np.abs(_ranks_among(base, node, before) - without.ranks_at(node)[after])
    known = ~np.isnan(shift)
    size = np.where(known, shift, 0.0)
    return {
        "units": int(known.sum()),
        "rescored": int((difference[scored] > 0).sum()),
        "mean_difference": _mean(difference[scored]),
        "largest_difference": difference[scored].max() if scored.any() else np.nan,
        "changed": int((size > 0).sum()),
        "mean_shift": _mean(shift[known]),
        "largest_shift": size.max() if known.any() else np.nan,
        "most_moved": labels[order[int(size.argmax())]] if size.any() else "",
    }


def _mean(values: Float) -> float:
    # Sorted, so that the order of units changes no bit.
    return float(np.sort(values).mean()) if values.size else float("nan")


def _ranks_among(result: IndexResult, node: str, rows: Any) -> Float:
    """Return the ranks of some units among themselves, inside leagues, in their order."""
    keys, ties = result._keys(node), result.ranking_of(node).ties
    ranks = np.full(len(result.units), np.nan)
    kept = np.zeros(len(result.units), dtype=bool)
    kept[rows] = True
    for *_, members in result.units.ranking_groups():
        ranked = members[result.units.ranked_mask[members] & kept[members]]
        ranks[ranked] = ranks_of(keys[ranked], ties)
    return np.asarray(ranks[rows])
