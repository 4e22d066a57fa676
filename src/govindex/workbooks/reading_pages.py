"""What a notebook shows of workbooks that were read: cells, problems and sums that differ."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from govindex.display import Facts, ShownCell, ShownColumn, ShownPage, Table
from govindex.display.frames import frame_table
from govindex.errors import Problem
from govindex.language import number_text, words
from govindex.model.observations import Observations
from govindex.model.pages import tree_of
from govindex.workbooks.problem_texts import problem_table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["rubric_page", "scores_page"]


def scores_page(
    data: Observations,
    checks: pd.DataFrame,
    problems: Iterable[Problem],
    language: str | None = None,
) -> ShownPage:
    """Return the cells by status, the problems with their cells, and sums that differ."""
    cells = data._page(language)
    blocks = [*cells.blocks]
    listed = list(problems)
    if listed:
        blocks.append(_problems(listed, language))
    if len(checks):
        names = ("unit", "node", "stated", "computed", "difference", "cell")
        titles = {name: words(f"display.{name}", language) for name in names}
        caption = words("display.sums", language)
        blocks.append(frame_table(checks, titles, caption=caption, language=language))
    return ShownPage(cells.title, tuple(blocks))


def _problems(problems: list[Problem], language: str | None) -> Table:
    titles = {name: words(f"display.{name}", language) for name in ("cell", "unit", "text")}
    caption = words("display.problems", language, count=len(problems))
    table = problem_table(problems, language)
    return frame_table(table, titles, caption=caption, language=language)


def rubric_page(rubric: Any, language: str | None = None) -> ShownPage:
    """Return where a rubric was read from, its tree with maxima, remarks and problems."""
    framework = rubric.framework
    points = framework.weight(framework.code)
    maximum = number_text(points, language) if isinstance(points, float) else str(points)
    facts = {
        "file": rubric.file,
        "sheet": rubric.sheet,
        "criteria": number_text(len(framework.leaf_codes), language),
        "maximum": maximum,
    }
    given = {name: text for name, text in facts.items() if text}
    pairs = tuple((words(f"display.{name}", language), text) for name, text in given.items())
    blocks: list[object] = [Facts(pairs), tree_of(framework.root, framework.views, language)]
    if rubric.problems:
        blocks.append(_problems(list(rubric.problems), language))
    if rubric.remarks:
        rows = tuple((ShownCell(remark),) for remark in rubric.remarks)
        count = len(rows) - 6
        more = words("display.more", language, count=count) if count > 0 else ""
        column = ShownColumn(words("display.remarks", language))
        blocks.append(Table((column,), rows, more=more, shown=6))
    return ShownPage(framework.root.label(language), tuple(blocks))  # type: ignore[arg-type]
