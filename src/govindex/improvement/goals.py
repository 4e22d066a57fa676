"""What a unit is to reach: a rank, a band or a score, and whether scores reach it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import attrs
import numpy as np

from govindex.checks import is_number, shown
from govindex.contracts import Float
from govindex.errors import DataError, SettingError, near_miss
from govindex.language import number_text, words
from govindex.results import IndexResult

__all__ = ["Goal", "check_ranked", "goal_of", "standing_at", "with_rivals", "with_shares"]

_KINDS = ("rank", "gain", "score", "band")
_SNAP = 1e-10

Kind = Literal["rank", "score", "band"]


@attrs.frozen
class Goal:
    """A rank, a score or a band that a unit is to reach.

    Parameters
    ----------
    kind : {"rank", "score", "band"}
    value : float or str
    """

    kind: Kind
    value: float | str

    def __str__(self) -> str:
        return self.text()

    def text(self, language: str | None = None) -> str:
        """Return it in words: "rank 1"."""
        value = self.value
        if not isinstance(value, str):
            value = number_text(value, language)
        return words(f"improvement.{self.kind}", language, value=value)

    def is_reached(self, result: IndexResult, row: int) -> bool:
        """Return whether a unit has reached it."""
        rank, score, band = standing_at(result, row)
        top = result.codes[0]
        lowest = result.ranking_of(top).best == "lowest"
        if self.kind == "rank":
            return bool(rank <= float(self.value))
        if self.kind == "score":
            slack = _SNAP * max(float(result.maxima[0]), 1.0)
            wanted = float(self.value)
            return bool(score <= wanted + slack if lowest else score >= wanted - slack)
        names = _bands(result)
        if band is None:
            return False
        at, wanted_at = names.index(band), names.index(str(self.value))
        return at >= wanted_at if lowest else at <= wanted_at


def standing_at(result: IndexResult, row: int) -> tuple[float, float, str | None]:
    """Return the rank, the score as it is ranked or printed, and the band of a unit."""
    top = result.codes[0]
    decimals = result.ranking_of(top).decimals
    if decimals is None:
        score = result.printed_at(top)[row]
    else:
        score = result._rounding_to(decimals)(result.full_at(top))[row]
    return float(result.ranks_at(top)[row]), float(score), result.band_of(top)[row]


def _bands(result: IndexResult) -> list[str]:
    return [] if result.bands_spec is None else [band.name for band in result.bands_spec.bands]


def goal_of(to: Any, result: IndexResult, row: int) -> Goal:
    """Return the goal of a unit that a setting declares.

    Raises
    ------
    SettingError
        If it is no rank, band or score that units have.
    """
    kind, value = _kind(to)
    top = result.codes[0]
    rank = result.ranks_at(top)[row]
    name = result.units.labels()[row]
    if kind == "band":
        names = _bands(result)
        if value not in names:
            why = near_miss(value, names) if names else "the methodology has no bands"
            raise SettingError(f"to={{'band': …}}: there is no band {shown(value)}: {why}")
        return Goal("band", value)
    if kind == "score":
        if not is_number(value):
            raise SettingError(f"to={{'score': …}} is a number, not {shown(value)}")
        return Goal("score", float(value))
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise SettingError(
            f"to={{'{kind}': …}} is a whole number of at least 1, not {shown(value)}"
        )
    if kind == "rank":
        count = int(np.isfinite(_group_ranks(result, row)).sum())
        if value > count:
            raise SettingError(
                f"to={{'rank': {value}}}: only {count} units are ranked with '{name}'; "
                f"a score is to={{'score': {value}}}"
            )
        return Goal("rank", float(value))
    better = _better_ranks(result, row)
    if not len(better):
        raise SettingError(f"'{name}' is first: it has no rank to gain")
    if rank - value < 1:
        raise SettingError(
            f"'{name}' has rank {rank:g}: it can gain {rank - 1:g} ranks at most, not {value}"
        )
    return Goal("rank", float(rank - value))


def _kind(to: Any) -> tuple[str, Any]:
    if to is None:
        return "gain", 1
    if isinstance(to, Mapping) and len(to) == 1:
        kind, value = next(iter(to.items()))
        if kind not in _KINDS:
            raise SettingError(f"to= has no goal {shown(kind)}: {near_miss(kind, _KINDS)}")
        return str(kind), value
    if isinstance(to, str):
        return "band", to
    if isinstance(to, int) and not isinstance(to, bool):
        return "rank", to
    raise SettingError(
        "to= is a rank such as 1, the name of a band, or one of {'rank': 1}, {'gain': 2}, "
        f"{{'band': 'A'}}, {{'score': 80}}; not {shown(to)}"
    )


def _group_ranks(result: IndexResult, row: int) -> Float:
    ranks = result.ranks_at(result.codes[0])
    members = next(m for *_, m in result.units.ranking_groups() if row in m)
    return np.asarray(ranks[members])


def _better_ranks(result: IndexResult, row: int) -> Float:
    ranks = _group_ranks(result, row)
    own = result.ranks_at(result.codes[0])[row]
    return np.unique(ranks[ranks < own])


def with_shares(result: IndexResult, row: int, shares: Mapping[str, float]) -> IndexResult:
    """Return a result in which a unit has other shares at some nodes."""
    states = list(result._states)
    for code, share in shares.items():
        at = result.row_of(code)
        changed = np.array(states[at].share, dtype=np.float64)
        changed[0, row] = share
        states[at] = attrs.evolve(states[at], share=changed)
    return attrs.evolve(result, states=tuple(states))


def with_rivals(result: IndexResult, row: int, rivals: Any) -> IndexResult:
    """Return a result in which other units have gained points, up to the maximum.

    Raises
    ------
    SettingError, UnknownNameError
        If gains are no numbers, or there is no such unit.
    """
    if rivals is None:
        return result
    gains = np.zeros(len(result.units))
    if isinstance(rivals, Mapping):
        for name, gain in rivals.items():
            if not isinstance(name, str) or not is_number(gain):
                raise SettingError(
                    f"rivals= gives the points that units gain: {{'H20': 0.5}}, not "
                    f"{shown(name)}: {shown(gain)}"
                )
            other = result.units.locate(name)
            if other == row:
                raise SettingError(f"rivals= names other units, not '{name}' itself")
            gains[other] = gain
    elif is_number(rivals):
        gains[:] = rivals
        gains[row] = 0.0
    else:
        raise SettingError(
            "rivals= is None (they stay), the points that every one of them gains, or a mapping "
            f"of units to points; not {shown(rivals)}"
        )
    top = result.codes[0]
    lowest = result.ranking_of(top).best == "lowest"
    state = result._states[0]
    whole = float(result.maxima[0]) * result._part(0)
    with np.errstate(invalid="ignore", divide="ignore"):
        moved = state.share[0] + (-gains if lowest else gains) / whole
    limit = np.maximum(state.share[0], 1.0)
    floor = np.minimum(state.share[0], 0.0)
    share = np.where(gains == 0, state.share[0], np.clip(moved, floor, limit))
    states = (attrs.evolve(state, share=share[None]), *result._states[1:])
    return attrs.evolve(result, states=states)


def check_ranked(result: IndexResult, row: int) -> None:
    """Refuse a unit without a score or a rank.

    Raises
    ------
    DataError
    """
    code, name = result.units.codes[row], result.units.labels()[row]
    if np.isnan(result._share(0)[row]):
        reason = result.unscored["reason"].get(code, "")
        raise DataError(f"unit '{name}' has no score to improve ({reason})")
    if np.isnan(result.ranks_at(result.codes[0])[row]):
        raise DataError(f"unit '{name}' is not ranked: its score has no rank to gain")
