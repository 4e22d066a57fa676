"""Swap margins: how small a change of weights reverses two units, as a ladder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from govindex.checks import among
from govindex.contracts import Float
from govindex.errors import SettingError
from govindex.language import words
from govindex.model.units import Units
from govindex.plot.canvases import Canvas, open_canvas
from govindex.plot.names import unit_names
from govindex.plot.rows import DrawnRows, figure_size, label_rows, rows_of
from govindex.plot.shapes import bars, between
from govindex.plot.styles import COLOURS, faint, ink, paper

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["swap_margins"]

_MOST = 0.99  # of the margins of many pairs are within the axis
_DWARFED = 4.0  # times the longest of these, and the axis ends before the longest of all
_NEEDED = ("first", "second", "first_name", "second_name", "first_rank", "outcome", "l1", "l2")


def swap_margins(
    margins: pd.DataFrame,
    *,
    measure: Literal["l1", "l2"] = "l1",
    language: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the least change of weights that reverses each pair of units.

    Neighbours in the ranking make a ladder: a bar between two units is their margin, and a short
    bar a fragile order. Other pairs have a row each. Where no weights reverse a pair, or nothing is
    known, the outcome is written. Outcomes of pairs that are too many for that are counted below
    the picture, and a few margins that dwarf all others reach beyond its axis.

    Parameters
    ----------
    margins : DataFrame
        What :func:`~govindex.robustness.swap_margins` returned.
    measure : {"l1", "l2"}
        The sum of absolute changes (twice the weight that is moved), or the root of the sum of
        squares.
    language : str, optional
        Of words; names are those of the table.
    ax : Axes, optional

    Returns
    -------
    Axes

    Raises
    ------
    SettingError
        If the table is not one of swap margins.

    Examples
    --------
    >>> import govindex as gi
    >>> groups = gi.methodology("vn.service-766").cut()
    >>> result = groups.compute(gi.datasets.load("vn.service-766.provinces-2026-10-10"))
    >>> axes = gi.plot.swap_margins(gi.robustness.swap_margins(result))
    >>> axes.texts[0].get_text(), len(axes.texts)
    ('0.114', 33)
    """
    import pandas as pd

    if not isinstance(margins, pd.DataFrame) or not {*_NEEDED} <= {*margins.columns}:
        raise SettingError("give the table that gi.robustness.swap_margins(…) returned")
    if not among(measure, ("l1", "l2")):
        raise SettingError(f"measure is 'l1' or 'l2', not {measure!r}")
    units, ranks, ladder = _units(margins)
    rows = rows_of(units, np.arange(len(units)).tolist(), language)
    names = unit_names(units, language)
    canvas = open_canvas(ax, language, figure_size(rows, names, 5.4))
    shown, font = label_rows(
        canvas, rows, [f"{n}  {r}".rstrip() for n, r in zip(names, ranks, strict=True)]
    )
    y = _between(margins, units, rows) if ladder else rows.y
    sizes: Float = np.asarray(margins[measure], dtype=np.float64).ravel()
    known = ~np.isnan(sizes)
    bars(
        canvas.axes, y[known], 0.0, sizes[known], height=0.5, facecolor=COLOURS[0],
        edgecolor=paper(canvas.axes), linewidth=0.0, label="_margins",
    )  # fmt: skip
    longest = between(sizes)[1]
    if len(shown) < len(rows.y):
        longest = _note_all(canvas, margins["outcome"], sizes)
    else:
        _write(canvas, margins, y, sizes, font)
        if ladder:
            across = canvas.axes.get_yaxis_transform()
            canvas.axes.hlines(rows.y, 0, 1, color=faint(canvas.axes, 0.12), linewidth=0.6,
                               zorder=0, transform=across)  # fmt: skip
    _frame(canvas, longest, words(f"plot.margin_{measure}", language))
    return canvas.close(words("plot.swap_margins", language))


def _frame(canvas: Canvas, longest: float, label: str) -> None:
    canvas.settle()
    canvas.axes.set_xlim(0.0, (1.0 + canvas.beside(6)) * longest or 1.0)
    canvas.frame("x")
    canvas.number_axis("x")
    canvas.axes.axvline(0.0, color=ink(), linewidth=0.8)
    canvas.label_axis("x", label)


