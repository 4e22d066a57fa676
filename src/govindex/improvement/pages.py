"""What a notebook and a terminal show of an improvement."""

from __future__ import annotations

from typing import Any

import numpy as np

from govindex.display import ShownCell, ShownColumn, ShownPage, Table
from govindex.language import number_text, words

__all__ = ["improvement_page"]

_TITLES = ("indicator", "figure", "before", "after", "points", "effort")
_DIGITS = 6


def improvement_page(found: Any, language: str | None) -> ShownPage:
    """Return where the unit stands, the changes, and what was left as it is."""
    title = f"{found.name}: {found.goal.text(language)}"
    blocks: list[str | Table] = [_standing(found, language)]
    if not found.reached:
        blocks.append(_nearest(found, language))
    if len(found.changes):
        blocks.append(_changes(found, language))
        effort = number_text(float(f"{found.effort:.4g}"), language)
        blocks.append(words("improvement.effort_of_all", language, effort=effort))
    elif found.reached:
        blocks.append(words("improvement.nothing", language))
    if found.gap > 0:
        gap = number_text(float(f"{100 * found.gap:.2g}"), language)
        blocks.append(words("improvement.not_proven", language, percent=gap))
    blocks += _held(found, language)
    return ShownPage(title, tuple(blocks))


def _standing(found: Any, language: str | None) -> str:
    texts = [_stands(found, standing, language) for standing in (found.before, found.after)]
    if not len(found.changes):
        return words("improvement.now", language, before=texts[0])
    return words("improvement.from_to", language, before=texts[0], after=texts[1])


def _stands(found: Any, standing: Any, language: str | None) -> str:
    score = number_text(standing.score, language, found.decimals)
    rank = number_text(standing.rank, language)
    if standing.band is None:
        return words("improvement.standing", language, rank=rank, score=score)
    return words(
        "improvement.standing_in_band", language, rank=rank, score=score, band=standing.band
    )


def _nearest(found: Any, language: str | None) -> str:
    if found.nearest is None:
        return words("improvement.no_nearer", language)
    return words("improvement.nearest", language, goal=found.nearest.text(language))


def _changes(found: Any, language: str | None) -> Table:
    columns = [
        ShownColumn(words(f"improvement.column.{title}", language), title not in _TITLES[:2])
        for title in _TITLES
    ]
    most = max(float(found.changes["points"].abs().max()), 1e-300)
    rows = []
    for code, row in found.changes.iterrows():
        points = float(row["points"])
        rows.append(
            (
                ShownCell(f"{code} {row['name']}" if row["name"] != code else str(code)),
                ShownCell(str(row["variable"])),
                ShownCell(_figure(row["before"], language)),
                ShownCell(_figure(row["after"], language)),
                ShownCell(number_text(points, language, found.decimals), abs(points) / most),
                ShownCell(number_text(float(f"{row['effort']:.4g}"), language)),
            )
        )
    return Table(tuple(columns), tuple(rows))


def _figure(figure: Any, language: str | None) -> str:
    if isinstance(figure, str):
        return figure
    size = int(np.floor(np.log10(abs(figure)))) if figure else 0
    return number_text(round(float(figure), max(_DIGITS - size, 0)), language)


def _held(found: Any, language: str | None) -> list[str]:
    lines = []
    for reason, rows in found.held.groupby("reason", sort=True):
        names = ", ".join(rows["variable"])
        lines.append(words(f"improvement.held.{reason}", language, figures=names))
    return lines
