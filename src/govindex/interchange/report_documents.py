"""Reports of preparation steps in documents: their text by language, and their table."""

from __future__ import annotations

from typing import Any

from govindex.contracts import Report
from govindex.interchange.frame_documents import FRAME, frame_document, read_frame
from govindex.interchange.shapes import Fields, Listed, TableOf, Text
from govindex.language import languages
from govindex.prepare.reports import WrittenReport, report_text

__all__ = ["REPORTS", "read_report", "report_document"]

REPORTS = Listed(Fields({"step": Text(), "text": TableOf(Text()), "table": FRAME}))


def report_document(report: Report) -> dict[str, Any]:
    """Return the step, what it did in each language, and the table of its changes."""
    texts = {language: report_text(report, language) for language in languages()}
    step = report.step if isinstance(report, WrittenReport) else repr(report.step)
    return {"step": step, "text": texts, "table": frame_document(report.frame)}


def read_report(document: dict[str, Any]) -> WrittenReport:
    """Return the report of a document."""
    return WrittenReport(document["step"], document["text"], read_frame(document["table"]))