def _leagues(margins: pd.DataFrame) -> list[str | None]:
    import pandas as pd

    columns = [margins[name] for name in ("period", "league") if name in margins]
    names = []
    for values in zip(*columns, strict=True):
        known = [str(value) for value in values if not pd.isna(value)]
        names.append(" · ".join(known) or None)
    return names or [None] * len(margins)


def _units(margins: pd.DataFrame) -> tuple[Units, list[str], bool]:
    """Return the units of a ladder with their ranks, or else a unit for each pair."""
    first, second = ([str(code) for code in margins[name]] for name in ("first", "second"))
    leagues = _leagues(margins)
    pairs = list(zip(first, second, leagues, strict=True))
    listed: dict[str, Any] = {}
    ladder = len(set(first)) == len(first) and len(set(second)) == len(second)
    for (one, other, league), (_, row) in zip(pairs, margins.iterrows(), strict=True):
        fresh = one not in listed
        ladder = ladder and (fresh or next(reversed(listed)) == one)
        listed.setdefault(one, (row["first_name"], row["first_rank"], league))
        listed[other] = (row["second_name"], row["second_rank"], league)
    if ladder and len(listed) == len({*first, *second}) and listed:
        names, ranks, of = zip(*listed.values(), strict=True)
        texts = [f"{rank:g}" for rank in map(float, ranks)]
        return Units(tuple(listed), tuple(map(str, names)), _grouped(of)), _tied(texts, of), True
    joined = [
        f"{a} › {b}" for a, b in zip(margins["first_name"], margins["second_name"], strict=True)
    ]
    codes = tuple(map(str, range(len(joined))))
    return Units(codes, tuple(joined), _grouped(leagues)), [""] * len(joined), False


def _grouped(leagues: Any) -> tuple[str | None, ...] | None:
    return tuple(leagues) if any(leagues) else None


def _tied(texts: list[str], leagues: Any) -> list[str]:
    pairs = list(zip(texts, leagues, strict=True))
    return [f"={text}" if pairs.count((text, league)) > 1 else text for text, league in pairs]


def _between(margins: pd.DataFrame, units: Units, rows: DrawnRows) -> Float:
    """Return the position of each pair, between its units."""
    at = {units.codes[member]: y for member, y in zip(rows.members, rows.y, strict=True)}
    pairs = zip(margins["first"], margins["second"], strict=True)
    return np.array([(at[str(a)] + at[str(b)]) / 2.0 for a, b in pairs], dtype=float)


def _note_all(canvas: Canvas, outcomes: pd.Series[Any], sizes: Float) -> float:
    """Count the outcomes of pairs that are too many to be written; return where the axis ends.

    A few margins that dwarf all others reach beyond it.
    """
    for outcome, count in outcomes.value_counts().items():
        if outcome != "swaps":
            text = words(f"plot.{outcome}", canvas.language)
            canvas.note(f"{text[:1].upper()}{text[1:]}: {canvas.number(count, 0)}.")
    known = sizes[~np.isnan(sizes)]
    longest = between(sizes)[1]
    end = float(np.quantile(known, _MOST)) if known.size else 0.0
    if not 0.0 < _DWARFED * end < longest:
        return longest
    canvas.note(
        words(
            "plot.beyond_the_axis",
            canvas.language,
            count=canvas.number((known > end).sum(), 0),
            longest=canvas.number(longest, 3),
        )
    )
    return end


def _margin_text(canvas: Canvas, size: float) -> str:
    """Return a margin with three decimals; one that is not 0 is not printed as 0."""
    return f"<{canvas.number(0.001, 3)}" if 0.0 < size < 0.0005 else canvas.number(size, 3)


def _write(canvas: Canvas, margins: pd.DataFrame, y: Float, sizes: Float, font: float) -> None:
    for at, size, outcome in zip(y, sizes, margins["outcome"], strict=True):
        plain = outcome == "swaps" and not np.isnan(size)
        text = _margin_text(canvas, size) if plain else words(f"plot.{outcome}", canvas.language)
        canvas.axes.annotate(
            text, (0.0 if np.isnan(size) else size, at), xytext=(4, 0), va="center",
            textcoords="offset points", fontsize=max(font - 1.5, 5.0),
            style="normal" if plain else "italic",
        )  # fmt: skip
