"""Pages and styles of Word documents, as Decree 30/2020/NĐ-CP has them."""

from __future__ import annotations

from typing import Any

import attrs

from govindex.report.word_tables import field_xml

__all__ = ["STYLES", "ensure_styles", "set_up"]

_FONT = "Times New Roman"


@attrs.frozen(kw_only=True)
class WordStyle:
    """A style of paragraphs: sizes and distances in points, the indent in millimetres."""

    name: str
    size: float
    bold: bool = False
    italic: bool = False
    side: str = "LEFT"
    before: float = 0.0
    after: float = 0.0
    indent: float = 0.0
    line: float = 1.0
    with_next: bool = False


STYLES = {
    "text": WordStyle(name="Normal", size=13, side="JUSTIFY", after=6, indent=10, line=1.1),
    "title": WordStyle(name="Title", size=14, bold=True, side="CENTER", before=12, with_next=True),
    "subject": WordStyle(name="Subtitle", size=14, bold=True, side="CENTER", with_next=True),
    "heading 1": WordStyle(
        name="Heading 1", size=13, bold=True, before=12, after=6, with_next=True
    ),
    "heading 2": WordStyle(
        name="Heading 2", size=13, bold=True, italic=True, before=9, after=4, with_next=True
    ),
    "list": WordStyle(name="List Bullet", size=13, side="JUSTIFY", after=4, line=1.1),
    "caption": WordStyle(name="Caption", size=12, bold=True, before=8, after=4, with_next=True),
    "picture caption": WordStyle(
        name="Picture Caption", size=12, bold=True, side="CENTER", before=4, after=8
    ),
    "picture": WordStyle(name="Picture", size=12, side="CENTER", before=6, with_next=True),
    "note": WordStyle(name="Table Note", size=11, italic=True, side="JUSTIFY", before=2, after=4),
    "cell": WordStyle(name="Table Text", size=11, before=1, after=1),
    "small cell": WordStyle(name="Table Text Small", size=9.5, before=1, after=1),
    "frame": WordStyle(name="Letterhead", size=13, side="CENTER"),
    "recipients": WordStyle(name="Recipients", size=11),
}


def ensure_styles(document: Any, *, restyle: bool) -> dict[str, str]:
    """Return the ids of the styles by their use; add those that the document lacks.

    Parameters
    ----------
    document : docx Document
    restyle : bool
        Whether styles that it has are changed as well: not those of a user's own document.
    """
    from docx.enum.style import WD_STYLE_TYPE

    ids = {}
    known = {style.name: style for style in document.styles}
    for use, wanted in STYLES.items():
        style = known.get(wanted.name)
        if style is None:
            style = document.styles.add_style(wanted.name, WD_STYLE_TYPE.PARAGRAPH)
            style.base_style = known.get("Normal")
            _restyle(style, wanted)
        elif restyle:
            _restyle(style, wanted)
        ids[use] = style.style_id
    grid = known.get("Table Grid")
    if grid is None:
        grid = document.styles.add_style("Table Grid", WD_STYLE_TYPE.TABLE)
        _border(grid)
    return {**ids, "table": grid.style_id}


def _restyle(style: Any, wanted: WordStyle) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt, RGBColor

    font, form = style.font, style.paragraph_format
    font.name, font.size = _FONT, Pt(wanted.size)
    font.bold, font.italic, font.underline = wanted.bold, wanted.italic, False
    font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)
    for name in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{name}"), _FONT)
    for tag in ("w:spacing", "w:kern"):  # letters further apart, of titles in the default document
        for found in style.element.rPr.findall(qn(tag)):
            style.element.rPr.remove(found)
    form.alignment = getattr(WD_ALIGN_PARAGRAPH, wanted.side)
    form.space_before, form.space_after = Pt(wanted.before), Pt(wanted.after)
    form.line_spacing = wanted.line
    form.keep_with_next = wanted.with_next
    form.keep_together = wanted.with_next
    if style.name == "List Bullet":
        form.left_indent, form.first_line_indent = Mm(10), Mm(-5)
    else:
        form.left_indent, form.first_line_indent = Mm(0), Mm(wanted.indent)
    for border in style.element.pPr.findall(qn("w:pBdr")):
        style.element.pPr.remove(border)


def _border(style: Any) -> None:
    from docx.oxml import parse_xml

    from govindex.report.word_tables import W

    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    lines = "".join(f'<w:{s} w:val="single" w:sz="4" w:space="0" w:color="auto"/>' for s in sides)
    xml = f"<w:tblPr {W}><w:tblBorders>{lines}</w:tblBorders></w:tblPr>"
    style.element.append(parse_xml(xml))


def set_up(document: Any, language: str) -> None:
    """Set A4 with the margins of the decree, and page numbers from the second page on."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import parse_xml
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.header_distance = section.footer_distance = Mm(10)
    section.different_first_page_header_footer = True
    number = section.header.paragraphs[0]
    number.alignment = WD_ALIGN_PARAGRAPH.CENTER
    number.paragraph_format.first_line_indent = Pt(0)
    number._p.append(parse_xml(field_xml("PAGE", "2")))
    region = {"vi": "vi-VN", "en": "en-GB"}.get(language, language)
    settings = document.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault"))
    marked = settings.find(qn("w:rPr")).find(qn("w:lang"))
    if marked is not None:
        marked.set(qn("w:val"), region)
        marked.set(qn("w:eastAsia"), region)
