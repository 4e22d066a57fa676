"""What a sample of ranks says, in words."""

from __future__ import annotations

from typing import Any

__all__ = ["summary"]

_SHOWN = 5


def summary(sample: Any) -> str:
    """Return a summary of a sample of ranks on one screen."""
    intervals = sample.intervals(0.9)
    placed = intervals[intervals["rank"].notna()]
    width = (placed["high"] - placed["low"]).astype(float)
    steady = int((width == 0).sum())
    lines = [
        f"{sample.draws:,} draws of {len(placed):,} ranked units"
        + (f", {sample.failed:,} of which could not be scored" if sample.failed else ""),
        f"Ranks move by {sample.mean_shift:.2f} on average (Monte Carlo error "
        f"{sample.mean_shift_error:.4f}); Kendall's W among draws is {sample.concordance():.3f}.",
        f"{steady} of {len(placed)} units keep one rank in nine draws of ten.",
        "",
        *_first(sample, placed),
    ]
    lines += ["", "Least certain ranks (nine draws of ten):"]
    for code in width.sort_values(ascending=False, kind="stable").head(_SHOWN).index:
        row = placed.loc[code]
        lines.append(f"  {row['name']}: {row['rank']}, between {row['low']} and {row['high']}")
    close = sample.neighbours().sort_values("before", kind="stable").head(_SHOWN)
    lines += ["", "Neighbours who least often stand in the order of their ranks:"]
    lines += [
        f"  {row['first_name']} ({row['first_rank']}) before {row['second_name']} "
        f"({row['second_rank']}) in {row['before']:.1%} of draws"
        for _, row in close.iterrows()
    ]
    return "\n".join(lines)


def _first(sample: Any, placed: Any) -> list[str]:
    """Say who is first, in each league by itself."""
    shares = sample.top(1).sort_values(ascending=False, kind="stable")
    shares = shares[(shares > 0) & shares.index.isin(placed.index)]
    names = [name for name in ("period", "league") if placed[name].nunique(dropna=False) > 1]
    if not names:
        return ["First:", *_shares(shares.head(_SHOWN), placed)]
    lines = []
    groups = list(placed.groupby(names, sort=False, dropna=False))
    for key, group in groups[:_SHOWN]:
        own = shares[shares.index.isin(group.index)]
        lines.append(f"First in {', '.join(str(part) for part in key)}:")
        lines += _shares(own.head(_SHOWN - 2), placed)
    if len(groups) > _SHOWN:
        lines.append(f"… and in {len(groups) - _SHOWN} more")
    return lines


def _shares(shares: Any, placed: Any) -> list[str]:
    return [f"  {placed.loc[code, 'name']}: {share:.1%}" for code, share in shares.items()]
