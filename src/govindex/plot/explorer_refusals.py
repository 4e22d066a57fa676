"""What the explorer cannot compute exactly, refused by name before its page is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from govindex.compute import Plan, State
from govindex.compute.plan import Branch, Child
from govindex.contracts import (
    ABSENT,
    AbsencePolicy,
    BaseAggregator,
    BasePolicy,
    CellStatus,
    Rounder,
    completed,
)
from govindex.errors import Problems
from govindex.kernels.scaling import powers
from govindex.ranking import Ranking
from govindex.rounding import Rounding

__all__ = [
    "counted_branches",
    "note_absences",
    "note_parts",
    "note_ranking",
    "note_sizes",
    "policy_word",
]

_NOUN = {"noun": "node"}
_MODES = ("half-up", "half-even", "truncate", "binary")
_WHOLE = 2.0**53  # up to this doubles hold every whole number
_CURE = "explore a variant without it, or draw the weights: robustness.sample_ranks(…)"


def counted_branches(plan: Plan) -> tuple[Branch, ...]:
    """Return the branches that count in the total, each before those below it."""
    rows, found = [0], []
    for row in rows:  # the list grows meanwhile
        if row in plan.by_row:
            branch = plan.by_row[row]
            found.append(branch)
            rows += [child.row for child in branch.children]
    return tuple(found)


def note_parts(plan: Plan, branches: Sequence[Branch], problems: Problems) -> None:
    """Note the parts and settings of a methodology that cannot be followed on a page."""
    for branch in branches:
        _note_branch(branch, problems)
        for child in branch.children:
            _note_rounding(plan, child.code, problems)
            weight = plan.declared.weights[child.code]
            if isinstance(weight, str):
                problems.add(
                    f"it is weighted by the variable '{weight}', so that each unit has its own "
                    "weight",
                    code="explorer.weight",
                    variable=child.code,
                    cure="give it a number: method.with_weights({…})",
                    **_NOUN,
                )
    _note_rounding(plan, plan.framework.code, problems)


def _note_branch(branch: Branch, problems: Problems) -> None:
    about = {"variable": branch.node.code, **_NOUN}
    aggregate = completed(branch.aggregate, BaseAggregator)
    if not aggregate.linear or aggregate.peer_dependent:
        problems.add(
            f"{branch.aggregate!r} is no weighted mean or sum",
            code="explorer.aggregate",
            cure=_CURE,
            **about,
        )
    if branch.node.rule is not None:
        problems.add(
            f"its rule {branch.node.rule!r} comes after its mean",
            code="explorer.rule",
            cure=_CURE,
            **about,
        )
    for bonus in branch.bonuses:
        problems.add(
            "its points are outside the maximum (a bonus or a penalty), and its branch is cut off "
            "at its maximum",
            code="explorer.bonus",
            variable=bonus.code,
            cure=_CURE,
            **_NOUN,
        )


def _is_followed(rounding: Rounder | None) -> bool:
    return rounding is None or (isinstance(rounding, Rounding) and rounding.mode in _MODES)


def _note_rounding(plan: Plan, code: str, problems: Problems) -> None:
    row = plan.rows[code]
    rounding = plan.rounding[row] or plan.print_rounding.get(code)
    corrects = row in plan.by_row and plan.by_row[row].corrects
    if not corrects and _is_followed(rounding):
        return
    if corrects:
        cause = "its mean is corrected to the last bits, as by a publisher's program"
    elif isinstance(rounding, Rounding):
        cause = f"its rounding {rounding!r} imitates a publisher's program"
    else:
        cause = f"its rounding {rounding!r} is your own code, which the page cannot run"
    problems.add(
        cause,
        code="explorer.rounding",
        variable=code,
        cure="round half-up, half-even or by cutting off",
        **_NOUN,
    )


def note_sizes(plan: Plan, branches: Sequence[Branch], problems: Problems) -> None:
    """Note weights that cannot be added up."""
    for branch in branches:
        weights = [plan.declared.weights[child.code] for child in branch.children]
        numbers = np.array([w.item() for w in weights if not isinstance(w, str)])
        with np.errstate(over="ignore"):
            strange = powers(np.array([numbers.sum()])) is not None
        if strange:
            problems.add(
                "the weights of its children are too large or too small to be added up",
                code="explorer.weight",
                variable=branch.node.code,
                cure="give weights of an ordinary size: only their proportions count",
                **_NOUN,
            )


def note_ranking(
    code: str, ranking: Ranking, maximum: float, known: Sequence[str], problems: Problems
) -> None:
    """Note what a node is ranked by and the page does not hold."""
    for other in ranking.tie_break:
        if other not in known:
            problems.add(
                f"its ties are broken by '{other}', a view or a node of weight 0, which the page "
                "does not hold",
                code="explorer.tie_break",
                variable=code,
                cure="break ties by nodes that count in the total: Ranking(tie_break=…)",
                **_NOUN,
            )
    decimals = ranking.decimals
    if decimals is not None and maximum >= _WHOLE / 10.0 ** (decimals + 1):
        problems.add(
            f"scores up to {maximum:g} with {decimals} decimals have more digits than a number "
            "holds",
            code="explorer.decimals",
            variable=code,
            cure="rank fewer decimals: Ranking(decimals=…)",
            **_NOUN,
        )


def policy_word(policy: AbsencePolicy) -> str:
    """Return what a policy does with an absent child, "" if the page cannot follow it."""
    full = completed(policy, BasePolicy)
    if full.refuses:
        return "refuses"
    if not full.keeps_proportions:
        return ""
    return "shrinks" if full.shrinks else "restores"


def note_absences(
    branches: Sequence[Branch], states: Mapping[int, State], problems: Problems
) -> None:
    """Note the policies that are applied to absent cells and cannot be followed.

    `states` are those of the declared weights, filled by their branches.
    """
    below: dict[int, frozenset[CellStatus]] = {}
    for branch in reversed(branches):
        every: set[CellStatus] = set()
        for child in branch.children:
            state = states[child.row]
            kinds = below[child.row] if child.row in below else _kinds(state)
            _note_policies(child, kinds, problems)
            if state.filled is not None and child.row not in below:
                _note_fills(child, state, problems)
            every |= kinds
        below[branch.row] = frozenset(every)


def _kinds(state: State) -> frozenset[CellStatus]:
    """Return why cells of an indicator are absent, without those that were filled."""
    absent = np.isnan(state.share)
    return frozenset(kind for kind in ABSENT if (absent & (state.status == kind)).any())


def _note_policies(child: Child, kinds: frozenset[CellStatus], problems: Problems) -> None:
    policies = zip(ABSENT, child.absence.policies, strict=True)
    for kind, policy in policies:
        if kind in kinds and not policy_word(policy):
            problems.add(
                f"{policy!r} decides about its cells that are {kind.label}; the page follows "
                "Renormalise and Shrink, and what AsZero and Full fill into indicators",
                code="explorer.absence",
                variable=child.code,
                cure="give it one of these policies, or fill the data first (gi.impute)",
                **_NOUN,
            )


def _note_fills(child: Child, state: State, problems: Problems) -> None:
    for policy in _filling(child, state):
        if completed(policy, BasePolicy).peer_dependent:
            problems.add(
                f"{policy!r} fills its absent cells from other units",
                code="explorer.absence",
                variable=child.code,
                cure="fill the data first (gi.impute), or take Renormalise or Shrink",
                **_NOUN,
            )


def _filling(child: Child, state: State) -> Iterator[AbsencePolicy]:
    for kind, policy in zip(ABSENT, child.absence.policies, strict=True):
        if state.filled is not None and (state.filled & (state.status == kind)).any():
            yield policy
