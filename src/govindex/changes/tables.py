"""Tables of changes: the units, and node by node."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from govindex.changes.node_pairs import NodePairs
from govindex.changes.unit_pairs import UnitPairs
from govindex.contracts import Bool, Float, Index, prevailing
from govindex.errors import DataError
from govindex.kernels.rounding import snap
from govindex.ranking.labels import as_ranks
from govindex.results import IndexResult
from govindex.results.joint_results import parts_of
from govindex.statuses import in_words

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Compared", "FormPair", "compared", "form_pairs", "node_table", "unit_table"]


@attrs.frozen(eq=False)
class Compared:
    """Scores of one node in both editions, arrays of shape (pairs,).

    `points` says where both are of the same maximum, so that points can be compared.
    """

    score_before: Float
    score: Float
    percent_before: Float
    percent: Float
    maximum_before: Float
    maximum: Float
    points: Bool
    size: float

    @property
    def score_change(self) -> Float:
        """In points, NaN where maxima differ."""
        with np.errstate(over="ignore"):
            difference = self.score - self.score_before
        return np.where(self.points, snap(difference, self.size), np.nan)

    @property
    def percent_change(self) -> Float:
        """In percentage points of the maximum."""
        return snap(self.percent - self.percent_before, 100.0)


def compared(
    before: IndexResult, after: IndexResult, units: UnitPairs, pair: tuple[str, str]
) -> Compared:
    """Return the scores of a node before and after."""
    old, new = pair
    rows = units.rows
    row_before, row = before.row_of(old), after.row_of(new)
    score_before = units.of_before(before.printed_at(old))
    maximum_before = units.of_before(before._maxima_of(row_before))
    percent_before = units.of_before(before._percent_of(row_before), how="mean")
    summed = units.merger is not None and units.merger.how == "sum"
    if summed:
        some = units.merged
        with np.errstate(divide="ignore", invalid="ignore"):
            whole = 100.0 * score_before[some] / maximum_before[some]
        percent_before[some] = snap(np.where(maximum_before[some] > 0, whole, np.nan), 100.0)
    points = np.isclose(
        units.of_before(_sizes(before, old), how="mean"), _sizes(after, new)[rows], rtol=1e-9
    )
    return Compared(
        score_before=score_before,
        score=after.printed_at(new)[rows],
        percent_before=percent_before,
        percent=after._percent_of(row)[rows],
        maximum_before=maximum_before,
        maximum=after._maxima_of(row)[rows],
        points=points,
        size=float(after.maxima[row]) or 1.0,
    )


def _sizes(result: IndexResult, code: str) -> Float:
    """Return the node's maximum in the form of each unit, NaN where the form lacks the node."""
    sizes = np.full(len(result.units), np.nan)
    for part in parts_of(result):
        if code in part.codes:
            rows = slice(None) if part is result else _rows(result, part)
            sizes[rows] = part.maxima[part.row_of(code)]
    return sizes


def _rows(result: IndexResult, part: IndexResult) -> list[int]:
    number = {unit: row for row, unit in enumerate(result.units.codes)}
    return [number[unit] for unit in part.units.codes]


def unit_table(
    before: IndexResult,
    after: IndexResult,
    units: UnitPairs,
    pair: tuple[str, str],
    language: str | None,
) -> pd.DataFrame:
    """Return ranks and scores of each unit before and after, best now first."""
    import pandas as pd

    old, new = pair
    values = compared(before, after, units, pair)
    _refuse_infinite(values, units)
    ranks = after.ranks_at(new)[units.rows]
    ranks_before = units.only_single(before.ranks_at(old))
    labels = after.units.labels(language)
    known = same_league(units)
    frame = pd.DataFrame(
        {
            "name": [labels[row] for row in units.rows],
            "rank_before": ranks_before,
            "rank": ranks,
            "rank_change": np.where(known, ranks_before - ranks, np.nan),
            "score_before": values.score_before,
            "score": values.score,
            "score_change": values.score_change,
            "percent_before": values.percent_before,
            "percent": values.percent,
            "percent_change": values.percent_change,
            "of_before": ranked_in_group(before, old)[units.first],
            "of": ranked_in_group(after, new)[units.rows],
        },
        index=pd.Index(units.codes, name="unit"),
    )
    ranked = ["rank_before", "rank", "rank_change"]
    frame[ranked] = frame[ranked].astype(as_ranks(frame[ranked].to_numpy().ravel()).dtype)
    if units.declared:
        codes = before.units.codes
        frame["unit_before"] = ["; ".join(codes[row] for row in rows) for rows in units.old]
    if not known.all():
        frame["league_before"], frame["league"] = leagues(units)
    number = {row: place for place, row in enumerate(units.rows.tolist())}
    listed = after.publication_order(new)
    return frame.iloc[[number[row] for row in listed if row in number]]


def _refuse_infinite(values: Compared, units: UnitPairs) -> None:
    for pair in np.flatnonzero(np.isinf(values.score_change))[:1]:
        raise DataError(
            f"the change in the score of unit '{units.codes[pair]}' exceeds the largest "
            "number: give a smaller scale"
        )


