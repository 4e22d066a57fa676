"""What a notebook shows of frameworks and observations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import attrs
import numpy as np

from govindex.contracts import Bool, CellStatus, Status
from govindex.display import Facts, GapMap, ShownCell, ShownColumn, ShownPage, Table, TreeNode
from govindex.display.part_texts import part_text
from govindex.language import number_text, words
from govindex.model.tree import Dimension, Indicator, View, walk
from govindex.model.units import Units

__all__ = ["CellMarks", "framework_page", "observations_page", "tree_of"]

_LONGEST = 70  # letters of a part beside a node
_OPEN = 30  # leaves of a tree that is shown opened
_ROWS, _COLUMNS, _LISTED = 60, 100, 12  # of a map of gaps, and of the variables with gaps


def framework_page(
    root: Dimension, views: Sequence[View], language: str | None = None
) -> ShownPage:
    """Return the tree of a framework with weights, rules and sources."""
    leaves = len(_leaves(root))
    dimensions = len(list(walk(root))) - leaves - 1
    counts = words("display.framework", language, indicators=leaves, dimensions=dimensions)
    return ShownPage(root.label(language), (counts, tree_of(root, views, language)))


def _leaves(root: Dimension) -> list[Indicator]:
    return [node for node in walk(root) if isinstance(node, Indicator)]


def tree_of(root: Dimension, views: Sequence[View], language: str | None = None) -> TreeNode:
    """Return the tree that opens and closes, views below the root's children."""
    is_open = len(_leaves(root)) <= _OPEN
    branch = _branch(root, None, language, is_open=is_open)
    shown = tuple(_view(view, language) for view in views)
    return TreeNode(branch.label, branch.beside, (*branch.children, *shown), is_open=True)


def _branch(
    node: Indicator | Dimension, share: float | None, language: str | None, *, is_open: bool
) -> TreeNode:
    label = node.label(language)
    beside = [] if label == node.code else [node.code]
    beside += _weight(node, share, language)
    if isinstance(node, Indicator):
        beside += [] if node.rule is None else [_short(part_text(node.rule))]
        beside += _measure(node, language)
    elif node.aggregate is not None:
        beside.append(_short(part_text(node.aggregate)))
    beside += [_short(text) for text in (node.data_source, node.reference) if text]
    if node.confidence:
        beside.append(words("display.confidence", language, confidence=node.confidence))
    children: tuple[TreeNode, ...] = ()
    if isinstance(node, Dimension):
        shares = _shares(node)
        children = tuple(
            _branch(child, shares.get(child.code), language, is_open=is_open)
            for child in node.children
        )
    return TreeNode(label, tuple(beside), children, is_open=is_open)


def _shares(dimension: Dimension) -> Mapping[str, float]:
    weights = {child.code: child.weight for child in dimension.inside}
    numbers = {code: float(w) for code, w in weights.items() if isinstance(w, (int, float))}
    total = sum(sorted(numbers.values()))
    complete = len(numbers) == len(weights) and total > 0
    return {code: weight / total for code, weight in numbers.items()} if complete else {}


def _weight(
    node: Indicator | Dimension, share: float | None, language: str | None
) -> Iterable[str]:
    if node.weight is None:
        return
    number = isinstance(node.weight, (int, float))
    weight = number_text(float(node.weight), language) if number else str(node.weight)
    if node.outside_maximum:
        yield words("display.bonus", language, weight=weight)
    elif share is None:
        yield words("display.weight", language, weight=weight)
    else:
        percent = number_text(round(100 * share, 1), language)
        yield words("display.weight_share", language, weight=weight, percent=percent)


def _measure(leaf: Indicator, language: str | None) -> Iterable[str]:
    if leaf.direction == "lower":
        yield words("display.lower", language)
    variables = ", ".join(leaf.measure.variables)
    if variables != leaf.code:
        yield words("display.variables", language, variables=_short(variables))
    if leaf.measure_unit:
        yield leaf.measure_unit


