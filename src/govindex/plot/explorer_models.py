"""What the explorer's page computes with: the tree, shares of indicators, units and rankings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs
import numpy as np

from govindex.compute import State, combine
from govindex.compute.plan import Branch, Child
from govindex.contracts import AbsencePolicy, BasePolicy, Float, completed
from govindex.errors import Problems, SettingError
from govindex.methods import Methodology
from govindex.model.observations import Observations
from govindex.model.selection import At, selected
from govindex.model.units import Units
from govindex.plot.explorer_refusals import (
    counted_branches,
    note_absences,
    note_parts,
    note_ranking,
    note_sizes,
    policy_word,
)
from govindex.ranking import Ranking
from govindex.ranking.rankings import ranking_at
from govindex.results import IndexResult
from govindex.rounding import Rounding

__all__ = ["Explored", "explored"]

_SPAN = 16  # decades of maxima below that of the total


@attrs.frozen(eq=False)
class Explored:
    """An index whose weights can be moved.

    Parameters
    ----------
    result : IndexResult
        With the declared weights.
    codes : tuple of str
        The nodes that count in the total, each before those below it; the page numbers them so.
    model : dict
        What the page computes with, as plain data.
    """

    result: IndexResult
    codes: tuple[str, ...]
    model: dict[str, Any]

    def number_of(self, code: str) -> int:
        """Return the number of a node on the page."""
        return self.codes.index(code)


def explored(method: Methodology, data: Observations, at: At) -> Explored:
    """Return what the page computes with.

    Raises
    ------
    SettingError
        Naming everything that the page cannot compute exactly; if no weight can be moved.
    DataError
        If the methodology cannot compute the data.
    """
    problems, heading = Problems(), f"The weights of '{method.id}' cannot be explored"
    plan, branches = method._plan, counted_branches(method._plan)
    note_parts(plan, branches, problems)
    note_sizes(plan, branches, problems)
    problems.raise_any(SettingError, heading)
    prepared = method.prepare(data)
    scored = method._scored(prepared)
    (indicators,) = scored
    states = dict(enumerate(combine(indicators).values()))
    note_absences(branches, states, problems)
    problems.raise_any(SettingError, heading)
    result = method._result(prepared, scored)
    rows = [0, *(child.row for branch in branches for child in branch.children)]
    codes = tuple(plan.codes[row] for row in rows)
    moved = _groups(method, branches, codes, at)
    ranked = [n for group in moved for n in (group["parent"], *group["nodes"])]
    ranked = list(dict.fromkeys([0, *ranked]))
    rankings = dict(_rankings(result, codes, ranked, problems))
    problems.raise_any(SettingError, heading)
    shares = {row: indicators.leaves[row].share[0] for row in rows if row not in plan.by_row}
    model = {
        "units": len(prepared.units),
        "scale": None if method.scale == "points" else float(method.scale),
        "nodes": list(_nodes(method, branches, codes, shares, states)),
        "printing": _printing(result),
        "decimals": result.score_decimals,
        "digits": _digits(float(result.maxima[0]), points=method.scale == "points"),
        "rankings": rankings,
        **_units(prepared.units),
        "moved": moved,
    }
    return Explored(result, codes, model)


def _nodes(
    method: Methodology,
    branches: Sequence[Branch],
    codes: Sequence[str],
    shares: Mapping[int, Float],
    states: Mapping[int, State],
) -> Iterator[dict[str, Any]]:
    """Yield the nodes in the order of their numbers."""
    children = {child.code: child for branch in branches for child in branch.children}
    for code in codes:
        row = method._plan.rows[code]
        node = _node(method, row, children.get(code))
        if row in shares:
            yield node | _leaf(shares[row], states[row])
        else:
            yield node | _branch(method, method._plan.by_row[row], codes)


def _node(method: Methodology, row: int, child: Child | None) -> dict[str, Any]:
    plan, framework = method._plan, method.framework
    node, code = plan.nodes[row], plan.codes[row]
    summed = any(branch.code == code for branch in framework._summed)
    weight = plan.declared.weights[code]
    assert not isinstance(weight, str)
    rounding = plan.rounding[row]
    return {
        "code": node.code,
        "weight": None if summed else weight.item(),
        "rounding": None if rounding is None else _rounding(rounding),
        "policies": [] if child is None else [policy_word(p) for p in child.absence.policies],
    }


def _rounding(rounding: Any) -> dict[str, Any]:
    assert isinstance(rounding, Rounding)
    return {"decimals": rounding.decimals, "mode": rounding.mode}


def _branch(method: Methodology, branch: Branch, codes: Sequence[str]) -> dict[str, Any]:
    plan, framework, code = method._plan, method.framework, branch.node.code
    node = framework.node(code)
    policies = [completed(policy, BasePolicy) for policy in branch.absence.policies]
    return {
        "children": [codes.index(child.code) for child in branch.children],
        "adds": framework.aggregator(code).sums_points and not plan.declared._rescaled(node),  # type: ignore[arg-type]
        "shrinks": any(policy.shrinks or not policy.keeps_total for policy in policies),
        "limits": list(_limits(branch.absence.policies)),
    }


def _limits(policies: Sequence[AbsencePolicy]) -> Iterator[dict[str, Any]]:
    """Yield the branch's policies with a least availability, each with its kinds of absence."""
    different = [p for i, p in enumerate(policies) if p not in policies[:i]]
    for policy in different:
        if policy.min_share > 0 or policy.min_count > 1:
            kinds = [number for number, other in enumerate(policies) if other == policy]
            limit = {"share": float(policy.min_share), "count": policy.min_count, "of": policy.of}
            yield {**limit, "kinds": kinds}


