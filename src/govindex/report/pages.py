"""Reports as a web page and as Markdown."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from typing import Any

from govindex.extras import needed
from govindex.report.contents import Content, as_plain
from govindex.report.templates import fill, template_file

__all__ = ["write_markdown", "write_page"]

# Letters that mean something in Markdown wherever they stand, and at the start of a line.
_INLINE = re.compile(r"([\\`*_{}\[\]|~$])")
_AT_START = re.compile(r"^(\d{1,9}(?=[.)](?:\s|$))|(?=[#:])|(?=[-+=]+(?:\s|$)))")


def write_page(content: Content, draft: Path, template: Any) -> None:
    """Write one page of HTML that needs nothing else."""
    markupsafe = needed("markupsafe", extra="report", what="a web page")
    style = files(__package__).joinpath("forms", "report.css").read_text(encoding="utf-8")
    report = as_plain(content)
    for chapter in report["chapters"]:
        for block in chapter["blocks"]:
            if block["kind"] == "table":
                block["head"] = _head(block["columns"])
    form = template_file(template, "report.html.jinja")
    values = {"report": report, "style": markupsafe.Markup(style)}
    page = fill(form, values, autoescape=True)
    draft.write_text(page, encoding="utf-8", newline="\n")


def _head(columns: list[dict[str, Any]]) -> int:
    """Return the column that names what each row is about."""
    return next((n for n, column in enumerate(columns) if column["kind"] == "text"), 0)


def write_markdown(content: Content, draft: Path, template: Any) -> None:
    """Write Markdown with tables; no text of the report is taken for markup."""
    markupsafe = needed("markupsafe", extra="report", what="Markdown")

    def escaped(value: Any) -> Any:
        if isinstance(value, markupsafe.Markup) or not isinstance(value, str):
            return value
        return _escaped(value)

    form = template_file(template, "report.md.jinja")
    text = fill(form, {"report": as_plain(content)}, autoescape=False, finalize=escaped)
    text = re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
    draft.write_text(text, encoding="utf-8", newline="\n")


def _escaped(text: str) -> str:
    r"""Return a text that Markdown shows as it is.

    Examples
    --------
    >>> print(_escaped("1. a*b <i> -7.5"))
    1\. a\*b &lt;i&gt; -7.5
    """
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _AT_START.sub(r"\1\\", _INLINE.sub(r"\\\1", text), count=1)
