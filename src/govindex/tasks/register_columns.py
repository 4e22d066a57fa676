"""The columns of a table of tasks → tasks, with every problem by row and column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from numbers import Number
from typing import TYPE_CHECKING, Any

import attrs

from govindex.checks import instance_of, mapping_of, shown
from govindex.dates import DateFault, DateNotation, DateSpan, read_dates
from govindex.errors import DataError, Problem, Problems, SettingError, near_miss
from govindex.frames import YES_OR_NO, column_texts, open_table, require_columns
from govindex.frames.columns import cells_of, text_of
from govindex.names import as_code
from govindex.tasks.assignments import Task, repeated_codes, task_problems

if TYPE_CHECKING:
    import narwhals as nw

__all__ = ["FIELDS", "chosen_columns", "read_tasks", "table_of"]

# What a column is about, and the titles that offices give it.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "task": ("task", "task_id", "id", "code", "mã", "mã số", "mã nhiệm vụ"),
    "name": ("name", "title", "nhiệm vụ", "tên nhiệm vụ", "nội dung", "nội dung nhiệm vụ"),
    "agency": (
        *("agency", "unit", "cơ quan chủ trì", "đơn vị chủ trì", "cơ quan thực hiện"),
        *("đơn vị thực hiện", "cơ quan", "đơn vị"),
    ),
    "programme": ("programme", "program", "chương trình", "đề án"),
    "assigned": ("assigned", "ngày giao", "ngày giao nhiệm vụ"),
    "due": ("due", "deadline", "thời hạn", "hạn hoàn thành", "thời hạn hoàn thành"),
    "done": ("done", "completed", "ngày hoàn thành", "thời gian hoàn thành", "ngày thực hiện xong"),
    "regular": ("regular", "thường xuyên", "nhiệm vụ thường xuyên"),
    "cancelled": ("cancelled", "canceled", "ngày hủy", "ngày huỷ", "dừng thực hiện"),
    "postponed": ("postponed", "gia hạn", "gia hạn đến", "thời hạn mới"),
    "postponed_on": ("postponed_on", "ngày gia hạn", "ngày được gia hạn"),
}
_NEEDED = ("agency", "due", "done")
_FIRST = ("assigned", "cancelled", "postponed_on")  # of a period, the first day counts
_LAST = ("due", "done", "postponed")
_DATES = ("assigned", "due", "done", "cancelled", "postponed", "postponed_on")
_WORD = (str, Number)
_CURES = {
    "task": "give each task a code; without the column the numbers of rows are codes",
    "agency": "name the agency that answers for it",
}
# Words for dates: regular; done, but not when; cancelled, but not when.
_WORDS: Mapping[str, Mapping[str, bool]] = {
    "due": dict.fromkeys(("thường xuyên", "nhiệm vụ thường xuyên", "regular"), True),
    "done": {
        **YES_OR_NO,
        **dict.fromkeys(("x", "done", "completed", "đã hoàn thành", "hoàn thành"), True),
        **dict.fromkeys(("not done", "chưa", "chưa hoàn thành"), False),
    },
    "cancelled": {**YES_OR_NO, "x": True},
}


def table_of(frame: Any, what: str) -> nw.DataFrame[Any]:
    """Return a frame, or a sequence of mappings, as a table."""
    if isinstance(frame, Sequence) and not isinstance(frame, (str, bytes)):
        import pandas as pd

        for row in frame:
            mapping_of(row, f"a row of {what}")
        names = dict.fromkeys(name for row in frame for name in row)
        cells = {name: [row.get(name) for row in frame] for name in names}
        frame = pd.DataFrame(cells, dtype=object)
    return open_table(frame)


def chosen_columns(
    titles: Sequence[str],
    columns: Mapping[str, str | None] | None,
    fields: Mapping[str, tuple[str, ...]],
    needed: Iterable[str],
    problems: Problems,
) -> dict[str, str]:
    """Return the column of each field: the declared one, else the one with a known title."""
    declared = {} if columns is None else mapping_of(columns, "columns")
    for field, title in declared.items():
        if field not in fields:
            raise SettingError(f"columns: there is no '{field}': {near_miss(field, fields)}")
        if title is not None and not isinstance(title, str):
            raise SettingError(f"columns: '{field}' is a title or None, not {shown(title)}")
    chosen = {field: as_code(title) for field, title in declared.items() if title is not None}
    folded = {title: title.casefold() for title in titles if title not in chosen.values()}
    for field, known in fields.items():
        fitting = [title for title, text in folded.items() if text in known]
        if field in declared or not fitting:
            continue
        if len(fitting) > 1:
            problems.add(
                f"columns {' and '.join(repr(title) for title in fitting)} may both be '{field}'",
                code="column.ambiguous",
                cure=f"name one with columns={{'{field}': '…'}} (in the shell: --column {field}=…)",
            )
        chosen[field] = fitting[0]
    for field in needed:
        if field not in chosen:
            problems.add(
                f"there is no column '{field}': {near_miss(field, titles)}",
                code="column.unknown",
                cure=f"name it with columns={{'{field}': '…'}} (in the shell: --column {field}=…)",
            )
    return chosen


def read_tasks(
    frame: Any,
    columns: Mapping[str, str | None] | None,
    dates: DateNotation,
    *,
    all_regular: bool,
) -> tuple[tuple[Task, ...], tuple[str, ...]]:
    """Return the tasks of a table, and the columns that are not used."""
    table, problems = table_of(frame, "tasks"), Problems()
    instance_of(dates, DateNotation, "dates")
    chosen = chosen_columns(list(table.columns), columns, FIELDS, _NEEDED, problems)
    require_columns(table, chosen.values(), problems)
    if not len(table):
        problems.add("there are no tasks: the table has no rows", code="task.nothing")
    problems.raise_any(DataError, "The register cannot be read")
    reading = _TaskRows(table, chosen, dates, all_regular, problems)
    tasks, rows = reading.tasks()
    codes = repeated_codes(reading.codes(), range(1, len(table) + 1))
    problems.extend(_named_columns((*codes, *task_problems(tasks, rows)), chosen))
    problems.raise_any(DataError, "The register cannot be read")
    unused = tuple(title for title in table.columns if title not in chosen.values())
    return tuple(tasks), unused


def _named_columns(problems: Iterable[Problem], columns: Mapping[str, str]) -> Iterator[Problem]:
    """Yield problems with the titles of columns instead of fields."""
    for problem in problems:
        about = problem.to_dict()
        del about["text"]
        about["variable"] = columns.get(about["variable"], about["variable"])
        yield Problem(about.pop("cause"), **about)


def _cells_of(series: nw.Series[Any]) -> list[Any]:
    """Return the cells of a column; of dates with time and without a zone, the days."""
    import narwhals as nw

    kind = series.dtype
    if isinstance(kind, nw.Date) or (isinstance(kind, nw.Datetime) and kind.time_zone is None):
        moments = series.to_numpy()
        if moments.dtype.kind == "M":
            days: list[Any] = moments.astype("datetime64[D]").tolist()
            if {date, type(None)}.issuperset(map(type, days)):
                return days
    cells = cells_of(series)
    if not any(issubclass(kind, datetime) for kind in set(map(type, cells))):
        return cells
    return [
        cell.date() if isinstance(cell, datetime) and cell.tzinfo is None else cell
        for cell in cells
    ]


@attrs.frozen
class _TaskRows:
    """Reads the rows of a table, and notes the cells that it cannot read."""

    table: nw.DataFrame[Any]
    columns: Mapping[str, str]
    notation: DateNotation
    all_regular: bool
    problems: Problems
    _bad: set[int] = attrs.field(init=False, factory=set)
    _read: dict[str, list[Any]] = attrs.field(init=False, factory=dict)

    def tasks(self) -> tuple[list[Task], list[int]]:
        """Return the tasks that can be read, and their rows counted from 1."""
        texts = {name: self._texts(name) for name in ("task", "name", "agency", "programme")}
        flags = {name: self._flags(name, words) for name, words in _WORDS.items()}
        days = {name: self._days(name, flags.get(name, {})) for name in _DATES}
        regular = self._regular(days["due"], flags["due"])
        self._check_periods(days)
        first = {name: [None if s is None else s.first for s in days[name]] for name in _FIRST}
        last = {name: [None if s is None else s.last for s in days[name]] for name in _LAST}
        cancelled = flags["cancelled"]
        tasks, rows = [], []
        for row in (row for row in range(len(self.table)) if row not in self._bad):
            task = Task(
                str(texts["task"][row]),
                str(texts["agency"][row]),
                last["due"][row],
                last["done"][row],
                name=texts["name"][row],
                programme=texts["programme"][row],
                assigned=first["assigned"][row],
                regular=regular[row],
                cancelled=first["cancelled"][row] or cancelled.get(row, False),
                postponed=last["postponed"][row],
                postponed_on=first["postponed_on"][row],
            )
            tasks.append(task)
            rows.append(row + 1)
        return tasks, rows

    def codes(self) -> list[str | None]:
        """Return the codes of all rows, also of those that cannot be read."""
        if "task" not in self.columns:
            return [str(row + 1) for row in range(len(self.table))]
        return column_texts(self.table, self.columns["task"])

    def _note(
        self, row: int, field: str, code: str, cause: str, cure: str, found: str = ""
    ) -> None:
        self._bad.add(row)
        self.problems.add(
            cause,
            code=code,
            row=row + 1,
            variable=self.columns.get(field, field),
            noun="column",
            cure=cure,
            found=found,
        )

    def _texts(self, field: str) -> list[str | None]:
        if field not in self.columns and field != "task":
            return [None] * len(self.table)
        texts = self.codes() if field == "task" else column_texts(self.table, self.columns[field])
        if field in _CURES:
            for row in (row for row, text in enumerate(texts) if text is None):
                what = "code" if field == "task" else field
                self._note(row, field, f"task.no_{what}", f"the task has no {what}", _CURES[field])
        return texts

    def _cells(self, field: str) -> list[Any]:
        if field not in self._read:
            known = field in self.columns
            nothing = [None] * len(self.table)
            self._read[field] = _cells_of(self.table[self.columns[field]]) if known else nothing
        return self._read[field]

    def _flags(self, field: str, words: Mapping[str, bool]) -> dict[int, bool]:
        """Return the words of a column that are no dates, by row."""
        cells = self._cells(field)
        if {date, type(None)}.issuperset(map(type, cells)):
            return {}
        texts = {cell: text_of(cell) for cell in {c for c in cells if isinstance(c, _WORD)}}
        found = {
            cell: words[text.casefold()]
            for cell, text in texts.items()
            if text is not None and text.casefold() in words
        }
        return {
            row: found[cell]
            for row, cell in enumerate(cells if found else ())
            if isinstance(cell, _WORD) and cell in found
        }

    def _days(self, field: str, words: Mapping[int, bool]) -> list[DateSpan | None]:
        cells = self._cells(field)
        if words:
            cells = [None if row in words else cell for row, cell in enumerate(cells)]
        needed = field == "assigned" and field in self.columns
        days: list[DateSpan | None] = []
        for row, span in enumerate(read_dates(cells, self.notation)):
            if isinstance(span, DateFault):
                self._note(row, field, span.code, span.cause, span.cure, span.found)
                span = None
            elif span is None and needed:
                cure = (
                    "give the date; without the column every task counts from the start: "
                    "columns={'assigned': None} (in the shell: --ignore COLUMN)"
                )
                self._note(row, field, "task.no_assignment", "the task has no date of assignment",
                           cure)  # fmt: skip
            days.append(span)
        if field == "done":
            for row in (row for row, is_done in words.items() if is_done):
                text = text_of(self._cells(field)[row])
                self._note(row, field, "task.done_without_date",
                           f"'{text}' does not say when the task was done",
                           "give the date, which says whether it was done on time",
                           f"'{text}'")  # fmt: skip
        return days

    def _regular(self, due: Sequence[DateSpan | None], words: Mapping[int, bool]) -> list[bool]:
        """Return which tasks are regular: a column, a word for the due date, or all without one."""
        flags = [row in words for row in range(len(due))]
        if self.all_regular:
            unread = self._bad
            flags = [f or (d is None and row not in unread)
                     for row, (f, d) in enumerate(zip(flags, due, strict=True))]  # fmt: skip
        texts = (text_of(cell) for cell in self._cells("regular"))
        for row, text in enumerate(texts):
            if text is None:
                continue
            if text.casefold() not in YES_OR_NO and text.casefold() != "x":
                cause = f"'{text}' does not say whether the task is regular"
                self._note(row, "regular", "task.regular_word", cause,
                           "write yes or no (có or không)", f"'{text}'")  # fmt: skip
            flags[row] = flags[row] or YES_OR_NO.get(text.casefold(), True)
        return flags

    def _check_periods(self, days: Mapping[str, Sequence[DateSpan | None]]) -> None:
        """Refuse periods in which a task was done, if they do not say whether that was late."""
        columns = (days[name] for name in ("done", "due", "postponed"))
        for row, (done, *dues) in enumerate(zip(*columns, strict=True)):
            for due in (due for due in dues if due is not None and done is not None):
                if done is not None and done.first <= due.last < done.last:
                    found = f"between {done.first} and {done.last}"
                    cause = f"the task was done {found}, and the due date lies between them"
                    self._note(row, "done", "task.done_period", cause,
                               "give the day on which it was done", found)  # fmt: skip
