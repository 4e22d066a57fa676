"""Samples of ranks in documents: counts over draws, which is what their tables are made of."""

from __future__ import annotations

from typing import Any

import numpy as np

from govindex.contracts import Index
from govindex.errors import DataError
from govindex.interchange.columns import check_length, whole_where_possible
from govindex.interchange.result_documents import result_document
from govindex.interchange.result_reading import read_result
from govindex.interchange.shapes import Fields, Flag, Listed, Number, Shape, Text
from govindex.model.units import Units
from govindex.robustness.sampling.counts import Counting, DrawCounts
from govindex.robustness.sampling.draws import ranked_together
from govindex.robustness.sampling.rank_samples import CountedDraws, RankSample
from govindex.robustness.sampling.samples import doubled

__all__ = ["SAMPLE", "read_sample", "sample_document"]

_WHOLE = Number(whole=True)
_UNIT = Fields(
    {"unit": Text(), "rank_sum": _WHOLE, "shift_sum": _WHOLE},
    {
        **dict.fromkeys(("rank", "low", "median", "high"), Number(null=True)),
        "first_rank": _WHOLE,
        "counts": Listed(_WHOLE),
    },
)
_PAIR = Fields({"first": Text(), "second": Text(), "wins": _WHOLE})
SAMPLE: dict[str, Shape] = {
    "node": Text(),
    "draws": _WHOLE,
    "failed": _WHOLE,
    "averaged_ties": Flag(),
    "ranks": Listed(_UNIT),
    "pairs": Listed(_PAIR),
    "shift_squares": Number(texts=()),
    "ties": Number(),
}


def sample_document(sample: RankSample) -> dict[str, Any]:
    """Return the document of a sample: its counts, and the result without variation.

    Every unit has its nominal rank and its interval in nine tenths of the draws; `counts` say how
    often it had each rank, from `first_rank` on. If ties share averages, ranks are counted in
    halves: `first_rank` is 3 for rank 1.5. A first rank of 0 counts draws without a rank.
    """
    counting, tally = sample._counting, sample._tally
    every = sample._counts if tally.draws and (counting.full or tally.counts is not None) else None
    columns = ["rank", "low", "median", "high"]
    intervals = None
    if every is not None:
        intervals = sample.intervals(0.9)[columns].astype("Float64")
    rows = []
    for number, unit in enumerate(sample.units.codes):
        row: dict[str, Any] = {
            "unit": unit,
            "rank_sum": int(tally.sums[number]),
            "shift_sum": int(tally.shifts[number]),
        }
        if every is not None and intervals is not None:
            ranks = intervals.loc[unit].to_numpy(dtype=np.float64, na_value=np.nan)
            row |= dict(zip(columns, whole_where_possible(ranks), strict=True))
            some = np.flatnonzero(every[number])
            row["first_rank"] = int(some[0])
            row["counts"] = every[number, some[0] : some[-1] + 1].tolist()
        rows.append(row)
    codes, (first, second) = sample.units.codes, counting.pairs
    return {
        "node": sample._recipe.node,
        "draws": sample.draws,
        "failed": sample.failed,
        "averaged_ties": counting.halves,
        "ranks": rows,
        "pairs": [
            {"first": codes[one], "second": codes[other], "wins": int(wins)}
            for one, other, wins in zip(first, second, tally.wins, strict=True)
        ],
        "shift_squares": int(tally.shift_squares),
        "ties": int(tally.ties),
        "nominal": result_document(sample.nominal),
    }


def read_sample(document: dict[str, Any]) -> RankSample:
    """Return the sample of a document, which holds counts and no single draws.

    Raises
    ------
    DataError
        If counts do not add up, or units are not those of the result in it.
    """
    nominal = read_result({"govindex": document.get("govindex"), **document["nominal"]})
    units, rows = nominal.units, document["ranks"]
    _check_units(rows, units)
    scored, halves = document["draws"] - document["failed"], document["averaged_ties"]
    counted = all({"counts", "first_rank"} <= set(row) for row in rows)
    counts = _counts(rows, halves=halves) if counted else None
    if counts is not None:
        _check_counts(counts, scored, units)
    tally = DrawCounts(
        draws=scored,
        failed=document["failed"],
        counts=counts,
        sums=_column(rows, "rank_sum"),
        shifts=_column(rows, "shift_sum"),
        shift_squares=document["shift_squares"],
        ties=document["ties"],
        wins=np.array([pair["wins"] for pair in document["pairs"]], dtype=np.int64),
    )
    first, second = (
        np.array([units.locate(pair[end]) for pair in document["pairs"]], dtype=np.intp)
        for end in ("first", "second")
    )
    node = nominal.node(document["node"]).code
    counting = Counting(
        doubled(nominal, node),
        ranked_together(units),
        (first, second),
        halves=halves,
        full=counts is not None,
    )
    draws = CountedDraws(document["draws"], node, units)
    return RankSample(draws, nominal, counting, None, None, tally)


def _check_units(rows: list[dict[str, Any]], units: Units) -> None:
    check_length(rows, len(units), "ranks")
    for row, code in zip(rows, units.codes, strict=True):
        if row["unit"] != code:
            raise DataError(
                f"the document cannot be read: ranks are in the order of the result's units, and "
                f"'{row['unit']}' is not"
            )


def _check_counts(counts: Any, draws: int, units: Units) -> None:
    wrong = np.flatnonzero(counts.sum(axis=1) != draws)
    if len(wrong):
        raise DataError(
            f"the document contradicts itself: the counts of unit '{units.codes[wrong[0]]}' do not "
            f"add up to the {draws} draws that could be scored"
        )


def _column(rows: list[dict[str, Any]], name: str) -> Index:
    return np.array([row[name] for row in rows], dtype=np.int64)


def _counts(rows: list[dict[str, Any]], *, halves: bool) -> Any:
    """Return how often each unit had each rank, shape (units, ranks)."""
    width = (2 if halves else 1) * len(rows) + 1
    counts = np.zeros((len(rows), width), dtype=np.int32)
    for number, row in enumerate(rows):
        first, some = int(row["first_rank"]), row["counts"]
        if first < 0 or first + len(some) > width:
            raise DataError(
                f"the document cannot be read: ranks[{number}].counts goes beyond the last rank"
            )
        counts[number, first : first + len(some)] = some
    return counts
