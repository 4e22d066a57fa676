"""Reports → files: Word, web page, PDF, Markdown, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from govindex.changes import Change
from govindex.errors import DataError, SettingError, near_miss
from govindex.files.saving import as_path, write_whole
from govindex.methods import Methodology
from govindex.model.observations import Observations
from govindex.report.composition import compose
from govindex.report.contents import Content
from govindex.report.letterheads import Letterhead
from govindex.report.pages import write_markdown, write_page
from govindex.report.typesetting import write_pdf
from govindex.report.word_files import write_word
from govindex.results import IndexResult
from govindex.robustness.sampling.rank_samples import RankSample

__all__ = ["write"]

_WRITERS: Mapping[str, Callable[[Content, Path, Any], None]] = {
    ".docx": write_word,
    ".html": write_page,
    ".md": write_markdown,
    ".pdf": write_pdf,
}


def write(
    result: IndexResult | Content,
    path: str | PathLike[str],
    *,
    method: Methodology | None = None,
    before: IndexResult | Change | None = None,
    robustness: RankSample | None = None,
    data: Observations | None = None,
    letterhead: Letterhead | None = None,
    language: str | None = None,
    template: str | PathLike[str] | None = None,
    overwrite: bool = False,
) -> None:
    """Write a report of a result to a file, whole or not at all.

    The file holds what :func:`compose` returns. Word documents have the letterhead of an official
    document, with placeholders for what is not known; others have one if it is given.

    Parameters
    ----------
    result : IndexResult or Content
        A content that :func:`compose` made, perhaps changed, is written as it is.
    path : path
        ``.docx``, ``.html`` (one page without scripts or outside references), ``.pdf`` or ``.md``.
    method, before, robustness, data, letterhead, language
        As of :func:`compose`, for a result.
    template : path, optional
        The form that is filled in: a Word document with placeholders such as ``{{ report }}``; a
        jinja2 template for pages and Markdown, a typst file for PDF, or a folder with it.
    overwrite : bool
        Whether a file that exists is replaced.

    Raises
    ------
    DataError
        If the file exists and is not to be replaced, is of another kind or cannot be written; if
        something does not belong to the result; if a PDF has a letter that no font has.
    SettingError
        If a package is not installed (``pip install 'govindex[report]'``), the template is wrong,
        or there are no words in the language.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import govindex as gi
    >>> method = gi.methodology("vn.service-766").cut()
    >>> result = method.compute(gi.datasets.load("vn.service-766.provinces-2026-10-10"))
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "report.md"
    >>> write(result, file, method=method, language="vi")
    >>> file.read_text(encoding="utf-8").splitlines()[2]
    '## I. Kết quả chung'
    """
    file = as_path(path)
    kind = file.suffix.lower()
    if kind not in _WRITERS:
        raise DataError(f"reports are not written to '{file.name}': {near_miss(kind, _WRITERS)}")
    settings = {
        "method": method,
        "before": before,
        "robustness": robustness,
        "data": data,
        "letterhead": letterhead,
        "language": language,
    }
    if isinstance(result, Content):
        given = [f"{name}=" for name, value in settings.items() if value is not None]
        if given:
            raise SettingError(
                f"a content is written as it is; give {', '.join(given)} to compose(…)"
            )
        content = result
    else:
        content = compose(result, **settings)  # type: ignore[arg-type]
    write_whole(file, lambda draft: _WRITERS[kind](content, draft, template), overwrite=overwrite)
