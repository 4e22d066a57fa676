"""Laws about the number of units and the names of their leagues."""

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
    """Choose the smallest number of units, and whether the given ones come first or last."""
    return {"count": draw(st.sampled_from([12, 40, 120])), "first": draw(st.booleans())}


@law(not_absolute, choose=_a_number)
def many_units(trial: Trial, count: int, first: bool) -> None:
    """Each unit has the same score among many units as among few.

    A rubric that is tried on three departments is applied to a hundred communes.
    """
    times = -(-count // len(trial.units))
    many = _repeated(trial.data, times, first=first)
    when = f"the units are listed {'before' if first else 'after'} their copies, {times} of each"
    expect_equal(trial.result, trial.of(many), ranks=False, when=when)


def _repeated(data: Observations, times: int, *, first: bool) -> Observations:
    """Return the units with copies under other codes, whose parents are copies, too."""
    units, bodies = data.units, dict(zip(data.units.codes, data.units.bodies, strict=True))

    def copy_code(code: str, turn: int) -> str:
        body = bodies[code]
        return code if turn == 0 else f"{body} copy {turn}{code.removeprefix(body)}"

    turns = range(times) if first else range(times - 1, -1, -1)
    copies = [
        attrs.evolve(
            unit,
            code=copy_code(unit.code, turn),
            parent=None if unit.parent is None else copy_code(unit.parent, turn),
        )
        for turn in turns
        for unit in units
    ]
    return attrs.evolve(
        data,
        units=Units.of(copies),
        values=np.tile(data.values, (times, 1)),
        status=np.tile(data.status, (times, 1)),
        treated=np.tile(data.treated, (times, 1)),
        raw=np.tile(data.raw, times),
        stages=(),
        stage=None,
    )


def _new_leagues(draw: st.DrawFn, trial: Trial) -> dict[str, Any] | None:
    """Choose names of the leagues, in letters of many alphabets."""
    leagues = {league for league in trial.data.units.leagues or () if league is not None}
    count = len(leagues)
    if not count:
        return None
    return {"called": draw(st.lists(names(), min_size=count, max_size=count, unique=True))}


@law(not_declarative, choose=_new_leagues, effort=2)
def anonymity_of_leagues(trial: Trial, called: Sequence[str]) -> None:
    """The names of leagues change nothing: leagues only decide which units are compared.

    A rule that favours one league must be written down, as a form or a weight that all can read.
    """
    leagues = [league for league in trial.data.units.leagues or () if league is not None]
    renamed = dict(zip(dict.fromkeys(leagues), called, strict=True))
    units = [
        unit if unit.league is None else attrs.evolve(unit, league=renamed[unit.league])
        for unit in trial.data.units
    ]
    after = trial.of(with_units(trial.data, units))
    renames = ", ".join(f"{old} to {new}" for old, new in renamed.items())
    expect_equal(trial.result, after, when=f"leagues are renamed, {renames}")
