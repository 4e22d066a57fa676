"""Answers of made-up surveys."""

from __future__ import annotations

from collections.abc import Mapping

import attrs
from hypothesis import strategies as st

from govindex.testing.cells import Cell

__all__ = ["Survey", "surveys"]


@attrs.frozen
class Survey:
    """Answers of a made-up survey: one row per respondent.

    Parameters
    ----------
    options : tuple of str
        What may be answered, the best first; blanks and "don't know" beside them.
    rows : tuple of mapping
        Unit, respondent group, weight and one answer per question; None for a blank.
    """

    options: tuple[str, ...]
    rows: tuple[Mapping[str, Cell], ...]


@st.composite
def surveys(
    draw: st.DrawFn, *, questions: int = 3, units: int = 3, respondents: int = 12
) -> Survey:
    """Draw a survey's answers: blanks, refusals, one-sided units, uneven groups and weights.

    Parameters
    ----------
    questions : int
        How many, named q1, q2 …
    units, respondents : int
        The most units and respondents.

    Returns
    -------
    strategy of Survey

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> from govindex.testing import strategies
    >>> @settings(max_examples=5)
    ... @given(strategies.surveys(questions=1))
    ... def test_every_respondent_belongs_to_a_unit(survey):
    ...     assert all(row["unit"].startswith("U") for row in survey.rows)
    >>> test_every_respondent_belongs_to_a_unit()
    """
    options = tuple(
        draw(st.sampled_from([("yes", "no"), ("5", "4", "3", "2", "1"), tuple("ABCD")]))
    )
    answers: st.SearchStrategy[Cell] = st.sampled_from([*options, *options, None, "don't know"])
    count = draw(st.integers(1, respondents))
    rows = [
        {
            "unit": f"U{draw(st.integers(0, units - 1))}",
            "group": draw(st.sampled_from(["citizens", "businesses"])),
            "weight": draw(st.sampled_from([1.0, 0.5, 2.5])),
            **{f"q{i}": draw(answers) for i in range(1, questions + 1)},
        }
        for _ in range(count)
    ]
    return Survey(options, tuple(rows))
