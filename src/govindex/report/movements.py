"""What changed since an earlier result: ranks, scores, units, rules, and what moved them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from govindex.changes.editions import Change
from govindex.changes.summaries import listed_once, rounded_parts, setting_text
from govindex.report.contents import Block, Chapter, DataTable, Listing, Prose, TableColumn
from govindex.report.materials import NONE, League, Material
from govindex.report.periods import period_text
from govindex.report.rankings import added

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["changes"]

_PARTS = ("merger", "data", "rules", "league")


def changes(material: Material) -> list[Chapter]:
    """Return the chapter on changes since an earlier result."""
    moved = material.moved
    if moved is None:
        return []
    since = period_text(moved.before.provenance.period, material.language)
    title = material.say("report.changes")
    if since and since != material.period:
        title = material.say("report.changes_since", period=since)
    chapters = [Chapter(title)]
    for league in material.leagues:
        rows = [row for row in league.rows if material.result.units.codes[row] in moved.units.index]
        if rows:
            compared = League(league.name, rows)
            chapters = added(chapters, league, _of_league(material, compared, moved))
    more = [*_unmatched(material, moved), *_rules(material, moved)]
    if more:
        chapters.append(Chapter(material.say("report.not_compared"), more, level=2))
    return chapters


def _of_league(material: Material, league: League, moved: Change) -> Iterator[Block]:
    codes = [material.result.units.codes[row] for row in league.rows]
    table = moved.units.loc[codes]
    yield Listing(_sentences(material, table))
    yield _table(material, league, table)
    if moved.split is not None:
        yield from _split(material, league, moved.split)


def _floats(table: pd.DataFrame, column: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    numbers = table[column].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    return np.array(numbers, dtype=np.float64)


def _sentences(material: Material, table: pd.DataFrame) -> Iterator[str]:
    say, count = material.say, material.count
    ranks = _floats(table, "rank_change")
    known = ranks[~np.isnan(ranks)]
    up, down = int((known > 0).sum()), int((known < 0).sum())
    if len(known):
        same = len(known) - up - down
        yield say("report.moved", up=count(up), down=count(down), same=count(same))
    else:
        yield say("report.ranks_not_compared")
    ends = {"report.rose_most": 1.0, "report.fell_most": -1.0}
    for key, sign in ends.items():
        size = (sign * known).max(initial=0.0)
        if size > 0:
            most = [n for n, rank in zip(table["name"], ranks, strict=True) if sign * rank == size]
            yield say(key, units=material.listed(most), ranks=material.number(float(size)))
    scores = _floats(table, "score_change")
    scores = scores[~np.isnan(scores)]
    if len(scores):
        mean = material.signed(float(np.mean(np.sort(scores))), material.decimals(material.root))
        up, down = int((scores > 0).sum()), int((scores < 0).sum())
        yield say("report.scores_moved", up=count(up), down=count(down), mean=mean)


def _table(material: Material, league: League, table: pd.DataFrame) -> DataTable:
    say, decimals = material.say, material.decimals(material.root)
    kinds = {"rank_before": None, "rank": None, "rank_change": None}
    in_points = {"score_before": decimals, "score": decimals, "score_change": decimals}
    in_percent = {"percent_before": 2, "percent": 2, "percent_change": 2}
    same_maximum = not table["score_change"].isna().all() or table["percent_change"].isna().all()
    shown: dict[str, int | None] = {**kinds, **(in_points if same_maximum else in_percent)}
    columns = [TableColumn(say("report.unit"), "text", 3.0)]
    cells = [[name] for name in table["name"]]
    for name, digits in shown.items():
        kind = "rank" if name in kinds else "number"
        columns.append(TableColumn(say(f"report.moved_column.{name}"), kind, 0.9))  # type: ignore[arg-type]
        for row, value in zip(cells, _floats(table, name).tolist(), strict=True):
            row.append(_figure(material, value, digits, signed=name.endswith("_change")))
    notes = [say("report.plus_is_better")]
    if not same_maximum:
        notes.append(say("report.other_maximum"))
    return DataTable(say("report.change_table", league=league.suffix), columns, cells, notes)


def _figure(material: Material, value: float, decimals: int | None, *, signed: bool) -> str:
    text = material.number(value, decimals)
    if signed and value > 0 and text.strip("0.,"):
        text = f"+{text}"
    return text or NONE


def _split(material: Material, league: League, split: pd.DataFrame) -> Iterator[Block]:
    """Yield what moved scores and ranks: the unit's figures, the rules, the league."""
    say = material.say
    codes = [material.result.units.codes[row] for row in league.rows]
    parts = [part for part in _PARTS if part in split and split[part].notna().any()]
    if "merger" in parts and not split["merger"].fillna(0).any():
        parts.remove("merger")
    lacking = split.loc[split.index.get_level_values(0).isin(codes), "reason"].dropna()
    for reason in dict.fromkeys(text for text in lacking.astype(str) if text):
        yield Prose(f"{say('change.split.unsplit')} {reason}", "note")
    for quantity in ("score", "percent", "rank"):
        found = split[split.index.get_level_values(1) == quantity].droplevel(1)
        found = found.loc[[code for code in codes if code in found.index]]
        if found.empty or not len(parts) or found[parts].isna().all(axis=None):
            continue
        if quantity == "percent" and split.xs("score", level=1)["change"].notna().any():
            continue  # points say it already
        digits = {"rank": 1, "percent": 2}.get(quantity, material.decimals(material.root))
        columns = [TableColumn(say("report.unit"), "text", 3.0)]
        keys = ["change", *parts]
        columns += [TableColumn(say(f"change.column.{key}"), "number", 1.0) for key in keys]
        name = dict(zip(material.result.units.codes, material.names, strict=True))
        rows = [
            [name[str(code)], *(_figure(material, v, digits, signed=True) for v in figures)]
            for code, figures in zip(found.index, _rounded(found[keys], digits), strict=True)
        ]
        caption = say(
            "report.split_table", quantity=say(f"change.quantity.{quantity}"), league=league.suffix
        )
        yield DataTable(caption, columns, rows, [say("report.split_is")])


