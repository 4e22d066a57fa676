"""Files of reports: every text reaches them, and no name is taken for markup."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from functools import cache
from html.parser import HTMLParser
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import govindex as gi
from govindex.errors import DataError, SettingError
from govindex.report.contents import as_plain
from govindex.report.texts import on_one_line
from tests.report.examples import (
    cells,
    content_texts,
    provinces,
    provinces_method,
    rubric,
    small,
    tables,
    verified,
)
from tests.sampling import few

KINDS = (".docx", ".html", ".md", ".pdf")
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "&lt;b&gt;",
    "=cmd|'/C calc'!A0",
    "#panic() #let x = 1",
    "$x$ *a* _b_ `c` @d \\e ~f [g] {h} //i",
    "{{ 7 * 7 }} {% raw %}",
    "| a | b |",
    "# heading",
    "1. first",
    "- item",
    "]]></w:t>",
    "a\x00b\x0bc\u202ed\n e",
)


class Page(HTMLParser):
    """What a page holds: its tags with attributes, and its texts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.unbalanced: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))
        if tag not in ("meta", "col"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@cache
def content(language: str = "vi") -> gi.report.Content:
    return gi.report.compose(verified(), method=rubric(), before=verified(2), language=language)


def written(result: Any, path: Path, **more: Any) -> Path:
    gi.report.write(result, path, overwrite=True, **more)
    return path


def page_of(result: Any, folder: Path) -> Page:
    return Page(written(result, folder / "r.html").read_text(encoding="utf-8"))


def document_texts(path: Path) -> list[str]:
    """Return the paragraphs of a Word document, also those in tables."""
    import docx
    from docx.oxml.ns import qn

    body = docx.Document(str(path)).element.body
    return [
        "".join(text.text or "" for text in paragraph.iter(qn("w:t")))
        for paragraph in body.iter(qn("w:p"))
    ]


def pdf_text(path: Path) -> str:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler) is not installed")
    read = subprocess.run(["pdftotext", "-layout", str(path), "-"], check=True, capture_output=True)
    return read.stdout.decode()


def markdown_cells(text: str) -> list[str]:
    """Return the texts of the cells of all tables, as a reader of Markdown shows them."""
    reader = pytest.importorskip("markdown_it")
    tokens = reader.MarkdownIt("commonmark").enable("table").parse(text)
    found = []
    for before, token in pairwise(tokens):
        if before.type in ("td_open", "th_open"):
            children = token.children or []
            assert {child.type for child in children} <= {"text", "text_special"}, token.content
            found.append("".join(child.content for child in children))
    return found


@pytest.mark.parametrize("language", ["en", "vi"])
def test_every_text_reaches_the_page(tmp_path: Path, language: str) -> None:
    made = content(language)
    page = page_of(made, tmp_path)
    shown = " ".join("\n".join(page.texts).split())
    assert [text for text in content_texts(made) if " ".join(text.split()) not in shown] == []


def test_every_text_reaches_the_document(tmp_path: Path) -> None:
    made = content()
    shown = document_texts(written(made, tmp_path / "r.docx"))
    whole = "\n".join(shown)
    missing = [text for text in content_texts(made) if text not in whole]
    assert missing == []


def test_every_cell_reaches_markdown(tmp_path: Path) -> None:
    made = content()
    shown = markdown_cells(written(made, tmp_path / "r.md").read_text(encoding="utf-8"))
    expected = []
    for table in tables(made):
        expected += [column.heading for column in table.columns]
        for row in table.rows:
            expected += [f"{c.text} ({c.marks})" if c.marks else c.text for c in row]
    assert shown == expected


def test_every_figure_reaches_the_pdf(tmp_path: Path) -> None:
    made = content()
    words = set(pdf_text(written(made, tmp_path / "r.pdf")).split())
    plain = re.compile(r"[=+-]?[\d.,]+")
    figures = {c for t in tables(made) for row in cells(t) for c in row if plain.fullmatch(c)}
    bare = {re.sub(r"\(.*", "", word) for word in words}
    assert figures - words - bare == set()


def test_marks_reach_every_file(tmp_path: Path) -> None:
    made = content("en")
    marked = [c for t in tables(made) for row in t.rows for c in row if c.marks]
    assert len(marked) > 20
    page = (written(made, tmp_path / "r.html")).read_text(encoding="utf-8")
    assert page.count("<sup>") == len(marked)
    import docx

    body: Any = docx.Document(str(written(made, tmp_path / "r.docx"))).element.body
    raised = body.xpath(".//w:r[w:rPr/w:vertAlign[@w:val='superscript']]/w:t")
    assert [text.text for text in raised] == [f"({cell.marks})" for cell in marked]


def test_the_page_is_self_contained_and_runs_nothing(tmp_path: Path) -> None:
    page = page_of(content(), tmp_path)
    assert {"script", "link", "img", "iframe", "object", "form"}.isdisjoint(t for t, _ in page.tags)
    for tag, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on")], tag
        links = [attributes[name] for name in ("href", "src", "action") if name in attributes]
        assert all(str(link).startswith("#") for link in links)
    text = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "url(" not in text
    assert "@import" not in text
    assert page.unbalanced == []
    assert page.open == []


