"""What a picture shows: the texts that are drawn, where they are, and what is hidden."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.text import Text

__all__ = ["clipped", "drawn_texts", "labels", "overlapping"]


@contextmanager
def _recorded(found: list[Text]) -> Iterator[None]:
    draw = Text.draw

    def recorded(self: Text, renderer: Any, *args: Any, **settings: Any) -> None:
        if self.get_visible() and self.get_text().strip():
            found.append(self)
        draw(self, renderer, *args, **settings)

    Text.draw = recorded  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        Text.draw = draw  # type: ignore[method-assign]


def drawn_texts(figure: Figure) -> list[Text]:
    """Return the texts that are drawn: ticks beyond the limits and hidden axes are not."""
    found: list[Text] = []
    with _recorded(found):
        figure.draw_without_rendering()
    return list(dict.fromkeys(found))


def _boxes(texts: list[Text]) -> Any:
    return np.array([text.get_window_extent().extents for text in texts]).reshape(-1, 4)


def clipped(figure: Figure, texts: list[Text]) -> list[str]:
    """Return the texts that reach over the edge of the figure."""
    boxes, edge = _boxes(texts), np.array(figure.bbox.extents)
    out = (boxes[:, :2] < edge[:2] - 1.5).any(axis=1) | (boxes[:, 2:] > edge[2:] + 1.5).any(axis=1)
    return [texts[i].get_text() for i in np.flatnonzero(out)]


def overlapping(texts: list[Text]) -> list[tuple[str, str]]:
    """Return the pairs of upright or level texts that overlap by more than a pixel or two."""
    texts = [text for text in texts if text.get_rotation() % 90.0 == 0.0]
    boxes = _boxes(texts)
    low, high = boxes[:, None, :2] + 2.0, boxes[:, None, 2:] - 2.0
    over = ((low < boxes[None, :, 2:]) & (high > boxes[None, :, :2])).all(axis=2)
    over &= ~np.eye(len(texts), dtype=bool)
    return [(texts[i].get_text(), texts[j].get_text()) for i, j in np.argwhere(np.triu(over))]


def labels(axes: Any) -> list[str]:
    """Return the labels of the rows from the top down."""
    return [label.get_text() for label in axes.get_yticklabels()]
