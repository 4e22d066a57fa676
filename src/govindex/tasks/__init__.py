"""Registers of tasks and targets → statuses, counts, overdue lists, and indicators of an index.

A :class:`TaskRegister` is read from a table with one row per task; :meth:`TaskRegister.at` gives
the status of every task at a date. :func:`check_counts` checks that published counts add up.
:class:`Targets` compares what was achieved with what was to be achieved, and
:func:`task_framework` is a small framework that ranks agencies by both.
"""

from govindex.dates import DateNotation
from govindex.namespaces import define_namespace
from govindex.tasks.assignments import Task
from govindex.tasks.count_tables import check_counts
from govindex.tasks.indices import task_framework
from govindex.tasks.registers import TaskRegister
from govindex.tasks.statuses import TaskStatuses
from govindex.tasks.targets import Target, Targets

__all__ = [
    "DateNotation",
    "Target",
    "Targets",
    "Task",
    "TaskRegister",
    "TaskStatuses",
    "check_counts",
    "task_framework",
]

define_namespace(__name__)
