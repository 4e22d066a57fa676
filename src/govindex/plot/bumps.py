"""Ranks over periods or versions: a line for each unit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from govindex.checks import mapping_of
from govindex.comparison import Comparison, compare
from govindex.contracts import Float, Index
from govindex.errors import DataError
from govindex.language import words
from govindex.model.units import Units
from govindex.overview import over_time
from govindex.periods import sorted_periods
from govindex.plot.canvases import LETTER, OVERHEAD, Canvas, open_canvas, shortened
from govindex.plot.names import node_of, note_unranked, unit_names
from govindex.plot.rows import DrawnRows, rows_height, rows_of, spaced
from govindex.plot.styles import COLOURS, MARKERS, faint, ink
from govindex.ranking.labels import rank_labels
from govindex.results import IndexResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["RankLines", "bump", "draw_rank_lines"]

_NAMED = 7.0  # points between names
_FOLLOWED = 90  # lines of more units are drawn faintly


@attrs.frozen(eq=False)
class RankLines:
    """Ranks inside leagues, shape (units, steps), with the units in the order of the last step."""

    title: str
    steps: tuple[str, ...]
    units: Units
    ranks: Float


def bump(
    results: IndexResult | Comparison | Mapping[str, IndexResult],
    node: str | None = None,
    *,
    highlight: Iterable[str] | None = None,
    language: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the rank of each unit in each period, or in each version of an index.

    Ranks are those inside leagues, which stand one below the other. A line is broken where a unit
    has no rank. Names are at both ends, with the rank, "=2" where several units share one.

    Parameters
    ----------
    results : IndexResult, Comparison or mapping of str to IndexResult
        The result of a panel, what :func:`~govindex.compare` returned, or results by the name to
        show, which must have the same units and leagues.
    node : str, optional
        The node that is ranked; the total by default. A comparison has its own.
    highlight : iterable of str, optional
        Codes or names of the units to follow; the others are faint. By default every unit is
        followed, up to ninety of them.
    language, ax
        As in :func:`ranking`.

    Returns
    -------
    Axes

    Raises
    ------
    DataError
        If the result is of one period only, versions have other units, there are fewer than two, or
        no unit has a rank.
    UnknownNameError
        If there is no such node or unit.

    Examples
    --------
    >>> import govindex as gi
    >>> groups = gi.methodology("vn.service-766").cut()
    >>> days = {day: groups.compute(gi.datasets.load(f"vn.service-766.provinces-2026-10-{day}"))
    ...         for day in ("06", "10")}
    >>> axes = gi.plot.bump(days, highlight=["UBND tỉnh Lào Cai"])
    >>> [label.get_text() for label in axes.get_xticklabels()]
    ['06', '10']
    """
    found = _ranks_of(results, node, language)
    chosen = _chosen(found.units, highlight)
    looks = [
        {"color": COLOURS[number % 6], "marker": MARKERS[number % 5]}
        for number in range(len(chosen))
    ]
    canvas = draw_rank_lines(found, chosen, looks, language, ax)
    return canvas.close(found.title, lines=1.6)


def draw_rank_lines(
    found: RankLines,
    chosen: Index,
    looks: Sequence[Mapping[str, Any]],
    language: str | None,
    ax: Axes | None,
) -> Canvas:
    """Draw lines of ranks on a canvas; `looks` are the styles of the units that are followed."""
    if np.isnan(found.ranks).all():
        raise DataError("no unit has a rank, so that there are no lines to draw")
    rows = rows_of(found.units, np.arange(len(found.units)).tolist(), language)
    names = unit_names(found.units, language)
    width = 3.0 + 0.9 * len(found.steps) + 2 * LETTER * min(max(map(len, names), default=0) + 9, 50)
    canvas = open_canvas(ax, language, (width, rows_height(rows.extent) + OVERHEAD))
    positions = _positions(found, rows)
    _draw_lines(canvas, positions, chosen, looks)
    _name_ends(canvas, found, rows, positions, names, chosen)
    note_unranked(canvas, ~found.units.ranked_mask)
    _frame(canvas, found, rows)
    return canvas


def _ranks_of(results: Any, node: str | None, language: str | None) -> RankLines:
    """Return the ranks of a panel, of results by name, or of a comparison."""
    what = words("plot.ranking", language)
    if isinstance(results, IndexResult):
        code = node_of(results, node)
        return _of_panel(results, code, f"{what}: {results.node(code).label(language)}")
    if not isinstance(results, Comparison):
        versions = mapping_of(results, "results", "results by name", of=IndexResult)
        if not versions:
            raise DataError("give at least two results to compare ranks")
        first = next(iter(versions.values()))
        label = first.node(node_of(first, node)).label(language)
        results = compare(versions, node, base=list(versions)[-1])
        return RankLines(f"{what}: {label}", results.names, results.units, results.rank_values.T)
    return RankLines(what, results.names, results.units, results.rank_values.T)


def _of_panel(result: IndexResult, code: str, title: str) -> RankLines:
    table = over_time(result, "rank", node=code)
    periods = sorted_periods(result.units.periods or ())
    last: dict[str, int] = {}  # the latest row of each body
    listed: dict[str, int] = {}
    for place, row in enumerate(result.publication_order(code)):
        last[result.units.bodies[row]], listed[result.units.bodies[row]] = row, place
    rows = np.array(sorted(last.values(), key=result.publication_order(code).index), dtype=np.intp)
    units = result.units.take(rows)
    bodies = attrs.evolve(units, codes=units.bodies, periods=None, parents=None)
    ordered = np.array(_by_league(bodies), dtype=np.intp)
    ranks = table.loc[list(bodies.codes)].astype(float).to_numpy(na_value=np.nan)
    return RankLines(title, tuple(periods), bodies.take(ordered), ranks[ordered])


