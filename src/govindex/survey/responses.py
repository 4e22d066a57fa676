"""Who answered: respondents of those invited, and valid answers of those asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from govindex.checks import instance_of, is_number, mapping_of, shown
from govindex.errors import DataError, Problems, SettingError, listing
from govindex.frames import open_table, require_columns
from govindex.names import as_code
from govindex.survey.columns import coded
from govindex.survey.designs import SampleDesign
from govindex.survey.estimation import UNUSABLE, check_by
from govindex.survey.questionnaires import Questionnaire
from govindex.survey.respondents import Respondents
from govindex.survey.samples import sample_of
from govindex.survey.scales import ASKED_NOT, BLANK, UNKNOWN, answer_codes

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["response_rates"]


def response_rates(
    answers: Any,
    questionnaire: Questionnaire,
    *,
    by: str | None = "unit",
    invited: Mapping[str, int] | None = None,
) -> pd.DataFrame:
    """Count who answered what, by domain and question.

    Parameters
    ----------
    answers : data frame
        One row per respondent.
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
    table, problems = open_table(answers), Problems()
    questions = [question.code for question in questionnaire.questions]
    require_columns(table, questions, problems)
    sample = sample_of(Respondents(table), SampleDesign(), by, problems)
    problems.raise_any(DataError, UNUSABLE)
    assert sample is not None
    domains, count = sample.domains, len(sample.domains)
    people = np.bincount(sample.domain, minlength=count)
    drawn = _invited(invited, dict(zip(domains, people.tolist(), strict=True)))
    parts = []
    for question in questionnaire.questions:
        scale = questionnaire.scale_of(question)
        codes = coded(table, question.code, answer_codes(scale), problems)
        kinds = {"valid": codes >= 0, "unknown": codes == UNKNOWN, "blank": codes == BLANK}
        kinds["not_asked"] = codes == ASKED_NOT
        part = {"domain": domains, "question": question.code, "respondents": people}
        for name, mask in kinds.items():
            part[name] = np.bincount(sample.domain[mask], minlength=count)
        parts.append(pd.DataFrame(part, index=range(count)))
    problems.raise_any(DataError, UNUSABLE)
    silent = [domain for domain in drawn if domain not in domains]
    parts += [_nobody(domain, questions) for domain in silent]
    rates = pd.concat(parts).sort_values("domain", kind="stable", ignore_index=True)
    asked = rates["respondents"] - rates["not_asked"]
    rates["item_rate"] = (rates["valid"] / asked.where(asked > 0)).astype(float)
    if drawn:
        rates["invited"] = [drawn[domain] for domain in rates["domain"]]
        rates["unit_rate"] = rates["respondents"] / rates["invited"]
    return rates


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
