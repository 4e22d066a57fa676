"""Units, frameworks, observations, methodologies and surveys for property tests.

All are valid by construction, so that a test never filters, and shrink to small and plain ones: few
units, plain values, no absent cells. A framework's observations are drawn from what its measures
and rules say they accept, with the ends, the thresholds and what lies just beside them among them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence

import attrs
import numpy as np
from hypothesis import strategies as st

from govindex import absence, aggregate, measures, rules
from govindex.absence import Absence
from govindex.compute import Plan, compile_framework
from govindex.contracts import AbsencePolicy, Aggregator, CellStatus, Measure, Rule
from govindex.methodology import Methodology
from govindex.model.framework import Framework
from govindex.model.observations import Observations
from govindex.model.tree import Dimension, Indicator
from govindex.model.units import Unit, Units
from govindex.opaque import AnyMethodology
from govindex.ranking import Bands, Ranking
from govindex.rounding import Levels, Rounding
from govindex.testing.drawing import observations_from_bytes
from govindex.testing.subject import Subject
from govindex.testing.wanted import wanted

__all__ = [
    "NA",
    "Case",
    "Survey",
    "cases",
    "frameworks",
    "levels",
    "methodologies",
    "observations",
    "observed",
    "resampled",
    "surveys",
    "units",
]

NA = "not applicable"
Cell = float | str | None
Node = Indicator | Dimension

_WEIGHTS = st.sampled_from([1.0, 2.0, 0.1, 0.3, 0.7, 3.5, 6.0])
_ABSOLUTE: list[Rule] = [
    rules.Proportional(target=80),
    rules.Proportional(target=30, floor=10),
    rules.Goalposts(worst=0, best=100),
    rules.Goalposts(worst=120, best=-10),
    rules.Steps([(25, 0.4), (50, 0.7), (75, 1.0)]),
    rules.Piecewise([(0, 0.1), (60, 0.8), (100, 1)]),
]
_RELATIVE: list[Rule] = [
    rules.MinMax(degenerate=0.5),
    rules.MinMax(0.1, 0.9, degenerate=0.5),
    rules.ZScore(0.5, 0.05, degenerate=0.5),
]
_NODE: list[Rule] = [rules.Affine(intercept=0.1, slope=0.8), rules.Clip(0.05, 0.95)]
_POLICIES: list[AbsencePolicy | Absence] = [
    absence.Renormalise(),
    absence.Renormalise(min_share=0.5, of="leaves"),
    absence.Shrink(),
    absence.Shrink(min_count=2),
    absence.AsZero(),
    absence.Full(),
    Absence(missing=absence.AsZero(), not_applicable=absence.Shrink()),
    Absence(missing=absence.Renormalise(min_share=0.4), not_applicable=absence.Shrink()),
]


@attrs.frozen(eq=False)
class Case:
    """A framework with observations that hold all it needs.

    Parameters
    ----------
    framework : Framework
    data : Observations
    """

    framework: Framework
    data: Observations


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
) -> Units:
    """Draw units in leagues, some of them not ranked or with a parent.

    Parameters
    ----------
    at_least, at_most : int
        How many; two neighbours always share league and type, so that no group has a single unit
        unless there is only one.
    leagues, parents : bool
        Whether units may stand in several leagues and have parents.
    types : sequence of str or None
        The types they may have.
    attributes : sequence of str
        Names of attributes to group by.

    Returns
    -------
    strategy of Units
        With the codes U0, U1 …
    """
    count = draw(st.integers(at_least, max(at_least, at_most)))
    pairs = max(count // 2, 1)
    together = [min(unit // 2, pairs - 1) for unit in range(count)]
    several = draw(st.booleans()) if leagues else False
    league = draw(st.lists(st.sampled_from(["A", "B"]), min_size=pairs, max_size=pairs))
    kinds = draw(st.lists(st.sampled_from(list(types) or [None]), min_size=pairs, max_size=pairs))
    # Without its last unit a group of three still has two.
    unranked = draw(st.integers(0, 5)) == 5 and count > 1 and count % 2 == 1
    parent = draw(st.integers(0, 5)) == 5 and count > 1 if parents else False
    found = []
    for unit, pair in enumerate(together):
        found.append(
            Unit(
                f"U{unit}",
                league=league[pair] if several else None,
                type=kinds[pair],
                parent="U0" if parent and unit == count - 1 else None,
                ranked=not (unranked and unit == count - 1),
                attributes=dict.fromkeys(attributes, "xy"[pair % 2]),
            )
        )
    return Units.of(found)


@st.composite
def frameworks(
    draw: st.DrawFn,
    *,
    depth: int = 3,
    points: bool = False,
    relative: bool = True,
    node_rules: bool = True,
    bonuses: bool = False,
    only_sums: bool = False,
    ratios: bool = False,
) -> Framework:
    """Draw a ragged tree.

    Parameters
    ----------
    depth : int
        The most tiers of dimensions below the root.
    points : bool
        The root sums points; with `only_sums` every branch does.
    relative : bool
        Rules that look at peers are among the rules.
    node_rules : bool
        Dimensions may have rules of their own.
    bonuses : bool
        Branches may have indicators outside their maximum.
    ratios : bool
        Indicators may be made of two variables.

    Returns
    -------
    strategy of Framework
    """
    number = itertools.count()
    pool = [*_ABSOLUTE, *(_RELATIVE if relative else [])]
    means: list[Aggregator] = [aggregate.Arithmetic(), aggregate.Geometric(0.5)]
    root = aggregate.Sum() if points else draw(st.sampled_from([*means, aggregate.Sum()]))

    def code() -> str:
        return f"{draw(st.sampled_from('dcba'))}{next(number)}"

    def leaf(*, shown: bool = False, bonus: bool = False) -> Indicator:
        rule = draw(st.sampled_from(pool))
        lower = rule.directed and draw(st.booleans())
        own = draw(st.sampled_from([None, None, None, absence.AsZero(), absence.Full()]))
        name = code()
        made: Measure = measures.Value(name)
        if ratios and draw(st.booleans()):
            made = measures.Ratio(f"{name} done", f"{name} all", times=100)
        return Indicator(
            name,
            measure=made,
            rule=rule,
            weight=0 if shown else draw(_WEIGHTS),
            direction="lower" if lower else "higher",
            absence=absence.AsZero() if bonus else own,
            outside_maximum=bonus,
        )

    def children(tier: int, combine: Aggregator) -> list[Node]:
        count = draw(st.integers(1, 4 if tier else 3))
        found: list[Node] = [
            leaf() if tier >= depth or draw(st.booleans()) else dimension(tier + 1, combine)
            for _ in range(count)
        ]
        if draw(st.integers(0, 4)) == 4:
            found.append(leaf(shown=True))
        if bonuses and combine.linear and draw(st.booleans()):
            found.append(leaf(bonus=True))
        return found

    def dimension(tier: int, above: Aggregator) -> Dimension:
        own = draw(st.sampled_from([None] if only_sums else [None, *means, aggregate.Sum()]))
        combine = above if own is None else own
        rule = draw(st.sampled_from([None, None, *_NODE])) if node_rules else None
        weight = None if combine.sums_points else draw(_WEIGHTS)
        return Dimension(code(), children(tier, combine), aggregate=own, rule=rule, weight=weight)

    policy = draw(st.sampled_from(_POLICIES))
    return Framework("root", children(0, root), aggregate=root, absence=policy)


def levels() -> st.SearchStrategy[Levels]:
    """Draw the rounding of a methodology, tier by tier.

    Returns
    -------
    strategy of Levels
    """
    one = st.sampled_from([None, Rounding(2), Rounding(1, "half-even"), Rounding(2, "truncate")])
    return st.builds(Levels, leaf=one, node=one, total=one)


@st.composite
def methodologies(draw: st.DrawFn, *, relative: bool = True) -> Methodology:
    """Draw a methodology: a framework, how it is printed and rounded, ranked and banded.

    Parameters
    ----------
    relative : bool
        Rules that look at peers are among the rules.

    Returns
    -------
    strategy of Methodology

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> from govindex.testing import strategies
    >>> @settings(max_examples=5)
    ... @given(strategies.methodologies(relative=False))
    ... def test_absolute_rules_see_no_peers(method):
    ...     assert not method.peer_dependent
    >>> test_absolute_rules_see_no_peers()
    """
    points = draw(st.booleans())
    framework = draw(frameworks(points=points, relative=relative, bonuses=True, ratios=True))
    ranking = st.builds(
        Ranking,
        ties=st.sampled_from(["competition", "dense", "max", "average", "ordinal"]),
        decimals=st.sampled_from([None, 2, 0]),
        by=st.sampled_from(["share", "points"]),
        best=st.sampled_from(["highest", "lowest"]),
    )
    bands = Bands([("good", 80), ("fair", 50), ("weak", None)], by="percent")
    return Methodology(
        "example.drawn",
        "1",
        framework,
        scale="points" if points else draw(st.sampled_from([100.0, 1.0, 10.0])),
        rounding=draw(levels()),
        ranking=draw(ranking),
        bands=draw(st.sampled_from([None, bands])),
    )


def observations(
    scored: Framework | AnyMethodology | Subject,
    *,
    at_least: int = 1,
    at_most: int = 6,
    absent: bool = True,
) -> st.SearchStrategy[Observations]:
    """Draw data that a framework or a methodology scores.

    Ties, constants, thresholds, ends, large and small values; and, where the framework knows what
    to do with them, missing and not applicable cells.

    Parameters
    ----------
    scored : Framework or methodology
    at_least, at_most : int
        How many units.
    absent : bool
        Whether cells may be missing or not applicable.

    Returns
    -------
    strategy of Observations

    Raises
    ------
    FrameworkError
        If an indicator has a measure whose data cannot be drawn, or no value suits everybody who
        reads a variable.

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
    if isinstance(scored, Framework):
        plans: dict[str | None, Plan] = {None: compile_framework(scored)}
        every = wanted(plans.values())
    else:
        subject = scored if isinstance(scored, Subject) else Subject(scored)
        plans, every = subject.plans, subject.wanted
    among_peers = any(variable.distinct or variable.known for variable in every.values())
    fewest = max(at_least, 2) if among_peers else at_least
    most = max(fewest, at_most)
    # A unit is a row of bytes that may be left out: so examples shrink to the units that matter.
    rows = st.lists(
        st.binary(min_size=len(every), max_size=len(every)), min_size=fewest, max_size=most
    )

    @st.composite
    def drawn(draw: st.DrawFn) -> Observations:
        raw = draw(rows)
        cells = np.array([np.frombuffer(row, np.uint8) for row in raw]).T.copy()
        assessed = draw(
            units(
                at_least=len(raw),
                at_most=len(raw),
                types=tuple(plans),
                attributes=_attributes(plans.values()),
            )
        )
        for row in draw(st.lists(st.integers(0, len(every) - 1), max_size=2)):
            cells[row] = cells[row, 0]  # a constant
        some = draw(st.booleans()) if absent else False
        return observations_from_bytes(every, assessed, cells, absent=some)

    return drawn()


