"""Sheets with every unit's figures: points that were lost, stages of assessment, marks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from govindex.contracts import CellStatus
from govindex.errors import SettingError
from govindex.explanation import explain
from govindex.methods import Methodology
from govindex.model.fallbacks import fallen_cells
from govindex.model.labels import root_code
from govindex.statuses import raw_text, status_word
from govindex.verification import stage_differences
from govindex.workbooks.results.cells import Content, Kind, PrintedCell, PrintedColumn
from govindex.workbooks.results.marked_cells import leaf_cell
from govindex.workbooks.results.result_contents import Contents

__all__ = ["has_stages", "write_losses", "write_marks", "write_stages"]

_LOSS_KINDS: dict[str, Kind] = {
    "maximum": "score",
    "attainable": "score",
    "score": "score",
    "lost": "score",
    "own_loss": "score",
    "value": "plain",
    "raw": "plain",
}
_LOSS_COLUMNS = (
    *("maximum", "attainable", "score", "lost", "own_loss"),
    *("value", "raw", "measure_unit", "data", "status"),
)


_NOTHING = "–"  # a stage without points, which is not a stage of 0 points


# -- Losses ---------------------------------------------------------------------------------------


def write_losses(contents: Contents) -> None:
    """Write where each unit lost points: a page for each unit, in the order of publication."""
    result, page = contents.result, contents.page("losses")
    order = result.publication_order(result.codes[0])
    blocks = [*_blocks(contents, [result.units.codes[unit] for unit in order])]
    if not blocks:
        page.line(contents.word("workbook.no_losses"))
        return
    idle = _idle(blocks)
    shown = [name for name in _LOSS_COLUMNS if name not in idle]
    kinds = [(name, _LOSS_KINDS.get(name, "text")) for name in shown]
    columns = [
        PrintedColumn(contents.heading("name"), widest=30.0),
        PrintedColumn(contents.heading("node"), widest=12.0),
        PrintedColumn(contents.word("explanation.name"), widest=52.0, narrowest=30.0),
        *(
            PrintedColumn(contents.heading(n), kind, 11.0 if kind == "plain" else 30.0)
            for n, kind in kinds
        ),
    ]
    rows: list[list[Content]] = []
    starts = []
    for unit, lines in blocks:
        starts.append(len(rows))
        rows += [[unit, *line["head"], *(line[name] for name in shown)] for line in lines]
    top = page.row
    page.table(columns, rows, groups=starts, frozen=3)
    blocks_at = [top + 1 + start for start in (*starts, len(rows))]
    page.keep_together(blocks_at, top, range(len(columns)))


def _blocks(contents: Contents, units: Sequence[str]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield each unit's name and its lines; nothing if the result cannot be explained."""
    result, language = contents.result, contents.language
    labels = dict(zip(result.units.codes, result.units.labels(language), strict=True))
    reasons = result.unscored_in(language)["reason"]
    for unit in units:
        if unit in reasons.index:
            reason = contents.word("workbook.no_score", reason=reasons[unit])
            blank: dict[str, Any] = dict.fromkeys(_LOSS_COLUMNS)
            yield labels[unit], [{**blank, "head": [None, reason]}]
            continue
        try:
            table = explain(result, unit, language=language).table
        except SettingError:  # nothing is lost that a maximum does not name
            return
        yield labels[unit], [*_lines(contents, unit, table)]


def _lines(contents: Contents, unit: str, table: Any) -> Iterator[dict[str, Any]]:
    part = next(part for part in contents.parts if unit in part.units.codes)
    index = part.units.locate(unit)
    names = [*table.columns]
    for code, values in zip(table.index, table.itertuples(index=False, name=None), strict=True):
        row = dict(zip(names, values, strict=True))
        bold, node = not row["is_leaf"], part.row_of(code)
        line: dict[str, Any] = {name: _cell(row[name], bold=bold) for name in _LOSS_COLUMNS}
        name = PrintedCell(
            None if row["name"] == code else row["name"], bold=bold, indent=row["tier"]
        )
        if row["name"] == code:
            name = PrintedCell(code, bold=bold, indent=row["tier"])
        shown = root_code(code, row["name"]) if code == part.framework.code else code
        line["head"] = [PrintedCell(shown, bold=bold), name]
        if row["is_leaf"]:
            if row["data"] in (raw_text(row["value"], contents.language), row["status"]):
                line["data"] = PrintedCell("")  # the value itself, or why there is none
            status, treated = int(part.status[node, index]), bool(part.treated[node, index])
            score = leaf_cell(float(row["score"]), status, treated, contents.language)
            line["score"] = score
            reported = status_word(CellStatus.REPORTED, contents.language)
            text = "" if row["status"] == reported else row["status"]
            line["status"] = PrintedCell(text, mark=score.mark)
        yield line


def _cell(value: Any, *, bold: bool) -> PrintedCell:
    if isinstance(value, str):
        return PrintedCell(value)
    number = float(value)
    return PrintedCell(None if np.isnan(number) else number, bold=bold)


def _idle(blocks: Sequence[tuple[str, list[dict[str, Any]]]]) -> set[str]:
    """Return the columns that say nothing: without content, or equal to the maximum."""
    lines = [line for _, unit in blocks for line in unit if line["maximum"] is not None]
    idle = {name for name in _LOSS_COLUMNS if not any(line[name].value for line in lines)}
    idle -= {"score", "lost", "maximum"}
    if all(_alike(line["attainable"].value, line["maximum"].value) for line in lines):
        idle.add("attainable")
    return idle


