"""Layouts of the sheets of .xlsx workbooks: formats, notes, merged areas, what is hidden."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterable
from pathlib import Path

import attrs

from govindex.files.findings import column_number
from govindex.files.layouts import Layout, Position
from govindex.files.markup import local, opened, parsed
from govindex.files.office_xml import SheetCells, resolved
from govindex.grid import Area

__all__ = ["BUILT_IN_FORMATS", "sheet_layouts"]

# What the numbers of formats mean that a workbook need not spell out (ECMA-376, part 1, 18.8.30).
BUILT_IN_FORMATS = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    14: "mm-dd-yy",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: "m/d/yy h:mm",
    37: "#,##0 ;(#,##0)",
    38: "#,##0 ;[Red](#,##0)",
    39: "#,##0.00;(#,##0.00)",
    40: "#,##0.00;[Red](#,##0.00)",
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mmss.0",
    48: "##0.0E+0",
    49: "@",
}
_WIDEST = 16_384
_SMALLEST = {"ht": 0.75, "width": 0.1}  # points: one pixel; characters


@attrs.frozen
class _SheetPart:
    name: str
    relation: str
    hidden: bool


def sheet_layouts(file: Path, names: Iterable[str]) -> dict[str, Layout]:
    """Return the layouts of some sheets of an .xlsx or .xlsm workbook, by name.

    Raises
    ------
    DataError
        If a part is missing, damaged or too large, or cells lie too far apart.
    """
    with opened(file) as archive:
        known = {name.lower(): name for name in archive.namelist()}
        book = known["xl/workbook.xml"]
        targets = {key: path for key, (_, path) in _relations(archive, known, book).items()}
        sheets = {sheet.name: sheet for sheet in _sheets(archive, book)}
        formats = _formats(archive, known.get("xl/styles.xml"))
        return {
            name: _layout(archive, known, targets.get(sheets[name].relation), sheets[name], formats)
            for name in names
        }


def _layout(
    archive: zipfile.ZipFile,
    known: dict[str, str],
    target: str | None,
    sheet: _SheetPart,
    formats: list[str],
) -> Layout:
    name = Path(archive.filename or "").name
    part = resolved(name, sheet.name, target, known)
    cells = _LaidOutOfficeCells(name, formats)
    parsed(archive, part, cells.start, text=cells.text, plain=True)
    cells.findings_at_end()
    cells.layout.hidden = sheet.hidden
    relations = _relations(archive, known, part).values()
    threads = [path for kind, path in relations if kind == "threadedComment"]
    comments = [path for kind, path in relations if kind == "comments"]
    # Of a thread, older programs are shown a copy below a notice.
    for path in (*comments, *threads):
        if path.lower() in known:
            cells.layout.notes.update(_notes(archive, known[path.lower()]))
    return cells.layout


def _sheets(archive: zipfile.ZipFile, book: str) -> list[_SheetPart]:
    sheets: list[_SheetPart] = []

    def see(tag: str, attributes: dict[str, str]) -> None:
        if local(tag) == "sheet":
            relation = next((v for k, v in attributes.items() if local(k) == "id"), "")
            hidden = attributes.get("state", "visible") != "visible"
            sheets.append(_SheetPart(attributes.get("name", ""), relation, hidden))

    parsed(archive, book, see)
    return sheets


def _relations(
    archive: zipfile.ZipFile, known: dict[str, str], part: str
) -> dict[str, tuple[str, str]]:
    """Return the kinds and the paths of the parts that a part refers to, by their ids."""
    folder, name = posixpath.split(part)
    relations: dict[str, tuple[str, str]] = {}

    def see(tag: str, attributes: dict[str, str]) -> None:
        if local(tag) == "Relationship":
            kind = attributes.get("Type", "").rpartition("/")[2]
            target = attributes.get("Target", "").replace("\\", "/")
            absolute = target.startswith(("/", "xl/"))
            path = target.lstrip("/") if absolute else posixpath.join(folder, target)
            relations[attributes.get("Id", "")] = (kind, posixpath.normpath(path))

    path = known.get(f"{folder}/_rels/{name}.rels".lower())
    if path is not None:
        parsed(archive, path, see)
    return relations


def _formats(archive: zipfile.ZipFile, part: str | None) -> list[str]:
    """Return the number formats of the styles of cells, "" for the general one."""
    if part is None:
        return []
    own: dict[int, str] = {}
    numbers: list[int] = []
    inside = [False]

    def see(tag: str, attributes: dict[str, str]) -> None:
        element = local(tag)
        if element == "numFmt" and (number := attributes.get("numFmtId", "")).isdecimal():
            own.setdefault(int(number), attributes.get("formatCode", ""))
        elif element in ("cellXfs", "cellStyleXfs", "cellStyles", "dxfs"):
            inside[0] = element == "cellXfs"
        elif element == "xf" and inside[0]:
            text = attributes.get("numFmtId", "0")
            numbers.append(int(text) if text.isdecimal() else 0)

    parsed(archive, part, see)
    texts = (own.get(number, BUILT_IN_FORMATS.get(number, "")) for number in numbers)
    return ["" if text.casefold() == "general" else text for text in texts]


def _notes(archive: zipfile.ZipFile, part: str) -> dict[Position, str]:
    """Return the texts of comments; replies follow what they reply to."""
    notes: dict[Position, str] = {}
    at: list[Position | None] = [None]
    pieces: list[str] = []
    reading = [False]

    def see(tag: str, attributes: dict[str, str]) -> None:
        element = local(tag)
        if element in ("comment", "threadedComment"):
            at[0] = _position(attributes.get("ref", ""))
            pieces.clear()
        reading[0] = element in ("t", "text")

    def end(tag: str) -> None:
        reading[0] = False
        if local(tag) in ("comment", "threadedComment") and at[0] is not None:
            text = "".join(pieces).strip()
            before = notes.get(at[0], "")
            notes[at[0]] = f"{before}\n{text}".strip()

    parsed(archive, part, see, end, lambda data: pieces.append(data) if reading[0] else None)
    return notes


def _position(reference: str) -> Position | None:
    letters = reference.rstrip("0123456789")
    digits, column = reference[len(letters) :], column_number(letters)
    return (int(digits), column) if column and 0 < len(digits) < 8 else None


class _LaidOutOfficeCells(SheetCells):
    """Follows the elements of a sheet, and notes its layout."""

    def __init__(self, name: str, formats: list[str]) -> None:
        super().__init__(name)
        self.layout = Layout()
        self.formats = {str(number): text for number, text in enumerate(formats) if text}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        super().start(tag, attributes)
        element = self.names[tag]
        if element == "row":
            if _is_hidden(attributes, "ht"):
                self.layout.hidden_rows.add(self.row)
        elif element == "col":
            if _is_hidden(attributes, "width"):
                first, last = (attributes.get(key, "") for key in ("min", "max"))
                if first.isdecimal() and last.isdecimal():
                    columns = range(int(first), min(int(last), _WIDEST) + 1)
                    self.layout.hidden_columns.update(columns)
        elif element == "mergeCell":
            first, _, last = attributes.get("ref", "").partition(":")
            corner, other = _position(first), _position(last or first)
            if corner is not None and other is not None:
                self.layout.merged.append(Area(*corner, *other))

    def begin(self, attributes: dict[str, str]) -> None:
        super().begin(attributes)
        text = self.formats.get(attributes.get("s", ""))
        if text is not None:
            self.layout.formats[self.row, self.column] = text

    def settle(self) -> None:
        at = (self.row, self.column)
        if self.kind == "e":
            self.layout.errors[at] = self.content.strip()
        elif self.formula and self.kind != "str" and not (self.valued or self.content.strip()):
            self.layout.uncomputed.add(at)
        if self.formula:
            self.layout.formulas.add(at)
        super().settle()


def _is_hidden(attributes: dict[str, str], extent: str) -> bool:
    """Return whether a row or column is hidden, or too small for anyone to see what it holds."""
    if attributes.get("hidden", "0") in ("1", "true"):
        return True
    try:
        return float(attributes[extent]) <= _SMALLEST[extent]
    except (KeyError, ValueError):
        return False