def leagues(units: UnitPairs) -> tuple[list[str], list[str]]:
    """Return the league of each unit before and after, "" for none; several if units merged."""
    before = units.before.leagues or (None,) * len(units.before)
    after = units.after.leagues or (None,) * len(units.after)
    old = [dict.fromkeys(before[row] or "" for row in rows) for rows in units.old]
    return ["; ".join(names) for names in old], [after[row] or "" for row in units.rows]


def same_league(units: UnitPairs) -> Bool:
    """Return which units are in the same league in both results, shape (pairs,)."""
    return np.array([old == new for old, new in zip(*leagues(units), strict=True)], dtype=bool)


def ranked_in_group(result: IndexResult, code: str) -> Index:
    """Return how many units have a rank in the ranking group of each unit, shape (units,)."""
    counts = np.zeros(len(result.units), dtype=np.intp)
    known = ~np.isnan(result.ranks_at(code))
    for *_, members in result.units.ranking_groups():
        counts[members] = int(known[members].sum())
    return counts


@attrs.frozen(eq=False)
class FormPair:
    """The units of one form before and one form after, and the nodes of both forms."""

    before: IndexResult
    after: IndexResult
    members: Index
    nodes: NodePairs


def form_pairs(
    before: IndexResult, after: IndexResult, units: UnitPairs
) -> list[tuple[IndexResult, IndexResult, Index]]:
    """Return the forms before and after that some unit has, with those pairs of units.

    Units that merged from several forms belong to none.
    """
    old, new = _forms(before), _forms(after)
    groups: dict[tuple[int, int], list[int]] = {}
    for pair, (rows, row) in enumerate(zip(units.old, units.rows, strict=True)):
        kinds = {old[before.units.codes[number]] for number in rows}
        if len(kinds) == 1:
            groups.setdefault((kinds.pop(), new[after.units.codes[row]]), []).append(pair)
    parts_before, parts = parts_of(before), parts_of(after)
    return [
        (parts_before[one], parts[other], np.array(members, dtype=np.intp))
        for (one, other), members in sorted(groups.items())
    ]


def _forms(result: IndexResult) -> dict[str, int]:
    return {
        unit: number for number, part in enumerate(parts_of(result)) for unit in part.units.codes
    }


def node_table(
    before: IndexResult,
    after: IndexResult,
    units: UnitPairs,
    forms: Sequence[FormPair],
    language: str | None,
) -> pd.DataFrame:
    """Return a row per unit and compared node, in the order of the later result."""
    import pandas as pd

    blocks = [_of_form(before, after, units, form, language) for form in forms]
    filled = [block for block in blocks if len(block)]
    if not filled:
        return pd.DataFrame(columns=list(_COLUMNS[1:])).set_index(["unit", "node"])
    frame = pd.concat(filled, ignore_index=True)
    nodes = {code: number for number, code in enumerate(after.codes)}
    order = np.lexsort((frame["node"].map(nodes), frame.pop("pair")))
    return frame.iloc[order].set_index(["unit", "node"])


def _of_form(
    before: IndexResult,
    after: IndexResult,
    units: UnitPairs,
    form: FormPair,
    language: str | None,
) -> pd.DataFrame:
    import pandas as pd

    members = form.members
    codes = [units.codes[pair] for pair in members]
    blocks = [pd.DataFrame(columns=list(_COLUMNS))]
    for old, new in form.nodes.compared:
        values = compared(before, after, units, (old, new))
        columns: dict[str, Any] = {
            "pair": members,
            "unit": codes,
            "node": new,
            "node_before": old,
            "name": form.after.node(new).label(language),
        }
        for name in ("maximum", "score", "percent"):
            columns[f"{name}_before"] = getattr(values, f"{name}_before")[members]
            columns[name] = getattr(values, name)[members]
        columns["score_change"] = values.score_change[members]
        columns["percent_change"] = values.percent_change[members]
        columns["status_before"] = _words(_merged_marks(before, old, units, members))
        columns["status"] = _words(_marks(after, new, units.rows[members]))
        blocks.append(pd.DataFrame(columns, columns=list(_COLUMNS)))
    return pd.concat(blocks[1:] or blocks, ignore_index=True)


_COLUMNS = (
    *("pair", "unit", "node", "node_before", "name", "maximum_before", "maximum"),
    *("score_before", "score", "score_change"),
    *("percent_before", "percent", "percent_change", "status_before", "status"),
)


Marks = list[tuple[int, bool]]


def _marks(result: IndexResult, code: str, rows: Any) -> Marks:
    row = result.row_of(code)
    status, treated = result.status[row][rows], result.treated[row][rows]
    return list(zip(status.tolist(), treated.tolist(), strict=True))


def _merged_marks(result: IndexResult, code: str, units: UnitPairs, members: Index) -> Marks:
    """Return the marks before; those of merged units prevail as in merged data."""
    marks = _marks(result, code, units.first[members])
    for number, pair in enumerate(members.tolist()):
        if len(units.old[pair]) > 1:
            some = _marks(result, code, list(units.old[pair]))
            every = np.array([status for status, _ in some], dtype=np.uint8)
            whole = every[:1]
            for row in range(1, len(every)):
                whole = prevailing(whole, every[row : row + 1])
            marks[number] = int(whole[0]), any(treated for _, treated in some)
    return marks


def _words(marks: Marks) -> list[str]:
    known = {mark: in_words(mark[0], treated=mark[1]) for mark in set(marks)}
    return [known[mark] for mark in marks]
