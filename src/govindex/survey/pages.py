"""What a terminal shows of estimates, and of a ranking that rests on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from govindex.display import ShownPage, Table
from govindex.display.frames import frame_table
from govindex.language import number_text, words
from govindex.model.labels import in_language
from govindex.survey.estimates import Estimates
from govindex.survey.questionnaires import Questionnaire

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["estimates_page", "item_labels", "ranking_page"]

_NUMBERS = ("value", "se", "low", "high", "n", "deff")


def item_labels(questionnaire: Questionnaire, language: str | None = None) -> dict[str, str]:
    """Return the code of each question and item, with its name if it has one."""
    factors = {factor.code: factor.name for factor in questionnaire.factors}
    labels = {}
    for question in questionnaire.questions:
        name = in_language(question.name, language, "")
        labels[question.code] = f"{question.code} {name}".rstrip()
    of_question = {question.code: question.factor for question in questionnaire.questions}
    for item, questions in questionnaire.items.items():
        name = in_language(factors[of_question[questions[0]]], language, "")
        labels[item] = f"{item} {name}".rstrip()
    return labels


def estimates_page(
    estimates: Estimates,
    labels: Mapping[str, str],
    language: str | None = None,
    *,
    decimals: int = 2,
) -> ShownPage:
    """Return the estimates, what they are, and how many have no value or no error."""
    table = estimates.table()
    table["item"] = [labels.get(item, item) for item in table["item"]]
    titles = {name: words(f"survey.column.{name}", language) for name in ("domain", "item")}
    titles |= {name: words(f"survey.column.{name}", language) for name in _NUMBERS}
    places = {**dict.fromkeys(("value", "se", "low", "high", "deff"), decimals), "n": 0}
    counts = {"units": len(estimates.domains), "items": len(estimates.items)}
    shown = {name: number_text(count, language) for name, count in counts.items()}
    level = number_text(100 * estimates.level, language)
    formula = words(f"survey.formula.{estimates.formula}", language)
    blocks: list[str | Table] = [
        words("survey.what", language, formula=formula, level=level),
        frame_table(table, titles, decimals=places, language=language),
    ]
    missing = np.isnan(estimates.value)
    for key, mask in (("missing", missing), ("no_error", np.isnan(estimates.se) & ~missing)):
        if mask.any():
            count = number_text(int(mask.sum()), language)
            blocks.append(words(f"survey.without.{key}", language, count=count))
    return ShownPage(words("survey.title", language, **shown), tuple(blocks))


def ranking_page(
    table: pd.DataFrame,
    title: str,
    settings: tuple[float, str],
    language: str | None = None,
    *,
    decimals: int = 2,
) -> ShownPage:
    """Return units with their scores, margins and ranks that are statistically the same.

    Parameters
    ----------
    table : DataFrame
        Columns rank, name, score, error, low, high, ranks and rank_group.
    title : str
    settings : (float, str)
        The level, and the correction for many comparisons.
    language : str, optional
    decimals : int
    """
    names = ("rank", "name", "score", "error", "low", "high", "ranks", "rank_group")
    titles = {name: words(f"survey.ranked.{name}", language) for name in names}
    places = {**dict.fromkeys(("score", "error", "low", "high"), decimals), "rank": 0}
    level, correction = settings
    note = words(
        "survey.ranks",
        language,
        level=number_text(100 * level, language),
        correction=words(f"survey.correction.{correction}", language),
    )
    shown = frame_table(table.reset_index(), titles, decimals=places, language=language)
    return ShownPage(title, (shown, note))
