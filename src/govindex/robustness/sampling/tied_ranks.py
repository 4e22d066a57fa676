"""Ranks that a sample cannot separate: pairwise tests with a correction, and groups."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from govindex.checks import among, instance_of, is_number, shown
from govindex.contracts import Bool, Float, Index
from govindex.errors import SettingError, near_miss
from govindex.robustness.sampling.rank_samples import RankSample

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["tied_groups"]

Correction = Literal["holm", "bonferroni", "none"]
_CORRECTIONS = ("holm", "bonferroni", "none")


def tied_groups(
    sample: RankSample, level: float = 0.95, *, correction: Correction = "holm"
) -> pd.DataFrame:
    """Return which ranks are statistically the same.

    Two units of a ranking group differ if one is ahead of the other in so many draws that
    p = 2 · (draws in which it is not + 1) / (draws + 1) is small; a shared rank counts as not
    ahead. With m pairs in the group, Holm's correction keeps the probability of any false
    difference at 1 − level, as Bonferroni's does with fewer differences found.

    Parameters
    ----------
    sample : RankSample
        Such as of ``vary=[robustness.Errors()]``: what varied is what ranks are tested against.
    level : float
        From 0 to 1; differences are found at the significance 1 − level.
    correction : {"holm", "bonferroni", "none"}
        "none" tests every pair alone: of 100 equal pairs about 100 · (1 − level) then differ.

    Returns
    -------
    DataFrame
        By unit, best first: name, rank, leagues; ``ahead`` and ``behind``, how many units are
        different and ahead of it or behind it; ``first`` and ``last``, the ranks that it can have
        as far as the sample shows; ``ranks``, both as a text, "1–3"; ``group``: the best unit
        and the following ones that do not differ from it are group 1, the next one begins
        group 2, and so on; and ``rank_group``, the ranks of the units of the group, "1–3". Units
        of one group may differ from each other, if not from its first. Missing for units without
        a rank. :meth:`IndexResult.table <govindex.IndexResult.table>` and announcements, pictures,
        reports and workbooks show ``rank_group``.

    Raises
    ------
    SettingError
        If a setting is not valid, or the sample has too few draws to find any difference.

    References
    ----------
    S. Holm (1979), A simple sequentially rejective multiple test procedure, Scandinavian Journal
    of Statistics 6(2).

    Examples
    --------
    >>> import govindex as gi
    >>> from govindex import robustness
    >>> data = gi.Observations(
    ...     [gi.Unit(code) for code in "ABC"], ["x"], [[80.0], [79.0], [60.0]],
    ...     errors=[[2.0], [2.0], [2.0]],
    ... )
    >>> method = gi.Methodology("example.x", "1", gi.Framework("x-index", [
    ...     gi.Indicator("x", rule=gi.rules.Proportional(target=100))]))
    >>> sample = robustness.sample_ranks(
    ...     method, data, vary=[robustness.Errors()], draws=500, rng=1
    ... )
    >>> robustness.tied_groups(sample)["rank_group"].to_dict()
    {'A': '1–2', 'B': '1–2', 'C': '3'}
    """
    instance_of(sample, RankSample, "sample")
    if not is_number(level) or not 0 < level < 1:
        raise SettingError(f"level is a share between 0 and 1, such as 0.95, not {shown(level)}")
    if not among(correction, _CORRECTIONS):
        known = near_miss(correction, _CORRECTIONS)
        raise SettingError(f"correction cannot be {shown(correction)}: {known}")
    table = sample.pairwise()
    codes = list(sample.units.codes)
    shares = table.loc[codes, codes].to_numpy()
    count = len(codes)
    columns = {
        name: np.zeros(count, dtype=np.int64) for name in ("ahead", "behind", "first", "last")
    }
    groups = np.zeros(count, dtype=np.int64)
    labels: list[str | None] = [None] * count
    listed = np.argsort(sample._order)  # tied units stand in the order of publication
    for members in sample._counting.ranking_groups:
        won = _different(shares[np.ix_(members, members)], sample, 1.0 - level, correction)
        columns["ahead"][members] = won.sum(axis=0)
        columns["behind"][members] = won.sum(axis=1)
        columns["first"][members] = 1 + won.sum(axis=0)
        columns["last"][members] = len(members) - won.sum(axis=1)
        order = np.argsort(listed[members])
        groups[members[order]] = numbers = _grouped(won[np.ix_(order, order)])
        for number in np.unique(numbers).tolist():
            alike = np.flatnonzero(numbers == number)
            for member in members[order[alike]].tolist():
                labels[member] = _span(int(alike[0]) + 1, int(alike[-1]) + 1)
    return _labelled(sample, columns, groups, labels)


def _different(shares: Float, sample: RankSample, alpha: float, correction: Correction) -> Bool:
    """Return whether the unit of the row is ahead of that of the column, and differs from it."""
    units, draws = len(shares), sample.draws - sample.failed
    first, second = np.triu_indices(units, 1)
    pairs = len(first)
    won = np.zeros((units, units), dtype=bool)
    if not pairs:
        return won
    tests = 1 if correction == "none" else pairs
    if 2 / (draws + 1) > alpha / tests:
        least = math.ceil(2 * tests / alpha) - 1
        raise SettingError(
            f"{draws:,} draws cannot show that any of {pairs:,} pairs differ at the level "
            f"{1 - alpha:g} with correction='{correction}': sample at least {least:,}"
        )
    leads = shares[first, second] >= shares[second, first]
    ahead, behind = np.where(leads, first, second), np.where(leads, second, first)
    missed = np.rint((1 - shares[ahead, behind]) * draws)
    p = np.minimum(2 * (missed + 1) / (draws + 1), 1.0)
    found = _rejected(p, alpha, correction)
    won[ahead[found], behind[found]] = True
    return won


def _rejected(p: Float, alpha: float, correction: Correction) -> Bool:
    # Limits are compared with room for the last bits of a quotient.
    limit = alpha * (1 + 1e-12)
    if correction == "none":
        return np.asarray(p <= limit)
    if correction == "bonferroni":
        return np.asarray(p * len(p) <= limit)
    order = np.argsort(p, kind="stable")
    kept = np.flatnonzero(p[order] * (len(p) - np.arange(len(p))) > limit)
    rejected = np.zeros(len(p), dtype=bool)
    rejected[order[: kept[0] if len(kept) else len(p)]] = True
    if len(kept):  # equal p are treated alike, whatever the order of units
        rejected &= p < p[order[kept[0]]]
    return rejected


def _grouped(won: Bool) -> Index:
    """Return the group of each unit; rows and columns are in the order of ranks."""
    groups = np.zeros(len(won), dtype=np.intp)
    leader = 0
    for row in range(len(won)):
        if won[leader, row]:
            leader = row
            groups[row] = groups[row - 1] + 1
        else:
            groups[row] = groups[row - 1] if row else 1
    return groups


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}–{last}"


def _labelled(
    sample: RankSample,
    columns: dict[str, npt.NDArray[np.int64]],
    groups: npt.NDArray[np.int64],
    labels: list[str | None],
) -> pd.DataFrame:
    import pandas as pd

    ranked = columns["first"] > 0
    pairs = zip(columns["first"].tolist(), columns["last"].tolist(), strict=True)
    texts = [_span(first, last) for first, last in pairs]
    numbers = {**columns, "group": groups}
    frames = {name: pd.array(column, dtype="Int64") for name, column in numbers.items()}
    for column in frames.values():
        column[~ranked] = pd.NA
    group = frames.pop("group")
    known = [text if there else None for text, there in zip(texts, ranked, strict=True)]
    return sample._table({**frames, "ranks": known, "group": group, "rank_group": labels})
