"""The reference: a table of what a namespace offers, and a "see also" for every public name.

What belongs together is found: names of one module, a function and the class that it returns, and
pages that use a name. ``docs/related.toml`` adds the page of each namespace, and names that answer
neighbouring questions.
"""

from __future__ import annotations

import inspect
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from docutils import nodes
from pieces import inline, page_link, table
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import govindex as gi

DOCS = Path(__file__).parents[1]
MOST_PAGES, MOST_NAMES = 4, 8
LEAST_TABLE = 4  # names of a namespace that has a table
SKIPPED = ("api/", "catalogue/", "changelog", "index", "architecture")


# -- the public names -----------------------------------------------------------------------------


@cache
def namespaces() -> tuple[str, ...]:
    """Return the namespaces of the reference; the one that describes a shared name comes first."""
    parts = [f"govindex.{name}" for name in gi.__all__ if isinstance(getattr(gi, name), ModuleType)]
    kit = [f"govindex.testing{room}" for room in ("", ".laws", ".strategies")]
    return ("govindex.contracts", *parts, *kit, "govindex", "govindex.toml")


@cache
def public() -> Mapping[str, Any]:
    """Return everything public by the name under which it is described."""
    found: dict[str, Any] = {}
    seen: set[int] = set()
    for module in namespaces():
        space = import_module(module)
        for name in space.__all__:
            actual = getattr(space, name)
            if not isinstance(actual, ModuleType) and id(actual) not in seen:
                seen.add(id(actual))
                found[f"{module}.{name}"] = actual
    return found


def first_line(actual: Any) -> str:
    """Return the first line of a docstring, roles as plain code; of a law what it states."""
    if not (inspect.ismodule(actual) or inspect.isclass(actual) or inspect.isfunction(actual)):
        return str(getattr(actual, "statement", ""))
    text = (inspect.getdoc(actual) or "").split("\n\n")[0].replace("\n", " ")
    return re.sub(r":\w+:`~?(?:[\w.]+\.)?(\w+)`", r"``\1``", text)


# -- see also -------------------------------------------------------------------------------------


def see_also(name: str) -> tuple[list[str], list[str]]:
    """Return related public names and pages of the guide, the nearest first."""
    names = [*declared().get(name, ()), *made_of().get(name, ()), *siblings(name)]
    return list(dict.fromkeys(n for n in names if n != name))[:MOST_NAMES], list(pages_with(name))


@cache
def related() -> Mapping[str, Any]:
    """Return ``related.toml``: the page of each namespace, and groups of names."""
    return tomllib.loads((DOCS / "related.toml").read_text(encoding="utf-8"))


@cache
def declared() -> Mapping[str, list[str]]:
    """Return what ``related.toml`` relates: each name of a group with the others of it."""
    found: dict[str, list[str]] = {}
    for group in related()["groups"]:
        names = [f"govindex.{name}" for name in group]
        for name in names:
            found.setdefault(name, []).extend(other for other in names if other != name)
    return found


@cache
def made_of() -> Mapping[str, list[str]]:
    """Return what is related by annotations, both ways: returned classes first, then arguments.

    A class that many functions take or return is not related to all of them.
    """
    found: dict[str, list[str]] = {}
    for found_in in (returned, taken):
        users: dict[str, list[str]] = {}
        for name, actual in public().items():
            for cls in classes_in(found_in(actual)):
                if cls != name:
                    found.setdefault(name, []).append(cls)
                    users.setdefault(cls, []).append(name)
        for cls, names in users.items():
            if len(names) <= MOST_NAMES:
                found.setdefault(cls, []).extend(names)
    return found


def returned(actual: Any) -> str:
    """Return the annotation of what a function returns."""
    return "" if inspect.isclass(actual) else str(annotated(actual).get("return", ""))


def taken(actual: Any) -> str:
    """Return the annotations of what a function takes, or of the fields of a class."""
    return " ".join(str(text) for name, text in annotated(actual).items() if name != "return")


def annotated(actual: Any) -> Mapping[str, Any]:
    """Return the annotations of a function or of the public fields of a class."""
    found: Mapping[str, Any] = getattr(actual, "__annotations__", {})
    return {name: text for name, text in found.items() if not name.startswith("_")}


def classes_in(annotation: str) -> list[str]:
    """Return the public classes that an annotation names."""
    return [by_class()[word] for word in re.findall(r"\w+", annotation) if word in by_class()]


@cache
def by_class() -> Mapping[str, str]:
    """Return the public name of each class by its own."""
    classes = [(a.__name__, name) for name, a in public().items() if inspect.isclass(a)]
    return dict(reversed(classes))


def siblings(name: str) -> Iterator[str]:
    """Yield the public functions and classes of the same module."""
    module = getattr(public()[name], "__module__", "")
    if inspect.isfunction(public()[name]) or inspect.isclass(public()[name]):
        yield from (
            other
            for other, actual in public().items()
            if getattr(actual, "__module__", None) == module
        )


@cache
def pages() -> Mapping[str, str]:
    """Return the text of each page of the guide by its name."""
    files = {file.relative_to(DOCS).with_suffix("").as_posix(): file for file in DOCS.rglob("*.md")}
    return {
        name: file.read_text(encoding="utf-8")
        for name, file in sorted(files.items())
        if not name.startswith((*SKIPPED, "_"))
    }


