"""Tables of records (dossiers, events) → counts by unit and period, computed where the records lie.

:func:`count` takes the table of any engine, or the path of Parquet or CSV files, and named
variables: :class:`Count`, :class:`Sum`, :class:`Distinct` and :class:`Elapsed`, each of the records
that a condition of :func:`where` picks. Only counts come back: :class:`Counts`, which become the
data of an index by :meth:`Counts.observations`. :class:`Columns` says what the columns of the table
are, and makes made-up records; :func:`load_count_definition` reads both from a TOML file.
"""

from govindex.namespaces import define_namespace
from govindex.records.columns import Column, Columns
from govindex.records.conditions import STATE_DAY, Condition, time_between, where
from govindex.records.counting import count
from govindex.records.counts import Counts
from govindex.records.documents import CountDefinition, load_count_definition
from govindex.records.made_up import made_up_records
from govindex.records.spans import AtDates
from govindex.records.variables import Count, Distinct, Elapsed, Sum

__all__ = [
    "STATE_DAY",
    "AtDates",
    "Column",
    "Columns",
    "Condition",
    "Count",
    "CountDefinition",
    "Counts",
    "Distinct",
    "Elapsed",
    "Sum",
    "count",
    "load_count_definition",
    "made_up_records",
    "time_between",
    "where",
]

define_namespace(__name__)
