"""The laws of rank stability, each a small function that says why it matters to a ranked unit.

A law is called with a methodology, observations and its choices:
``laws.rivals_unchanged(method, data, unit="A", like="B")`` raises
:class:`~govindex.testing.LawBroken` if it does not hold for them.
"""

from govindex.namespaces import define_namespace
from govindex.testing.laws.absence import (
    absence_between_none_and_all,
    absence_is_filled_as_declared,
    absence_is_refused,
    absence_of_the_maximum,
    missing_and_not_applicable_apart,
)
from govindex.testing.laws.many import anonymity_of_leagues, many_units
from govindex.testing.laws.marks import marks_change_no_score, marks_travel
from govindex.testing.laws.nodes import (
    bounds,
    means_between_children,
    printed_parts_add_up,
)
from govindex.testing.laws.parts import (
    anonymity_of_parts,
    linearity,
    scores_follow_parts,
    weights_count,
)
from govindex.testing.laws.repetition import (
    anonymity_of_variables,
    determinism,
    untouched_input,
)
from govindex.testing.laws.results import (
    bands_follow_scores,
    contract,
    nothing_lost,
    printed_alike_tie,
    ranks_follow_scores,
    scoring,
)
from govindex.testing.laws.tree import (
    anonymity_of_indicators,
    common_scaling_of_weights,
    geometric_below_arithmetic,
    refinement,
    unscored_nodes_are_inert,
)
from govindex.testing.laws.units import (
    anchoring,
    anonymity_of_names,
    anonymity_of_order,
    copies_take_one_rank,
    equal_units_tie,
    independence_of_irrelevant_units,
    leagues_apart,
    rivals_unchanged,
    unranked_units,
)
from govindex.testing.laws.values import (
    betterment,
    betterment_of_rank,
    clear_leads_stay,
    continuity,
    dominance,
    measure_unit,
)

__all__ = [
    "absence_between_none_and_all",
    "absence_is_filled_as_declared",
    "absence_is_refused",
    "absence_of_the_maximum",
    "anchoring",
    "anonymity_of_indicators",
    "anonymity_of_leagues",
    "anonymity_of_names",
    "anonymity_of_order",
    "anonymity_of_parts",
    "anonymity_of_variables",
    "bands_follow_scores",
    "betterment",
    "betterment_of_rank",
    "bounds",
    "clear_leads_stay",
    "common_scaling_of_weights",
    "continuity",
    "contract",
    "copies_take_one_rank",
    "determinism",
    "dominance",
    "equal_units_tie",
    "geometric_below_arithmetic",
    "independence_of_irrelevant_units",
    "leagues_apart",
    "linearity",
    "many_units",
    "marks_change_no_score",
    "marks_travel",
    "means_between_children",
    "measure_unit",
    "missing_and_not_applicable_apart",
    "nothing_lost",
    "printed_alike_tie",
    "printed_parts_add_up",
    "ranks_follow_scores",
    "refinement",
    "rivals_unchanged",
    "scores_follow_parts",
    "scoring",
    "unranked_units",
    "unscored_nodes_are_inert",
    "untouched_input",
    "weights_count",
]

define_namespace(__name__)
