"""Changes between two results: slopes of ranks, scores before and after, and waterfalls."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from govindex.changes import change as change_of
from govindex.checks import among
from govindex.contracts import Bool, Float
from govindex.errors import SettingError
from govindex.explanation import Explanation
from govindex.language import words
from govindex.model.units import Units
from govindex.plot.bumps import RankLines, draw_rank_lines
from govindex.plot.canvases import LETTER, OVERHEAD, TALLEST, Canvas, open_canvas, shortened
from govindex.plot.names import note_unranked, rank_texts, ranked_labels, unit_names, unit_rows
from govindex.plot.rows import DrawnRows, figure_size, label_rows, mark_size, rows_of, rows_of_names
from govindex.plot.shapes import bars, between, key_of_bars, key_of_marks, spans
from govindex.plot.styles import COLOURS, HATCHES, faint, ink, paper
from govindex.results import IndexResult

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from govindex.changes import Change

__all__ = ["change"]

# Better, worse, unchanged.
_COLOURS = (COLOURS[0], COLOURS[3], "")
_LINES = ("-", "--", ":")
_NEEDED = ("name", "rank_before", "rank", "rank_change", "score_before", "score", "score_change")


def change(
    before: IndexResult | Change | Explanation,
    after: IndexResult | Explanation | None = None,
    *,
    show: Literal["rank", "score"] = "rank",
    highlight: Iterable[str] | None = None,
    language: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw what changed between two results, or between two explanations of one unit.

    Ranks are lines from left to right: solid for units that rose, dashed for those that fell.
    Scores are an open dot before and a full one after, with the change written beside. Two
    explanations make a waterfall: from the score before, node by node, to the score after.

    Parameters
    ----------
    before : IndexResult, DataFrame or Explanation
        The earlier result; or what :func:`~govindex.change` returned, without `after`; or the
        earlier of two explanations.
    after : IndexResult or Explanation, optional
    show : {"rank", "score"}
        What is drawn of the units.
    highlight : iterable of str, optional
        Codes or names of the units to follow; the others are faint.
    language, ax
        As in :func:`ranking`.

    Returns
    -------
    Axes

    Raises
    ------
    SettingError
        If `before` and `after` are not of one kind.
    DataError
        If the results cannot be compared: see :func:`~govindex.change`.

    Examples
    --------
    >>> import govindex as gi
    >>> groups = gi.methodology("vn.service-766").cut()
    >>> early, late = (groups.compute(gi.datasets.load(f"vn.service-766.provinces-2026-10-{day}"))
    ...                for day in ("06", "10"))
    >>> axes = gi.plot.change(early, late, highlight="UBND tỉnh Lào Cai")
    >>> axes.texts[0].get_text()
    'UBND tỉnh Lào Cai  23'
    """
    if isinstance(before, Explanation) or isinstance(after, Explanation):
        return _waterfall(before, after, language, ax)
    if not among(show, ("rank", "score")):
        raise SettingError(f"show is 'rank' or 'score', not {show!r}")
    table, units = _changes(before, after, language)
    chosen = unit_rows(units, highlight)
    if show == "rank":
        return _slopes(table, units, None if highlight is None else chosen, language, ax)
    return _dumbbells(table, units, None if highlight is None else chosen, language, ax)


def _changes(before: Any, after: Any, language: str | None) -> tuple[pd.DataFrame, Units]:
    """Return the table of changes and its units, best now first, league by league."""
    import pandas as pd

    leagues: dict[str, Any] = {}
    if isinstance(before, IndexResult) and isinstance(after, IndexResult):
        columns = after.units.league_columns()
        names = [p if lg is None else lg if p is None else f"{p} · {lg}"
                 for p, lg in zip(*columns.values(), strict=True)]  # fmt: skip
        leagues = dict(zip(after.units.codes, names, strict=True))
        table = change_of(before, after, language=language).units
    elif after is None:
        table = getattr(before, "units", before)
    else:
        table = None
    if not isinstance(table, pd.DataFrame) or not {*_NEEDED} <= {*table.columns}:
        raise SettingError(
            "give two results, two explanations, or the changes that gi.change(before, after) "
            "returned"
        )
    if "league" in table and not leagues:
        leagues = dict(zip(table.index, table["league"], strict=True))
    codes = tuple(map(str, table.index))
    named = tuple(str(name) for name in table["name"])
    of = tuple(None if pd.isna(leagues.get(code)) else leagues[code] for code in codes)
    units = Units(codes, named, of if any(of) else None)
    order = np.array([row for _, rows in units.groups("league") for row in rows], dtype=np.intp)
    return table.iloc[order], units.take(order)


def _column(table: pd.DataFrame, name: str) -> Float:
    return np.asarray(table[name].astype(float).to_numpy(na_value=np.nan))


def _direction(change: Float) -> list[int]:
    """Return 0 for better, 1 for worse, 2 for unchanged or unknown."""
    ways: list[int] = np.where(change > 0, 0, np.where(change < 0, 1, 2)).tolist()
    return ways


