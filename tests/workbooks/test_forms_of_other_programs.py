"""Forms of other programs: stored XML that imitates them, and what LibreOffice writes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

import govindex as gi
from govindex.files.grids import read_grids
from govindex.workbooks import read_form, write_form
from tests.workbooks.filling import fill, made_up

CHOICE = gi.rules.Choice({"Chủ tịch": 1, "Phó Chủ tịch": 0.5})
METHOD = gi.Methodology(
    "example.form",
    "1",
    gi.Framework(
        "index",
        [
            gi.Dimension(
                "1",
                [
                    gi.Indicator("1.1", rule=gi.rules.Points(), weight=2),
                    gi.Indicator("1.2", rule=CHOICE, weight=1),
                ],
            ),
            gi.Indicator("2", rule=gi.rules.Deduction(per=0.25), weight=4),
        ],
        aggregate=gi.aggregate.Sum(),
    ),
)
FILLED = {("A", "1.1"): 1.5, ("A", "1.2"): "Phó Chủ tịch", ("A", "2"): 2.0}
SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def form(tmp_path: Path) -> Path:
    """Return a form whose figures were all filled in beforehand, so that its sums are stored."""
    import pandas as pd

    frame = pd.DataFrame({"unit": ["A"], **{name: [value] for (_, name), value in FILLED.items()}})
    return write_form(METHOD, tmp_path / "form.xlsx", data=gi.Observations.from_frame(frame))


def rewrite(form: Path, change: Callable[[str], str], part: str = SHEET) -> None:
    """Change the stored XML of a part."""
    with zipfile.ZipFile(form) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    before = parts[part].decode()
    parts[part] = change(before).encode()
    assert parts[part].decode() != before
    with zipfile.ZipFile(form, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def shared_strings(form: Path) -> list[str]:
    with zipfile.ZipFile(form) as archive:
        texts = archive.read("xl/sharedStrings.xml").decode()
    return re.findall(r"<si><t[^>]*>(.*?)</t></si>", texts)


def assert_read(form: Path) -> gi.workbooks.Scores:
    scores = read_form(form, METHOD)
    assert {(unit, name): scores.observations.value(unit, name) for unit, name in FILLED} == FILLED
    return scores


def test_imitated_inline_strings_are_read(form: Path) -> None:
    texts = shared_strings(form)

    def inlined(cell: re.Match[str]) -> str:
        return f'<c {cell[1]}t="inlineStr"><is><t>{texts[int(cell[2])]}</t></is></c>'

    rewrite(form, lambda xml: re.sub(r'<c ([^>]*?)t="s"><v>(\d+)</v></c>', inlined, xml))
    assert_read(form)


def test_imitated_cells_without_references_are_read(form: Path) -> None:
    def without(row: re.Match[str]) -> str:
        return re.sub(r'<c r="[A-Z]+\d+"', "<c", row[0])

    body = r'<row r="1[0-4]".*?</row>'  # rows without gaps
    rewrite(form, lambda xml: re.sub(body, without, xml))
    assert_read(form)


def test_imitated_shared_formulas_are_read(form: Path) -> None:
    def shared(xml: str) -> str:
        one = '<f t="shared" ref="G11:G12" si="0">'
        xml = re.sub(r'(<c r="G11"[^>]*>)<f>', rf"\g<1>{one}", xml)
        return re.sub(r'(<c r="G12"[^>]*>)<f>.*?</f>', r'\g<1><f t="shared" si="0"/>', xml)

    rewrite(form, shared)
    assert assert_read(form).checks.empty


def test_imitated_formulas_without_stored_values_are_computed(form: Path) -> None:
    rewrite(form, lambda xml: re.sub(r"(<f>[^<]*</f>)<v>[^<]*</v>", r"\1", xml))
    assert assert_read(form).checks.empty


def test_an_imitated_program_that_shows_the_hidden_sheet_is_no_problem(form: Path) -> None:
    rewrite(form, lambda xml: xml.replace('state="veryHidden"', ""), "xl/workbook.xml")
    assert_read(form)


def test_an_imitated_number_that_is_stored_as_a_text_is_named(form: Path) -> None:
    cell = r'<c r="F11"([^>]*)><v>1.5</v></c>'
    text = r'<c r="F11"\1 t="str"><v>1.5</v></c>'
    rewrite(form, lambda xml: re.sub(cell, text, xml))
    with pytest.raises(
        gi.DataError, match=r"cell A!F11, unit 'A', variable '1\.1': '1\.5' is a text"
    ):
        read_form(form, METHOD)


@pytest.mark.parametrize(
    ("stated", "kind"), [("4.00", None), ("4.01", "printing error"), ("5", "contradiction")]
)
def test_an_imitated_stale_total_is_a_check_and_never_a_score(
    form: Path, stated: str, kind: str | None
) -> None:
    total = r'(<c r="G14"[^>]*><f>[^<]*</f>)<v>[^<]*</v>'
    rewrite(form, lambda xml: re.sub(total, rf"\1<v>{stated}</v>", xml))
    scores = assert_read(form)
    rows = scores.checks[["unit", "node", "stated", "computed", "kind", "cell"]]
    wanted = [["A", "index", float(stated), 4.0, kind, "A!G14"]]
    assert rows.to_numpy().tolist() == (wanted if kind else [])
    assert METHOD.compute(scores.observations).score.to_list() == [4.0]


EDITIONS = (
    "inform.risk@2023",
    "undp.hdi@2023-24",
    "vn.dti.province@922",
    "vn.papi@2016",
    "vn.par.department.thanh-hoa@2023",
    "vn.procedure-handling@2018",
    "vn.service-766@2022",
    "vn.sipas@2023",
)


def methods() -> dict[str, gi.Methodology]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", gi.DeprecatedEditionWarning)
        found = {name: gi.methodology(name) for name in EDITIONS}
    return {"example": METHOD, **{n: m for n, m in found.items() if isinstance(m, gi.Methodology)}}


def saved(files: list[Path], kind: str, folder: Path) -> None:
    """Save files by LibreOffice, which computes their formulas again."""
    profile = f"-env:UserInstallation=file://{folder}/profile"
    target = folder / kind
    command = ["soffice", "--headless", profile, "--convert-to", kind, "--outdir", str(target)]
    subprocess.run([*command, *map(str, files)], check=True, capture_output=True, timeout=300)


WITH_OFFICE = shutil.which("soffice") is not None and "GOVINDEX_PROFILE" in os.environ


@pytest.mark.skipif(not WITH_OFFICE, reason="nox -s office tries forms with LibreOffice")
def test_forms_that_libreoffice_saved_state_the_points_of_the_engine(tmp_path: Path) -> None:
    filled = {}
    for number, (name, method) in enumerate(methods().items()):
        types = [None, *method.forms] if isinstance(method, gi.Forms) else [None, None]
        units = [gi.Unit(f"U{i}", type=kind) for i, kind in enumerate(types)]
        file = tmp_path / f"{name}.xlsx"
        write_form(method, file, units=units, language="vi", period="2026")
        whole, parts = made_up(method, units[:1], number, 0.0), made_up(method, units[1:], number)
        filled[name] = {**whole, **parts}
        fill(file, method, filled[name])
    files = sorted(tmp_path.glob("*.xlsx"))
    saved(files, "xlsx", tmp_path)
    saved(files, "ods", tmp_path)
    stated = 0
    for name, method in methods().items():
        plain = read_form(tmp_path / f"{name}.xlsx", method).observations
        for kind in ("xlsx", "ods"):
            scores = read_form(tmp_path / kind / f"{name}.{kind}", method)
            assert scores.checks.empty, scores.checks
            assert scores.observations.frame.equals(plain.frame)
            assert (scores.observations.status == plain.status).all()
        grids = read_grids(tmp_path / "xlsx" / f"{name}.xlsx")
        cells = [cell for grid in grids for cell in grid.cells.values()]
        stated += sum(cell.formula and isinstance(cell.value, float) for cell in cells)
    assert stated > 200
