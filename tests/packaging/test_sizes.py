"""Modules and functions are small enough to read: the exceptions stand here, with a reason."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "govindex"
MODULE, FUNCTION = 400, 40  # lines without docstrings

_SIGNATURE = "a long signature: each argument has a line"
EXCEPTIONS = {
    ("changes/crossing.py", "merged_data"): "one table of data, column by column",
    ("changes/editions.py", "change"): _SIGNATURE,
    ("changes/tables.py", "unit_table"): "one table, column by column",
    ("cli/services.py", "add_services"): "a list of options",
    ("composites/drafts.py", "composite"): _SIGNATURE,
    ("frames/cells.py", "read"): "one pass over the cells of a column",
    ("records/counting.py", "count"): _SIGNATURE,
    ("report/composition.py", "compose"): _SIGNATURE,
    ("results/joint_results.py", "joined"): "one result, field by field",
    ("services/made_up_tables.py", "_dossiers"): "one table, column by column",
    ("survey/estimates.py", "of"): _SIGNATURE,
    ("survey/precision.py", "result"): "one table, column by column",
    ("workbooks/results/detail_sheets.py", "write_stages"): "one sheet, column by column",
    ("workbooks/scores/scores.py", "read_scores"): _SIGNATURE,
}


def documented(node: ast.AST) -> int:
    """Return the lines of a docstring."""
    if not isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
        return 0
    if ast.get_docstring(node) is None:
        return 0
    first = node.body[0]
    return int(first.end_lineno or 0) - first.lineno + 1


def large() -> Iterator[tuple[str, str]]:
    """Yield the modules and functions that are longer, "" for a whole module."""
    for file in sorted(SOURCE.rglob("*.py")):
        text, name = file.read_text(encoding="utf-8"), file.relative_to(SOURCE).as_posix()
        nodes = list(ast.walk(ast.parse(text)))
        if len(text.splitlines()) - sum(map(documented, nodes)) > MODULE:
            yield name, ""
        for node in nodes:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                lines = int(node.end_lineno or 0) - node.lineno + 1
                if lines - documented(node) > FUNCTION:
                    yield name, node.name


def test_what_is_large_is_an_exception_with_a_reason() -> None:
    assert set(large()) == set(EXCEPTIONS)
