"""The problems of a framework: codes, settings, weights, points and views."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator
from typing import Any

from govindex.absence import Absence, Redistribute
from govindex.aggregate import Arithmetic
from govindex.checks import among, is_weight
from govindex.contracts import Aggregator, BaseAggregator, Measure, Rule, completed
from govindex.errors import listing, near_miss
from govindex.model.tree import Dimension, Indicator, Node, View
from govindex.ranking import Bands, Ranking

__all__ = ["SLACK", "WHOLE", "framework_problems"]

_TIERS = 100
SLACK = 1e-9
WHOLE = "shares run from 0 to 1: give 1 for the whole maximum, not the points"


def framework_problems(root: Dimension, views: tuple[View, ...]) -> Iterator[str]:
    """Yield every problem of a tree and its views."""
    nodes: list[Any] = []
    deep = yield from _walk_problems(root, nodes)
    if deep:
        return
    codes = [node.code for node in nodes]
    yield from _code_problems([*codes, *(getattr(v, "code", v) for v in views)])
    for node in nodes:
        yield from _setting_problems(node)
        if isinstance(node, Indicator):
            yield from _indicator_problems(node)
    yield from _branch_problems(root, root.aggregate, is_root=True)
    yield from _inherited_problems(root, root.absence)
    for view in views:
        yield from _view_problems(view, nodes, root.aggregate)


def _walk_problems(root: Dimension, nodes: list[Any]) -> Generator[str, None, bool]:
    stack: list[tuple[Any, int]] = [(root, 0)]
    while stack:
        node, tier = stack.pop()
        if not isinstance(node, (Indicator, Dimension)):
            yield f"a node is an Indicator or a Dimension, not {node!r}"
            continue
        nodes.append(node)
        if isinstance(node, Dimension):
            if tier > _TIERS:
                yield f"dimension '{node.code}' lies deeper than {_TIERS} tiers"
                return True
            if not node.children:
                yield f"dimension '{node.code}' has no children: give it indicators, or drop it"
            stack.extend((child, tier + 1) for child in reversed(node.children))
    return False


def _code_problems(codes: list[Any]) -> Iterator[str]:
    seen: set[str] = set()
    for code in codes:
        if not isinstance(code, str) or not code.strip():
            yield f"a code is a text that is not blank, not {code!r}"
            continue
        if code in seen:
            yield f"the code '{code}' is used more than once: codes are unique in a framework"
        seen.add(code)


def _part_problem(what: str, part: Any, kind: type, hint: str) -> str | None:
    if isinstance(part, type):
        return f"{what} is a class; make one: {part.__name__}()"
    return None if isinstance(part, kind) else f"{what} is {part!r}, not {hint}"


def _setting_problems(node: Any) -> Iterator[str]:
    name = f"'{node.code}'"
    if node.rounding is not None and not (
        callable(node.rounding) and hasattr(node.rounding, "decimals")
    ):
        yield f"{name}: its rounding is {node.rounding!r}, not a rounding such as Rounding(2)"
    if node.ranking is not None and not isinstance(node.ranking, Ranking):
        yield f"{name}: its ranking is {node.ranking!r}, not a Ranking()"
    if node.bands is not None and not isinstance(node.bands, Bands):
        yield f"{name}: its bands are {node.bands!r}, not Bands(…)"


def _indicator_problems(leaf: Indicator) -> Iterator[str]:
    name = f"indicator '{leaf.code}'"
    problem = _part_problem(f"{name}: its measure", leaf.measure, Measure, "a measure")
    if problem:
        yield problem
    if not among(leaf.direction, ("higher", "lower")):
        yield f"{name}: direction is 'higher' or 'lower', not {leaf.direction!r}"
    if leaf.rule is None:
        if _counts(leaf):
            yield (
                f"{name} has no rule: say how its value becomes a share "
                "(rules.Points(), rules.MinMax() …), or give it weight 0"
            )
    else:
        problem = _part_problem(f"{name}: its rule", leaf.rule, Rule, "a rule")
        if problem:
            yield problem
        elif among(leaf.direction, ("lower",)) and not leaf.rule.directed and leaf.rule.monotone:
            yield (
                f"{name}: direction is 'lower', but {leaf.rule!r} gives larger values more; "
                "reverse the rule's settings, or the direction"
            )


def _branch_problems(
    branch: Dimension, inherited: Aggregator | None, *, is_root: bool = False
) -> Iterator[str]:
    name = f"{'root' if is_root else 'dimension'} '{branch.code}'"
    aggregate = branch.aggregate if branch.aggregate is not None else inherited
    problem = _part_problem(f"{name}: its aggregator", aggregate, Aggregator, "an aggregator")
    if problem:
        yield problem
    if problem or aggregate is None:
        aggregate = Arithmetic()  # so that the children are checked, too
    if branch.rule is not None:
        problem = _part_problem(f"{name}: its rule", branch.rule, Rule, "a rule")
        if problem:
            yield problem
    children = [c for c in branch.children if isinstance(c, (Indicator, Dimension))]
    yield from _weight_problems(name, children, aggregate)
    if any(child.outside_maximum for child in children) and not aggregate.linear:
        yield (
            f"{name}: a bonus or penalty needs Sum or Arithmetic, not {type(aggregate).__name__}"
        )
    yield from _objections(name, aggregate, [child for child in children if _counts(child)])
    yield from _receiver_problems(name, branch, children)
    if _sums(aggregate):
        yield from _largest_problems(children)
    for child in children:
        if isinstance(child, Dimension):
            yield from _branch_problems(child, aggregate)
            yield from _sum_problems(
                child, aggregate if child.aggregate is None else child.aggregate
            )


def _objections(name: str, aggregate: Aggregator | None, scored: list[Node]) -> Iterator[str]:
    """Yield the aggregator's objection to the children, if it has one."""
    inside = [node.code for node in scored if not node.outside_maximum]
    if not all(isinstance(code, str) for code in inside):
        return  # refused by name elsewhere
    objection = completed(aggregate, BaseAggregator).objection(tuple(sorted(inside)))
    if objection:
        yield f"{name}: {objection}"


