"""Laws about figures: the effects of better figures, small changes and other measure units."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
import numpy as np
from hypothesis import strategies as st

from govindex.compute import Plan
from govindex.contracts import (
    BaseAggregator,
    BaseRule,
    CellStatus,
    Float,
    Rounder,
    completed,
    is_absent,
)
from govindex.model.framework import Framework
from govindex.model.tree import Dimension, Indicator
from govindex.results import IndexResult
from govindex.results.joint_results import part_of
from govindex.testing.compare import expect_equal, ranking_of, scores_by_unit
from govindex.testing.edits import edited, with_copy
from govindex.testing.excuses import (
    all_ranked_by_score,
    not_absolute,
    not_declarative,
    without,
    without_monotone,
    without_steep,
)
from govindex.testing.law import law
from govindex.testing.subject import Broken, Subject, Trial, Way
from govindex.testing.variants import unrounded

__all__ = [
    "betterment",
    "betterment_of_rank",
    "clear_leads_stay",
    "continuity",
    "dominance",
    "measure_unit",
]

_SLACK = 1e-9


def _known(trial: Trial, unit: str, way: Way) -> bool:
    return not is_absent(trial.data.cell(unit, way.variable))


def _free(trial: Trial, unit: str, ways: list[Way]) -> list[Way]:
    """Return the ways of numbers that may change while peers still differ."""
    free = []
    for way in ways:
        variable = trial.subject.wanted.get(way.variable)
        if variable is None or variable.answers or not _known(trial, unit, way):
            continue
        if trial.may_change(unit, way.variable):
            free.append(way)
    return free


def _a_value(draw: st.DrawFn, trial: Trial, *, rising: bool) -> dict[str, Any] | None:
    """Choose a unit's measured indicator and another value for it."""
    measured = trial.measured
    unit = draw(st.sampled_from(measured.units))
    ways = _free(measured, unit, measured.ways_of(unit))
    if rising:
        ways = [way for way in ways if way.sign and way.peers <= 1]
    if not ways:
        return None
    way = draw(st.sampled_from(ways))
    value = draw(st.sampled_from(measured.choices_for(way.variable)))
    return {"unit": unit, "indicator": way.leaf.code, "value": value}


def a_better_value(draw: st.DrawFn, trial: Trial) -> dict[str, Any] | None:
    """Choose a value for an indicator with a monotone way to the total."""
    return _a_value(draw, trial, rising=True)


def _bettered(
    trial: Trial, unit: str, indicator: str, value: float
) -> tuple[IndexResult, IndexResult, str]:
    """Return the results with the worse and with the better of two values."""
    measured = trial.measured
    way = measured.way_of(unit, indicator)
    old = measured.data.value(unit, way.variable)
    assert isinstance(old, float)
    worse, better = sorted((old, value), key=lambda number: way.sign * number)
    before, after = (
        measured.of(edited(measured.data, unit, {way.variable: number}))
        for number in (worse, better)
    )
    when = f"unit '{unit}' improves '{indicator}' from {worse:.10g} to {better:.10g}"
    return before, after, f"{when} ({old:.10g} in the data)"


@law(without_monotone, effort=5, choose=a_better_value)
def betterment(trial: Trial, unit: str, indicator: str, value: float) -> None:
    """A better figure never lowers the unit's own score.

    No unit may be punished for an improvement, or rewarded for reporting less.
    """
    before, after, when = _bettered(trial, unit, indicator, value)
    root = before.codes[0]
    old, new = scores_by_unit(before, root)[unit], scores_by_unit(after, root)[unit]
    size = _size(before, root)
    if new < old - _SLACK * size or np.isnan(new) != np.isnan(old):
        raise Broken(f"{when}, and its score falls from {old:.12g} to {new:.12g}")


def _size(result: IndexResult, code: str) -> float:
    return max(float(result.maxima[result.row_of(code)]), 1e-300)


