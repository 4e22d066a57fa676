"""Answers → estimates with standard errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from govindex.checks import among, instance_of, is_number, names_of, shown
from govindex.errors import SettingError, near_miss
from govindex.survey.asked_items import asked_items
from govindex.survey.designs import SampleDesign
from govindex.survey.estimates import Estimates
from govindex.survey.intervals import Interval
from govindex.survey.precision import Estimation
from govindex.survey.questionnaires import Questionnaire, content_pairs
from govindex.survey.sums import sums_of

if TYPE_CHECKING:
    from govindex.engines import Records

__all__ = ["estimate"]

FORMULAS = ("top_box", "mean_score", "option_score", "gap")
Formula = Literal["top_box", "mean_score", "option_score", "gap"]


def estimate(
    answers: Records,
    questionnaire: Questionnaire,
    design: SampleDesign | None = None,
    *,
    by: str | None = "unit",
    formula: Formula = "top_box",
    items: Literal["all", "questions", "factors"] = "all",
    gap: tuple[str, str] = ("satisfaction", "expectation"),
    scale: float = 1.0,
    level: float = 0.95,
    interval: Interval = "logit",
) -> Estimates:
    """Estimate what answers say about a population, with standard errors.

    With weight w, an item is Σ w y / Σ w d over the respondents of a domain. For a question d is 1
    where there is a valid answer. A factor pools its questions: y and d are sums over them, so each
    answer counts, not each question. Blank answers, "don't know" and questions that were not asked
    are no valid answers.

    Parameters
    ----------
    answers : data frame, path, glob or sequence of paths
        One row per respondent: a column per question, and those that `design` and `by` name. Lazy
        tables (Polars, DuckDB, Dask, PySpark, SQLFrame, Ibis) and Parquet or CSV files are
        added up by cluster and domain in their engine if the design names clusters (and no
        replicate weights); else the columns that are needed are read into memory.
    questionnaire : Questionnaire
    design : SampleDesign, optional
        By default a simple random sample with equal weights.
    by : str, optional
        The column of the domains, such as units; None for the whole sample.
    formula : {"top_box", "mean_score", "option_score", "gap"}
        The share of positive answers; the mean of the options as equal steps from 0 to 1; the mean
        of the options' points; the mean score of one content less that of another, by factor.
        Which formula an official index uses is often not published: state the choice.
    items : {"all", "questions", "factors"}
    gap : tuple of str
        The two contents of ``formula="gap"``, the first less the second.
    scale : float
        What values are multiplied by: 100 for per cent.
    level : float
        The confidence of the intervals.
    interval : {"logit", "wilson", "t"}
        Logit and Wilson intervals stay between the smallest and the largest possible value; where
        all answers are the same, both are Wilson's. Each has the design's degrees of freedom.

    Returns
    -------
    Estimates
        Standard errors are linearised (Taylor), or those of the design's replicates.

    Raises
    ------
    DataError
        With every problem of the answers: columns that do not exist, answers that the scale does
        not have, respondents without domain, stratum or cluster, weights that are missing or not
        above 0, a cluster in two strata, one cluster in a stratum; with counts and first rows.
    SettingError
        If a setting is not valid.

    References
    ----------
    C.-E. Särndal, B. Swensson and J. Wretman (1992), Model Assisted Survey Sampling, chapters 5, 7.

    Examples
    --------
    >>> import pandas as pd
    >>> from govindex.survey import AnswerScale, Question
    >>> answers = pd.DataFrame({"unit": [*"AAAABBBB"], "q": [5, 4, 4, 2, 5, 3, None, 1]})
    >>> asked = Questionnaire([Question("q")], AnswerScale.likert(5))
    >>> estimate(answers, asked).table()[["domain", "value", "se", "n"]].round(3)
      domain  value     se    n
    0      A  0.750  0.231  4.0
    1      B  0.333  0.291  3.0
    """
    instance_of(questionnaire, Questionnaire, "questionnaire")
    _check_settings(formula, items, scale, level, interval)
    _check_gap(gap)
    check_by(by)
    asked = asked_items(questionnaire, formula, items, gap, float(scale))
    sample, estimated = asked.read(answers, given_design(design), by)
    sums = sums_of(sample, estimated)
    bounds = asked.bounds(sums.codes)
    pairs = content_pairs(questionnaire, *gap) if formula == "gap" else None
    estimation = Estimation(sample, sums, level, formula, asked.scale)
    return estimation.result(bounds, interval, pairs)


def given_design(design: SampleDesign | None) -> SampleDesign:
    """Return the design, by default that of a simple random sample."""
    return SampleDesign() if design is None else instance_of(design, SampleDesign, "design")


def _check_settings(formula: Any, items: Any, scale: Any, level: Any, interval: Any) -> None:
    for what, value, known in (
        ("formula", formula, FORMULAS),
        ("items", items, ("all", "questions", "factors")),
        ("interval", interval, ("logit", "wilson", "t")),
    ):
        if not among(value, known):
            raise SettingError(f"{what} cannot be {shown(value)}: {near_miss(value, known)}")
    if not is_number(scale) or not scale > 0:
        raise SettingError(f"scale is a finite number above 0, not {shown(scale)}")
    check_level(level)


def _check_gap(gap: Any) -> None:
    if len(set(names_of(gap, "gap"))) != 2 or not isinstance(gap, tuple):
        raise SettingError(f"gap names two contents, the first less the second, not {shown(gap)}")


def check_by(by: Any) -> None:
    """Refuse anything but the name of a column, or None."""
    if by is not None and not isinstance(by, str):
        raise SettingError(f"by is the name of a column, or None, not {shown(by)}")


def check_level(level: Any) -> None:
    """Refuse anything but a share between 0 and 1."""
    if not is_number(level) or not 0 < level < 1:
        raise SettingError(f"level is a share between 0 and 1, such as 0.95, not {shown(level)}")