def _sums(aggregate: Any) -> bool:
    return completed(aggregate, BaseAggregator).sums_points


def _inside(branch: Dimension) -> list[Node]:
    # Anything but a node is reported elsewhere, and has no maximum.
    nodes = [child for child in branch.children if isinstance(child, (Indicator, Dimension))]
    return [child for child in nodes if not child.outside_maximum]


def _counts(node: Any) -> bool:
    """Return whether a node has a weight other than 0."""
    return not (is_weight(node.weight) and node.weight == 0)


def _weight_problems(name: str, children: list[Node], aggregate: Aggregator) -> Iterator[str]:
    numbers = []
    for child in children:
        weight: Any = child.weight
        label = f"'{child.code}': its weight"
        number = 1.0
        if isinstance(weight, str):
            if not weight.strip():
                yield f"{label} is blank: a finite number of at least 0, or a variable's name"
            elif aggregate.sums_points:
                yield f"{label} is the variable '{weight}', but points of a sum are numbers"
        elif is_weight(weight):
            number = float(weight)
        elif weight is not None:
            yield f"{label} is {weight!r}: a finite number of at least 0, or a variable's name"
        numbers.append(0.0 if child.outside_maximum else number)
    if numbers and not any(numbers):
        yield f"{name}: all weights of its children are 0; at least one must be above 0"


def _points(node: Node, inherited: Aggregator) -> float:
    if not isinstance(node, Dimension):
        return float(node.weight) if is_weight(node.weight) else math.nan
    aggregate = inherited if node.aggregate is None else node.aggregate
    if node.weight is not None or not _sums(aggregate):
        return float(node.weight) if is_weight(node.weight) else math.nan  # type: ignore[arg-type]
    return sum(_points(child, aggregate) for child in _inside(node))


def _sum_problems(branch: Dimension, aggregate: Aggregator) -> Iterator[str]:
    if not _sums(aggregate) or not is_weight(branch.weight) or branch.weight == 0:
        return
    parts = sum(_points(child, aggregate) for child in _inside(branch))
    points = _points(branch, aggregate)
    if not math.isnan(parts) and abs(parts - points) > SLACK * max(1.0, parts):
        yield (
            f"dimension '{branch.code}' has {points:g} points, but its children add up to "
            f"{parts:g}; correct the points, or aggregate with Arithmetic() to rescale them"
        )


def _largest_problems(children: list[Node]) -> Iterator[str]:
    for leaf in children:
        if not isinstance(leaf, Indicator) or leaf.outside_maximum or not _counts(leaf):
            continue
        if isinstance(leaf.rule, type) or not isinstance(leaf.rule, Rule):
            continue
        largest = leaf.rule.bounds[1]
        if math.isfinite(largest) and largest > 1.0 + SLACK:
            yield f"indicator '{leaf.code}': its rule gives up to {largest:g}, but {WHOLE}"


def _receiver_problems(name: str, branch: Dimension | View, children: list[Node]) -> Iterator[str]:
    codes = [child.code for child in children]
    leaves = [child for child in children if isinstance(child, Indicator)]
    deciding: list[Any] = [branch] if isinstance(branch, View) else [branch, *leaves]
    for node in deciding:
        for unknown in _strangers(node.absence, codes):
            if node is not branch or codes:
                yield (
                    f"{name}: weight cannot be given to {listing(unknown)}, not a child of it: "
                    + near_miss(unknown[0], codes)
                )


