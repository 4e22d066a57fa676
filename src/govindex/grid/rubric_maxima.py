"""Maxima of a rubric: at every leaf, checked at every branch and in every row of totals."""

from __future__ import annotations

import math
from collections.abc import Mapping

from govindex.errors import Problem
from govindex.grid.outlines import OutlineRow
from govindex.grid.roles import plain_letters
from govindex.grid.rubric_records import RowPoints, RubricRow, RubricRows

__all__ = ["bonus_branches", "check_maxima", "fold_options", "points_below"]

_BONUS = ("diem thuong", "diem cong", "bonus", "diem tru", "penalty", "deduction", "diem phat")


def fold_options(read: RubricRows) -> None:
    """Turn rows that only say how a criterion is scored into its guidance.

    These are the rows below a criterion with a maximum that have no points themselves, if they are
    bullets or letters; and those with points of which the largest is that maximum, while their sum
    is not or one of them has 0.
    """
    for branch in reversed(list(read.root.walk())):
        row = read.rows.get(branch)
        if row is None:
            continue
        _fold_unnumbered(read, row)
        children = [read.rows[child] for child in branch.children]
        if children and _are_options(row, children):
            row.guidance += [_option(child) for child in children]
            for child in children:
                row.notes += child.notes
                del read.rows[child.branch]
            branch.children.clear()
            read.remarks.append(
                Problem(
                    f"row {children[0].row} to row {children[-1].row} are read as the guidance of "
                    f"{branch.code}",
                    code="row.guidance",
                    row=children[0].row,
                    values={
                        "first": str(children[0].row),
                        "last": str(children[-1].row),
                        "node": branch.code,
                    },
                )
            )


def _fold_unnumbered(read: RubricRows, row: RubricRow) -> None:
    """Fold the lines of a merged row that have points beside its maximum."""
    if not row.options:
        return
    whole = row.points.whole
    cells = [cell for _, points in row.options for cell in points.cells]
    if whole is None or any((points.whole or 0.0) > whole for _, points in row.options):
        read.problems.append(
            Problem(
                f"{row.branch.code} has points in several cells ({', '.join(cells)}) that are not "
                "shares of one maximum",
                code="maximum.several",
                row=row.row,
                cell=row.points.cells[0] if row.points.cells else cells[0],
                cure="write one maximum in the row of the number",
            )
        )
        return
    row.guidance += [f"{text}: {points.whole:g}" for text, points in row.options]


def _are_options(row: RubricRow, children: list[RubricRow]) -> bool:
    whole = row.points.whole
    listed = all(
        child.branch.mark is not None
        and (child.branch.mark.last.is_bullet or child.branch.mark.style in (("a",), ("i",)))
        and not child.branch.children
        for child in children
    )
    if not listed or whole is None:
        return False
    points = [child.points.whole for child in children]
    if not any(child.points for child in children):
        return True
    known = [value for value in points if value is not None]
    if not len(known) == len(points) > 1:
        return False
    # Yes and no: a criterion without points would not be one.
    return _equal(max(known), whole) and (min(known) == 0.0 or not _equal(sum(known), whole))


def _option(row: RubricRow) -> str:
    mark = row.branch.mark.text if row.branch.mark is not None else ""
    mark = f"{mark})" if mark.isalnum() else mark
    points = row.points.whole
    lines = [f"{mark} {row.name}" + ("" if points is None else f": {points:g}"), *row.guidance]
    return "\n".join(lines)


def bonus_branches(read: RubricRows) -> set[OutlineRow]:
    """Return the branches of bonuses and penalties, whose points count and whose maximum does not.

    They are named so, or have negative points.
    """
    found: set[OutlineRow] = set()
    for branch, row in read.rows.items():
        if any(above in found for above in branch.path):
            continue
        named = plain_letters(row.name).startswith(_BONUS)
        leaves = [below for below in branch.walk() if not below.children]
        points = [read.rows[leaf].points.whole for leaf in leaves]
        if named or all(whole is not None and whole < 0 for whole in points):
            found.add(branch)
            read.remarks.append(
                Problem(
                    f"{branch.code} '{row.name[:40]}' is read as bonus or penalty: its points "
                    "count and its maximum does not",
                    code="row.bonus",
                    row=row.row,
                    cell=branch.cell,
                    values={"node": branch.code, "name": row.name[:40]},
                )
            )
    return found


def points_below(
    read: RubricRows, branch: OutlineRow, bonuses: set[OutlineRow]
) -> dict[str, float]:
    """Return the points of the leaves of a branch by data source, without bonuses below it."""
    if not branch.children:
        points = read.rows[branch].points if branch in read.rows else RowPoints()
        if not points.by_source and points.total is not None:
            return {"": points.total}
        return dict(points.by_source)
    sums: dict[str, float] = {}
    for child in branch.children:
        if child not in bonuses:
            for source, value in points_below(read, child, bonuses).items():
                sums[source] = round(sums.get(source, 0.0) + value, 9)
    return sums


