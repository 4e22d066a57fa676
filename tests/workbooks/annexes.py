"""Made-up annexes: trees of criteria, written as provinces lay them out."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import xlsxwriter
from hypothesis import strategies as st

ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII")
TITLES = ("PHỤ LỤC I", "BỘ CHỈ SỐ CẢI CÁCH (SỐ LIỆU GIẢ ĐỊNH)", "(Kèm theo Quyết định số 1)")
SOURCES = {"appraised": "Thẩm định", "survey": "Điều tra XHH"}


@attrs.frozen
class Criterion:
    """A row: the points of a leaf by data source, "" without one."""

    name: str
    points: dict[str, float] = attrs.field(factory=dict)
    children: tuple[Criterion, ...] = ()

    def total(self, source: str | None = None) -> float:
        own = self.points.values() if source is None else [self.points.get(source, 0.0)]
        below = (child.total(source) for child in self.children)
        return sum(own) + sum(below)


@attrs.frozen
class Layout:
    """How an annex is laid out."""

    numbering: str = "roman dotted"  # or roman arabic, continued, dotted, letters
    typed: str = "text"  # or number, date
    ending: str = ""  # or "." or ")"
    header: str = "merged"  # or rows, single
    split: bool = False
    titles: int = 3
    total: bool = True
    branches: bool = True
    numbers_in_names: bool = False
    guidance: bool = True
    column_numbers: bool = False


def numbered(
    nodes: tuple[Criterion, ...], layout: Layout, above: tuple[int, ...] = (), start: int = 0
) -> Iterator[tuple[tuple[int, ...], str, Criterion]]:
    """Yield position, running number and criterion of every row."""
    for at, node in enumerate(nodes, 1):
        path = (*above, at)
        counted = path
        if layout.numbering == "continued" and len(path) == 2:
            counted = (path[0], start + at)
        yield counted, _number(counted, layout), node
        inside = 0
        if layout.numbering == "continued" and not above:
            inside = sum(len(earlier.children) for earlier in nodes[: at - 1])
        yield from numbered(node.children, layout, counted, inside)


def _number(path: tuple[int, ...], layout: Layout) -> str:
    dotted = ".".join(map(str, path))
    tier = len(path)
    if layout.numbering == "dotted":
        return dotted
    if layout.numbering == "letters":
        last = path[-1]
        upper, lower = "ABCDEFGHIJKLM"[last - 1], "abcdeghiklmno"[last - 1]
        return (upper, ROMAN[last - 1], str(last), lower)[tier - 1]
    if tier == 1:
        return ROMAN[path[0] - 1]
    return dotted if layout.numbering == "roman dotted" else ".".join(map(str, path[1:]))


def codes(nodes: tuple[Criterion, ...], layout: Layout) -> dict[tuple[int, ...], str]:
    """Return the code that every criterion is to have."""
    rows = list(numbered(nodes, layout))
    tiers = Counter((len(path), number) for path, number, _ in rows)
    again = {tier for (tier, _), times in tiers.items() if times > 1}
    found: dict[tuple[int, ...], str] = {}
    for path, number, _ in rows:
        above = found.get(path[:-1], "")
        moved = any(len(path) > 1 and found[path[:k]] != n for k, n in _above(path, rows))
        small = layout.numbering == "letters" and len(path) == 4
        relative = len(path) in again or small or ("." in number and moved)
        found[path] = f"{above}.{number.rpartition('.')[2]}" if above and relative else number
    return found


def _above(path: tuple[int, ...], rows: list[Any]) -> Iterator[tuple[int, str]]:
    numbers = {place: number for place, number, _ in rows}
    if len(path) > 1:
        yield len(path) - 1, numbers[path[:-1]]


def expected(nodes: tuple[Criterion, ...], layout: Layout) -> dict[str, tuple[str, float, Any]]:
    """Return name, points and data source by code of the nodes that are to be read."""
    known = codes(nodes, layout)
    wanted: dict[str, tuple[str, float, Any]] = {}
    for path, _, node in numbered(nodes, layout):
        code = known[path]
        sources = list(node.points) if layout.split else []
        source = sources[0] if len(sources) == 1 and not node.children else None
        wanted[code] = (node.name, round(node.total(), 6), source)
        if len(sources) > 1:
            for each in sources:
                name = f"{node.name} ({SOURCES[each]})"
                wanted[f"{code}.{each}"] = (name, node.points[each], each)
    return wanted


def written(file: Path, nodes: tuple[Criterion, ...], layout: Layout) -> Path:
    """Write an annex."""
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet("Phụ lục")
    day = book.add_format({"num_format": "d.m"})
    for row, title in enumerate(TITLES[: layout.titles]):
        sheet.merge_range(row, 0, row, 4, title)
    columns = _columns(layout)
    row = _header(sheet, columns, layout, layout.titles + (1 if layout.titles else 0))
    if layout.column_numbers:
        for column in range(len(columns)):
            sheet.write(row, column, f"({column + 1})")
        row += 1
    for _, number, node in numbered(nodes, layout):
        _write_row(sheet, row, columns, layout, number, node, day)
        row += 1
    if layout.total:
        sheet.write(row, columns.index("name"), "TỔNG ĐIỂM")
        sheet.write(row, _first_maximum(columns), round(sum(n.total() for n in nodes), 6))
        row += 1
    sheet.write(row + 1, 0, "Ghi chú: số liệu giả định")
    book.close()
    return file


def _columns(layout: Layout) -> list[str]:
    maxima = ["appraised", "survey"] if layout.split else [""]
    number = [] if layout.numbers_in_names else ["number"]
    return [*number, "name", *maxima, *(["guidance"] if layout.guidance else [])]


def _first_maximum(columns: list[str]) -> int:
    return columns.index("name") + 1


def _header(sheet: Any, columns: list[str], layout: Layout, row: int) -> int:
    upper = {"number": "STT", "name": "Tiêu chí", "guidance": "Hướng dẫn chấm điểm"}
    if not layout.split or layout.header == "single":
        for column, what in enumerate(columns):
            source = f" - {SOURCES[what]}" if what in SOURCES else ""
            sheet.write(row, column, upper.get(what, f"Điểm tối đa{source}"))
        return row + 1
    first = _first_maximum(columns)
    for column, what in enumerate(columns):
        if what in SOURCES:
            sheet.write(row + 1, column, SOURCES[what])
        elif layout.header == "merged":
            sheet.merge_range(row, column, row + 1, column, upper[what])
        else:
            sheet.write(row, column, upper[what])
    if layout.header == "merged":
        sheet.merge_range(row, first, row, first + 1, "Điểm\ntối đa")
    else:
        sheet.write(row, first, "Điểm tối đa")
    return row + 2


def _write_row(
    sheet: Any,
    row: int,
    columns: list[str],
    layout: Layout,
    number: str,
    node: Criterion,
    day: Any,
) -> None:
    name = columns.index("name")
    if layout.numbers_in_names:
        sheet.write(row, name, f"{number}{layout.ending or '.'} {node.name}")
    else:
        _write_number(sheet, row, layout, number, day)
        sheet.write(row, name, node.name)
    if node.children:
        if layout.branches:
            sheet.write(row, _first_maximum(columns), round(node.total(), 6))
        return
    for column, what in enumerate(columns):
        if not layout.split and what == "":
            sheet.write(row, column, node.total())
        elif what in node.points and what:
            sheet.write(row, column, node.points[what])
        elif what == "guidance":
            sheet.write(row, column, "Đúng hạn: 100% điểm\nMuộn: 0")


def _write_number(sheet: Any, row: int, layout: Layout, number: str, day: Any) -> None:
    whole, _, part = number.partition(".")
    if layout.typed != "text" and number.replace(".", "").isdigit() and number.count(".") < 2:
        if layout.typed == "number" or not part:
            sheet.write_number(row, 0, float(number))
            return
        if int(part) < 13:
            sheet.write_datetime(row, 0, datetime.datetime(2026, int(part), int(whole)), day)
            return
    sheet.write_string(row, 0, number + layout.ending)


def _points(split: bool) -> st.SearchStrategy[dict[str, float]]:
    quarters = st.integers(1, 40).map(lambda n: n / 4)
    if not split:
        return st.builds(lambda value: {"": value}, quarters)
    sources = st.sampled_from([["appraised"], ["survey"], ["appraised", "survey"]])
    return sources.flatmap(lambda names: st.fixed_dictionaries(dict.fromkeys(names, quarters)))


WORDS = "Kế hoạch Báo cáo Kiểm tra hồ sơ dịch vụ công trực tuyến đúng hạn"


def _names() -> st.SearchStrategy[str]:
    words = st.sampled_from(WORDS.split())
    return st.lists(words, min_size=1, max_size=4).map(" ".join)


@st.composite
def annexes(draw: st.DrawFn) -> tuple[tuple[Criterion, ...], Layout]:
    """Return a tree and a layout in which every number can be understood."""
    split = draw(st.booleans())
    numbering = draw(
        st.sampled_from(["roman dotted", "roman arabic", "continued", "dotted", "letters"])
    )
    typed = draw(st.sampled_from(["text", "number", "date"]))
    layout = Layout(
        numbering=numbering,
        typed=typed,
        ending=draw(st.sampled_from(["", "."])),
        header=draw(st.sampled_from(["merged", "rows", "single"])),
        split=split,
        titles=draw(st.integers(0, 3)),
        total=draw(st.booleans()),
        branches=draw(st.booleans()),
        numbers_in_names=draw(st.booleans()),
        guidance=draw(st.booleans()),
        column_numbers=draw(st.booleans()),
    )
    deepest = draw(st.integers(2, 4))
    count = 0

    def node(tier: int) -> Criterion:
        nonlocal count
        count += 1
        name = f"{draw(_names())} {'abcdefghij'[count % 10]}{count}"
        leaf = tier == deepest or (tier > 1 and draw(st.booleans()))
        if leaf:
            return Criterion(name, draw(_points(split)))
        most = 12 if tier == 2 and deepest == 3 else 3
        size = draw(st.integers(1, most))
        return Criterion(name, {}, tuple(node(tier + 1) for _ in range(size)))

    return tuple(node(1) for _ in range(draw(st.integers(1, 3)))), layout
