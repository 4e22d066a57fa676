"""A page on which weights move: one file, no network, no server."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from html import escape
from importlib.resources import files
from os import PathLike
from string import Template
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from govindex.checks import instance_of
from govindex.contracts import CellStatus
from govindex.errors import SettingError
from govindex.files.saving import as_path, write_whole
from govindex.forms import Forms
from govindex.language import check_language, words
from govindex.methods import Methodology
from govindex.model.observations import Observations
from govindex.model.selection import At
from govindex.plot.explorer_models import Explored, explored
from govindex.plot.names import node_title
from govindex.robustness import RankSample
from govindex.statuses import summaries

if TYPE_CHECKING:
    from govindex.results import IndexResult

__all__ = ["Explorer", "explorer"]

_LEVEL = 0.9
_WORDS = (
    *("all_leagues", "as_declared", "as_text", "changes", "choose", "declared", "down"),
    *("indicators", "league", "marked", "no_league", "no_match", "no_score", "not_ranked"),
    *("others_follow", "peers", "points", "profile", "published", "rank", "rank_of", "ranking"),
    *("refused", "reset", "score", "search", "show_more", "unit", "up", "weights", "zero"),
)
# Inside a script of a page these letters would end it, or the line in old browsers.
_ESCAPES = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&\u2028\u2029"}


@attrs.frozen
class Explorer:
    """A page on which weights move.

    A notebook shows it inline.

    Parameters
    ----------
    html : str
        The whole page.
    """

    html: str = attrs.field(repr=lambda html: f"<{len(html):,} letters>")

    def _repr_html_(self) -> str:
        return (
            f'<iframe srcdoc="{escape(self.html)}" sandbox="allow-scripts" title="explorer" '
            'style="width:100%;height:46rem;border:0"></iframe>'
        )

    def write(self, path: str | PathLike[str], *, overwrite: bool = False) -> None:
        """Write the page to a file, whole or not at all.

        Parameters
        ----------
        path : path
        overwrite : bool
            Whether a file that exists is replaced.

        Raises
        ------
        DataError
            If the file exists and is not to be replaced, or cannot be written.
        """

        def draft(file: Any) -> None:
            file.write_text(self.html, encoding="utf-8", newline="\n")

        write_whole(as_path(path), draft, overwrite=overwrite)


def explorer(
    method: Methodology,
    data: Observations,
    at: At = 1,
    *,
    sample: RankSample | None = None,
    language: str | None = None,
    path: str | PathLike[str] | None = None,
) -> Explorer:
    """Return a page on which the weights of some nodes move and units are ranked again.

    One HTML file without network or server: a slider for each weight, every unit with its rank
    under these weights beside the published one, and the profile of a chosen unit in its league.
    If one weight is moved, its siblings keep their proportions and share the rest, so that the
    maximum stays. Scores and ranks are those that govindex computes, to the last bit: the
    page holds the shares of indicators and adds them up in the same order; shares of indicators
    that are scored relative to peers, and what steps of preparation did, do not depend on weights.
    The address of the page keeps the weights, the league and the unit, so that it can be shared.

    Parameters
    ----------
    method : Methodology
        Its dimensions are weighted means and sums (`Arithmetic`, `Sum`). Absent cells are left out
        (`Renormalise`, `Shrink`), or filled in indicators (`AsZero`, `Full`).
    data : Observations
    at : int, str or iterable of str
        Whose weights move: a tier of the framework (1: the root's children), or codes; siblings
        move too.
    sample : RankSample, optional
        Of the same methodology and units: the interval of each rank in 90 % of the draws is shown.
    language : str, optional
        Of names, words and numbers; English by default.
    path : path, optional
        A file that does not exist yet, to which the page is written.

    Returns
    -------
    Explorer
        The page, which a notebook shows inline; `write(path)` writes it.

    Raises
    ------
    SettingError
        Naming everything that a page cannot compute exactly: other aggregators, rules of
        dimensions, bonuses and penalties, weights that are variables of the data, other policies
        for absent cells, roundings that imitate a publisher; if no weight can be moved; if the
        sample is of another methodology or of other units.
    DataError
        If the methodology cannot compute the data, or the file exists.

    Examples
    --------
    >>> import govindex as gi
    >>> method = gi.methodology("vn.service-766").cut()
    >>> data = gi.datasets.load("vn.service-766.provinces-2026-10-10")
    >>> page = gi.plot.explorer(method, data, language="vi")
    >>> len(page.html) < 100_000
    True
    """
    language = check_language(language)
    if isinstance(method, Forms):
        raise SettingError(
            f"'{method.id}' has several frameworks, each with its weights: explore the units of "
            "one form with method.single(form)"
        )
    instance_of(method, Methodology, "method")
    instance_of(data, Observations, "data")
    found = explored(method, data, at)
    contents = _contents(method, found, language)
    contents |= _intervals(found.result, sample, language)
    page = Explorer(_filled(contents, language))
    if path is not None:
        page.write(path)
    return page


def _contents(method: Methodology, found: Explored, language: str) -> dict[str, Any]:
    """Return what the page shows: names, words and marks beside the numbers."""
    result, model = found.result, found.model
    units = result.units
    marks = result.marks_in(language)
    for node in model["nodes"]:
        if "shares" in node:
            treated = result.treated[result.row_of(node["code"])]
            node["treated"] = np.flatnonzero(treated).tolist()
    names = zip(units.codes, units.body_labels(language), strict=True)
    origin = result.provenance
    subtitle = [f"{method.id}@{method.version}", origin.period, origin.stage]
    kinds = {int(kind): words(f"status.{kind.name.lower()}", language) for kind in CellStatus}
    return {
        "model": {**model, "nodes": [_without_code(node) for node in model["nodes"]]},
        "title": method.label(language),
        "subtitle": " · ".join(text for text in subtitle if text),
        "codes": found.codes,
        "names": [node_title(result, code, language) for code in found.codes],
        "units": [{"code": code, "name": name} for code, name in names],
        "marks": summaries(marks, units.codes, language),
        "statuses": kinds,
        "treated": words("status.treated", language),
        "number": {
            "decimal": words("number.decimal", language),
            "thousands": words("number.thousands", language),
        },
        "words": {name: words(f"explorer.{name}", language) for name in _WORDS},
    }


def _without_code(node: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in node.items() if name != "code"}


def _intervals(result: IndexResult, sample: RankSample | None, language: str) -> dict[str, Any]:
    """Return the interval of each unit's rank, None for a unit without one."""
    if sample is None:
        return {"intervals": None, "interval_title": ""}
    nominal = instance_of(sample, RankSample, "sample").nominal
    if nominal.provenance.fingerprint != result.provenance.fingerprint:
        raise SettingError(
            f"the sample is of '{nominal.provenance.methodology}@{nominal.provenance.version}' "
            "with other settings, not of this methodology: sample its own ranks"
        )
    if sample._recipe.node != result.codes[0]:
        raise SettingError(
            f"the sample is of the ranks at '{sample._recipe.node}': give one of the total"
        )
    table = sample.intervals(_LEVEL)
    if set(table.index) != set(result.units.codes):
        raise SettingError("the sample is of other units than the data: sample the same data")
    table = table.loc[list(result.units.codes), ["low", "high"]]
    low, high = (table[name].to_numpy(dtype=float, na_value=np.nan) for name in table)
    ends = [
        None if np.isnan(first) else [first, last]
        for first, last in zip(low.tolist(), high.tolist(), strict=True)
    ]
    title = words("explorer.interval", language, percent=f"{100 * _LEVEL:.0f}")
    return {"intervals": ends, "interval_title": title}


@cache
def _file(name: str) -> str:
    return files(__package__).joinpath("explorer_page", name).read_text(encoding="utf-8")


def _filled(contents: Mapping[str, Any], language: str) -> str:
    """Return the page with its contents; every text is escaped."""
    data = json.dumps(contents, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    return Template(_file("page.html")).substitute(
        language=escape(language),
        title=escape(contents["title"]),
        without_scripts=escape(words("explorer.without_scripts", language)),
        style=_file("page.css"),
        data=data.translate(_ESCAPES),
        engine=_file("engine.js"),
        page=_file("page.js"),
    )
