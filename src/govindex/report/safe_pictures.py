"""Pictures that can stand in a page: SVG without scripts and outside references."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

__all__ = ["svg_problem"]

_SVG = "{http://www.w3.org/2000/svg}"
_ELEMENTS = frozenset(
    (
        *("svg", "g", "title", "desc", "defs", "symbol", "use", "text", "tspan", "textPath"),
        *("rect", "circle", "ellipse", "line", "path", "polyline", "polygon"),
        *("clipPath", "mask", "marker", "pattern", "linearGradient", "radialGradient", "stop"),
        *("image", "style"),
    )
)
_PIXELS = re.compile(r"data:image/png;base64,[A-Za-z0-9+/=\s]*")
# Beside local ones, "url(#…)": addresses in values of attributes and in styles.
_OUTSIDE = re.compile(r"url\s*\(\s*['\"]?(?!#)|@import|javascript:|expression\s*\(|\\", re.I)


def svg_problem(svg: Any) -> str | None:
    """Return why a picture cannot stand in a report, None if it can.

    Examples
    --------
    >>> svg_problem('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>')
    "the element 'script' may run code or load something"
    """
    if not isinstance(svg, str):
        return f"it is a text, not {type(svg).__name__}"
    if "<!" in svg or "<?" in svg:
        return "it begins with '<svg', without declarations and comments"
    try:
        root = ElementTree.fromstring(svg)
    except ElementTree.ParseError as error:
        return f"it is not well formed: {error}"
    if root.tag != f"{_SVG}svg":
        return "its root is an 'svg' of xmlns=\"http://www.w3.org/2000/svg\""
    for element in root.iter():
        name = element.tag.removeprefix(_SVG)
        if name not in _ELEMENTS:
            return f"the element '{name}' may run code or load something"
        if name == "style" and _OUTSIDE.search(element.text or ""):
            return "its style refers to something outside"
        for attribute, value in element.attrib.items():
            plain = attribute.rpartition("}")[2].lower()
            pixels = name == "image" and _PIXELS.fullmatch(value.strip())
            outside = plain in ("href", "src") and not pixels and not value.strip().startswith("#")
            if plain.startswith("on") or outside or _OUTSIDE.search(value):
                return f"the attribute '{plain}' of '{name}' may run code or load something"
    return None
