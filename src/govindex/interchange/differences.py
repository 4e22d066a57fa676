"""Differences between two documents of a result, cell by cell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from govindex.errors import Problem
from govindex.interchange.shapes import Path, path_text

__all__ = ["result_differences"]

# What one of the documents may lack, or say in its own way.
_ASIDE = frozenset({"govindex", "reports"})


def result_differences(said: dict[str, Any], found: dict[str, Any]) -> Iterator[Problem]:
    """Yield where a document says something else than what was found.

    A difference at a cell carries its unit and node (or variable), others their path.
    """
    for path, one, other in _unequal(said, found, ()):
        yield _difference(said, path, one, other)


def _unequal(one: Any, other: Any, path: Path) -> Iterator[tuple[Path, Any, Any]]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in {**one, **other}:
            if key not in _ASIDE:
                yield from _unequal(one.get(key), other.get(key), (*path, key))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, pair in enumerate(zip(one, other, strict=True)):
            yield from _unequal(*pair, (*path, index))
    elif one != other or isinstance(one, bool) != isinstance(other, bool):
        yield path, one, other


def _difference(document: dict[str, Any], path: Path, said: Any, found: Any) -> Problem:
    unit, node, what = _cell(document, path)
    place: dict[str, Any] = {"path": path_text(path)}
    if unit is not None or node is not None:
        noun = "variable" if "variables" in path else "node"
        place = {"unit": unit, "variable": node, "noun": noun}
    cause = f"{what} is {_text(said)} in the archive, and {_text(found)} when computed again"
    return Problem(
        cause,
        code=f"archive.{what.replace(' ', '_')}",
        found=_text(said),
        values={"what": what, "said": _text(said), "found": _text(found)},
        **place,
    )


def _cell(document: Any, path: Path) -> tuple[str | None, str | None, str]:
    """Return the unit, the node (or variable) and the field of a path."""
    unit = node = None
    owner, here = document, document
    field = str(path[-1]) if path else "document"
    for number, step in enumerate(path):
        try:
            inside = here[step]
        except (KeyError, IndexError, TypeError):
            break
        if isinstance(step, str) and "units" in (here if isinstance(here, dict) else ()):
            owner = here
        if isinstance(inside, dict):
            node = inside.get("node") or inside.get("variable") or node
            unit = inside.get("unit") if isinstance(inside.get("unit"), str) else unit
        last = number == len(path) - 1
        if last and isinstance(step, int) and isinstance(here, list) and node is not None:
            units = owner.get("units", []) if isinstance(owner, dict) else []
            if len(units) == len(here):
                unit = units[step].get("unit")
            field = str(path[-2])
        here = inside
    return unit, node, field.replace("_", " ")


def _text(value: Any) -> str:
    text = "absent" if value is None else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
