"""Drawn units with leagues, types and periods, and drawn names."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from hypothesis import strategies as st

from govindex.model.units import Unit, Units
from govindex.testing.choices import Choices, choices

__all__ = ["called_like", "names", "units"]

# The ends of the alphabet and its middle, both cases, digits, signs, and other scripts, which a
# condition on a code or a name may depend on. All of them are in composed form (NFC).
_LETTERS = "AMNZamnz059-_.ÀĐƯéßŁжЯΩωאعम漢ひ한"


def names() -> st.SearchStrategy[str]:
    """Draw a code or a name."""
    return st.text(alphabet=_LETTERS, min_size=1, max_size=5)


@st.composite
def units(
    draw: st.DrawFn,
    *,
    at_least: int = 1,
    at_most: int = 6,
    leagues: bool = True,
    types: Sequence[str | None] = (),
    parents: bool = True,
    attributes: Sequence[str] = (),
    periods: Sequence[str] = (),
    codes: Sequence[str] = (),
    alone: bool = False,
) -> Units:
    """Draw units in leagues, some of them not ranked or with a parent.

    Parameters
    ----------
    at_least, at_most : int
        The number of units; two neighbours always share league and type, so that no group has a
        single unit unless there is only one.
    leagues, parents : bool
        Whether units may have different leagues, and parents.
    types : sequence of str or None
        The types they may have.
    attributes : sequence of str
        Names of attributes to group by.
    periods : sequence of str
        The periods of a panel; two neighbours always share one.
    codes : sequence of str
        The codes of the first units.
    alone : bool
        Whether a unit may be the only one of its league or type, and any number not ranked.

    Returns
    -------
    strategy of Units
        The other units have the codes U0, U1 …; in a panel "U0@2026" and so on. Without `codes`,
        some examples have codes in letters of other alphabets.
    """
    count = draw(st.integers(at_least, max(at_least, at_most)))
    choose = draw(choices(4 * count + 8))
    single = alone and not periods and choose.one_in(3)
    pairs = count if single else max(count // 2, 1)
    together = [min(unit // (1 if single else 2), pairs - 1) for unit in range(count)]
    several = leagues and choose.number(3) > 0
    drawn_leagues = [choose.of("AB") for _ in range(pairs)]
    drawn_types = [choose.of(list(types) or [None]) for _ in range(pairs)]
    bodies = called_like(codes, count)
    if choose.one_in(4) and not codes:
        bodies = draw(st.lists(names(), min_size=count, max_size=count, unique=True))
    unranked = _unranked(choose, count, single=single)
    parent = parents and choose.one_in(6) and count > 1
    rows = [_row_code(unit, pair, periods, bodies) for unit, pair in enumerate(together)]
    return Units.of(
        Unit(
            rows[unit],
            league=drawn_leagues[pair] if several else None,
            type=drawn_types[pair],
            parent=rows[0] if parent and unit == count - 1 else None,
            period=periods[pair % len(periods)] if periods else None,
            ranked=unit not in unranked,
            attributes=dict.fromkeys(attributes, "xy"[pair % 2]),
        )
        for unit, pair in enumerate(together)
    )


def _unranked(choose: Choices, count: int, *, single: bool) -> set[int]:
    # Without its last unit a group of three still has two.
    if not (choose.one_in(6) and count > 1 and count % 2 == 1):
        return set()
    others = {unit for unit in range(count) if choose.one_in(3)} if single else set()
    return {count - 1} | others


def _row_code(unit: int, pair: int, periods: Sequence[str], bodies: Sequence[str]) -> str:
    """Return a code; in a panel the same two bodies have a row in every period."""
    if not periods:
        return bodies[unit]
    body = bodies[2 * (pair // len(periods)) + unit - 2 * pair]
    return f"{body}@{periods[pair % len(periods)]}"


def called_like(codes: Sequence[str], count: int) -> list[str]:
    """Return `count` codes, the given ones first."""
    free = (code for number in itertools.count() if (code := f"U{number}") not in codes)
    return [*codes, *itertools.islice(free, max(count - len(codes), 0))][:count]
