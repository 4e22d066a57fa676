"""Tables in files: CSV, workbooks, Parquet and JSON, read and written.

Cells of CSV files stay texts: :class:`~govindex.Observations` reads their
numbers in the declared notation. :func:`read_grids` reads sheets with
their layout instead, as people see them.
"""

from govindex.files.grids import read_grids, sheet_names
from govindex.files.outputs import write_table
from govindex.files.tables import read_table

__all__ = ["read_grids", "read_table", "sheet_names", "write_table"]
