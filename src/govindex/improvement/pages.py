"""What a notebook and a terminal show of an improvement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from govindex.display import ShownCell, ShownColumn, ShownPage, Table
from govindex.language import number_text, words

if TYPE_CHECKING:
    from govindex.improvement.improvements import Improvement

__all__ = ["improvement_page"]


def improvement_page(found: Improvement, language: str | None) -> ShownPage:
    return ShownPage(str(found.name), ())


_ = (ShownCell, ShownColumn, Table, number_text, words)