def _strangers(absence: Absence | None, codes: list[str]) -> Iterator[list[str]]:
    """Yield the receivers of each policy that are not among the codes."""
    for policy in () if absence is None else absence.policies:
        if isinstance(policy, Redistribute):
            unknown = [code for code in policy.to if code not in codes]
            if unknown:
                yield unknown


def _inherited_problems(branch: Dimension, absence: Absence | None) -> Iterator[str]:
    """Yield the branches in which an inherited policy cannot move weight."""
    for child in branch.children:
        if not isinstance(child, Dimension):
            continue
        policy = child.absence if child.absence is not None else absence
        yield from _inherited_problems(child, policy)
        scored = [node for node in _inside(child) if _counts(node)]
        asking = [n for n in scored if isinstance(n, Dimension) or n.absence is None]
        if child.absence is not None or len(scored) < 2 or not asking:
            continue  # an only child has no sibling to give its weight to
        codes = [node.code for node in _inside(child)]
        for unknown in list(_strangers(absence, codes))[:1]:
            yield (
                f"dimension '{child.code}': weight cannot be given to {listing(unknown)}, not a "
                f"child of '{child.code}': set the policy on the dimension that has it"
            )


def _view_problems(view: Any, nodes: list[Any], inherited: Aggregator | None) -> Iterator[str]:
    if not isinstance(view, View):
        yield f"a view is a View, not {view!r}"
        return
    name = f"view '{view.code}'"
    codes = [node.code for node in nodes]
    unknown = [code for code in (*view.of, *view.weights) if code not in codes]
    for code in unknown:
        yield f"{name} looks at '{code}', which does not exist: {near_miss(code, codes)}"
    if any(view.of.count(code) > 1 for code in view.of):
        yield f"{name} looks at the same node twice"
    yield from _setting_problems(view)
    if bool(view.of) == bool(view.where):
        yield f"{name} needs either codes (of=…) or a selection of indicators (where=…)"
    leaves = [node for node in nodes if isinstance(node, Indicator)]
    fields = {"data_source", "confidence", "direction", "measure_unit", "reference", "evidence"}
    wrong = [key for key in view.where if key not in fields]
    if wrong:
        yield f"{name} selects by {listing(wrong)}: {near_miss(wrong[0], sorted(fields))}"
    elif view.where and not any(view.selects(leaf) for leaf in leaves):
        yield f"{name} selects no indicator: none has {dict(view.where)}"
    elif not unknown:
        chosen = [leaf.code for leaf in leaves if view.selects(leaf)]
        yield from _view_weight_problems(name, view, [*view.of, *chosen])
        seen = [node for node in nodes if node.code in (*view.of, *chosen)]
        yield from _seen_problems(
            name, view, seen, inherited if view.aggregate is None else view.aggregate
        )
    for part, kind, hint in (
        (view.aggregate, Aggregator, "an aggregator"),
        (view.rule, Rule, "a rule"),
    ):
        if part is not None:
            problem = _part_problem(f"{name}: its {hint.split()[-1]}", part, kind, hint)
            if problem:
                yield problem


def _seen_problems(
    name: str, view: View, seen: list[Node], aggregate: Aggregator | None
) -> Iterator[str]:
    codes = [node.code for node in seen]
    for node in seen:
        twice = [code for code in _below(node) if code in codes]
        if twice:
            yield (
                f"{name} looks at {listing(twice)} twice: below '{node.code}' and by itself; "
                "leave one of them out"
            )
    counted = [n for n in seen if (view.weights.get(n.code, 0) if view.weights else n.weight) != 0]
    yield from _objections(name, aggregate, counted)
    yield from _receiver_problems(name, view, seen)
    bonuses = [node for node in seen if node.outside_maximum]
    mixed = 0 < len(bonuses) < len(seen)
    if mixed and isinstance(aggregate, Aggregator) and not aggregate.linear:
        yield (
            f"{name}: a bonus or penalty needs Sum or Arithmetic, not {type(aggregate).__name__}"
        )


def _below(node: Node) -> Iterator[str]:
    for child in node.children if isinstance(node, Dimension) else ():
        if isinstance(child, (Indicator, Dimension)):
            yield child.code
            yield from _below(child)


def _view_weight_problems(name: str, view: View, seen: list[str]) -> Iterator[str]:
    for code, weight in view.weights.items():
        if not is_weight(weight):
            yield f"{name}: the weight of '{code}' is {weight!r}, not a number of at least 0"
    extra = [code for code in view.weights if code not in seen]
    if extra:
        yield f"{name} gives weights to {listing(extra)}, at which it does not look"
    missing = [code for code in seen if code not in view.weights]
    if view.weights and missing:
        yield f"{name} gives no weight to {listing(missing)}: give it one, 0 to leave it out"
