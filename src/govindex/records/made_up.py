"""Made-up records that fit a schema, to try counts before real records are there."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from govindex.checks import is_share, shown, whole_number
from govindex.errors import SettingError
from govindex.kernels.seeds import Seed, as_seed, generator
from govindex.records.columns import Column, Columns, as_columns

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["made_up_records"]

_TRIES = 60
_SPREAD = 1000.0  # of numbers without a maximum


def made_up_records(
    columns: Columns,
    rows: int,
    *,
    rng: Seed,
    units: int = 10,
    first: date = date(2026, 1, 1),
    last: date = date(2026, 12, 31),
    missing: float = 0.1,
) -> pd.DataFrame:
    """Return made-up records that a schema allows; they are about nobody.

    Texts without allowed values are called "made-up …"; dates are drawn from `first` to `last`.
    Records that break a rule of the schema are drawn again.

    Parameters
    ----------
    columns : Columns
    rows : int
    rng : int or numpy.random.Generator
        The same seed gives the same records.
    units : int
        How many units there are, where the schema lists none.
    first, last : date
    missing : float
        The share of missing cells in columns that may have them, from 0 to 1.

    Raises
    ------
    SettingError
        If a setting is not valid, or the rules hold for next to no record.

    Examples
    --------
    >>> schema = Columns([Column("dossier", role="id"), Column("unit", role="unit")])
    >>> made_up_records(schema, 2, rng=1)
             dossier            unit
    0  made-up dossier 1  made-up unit 6
    1  made-up dossier 2  made-up unit 1
    """
    import pandas as pd

    schema = as_columns(columns)
    rows = whole_number(rows, "rows", least=0)
    seed = as_seed(rng)
    draw = _draw(schema, units, first, last, missing)
    kept: list[pd.DataFrame] = []
    lacking = rows
    for attempt in range(_TRIES):
        drawn = draw.frame(lacking, generator(seed, 0, attempt))
        kept.append(_that_keep_rules(drawn, schema))
        lacking -= len(kept[-1])
        if not lacking:
            break
    if lacking:
        raise SettingError(
            f"the rules leave {rows - lacking:,} of {rows:,} made-up records after {_TRIES} tries: "
            "widen the dates or the limits of numbers"
        )
    found = pd.concat(kept, ignore_index=True)
    for column in schema:
        if column.role == "id":
            found[column.name] = _identities(column, rows)
    return found


def _draw(schema: Columns, units: Any, first: Any, last: Any, missing: Any) -> _Draw:
    for name, day in (("first", first), ("last", last)):
        if not isinstance(day, date):
            raise SettingError(f"{name} is a date, not {shown(day)}")
    if first > last:
        raise SettingError(f"first is not after last: {first} is after {last}")
    if not is_share(missing):
        raise SettingError(f"missing is a share from 0 to 1, not {shown(missing)}")
    number = whole_number(units, "units")
    return _Draw(schema, number, first.toordinal(), last.toordinal(), missing)


def _identities(column: Column, rows: int) -> list[Any]:
    numbers = range(1, rows + 1)
    if column.type == "text":
        return [f"made-up {column.name} {number}" for number in numbers]
    return list(numbers)


def _that_keep_rules(frame: pd.DataFrame, schema: Columns) -> pd.DataFrame:
    import narwhals as nw

    table = nw.from_native(frame)
    for rule in schema.rules.values():
        table = table.filter(~rule.truth(dict(table.schema), None))
    kept: pd.DataFrame = table.to_native()
    return kept


class _Draw:
    """Draws records, each column by itself."""

    def __init__(self, schema: Columns, units: int, first: int, last: int, missing: float) -> None:
        self.schema, self.units, self.missing = schema, units, missing
        self.first, self.last = first, last

    def frame(self, rows: int, rng: np.random.Generator) -> pd.DataFrame:
        import pandas as pd

        columns: dict[str, Any] = {}
        for column in self.schema:
            cells = pd.Series(self._cells(column, rows, rng))
            if column.null:
                cells = cells.mask(rng.random(rows) < self.missing)
            columns[column.name] = cells
        return pd.DataFrame(columns)

    def _cells(self, column: Column, rows: int, rng: np.random.Generator) -> Any:
        if column.type == "text":
            count = self.units if column.role in ("unit", "parent") else max(rows // 2, 1)
            names = column.allowed or [f"made-up {column.name} {n + 1}" for n in range(count)]
            return np.array(names, dtype=object)[rng.integers(0, len(names), rows)]
        if column.type == "flag":
            return rng.random(rows) < 0.5
        if column.type in ("number", "whole"):
            low = 0.0 if column.minimum is None else column.minimum
            high = low + _SPREAD if column.maximum is None else column.maximum
            drawn = np.round(rng.uniform(low, high, rows), 2)
            return (
                np.clip(np.round(drawn), np.ceil(low), np.floor(high)).astype(np.int64)
                if (column.type == "whole")
                else np.clip(drawn, low, high)
            )
        start = np.datetime64(date.fromordinal(self.first), "s")
        days = rng.integers(0, self.last - self.first + 1, rows) * 86_400
        seconds = rng.integers(0, 86_400, rows) if column.type == "time" else 0
        return start + (days + seconds).astype("timedelta64[s]")
