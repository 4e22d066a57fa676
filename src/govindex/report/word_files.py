"""Reports as Word documents, for offices to edit and sign."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from govindex.extras import needed
from govindex.report.contents import Content, DataTable, Listing, Picture, Prose
from govindex.report.typesetting import png_of
from govindex.report.word_styles import ensure_styles, set_up
from govindex.report.word_tables import caption_runs, paragraph_xml, table_xml
from govindex.report.word_templates import WordTemplate, open_template

__all__ = ["write_word"]

_TALLEST = 215.0  # millimetres, of a picture


def write_word(content: Content, draft: Path, template: Any) -> None:
    """Write a Word document; a user's own one is filled in."""
    docx = needed("docx", extra="report", what="a Word document")
    if template is not None:
        own = open_template(template)
        _fill_own(own, content)
        document = own.document
    else:
        document = docx.Document()
        styles = ensure_styles(document, restyle=True)
        set_up(document, content.language)
        _letterhead(document, content, styles)
        _Body(document, content, styles).write()
        _signature(document, content, styles)
    properties = document.core_properties
    properties.title, properties.language = content.subject[:255], content.language
    if template is None:
        properties.author = properties.comments = ""
        properties.created = properties.modified = datetime.now(UTC)
    document.save(str(draft))


class _Body:
    """The chapters, written at the end of a document."""

    def __init__(self, document: Any, content: Content, styles: dict[str, str]) -> None:
        self.document = document
        self.content = content
        self.styles = styles
        section = document.sections[0]
        self.width = int(
            (section.page_width - section.left_margin - section.right_margin) / 635
        )  # from EMU to twentieths of a point
        blocks = (block for chapter in content.chapters for block in chapter.blocks)
        svgs = [block.svg for block in blocks if isinstance(block, Picture)]
        self.pictures: Iterator[bytes] = iter(png_of(svgs))

    def write(self) -> None:
        """Write the chapters."""
        for chapter in self.content.chapters:
            self._paragraph(chapter.title, f"heading {chapter.level}")
            for block in chapter.blocks:
                if isinstance(block, Prose):
                    self._paragraph(block.text, "note" if block.kind == "note" else "text")
                elif isinstance(block, Listing):
                    for entry in block.entries:
                        self._paragraph(entry, "list")
                elif isinstance(block, DataTable):
                    self._table(block)
                else:
                    self._picture(block)

    def _paragraph(self, text: str, use: str) -> Any:
        paragraph = self.document.add_paragraph(text)
        paragraph._p.style = self.styles[use]
        return paragraph

    def _append(self, xml: str) -> None:
        from docx.oxml import parse_xml

        body = self.document.element.body
        body.insert(len(body) - 1, parse_xml(xml))  # before the settings of the section

    def _table(self, table: DataTable) -> None:
        word = self.content.table_word
        runs = caption_runs(word, "Table", table.number, table.caption)
        self._append(paragraph_xml(self.styles["caption"], *runs))
        self._append(table_xml(table, self.width, self.styles))
        for note in table.notes:
            self._paragraph(note, "note")
        if not table.notes:  # tables that touch become one
            self._paragraph("", "note")

    def _picture(self, picture: Picture) -> None:
        from docx.shared import Mm

        paragraph = self._paragraph("", "picture")
        run = paragraph.add_run()
        room = self.width / 1440 * 25.4
        shape = run.add_picture(io.BytesIO(next(self.pictures)), width=Mm(room))
        height = shape.height / 36000
        if height > _TALLEST:
            shape.width, shape.height = Mm(room * _TALLEST / height), Mm(_TALLEST)
        properties = shape._inline.docPr
        properties.set("descr", picture.alternative)
        properties.set("title", picture.caption)
        word = self.content.picture_word
        runs = caption_runs(word, "Figure", picture.number, picture.caption)
        self._append(paragraph_xml(self.styles["picture caption"], *runs))


