"""Answers of a question: their order, which are positive, and their points."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs
import numpy as np

from govindex.checks import is_number, mapping_of, names_of, shown, whole_number
from govindex.contracts import Float
from govindex.errors import DataError, Problems, SettingError, listing, near_miss
from govindex.mappings import FrozenMap
from govindex.names import as_code

__all__ = ["ASKED_NOT", "BLANK", "UNKNOWN", "AnswerScale", "answer_codes", "option_values"]

# Codes of rows without a valid answer; an option's code is its number, from 0.
BLANK, UNKNOWN, ASKED_NOT = -1, -2, -3


def _answers(value: str | Iterable[str]) -> tuple[str, ...]:
    return tuple(map(as_code, names_of(value, "answers of an AnswerScale(…)")))


def _points(value: Mapping[str, float] | None) -> FrozenMap[str, float]:
    points = mapping_of({} if value is None else value, "AnswerScale(points=…)")
    wrong = {option: number for option, number in points.items() if not is_number(number)}
    if wrong:
        option, number = next(iter(wrong.items()))
        raise SettingError(f"points of answer {option!r} are a finite number, not {shown(number)}")
    return FrozenMap({as_code(option): float(number) for option, number in points.items()})


@attrs.frozen
class AnswerScale:
    """The answers that a question offers.

    Parameters
    ----------
    options : sequence of str
        The answers as they are in the data, the worst first; numbers as texts, "1".
    positive : sequence of str
        Those that count as positive: "satisfied" and "very satisfied".
    points : mapping of str to float, optional
        Points of every option, for ``formula="option_score"``.
    unknown : sequence of str
        What is written for "don't know" and refusals.
    not_asked : sequence of str
        What is written where the question does not apply to the respondent.
    blank : sequence of str
        What is written for no answer, besides null, NaN and blank cells.

    Raises
    ------
    SettingError
        With every problem: fewer than two options, one answer twice, positive answers or points
        that are no options.

    Examples
    --------
    >>> scale = AnswerScale(["no", "partly", "yes"], positive=["yes"], unknown=["don't know"])
    >>> scale.steps.tolist()
    [0.0, 0.5, 1.0]
    """

    options: tuple[str, ...] = attrs.field(converter=_answers)
    positive: tuple[str, ...] = attrs.field(default=(), converter=_answers, kw_only=True)
    points: FrozenMap[str, float] = attrs.field(default=None, converter=_points, kw_only=True)
    unknown: tuple[str, ...] = attrs.field(default=(), converter=_answers, kw_only=True)
    not_asked: tuple[str, ...] = attrs.field(default=(), converter=_answers, kw_only=True)
    blank: tuple[str, ...] = attrs.field(default=(), converter=_answers, kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = Problems()
        if len(self.options) < 2:
            problems.add(f"a scale has at least two options, not {listing(self.options)}")
        every = (*self.options, *self.unknown, *self.not_asked, *self.blank)
        for answer in dict.fromkeys(every):
            if not answer:
                problems.add("an answer is a text that is not blank: blank cells are no answers")
            elif every.count(answer) > 1:
                problems.add(f"answer '{answer}' appears more than once: give it once")
        for what, answers in (("positive", self.positive), ("points", self.points)):
            for answer in answers:
                if answer not in self.options:
                    known = near_miss(answer, self.options)
                    problems.add(f"{what} has '{answer}', which is not an option: {known}")
        left = [option for option in self.options if option not in self.points]
        if self.points and left:
            problems.add(f"options have points, all or none; without points: {listing(left)}")
        problems.raise_any(SettingError, "AnswerScale(…) is not well formed")

    @classmethod
    def likert(
        cls,
        options: int = 5,
        *,
        positive: int = 2,
        points: Mapping[str, float] | None = None,
        unknown: str | Iterable[str] = (),
        not_asked: str | Iterable[str] = (),
        blank: str | Iterable[str] = (),
    ) -> AnswerScale:
        """Return a scale of the numbers from 1, the worst, of which the last ones are positive.

        Parameters
        ----------
        options, positive : int
            How many answers there are, and how many of them are positive.
        points, unknown, not_asked, blank
            As those of the class.

        Examples
        --------
        >>> AnswerScale.likert(5).positive
        ('4', '5')
        """
        count = whole_number(options, "options", least=2, most=100)
        best = whole_number(positive, "positive", least=1, most=count - 1)
        numbers = tuple(str(number) for number in range(1, count + 1))
        return cls(
            numbers,
            positive=numbers[count - best :],
            points=points,
            unknown=unknown,
            not_asked=not_asked,
            blank=blank,
        )

    @property
    def steps(self) -> Float:
        """The options as equal steps from 0, the worst, to 1."""
        return np.arange(len(self.options)) / (len(self.options) - 1)


def answer_codes(scale: AnswerScale) -> dict[str, int]:
    """Return the code of every answer: the number of an option, negative if it is not valid."""
    return {
        **{option: number for number, option in enumerate(scale.options)},
        **dict.fromkeys(scale.unknown, UNKNOWN),
        **dict.fromkeys(scale.not_asked, ASKED_NOT),
        **dict.fromkeys(scale.blank, BLANK),
    }


def option_values(scale: AnswerScale, formula: str) -> Float:
    """Return the value of every option under a formula.

    Raises
    ------
    DataError
        If the scale does not say which options are positive, or what points they have.
    """
    if formula == "top_box" and not scale.positive:
        raise DataError("the share of positive answers needs AnswerScale(positive=[…])")
    if formula == "option_score" and not scale.points:
        raise DataError("the mean of points needs AnswerScale(points={option: points})")
    if formula == "top_box":
        return np.isin(scale.options, scale.positive).astype(np.float64)
    if formula == "option_score":
        return np.array([scale.points[option] for option in scale.options])
    return scale.steps