def _look(canvas_axes: Any, way: int) -> str:
    return _COLOURS[way] or faint(canvas_axes, 0.5)


def _slopes(
    table: pd.DataFrame,
    units: Units,
    chosen: list[int] | None,
    language: str | None,
    ax: Axes | None,
) -> Axes:
    # The rank in another league than before is not compared.
    compared = ~np.isnan(_column(table, "rank_change"))
    before = np.where(compared, _column(table, "rank_before"), np.nan)
    ranks = np.column_stack([before, _column(table, "rank")])
    steps = (words("plot.before", language), words("plot.after", language))
    followed = list(range(len(units))) if chosen is None else chosen
    ways = _direction(ranks[:, 0] - ranks[:, 1])
    from matplotlib import rcParams

    grey = rcParams["grid.color"]
    looks = [
        {
            "color": _COLOURS[ways[row]] or grey,
            "linestyle": _LINES[ways[row]],
            "marker": "o",
            "markersize": 4.0 if len(followed) <= 200 else 1.0,
            "linewidth": 1.4 if len(followed) <= 200 else 0.4,
        }
        for row in followed
    ]
    title = words("plot.change_in_rank", language)
    found = RankLines(title, steps, units, ranks)
    canvas = draw_rank_lines(found, np.array(followed, dtype=np.intp), looks, language, ax)
    _key_directions(canvas, "-")
    return canvas.close(title, lines=1.6)


def _key_directions(canvas: Canvas, line: str) -> None:
    names = ("better", "worse", "unchanged")
    for way, name in enumerate(names):
        style = _LINES[way] if line else "none"
        label = words(f"plot.{name}", canvas.language)
        canvas.key(key_of_marks(label, "o", _look(canvas.axes, way), linestyle=style))


def _dumbbells(
    table: pd.DataFrame,
    units: Units,
    chosen: list[int] | None,
    language: str | None,
    ax: Axes | None,
) -> Axes:
    rows = rows_of(units, np.arange(len(units)).tolist(), language)
    names = unit_names(units, language)
    canvas = open_canvas(ax, language, figure_size(rows, names, 5.8))
    ax = canvas.axes
    labels = ranked_labels(names, rank_texts(_column(table, "rank"), rows), rows)
    shown, font = label_rows(canvas, rows, labels)
    old, new = _column(table, "score_before"), _column(table, "score")
    note_unranked(canvas, np.isnan(_column(table, "rank")) & ~np.isnan(new))
    followed = np.ones(len(units), dtype=bool)
    if chosen is not None:
        followed = np.isin(np.arange(len(units)), chosen)
    _draw_dumbbells(canvas, rows, old, new, followed)
    low, high = between(np.concatenate([old, new]))
    spread = (high - low) or 1.0
    canvas.settle()
    ax.set_xlim(low - 0.05 * spread, high + canvas.beside(8) * spread)
    canvas.frame("x")
    canvas.number_axis("x")
    canvas.label_axis("x", words("plot.score", language))
    if len(shown) == len(rows.y):
        _write_changes(canvas, rows, old, new, _column(table, "score_change"), font)
    _key_directions(canvas, "")
    ground = {"markerfacecolor": paper(ax)}
    canvas.key(key_of_marks(words("plot.before", language), "o", ink(), **ground))
    canvas.key(key_of_marks(words("plot.after", language), "o", ink()))
    return canvas.close(words("plot.change_in_score", language))


def _draw_dumbbells(
    canvas: Canvas, rows: DrawnRows, old: Float, new: Float, followed: Bool
) -> None:
    """Draw a line from the old to the new score of each unit, the others faintly."""
    ax, size = canvas.axes, mark_size(canvas, rows, 5.5)
    ax.plot(
        new[~followed], rows.y[~followed], "o", markersize=0.5 * size, color=faint(ax, 0.25),
        label="_others",
    )  # fmt: skip
    ways = np.array(_direction(new - old))
    for way in range(3):
        alike = (ways == way) & ~np.isnan(new) & followed
        colour = _look(ax, way)
        spans(
            ax,
            rows.y[alike],
            old[alike],
            new[alike],
            colors=colour,
            linewidths=min(1.4, 0.3 * size),
            linestyles=_LINES[way],
        )
        ax.plot(old[alike], rows.y[alike], "o", markersize=0.8 * size, color=colour,
                markerfacecolor=paper(ax), label="_before")  # fmt: skip
        ax.plot(new[alike], rows.y[alike], "o", markersize=size, color=colour, label="_after")


