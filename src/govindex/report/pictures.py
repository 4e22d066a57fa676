"""Small pictures as SVG: bars of scores, intervals of ranks. They compute positions only."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

import attrs

from govindex.report.texts import on_one_line

__all__ = ["Bar", "Interval", "bars", "intervals"]

_WIDTH, _ROW = 640, 20
_LETTER = 6.2  # the usual width of a letter
_LETTERS = 36
_RIGHT = 62  # for the figure beside a bar
_FONT = "'Times New Roman', 'Liberation Serif', 'Libertinus Serif', serif"
_COLOUR, _LIGHT = "#2f6f9f", "#9dbfd6"


@attrs.frozen
class Bar:
    """A bar: its label, its length as a share of the longest possible, and its figure."""

    label: str
    share: float
    figure: str


@attrs.frozen
class Interval:
    """An interval of ranks with the rank itself, and both as text."""

    label: str
    low: float
    high: float
    rank: float
    figure: str


def bars(rows: Sequence[Bar], title: str) -> str:
    """Return a picture of bars, the first one on top."""
    left = _label_width([row.label for row in rows])
    room = _WIDTH - left - _RIGHT
    parts = []
    for number, row in enumerate(rows):
        top = number * _ROW
        width = max(0.0, min(1.0, row.share)) * room
        parts += [
            _label(row.label, left, top),
            f'<rect x="{left:g}" y="{top + 4}" width="{width:.2f}" height="{_ROW - 8}" '
            f'fill="{_COLOUR}"/>',
            _text(left + width + 6, top, row.figure),
        ]
    return _picture(parts, len(rows) * _ROW, title)


def intervals(rows: Sequence[Interval], last: int, title: str) -> str:
    """Return a picture of intervals of ranks from 1 to the last, rank 1 on the left."""
    left = _label_width([row.label for row in rows])
    room = _WIDTH - left - _RIGHT - 12
    step = room / max(last - 1, 1)

    def position(rank: float) -> float:
        return left + 6 + (rank - 1) * step

    height = len(rows) * _ROW
    parts = []
    for mark in _ticks(last):
        x = position(mark)
        parts += [
            f'<path d="M{x:.2f} 0V{height}" stroke="currentColor" stroke-opacity="0.2"/>',
            f'<text x="{x:.2f}" y="{height + 14}" text-anchor="middle">{mark}</text>',
        ]
    for number, row in enumerate(rows):
        top, middle = number * _ROW, number * _ROW + _ROW / 2
        low, high, rank = position(row.low), position(row.high), position(row.rank)
        parts += [
            _label(row.label, left, top),
            f'<rect x="{low - 3:.2f}" y="{middle - 3}" width="{high - low + 6:.2f}" height="6" '
            f'fill="{_LIGHT}" stroke="{_COLOUR}" stroke-width="0.75"/>',
            f'<circle cx="{rank:.2f}" cy="{middle}" r="4" fill="{_COLOUR}"/>',
            _text(_WIDTH - _RIGHT + 8, top, row.figure),
        ]
    return _picture(parts, height + 20, title)


def _ticks(last: int) -> list[int]:
    """Return at most about eight ranks, the first and the last among them."""
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100, 200, 500, 10**9) if last <= 8 * s)
    marks = [rank for rank in range(step, last, step) if rank > 1 and last - rank >= step / 2]
    return sorted({1, last, *marks})


def _label_width(labels: Sequence[str]) -> float:
    longest = max((len(label) for label in labels), default=0)
    return 14 + min(longest, _LETTERS) * _LETTER


def _label(label: str, left: float, top: float) -> str:
    label = on_one_line(label)
    if len(label) > _LETTERS:
        label = label[: _LETTERS - 1].rstrip() + "…"
    return _text(left - 8, top, label, anchor="end")


def _text(x: float, top: float, text: str, anchor: str = "start") -> str:
    where = f'x="{x:.2f}" y="{top + _ROW / 2 + 4:.2f}"'
    return f'<text {where} text-anchor="{anchor}">{escape(on_one_line(text))}</text>'


def _picture(parts: Sequence[str], height: float, title: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height:g}" role="img" '
        f'width="{_WIDTH}" height="{height:g}" font-family="{_FONT}" font-size="12" '
        f'fill="currentColor"><title>{escape(on_one_line(title))}</title>{"".join(parts)}</svg>'
    )
