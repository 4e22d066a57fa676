"""Outlines: running numbers → a tree, with the code of every row.

A number of several parts (1.1.1) stands below the open row that has all but its last part: 1.1, or
I for 1.1. Any other (I, 1, a, –) follows the last of its series that is still open, or begins one
below the row above it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import attrs

from govindex.errors import Problem
from govindex.grid.numbering import Mark, NumberPart

__all__ = ["Numbered", "Outline", "OutlineRow", "outline"]

_SUCCESSOR, _FIRST, _GAP, _TWICE, _LATER, _ASTRAY = 5, 4, 3, 2, 1, 0


@attrs.frozen
class Numbered:
    """A row with a running number.

    Parameters
    ----------
    row : int
    cell : str
        The cell of the number, for messages.
    marks : tuple of Mark
        What the number may mean.
    typed : str
        How it was typed, if not as text: "a number", "a date".
    """

    row: int
    cell: str
    marks: tuple[Mark, ...]
    typed: str = ""


@attrs.define(eq=False)
class OutlineRow:
    """A row in the tree.

    Parameters
    ----------
    row : int
        0 for the root.
    cell : str
    mark : Mark, optional
    parent : OutlineRow, optional
    children : list of OutlineRow
    code : str
        Unique in the tree.
    """

    row: int = 0
    cell: str = ""
    mark: Mark | None = None
    parent: OutlineRow | None = None
    children: list[OutlineRow] = attrs.field(factory=list)
    code: str = ""

    @property
    def path(self) -> Iterator[OutlineRow]:
        """The row and those above it up to the root, the nearest first."""
        branch: OutlineRow | None = self
        while branch is not None:
            yield branch
            branch = branch.parent

    @property
    def mark_text(self) -> str:
        """The number as written, "" for the root."""
        return self.mark.text if self.mark is not None else ""

    @property
    def tier(self) -> int:
        """How many rows are above it, 0 for the root."""
        return sum(1 for _ in self.path) - 1

    def walk(self) -> Iterator[OutlineRow]:
        """Yield the row and all below it, each before its children."""
        yield self
        for child in self.children:
            yield from child.walk()


@attrs.frozen
class Outline:
    """The tree of numbered rows, what was chosen, and what is wrong.

    Parameters
    ----------
    root : OutlineRow
    remarks : tuple of Problem
        Choices among several meanings, and numbers out of their order.
    problems : tuple of Problem
        Rows without a certain parent.
    """

    root: OutlineRow
    remarks: tuple[Problem, ...]
    problems: tuple[Problem, ...]


@attrs.frozen
class _Fit:
    """A meaning of a number: how well it fits, and below which row."""

    quality: int
    parent: OutlineRow
    mark: Mark
    known: bool = False


def outline(rows: Sequence[Numbered]) -> Outline:
    """Return the tree of numbered rows.

    Examples
    --------
    >>> from govindex.grid.numbering import marks_of_text
    >>> texts = ["I", "1.1", "1.2", "a", "b", "II", "2.1"]
    >>> tree = outline([Numbered(n, f"A{n}", marks_of_text(t)) for n, t in enumerate(texts, 1)])
    >>> [(branch.code, branch.tier) for branch in tree.root.walk()][1:]
    [('I', 1), ('1.1', 2), ('1.2', 2), ('1.2.a', 3), ('1.2.b', 3), ('II', 1), ('2.1', 2)]
    """
    growing = _Growing()
    for row in rows:
        growing.add(row)
    _name(growing.root)
    return Outline(growing.root, tuple(growing.remarks), tuple(growing.problems))


class _Growing:
    """A tree to which rows are added in their order."""

    def __init__(self) -> None:
        self.root = OutlineRow()
        self.top = self.root
        self.nested: set[tuple[tuple[str, ...], tuple[str, ...]]] = set()
        self.last_of: dict[tuple[int, tuple[str, ...]], OutlineRow] = {}
        self.remarks: list[Problem] = []
        self.problems: list[Problem] = []

    def add(self, row: Numbered) -> None:
        """Add a row by the meaning that fits best."""
        fits = [self.fit(mark) for mark in row.marks]
        best = max(fits, key=lambda fit: (fit.quality, fit.known))
        texts = list(dict.fromkeys(fit.mark.text for fit in fits))
        good = {fit.mark.text for fit in fits if fit.quality >= _FIRST}
        if len(texts) > 1 and len(good) != 1:
            self.ask(row, texts)
        elif best.quality <= _GAP:
            self.complain(row, best)
        elif row.typed == "a date" or best.mark.text != texts[0]:
            self.typed(row, best.mark.text)
        branch = OutlineRow(row.row, row.cell, best.mark, best.parent)
        best.parent.children.append(branch)
        self.top = branch
        self.nested.add((_style(best.parent), best.mark.style))
        self.last_of[branch.tier, best.mark.style] = branch

    def typed(self, row: Numbered, text: str) -> None:
        """Note a number that was typed as something else, and how it is read."""
        typed = row.typed or "a text"
        code = f"number.typed_{typed.removeprefix('a ')}"
        self.remark(row, f"typed as {typed}, is read as {text}", code, known=text)

    def remark(self, row: Numbered, what: str, code: str, **values: str) -> None:
        self.remarks.append(Problem(what, code=code, row=row.row, cell=row.cell, values=values))

    def ask(self, row: Numbered, texts: list[str]) -> None:
        """Note a number with several meanings of which its neighbours leave more than one."""
        self.problems.append(
            Problem(
                f"the running number was typed as {row.typed or 'a text'} and may be "
                f"{' or '.join(texts)}: the rows above it do not decide",
                code="number.ambiguous",
                row=row.row,
                cell=row.cell,
                cure="type it as text",
            )
        )

    def complain(self, row: Numbered, fit: _Fit) -> None:
        """Note a number that is twice there, out of its order, or without the one above it."""
        text, parent = fit.mark.text, fit.parent
        twins = [c for c in parent.children if c.mark is not None and c.mark.text == text]
        if fit.quality == _TWICE and twins:
            cause = f"{text} is in row {twins[0].row} ({twins[0].cell}), too"
            code, cure = "number.twice", "give every criterion its own number"
        elif fit.quality == _ASTRAY:
            cause, code, cure = self.astray(fit)
        else:
            before = [c.mark.text for c in parent.children if c.mark is not None]
            follows = f"follows {before[-1]}" if before else "is the first of its series"
            self.remark(
                row,
                f"{text} {follows}: a number is missing or out of order",
                "number.gap" if before else "number.begins",
                node=text,
                known=before[-1] if before else "",
            )
            return
        self.problems.append(Problem(cause, code=code, row=row.row, cell=row.cell, cure=cure))

    def astray(self, fit: _Fit) -> tuple[str, str, str]:
        text = fit.mark.text
        above = ".".join(part.text for part in fit.mark.parts[:-1])
        ended = [
            b for b in self.root.walk() if b.mark and _agree(b.mark.parts, fit.mark.parts[:-1])
        ]
        below = self.top.mark.text if self.top.mark is not None else "the header"
        if ended:
            cause = f"{text} belongs to {ended[0].mark_text} (row {ended[0].row}), but comes after"
            return f"{cause} {below}", "number.parent", "move the row, or correct its number"
        cause = f"{text} comes after {below}, and there is no {above} above it"
        return cause, "number.level", "add the row that is missing, or correct the number"

    def fit(self, mark: Mark) -> _Fit:
        """Return how well a meaning fits the rows so far."""
        if len(mark.parts) > 1:
            return self.fit_of_path(mark)
        fits = [fit for branch in self.top.path if (fit := _among(branch, mark)) is not None]
        fits += self.continued(mark)
        if not any(
            branch.mark is not None and _same(branch.mark, mark) for branch in self.top.path
        ):
            first = _FIRST if mark.last.is_first() else _LATER
            known = (_style(self.top), mark.style) in self.nested
            fits.append(_Fit(first, self.top, mark, known))
        return max(fits, key=lambda fit: (fit.quality, fit.known), default=_Fit(0, self.top, mark))

    def continued(self, mark: Mark) -> Iterator[_Fit]:
        """Yield the fit of a series that goes on below the next branch: I 1, 2; II 3, 4."""
        for branch in self.top.path:
            last = self.last_of.get((branch.tier + 1, mark.style))
            if last is None or last.mark is None or mark.last.is_bullet:
                continue
            own = any(c.mark is not None and c.mark.style == mark.style for c in branch.children)
            if not own and mark.last.follows(last.mark.last):
                yield _Fit(_SUCCESSOR, branch, mark, known=True)

    def fit_of_path(self, mark: Mark) -> _Fit:
        """Return the fit of a number of several parts."""
        above = mark.parts[:-1]
        for branch in self.top.path:
            if branch.mark is not None and _agree(branch.mark.parts, above):
                return _among(branch, mark) or _Fit(_first(branch, mark), branch, mark)
        flat = all(_style(branch) == mark.style for branch in self.root.children)
        if flat:  # a list whose upper levels are not rows
            seen = {branch.mark.text for branch in self.root.children if branch.mark is not None}
            return _Fit(_TWICE if mark.text in seen else _FIRST, self.root, mark)
        # Next to those that look like it, so that it does not lead others astray.
        alike = (b for b in self.top.path if any(_style(c) == mark.style for c in b.children))
        return _Fit(_ASTRAY, next(alike, self.top), mark)


def _first(branch: OutlineRow, mark: Mark) -> int:
    """Return how well a number begins a series below a branch: siblings share a style."""
    alone = all(_style(child) == mark.style for child in branch.children)
    return _FIRST if alone and mark.last.is_first() else _GAP


def _style(branch: OutlineRow) -> tuple[str, ...]:
    return branch.mark.style if branch.mark is not None else ()


def _same(one: Mark, other: Mark) -> bool:
    return one.style == other.style


def _agree(parts: Sequence[NumberPart], above: Sequence[NumberPart]) -> bool:
    """Return whether numbers mean the same row: I and 1 do."""
    if len(parts) != len(above):
        return False
    return all(
        bool(set(one.values) & set(other.values)) for one, other in zip(parts, above, strict=True)
    )


def _among(branch: OutlineRow, mark: Mark) -> _Fit | None:
    """Return the fit of a number as the next child of a branch with such children."""
    siblings = [c.mark for c in branch.children if c.mark is not None and _same(c.mark, mark)]
    if not siblings:
        return None
    if mark.last.follows(siblings[-1].last):
        return _Fit(_SUCCESSOR, branch, mark, known=True)
    if any(sibling.text == mark.text for sibling in siblings):
        return _Fit(_TWICE, branch, mark, known=True)
    return _Fit(_GAP, branch, mark, known=True)


def _name(root: OutlineRow) -> None:
    """Give every row its code: its number, or the code above it and what counts it below.

    Bullets and small letters are always relative, other numbers if their series begins again below
    another branch.
    """
    levels: dict[tuple[int, tuple[str, ...]], list[str]] = {}
    for branch in root.walk():
        if branch.mark is not None:
            levels.setdefault((branch.tier, branch.mark.style), []).append(branch.mark.text)
    again = {level for level, texts in levels.items() if len(set(texts)) < len(texts)}
    for branch in root.walk():
        if branch.mark is None:
            continue
        above = branch.parent
        # Below "II.1" the number 1.1 would mislead, even if it is there once.
        moved = above is not None and above.mark is not None and above.code != above.mark.text
        relative = (branch.tier, branch.mark.style) in again or (
            moved and len(branch.mark.parts) > 1
        )
        branch.code = _code(branch, branch.mark, relative=relative)
    times = Counter(branch.code for branch in root.walk())
    taken = {code for code, count in times.items() if count > 1}
    for branch in root.walk():
        if branch.mark is not None and branch.code in taken:
            branch.code = _code(branch, branch.mark, relative=True)


def _code(branch: OutlineRow, mark: Mark, *, relative: bool) -> str:
    above = branch.parent.code if branch.parent is not None else ""
    if mark.last.is_bullet and branch.parent is not None:
        bullets = [
            c for c in branch.parent.children if c.mark is not None and c.mark.last.is_bullet
        ]
        return f"{above}-{bullets.index(branch) + 1}"
    small = len(mark.parts) == 1 and mark.last.style in "ai"
    return f"{above}.{mark.last.text}" if above and (relative or small) else mark.text
