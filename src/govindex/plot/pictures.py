"""Figures and axes that notebooks show, made without pyplot, so that nothing stays behind."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.projections.polar import PolarAxes

__all__ = ["Drawing", "PictureAxes", "PolarPictureAxes"]


def _png(figure: Any) -> bytes:
    stream = BytesIO()
    figure.savefig(stream, format="png", facecolor=figure.get_facecolor())
    return stream.getvalue()


class PictureAxes(Axes):
    """Axes that a notebook shows as their figure."""

    def _repr_png_(self) -> bytes:
        return _png(self.get_figure(root=True))


class PolarPictureAxes(PolarAxes):
    """Polar axes that a notebook shows as their figure."""

    def _repr_png_(self) -> bytes:
        return _png(self.get_figure(root=True))


class Drawing(Figure):
    """A figure that a notebook shows, and that pyplot does not keep."""

    def _repr_png_(self) -> bytes:
        return _png(self)

    def add_subplot(self, *args: Any, **settings: Any) -> Any:
        """Add axes that a notebook shows."""
        kind = settings.pop("projection", None)
        shown = PolarPictureAxes if kind == "polar" else PictureAxes
        return super().add_subplot(*args, axes_class=shown, **settings)
