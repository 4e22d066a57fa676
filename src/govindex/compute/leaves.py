"""Indicators, measured and scored by their rules; those with the same rule together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import attrs
import numpy as np

from govindex.compute.block import Block, State, as_numbers
from govindex.compute.naming import name_answers, name_cells
from govindex.compute.plan import Plan, RuleGroup
from govindex.contracts import (
    BaseMeasure,
    BaseRule,
    Cells,
    CellStatus,
    Float,
    Measure,
    Rule,
    Scope,
    completed,
    is_absent,
)
from govindex.errors import CellError, GovIndexError, Problems, SettingError, raised
from govindex.kernels.reductions import all_finite
from govindex.kernels.rounding import twelve_digits
from govindex.model.tree import Indicator
from govindex.model.validation import SLACK, WHOLE

__all__ = ["score_leaves"]


def score_leaves(plan: Plan, block: Block, problems: Problems) -> dict[int, State]:
    """Return the state of every indicator by row, with the share before rounding."""
    states: dict[int, State] = {}
    for group in plan.groups:
        for some, cells, levels in _measured(group, block, problems):
            scope = Scope(some.maxima, some.direction, levels, block.peers, one_sign=some.one_sign)
            shares = _ruled(some, cells, scope, block, problems)
            _check_largest(plan.limited, some, cells, shares, block, problems)
            complete = not is_absent(cells.status).any()
            for i, row in enumerate(some.rows):
                value = cells.values[i]
                states[row] = State(shares[i], cells.status[i], complete, value=value)
    return states


def _measured(
    group: RuleGroup, block: Block, problems: Problems
) -> Iterator[tuple[RuleGroup, Cells, tuple[str, ...]]]:
    """Yield indicators that are scored together, their stacked cells, and their texts.

    Cells have the shape (indicators, draws or 1, units).
    """
    columns = [block.numbers.get(name) if name else None for name in group.variables]
    direct = [i for i, column in enumerate(columns) if column is not None]
    if direct:
        order, values, status = block.gather([columns[i] for i in direct])
        yield _some(group, [direct[i] for i in order]), Cells(values, status), ()
    by_levels: dict[tuple[str, ...], list[tuple[int, Cells]]] = {}
    for i, leaf in enumerate(group.leaves):
        if columns[i] is None:
            for cells, levels in _of_leaf(leaf, block, problems):
                by_levels.setdefault(levels, []).append((i, cells))
    for levels, members in by_levels.items():
        exact = group.rule is not None and completed(group.rule, BaseRule).compares
        values = _stacked([_on_paper(c) if exact else c.values for _, c in members])
        status = _stacked([c.status for _, c in members])
        yield _some(group, [i for i, _ in members]), Cells(values, status), levels


def _some(group: RuleGroup, chosen: Sequence[int]) -> RuleGroup:
    """Return some indicators of a group, by their index, in that order."""
    if list(chosen) == list(range(len(group.rows))):
        return group
    return attrs.evolve(
        group,
        rows=tuple(group.rows[i] for i in chosen),
        leaves=tuple(group.leaves[i] for i in chosen),
        maxima=group.maxima[list(chosen)],
        variables=tuple(group.variables[i] for i in chosen),
    )


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


def _of_leaf(
    leaf: Indicator, block: Block, problems: Problems
) -> Iterator[tuple[Cells, tuple[str, ...]]]:
    """Yield the cells of an indicator and the texts behind its codes, nothing if it is refused."""
    if any(name not in block for name in leaf.measure.variables):
        yield _unreported(block), ()  # shown, not scored, and not in the data
        return
    read = dict.fromkeys((*leaf.measure.variables, *leaf.measure.optional))
    texts = {name: block.levels(name) for name in read if name in block}
    levels = next((levels for levels in texts.values() if levels), ())
    # Answers are codes of texts: a measure must not calculate with them.
    takes_text = completed(leaf.measure, BaseMeasure).passes_answers and (
        leaf.rule is None or completed(leaf.rule, BaseRule).reads_answers
    )
    if levels and not takes_text:
        name = next(name for name, answers in texts.items() if answers)
        name_answers(leaf.code, name, block, problems)
        return
    try:
        yield _cells(leaf, block), levels
    except GovIndexError as error:
        name_cells(error, block, [leaf], problems)
    except Exception as error:  # the measure may be user-defined
        failure = raised(f"the measure {leaf.measure!r}", error)
        name_cells(failure, block, [leaf], problems)


def _cells(leaf: Indicator, block: Block) -> Cells:
    """Return the cells that the measure of an indicator gives, after a check of their shape."""
    with np.errstate(over="ignore", invalid="ignore"):
        cells: object = leaf.measure(block)
    units = len(block.peers)
    if not isinstance(cells, Cells):
        raise SettingError(
            f"the measure {leaf.measure!r} returned {type(cells).__name__}, expected "
            "Cells(values, status)"
        )
    shape = np.shape(cells.values)
    if len(shape) == 2 and shape[1] == units and np.shape(cells.status) == (1, units):
        # Values are drawn, their statuses are not.
        cells = attrs.evolve(cells, status=np.broadcast_to(cells.status, shape))
    if len(shape) != 2 or shape[1] != units or np.shape(cells.status) != shape:
        raise SettingError(
            f"the measure {leaf.measure!r} returned values of shape {shape} and a status of shape "
            f"{np.shape(cells.status)}, expected (draws or 1, {units}) for both"
        )
    return _finite(leaf.measure, cells)


def _finite(measure: Measure, cells: Cells) -> Cells:
    """Return cells if every value that is present is finite."""
    if not all_finite(cells.values):
        lost = ~np.isfinite(cells.values) & ~is_absent(cells.status)
        if lost.any():
            message = f"the measure {measure!r} gave no finite value: its variables are too large"
            raise CellError(f"{message} or too small", lost)
    return cells


def _ruled(group: RuleGroup, cells: Cells, scope: Scope, block: Block, problems: Problems) -> Float:
    values, rule = cells.values, group.rule
    if rule is None:
        return np.full(values.shape, np.nan)
    refused = partial(_refused, group, block, problems, values.shape)
    try:
        with np.errstate(over="ignore", invalid="ignore"):
            shares = as_numbers(rule(values, scope), "the rule ", rule, values.shape)
    except CellError as error:
        if rule.peer_dependent or error.whole or np.shape(error.mask) != values.shape:
            return refused(error, values)
        _name_each(error, rule, values, scope, group.leaves, block, problems)
        return np.full(values.shape, np.nan)
    except GovIndexError as error:
        return refused(error)
    except Exception as error:  # the rule may be user-defined
        return refused(raised(f"the rule {rule!r}", error))
    if all_finite(shares) and all_finite(values):
        return shares
    finite = np.isfinite(shares)
    lost = ~finite & ~np.isnan(values)
    if lost.any():
        refused(CellError(f"the rule {rule!r} gave no finite share", lost), values)
    invented = finite & np.isnan(values)
    if invented.any():
        refused(CellError(f"the rule {rule!r} gave a share for an absent value", invented))
    return shares


def _refused(
    group: RuleGroup,
    block: Block,
    problems: Problems,
    shape: tuple[int, ...],
    error: GovIndexError,
    values: Float | None = None,
) -> Float:
    """Record the cells that a rule refuses, and return NaN."""
    name_cells(error, block, group.leaves, problems, values)
    return np.full(shape, np.nan)


def _check_largest(
    limited: frozenset[int],
    group: RuleGroup,
    cells: Cells,
    shares: Float,
    block: Block,
    problems: Problems,
) -> None:
    """Refuse shares above 1 of indicators whose points are summed."""
    if limited.isdisjoint(group.rows):
        return
    summed = np.array([row in limited for row in group.rows])[:, None, None]
    with np.errstate(invalid="ignore"):
        above = summed & (shares > 1.0 + SLACK)
    if above.any():
        error = CellError(f"the rule {group.rule!r} gave a share above 1: {WHOLE}", above)
        name_cells(error, block, group.leaves, problems, cells.values)


def _name_each(
    error: CellError,
    rule: Rule,
    values: Float,
    scope: Scope,
    leaves: Sequence[Any],
    block: Block,
    problems: Problems,
) -> None:
    """Call the rule with each refused value alone, since its message is about the first one."""
    maxima = np.broadcast_to(scope.maximum, (len(values), *np.shape(scope.maximum)[1:]))
    for leaf, numbers, refused, maximum in zip(
        leaves, values, np.asarray(error.mask), maxima, strict=True
    ):
        messages: dict[str, Any] = {}
        alone = attrs.evolve(scope, maximum=maximum.flat[0])
        for value in np.unique(numbers[refused]):
            try:
                rule(np.full((1, 1), value), alone)
                message = str(error)
            except GovIndexError as single:
                message = str(single)
            messages[message] = messages.get(message, False) | (refused & (numbers == value))
        for message, mask in sorted(messages.items(), key=lambda item: int(item[1].argmax())):
            shown = None if scope.levels else numbers
            name_cells(CellError(message, mask), block, [leaf], problems, shown)
