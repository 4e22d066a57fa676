"""The explanation of a unit's score."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from govindex.checks import instance_of
from govindex.contracts import CellStatus
from govindex.display import ShownPage, html
from govindex.errors import DataError, SettingError
from govindex.explanation.losses import Losses
from govindex.explanation.pages import explanation_page
from govindex.explanation.tables import loss_table
from govindex.extras import Interchanged
from govindex.kernels.rounding import snap
from govindex.language import check_language, headings, number_text, words
from govindex.model.labels import root_code
from govindex.results import IndexResult
from govindex.results.joint_results import part_of
from govindex.statuses import status_word

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Explanation", "explain", "indicator_losses"]

_ALIKE = 1e-10


@attrs.frozen(eq=False, slots=False)
class Explanation(Interchanged):
    """The points of a unit, and those that it lost, node by node.

    Parameters
    ----------
    unit : str
        The unit's name.
    score, maximum, lost : float
        In the printed unit, the score as ranked; ``score + lost == maximum``.
    table : DataFrame
        A row per node in the order of the tree: name, tier, maximum, `attainable` (the most points
        that the node can add to this unit's total; it differs from the maximum if the weights of
        absent siblings or a scale move it), score, `lost` (attainable minus the node's
        contribution), `own_loss` (the part lost at a branch itself, by its own rule, rounding or
        clipping), the indicator's value, its `raw` value before treatment, its `status`
        ("reported", "imputed", "fallen back", "treated", "missing", "not applicable" …; for a
        dimension the reason why it has no score), its measure unit, and the underlying figures. An
        indicator whose rule has no largest share ("no maximum") has no maximum and no loss, which
        are missing; what it contributes is attainable.
    decimals : int
        Decimals shown as text.
    language : str, optional
        Of the words and numbers shown as text; English by default.
    """

    unit: str
    score: float
    maximum: float
    lost: float
    table: pd.DataFrame
    decimals: int = 2
    language: str | None = None

    @property
    def leaves(self) -> pd.DataFrame:
        """The indicators, the largest loss first."""
        leaves = self.table[self.table["is_leaf"]].drop(columns=["is_leaf", "own_loss", "tier"])
        return leaves.sort_values("lost", ascending=False, kind="stable")

    def __repr__(self) -> str:
        return f"<Explanation of '{self.unit}': {self._summary}>"

    @property
    def _summary(self) -> str:
        return self._summary_in(self.language)

    def _summary_in(self, language: str | None) -> str:
        points = {"score": self.score, "maximum": self.maximum, "lost": self.lost}
        texts = {
            name: number_text(round(number, self.decimals), language)
            for name, number in points.items()
        }
        return words("explanation.summary", language, **texts)

    def __str__(self) -> str:
        shown = self._shown
        text = shown.to_string(na_rep="", float_format=self._number)
        return f"{self.unit}: {self._summary}\n{text}"

    def _number(self, number: float) -> str:
        return number_text(number, self.language, self.decimals)

    @property
    def _shown(self) -> pd.DataFrame:
        """The table in words, without columns that say nothing of this unit."""
        import pandas as pd

        shown = self.table.drop(columns=["is_leaf", "tier"]).copy()
        reported = status_word(CellStatus.REPORTED, self.language)
        if not self.table["own_loss"].any():
            shown = shown.drop(columns="own_loss")
        if self.table["raw"].isna().all():
            shown = shown.drop(columns="raw")
        if self.table["status"].isin(["", reported]).all():
            shown = shown.drop(columns="status")
        else:
            shown["status"] = shown["status"].replace(reported, "")
        maximum = shown["maximum"].fillna(shown["attainable"])
        if np.allclose(shown["attainable"], maximum, rtol=_ALIKE, atol=0.0):
            shown = shown.drop(columns="attainable")
        names = ["  " * t + n for t, n in zip(self.table["tier"], self.table["name"], strict=True)]
        title = words("explanation.name", self.language)
        width = max(map(len, [title, *names]))
        shown["name"] = [name.ljust(width) for name in names]
        titles = [title.ljust(width), *headings(shown.columns[1:], self.language)]
        codes = [str(code) for code in shown.index]
        codes[0] = root_code(codes[0], str(self.table["name"].iloc[0]))
        shown.index = pd.Index(codes, name=headings(["node"], self.language)[0])
        return shown.set_axis(titles, axis="columns")

    def _repr_html_(self) -> str:
        return html(self._page(self.language))

    def _page(self, language: str | None = None) -> ShownPage:
        title = f"{self.unit}: {self._summary_in(language)}"
        return explanation_page(title, self.table, self.decimals, language)


def explain(result: IndexResult, unit: str, *, language: str | None = None) -> Explanation:
    """Attribute the points that a unit lacks to the nodes that lost them.

    If a node is a mean or a sum, a child loses its weight times its own shortfall. Otherwise the
    loss is divided by Shapley values: each child's loss averaged over the orders in which children
    could be raised to their maximum (all orders for up to twelve children; otherwise twice as many
    orders as children). In both cases the losses of indicators, and the losses of branches by their
    own rules and rounding, add up to the shortfall of the total.

    Parameters
    ----------
    result : IndexResult
        Of a declarative methodology.
    unit : str
        Code or name.
    language : str, optional
        Of names, of statuses and of the text; English words by default.

    Returns
    -------
    Explanation

    Raises
    ------
    UnknownNameError
        If there is no such unit.
    DataError
        If the unit has no score.
    SettingError
        If there is no maximum to fall short of: no indicator has a rule with a largest share (none
        of z-scores has), or a dimension's rule has none or is not monotone; :func:`contributions
        <govindex.contributions>` divides such scores. If the methodology's own code computed the
        scores. If an aggregator looks at peers: anchor the methodology first. If there are no words
        in the language.

    Examples
    --------
    >>> import govindex as gi
    >>> data = gi.datasets.load("vn.service-766.phu-tho-2026")
    >>> result = gi.methodology("vn.service-766").compute(data)
    >>> why = explain(result, "UBND tỉnh Phú Thọ")
    >>> why.score, why.lost, why.leaves.index[0]
    (61.89, 38.11, '1.1')
    """
    check_language(language)
    result, index, losses = _attributed(result, unit)
    name = result.units.labels(language)[index]
    table = loss_table(result, index, losses, language)
    first = table.iloc[0]
    score, best, lost = (float(first[column]) for column in ("score", "maximum", "lost"))
    return Explanation(name, score, best, lost, table, result.score_decimals, language)


def indicator_losses(result: IndexResult, unit: str) -> dict[str, float]:
    """Return the points of the total that each indicator lost, the largest loss first.

    As :func:`explain` attributes them, for many units: without a table.

    Raises
    ------
    DataError, SettingError, UnknownNameError
        As of :func:`explain`.
    """
    result, _, losses = _attributed(result, unit)
    leaves = [leaf.code for leaf in result.framework.leaves if leaf.code in losses.lost]
    lost = snap(np.array([losses.lost[code] for code in leaves]), float(result.maxima[0]) or 1.0)
    order = np.argsort(-lost, kind="stable")
    return {leaves[i]: float(lost[i]) for i in order}


def _attributed(result: IndexResult, unit: str) -> tuple[IndexResult, int, Losses]:
    """Return the result of the unit's form, its row there, and its losses."""
    if instance_of(result, IndexResult, "result").opaque:
        raise SettingError(
            f"'{result.provenance.methodology}' computes its scores by its own code, which weights "
            "and rules do not explain; a declarative Methodology can be explained"
        )
    result = part_of(result, unit)
    index = result.units.locate(unit)
    if np.isnan(result.shares[0, index]):
        code = result.units.codes[index]
        reason = result.unscored["reason"].get(code, "")
        name = result.units.labels()[index]
        raise DataError(f"unit '{name}' has no score to explain ({reason})")
    losses = Losses(result, index)
    losses.descend(result.framework.root, float(result.maxima[0] * result.applicable[0, index]))
    return result, index, losses
