"""Laws about figures that are missing or not applicable: each policy does what it says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
import numpy as np
from hypothesis import strategies as st

from govindex.contracts import (
    AbsencePolicy,
    BaseAggregator,
    BaseRule,
    CellStatus,
    completed,
    is_absent,
)
from govindex.errors import DataError
from govindex.model.framework import Framework
from govindex.model.tree import Dimension, Indicator
from govindex.results.joint_results import part_of
from govindex.rules import Identity
from govindex.testing.compare import expect_equal
from govindex.testing.edits import edited
from govindex.testing.excuses import not_declarative, without
from govindex.testing.law import law
from govindex.testing.policies import KINDS, filled, policy_for
from govindex.testing.subject import Broken, Subject, Trial, Untried
from govindex.testing.variants import changed, unrounded

__all__ = [
    "absence_between_none_and_all",
    "absence_is_filled_as_declared",
    "absence_is_refused",
    "absence_of_the_maximum",
    "missing_and_not_applicable_apart",
]

_SLACK = 1e-9


def _cells(
    subject: Subject, wanted: Any
) -> Iterator[tuple[str | None, str, CellStatus, AbsencePolicy]]:
    """Yield the scored indicators and ways of absence whose policy is of a kind."""
    for form, framework in subject.frameworks:
        for leaf in framework.leaves:
            if not framework.is_scored(leaf.code) or leaf.outside_maximum:
                continue
            for kind in KINDS:
                policy = policy_for(framework, leaf.code, kind)
                if wanted(framework, leaf, policy):
                    yield form, leaf.code, kind, policy


def _refusing(framework: Framework, leaf: Indicator, policy: AbsencePolicy) -> bool:
    return policy.refuses or (
        _left_out(framework, leaf, policy) and _aggregator_says(framework, leaf, "needs_all")
    )


def _filling(framework: Framework, leaf: Indicator, policy: AbsencePolicy) -> bool:
    fill, above = filled(policy), framework.parent(leaf.code)
    if policy.peer_dependent or fill is None or above is None:
        return False
    return fill > completed(framework.aggregator(above.code), BaseAggregator).above


def _left_out(framework: Framework, leaf: Indicator, policy: AbsencePolicy) -> bool:
    """Tell whether an absent indicator leaves the others to be aggregated without it."""
    above = framework.parent(leaf.code)
    if (
        above is None
        or policy.refuses
        or policy.peer_dependent
        or _filling(framework, leaf, policy)
    ):
        return False
    others = [child for child in above.inside if child.weight != 0 and child.code != leaf.code]
    limits = framework.policy(above.code)
    kept = all(
        len(others) >= one.min_count and len(others) >= one.min_share * (len(others) + 1)
        for one in limits.policies
    )
    return bool(others) and kept


def _leaving(framework: Framework, leaf: Indicator, policy: AbsencePolicy) -> bool:
    """Tell whether the others carry the weight, or the maximum shrinks, in a mean."""
    return (
        _left_out(framework, leaf, policy)
        and _aggregator_says(framework, leaf, "mean")
        and not _aggregator_says(framework, leaf, "needs_all")
        and _only_moves(framework, leaf, policy)
    )


def _only_moves(framework: Framework, leaf: Indicator, policy: AbsencePolicy) -> bool:
    """Tell whether a policy takes weight from the absent indicator alone, none from the others."""
    above = framework.parent(leaf.code)
    inside = sorted(c.code for c in above.inside if c.weight != 0) if above is not None else []
    given = [framework.weight(code) for code in inside]
    # Weights that are variables may be any: what holds for unequal ones holds for all.
    sizes = [0.37 * i + 1.0 if isinstance(w, str) else w for i, w in enumerate(given)]
    weights = np.array(sizes, dtype=np.float64).reshape(-1, 1, 1)
    absent = np.array([code == leaf.code for code in inside]).reshape(-1, 1, 1)
    try:
        new = policy.reweight(inside, weights, absent)
    except Exception:  # a policy that cannot say it alone shows when the methodology is tried
        return False
    if new is None:
        return True
    found = np.asarray(new) * (weights.sum() / np.sum(new))
    return bool((found[~absent] >= weights[~absent] - _SLACK).all())


def _aggregator_says(framework: Framework, leaf: Indicator, what: str) -> bool:
    above = framework.parent(leaf.code)
    return above is not None and bool(getattr(framework.aggregator(above.code), what, False))


def _some(wanted: Any) -> Any:
    def found(subject: Subject) -> bool:
        return subject.declarative and any(True for _ in _cells(subject, wanted))

    return found


def _chooser(wanted: Any, *, alone: bool = False) -> Any:
    def choose(draw: st.DrawFn, trial: Trial) -> dict[str, Any] | None:
        found = trial.measured
        unit = draw(st.sampled_from(found.units))
        form = found.form_of(unit)
        if alone and is_absent(found.data.status[found.data.units.locate(unit)]).any():
            return None
        cells = [
            (code, kind)
            for own, code, kind, _ in _cells(found.subject, wanted)
            if own == form
            and not is_absent(found.data.cell(unit, code))
            and found.may_change(unit, code)
            and _counts(found, unit, code)
        ]
        if not cells:
            return None
        code, kind = draw(st.sampled_from(cells))
        return {"unit": unit, "indicator": code, "kind": _word(kind)}

    return choose


def _counts(trial: Trial, unit: str, indicator: str) -> bool:
    """Tell whether every weight on the way that the unit's own data say is above 0."""
    framework = trial.subject.plans[trial.form_of(unit)].framework
    code: str | None = indicator
    while code is not None:
        weight = getattr(framework.node(code), "weight", None)
        if isinstance(weight, str) and not trial.data.value(unit, weight):
            return False
        above = framework.parent(code)
        code = None if above is None else above.code
    return True


