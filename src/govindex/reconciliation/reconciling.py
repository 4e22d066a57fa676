"""Reconciling a published table: reading it, checking it, and computing it again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from govindex.checks import instance_of
from govindex.contracts import Float
from govindex.errors import DataError, listing
from govindex.methods import Methodology
from govindex.model.observations import Observations
from govindex.model.tree import Dimension, scored
from govindex.notation import Notation
from govindex.opaque import AnyMethodology
from govindex.reconciliation.columns import PublishedColumns
from govindex.reconciliation.order_checks import RankedScore, class_check, out_of_order, rank_check
from govindex.reconciliation.printed_tables import (
    PrintedTable,
    opened,
    printed_table,
    unit_column,
    without_checks,
)
from govindex.reconciliation.recomputed_checks import Recomputation, halves_of, recomputed
from govindex.reconciliation.reconciliations import Reconciliation
from govindex.reconciliation.suggestions import PublishedCell, Suggestion, suggestions
from govindex.reconciliation.sum_checks import formulas, number_check
from govindex.reconciliation.tried_rules import TableCheck

if TYPE_CHECKING:
    import narwhals as nw
    from narwhals.typing import IntoFrame

__all__ = ["reconcile"]

_NUMBERS = ("sum", "mean", "percent")


def reconcile(
    published: IntoFrame | Sequence[Mapping[str, object]] | PathLike[str] | str,
    columns: PublishedColumns | None = None,
    *,
    method: AnyMethodology | None = None,
    data: Observations | None = None,
    notation: Notation | None = None,
) -> Reconciliation:
    """Check a published table against its own parts, and against a recomputation.

    For every column that is made of others, many rules are tried: five ways of rounding, before and
    after adding, ranking by printed and by unrounded scores, five ways of sharing ranks. What no
    rule explains is a contradiction; which rules explain the whole table is said beside it.

    Parameters
    ----------
    published : data frame, list of dict, or path of a file
        A row for each unit, numbers as they are printed. A column has as many decimals as its
        finest cell.
    columns : PublishedColumns, optional
        What the columns are to each other. With `method` it may be left out: columns that are
        called like nodes are compared with them.
    method : methodology, optional
        The published table is compared with what it computes.
    data : Observations, optional
        What `method` scores; by default the columns of the published table that are called like its
        variables. Their printed decimals then widen the bounds.
    notation : Notation, optional
        How numbers are written, such as ``Notation(numbers="vi")`` for 86,94.

    Returns
    -------
    Reconciliation

    Raises
    ------
    SettingError
        If nothing is said about the table, or the method is something else.
    DataError
        With every column that does not exist and every cell that is not a number, or if no unit of
        the table is in the data.

    Examples
    --------
    >>> import govindex as gi
    >>> printed = [{"unit": "A", "x": 41.2, "y": 20.13, "total": 61.3},
    ...            {"unit": "B", "x": 38.5, "y": 16.02, "total": 56.5}]
    >>> found = gi.reconcile(printed, gi.PublishedColumns(sums={"total": ["x", "y"]}))
    >>> found.rows[["unit", "computed", "difference", "bound", "kind"]]
      unit  computed  difference  bound            kind
    0    A     61.33       -0.03  0.105          agrees
    1    B     54.52        1.98  0.105   contradiction
    """
    table = opened(published)
    if columns is not None:
        instance_of(columns, PublishedColumns, "columns")
    elif method is None:
        raise without_checks()
    said = columns or PublishedColumns()
    if method is not None:
        said = _with_nodes(said, method, table)
    printed = printed_table(table, said, notation)
    again = None
    if method is not None:
        again = _recomputed(printed, said, method, data, (table, notation))
    checks, found = [], []
    for formula in formulas(printed, said):
        check = number_check(formula)
        checks.append(check)
        found += [(check.name, suggestion) for suggestion in suggestions(formula, check)]
    checks += again.checks(printed) if again is not None else []
    ordered = list(_order_checks(printed, said, again, checks))
    for check in ordered:
        if check.quantity == "rank" and not said.partial:
            rows = out_of_order(check, printed.numbers[check.parts[0]], printed)
            cells = [PublishedCell(row, check.column, float(check.stated[row])) for row in rows]
            found += [(check.name, Suggestion("out_of_order", (cell,), ())) for cell in cells]
    checks += ordered
    if not checks:
        raise without_checks()
    return Reconciliation(printed, tuple(checks), tuple(found))


def _with_nodes(
    columns: PublishedColumns, method: Any, table: nw.DataFrame[Any]
) -> PublishedColumns:
    """Return the columns with those that are called like nodes, and the sums that nodes are."""
    framework = getattr(method, "framework", None)
    if framework is None:
        return columns
    names = dict(columns.nodes)
    for node in (framework, *framework.nodes):
        called = [name for name in _names_of(node) if name in table.columns]
        if called and node.code not in names.values():
            names.setdefault(called[0], node.code)
    variables = set(framework.variables)
    nodes = {name: code for name, code in names.items() if name not in variables}
    sums = dict(_sums_of(framework, names) if isinstance(method, Methodology) else ())
    known = columns.sums.keys() | columns.means.keys()
    added = {whole: parts for whole, parts in sums.items() if whole not in known}
    return attrs.evolve(columns, nodes=nodes, sums={**columns.sums, **added})


def _names_of(node: Any) -> list[str]:
    named = node.name.values() if isinstance(node.name, Mapping) else [node.name]
    return [node.code, *(name for name in named if name)]


def _sums_of(framework: Any, names: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the columns of nodes whose points are the sum of the points in other columns."""
    column_of = {code: name for name, code in names.items()}
    for node in framework.nodes:
        if not isinstance(node, Dimension) or node.code not in column_of:
            continue
        children = [child.code for child in scored(node.inside)]
        adds = framework.aggregator(node.code).sums_points and node.rule is None
        if adds and len(children) > 1 and all(code in column_of for code in children):
            yield column_of[node.code], tuple(column_of[code] for code in children)


