"""Laws about the tree: its order, weights, aggregators and refinement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
import numpy as np
from hypothesis import strategies as st

from govindex.aggregate import Arithmetic, Sum
from govindex.contracts import BaseAggregator, CellStatus, completed, is_absent
from govindex.model.framework import Framework
from govindex.model.tree import Dimension, Indicator, Node, View
from govindex.results import IndexResult
from govindex.testing.compare import expect_equal
from govindex.testing.excuses import declared, not_declarative, without
from govindex.testing.law import law
from govindex.testing.subject import Broken, Subject, Trial
from govindex.testing.variants import changed, unrounded

__all__ = [
    "anonymity_of_indicators",
    "common_scaling_of_weights",
    "geometric_below_arithmetic",
    "refinement",
    "unscored_nodes_are_inert",
]

_SLACK = 1e-9


def a_turn(draw: st.DrawFn, trial: Trial) -> dict[str, Any]:
    """Choose by how much the children of every branch are rotated."""
    return {"turn": draw(st.integers(1, 4))}


@law(not_declarative, choose=a_turn)
def anonymity_of_indicators(trial: Trial, turn: int) -> None:
    """The order in which indicators and dimensions are listed changes nothing.

    A rubric that is copied in another order is the same rubric, to the last bit.
    """

    def reordered(node: Node) -> Node:
        if not isinstance(node, Dimension):
            return node
        inside = [reordered(child) for child in node.children]
        cut = turn % len(inside)
        return attrs.evolve(node, children=tuple(reversed([*inside[cut:], *inside[:cut]])))

    def change(framework: Framework) -> Framework:
        root = reordered(framework.root)
        assert isinstance(root, Dimension)
        views = [attrs.evolve(view, of=view.of[::-1]) for view in framework.views]
        return attrs.evolve(framework, children=root.children, views=views[::-1])

    after = trial.of(trial.data, changed(trial.method, change))
    expect_equal(trial.result, after, when="the children of every branch are listed otherwise")


def _common_scale(subject: Subject) -> bool:
    return (
        subject.declarative
        and subject.method.scale != "points"
        and not any(aggregator.sums_points for aggregator in _aggregators(subject))
    )


def _aggregators(subject: Subject) -> Iterator[Any]:
    for _, framework in subject.frameworks:
        for node in (*framework.nodes, *framework.views):
            if isinstance(node, Dimension):
                yield framework.aggregator(node.code)
            elif isinstance(node, View):
                yield framework.aggregate if node.aggregate is None else node.aggregate


@declared("every aggregator is `proportional`")
def _without_proportional(subject: Subject) -> str:
    for aggregator in _aggregators(subject) if subject.declarative else ():
        if not completed(aggregator, BaseAggregator).proportional:
            return f"{aggregator!r} does not declare that only the proportions of weights count"
    return ""


def a_factor(draw: st.DrawFn, trial: Trial) -> dict[str, Any]:
    """Choose a factor."""
    return {"factor": draw(st.sampled_from([2.0, 0.25, 64.0, 3.0, 0.1]))}


@law(
    not_declarative,
    without("common scale: its weights are points, whose sum is the maximum", _common_scale),
    _without_proportional,
    choose=a_factor,
)
def common_scaling_of_weights(trial: Trial, factor: float) -> None:
    """Weights 1 and 2 are weights 10 and 20: only their proportions count.

    An expert whose weights sum to a hundred and one whose weights sum to one mean the same.
    """

    def change(framework: Framework) -> Framework:
        weights = {
            node.code: factor * node.weight
            for node in framework.nodes[1:]
            if isinstance(node.weight, (int, float))
        }
        inside = {c.code for n in framework.nodes if isinstance(n, Dimension) for c in n.children}
        plain = {c: factor for c in inside if framework.node(c).weight is None}  # type: ignore[union-attr]
        named = [n for n in framework.nodes if isinstance(getattr(n, "weight", None), str)]
        return framework if named else framework.with_weights({**plain, **weights})

    exact = np.log2(factor) % 1 == 0
    # Another factor may change the last bits of a share, and so a rounded score.
    before = trial if exact else Trial(Subject(unrounded(trial.method)), trial.data)
    after = before.of(trial.data, changed(before.method, change))
    codes = [code for code in before.result.codes if before.method.framework.has(code)]
    when = f"all weights are multiplied by {factor:g}"
    tolerance = 0.0 if exact else _SLACK
    expect_equal(before.result, after, codes=codes, ranks=exact, tolerance=tolerance, when=when)


def _scored_leaves(trial: Trial) -> list[tuple[str | None, str]]:
    return [
        (way.form, way.leaf.code)
        for way in trial.subject.ways
        if way.leaf.code in trial.subject.plans[way.form].framework.leaf_codes
    ]


def a_leaf(draw: st.DrawFn, trial: Trial) -> dict[str, Any] | None:
    """Choose an indicator."""
    leaves = sorted({code for _, code in _scored_leaves(trial)})
    return {"indicator": draw(st.sampled_from(leaves))} if leaves else None


def _refinable(subject: Subject) -> bool:
    rounding = getattr(subject.method, "rounding", None)
    return rounding is not None and rounding.node in (None, rounding.leaf)


@law(
    not_declarative,
    without("indicator that keeps its rounding as a dimension", _refinable),
    absent=False,
    choose=a_leaf,
)
def refinement(trial: Trial, indicator: str) -> None:
    """An indicator opened into a dimension of one part scores as before.

    Structure alone must not move a score: only measured figures and weights count.
    """

    def change(framework: Framework) -> Framework:
        if indicator not in framework.leaf_codes:
            return framework
        leaf = framework.node(indicator)
        assert isinstance(leaf, Indicator)
        above = framework.parent(indicator)
        assert above is not None
        sums = framework.aggregator(above.code).sums_points
        # Complete data need no policy, which may name siblings that the part does not have.
        code = _free(framework, "the part")
        part = attrs.evolve(
            leaf, code=code, measure=leaf.measure, outside_maximum=False, absence=None
        )
        if isinstance(part.weight, str):
            part = attrs.evolve(part, weight=1.0)
        single = Sum() if sums else Arithmetic()
        return framework.refine(indicator, [part], aggregate=single)

    after = trial.of(trial.data, changed(trial.method, change))
    known = trial.method.framework.codes
    codes = [code for code in trial.result.codes if code in known and after.framework.has(code)]
    when = f"'{indicator}' is opened into a dimension of one part"
    before = _as_dimension(trial.result, indicator) if indicator in codes else trial.result
    expect_equal(before, after, codes=codes, ranks=False, tolerance=_SLACK, when=when)


def _as_dimension(result: IndexResult, code: str) -> IndexResult:
    """Return a result in which a node has the status of a dimension: reported or absent."""
    row, states = result.row_of(code), list(result._states)
    status = states[row].status
    status = np.where(~is_absent(status), np.uint8(CellStatus.REPORTED), status)
    states[row] = attrs.evolve(states[row], status=status)
    return attrs.evolve(result, states=tuple(states))


def _free(framework: Framework, name: str) -> str:
    """Return a code that no node has."""
    while framework.has(name):
        name += "'"
    return name


def a_figure(draw: st.DrawFn, trial: Trial) -> dict[str, Any]:
    """Choose a branch, and figures of a new indicator without weight."""
    branches = [n.code for n in trial.method.framework.nodes if isinstance(n, Dimension)]
    figures = [draw(st.sampled_from([0.0, 1.0, -5.0, 1e6])) for _ in trial.units]
    return {"branch": draw(st.sampled_from(branches)), "figures": figures}


@law(not_declarative, choose=a_figure)
def unscored_nodes_are_inert(trial: Trial, branch: str, figures: list[float]) -> None:
    """An indicator that is shown but not scored changes nothing, whatever its figures.

    Information shown with the index must not change it.
    """

    def change(framework: Framework) -> Framework:
        shown = Indicator("a shown one", weight=0)

        def added(node: Node) -> Node:
            if not isinstance(node, Dimension):
                return node
            inside = tuple(added(child) for child in node.children)
            return attrs.evolve(node, children=(shown, *inside) if node.code == branch else inside)

        root = added(framework.root)
        assert isinstance(root, Dimension)
        return attrs.evolve(framework, children=root.children)

    data = attrs.evolve(
        trial.data,
        variables=(*trial.data.variables, "a shown one"),
        values=np.column_stack([trial.data.values, figures]),
        status=np.column_stack([trial.data.status, np.zeros(len(figures), dtype=np.uint8)]),
        stages=(),
        stage=None,
        treated=None,
    )
    after = trial.of(data, changed(trial.method, change))
    when = f"an indicator without weight is added to '{branch}'"
    expect_equal(trial.result, after, when=when)


def _geometric(framework: Framework) -> list[str]:
    return [
        node.code
        for node in framework.nodes
        if isinstance(node, Dimension)
        and completed(framework.aggregator(node.code), BaseAggregator).below_arithmetic
        and not (node.rule is not None and (node.rule.peer_dependent or not node.rule.monotone))
    ]


def _has_geometric(subject: Subject) -> bool:
    return subject.declarative and any(_geometric(form) for _, form in subject.frameworks)


def a_geometric(draw: st.DrawFn, trial: Trial) -> dict[str, Any] | None:
    """Choose a branch whose mean is below the arithmetic one."""
    every = {code for _, form in trial.subject.frameworks for code in _geometric(form)}
    codes = sorted(every.intersection(trial.result.codes))
    if not codes:
        return None
    return {"branch": draw(st.sampled_from(codes))}


@law(not_declarative, without("mean below the arithmetic one", _has_geometric), choose=a_geometric)
def geometric_below_arithmetic(trial: Trial, branch: str) -> None:
    """A mean that punishes unevenness never exceeds the arithmetic mean of the same parts.

    It is chosen so that strengths do not compensate weaknesses: it must not reward unevenness.
    """

    def change(framework: Framework) -> Framework:
        return framework.with_aggregates({branch: Arithmetic()} if framework.has(branch) else {})

    exact = Trial(Subject(unrounded(trial.method)), trial.data)
    after = exact.of(trial.data, changed(exact.method, change))
    row = exact.result.row_of(branch)
    shares, arithmetic = exact.result.shares[row], after.shares[row]
    wrong = shares > arithmetic + _SLACK
    if wrong.any():
        index = int(np.flatnonzero(wrong)[0])
        raise Broken(
            f"unit '{trial.units[index]}' attains {shares[index]:.10g} at '{branch}', the "
            f"arithmetic mean is {arithmetic[index]:.10g}"
        )