def _letterhead(document: Any, content: Content, styles: dict[str, str]) -> None:
    from docx.shared import Mm

    head = content.letterhead
    left: list[Line] = [(head.superior, 12.5, "", False), (head.issuer, 12.5, "b", True)]
    left.append((head.number, 13, "", False))
    right: list[Line] = []
    if head.nation:
        right = [(head.nation, 12.5, "b", False), (head.motto, 13.5, "b", True)]
    right.append((head.place_and_date, 13.5, "i", False))
    _side_by_side(document, styles, (left, right), (62, 103))
    for text, use in ((content.title, "title"), (content.subject, "subject")):
        document.add_paragraph(text)._p.style = styles[use]
    line = document.add_paragraph()
    line._p.style = styles["frame"]
    _underline(line, Mm(55))
    if head.opening:
        document.add_paragraph(head.opening)._p.style = styles["text"]


def _signature(document: Any, content: Content, styles: dict[str, str]) -> None:
    head = content.letterhead
    if head.closing:
        document.add_paragraph(head.closing)._p.style = styles["text"]
    left: list[Line] = [(head.recipients_word, 12, "bi", False)]
    left += [(f"- {recipient}", 11, "", False) for recipient in head.recipients]
    right: list[Line] = [(text, 13.5, "b", False) for text in (head.authority, head.position)]
    right = [line for line in right if line[0]]
    right += [("", 13.5, "", False)] * 4 + [(head.signatory, 13.5, "b", False)]
    table = _side_by_side(document, styles, (left, right), (75, 90))
    for paragraph in table.cell(0, 0).paragraphs:
        paragraph._p.style = styles["recipients"]


# Text, size, "b" and "i" for bold and italic, and whether a short line stands below.
Line = tuple[str, float, str, bool]


def _side_by_side(
    document: Any,
    styles: dict[str, str],
    columns: tuple[Sequence[Line], Sequence[Line]],
    widths: tuple[float, float],
) -> Any:
    """Add two columns of lines, in a table without borders that does not split."""
    from docx.oxml import OxmlElement
    from docx.shared import Mm, Pt

    table = document.add_table(rows=1, cols=2)
    table.autofit = False
    row = table.rows[0]
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for cell, lines, width in zip(row.cells, columns, widths, strict=True):
        cell.width = Mm(width)
        for number, (text, size, form, line) in enumerate(lines):
            paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
            paragraph._p.style = styles["frame"]
            run = paragraph.add_run(text)
            run.font.size, run.bold, run.italic = Pt(size), "b" in form, "i" in form
            if line:
                below = cell.add_paragraph()
                below._p.style = styles["frame"]
                _underline(below, Mm(width * 0.28))
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    return table


def _underline(paragraph: Any, indent: int) -> None:
    """Make an empty paragraph a short line in the middle."""
    from docx.oxml import parse_xml
    from docx.shared import Pt

    from govindex.report.word_tables import W

    form = paragraph.paragraph_format
    form.left_indent = form.right_indent = indent
    form.line_spacing, form.space_before, form.space_after = Pt(3), Pt(4), Pt(5)
    border = '<w:top w:val="single" w:sz="6" w:space="1" w:color="auto"/>'
    properties = paragraph._p.get_or_add_pPr()
    made = parse_xml(f"<w:pBdr {W}>{border}</w:pBdr>")
    properties.insert_element_before(
        made, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def _fill_own(own: WordTemplate, content: Content) -> None:
    """Fill a user's document in: texts for placeholders, the chapters where they belong."""
    document = own.document
    styles = ensure_styles(document, restyle=False)
    body = document.element.body
    before = list(body)  # kept, since an element that nobody holds is made again
    known = set(map(id, before))
    _Body(document, content, styles).write()
    for element in [element for element in body if id(element) not in known]:
        own.chapters.addprevious(element)
    own.chapters.getparent().remove(own.chapters)
    own.fill(content)
