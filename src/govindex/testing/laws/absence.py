"""Laws about absent figures: each policy does what it declares."""

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
    subject: Subject, applies: Any
) -> Iterator[tuple[str | None, str, CellStatus, AbsencePolicy]]:
    """Yield the scored indicators and statuses whose policy is of a kind."""
    for form, framework in subject.frameworks:
        for leaf in framework.leaves:
            if not framework.is_scored(leaf.code) or leaf.outside_maximum:
                continue
            for kind in KINDS:
                policy = policy_for(framework, leaf.code, kind)
                if applies(framework, leaf, policy):
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
    """Return whether the other children are aggregated without an absent indicator."""
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
    """Return whether, in a mean, the others take over the weight or the maximum shrinks."""
    return (
        _left_out(framework, leaf, policy)
        and _aggregator_says(framework, leaf, "mean")
        and not _aggregator_says(framework, leaf, "needs_all")
        and _only_moves(framework, leaf, policy)
    )


def _only_moves(framework: Framework, leaf: Indicator, policy: AbsencePolicy) -> bool:
    """Return whether a policy takes weight from the absent indicator only."""
    above = framework.parent(leaf.code)
    inside = sorted(c.code for c in above.inside if c.weight != 0) if above is not None else []
    declared = [framework.weight(code) for code in inside]
    # Made-up unequal weights for variables: what holds for them holds for all.
    sizes = [0.37 * i + 1.0 if isinstance(w, str) else w for i, w in enumerate(declared)]
    weights = np.array(sizes, dtype=np.float64).reshape(-1, 1, 1)
    absent = np.array([code == leaf.code for code in inside]).reshape(-1, 1, 1)
    try:
        new = policy.reweight(inside, weights, absent)
    except Exception:  # an error shows when the methodology is tried
        return False
    if new is None:
        return True
    rescaled = np.asarray(new) * (weights.sum() / np.sum(new))
    return bool((rescaled[~absent] >= weights[~absent] - _SLACK).all())


def _aggregator_says(framework: Framework, leaf: Indicator, what: str) -> bool:
    above = framework.parent(leaf.code)
    return above is not None and bool(getattr(framework.aggregator(above.code), what, False))


def _has_any(applies: Any) -> Any:
    def has(subject: Subject) -> bool:
        return subject.declarative and any(True for _ in _cells(subject, applies))

    return has


def _chooser(applies: Any, *, alone: bool = False) -> Any:
    def choose(draw: st.DrawFn, trial: Trial) -> dict[str, Any] | None:
        measured = trial.measured
        unit = draw(st.sampled_from(measured.units))
        form = measured.form_of(unit)
        if alone and is_absent(measured.data.status[measured.data.units.locate(unit)]).any():
            return None
        cells = [
            (code, kind)
            for cell_form, code, kind, _ in _cells(measured.subject, applies)
            if cell_form == form
            and not is_absent(measured.data.cell(unit, code))
            and measured.may_change(unit, code)
            and _counts(measured, unit, code)
        ]
        if not cells:
            return None
        code, kind = draw(st.sampled_from(cells))
        return {"unit": unit, "indicator": code, "kind": kind.label}

    return choose


def _counts(trial: Trial, unit: str, indicator: str) -> bool:
    """Return whether every weight on the way that is a variable is above 0 for the unit."""
    framework = trial.subject.plans[trial.form_of(unit)].framework
    code: str | None = indicator
    while code is not None:
        weight = getattr(framework.node(code), "weight", None)
        if isinstance(weight, str) and not trial.data.value(unit, weight):
            return False
        above = framework.parent(code)
        code = None if above is None else above.code
    return True


def _status(label: str) -> CellStatus:
    return next(kind for kind in KINDS if kind.label == label)