def _leaf(share: Float, state: State) -> dict[str, Any]:
    """Return an indicator: its shares before rounding, what was filled in, and its statuses."""
    shares = share.tolist()
    filled = np.isnan(share) & ~np.isnan(state.share[0])
    status = np.broadcast_to(state.status, state.share.shape)[0]
    return {
        "shares": [None if value != value else value for value in shares],
        "filled": [[u, state.share[0][u].item()] for u in np.flatnonzero(filled).tolist()],
        "status": [[u, int(status[u])] for u in np.flatnonzero(status).tolist()],
    }


def _groups(
    method: Methodology, branches: Sequence[Branch], codes: Sequence[str], at: At
) -> list[dict[str, Any]]:
    """Return the siblings whose weights are moved, branch by branch."""
    framework, weights = method.framework, method._plan.declared.weights
    chosen = set(selected(at, framework.codes, [framework]))
    groups = []
    for branch in branches:
        if len(branch.children) > 1 and chosen.intersection(branch.child_codes):
            numbers = [codes.index(code) for code in branch.child_codes]
            given = [np.asarray(weights[code]).item() for code in branch.child_codes]
            whole = given[0]
            for weight in given[1:]:  # in the order in which the engine adds them
                whole += weight
            parent = codes.index(branch.node.code)
            groups.append({"parent": parent, "nodes": numbers, "weights": given, "total": whole})
    if not groups:
        raise SettingError(
            f"at={at!r} selects no node with a sibling that is scored, so that there is no weight "
            "to move: give another tier (1: the root's children) or other codes"
        )
    return groups


def _rankings(
    result: IndexResult, codes: Sequence[str], ranked: Sequence[int], problems: Problems
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the ranking of nodes by number, with those of the nodes that break their ties."""
    pending, seen = list(ranked), set(ranked)
    for number in pending:  # the list grows meanwhile
        code = codes[number]
        ranking: Ranking = ranking_at(
            result.node(code).ranking, result.ranking, total=code == codes[0]
        )
        note_ranking(code, ranking, float(result.maxima[result.row_of(code)]), codes, problems)
        ties = [codes.index(other) for other in ranking.tie_break if other in codes]
        pending += [other for other in ties if other not in seen]
        seen.update(ties)
        one_sign = code in result._of_one_sign
        settings = attrs.asdict(ranking)
        yield number, {**settings, "tie_break": ties, "one_sign": one_sign}


def _printing(result: IndexResult) -> dict[str, Any]:
    decimals = result.score_decimals
    if result.printing.decimals < 0:
        decimals = result.printing.decimals
    return {"decimals": decimals, "mode": result.printing.mode}


def _digits(total: float, *, points: bool) -> list[list[float]]:
    """Return the powers of ten that keep twelve digits of a size, each with the least such size.

    The logarithm of a size just above a power of ten may be that of the power.
    """
    if not points:
        return [[0.0, _twelve(_exponent(total))]]
    top = _exponent(total)
    first, last = min(-2, top - _SPAN), max(2, top + 2)
    sizes = [[0.0, _twelve(first)]]
    for exponent in range(first, last):
        low, high = float(f"1e{exponent}") * (1 - 1e-12), float(f"1e{exponent}") * (1 + 1e-12)
        while np.nextafter(low, high) < high:
            middle = low + (high - low) / 2.0
            low, high = (middle, high) if _exponent(middle) <= exponent else (low, middle)
        sizes.append([high, _twelve(exponent + 1)])
    return sizes


def _exponent(size: float) -> int:
    return int(np.ceil(np.log10(np.asarray(size))))


def _twelve(exponent: int) -> float:
    return float(10.0 ** np.minimum(12.0 - np.float64(exponent), 308.0))


def _units(units: Units) -> dict[str, Any]:
    order = np.empty(len(units), dtype=np.int64)
    order[np.argsort(np.array(units.codes), kind="stable")] = np.arange(len(order))
    return {
        "ranked": units.ranked_mask.tolist(),
        "order": order.tolist(),
        "groups": [
            {"league": league, "period": period, "members": members.tolist()}
            for league, period, members in units.ranking_groups()
        ],
    }
