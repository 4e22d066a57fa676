"""The marks of figures: treated, imputed, fallen back or absent indicators, by unit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import attrs
import numpy as np

from govindex.contracts import Bool, Cells, CellStatus, Float, Peers, Status, is_absent
from govindex.errors import GovIndexError
from govindex.language import number_text, words
from govindex.model.observations import Observations
from govindex.model.tree import Indicator

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "TreatedCells",
    "counted",
    "footnotes",
    "in_words",
    "raw_text",
    "status_word",
    "summaries",
    "treated",
]

_SHOWN = 3


@attrs.frozen(eq=False)
class TreatedCells:
    """Units whose indicator depends on treated cells, and its raw values, shape (units,)."""

    mask: Bool
    raw: Float


@attrs.frozen(eq=False)
class _Columns:
    """Observations with other values or statuses, as a measure reads them."""

    data: Observations
    values: Float
    status: Status

    def __getitem__(self, variable: str) -> Cells:
        index = self.data.column_of(variable)
        return Cells(self.values[None, :, index], self.status[None, :, index])

    def __contains__(self, variable: object) -> bool:
        return variable in self.data.variables

    def levels(self, variable: str) -> tuple[str, ...]:
        return self.data.levels.get(variable, ())

    @property
    def peers(self) -> Peers:
        return self.data.units

    @property
    def parts_of_year(self) -> int | None:
        return self.data.parts_of_year


def treated(leaves: Iterable[Indicator], data: Observations) -> dict[str, TreatedCells]:
    """Return the indicators with values that depend on treated cells.

    Each measure runs twice: with the treated cells marked as imputed, and with their raw values.
    If it refuses the raw values, the raw value is NaN.
    """
    if not data.treated.any():
        return {}
    marked = np.where(data.treated, np.uint8(CellStatus.IMPUTED), np.uint8(CellStatus.REPORTED))
    marked = np.where(is_absent(data.status), data.status, marked)
    raw = data.raw_values
    touched = {data.variables[column] for column in np.flatnonzero(data.treated.any(axis=0))}
    treated_leaves = {}
    for leaf in leaves:
        reads = {*leaf.measure.variables, *leaf.measure.optional}
        if touched.isdisjoint(reads) or not set(leaf.measure.variables) <= set(data.variables):
            continue
        try:
            status = leaf.measure(_Columns(data, data.values, marked)).status
        except GovIndexError:  # a measure over time refuses a single period
            continue
        mask = np.broadcast_to(status == CellStatus.IMPUTED, (1, len(data.units)))[0]
        if mask.any():
            treated_leaves[leaf.code] = TreatedCells(mask, _raw(leaf, data, raw, mask))
    return treated_leaves


def _raw(leaf: Indicator, data: Observations, raw: Float, mask: Bool) -> Float:
    try:
        values = leaf.measure(_Columns(data, raw, data.status)).values
    except GovIndexError:
        values = np.full((1, len(data.units)), np.nan)
    return np.where(mask, np.broadcast_to(values, (1, len(data.units)))[0], np.nan)


def in_words(status: int, *, treated: bool, language: str | None = None) -> str:
    """Return the marks of a figure in words, "" if it was reported and not treated.

    Examples
    --------
    >>> in_words(CellStatus.IMPUTED, treated=True), in_words(CellStatus.REPORTED, treated=False)
    ('imputed, treated', '')
    """
    marks = [] if status == CellStatus.REPORTED else [status_word(status, language)]
    return ", ".join([*marks, words("status.treated", language)] if treated else marks)


def status_word(status: int, language: str | None = None) -> str:
    """Return a status in words.

    Examples
    --------
    >>> status_word(CellStatus.NOT_APPLICABLE, "vi")
    'không áp dụng'
    """
    return words(f"status.{CellStatus(status).name.lower()}", language)


def _with_raw(figure: str, raw: float, language: str | None) -> str:
    if np.isnan(raw):
        return figure
    return words("mark.raw", language, figure=figure, value=raw_text(raw, language))


def raw_text(value: float, language: str | None) -> str:
    """Return a value of the data as text, in ten digits and without marks between thousands.

    Examples
    --------
    >>> raw_text(1234.5, None), raw_text(1234.5, "vi")
    ('1234.5', '1234,5')
    """
    return f"{value:.10g}".replace(".", words("number.decimal", language))


def summaries(marks: pd.DataFrame, units: Sequence[str], language: str | None = None) -> list[str]:
    """Return the marked indicators of each unit, as one text."""
    rows: dict[str, dict[str, list[str]]] = {unit: {} for unit in units}
    for unit, node, status, raw in zip(
        marks["unit"], marks["node"], marks["status"], marks["raw"], strict=True
    ):
        rows[unit].setdefault(status, []).append(_with_raw(node, raw, language))
    return [
        "; ".join(f"{status}: {', '.join(nodes)}" for status, nodes in rows[unit].items())
        for unit in units
    ]


def footnotes(marks: pd.DataFrame, language: str | None = None) -> list[str]:
    """Return a line for every kind of mark: how many figures have it, and the first of them."""
    lines = []
    for status, group in marks.groupby("status", sort=False):
        shown = group.head(_SHOWN)
        rows = [
            _with_raw(f"{name} {node}", raw, language)
            for name, node, raw in zip(shown["name"], shown["node"], shown["raw"], strict=True)
        ]
        figures = ", ".join(rows) + (", …" if len(group) > len(shown) else "")
        count = number_text(len(group), language)
        key = "mark.one" if len(group) == 1 else "mark.several"
        lines.append(words(key, language, mark=status, count=count, figures=figures))
    return lines


def counted(
    status: Mapping[str, Status], masks: Mapping[str, Bool], weights: Mapping[str, Float]
) -> dict[str, Float]:
    """Return the weight at each status, and the treated weight, shape (units,)."""
    weight_at = {
        kind.name.lower(): sum(
            ((status[leaf] == kind) * weight for leaf, weight in weights.items()), np.zeros(1)
        )
        for kind in CellStatus
    }
    marked = (masks[leaf] * weight for leaf, weight in weights.items() if leaf in masks)
    return {**weight_at, "treated": sum(marked, np.zeros(1))}