@law(without_monotone, not_absolute, all_ranked_by_score, units=2, choose=a_better_value)
def betterment_of_rank(trial: Trial, unit: str, indicator: str, value: float) -> None:
    """A better figure never worsens the unit's rank, improves a rival's or moves a rival's score.

    Careers depend on ranks: an improvement must never push its author down. If the lowest score is
    first, a figure that lowers the score is the better one.
    """
    before, after, when = _bettered(trial, unit, indicator, value)
    if ranking_of(before, before.codes[0]).best == "lowest":
        before, after = after, before
    rest = [code for code in before.units.codes if code != unit]
    expect_equal(before, after, units=rest, ranks=False, when=when)
    for overall in (False, True):
        old = before.ranks_at(before.codes[0], overall=overall)
        new = after.ranks_at(before.codes[0], overall=overall)
        for code, was, now in zip(before.units.codes, old, new, strict=True):
            if code == unit and now > was:
                raise Broken(f"{when}, and falls from rank {was:g} to {now:g}")
            dense = ranking_of(before, before.codes[0]).ties in ("dense", "max", "average")
            if code != unit and now < was and not dense:
                raise Broken(f"{when}, and '{code}' rises from rank {was:g} to {now:g}")


def worse_values(draw: st.DrawFn, trial: Trial) -> dict[str, Any] | None:
    """Choose a unit and other values for up to three of its indicators."""
    measured = trial.measured
    unit = draw(st.sampled_from(measured.units))
    ways = [
        way
        for way in measured.ways_of(unit)
        if way.sign
        and _known(measured, unit, way)
        and way.variable in measured.subject.wanted
        and not measured.subject.wanted[way.variable].answers
    ]
    if not ways:
        return None
    cells = {}
    for _ in range(draw(st.integers(1, 3))):
        way = draw(st.sampled_from(ways))
        cells[way.leaf.code] = draw(st.sampled_from(measured.choices_for(way.variable)))
    return {"unit": unit, "cells": cells}


@law(without_monotone, effort=3, choose=worse_values)
def dominance(trial: Trial, unit: str, cells: Mapping[str, float]) -> None:
    """A unit that is nowhere worse than another never scores less.

    The simplest promise of a ranking: better in everything means not behind.
    """
    measured = trial.measured
    worse: dict[str, float | CellStatus] = {}
    for code, value in cells.items():
        way = measured.way_of(unit, code)
        old = measured.data.value(unit, way.variable)
        assert isinstance(old, float)
        worse[way.variable] = min(old, value) if way.sign > 0 else max(old, value)
    result = measured.of(edited(with_copy(measured.data, unit), "copy", worse))
    scores = scores_by_unit(result, result.codes[0])
    if scores["copy"] > scores[unit] + _SLACK * _size(result, result.codes[0]):
        raise Broken(
            f"unit '{unit}' scores {scores[unit]:.12g}, and a unit with {worse} and everything "
            f"else alike scores {scores['copy']:.12g}"
        )


def _has_unit_free_rule(subject: Subject) -> bool:
    return any(_ignores(way) for way in subject.ways)


def _ignores(way: Way) -> bool:
    return completed(way.leaf.rule, BaseRule).ignores_measure_unit


def another_measure_unit(draw: st.DrawFn, trial: Trial) -> dict[str, Any] | None:
    """Choose an indicator whose rule ignores the measure unit, a factor and a shift."""
    data = trial.measured.data
    codes = {w.leaf.code for w in trial.subject.ways if _ignores(w)}
    codes = {code for code in codes if code in data.variables}
    if not codes:
        return None
    indicator = draw(st.sampled_from(sorted(codes)))
    factor = draw(st.sampled_from([2.0, 0.5, 1024.0, 2.0**-10]))
    shifts = [
        s for s in (64.0, -256.0) if _keeps_digits(data.values[:, data.column_of(indicator)], s)
    ]
    return {
        "indicator": indicator,
        "factor": factor,
        "shift": draw(st.sampled_from([0.0, 0.0, *shifts])),
    }


def _keeps_digits(values: Float, shift: float) -> bool:
    """Return whether a shift keeps differences exactly, and they are not tiny among the values."""
    known = values[~np.isnan(values)]
    if not len(known):
        return True
    apart = float(np.ptp(known))
    size = float(np.abs(known).max()) + abs(shift)
    return bool(((known + shift) - shift == known).all()) and (apart == 0 or apart > 1e-6 * size)


