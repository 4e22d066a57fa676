"""The two tables of a COINr index: what is known of units, and what of indicators."""

from __future__ import annotations

from collections.abc import Iterator
from os import PathLike
from typing import TYPE_CHECKING, Any

import attrs

from govindex.contracts import Rule
from govindex.errors import DataError, Problems, SettingError, listing, near_miss
from govindex.files import read_table
from govindex.frames import column_texts, open_table
from govindex.mappings import FrozenMap
from govindex.model.observations import Observations
from govindex.notation import Notation
from govindex.rules import MinMax
from govindex.workbooks.coins.coins import Coin
from govindex.workbooks.coins.nodes import NOT_READ, CoinNode, coin_framework, plain_number

if TYPE_CHECKING:
    import narwhals as nw
    from narwhals.typing import IntoFrame

__all__ = ["read_coinr"]

_TYPES = ("Indicator", "Aggregate", "Group", "Denominator", "Other")
_NEEDED = ("iCode", "Parent", "Type", "Direction", "Weight")
_READ = ("Level", "iName", "Unit", "Target", "Denominator", "goalpost_lower", "goalpost_upper")
_OF_UNITS = ("uCode", "uName", "Time")
_NOTATION = Notation(missing=("NA", "NaN"))


def read_coinr(
    data: IntoFrame | PathLike[str] | str,
    meta: IntoFrame | PathLike[str] | str | None = None,
    *,
    rule: Rule | None = None,
) -> Coin:
    """Read an index of COINr from its tables ``iData`` and ``iMeta``.

    Parameters
    ----------
    data : data frame or path
        ``iData``, a row per unit: ``uCode``, ``uName`` and ``Time`` if there are any, and a column
        for every indicator, denominator and group. Or a workbook with the sheets "iData" and
        "iMeta". In a file, NA is missing.
    meta : data frame or path, optional
        ``iMeta``, a row per indicator, aggregate, group and denominator: ``iCode``, ``iName``,
        ``Type``, ``Parent``, ``Level``, ``Direction`` (1 or -1), ``Weight``, ``Unit``,
        ``Denominator``, ``Target``, ``goalpost_lower`` and ``goalpost_upper``; other columns are
        named in the remarks. Left out for a workbook with both sheets.
    rule : Rule, optional
        Of every indicator; :class:`~govindex.rules.MinMax` by default.

    Returns
    -------
    Coin
        A unit with several times makes a panel. Rows of ``Type`` "Other" are no variables.

    Raises
    ------
    FrameworkError
        With every problem of ``iMeta``, by row (counted below the header): codes that are there
        twice, unknown types, parents that do not exist, levels, directions, weights …
    DataError
        If a table cannot be read, or columns of ``iData`` and rows of ``iMeta`` do not match.

    References
    ----------
    Becker and others (2022), COINr: An R package for developing composite indicators, Journal of
    Open Source Software 7 (78), 4567.

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"uCode": ["A", "B", "C"], "roads": [4, 9, 6], "waste": [5, 2, 2]})
    >>> meta = pd.DataFrame({
    ...     "iCode": ["roads", "waste", "index"], "Parent": ["index", "index", None],
    ...     "Type": ["Indicator", "Indicator", "Aggregate"], "Direction": [1, -1, 1],
    ...     "Weight": [1, 1, 1],
    ... })
    >>> coin = read_coinr(data, meta)
    >>> coin.methodology("example.coin", "1").compute(coin.observations).score.tolist()
    [0.0, 100.0, 70.0]
    """
    rule = MinMax() if rule is None else rule
    if meta is None and not isinstance(data, (str, PathLike)):
        raise SettingError("give iMeta as well; only a workbook may hold both tables")
    book = data if meta is None else None
    units = open_table(_frame(data, "iData", book))
    nodes = open_table(_frame(book if meta is None else meta, "iMeta", book))
    problems = Problems()
    _need(units, "iData", ("uCode",), problems)
    _need(nodes, "iMeta", _NEEDED, problems)
    problems.raise_any(DataError, NOT_READ)
    table = _Meta.of(nodes)
    table.check_types(problems)
    framework = coin_framework(table.nodes(), rule, problems)
    observations = _observations(units, table, problems)
    return Coin(
        framework,
        observations,
        denominators=table.denominators(),
        targets=table.numbers("Target"),
        goalposts=table.goalposts(),
        remarks=tuple(_remarks(nodes)),
    )


def _frame(source: Any, sheet: str, book: Any) -> Any:
    if not isinstance(source, (str, PathLike)):
        return source
    return read_table(source, sheet=sheet if book is not None else None)


def _need(
    table: nw.DataFrame[Any], name: str, columns: tuple[str, ...], problems: Problems
) -> None:
    for column in columns:
        if column not in table.columns:
            hint = near_miss(column, table.columns)
            problems.add(f"{name} has no column '{column}': {hint}", code="column.missing")


