"""Who answered: respondents of those invited, and valid answers of those asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from govindex.checks import instance_of, is_number, mapping_of, shown
from govindex.contracts import Bool
from govindex.engines import RecordTable, grouped_sums
from govindex.errors import DataError, Problems, SettingError, listing
from govindex.names import as_code
from govindex.survey.asked_items import UNUSABLE, coded_answers
from govindex.survey.columns import Codes
from govindex.survey.designs import SampleDesign
from govindex.survey.engine_answers import answer_columns, as_flag, note_unlisted_answers
from govindex.survey.engine_sums import open_answers
from govindex.survey.estimation import check_by
from govindex.survey.questionnaires import Questionnaire
from govindex.survey.respondents import Respondents
from govindex.survey.samples import sample_of
from govindex.survey.scales import ASKED_NOT, BLANK, UNKNOWN, AnswerScale

if TYPE_CHECKING:
    import narwhals as nw
    import pandas as pd

    from govindex.engines import Records

__all__ = ["response_rates"]

Counts = npt.NDArray[np.int64]
_Counted = tuple[tuple[str, ...], Counts, dict[str, dict[str, Counts]]]

_KINDS: dict[str, Callable[[Codes], Bool]] = {
    "valid": lambda codes: np.asarray(codes >= 0),
    "unknown": lambda codes: np.asarray(codes == UNKNOWN),
    "blank": lambda codes: np.asarray(codes == BLANK),
    "not_asked": lambda codes: np.asarray(codes == ASKED_NOT),
}


def response_rates(
    answers: Records,
    questionnaire: Questionnaire,
    *,
    by: str | None = "unit",
    invited: Mapping[str, int] | None = None,
) -> pd.DataFrame:
    """Count who answered what, by domain and question.

    Parameters
    ----------
    answers : data frame, path, glob or sequence of paths
        One row per respondent; lazy tables and files are counted in their engine.
    questionnaire : Questionnaire
    by : str, optional
        The column of the domains; None for the whole sample, whose name is "all".
    invited : mapping of str to int, optional
        How many persons were drawn in each domain, respondents included.

    Returns
    -------
    DataFrame
        domain, question, respondents, valid, unknown, blank, not_asked, item_rate (valid of those
        asked, from 0 to 1; missing if nobody was asked) and, with `invited`, invited and unit_rate
        (respondents of those invited; 0 in a domain without respondents).

    Raises
    ------
    DataError
        With every answer that the scale does not have; if `invited` lacks a domain, or has fewer
        persons than answered.

    Examples
    --------
    >>> import pandas as pd
    >>> from govindex.survey import AnswerScale, Question
    >>> answers = pd.DataFrame({"unit": [*"AAA"], "q": [5, 9, None]})
    >>> asked = Questionnaire([Question("q")], AnswerScale.likert(5, unknown=["9"]))
    >>> rates = response_rates(answers, asked, invited={"A": 4})
    >>> rates[["valid", "item_rate", "unit_rate"]].round(2)
       valid  item_rate  unit_rate
    0      1       0.33       0.75
    """
    import pandas as pd

    instance_of(questionnaire, Questionnaire, "questionnaire")
    check_by(by)
    source = open_answers(answers)
    scales = {each.code: questionnaire.scale_of(each) for each in questionnaire.questions}
    domains, people, counts = (
        _in_engine(source, scales, by)
        if isinstance(source, RecordTable)
        else _in_memory(source, scales, by)
    )
    drawn = _invited(invited, dict(zip(domains, people.tolist(), strict=True)))
    parts = [
        pd.DataFrame({"domain": domains, "question": code, "respondents": people, **kinds})
        for code, kinds in counts.items()
    ]
    silent = [domain for domain in drawn if domain not in domains]
    parts += [_nobody(domain, list(scales)) for domain in silent]
    rates = pd.concat(parts).sort_values("domain", kind="stable", ignore_index=True)
    asked = rates["respondents"] - rates["not_asked"]
    rates["item_rate"] = (rates["valid"] / asked.where(asked > 0)).astype(float)
    if drawn:
        rates["invited"] = [drawn[domain] for domain in rates["domain"]]
        rates["unit_rate"] = rates["respondents"] / rates["invited"]
    return rates


def _in_memory(
    table: nw.DataFrame[Any], scales: Mapping[str, AnswerScale], by: str | None
) -> _Counted:
    problems = Problems()
    codes = coded_answers(table, scales, problems)
    sample = sample_of(Respondents(table), SampleDesign(), by, problems)
    problems.raise_any(DataError, UNUSABLE)
    assert sample is not None
    count = len(sample.domains)

    def counted(mask: Bool) -> Counts:
        return np.bincount(sample.domain[mask], minlength=count)

    counts = {
        question: {kind: counted(here(answers)) for kind, here in _KINDS.items()}
        for question, answers in codes.items()
    }
    return sample.domains, np.bincount(sample.domain, minlength=count), counts


def _in_engine(table: RecordTable, scales: Mapping[str, AnswerScale], by: str | None) -> _Counted:
    import narwhals as nw

    problems, keys = Problems(), [] if by is None else [by]
    columns = answer_columns(table, scales, problems)
    table.require(keys, problems)
    problems.raise_any(DataError, UNUSABLE)
    sums = {
        f"{kind} {code}": as_flag(condition)
        for code, column in columns.items()
        for kind, condition in column.kinds().items()
    }
    groups = grouped_sums(table, {f"by {key}": nw.col(key) for key in keys}, sums)
    if any(groups[f"unlisted {code}"].any() for code in columns):
        note_unlisted_answers(table, columns.values(), keys, problems)
    named = groups[[f"by {key}" for key in keys]].set_axis(keys, axis="columns")
    rows = groups["rows"].to_numpy(dtype=np.float64)
    respondents = Respondents(nw.from_native(named, eager_only=True), rows, rows)
    sample = sample_of(respondents, SampleDesign(), by, problems)
    problems.raise_any(DataError, UNUSABLE)
    assert sample is not None
    count = len(sample.domains)

    def counted(name: str) -> Counts:
        sums = np.bincount(sample.domain, groups[name].to_numpy(dtype=np.float64), count)
        return sums.astype(np.int64)

    counts = {code: {kind: counted(f"{kind} {code}") for kind in _KINDS} for code in columns}
    return sample.domains, counted("rows"), counts


def _nobody(domain: str, questions: list[str]) -> pd.DataFrame:
    """Return the rows of a domain in which nobody answered."""
    import pandas as pd

    counts = dict.fromkeys(("respondents", "valid", "unknown", "blank", "not_asked"), 0)
    return pd.DataFrame({"domain": domain, "question": questions, **counts})


def _invited(invited: Any, people: Mapping[str, int]) -> dict[str, int]:
    if invited is None:
        return {}
    drawn = {as_code(str(k)): v for k, v in mapping_of(invited, "invited").items()}
    for domain, number in drawn.items():
        if not is_number(number) or number < 1 or number != int(number):
            raise SettingError(
                f"invited: '{domain}' has a whole number of at least 1, not {shown(number)}"
            )
    lacking = [domain for domain in people if domain not in drawn]
    if lacking:
        raise DataError(f"invited lacks {listing(lacking)}: give every domain of the answers")
    more = [domain for domain, count in people.items() if count > drawn[domain]]
    if more:
        first = more[0]
        raise DataError(
            f"more persons answered than were invited in {listing(more)}: {people[first]} of "
            f"{drawn[first]} in '{first}'; correct the numbers"
        )
    return {domain: int(number) for domain, number in drawn.items()}