@law(
    not_declarative,
    without("rule that ignores measure units", _has_unit_free_rule),
    choose=another_measure_unit,
)
def measure_unit(trial: Trial, indicator: str, factor: float, shift: float) -> None:
    """Days or weeks, đồng or million đồng: another measure unit changes no score.

    A rule that compares peers must not depend on how a figure is written down.
    """
    before = trial.measured
    column = before.data.column_of(indicator)
    values = before.data.values.copy()
    values[:, column] = factor * (values[:, column] + shift)
    # A factor of two changes no bit. A shift may change the last bits of a mean, and so rounded
    # scores: then compare without rounding.
    if shift != 0:
        before = Trial(Subject(unrounded(before.method)), before.data)
    after = before.of(attrs.evolve(before.data, values=values, stages=(), stage=None))
    tolerance = 0.0 if shift == 0 else 1e-6
    when = f"'{indicator}' is measured as {factor:g}·(value {shift:+g})"
    expect_equal(before.result, after, ranks=shift == 0, tolerance=tolerance, when=when)


def a_small_step(draw: st.DrawFn, trial: Trial) -> dict[str, Any] | None:
    """Choose a valid value close to that of a unit's measured indicator."""
    measured = trial.measured
    unit = draw(st.sampled_from(measured.units))
    ways = [way for way in _free(measured, unit, measured.ways_of(unit)) if way.is_steady]
    if not ways:
        return None
    way = draw(st.sampled_from(ways))
    old = measured.data.value(unit, way.variable)
    assert isinstance(old, float)
    step = draw(st.sampled_from([1e-3, -1e-3, 0.1, -0.1, 1.0, -1.0]))
    value = float(np.clip(old + step, way.curve.low, way.curve.high))
    if way.curve.above_low and value <= way.curve.low:
        return None
    wants = measured.subject.wanted[way.variable].wants
    if not all(want.accepts is None or want.accepts(np.array([value]))[0] for want in wants):
        return None
    return {"unit": unit, "indicator": way.leaf.code, "value": value}


def bound(trial: Trial, unit: str, way: Way, step: float) -> float:
    """Return the largest change of the unit's total share by a step of a measured value.

    It follows from the rule's slope and jump, then branch by branch from the child's part, the
    slopes of aggregator and rule, and the rounding; it is infinite without a declared slope.
    """
    result = part_of(trial.result, unit)
    plan = trial.subject.plans[way.form]
    framework = plan.framework
    row = result.units.locate(unit)
    moved = way.curve.slope * abs(step) + way.curve.jump
    node: Indicator | Dimension = way.leaf
    moved += _quantum(result, plan, node.code, row)
    while (above := framework.parent(node.code)) is not None:
        aggregator = framework.aggregator(above.code)
        slope = completed(aggregator, BaseAggregator).slope
        if not aggregator.linear and not _within(result, above, row):
            return np.inf  # the slope is declared for shares from 0 to 1
        part = _part(trial, framework, above, node, unit) if aggregator.linear else 1.0
        moved = part * slope * moved if moved else 0.0
        if above.rule is not None:
            maximum = float(plan.maxima[plan.rows[above.code]])
            curve = completed(above.rule, BaseRule).curve(maximum)
            moved = np.inf if np.isinf(curve.slope) else curve.slope * moved + curve.jump
        moved += _quantum(result, plan, above.code, row)
        node = above
    return moved


def _quantum(result: IndexResult, plan: Plan, code: str, unit: int) -> float:
    rounding: Rounder | None = plan.rounding[plan.rows[code]]
    index = result.row_of(code)
    whole = float(result.maxima[index] * result.applicable[index, unit])
    return 0.0 if rounding is None or whole <= 0 else 10.0**-rounding.decimals / whole


