"""Laws about units: their order, names, copies, leagues, and other units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np
from hypothesis import strategies as st

from govindex.errors import FrameworkError, GovIndexError, listing
from govindex.model.units import Units
from govindex.results import IndexResult
from govindex.testing.compare import alike, expect_equal, expect_same_order, ranking_of
from govindex.testing.drawn_units import names
from govindex.testing.edits import listed, with_copy, with_units, without
from govindex.testing.excuses import (
    naming_nobody,
    not_absolute,
    not_declarative,
    not_relative,
)
from govindex.testing.law import law
from govindex.testing.subject import Broken, Subject, Trial, Untried
from govindex.testing.variants import unrounded

__all__ = [
    "anchoring",
    "anonymity_of_names",
    "anonymity_of_order",
    "copies_take_one_rank",
    "equal_units_tie",
    "independence_of_irrelevant_units",
    "leagues_apart",
    "rivals_unchanged",
    "unranked_units",
]

_SHIFT = {"competition": 1.0, "ordinal": 1.0, "max": 1.0, "average": 1.0, "dense": 0.0}
_SHARED = {"competition": 0.0, "dense": 0.0, "max": 1.0, "average": 0.5}


def a_unit(draw: st.DrawFn, trial: Trial) -> dict[str, Any]:
    """Choose a unit."""
    return {"unit": draw(st.sampled_from(trial.units))}


def childless(draw: st.DrawFn, trial: Trial) -> dict[str, Any] | None:
    """Choose a unit from which no unit inherits, and whose data no other row reads."""
    parents = set(trial.data.units.parents or ())
    free = [u for u in trial.units if u not in parents and not trial.other_rows(u)]
    return {"unit": draw(st.sampled_from(free))} if len(trial.units) > 1 and free else None


def an_order(draw: st.DrawFn, trial: Trial) -> dict[str, Any]:
    """Choose an order of the units."""
    order = draw(st.permutations(range(len(trial.units))))
    return {"order": order if order != sorted(order) else order[::-1]}


@law(units=2, choose=an_order)
def anonymity_of_order(trial: Trial, order: Sequence[int]) -> None:
    """The order in which units are listed changes nothing.

    A rank must not depend on the row of the table in which a province happens to be.
    """
    codes = [trial.units[i] for i in order]
    after = trial.of(listed(trial.data, order))
    expect_equal(trial.result, after, when=f"the units are listed as {', '.join(codes)}")


def _new_names(draw: st.DrawFn, trial: Trial) -> dict[str, Any]:
    """Choose names of the units, in letters of many alphabets."""
    count = len(set(trial.data.units.bodies))
    return {"called": draw(st.lists(names(), min_size=count, max_size=count, unique=True))}


@law(naming_nobody, units=2, choose=_new_names, effort=3)
def anonymity_of_names(trial: Trial, called: Sequence[str]) -> None:
    """The codes and names of units change nothing.

    No unit may gain by its name: only data count. If ties are broken by the order of codes, that
    order is kept.
    """
    units, result = trial.data.units, trial.result
    bodies = list(dict.fromkeys(units.bodies))
    if any(ranking_of(result, code).ties == "ordinal" for code in result.codes):
        # In a panel the codes of the rows are compared, which end in the period.
        end = "@" if units.periods else ""
        bodies, called = (sorted(every, key=lambda one: one + end) for every in (bodies, called))
    renamed = dict(zip(bodies, called, strict=True))
    codes = {
        code: renamed[body] + code.removeprefix(body)
        for code, body in zip(units.codes, units.bodies, strict=True)
    }
    renamed_units = [
        attrs.evolve(
            unit,
            code=codes[unit.code],
            name=renamed[body],
            parent=None if unit.parent is None else codes[unit.parent],
        )
        for unit, body in zip(units, units.bodies, strict=True)
    ]
    after = trial.of(with_units(trial.data, renamed_units))
    when = f"the units are renamed to {listing(list(called))}"
    expect_equal(result, after, names=codes, when=when)


@law(choose=a_unit)
def equal_units_tie(trial: Trial, unit: str) -> None:
    """Equal data give equal scores, and equal ranks unless ties are ordinal.

    Two departments that did the same must not differ by the last bits of a sum.
    """
    if trial.data.units[trial.data.units.locate(unit)].code in (trial.data.units.parents or ()):
        raise Untried  # the children do not inherit from the copy
    if trial.other_rows(unit):
        raise Untried  # the copy has no other periods
    result = trial.of(with_copy(trial.data, unit))
    one, other = result.units.locate(unit), result.units.locate("copy")
    for code in result.codes:
        scores, ranks = result.full_at(code), result.ranks_at(code)
        ties = ranking_of(result, code).ties
        if not alike(scores[one], scores[other]):
            raise Broken(
                f"a copy of unit '{unit}' has {scores[other]:.12g} at '{code}', the unit itself "
                f"{scores[one]:.12g}"
            )
        if ties != "ordinal" and not alike(ranks[one], ranks[other]):
            raise Broken(
                f"a copy of unit '{unit}' has rank {ranks[other]:g} at '{code}', the unit itself "
                f"{ranks[one]:g}"
            )


@law(not_absolute, choose=a_unit)
def copies_take_one_rank(trial: Trial, unit: str) -> None:
    """A copy of a unit changes no other score and shifts the ranks below it by one.

    A newcomer with the same score as another unit takes one rank, and no more.
    """
    if trial.other_rows(unit):
        raise Untried  # the copy has no other periods
    before, after = trial.result, trial.of(with_copy(trial.data, unit))
    expect_equal(before, after, ranks=False, when=f"a copy of unit '{unit}' is added")
    root = before.codes[0]
    own = before.units.locate(unit)
    ties = ranking_of(before, root).ties
    group = before.units.group("league_period")
    if not before.units.ranked_mask[own] or np.isnan(before.full_at(root)[own]):
        return
    keys, old, new = before._keys(root), before.ranks_at(root), after.ranks_at(root)
    for i, code in enumerate(before.units.codes):
        if group[i] != group[own] or np.isnan(old[i]):
            continue
        if ties == "ordinal":  # the copy may be anywhere among the units that tie with it
            continue
        shift = _SHIFT[ties] if keys[i] < keys[own] else 0.0
        shift = _SHARED[ties] if keys[i] == keys[own] else shift
        if new[i] != old[i] + shift:
            raise Broken(
                f"a copy of unit '{unit}' (rank {old[own]:g}) moves '{code}' from rank "
                f"{old[i]:g} to {new[i]:g}, not by {shift:g}"
            )


@law(not_absolute, units=2, choose=childless)
def independence_of_irrelevant_units(trial: Trial, unit: str) -> None:
    """Adding or removing a third unit never changes the others' scores or order.

    A pair must not be reversed because a third unit came or went.
    """
    after = trial.of(without(trial.data, unit))
    rest = [code for code in trial.units if code != unit]
    when = f"unit '{unit}' is left out"
    codes = _common(trial.result, after)
    expect_equal(trial.result, after, units=rest, codes=codes, ranks=False, when=when)
    for code in codes:
        expect_same_order(trial.result, after, rest, code, when=when)


def _common(before: IndexResult, after: IndexResult) -> list[str]:
    """Return the nodes of both results: a form without units has no nodes."""
    return [code for code in before.codes if code in after.codes]


def _two_units(draw: st.DrawFn, trial: Trial) -> dict[str, Any] | None:
    types = trial.data.units.types or (None,) * len(trial.units)
    pairs = [
        (one, other)
        for i, one in enumerate(trial.units)
        for j, other in enumerate(trial.units)
        if i != j and types[i] == types[j]
    ]
    if not pairs:
        return None
    unit, like = draw(st.sampled_from(pairs))
    return {"unit": unit, "like": like}


@law(not_absolute, units=2, choose=_two_units)
def rivals_unchanged(trial: Trial, unit: str, like: str) -> None:
    """Whatever one unit reports, no other unit's score moves.

    A score that does not depend on peers must be explained by the unit's own data alone. Units that
    inherit from the reporting unit are left out.
    """
    data = trial.data
    row, other = data.units.locate(unit), data.units.locate(like)
    values, status = data.values.copy(), data.status.copy()
    values[row], status[row] = values[other], status[other]
    after = trial.of(attrs.evolve(data, values=values, status=status, treated=None))
    heirs = trial.other_rows(unit)
    if trial.subject.inherits:
        heirs |= {heir for one in (unit, *heirs) for heir in _heirs(data.units, one)}
    rest = [code for code in trial.units if code != unit and code not in heirs]
    when = f"unit '{unit}' reports what '{like}' does"
    expect_equal(trial.result, after, units=rest, ranks=False, when=when)


def _heirs(units: Units, unit: str) -> set[str]:
    family = {unit}
    while True:
        new = {u.code for u in units if u.parent in family} - family
        if not new:
            return family - {unit}
        family |= new


@law(not_relative, not_declarative, units=3, absent=False, choose=childless)
def anchoring(trial: Trial, unit: str) -> None:
    """Once anchored, a methodology scores as before and no longer looks at peers.

    In an index that compares years a third unit must not reverse a pair. An error names the parts
    that cannot be anchored.
    """
    exact = Trial(Subject(unrounded(trial.method)), trial.data)
    before = exact.result
    try:
        anchored = trial.method.anchored(trial.data)
        frozen = exact.method.anchored(trial.data)
    except FrameworkError as error:
        named = [part.name for part in trial.method.peer_dependent_parts()]
        if not any(name in str(error) for name in named) and "forms" not in str(error):
            raise Broken(f"anchoring names none of the parts that cannot be: {error}") from error
        return
    except GovIndexError as error:
        raise Broken(f"it cannot be anchored on valid data: {error}") from error
    if anchored.peer_dependent:
        parts = listing(map(str, anchored.peer_dependent_parts()))
        raise Broken(f"anchored, it still looks at peers: {parts}")
    # An anchored rule may change the last bits, and so rounded scores: compare without rounding.
    after = trial.of(trial.data, frozen)
    when = "it is anchored on the data"
    expect_equal(before, after, ranks=False, tolerance=1e-7, when=when)
    every = trial.of(trial.data, anchored)
    alone = trial.of(without(trial.data, unit), anchored)
    rest = [code for code in trial.units if code != unit]
    when = f"it is anchored and unit '{unit}' is left out"
    codes = _common(every, alone)
    expect_equal(every, alone, units=rest, codes=codes, ranks=False, when=when)


@law(not_absolute, choose=a_unit)
def unranked_units(trial: Trial, unit: str) -> None:
    """A unit that is assessed but not ranked has a score but no rank, and moves no other rank.

    Ministries' own bodies are scored with the ranked ones and must not push them down.
    """
    row = trial.data.units.locate(unit)
    units = [
        attrs.evolve(one, ranked=one.ranked and i != row) for i, one in enumerate(trial.data.units)
    ]
    after = trial.of(with_units(trial.data, units))
    when = f"unit '{unit}' is not ranked"
    expect_equal(trial.result, after, ranks=False, when=when)
    if len(trial.units) == 1:
        alone = after
    else:
        parents = set(trial.data.units.parents or ())
        if unit in parents or trial.other_rows(unit):
            return
        alone = trial.of(without(trial.data, unit))
        _expect_ranks(alone, after, unit)
    if not np.isnan(after.ranks_at(after.codes[0])[row]):
        raise Broken(f"{when}, and it has rank {after.ranks_at(after.codes[0])[row]:g}")


def _expect_ranks(alone: IndexResult, after: IndexResult, unit: str) -> None:
    root = after.codes[0]
    for code, rank in zip(alone.units.codes, alone.ranks_at(root), strict=True):
        together = after.ranks_at(root)[after.units.locate(code)]
        if not alike(rank, together):
            raise Broken(
                f"with '{unit}', which is not ranked, '{code}' has rank {together:g}; "
                f"without it {rank:g}"
            )


@law(not_absolute, units=4, choose=a_unit)
def leagues_apart(trial: Trial, unit: str) -> None:
    """Ranks inside a league (and a period) are those of the league alone.

    Districts are compared with districts: another league must not change their ranks.
    """
    units = trial.data.units
    ranking_groups = units.ranking_groups()
    if len(ranking_groups) == 1:
        raise Untried
    league, period, rows = next(group for group in ranking_groups if units.locate(unit) in group[2])
    where = f"league {league}" if period is None else f"league {league} of {period}"
    peers = [units.codes[row] for row in rows]
    # Rows of other periods that they read are kept, too.
    kept = set(peers).union(*map(trial.other_rows, peers))
    if any(u.parent not in (None, *kept) for u in units if u.code in kept):
        raise Untried  # taken alone, a unit would lose what it inherits
    alone = trial.of(trial.data.take([code for code in units.codes if code in kept]))
    for code in alone.codes:
        together, apart = trial.result.ranks_at(code), alone.ranks_at(code)
        for peer in peers:
            rank = apart[alone.units.locate(peer)]
            if not alike(rank, together[units.locate(peer)]):
                raise Broken(
                    f"in {where} alone unit '{peer}' has rank {rank:g} at '{code}', with other "
                    f"leagues {together[units.locate(peer)]:g}"
                )
