"""Units in documents: a table of fields for each."""

from __future__ import annotations

from typing import Any

import attrs

from govindex.interchange.columns import scalar
from govindex.interchange.shapes import Fields, Flag, Listed, Open, Plain, TableOf, Text
from govindex.model.labels import as_names
from govindex.model.units import Unit, Units

__all__ = ["UNITS", "name_document", "read_units", "unit_documents"]

_TEXT = Text(null=True)
_COLUMNS = {"names": "name", "leagues": "league", "types": "type", "parents": "parent"}
UNITS = Listed(
    Fields(
        {"unit": Text()},
        {
            "name": Open(),
            "league": _TEXT,
            "type": _TEXT,
            "parent": _TEXT,
            "period": _TEXT,
            "ranked": Flag(),
            "attributes": TableOf(Plain()),
        },
    )
)


def name_document(name: Any) -> str | dict[str, str] | None:
    """Return a name as a text, as texts by language, or null.

    Examples
    --------
    >>> name_document("Speed"), name_document({"vi": "Tốc độ"}), name_document(None)
    ('Speed', {'vi': 'Tốc độ'}, None)
    """
    names = dict(as_names(name))
    return names[""] if set(names) == {""} else names or None


def unit_documents(units: Units) -> list[dict[str, Any]]:
    """Return every unit with its name, league, type, parent and attributes, if any unit has one."""
    rows: list[dict[str, Any]] = [{"unit": code} for code in units.codes]
    columns = {"league": units.leagues, "type": units.types, "parent": units.parents}
    columns |= {"period": units.periods}
    names = [name_document(name) for name in units.names or ()]
    if any(names):
        for row, name in zip(rows, names, strict=True):
            row["name"] = name
    for field, column in columns.items():
        if column is not None and any(value is not None for value in column):
            for row, value in zip(rows, column, strict=True):
                row[field] = value
    for row, ranked in zip(rows, units.ranked_mask.tolist(), strict=True):
        row["ranked"] = ranked
    for index, row in enumerate(rows):
        if units.attributes:
            row["attributes"] = {
                name: scalar(column[index], f"attribute '{name}' of unit '{row['unit']}'")
                for name, column in units.attributes.items()
            }
    return rows


def read_units(rows: list[dict[str, Any]]) -> Units:
    """Return the units of a document.

    Raises
    ------
    DataError
        With every problem, as :class:`~govindex.Units` finds them.
    """
    units = Units.of(
        Unit(
            row["unit"],
            row.get("name"),
            league=row.get("league"),
            type=row.get("type"),
            parent=row.get("parent"),
            period=row.get("period"),
            ranked=row.get("ranked", True),
            attributes=row.get("attributes", {}),
        )
        for row in rows
    )
    blank = [
        column for column, field in _COLUMNS.items() if not any(row.get(field) for row in rows)
    ]
    without: dict[str, Any] = dict.fromkeys(blank)
    return attrs.evolve(units, **without)