def _part(
    trial: Trial, framework: Framework, branch: Dimension, child: Indicator | Dimension, unit: str
) -> float:
    """Return a child's part of a branch for a unit."""
    result = part_of(trial.result, unit)
    row = result.units.locate(unit)
    inside = sorted(
        (c for c in branch.children if c.weight != 0 and not c.outside_maximum),
        key=lambda node: node.code,
    )
    moved = result._states[result.row_of(branch.code)].in_force
    if moved is not None and child in inside:
        return float(moved[inside.index(child)][0, row])
    weights = {c.code: _weight(trial, framework, c.code, unit) for c in (*inside, child)}
    part = weights[child.code] / sum(weights[c.code] for c in inside)
    if not child.outside_maximum:
        return part
    # A bonus is a larger part of a maximum that has shrunk.
    whole = float(result.applicable[result.row_of(branch.code), row])
    return part / whole if whole > 0 else np.inf


def _within(result: IndexResult, branch: Dimension, unit: int) -> bool:
    shares = [result.shares[result.row_of(c.code), unit] for c in branch.children if c.weight != 0]
    return all(np.isnan(share) or 0.0 <= share <= 1.0 for share in shares)


def _weight(trial: Trial, framework: Framework, code: str, unit: str) -> float:
    weight = framework.weight(code)
    if isinstance(weight, str):
        return float(trial.data.values[trial.data.units.locate(unit), trial.data.column_of(weight)])
    return weight


@law(not_absolute, without_steep, effort=3, choose=a_small_step)
def continuity(trial: Trial, unit: str, indicator: str, value: float) -> None:
    """A small change of a figure moves the score by no more than its rules' slopes and jumps.

    A correction in the third decimal must not move a province by points, unless there is a
    threshold.
    """
    measured = trial.measured
    way = measured.way_of(unit, indicator)
    old = measured.data.value(unit, way.variable)
    assert isinstance(old, float)
    before, after = measured.result, measured.of(edited(measured.data, unit, {way.variable: value}))
    root = after.codes[0]
    was, now = scores_by_unit(before, root)[unit], scores_by_unit(after, root)[unit]
    whole = before.maxima[0] * before.applicable[0, measured.data.units.locate(unit)]
    most = bound(measured, unit, way, value - old) * float(whole)
    if abs(now - was) > most + _SLACK * _size(after, root):
        raise Broken(
            f"'{indicator}' of unit '{unit}' changes from {old:.10g} to {value:.10g}, and its "
            f"score from {was:.12g} to {now:.12g}: its rules allow a change of {most:.6g}"
        )


@law(not_absolute, without_steep, all_ranked_by_score, units=2, choose=a_small_step)
def clear_leads_stay(trial: Trial, unit: str, indicator: str, value: float) -> None:
    """A small change of a figure never reverses a lead that is larger than its effect.

    A unit that is clearly ahead stays ahead when a figure is corrected a little.
    """
    measured = trial.measured
    way = measured.way_of(unit, indicator)
    old = measured.data.value(unit, way.variable)
    assert isinstance(old, float)
    before, after = measured.result, measured.of(edited(measured.data, unit, {way.variable: value}))
    root = before.codes[0]
    ranking = ranking_of(before, root)
    quantum = 10.0**-ranking.decimals if ranking.decimals is not None else 1e-9
    own_row = before.units.locate(unit)
    moved = bound(measured, unit, way, value - old) * _size(before, root)
    old_ranks, new_ranks = before.ranks_at(root, overall=True), after.ranks_at(root, overall=True)
    shares = before.shares[0] * _size(before, root)
    if ranking.by == "points":
        shares, moved = before.full_at(root), moved * float(before.applicable[0, own_row])
    most = moved + quantum * max(1.0, _size(before, root))
    period = before.units.group("period")
    for row, code in enumerate(before.units.codes):
        lead = abs(shares[row] - shares[own_row])
        if period[row] != period[own_row] or not lead > 2.0 * most:
            continue
        was, now = (np.sign(ranks[row] - ranks[own_row]) for ranks in (old_ranks, new_ranks))
        if was != now and not np.isnan(was + now):
            raise Broken(
                f"unit '{unit}' and '{code}' are {lead:.6g} apart; '{indicator}' changes from "
                f"{old:.10g} to {value:.10g}, which may move {most:.6g}, and they change their "
                "order"
            )
