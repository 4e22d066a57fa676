"""Changes in points and ranks between two comparable results."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from govindex.checks import instance_of
from govindex.errors import DataError, Problems
from govindex.kernels.rounding import snap
from govindex.model.comparability import differences
from govindex.ranking.labels import as_ranks
from govindex.results import IndexResult

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["change"]


def change(
    before: IndexResult, after: IndexResult, node: str | None = None, *, language: str | None = None
) -> pd.DataFrame:
    """Compare two results of the same methodology on the same units.

    Parameters
    ----------
    before, after : IndexResult
    node : str, optional
        The node compared; the total by default.
    language : str, optional
        Of the units' names.

    Returns
    -------
    DataFrame
        A row per unit, best now first: `rank_before`, `rank`, `rank_change` (positive: better),
        `score_before`, `score` and `score_change`. Missing if a unit has no score or rank.

    Raises
    ------
    DataError
        If the methodologies, the units, their leagues or which of them are ranked differ.

    Examples
    --------
    >>> import govindex as gi
    >>> groups = gi.methodology("vn.service-766").cut()
    >>> early, late = (groups.compute(gi.datasets.load(f"vn.service-766.provinces-2026-10-{day}"))
    ...                for day in ("06", "10"))
    >>> change(early, late).loc["H32", ["rank_before", "rank", "rank_change"]].to_list()
    [34, 24, 10]
    """
    import pandas as pd

    _comparable(before, after)
    code = after.codes[0] if node is None else node
    row, row_before = after.row_of(code), before.row_of(code)
    order = np.array([before.units.locate(unit) for unit in after.units.codes])
    ranks, ranks_before = after.ranks_at(code), before.ranks_at(code)[order]
    scores, scores_before = after.printed[row], before.printed[row_before][order]
    with np.errstate(over="ignore"):
        differences = scores - scores_before
    for unit in np.flatnonzero(np.isinf(differences))[:1]:
        raise DataError(
            f"the change in the score of unit '{after.units.codes[unit]}' exceeds the largest "
            "number: give a smaller scale"
        )
    frame = pd.DataFrame(
        {
            "name": after.units.labels(language),
            "rank_before": ranks_before,
            "rank": ranks,
            "rank_change": ranks_before - ranks,
            "score_before": scores_before,
            "score": scores,
            "score_change": snap(differences, float(after.maxima[row]) or 1.0),
        },
        index=pd.Index(after.units.codes, name="unit"),
    )
    ranked = ["rank_before", "rank", "rank_change"]
    frame[ranked] = frame[ranked].astype(as_ranks(frame[ranked].to_numpy().ravel()).dtype)
    return frame.iloc[after.publication_order(code)]


def _comparable(before: IndexResult, after: IndexResult) -> None:
    for result, what in ((before, "before"), (after, "after")):
        instance_of(result, IndexResult, what)
    old, new = before.provenance, after.provenance
    if old.fingerprint != new.fingerprint:
        raise DataError(
            f"results of different methodologies cannot be compared: {old.methodology}@"
            f"{old.version} ({old.fingerprint[:12]}) and {new.methodology}@{new.version} "
            f"({new.fingerprint[:12]})"
        )
    problems = Problems()
    problems.extend(differences(before.units, after.units))
    problems.raise_any(DataError, "Ranks of different units or leagues cannot be compared")
