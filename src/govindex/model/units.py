"""The assessed bodies: one :class:`Unit`, and many of them as columns."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, overload

import attrs
import numpy as np
import numpy.typing as npt

from govindex.checks import among, instance_of, mapping_of, shown, tuple_of
from govindex.display import ShownPage, html, plain
from govindex.errors import DataError, Problem, Problems, UnknownNameError, listing, near_miss
from govindex.mappings import FrozenMap
from govindex.model.equality import same_units
from govindex.model.labels import Names, as_names, in_language
from govindex.model.links import parent_problems
from govindex.model.unit import Attribute, Unit, body_of, is_flag
from govindex.model.unit_pages import unit_page
from govindex.model.unit_problems import (
    code_problems,
    identity_problems,
    length_problems,
    panel_problems,
)
from govindex.names import as_code, coded, natural_key
from govindex.periods import ordinal

__all__ = ["Unit", "Units"]

_SUGGESTED = 5  # a near miss is searched among all units, which takes time


def _column(values: Iterable[str]) -> tuple[str, ...]:
    return _cells(values)


def _cells(values: object) -> tuple[Any, ...]:
    return tuple(map(coded, tuple_of(values, "a column of units", "a value for each unit")))


def _names(
    values: Iterable[Names | str | None] | None,
) -> tuple[Names | str | None, ...] | None:
    return None if values is None else _cells(values)


def _attributes(
    values: Mapping[str, Iterable[Attribute]],
) -> FrozenMap[str, tuple[Attribute, ...]]:
    columns = mapping_of(values, "attributes", "a mapping of names to a value for each unit")
    return FrozenMap(
        {
            name: tuple_of(column, f"'{name}'", "a value for each unit")
            for name, column in columns.items()
        }
    )


def _columns(values: Iterable[str | None] | None) -> tuple[str | None, ...] | None:
    return None if values is None else _cells(values)


def _periods(values: Iterable[str] | None) -> tuple[str, ...] | None:
    return None if values is None else _cells(values)


def _mask(ranked: Iterable[bool] | npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    is_mask = isinstance(ranked, np.ndarray) and ranked.dtype == bool
    flags = ranked if is_mask else tuple_of(ranked, "ranked", "True or False for each unit")
    wrong = [] if isinstance(flags, np.ndarray) else [x for x in flags if not is_flag(x)]
    if wrong:
        raise DataError(f"ranked is True or False for each unit, not {wrong[0]!r}")
    mask = np.array(flags, dtype=bool)
    mask.flags.writeable = False
    return mask


@attrs.frozen(eq=False, slots=False)
class Units(Sequence[Unit]):
    """Many units, stored as columns.

    Index with a number for one :class:`Unit`; :meth:`locate` finds a unit by code or name.

    In a panel a row is a body in a period: `periods` says which, and the codes, "H38@2026", are
    unique for every row. Periods are years, quarters or months.
    """

    codes: tuple[str, ...] = attrs.field(converter=_column)
    names: tuple[Names | str | None, ...] | None = attrs.field(default=None, converter=_names)
    leagues: tuple[str | None, ...] | None = attrs.field(default=None, converter=_columns)
    types: tuple[str | None, ...] | None = attrs.field(default=None, converter=_columns)
    parents: tuple[str | None, ...] | None = attrs.field(default=None, converter=_columns)
    ranked: npt.NDArray[np.bool_] | None = attrs.field(
        default=None, converter=attrs.converters.optional(_mask)
    )
    attributes: FrozenMap[str, tuple[Attribute, ...]] = attrs.field(
        factory=FrozenMap, converter=_attributes
    )
    periods: tuple[str, ...] | None = attrs.field(default=None, converter=_periods)

    @classmethod
    def of(cls, units: Iterable[Unit]) -> Units:
        """Collect single units."""
        every = tuple_of(units, "units", "several Unit(…)")
        for unit in every:
            if not isinstance(unit, Unit):
                raise DataError(f"units are made of Unit('code', …), not {unit!r}")
        keys = dict.fromkeys(key for unit in every for key in unit.attributes)
        panel = any(unit.period is not None for unit in every)
        return cls(
            codes=tuple(unit.code for unit in every),
            names=tuple(unit.name for unit in every),
            leagues=tuple(unit.league for unit in every),
            types=tuple(unit.type for unit in every),
            parents=tuple(unit.parent for unit in every),
            ranked=np.array([unit.ranked for unit in every], dtype=bool),
            attributes=FrozenMap({k: tuple(u.attributes.get(k) for u in every) for k in keys}),
            periods=tuple(unit.period for unit in every) if panel else None,
        )

    def __attrs_post_init__(self) -> None:
        problems = Problems()
        problems.extend(code_problems(self.codes))
        columns = {
            "names": self.names,
            "leagues": self.leagues,
            "types": self.types,
            "parents": self.parents,
            "ranked": self.ranked,
            "periods": self.periods,
            **self.attributes,
        }
        problems.extend(length_problems(columns, len(self.codes)))
        problems.raise_any(DataError, "The units cannot be used")
        problems.extend(identity_problems(self.codes))
        if self.parents is not None and any(parent is not None for parent in self.parents):
            links = dict(zip(self.codes, self.parents, strict=True))
            problems.extend(parent_problems(links, "unit"))
        if self.periods is not None:
            problems.extend(panel_problems(self.codes, self.periods, self.attributes))
        problems.raise_any(DataError, "The units cannot be used")

    def __len__(self) -> int:
        return len(self.codes)

    def __eq__(self, other: object) -> bool:
        """Return whether these are the same units in the same order, with the same fields."""
        return same_units(self, other) if isinstance(other, Units) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.codes)

    @overload
    def __getitem__(self, index: int) -> Unit: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Unit]: ...
    def __getitem__(self, index: int | slice) -> Unit | Sequence[Unit]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        return Unit(
            self.codes[index],
            self.names[index] if self.names else None,
            league=self.leagues[index] if self.leagues else None,
            type=self.types[index] if self.types else None,
            parent=self.parents[index] if self.parents else None,
            ranked=bool(self.ranked_mask[index]),
            period=self.periods[index] if self.periods else None,
            attributes={key: column[index] for key, column in self.attributes.items()},
        )

    def __repr__(self) -> str:
        shown = ", ".join(self.codes[:3]) + (", …" if len(self) > 3 else "")
        if self.periods is None:
            return f"<{len(self)} units: {shown}>"
        return f"<{len(set(self.bodies))} units × {len(set(self.periods))} periods: {shown}>"

    def __str__(self) -> str:
        return plain(self._page())

    def _repr_html_(self) -> str:
        return html(self._page())

    def _page(self, language: str | None = None) -> ShownPage:
        columns = self.league_columns() | {"type": self.types, "parent": self.parents}
        return unit_page(
            repr(self)[1:-1], self.codes, self.body_labels(language), columns, language
        )

    @cached_property
    def bodies(self) -> tuple[str, ...]:
        """The code of each row's assessed body: in a panel the code without the period."""
        if self.periods is None:
            return self.codes
        return tuple(map(body_of, self.codes, self.periods))

    @cached_property
    def times(self) -> npt.NDArray[np.intp] | None:
        """The number of each row's period, neighbours 1 apart, None if there are no periods."""
        if self.periods is None:
            return None
        number = {period: ordinal(period) for period in set(self.periods)}
        times = np.array([number[period] for period in self.periods], dtype=np.intp)
        times.flags.writeable = False
        return times

    @cached_property
    def _rows(self) -> dict[str, int]:
        return dict(zip(self.codes, range(len(self.codes)), strict=True))

    @cached_property
    def ranked_mask(self) -> npt.NDArray[np.bool_]:
        """True for the units that are ranked, shape (units,)."""
        mask = np.ones(len(self), dtype=bool) if self.ranked is None else self.ranked
        mask.flags.writeable = False
        return mask

    @cached_property
    def parent_index(self) -> npt.NDArray[np.intp]:
        """The row of each unit's parent, -1 without one, shape (units,)."""
        if self.parents is None:
            index = np.full(len(self), -1, dtype=np.intp)
        else:
            rows = self._rows
            parents = [-1 if p is None else rows[p] for p in self.parents]
            index = np.array(parents, dtype=np.intp)
        index.flags.writeable = False
        return index

    def labels(self, language: str | None = None) -> list[str]:
        """Return every unit's name in a language, or its code; in a panel with the period."""
        labels = self.body_labels(language)
        if self.periods is None:
            return labels
        return [f"{label} ({p})" for label, p in zip(labels, self.periods, strict=True)]

    def body_labels(self, language: str | None = None) -> list[str]:
        """Return every assessed body's name in a language, or its code, without the period."""
        if language is not None:
            instance_of(language, str, "language")
        if self.names is None:
            return list(self.bodies)
        named = zip(self.bodies, self.names, strict=True)
        return [in_language(as_names(name), language, code) for code, name in named]

    def column(self, by: str) -> tuple[Hashable, ...] | None:
        """Return the leagues, types, parents, periods or an attribute; None if no unit has one.

        ``"unit"`` gives the assessed bodies, ``"league_period"`` pairs of league and period.

        Raises
        ------
        UnknownNameError
            If there is no such attribute.
        """
        known: Mapping[str, tuple[Hashable, ...] | None] = {
            "league": self.leagues,
            "type": self.types,
            "parent": self.parents,
            "period": self.periods,
            "unit": self.bodies,
            **self.attributes,
        }
        if among(by, ("league_period",)):
            return self._league_periods()
        if not among(by, known):
            names = [*known, "league_period"]
            raise UnknownNameError(
                f"units have no attribute '{by}': {near_miss(by, names)}; a column of a frame is "
                f"one with attributes=['{by}']"
            )
        return known[by]

    def _league_periods(self) -> tuple[tuple[str | None, str | None], ...] | None:
        if self.leagues is None and self.periods is None:
            return None
        blank = (None,) * len(self)
        return tuple(zip(self.leagues or blank, self.periods or blank, strict=True))

    def league_columns(self) -> dict[str, tuple[str | None, ...]]:
        """Return the columns `period` and `league` of tables, empty if units have none."""
        blank = (None,) * len(self)
        return {"period": self.periods or blank, "league": self.leagues or blank}

    def ranking_groups(self) -> list[tuple[str | None, str | None, npt.NDArray[np.intp]]]:
        """Return the units that are ranked together: those of each league in each period.

        Returns
        -------
        list of (league, period, rows)
            The earliest period first, leagues in the order of their names, where 2 comes before 10;
            None for units without a league, or without a period.
        """
        if self.periods is None:
            leagues, numbers = self._grouped("league")
            return [(x, None, np.flatnonzero(numbers == i)) for i, x in enumerate(leagues)]
        names, numbers = self._grouped("league_period")
        return [
            (league, period, np.flatnonzero(numbers == number))
            for number, (league, period) in enumerate(names)
        ]

    def group(self, by: str) -> npt.NDArray[np.intp]:
        """Return a group number for each unit in the order of the groups' names, shape (units,)."""
        return self._grouped(by)[1]

    def groups(self, by: str) -> list[tuple[Hashable, npt.NDArray[np.intp]]]:
        """Return each group's name with the rows of its units, None for units without one."""
        names, numbers = self._grouped(by)
        return [(name, np.flatnonzero(numbers == number)) for number, name in enumerate(names)]

    def _grouped(self, by: str) -> tuple[list[Any], npt.NDArray[np.intp]]:
        cache: dict[str, tuple[list[Any], npt.NDArray[np.intp]]]
        by = instance_of(by, str, "by")
        cache = self.__dict__.setdefault("_groupings", {})
        if by not in cache:
            column = self.column(by)
            if column is None:
                cache[by] = ([None], np.zeros(len(self), dtype=np.intp))
            else:
                names = sorted(set(column), key=_sorts_by)
                number = {name: i for i, name in enumerate(names)}
                cache[by] = (names, np.array([number[v] for v in column], dtype=np.intp))
            cache[by][1].flags.writeable = False
        return cache[by]

    def locate(self, unit: str) -> int:
        """Return the row of a unit by its code, or by its name in any language.

        Raises
        ------
        UnknownNameError
            If there is no such unit, or several units have the name.
        """
        rows = self.locate_all(unit)
        if len(rows) == 1:
            return rows[0]
        if len({self.bodies[i] for i in rows}) == 1:
            several = listing([self.codes[i] for i in rows])
            raise UnknownNameError(f"unit '{unit}' has several periods: give one of {several}")
        codes = ", ".join(self.codes[i] for i in rows)
        raise UnknownNameError(f"{len(rows)} units are named '{unit}': give a code of {codes}")

    def locate_all(self, unit: str) -> list[int]:
        """Return all rows of a unit: in a panel a body has one for each period.

        Raises
        ------
        UnknownNameError
            If there is no such unit.
        """
        if not isinstance(unit, str):
            raise UnknownNameError(f"a unit is named by its code or name, not by {shown(unit)}")
        unit = as_code(unit)
        if unit in self._rows:
            return [self._rows[unit]]
        rows = self._named(unit)
        if not rows:
            known = dict.fromkeys([*self.labels(), *self.codes, *self.bodies])
            raise UnknownNameError(f"there is no unit '{unit}': {near_miss(unit, known)}")
        return rows

    def _named(self, unit: str) -> list[int]:
        rows = []
        if self.periods is not None:
            labels = zip(self.bodies, self.labels(), strict=True)
            rows = [i for i, known in enumerate(labels) if unit in known]
        if not rows and self.names is not None:
            rows = [i for i, name in enumerate(self.names) if unit in as_names(name).values()]
        return rows

    def take(self, rows: npt.NDArray[np.intp]) -> Units:
        """Return the units of these rows; parents that are not among them are dropped."""
        kept = {self.codes[i] for i in rows}

        def pick(column: tuple[Any, ...] | None) -> tuple[Any, ...] | None:
            return None if column is None else tuple(column[i] for i in rows)

        parents = pick(self.parents)
        return attrs.evolve(
            self,
            codes=tuple(self.codes[i] for i in rows),
            names=pick(self.names),
            leagues=pick(self.leagues),
            types=pick(self.types),
            parents=None if parents is None else tuple(p if p in kept else None for p in parents),
            ranked=None if self.ranked is None else self.ranked[rows],
            periods=pick(self.periods),
            attributes=FrozenMap(
                {k: tuple(v[i] for i in rows) for k, v in self.attributes.items()}
            ),
        )


def _sorts_by(value: Any) -> tuple[Any, ...]:
    """Return the key that sorts groups: the period, then the name, None at the end."""
    if not isinstance(value, tuple):
        return (value is None, natural_key(str(value)))
    league, period = value
    return (-1 if period is None else ordinal(period), *_sorts_by(league))


def unknown_units(codes: Iterable[str], known: Collection[str]) -> Iterator[str]:
    """Yield the units that do not exist, the first few with the name that was probably meant.

    Examples
    --------
    >>> next(unknown_units(["Hano"], {"Hanoi": 0}))
    "there is no unit 'Hano': did you mean 'Hanoi'? Known: 'Hanoi'"
    """
    unknown = [code for code in dict.fromkeys(codes) if code not in known]
    for code in unknown[:_SUGGESTED]:
        cause = f"there is no unit '{code}': {near_miss(code, known)}"
        yield Problem(cause, code="unit.unknown", unit=code)
    for code in unknown[_SUGGESTED:]:
        yield Problem("there is no such unit", code="unit.unknown", unit=str(code))