def check_maxima(read: RubricRows, bonuses: set[OutlineRow]) -> tuple[list[Problem], list[Problem]]:
    """Return what is wrong with the leaves, and which branches and totals contradict their parts.

    A stated maximum that differs from the sum below it, while the one above agrees with that sum,
    is called a printing error, any other a contradiction.
    """
    wrong = [*_leaf_problems(read)]
    if wrong:
        return wrong, []
    sums = {branch: points_below(read, branch, bonuses) for branch in read.root.walk()}
    wrong = [
        Problem(
            f"all criteria of {branch.code} have 0 points",
            code="maximum.zero",
            row=branch.row,
            cell=branch.cell,
            cure="give one of them points, or leave the branch out",
        )
        for branch in read.rows
        if branch.children and not any(sums[branch].values())
    ]
    if wrong and not read.problems:
        return wrong, []
    stated = {branch: row.points for branch, row in read.rows.items() if branch.children}
    found: list[Problem] = []
    for total in read.totals:
        if total.branch is read.root and total.points.whole is not None:
            stated.setdefault(total.branch, total.points)
    for row in read.rows.values():
        found += _split_problems(row)
    for branch, points in stated.items():
        if branch is read.root or not points:
            continue
        above = branch.parent
        confirmed = above is not None and _confirms(stated.get(above), sums.get(above, {}))
        found += _contradictions(read, branch, points, sums[branch], confirmed=confirmed)
    for total in read.totals:
        confirmed = total.branch is read.root and _tops_agree(read, stated, sums, bonuses)
        what = f"'{total.name}' (row {total.row})"
        found += _compared(what, total.points, sums[total.branch], total.row, confirmed=confirmed)
    return [], found


def _leaf_problems(read: RubricRows) -> list[Problem]:
    leaves = [row for branch, row in read.rows.items() if not branch.children]
    problems = [
        Problem(
            f"{row.branch.code} has no maximum",
            code="maximum.missing",
            row=row.row,
            cell=row.branch.cell,
            cure="write its points; a criterion that is not scored has 0",
            found=row.branch.code,
        )
        for row in leaves
        if not row.points
    ]
    unread = {problem.row for problem in read.problems}
    if leaves and len(problems) == len(leaves):
        first = problems[0]
        cure = "name the column with columns={'maximum': 'C'} (in the shell: --column maximum=C)"
        return [
            Problem("no criterion has a maximum", code="maximum.none", cell=first.cell, cure=cure)
        ]
    return [problem for problem in problems if problem.row not in unread]


def _split_problems(row: RubricRow) -> list[Problem]:
    points = row.points
    if row.branch.children or points.total is None or not points.by_source:
        return []
    return _compared(
        row.branch.code, RowPoints({}, points.total, points.cells[-1:]), points.by_source, row.row
    )


def _contradictions(
    read: RubricRows,
    branch: OutlineRow,
    points: RowPoints,
    sums: Mapping[str, float],
    *,
    confirmed: bool,
) -> list[Problem]:
    row = read.rows[branch]
    if len(points.by_source) == 1 and len(sums) > 1:
        [(source, value)] = points.by_source.items()
        if _equal(value, sums.get(source, 0.0)):  # it states the points of its column only
            return []
    return _compared(branch.code, points, sums, row.row, confirmed=confirmed)


def _compared(
    what: str, points: RowPoints, sums: Mapping[str, float], row: int, *, confirmed: bool = False
) -> list[Problem]:
    """Return why a stated maximum is not the sum of its parts, [] if it is."""
    parts, whole = round(sum(sums.values()), 9), points.whole
    stated = points.total if points.total is not None else whole
    if stated is None:
        return []
    code = "maximum.printing_error" if confirmed else "maximum.contradiction"
    verdict = (
        "the total above it agrees with the criteria, so that this is a printing error"
        if confirmed
        else "either it or one of them is wrong"
    )
    if not _equal(stated, parts):
        cause = f"{what} has {stated:g} points, and its criteria add up to {parts:g}: {verdict}"
        values = {"stated": f"{stated:.15g}", "parts": f"{parts:.15g}"}
    elif len(points.by_source) > 1 and any(
        not _equal(value, sums.get(source, 0.0)) for source, value in points.by_source.items()
    ):
        split = ", ".join(f"{source} {value:g}" for source, value in points.by_source.items())
        below = ", ".join(f"{source} {value:g}" for source, value in sums.items())
        cause = f"{what} splits its points into {split}, and its criteria into {below}: {verdict}"
        values = {"stated": split, "parts": below}
    else:
        return []
    cure = "correct the workbook, or accept what the criteria add up to"
    values["node"] = what
    return [Problem(cause, code=code, row=row, cell=points.cells[0], cure=cure, values=values)]


def _confirms(points: RowPoints | None, sums: Mapping[str, float]) -> bool:
    """Return whether the maximum above a branch agrees with the criteria below it."""
    if points is None or points.whole is None:
        return False
    stated = points.total if points.total is not None else points.whole
    return _equal(stated, sum(sums.values()))


def _tops_agree(
    read: RubricRows,
    stated: Mapping[OutlineRow, RowPoints],
    sums: Mapping[OutlineRow, Mapping[str, float]],
    bonuses: set[OutlineRow],
) -> bool:
    """Return whether all branches below the root state what their criteria add up to."""
    tops = [branch for branch in read.root.children if branch.children and branch not in bonuses]
    return bool(tops) and all(_confirms(stated.get(branch), sums[branch]) for branch in tops)


def _equal(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=0.0, abs_tol=1e-6)
