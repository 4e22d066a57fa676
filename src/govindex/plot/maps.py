"""Scores on a map: the regions of a GeoJSON file, coloured."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from govindex.checks import instance_of
from govindex.contracts import Float
from govindex.errors import DataError, Problems, SettingError, listing, near_miss
from govindex.language import words
from govindex.plot.canvases import Canvas, open_canvas
from govindex.plot.grids import colour_bar
from govindex.plot.names import node_of, result_of, title_of
from govindex.plot.shapes import between, key_of_bars
from govindex.plot.styles import faint, paper, scale_colours

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.path import Path

    from govindex.results import IndexResult

__all__ = ["map"]


def map(
    result: IndexResult,
    regions: Mapping[str, object] | str | os.PathLike[str],
    node: str | None = None,
    *,
    key: str = "code",
    language: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the scores of units as colours of their regions.

    Coordinates are taken as longitude and latitude; a degree of longitude is as wide as it is in
    the middle of the map. Regions of units without a score are hatched, regions without a unit are
    outlines, and a note counts the units that have no region.

    Parameters
    ----------
    result : IndexResult
        Of one period.
    regions : mapping or path
        A GeoJSON FeatureCollection of polygons, or the path of a file that holds one.
    node : str, optional
        The node; the total by default.
    key : str
        The property of a feature that holds the unit's code or name; "id" is the feature's own.
    language, ax
        As in :func:`ranking`.

    Returns
    -------
    Axes

    Raises
    ------
    DataError
        If it is not such a collection, with every problem; if no feature has a unit's code.
    SettingError
        If the result has several periods: take one by `result.at_period(…)`.

    Examples
    --------
    >>> import govindex as gi
    >>> groups = gi.methodology("vn.service-766").cut()
    >>> result = groups.compute(gi.datasets.load("vn.service-766.provinces-2026-10-10"))
    >>> square = [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]
    >>> regions = {"type": "FeatureCollection", "features": [
    ...     {"type": "Feature", "properties": {"code": "H20"},
    ...      "geometry": {"type": "Polygon", "coordinates": [square]}}]}
    >>> axes = gi.plot.map(result, regions)
    >>> len(axes.patches)
    1
    """
    result = result_of(result)
    code = node_of(result, node)
    if result.units.periods is not None:
        raise SettingError("a map shows one period: map(result.at_period(…), …)")
    shapes, owners = _regions(result, _collection(regions), instance_of(key, str, "key"))
    corners = np.concatenate([shape.vertices for shape in shapes])
    (west, east), (south, north) = between(corners[:, 0]), between(corners[:, 1])
    aspect = 1.0 / max(float(np.cos(np.radians(np.clip((south + north) / 2.0, -80, 80)))), 0.1)
    tall = (north - south) * aspect / max(east - west, 1e-9)
    canvas = open_canvas(ax, language, (5.5 + 1.2, float(np.clip(5.0 * tall, 2.5, 10.0)) + 1.0))
    scores = result.printed_at(code)
    ends = between(scores)
    _draw(canvas, shapes, owners, scores, ends)
    canvas.axes.set_xlim(west, east)
    canvas.axes.set_ylim(south, north)
    canvas.axes.set_aspect(aspect)
    canvas.axes.set_axis_off()
    absent = len(result.units) - len({owner for owner in owners if owner is not None})
    if absent:
        count = canvas.number(absent, 0)
        canvas.note(words("plot.without_region", language, count=count))
    if not np.isnan(scores).all():
        colour_bar(canvas, ends, words("plot.score", language))
    return canvas.close(title_of(result, code, words("plot.score", language), language))


def _collection(regions: Any) -> list[Any]:
    """Return the features of a collection, or of the file that holds one."""
    if isinstance(regions, (str, os.PathLike)):
        try:
            with open(regions, encoding="utf-8") as file:
                regions = json.load(file)
        except OSError as error:
            raise DataError(f"the map cannot be read: {error}") from error
        except (UnicodeDecodeError, json.JSONDecodeError) as error:
            raise DataError(f"the map is not a GeoJSON file: {error}") from error
    features = regions.get("features") if isinstance(regions, Mapping) else None
    if not isinstance(features, list) or not features:
        raise DataError(
            "a map is a GeoJSON FeatureCollection with at least one feature: a mapping with "
            "'features', or the path of a file"
        )
    return features


