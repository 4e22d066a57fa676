"""Laws of every picture: it can be read, says what it hides, and leaves nothing behind."""

from __future__ import annotations

import inspect
import subprocess
import sys
from io import BytesIO
from typing import Any

import matplotlib
import matplotlib.style
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

import govindex as gi
from govindex import plot
from tests.plot.examples import LANGUAGE, PICTURES, SUBJECTS, Subject, result, sample
from tests.plot.pictures import clipped, drawn_texts, overlapping
from tests.sampling import few, some

# What cannot be shown, by subject and picture: the part of the message that says why.
ALONE = "at least two ranked units|no two units are ranked together"
DRAWS = ("acceptability", "pairwise", "rank intervals", "rank intervals by source", "sensitivity",
         "sensitivity of a unit", "swap margins", "swap margins of the leader")  # fmt: skip
REFUSED = {
    **{("one unit", picture): ALONE for picture in DRAWS},
    **{("all missing", picture): ALONE for picture in DRAWS},
    ("a league of one", "swap margins"): ALONE,
    ("a league of one", "swap margins of the leader"): ALONE,
    ("all missing", "waterfall"): "has no score to explain",
    ("all missing", "distribution"): "'1.1' has no values to draw",
    ("a league of one", "pairwise"): ALONE,
    **{
        ("all missing", picture): "no unit has a rank"
        for picture in ("bump", "bump, one followed", "change of ranks")
    },
    ("one dimension", "radar"): "a radar needs 3 to 24 nodes, not 1",
    ("one dimension", "correlations by cluster"): "at least two indicators",
    **{(name, "weights as felt"): "needs 3 units" for name in ("one unit", "two units")},
    ("all missing", "weights as felt"): "needs 3 units",
    ("all ties", "weights as felt"): "needs scores that vary",
    **{
        (name, "correlations by cluster"): "needs at least 7 units"
        for name in ("one unit", "two units", "all missing")
    },
    ("all ties", "correlations by cluster"): "two distinct values",
    ("400 leaves", "correlations by cluster"): "needs at least 21 units",
}
ORDINARY = SUBJECTS["ten units"]
EDGES = [name for name in SUBJECTS if name != "ten units"]


def figure_of(axes: Any) -> Figure:
    assert isinstance(axes, Axes)
    figure = axes.get_figure(root=True)
    assert figure is not None
    return figure


def tried(picture: str) -> list[str]:
    """Return the subjects that a picture is drawn of: a few in a plain run, others each time."""
    turn = list(PICTURES).index(picture)
    count = few(5 * len(EDGES)) // len(EDGES) or len(EDGES)
    every = [*EDGES[turn % len(EDGES) :], *EDGES[: turn % len(EDGES)]]
    return ["ten units", *every[: 3 if few(100) < 100 else len(EDGES)]] if count else []


# The page on which weights move is no picture.
PICTURED = [name for name in plot.__all__ if name != "explorer"]
CASES = some(((picture, name) for picture in PICTURES for name in tried(picture)), share=12)


def test_every_function_is_drawn() -> None:
    drawn = {function for picture in PICTURES.values() for function in picture.__code__.co_names}
    assert {*PICTURED} <= drawn


@pytest.mark.parametrize(("picture", "name"), CASES)
def test_texts_are_whole_and_do_not_overlap(picture: str, name: str) -> None:
    if (name, picture) in REFUSED:
        with pytest.raises(gi.GovIndexError, match=REFUSED[name, picture]):
            PICTURES[picture](SUBJECTS[name], language=LANGUAGE)
        return
    if picture == "radar" and matplotlib.__version_info__ < (3, 11):
        pytest.skip("matplotlib before 3.11 draws long labels of a radar over each other")
    figure = figure_of(PICTURES[picture](SUBJECTS[name], language=LANGUAGE))
    texts = drawn_texts(figure)
    assert texts
    assert clipped(figure, texts) == []
    assert overlapping(texts) == []


@pytest.mark.parametrize("picture", some(PICTURES))
def test_texts_read_well_on_a_dark_ground(picture: str) -> None:
    with matplotlib.style.context("dark_background"):
        figure = figure_of(PICTURES[picture](ORDINARY))
    assert figure.get_facecolor()[:3] == (0.0, 0.0, 0.0)
    outside = [text for text in drawn_texts(figure) if text.axes is None or _is_label(text)]
    assert all(min(to_rgb(text.get_color())) > 0.6 for text in outside)


def _is_label(text: Any) -> bool:
    axes = text.axes
    return text in (axes.xaxis.label, axes.yaxis.label, *axes.get_yticklabels())


@pytest.mark.parametrize("picture", some(p for p in PICTURES if p not in ("radar", "sunburst")))
def test_axes_that_are_given_are_drawn_on(picture: str) -> None:
    figure = Figure(figsize=(9, 7))
    first, second = figure.subplots(1, 2)
    assert PICTURES[picture](ORDINARY, ax=first) is first
    assert not second.texts
    assert not second.get_title(loc="left")


@pytest.mark.parametrize("picture", ["ranking", "contributions", "rank intervals", "sensitivity"])
def test_pictures_stand_beside_each_other(picture: str) -> None:
    figure = Figure(figsize=(14, 4.5), layout="constrained")
    for axes in figure.subplots(1, 2):
        PICTURES[picture](ORDINARY, ax=axes, language=LANGUAGE)
    texts = drawn_texts(figure)
    assert clipped(figure, texts) == []
    assert overlapping(texts) == []


