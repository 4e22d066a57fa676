"""The content of a report: chapters of texts, lists, tables and pictures, ready to be printed.

Every figure is already a text. Writers put it on paper and compute nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import attrs

from govindex.checks import instance_of, one_of, positive, tuple_of, whole_number
from govindex.errors import SettingError
from govindex.language import check_language
from govindex.report.letterheads import LetterheadTexts
from govindex.report.safe_pictures import svg_problem
from govindex.report.table_widths import column_widths
from govindex.report.texts import on_one_line

__all__ = [
    "Chapter",
    "Content",
    "DataTable",
    "Listing",
    "Picture",
    "Prose",
    "TableCell",
    "TableColumn",
    "as_plain",
]


def _texts(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(on_one_line, tuple_of(values, "texts", "several texts")))


def _whole(_: object, attribute: attrs.Attribute[int], value: int) -> None:
    whole_number(value, attribute.name, least=0)


@attrs.frozen
class Prose:
    """A paragraph.

    Parameters
    ----------
    text : str
    kind : {"text", "note"}
        Notes are set smaller.
    """

    text: str = attrs.field(converter=on_one_line)
    kind: Literal["text", "note"] = attrs.field(default="text", validator=one_of("text", "note"))


@attrs.frozen
class Listing:
    """A list of points.

    Parameters
    ----------
    entries : iterable of str
    """

    entries: tuple[str, ...] = attrs.field(converter=_texts)


@attrs.frozen
class TableColumn:
    """A column of a table.

    Parameters
    ----------
    heading : str
    kind : {"text", "number", "rank"}
        Texts are set on the left, numbers on the right, ranks in the middle.
    width : float
        Its part of the table's width, relative to the other columns.
    """

    heading: str = attrs.field(converter=on_one_line)
    kind: Literal["text", "number", "rank"] = attrs.field(
        default="text", validator=one_of("text", "number", "rank")
    )
    width: float = attrs.field(default=1.0, validator=positive)


@attrs.frozen
class TableCell:
    """A cell of a table.

    Parameters
    ----------
    text : str
        As printed.
    marks : str
        The letters of its footnotes: "a, b".
    """

    text: str = attrs.field(converter=on_one_line)
    marks: str = attrs.field(default="", converter=on_one_line)


def _as_cell(value: TableCell | str) -> TableCell:
    return value if isinstance(value, TableCell) else TableCell(value)


def _columns(columns: Iterable[TableColumn]) -> tuple[TableColumn, ...]:
    every = tuple_of(columns, "columns", "several TableColumn(…)")
    for column in every:
        if not isinstance(column, TableColumn):
            raise SettingError(f"columns of a table are TableColumn(…), not {column!r}")
    return every


def _rows(rows: Iterable[Iterable[TableCell | str]]) -> tuple[tuple[TableCell, ...], ...]:
    every = tuple_of(rows, "rows", "several rows")
    return tuple(
        tuple(map(_as_cell, tuple_of(row, "a row", "several TableCell(…) or texts")))
        for row in every
    )


@attrs.frozen
class DataTable:
    """A table with a caption.

    Parameters
    ----------
    caption : str
    columns : iterable of TableColumn
    rows : iterable of rows, each an iterable of TableCell or str
        A cell for each column.
    notes : iterable of str
        The footnotes.
    number : int
        Of the table in the report; :class:`Content` counts them.

    Raises
    ------
    SettingError
        If a row has another number of cells than there are columns.

    Examples
    --------
    >>> DataTable("Scores", [TableColumn("Unit")], [["A", "B"]])
    Traceback (most recent call last):
    govindex.errors.SettingError: row 1 of the table 'Scores' has 2 cells and the table 1 columns
    """

    caption: str = attrs.field(converter=on_one_line)
    columns: tuple[TableColumn, ...] = attrs.field(converter=_columns)
    rows: tuple[tuple[TableCell, ...], ...] = attrs.field(converter=_rows)
    notes: tuple[str, ...] = attrs.field(default=(), converter=_texts)
    number: int = attrs.field(default=0, validator=_whole)

    def __attrs_post_init__(self) -> None:
        for number, row in enumerate(self.rows, 1):
            if len(row) != len(self.columns):
                raise SettingError(
                    f"row {number} of the table '{self.caption}' has {len(row)} cells and the "
                    f"table {len(self.columns)} columns"
                )


@attrs.frozen
class Picture:
    """A picture with a caption.

    Parameters
    ----------
    caption : str
    alternative : str
        What it shows, for readers who do not see it.
    svg : str
        The picture, without scripts or outside references. Its texts have the colour
        "currentColor".
    number : int
        Of the picture in the report; :class:`Content` counts them.

    Raises
    ------
    SettingError
        If the picture could run code or load something from outside.
    """

    caption: str = attrs.field(converter=on_one_line)
    alternative: str = attrs.field(converter=on_one_line)
    svg: str = attrs.field(repr=False)
    number: int = attrs.field(default=0, validator=_whole)

    @svg.validator
    def _check(self, _: object, svg: Any) -> None:
        problem = svg_problem(svg)
        if problem is not None:
            raise SettingError(
                f"the picture '{self.caption}' is not an SVG for a report: {problem}"
            )


Block = Prose | Listing | DataTable | Picture
_KINDS: Mapping[type[Any], str] = {
    Prose: "prose",
    Listing: "list",
    DataTable: "table",
    Picture: "picture",
}


def _blocks(blocks: Iterable[Block]) -> tuple[Block, ...]:
    every = tuple_of(blocks, "blocks", "several Prose, Listing, DataTable or Picture")
    for block in every:
        if type(block) not in _KINDS:
            raise SettingError(
                f"a chapter holds Prose, Listing, DataTable and Picture, not {block!r}"
            )
    return every


@attrs.frozen
class Chapter:
    """A heading with what stands below it.

    Parameters
    ----------
    title : str
    blocks : iterable of Prose, Listing, DataTable or Picture
    level : {1, 2}
        Chapters of level 2 belong to the last one of level 1.
    """

    title: str = attrs.field(converter=on_one_line)
    blocks: tuple[Block, ...] = attrs.field(default=(), converter=_blocks)
    level: int = attrs.field(default=1, kw_only=True)

    @level.validator
    def _check(self, _: object, level: Any) -> None:
        if not isinstance(level, int) or level not in (1, 2) or isinstance(level, bool):
            raise SettingError(f"a chapter has level 1 or 2, not {level!r}")


def _chapters(chapters: Iterable[Chapter]) -> tuple[Chapter, ...]:
    every = tuple_of(chapters, "chapters", "several Chapter(…)")
    for chapter in every:
        if not isinstance(chapter, Chapter):
            raise SettingError(f"a report is made of Chapter(…), not {chapter!r}")
    if every and every[0].level != 1:
        raise SettingError(f"the first chapter, '{every[0].title}', has level 1")
    tables = pictures = 0
    counted = []
    for chapter in every:
        blocks = []
        for block in chapter.blocks:
            if isinstance(block, DataTable):
                tables += 1
                block = attrs.evolve(block, number=tables)
            elif isinstance(block, Picture):
                pictures += 1
                block = attrs.evolve(block, number=pictures)
            blocks.append(block)
        counted.append(attrs.evolve(chapter, blocks=blocks))
    return tuple(counted)


def _known(_: object, __: object, language: Any) -> None:
    check_language(instance_of(language, str, "language"))


def _printed(_: object, __: object, letterhead: Any) -> None:
    instance_of(letterhead, LetterheadTexts, "letterhead")


@attrs.frozen(kw_only=True)
class Content:
    """The content of a report.

    :func:`compose` makes it of a result; ``attrs.evolve(content, chapters=…)`` changes it.

    Parameters
    ----------
    title, subject : str
        "BÁO CÁO", and what is reported.
    language : str
    letterhead : LetterheadTexts
        What stands before and after the chapters of an official document.
    chapters : iterable of Chapter
        Their tables and pictures are numbered.
    table_word, picture_word : str
        What captions begin with: "Bảng", "Hình".
    """

    title: str = attrs.field(converter=on_one_line)
    subject: str = attrs.field(converter=on_one_line)
    language: str = attrs.field(validator=_known)
    letterhead: LetterheadTexts = attrs.field(validator=_printed)
    chapters: tuple[Chapter, ...] = attrs.field(converter=_chapters)
    table_word: str = attrs.field(converter=on_one_line)
    picture_word: str = attrs.field(converter=on_one_line)

    def __repr__(self) -> str:
        return f"<Content of a report: '{self.subject}', {len(self.chapters)} chapters>"


def as_plain(content: Content) -> dict[str, Any]:
    """Return a content as dicts, lists, texts and numbers, as templates receive it."""
    return {
        "title": content.title,
        "subject": content.subject,
        "language": content.language,
        "letterhead": attrs.asdict(content.letterhead),
        "table_word": content.table_word,
        "picture_word": content.picture_word,
        "chapters": [
            {
                "title": chapter.title,
                "level": chapter.level,
                "blocks": [_plain_block(block) for block in chapter.blocks],
            }
            for chapter in content.chapters
        ],
    }


def _plain_block(block: Block) -> dict[str, Any]:
    """Return the fields of a block; the kind of a paragraph is its style."""
    fields = attrs.asdict(block)
    if isinstance(block, DataTable):
        for column, width in zip(fields["columns"], column_widths(block.columns), strict=True):
            column["width"] = width
    own = {("style" if name == "kind" else name): value for name, value in fields.items()}
    return {"kind": _KINDS[type(block)]} | own