@cache
def mentions() -> Mapping[str, Counter[str]]:
    """Return how often each page names something: dotted names, and words in code."""
    return {
        page: Counter(re.findall(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*", text))
        for page, text in pages().items()
    }


@cache
def pages_with(name: str) -> tuple[str, ...]:
    """Return the page of the namespace, and those that use a name most.

    They name it as ``gi.rules.MinMax``, or, if none does, as the name alone.
    """
    path = name.removeprefix("govindex.")
    long = {f"gi.{path}", f"govindex.{path}", f"result.{path}", *([path] if "." in path else ())}
    counts = {page: sum(words[one] for one in long) for page, words in mentions().items()}
    if not any(counts.values()):
        last = path.rpartition(".")[2]
        if last[:1].isupper() or "_" in last:  # one that is no word of English
            counts = {page: words[last] for page, words in mentions().items()}
    home = related()["pages"].get(path.rpartition(".")[0])
    found = sorted(
        (page for page in counts if counts[page] or page == home),
        key=lambda page: (page != home, -counts[page], page),
    )
    return tuple(found[:MOST_PAGES])


def see_also_lines(name: str) -> list[str]:
    """Return the "see also" of a name in reStructuredText."""
    names, guide = see_also(name)
    parts = [", ".join(f":py:obj:`~{one}`" for one in names)] if names else []
    parts += ["pages: " + ", ".join(f":doc:`/{page}`" for page in guide)] if guide else []
    return ["", ".. seealso::", "", "   " + "; ".join(parts), ""] if parts else []


# -- tables ---------------------------------------------------------------------------------------


def described(module: str) -> list[str]:
    """Return the names that the page of a namespace describes."""
    return [name for name in public() if name.rpartition(".")[0] == module]


def table_lines(module: str) -> list[str]:
    """Return the functions and classes of a namespace with their first lines, as a table."""
    names = [name for name in described(module) if first_line(public()[name])]
    if len(names) < LEAST_TABLE:
        return []
    lines = ["", ".. list-table::", "   :class: names", "   :widths: auto", ""]
    for name in names:
        text = re.sub(r"[*|]", r"\\\g<0>", first_line(public()[name]))
        lines += [f"   * - :py:obj:`~{name}`", f"     - {text}"]
    return [*lines, ""]


def extend(app: Sphinx, what: str, name: str, actual: Any, options: Any, lines: list[str]) -> None:
    """Add a table to the description of a namespace, a "see also" to that of a public name."""
    if what == "module":
        lines += table_lines(name)
    elif name in public():
        lines += see_also_lines(name)


class Value(SphinxDirective):
    """Describe a public name that is no function or class: its text is the content."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        name = self.arguments[0]
        return self.parse_text_to_nodes(described_value("data", name, self.content))


class Laws(SphinxDirective):
    """Describe every law: its call, what it states and why, and what a methodology must declare."""

    def run(self) -> list[nodes.Node]:
        return [node for law in laws() for node in self.parse_text_to_nodes(law_text(law))]


def laws() -> Sequence[Any]:
    """Return the laws of the kit."""
    found: Sequence[Any] = import_module("govindex.testing").LAWS
    return found


def law_text(law: Any) -> str:
    """Return the description of a law in MyST."""
    name = f"govindex.testing.laws.{law.name}"
    _, *choices = inspect.signature(law.check).parameters.values()
    given = "".join(f", {choice.name}" for choice in choices)
    kinds = ", ".join(f"`{choice.name}` ({choice.annotation})" for choice in choices)
    text = [f"{law.statement}.", "", law.reason, "", f"Promised if declared: {law.declared}."]
    text += ["", f"Choices: {kinds}."] if kinds else []
    return described_value("function", name, text, arguments=f"(method, data{given})")


def described_value(kind: str, name: str, content: Iterable[str], arguments: str = "") -> str:
    """Return the description of a name in MyST, with what to see also."""
    module, _, own = name.rpartition(".")
    also = [f"{{py:obj}}`~{one}`" for one in see_also(name)[0]]
    also += [f"{{doc}}`/{page}`" for page in see_also(name)[1]]
    lines = ["", ":::{seealso}", ", ".join(also), ":::"] if also else []
    head = [f"::::{{py:{kind}}} {own}{arguments}", f":module: {module}", ""]
    return "\n".join([*head, *content, *lines, "::::", ""])


class Namespaces(SphinxDirective):
    """List the namespaces: page, what it is for, and how many names it offers."""

    def run(self) -> list[nodes.Node]:
        rows = [
            row(name) for name in sorted(namespaces()) if name not in ("govindex", "govindex.toml")
        ]
        rows = [row for row in rows if row]
        main = [
            [page_link("govindex", "api/govindex")],
            ["Units, observations, frameworks, methodologies, results, and questions of a result."],
            [str(len(described("govindex")))],
        ]
        return [table(["Namespace", "What it offers", "Names"], [main, *rows], ["wide"])]


def row(name: str) -> Sequence[Any]:
    """Return the row of a namespace, empty for one that shares the page of another."""
    page = f"api/{name.removeprefix('govindex.')}"
    if not (DOCS / f"{page}.md").exists():
        return []
    text = inline(first_line(import_module(name)))
    return [[page_link(name.removeprefix("govindex."), page)], text, [str(len(described(name)))]]


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive, and extend what autodoc reads, after numpydoc."""
    app.connect("autodoc-process-docstring", extend, priority=900)
    app.add_directive("laws", Laws)
    app.add_directive("namespaces", Namespaces)
    app.add_directive("value", Value)
    return {"parallel_read_safe": True}
