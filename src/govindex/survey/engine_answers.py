"""Questions in an engine: which cells hold which answers, as expressions."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal

import attrs

from govindex.contracts import Float
from govindex.engines import RecordTable, first_rows, grouped_sums
from govindex.errors import Problems, near_miss
from govindex.survey.columns import text_of_cell, without_decimals
from govindex.survey.scales import AnswerScale, answer_codes

if TYPE_CHECKING:
    import narwhals as nw

__all__ = ["AnswerColumn", "answer_columns", "as_flag", "first_where", "note_unlisted_answers"]

_MOST_ANSWERS = 20  # answers that scales do not have, and that are named


def as_flag(condition: nw.Expr) -> nw.Expr:
    """Return 1 where a condition holds, 0 where it does not or is null."""
    import narwhals as nw

    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0))


@attrs.frozen(eq=False)
class AnswerColumn:
    """The column of a question, by the type that the engine gives it.

    Parameters
    ----------
    name : str
    kind : {"whole", "number", "flag", "text"}
    scale : AnswerScale
    """

    name: str
    kind: Literal["whole", "number", "flag", "text"]
    scale: AnswerScale

    @property
    def cells(self) -> nw.Expr:
        """The cells as whole numbers, numbers, flags or stripped texts."""
        import narwhals as nw

        column = nw.col(self.name)
        if self.kind == "whole":
            return column.cast(nw.Int64)
        if self.kind == "number":
            return column.cast(nw.Float64)
        return column if self.kind == "flag" else column.cast(nw.String).str.strip_chars()

    def holds(self, answers: Iterable[str]) -> nw.Expr:
        """Return where one of these answers stands."""
        import narwhals as nw

        wanted = [cell for answer in answers for cell in self._as_cells(answer)]
        if not wanted:
            return nw.col(self.name).is_null() & ~nw.col(self.name).is_null()
        return self.cells.is_in(wanted)

    def _as_cells(self, answer: str) -> list[Any]:
        if self.kind == "text":
            cells = [unicodedata.normalize(form, answer) for form in ("NFC", "NFD")]
            written = f"{answer}.0"  # as programs write whole numbers beside blank cells
            other = without_decimals(written) == written or written in answer_codes(self.scale)
            return cells if other else [*cells, written]
        if self.kind == "flag":
            return [value for value in (True, False) if str(value) == answer]
        try:
            number = float(answer)
        except ValueError:
            return []
        if text_of_cell(number) != answer or (self.kind == "whole" and not number.is_integer()):
            return []
        return [int(number) if self.kind == "whole" else number]

    def is_blank(self) -> nw.Expr:
        """Return where nothing stands, or what the scale takes for nothing."""
        import narwhals as nw

        column = nw.col(self.name)
        blank = column.is_null() | self.holds(["", *self.scale.blank])
        return blank | column.is_nan() if self.kind == "number" else blank

    def is_unlisted(self) -> nw.Expr:
        """Return where an answer stands that the scale does not have."""
        return ~self.holds(answer_codes(self.scale)) & ~self.is_blank()

    def is_valid(self) -> nw.Expr:
        """Return where one of the options stands."""
        return self.holds(self.scale.options)

    def kinds(self) -> dict[str, nw.Expr]:
        """Return where a cell is valid, unknown, blank, not asked, or no answer of the scale."""
        return {
            "valid": self.is_valid(),
            "unknown": self.holds(self.scale.unknown),
            "blank": self.is_blank(),
            "not_asked": self.holds(self.scale.not_asked),
            "unlisted": self.is_unlisted(),
        }

    def points(self, values: Float) -> nw.Expr:
        """Return the value of each answer, given those of the options; 0 without a valid one."""
        import narwhals as nw

        options: dict[float, list[str]] = {}
        for option, value in zip(self.scale.options, values.tolist(), strict=True):
            options.setdefault(value, []).append(option)
        found = nw.lit(0.0)
        for value, same in options.items():
            if value:
                found = nw.when(self.holds(same)).then(nw.lit(value)).otherwise(found)
        return found


def answer_columns(
    table: RecordTable, scales: Mapping[str, AnswerScale], problems: Problems
) -> dict[str, AnswerColumn]:
    """Return the columns of questions; note those that do not exist or cannot hold answers."""
    import narwhals as nw

    found: dict[str, AnswerColumn] = {}
    if not table.require(scales, problems):
        return found
    for name, scale in scales.items():
        kind = table.schema[name]
        if kind.is_temporal() or kind.is_nested():
            problems.add(
                f"column '{name}' holds {kind}, not answers", code="survey.answer", variable=name
            )
        elif kind.is_numeric():
            whole = kind.is_integer()
            found[name] = AnswerColumn(name, "whole" if whole else "number", scale)
        else:
            flags = isinstance(kind, nw.Boolean)
            found[name] = AnswerColumn(name, "flag" if flags else "text", scale)
    return found


def first_where(table: RecordTable, condition: nw.Expr, columns: Iterable[str]) -> str:
    """Return the first rows that a condition marks, by the columns that say whose they are."""
    rows = first_rows(table, condition, list(columns))
    shown = "; ".join(
        ", ".join(
            f"{name} is blank" if cell is None else f"{name} '{text_of_cell(cell)}'"
            for name, cell in row.items()
        )
        for row in rows
    )
    return f"first where {shown}" if shown else ""


def note_unlisted_answers(
    table: RecordTable, columns: Iterable[AnswerColumn], keys: Iterable[str], problems: Problems
) -> None:
    """Note every answer that a scale does not have, with its number of rows and the first ones."""
    import narwhals as nw

    for column in columns:
        unlisted = column.is_unlisted()
        counts = grouped_sums(table, {"answer": column.cells}, {}, where=unlisted)
        counts = counts.sort_values("rows", ascending=False, kind="stable")[:_MOST_ANSWERS]
        for answer, rows in zip(counts["answer"], counts["rows"], strict=True):
            text = text_of_cell(answer)
            here = first_where(table, unlisted & (column.cells == nw.lit(answer)), keys)
            problems.add(
                f"'{text}' is not an answer of the scale ({rows:,} row{'s' * (rows != 1)}"
                f"{', ' * bool(here)}{here}): {near_miss(text, column.scale.options)}",
                code="survey.answer",
                variable=column.name,
                cure="correct it, or name it in AnswerScale(options=…, unknown=…, not_asked=…)",
                found=f"'{text}'",
            )