@law(
    not_declarative,
    without("indicator whose absence is refused", _has_any(_refusing)),
    choose=_chooser(_refusing),
)
def absence_is_refused(trial: Trial, unit: str, indicator: str, kind: str) -> None:
    """Where absence is refused, an error names the unit and the indicator.

    A forgotten figure must be found before the ranking is published, not after.
    """
    measured = trial.measured
    status = _status(kind)
    try:
        measured.method.compute(edited(measured.data, unit, {indicator: status}))
    except DataError as error:
        if f"'{unit}'" not in str(error) or f"'{indicator}'" not in str(error):
            if measured.subject.peer_dependent:
                raise Untried from error  # its peers may be refused without it
            raise Broken(f"the error names neither the unit nor the indicator: {error}") from error
        return
    raise Broken(f"'{indicator}' of unit '{unit}' is {kind}, and it is scored all the same")


def _as_shares(trial: Trial, indicator: str) -> Trial:
    """Return the trial in which an indicator's figure is its share, without rounding."""
    measured = trial.measured
    exact = Trial(Subject(unrounded(measured.method)), measured.data)

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

    method = changed(exact.method, change)
    values, column = exact.data.values.copy(), exact.data.column_of(indicator)
    shares = exact.result.shares[exact.result.row_of(indicator)]
    known = ~is_absent(exact.data.status[:, column])
    values[:, column] = np.where(known, shares, np.nan)
    levels = {name: texts for name, texts in exact.data.levels.items() if name != indicator}
    return Trial(Subject(method), attrs.evolve(exact.data, values=values, levels=levels))


@law(
    not_declarative,
    without("policy that fills what is absent", _has_any(_filling)),
    choose=_chooser(_filling),
)
def absence_is_filled_as_declared(trial: Trial, unit: str, indicator: str, kind: str) -> None:
    """An absent figure that a policy fills with 0 or with the maximum scores like one reported so.

    What the rules say about a gap must be what it costs.
    """
    exact = _as_shares(trial, indicator)
    framework = _framework_of(exact, unit)
    fill = filled(policy_for(framework, indicator, _status(kind)))
    assert fill is not None
    absent = exact.of(edited(exact.data, unit, {indicator: _status(kind)}))
    reported = exact.of(edited(exact.data, unit, {indicator: fill}))
    codes = [c for c in absent.codes if c != indicator and not _is_view(framework, c)]
    when = f"'{indicator}' of unit '{unit}' is {kind} instead of a share of {fill:g}"
    expect_equal(reported, absent, codes=codes, ranks=False, tolerance=_SLACK, when=when)


def _is_view(framework: Framework, code: str) -> bool:
    return code in {view.code for view in framework.views}


def _framework_of(trial: Trial, unit: str) -> Framework:
    return trial.subject.plans[trial.form_of(unit)].framework


@law(
    not_declarative,
    without("mean whose children may be absent", _has_any(_leaving)),
    choose=_chooser(_leaving),
)
def absence_between_none_and_all(trial: Trial, unit: str, indicator: str, kind: str) -> None:
    """A share without an indicator lies between the shares with it at 0 and at its maximum.

    Leaving a figure out must neither pay more than the best figure nor cost more than the worst.
    """
    exact = _as_shares(trial, indicator)
    framework = _framework_of(exact, unit)
    above = framework.parent(indicator)
    assert above is not None
    others = [c.code for c in above.children if c.weight != 0 and c.code != indicator]
    rule = above.rule
    if rule is not None and not rule.monotone and not completed(rule, BaseRule).falling:
        raise Untried  # a rule that is not monotone limits nothing in between
    before = exact.result
    column = before.units.locate(unit)
    siblings = [before.shares[before.row_of(c), column] for c in others]
    lowest = completed(framework.aggregator(above.code), BaseAggregator).above
    lowest = 0.0 if lowest < 0 else min([1e-3, *(s for s in siblings if s > 0)])
    results = [
        exact.of(edited(exact.data, unit, {indicator: cell}))
        for cell in (lowest, 1.0, _status(kind))
    ]
    row = results[0].units.locate(unit)
    shares = [r.shares[r.row_of(c), row] for r in results[:1] for c in others]
    if any(not np.isnan(s) and not -_SLACK <= s <= 1 + _SLACK for s in shares):
        raise Untried  # penalties and z-scores are outside the shares that are compared
    nothing, full, without_it = (r.shares[r.row_of(above.code), row] for r in results)
    if np.isnan(without_it):
        raise Untried
    low, high = sorted((nothing, full))
    if not low - _SLACK <= without_it <= high + _SLACK:
        raise Broken(
            f"unit '{unit}' attains {without_it:.10g} at '{above.code}' if '{indicator}' is "
            f"{kind}, {nothing:.10g} with a share of 0 and {full:.10g} with all of it"
        )


