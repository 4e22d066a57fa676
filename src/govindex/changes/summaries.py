"""Changes as text, in the words of a language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from govindex.changes.matching import Unmatched
from govindex.changes.splits import PARTS, QUANTITIES
from govindex.language import number_text, words
from govindex.results import IndexResult

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "decimals_of",
    "edition_label",
    "is_percent",
    "listed_once",
    "notes",
    "reason",
    "rounded_parts",
    "rule_lines",
    "setting_text",
    "split_frame",
    "summary",
    "unmatched_lines",
]

_SHOWN = 20  # lines of a list
_UNITS = 100
_IN_BOTH = ("other_maximum", "other_direction")


def edition_label(result: IndexResult) -> str:
    """Return the methodology, the version and the period of a result."""
    origin = result.provenance
    name = origin.methodology or result.framework.code
    version = f"@{origin.version}" if origin.version else ""
    return f"{name}{version}{f' ({origin.period})' if origin.period else ''}"


def reason(item: Unmatched, language: str | None) -> str:
    """Return why a unit or a node is not compared."""
    if item.what == "unit":
        return words(f"change.unit.{item.kind}", language, near=item.near)
    return words(f"change.node.{item.kind}", language, near=item.near)


def decimals_of(result: IndexResult) -> int:
    """Return the decimals of scores in texts: two decimals of a scale from 0 to 1 hide most."""
    return max(result.printing.decimals, 4 if result.maxima[0] <= 1 else 2)


def rounded_parts(parts: Sequence[float], total: float, decimals: int) -> list[float]:
    """Return parts rounded so that they add up to the rounded total.

    The last digit moves where rounding moved the number most.

    Examples
    --------
    >>> rounded_parts([10 / 3, 10 / 3, 10 / 3], 10.0, 2)
    [3.34, 3.33, 3.33]
    """
    scale = 10.0**decimals
    exact = np.array(parts, dtype=np.float64) * scale
    whole = np.rint(exact)
    gap = int(np.rint(total * scale) - whole.sum())
    order = np.argsort(-np.sign(gap) * np.round(exact - whole, 6), kind="stable")
    whole[order[: abs(gap)]] += np.sign(gap)
    return [float(number) / scale + 0.0 for number in whole]


def summary(change: Any) -> str:
    """Return the whole of a change as text."""
    language, (before, after) = change.language, change.title
    blocks = [
        words("change.title", language, before=before, after=after),
        "\n".join(notes(change, language)),
        _units(change),
        _listed("change.only_one", unmatched_lines(change, language), language),
        _listed("change.rules", rule_lines(change, language), language),
        "" if change.split is None else _split(change),
    ]
    return "\n\n".join(block for block in blocks if block)


def notes(change: Any, language: str | None) -> Iterable[str]:
    """Yield what has to be known of the comparison: units, maxima, peers and leagues."""
    table = change.unmatched
    units = table[table["what"] == "unit"]["edition"].value_counts()
    counts = {"both": len(change.units), **{e: int(units.get(e, 0)) for e in ("before", "after")}}
    shown = {name: number_text(count, language) for name, count in counts.items()}
    yield words("change.units_compared", language, **shown)
    frame = change.units
    if frame["score_change"].isna().all() and not frame["percent_change"].isna().all():
        maxima = (
            number_text(result.maxima[result.row_of(code)], language)
            for result, code in (
                (change.before, change.node_before),
                (change.after, change.node),
            )
        )
        yield words("change.other_total", language, **dict(zip(("before", "after"), maxima)))  # noqa: B905
    if not frame["of"].equals(frame["of_before"]):
        yield words("change.other_peers", language)
    if "league" in frame and (frame["league"] != frame["league_before"]).any():
        yield words("change.other_leagues", language)


def _units(change: Any) -> str:
    decimals = decimals_of(change.after)
    language, frame = change.language, change.units
    kinds = {
        "rank_before": None,
        "rank": None,
        "rank_change": None,
        "score_before": decimals,
        "score": decimals,
        "score_change": decimals,
        "percent_before": 2,
        "percent": 2,
        "percent_change": 2,
    }
    if is_percent(change):  # scores are percents
        kinds = {name: places for name, places in kinds.items() if "percent" not in name}
    if frame["score_change"].isna().all():
        del kinds["score_change"]
    shown = frame.head(_UNITS)
    columns = {"name": list(shown["name"]), **_leagues(change.after, shown.index)}
    for name, places in kinds.items():
        signed = name.endswith("_change")
        columns[name] = [_number(x, language, places, signed=signed) for x in shown[name]]
    headings = {name: words(f"change.column.{name}", language) for name in columns}
    return _laid_out(headings, columns) + _more(len(frame) - len(shown), language)


def _leagues(result: IndexResult, units: Iterable[str]) -> dict[str, list[str]]:
    """Return the column of leagues, if units are ranked in several."""
    leagues = result.units.leagues
    if leagues is None or len(result.units.groups("league")) < 2:
        return {}
    return {"league": [leagues[result.units.locate(unit)] or "" for unit in units]}


def is_percent(change: Any) -> bool:
    """Return whether scores are percents already: both maxima are 100."""
    frame = change.units
    return bool(
        frame["score"].equals(frame["percent"])
        and frame["score_before"].equals(frame["percent_before"])
    )


def _number(value: Any, language: str | None, places: int | None, *, signed: bool) -> str:
    import pandas as pd

    number = float("nan") if pd.isna(value) else float(value)
    text = number_text(number, language, places)
    return f"+{text}" if signed and number > 0 and text.strip("0.,") else text


def _laid_out(headings: Mapping[str, str], columns: Mapping[str, Sequence[str]]) -> str:
    """Return columns below their headings: texts on the left, numbers on the right."""
    aligned = []
    for name, cells in columns.items():
        width = max(map(len, (headings[name], *cells)), default=0)
        left = name in ("name", "league", "quantity", "reason")
        aligned.append(
            [cell.ljust(width) if left else cell.rjust(width) for cell in (headings[name], *cells)]
        )
    return "\n".join("  ".join(row).rstrip() for row in zip(*aligned, strict=True))


def _listed(heading: str, lines: Sequence[str], language: str | None) -> str:
    if not lines:
        return ""
    shown = [f"  {line}" for line in lines[:_SHOWN]]
    more = _more(len(lines) - _SHOWN, language)
    return "\n".join([words(heading, language), *shown]) + more


def _more(count: int, language: str | None) -> str:
    if count <= 0:
        return ""
    return f"\n  {words('change.more', language, count=number_text(count, language))}"


def listed_once(unmatched: pd.DataFrame) -> pd.DataFrame:
    """Return what is not compared; what is on both sides for one reason has a row for one side.

    The edition of such a row is "".
    """
    both = unmatched["kind"].isin(_IN_BOTH)
    once = unmatched[~both | (unmatched["edition"] == "after")].copy()
    once.loc[both, "edition"] = ""
    return once


def setting_text(setting: str, language: str | None) -> str:
    """Return a setting of a table of rules as text, a number as the language writes it."""
    try:
        number = float(setting)
    except ValueError:
        return setting
    return number_text(number, language)


def unmatched_lines(change: Any, language: str | None) -> list[str]:
    """Return what only one edition has, or cannot be compared, a line each."""
    lines = []
    once = listed_once(change.unmatched)
    fields = (once[name] for name in ("edition", "code", "name", "reason"))
    for edition, code, name, why in zip(*fields, strict=True):
        named = code if name == code else f"{code} {name}"
        if edition:
            named = f"{named} ({words(f'change.{edition}', language)})"
        lines.append(f"{named}: {why}")
    return lines


def rule_lines(change: Any, language: str | None) -> list[str]:
    """Return what changed in the rules, a line each."""
    nothing = words("change.nothing", language)
    lines = []
    for row in change.rules.itertuples():
        named = row.code if row.name in ("", row.code) else f"{row.code} {row.name}"
        what = words(f"change.rule.{row.what}", language)
        subject = f"{named}: {what}" if named else what
        old, new = (setting_text(text, language) or nothing for text in (row.before, row.after))
        one_sided = row.what in ("added", "removed")
        moved = (row.before or row.after) if one_sided else ""
        lines.append(
            f"{subject} {setting_text(moved, language)}" if moved else f"{subject}: {old} → {new}"
        )
    return lines


def split_frame(change: Any, language: str | None) -> tuple[pd.DataFrame, list[str]]:
    """Return the split of every unit with names and quantities in words, and its parts."""
    frame = change.split.reset_index()
    names = dict(zip(change.units.index, change.units["name"], strict=True))
    parts = [part for part in PARTS if part != "merger" or frame["merger"].fillna(0.0).any()]
    skipped = "percent" if is_percent(change) else ""
    frame = frame[(frame["reason"] == "") & (frame["quantity"] != skipped)]
    order = {unit: number for number, unit in enumerate(names)}
    frame = frame.sort_values("unit", key=lambda units: units.map(order), kind="stable")
    frame = frame.assign(
        name=frame["unit"].map(names),
        quantity=[words(f"change.quantity.{name}", language) for name in frame["quantity"]],
    )
    return frame[["name", "quantity", "change", *parts]], parts


def _split(change: Any) -> str:
    language, frame = change.language, change.split.reset_index()
    names = dict(zip(change.units.index, change.units["name"], strict=True))
    frame = frame.set_index(["unit", "quantity"]).loc[
        [(unit, quantity) for unit in names for quantity in QUANTITIES]
    ]
    frame = frame.reset_index()
    parts = [part for part in PARTS if part != "merger" or frame["merger"].fillna(0.0).any()]
    decimals = {"score": decimals_of(change.after), "percent": 2, "rank": 2}
    known = frame[frame["reason"] == ""]
    skipped = {"percent"} if is_percent(change) else set()
    known = known[~known["quantity"].isin(skipped)]
    some = list(dict.fromkeys(known["unit"]))[:_UNITS]
    rest = known["unit"].nunique() - len(some)
    known = known[known["unit"].isin(some)]
    blocks = [words("change.split.heading", language)]
    if len(known):
        table = _split_table(known, names, parts, decimals, language)
        blocks.append(table + _more(rest, language))
    reasons = frame[frame["reason"] != ""]
    lines = []
    for text, some in reasons.groupby("reason", sort=False):
        units = list(dict.fromkeys(some["unit"]))
        whole = len(units) == len(names)
        count = words("change.split.all", language)
        shown = "; ".join(names[unit] for unit in units[:3]) + ("; …" if len(units) > 3 else "")
        quantities = dict.fromkeys(some["quantity"])
        what = ", ".join(words(f"change.quantity.{name}", language) for name in quantities)
        lines.append(f"{what} ({count if whole else shown}): {text}")
    return "\n".join([*blocks, _listed("change.split.unsplit", lines, language)]).rstrip()


def _split_table(
    known: pd.DataFrame,
    names: Mapping[str, str],
    parts: Sequence[str],
    decimals: Mapping[str, int],
    language: str | None,
) -> str:
    columns: dict[str, list[str]] = {name: [] for name in ("name", "quantity", "change", *parts)}
    for row in known.to_dict("records"):
        places = decimals[row["quantity"]]
        numbers = rounded_parts([row[part] for part in parts], row["change"], places)
        columns["name"].append(names[row["unit"]])
        columns["quantity"].append(words(f"change.quantity.{row['quantity']}", language))
        columns["change"].append(_number(row["change"], language, places, signed=True))
        for part, number in zip(parts, numbers, strict=True):
            columns[part].append(_number(number, language, places, signed=True))
    headings = {name: words(f"change.column.{name}", language) for name in columns}
    return _laid_out(headings, columns)
