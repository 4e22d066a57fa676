"""Templates of users: documents, pages, Markdown and PDFs in their own form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import govindex as gi
from govindex.errors import DataError, SettingError
from tests.report.examples import provinces, provinces_method, small
from tests.report.test_writing import document_texts, pdf_text

LETTERHEAD = gi.report.Letterhead(issuer="SỞ NỘI VỤ", signatory="Nguyễn Văn A", recipients=["UBND"])


def written(path: Path, template: Path, **settings: Any) -> Path:
    settings = {"letterhead": LETTERHEAD, "language": "vi", **settings}
    gi.report.write(provinces(), path, method=provinces_method(), template=template, **settings)
    return path


def own_document(folder: Path, *lines: str, header: str = "") -> Path:
    import docx

    document = docx.Document()
    if header:
        document.sections[0].header.paragraphs[0].text = header
    for line in lines:
        document.add_paragraph(line)
    document.save(str(folder / "own.docx"))
    return folder / "own.docx"


def test_a_document_is_filled_in_where_its_placeholders_stand(tmp_path: Path) -> None:
    import docx

    own = own_document(
        tmp_path,
        "{{ issuer }}: {{subject}}",
        "{{ report }}",
        "{{ signatory }}",
        header="{{number}}",
    )
    made = written(tmp_path / "r.docx", own)
    texts = document_texts(made)
    expected = gi.report.compose(provinces(), method=provinces_method(), language="vi")
    assert texts[0] == f"SỞ NỘI VỤ: {expected.subject}"
    assert texts[1] == "I. Kết quả chung"
    assert texts[-1] == "Nguyễn Văn A"
    assert "{{" not in "".join(texts)
    document = docx.Document(str(made))
    assert document.sections[0].header.paragraphs[0].text == "Số: […]/BC-[…]"


def test_a_placeholder_over_several_runs_keeps_the_form_of_the_first(tmp_path: Path) -> None:
    import docx

    document = docx.Document()
    paragraph = document.add_paragraph("By ")
    paragraph.add_run("{{ iss").bold = True
    paragraph.add_run("uer")
    paragraph.add_run(" }}, signed")
    document.add_paragraph("{{ report }}")
    document.save(str(tmp_path / "own.docx"))
    made = docx.Document(str(written(tmp_path / "r.docx", tmp_path / "own.docx")))
    first = made.paragraphs[0]
    assert [run.text for run in first.runs] == ["By ", "SỞ NỘI VỤ", "", ", signed"]
    assert first.runs[1].bold


def test_the_styles_of_a_document_are_kept(tmp_path: Path) -> None:
    import docx
    from docx.shared import Pt

    document = docx.Document()
    document.styles["Heading 1"].font.size = Pt(31)
    document.add_paragraph("{{ report }}")
    document.save(str(tmp_path / "own.docx"))
    made = docx.Document(str(written(tmp_path / "r.docx", tmp_path / "own.docx")))
    assert made.styles["Heading 1"].font.size.pt == 31
    assert made.styles["Table Text"].font.name == "Times New Roman"


@pytest.mark.parametrize(
    ("lines", "error", "message"),
    [
        (["No placeholder"], DataError, "has 0 placeholders '{{ report }}': it needs one"),
        (["{{ report }}", "{{ report }}"], DataError, "has 2 placeholders"),
        (["Before {{ report }}"], DataError, "in a paragraph of its own outside tables"),
        (["{{ report }}", "{{ isuer }}"], SettingError, "did you mean 'issuer'"),
    ],
)
def test_a_document_with_wrong_placeholders_is_refused(
    tmp_path: Path, lines: list[str], error: type[Exception], message: str
) -> None:
    import re

    own = own_document(tmp_path, *lines)
    with pytest.raises(error, match=re.escape(message)):
        written(tmp_path / "r.docx", own)
    assert not (tmp_path / "r.docx").exists()


def test_a_folder_may_hold_the_document(tmp_path: Path) -> None:
    own_document(tmp_path, "{{ title }}", "{{ report }}").rename(tmp_path / "report.docx")
    made = written(tmp_path / "r.docx", tmp_path)
    assert document_texts(made)[:2] == ["BÁO CÁO", "I. Kết quả chung"]


def test_a_file_that_is_no_document_is_refused(tmp_path: Path) -> None:
    (tmp_path / "own.docx").write_text("text", encoding="utf-8")
    with pytest.raises(DataError, match=r"'own\.docx' is not a Word document that can be opened"):
        written(tmp_path / "r.docx", tmp_path / "own.docx")


def test_a_page_is_made_of_an_own_template_and_escaped(tmp_path: Path) -> None:
    own = tmp_path / "own.html"
    own.write_text(
        "{% for c in report.chapters %}<h2>{{ c.title }}</h2>{% endfor %}"
        "{{ report.chapters[1].blocks[0].rows[0][1].text }}",
        encoding="utf-8",
    )
    result = small({"a": "<A&B>", "b": "B"}, [2.0, 1.0])
    gi.report.write(result, tmp_path / "r.html", template=own)
    text = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert text.startswith("<h2>I. Main results</h2><h2>II. Ranking</h2>")
    assert text.endswith("&lt;A&amp;B&gt;")


def test_a_folder_of_templates_may_include_others(tmp_path: Path) -> None:
    (tmp_path / "report.md.jinja").write_text("{% include 'top.md' %}!", encoding="utf-8")
    (tmp_path / "top.md").write_text("{{ report.title }}", encoding="utf-8")
    made = written(tmp_path / "r.md", tmp_path)
    assert made.read_text(encoding="utf-8") == "BÁO CÁO!\n"
    with pytest.raises(DataError, match=r"of templates has no 'report\.html\.jinja'"):
        written(tmp_path / "r.html", tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a\n{% for %}", r"'own\.html' is wrong in line 2"),
        ("{{ reprot.title }}", "'reprot' is undefined; it is given report"),
        ("{{ report.chapters[99].title }}", "cannot be filled in"),
        ("{{ ''.__class__.__mro__ }}", "cannot be filled in"),
        ("{{ 1 / 0 }}", "division by zero"),
        ("{% include '../secret.txt' %}", "cannot be filled in"),
    ],
)
def test_a_wrong_template_is_named_with_its_fault(tmp_path: Path, text: str, message: str) -> None:
    own = tmp_path / "own.html"
    own.write_text(text, encoding="utf-8")
    with pytest.raises(SettingError, match=message):
        written(tmp_path / "r.html", own)


def test_a_missing_template_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"the template 'none\.html' cannot be read"):
        written(tmp_path / "r.html", tmp_path / "none.html")
    with pytest.raises(DataError, match="a file is a path, not 5"):
        gi.report.write(provinces(), tmp_path / "r.html", template=5)  # type: ignore[arg-type]


def test_a_pdf_is_made_of_an_own_typst_file_with_its_neighbours(tmp_path: Path) -> None:
    folder = tmp_path / "forms"
    folder.mkdir()
    (folder / "top.typ").write_text("#let top = [Own form]", encoding="utf-8")
    (folder / "report.typ").write_text(
        '#import "top.typ": top\n#let report = json(bytes(sys.inputs.report))\n'
        "#set document(title: report.title)\n#top: #report.letterhead.issuer",
        encoding="utf-8",
    )
    assert "Own form: SỞ NỘI VỤ" in pdf_text(written(tmp_path / "r.pdf", folder))


def test_a_wrong_typst_file_is_named_with_its_fault(tmp_path: Path) -> None:
    (tmp_path / "own.typ").write_text("#nothing()", encoding="utf-8")
    with pytest.raises(SettingError, match=r"'own\.typ' cannot be set: unknown variable: nothing"):
        written(tmp_path / "r.pdf", tmp_path / "own.typ")
