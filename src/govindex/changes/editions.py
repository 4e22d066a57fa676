"""The change between two results, and what it is made of."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Literal

import attrs

from govindex.changes.contribution_changes import contribution_table
from govindex.changes.node_pairs import check_nodes, counterpart, node_pairs
from govindex.changes.pages import change_page
from govindex.changes.rule_changes import rule_table
from govindex.changes.splits import Splitting, check_data, split_table
from govindex.changes.summaries import edition_label, reason, summary
from govindex.changes.tables import FormPair, compared, form_pairs, node_table, unit_table
from govindex.changes.unit_pairs import UnitPairs, unit_pairs
from govindex.checks import among, instance_of, shown
from govindex.display import ShownPage, html
from govindex.errors import DataError, SettingError
from govindex.extras import Written
from govindex.language import check_language
from govindex.model.observations import Observations
from govindex.opaque import AnyMethodology
from govindex.results import IndexResult

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from govindex.changes.mergers import Merger

__all__ = ["Change", "change"]


@attrs.frozen(eq=False, slots=False, repr=False, kw_only=True)
class Change(Written):
    """What changed between two results; :func:`~govindex.change` makes it.

    ``str(…)`` gives all of it as text.

    Parameters
    ----------
    before, after : IndexResult
    node : str
        The node of `after` that is compared: its code.
    node_before : str
        Its code in `before`.
    language : str or None
    units : DataFrame
        A row per unit that both results have, best now first, indexed by `unit`: `name`,
        `rank_before`, `rank`, `rank_change` (positive: better; missing for a unit in another
        league), `score_before`, `score`, `score_change` (in the printed unit; missing if the
        maximum differs), `percent_before`, `percent`, `percent_change` (of the applicable maximum,
        in percentage points), `of_before` and `of` (how many units are ranked with it). If units
        were declared, `unit_before`; if some are in another league, `league_before` and `league`.
        Ranks are those published in each result. Missing if a unit has no score or rank.
    unmatched : DataFrame
        The units and nodes of either side that have no counterpart, or cannot be compared: `what`
        ("unit", "node"), `edition` ("before", "after"), `code`, `name`, `kind` ("came", "went",
        "other_name", "other_code", "taken", "other_maximum", "other_direction"), `reason` in words,
        and `near`, what it may have become.
    rules : DataFrame
        What changed in the rules and leagues: `what` ("added", "removed", "maximum", "weight",
        "rule", "measure", "aggregate", "absence", "ranking", "rounding", "bands", "scale", "steps",
        "code", "name", "parent", "direction", "league", "league_size" …), `code` and `name` of the
        node, unit or league, `before` and `after`. Weights are parts of the siblings' weights.
    split : DataFrame or None
        With `methods` a row per unit and quantity ("score", "percent", "rank"): `before`, `after`,
        `change`, and its parts: `merger`, `data`, `rules`, `league`, which add up to it; and
        `reason`, why there are no parts.
    """

    before: IndexResult
    after: IndexResult
    node: str
    node_before: str
    language: str | None
    units: pd.DataFrame
    unmatched: pd.DataFrame
    rules: pd.DataFrame
    split: pd.DataFrame | None
    _pairs: UnitPairs
    _forms: tuple[FormPair, ...]
    _again: Callable[..., Change]

    @cached_property
    def nodes(self) -> pd.DataFrame:
        """The comparable nodes below the root, a row per unit and node.

        Indexed by `unit` and `node`: `node_before`, `name`, `maximum_before` and `maximum` (the
        applicable ones), `score_before`, `score`, `score_change` (missing if the maxima of the node
        differ), `percent_before`, `percent`, `percent_change`, and `status_before` and `status`:
        "imputed", "not applicable" … of indicators, the reason why a dimension has no score.
        """
        return node_table(self.before, self.after, self._pairs, self._forms, self.language)

    def in_language(self, language: str | None) -> Change:
        """Return the same change with its names and reasons in another language.

        Raises
        ------
        SettingError
            If there are no words in the language.

        Examples
        --------
        >>> import govindex as gi
        >>> groups = gi.methodology("vn.service-766").cut()
        >>> days = (f"vn.service-766.provinces-2026-10-{day}" for day in ("06", "10"))
        >>> early, late = (groups.compute(gi.datasets.load(day)) for day in days)
        >>> str(change(early, late).in_language("vi")).splitlines()[2]
        'Số đơn vị được so sánh: 34. Chỉ có ở kỳ trước: 0. Chỉ có ở kỳ này: 0.'
        """
        if language is not None:
            check_language(instance_of(language, str, "language"))
        return self if language == self.language else self._again(language=language)

    @cached_property
    def contributions(self) -> pd.DataFrame:
        """What each node adds to the change of every score; the parts add up to it.

        A node's part is what it contributes after, less what it contributed before, as
        :func:`~govindex.contributions` divides either score. Indexed by `unit`: `node` (missing if
        it went) and `node_before` (missing if it came), `name`, `tier`, `is_leaf`,
        `contribution_before` and `contribution`, `contribution_change` in the printed unit (missing
        if the maxima of the total differ), `percent_change` in percentage points of the total's
        applicable maximum, `own_change` and `own_percent_change` (the parts that a node's children
        leave, all of an indicator, which add up to the changes of the first row), `method_before`
        and `method`. Where units merged, what they contributed is merged as their scores are.
        """
        same = tuple(dict.fromkeys(nodes for form in self._forms for nodes in form.nodes.same))
        pair = (self.node_before, self.node)
        return contribution_table(
            self.before, self.after, self._pairs, (*same, pair), pair, self.language
        )

    @property
    def title(self) -> tuple[str, str]:
        """What the two editions are called: methodology, version and period."""
        return edition_label(self.before), edition_label(self.after)

    def __repr__(self) -> str:
        came, went = (
            int(((self.unmatched["what"] == "unit") & (self.unmatched["edition"] == edition)).sum())
            for edition in ("after", "before")
        )
        split = "" if self.split is None else ", split"
        return (
            f"<Change from {self.title[0]} to {self.title[1]}: {len(self.units)} units "
            f"(only after: {came}, only before: {went}), {len(self.rules)} changes of rules{split}>"
        )

    def __str__(self) -> str:
        return summary(self)

    def _repr_html_(self) -> str:
        return html(self._page(self.language))

    def _page(self, language: str | None = None) -> ShownPage:
        return change_page(self, language)


def change(
    before: IndexResult,
    after: IndexResult,
    node: str | None = None,
    *,
    units: dict[str, str | None] | Merger | Literal["code", "name"] | None = None,
    nodes: dict[str, str | None] | Literal["code", "name"] | None = None,
    by: Literal["points", "percent"] = "points",
    methods: AnyMethodology | Sequence[AnyMethodology] | None = None,
    data: tuple[Observations, Observations] | None = None,
    language: str | None = None,
) -> Change:
    """Compare two results: of two periods, or of editions with other rules and other units.

    Nothing is matched by guessing. A unit is the same if code and name agree, a node if code, name
    and direction do; what differs in one of them is listed with its near miss, until it is
    declared. Published ranks stay as published, and merged units have no rank before.

    With `methods` the change is split exactly, unit by unit. The score and the rank depend on the
    unit's own figures (data), on the methodology (rules: weights, maxima, rules, ranking) and on
    the units it is compared with (league: which they are, and their figures). Each of the three can
    be that of either edition, which gives eight scores and ranks. A part is the mean change at its
    step over the six orders in which the three can change (Shapley value), so that the parts add up
    to the change. Where units merged, `merger` is the step from the scores and ranks as published
    to those of the merged units under the old rules. Points that were awarded
    (:class:`~govindex.rules.Points`) count as the same share of a maximum that changed.

    Parameters
    ----------
    before, after : IndexResult
    node : str, optional
        The node of `after` that is compared; the total by default.
    units : mapping of str to str or None, Merger, "code" or "name", optional
        Old unit → new unit, by code or name; None: it has no successor. Several that became one
        need a :class:`~govindex.Merger`. "code": units with one code are the same whatever their
        names; "name": those with one name, for codes that are only running numbers.
    nodes : mapping of str to str or None, "code" or "name", optional
        Likewise for nodes, one to one.
    by : {"points", "percent"}
        Nodes whose maxima differ are listed in `unmatched`, or compared in percent of the maximum.
    methods : methodology or (methodology, methodology), optional
        Of `before` and `after`, one if they are the same: then the change is split.
    data : (Observations, Observations), optional
        The data before preparation; by default those that the results carry, which are the same
        unless a methodology has preparation steps.
    language : str, optional
        Of names and texts.

    Returns
    -------
    Change

    Raises
    ------
    DataError
        If no unit is in both results, units merged without a declared way, one result is of a panel
        only, or methods and data do not give the results.
    UnknownNameError
        If a declared unit or node does not exist.
    SettingError
        If an argument is impossible.

    Examples
    --------
    >>> import govindex as gi
    >>> groups = gi.methodology("vn.service-766").cut()
    >>> early, late = (groups.compute(gi.datasets.load(f"vn.service-766.provinces-2026-10-{day}"))
    ...                for day in ("06", "10"))
    >>> moved = change(early, late, methods=groups)
    >>> moved.units.loc["H32", ["rank_before", "rank", "rank_change"]].to_list()
    [34, 24, 10]
    >>> moved.split.loc[("H32", "rank"), ["data", "rules", "league"]].to_list()
    [11.5, 0.0, -1.5]
    """
    for result, what in ((before, "before"), (after, "after")):
        instance_of(result, IndexResult, what)
    if language is not None:
        check_language(instance_of(language, str, "language"))
    if not among(by, ("points", "percent")):
        raise SettingError(f"nodes are compared by 'points' or 'percent', not {shown(by)}")
    _refuse_half_a_panel(before, after)
    pair = _methods(methods)
    carried = _carried(before, after, pair, data)
    earlier = before.observations if carried is None else carried[0]
    matches = unit_pairs(before.units, after.units, units, earlier, language)
    check_nodes(nodes, before, after)
    forms = tuple(
        FormPair(one, other, members, node_pairs(one, other, nodes, by, language))
        for one, other, members in form_pairs(before, after, matches)
    )
    code = after.codes[0] if node is None else instance_of(node, str, "node")
    old = before.codes[0] if code == after.codes[0] else counterpart(code, before, after, nodes)
    split = None
    if pair is not None and carried is not None:
        same = tuple(dict.fromkeys(nodes for form in forms for nodes in form.nodes.same))
        splitting = Splitting(before, after, pair, carried, matches, same, (old, code), language)
        split = split_table(splitting, compared(before, after, matches, (old, code)))
    again = partial(change, before, after, node, units=units, nodes=nodes, by=by)
    return Change(
        before=before,
        after=after,
        node=code,
        node_before=old,
        language=language,
        units=unit_table(before, after, matches, (old, code), language),
        unmatched=_unmatched(matches, forms, language),
        rules=rule_table(before, after, matches, forms, pair, language),
        split=split,
        pairs=matches,
        forms=forms,
        again=partial(again, methods=methods, data=data),
    )


def _carried(
    before: IndexResult,
    after: IndexResult,
    methods: tuple[AnyMethodology, AnyMethodology] | None,
    data: tuple[Observations, Observations] | None,
) -> tuple[Observations, Observations] | None:
    """Return the data of both editions for a split, None without methods."""
    if methods is None:
        if data is not None:
            raise SettingError("data=… is for the split, which needs methods=(old, new) too")
        return None
    if before.units.periods is not None:
        raise DataError(
            "the split needs results of one period each: take result.at_period(…), with the data "
            "of that period"
        )
    return check_data(data, (before, after), methods)


def _refuse_half_a_panel(before: IndexResult, after: IndexResult) -> None:
    panels = [result.units.periods is not None for result in (before, after)]
    if panels[0] != panels[1]:
        which, result = ("before", before) if panels[0] else ("after", after)
        last = max(result.units.periods or ())
        raise DataError(
            f"`{which}` is the result of a panel, the other one of a single period: take one, "
            f"{which}.at_period('{last}')"
        )


def _methods(methods: object) -> tuple[AnyMethodology, AnyMethodology] | None:
    if methods is None:
        return None
    pair = tuple(methods) if isinstance(methods, (tuple, list)) else (methods, methods)
    if len(pair) != 2 or not all(_is_methodology(method) for method in pair):
        raise SettingError(
            f"methods is a methodology, or a pair (old, new) of them, not {shown(methods)}"
        )
    return pair[0], pair[1]


def _is_methodology(method: Any) -> bool:
    return not isinstance(method, type) and isinstance(method, AnyMethodology)


def _unmatched(units: UnitPairs, forms: tuple[FormPair, ...], language: str | None) -> pd.DataFrame:
    import pandas as pd

    every = [*units.unmatched, *(item for form in forms for item in form.nodes.unmatched)]
    rows = [
        (*attrs.astuple(item)[:5], reason(item, language), item.near)
        for item in dict.fromkeys(every)
    ]
    columns = ["what", "edition", "code", "name", "kind", "reason", "near"]
    return pd.DataFrame(rows, columns=columns)
