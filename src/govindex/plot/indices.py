"""Sensitivity: first-order and total indices of the groups of inputs, with their intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from govindex.checks import among, instance_of
from govindex.contracts import Float
from govindex.errors import SettingError
from govindex.language import words
from govindex.plot.canvases import LETTER, OVERHEAD, TALLEST, Canvas, open_canvas, shortened
from govindex.plot.rows import DrawnRows, label_rows, rows_of_names
from govindex.plot.shapes import bars, between, key_of_bars, key_of_marks, spans
from govindex.plot.styles import COLOURS, HATCHES, ink, paper
from govindex.robustness import Sensitivity
from govindex.robustness.sobol.summaries import reason_text

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["sensitivity"]


def sensitivity(
    found: Sensitivity,
    unit: str | None = None,
    *,
    output: Literal["rank", "score"] = "rank",
    language: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw which variation moves the ranks: first-order and total indices, with their intervals.

    The first-order index is the part of the variance that a group of inputs explains alone, the
    total index that of the group with all its interactions. The largest total comes first.

    Parameters
    ----------
    found : Sensitivity
        What :func:`~govindex.robustness.sensitivity` returned.
    unit : str, optional
        Whose rank or score, by code or name; by default the mean shift of ranks of all units.
    output : {"rank", "score"}
        What of the unit.
    language, ax
        As in :func:`ranking`.

    Returns
    -------
    Axes
        Without indices, since nothing varies, with a note of the reason.

    Raises
    ------
    UnknownNameError
        If there is no such unit.
    """
    instance_of(found, Sensitivity, "found")
    if not among(output, ("rank", "score")):
        raise SettingError(f"output is 'rank' or 'score', not {output!r}")
    table = found.mean_shift if unit is None else found.of(unit, output=output)
    table = table.sort_values("total", ascending=False, kind="stable", na_position="last")
    names = [shortened(str(group), 44) for group in table.index]
    count = len(names)
    rows = rows_of_names(count)
    width = 5.2 + LETTER * max(map(len, names), default=0)
    canvas = open_canvas(ax, language, (width, min(0.42 * count, TALLEST) + OVERHEAD + 0.3))
    _, font = label_rows(canvas, rows, names)
    orders = ("total", "first")
    ends = [_draw(canvas, rows, table, order, font) for order in orders]
    if "first_low" in table:
        canvas.key(key_of_marks(words("plot.interval", language), "", ink(), linestyle="-"))
    reasons = dict.fromkeys(text for text in table["reason"] if text)
    for reason in reasons:
        why = reason_text(reason, language)
        canvas.note(words("plot.no_indices", language, reason=why))
    low, high = between(np.concatenate([[0.0, 1.0], *ends]))
    canvas.settle()
    canvas.axes.set_xlim(low - 0.03 * (low < 0), high + canvas.beside(5) * (high - low))
    canvas.frame("x")
    canvas.number_axis("x")
    canvas.axes.axvline(0.0, color=ink(), linewidth=0.8)
    canvas.label_axis("x", words("plot.part_of_variance", language))
    return canvas.close(_title(found, unit, output, language))


def _draw(canvas: Canvas, rows: DrawnRows, table: pd.DataFrame, order: str, font: float) -> Float:
    """Draw the indices of one order with their intervals; return all their ends."""
    number = 0 if order == "total" else 1
    values = np.asarray(table[order], dtype=np.float64).ravel()
    interval, known = _ends(table, order), ~np.isnan(values)
    y = rows.y + (0.2 if number else -0.2)
    look: dict[str, Any] = {
        "facecolor": COLOURS[number],
        "edgecolor": paper(canvas.axes),
        "hatch": HATCHES[number],
    }
    bars(
        canvas.axes, y[known], 0.0, values[known], height=0.36, linewidth=0.0, label=f"_{order}",
        **look,
    )  # fmt: skip
    spans(canvas.axes, y, *interval, colors=ink(), linewidths=1.2, label=f"_{order}_interval")
    _write(canvas, y, values, interval[1], min(font, 8.0))
    canvas.key(key_of_bars(words(f"plot.{order}_order", canvas.language), **look))
    return np.concatenate([values, interval.ravel()])


def _ends(table: pd.DataFrame, order: str) -> Float:
    if f"{order}_low" not in table:
        return np.full((2, len(table)), np.nan)
    return table[[f"{order}_low", f"{order}_high"]].astype(float).to_numpy().T


def _write(canvas: Canvas, y: Float, values: Float, high: Float, font: float) -> None:
    for at, value, end in zip(y, values, np.fmax(values, high), strict=True):
        if not np.isnan(value):
            canvas.axes.annotate(
                canvas.number(value, 2), (max(end, 0.0), at), xytext=(4, 0),
                textcoords="offset points", va="center", fontsize=max(font - 1.0, 5.0),
            )  # fmt: skip


def _title(found: Sensitivity, unit: str | None, output: str, language: str | None) -> str:
    if unit is None:
        return words("plot.sensitivity_of_ranks", language)
    what = words("plot.sensitivity_of_rank" if output == "rank" else "plot.sensitivity_of_score",
                 language)  # fmt: skip
    return f"{what}: {found.units.labels(language)[found.units.locate(unit)]}"
