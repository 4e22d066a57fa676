"""A result as a workbook: what is published, every node, what was lost, marks and the method."""

from __future__ import annotations

from os import PathLike
from typing import Any

from govindex.changes import Change, change
from govindex.checks import instance_of, shown
from govindex.errors import DataError, GovIndexError, SettingError
from govindex.files.saving import as_path, check_target, write_whole
from govindex.language import check_language
from govindex.model.observations import Observations
from govindex.opaque import AnyMethodology
from govindex.plugins import methodology
from govindex.results import IndexResult
from govindex.robustness.sampling.published_samples import PublishedSample
from govindex.robustness.sampling.rank_samples import RankSample
from govindex.workbooks.results.books import Book
from govindex.workbooks.results.certainty_sheets import write_certainty
from govindex.workbooks.results.change_sheets import write_changes
from govindex.workbooks.results.detail_sheets import (
    has_stages,
    write_losses,
    write_marks,
    write_stages,
)
from govindex.workbooks.results.method_sheets import write_method
from govindex.workbooks.results.node_sheets import write_nodes
from govindex.workbooks.results.ranking_sheets import write_announcement, write_ranking
from govindex.workbooks.results.result_contents import Contents

__all__ = ["write_result"]


def write_result(
    result: IndexResult,
    path: str | PathLike[str],
    *,
    method: AnyMethodology | None = None,
    before: IndexResult | Change | None = None,
    data: Observations | None = None,
    robustness: RankSample | None = None,
    language: str | None = None,
    overwrite: bool = False,
) -> None:
    """Write a result as a workbook that is published, explained and checked.

    Its sheets are in one language: the announcement; the ranking by league, with bands; every node,
    units × nodes below headings that follow the tree, a sheet for each form; the points that each
    unit lost; the points at each stage of assessment, if `data` have stages; the changes, if there
    is a result `before`; the figures that are not as reported; the method and its sources. Scores
    are numbers in the decimals that the methodology prints. Cells of figures that were imputed,
    treated, taken from an earlier stage or absent have a colour, and letters after the number. No
    text is a formula. Sheets print on A4, with repeated headings and page numbers.

    Parameters
    ----------
    result : IndexResult
        Of one form or several, or of a panel.
    path : path
        ``.xlsx``.
    method : Methodology, optional
        The one that computed the result, for its title, sources and notes; by default the installed
        edition with the id, version and fingerprint of the result, if there is one.
    before : IndexResult or Change, optional
        An earlier result, or what :func:`~govindex.change` says of it: of another edition, of units
        that merged, with the change split.
    data : Observations, optional
        The data as they were given to the methodology, if they have stages.
    robustness : RankSample, optional
        How certain each rank is: a sheet with intervals. Where only errors of the data vary, scores
        have intervals too, and ranks that are statistically the same are groups, "1–3", also in the
        announcement and the ranking.
    language : str, optional
        Of words, and of names where the data and the methodology have them; English by default.
    overwrite : bool
        Whether a file that exists is replaced.

    Raises
    ------
    DataError
        If the file exists and is not to be replaced, is no .xlsx or cannot be written; if the
        result before cannot be compared, or the methodology did not compute the result; if the
        sample of ranks is one of another result.
    SettingError
        If there are no words in the language, or xlsxwriter is not installed.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import govindex as gi
    >>> method = gi.methodology("vn.service-766").cut()
    >>> result = method.compute(gi.datasets.load("vn.service-766.provinces-2026-10-10"))
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "result.xlsx"
    >>> write_result(result, file, method=method)
    >>> gi.read_table(file, sheet="Ranking", header=4)["Unit"][0]
    'UBND tỉnh Đồng Tháp'
    """
    file = as_path(path)
    if file.suffix.lower() != ".xlsx":
        raise DataError(f"a result is written to an .xlsx workbook, not to '{file.name}'")
    instance_of(result, IndexResult, "result")
    check_target(file, overwrite=overwrite)
    if data is not None:
        instance_of(data, Observations, "data")
    if method is not None and not isinstance(method, AnyMethodology):
        raise SettingError(f"method is the methodology that made the result, not {shown(method)}")
    book = Book(file.name, result.score_decimals, check_language(language))
    made = _installed(result) if method is None else method
    changed = _changed(result, before, language)
    published = None
    if robustness is not None:
        published = PublishedSample.of(instance_of(robustness, RankSample, "robustness"), result)
    contents = Contents(result, book, language, made, changed, data, published)
    contents.check()
    _write(contents)
    write_whole(file, book.write, overwrite=overwrite)


def _changed(
    result: IndexResult, before: IndexResult | Change | None, language: str | None
) -> Change | None:
    if before is None:
        return None
    if not isinstance(before, Change):
        return change(before, result, language=language)
    if before.after is not result:
        raise DataError("the change is that of another result: compare with this one")
    return before.in_language(language)


def _installed(result: IndexResult) -> Any:
    """Return the installed edition that computed a result, None if there is none."""
    origin = result.provenance
    if not origin.methodology:
        return None
    try:
        edition = methodology(f"{origin.methodology}@{origin.version}")
    except GovIndexError:
        return None
    return edition if edition.fingerprint == origin.fingerprint else None


def _write(contents: Contents) -> None:
    write_announcement(contents)
    write_ranking(contents)
    write_nodes(contents)
    write_losses(contents)
    if has_stages(contents):
        write_stages(contents)
    if contents.changed is not None:
        write_changes(contents)
    if contents.published is not None:
        write_certainty(contents)
    write_marks(contents)
    write_method(contents)
    origin = contents.result.provenance
    edition = "@".join(filter(None, (origin.methodology, origin.version)))
    comments = " ".join(filter(None, (edition, origin.fingerprint)))
    contents.book.properties(title=contents.subject, comments=comments)
