"""Tables of Word documents as XML: header rows that repeat, rows that do not split."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from govindex.report.contents import DataTable, TableCell, TableColumn
from govindex.report.table_widths import column_widths

__all__ = ["caption_runs", "field_xml", "paragraph_xml", "table_xml"]

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_SIDES = {"text": "left", "number": "right", "rank": "center"}
_NARROW = 7  # more columns are set smaller


def table_xml(table: DataTable, width: int, styles: dict[str, str]) -> str:
    """Return a table.

    Parameters
    ----------
    table : DataTable
    width : int
        Of the text, in twentieths of a point.
    styles : dict
        The ids of the styles "table", "cell", "small cell".
    """
    sizes = _sizes(table.columns, width)
    style = styles["cell"] if len(table.columns) <= _NARROW else styles["small cell"]
    grid = "".join(f'<w:gridCol w:w="{size}"/>' for size in sizes)
    head = [TableCell(column.heading) for column in table.columns]
    rows = [_row(head, table.columns, sizes, style, header=True)]
    rows += [_row(row, table.columns, sizes, style, header=False) for row in table.rows]
    return (
        f"<w:tbl {W}><w:tblPr><w:tblStyle w:val={quoteattr(styles['table'])}/>"
        f'<w:tblW w:w="{sum(sizes)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/>'
        '</w:tblCellMar><w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" '
        'w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
        f"<w:tblCaption w:val={quoteattr(table.caption)}/></w:tblPr>"
        f"<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


def _sizes(columns: Sequence[TableColumn], width: int) -> list[int]:
    return [int(width * part) for part in column_widths(columns)]


def _row(
    cells: Sequence[TableCell],
    columns: Sequence[TableColumn],
    sizes: Sequence[int],
    style: str,
    *,
    header: bool,
) -> str:
    settings = "<w:cantSplit/>" + ("<w:tblHeader/>" if header else "")
    made = []
    for cell, column, size in zip(cells, columns, sizes, strict=True):
        shade = '<w:shd w:val="clear" w:color="auto" w:fill="E8EDF1"/>' if header else ""
        middle = '<w:vAlign w:val="center"/>' if header else ""
        side = "center" if header else _SIDES[column.kind]
        text = _run(cell.text, bold=header)
        if cell.marks:
            text += _run(f"({cell.marks})", raised=True)
        made.append(
            f'<w:tc><w:tcPr><w:tcW w:w="{size}" w:type="dxa"/>{shade}{middle}</w:tcPr>'
            f'<w:p><w:pPr><w:pStyle w:val={quoteattr(style)}/><w:jc w:val="{side}"/></w:pPr>'
            f"{text}</w:p></w:tc>"
        )
    return f"<w:tr><w:trPr>{settings}</w:trPr>{''.join(made)}</w:tr>"


def _run(text: str, *, bold: bool = False, raised: bool = False) -> str:
    settings = "<w:b/>" * bold + '<w:vertAlign w:val="superscript"/>' * raised
    return f'<w:r><w:rPr>{settings}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def paragraph_xml(style: str, *runs: str) -> str:
    """Return a paragraph made of runs and fields."""
    return f"<w:p {W}><w:pPr><w:pStyle w:val={quoteattr(style)}/></w:pPr>{''.join(runs)}</w:p>"


def caption_runs(word: str, counter: str, number: Any, caption: str) -> tuple[str, ...]:
    """Return the runs of a caption, whose number Word counts itself."""
    return (
        _run(f"{word} "),
        field_xml(f"SEQ {counter} \\* ARABIC", str(number)),
        _run(f". {caption}"),
    )


def field_xml(instruction: str, shown: str) -> str:
    """Return a field with the text that is shown until Word renews it."""
    return f"<w:fldSimple {W} w:instr={quoteattr(f' {instruction} ')}>{_run(shown)}</w:fldSimple>"
