"""The first records that a condition marks, for messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from govindex.engines.groups import collected, failed, plain
from govindex.engines.tables import RecordTable

if TYPE_CHECKING:
    import narwhals as nw

__all__ = ["first_rows"]


def first_rows(
    table: RecordTable, where: nw.Expr, columns: Sequence[str], *, most: int = 3
) -> list[dict[str, Any]]:
    """Return columns of a few records that a condition marks.

    Parameters
    ----------
    table : RecordTable
    where : narwhals expression
    columns : sequence of str
    most : int

    Returns
    -------
    list of dict
        In the order in which the engine finds them; None for null, NaN and NaT.

    Examples
    --------
    >>> import narwhals as nw, pandas as pd
    >>> from govindex.engines import open_records
    >>> table = open_records(pd.DataFrame({"id": [1, 2], "unit": ["A", None]}))
    >>> first_rows(table, nw.col("unit").is_null(), ["id"])
    [{'id': 2}]
    """
    import narwhals as nw

    wanted = list(dict.fromkeys(columns))
    try:
        if table.is_dask:
            parts = table.frame.map_partitions(_marked, where, wanted, most)
            head = nw.from_native(parts.compute()).head(most)
        else:
            head = collected(
                table.frame.filter(where).select(*wanted).head(most), table.engine, table.rows
            )
    except Exception as error:  # any error of the engine
        raise failed(table.engine, error, table.rows) from error
    cells = [[plain(value) for value in head[name].to_list()] for name in wanted]
    return [dict(zip(wanted, row, strict=True)) for row in zip(*cells, strict=True)]


def _marked(part: Any, where: nw.Expr, wanted: Sequence[str], most: int) -> Any:
    import narwhals as nw

    return nw.from_native(part).filter(where).select(*wanted).head(most).to_native()
