"""What a notebook shows of an audit of rank reversal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from govindex.display import ShownPage
from govindex.display.blocks import Table
from govindex.display.frames import frame_table
from govindex.language import number_text, words
from govindex.robustness.reversal.summaries import case_text

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["reversals_page"]


def reversals_page(
    cases: pd.DataFrame, causes: pd.DataFrame, flips: pd.DataFrame, language: str | None = None
) -> ShownPage:
    """Return the pairs that change order, the cases with some, and the parts that caused them."""
    counts = {"pairs": float(cases["flips"].sum()), "cases": float(len(cases))}
    numbers = {name: number_text(count, language) for name, count in counts.items()}
    title = words("display.reversals", language, **numbers)
    kinds = {case: case_text(case, language) for case in cases["case"].unique()}
    cases, flips = (table.assign(case=table["case"].map(kinds)) for table in (cases, flips))
    blocks: list[Table] = []
    moved = cases[(cases["flips"] > 0) | (cases["problem"] != "")]
    moved = moved.sort_values("flips", ascending=False, kind="stable")
    if len(moved):
        names = ["case", "unit", "flips", "left"]
        names += ["problem"] if (moved["problem"] != "").any() else []
        titles = {name: words(f"display.{name}", language) for name in names}
        blocks.append(frame_table(moved, titles, bars=("flips",), language=language))
    if len(causes):
        frame = causes.reset_index().sort_values("flips", ascending=False, kind="stable")
        titles = {name: words(f"display.{name}", language) for name in ("part", "flips", "alone")}
        blocks.append(frame_table(frame, titles, bars=("flips",), language=language))
    if len(flips):
        names = ["case", "unit", "first_name", "first_before", "first_after"]
        names += ["second_name", "second_before", "second_after"]
        titles = {name: words(f"display.{name}", language) for name in names}
        blocks.append(frame_table(flips, titles, language=language))
    none = () if len(causes) else (words("display.no_peers", language),)
    return ShownPage(title, (*none, *blocks))
