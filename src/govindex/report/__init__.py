"""Documents of a result: Word, web page, PDF and Markdown."""

from govindex.namespaces import define_namespace
from govindex.report.composition import compose
from govindex.report.contents import (
    Chapter,
    Content,
    DataTable,
    Listing,
    Picture,
    Prose,
    TableCell,
    TableColumn,
)
from govindex.report.drawn_pictures import picture
from govindex.report.letterheads import Letterhead, LetterheadTexts
from govindex.report.writing import write

__all__ = [
    "Chapter",
    "Content",
    "DataTable",
    "Letterhead",
    "LetterheadTexts",
    "Listing",
    "Picture",
    "Prose",
    "TableCell",
    "TableColumn",
    "compose",
    "picture",
    "write",
]

define_namespace(__name__)
