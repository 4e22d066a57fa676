"""Laws about the assessed units: who they are, what they are called, who else is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs
import numpy as np
from hypothesis import strategies as st

from govindex.contracts import Float
from govindex.errors import FrameworkError, GovIndexError, listing
from govindex.model.observations import Observations
from govindex.model.units import Units
from govindex.ranking import Ranking
from govindex.results import IndexResult
from govindex.testing.compare import expect_equal, expect_same_order
from govindex.testing.excuses import (
    naming_nobody,
    not_absolute,
    not_declarative,
    not_relative,
)
from govindex.testing.law import law
from govindex.testing.names import names
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
    "ranks_follow_scores",
    "rivals_unchanged",
    "unranked_units",
]

_SHIFT = {"competition": 1.0, "ordinal": 1.0, "max": 1.0, "average": 1.0, "dense": 0.0}
_SHARED = {"competition": 0.0, "dense": 0.0, "max": 1.0, "average": 0.5}


def a_unit(draw: st.DrawFn, trial: Trial) -> dict[str, Any]:
    """Choose a unit."""
    return {"unit": draw(st.sampled_from(trial.units))}


def childless(draw: st.DrawFn, trial: Trial) -> dict[str, Any] | None:
    """Choose a unit from which nobody inherits, and whose data no other row reads."""
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

    A rank must not depend on where in the table a province happens to stand.
    """
    codes = [trial.units[i] for i in order]
    after = trial.of(_listed(trial.data, list(order)))
    expect_equal(trial.result, after, when=f"the units are listed as {', '.join(codes)}")


def _listed(data: Observations, order: list[int]) -> Observations:
    units = Units.of([data.units[i] for i in order])
    return data._at(np.array(order, dtype=np.intp), units)


def _new_names(draw: st.DrawFn, trial: Trial) -> dict[str, Any]:
    """Choose what the units are called, in letters of many alphabets."""
    count = len(set(trial.data.units.bodies))
    return {"called": draw(st.lists(names(), min_size=count, max_size=count, unique=True))}


@law(naming_nobody, units=2, choose=_new_names, effort=3)
def anonymity_of_names(trial: Trial, called: Sequence[str]) -> None:
    """What the units are called changes nothing, neither their codes nor their names.

    Nobody may gain by a name: only the data count. Where ties go by the order of codes, that order
    is kept.
    """
    units, result = trial.data.units, trial.result
    bodies = list(dict.fromkeys(units.bodies))
    if any(ranking_of(result, code).ties == "ordinal" for code in result.codes):
        # In a panel the codes of the rows are compared, which go on.
        end = "@" if units.periods else ""
        bodies, called = (sorted(every, key=lambda one: one + end) for every in (bodies, called))
    renamed = dict(zip(bodies, called, strict=True))
    codes = {
        code: renamed[body] + code.removeprefix(body)
        for code, body in zip(units.codes, units.bodies, strict=True)
    }
    found = [
        attrs.evolve(
            unit,
            code=codes[unit.code],
            name=renamed[body],
            parent=None if unit.parent is None else codes[unit.parent],
        )
        for unit, body in zip(units, units.bodies, strict=True)
    ]
    after = trial.of(attrs.evolve(trial.data, units=Units.of(found)))
    when = f"the units are renamed to {listing(list(called))}"
    expect_equal(result, after, names=codes, when=when)


def _with_copy(data: Observations, unit: str) -> Observations:
    row = data.units.locate(unit)
    twin = attrs.evolve(data.units[row], code="copy")
    rows = np.append(np.arange(len(data.units)), row)
    return data._at(rows, Units.of([*data.units, twin]))


