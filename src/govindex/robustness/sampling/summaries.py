"""Summaries of samples of ranks, in words and as a table of growing samples."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["convergence_table", "summary"]

_SHOWN = 5


def summary(sample: Any) -> str:
    """Return a summary of a sample of ranks on one screen."""
    intervals = sample.intervals(0.9)
    ranked = intervals[intervals["rank"].notna()]
    width = (ranked["high"] - ranked["low"]).astype(float)
    steady = int((width == 0).sum())
    lines = [
        f"{sample.draws:,} draws of {len(ranked):,} ranked units"
        + (f", {sample.failed:,} of which could not be scored" if sample.failed else ""),
        f"Ranks move by {sample.mean_shift:.2f} on average (Monte Carlo error "
        f"{sample.mean_shift_error:.4f}); Kendall's W among draws is {sample.concordance():.3f}.",
        f"{steady} of {len(ranked)} units keep one rank in nine draws of ten.",
        "",
        *_first(sample, ranked),
    ]
    lines += ["", "Least certain ranks (nine draws of ten):"]
    for code in width.sort_values(ascending=False, kind="stable").head(_SHOWN).index:
        row = ranked.loc[code]
        lines.append(f"  {row['name']}: {row['rank']}, between {row['low']} and {row['high']}")
    close = sample.neighbours().sort_values("before", kind="stable").head(_SHOWN)
    lines += ["", "Neighbours whose order is least certain:"]
    lines += [
        f"  {row['first_name']} ({row['first_rank']}) ahead of {row['second_name']} "
        f"({row['second_rank']}) in {row['before']:.1%} of draws"
        for _, row in close.iterrows()
    ]
    return "\n".join(lines)


def _first(sample: Any, ranked: Any) -> list[str]:
    """Return lines about the first units of each league."""
    shares = sample.top(1).sort_values(ascending=False, kind="stable")
    shares = shares[(shares > 0) & shares.index.isin(ranked.index)]
    names = [name for name in ("period", "league") if ranked[name].nunique(dropna=False) > 1]
    if not names:
        return ["First:", *_shares(shares.head(_SHOWN), ranked)]
    lines = []
    groups = list(ranked.groupby(names, sort=False, dropna=False))
    for key, group in groups[:_SHOWN]:
        leaders = shares[shares.index.isin(group.index)]
        lines.append(f"First in {', '.join(str(part) for part in key)}:")
        lines += _shares(leaders.head(_SHOWN - 2), ranked)
    if len(groups) > _SHOWN:
        lines.append(f"… and in {len(groups) - _SHOWN} more")
    return lines


def _shares(shares: Any, ranked: Any) -> list[str]:
    return [f"  {ranked.loc[code, 'name']}: {share:.1%}" for code, share in shares.items()]


def convergence_table(samples: Sequence[Any]) -> pd.DataFrame:
    """Return the mean shift of growing samples, with its error, by number of draws."""
    import pandas as pd

    rows = [
        {
            "mean_shift": sample.mean_shift,
            "error": sample.mean_shift_error,
            "share_error": math.sqrt(0.25 / max(sample._tally.draws, 1)),
        }
        for sample in samples
    ]
    return pd.DataFrame(rows, index=pd.Index([sample.draws for sample in samples], name="draws"))