def _alike(one: float | None, other: float | None) -> bool:
    return bool(np.isclose(one or 0.0, other or 0.0, rtol=1e-10, atol=0.0))


# -- Stages ---------------------------------------------------------------------------------------


def has_stages(contents: Contents) -> bool:
    """Return whether the points of several stages can be compared."""
    data = contents.data
    return data is not None and len(data.stages) > 1 and isinstance(contents.method, Methodology)


def write_stages(contents: Contents) -> None:
    """Write the points of every indicator at every stage, and what changed until the last."""
    assert contents.data is not None
    stages = [stage.name for stage in contents.data.stages]
    result, language = contents.result, contents.language
    points: dict[tuple[str, str], dict[str, float]] = {}
    names: dict[str, str] = {}
    for later in stages[1:]:
        frame = stage_differences(
            contents.method, contents.data, before=stages[0], after=later, language=language
        )
        for unit, name, node, *found in frame.itertuples(index=False, name=None):
            names[unit] = name
            known = points.setdefault((unit, node), {})
            known |= dict(zip((stages[0], later, "difference"), found, strict=True))
    columns = [
        PrintedColumn(contents.heading("name"), widest=30.0),
        PrintedColumn(contents.heading("node"), widest=12.0),
        PrintedColumn(contents.word("explanation.name"), widest=60.0, narrowest=30.0),
        *(
            PrintedColumn(contents.word("workbook.at_stage", stage=stage), "score")
            for stage in stages
        ),
        PrintedColumn(contents.heading("difference"), "signed_score"),
    ]
    rows: list[list[Content]] = []
    starts, last = [], None
    for unit, node in _in_order(contents, points):
        if unit != last:
            starts.append(len(rows))
            last = unit
        at_stage = points[unit, node]
        scores = [at_stage.get(stage, np.nan) for stage in stages]
        difference = at_stage["difference"]
        changed = bool(difference) and not np.isnan(difference)
        line: list[Content] = [names[unit], node, result.node(node).label(language)]
        line += [_NOTHING if np.isnan(score) else score for score in scores]
        rows.append(
            [*line, PrintedCell(None if np.isnan(difference) else difference, bold=changed)]
        )
    page = contents.page("stages")
    page.line(contents.word("workbook.stages_apart"), italic=True)
    page.table(columns, rows, groups=starts, frozen=3)


def _in_order(contents: Contents, keys: Mapping[tuple[str, str], Any]) -> list[tuple[str, str]]:
    result = contents.result
    order = result.publication_order(result.codes[0])
    unit = {result.units.codes[row]: number for number, row in enumerate(order)}
    node = {code: number for number, code in enumerate(result.codes)}
    return sorted(keys, key=lambda key: (unit.get(key[0], len(unit)), node.get(key[1], len(node))))


# -- Marks ----------------------------------------------------------------------------------------


def write_marks(contents: Contents) -> None:
    """Write figures that are not as reported, units without a score, and cells that fell back."""
    result, language = contents.result, contents.language
    page = contents.page("marks")
    marks = result.marks_in(language)
    for note in result.footnotes_in(language):
        page.line(note)
    unscored = result.unscored_in(language)["reason"]
    labels = dict(zip(result.units.codes, result.units.labels(language), strict=True))
    if len(unscored):
        page.line(contents.word("workbook.unscored"), bold=True)
        for unit, reason in unscored.items():
            page.line(f"{labels[str(unit)]}: {reason}")
    page.row += 1
    if marks.empty:
        page.line(contents.word("workbook.no_marks"))
    else:
        page.table(_mark_columns(contents), [*_mark_rows(contents, marks)])
    fallen = None if result.observations is None else fallen_cells(result.observations, language)
    if fallen is not None and not fallen.empty:
        _write_fallen(contents, fallen)


def _mark_columns(contents: Contents) -> list[PrintedColumn]:
    return [
        PrintedColumn(contents.heading("name"), widest=34.0),
        PrintedColumn(contents.heading("node"), widest=14.0),
        PrintedColumn(contents.word("explanation.name"), widest=60.0, narrowest=24.0),
        PrintedColumn(contents.heading("status"), widest=30.0),
        PrintedColumn(contents.heading("value"), "plain", 12.0),
        PrintedColumn(contents.heading("raw"), "plain", 12.0),
    ]


def _mark_rows(contents: Contents, marks: Any) -> Iterator[list[Content]]:
    result = contents.result
    for row in marks.itertuples(index=False):
        node, unit = result.row_of(row.node), result.units.locate(row.unit)
        status, treated = int(result.status[node, unit]), bool(result.treated[node, unit])
        mark = "treated" if treated and status == CellStatus.REPORTED else ""
        mark = mark or CellStatus(status).name.lower()
        name = result.node(row.node).label(contents.language)
        figures = [None if np.isnan(number) else number for number in (row.value, row.raw)]
        yield [row.name, row.node, name, PrintedCell(row.status, mark=mark), *figures]


def _write_fallen(contents: Contents, fallen: Any) -> None:
    page = contents.page("fallen_back")
    names = ("name", "variable", "stage", "status", "value")
    columns = [
        PrintedColumn(contents.heading(name), "plain" if name == "value" else "text")
        for name in names
    ]
    rows = [
        [_blank(value) for value in row]
        for row in fallen[[*names]].itertuples(index=False, name=None)
    ]
    page.table(columns, rows)


def _blank(value: Any) -> Content:
    if value is None or value != value:
        return None
    return value if isinstance(value, str) else float(value)
