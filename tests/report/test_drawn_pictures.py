"""Pictures of `gi.plot` stand in reports: safe, searchable, the same every time."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest

import govindex as gi
from govindex.errors import SettingError
from tests.report.examples import provinces, provinces_method


def drawn(kind: str) -> gi.report.Picture:
    axes = getattr(gi.plot, kind)(provinces(), language="vi")
    return gi.report.picture(axes, "Hình <1>", "Mô tả")


@pytest.mark.parametrize("kind", ["ranking", "heatmap", "contributions"])
def test_a_picture_is_safe_and_its_texts_are_texts(kind: str) -> None:
    picture = drawn(kind)
    assert picture.svg.startswith("<svg")
    assert "UBND tỉnh Đồng Tháp" in picture.svg
    assert "<metadata" not in picture.svg
    assert picture.svg == drawn(kind).svg


@pytest.mark.parametrize("suffix", ["docx", "html", "pdf", "md"])
def test_a_picture_is_written_in_every_format(tmp_path: Path, suffix: str) -> None:
    content = gi.report.compose(provinces(), method=provinces_method())
    chapter = gi.report.Chapter("Pictures", [drawn("heatmap")])
    file = tmp_path / f"report.{suffix}"
    gi.report.write(attrs.evolve(content, chapters=[chapter]), file)
    assert file.stat().st_size > 90


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(SettingError, match="drawn is an Axes or a Figure of matplotlib, not 5"):
        gi.report.picture(5, "a", "b")  # type: ignore[arg-type]


def test_only_pixels_are_embedded() -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg"><image href="{}"/></svg>'
    gi.report.Picture("a", "b", svg.format("data:image/png;base64,AAAA"))
    for address in ("https://example.org/a.png", "data:image/svg+xml;base64,AAAA"):
        with pytest.raises(SettingError, match="not an SVG for a report"):
            gi.report.Picture("a", "b", svg.format(address))
