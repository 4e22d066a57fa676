"""Phrases to avoid in docstrings, comments, strings and documentation.

``python -m tests.packaging.test_plain_english`` lists them, with ``all`` in every module and page,
with paths in these.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = "src/govindex"

# The modules and pages that are checked.
ROOMS = (f"{PACKAGE}/", "docs/", "CONTRIBUTING.md", "README.md")

# Each with better words.
PHRASES = {
    r"(?<![Tt]here )\b(?:is|are) none\b": "if there is no …, without …",
    r"(?<![Tt]here )\b(?:is|are) no (?:number|text|name|result|tree|methodology)\b": "is not a …",
    r"\bwhere there (?:is|are) (?:no|none|any)\b": "if there is no …, if there is a …",
    r"\b(?:is|are|be|been) told\b": "gets, takes; is given by",
    r"\btold apart\b": "differ; be distinguished",
    r"\btells? (?:apart|of|off)\b": "distinguishes; shows",
    r"\bTell whether\b": "Return whether",
    r"\bof (?:its|their|his|her|one's|somebody's) own\b(?!\s+\w)": "its own …; another …",
    r"\bstands? for itself\b": "is its own …",
    r"\bstands? at rank\b": "has rank",
    r"\bstands? still\b": "converges",
    r"\bcome to a stand\b": "converge",
    r"\bhangs? on\b": "depends on",
    r"\bhands? (?:on|over)\b": "passes, keeps",
    r"\basked of\b": "asked for; computed from",
    r"\banew\b": "again",
    r"\bcontests?\b": "league, ranking group; comparison",
    r"\bworth the\b": "equal to the",
    r"\bwhat is said of\b": "the … of",
    r"\b(?:is|are) said (?:by|of)\b": "is set by; is declared by",
    r"\bsay so\b": "declare it",
    r"\bplaced\b": "ranked",
    r"(?<!in )\bplaces?\b": "rank; row, column; decimals",
    r"\bmake good\b": "compensate",
    r"\b[Ww]hoever\b": "a unit that; if you",
}

ANY = re.compile("|".join(f"(?:{pattern})" for pattern in PHRASES))

# By path and phrase, with the reason.
EXCEPTIONS = {
    (f"{PACKAGE}/errors.py", "places"): "cells, rows or columns of a file, whichever are named",
    (f"{PACKAGE}/cli/report.py", "place"): "the place in the date line of a document",
    (f"{PACKAGE}/report/letterheads.py", "place"): "the place in the date line of a document",
}

SPANS = re.compile(r"```.*?```|``[^`\n]+``|`[^`\n]+`", re.DOTALL)
Hit = tuple[str, int, str, str]


def _python_texts(source: str) -> Iterator[tuple[int, str]]:
    """Yield docstrings and other strings without their examples, and comments, by line."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, re.sub(r"(?m)^\s*(?:>>>|\.\.\. ).*$", "", node.value)


def _texts(path: Path) -> Iterator[tuple[int, str]]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        yield from _python_texts(text)
        return
    prose = SPANS.sub(lambda span: "\n" * span[0].count("\n"), text)
    yield from enumerate(prose.splitlines(), start=1)


def _files(rooms: tuple[str, ...]) -> Iterator[Path]:
    for room in rooms:
        path = ROOT / room
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (file for file in files if file.suffix in (".py", ".md"))


def phrases(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield the line in a text, the words, and better words of every phrase to avoid."""
    if not ANY.search(text):
        return
    for pattern, better in PHRASES.items():
        for match in re.finditer(pattern, text):
            yield text[: match.start()].count("\n"), match[0], better


def hits(rooms: tuple[str, ...]) -> list[Hit]:
    """Return path, line, words and better words of every phrase to avoid."""
    return [
        (name, start + line, words, better)
        for path in _files(rooms)
        for name in [path.relative_to(ROOT).as_posix()]
        for start, text in _texts(path)
        for line, words, better in phrases(text)
        if (name, words) not in EXCEPTIONS
    ]


@pytest.mark.parametrize("room", ROOMS)
def test_no_phrase_to_avoid(room: str) -> None:
    assert hits((room,)) == []


@pytest.mark.parametrize("name", sorted({path for path, _ in EXCEPTIONS}))
def test_exceptions_occur(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert all(phrase in text for path, phrase in EXCEPTIONS if path == name)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("what is none\nwhere there is none", ["is none", "where there is none"]),
        ("kinds have codes of their own.", ["of their own"]),
        ("a unit of its own league", []),
        ("Whoever hangs on", ["hangs on", "Whoever"]),
    ],
)
def test_phrases_are_found(text: str, words: list[str]) -> None:
    assert [actual for _, actual, _ in phrases(text)] == words


def test_comments_strings_and_prose_are_read(tmp_path: Path) -> None:
    module, page = tmp_path / "module.py", tmp_path / "page.md"
    module.write_text('"""Sum.\n\nthere is none"""\nx = 1  # a comment\n', encoding="utf-8")
    page.write_text("prose `code`\n", encoding="utf-8")
    assert {text.strip() for _, text in _texts(module)} == {"Sum.\n\nthere is none", "# a comment"}
    assert [text.strip() for _, text in _texts(page)] == ["prose"]


if __name__ == "__main__":
    everything = (f"{PACKAGE}/", "docs/", "CONTRIBUTING.md", "README.md")
    chosen = tuple(sys.argv[1:]) or ROOMS
    for name, line, words, better in hits(everything if chosen == ("all",) else chosen):
        print(f"{name}:{line}: '{words}' ({better})")
