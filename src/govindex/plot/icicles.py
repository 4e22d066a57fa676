"""A framework as a picture: nodes as large as their weights, beside or around each other."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

import attrs
import numpy as np

from govindex.checks import among
from govindex.errors import SettingError
from govindex.language import words
from govindex.model.framework import Framework
from govindex.model.tree import Dimension, Node
from govindex.plot.canvases import OVERHEAD, TALLEST, Canvas, open_canvas, shortened
from govindex.plot.shapes import key_of_bars
from govindex.plot.styles import COLOURS, ink, legible, paper
from govindex.plot.weight_bars import effective, form_of
from govindex.results import IndexResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["framework"]

_LEAST = 7.0  # points of a node that can be labelled
_ROOT = 0.5  # the width of the root, as a part of that of a tier
_HATCH = "////"


@attrs.frozen
class _Box:
    """A node from `start` to `end`, as parts of the whole, on a tier."""

    code: str
    tier: int
    start: float
    end: float
    colour: str
    bonus: bool


def framework(
    framework: Framework | IndexResult,
    *,
    style: Literal["icicle", "sunburst"] = "icicle",
    language: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the tree of a framework; the size of a node is its part of the total.

    An icicle has a column for each tier, with codes, names and weights in percent where there is
    room; a sunburst a ring, with codes. Bonuses and penalties are hatched, at the end. Nodes of
    weight 0 are counted in a note.

    Parameters
    ----------
    framework : Framework or IndexResult
    style : {"icicle", "sunburst"}
    language : str, optional
        Of names and words.
    ax : Axes, optional
        Polar axes for a sunburst.

    Returns
    -------
    Axes

    Raises
    ------
    SettingError
        If weights are variables of the data, units have several forms, or `ax` is not polar for a
        sunburst.

    Examples
    --------
    >>> import govindex as gi
    >>> axes = gi.plot.framework(gi.methodology("vn.service-766").framework, language="vi")
    >>> axes.texts[1].get_text().splitlines()[0]
    '1 Công khai, minh bạch · 18 %'
    """
    tree = form_of(framework)
    if not among(style, ("icicle", "sunburst")):
        raise SettingError(f"style is 'icicle' or 'sunburst', not {style!r}")
    parts = effective(tree)
    if style == "sunburst":
        canvas = open_canvas(ax, language, (7.0, 7.4), projection="polar")
    else:
        height = _height(tree, parts)
        tiers = 1 + max(tree.depth(code) for code in tree.codes)
        canvas = open_canvas(ax, language, (3.1 * tiers - 1.5, height + OVERHEAD - 0.4))
    boxes = list(_boxes(canvas, tree, parts))
    draw = _draw_sunburst if style == "sunburst" else _draw_icicle
    shown = draw(canvas, tree, boxes, parts)
    canvas.note_shown(shown, len(boxes))
    unscored = sum(parts.get(code, 0.0) == 0.0 for code in tree.codes)
    if unscored:
        canvas.note(words("plot.unscored", language, count=canvas.number(unscored, 0)))
    if any(box.bonus for box in boxes):
        look = {"facecolor": paper(canvas.axes), "edgecolor": ink(), "hatch": _HATCH}
        canvas.key(key_of_bars(words("plot.outside_maximum", language), **look))
    return canvas.close(tree.label(language))


def _height(tree: Framework, parts: dict[str, float]) -> float:
    """Return the height in inches at which the smallest indicator can be labelled, bounded."""
    count = max(len(tree.leaves), 6)
    least = min((abs(parts[code]) for code in tree.leaf_codes if parts.get(code)), default=1.0)
    return min(max(0.2 * count, 9.5 / 72.0 / least), 0.4 * count, TALLEST)


def _boxes(canvas: Canvas, tree: Framework, parts: dict[str, float]) -> Iterator[_Box]:
    """Yield the nodes from the root down; bonuses after everything else."""
    from matplotlib.colors import to_hex, to_rgb

    back = np.array(to_rgb(paper(canvas.axes)))

    def below(node: Node, tier: int, start: float, hue: str, bonus: bool) -> Iterator[_Box]:
        size = abs(parts.get(node.code, 0.0))
        if size == 0.0:
            return
        share = 0.12 + 0.22 * max(tier - 1, 0)
        tone = np.array(to_rgb(hue)) if tier else back + 0.25 * (np.array(to_rgb(ink())) - back)
        mixed = tone + min(share, 0.75) * (back - tone) if tier else tone
        colour = to_hex(tuple(mixed.tolist()))
        yield _Box(node.code, tier, start, start + size, colour, bonus)
        for number, child in enumerate(node.inside if isinstance(node, Dimension) else ()):
            next_hue = COLOURS[number % len(COLOURS)] if tier == 0 else hue
            yield from below(child, tier + 1, start, next_hue, bonus)
            start += abs(parts.get(child.code, 0.0))

    yield from below(tree.root, 0, 0.0, "", False)
    end = 1.0
    for node in tree.nodes:
        above = tree.parent(node.code)
        outside = node.outside_maximum and not (above and tree.is_bonus(above.code))
        if above is not None and outside and parts.get(node.code, 0.0) != 0.0:
            yield from below(node, tree.depth(node.code), end, COLOURS[2], True)
            end += abs(parts[node.code])