def _write_changes(
    canvas: Canvas, rows: DrawnRows, old: Float, new: Float, changes: Float, font: float
) -> None:
    _, highest = between(np.abs(np.concatenate([old, new])))
    decimals = 4 if highest <= 1.0 else 2
    for y, one, other, shift in zip(rows.y, old, new, changes, strict=True):
        absent = np.isnan(shift)
        text = (
            words("plot.no_score", canvas.language) if absent else signed(canvas, shift, decimals)
        )
        known = [value for value in (one, other) if not np.isnan(value)]
        x = max(known) if known else canvas.axes.get_xlim()[0]
        canvas.axes.annotate(
            text, (x, y), xytext=(6, 0), textcoords="offset points", va="center",
            fontsize=max(font - 1.0, 5.0), style="italic" if absent else "normal",
        )  # fmt: skip


def signed(canvas: Canvas, value: float, decimals: int | None = None) -> str:
    """Return a difference with its sign."""
    text = canvas.number(value, decimals)
    return f"+{text}" if value > 0 and text.strip("0.,") else text


def _waterfall(before: Any, after: Any, language: str | None, ax: Axes | None) -> Axes:
    if not (isinstance(before, Explanation) and isinstance(after, Explanation)):
        raise SettingError("a waterfall needs two explanations: change(explain(…), explain(…))")
    steps = _steps(before, after, language)
    names = [shortened(name, 52) for name, *_ in steps]
    rows = rows_of_names(len(steps))
    size = 5.2 + LETTER * max(map(len, names)), min(0.3 * len(steps), TALLEST) + OVERHEAD
    canvas = open_canvas(ax, language, size)
    ax = canvas.axes
    label_rows(canvas, rows, names)
    start, end = (np.array([step[i] for step in steps]) for i in (1, 2))
    decimals = max(before.decimals, after.decimals)
    for way, name in enumerate(("better", "worse")):
        look: dict[str, Any] = {
            "facecolor": _COLOURS[way],
            "edgecolor": paper(ax),
            "hatch": HATCHES[way],
        }
        moved = np.array(_direction(end - start)) == way
        moved[[0, -1]] = False
        bars(ax, rows.y[moved], start[moved], end[moved], linewidth=0.0, label=f"_{name}", **look)
        canvas.key(key_of_bars(words(f"plot.{name}", language), **look))
    totals = [0, len(steps) - 1]
    bars(ax, rows.y[totals], 0.0, end[totals], facecolor=faint(ax, 0.5), label="_totals")
    for number in range(len(steps) - 1):
        ax.plot([end[number]] * 2, [rows.y[number] + 0.39, rows.y[number + 1] - 0.39],
                color=faint(ax, 0.5), linewidth=0.7)  # fmt: skip
    for number, (_, left, right) in enumerate(steps):
        whole = number in totals
        text = canvas.number(right, decimals) if whole else signed(canvas, right - left, decimals)
        ax.annotate(text, (max(left, right), rows.y[number]), xytext=(4, 0), va="center",
                    textcoords="offset points", fontsize=8)  # fmt: skip
    _frame_waterfall(canvas, start[1:-1], end)
    return canvas.close(f"{words('plot.change_in_score', language)}: {after.unit}")


def _frame_waterfall(canvas: Canvas, start: Float, end: Float) -> None:
    """Cut the axis near the smallest total, if all steps are far from zero."""
    low, high = between(np.concatenate([start, end]))
    spread = (high - low) or abs(high) or 1.0
    cut = low > 0 and spread < 0.5 * high
    left = max(low - 0.6 * spread, 0.0) if cut else min(low, 0.0)
    canvas.axes.set_xlim(left, high + 0.22 * (high - left))
    if cut and left > 0:
        at = canvas.number(left, 1)
        canvas.note(words("plot.cut_axis", canvas.language, start=at))
    canvas.frame("x")
    canvas.number_axis("x")
    canvas.label_axis("x", words("plot.score", canvas.language))


def _steps(
    before: Explanation, after: Explanation, language: str | None
) -> list[tuple[str, float, float]]:
    """Return name, start and end of the bars: before, the nodes of the first tier, after."""
    old, new = _contributed(before), _contributed(after)
    names = {**dict(zip(before.table.index, before.table["name"], strict=True)),
             **dict(zip(after.table.index, after.table["name"], strict=True))}  # fmt: skip
    steps = [(words("plot.before", language), 0.0, before.score)]
    at = before.score
    for code in dict.fromkeys([*old, *new]):
        shift = new.get(code, 0.0) - old.get(code, 0.0)
        name = names[code] if names[code] == code else f"{code} {names[code]}"
        steps.append((name, at, at + shift))
        at += shift
    rest = after.score - at
    if abs(rest) > 1e-9 * max(abs(after.score), 1.0):
        steps.append((words("plot.rest", language), at, after.score))
    return [*steps, (words("plot.after", language), 0.0, after.score)]


def _contributed(explanation: Explanation) -> dict[str, float]:
    """Return the contribution of each node of the first tier to the score."""
    table = explanation.table[explanation.table["tier"] == 1]
    lost = table["lost"].fillna(0.0)  # missing too if there is no maximum to fall short of
    return dict(table["attainable"] - lost)
