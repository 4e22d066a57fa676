"""Cells of scores with their marks: a colour, letters after a number, a word without one."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from govindex.contracts import CellStatus, is_absent
from govindex.language import words
from govindex.results import IndexResult
from govindex.workbooks.results.cells import PrintedCell

__all__ = ["kinds_of_marks", "leaf_cell", "legend", "node_cell"]

_KINDS = ("fallen_back", "imputed", "treated", "missing", "not_applicable", "suppressed")


def leaf_cell(score: float, status: int, treated: bool, language: str | None) -> PrintedCell:
    """Return an indicator's score: what was done to its figure is seen, with or without a score."""
    marks = _marks(status, treated=treated)
    if np.isnan(score):
        return _absent(status, language)
    letters = ", ".join(words(f"mark.letter.{mark}", language) for mark in marks)
    return PrintedCell(score, mark=marks[0] if marks else "", suffix=letters)


def node_cell(score: float, status: int, language: str | None) -> PrintedCell:
    """Return a branch's score, or the word for what it lacks."""
    return _absent(status, language) if np.isnan(score) else PrintedCell(score)


def _absent(status: int, language: str | None) -> PrintedCell:
    if not is_absent(int(status)):
        return PrintedCell(None)
    name = CellStatus(status).name.lower()
    return PrintedCell(words(f"mark.short.{name}", language), mark=name)


def _marks(status: int, *, treated: bool) -> list[str]:
    marks = [] if status == CellStatus.REPORTED else [CellStatus(status).name.lower()]
    return [*marks, "treated"] if treated else marks


def kinds_of_marks(result: IndexResult, codes: Iterable[str]) -> list[str]:
    """Return the kinds of marks that some indicators have, in a fixed order."""
    rows = [result.row_of(code) for code in codes]
    found = {CellStatus(status).name.lower() for status in np.unique(result.status[rows])}
    if result.treated[rows].any():
        found.add("treated")
    return [kind for kind in _KINDS if kind in found]


def legend(kinds: Iterable[str], language: str | None) -> str:
    """Return what the marks of cells mean, "" without marks."""
    texts = []
    for kind in kinds:
        signs = [words(f"mark.letter.{kind}", language)]
        if kind in ("missing", "not_applicable", "suppressed"):
            signs.append(words(f"mark.short.{kind}", language))
        meaning = words(f"status.{kind}", language)
        signs = [sign for sign in signs if sign != meaning]
        texts.append(words("mark.meaning", language, sign=", ".join(signs), meaning=meaning))
    return words("mark.legend", language, meanings="; ".join(texts)) if texts else ""