def _label(tree: Framework, box: _Box, parts: dict[str, float], canvas: Canvas) -> str:
    name = tree.node(box.code).label(canvas.language)
    name = name if name == box.code or box.tier == 0 else f"{box.code} {name}"
    return f"{name} · {canvas.number(round(100.0 * parts[box.code], 1))} %"


def _draw_icicle(
    canvas: Canvas, tree: Framework, boxes: list[_Box], parts: dict[str, float]
) -> int:
    from matplotlib.colors import to_rgb
    from matplotlib.patches import Rectangle

    ax, (width, height) = canvas.axes, canvas.size
    tiers, whole = 1 + max(box.tier for box in boxes), max(box.end for box in boxes)
    if canvas.own:
        height += 0.4 * 72.0
    letters, shown = max(int(width / (tiers - 1 + _ROOT) / 4.6) - 2, 4), 0
    for box in boxes:
        room = height * (box.end - box.start) / whole
        left, wide = (0.0, _ROOT) if box.tier == 0 else (box.tier - 1 + _ROOT, 1.0)
        ax.add_patch(
            Rectangle(
                (left, box.start), wide, box.end - box.start, facecolor=box.colour,
                edgecolor=ink() if box.bonus else paper(ax), linewidth=min(0.6, 0.12 * room),
                hatch=_HATCH if box.bonus else None, label=f"_{box.code}",
            )
        )  # fmt: skip
        if room < _LEAST:
            continue
        shown += 1
        size = float(np.clip(0.72 * room, 5.0, 8.5))
        lines = max(min(int(room / (1.35 * size)), 3), 1)
        most = int(wide * letters * 8.5 / max(size, 7.0))
        text = _fitted(_label(tree, box, parts, canvas), most, lines)
        ax.text(
            left + 0.03, (box.start + box.end) / 2.0, text, va="center", fontsize=size,
            color=legible(np.array([to_rgb(box.colour)]))[0],
            bbox={"facecolor": box.colour, "edgecolor": "none", "pad": 0.5} if box.bonus else None,
        )  # fmt: skip
    ax.set_xlim(0.0, tiers - 1 + _ROOT)
    ax.set_ylim(whole, 0.0)
    ax.set_axis_off()
    return shown


def _fitted(text: str, letters: int, lines: int) -> str:
    """Return a name on a few lines, with its weight in any case."""
    name, _, weight = text.rpartition(" · ")
    if lines == 1:
        return f"{shortened(name, max(letters - len(weight) - 3, 6))} · {weight}"
    wrapped = textwrap.wrap(name, letters, max_lines=lines, placeholder="…")
    if len(wrapped) < lines and len(wrapped[-1]) + len(weight) + 3 > letters:
        return "\n".join([*wrapped, weight])
    if len(wrapped[-1]) + len(weight) + 3 > letters:
        wrapped[-1] = shortened(wrapped[-1], max(letters - len(weight) - 3, 6))
    return "\n".join([*wrapped[:-1], f"{wrapped[-1]} · {weight}"])


def _label_arc(canvas: Canvas, box: _Box, at: tuple[float, float, float], part: float) -> None:
    """Write a code, and the weight if there is room, along the ray of a short arc."""
    from matplotlib.colors import to_rgb

    middle, radius, arc = at
    percent = f"{canvas.number(round(100.0 * part, 1))} %"
    text = f"{box.code}\n{percent}" if arc >= 22.0 and box.tier else box.code
    turn = 90.0 - float(np.degrees(middle))  # clockwise from the top
    turn = turn if -90.0 <= turn <= 90.0 else turn + 180.0
    canvas.axes.text(
        middle, radius, text, ha="center", va="center", fontsize=7.5,
        rotation=turn if box.tier and arc < 40.0 else 0.0,
        color=legible(np.array([to_rgb(box.colour)]))[0],
    )  # fmt: skip


def _draw_sunburst(
    canvas: Canvas, tree: Framework, boxes: list[_Box], parts: dict[str, float]
) -> int:
    ax: Any = canvas.axes
    tiers, whole = 1 + max(box.tier for box in boxes), max(box.end for box in boxes)
    ring = min(canvas.size) / 2.0 / tiers
    shown = 0
    for box in boxes:
        start, end = (2.0 * np.pi * edge / whole for edge in (box.start, box.end))
        inner = 0.0 if box.tier == 0 else box.tier - 0.3
        ax.bar(
            start, box.tier + 0.7 - inner, width=end - start, bottom=inner, align="edge",
            color=box.colour, edgecolor=ink() if box.bonus else paper(ax),
            linewidth=min(0.6, 0.12 * (end - start) * (box.tier + 0.2) * ring),
            hatch=_HATCH if box.bonus else None, label=f"_{box.code}",
        )  # fmt: skip
        middle, radius = (start + end) / 2.0, 0.0 if box.tier == 0 else box.tier + 0.2
        arc = (end - start) * radius * ring
        if box.tier and (arc < 8.0 or len(box.code) * 4.6 > ring):
            continue
        shown += 1
        _label_arc(canvas, box, (middle, radius, arc), parts[box.code])
        if box.tier == 1:
            name = tree.node(box.code).label(canvas.language)
            label = shortened(name if name == box.code else f"{box.code} {name}", 48)
            canvas.key(key_of_bars(label, facecolor=box.colour, edgecolor=paper(ax)))
    ax.set_theta_offset(np.pi / 2.0)
    ax.set_theta_direction(-1)
    ax.set_ylim(0.0, tiers - 0.3)
    ax.set_axis_off()
    return shown
