"""Laws about parts: the shares that aggregators return, and scores that follow from parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import attrs
import numpy as np
from hypothesis import strategies as st

from govindex.compute import Block, Plan, evaluate
from govindex.contracts import BaseAggregator, BranchScope, Everyone, Float, combined, completed
from govindex.errors import GovIndexError
from govindex.model.tree import Dimension, View
from govindex.results.joint_results import parts_of
from govindex.testing.excuses import not_declarative, without
from govindex.testing.law import law
from govindex.testing.subject import Broken, Subject, Trial

__all__ = ["anonymity_of_parts", "linearity", "scores_follow_parts", "weights_count"]

_SLACK = 1e-9
_PEERS = 8


@attrs.frozen(eq=False)
class _Call:
    """A call of an aggregator at a branch, with the shares that it returned."""

    branch: str
    aggregate: Any
    shares: Sequence[Float]
    weights: Sequence[Float]
    scope: BranchScope
    returned: Float

    def in_order(self, order: Sequence[int]) -> Float:
        """Return the aggregator's shares for its children in another order."""
        codes = self.scope.codes
        return np.asarray(
            combined(
                self.aggregate,
                [self.shares[i] for i in order],
                [self.weights[i] for i in order],
                attrs.evolve(self.scope, codes=tuple(codes[i] for i in order)),
            )
        )


class _RecordedAggregator:
    """An aggregator whose calls are recorded."""

    scoped = True

    def __init__(self, branch: str, aggregate: Any, calls: list[_Call]) -> None:
        self.branch, self.aggregate, self.calls = branch, aggregate, calls

    def __getattr__(self, name: str) -> Any:
        return getattr(self.aggregate, name)

    def __repr__(self) -> str:
        return repr(self.aggregate)

    def __call__(
        self, shares: Sequence[Float], weights: Sequence[Float], *scopes: BranchScope
    ) -> Float:
        scope = scopes[0] if scopes else BranchScope()
        copies = [np.array(share) for share in shares], [np.array(weight) for weight in weights]
        returned = np.asarray(combined(self.aggregate, shares, weights, scope))
        self.calls.append(_Call(self.branch, self.aggregate, *copies, scope, returned.copy()))
        return returned


def _calls(trial: Trial) -> Iterator[_Call]:
    """Yield every call of an aggregator when the data are scored."""
    for plan, block in _blocks(trial):
        calls: list[_Call] = []
        branches = tuple(
            attrs.evolve(b, aggregate=_RecordedAggregator(b.node.code, b.aggregate, calls))
            for b in plan.branches
        )
        evaluate(attrs.evolve(plan, branches=branches), block)
        yield from calls


def _blocks(trial: Trial) -> Iterator[tuple[Plan, Block]]:
    """Yield the plan and the prepared data of every form that has units."""
    _ = trial.result  # first, since data may be refused
    data = trial.method.prepare(trial.data)
    for _, single, part in trial.method._units(data):
        yield single._plan, Block.of(part)


def _aggregators(subject: Subject) -> Iterator[tuple[str, tuple[str, ...], Any]]:
    """Yield every branch with several scored children, their codes, and its aggregator."""
    for _, framework in subject.frameworks if subject.declarative else ():
        for node in (*framework.nodes, *framework.views):
            if isinstance(node, View):
                of = framework.aggregate if node.aggregate is None else node.aggregate
                if len(node.of) > 1:
                    yield node.code, tuple(sorted(node.of)), of
            elif isinstance(node, Dimension):
                counted = [c for c in node.children if c.weight != 0 and not c.outside_maximum]
                if len(counted) > 1:
                    codes = tuple(sorted(child.code for child in counted))
                    yield node.code, codes, framework.aggregator(node.code)


def _has_linear(subject: Subject) -> bool:
    return any(aggregate.linear for *_, aggregate in _aggregators(subject))


@law(not_declarative, without("linear aggregator", _has_linear))
def linearity(trial: Trial) -> None:
    """A `linear` aggregator gives the mean of its parts by their declared weights.

    Margins, swaps of weights and explanations rely on it: a lead that they print must be correct.
    """
    for call in _calls(trial):
        if not call.aggregate.linear:
            continue
        counted = [np.where(w > 0, s, 0.0) for s, w in zip(call.shares, call.weights, strict=True)]
        whole = sum(call.weights)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = sum(s * w for s, w in zip(counted, call.weights, strict=True)) / whole
        _expect(trial, call, np.asarray(mean), "the mean by its weights is", whole > 0)