def _rounded(table: pd.DataFrame, decimals: int) -> Iterator[list[float]]:
    """Yield the change and its parts, rounded so that they still add up."""
    figures = np.column_stack([_floats(table, str(column)) for column in table])
    for change, *parts in figures.tolist():
        known = not np.isnan([change, *parts]).any()
        yield [change, *(rounded_parts(parts, change, decimals) if known else parts)]


def _unmatched(material: Material, moved: Change) -> Iterator[Block]:
    """Yield the units and nodes that are in one of the editions only."""
    say = material.say
    if moved.unmatched.empty:
        return
    columns = [
        TableColumn(say("report.edition"), "text", 0.8),
        TableColumn(say("report.code"), "text", 0.8),
        TableColumn(say("report.what"), "text", 2.4),
        TableColumn(say("report.reason"), "text", 2.4),
    ]
    once = listed_once(moved.unmatched)
    maxima = moved.rules["code"][moved.rules["what"] == "maximum"]
    once = once[(once["kind"] != "other_maximum") | ~once["code"].isin(maxima)]
    if once.empty:
        return
    fields = (once[name] for name in ("edition", "code", "name", "reason"))
    rows = [
        [say(f"report.in_edition.{edition}") if edition else "", str(code), str(name), str(reason)]
        for edition, code, name, reason in zip(*fields, strict=True)
    ]
    yield DataTable(say("report.unmatched_table"), columns, rows)


def _rules(material: Material, moved: Change) -> Iterator[Block]:
    """Yield what changed in the rules."""
    say = material.say
    if moved.rules.empty:
        return
    columns = [
        TableColumn(say("report.what"), "text", 2.4),
        TableColumn(say("report.matter"), "text", 1.4),
        TableColumn(say("report.edition_before"), "text", 1.4),
        TableColumn(say("report.edition_now"), "text", 1.4),
    ]
    fields = (moved.rules[name] for name in ("what", "code", "name", "before", "after"))
    rows = [
        [
            ". ".join(dict.fromkeys(text for text in (str(code or ""), str(name or "")) if text)),
            say(f"change.rule.{what}"),
            setting_text(old, material.language) or NONE,
            setting_text(new, material.language) or NONE,
        ]
        for what, code, name, old, new in zip(*fields, strict=True)
    ]
    apart = (moved.unmatched["kind"] == "other_maximum").any()
    notes = [say("report.maxima_differ")] if apart else []
    yield DataTable(say("report.rules_table"), columns, rows, notes)
