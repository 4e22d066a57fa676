"""Small methodologies around one part, so that the part can be tried by itself."""

from __future__ import annotations

from typing import Any

import attrs

from govindex.absence import Absence, Shrink
from govindex.aggregate import Arithmetic, Sum
from govindex.contracts import AbsencePolicy, Aggregator, Measure, Rule
from govindex.errors import SettingError
from govindex.methods import Methodology
from govindex.model.framework import Framework
from govindex.model.tree import Dimension, Indicator
from govindex.ranking import Bands, Ranking
from govindex.rounding import Levels, Rounding
from govindex.rules import Identity, Piecewise, Proportional

__all__ = ["methodology_around"]

_SHRINK = Absence(missing=Shrink(), not_applicable=Shrink(), suppressed=Shrink())
_LOW = Piecewise([(0, 0.1), (100, 1)])


def methodology_around(part: object) -> Methodology:
    """Return a methodology of five indicators that uses a part.

    Parameters
    ----------
    part : rule, measure, aggregator, absence policy, Rounding, Levels, Ranking, Bands or step
        A rule or measure scores the first indicator 'a', an aggregator combines the first dimension
        ('a', 'b' and 'c') and, if it sums points, the root; a policy applies to the first
        dimension; a step prepares the data.

    Raises
    ------
    SettingError
        If it is not such a part.

    Examples
    --------
    >>> import govindex as gi
    >>> from govindex.testing import check_methodology
    >>> check_methodology(methodology_around(gi.rules.Deduction(per=0.5)), examples=3)
    """
    if isinstance(part, type):
        raise SettingError(f"give a part, not its class: {part.__name__}()")
    settings: dict[str, Any] = {}
    parts: dict[str, Any] = {}
    if isinstance(part, (Levels, Rounding)):
        settings["rounding"] = (
            part if isinstance(part, Levels) else Levels(leaf=part, node=part, total=part)
        )
    elif isinstance(part, Ranking):
        settings["ranking"] = part
    elif isinstance(part, Bands):
        settings["bands"] = part
    elif isinstance(part, (AbsencePolicy, Absence)):
        parts["absence"] = part
    elif isinstance(part, Rule):
        parts["rule"] = part
    elif isinstance(part, Measure):
        parts |= {"measure": part, "rule": Identity()}
    elif isinstance(part, Aggregator):
        parts["aggregate"] = part
    elif callable(part):
        settings["steps"] = part
    else:
        raise SettingError(f"a methodology is made around one of its parts, not {part!r}")
    return Methodology("example.around", "1", _framework(**parts), **settings)


def _framework(
    *,
    rule: Rule | None = None,
    measure: Measure | None = None,
    aggregate: Aggregator | None = None,
    absence: Any = None,
) -> Framework:
    first = Indicator("a", rule=_LOW if rule is None else rule, weight=2)
    if measure is not None:
        first = attrs.evolve(first, measure=measure)
    first_aggregate: Aggregator = Arithmetic() if aggregate is None else aggregate
    sums = first_aggregate.sums_points
    first_children = [
        first,
        Indicator("b", rule=_LOW, weight=1),
        Indicator("c", rule=Piecewise([(0, 1), (80, 0.2)]), weight=3),
    ]
    other_children = [
        Indicator("d", rule=Proportional(target=80)),
        Indicator("e", rule=_LOW, weight=2),
    ]
    return Framework(
        "index",
        [
            Dimension(
                "first",
                first_children,
                weight=None if sums else 3,
                aggregate=first_aggregate,
                absence=_SHRINK if absence is None else absence,
            ),
            Dimension("other", other_children, aggregate=Sum() if sums else Arithmetic()),
        ],
        aggregate=first_aggregate if sums else Arithmetic(),
        absence=_SHRINK,
    )