def _word(kind: int) -> str:
    return CellStatus(kind).label


def _status(word: str) -> CellStatus:
    return next(kind for kind in KINDS if _word(kind) == word)


@law(
    not_declarative,
    without("indicator whose absence is refused", _some(_refusing)),
    choose=_chooser(_refusing),
)
def absence_is_refused(trial: Trial, unit: str, indicator: str, kind: str) -> None:
    """Where absence is refused, an error names the unit and the indicator.

    A forgotten figure must be found before the ranking is published, not after.
    """
    found = trial.measured
    status = _status(kind)
    try:
        found.method.compute(edited(found.data, unit, {indicator: status}))
    except DataError as error:
        if f"'{unit}'" not in str(error) or f"'{indicator}'" not in str(error):
            if found.subject.peer_dependent:
                raise Untried from error  # without it, what is left of its peers may be refused
            raise Broken(f"the error names neither the unit nor the indicator: {error}") from error
        return
    raise Broken(f"'{indicator}' of unit '{unit}' is {kind}, and it is scored all the same")


def _as_shares(trial: Trial, indicator: str) -> Trial:
    """Return the trial with an indicator whose figure is its share, and nothing rounded."""
    measured = trial.measured
    found = Trial(Subject(unrounded(measured.method)), measured.data)

    def change(framework: Framework) -> Framework:
        if indicator not in framework.leaf_codes:
            return framework

        def visit(node: Any) -> Any:
            if isinstance(node, Dimension):
                return attrs.evolve(node, children=tuple(visit(child) for child in node.children))
            if node.code != indicator:
                return node
            return attrs.evolve(node, rule=Identity(), direction="higher")

        return attrs.evolve(framework, children=visit(framework.root).children)

    method = changed(found.method, change)
    values, column = found.data.values.copy(), found.data.column_of(indicator)
    shares = found.result.shares[found.result.row_of(indicator)]
    known = ~is_absent(found.data.status[:, column])
    values[:, column] = np.where(known, shares, np.nan)
    levels = {name: texts for name, texts in found.data.levels.items() if name != indicator}
    return Trial(Subject(method), attrs.evolve(found.data, values=values, levels=levels))


@law(
    not_declarative,
    without("policy that fills what is absent", _some(_filling)),
    choose=_chooser(_filling),
)
def absence_is_filled_as_declared(trial: Trial, unit: str, indicator: str, kind: str) -> None:
    """An absent figure that counts as nothing or in full scores as nothing or in full.

    What the rules say about a gap must be what it costs.
    """
    found = _as_shares(trial, indicator)
    framework = _framework_of(found, unit)
    fill = filled(policy_for(framework, indicator, _status(kind)))
    assert fill is not None
    absent = found.of(edited(found.data, unit, {indicator: _status(kind)}))
    given = found.of(edited(found.data, unit, {indicator: fill}))
    codes = [c for c in absent.codes if c != indicator and not _is_view(framework, c)]
    when = f"'{indicator}' of unit '{unit}' is {kind} instead of a share of {fill:g}"
    expect_equal(given, absent, codes=codes, ranks=False, tolerance=_SLACK, when=when)


def _is_view(framework: Framework, code: str) -> bool:
    return code in {view.code for view in framework.views}


def _framework_of(trial: Trial, unit: str) -> Framework:
    return trial.subject.plans[trial.form_of(unit)].framework