def _attributes(plans: Iterable[Plan]) -> list[str]:
    """Return the attributes by which absence policies group units."""
    found: dict[str, None] = {}
    for plan in plans:
        for node in (*plan.framework.nodes, *plan.framework.views):
            if node.absence is not None:
                for policy in (node.absence.missing, node.absence.not_applicable):
                    found |= dict.fromkeys([getattr(policy, "by", "all")])
    return [name for name in found if name not in ("all", "league", "type", "parent")]


@st.composite
def cases(
    draw: st.DrawFn,
    kind: st.SearchStrategy[Framework] | None = None,
    *,
    at_least: int = 1,
    at_most: int = 6,
    absent: bool = True,
) -> Case:
    """Draw a framework and its observations.

    Parameters
    ----------
    kind : strategy of Framework, optional
        Which frameworks; by default :func:`frameworks`.
    at_least, at_most, absent
        As :func:`observations` takes them.

    Returns
    -------
    strategy of Case
    """
    framework = draw(frameworks() if kind is None else kind)
    return Case(
        framework,
        draw(observations(framework, at_least=at_least, at_most=at_most, absent=absent)),
    )


@st.composite
def resampled(
    draw: st.DrawFn,
    sample: Observations,
    *,
    at_least: int = 1,
    at_most: int = 6,
    whole: bool = False,
) -> Observations:
    """Draw units like those of a sample: rows of it, once or several times, in any order.

    Parents are left out, since a copied unit would have two.

    Parameters
    ----------
    sample : Observations
    at_least, at_most : int
        How many rows are drawn.
    whole : bool
        Whether every row of the sample stands before the drawn ones, so that peers differ as they
        do there.

    Returns
    -------
    strategy of Observations
        With the codes U0, U1 …
    """
    count = draw(st.integers(at_least, max(at_least, at_most)))
    every = list(range(len(sample.units))) if whole else []
    some = draw(st.lists(st.integers(0, len(sample.units) - 1), min_size=count, max_size=count))
    places = [*every, *some]
    found = [
        attrs.evolve(sample.units[place], code=f"U{i}", parent=None)
        for i, place in enumerate(places)
    ]
    rows = np.array(places, dtype=np.intp)
    return Observations(
        Units.of(found),
        sample.variables,
        sample.values[rows],
        sample.status[rows],
        levels=sample.levels,
        period=sample.period,
    )