@pytest.mark.parametrize("picture", ["radar", "sunburst"])
def test_polar_pictures_need_polar_axes(picture: str) -> None:
    polar = Figure().add_subplot(projection="polar")
    assert PICTURES[picture](ORDINARY, ax=polar) is polar
    with pytest.raises(gi.SettingError, match="ax= must be polar axes"):
        PICTURES[picture](ORDINARY, ax=Figure().add_subplot())


@pytest.mark.parametrize("name", PICTURED)
def test_other_axes_and_languages_are_refused(name: str) -> None:
    assert [*inspect.signature(getattr(plot, name)).parameters][-2:] == ["language", "ax"]
    picture = next(p for p in PICTURES.values() if name in p.__code__.co_names)
    with pytest.raises(gi.SettingError, match="ax must be of type Axes"):
        picture(ORDINARY, ax=Figure())
    with pytest.raises(gi.SettingError, match="there are no words in 'vn'"):
        picture(ORDINARY, language="vn")


@pytest.mark.parametrize("picture", some(PICTURES))
def test_the_language_decides_words_and_numbers(picture: str) -> None:
    texts = {
        language: [
            text.get_text()
            for text in drawn_texts(figure_of(PICTURES[picture](ORDINARY, language=language)))
        ]
        for language in ("en", "vi")
    }
    assert texts["en"] != texts["vi"]
    letters = set("ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ")
    # Names without English ones: bands, indicators, samples by name, and what is in tables.
    given = ("Chỉ số", "hẹp", "rộng", "Xuất sắc", "Tốt", "Khá", "Trung bình")
    others = [text for text in texts["en"] if not any(name in text for name in given)]
    if not picture.startswith(("swap margins", "waterfall")):
        assert [text for text in others if letters & {*text.lower()}] == []


def test_pyplot_is_neither_used_nor_loaded() -> None:
    code = """
import sys
import govindex as gi
method = gi.methodology("vn.service-766").cut()
result = method.compute(gi.datasets.load("vn.service-766.provinces-2026-10-10"))
assert "matplotlib" not in sys.modules
axes = gi.plot.ranking(result)
axes.figure.savefig("/dev/null", format="png")
print("matplotlib" in sys.modules, "matplotlib.pyplot" in sys.modules)
"""
    command = [sys.executable, "-c", code]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert out.split() == ["True", "False"]


def test_without_matplotlib_the_extra_is_named() -> None:
    code = """
import sys
sys.modules["matplotlib"] = None
import govindex as gi
method = gi.methodology("vn.service-766").cut()
result = method.compute(gi.datasets.load("vn.service-766.provinces-2026-10-10"))
for picture in (result.plot.ranking, lambda: gi.plot.heatmap(result)):
    try:
        picture()
    except gi.SettingError as error:
        print(error)
"""
    command = [sys.executable, "-c", code]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert out.splitlines() == ["gi.plot needs matplotlib: pip install 'govindex[plot]'"] * 2


def test_a_notebook_shows_the_axes_that_are_returned() -> None:
    axes: Any = plot.ranking(result(ORDINARY))
    polar: Any = plot.radar(result(ORDINARY), "U0001")
    for shown in (axes, axes.figure, polar):
        assert shown._repr_png_().startswith(b"\x89PNG")


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_pictures_are_written_in_every_format(kind: str) -> None:
    stream = BytesIO()
    figure_of(plot.ranking(result(ORDINARY))).savefig(stream, format=kind)
    assert len(stream.getvalue()) > 1_000


def test_short_cuts_are_the_functions() -> None:
    one = result(ORDINARY)
    assert dir(one.plot) == sorted(dir(one.plot))
    assert {*dir(one.plot)} | {*dir(sample(ORDINARY).plot)} <= {*plot.__all__}
    short, long = one.plot.ranking(language="vi"), plot.ranking(one, language="vi")
    assert [t.get_text() for t in short.texts] == [t.get_text() for t in long.texts]
    with pytest.raises(AttributeError, match="has no 'pairwise'"):
        one.plot.pairwise()


def test_colours_differ_in_grey_or_by_hatch() -> None:
    from govindex.plot.styles import COLOURS, HATCHES, STATUSES

    assert len({*HATCHES}) == len(HATCHES)
    assert len({style.marker for style in STATUSES.values()}) == len(STATUSES)
    assert len({*COLOURS}) == len(COLOURS)


@pytest.mark.parametrize(
    "draw", [plot.ranking, plot.contributions, plot.heatmap, plot.missing, plot.league_table]
)
def test_labels_that_are_left_out_are_counted(draw: Any) -> None:
    big = Subject(1_200, leagues=3)
    axes = draw(result(big), language="vi")
    figure = figure_of(axes)
    note = figure.legends[0].get_title().get_text()
    if draw is plot.league_table:
        assert "Số đơn vị khác không hiển thị: 1.140." in note
    else:
        shown = len([label for label in axes.get_yticklabels() if label.get_text()])
        assert f"Chỉ ghi tên {shown} trong số 1.200." in note
        assert 30 < shown < 100
    assert figure.get_size_inches()[1] < 20.0
    texts = drawn_texts(figure)
    assert clipped(figure, texts) == []
    assert overlapping(texts) == []


def test_heights_grow_with_units_up_to_a_bound() -> None:
    heights = [
        figure_of(plot.ranking(result(Subject(count)))).get_size_inches()[1]
        for count in (2, 10, 40, 80, 600)
    ]
    assert heights[:4] == sorted(heights[:4])
    assert np.ptp(heights[:4]) > 10
    assert max(heights) < 20
