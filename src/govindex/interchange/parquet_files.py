"""Documents as Parquet: a table of their columns, and the rest of the document as metadata.

Each list of a document that has one value for every unit (or domain, or row of a table) is a
column, named by its path: ``unit``, ``total.score``, ``data.days.value``.
"""

from __future__ import annotations

import json
from os import PathLike
from typing import Any

import attrs

from govindex.errors import DataError
from govindex.extras import needed
from govindex.files.saving import as_path, write_whole
from govindex.files.tables import check_regular
from govindex.interchange.json_files import parsed
from govindex.interchange.kinds import document_of, read_document

__all__ = ["read_parquet", "write_parquet"]

_KEY = b"govindex"
_ROWS = ("units", "ranks", "domains")  # lists with a table for each row
_NAMES = ("node", "variable", "stage", "version", "name")  # what names a table in a list
_PLACE = "$column"
_EXACT, _LONGEST = 2**53, 2**63


@attrs.define
class _TakenColumns:
    """Columns that were taken out of a document."""

    rows: int
    columns: dict[str, list[Any]] = attrs.field(factory=dict)

    def taken(self, value: Any, path: tuple[str, ...]) -> Any:
        """Return a value without its columns, which are noted by their paths."""
        if isinstance(value, dict):
            return {_escaped(key): self.taken(item, (*path, key)) for key, item in value.items()}
        if not isinstance(value, list):
            return value
        if len(value) == self.rows and _one_type(value):
            return {_PLACE: self._noted(path, value)}
        if path and path[-1] in _ROWS and len(value) == self.rows and _tables(value):
            return {"$rows": self._records(value, path[:-1])}
        return [self.taken(item, _item_path(path, item, i)) for i, item in enumerate(value)]

    def _records(self, rows: list[dict[str, Any]], path: tuple[str, ...]) -> dict[str, Any]:
        """Return a list of tables as columns, those of other types as they are."""
        fields = dict.fromkeys(key for row in rows for key in row)
        said: dict[str, Any] = {}
        for field in fields:
            column = [row.get(field) for row in rows]
            whole = all(field in row for row in rows) and _one_type(column)
            said[_escaped(field)] = (
                {_PLACE: self._noted((*path, field), column)}
                if whole
                else [{"is": row[field]} if field in row else {} for row in rows]
            )
        return said

    def _noted(self, path: tuple[str, ...], column: list[Any]) -> str:
        name = ".".join(path[:-1] if path[-1] == "values" else path)
        free = name
        number = 2
        while free in self.columns:
            free, number = f"{name} ({number})", number + 1
        self.columns[free] = column
        return free


def _tables(rows: list[Any]) -> bool:
    return bool(rows) and all(isinstance(row, dict) for row in rows)


def _item_path(path: tuple[str, ...], item: Any, number: int) -> tuple[str, ...]:
    """Return the path of an item of a list: named by what the item is called, field last."""
    named = next((item[n] for n in _NAMES if n in item), None) if isinstance(item, dict) else None
    return (*path, str(number)) if named is None else (*path[:-1], str(named))


def _one_type(column: list[Any]) -> bool:
    """Return whether all values but null are texts, or flags, or numbers that a column holds."""
    types = set(map(type, column)) - {type(None)}
    if int in types and types <= {int, float}:
        most = _EXACT if float in types else _LONGEST
        return all(abs(n) < most for n in column if isinstance(n, int))
    return len(types) == 1 and types <= {str, bool, int, float}


def _given_back(value: Any, columns: dict[str, list[Any]]) -> Any:
    if isinstance(value, list):
        return [_given_back(item, columns) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {_PLACE}:
        if value[_PLACE] not in columns:
            raise DataError(f"the document cannot be read: there is no column '{value[_PLACE]}'")
        return columns[value[_PLACE]]
    if set(value) == {"$rows"}:
        return _rows(value["$rows"], columns)
    return {_unescaped(key): _given_back(item, columns) for key, item in value.items()}


def _escaped(key: str) -> str:
    """Return a name of the document that cannot be taken for the sign of a column."""
    return f"${key}" if key.startswith("$") else key


def _unescaped(key: str) -> str:
    return key.removeprefix("$")


def _rows(fields: dict[str, Any], columns: dict[str, list[Any]]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for name, said in fields.items():
        field = _unescaped(name)
        whole = isinstance(said, dict)
        column = _given_back(said, columns) if whole else said
        rows = rows or [{} for _ in column]
        for row, value in zip(rows, column, strict=True):
            if whole:
                row[field] = value
            elif "is" in value:
                row[field] = value["is"]
    return rows


def _row_count(document: dict[str, Any]) -> int:
    for name in _ROWS:
        if isinstance(document.get(name), list):
            return len(document[name])
    table = document.get("table") or document.get("units") or {}
    index = table.get("index") if isinstance(table, dict) else None
    return len(index[0]["values"]) if index else 0


def write_parquet(written: Any, path: str | PathLike[str], *, overwrite: bool = False) -> None:
    """Write an object to a Parquet file, whole or not at all."""
    file = as_path(path)
    if file.suffix.lower() != ".parquet":
        raise DataError(f"a Parquet document is written to a .parquet file, not to '{file.name}'")
    arrow = needed("pyarrow", extra="parquet", what="a Parquet document")
    parquet = needed("pyarrow.parquet", extra="parquet", what="a Parquet document")
    document = document_of(written)
    columns = _TakenColumns(_row_count(document))
    rest = columns.taken(document, ())
    text = json.dumps(rest, ensure_ascii=False, allow_nan=False)
    table = arrow.table({name: arrow.array(values) for name, values in columns.columns.items()})
    table = table.replace_schema_metadata({_KEY: text.encode("utf-8")})
    write_whole(file, lambda draft: parquet.write_table(table, draft), overwrite=overwrite)


def read_parquet(cls: type, path: str | PathLike[str]) -> Any:
    """Return the object of a class from a Parquet file that `write_parquet` wrote."""
    file = as_path(path)
    parquet = needed("pyarrow.parquet", extra="parquet", what="a Parquet document")
    try:
        check_regular(file)
        table = parquet.read_table(file)
    except DataError:
        raise
    except Exception as error:  # any error of the library that reads
        raise DataError(f"'{file.name}' cannot be read: {error}") from error
    metadata = table.schema.metadata or {}
    if _KEY not in metadata:
        raise DataError(
            f"'{file.name}' is a table, and no document that to_parquet() wrote: read_table(…) "
            "reads it"
        )
    rest = parsed(metadata[_KEY], file.name)
    columns = {name: table[name].to_pylist() for name in table.column_names}
    return read_document(cls, _given_back(rest, columns))