def _view(view: View, language: str | None) -> TreeNode:
    label = view.label(language)
    beside = (
        (view.code, words("display.view", language))
        if label != view.code
        else (words("display.view", language),)
    )
    return TreeNode(label, (*beside, _short(", ".join(view.of))) if view.of else beside)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


@attrs.frozen(eq=False)
class CellMarks:
    """The statuses of cells, shape (units, variables), and whether each was treated."""

    units: Units
    variables: tuple[str, ...]
    status: Status
    treated: Bool

    @property
    def marked(self) -> Bool:
        """Whether a cell is not as reported."""
        marked: Bool = (self.status != CellStatus.REPORTED) | self.treated
        return marked


def observations_page(
    cells: CellMarks, settings: Mapping[str, object], language: str | None = None
) -> ShownPage:
    """Return the counts of cells by status, and a map of the gaps.

    Parameters
    ----------
    cells : CellMarks
    settings : mapping
        The period and the stage, None without one.
    language : str, optional
    """
    units, variables = len(cells.units), len(cells.variables)
    title = words("display.observations", language, units=units, variables=variables)
    counts = {kind: int((cells.status == kind).sum()) for kind in CellStatus}
    pairs = [
        (words(f"status.{kind.name.lower()}", language), number_text(count, language))
        for kind, count in counts.items()
        if count or kind is CellStatus.REPORTED
    ]
    if cells.treated.any():
        treated = int(cells.treated.sum())
        pairs.append((words("status.treated", language), number_text(treated, language)))
    for name, text in settings.items():
        if text:
            pairs.append((words(f"heading.{name}", language), str(text)))
    return ShownPage(title, (Facts(tuple(pairs)), *_gaps(cells, language)))


def _gaps(data: CellMarks, language: str | None) -> tuple[GapMap | Table, ...]:
    marked = data.marked
    if not marked.any():
        return ()
    rows, columns = range(min(marked.shape[0], _ROWS)), range(min(marked.shape[1], _COLUMNS))
    marks = tuple(tuple(_mark(data, row, column) for column in columns) for row in rows)
    names = dict.fromkeys(mark for line in marks for mark in line if mark)
    note = ""
    if len(rows) < marked.shape[0] or len(columns) < marked.shape[1]:
        note = words(
            "display.map_part",
            language,
            rows=len(rows),
            units=marked.shape[0],
            columns=len(columns),
            variables=marked.shape[1],
        )
    labels = data.units.labels(language)
    return (
        GapMap(
            tuple(labels[row] for row in rows),
            tuple(data.variables[column] for column in columns),
            marks,
            tuple((name, words(f"status.{name}", language)) for name in names),
            note,
        ),
        _variables(data, language),
    )


def _mark(data: CellMarks, row: int, column: int) -> str:
    status = CellStatus(int(data.status[row, column]))
    if status is CellStatus.REPORTED:
        return "treated" if data.treated[row, column] else ""
    return status.name.lower()


def _variables(data: CellMarks, language: str | None) -> Table:
    """Return the variables with the most cells that are not as reported."""
    kinds = [kind for kind in CellStatus if kind and (data.status == kind).any()]
    counts = data.marked.sum(axis=0)
    order = [int(c) for c in np.argsort(-counts, kind="stable") if counts[c]]
    columns = [ShownColumn(words("heading.variable", language))]
    columns += [ShownColumn(words(f"status.{kind.name.lower()}", language), True) for kind in kinds]
    rows = tuple(
        (
            ShownCell(data.variables[column]),
            *(_count(int((data.status[:, column] == kind).sum()), language) for kind in kinds),
        )
        for column in order
    )
    more = words("display.more", language, count=len(rows) - _LISTED) if rows[_LISTED:] else ""
    return Table(tuple(columns), rows, more=more, shown=_LISTED)


def _count(count: int, language: str | None) -> ShownCell:
    return ShownCell(number_text(count, language) if count else "")
