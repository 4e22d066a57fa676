"""Results → the content of a report, chapter by chapter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from govindex.changes import Change, change
from govindex.checks import instance_of, shown
from govindex.errors import DataError, SettingError
from govindex.language import check_language
from govindex.methods import Methodology
from govindex.model.observations import Observations
from govindex.report.certainty import certainty
from govindex.report.contents import Chapter, Content
from govindex.report.data_notes import data_notes
from govindex.report.letterheads import Letterhead, letterhead_texts
from govindex.report.materials import Material
from govindex.report.method_notes import method_notes
from govindex.report.movements import changes
from govindex.report.profiles import profiles
from govindex.report.rankings import dimension_scores, ranking
from govindex.report.stage_points import verification
from govindex.report.summaries import summary
from govindex.results import IndexResult
from govindex.robustness.sampling.published_samples import check_sample_of
from govindex.robustness.sampling.rank_samples import RankSample

__all__ = ["compose"]

_CHAPTERS = (
    summary,
    ranking,
    dimension_scores,
    changes,
    verification,
    profiles,
    certainty,
    method_notes,
    data_notes,
)


def compose(
    result: IndexResult,
    *,
    method: Methodology | None = None,
    before: IndexResult | Change | None = None,
    robustness: RankSample | None = None,
    data: Observations | None = None,
    letterhead: Letterhead | None = None,
    language: str | None = None,
) -> Content:
    """Compose the content of a report of a result.

    Chapters: the main results in sentences, the ranking of each league, scores by dimension,
    changes, points changed between stages, strengths and weaknesses of each unit, how certain each
    rank is, method and data. A chapter that has nothing to say is left out.

    Parameters
    ----------
    result : IndexResult
        Of one period.
    method : Methodology, optional
        That the result comes from: its title, sources and rules.
    before : IndexResult or Change, optional
        An earlier result; or what :func:`govindex.change` says of it and this one, where units or
        nodes were declared to be the same, or the change is split.
    robustness : RankSample, optional
        Of the same methodology and data.
    data : Observations, optional
        As reported, before preparation; needs `method`. If they have stages, the first and the
        last are compared. By default those of the result, if the methodology has no preparation
        steps.
    letterhead : Letterhead, optional
    language : str, optional
        Of every word and number, such as "vi"; English by default.

    Returns
    -------
    Content

    Raises
    ------
    DataError
        If `method`, `before`, `robustness` or `data` do not belong to the result, or the result is
        of several periods.
    SettingError
        If there are no words in the language.

    Examples
    --------
    >>> import govindex as gi
    >>> method = gi.methodology("vn.service-766").cut()
    >>> result = method.compute(gi.datasets.load("vn.service-766.provinces-2026-10-10"))
    >>> content = compose(result, method=method, language="vi")
    >>> content.chapters[0].title
    'I. Kết quả chung'
    """
    for value, kind, what in (
        (method, Methodology, "method"),
        (robustness, RankSample, "robustness"),
        (data, Observations, "data"),
        (letterhead, Letterhead, "letterhead"),
    ):
        if value is not None:
            instance_of(value, kind, what)
    if not isinstance(before, Change | IndexResult | None):
        raise SettingError(f"before is an IndexResult or a Change, not {shown(before)}")
    _check_result(instance_of(result, IndexResult, "result"), method)
    language = check_language(language)
    material = Material(
        result=result,
        language=language,
        method=method,
        moved=_moved(result, before, language),
        sample=robustness,
        data=_staged(result, method, data),
    )
    if material.sample is not None:
        check_sample_of(material.sample, material.result)
    chapters = [chapter for make in _CHAPTERS for chapter in make(material)]
    return Content(
        title=material.say("report.title"),
        subject=_subject(material),
        language=language,
        letterhead=letterhead_texts(letterhead, language),
        chapters=_numbered(chapters),
        table_word=material.say("report.table"),
        picture_word=material.say("report.picture"),
    )


def _check_result(result: IndexResult, method: Methodology | None) -> None:
    if result.units.periods is not None:
        periods = list(dict.fromkeys(result.units.periods))
        raise DataError(
            "a report is of one period, and the result is of a panel: report "
            f"result.at_period({periods[-1]!r}), with before=result.at_period(…)"
        )
    if not len(result.units):
        raise DataError("there are no units to report on")
    if method is not None and method.fingerprint != result.provenance.fingerprint:
        origin = result.provenance
        raise DataError(
            f"method= is {method.id}@{method.version} ({method.fingerprint[:12]}), and the result "
            f"comes from {origin.methodology or 'another methodology'}@{origin.version} "
            f"({origin.fingerprint[:12]}): give the methodology that computed the result"
        )


def _moved(
    result: IndexResult, before: IndexResult | Change | None, language: str
) -> Change | None:
    """Return the change since an earlier result."""
    if isinstance(before, IndexResult):
        return change(before, result, language=language)
    if before is None:
        return None
    if before.after is not result or before.node != result.codes[0]:
        raise DataError(
            "before= is a change of another result or node: give gi.change(…, result), of the total"
        )
    return before.in_language(language)


def _staged(
    result: IndexResult, method: Methodology | None, data: Observations | None
) -> Observations | None:
    """Return the data with stages, None if there are none."""
    if data is not None:
        if method is None:
            raise SettingError("data= is scored stage by stage: give method= as well")
        if set(data.units.codes) != set(result.units.codes) and not method.steps:
            raise DataError("data= has other units than the result: give the data behind it")
        return data if len(data.stages) > 1 else None
    own = result.observations
    known = own is not None and method is not None and not method.steps and len(own.stages) > 1
    return own if known else None


def _subject(material: Material) -> str:
    if not material.period:
        return material.say("report.subject", title=material.title)
    return material.say("report.subject_of_period", title=material.title, period=material.period)


def _numbered(chapters: Iterable[Chapter]) -> Iterator[Chapter]:
    """Yield chapters with their numbers: I, 1, 2, II, III."""
    first = second = 0
    for chapter in chapters:
        if chapter.level == 1:
            first, second = first + 1, 0
            number = _roman(first)
        else:
            second += 1
            number = str(second)
        yield attrs.evolve(chapter, title=f"{number}. {chapter.title}")


def _roman(number: int) -> str:
    signs = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
    text = ""
    for value, sign in signs:
        text += sign * (number // value)
        number %= value
    return text
