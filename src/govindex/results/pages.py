"""What a notebook shows of a result: the ranking with its dimensions as small bars."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from govindex.contracts import Float
from govindex.display import ShownCell, ShownColumn, ShownPage, Table
from govindex.language import number_text, words
from govindex.results.marks import legend
from govindex.results.node_ranks import NodeRanks

__all__ = ["result_page"]

_SHOWN = 20  # units above the fold
_MOST = 200  # units in all


def result_page(
    result: NodeRanks,
    title: str,
    shown: Sequence[str],
    letters: Mapping[str, Sequence[str]],
    notes: Iterable[str],
    language: str | None = None,
) -> ShownPage:
    """Return the ranking, best first, with marks of figures that are not as reported.

    Parameters
    ----------
    result : NodeRanks
    title : str
    shown : sequence of str
        The nodes shown with the total.
    letters : mapping of str to sequence of str
        By node, the letters of the marks of figures below it, unit by unit.
    notes : iterable of str
        Lines below the ranking.
    language : str, optional
    """
    scored = int((~np.isnan(result.shares[0])).sum())
    counts = words("display.scored", language, scored=scored, units=len(result.units))
    meanings = legend([text for texts in letters.values() for text in texts], language)
    explained = (meanings,) if meanings else ()
    return ShownPage(
        title, (counts, _ranking(result, shown, letters, language), *explained, *notes)
    )


def _ranking(
    result: NodeRanks,
    shown: Sequence[str],
    letters: Mapping[str, Sequence[str]],
    language: str | None,
) -> Table:
    units, root = result.units, result.codes[0]
    listed = result.publication_order(root)
    kept = listed[:_MOST]
    described = [(key, texts) for key, texts in _described(result, language) if any(texts)]
    scores = _column(result, root, kept, letters[root], language)
    dimensions = [code for code in shown if code in result.codes and code != root]
    nodes = [_column(result, code, kept, letters[code], language) for code in dimensions]
    labels, ranks = units.body_labels(language), result.rank_labels()
    rows = []
    for unit in kept:
        row = [ShownCell(ranks[unit]), ShownCell(labels[unit])]
        row += [ShownCell(texts[unit] or "") for _, texts in described]
        row += [scores[unit], *(cells[unit] for cells in nodes)]
        rows.append(tuple(row))
    columns = [
        ShownColumn(words("heading.rank", language), True),
        ShownColumn(words("heading.name", language)),
    ]
    columns += [ShownColumn(words(key, language)) for key, _ in described]
    columns.append(ShownColumn(words("heading.score", language), True))
    columns += [ShownColumn(result.node(code).label(language), True) for code in dimensions]
    return Table(tuple(columns), tuple(rows), more=_more(len(listed), language), shown=_SHOWN)


def _more(units: int, language: str | None) -> str:
    return words("display.more", language, count=units - _SHOWN) if units > _SHOWN else ""


def _described(result: NodeRanks, language: str | None) -> list[tuple[str, Sequence[str | None]]]:
    columns = result.units.league_columns()
    keys = {"period": "heading.period", "league": "heading.league"}
    described: list[tuple[str, Sequence[str | None]]] = [
        (keys[name], texts) for name, texts in columns.items() if name in keys
    ]
    if result.bands_spec is not None:
        described.append(("heading.band", result.band_of(result.codes[0])))
    return described


def _column(
    result: NodeRanks,
    code: str,
    kept: Sequence[int],
    letters: Sequence[str],
    language: str | None,
) -> dict[int, ShownCell]:
    """Return a node's printed scores by unit, with bars of their shares of the maximum."""
    percent, decimals = result.percent[result.row_of(code)], _decimals(result)
    printed: Float = result.printed_at(code)
    cells = {}
    for unit in kept:
        share = float(percent[unit]) / 100
        bar = min(max(share, 0.0), 1.0) if share == share else None
        text = number_text(float(printed[unit]), language, decimals)
        cells[unit] = ShownCell(text, bar, letters=letters[unit])
    return cells


def _decimals(result: NodeRanks) -> int:
    return result.score_decimals