def _by_league(units: Units) -> list[int]:
    return [row for _, members in units.groups("league") for row in members.tolist()]


def _chosen(units: Units, highlight: Iterable[str] | None) -> Index:
    """Return the rows of the units that are followed."""
    from govindex.plot.names import unit_rows

    if highlight is None:
        return np.arange(len(units) if len(units) <= _FOLLOWED else 0)
    return np.array(unit_rows(units, highlight), dtype=np.intp)


def _positions(found: RankLines, rows: DrawnRows) -> Float:
    """Return the position of each rank: that of the row of its league with the same number."""
    top = np.zeros(len(rows.y))
    for group in np.unique(rows.groups):
        members = rows.groups == group
        top[members] = rows.y[members].min(initial=np.inf) - 0.5
    return np.asarray(found.ranks - 0.5 + top[:, None])


def _draw_lines(
    canvas: Canvas, positions: Float, chosen: Index, looks: Sequence[Mapping[str, Any]]
) -> None:
    from matplotlib.collections import LineCollection

    ax, steps = canvas.axes, np.arange(positions.shape[1])
    rest = np.setdiff1d(np.arange(len(positions)), chosen)
    lines = [np.column_stack([steps, positions[row]]) for row in rest]
    width, alpha = (0.7, 1.0) if len(rest) <= 200 else (0.3, 0.35)
    ax.add_collection(
        LineCollection(
            lines, colors=faint(ax, 0.3), linewidths=width, alpha=alpha, label="_others"
        ),
        autolim=False,
    )
    alike: dict[tuple[Any, ...], list[int]] = {}
    for row, look in zip(chosen.tolist(), looks, strict=True):
        alike.setdefault(tuple(look.items()), []).append(row)
    for style, members in alike.items():
        # One line with gaps, so that thousands of units are a single artist.
        gap = np.full((len(members), 1), np.nan)
        x = np.broadcast_to(np.append(steps, np.nan), (len(members), len(steps) + 1))
        y = np.column_stack([positions[members], gap])
        settings = {"markersize": 4.5, "linewidth": 1.5, **dict(style)}
        ax.plot(x.ravel(), y.ravel(), label="_followed", clip_on=False, **settings)


def _name_ends(
    canvas: Canvas,
    found: RankLines,
    rows: DrawnRows,
    positions: Float,
    names: list[str],
    chosen: Index,
) -> None:
    """Write names and ranks at both ends, the units that are followed first."""
    ax, row_height = canvas.axes, canvas.size[1] / rows.extent
    font = float(np.clip(0.62 * row_height, 5.0, 8.5)) if row_height >= _NAMED else 7.0
    least, fewest = 0.9 if row_height >= _NAMED else 13.0 / row_height, len(names)
    ends = ((0, "right", -7), (positions.shape[1] - 1, "left", 7))
    for step, side, offset in ends:
        labels = _labels(found, rows, step)
        first = [row for row in chosen.tolist() if not np.isnan(positions[row, step])]
        others = [r for r in range(len(names)) if not np.isnan(positions[r, step])]
        shown = 0
        for y, group in _together(positions[:, step], first or others, least):
            text = ", ".join(names[row] for row in group[:2])
            text += f" +{len(group) - 2}" if len(group) > 2 else ""
            text = shortened(text, 48)
            rank = labels[group[0]]
            written = f"{text}  {rank}" if side == "right" else f"{rank}  {text}"
            ax.annotate(
                written, (step, y), xytext=(offset, 0), textcoords="offset points", ha=side,
                va="center", fontsize=font, color=ink(), annotation_clip=False,
            )  # fmt: skip
            shown += len(group)
        fewest = min(fewest, shown)
    canvas.note_shown(fewest, len(names))


def _labels(found: RankLines, rows: DrawnRows, step: int) -> list[str]:
    labels = [""] * len(found.units)
    for group in np.unique(rows.groups):
        members = np.flatnonzero(rows.groups == group)
        for row, text in zip(members, rank_labels(found.ranks[members, step]), strict=True):
            labels[row] = text
    return labels


def _together(y: Float, members: list[int], least: float) -> list[tuple[float, list[int]]]:
    """Return the positions to label, each with its units: those that tie share a label."""
    at: dict[float, list[int]] = {}
    for row in members:
        at.setdefault(float(y[row]), []).append(row)
    positions = np.array(sorted(at))
    return [(float(positions[i]), at[float(positions[i])]) for i in spaced(positions, least)]


def _frame(canvas: Canvas, found: RankLines, rows: DrawnRows) -> None:
    ax = canvas.axes
    ax.set_ylim(rows.extent, 0.0)
    ax.set_xlim(0.0, max(len(found.steps) - 1, 0.5))
    ax.set_xticks(range(len(found.steps)), list(found.steps), fontsize=8.5)
    ax.set_yticks([])
    for side in ("top", "right", "left", "bottom"):
        ax.spines[side].set_visible(False)
    for step in range(len(found.steps)):
        ax.axvline(step, color=faint(ax, 0.15), linewidth=0.7, zorder=0)
    ground = {"facecolor": ax.get_facecolor(), "edgecolor": "none", "pad": 1}
    for text, y in rows.headings:
        ax.text(
            0.0, y, text, transform=ax.get_yaxis_transform(), fontsize=8.5, fontweight="bold",
            va="center", bbox=ground,
        )  # fmt: skip
