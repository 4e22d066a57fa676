"""Tables in files: CSV, workbooks, Parquet and JSON, read and written.

Nothing is guessed about numbers here: cells of CSV files stay texts, and what reads the frame
(:class:`~govindex.model.observations.Observations`) knows the marks that were declared.
"""

from govindex.files.outputs import write_table
from govindex.files.tables import read_table

__all__ = ["read_table", "write_table"]
