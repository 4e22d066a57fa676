"""Value → share of the maximum.

A rule is a frozen callable ``rule(values, scope) -> shares``: values in the indicator's measure
unit with units on the last axis, shares in the same shape, 1 for the whole maximum. NaN stays NaN;
what is absent is the branch's business. A value that a rule may not score raises
:class:`~govindex.errors.CellError`, from which the engine makes a message with unit and indicator.

*Absolute* rules look at the unit's own value only. *Relative* rules (:class:`MinMax`,
:class:`ZScore`) look at the peers; ``anchor`` freezes them on a reference.
"""

from govindex.contracts import Scope
from govindex.rules.centred import CentredGoalposts
from govindex.rules.chain import Chain
from govindex.rules.lines import Affine, Clip, Goalposts, Identity, Points, Proportional
from govindex.rules.relative import MinMax, ZScore
from govindex.rules.tables import Choice, Condition, Deduction, PerItem, Piecewise, Steps

__all__ = [
    "Affine",
    "CentredGoalposts",
    "Chain",
    "Choice",
    "Clip",
    "Condition",
    "Deduction",
    "Goalposts",
    "Identity",
    "MinMax",
    "PerItem",
    "Piecewise",
    "Points",
    "Proportional",
    "Scope",
    "Steps",
    "ZScore",
]
