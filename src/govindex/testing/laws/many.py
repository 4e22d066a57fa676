"""Laws about how many units there are, and what their leagues are called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np
from hypothesis import strategies as st

from govindex.model.observations import Observations
from govindex.model.units import Units
from govindex.testing.compare import expect_equal
from govindex.testing.drawn_units import names
from govindex.testing.edits import with_units
from govindex.testing.excuses import not_absolute, not_declarative
from govindex.testing.law import law
from govindex.testing.subject import Trial

__all__ = ["anonymity_of_leagues", "many_units"]


def _a_number(draw: st.DrawFn, trial: Trial) -> dict[str, Any]:
    """Choose how many units there are at least, and where the given ones stand among them."""
    return {"count": draw(st.sampled_from([12, 40, 120])), "first": draw(st.booleans())}


@law(not_absolute, choose=_a_number)
def many_units(trial: Trial, count: int, first: bool) -> None:
    """Among many units each scores as it does among few.

    A rubric that is tried on three departments is applied to a hundred communes.
    """
    times = -(-count // len(trial.units))
    many = _repeated(trial.data, times, first=first)
    when = f"the units stand {'before' if first else 'behind'} their copies, {times} of each"
    expect_equal(trial.result, trial.of(many), ranks=False, when=when)


def _repeated(data: Observations, times: int, *, first: bool) -> Observations:
    """Return the units with copies that have codes of their own, each with a parent's copy."""
    units, bodies = data.units, dict(zip(data.units.codes, data.units.bodies, strict=True))

    def called(code: str, turn: int) -> str:
        body = bodies[code]
        return code if turn == 0 else f"{body} copy {turn}{code.removeprefix(body)}"

    turns = range(times) if first else range(times - 1, -1, -1)
    found = [
        attrs.evolve(
            unit,
            code=called(unit.code, turn),
            parent=None if unit.parent is None else called(unit.parent, turn),
        )
        for turn in turns
        for unit in units
    ]
    return attrs.evolve(
        data,
        units=Units.of(found),
        values=np.tile(data.values, (times, 1)),
        status=np.tile(data.status, (times, 1)),
        treated=np.tile(data.treated, (times, 1)),
        raw=np.tile(data.raw, times),
        stages=(),
        stage=None,
    )


def _new_leagues(draw: st.DrawFn, trial: Trial) -> dict[str, Any] | None:
    """Choose what the leagues are called, in letters of many alphabets."""
    leagues = {league for league in trial.data.units.leagues or () if league is not None}
    count = len(leagues)
    if not count:
        return None
    return {"called": draw(st.lists(names(), min_size=count, max_size=count, unique=True))}


@law(not_declarative, choose=_new_leagues, effort=2)
def anonymity_of_leagues(trial: Trial, called: Sequence[str]) -> None:
    """What the leagues are called changes nothing: they say who is compared with whom.

    A rule that favours one league must be written down, as a form or a weight that all can read.
    """
    leagues = [league for league in trial.data.units.leagues or () if league is not None]
    renamed = dict(zip(dict.fromkeys(leagues), called, strict=True))
    found = [
        unit if unit.league is None else attrs.evolve(unit, league=renamed[unit.league])
        for unit in trial.data.units
    ]
    after = trial.of(with_units(trial.data, found))
    said = ", ".join(f"{old} to {new}" for old, new in renamed.items())
    expect_equal(trial.result, after, when=f"leagues are renamed, {said}")
