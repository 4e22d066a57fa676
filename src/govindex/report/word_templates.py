"""Word documents of users as templates, with placeholders also in tables, headers and footers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import attrs

from govindex.errors import DataError, SettingError, near_miss
from govindex.files.saving import as_path
from govindex.report.contents import Content

__all__ = ["WordTemplate", "open_template"]

_PLACEHOLDER = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_CHAPTERS = "report"
_TEXTS = (
    *("title", "subject", "superior", "issuer", "nation", "motto", "number", "place_and_date"),
    *("opening", "closing", "authority", "position", "signatory", "recipients"),
)


@attrs.frozen(eq=False)
class WordTemplate:
    """A document with placeholders, and the paragraph that the chapters replace."""

    document: Any
    chapters: Any

    def fill(self, content: Content) -> None:
        """Replace placeholders by texts; letters keep the form of the placeholder."""
        head = content.letterhead
        values = {name: getattr(head, name, "") for name in _TEXTS}
        values |= {"title": content.title, "subject": content.subject}
        values["recipients"] = "; ".join(head.recipients)
        for paragraph in _paragraphs(self.document):
            _fill_in(paragraph, values)


def open_template(given: Any) -> WordTemplate:
    """Return a user's document.

    Raises
    ------
    DataError
        If it is not a Word document, or has no paragraph ``{{ report }}``, or several.
    SettingError
        If it has a placeholder that is not known.
    """
    import docx

    path = as_path(given)
    if path.is_dir():
        path = path / "report.docx"
    try:
        document = docx.Document(str(path))
    except Exception as error:  # of the library, the archive or the disk
        why = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise DataError(
            f"the template '{path.name}' is not a Word document that can be opened: {why}"
        ) from error
    found = [name for paragraph in _paragraphs(document) for name in _names(paragraph)]
    for name in found:
        if name not in (*_TEXTS, _CHAPTERS):
            known = (*_TEXTS, _CHAPTERS)
            raise SettingError(
                f"the template '{path.name}' has a placeholder '{{{{ {name} }}}}' that is not "
                f"known: {near_miss(name, known)}"
            )
    alone = [
        paragraph._p
        for paragraph in document.paragraphs
        if _PLACEHOLDER.fullmatch(paragraph.text.strip()) and _names(paragraph) == [_CHAPTERS]
    ]
    if len(alone) != 1 or found.count(_CHAPTERS) != 1:
        raise DataError(
            f"the template '{path.name}' has {found.count(_CHAPTERS)} placeholders "
            "'{{ report }}': it needs one, in a paragraph of its own outside tables"
        )
    return WordTemplate(document, alone[0])


def _paragraphs(document: Any) -> Iterator[Any]:
    """Yield every paragraph, also those in tables, headers and footers."""
    from docx.oxml.ns import qn
    from docx.text.paragraph import Paragraph

    parts = [document]
    for section in document.sections:
        parts += [
            part
            for part in (
                *(section.header, section.first_page_header, section.even_page_header),
                *(section.footer, section.first_page_footer, section.even_page_footer),
            )
            if not part.is_linked_to_previous
        ]
    for part in parts:
        element = part.element.body if part is document else part._element
        for found in element.iter(qn("w:p")):
            yield Paragraph(found, part)


def _names(paragraph: Any) -> list[str]:
    return _PLACEHOLDER.findall(paragraph.text)


def _fill_in(paragraph: Any, values: dict[str, str]) -> None:
    """Replace placeholders, which may be spread over several runs, in the first of them."""
    runs = paragraph.runs
    whole = "".join(run.text for run in runs)
    for match in reversed(list(_PLACEHOLDER.finditer(whole))):
        if match[1] not in values:
            continue
        start, end, position = *match.span(), 0
        text = values[match[1]]
        for run in runs:
            first, last = position, position + len(run.text)
            position = last
            if last <= start or first >= end:
                continue
            inside = run.text
            run.text = inside[: max(start - first, 0)] + text + inside[max(end - first, 0) :]
            text = ""
