"""Laws about single parts: what an aggregator makes of what it is given, and a rule of a value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import attrs
import numpy as np
from hypothesis import strategies as st

from govindex.compute import Block, Plan, evaluate
from govindex.contracts import BaseAggregator, BranchScope, Everyone, Float, combined, completed
from govindex.errors import GovIndexError
from govindex.form_units import form_units
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
    """What the engine gave an aggregator at a branch, and what came back."""

    branch: str
    aggregate: Any
    shares: Sequence[Float]
    weights: Sequence[Float]
    scope: BranchScope
    found: Float

    def again(self, order: Sequence[int]) -> Float:
        """Return what the aggregator makes of its children in another order."""
        codes = self.scope.codes
        return np.asarray(
            combined(
                self.aggregate,
                [self.shares[i] for i in order],
                [self.weights[i] for i in order],
                attrs.evolve(self.scope, codes=tuple(codes[i] for i in order)),
            )
        )


class _ListeningAggregator:
    """An aggregator whose calls are written down, and otherwise what it is."""

    scoped = True

    def __init__(self, branch: str, aggregate: Any, calls: list[_Call]) -> None:
        self.branch, self.aggregate, self.calls = branch, aggregate, calls

    def __getattr__(self, name: str) -> Any:
        return getattr(self.aggregate, name)

    def __repr__(self) -> str:
        return repr(self.aggregate)

    def __call__(
        self, shares: Sequence[Float], weights: Sequence[Float], *seen: BranchScope
    ) -> Float:
        scope = seen[0] if seen else BranchScope()
        given = [np.array(share) for share in shares], [np.array(weight) for weight in weights]
        found = np.asarray(combined(self.aggregate, shares, weights, scope))
        self.calls.append(_Call(self.branch, self.aggregate, *given, scope, found.copy()))
        return found


def _calls(trial: Trial) -> Iterator[_Call]:
    """Yield what every aggregator is given when the data are scored."""
    for plan, block in _blocks(trial):
        calls: list[_Call] = []
        branches = tuple(
            attrs.evolve(b, aggregate=_ListeningAggregator(b.node.code, b.aggregate, calls))
            for b in plan.branches
        )
        evaluate(attrs.evolve(plan, branches=branches), block)
        yield from calls


def _blocks(trial: Trial) -> Iterator[tuple[Plan, Block]]:
    """Yield the plan and the prepared data of every form that has units."""
    parts_of(trial.result)  # first: data may be refused
    data = trial.method.prepare(trial.data)
    for _, single, own in form_units(trial.method, data):
        yield single.plan, Block.of(own)


def _aggregators(subject: Subject) -> Iterator[tuple[str, tuple[str, ...], Any]]:
    """Yield every branch with several children that count, these, and its aggregator."""
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
    """A `linear` aggregator gives the mean of its parts, weighted by their weights as they are.

    Margins, swaps of weights and explanations trust it: a lead that they print must be the lead.
    """
    for call in _calls(trial):
        if not call.aggregate.linear:
            continue
        counted = [np.where(w > 0, s, 0.0) for s, w in zip(call.shares, call.weights, strict=True)]
        whole = sum(call.weights)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = sum(s * w for s, w in zip(counted, call.weights, strict=True)) / whole
        _expect(trial, call, np.asarray(mean), call.found, "the mean by its weights is", whole > 0)


def _expect(
    trial: Trial, call: _Call, right: Float, found: Float, said: str, counts: Any = True
) -> None:
    right, found, counts = np.broadcast_arrays(right, found, counts)
    slack = _SLACK * np.fmax(1.0, np.abs(right))
    wrong = ~(np.abs(found - right) <= slack) & ~(np.isnan(found) & np.isnan(right)) & counts
    if wrong.any():
        draw, index = (int(i) for i in np.argwhere(np.atleast_2d(wrong))[0])
        one, other = np.atleast_2d(found)[draw, index], np.atleast_2d(right)[draw, index]
        raise Broken(
            f"unit '{trial.units[index]}' attains {one:.10g} at '{call.branch}' by "
            f"{call.aggregate!r}, {said} {other:.10g}"
        )


def _by_rank(aggregate: Any) -> bool:
    return completed(aggregate, BaseAggregator).by_position


def _has_anonymous(subject: Subject) -> bool:
    return any(not _by_rank(aggregate) for *_, aggregate in _aggregators(subject))


@law(
    not_declarative,
    without("aggregator of several parts that is not `by_position`", _has_anonymous),
    choose=lambda draw, trial: {"turn": draw(st.integers(1, 4))},
)
def anonymity_of_parts(trial: Trial, turn: int) -> None:
    """An aggregator treats its parts alike in any order, unless it says it is `by_position`.

    What counts for more must be a weight that everybody can read, not a position in an array.
    """
    for call in _calls(trial):
        count = len(call.shares)
        if count < 2 or _by_rank(call.aggregate):
            continue
        order = [(count - 1 - i + turn) % count for i in range(count)]
        try:
            found = call.again(order)
        except GovIndexError as error:
            raise Broken(
                f"{call.aggregate!r} refuses the parts of '{call.branch}' in another order: {error}"
            ) from error
        _expect(trial, call, found, call.found, "with its parts in another order")


def _has_several(subject: Subject) -> bool:
    return any(True for _ in _aggregators(subject))


@law(not_declarative, without("branch of several parts", _has_several))
def weights_count(trial: Trial) -> None:
    """Another weight makes another score somewhere, unless the aggregator `ignores_weights`.

    Weights are agreed on and published: they must not be decoration.
    """
    for code, codes, aggregate in _aggregators(trial.subject):
        found = _by_weights(aggregate, codes)
        moved = any(not np.allclose(one, found[0], rtol=0, atol=_SLACK) for one in found[1:])
        if not found or moved != completed(aggregate, BaseAggregator).ignores_weights:
            continue
        said = (
            "says that it ignores weights, and other weights give other shares"
            if moved
            else "gives the same shares whatever the weights are, and does not say ignores_weights"
        )
        raise Broken(f"{aggregate!r} at '{code}' {said}")


def _by_weights(aggregate: Any, codes: tuple[str, ...]) -> list[Float]:
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
    except GovIndexError:  # it does not take them, as it may
        return []


@law(not_declarative)
def scores_follow_parts(trial: Trial) -> None:
    """Every score is what the declared rules, weights and aggregators make of the prepared data.

    What code of one's own does besides, to some units or to some figures, stands in no rubric.
    """
    for (plan, block), result in zip(_blocks(trial), parts_of(trial.result), strict=True):
        found = evaluate(plan, block)
        for code, state in found.items():
            own = result.shares[result.row_of(code)]
            right = np.broadcast_to(state.share[0], own.shape)
            wrong = ~(np.abs(own - right) <= _SLACK * np.fmax(1.0, np.abs(right)))
            wrong &= ~(np.isnan(own) & np.isnan(right))
            if wrong.any():
                index = int(np.flatnonzero(wrong)[0])
                raise Broken(
                    f"unit '{result.units.codes[index]}' attains {own[index]:.10g} at '{code}', "
                    f"where the declared parts give {right[index]:.10g}"
                )
