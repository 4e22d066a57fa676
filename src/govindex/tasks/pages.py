"""What a notebook and a terminal show of registers, statuses and targets."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from govindex.display import Facts, ShownPage, Table
from govindex.display.frames import frame_table
from govindex.language import number_text, words

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["date_text", "register_page", "statuses_page", "targets_page"]

_COUNTS = ("total", "done_on_time", "done_late", "in_term", "overdue", "regular", "cancelled")
_PERCENT = ("done_of_total", "done_of_due", "on_time_of_due")
# The most telling columns first: a narrow terminal leaves the last ones out.
_SHOWN = (*_COUNTS[:5], "done_of_total", "done_of_due", *_COUNTS[5:], "on_time_of_due")


def date_text(day: date | None, language: str | None = None) -> str:
    """Return a date as a language writes it, "" without one.

    Examples
    --------
    >>> date_text(date(2025, 9, 3)), date_text(date(2025, 9, 3), "vi")
    ('2025-09-03', '03/09/2025')
    """
    return "" if day is None or day != day else day.strftime(words("task.date", language))


def register_page(register: Any, language: str | None = None) -> ShownPage:
    """Return how many tasks there are, of whom and from when to when."""
    tasks = register.tasks
    assigned = min((task.assigned for task in tasks if task.assigned), default=None)
    last = max((task.postponed or task.due for task in tasks if task.due), default=None)
    facts = [
        ("tasks", number_text(len(tasks), language)),
        ("agencies", number_text(len(register.agencies), language)),
        ("programmes", number_text(len(register.programmes), language)),
        ("regular", number_text(sum(task.regular for task in tasks), language)),
        ("assigned", date_text(assigned, language)),
        ("due", date_text(last, language)),
        ("unused", ", ".join(register.unused)),
    ]
    known = [(key, text) for key, text in facts if text not in ("", "0")]
    pairs = tuple((words(f"task.fact.{key}", language), text) for key, text in known)
    return ShownPage(words("task.register", language), (Facts(pairs),))


def statuses_page(
    statuses: Any, language: str | None = None, *, by: tuple[str, ...] = ("agency",)
) -> ShownPage:
    """Return the counts by group with their sum, and the tasks that are overdue."""
    title = words("task.title", language, date=date_text(statuses.day, language))
    counts = counts_table(statuses, by, language)
    shares = words("task.shares", language)
    blocks: list[str | Table] = [_sentence(statuses, language), counts, shares]
    overdue = statuses.overdue()
    if len(overdue):
        blocks.append(overdue_table(overdue, language))
    if (later := int((statuses.table()["status"] == "not yet assigned").sum())) > 0:
        count = number_text(later, language)
        blocks.append(words("task.later", language, count=count))
    return ShownPage(title, tuple(blocks))


def _sentence(statuses: Any, language: str | None) -> str:
    whole = statuses.counts(()).iloc[0]
    counts = {name: number_text(float(whole[name]), language) for name in _COUNTS}
    counts["done"] = number_text(float(whole["counted_done"]), language)
    counts["counted"] = number_text(float(whole["counted"]), language)
    parts = [words("task.sentence", language, **counts)]
    if whole["regular"]:
        parts.append(words(f"task.mode.{statuses.regular}", language, regular=counts["regular"]))
    return " ".join(parts)


def counts_table(statuses: Any, by: tuple[str, ...], language: str | None = None) -> Table:
    """Return counts and percentages by group, with a last row for all."""
    import pandas as pd

    both = statuses.counts(()).reset_index(drop=True)
    if by:
        labels = {key: [""] for key in by} | {by[0]: [words("task.all", language)]}
        whole = pd.concat([pd.DataFrame(labels), both], axis=1)
        both = pd.concat([statuses.counts(by).reset_index(), whole], ignore_index=True)
    shown = both.assign(**{name: both[name] * 100 for name in _PERCENT})
    kept = [name for name in _SHOWN if name not in _COUNTS[5:] or both[name].any()]
    titles = {name: words(f"task.column.{name}", language) for name in (*by, *kept)}
    decimals = dict.fromkeys(_PERCENT, 1)
    return frame_table(shown, titles, decimals=decimals, language=language)


def overdue_table(overdue: pd.DataFrame, language: str | None = None) -> Table:
    """Return the tasks that are overdue, with dates as the language writes them."""
    names = ["task", "name", "agency", "programme", "due", "days_late"]
    frame = overdue.reset_index()
    frame["due"] = [date_text(day, language) for day in frame["due"]]
    kept = [name for name in names if not frame[name].isna().all()]
    titles = {name: words(f"task.column.{name}", language) for name in kept}
    caption = words("task.overdue", language, count=number_text(len(frame), language))
    return frame_table(frame, titles, caption=caption, language=language)


def _target_label(target: Any) -> str:
    name = target.name or target.code
    return f"{name} ({target.measure_unit})" if target.measure_unit else str(name)


def targets_page(targets: Any, language: str | None = None) -> ShownPage:
    """Return what was achieved of each target, and what is projected."""
    frame = targets.table().reset_index()
    frame["name"] = [_target_label(target) for target in targets.targets]
    for column in ("ratio", "attained"):
        frame[column] = frame[column] * 100
    for column in ("due", "reached_on"):
        frame[column] = [date_text(day, language) for day in frame[column]]
    names = ["name", "agency", "target", "achieved", "gap", "ratio", "attained", "due",
             "projected", "projected_gap", "reached_on"]  # fmt: skip
    same = frame["ratio"].equals(frame["attained"])
    kept = [
        name
        for name in names
        if not (name == "attained" and same) and not frame[name].isin(["", None]).all()
        and not frame[name].isna().all()
    ]  # fmt: skip
    titles = {name: words(f"task.target_column.{name}", language) for name in kept}
    decimals = {"ratio": 1, "attained": 1, "projected": 2, "projected_gap": 2}
    table = frame_table(
        frame, titles, decimals=decimals, signed=("gap", "projected_gap"), language=language
    )
    known = frame["met"].notna()
    counts = {
        "met": number_text(int(frame["met"].fillna(False).sum()), language),
        "known": number_text(int(known.sum()), language),
        "unknown": number_text(int((~known).sum()), language),
    }
    blocks: list[str | Table] = [words("task.met", language, **counts), table]
    blocks.append(words("task.ratios", language))
    if "attained" in kept:
        blocks.append(words("task.way", language))
    if "projected" in kept:
        blocks.append(words("task.linear", language))
    return ShownPage(words("task.targets", language), tuple(blocks))
