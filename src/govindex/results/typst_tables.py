"""Formatted tables as Typst: what pandas' own template leaves out.

That is the caption, a header that is repeated on every page, right-aligned numbers, colours, bars
and lines between leagues.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler

__all__ = ["BAR", "typst_styler"]

BAR = "typst-bar"  # a property of cells: from where to where, in percent of the width
_TEMPLATE = r"""
{%- set looks = looks_of(cellstyle) -%}
#[
#set text(size: 0.85em, hyphenate: false)
{%- if looks.values() | selectattr("typst-bar", "defined") | list %}
#let bar(low, high, body) = {
  let (ground, blue) = (white, rgb("#c3d8ef"))
  let stops = ((ground, 0%), (ground, low), (blue, low), (blue, high), (ground, high))
  table.cell(fill: gradient.linear(..stops, (ground, 100%)), body)
}
{%- endif %}
#table(
  columns: {{ (head[0] if head else body[0] if body else []) | length or 1 }},
  align: ({{ alignment(body, looks) }}),
  inset: (x: 0.35em, y: 0.3em),
  stroke: none,
  table.header(
{%- for row in head %}
    {% for cell in row %}[*{{ cell["display_value"] if cell["is_visible"] else "" }}*],
      {%- if not loop.last %} {% endif %}{% endfor %}
{%- endfor %}
  ),
  table.hline(stroke: 0.6pt),
{%- for row in body %}
{%- if starts(row, looks) %}
  table.hline(stroke: 0.6pt),
{%- endif %}
  {% for cell in row %}{{ filled(cell, looks) }},{% if not loop.last %} {% endif %}{% endfor %}
{%- endfor %}
  table.hline(stroke: 0.6pt),
)
{%- if caption %}

{{ caption }}
{%- endif %}
]
"""

Looks = Mapping[str, Mapping[str, str]]


def looks_of(cellstyle: Any) -> Looks:
    """Return the properties of cells by their ids."""
    return {name: dict(style["props"]) for style in cellstyle or () for name in style["selectors"]}


def alignment(body: Any, looks: Looks) -> str:
    """Return the alignment of the columns, that of their first cells."""
    sides = (
        [looks.get(cell.get("id", ""), {}).get("text-align") for cell in body[0]] if body else []
    )
    return "".join(f"{side if side in ('right', 'center') else 'left'}, " for side in sides)


def starts(row: Any, looks: Looks) -> bool:
    """Return whether a row has a line above."""
    return bool(row) and "border-top" in looks.get(row[0].get("id", ""), {})


def filled(cell: Any, looks: Looks) -> str:
    """Return a cell, with its colour or bar."""
    text = f"[{cell['display_value'] if cell['is_visible'] else ''}]"
    look = looks.get(cell.get("id", ""), {})
    colour = look.get("background-color", "").strip()
    if re.fullmatch(r"#[0-9A-Fa-f]{6}", colour):
        return f'table.cell(fill: rgb("{colour}")){text}'
    if BAR in look:
        low, high = look[BAR].split()
        return f"bar({low}%, {high}%){text}"
    return text


@cache
def typst_styler() -> type[Styler]:
    """Return the class of formatted tables whose ``to_typst`` writes all of their look.

    It needs pandas 3; the class of an earlier pandas has no ``to_typst``.
    """
    from jinja2 import Environment
    from pandas.io.formats.style import Styler

    environment = Environment(autoescape=False)  # cells are escaped when they are formatted
    environment.globals.update(looks_of=looks_of, alignment=alignment, starts=starts, filled=filled)

    class TypstStyler(Styler):
        """A formatted table that is written as Typst."""

        template_typst = environment.from_string(_TEMPLATE.lstrip("\n"))

    return TypstStyler
