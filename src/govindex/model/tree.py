"""The nodes of a framework: indicators, dimensions and views.

Nodes are plain frozen data; a :class:`~govindex.Framework` checks them all together
and reports every problem at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from govindex.absence import Absence, as_absence
from govindex.checks import boolean, names_of, text
from govindex.contracts import Aggregator, Direction, Measure, Rounder, Rule
from govindex.display.part_texts import node_text
from govindex.errors import FrameworkError
from govindex.mappings import FrozenMap
from govindex.measures import Value
from govindex.model.labels import Names, as_names, in_language
from govindex.names import as_code, distinct
from govindex.ranking import Bands, Ranking

__all__ = ["Dimension", "Indicator", "Node", "View"]

# Settings of a dimension among its siblings: the root has none of them.
NOT_OF_ROOT = (*("weight", "outside_maximum", "bands", "data_source", "reference", "confidence"),)
# Settings that a node keeps when an indicator becomes a dimension, or a dimension an indicator.
KEPT = (
    *("rounding", "ranking", "bands", "data_source", "reference", "confidence"),
    "outside_maximum",
)


def _own_variable(indicator: Any) -> Measure:
    # An impossible code is refused by name when the framework is validated.
    code = indicator.code
    return Value(code if isinstance(code, str) and code.strip() else repr(code))


def _as_measure(measure: Measure | str) -> Measure:
    return Value(measure) if isinstance(measure, str) else measure


def _children(children: Iterable[_Node] | _Node) -> tuple[Node, ...]:
    several = children if isinstance(children, Iterable) else (children,)
    return tuple(several)  # type: ignore[arg-type]


def _code(code: str) -> str:
    return as_code(code)


def _weight(weight: float | str) -> float | str:
    return as_code(weight) if isinstance(weight, str) else weight


def _weight_or_points(weight: float | str | None) -> float | str | None:
    return as_code(weight) if isinstance(weight, str) else weight


def _codes(codes: str | Iterable[str]) -> tuple[str, ...]:
    return tuple(map(as_code, names_of(codes, "View(of=…)")))


def _weights(weights: Mapping[str, float]) -> FrozenMap[str, float]:
    return _frozen(weights)


def _where(where: Mapping[str, object]) -> FrozenMap[str, object]:
    return _frozen(where)


def _frozen(mapping: object) -> FrozenMap[str, Any]:
    if not isinstance(mapping, Mapping):
        raise FrameworkError(f"a view is given weights=… or where=… as a mapping, not {mapping!r}")
    return FrozenMap(dict(distinct(mapping, "the key")))


@attrs.frozen(kw_only=True)
class _Node:
    """The fields that indicators, dimensions and views share."""

    name: Names = attrs.field(default=None, converter=as_names)
    rule: Rule | None = None
    absence: Absence | None = attrs.field(default=None, converter=as_absence)
    rounding: Rounder | None = None
    ranking: Ranking | None = None
    bands: Bands | None = None
    data_source: str | None = attrs.field(default=None, validator=text)
    reference: str | None = attrs.field(default=None, validator=text)
    confidence: str | None = attrs.field(default=None, validator=text)

    def label(self, language: str | None = None) -> str:
        """Return the name in a language, or the code."""
        return in_language(self.name, language, self.code)  # type: ignore[attr-defined]


@attrs.frozen
class Indicator(_Node):
    """A leaf: a measure makes its value from variables, a rule makes its share from the value.

    Parameters
    ----------
    code : str
        Unique in the framework.
    name : str or mapping of language to str
        Shown with or instead of the code.
    measure : Measure or str, optional
        How the value comes from variables; by default the variable with the indicator's code.
    rule : Rule, optional
        How the value becomes a share; may be left out only with weight 0 (shown, not scored).
    weight : float or str
        Points in a rubric, relative weight elsewhere; at least 0. A text names a variable of the
        data that holds each unit's own weight.
    direction : {"higher", "lower"}
        Which values are better, for rules that do not say it themselves.
    measure_unit : str
        What the value is measured in: "%", "days" …
    absence : Absence or policy, optional
        What becomes of this indicator if it is absent; by default the policy of its dimension.
    rounding : Rounding, optional
        Of the printed score, instead of the methodology's.
    ranking : Ranking, optional
        Of this node, instead of the methodology's.
    bands : Bands, optional
        Of this node, instead of the methodology's: classes, or flags such as "warning" below 50.
    outside_maximum : bool
        A bonus or a penalty: its points count, its maximum does not, and the dimension's share is
        kept between 0 and 1.
    data_source, evidence, reference, confidence : str, optional
        Where values come from (self-assessed, statistic, survey, other index), what proves them,
        where the definition is published, and how sure it is.

    Examples
    --------
    >>> import govindex as gi
    >>> gi.Indicator("days", direction="lower", rule=gi.rules.MinMax(), measure_unit="days").code
    'days'
    """

    code: str = attrs.field(converter=_code)
    name: Names = attrs.field(default=None, converter=as_names)
    measure: Measure = attrs.field(
        default=attrs.Factory(_own_variable, takes_self=True), converter=_as_measure, kw_only=True
    )
    weight: float | str = attrs.field(default=1.0, converter=_weight, kw_only=True)
    direction: Direction = attrs.field(default="higher", kw_only=True)
    measure_unit: str = attrs.field(default="", validator=text, kw_only=True)
    evidence: str | None = attrs.field(default=None, validator=text, kw_only=True)
    outside_maximum: bool = attrs.field(default=False, validator=boolean, kw_only=True)

    def __repr__(self) -> str:
        return node_text(self)


@attrs.frozen
class Dimension(_Node):
    """A branch: its children are aggregated, then its own rule (if any) is applied.

    Parameters
    ----------
    code : str
        Unique in the framework.
    children : iterable of Indicator or Dimension
        At least one.
    name : str or mapping of language to str
        Shown with or instead of the code.
    weight : float or str, optional
        As of an indicator. By default 1, or the sum of the children's points under
        :class:`~govindex.aggregate.Sum`.
    aggregate : Aggregator, optional
        By default that of the branch above.
    rule : Rule, optional
        Applied to the aggregated share: rescaling, complements, floors, cut-offs.
    absence : Absence or policy, optional
        What becomes of absent children; by default the policy of the branch above.
    outside_maximum : bool
        A dimension of bonuses and penalties: its points count, its maximum does not.
    rounding, ranking, bands, data_source, reference, confidence
        As of an indicator.
    """

    code: str = attrs.field(converter=_code)
    children: tuple[Indicator | Dimension, ...] = attrs.field(converter=_children)
    name: Names = attrs.field(default=None, converter=as_names)
    weight: float | str | None = attrs.field(
        default=None, converter=_weight_or_points, kw_only=True
    )
    aggregate: Aggregator | None = attrs.field(default=None, kw_only=True)
    outside_maximum: bool = attrs.field(default=False, validator=boolean, kw_only=True)

    def __repr__(self) -> str:
        return node_text(self, tuple(child.code for child in self.children))

    @property
    def inside(self) -> tuple[Indicator | Dimension, ...]:
        """The children whose maximum counts."""
        return tuple(child for child in self.children if not child.outside_maximum)

    @property
    def bonuses(self) -> tuple[Indicator | Dimension, ...]:
        """The children outside the maximum: bonuses and penalties."""
        return tuple(child for child in self.children if child.outside_maximum)


def scored(children: Iterable[Node]) -> list[Node]:
    """Return the children that are scored, in the order in which they are combined.

    A child of weight 0 is shown, not scored.
    """
    return sorted((c for c in children if c.weight != 0), key=lambda child: child.code)


@attrs.frozen
class View(_Node):
    """A node outside the tree, whose children are nodes of the tree.

    Bonuses and penalties add their points to the score and not to the maximum, unless the view has
    nothing else.

    Parameters
    ----------
    code : str
        Unique in the framework.
    of : iterable of str
        Codes of the nodes looked at, or
    where : mapping
        a selection of indicators by their attributes: ``{"data_source": "survey"}``.
    weights : mapping of code to float, optional
        By default each node's effective weight (its points, in a rubric).
    aggregate : Aggregator, optional
        By default the framework's.
    absence : Absence or policy, optional
        What becomes of absent nodes. By default each follows its policy in the tree, and the view
        sees what the tree filled in; a policy of the view holds for all of them, and for nodes that
        were absent before the tree filled them.
    name, rule, rounding, ranking, bands, data_source, reference, confidence
        As of a dimension.
    """

    code: str = attrs.field(converter=_code)
    of: tuple[str, ...] = attrs.field(default=(), converter=_codes)
    name: Names = attrs.field(default=None, converter=as_names)
    where: FrozenMap[str, object] = attrs.field(factory=FrozenMap, converter=_where, kw_only=True)
    weights: FrozenMap[str, float] = attrs.field(
        factory=FrozenMap, converter=_weights, kw_only=True
    )
    aggregate: Aggregator | None = attrs.field(default=None, kw_only=True)

    def __repr__(self) -> str:
        return node_text(self)

    def selects(self, leaf: Indicator) -> bool:
        """Return whether an indicator has the attributes of `where`; False if that is empty."""
        wanted = self.where.items()
        return bool(wanted) and all(getattr(leaf, key, None) == value for key, value in wanted)


Node = Indicator | Dimension


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and all below it, each before its children."""
    stack = [node]
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, Dimension):
            stack.extend(reversed(node.children))


def mapped(children: Sequence[Node], change: Callable[[Node], Node]) -> tuple[Node, ...]:
    """Return children with every node changed, those below first."""

    def visit(node: Node) -> Node:
        if isinstance(node, Dimension):
            inside = tuple(visit(child) for child in node.children)
            if any(new is not old for new, old in zip(inside, node.children, strict=True)):
                node = attrs.evolve(node, children=inside)
        return change(node)

    return tuple(visit(child) for child in children)