def _taking_over(framework: Framework, leaf: Indicator, policy: AbsencePolicy) -> bool:
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
    without("mean whose children may be absent", _has_any(_taking_over)),
    absent=False,
    choose=_chooser(_taking_over, alone=True),
)
def absence_of_the_maximum(trial: Trial, unit: str, indicator: str, kind: str) -> None:
    """The maximum shrinks by the absent part if a policy declares so, and stays otherwise.

    68.32 of 84 points are 81.33 %: a unit without a port needs no port figures.
    """
    measured = trial.measured
    framework = _framework_of(measured, unit)
    above = framework.parent(indicator)
    assert above is not None
    result = measured.of(edited(measured.data, unit, {indicator: _status(kind)}))
    row = result.units.locate(unit)
    if np.isnan(result.shares[result.row_of(above.code), row]):
        raise Untried
    weights = {c.code: framework.weight(c.code) for c in above.inside}
    whole = sum(float(w) for w in weights.values())
    shrinks = policy_for(framework, indicator, _status(kind)).shrinks
    right = 1.0 - float(weights[indicator]) / whole if shrinks else 1.0
    part = result.applicable[result.row_of(above.code), row]
    if abs(part - right) > _SLACK:
        raise Broken(
            f"'{indicator}' ({weights[indicator]} of {whole:g}) of unit '{unit}' is {kind}, "
            f"and {part:.10g} of the maximum of '{above.code}' applies, not {right:.10g}"
        )


def _has_common_policy(subject: Subject) -> bool:
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
    without("common policy for missing and not applicable figures", _has_common_policy),
)
def missing_and_not_applicable_apart(trial: Trial) -> None:
    """Missing and not applicable figures stay distinct, even if they cost the same.

    Every table must distinguish a unit that did not report from one that could not.
    """
    measured = trial.measured
    status = measured.data.status
    swapped = np.select(
        [status == CellStatus.MISSING, status == CellStatus.NOT_APPLICABLE],
        [np.uint8(CellStatus.NOT_APPLICABLE), np.uint8(CellStatus.MISSING)],
        status,
    )
    after = measured.of(attrs.evolve(measured.data, status=swapped.astype(np.uint8)))
    for code in measured.result.codes:
        old, new = measured.result.full_at(code), after.full_at(code)
        if not np.array_equal(old, new, equal_nan=True):
            raise Broken(f"missing and not applicable are swapped, and the score at '{code}' moves")
    for _, framework in measured.subject.frameworks:
        for leaf in framework.leaves:
            if leaf.code not in measured.data.variables:
                continue
            shown = after.status[after.row_of(leaf.code)]
            reported = swapped[:, measured.data.column_of(leaf.code)]
            for row in np.flatnonzero(is_absent(reported)):
                unit = measured.units[row]
                if part_of(after, unit).framework.has(leaf.code) and shown[row] != reported[row]:
                    raise Broken(
                        f"'{leaf.code}' of unit '{unit}' is "
                        f"{CellStatus(int(reported[row])).label} in the data and "
                        f"{CellStatus(int(shown[row])).label} in the result"
                    )