def _regions(
    result: IndexResult, features: list[Any], key: str
) -> tuple[list[Path], list[int | None]]:
    """Return the shape of each feature, and the row of its unit."""
    units = result.units
    rows = {code: row for row, code in enumerate(units.codes)}
    by_name: dict[str, list[int]] = {}
    for row in range(len(units)):
        for name in {units[row].label(language) for language in ("vi", "en", None)}:
            by_name.setdefault(name, []).append(row)
    problems, shapes, owners, names = Problems(), list[Any](), list[int | None](), list[str]()
    seen: dict[int, str] = {}
    for number, feature in enumerate(features, 1):
        shape = _shape(feature, number, problems)
        name = _name(feature, key)
        named = by_name.get(name, [])
        owner = rows.get(name, named[0] if len(named) == 1 else None)
        if owner is not None and owner in seen:
            problems.add(f"feature {number}: '{name}' has several regions: join them to one")
        if owner is not None:
            seen[owner] = name
        if shape is not None:
            shapes.append(shape)
            owners.append(owner)
            names.append(name)
    problems.raise_any(DataError, "The map cannot be drawn")
    if not seen:
        near = (
            near_miss(names[0], rows) if names and names[0] else f"Units: {listing(rows, shown=3)}"
        )
        raise DataError(
            f"no feature has the code or name of a unit in its property '{key}', such as "
            f"{listing(names, shown=3)}: name the property, key=. {near}"
        )
    return shapes, owners


def _name(feature: Any, key: str) -> str:
    properties = feature.get("properties") if isinstance(feature, Mapping) else None
    value = feature.get("id") if isinstance(feature, Mapping) and key == "id" else None
    if isinstance(properties, Mapping) and key in properties:
        value = properties[key]
    return "" if value is None else str(value).strip()


def _shape(feature: Any, number: int, problems: Problems) -> Path | None:
    from matplotlib.path import Path

    geometry = feature.get("geometry") if isinstance(feature, Mapping) else None
    kind = geometry.get("type") if isinstance(geometry, Mapping) else None
    if kind not in ("Polygon", "MultiPolygon"):
        problems.add(f"feature {number}: its geometry is {kind!r}, not Polygon or MultiPolygon")
        return None
    assert isinstance(geometry, Mapping)
    parts = geometry.get("coordinates")
    polygons = [parts] if kind == "Polygon" else parts
    try:
        rings = [np.asarray(ring, dtype=float)[:, :2] for polygon in polygons for ring in polygon]  # type: ignore[union-attr]
        closed = [Path(ring, closed=True) for ring in rings if len(ring) > 3]
    except (TypeError, ValueError, IndexError):
        closed = []
    if not closed or not all(np.isfinite(ring.vertices).all() for ring in closed):
        problems.add(f"feature {number}: its coordinates are not rings of [longitude, latitude]")
        return None
    return Path.make_compound_path(*closed)


def _draw(
    canvas: Canvas,
    shapes: list[Path],
    owners: list[int | None],
    scores: Float,
    ends: tuple[float, float],
) -> None:
    from matplotlib.patches import PathPatch

    ax, spread = canvas.axes, (ends[1] - ends[0]) or 1.0
    outside = {"facecolor": "none", "edgecolor": faint(ax, 0.35), "linewidth": 0.5}
    absent = {"facecolor": faint(ax, 0.1), "edgecolor": faint(ax, 0.5), "hatch": "xxxx"}
    used = set()
    for shape, owner in zip(shapes, owners, strict=True):
        if owner is None:
            look: dict[str, Any] = outside
            used.add("no_unit")
        elif np.isnan(scores[owner]):
            look = absent
            used.add("no_score")
        else:
            share = 0.5 if ends[0] == ends[1] else (scores[owner] - ends[0]) / spread
            look = {"facecolor": scale_colours(share), "edgecolor": paper(ax), "linewidth": 0.5}
        ax.add_patch(PathPatch(shape, label=f"_{owner}", **look))
    for name, look in (("no_score", absent), ("no_unit", outside)):
        if name in used:
            canvas.key(key_of_bars(words(f"plot.{name}", canvas.language), **look))
