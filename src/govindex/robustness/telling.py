"""What a sample of places says, in words."""

from __future__ import annotations

from typing import Any

__all__ = ["told"]

_SHOWN = 5


def told(sample: Any) -> str:
    """Return a summary of a sample of places on one screen."""
    intervals = sample.intervals(0.9)
    placed = intervals[intervals["rank"].notna()]
    width = (placed["high"] - placed["low"]).astype(float)
    steady = int((width == 0).sum())
    lines = [
        f"{sample.draws:,} draws of {len(placed):,} ranked units"
        + (f", {sample.failed:,} of which could not be scored" if sample.failed else ""),
        f"Places move by {sample.mean_shift:.2f} on average (Monte Carlo error "
        f"{sample.mean_shift_error:.4f}); Kendall's W among draws is {sample.concordance():.3f}.",
        f"{steady} of {len(placed)} units keep one place in nine draws of ten.",
        "",
        "First:",
    ]
    leading = sample.top(1).sort_values(ascending=False, kind="stable").head(_SHOWN)
    units = intervals["unit"]
    lines += [f"  {units[code]}: {share:.1%}" for code, share in leading.items() if share > 0]
    lines += ["", "Least certain places (nine draws of ten):"]
    for code in width.sort_values(ascending=False, kind="stable").head(_SHOWN).index:
        row = placed.loc[code]
        lines.append(f"  {row['unit']}: {row['rank']}, between {row['low']} and {row['high']}")
    close = sample.neighbours().sort_values("before", kind="stable").head(_SHOWN)
    lines += ["", "Neighbours whose order is least certain:"]
    lines += [
        f"  {row['first_unit']} ({row['first_rank']}) before {row['second_unit']} "
        f"({row['second_rank']}) in {row['before']:.1%} of draws"
        for _, row in close.iterrows()
    ]
    return "\n".join(lines)