@law(
    not_declarative,
    without("mean whose children may be absent", _some(_leaving)),
    choose=_chooser(_leaving),
)
def absence_between_none_and_all(trial: Trial, unit: str, indicator: str, kind: str) -> None:
    """A share without an indicator lies between the shares with it at nothing and in full.

    Leaving a figure out must neither pay more than the best figure nor cost more than the worst.
    """
    found = _as_shares(trial, indicator)
    framework = _framework_of(found, unit)
    above = framework.parent(indicator)
    assert above is not None
    others = [c.code for c in above.children if c.weight != 0 and c.code != indicator]
    rule = above.rule
    if rule is not None and not rule.monotone and not completed(rule, BaseRule).falling:
        raise Untried  # a rule that turns back says nothing of what lies between
    own = found.result
    at = own.units.locate(unit)
    beside = [own.shares[own.row_of(c), at] for c in others]
    lowest = completed(framework.aggregator(above.code), BaseAggregator).above
    lowest = 0.0 if lowest < 0 else min([1e-3, *(s for s in beside if s > 0)])
    results = [
        found.of(edited(found.data, unit, {indicator: cell}))
        for cell in (lowest, 1.0, _status(kind))
    ]
    row = results[0].units.locate(unit)
    shares = [r.shares[r.row_of(c), row] for r in results[:1] for c in others]
    if any(not np.isnan(s) and not -_SLACK <= s <= 1 + _SLACK for s in shares):
        raise Untried  # penalties and z-scores lie outside the shares that are compared
    nothing, full, without_it = (r.shares[r.row_of(above.code), row] for r in results)
    if np.isnan(without_it):
        raise Untried
    low, high = sorted((nothing, full))
    if not low - _SLACK <= without_it <= high + _SLACK:
        raise Broken(
            f"unit '{unit}' attains {without_it:.10g} at '{above.code}' where '{indicator}' is "
            f"{kind}, {nothing:.10g} with nothing there and {full:.10g} with all of it"
        )


def _carrying(framework: Framework, leaf: Indicator, policy: AbsencePolicy) -> bool:
    above = framework.parent(leaf.code)
    if (
        not _leaving(framework, leaf, policy)
        or above is None
        or framework.policy(above.code) is None
    ):
        return False
    weights = [framework.weight(child.code) for child in above.inside]
    return leaf.absence is None and not any(isinstance(weight, str) for weight in weights)


@law(
    not_declarative,
    without("mean whose children may be absent", _some(_carrying)),
    absent=False,
    choose=_chooser(_carrying, alone=True),
)
def absence_of_the_maximum(trial: Trial, unit: str, indicator: str, kind: str) -> None:
    """Where the maximum shrinks it shrinks by what is absent, and elsewhere it stays.

    68.32 of 84 points are 81.33 %: a unit without a port is not asked for port figures.
    """
    found = trial.measured
    framework = _framework_of(found, unit)
    above = framework.parent(indicator)
    assert above is not None
    result = found.of(edited(found.data, unit, {indicator: _status(kind)}))
    row = result.units.locate(unit)
    if np.isnan(result.shares[result.row_of(above.code), row]):
        raise Untried
    weights = {c.code: framework.weight(c.code) for c in above.inside}
    whole = sum(float(w) for w in weights.values())
    shrinks = policy_for(framework, indicator, _status(kind)).shrinks
    want = 1.0 - float(weights[indicator]) / whole if shrinks else 1.0
    part = result.applicable[result.row_of(above.code), row]
    if abs(part - want) > _SLACK:
        raise Broken(
            f"'{indicator}' ({weights[indicator]} of {whole:g}) of unit '{unit}' is {kind}, "
            f"and {part:.10g} of the maximum of '{above.code}' applies, not {want:.10g}"
        )


def _alike(subject: Subject) -> bool:
    if not subject.declarative:
        return False
    return all(
        policy.missing == policy.not_applicable
        for _, framework in subject.frameworks
        for policy in (
            *(framework.policy(node.code) for node in framework.nodes),
            *(view.absence for view in framework.views if view.absence is not None),
        )
    )


@law(
    not_declarative,
    without("common policy for what is missing and what is not applicable", _alike),
)
def missing_and_not_applicable_apart(trial: Trial) -> None:
    """Missing and not applicable keep their names, also where they cost the same.

    Who did not report and who could not are told apart in every table.
    """
    found = trial.measured
    status = found.data.status
    swapped = np.select(
        [status == CellStatus.MISSING, status == CellStatus.NOT_APPLICABLE],
        [np.uint8(CellStatus.NOT_APPLICABLE), np.uint8(CellStatus.MISSING)],
        status,
    )
    after = found.of(attrs.evolve(found.data, status=swapped.astype(np.uint8)))
    for code in found.result.codes:
        old, new = found.result.full_at(code), after.full_at(code)
        if not np.array_equal(old, new, equal_nan=True):
            raise Broken(f"missing and not applicable change ranks, and '{code}' changes with them")
    for _, framework in found.subject.frameworks:
        for leaf in framework.leaves:
            if leaf.code not in found.data.variables:
                continue
            told = after.status[after.row_of(leaf.code)]
            given = swapped[:, found.data.column_of(leaf.code)]
            for row in np.flatnonzero(is_absent(given)):
                part = part_of(after, found.units[row])
                if part.framework.has(leaf.code) and told[row] != given[row]:
                    raise Broken(
                        f"'{leaf.code}' of unit '{found.units[row]}' is {_word(given[row])} in the "
                        f"data and {_word(int(told[row]))} in the result"
                    )