def observed(
    columns: Mapping[str, Sequence[Cell]],
    units: Units | Sequence[Unit | str] | None = None,
    *,
    period: str | None = None,
) -> Observations:
    """Return columns as observations: None is missing, `NA` is not applicable.

    Parameters
    ----------
    columns : mapping of variable to cells
        Numbers, answers, None or `NA`, one cell per unit.
    units : Units or sequence of Unit or str, optional
        By default U0, U1 …
    period : str, optional
        What the data are about: "2026", "2026-Q3" …

    Returns
    -------
    Observations

    Examples
    --------
    >>> observed({"days": [3, None, NA]}).cell("U1", "days").name
    'MISSING'
    """
    count = len(next(iter(columns.values())))
    names = [f"U{i}" for i in range(count)] if units is None else units
    bodies = [unit if isinstance(unit, Unit) else Unit(unit) for unit in names]
    answers = {
        name: tuple(dict.fromkeys(c for c in cells if isinstance(c, str) and c != NA))
        for name, cells in columns.items()
    }

    def number(name: str, cell: Cell) -> float:
        if isinstance(cell, str) and cell != NA:
            return float(answers[name].index(cell))
        return float(cell) if isinstance(cell, (int, float)) else np.nan

    kinds: dict[Cell, int] = {None: CellStatus.MISSING, NA: CellStatus.NOT_APPLICABLE}
    values = [[number(name, cell) for cell in cells] for name, cells in columns.items()]
    status = [[kinds.get(cell, 0) for cell in cells] for cells in columns.values()]
    return Observations(
        bodies,
        tuple(columns),
        np.array(values).T,
        np.array(status, dtype=np.uint8).T,
        levels={name: texts for name, texts in answers.items() if texts},
        period=period,
    )