@law(choose=a_unit)
def equal_units_tie(trial: Trial, unit: str) -> None:
    """Equal data give equal scores, and equal ranks unless ties are ordinal.

    Two departments that did the same must not be told apart by the last bits of a sum.
    """
    if trial.data.units[trial.data.units.locate(unit)].code in (trial.data.units.parents or ()):
        raise Untried  # a copy does not take over the children, which may be what was scored
    if trial.other_rows(unit):
        raise Untried  # nor other periods
    result = trial.of(_with_copy(trial.data, unit))
    one, other = result.units.locate(unit), result.units.locate("copy")
    for code in result.codes:
        scores, ranks = result.full_at(code), result.ranks_at(code)
        own = ranking_of(result, code)
        if not _equal(scores[one], scores[other]):
            raise Broken(
                f"a copy of unit '{unit}' has {scores[other]:.12g} at '{code}', the unit itself "
                f"{scores[one]:.12g}"
            )
        if own.ties != "ordinal" and not _equal(ranks[one], ranks[other]):
            raise Broken(
                f"a copy of unit '{unit}' stands at rank {ranks[other]:g} at '{code}', the unit "
                f"itself at {ranks[one]:g}"
            )


def ranking_of(result: IndexResult, code: str) -> Ranking:
    """Return the ranking in force at a node."""
    return result.node(code).ranking or result.ranking


def _equal(one: float, other: float) -> bool:
    return one == other or (np.isnan(one) and np.isnan(other))


@law(not_absolute, choose=a_unit)
def copies_take_one_rank(trial: Trial, unit: str) -> None:
    """A copy of a unit leaves the others' scores alone and shifts the ranks below it by one.

    A newcomer who did just as well as somebody else takes one rank, and no more.
    """
    if trial.other_rows(unit):
        raise Untried  # a copy of one period has no other ones
    before, after = trial.result, trial.of(_with_copy(trial.data, unit))
    expect_equal(before, after, ranks=False, when=f"a copy of unit '{unit}' is added")
    root = before.codes[0]
    own = before.units.locate(unit)
    ties = ranking_of(before, root).ties
    group = before.units.group("league_period")
    if not before.units.ranked_mask[own] or np.isnan(before.full_at(root)[own]):
        return
    keys, old, new = before.keys(root), before.ranks_at(root), after.ranks_at(root)
    for i, code in enumerate(before.units.codes):
        if group[i] != group[own] or np.isnan(old[i]):
            continue
        if ties == "ordinal":  # a copy stands somewhere among those that tie with it
            continue
        shift = _SHIFT[ties] if keys[i] < keys[own] else 0.0
        shift = _SHARED[ties] if keys[i] == keys[own] else shift
        if new[i] != old[i] + shift:
            raise Broken(
                f"a copy of unit '{unit}' (rank {old[own]:g}) moves '{code}' from rank "
                f"{old[i]:g} to {new[i]:g}, not by {shift:g}"
            )


def _without(data: Observations, unit: str) -> Observations:
    return data.take([code for code in data.units.codes if code != unit])


@law(not_absolute, units=2, choose=childless)
def independence_of_irrelevant_units(trial: Trial, unit: str) -> None:
    """Whether a third unit takes part never moves the others' scores or order.

    A pair must not be reversed because somebody else came or went.
    """
    after = trial.of(_without(trial.data, unit))
    rest = [code for code in trial.units if code != unit]
    when = f"unit '{unit}' is left out"
    codes = _common(trial.result, after)
    expect_equal(trial.result, after, units=rest, codes=codes, ranks=False, when=when)
    for code in codes:
        expect_same_order(trial.result, after, rest, code, when=when)


def _common(before: IndexResult, after: IndexResult) -> list[str]:
    """Return the nodes of both results: those of a form go with the last of its units."""
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

    A score that does not look at peers must be explained from the own data alone. Units that
    inherit from the one that reports are left out.
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
    found = {unit}
    while True:
        new = {u.code for u in units if u.parent in found} - found
        if not new:
            return found - {unit}
        found |= new


