"""The framework: a weighted tree, validated once."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal, Unpack

import attrs

from govindex.absence import Absence
from govindex.checks import mapping_of, tuple_of
from govindex.contracts import AbsencePolicy, Aggregator, Float, Measure, Rounder, Rule
from govindex.display import ShownPage, html, plain
from govindex.errors import FrameworkError
from govindex.model.framework_settings import DimensionSettings, TableSettings, TreeSettings
from govindex.model.node_settings import inheriting_codes, with_settings
from govindex.model.pages import framework_page
from govindex.model.pruning import counts, cut_children, pruned, pruned_views
from govindex.model.rooted_tree import RootedTree
from govindex.model.selection import At, selected
from govindex.model.tree import KEPT, Dimension, Indicator, Node, mapped, walk
from govindex.ranking import Ranking

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

    from govindex.model.nesting import Nested

__all__ = ["Framework"]


@attrs.frozen(slots=False)
class Framework(RootedTree):
    """The root of an index: dimensions and indicators, and views across them.

    Parameters
    ----------
    code : str
        The root's code.
    children : iterable of Dimension or Indicator
        At least one.
    name : str or mapping of language to str
        Shown with or instead of the code.
    aggregate : Aggregator
        How the root combines its children; dimensions that name none follow the branch above.
    absence : Absence or policy
        What becomes of absent children; likewise inherited. By default absent cells are refused
        with an error that names them.
    rule, rounding, ranking
        Of the root, as of a dimension.
    views : iterable of View
        Nodes outside the tree.

    Raises
    ------
    FrameworkError
        With every problem: duplicate codes, impossible weights, missing rules …

    Examples
    --------
    >>> import govindex as gi
    >>> framework = gi.Framework("service", [
    ...     gi.Indicator("days", direction="lower", rule=gi.rules.MinMax()),
    ...     gi.Indicator("online", rule=gi.rules.Proportional(target=0.8), weight=2),
    ... ])
    >>> framework.leaf_codes
    ('days', 'online')
    """

    @classmethod
    def from_table(
        cls,
        frame: IntoFrame,
        *,
        code: str = "code",
        parent: str = "parent",
        name: str | None = None,
        weight: str | None = None,
        direction: str | None = None,
        rule: Rule | None = None,
        rules: Mapping[str, Rule] | None = None,
        aggregate: Aggregator | None = None,
        ignore: Iterable[str] = (),
        decimal: Literal[".", ","] = ".",
        **settings: Unpack[TableSettings],
    ) -> Framework:
        """Read a framework from a table with one row per node.

        The row that names no parent is the root; a node is an indicator if no row names it as
        parent. Children keep the order of the rows. Besides ``code`` and ``parent`` these columns
        are used if they exist; any cell may be blank:

        - ``weight`` (points under a sum), ``name``, and names by language: ``name_vi`` …
        - ``rule``: the kind of :mod:`govindex.rules`, with a column for each of its settings
          (``target``, ``floor``, ``per``, ``worst`` …); a look-up table is written
          ``80: 0.5; 100: 1`` or ``Có: 1; Không: 0``.
        - ``measure``: the kind of :mod:`govindex.measures`, likewise (``numerator``,
          ``denominator``, ``times`` …; several variables as ``a; b``; ``rounding`` in decimals).
          By default the variable with the indicator's code.
        - ``aggregate`` of dimensions: the kind of :mod:`govindex.aggregate`.
        - ``direction``, ``measure_unit``, ``data_source``, ``reference``, ``confidence``,
          ``evidence``, ``outside_maximum`` (yes or no).

        If rule and measure of a row both have a setting, its columns are called ``rule.above`` and
        ``measure.above``.

        A table without those two columns whose titles are those of a rubric (STT, Tiêu chí, Điểm
        tối đa; No., Criterion, Maximum) is read as :func:`govindex.workbooks.read_rubric` reads the
        rows of a sheet: running numbers make the tree under a sum of points, and maxima must be the
        sums of their parts.

        Parameters
        ----------
        frame : data frame
            pandas, Polars, pyarrow, a DuckDB relation …
        code, parent : str
            Columns of the node's code and of the code of the branch above it.
        name, weight, direction : str, optional
            Columns of these fields, if they are called otherwise. A dimension's weight may be
            blank, and an indicator's where points are not summed: it is then 1. Under
            :class:`~govindex.aggregate.Sum` the root's weight, if it has one, is checked against
            the points below it; elsewhere the root has none.
        rule : Rule, optional
            Of every indicator without a rule in the table or in `rules`.
        rules : mapping of code to Rule, optional
            Rules of single nodes, instead of those in the table.
        aggregate : Aggregator, optional
            Of the root; by default that of the table, or :class:`~govindex.aggregate.Arithmetic`.
        ignore : iterable of str
            Columns that are not about the framework. Any other unknown column is a problem.
        decimal : {".", ","}
            The decimal mark of numbers that are written as text.
        **settings
            Further settings of the framework (absence, rounding, views …).

        Raises
        ------
        FrameworkError
            With every problem of the table, by row (counted below the header) and column: parents
            that do not exist, circles, duplicate codes, no root or several, unknown kinds,
            settings that a kind does not have or lacks, texts that should be numbers …

        Examples
        --------
        >>> import govindex as gi
        >>> import pandas as pd
        >>> frame = pd.DataFrame({
        ...     "code": ["index", "speed", "days", "online"],
        ...     "parent": [None, "index", "speed", "index"],
        ...     "weight": [None, 1, 1, 2],
        ...     "rule": [None, None, "Deduction", "Proportional"],
        ...     "per": [None, None, 0.25, None],
        ...     "target": [None, None, None, 80],
        ... })
        >>> framework = gi.Framework.from_table(frame)
        >>> framework.parent("days").code, framework.weight("online")
        ('speed', 2.0)
        >>> framework.node("online").rule
        Proportional(target=80, floor=0.0, cap=True)
        """
        from govindex.model.rubric_tables import is_rubric, read_rubric_table
        from govindex.model.table import read_tree

        special = {} if rules is None else rules
        own = {"name": name, "maximum": weight}
        if direction is None and is_rubric(frame, code, parent, own):
            tree = read_rubric_table(
                frame, rule, special, columns=own, ignore=ignore, decimal=decimal
            )
            of_root = {} if aggregate is None else {"aggregate": aggregate}
            return cls(**{**tree, **of_root, **settings})
        columns = {"code": code, "parent": parent, **own, "direction": direction}
        columns["weight"] = columns.pop("maximum")
        choices: dict[str, Any] = {"ignore": ignore, "decimal": decimal, "of_root": aggregate}
        tree, whole = read_tree(frame, columns, rule, special, **choices)
        of_root = {} if aggregate is None else {"aggregate": aggregate}
        built = cls(**{**tree, **of_root, **settings})
        points = float(built.weight(built.code))
        if built.aggregate.sums_points and not math.isclose(points, whole or points):
            raise FrameworkError(
                f"the root '{built.code}' has {whole:g} points, but its children add up to "
                f"{points:g}: correct the points"
            )
        return built

    def __repr__(self) -> str:
        return (
            f"<Framework '{self.code}': {len(self.leaf_codes)} indicators, "
            f"{len(self.codes) - len(self.leaf_codes)} dimensions with the root, "
            f"{len(self.views)} views>"
        )

    def __str__(self) -> str:
        return plain(self._page())

    def _repr_html_(self) -> str:
        return html(self._page())

    def _page(self, language: str | None = None) -> ShownPage:
        return framework_page(self.root, self.views, language)

    @classmethod
    def from_dict(
        cls,
        tree: Nested,
        code: str = "index",
        *,
        rule: Rule | None,
        lower: str | Iterable[str] = (),
        weights: Mapping[str, float | str] | None = None,
        **settings: Unpack[TreeSettings],
    ) -> Framework:
        """Build a framework from nested dicts and lists of codes.

        Parameters
        ----------
        tree : dict or list
            A dict holds dimensions, each with the nodes below it; a list holds the codes of
            indicators, and dicts or nodes among them, to any depth.
        code : str
            The root's code.
        rule : Rule
            Of every indicator; :meth:`with_rules` gives single nodes others.
        lower : iterable of str
            The indicators of which lower values are better.
        weights : mapping of code to float or str, optional
            Weights of indicators and dimensions; by default 1.
        **settings
            Further settings of the framework (name, aggregate, absence, rounding, views …).

        Raises
        ------
        FrameworkError
            With every problem of the tree.

        Examples
        --------
        >>> import govindex as gi
        >>> framework = gi.Framework.from_dict(
        ...     {"speed": ["days", "queue"], "reach": ["online"]},
        ...     rule=gi.rules.MinMax(), lower=["days", "queue"], weights={"reach": 2},
        ... )
        >>> framework.leaf_codes, framework.weight("reach"), framework.node("days").direction
        (('days', 'queue', 'online'), 2.0, 'lower')
        """
        from govindex.model.nesting import nested_nodes

        return cls(
            code, nested_nodes(tree, rule, lower, {} if weights is None else weights), **settings
        )

    def with_weights(self, weights: Mapping[str, float | str | None]) -> Framework:
        """Return the framework with other weights at these codes."""
        return with_settings(self, "weight", weights)

    def with_aggregates(self, aggregates: Aggregator | Mapping[str, Aggregator]) -> Framework:
        """Return the framework with one aggregator everywhere, or others at these codes only.

        Branches and views that are not named keep the aggregator that they had, also if they
        inherited it.
        """
        if not isinstance(aggregates, Mapping):
            branches = [node.code for node in self.nodes if isinstance(node, Dimension)]
            following = [view.code for view in self.views if view.aggregate is None]
            return with_settings(
                self, "aggregate", dict.fromkeys([*branches, *following], aggregates)
            )
        kept = {
            code: self.aggregator(code) for code in inheriting_codes(self, "aggregate", aggregates)
        }
        return with_settings(self, "aggregate", {**kept, **aggregates})

    def with_absences(
        self, absences: Mapping[str, Absence | AbsencePolicy | Callable[..., Float] | None]
    ) -> Framework:
        """Return the framework with other absence policies at these codes only.

        A dimension's policy holds for its children; dimensions below that are not named keep the
        policy that they had, also if they inherited it.

        Examples
        --------
        >>> import govindex as gi
        >>> framework = gi.Framework.from_dict({"speed": ["days"]}, rule=gi.rules.MinMax())
        >>> framework.with_absences({"speed": gi.absence.AsZero()}).policy("days").missing
        AsZero()
        """
        mapping_of(absences, "absences", "a mapping of codes to policies")
        kept = {code: self.policy(code) for code in inheriting_codes(self, "absence", absences)}
        return with_settings(self, "absence", {**kept, **absences})

    def with_rules(self, rules: Mapping[str, Rule | None]) -> Framework:
        """Return the framework with other rules at these codes."""
        return with_settings(self, "rule", rules)

    def with_roundings(self, roundings: Mapping[str, Rounder | None]) -> Framework:
        """Return the framework with other roundings at these codes."""
        return with_settings(self, "rounding", roundings)

    def with_rankings(self, rankings: Mapping[str, Ranking | None]) -> Framework:
        """Return the framework with other rankings at these codes."""
        return with_settings(self, "ranking", rankings)

    def with_measures(self, measures: Mapping[str, Measure]) -> Framework:
        """Return the framework with other measures at these indicators."""
        return with_settings(self, "measure", measures)

    def refine(
        self, code: str, children: Iterable[Node], **settings: Unpack[DimensionSettings]
    ) -> Framework:
        """Return the framework with an indicator opened into a dimension of new indicators.

        Parameters
        ----------
        code : str
            The indicator; the dimension keeps its code, name, weight and position, and the settings
            that are not about its value (rounding, ranking, references, outside the maximum).
        children : iterable of Indicator or Dimension
            The new nodes below it.
        **settings
            Further settings of the :class:`~govindex.Dimension` (aggregate, absence,
            rule …).
        """
        leaf = self.node(code)
        if not isinstance(leaf, Indicator):
            raise FrameworkError(f"only an indicator can be refined; '{code}' is not one")
        kept = {field: getattr(leaf, field) for field in KEPT}
        every: dict[str, Any] = {"weight": leaf.weight, **kept, **settings}
        dimension = Dimension(code, tuple_of(children, "children", "nodes"), leaf.name, **every)
        return attrs.evolve(
            self, children=mapped(self.children, lambda n: dimension if n.code == code else n)
        )

    def cut(self, at: At, *, rule: Rule | None = None) -> Framework:
        """Return the framework with branches turned into indicators of given scores.

        A cut branch becomes an indicator whose variable has the branch's code and holds its printed
        score. This is for results that are published for dimensions only.

        Parameters
        ----------
        at : int, str or iterable of str
            The tier (1: the root's children), or the codes of the branches to cut.
        rule : Rule, optional
            How a given score becomes a share; :class:`~govindex.rules.Points` by default.

        Raises
        ------
        UnknownNameError, SettingError
            If a node does not exist, or there is no dimension at the tier.
        FrameworkError
            If the root would be cut.
        """
        branches = [node.code for node in self.nodes if isinstance(node, Dimension)]
        known = branches if isinstance(at, int) else self._by_code
        codes = selected(at, known, [self], what="dimension" if isinstance(at, int) else "node")
        if self.code in codes:
            raise FrameworkError(f"the root '{self.code}' cannot be cut: nothing would be left")
        children = cut_children(self, codes, rule)
        remaining = {n.code for child in children for n in walk(child)}
        views = tuple(v for v in self.views if remaining.issuperset(self.seen_by(v)))
        return attrs.evolve(self, children=children, views=views)

    def without(self, at: At) -> Framework:
        """Return the framework without some nodes and the nodes below them.

        Dimensions without a remaining scored child inside the maximum are removed, too, and so are
        views of removed nodes only. The points of a sum are those of the remaining children.

        Parameters
        ----------
        at : int, str or iterable of str
            A tier, a code, or several codes.

        Raises
        ------
        UnknownNameError
            If a node does not exist.
        FrameworkError
            If nothing would be left, or the rest is not well formed.

        Examples
        --------
        >>> import govindex as gi
        >>> gi.methodology("vn.service-766").framework.without(["1", "3A"]).codes[:2]
        ('766', '2')
        """
        gone = selected(at, self._by_code, [self])
        children = () if self.code in gone else pruned(self.children, gone, self.aggregate)
        if not any(map(counts, children)):
            raise FrameworkError(f"nothing scored of '{self.code}' would be left")
        remaining = [node for child in children for node in walk(child)]
        return attrs.evolve(self, children=children, views=pruned_views(self.views, remaining))

    def flatten(self) -> Framework:
        """Return the indicators directly below the root, with their effective weights.

        Rules, aggregators and limits of the dimensions between are dropped.
        """
        whole = self.weight(self.code)
        scale = float(whole) if self.aggregate.sums_points else 1.0
        effective = self.effective_weights
        leaves = [
            attrs.evolve(
                leaf,
                weight=effective[leaf.code] * scale,
                absence=self.policy(leaf.code),
                outside_maximum=self.is_bonus(leaf.code),
            )
            for leaf in self.leaves
        ]
        return attrs.evolve(self, children=leaves, views=())

    def subtree(self, code: str) -> Framework:
        """Return the framework of one dimension, as an index."""
        node = self.node(code)
        if not isinstance(node, Dimension):
            raise FrameworkError(f"'{code}' is not a dimension: it has nothing below it")
        if code == self.code:
            return self
        return Framework(
            code,
            node.children,
            node.name,
            aggregate=self.aggregator(code),
            rule=node.rule,
            absence=self.policy(code),
            rounding=node.rounding,
            ranking=node.ranking,
        )
