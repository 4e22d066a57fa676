"""Tables in files: CSV, workbooks, Parquet and JSON, read and written.

Cells of CSV files stay texts: :class:`~govindex.Observations` reads their
numbers in the declared notation.
"""

from govindex.files.outputs import write_table
from govindex.files.tables import read_table

__all__ = ["read_table", "write_table"]