def _recomputed(
    table: PrintedTable,
    columns: PublishedColumns,
    method: Any,
    data: Observations | None,
    source: tuple[nw.DataFrame[Any], Notation | None],
) -> Recomputation:
    nodes = columns.nodes
    if data is not None:
        return recomputed(method, data, table.units, nodes)
    data = _own_data(method, columns, *source)
    summed = {node for name, node in nodes.items() if name in (*columns.sums, *columns.means)}
    again = recomputed(method, data, table.units, nodes)
    return attrs.evolve(again, halves=halves_of(data), checked_already=frozenset(summed))


def _own_data(
    method: Any,
    columns: PublishedColumns,
    table: nw.DataFrame[Any],
    notation: Notation | None,
) -> Observations:
    """Return the columns of the published table that are called like variables."""
    framework = getattr(method, "framework", None)
    known = () if framework is None else framework.variables
    variables = [name for name in known if name in table.columns]
    if not variables:
        raise DataError(
            "the published table has none of the variables that the methodology scores: give "
            f"data=Observations. Variables: {listing(known)}"
        )
    league = columns.league[0] if len(columns.league) == 1 else None
    return Observations.from_frame(
        table.to_native(),
        unit=columns.unit or unit_column(table),
        league=league,
        variables=variables,
        notation=notation,
    )


def _order_checks(
    table: PrintedTable,
    columns: PublishedColumns,
    again: Recomputation | None,
    checks: list[TableCheck],
) -> Iterator[TableCheck]:
    def more(of: str) -> list[RankedScore]:
        node = columns.nodes.get(of)
        found = (
            [] if again is None or node is None else [RankedScore("recomputed", again.full(node))]
        )
        numbers = [c for c in checks if c.column == of and c.quantity in _NUMBERS]
        return found + [RankedScore("sum", _floats(check)) for check in numbers]

    for column, of in columns.ranks.items():
        yield rank_check(
            table, table.numbers[column], table.numbers[of], more(of), partial=columns.partial
        )
    for column, (of, bands) in columns.classes.items():
        yield class_check(column, table.classes[column], table.numbers[of], bands, more(of))


def _floats(check: TableCheck) -> Float:
    return np.array([np.nan if v is None else v for v in check.computed], dtype=np.float64)
