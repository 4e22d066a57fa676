"""Names, ranks and numbers of a result, as its pictures write them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from govindex.checks import instance_of
from govindex.contracts import Bool, Float
from govindex.errors import SettingError
from govindex.language import words
from govindex.model.selection import At, selected
from govindex.model.units import Units
from govindex.plot.canvases import Canvas, shortened
from govindex.plot.rows import DrawnRows, mark_size
from govindex.plot.shapes import key_of_marks
from govindex.plot.styles import STATUSES
from govindex.ranking.labels import rank_labels
from govindex.results import IndexResult
from govindex.results.joint_results import parts_of

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "draw_marks",
    "node_of",
    "node_title",
    "nodes_at",
    "note_unranked",
    "rank_texts",
    "ranked_labels",
    "result_of",
    "some_nodes",
    "title_of",
    "unit_names",
    "unit_rows",
]


def result_of(result: object) -> IndexResult:
    """Refuse anything but a result."""
    return instance_of(result, IndexResult, "result")


def node_of(result: IndexResult, node: str | None) -> str:
    """Return the code of a node of a result, the total without one."""
    code = result.codes[0] if node is None else instance_of(node, str, "node")
    result.row_of(code)
    return code


def nodes_at(result: IndexResult, at: At) -> tuple[str, ...]:
    """Return the nodes that are selected: a tier, a code or several codes."""
    forms = [part.framework for part in parts_of(result)]
    return some_nodes(selected(at, result.codes, forms))


def some_nodes(codes: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse a selection of no nodes."""
    if not codes:
        raise SettingError("at= must name at least one node")
    return codes


def node_title(result: IndexResult, code: str, language: str | None) -> str:
    """Return a node's name with its code, unless that is its name."""
    name = result.node(code).label(language)
    return name if name == code or code == result.codes[0] else f"{code} {name}"


def title_of(result: IndexResult, code: str, what: str, language: str | None) -> str:
    """Return what a picture shows, with the name of the index or node, and the period."""
    period = result.provenance.period
    name = node_title(result, code, language)
    return f"{what}: {name}{f' ({period})' if period is not None else ''}"


def unit_names(units: Units, language: str | None) -> list[str]:
    """Return the names of units, shortened; a period is in the heading."""
    return [shortened(name) for name in units.body_labels(language)]


def ranked_labels(names: Sequence[str], ranks: Sequence[str], rows: DrawnRows) -> list[str]:
    """Return the label of each row: the unit's name and its rank, "=2" if shared."""
    return [f"{names[i]}  {ranks[i]}" if ranks[i] else names[i] for i in rows.members]


def note_unranked(canvas: Canvas, unranked: Bool) -> None:
    """Say why some labels have no rank, if any unit is assessed but not ranked."""
    if unranked.any():
        canvas.note(words("plot.without_rank", canvas.language))


def without_percent(canvas: Canvas, result: IndexResult, codes: Sequence[str]) -> set[str]:
    """Return the nodes that print ranks or counts, with a note that they have no percent."""
    found = [code for code in codes if np.all(result._gives_ranks(result.row_of(code)))]
    if found:
        nodes = ", ".join(node_title(result, code, canvas.language) for code in found)
        canvas.note(words("plot.without_percent", canvas.language, nodes=nodes))
    return set(found)


def rank_texts(ranks: Float, rows: DrawnRows) -> list[str]:
    """Return the ranks of units as text, "=2" where several units of a league share one."""
    texts = [""] * len(ranks)
    for group in np.unique(rows.groups):
        members = rows.members[rows.groups == group]
        for row, text in zip(members, rank_labels(ranks[members]), strict=True):
            texts[row] = text
    return texts


def unit_rows(units: Units, chosen: Iterable[str] | None) -> list[int]:
    """Return the rows of units that are named by code or name, in any period."""
    from govindex.checks import names_of

    if chosen is None:
        return []
    return [row for unit in names_of(chosen, "highlight") for row in units.locate_all(unit)]


def draw_marks(canvas: Canvas, result: IndexResult, code: str, rows: DrawnRows) -> int:
    """Mark the units whose score rests on figures that were not reported as they are, or absent.

    Each status has its marker, in a column to the right of the axes; return how many columns.
    """
    from matplotlib.transforms import ScaledTranslation

    figure: Any = canvas.axes.get_figure(root=True)
    counts = result.status_counts(code).reindex(list(result.units.codes))
    shown = [name for name in STATUSES if name in counts and (counts[name] > 0).any()]
    for number, name in enumerate(shown):
        style, marked = STATUSES[name], counts[name].to_numpy()[rows.members] > 0
        x = np.ones(int(marked.sum()))
        beside = ScaledTranslation((7.0 + 8.0 * number) / 72.0, 0.0, figure.dpi_scale_trans)
        canvas.axes.plot(
            x,
            rows.y[marked],
            style.marker,
            color=style.colour,
            markersize=mark_size(canvas, rows, 4.0),
            clip_on=False,
            transform=canvas.axes.get_yaxis_transform() + beside,
            label=f"_{name}",
        )
        label = words(
            "plot.rests_on", canvas.language, status=words(f"status.{name}", canvas.language)
        )
        canvas.key(key_of_marks(label, style.marker, style.colour))
    return len(shown)
