"""Units, frameworks, observations and methodologies for property tests.

All are valid by construction, so that a test never filters, and shrink to small and plain examples:
few units, plain values, no absent cells. A framework's observations are drawn from the values that
its measures and rules declare, including ends, thresholds and values next to them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import attrs
import numpy as np
from hypothesis import strategies as st

from govindex.compute import Plan
from govindex.methods import Methodology
from govindex.model.framework import Framework
from govindex.model.observations import Observations
from govindex.model.units import Units
from govindex.namespaces import define_namespace
from govindex.opaque import AnyMethodology
from govindex.testing.cells import NA, observed
from govindex.testing.drawing import Bytes, observations_from_bytes, other_bytes
from govindex.testing.drawn_units import called_like, units
from govindex.testing.subject import Subject, Trial
from govindex.testing.trees import frameworks, levels, methodologies

__all__ = [
    "NA",
    "frameworks",
    "levels",
    "methodologies",
    "observations",
    "observed",
    "resampled",
    "units",
]


_PERIODS = ("2025", "2026")
_BY_PERIOD = ("period", "league_period")
_TURNS = 12


def observations(
    scored: Framework | AnyMethodology | Subject,
    *,
    at_least: int = 1,
    at_most: int = 6,
    absent: bool = True,
) -> st.SearchStrategy[Observations]:
    """Draw data that a framework or a methodology scores.

    Data have ties, constants, thresholds, ends, large and small values; and, if the framework has
    policies for them, missing and not applicable cells.

    Parameters
    ----------
    scored : Framework or methodology
    at_least, at_most : int
        The number of units.
    absent : bool
        Whether cells may be missing or not applicable.

    Returns
    -------
    strategy of Observations

    Raises
    ------
    FrameworkError
        If an indicator has a measure whose data cannot be drawn, or no value suits all readers of a
        variable.

    Examples
    --------
    >>> import govindex as gi
    >>> from hypothesis import given, settings
    >>> from govindex.testing import strategies
    >>> method = gi.methodology("vn.sipas@2023")
    >>> @settings(max_examples=5)
    ... @given(strategies.observations(method, absent=False))
    ... def test_complete_data_are_scored(data):
    ...     assert method.compute(data).unscored.empty
    >>> test_complete_data_are_scored()
    """
    subject = _subject(scored)
    drawn = trials(subject, at_least=at_least, at_most=at_most, absent=absent)
    return drawn.filter(Trial.is_valid).map(lambda trial: trial.data)


def _subject(scored: Framework | AnyMethodology | Subject) -> Subject:
    if isinstance(scored, Subject):
        return scored
    if isinstance(scored, Framework):
        return Subject(Methodology("example.framework", "1", scored, scale=100.0))
    return Subject(scored)


def trials(
    subject: Subject, *, at_least: int = 1, at_most: int = 6, absent: bool = True
) -> st.SearchStrategy[Trial]:
    """Draw data for a methodology, and score them.

    Units that a part refuses (a rule on a branch, a product) get other figures. If no figures are
    accepted, the first draw is returned, which is not valid.
    """
    plans, every, named = subject.plans, subject.wanted, subject.named_units
    among_peers = any(variable.distinct or variable.known for variable in every.values())
    relative_branches = _has_relative_branches(plans.values())
    bases = _bases(plans.values())
    # Two units of each base, whose periods come first.
    fewest = max(at_least, 2 if among_peers or relative_branches else 1, len(named), 2 * len(bases))
    # A unit is a row of bytes that may be left out: so examples shrink to the units that matter.
    row = st.binary(min_size=len(every), max_size=len(every))
    rows = st.lists(row, min_size=fewest, max_size=max(fewest, at_most))
    periods = _drawn_periods(subject, bases)
    alone = not (relative_branches or any(variable.distinct for variable in every.values()))

    @st.composite
    def drawn(draw: st.DrawFn) -> Trial:
        raw = draw(rows)
        cells = np.array([np.frombuffer(row, np.uint8) for row in raw]).T.copy()
        assessed = draw(
            units(
                at_least=len(raw),
                at_most=len(raw),
                types=tuple(plans),
                attributes=_attributes(plans.values()),
                periods=periods,
                codes=named,
                alone=alone,
            )
        )
        for row in draw(st.lists(st.integers(0, len(every) - 1), max_size=2)):
            cells[row] = cells[row, 0]  # a constant
        gaps = draw(st.booleans()) if absent else False

        def trial_of(cells: Bytes) -> Trial:
            return Trial(subject, observations_from_bytes(every, assessed, cells, absent=gaps))

        return _valid(trial_of, cells)

    return drawn()


def _drawn_periods(subject: Subject, bases: Sequence[str]) -> tuple[str, ...]:
    """Return the periods of a panel, the bases first; () if the methodology reads no periods."""
    if not (bases or subject.over_time or _looks_at_periods(subject.plans.values())):
        return ()
    return (*bases, *(period for period in _PERIODS if period not in bases))


def _valid(trial_of: Callable[[Bytes], Trial], cells: Bytes) -> Trial:
    """Give other figures to refused units, until no unit is refused."""
    first = trial = trial_of(cells)
    for turn in range(1, _TURNS + 1):
        refusal = trial.refusal
        if refusal is None:
            return trial
        cells = other_bytes(cells, np.isin(trial.units, list(refusal.units)), turn)
        trial = trial_of(cells)
    return first if trial.refusal is not None else trial


def _has_relative_branches(plans: Iterable[Plan]) -> bool:
    return any(
        branch.aggregate.peer_dependent
        or (branch.node.rule is not None and branch.node.rule.peer_dependent)
        for plan in plans
        for branch in plan.branches
    )


def _attributes(plans: Iterable[Plan]) -> list[str]:
    """Return the attributes by which absence policies group units."""
    names = dict.fromkeys(
        getattr(policy, "by", "all")
        for plan in plans
        for node in (*plan.framework.nodes, *plan.framework.views)
        if node.absence is not None
        for policy in node.absence.policies
    )
    return [name for name in names if name not in ("all", "league", "type", "parent", *_BY_PERIOD)]


def _bases(plans: Iterable[Plan]) -> tuple[str, ...]:
    """Return the base periods of measures and rules, which the data must have."""
    parts = [
        part
        for plan in plans
        for leaf in plan.framework.leaves
        for part in (leaf.measure, leaf.rule, *getattr(leaf.rule, "rules", ()))
    ]
    bases = (getattr(part, "base", None) for part in parts)
    return tuple(dict.fromkeys(base for base in bases if isinstance(base, str)))


def _looks_at_periods(plans: Iterable[Plan]) -> bool:
    """Return whether a part compares units within each period."""
    nodes = [node for p in plans for node in (*p.framework.nodes, *p.framework.views)]
    policies = [
        policy for node in nodes if node.absence is not None for policy in node.absence.policies
    ]
    rules = [one for node in nodes for one in (node.rule, *getattr(node.rule, "rules", ()))]
    if any(getattr(rule, "base", None) for rule in rules):
        return True
    aggregates = [getattr(node, "aggregate", None) for node in nodes]
    groups = {getattr(part, "over", "") for part in (*rules, *aggregates)}
    groups |= {getattr(policy, "by", "") for policy in policies}
    return not groups.isdisjoint(_BY_PERIOD)


@st.composite
def resampled(
    draw: st.DrawFn,
    sample: Observations,
    *,
    at_least: int = 1,
    at_most: int = 6,
    whole: bool = False,
    named: Sequence[str] = (),
) -> Observations:
    """Draw units like those of a sample: its rows, once or several times, in any order.

    Parents are left out, since a copied unit would have two; from a panel all rows of a unit are
    drawn.

    Parameters
    ----------
    sample : Observations
    at_least, at_most : int
        The number of drawn units.
    whole : bool
        Whether every row of the sample comes first, so that peers differ as in the sample.
    named : sequence of str
        Units whose rows come first and keep their codes.

    Returns
    -------
    strategy of Observations
        The other units have the codes U0, U1 …
    """
    bodies = sample.units.groups("unit") if sample.is_panel else None
    each: list[Any] = [[i] for i in range(len(sample.units))]
    if bodies is not None:
        each = [rows for _, rows in bodies]
    count = draw(st.integers(at_least, max(at_least, at_most)))
    every = list(range(len(each))) if whole else []
    drawn = draw(st.lists(st.integers(0, len(each) - 1), min_size=count, max_size=count))
    body_of = {row: body for body, rows in enumerate(each) for row in rows}
    first = [body_of[sample.units.locate_all(unit)[0]] for unit in named]
    chosen = [*first, *every, *drawn]
    copies = [
        (code, row)
        for code, body in zip(called_like(named, len(chosen)), chosen, strict=True)
        for row in each[body]
    ]
    copied = [
        attrs.evolve(sample.units[row], code=f"{code}{_period_suffix(sample, row)}", parent=None)
        for code, row in copies
    ]
    rows = np.array([row for _, row in copies], dtype=np.intp)
    return Observations(
        Units.of(copied),
        sample.variables,
        sample.values[rows],
        sample.status[rows],
        levels=sample.levels,
        period=sample.period,
    )


def _period_suffix(sample: Observations, row: int) -> str:
    return f"@{sample.units.periods[row]}" if sample.units.periods else ""


define_namespace(__name__)