def _remarks(nodes: nw.DataFrame[Any]) -> Iterator[str]:
    unread = [name for name in nodes.columns if name not in (*_NEEDED, *_READ)]
    if unread:
        yield f"columns of iMeta that were not read: {listing(unread)}"


@attrs.frozen
class _Meta:
    """The rows of iMeta: by column the text of each, None if it is blank or NA."""

    columns: dict[str, list[str | None]]
    rows: range

    @classmethod
    def of(cls, table: nw.DataFrame[Any]) -> _Meta:
        names = [name for name in (*_NEEDED, *_READ) if name in table.columns]
        blank = ("NA", "NaN", "")
        columns = {
            name: [None if text in blank else text for text in column_texts(table, name)]
            for name in names
        }
        return cls(columns, range(len(table)))

    def cell(self, name: str, row: int) -> str | None:
        return self.columns[name][row] if name in self.columns else None

    def of_type(self, *types: str) -> dict[str, int]:
        """Return the rows of some types, by code."""
        chosen = [row for row in self.rows if self.cell("Type", row) in types]
        return {str(self.cell("iCode", row)): row for row in chosen}

    def check_types(self, problems: Problems) -> None:
        """Add problems of rows without a code or of an unknown type, and of denominators."""
        known = self.of_type("Denominator")
        for row in self.rows:
            code, kind, by = (self.cell(name, row) for name in ("iCode", "Type", "Denominator"))
            at = f"iMeta row {row + 1}"
            if code is None:
                problems.add(f"{at}: it has no iCode", code="code.blank")
            if kind not in _TYPES:
                found = "is blank" if kind is None else f"is '{kind}'"
                problems.add(f"{at}, '{code}': its Type {found}: {near_miss(kind or '', _TYPES)}")
            if by is not None and by not in known:
                why = f"its Denominator '{by}' has no row of Type 'Denominator'"
                problems.add(f"{at}, '{code}': {why}: {near_miss(by, known)}", code="denominator")
            for name in ("Target", "goalpost_lower", "goalpost_upper"):
                text = self.cell(name, row)
                if text is not None and plain_number(text) is None:
                    problems.add(f"{at}, '{code}': its {name} '{text}' is not a number")

    def nodes(self) -> list[CoinNode]:
        """Return the indicators and aggregates."""
        return [
            CoinNode(
                str(self.cell("iCode", row)),
                self.cell("iName", row),
                self.cell("Parent", row),
                self.cell("Weight", row),
                f"iMeta row {row + 1}",
                direction=self.cell("Direction", row),
                measure_unit=self.cell("Unit", row),
                level=self.cell("Level", row),
                leaf=self.cell("Type", row) == "Indicator",
            )
            for row in self.rows
            if self.cell("Type", row) in ("Indicator", "Aggregate")
        ]

    def numbers(self, name: str) -> FrozenMap[str, float]:
        """Return the numbers of a column, by indicator."""
        found = {c: plain_number(self.cell(name, r)) for c, r in self.of_type("Indicator").items()}
        return FrozenMap({code: value for code, value in found.items() if value is not None})

    def denominators(self) -> FrozenMap[str, str]:
        """Return the denominator of each indicator that has one."""
        found = {c: self.cell("Denominator", r) for c, r in self.of_type("Indicator").items()}
        return FrozenMap({code: by for code, by in found.items() if by is not None})

    def goalposts(self) -> FrozenMap[str, tuple[float, float]]:
        """Return the lower and the upper goalpost of each indicator that has both."""
        low, high = self.numbers("goalpost_lower"), self.numbers("goalpost_upper")
        return FrozenMap({code: (low[code], high[code]) for code in low if code in high})


def _observations(units: nw.DataFrame[Any], meta: _Meta, problems: Problems) -> Observations:
    """Return the indicators and denominators of iData, with the groups as attributes."""
    known = meta.of_type(*_TYPES)
    described = meta.of_type("Indicator", "Denominator", "Group")
    for code, row in described.items():
        if code not in units.columns:
            kind = str(meta.cell("Type", row)).lower()
            hint = near_miss(code, units.columns)
            problems.add(f"iData has no column for the {kind} '{code}': {hint}", code="column")
    for name in units.columns:
        if name not in known and name not in _OF_UNITS:
            problems.add(
                f"the column '{name}' of iData has no row in iMeta: add one, of Type 'Other' if it "
                "is not used",
                code="column.unknown",
            )
    problems.raise_any(DataError, NOT_READ)
    codes = column_texts(units, "uCode")
    times = column_texts(units, "Time") if "Time" in units.columns else []
    panel = len(set(codes)) < len(codes) or len(set(times)) > 1
    period = ("Time" if panel else times[0]) if any(times) else None
    return Observations.from_frame(
        units.to_native(),
        unit="uCode",
        name="uName" if "uName" in units.columns else None,
        attributes=tuple(meta.of_type("Group")),
        variables=tuple(meta.of_type("Indicator", "Denominator")),
        notation=_NOTATION,
        period=period,
    )
