"""What is estimated of answers, which are read from memory or added up in an engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from govindex.contracts import Float
from govindex.engines import RecordTable
from govindex.errors import DataError, Problems, SettingError, listing
from govindex.frames import require_columns
from govindex.survey.columns import Codes, coded
from govindex.survey.designs import SampleDesign
from govindex.survey.engine_answers import (
    AnswerColumn,
    answer_columns,
    as_flag,
    note_unlisted_answers,
)
from govindex.survey.engine_sums import EngineItem, added_up, gathered, is_grouped, open_answers
from govindex.survey.questionnaires import Questionnaire, content_pairs
from govindex.survey.respondents import Respondents
from govindex.survey.samples import Sample, columns_of, sample_of
from govindex.survey.scales import AnswerScale, answer_codes, option_values
from govindex.survey.sums import EstimatedItem, SummedItem

if TYPE_CHECKING:
    import narwhals as nw

__all__ = ["UNUSABLE", "AskedItems", "asked_items", "coded_answers"]

UNUSABLE = "The answers cannot be used"


def asked_items(
    questionnaire: Questionnaire, formula: str, items: str, gap: tuple[str, str], scale: float
) -> AskedItems:
    """Return what is estimated of a questionnaire, as :func:`estimate` takes it."""
    asked = _chosen(questionnaire, formula, items, gap)
    wanted = {code for codes in asked.values() for code in codes}
    questions = [question for question in questionnaire.questions if question.code in wanted]
    scales = {question.code: questionnaire.scale_of(question) for question in questions}
    points = {code: option_values(each, formula) for code, each in scales.items()}
    return AskedItems(asked, scales, points, formula == "top_box", scale)


@attrs.frozen(eq=False)
class AskedItems:
    """What is estimated of answers.

    Parameters
    ----------
    asked : dict of str to tuple of str
        By item, the questions that are taken together.
    scales : dict of str to AnswerScale
    points : dict of str to array
        The value of each option, by question.
    are_flags : bool
        Whether these values are 0 or 1.
    scale : float
        What values are multiplied by.
    """

    asked: dict[str, tuple[str, ...]]
    scales: dict[str, AnswerScale]
    points: dict[str, Float]
    are_flags: bool
    scale: float

    def bounds(self, items: Iterable[str]) -> tuple[Float, Float]:
        """Return the smallest and the largest value that each item can have."""
        ranges = np.array(
            [
                (
                    min(self.points[q].min() for q in self.asked[item]),
                    max(self.points[q].max() for q in self.asked[item]),
                )
                for item in items
            ]
        )
        return ranges[:, 0] * self.scale, ranges[:, 1] * self.scale

    def read(
        self, answers: Any, design: SampleDesign, by: str | None
    ) -> tuple[Sample, Iterable[SummedItem]]:
        """Apply a design to answers in memory or in an engine; return the sample and its items."""
        source = open_answers(answers)
        if not isinstance(source, RecordTable):
            return self._in_memory(source, design, by)
        if is_grouped(design):
            return self._in_engine(source, design, by)
        problems = Problems()
        answer_columns(source, self.scales, problems)
        source.require(columns_of(design, by), problems)
        problems.raise_any(DataError, UNUSABLE)
        return self._in_memory(gathered(source, design, by, self.scales), design, by)

    def _in_memory(
        self, table: nw.DataFrame[Any], design: SampleDesign, by: str | None
    ) -> tuple[Sample, Iterable[SummedItem]]:
        problems = Problems()
        codes = coded_answers(table, self.scales, problems)
        sample = sample_of(Respondents(table), design, by, problems)
        problems.raise_any(DataError, UNUSABLE)
        assert sample is not None
        self._refuse_no_answer(bool((answers >= 0).any()) for answers in codes.values())
        return sample, self._items(codes)

    def _items(self, codes: Mapping[str, Codes]) -> Iterator[EstimatedItem]:
        for item, questions in self.asked.items():
            top, bottom = np.zeros(0), np.zeros(0)
            for question in questions:
                # Codes without a valid answer are negative and take the zeros at the end.
                values = np.concatenate([self.points[question] * self.scale, np.zeros(3)])
                points = values[codes[question]]
                valid = (codes[question] >= 0).astype(np.float64)
                top, bottom = (points, valid) if not len(top) else (top + points, bottom + valid)
            alone = len(questions) == 1
            valid = bottom if alone else (bottom > 0).astype(np.float64)
            yield EstimatedItem(item, top, bottom, valid)

    def _in_engine(
        self, table: RecordTable, design: SampleDesign, by: str | None
    ) -> tuple[Sample, Iterable[SummedItem]]:
        problems = Problems()
        columns = answer_columns(table, self.scales, problems)
        table.require(columns_of(design, by), problems)
        problems.raise_any(DataError, UNUSABLE)
        flags = [as_flag(column.is_unlisted()) for column in columns.values()]
        unlisted = flags[0]
        for flag in flags[1:]:
            unlisted = unlisted + flag
        found = added_up(table, self._engine_items(columns), design, by, problems, unlisted)
        if found is None:
            note_unlisted_answers(table, columns.values(), columns_of(design, by), problems)
        problems.raise_any(DataError, UNUSABLE)
        assert found is not None
        respondents, items = found
        sample = sample_of(respondents, design, by, problems)
        problems.raise_any(DataError, UNUSABLE)
        assert sample is not None
        self._refuse_no_answer(bool(item.grouped.n.any()) for item in items)
        return sample, items

    def _engine_items(self, columns: Mapping[str, AnswerColumn]) -> list[EngineItem]:
        items = []
        for code, questions in self.asked.items():
            top = valid = None
            for question in questions:
                column, values = columns[question], self.points[question]
                positive = (o for o, v in zip(column.scale.options, values, strict=True) if v)
                points = (
                    as_flag(column.holds(positive)) if self.are_flags else column.points(values)
                )
                answered = as_flag(column.is_valid())
                top = points if top is None else top + points
                valid = answered if valid is None else valid + answered
            assert top is not None
            assert valid is not None
            alone = len(questions) == 1
            items.append(
                EngineItem(
                    code,
                    top,
                    valid if alone else as_flag(valid > 0),
                    None if alone else valid,
                    are_flags=self.are_flags and alone,
                    scale=self.scale,
                )
            )
        return items

    def _refuse_no_answer(self, answered: Iterable[bool]) -> None:
        if not any(answered):
            raise DataError(
                f"{UNUSABLE}: there is no valid answer to any of {listing(self.scales)}; "
                "all are blank, unknown or not asked"
            )


def _chosen(
    questionnaire: Questionnaire, formula: str, items: str, gap: Any
) -> dict[str, tuple[str, ...]]:
    """Return the questions of every item to be estimated."""
    if formula == "gap":
        pairs = content_pairs(questionnaire, *gap)
        if not pairs:
            contents = dict.fromkeys(question.content for question in questionnaire.questions)
            raise SettingError(
                f"no factor has questions of both contents {listing(gap)}; there are "
                f"{listing(contents)}: name two of them in gap=(…)"
            )
        wanted = {item for pair in pairs.values() for item in pair}
        return {item: codes for item, codes in questionnaire.items.items() if item in wanted}
    single: dict[str, tuple[str, ...]] = {
        question.code: (question.code,) for question in questionnaire.questions
    }
    if items == "questions":
        return single
    if items == "factors" and not questionnaire.items:
        raise SettingError("the questions belong to no factor: Question(code, factor)")
    return questionnaire.items if items == "factors" else {**single, **questionnaire.items}


def coded_answers(
    table: nw.DataFrame[Any], scales: Mapping[str, AnswerScale], problems: Problems
) -> dict[str, Codes]:
    """Return the code of every answer, by question; note columns and answers that do not exist."""
    if not require_columns(table, scales, problems):
        return {}
    return {
        code: coded(table, code, answer_codes(scale), problems) for code, scale in scales.items()
    }
