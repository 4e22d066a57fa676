"""What a notebook shows of a portfolio: the indices that disagree, and all units side by side."""

from __future__ import annotations

from typing import Any

from govindex.display import ShownPage
from govindex.display.frames import frame_table
from govindex.errors import listing
from govindex.language import number_text, words

__all__ = ["portfolio_page"]


def portfolio_page(portfolio: Any, language: str | None = None) -> ShownPage:
    """Return how far indices agree, and every unit's rank in each."""
    counts = {"indices": len(portfolio.names), "units": len(portfolio.units)}
    shown = {name: number_text(count, language) for name, count in counts.items()}
    title = words("portfolio.title", language, **shown)
    agreed = portfolio.concordance
    text = words("portfolio.none", language)
    if agreed == agreed:
        text = words(
            "portfolio.concordance",
            language,
            units=number_text(portfolio.ranked_by_all, language),
            value=number_text(agreed, language, 2),
        )
    legend = words("portfolio.legend", language)
    blocks: list[Any] = [text, _indices(portfolio, language), legend, _units(portfolio, language)]
    if portfolio.ranked_once:
        once = listing(portfolio.ranked_once)
        blocks.append(words("portfolio.once", language, names=once))
    return ShownPage(title, tuple(blocks))


def _indices(portfolio: Any, language: str | None) -> Any:
    frame = portfolio.disagreement.reset_index()
    names = ["index", "units", "tau", "concordance", "furthest", "distance"]
    if frame["concordance"].isna().all():
        names.remove("concordance")
    titles = {name: words(f"portfolio.column.{name}", language) for name in names}
    decimals = {"tau": 2, "concordance": 2, "distance": 0}
    return frame_table(frame, titles, decimals=decimals, language=language)


def _units(portfolio: Any, language: str | None) -> Any:
    frame = portfolio.table()
    labels = dict(zip(portfolio.units.codes, portfolio.units.labels(language), strict=True))
    frame["name"] = [labels[code] for code in frame.index]
    numbers = {name: f"index {i}" for i, name in enumerate(portfolio.names)}
    order = ["league", "rank", "name", *portfolio.names, "spread"]
    frame = frame[[name for name in order if name in frame]].rename(columns=numbers)
    titles = {
        name: words(f"portfolio.column.{name}", language)
        for name in ("league", "rank", "name")
        if name in frame
    }
    titles |= {column: name for name, column in numbers.items()}
    titles["spread"] = words("portfolio.column.spread", language)
    return frame_table(frame, titles, decimals={"spread": 0}, language=language)
