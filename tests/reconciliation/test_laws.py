"""What a rule made is explained by that rule, and what it did not make is found."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import govindex as gi
from tests.reconciliation.tables import points, ranked, shown
from tests.sampling import few

SUM = gi.PublishedColumns(
    sums={"total": ["a", "b", "c"]}, decimals=dict.fromkeys(("a", "b", "c", "total"), 2)
)
MODES = ("half-up", "half-even", "truncate")


def printed(drawn: list[list[Fraction]], mode: str, *, before: bool) -> list[dict[str, Any]]:
    """Return a published table; `before` says whether printed parts were added."""
    rows = []
    for number, cells in enumerate(drawn):
        texts = [shown(cell, 2, mode) for cell in cells]
        total = sum(map(Fraction, texts)) if before else sum(cells)
        row = {"unit": f"U{number}", **dict(zip("abc", texts, strict=True))}
        rows.append(row | {"total": shown(Fraction(total), 2, mode)})
    return rows


@settings(max_examples=few(60), deadline=None)
@given(drawn=points(), mode=st.sampled_from(MODES), before=st.booleans())
def test_a_table_is_explained_by_the_rule_that_made_it(
    drawn: list[list[Fraction]], mode: str, before: bool
) -> None:
    rules = gi.reconcile(printed(drawn, mode, before=before), SUM).rules
    made_it = rules[(rules["base"] == ("printed" if before else "full")) & (rules["mode"] == mode)]
    assert made_it[["explained", "is_best"]].values.tolist() == [[len(drawn), True]]


@settings(max_examples=few(60), deadline=None)
@given(drawn=points(), before=st.booleans())
def test_a_correct_table_has_no_finding(drawn: list[list[Fraction]], before: bool) -> None:
    found = gi.reconcile(printed(drawn, "half-up", before=before), SUM)
    assert found.findings.empty
    assert not found.problems


@settings(max_examples=few(60), deadline=None)
@given(
    drawn=points(),
    column=st.sampled_from(["a", "b", "c", "total"]),
    wrong=st.integers(1, 900),
    row=st.integers(0, 2),
)
def test_a_cell_off_by_more_than_the_bound_is_found(
    drawn: list[list[Fraction]], column: str, wrong: int, row: int
) -> None:
    rows = printed(drawn, "half-up", before=False)
    before = gi.reconcile(rows, SUM).rows
    slack = before["bound"][row] - before["difference"][row] * (1 if column == "total" else -1)
    off = Fraction(repr(round(float(slack), 9))) + Fraction(wrong, 100)
    rows[row][column] = shown(Fraction(rows[row][column]) + off + Fraction(1, 100), 2)
    after = gi.reconcile(rows, SUM).rows
    assert after["kind"][row] not in ("agrees", "printing error")


@settings(max_examples=few(40), deadline=None)
@given(
    whole=st.lists(st.integers(0, 400), min_size=3, max_size=20),
    ties=st.sampled_from(["competition", "dense", "average", "max"]),
    lowest=st.booleans(),
)
def test_ranks_are_explained_by_their_tie_rule(whole: list[int], ties: str, lowest: bool) -> None:
    scores = [shown(Fraction(number, 10), 1) for number in whole]
    ranks = ranked([f"-{s}" for s in scores] if lowest else scores, ties)
    rows = [
        {"unit": i, "score": s, "rank": r}
        for i, (s, r) in enumerate(zip(scores, ranks, strict=True))
    ]
    found = gi.reconcile(rows, gi.PublishedColumns(ranks={"rank": "score"}))
    rules = found.rules
    assert found.findings.empty
    assert rules[(rules["base"] == "printed") & (rules["ties"] == ties)]["is_best"].all()


@settings(max_examples=few(40), deadline=None)
@given(drawn=points(units=20))
def test_ranks_of_unrounded_scores_need_no_finding(drawn: list[list[Fraction]]) -> None:
    full = [sum(cells, Fraction(0)) for cells in drawn]
    order = sorted(full, reverse=True)
    rows = [
        {"unit": i, "score": shown(score, 0), "rank": order.index(score) + 1}
        for i, score in enumerate(full)
    ]
    found = gi.reconcile(rows, gi.PublishedColumns(ranks={"rank": "score"}))
    assert found.findings.empty
    assert found.summary["explains_all"].all()


@settings(max_examples=few(40), deadline=None)
@given(scores=st.lists(st.integers(0, 10**6), min_size=4, max_size=20, unique=True))
def test_swapped_ranks_are_found(scores: list[int]) -> None:
    order = sorted(scores, reverse=True)
    rows = [{"unit": i, "score": s, "rank": order.index(s) + 1} for i, s in enumerate(scores)]
    rows[0]["rank"], rows[1]["rank"] = rows[1]["rank"], rows[0]["rank"]
    found = gi.reconcile(rows, gi.PublishedColumns(ranks={"rank": "score"}))
    assert {1, 2} <= set(found.findings["row"])


@settings(max_examples=few(40), deadline=None)
@given(
    scores=st.lists(st.integers(0, 1000), min_size=3, max_size=25),
    closed=st.sampled_from(["lower", "upper"]),
)
def test_classes_are_explained_by_their_bands(scores: list[int], closed: Any) -> None:
    bands = gi.Bands([("A", 80), ("B", 50), ("C", None)], closed=closed)
    other = gi.Bands([("A", 80), ("B", 50), ("C", None)])

    def class_of(score: Fraction) -> str:
        above = [score > 80, score > 50] if closed == "upper" else [score >= 80, score >= 50]
        return "ABC"[2 - sum(above)]

    tenths = [Fraction(score, 10) for score in scores]
    rows = [{"unit": i, "s": shown(t, 1), "class": class_of(t)} for i, t in enumerate(tenths)]
    for tried in (bands, other, None):
        found = gi.reconcile(rows, gi.PublishedColumns(classes={"class": ("s", tried)}))
        assert found.findings.empty, found.findings.to_string()


@pytest.mark.parametrize("ties", ["competition", "dense"])
def test_one_wrong_rank_among_tied_units_is_found(ties: str) -> None:
    scores = ["9.0", "8.0", "8.0", "7.0", "6.0"]
    ranks = ranked(scores, ties)
    ranks[4] += 2
    rows = [
        {"unit": i, "score": s, "rank": r}
        for i, (s, r) in enumerate(zip(scores, ranks, strict=True))
    ]
    found = gi.reconcile(rows, gi.PublishedColumns(ranks={"rank": "score"}))
    assert found.findings[["code", "row"]].values.tolist() == [["contradiction", 5]]
