"""The published ranking as a formatted table: ties, bars, bands and printed numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from govindex.checks import among, whole_number
from govindex.errors import SettingError, near_miss
from govindex.extras import needed
from govindex.language import number_text, words
from govindex.results.marks import legend
from govindex.results.node_ranks import NodeRanks
from govindex.results.tables import band_titles, without_idle
from govindex.results.typst_tables import BAR, typst_styler

if TYPE_CHECKING:
    import pandas as pd
    from pandas.io.formats.style import Styler

__all__ = ["Target", "styled"]

Target = Literal["html", "latex", "typst"]

# From the best band to the worst: from blue to orange for the colour-blind; black text is legible
# on all.
_BANDS = ("92C5DE", "C3DEEC", "E9F1F6", "F7F7F2", "FBE3CF", "F4B183")
_BAR = "rgba(64, 124, 196, 0.35)"  # behind light and dark text
_LOOK: list[Any] = [
    {"selector": "", "props": "border-collapse: collapse;"},
    {"selector": "th, td", "props": "padding: 0.15em 0.6em; white-space: nowrap;"},
    {
        "selector": "th",
        "props": "text-align: left; vertical-align: bottom; white-space: normal;"
        " border-bottom: 1px solid currentColor;",
    },
    {"selector": "caption", "props": "caption-side: bottom; text-align: left;"},
]
_RANKS = ("rank", "overall_rank")
_ABOUT = ("rank_group", "name", "period", "league", "band", "marks")
_SPECIAL = {
    "latex": re.compile(r"[\\{}$&%#_~^]"),
    "typst": re.compile(r"[\\#*_`$<>@\[\]~=+/-]"),
}
_LATEX = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}


def styled(
    result: NodeRanks,
    table: pd.DataFrame,
    codes: Sequence[str],
    letters: Sequence[str],
    *,
    target: str,
    language: str | None,
    decimals: int | None,
) -> Styler:
    """Return a published table as a pandas Styler.

    Parameters
    ----------
    result : NodeRanks
    table : DataFrame
        As ``result.table()`` returns it; its last columns are those of the nodes.
    codes : sequence of str
        The nodes.
    letters : sequence of str
        The letters of the marks of every unit, which the caption explains.
    target : {"html", "latex", "typst"}
    language : str or None
    decimals : int or None
    """
    if not among(target, ("html", "latex", "typst")):
        known = near_miss(target, ("html", "latex", "typst"))
        raise SettingError(f"target is not {target!r}: {known}")
    needed("jinja2", extra="report", what="result.style()")
    places = result.score_decimals if decimals is None else _places(decimals)
    nodes = {"score": result.codes[0]}
    nodes |= dict(zip(table.columns[len(table.columns) - len(codes) :], codes, strict=True))
    table = without_idle(table.assign(marks=letters) if any(letters) else table, result)
    caption = legend(letters, language)
    titles = _titles(table, language)
    frame = table.assign(**_rank_texts(result, table)).rename(columns=titles)
    safe = _escaped(target)
    made = typst_styler()(frame) if target == "typst" else frame.style
    styler = made.hide(axis="index").format(safe, subset=_present((*_RANKS, *_ABOUT), titles))
    styler = styler.format_index(safe, axis="columns")
    numbers = [name for name in ("maximum", "percent", *nodes) if name in table]
    written = _written(result, places, language, safe)
    styler = styler.format(written, subset=[titles[name] for name in numbers])
    for name, names in _band_columns(result, table, codes, language).items():
        look = _band_look(names, target)
        styler = styler.format(safe, subset=[titles[name]]).map(look, subset=[titles[name]])
    if target != "latex":
        right = _present((*_RANKS, *numbers), titles)
        styler = styler.set_properties(subset=right, **{"text-align": "right"})
        for name, lowest, most in _spans(result, table, nodes):
            styler = _with_bars(styler, titles[name], lowest, most, target)
        styler = _with_leagues(styler, table)
    if target == "html":
        styler = styler.set_table_styles(_LOOK, overwrite=False)
    return styler.set_caption(safe(caption)) if caption else styler


def _places(decimals: object) -> int:
    return whole_number(decimals, "decimals", least=0, most=15)


def _band_columns(
    result: NodeRanks, table: pd.DataFrame, codes: Sequence[str], language: str | None
) -> dict[str, tuple[str, ...]]:
    """Return the columns of bands, each with the names of its bands."""
    nodes = {title: code for code, title in band_titles(result, codes, language).items()}
    if "band" in table:
        nodes["band"] = result.codes[0]
    found = {title: result.bands_at(code) for title, code in nodes.items()}
    return {title: () if bands is None else bands.names for title, bands in found.items()}


def _present(names: Sequence[str], titles: Mapping[str, str]) -> list[Hashable]:
    return [titles[name] for name in names if name in titles]


def _titles(table: pd.DataFrame, language: str | None) -> dict[str, str]:
    """Return the heading of each column, no two alike."""
    titles: dict[str, str] = {}
    for name in map(str, table.columns):
        is_known = name in (*_RANKS, *_ABOUT, "score", "maximum", "percent")
        title = name
        if is_known:
            title = words(
                "display.not_reported" if name == "marks" else f"heading.{name}", language
            )
        taken = title in titles.values()
        titles[name] = f"{title} ({name})" if taken else title
    return titles


def _rank_texts(result: NodeRanks, table: pd.DataFrame) -> dict[str, list[str]]:
    """Return ranks with "=" where units share one, in the order of the table."""
    rows = [result.units.locate(unit) for unit in table.index]
    texts = {}
    for name in _RANKS:
        if name in table:
            labels = result.rank_labels(overall=name == "overall_rank")
            texts[name] = [labels[row] for row in rows]
    return texts


def _written(
    result: NodeRanks, places: int, language: str | None, safe: Callable[[Any], str]
) -> Callable[[Any], str]:
    rounding = result._rounding_to(places)

    def text(value: Any) -> str:
        rounded = float(rounding(np.array([value], dtype=np.float64))[0])
        return safe(number_text(rounded, language, places))

    return text


def _escaped(target: str) -> Callable[[Any], str]:
    """Return a function that writes a cell so that no letter of it is markup."""

    def text(value: Any) -> str:
        written = "" if value is None or value != value else str(value)
        if target == "html":
            return escape(written)
        special = _SPECIAL[target]
        named = _LATEX if target == "latex" else {}
        return special.sub(lambda found: named.get(found[0], f"\\{found[0]}"), written)

    return text


def _band_look(bands: Sequence[str], target: str) -> Callable[[Any], str | None]:
    """Return the look of a band: its colour, the best first."""
    last = len(_BANDS) - 1
    spread = max(len(bands) - 1, 1)
    colours = {band: _BANDS[round(at * last / spread)] for at, band in enumerate(bands)}

    def look(band: Any) -> str | None:
        if band not in colours:
            return None
        if target == "latex":
            return f"cellcolor: [HTML]{{{colours[band]}}};"
        return f"background-color: #{colours[band]}; color: #111111;"

    return look


def _with_bars(styler: Styler, title: str, lowest: float, most: float, target: str) -> Styler:
    """Draw the bars of a column of scores, which Typst draws itself from their ends."""
    if target == "typst":
        return styler.map(_bar_ends(lowest, most), subset=[title])
    align: Any = "left" if lowest == 0.0 else "zero"
    return styler.bar(
        subset=[title],
        align=align,
        vmin=lowest,
        vmax=most,
        color=_BAR,
        height=70,
        props="min-width: 6em;",
    )


def _spans(
    result: NodeRanks, table: pd.DataFrame, nodes: Mapping[str, str]
) -> Iterator[tuple[str, float, float]]:
    """Yield the columns with scores, each with the ends of its bars."""
    for name, code in nodes.items():
        values = table[name].to_numpy(float)
        if not np.isnan(values).all():
            most = max(float(np.nanmax(values)), float(result.maxima[result.row_of(code)]), 0.0)
            yield name, min(float(np.nanmin(values)), 0.0), most or 1.0


def _bar_ends(lowest: float, most: float) -> Callable[[Any], str | None]:
    """Return a function that writes where the bar of a score starts and ends, in percent."""

    def ends(score: Any) -> str | None:
        if score != score:
            return None
        low, high = (100.0 * (end - lowest) / (most - lowest) for end in sorted((score, 0.0)))
        return f"{BAR}: {low:.1f} {high:.1f}"

    return ends


def _with_leagues(styler: Styler, table: pd.DataFrame) -> Styler:
    """Draw a line above the first unit of every further league or period."""
    groups = [name for name in ("period", "league") if name in table]
    if not groups:
        return styler
    keys = list(map(tuple, table[groups].astype(object).to_numpy()))
    starts = [at > 0 and keys[at] != keys[at - 1] for at in range(len(keys))]

    def lines(column: pd.Series[Any]) -> list[str]:
        return ["border-top: 2px solid currentColor" if start else "" for start in starts]

    return styler.apply(lines, axis=0)
