"""What the columns of a published table are to each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from govindex.checks import boolean, is_number, mapping_of, names_of, shown
from govindex.errors import SettingError
from govindex.mappings import FrozenMap
from govindex.names import as_code
from govindex.ranking import Bands

__all__ = ["PublishedColumns"]

Parts = Mapping[str, float]
Wholes = Mapping[str, Parts | Iterable[str]]  # a column and its parts
Classes = Bands | Iterable[tuple[str, float | None]] | None


def _name(value: Any, what: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise SettingError(f"{what} is the name of a column, not {shown(value)}")
    return str(as_code(value))


def _names(value: Any, what: str) -> tuple[str, ...]:
    return tuple(_name(name, what) for name in names_of(value, what))


def _unit(unit: str | None) -> str | None:
    return None if unit is None else _name(unit, "unit")


def _league(league: str | Iterable[str] | None) -> tuple[str, ...]:
    return () if league is None else _names(league, "league")


def _weighted(given: Any, what: str) -> Mapping[str, Parts]:
    wholes: dict[str, Parts] = {}
    for whole, parts in mapping_of(given, what, "a mapping of a column to its parts").items():
        name = _name(whole, what)
        weights = _weights(parts, f"the parts of '{name}' in {what}")
        if name in weights or len(weights) < 2:
            raise SettingError(f"{what}: '{name}' needs at least two parts, not itself")
        wholes[name] = FrozenMap(weights)
    return FrozenMap(wholes)


def _weights(parts: Any, what: str) -> dict[str, float]:
    if not isinstance(parts, Mapping):
        return dict.fromkeys(_names(parts, what), 1.0)
    for part, weight in parts.items():
        if not is_number(weight) or weight == 0:
            raise SettingError(f"{what}: the weight of {shown(part)} is a number, not {weight!r}")
    return {_name(part, what): float(weight) for part, weight in parts.items()}


def _sums(given: Wholes) -> Mapping[str, Parts]:
    return _weighted(given, "sums")


def _means(given: Wholes) -> Mapping[str, Parts]:
    means = _weighted(given, "means")
    for name, parts in means.items():
        if any(weight < 0 for weight in parts.values()):
            raise SettingError(f"means: the weights of '{name}' are above 0, not {dict(parts)}")
    return means


def _percents(
    given: Mapping[str, tuple[str, str | float]],
) -> Mapping[str, tuple[str, str | float]]:
    percents: dict[str, tuple[str, str | float]] = {}
    expected = "a pair (column, maximum), the maximum a number above 0 or a column"
    for column, pair in mapping_of(given, "percents").items():
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise SettingError(f"percents: {shown(column)} is {expected}, not {shown(pair)}")
        of, maximum = pair
        if not isinstance(maximum, str) and not (is_number(maximum) and maximum > 0):
            raise SettingError(f"percents: {shown(column)} is {expected}, not {shown(pair)}")
        whole = _name(maximum, "percents") if isinstance(maximum, str) else float(maximum)
        percents[_name(column, "percents")] = _name(of, "percents"), whole
    return FrozenMap(percents)


def _ranks(given: Mapping[str, str]) -> Mapping[str, str]:
    pairs = mapping_of(given, "ranks", "a mapping of a column of ranks to the column ranked")
    return FrozenMap({_name(key, "ranks"): _name(of, "ranks") for key, of in pairs.items()})


def _classes(
    given: Mapping[str, str | tuple[str, Classes]],
) -> Mapping[str, tuple[str, Bands | None]]:
    classes: dict[str, tuple[str, Bands | None]] = {}
    for column, what in mapping_of(given, "classes").items():
        pair = (what, None) if isinstance(what, str) else what
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise SettingError(
                f"classes: {shown(column)} is a column, or a pair (column, bands), not "
                f"{shown(what)}"
            )
        of, bands = pair
        if bands is not None and not isinstance(bands, Bands):
            bands = Bands(bands)
        if bands is not None and bands.by != "points":
            raise SettingError(
                f"classes: the bands of {shown(column)} start from printed scores, by='points', "
                f"not by='{bands.by}'"
            )
        classes[_name(column, "classes")] = _name(of, "classes"), bands
    return FrozenMap(classes)


def _nodes(given: Mapping[str, str]) -> Mapping[str, str]:
    pairs = mapping_of(given, "nodes", "a mapping of a column to the code of a node")
    return FrozenMap({_name(key, "nodes"): _name(code, "nodes") for key, code in pairs.items()})


def _decimals(given: Mapping[str, int]) -> Mapping[str, int]:
    for column, decimals in mapping_of(given, "decimals").items():
        whole = isinstance(decimals, int) and not isinstance(decimals, bool)
        if not (whole and 0 <= decimals <= 9):
            raise SettingError(
                f"decimals: {shown(column)} is printed with a whole number of decimals from 0 to "
                f"9, not {decimals!r}"
            )
    return FrozenMap({_name(column, "decimals"): places for column, places in given.items()})


def _counts(given: str | Iterable[str]) -> frozenset[str]:
    return frozenset(_names(given, "counts"))


@attrs.frozen(kw_only=True)
class PublishedColumns:
    """What the columns of a published table are to each other.

    Parameters
    ----------
    unit : str, optional
        The column of units; by default `unit`, `name` or `code`, else the first column.
    league : str or iterable of str, optional
        Columns inside whose groups units are ranked: a league, a year.
    sums : mapping of str to parts
        A column that adds up others: their names, or a mapping of names to weights.
    means : mapping of str to parts
        A column that is the weighted mean of others, given alike; weights need not add up to 1.
    percents : mapping of str to (column, maximum)
        A column that is the percent of a maximum, a number or a column.
    ranks : mapping of str to str
        A column of ranks, and the column that is ranked.
    classes : mapping of str to column, or to (column, bands)
        A column of classes, the column that is classed and, if they are known, the bands.
    nodes : mapping of str to str
        A column and the node of the methodology that it holds; by default those called alike.
    partial : bool
        Whether other units are ranked with those of the table, as in a list of the best ten: then
        the order of the ranks is checked alone.
    decimals : mapping of str to int
        How many decimals a column is printed with; by default as many as its finest cell.
    counts : iterable of str
        Columns that are counted, so that they are exact. By default the columns of a sum or percent
        in which every number is whole; a column of `decimals` is never one by default.

    Raises
    ------
    SettingError
        If one of them is no such description, or there is nothing in it to check.

    Examples
    --------
    >>> columns = PublishedColumns(sums={"total": ["a", "b"]}, ranks={"rank": "total"})
    >>> columns.names
    ('total', 'a', 'b', 'rank')
    """

    unit: str | None = attrs.field(default=None, converter=_unit)
    league: tuple[str, ...] = attrs.field(default=None, converter=_league)
    sums: Mapping[str, Parts] = attrs.field(factory=dict, converter=_sums)
    means: Mapping[str, Parts] = attrs.field(factory=dict, converter=_means)
    percents: Mapping[str, tuple[str, str | float]] = attrs.field(factory=dict, converter=_percents)
    ranks: Mapping[str, str] = attrs.field(factory=dict, converter=_ranks)
    classes: Mapping[str, tuple[str, Bands | None]] = attrs.field(factory=dict, converter=_classes)
    nodes: Mapping[str, str] = attrs.field(factory=dict, converter=_nodes)
    partial: bool = attrs.field(default=False, validator=boolean)
    decimals: Mapping[str, int] = attrs.field(factory=dict, converter=_decimals)
    counts: frozenset[str] = attrs.field(factory=frozenset, converter=_counts)

    def __attrs_post_init__(self) -> None:
        twice = self.sums.keys() & self.means.keys()
        if twice:
            raise SettingError(f"'{min(twice)}' is given in sums and in means: keep one")

    @property
    def numbers(self) -> tuple[str, ...]:
        """The columns of numbers that are compared."""
        return tuple(dict.fromkeys(self._numbers()))

    @property
    def names(self) -> tuple[str, ...]:
        """Every column that is compared."""
        return tuple(dict.fromkeys((*self._numbers(), *self.classes)))

    def _numbers(self) -> Iterable[str]:
        for wholes in (self.sums, self.means):
            for whole, parts in wholes.items():
                yield from (whole, *parts)
        for column, (of, maximum) in self.percents.items():
            yield from (column, of)
            if isinstance(maximum, str):
                yield maximum
        for column, of in self.ranks.items():
            yield from (column, of)
        for of, _ in self.classes.values():
            yield of
        yield from self.nodes
        yield from self.decimals
        yield from self.counts
