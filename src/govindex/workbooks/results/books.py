"""Workbooks that are written in memory: names of sheets, formats, the file."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from govindex.extras import needed
from govindex.workbooks.results.cells import Kind

__all__ = ["Book"]

_NAME = 31  # letters of a sheet's name
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_FONT = "Times New Roman"
_PLAIN = {"name": _FONT, "size": 10}


class Book:
    """A workbook that is written in memory, in one language.

    Parameters
    ----------
    name : str
        The file's name, for messages.
    decimals : int
        How many decimals scores show.
    language : str or None
        Of the footer.
    """

    def __init__(self, name: str, decimals: int, language: str | None) -> None:
        xlsxwriter = needed("xlsxwriter", extra="excel", what="a workbook")
        self.name = name
        self.decimals = decimals
        self.language = language
        self._memory = io.BytesIO()
        default = {"font_name": _FONT, "font_size": 11}  # decides how wide a letter is
        settings = {"in_memory": True, "default_format_properties": default}
        self._book = xlsxwriter.Workbook(self._memory, settings)
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        fraction = f".{'0' * decimals}" if decimals else ""
        score = f"#,##0{fraction}"
        self._numbers: Mapping[str, str] = {
            "text": "@",
            "number": "#,##0",
            "score": score,
            "rank": "0",
            "signed": "+0;-0;0",
            "signed_score": f"+{score};-{score};{score}",
            "plain": "General",
        }

    def sheet(self, name: str) -> Any:
        """Add a sheet; its name is cut and made unique."""
        return self._book.add_worksheet(self._sheet_name(name))

    def _sheet_name(self, name: str) -> str:
        taken = {sheet.get_name().casefold() for sheet in self._book.worksheets()}
        plain = _FORBIDDEN.sub(" ", name).strip("' ") or "-"
        unique, number = plain[:_NAME].strip("' "), 1
        while unique.casefold() in taken:
            number += 1
            unique = f"{plain[: _NAME - len(str(number)) - 3].strip()} ({number})"
        return unique

    def format(self, **settings: Any) -> Any:
        """Return a format, made once for all its cells."""
        settings = {"font_name": _FONT, "font_size": 11, "valign": "vcenter", **settings}
        key = tuple(sorted(settings.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format(settings)
        return self._formats[key]

    def number_format(self, kind: Kind, number: float, suffix: str = "") -> str:
        """Return the number format of a cell, with letters after the number."""
        plain = self._numbers[kind]
        if kind in ("rank", "signed") and number % 1.0:  # the mean of ranks that units share
            plain = plain.replace("0", "0.0")
        if not suffix:
            return plain
        letters = suffix.replace('"', "")
        return f'{"0" if plain in ("@", "General") else plain}" {letters}"'

    def bar_chart(self, title: str, names: Sequence[Any], values: Sequence[Any]) -> Any:
        """Return a chart of bars, the first row of the cells on top."""
        chart = self._book.add_chart({"type": "bar"})
        label = {"value": True, "num_format": self._numbers["score"], "font": _PLAIN}
        bars = {"fill": {"color": "#2F6F9F"}, "gap": 50, "data_labels": label}
        chart.add_series({"categories": list(names), "values": list(values), **bars})
        chart.set_title({"name": title, "name_font": {**_PLAIN, "size": 12, "bold": True}})
        chart.set_legend({"none": True})
        chart.set_y_axis({"reverse": True, "num_font": _PLAIN})
        chart.set_x_axis({"min": 0, "num_font": _PLAIN, "major_gridlines": {"visible": False}})
        return chart

    def properties(self, **texts: str) -> None:
        """Set the title and the comments of the file."""
        self._book.set_properties(texts)

    def write(self, draft: Path) -> None:
        """Write the file."""
        self._book.close()
        draft.write_bytes(self._memory.getbuffer())