@law(not_relative, not_declarative, units=3, absent=False, choose=childless)
def anchoring(trial: Trial, unit: str) -> None:
    """Once anchored, a methodology scores as before and no longer looks at peers.

    An index that compares across years must not be reversed by who else takes part. Parts that
    cannot be anchored are named.
    """
    exact = Trial(Subject(unrounded(trial.method)), trial.data)
    before = exact.result
    try:
        anchored = trial.method.anchored(trial.data)
        frozen = exact.method.anchored(trial.data)
    except FrameworkError as error:
        named = [part.partition(":")[0] for part in trial.method.peer_dependent_parts()]
        if not any(name in str(error) for name in named) and "forms" not in str(error):
            raise Broken(f"anchoring names none of the parts that cannot be: {error}") from error
        return
    except GovIndexError as error:
        raise Broken(f"it cannot be anchored on valid data: {error}") from error
    if anchored.peer_dependent:
        raise Broken(f"anchored, it still looks at peers: {anchored.peer_dependent_parts()}")
    # An anchored rule may move the last bits, and so what is rounded: shares are compared before.
    after = trial.of(trial.data, frozen)
    when = "it is anchored on the data"
    expect_equal(before, after, ranks=False, tolerance=1e-7, when=when)
    every = trial.of(trial.data, anchored)
    alone = trial.of(_without(trial.data, unit), anchored)
    rest = [code for code in trial.units if code != unit]
    when = f"it is anchored and unit '{unit}' is left out"
    codes = _common(every, alone)
    expect_equal(every, alone, units=rest, codes=codes, ranks=False, when=when)


@law(not_absolute, choose=a_unit)
def unranked_units(trial: Trial, unit: str) -> None:
    """A unit that is assessed but not ranked has a score and no rank, and takes nobody's.

    Ministries' own bodies are scored beside the ranked ones and must not push them down.
    """
    row = trial.data.units.locate(unit)
    found = [
        attrs.evolve(one, ranked=one.ranked and i != row) for i, one in enumerate(trial.data.units)
    ]
    after = trial.of(attrs.evolve(trial.data, units=Units.of(found)))
    when = f"unit '{unit}' is not ranked"
    expect_equal(trial.result, after, ranks=False, when=when)
    if len(trial.units) == 1:
        alone = after
    else:
        parents = set(trial.data.units.parents or ())
        if unit in parents or trial.other_rows(unit):
            return
        alone = trial.of(_without(trial.data, unit))
        _expect_ranks(alone, after, unit)
    if not np.isnan(after.ranks_at(after.codes[0])[row]):
        raise Broken(f"{when}, and it has rank {after.ranks_at(after.codes[0])[row]:g}")


def _expect_ranks(alone: IndexResult, after: IndexResult, unit: str) -> None:
    root = after.codes[0]
    for code, index in zip(alone.units.codes, alone.ranks_at(root), strict=True):
        beside = after.ranks_at(root)[after.units.locate(code)]
        if not _equal(index, beside):
            raise Broken(
                f"beside '{unit}', which is not ranked, '{code}' stands at rank {beside:g}; "
                f"without it at {index:g}"
            )


@law(not_absolute, units=4, choose=a_unit)
def leagues_apart(trial: Trial, unit: str) -> None:
    """Ranks inside a league (and a period) are those of the league alone.

    Districts are compared with districts: what another league does is no business of theirs.
    """
    units = trial.data.units
    ranking_groups = units.ranking_groups()
    if len(ranking_groups) == 1:
        raise Untried
    own, period, rows = next(c for c in ranking_groups if units.locate(unit) in c[2])
    where = f"league {own}" if period is None else f"league {own} of {period}"
    peers = [units.codes[row] for row in rows]
    # Their rows of other periods come with them, where they are read.
    kept = set(peers).union(*map(trial.other_rows, peers))
    if any(u.parent not in (None, *kept) for u in units if u.code in kept):
        raise Untried  # taken alone, a unit would lose what it inherits
    alone = trial.of(trial.data.take([code for code in units.codes if code in kept]))
    for code in alone.codes:
        together, apart = trial.result.ranks_at(code), alone.ranks_at(code)
        for peer in peers:
            index = apart[alone.units.locate(peer)]
            if not _equal(index, together[units.locate(peer)]):
                raise Broken(
                    f"in {where} alone unit '{peer}' stands at rank {index:g} at '{code}', "
                    f"beside other leagues at {together[units.locate(peer)]:g}"
                )