@attrs.frozen
class Survey:
    """Answers of a made-up survey: one row per respondent.

    Parameters
    ----------
    options : tuple of str
        What may be answered, the best first; blanks and "don't know" beside them.
    rows : tuple of mapping
        Unit, respondent group, weight and one answer per question; None for a blank.
    """

    options: tuple[str, ...]
    rows: tuple[Mapping[str, Cell], ...]


@st.composite
def surveys(
    draw: st.DrawFn, *, questions: int = 3, units: int = 3, respondents: int = 12
) -> Survey:
    """Draw a survey's answers: blanks, refusals, one-sided units, uneven groups and weights.

    Parameters
    ----------
    questions : int
        How many, named q1, q2 …
    units, respondents : int
        The most units and respondents.

    Returns
    -------
    strategy of Survey

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> from govindex.testing import strategies
    >>> @settings(max_examples=5)
    ... @given(strategies.surveys(questions=1))
    ... def test_every_respondent_belongs_to_a_unit(survey):
    ...     assert all(row["unit"].startswith("U") for row in survey.rows)
    >>> test_every_respondent_belongs_to_a_unit()
    """
    options = tuple(
        draw(st.sampled_from([("yes", "no"), ("5", "4", "3", "2", "1"), tuple("ABCD")]))
    )
    answers: st.SearchStrategy[Cell] = st.sampled_from([*options, *options, None, "don't know"])
    count = draw(st.integers(1, respondents))
    rows = [
        {
            "unit": f"U{draw(st.integers(0, units - 1))}",
            "group": draw(st.sampled_from(["citizens", "businesses"])),
            "weight": draw(st.sampled_from([1.0, 0.5, 2.5])),
            **{f"q{i}": draw(answers) for i in range(1, questions + 1)},
        }
        for _ in range(count)
    ]
    return Survey(options, tuple(rows))
