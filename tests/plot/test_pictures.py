"""Laws of every picture: it can be read, says what it hides, and leaves nothing behind."""

from __future__ import annotations

from typing import Any

import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import govindex as gi
from govindex import plot
from tests.plot.examples import LANGUAGE, PICTURES, SUBJECTS, Subject
from tests.plot.pictures import clipped, drawn_texts, overlapping


def drawn(picture: str, subject: Subject, **settings: Any) -> Figure | None:
    """Return the figure of a picture, None if what it would show is refused by name."""
    try:
        axes = PICTURES[picture](subject, language=LANGUAGE, **settings)
    except gi.GovIndexError:
        return None
    assert isinstance(axes, Axes)
    figure = axes.get_figure(root=True)
    assert figure is not None
    return figure


def test_every_function_is_drawn() -> None:
    tried = {function for picture in PICTURES.values() for function in picture.__code__.co_names}
    assert {*plot.__all__} <= tried


@pytest.mark.parametrize("name", SUBJECTS)
@pytest.mark.parametrize("picture", PICTURES)
def test_texts_are_whole_and_do_not_overlap(picture: str, name: str) -> None:
    figure = drawn(picture, SUBJECTS[name])
    if figure is not None:
        texts = drawn_texts(figure)
        assert texts
        assert clipped(figure, texts) == []
        assert overlapping(texts) == []