def _expect(trial: Trial, call: _Call, right: Float, meaning: str, counts: Any = True) -> None:
    right, returned, counts = np.broadcast_arrays(right, call.returned, counts)
    slack = _SLACK * np.fmax(1.0, np.abs(right))
    same = (np.abs(returned - right) <= slack) | (np.isnan(returned) & np.isnan(right))
    wrong = ~same & counts
    if wrong.any():
        draw, index = (int(i) for i in np.argwhere(np.atleast_2d(wrong))[0])
        one, other = np.atleast_2d(returned)[draw, index], np.atleast_2d(right)[draw, index]
        raise Broken(
            f"unit '{trial.units[index]}' attains {one:.10g} at '{call.branch}' by "
            f"{call.aggregate!r}, {meaning} {other:.10g}"
        )


def _by_position(aggregate: Any) -> bool:
    return completed(aggregate, BaseAggregator).by_position


def _has_anonymous(subject: Subject) -> bool:
    return any(not _by_position(aggregate) for *_, aggregate in _aggregators(subject))


@law(
    not_declarative,
    without("aggregator of several parts that is not `by_position`", _has_anonymous),
    choose=lambda draw, trial: {"turn": draw(st.integers(1, 4))},
)
def anonymity_of_parts(trial: Trial, turn: int) -> None:
    """The order of an aggregator's parts changes nothing, unless it declares `by_position`.

    A part may count for more only by a weight that everybody can read, not by its order.
    """
    for call in _calls(trial):
        count = len(call.shares)
        if count < 2 or _by_position(call.aggregate):
            continue
        order = [(count - 1 - i + turn) % count for i in range(count)]
        try:
            reordered = call.in_order(order)
        except GovIndexError as error:
            raise Broken(
                f"{call.aggregate!r} refuses the parts of '{call.branch}' in another order: {error}"
            ) from error
        _expect(trial, call, reordered, "with its parts in another order")


def _has_several(subject: Subject) -> bool:
    return any(True for _ in _aggregators(subject))


@law(not_declarative, without("branch of several parts", _has_several))
def weights_count(trial: Trial) -> None:
    """Other weights change some score, unless the aggregator declares `ignores_weights`.

    Weights are agreed on and published: they must matter.
    """
    for code, codes, aggregate in _aggregators(trial.subject):
        shares = _shares_by_weights(aggregate, codes)
        moved = any(not np.allclose(one, shares[0], rtol=0, atol=_SLACK) for one in shares[1:])
        if not shares or moved != completed(aggregate, BaseAggregator).ignores_weights:
            continue
        contradiction = (
            "says that it ignores weights, and other weights give other shares"
            if moved
            else "gives the same shares whatever the weights are, and does not say ignores_weights"
        )
        raise Broken(f"{aggregate!r} at '{code}' {contradiction}")


def _shares_by_weights(aggregate: Any, codes: tuple[str, ...]) -> list[Float]:
    """Return shares of made-up units under even weights and a heavy one at each part in turn."""
    random = np.random.default_rng(1)
    shares = [random.permutation(np.linspace(0.2, 0.9, _PEERS))[None, :] for _ in codes]
    every = [np.ones(len(codes)), *(1.0 + 20.0 * np.eye(len(codes)))]
    scope = BranchScope(codes, Everyone(_PEERS))
    try:
        return [
            np.asarray(combined(aggregate, shares, [np.full((1, 1), w) for w in weights], scope))
            for weights in every
        ]
    except GovIndexError:  # it may refuse these shares
        return []


@law(not_declarative)
def scores_follow_parts(trial: Trial) -> None:
    """Every score follows from the prepared data by the declared rules, weights and aggregators.

    Code that changes the scores of some units otherwise is written in no rubric.
    """
    for (plan, block), result in zip(_blocks(trial), parts_of(trial.result), strict=True):
        for code, state in evaluate(plan, block).items():
            shares = result.shares[result.row_of(code)]
            right = np.broadcast_to(state.share[0], shares.shape)
            wrong = ~(np.abs(shares - right) <= _SLACK * np.fmax(1.0, np.abs(right)))
            wrong &= ~(np.isnan(shares) & np.isnan(right))
            if wrong.any():
                index = int(np.flatnonzero(wrong)[0])
                raise Broken(
                    f"unit '{result.units.codes[index]}' attains {shares[index]:.10g} at '{code}', "
                    f"where the declared parts give {right[index]:.10g}"
                )