def test_the_page_is_accessible(tmp_path: Path) -> None:
    page = page_of(content("vi"), tmp_path)
    found = dict(page.tags)
    assert found["html"]["lang"] == "vi"
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    counts = {tag: sum(t == tag for t, _ in page.tags) for tag in ("table", "caption", "svg")}
    assert counts["table"] == counts["caption"] > 5
    headings = [attributes for tag, attributes in page.tags if tag == "th"]
    assert {attributes["scope"] for attributes in headings} == {"col", "row"}
    blocks = (block for chapter in content("vi").chapters for block in chapter.blocks)
    pictures = [block.alternative for block in blocks if isinstance(block, gi.report.Picture)]
    labels = [a["aria-label"] for tag, a in page.tags if tag == "div" and a.get("role") == "img"]
    assert labels == pictures
    assert len(pictures) == counts["svg"] == 2
    ids = [a["id"] for _, a in page.tags if "id" in a]
    links = [str(a["href"])[1:] for t, a in page.tags if t == "a"]
    assert links == ids


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_colours_of_the_page_contrast_light_and_dark(tmp_path: Path) -> None:
    text = written(content(), tmp_path / "r.html").read_text(encoding="utf-8")
    schemes = re.findall(r":root \{([^}]*)\}", text)
    colours = [dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", scheme)) for scheme in schemes[:2]]
    assert len(colours) == 2
    for scheme in colours:
        for ink in ("ink", "soft", "link"):
            assert contrast(scheme[ink], scheme["paper"]) >= 4.5
        assert contrast(scheme["ink"], scheme["shade"]) >= 4.5
        assert contrast("#2f6f9f", scheme["paper"]) >= 3.0


def test_tables_of_the_document_repeat_their_header_and_keep_rows_whole(tmp_path: Path) -> None:
    import docx
    from docx.oxml.ns import qn

    document: Any = docx.Document(str(written(content(), tmp_path / "r.docx")))
    found = document.tables[1:-1]  # the first and the last hold the letterhead
    assert len(found) == len(tables(content()))
    for table in found:
        rows = table._tbl.tr_lst
        assert all(row.trPr.find(qn("w:cantSplit")) is not None for row in rows)
        assert rows[0].trPr.find(qn("w:tblHeader")) is not None
        assert all(row.trPr.find(qn("w:tblHeader")) is None for row in rows[1:])
        assert table._tbl.tblPr.find(qn("w:tblCaption")) is not None


def test_the_document_has_the_form_of_the_decree(tmp_path: Path) -> None:
    import docx

    document: Any = docx.Document(str(written(content("vi"), tmp_path / "r.docx")))
    section = document.sections[0]
    size = section.page_width.mm, section.page_height.mm
    assert [round(length) for length in size] == [210, 297]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(margin.mm) for margin in margins] == [20, 20, 30, 15]
    assert section.different_first_page_header_footer
    assert "PAGE" in section.header._element.xml
    normal = document.styles["Normal"]
    assert (normal.font.name, normal.font.size.pt) == ("Times New Roman", 13)
    head = document.tables[0].rows[0].cells
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in head[1].text
    assert "Số: […]/BC-[…]" in head[0].text
    assert "ngày […] tháng […] năm […]" in head[1].text
    foot = document.tables[-1].rows[0].cells
    assert foot[0].text.startswith("Nơi nhận:")
    assert "[Họ và tên]" in foot[1].text
    assert document.core_properties.language == "vi"


