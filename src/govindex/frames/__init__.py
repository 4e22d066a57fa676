"""Any data frame → columns and cells."""

from govindex.frames.cells import read_cells
from govindex.frames.columns import (
    YES_OR_NO,
    column_codes,
    column_texts,
    holds_numbers,
    require_columns,
    text_of,
)
from govindex.frames.tables import Keys, open_table

__all__ = [
    "YES_OR_NO",
    "Keys",
    "column_codes",
    "column_texts",
    "holds_numbers",
    "open_table",
    "read_cells",
    "require_columns",
    "text_of",
]
