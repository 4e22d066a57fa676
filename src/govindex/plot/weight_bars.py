"""Weights: as set among siblings, effective in the total, and as felt in the scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from govindex.contracts import Float
from govindex.errors import FrameworkError, SettingError
from govindex.language import words
from govindex.model.framework import Framework
from govindex.model.selection import At, selected
from govindex.plot.canvases import LETTER, OVERHEAD, TALLEST, Canvas, open_canvas, shortened
from govindex.plot.names import some_nodes
from govindex.plot.rows import DrawnRows, label_rows, rows_of_names
from govindex.plot.shapes import bars, key_of_bars
from govindex.plot.styles import COLOURS, HATCHES, ink, paper
from govindex.results import IndexResult
from govindex.results.joint_results import parts_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["effective", "form_of", "framework_of", "weights"]

_ROW = 0.4  # inches of a node


def weights(
    of: Framework | IndexResult,
    at: At = 1,
    *,
    felt: pd.DataFrame | None = None,
    language: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the weights of nodes: as set among their siblings, effective, and as felt.

    The effective weight is the node's part of the total. How it is felt is the part of the variance
    of the score that goes with it, among the parts of the table.

    Parameters
    ----------
    of : Framework or IndexResult
    at : int, str or iterable of str
        The nodes: a tier of the framework (1: the root's children), or codes.
    felt : DataFrame, optional
        What :func:`~govindex.weight.correlation_ratio` returned.
    language, ax
        As in :func:`ranking`.

    Returns
    -------
    Axes

    Raises
    ------
    SettingError
        If weights are variables of the data, units have several forms, or `felt` is not such a
        table.
    UnknownNameError
        If there is no such node.

    Examples
    --------
    >>> import govindex as gi
    >>> axes = gi.plot.weights(gi.methodology("vn.service-766").framework, language="vi")
    >>> axes.texts[0].get_text()
    '18 %'
    """
    framework = form_of(of)
    codes = some_nodes(selected(at, framework.codes, [framework]))
    parts: dict[str, Float] = {
        "set": _as_set(framework, codes),
        "effective": np.array([effective(framework)[code] for code in codes]),
    }
    if felt is not None:
        parts["felt"] = _as_felt(felt, codes)
    names = [_name(framework, code, language) for code in codes]
    count = len(codes)
    rows = rows_of_names(count)
    size = (5.0 + LETTER * max(map(len, names)), min(_ROW * count, TALLEST) + OVERHEAD + 0.2)
    canvas = open_canvas(ax, language, size)
    shown, font = label_rows(canvas, rows, names)
    for number, (name, values) in enumerate(parts.items()):
        _draw(canvas, rows, values, (number, len(parts)), words(f"plot.weight_{name}", language))
        if len(shown) == count and font >= 5.5:
            _write(canvas, rows, values, (number, len(parts)), font)
    highest = max((float(np.nanmax(values, initial=0.0)) for values in parts.values()), default=1.0)
    canvas.settle()
    canvas.axes.set_xlim(0.0, 100.0 * (1.0 + canvas.beside(7)) * highest or 1.0)
    canvas.frame("x")
    canvas.number_axis("x")
    canvas.axes.axvline(0.0, color=ink(), linewidth=0.8)
    canvas.label_axis("x", "%")
    return canvas.close(f"{words('plot.weights', language)}: {framework.label(language)}")


def framework_of(of: Any) -> Framework:
    """Return a framework, or that of a result."""
    if isinstance(of, IndexResult):
        return of.framework
    if not isinstance(of, Framework):
        raise SettingError(f"give a Framework or an IndexResult, not {type(of).__name__}")
    return of


def form_of(of: Any) -> Framework:
    """Return a framework, or that of a result whose units have one form."""
    if isinstance(of, IndexResult) and len(parts_of(of)) > 1:
        raise SettingError(
            f"the units have {len(parts_of(of))} forms, each with its weights: give the framework "
            "of one, result.part_of(unit).framework"
        )
    return framework_of(of)


def effective(framework: Framework) -> dict[str, float]:
    """Return the parts of the total; refuse weights that differ from unit to unit."""
    try:
        return framework.effective_weights
    except FrameworkError as error:
        raise SettingError(f"weights cannot be drawn: {error}") from error


def _name(framework: Framework, code: str, language: str | None) -> str:
    label = framework.node(code).label(language)
    return shortened(label if label == code else f"{code} {label}", 52)


def _as_set(framework: Framework, codes: tuple[str, ...]) -> Float:
    """Return each weight as a part of its siblings' inside the maximum."""
    parts = []
    for code in codes:
        above = framework.parent(code)
        inside = [] if above is None else [framework.weight(child.code) for child in above.inside]
        numbers = [weight for weight in inside if not isinstance(weight, str)]
        weight = framework.weight(code)
        whole = sum(numbers)
        plain = not isinstance(weight, str) and len(numbers) == len(inside) and whole > 0
        parts.append(1.0 if above is None else float(weight) / whole if plain else np.nan)
    return np.array(parts)


def _as_felt(felt: Any, codes: tuple[str, ...]) -> Float:
    import pandas as pd

    if not isinstance(felt, pd.DataFrame) or "felt" not in felt:
        raise SettingError("felt= is the table that gi.weight.correlation_ratio(…) returned")
    column = felt["felt"].astype(float)
    if not set(column.index) & set(codes):
        raise SettingError("felt= has none of the nodes at=: give the same ones to both")
    return np.asarray(column.reindex(list(codes)).to_numpy())


def _offset(which: tuple[int, int]) -> float:
    number, count = which
    return (number - (count - 1) / 2.0) * 0.8 / count


def _draw(
    canvas: Canvas, rows: DrawnRows, values: Float, which: tuple[int, int], label: str
) -> None:
    number, count = which
    look = {
        "facecolor": COLOURS[number],
        "edgecolor": paper(canvas.axes),
        "hatch": HATCHES[number],
    }
    known = ~np.isnan(values)
    bars(
        canvas.axes, rows.y[known] + _offset(which), 0.0, 100.0 * values[known],
        height=0.74 / count, linewidth=0.0, label=f"_{label}", **look,
    )  # fmt: skip
    canvas.key(key_of_bars(label, **look))


def _write(
    canvas: Canvas, rows: DrawnRows, values: Float, which: tuple[int, int], font: float
) -> None:
    for y, value in zip(rows.y + _offset(which), 100.0 * values, strict=True):
        if not np.isnan(value):
            text = f"{canvas.number(round(value, 1))} %"
            canvas.axes.annotate(text, (value, y), xytext=(4, 0), textcoords="offset points",
                                 va="center", fontsize=min(font - 1.0, 7.5))  # fmt: skip
