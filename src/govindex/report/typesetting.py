"""Reports as PDF, and pictures for documents that hold no SVG, set by typst."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from govindex.errors import DataError, SettingError
from govindex.extras import needed
from govindex.report.contents import Content, as_plain
from govindex.report.templates import template_file

__all__ = ["png_of", "write_pdf"]

# Archived and accessible: fonts are embedded, and a letter without a glyph is an error.
_STANDARDS = ["a-2a", "ua-1"]
_INK = "#1b1b1b"
_MISSING = "could not be displayed"
_PICTURES = """
#set page(width: 640pt, height: auto, margin: 4pt)
#set text(font: ("Times New Roman", "Liberation Serif", "Tinos", "Libertinus Serif"))
#for (number, svg) in json(bytes(sys.inputs.pictures)).enumerate() {
  if number > 0 { pagebreak() }
  image(bytes(svg), format: "svg", width: 100%)
}
"""


def write_pdf(content: Content, draft: Path, template: Any) -> None:
    """Write a PDF on A4.

    Raises
    ------
    SettingError
        If typst is not installed, or the template is wrong.
    DataError
        If no font on the machine has a letter of the report.
    """
    typst = needed("typst", extra="report", what="a PDF")
    form = template_file(template, "report.typ")
    source: Any = form.text.encode() if form.folder is None else str(form.folder / form.name)
    inputs = {"report": json.dumps(as_plain(content), ensure_ascii=False)}
    try:
        made = typst.compile(
            source,
            root=None if form.folder is None else str(form.folder),
            format="pdf",
            sys_inputs=inputs,
            pdf_standards=_STANDARDS,
        )
    except typst.TypstError as error:
        message = str(getattr(error, "message", "") or error)
        if _MISSING in message:
            raise DataError(
                f"no font of this machine has every letter of the report: {message}; install a "
                "font that has it, such as Noto, or change the name"
            ) from error
        hints = "; ".join(getattr(error, "hints", ()) or ())
        more = f" ({hints})" if hints else ""
        raise SettingError(f"the template '{form.name}' cannot be set: {message}{more}") from error
    draft.write_bytes(made)


def png_of(pictures: Sequence[str]) -> list[bytes]:
    """Return SVG pictures as PNG, dark on white."""
    if not pictures:
        return []
    typst = needed("typst", extra="report", what="a picture in a document")
    dark = [svg.replace("currentColor", _INK) for svg in pictures]
    inputs = {"pictures": json.dumps(dark, ensure_ascii=False)}
    made = typst.compile(_PICTURES.encode(), format="png", ppi=160, sys_inputs=inputs)
    return [made] if isinstance(made, bytes) else list(made)
