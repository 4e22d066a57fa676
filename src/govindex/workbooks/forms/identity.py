"""The hidden sheet of a form: which methodology, units, stage and period it is for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs

from govindex.contracts import CellStatus
from govindex.grid import Grid
from govindex.methods import Methodology
from govindex.model.units import Unit
from govindex.workbooks.forms.layout import FormSettings, FormSheet

__all__ = [
    "IDENTITY_SHEET",
    "EarlierCell",
    "FormIdentity",
    "identity_of",
    "identity_rows",
    "is_first_row",
    "is_identity",
]

IDENTITY_SHEET = "govindex"
FORMAT = "govindex/form/1"


@attrs.frozen
class EarlierCell:
    """A cell of an earlier stage that a form shows."""

    unit: str
    variable: str
    stage: str
    value: float | str | None
    status: CellStatus


@attrs.frozen
class FormIdentity:
    """What the hidden sheet says.

    Parameters
    ----------
    methodology, version, fingerprint : str
    settings : FormSettings
    texts : str
        A hash of the names and guidance, which may be corrected without another fingerprint.
    shown : tuple of EarlierCell
    """

    methodology: str
    version: str
    fingerprint: str
    settings: FormSettings
    texts: str
    shown: tuple[EarlierCell, ...]


def texts_of(sheets: Iterable[FormSheet]) -> str:
    """Return a hash of what the rows of a form say."""
    said = [
        [row.key, row.code, row.label, row.guidance, row.measure_unit]
        for sheet in sheets
        for row in sheet.rows
    ]
    return _hash(json.dumps(said, ensure_ascii=False))


def identity_rows(
    method: Methodology, sheets: Sequence[FormSheet], shown: Iterable[EarlierCell]
) -> list[tuple[str, str]]:
    """Return the hidden sheet: pairs of a key and a document, the last one the hash of the rest."""
    settings = sheets[0].settings
    about = {
        "methodology": method.id,
        "version": method.version,
        "fingerprint": method.fingerprint,
        "language": settings.language,
        "together": settings.together,
        "stages": settings.stages,
        "period": settings.period,
        "texts": texts_of(sheets),
    }
    rows = [("form", FORMAT), *((key, _document(value)) for key, value in about.items())]
    labels = settings.labels.items()
    rows += [("label", _document([name, dict(names)])) for name, names in labels]
    rows += [("unit", _document(_of_unit(unit))) for unit in settings.units]
    rows += [
        ("shown", _document([s.unit, s.variable, s.stage, s.value, s.status.name])) for s in shown
    ]
    return [*rows, ("hash", _of_rows(rows))]


def is_identity(grid: Grid) -> bool:
    """Return whether a sheet says that a workbook is a scoring form."""
    first = grid.cells.get((1, 2))
    return first is not None and _is_format(first.value)


def is_first_row(cells: Sequence[Any]) -> bool:
    """Return whether the first row of a sheet is that of such a one."""
    return len(cells) > 1 and _is_format(cells[1])


def _is_format(value: Any) -> bool:
    return str(value).startswith("govindex/form/")


def identity_of(grid: Grid) -> FormIdentity | str:
    """Return what the hidden sheet says, or the code of the problem with it."""
    rows: list[tuple[str, str]] = []
    for row in range(1, 1 + max((row for row, _ in grid.cells), default=0)):
        key, document = (grid.cells.get((row, column)) for column in (1, 2))
        if key is None or document is None:  # lists of answers may be longer
            break
        rows.append((str(key.value), str(document.value)))
    if rows[0][1] != FORMAT:
        return "form.format"
    if rows[-1] != ("hash", _of_rows(rows[:-1])):
        return "form.identity"
    return _read(rows[1:-1])


def _read(rows: Sequence[tuple[str, str]]) -> FormIdentity:
    documents: dict[str, list[Any]] = {}
    for key, document in rows:
        documents.setdefault(key, []).append(json.loads(document))
    single = {key: values[0] for key, values in documents.items()}
    settings = FormSettings(
        units=tuple(Unit(**unit) for unit in documents.get("unit", [])),
        language=single["language"],
        together=single["together"],
        stages=tuple(single["stages"]),
        period=single["period"],
        labels=dict(documents.get("label", [])),
    )
    shown = tuple(
        EarlierCell(unit, variable, stage, value, CellStatus[status])
        for unit, variable, stage, value, status in documents.get("shown", [])
    )
    about = {key: single[key] for key in ("methodology", "version", "fingerprint", "texts")}
    return FormIdentity(**about, settings=settings, shown=shown)


def _of_unit(unit: Unit) -> Mapping[str, Any]:
    fields: dict[str, Any] = {"code": unit.code, "name": dict(unit.name)}
    for name in ("league", "type", "parent"):
        if (value := getattr(unit, name)) is not None:
            fields[name] = value
    if not unit.ranked:
        fields["ranked"] = False
    attributes = {k: v for k, v in unit.attributes.items() if isinstance(v, (str, int, float))}
    return {**fields, **({"attributes": attributes} if attributes else {})}


def _document(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _of_rows(rows: Sequence[tuple[str, str]]) -> str:
    return _hash(json.dumps(rows, ensure_ascii=False))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
