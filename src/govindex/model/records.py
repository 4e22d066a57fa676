"""Records of units, as JSON gives them, as a data frame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from govindex.checks import shown
from govindex.errors import DataError, Problems

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["frame_of_records"]

_PLAIN = (str, bool, int, float, np.generic)


def frame_of_records(records: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Return records as rows of a frame; what a record lacks is blank.

    Raises
    ------
    DataError
        With every record that is no mapping of names to plain values, by its row.
    """
    from govindex.files.tables import frame_of

    if isinstance(records, (str, bytes, Mapping)) or not isinstance(records, Iterable):
        raise DataError(
            f"records are a list of mappings of names to values, one per unit, not {shown(records)}"
        )
    rows, problems = list(records), Problems()
    for number, record in enumerate(rows, 1):
        if not isinstance(record, Mapping):
            cause = f"a record is a mapping of names to values, not {shown(record)}"
            problems.add(cause, code="record.type", row=number)
            continue
        for name, value in record.items():
            if not isinstance(name, str):
                cause = f"the name of a value is a text, not {shown(name)}"
                problems.add(cause, code="record.name", row=number)
            elif value is not None and not isinstance(value, _PLAIN):
                cause = f"a value is a number, a text, true, false or null, not {shown(value)}"
                problems.add(cause, code="record.value", row=number, variable=name)
    if not rows:
        problems.add("there are no records", code="record.nothing")
    problems.raise_any(DataError, "The records cannot be read")
    names = dict.fromkeys(name for record in rows for name in record)
    columns = {name: [record.get(name) for record in rows] for name in names}
    return frame_of(columns)
