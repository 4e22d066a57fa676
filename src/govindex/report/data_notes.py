"""What a reader must know about the data: marked figures, units without a score, preparation."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from govindex.prepare.reports import report_text
from govindex.report.contents import Block, Chapter, DataTable, Listing, Prose, TableColumn
from govindex.report.materials import NONE, Material
from govindex.results.joint_results import part_of, parts_of

__all__ = ["data_notes"]

_SUPPRESSED = "suppressed"


def data_notes(material: Material) -> list[Chapter]:
    """Return the chapter on the data."""
    say = material.say
    chapters = [Chapter(say("report.data"), _overview(material))]
    unscored = list(_unscored(material))
    if unscored:
        columns = [
            TableColumn(say("report.unit"), "text", 1.4),
            TableColumn(say("report.reason"), "text", 3.0),
        ]
        table = DataTable(say("report.unscored_table"), columns, unscored)
        chapters.append(Chapter(say("report.unscored"), [table], level=2))
    if material.marks:
        chapters.append(Chapter(say("report.marked"), [_marked(material)], level=2))
    return chapters


def _overview(material: Material) -> list[Block]:
    say, result = material.say, material.result
    figures = sum(
        len(part.units) * sum(leaf.code in part.codes for leaf in part.framework.leaves)
        for part in parts_of(result)
    )
    marked = len(material.marks)
    sentence = "report.all_reported" if not marked else "report.some_marked"
    entries = [say(sentence, figures=material.count(figures), marked=material.count(marked))]
    counted: dict[str, int] = {}
    for *_, kinds, _, _ in material.marks:
        for kind in kinds:
            counted[kind] = counted.get(kind, 0) + 1
    for kind, letter in material.letters.items():
        if kind in counted:
            text = say(f"status.{kind}")
            count = material.count(counted[kind])
            entries.append(say("report.marked_so", letter=letter, words=text, count=count))
    fallen = result.fallen_back
    for stage, cells in fallen.groupby("stage", sort=False):
        count = material.count(len(cells))
        entries.append(say("report.fell_back_to", count=count, stage=stage))
    entries += [
        say("report.prepared", step=report_text(report, material.language))
        for report in result.preparation
    ]
    blocks: list[Block] = [Listing(entries)]
    if result.provenance.unused:
        unused = ", ".join(result.provenance.unused)
        blocks.append(Prose(say("report.unused", variables=unused), "note"))
    return blocks


def _unscored(material: Material) -> Iterator[tuple[str, str]]:
    """Yield units without a total, with the reason."""
    reasons = material.result.unscored_in(material.language)["reason"]
    for league in material.leagues:
        for row in league.rows:
            unit = material.result.units.codes[row]
            if unit in reasons.index:
                yield material.names[row], str(reasons[unit])


def _marked(material: Material) -> DataTable:
    say = material.say
    columns = [
        TableColumn(say("report.unit"), "text", 1.8),
        TableColumn(say("report.indicator"), "text", 2.4),
        TableColumn(say("report.status"), "text", 1.4),
        TableColumn(say("report.value"), "number", 1.0),
        TableColumn(say("report.raw_value"), "number", 1.0),
    ]
    name = dict(zip(material.result.units.codes, material.names, strict=True))
    rows = []
    for unit, node, kinds, value, raw in material.marks:
        words = ", ".join(say(f"status.{kind}") for kind in kinds)
        # The value of a suppressed figure reaches no output.
        shown = (np.nan, np.nan) if _SUPPRESSED in kinds else (value, raw)
        figures = [material.number(figure) or NONE for figure in shown]
        rows.append([name[unit], _label(material, unit, node), words, *figures])
    return DataTable(say("report.marked_table"), columns, rows)


def _label(material: Material, unit: str, node: str) -> str:
    label = part_of(material.result, unit).framework.node(node).label(material.language)
    return label if label.startswith(node) else f"{node}. {label}"