def test_the_document_has_real_headings_and_captions(tmp_path: Path) -> None:
    import docx

    made = content("vi")
    document: Any = docx.Document(str(written(made, tmp_path / "r.docx")))
    headings = [p for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert [(p.text, p.style.name) for p in headings] == [
        (chapter.title, f"Heading {chapter.level}") for chapter in made.chapters
    ]
    captions = [p._p for p in document.paragraphs if p.style.name == "Caption"]
    assert len(captions) == len(tables(made))
    assert all("SEQ Table" in caption.xml for caption in captions)
    assert all(shape._inline.docPr.get("descr") for shape in document.inline_shapes)


def test_the_english_document_has_no_national_heading(tmp_path: Path) -> None:
    shown = "\n".join(document_texts(written(content("en"), tmp_path / "r.docx")))
    assert "VIỆT NAM" not in shown
    assert "[ISSUING BODY]" in shown
    assert "Distribution:" in shown


@pytest.mark.parametrize("kind", KINDS)
def test_only_documents_have_a_letterhead_that_was_not_given(tmp_path: Path, kind: str) -> None:
    path = written(verified(), tmp_path / f"r{kind}", language="vi")
    own = written(
        verified(),
        tmp_path / f"own{kind}",
        language="vi",
        letterhead=gi.report.Letterhead(signatory="Nguyen Van A"),
    )
    assert ("BC-" in shown_text(path)) == (kind == ".docx")
    assert "Nguyen Van A" in shown_text(own)


def shown_text(path: Path) -> str:
    if path.suffix == ".pdf":
        return pdf_text(path)
    if path.suffix == ".docx":
        return "\n".join(document_texts(path))
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_is_taken_for_markup(tmp_path: Path, name: str) -> None:
    made = gi.report.compose(small({"a": name, "b": "B"}, [5.0, 4.0], title=name))
    shown = on_one_line(name)
    page = page_of(made, tmp_path)
    assert shown in [text.strip() for text in page.texts]
    assert {"script", "img", "b"}.isdisjoint(tag for tag, _ in page.tags)
    assert shown in document_texts(written(made, tmp_path / "r.docx"))
    assert shown in markdown_cells(written(made, tmp_path / "r.md").read_text(encoding="utf-8"))
    flat = "".join(pdf_text(written(made, tmp_path / "r.pdf")).split())
    assert "".join(shown.split()) in flat


@settings(
    max_examples=few(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(name=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30))
def test_any_name_reads_back_from_pages_documents_and_markdown(tmp_path: Path, name: str) -> None:
    made = gi.report.Content(
        title="T",
        subject="S",
        language="en",
        letterhead=content().letterhead,
        chapters=[
            gi.report.Chapter(
                "C", [gi.report.DataTable("D", [gi.report.TableColumn("Unit")], [[name]])]
            )
        ],
        table_word="Table",
        picture_word="Figure",
    )
    shown = on_one_line(name)
    assert shown.strip() in [text.strip() for text in page_of(made, tmp_path).texts] or not shown
    assert shown in document_texts(written(made, tmp_path / "r.docx"))
    read = markdown_cells(written(made, tmp_path / "r.md").read_text(encoding="utf-8"))
    assert [cell.split() for cell in read] == [["Unit"], shown.split()]


def test_a_letter_without_a_glyph_is_an_error_that_names_it(tmp_path: Path) -> None:
    made = small({"a": "Unit \U0001243a", "b": "B"}, [5.0, 4.0])  # a numeral of cuneiform
    with pytest.raises(DataError, match=r"no font of this machine has every letter .*\U0001243a"):
        gi.report.write(made, tmp_path / "r.pdf")
    assert list(tmp_path.iterdir()) == []


def test_fonts_are_embedded_and_hold_vietnamese_letters(tmp_path: Path) -> None:
    path = written(provinces(), tmp_path / "r.pdf", language="vi", method=provinces_method())
    assert "UBND tỉnh Đồng Tháp" in pdf_text(path)
    data = path.read_bytes()
    assert data.startswith(b"%PDF-1.7")
    assert b"/FontFile" in data or b"/ObjStm" in data


def test_the_fonts_of_the_extra_alone_hold_a_vietnamese_report() -> None:
    import typst

    form = files("govindex.report").joinpath("forms", "report.typ").read_bytes()
    given = gi.report.Letterhead(issuer="SỞ NỘI VỤ")
    made = gi.report.compose(verified(), method=rubric(), letterhead=given, language="vi")
    inputs = {"report": json.dumps(as_plain(made))}
    pdf = typst.compile(
        form,
        format="pdf",
        sys_inputs=inputs,
        ignore_system_fonts=True,
        pdf_standards=["a-2a", "ua-1"],  # a letter without a glyph is an error
    )
    assert pdf.startswith(b"%PDF")


@pytest.mark.parametrize("kind", KINDS)
def test_files_are_not_replaced_unless_asked(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"r{kind}"
    path.write_bytes(b"mine")
    with pytest.raises(DataError, match="exists already and is not changed"):
        gi.report.write(provinces(), path)
    assert path.read_bytes() == b"mine"
    gi.report.write(provinces(), path, overwrite=True)
    assert path.read_bytes() != b"mine"


def test_other_kinds_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"not written to 'r\.doc': did you mean '\.docx'"):
        gi.report.write(provinces(), tmp_path / "r.doc")


def test_a_content_is_written_as_it_is(tmp_path: Path) -> None:
    made = gi.report.compose(provinces())
    own = gi.report.Chapter("Own chapter", [gi.report.Prose("Own text")])
    made = attrs.evolve(made, chapters=[own])
    text = written(made, tmp_path / "r.md").read_text(encoding="utf-8")
    assert "## Own chapter\n\nOwn text\n" in text
    with pytest.raises(SettingError, match=r"give language= to compose\(…\)"):
        gi.report.write(made, tmp_path / "x.md", language="vi")


@pytest.mark.parametrize("kind", [".html", ".md"])
def test_the_same_report_gives_the_same_bytes(tmp_path: Path, kind: str) -> None:
    one, other = (written(verified(), tmp_path / f"{n}{kind}").read_bytes() for n in "ab")
    assert one == other
