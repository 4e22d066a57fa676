"""What a notebook shows of units: codes, names, leagues and types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from govindex.display import ShownCell, ShownColumn, ShownPage, Table
from govindex.language import words

__all__ = ["unit_page"]

_SHOWN, _MOST = 20, 200


def unit_page(
    title: str,
    codes: Sequence[str],
    labels: Sequence[str],
    columns: Mapping[str, Sequence[str | None] | None],
    language: str | None = None,
) -> ShownPage:
    """Return a row for each unit, without the columns that are blank for all.

    Parameters
    ----------
    title : str
    codes, labels : sequence of str
    columns : mapping of str to sequence of str
        Periods, leagues, types and parents.
    language : str, optional
    """
    shown = {name: texts for name, texts in columns.items() if texts and any(texts)}
    titles = ["unit", "name", *shown]
    rows = [
        tuple(ShownCell(str(text or "")) for text in row)
        for row in zip(codes[:_MOST], labels, *shown.values(), strict=False)
    ]
    count = len(codes) - _SHOWN
    more = words("display.more", language, count=count) if count > 0 else ""
    heads = tuple(ShownColumn(words(f"display.{name}", language)) for name in titles)
    return ShownPage(title, (Table(heads, tuple(rows), more=more, shown=_SHOWN),))