@law()
def ranks_follow_scores(trial: Trial) -> None:
    """A rank counts those who are better, and who ties shares it by the declared rule.

    First, second, third and last are announced by these numbers: 1, 2, 2, 4 or 1, 2, 2, 3.
    """
    result = trial.result
    for code in result.codes:
        own = ranking_of(result, code)
        for overall in (False, True):
            together = result.units.group("period" if overall else "league_period").tolist()
            ranks = result.ranks_at(code, overall=overall)
            groups: dict[object, list[int]] = {}
            for unit in np.flatnonzero(result.units.ranked_mask):
                if not np.isnan(result.full_at(code)[unit]):
                    groups.setdefault(together[unit], []).append(int(unit))
            counted = [unit for members in groups.values() for unit in members]
            stray = sorted(set(np.flatnonzero(~np.isnan(ranks)).tolist()) - set(counted))
            if stray:
                raise Broken(
                    f"unit '{result.units.codes[stray[0]]}' is not ranked or has no score at "
                    f"'{code}', and has rank {ranks[stray[0]]:g}"
                )
            for members in groups.values():
                _expect_counted(result, code, own.ties, members, ranks)


def _expect_counted(
    result: IndexResult, code: str, ties: str, members: list[int], ranks: Any
) -> None:
    keys = {unit: int(key) for unit, key in zip(members, result.keys(code)[members], strict=True)}
    for unit, key in keys.items():
        better = sum(other > key for other in keys.values())
        equal = sum(other == key for other in keys.values())
        want = {
            "competition": better + 1.0,
            "ordinal": better + 1.0,
            "max": float(better + equal),
            "average": better + (equal + 1) / 2.0,
            "dense": len({other for other in keys.values() if other > key}) + 1.0,
        }[ties]
        if ranks[unit] != want:
            raise Broken(
                f"unit '{result.units.codes[unit]}' stands at rank {ranks[unit]:g} at '{code}': "
                f"{better} are better and {equal - 1} tie with it, which is rank {want:g} "
                f"by '{ties}'"
            )
    _expect_ordered(result, code, keys)


def _expect_ordered(result: IndexResult, code: str, keys: Mapping[int, int]) -> None:
    """Check that what units are ranked by runs with what is printed, where nothing has shrunk."""
    own = ranking_of(result, code)
    deciding = own.tie_break if own is result.node(code).ranking or code == result.codes[0] else ()
    if any(getattr(result.node(node).ranking, "tie_break", ()) for node in deciding):
        return
    columns = [(node, *_ranked_by(result, node)) for node in (code, *deciding)]
    for one, key in keys.items():
        for other, rival in keys.items():
            for node, scores, close, turn in columns if key > rival else ():
                if scores[one] < scores[other] - close:
                    names = (result.units.codes[one], result.units.codes[other])
                    raise Broken(
                        f"unit '{names[0]}' ({turn * scores[one]:.12g} at '{node}') is ranked "
                        f"before '{names[1]}' ({turn * scores[other]:.12g}) at '{code}'"
                    )
                if scores[one] != scores[other]:
                    break  # only where these tie do the next decide


def _ranked_by(result: IndexResult, code: str) -> tuple[Float, float, float]:
    """Return a node's scores, more is better, how close they may stand in any order, the sign."""
    own = ranking_of(result, code)
    turn = -1.0 if own.best == "lowest" else 1.0
    row = result.row_of(code)
    scores = turn * (result.shares[row] if own.by == "share" else result.full_at(code))
    size = 1.0 if own.by == "share" else max(float(result.maxima[row]), 1e-300)
    close = 1e-9 * size
    if own.decimals is not None:
        whole = max(float(result.maxima[row]), 1e-300) if own.by == "share" else 1.0
        close += 1.01 * 10.0**-own.decimals / whole
    return scores, close, turn
