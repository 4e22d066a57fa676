"""Indicators: measure, then rule, then rounding; those with the same rule together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, partial
from typing import Any

import attrs
import numpy as np

from govindex.compute.block import Block, State, as_numbers
from govindex.compute.naming import name_answers, name_cells
from govindex.compute.plan import Plan
from govindex.contracts import (
    BaseMeasure,
    BaseRule,
    Cells,
    CellStatus,
    Direction,
    Float,
    Measure,
    Rule,
    Scope,
    Status,
    completed,
    is_absent,
)
from govindex.errors import CellError, GovIndexError, Problems, SettingError, raised
from govindex.kernels.reductions import all_finite
from govindex.kernels.rounding import twelve_digits
from govindex.model.tree import Indicator
from govindex.model.validation import SLACK, WHOLE

__all__ = ["score_leaves"]


def score_leaves(plan: Plan, block: Block, states: dict[int, State], problems: Problems) -> None:
    """Put the state of every indicator among the states, its share not rounded yet."""
    for rule, direction, rows in plan.groups:
        direct = [row for row in rows if _is_direct(plan, row, block)]
        others = [row for row in rows if not _is_direct(plan, row, block)]
        if direct:
            order, values, status = block.gather([plan.direct[row] for row in direct])
            group = _Group([direct[i] for i in order], values, status, direction, ())
            _score(plan, rule, group, block, states, problems)
        ready = _measured(plan, others, block, problems)
        by_levels: dict[tuple[str, ...], list[int]] = {}
        for row, (_, levels) in ready.items():
            by_levels.setdefault(levels, []).append(row)
        for levels, members in by_levels.items():
            cells = [ready[row][0] for row in members]
            exact = rule is not None and completed(rule, BaseRule).compares
            values = _stacked([_on_paper(c) if exact else c.values for c in cells])
            status = _stacked([c.status for c in cells])
            group = _Group(members, values, status, direction, levels)
            _score(plan, rule, group, block, states, problems)


@attrs.frozen(eq=False, slots=False)
class _Group:
    """Indicators that are scored together; arrays of shape (indicators, draws or 1, units)."""

    rows: list[int]
    values: Float
    status: Status
    direction: Direction
    levels: tuple[str, ...]

    @cached_property
    def complete(self) -> bool:
        """Whether no cell is absent."""
        return not is_absent(self.status).any()


def _is_direct(plan: Plan, row: int, block: Block) -> bool:
    variable = plan.direct.get(row)
    return variable is not None and variable in block and not block.levels(variable)


def _score(
    plan: Plan,
    rule: Rule | None,
    group: _Group,
    block: Block,
    states: dict[int, State],
    problems: Problems,
) -> None:
    # A rule reads the framework's own maximum; a drawn one is what the share is printed in.
    own = plan.maxima[group.rows][:, None, None]
    scope = Scope(own, group.direction, group.levels, block.peers)
    shares = _ruled(plan, rule, group, scope, block, problems)
    _check_largest(plan, rule, group, shares, block, problems)
    for i, row in enumerate(group.rows):
        states[row] = State(shares[i], group.status[i], group.complete, value=group.values[i])


def _on_paper(cells: Cells) -> Float:
    """Return values as they are compared: computed ones without their last bits."""
    return cells.values if cells.size is None else twelve_digits(cells.values, cells.size)


def _stacked(arrays: list[Any]) -> Any:
    shape = np.broadcast_shapes(*(array.shape for array in arrays))
    if all(array.shape == shape for array in arrays):
        return np.stack(arrays)
    return np.stack([np.broadcast_to(array, shape) for array in arrays])


def _unreported(block: Block) -> Cells:
    shape = (1, len(block.peers))
    return Cells(np.full(shape, np.nan), np.full(shape, np.uint8(CellStatus.MISSING)))


def _measured(
    plan: Plan, rows: Sequence[int], block: Block, problems: Problems
) -> dict[int, tuple[Cells, tuple[str, ...]]]:
    found: dict[int, tuple[Cells, tuple[str, ...]]] = {}
    for row in rows:
        leaf = plan.framework.node(plan.codes[row])
        assert isinstance(leaf, Indicator)
        if any(name not in block for name in leaf.measure.variables):
            found[row] = (_unreported(block), ())  # shown, not scored, and not in the data
            continue
        read = dict.fromkeys((*leaf.measure.variables, *leaf.measure.optional))
        texts = {name: block.levels(name) for name in read if name in block}
        levels = next((levels for levels in texts.values() if levels), ())
        # Answers are numbers only by name: a measure that calculates would make others of them.
        takes_text = completed(leaf.measure, BaseMeasure).passes_answers and (
            leaf.rule is None or completed(leaf.rule, BaseRule).reads_answers
        )
        if levels and not takes_text:
            name = next(name for name, answers in texts.items() if answers)
            name_answers(leaf.code, name, block, problems)
            continue
        try:
            found[row] = (_cells(leaf, block), levels)
        except GovIndexError as error:
            name_cells(error, block, [leaf], problems)
        except Exception as error:  # the measure may be somebody's own
            own = raised(f"the measure {leaf.measure!r}", error)
            name_cells(own, block, [leaf], problems)
    return found


def _cells(leaf: Indicator, block: Block) -> Cells:
    """Return what the measure of an indicator gives, if it has the right shape."""
    with np.errstate(over="ignore", invalid="ignore"):
        found: object = leaf.measure(block)
    units = len(block.peers)
    if not isinstance(found, Cells):
        raise SettingError(
            f"the measure {leaf.measure!r} returned {type(found).__name__}, expected "
            "Cells(values, status)"
        )
    shape = np.shape(found.values)
    if len(shape) != 2 or shape[1] != units or np.shape(found.status) != shape:
        raise SettingError(
            f"the measure {leaf.measure!r} returned values of shape {shape} and a status of shape "
            f"{np.shape(found.status)}, expected (draws or 1, {units}) for both"
        )
    return _finite(leaf.measure, found)


def _finite(measure: Measure, cells: Cells) -> Cells:
    """Return cells if every value that there is is a number."""
    if not all_finite(cells.values):
        lost = ~np.isfinite(cells.values) & ~is_absent(cells.status)
        if lost.any():
            message = f"the measure {measure!r} gave no finite value: its variables are too large"
            raise CellError(f"{message} or too small", lost)
    return cells


def _ruled(
    plan: Plan,
    rule: Rule | None,
    group: _Group,
    scope: Scope,
    block: Block,
    problems: Problems,
) -> Float:
    values = group.values
    if rule is None:
        return np.full(values.shape, np.nan)
    refused = partial(_refused, plan, group, block, problems)
    try:
        with np.errstate(over="ignore", invalid="ignore"):
            shares = as_numbers(rule(values, scope), f"the rule {rule!r}", values.shape)
    except CellError as error:
        if rule.peer_dependent or error.whole or np.shape(error.mask) != values.shape:
            return refused(error, values)
        _name_each(error, rule, values, scope, _leaves(plan, group), block, problems)
        return np.full(values.shape, np.nan)
    except GovIndexError as error:
        return refused(error)
    except Exception as error:  # the rule may be somebody's own
        return refused(raised(f"the rule {rule!r}", error))
    if group.complete and all_finite(shares):
        return shares
    finite = np.isfinite(shares)
    lost = ~finite & ~np.isnan(values)
    if lost.any():
        refused(CellError(f"the rule {rule!r} gave no finite share", lost), values)
    given = finite & np.isnan(values)
    if given.any():
        refused(CellError(f"the rule {rule!r} gave a share where there is no value", given))
    return shares


def _leaves(plan: Plan, group: _Group) -> list[Any]:
    return [plan.framework.node(plan.codes[row]) for row in group.rows]


def _refused(
    plan: Plan,
    group: _Group,
    block: Block,
    problems: Problems,
    error: GovIndexError,
    values: Float | None = None,
) -> Float:
    """Name the cells that a rule refuses, and return no shares."""
    name_cells(error, block, _leaves(plan, group), problems, values)
    return np.full(group.values.shape, np.nan)


def _check_largest(
    plan: Plan, rule: Rule | None, group: _Group, shares: Float, block: Block, problems: Problems
) -> None:
    """Refuse shares above 1 of indicators whose points are summed."""
    if plan.limited.isdisjoint(group.rows):
        return
    limited = np.array([row in plan.limited for row in group.rows])[:, None, None]
    with np.errstate(invalid="ignore"):
        above = limited & (shares > 1.0 + SLACK)
    if above.any():
        error = CellError(f"the rule {rule!r} gave a share above 1: {WHOLE}", above)
        _refused(plan, group, block, problems, error, group.values)


def _name_each(
    error: CellError,
    rule: Rule,
    values: Float,
    scope: Scope,
    leaves: Sequence[Any],
    block: Block,
    problems: Problems,
) -> None:
    """Ask the rule about each refused value alone: its message is about the first it met."""
    maxima = np.broadcast_to(scope.maximum, (len(values), *np.shape(scope.maximum)[1:]))
    for leaf, own, refused, maximum in zip(leaves, values, error.mask, maxima, strict=True):
        messages: dict[str, Any] = {}
        alone = attrs.evolve(scope, maximum=maximum.flat[0])
        for value in np.unique(own[refused]):
            try:
                rule(np.full((1, 1), value), alone)
                said = str(error)
            except GovIndexError as single:
                said = str(single)
            messages[said] = messages.get(said, False) | (refused & (own == value))
        for said, mask in sorted(messages.items(), key=lambda item: int(item[1].argmax())):
            shown = None if scope.levels else own
            name_cells(CellError(said, mask), block, [leaf], problems, shown)
