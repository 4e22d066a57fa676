"""Units that merged: which, and how their scores and figures are merged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import PurePath
from typing import Any

import attrs
import numpy as np

from govindex.checks import among, is_number, mapping_of, shown
from govindex.contracts import Float, is_absent
from govindex.errors import DataError, Problems, SettingError, near_miss
from govindex.files import read_table
from govindex.mappings import FrozenMap
from govindex.model.observations import Observations
from govindex.model.units import Units
from govindex.names import distinct

__all__ = ["Merger", "merging_weights", "successors"]

_WAYS = ("mean", "sum")


def successors(path: str | PathLike[str]) -> dict[str, str | None]:
    """Return old units with their new ones, as a table with the columns `unit` and `now` says.

    Raises
    ------
    DataError
        If the table has no such columns.
    """
    frame = read_table(path)
    absent = [name for name in ("unit", "now") if name not in frame.columns]
    if absent:
        raise DataError(
            f"'{PurePath(path).name}' has no column '{absent[0]}': it needs the columns 'unit' "
            "(the old one) and 'now' (the new one, blank if there is none)"
        )
    pairs = zip(frame["unit"].fillna(""), frame["now"].fillna(""), strict=True)
    return {str(old).strip(): str(new).strip() or None for old, new in pairs}


def _successors(
    units: Mapping[str, str | None] | str | PathLike[str],
) -> FrozenMap[str, str | None]:
    if isinstance(units, (str, PathLike)):
        units = successors(units)
    mapping = mapping_of(units, "Merger(units=…)", "a mapping of old units to new units")
    pairs = distinct(mapping, "the unit")
    for old, new in pairs:
        if not isinstance(old, str) or not (new is None or isinstance(new, str)):
            raise SettingError(
                "Merger(units=…) maps codes or names of old units to those of new units (or None), "
                f"not {shown(old)} to {shown(new)}"
            )
    if not pairs:
        raise SettingError("Merger(units=…) is empty: name the units that merged")
    return FrozenMap(dict(pairs))


def _weights(
    weights: str | Mapping[str, float] | None,
) -> str | FrozenMap[str, float] | None:
    if weights is None or (isinstance(weights, str) and weights.strip()):
        return weights
    if not isinstance(weights, Mapping):
        raise SettingError(
            "Merger(weights=…) is the name of a variable, or numbers by the code of the old unit, "
            f"not {shown(weights)}"
        )
    pairs = distinct(weights, "the unit")
    for unit, weight in pairs:
        if not isinstance(unit, str) or not is_number(weight) or weight < 0:
            raise SettingError(
                f"Merger(weights=…) are numbers of at least 0 by unit, not {shown(weight)} "
                f"for {shown(unit)}"
            )
    return FrozenMap({unit: float(weight) for unit, weight in pairs})


def _way(_: object, attribute: attrs.Attribute[Any], way: object) -> None:
    if among(way, _WAYS) or (way is None and attribute.default is None):
        return
    raise SettingError(f"Merger({attribute.name}=…) is 'mean' or 'sum', not {shown(way)}")


@attrs.frozen
class Merger:
    """Units of the earlier result that became one unit of the later result.

    Ranks are never merged: a merged unit has no rank before.

    Parameters
    ----------
    units : mapping of str to str or None, or path
        Code or name of the old unit → code or name of the new unit. Units that only have another
        code may stand here too; None says that a unit has no successor. A path is that of a table
        with the columns `unit`, the old one, and `now`, the new one or blank.
    how : {"mean", "sum"}
        How the scores of merged units become one.
    weights : str or mapping of str to float, optional
        Of the mean: a variable of the earlier data, or a number for each old unit; by default all
        count the same.
    data : {"mean", "sum"}, optional
        How their figures become one where the change is split: sums of counts, means of points or
        shares. By default as `how`.

    Raises
    ------
    SettingError
        If a setting is impossible.
    DataError
        If the table lacks a column.

    Examples
    --------
    >>> Merger({"Hà Giang": "Tuyên Quang", "Tuyên Quang": "Tuyên Quang"}, how="mean").how
    'mean'
    """

    units: FrozenMap[str, str | None] = attrs.field(converter=_successors)
    how: str = attrs.field(validator=_way, kw_only=True)
    weights: str | FrozenMap[str, float] | None = attrs.field(
        default=None, converter=_weights, kw_only=True
    )
    data: str | None = attrs.field(default=None, validator=_way, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if self.how == "sum" and self.weights is not None:
            raise SettingError("a sum takes no weights: leave them out, or say how='mean'")


def merging_weights(
    merger: Merger, units: Units, groups: Sequence[Sequence[int]], data: Observations | None
) -> list[Float]:
    """Return the weight of each old unit in its merged unit, group by group of rows."""
    given = merger.weights
    if given is None:
        return [np.ones(len(rows)) for rows in groups]
    problems = Problems()
    if isinstance(given, str):
        weights = _of_variable(given, units, groups, data, problems)
    else:
        known = {}
        for unit, weight in given.items():
            known[units.locate(unit)] = weight
        for row in (row for rows in groups for row in rows if row not in known):
            problems.add("there is no weight", code="weight.missing", unit=units.codes[row])
        weights = [np.array([known.get(row, np.nan) for row in rows]) for rows in groups]
    problems.raise_any(DataError, "The units cannot be merged")
    for rows, shares in zip(groups, weights, strict=True):
        if not shares.sum() > 0:
            unit = units.codes[rows[0]]
            problems.add("no unit merged with it has a weight above 0", unit=unit)
    problems.raise_any(DataError, "The units cannot be merged")
    return weights


def _of_variable(
    name: str,
    units: Units,
    groups: Sequence[Sequence[int]],
    data: Observations | None,
    problems: Problems,
) -> list[Float]:
    variables = () if data is None else data.variables
    if data is None or name not in variables or name in data.levels:
        problems.add(
            f"the earlier data have no numbers '{name}' to weight with: "
            f"{near_miss(name, variables)}. Numbers by unit may be given too, weights={{…}}"
        )
        return []
    column = data.column_of(name)
    weights = []
    for rows in groups:
        found = [data.units.codes.index(units.codes[row]) for row in rows]
        for row in found:
            value = data.values[row, column]
            if is_absent(int(data.status[row, column])) or value < 0:
                problems.add(
                    f"the weight '{name}' is absent or below 0",
                    code="weight.unusable",
                    unit=data.units.codes[row],
                )
        weights.append(data.values[found, column])
    return weights
