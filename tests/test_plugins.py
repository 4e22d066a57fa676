"""Methodologies by id: what is offered, what is broken, which edition is the newest."""

from __future__ import annotations

import importlib
import importlib.metadata
import json.decoder
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from govindex import (
    Framework,
    GovIndexError,
    Indicator,
    Methodology,
    UnknownNameError,
    methodologies,
    methodology,
    plugins,
    rules,
)

Offer = Callable[..., None]


def made(id: str = "my.index", version: str = "1", **settings: Any) -> Methodology:
    framework = Framework("x", [Indicator("a", rule=rules.Points())])
    return Methodology(id, version, framework, **settings)


class Point:
    """An entry point that hands out what it was given, or raises it."""

    def __init__(self, name: str, target: Any, package: str | None = "some-package") -> None:
        self.name = name
        self.target = target
        self.dist = None if package is None else SimpleNamespace(name=package)

    def load(self) -> Any:
        if isinstance(self.target, BaseException):
            raise self.target
        return self.target


@pytest.fixture
def offer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Offer]:
    def offered(*points: Point) -> None:
        plugins._offers.cache_clear()
        found = {plugins.GROUP: list(points)}
        monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: found[group])

    yield offered
    monkeypatch.undo()
    plugins._offers.cache_clear()


def test_built_in_methodologies_come_through_the_same_door() -> None:
    listed = methodologies()
    assert listed.loc["vn.service-766", "state"] == "ready"
    assert listed.loc["vn.service-766", "indicators"] == 24
    assert methodology("vn.service-766@2022") is methodology("vn.service-766")


def test_instance_and_function_are_both_loaded(offer: Offer) -> None:
    offer(Point("one@1", made("one")), Point("two@1", lambda: made("two", title="Second")))
    assert methodology("one").id == "one"
    assert methodologies()["title"].to_dict() == {"one": "one", "two": "Second"}


def test_nothing_installed_gives_an_empty_table(offer: Offer) -> None:
    offer()
    assert list(methodologies().columns) == [
        "version",
        "title",
        "units",
        "depth",
        "confidence",
        "indicators",
        "package",
        "state",
    ]
    with pytest.raises(UnknownNameError, match="there is no methodology 'one': Known: none"):
        methodology("one")


@pytest.mark.parametrize(
    ("versions", "newest"),
    [
        (["2022.9", "2022.10"], "2022.10"),
        (["2", "10", "9"], "10"),
        (["1.0", "1.0.1"], "1.0.1"),
        (["2022", "rc"], "2022"),
        (["1²", "1"], "1²"),
    ],
)
def test_newest_version_is_the_largest_by_its_numbers(
    offer: Offer, versions: list[str], newest: str
) -> None:
    offer(*(Point(f"my.index@{v}", made(version=v)) for v in versions))
    assert methodology("my.index").version == newest
    assert methodology(f"my.index@{versions[0]}").version == versions[0]


def test_newest_edition_is_the_one_issued_last(offer: Offer) -> None:
    offer(
        Point("my.index@1726", made(version="1726", issued="2020-10-12")),
        Point("my.index@922", made(version="922", issued="2022-05-20")),
    )
    assert methodology("my.index").version == "922"


def test_unknown_names_suggest_the_near_miss(offer: Offer) -> None:
    offer(Point("my.index@2022", made(version="2022")))
    with pytest.raises(UnknownNameError, match="did you mean 'my"):
        methodology("my.indx")
    with pytest.raises(UnknownNameError, match="no version '2023': did you mean '2022'"):
        methodology("my.index@2023")


class Opaque:
    """A methodology of somebody's own making."""

    id = "opaque"
    version = "1"
    framework = made().framework

    def compute(self, observations: Any) -> Any:
        return observations


class Labelled(Opaque):
    def label(self, language: str) -> str:
        raise RuntimeError("no label today")


def shaped(**settings: Any) -> Any:
    return lambda: type("Shaped", (Opaque,), settings)()


@pytest.mark.parametrize(
    ("target", "state"),
    [
        (ImportError("no module 'x'"), "broken: ImportError: no module 'x'"),
        (lambda: 1 / 0, "broken: ZeroDivisionError: division by zero"),
        (3, "broken: has no id, version, framework, compute"),
        (shaped(version=2022), "broken: its version is 2022, no text"),
        (shaped(id=None), "broken: its id is None, no text"),
        (shaped(framework="tree"), "broken: AttributeError"),
        (Labelled(), "broken: RuntimeError: no label today"),
    ],
)
def test_broken_package_is_reported_and_breaks_nothing_else(
    offer: Offer, target: Any, state: str
) -> None:
    offer(Point("bad.index@1", target, "bad-package"), Point("my.index@1", made()))
    listed = methodologies()
    assert str(listed.loc["bad.index@1", "state"]).startswith(state)
    assert listed.loc["bad.index@1", "package"] == "bad-package"
    assert methodology("my.index").id == "my.index"
    with pytest.raises(GovIndexError, match=r"'bad.index@1' of package bad-package is broken"):
        methodology("bad.index")


def test_broken_edition_is_named_when_it_is_asked_for(offer: Offer) -> None:
    offer(Point("my.index@1", made()), Point("my.index@2", ImportError("gone")))
    assert methodology("my.index").version == "1"
    with pytest.raises(GovIndexError, match=r"'my.index@2' of package .* ImportError: gone"):
        methodology("my.index@2")


def test_edition_offered_twice_is_refused_with_its_packages(offer: Offer) -> None:
    offer(
        Point("my.index@1", made(), "first"),
        Point("my.index@1", made(), "second"),
        Point("my.index@2", made(version="2"), None),
    )
    assert methodology("my.index").version == "2"
    assert methodologies()["package"].to_list() == ["first", "second", "unknown"]
    with pytest.raises(GovIndexError, match="is offered more than once, by first, second"):
        methodology("my.index@1")


def test_opaque_methodology_needs_no_label(offer: Offer) -> None:
    offer(Point("opaque@1", Opaque()))
    assert list(methodologies().loc["opaque", ["title", "state"]]) == ["", "ready"]
    found: Any = methodology("opaque")
    assert found.compute(5) == 5


# -- documents in the folder of a package ----------------------------------------------------------

DOCUMENT = """format = 1
id = "{id}"
version = "{version}"
title = "A tệp"
[[nodes]]
code = "root"
[[nodes]]
code = "a"
parent = "root"
rule = "Points"
"""


def packaged(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, **files: Any) -> ModuleType:
    """Make a package of documents and import it."""
    (folder / name).mkdir()
    (folder / name / "__init__.py").write_text("")
    for file, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        (folder / name / file).write_bytes(data)
    monkeypatch.syspath_prepend(folder)
    monkeypatch.delitem(sys.modules, name, raising=False)
    return importlib.import_module(name)


def test_documents_in_a_package_are_offered(
    offer: Offer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {
        "my.index@1.toml": DOCUMENT.format(id="my.index", version="1"),
        "my.index@2.toml": DOCUMENT.format(id="my.index", version="2").encode("utf-8-sig"),
        "readme.txt": "no document",
    }
    offer(Point("documents", packaged(tmp_path, monkeypatch, "offered_documents", **files)))
    assert methodology("my.index").version == "2"
    assert methodologies()["version"].to_list() == ["1", "2"]
    assert methodologies()["title"].to_list() == ["A tệp", "A tệp"]


@pytest.mark.parametrize(
    ("content", "state"),
    [
        (
            "format = 1\nid = a\n",
            "broken: FrameworkError: 'bad@1.toml' is not well formed: .*line 2",
        ),
        (DOCUMENT.format(id="bad", version="1") + "x = 1", r"broken: .*nodes\[1\].x: there is no"),
        (b'id = "\xe9"', "broken: UnicodeDecodeError"),
        (DOCUMENT.format(id="good", version="1"), "it is good@1, and must be offered under that n"),
        (DOCUMENT.format(id="bad", version="3"), "it is bad@3, and must be offered under that na"),
    ],
    ids=["syntax", "setting", "encoding", "another id", "another version"],
)
def test_broken_document_is_reported_and_breaks_nothing_else(
    offer: Offer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    content: str | bytes,
    state: str,
) -> None:
    files = {"bad@1.toml": content, "my.index@1.toml": DOCUMENT.format(id="my.index", version="1")}
    offer(Point("documents", packaged(tmp_path, monkeypatch, "broken_documents", **files), "bads"))
    listed = methodologies()
    assert re.search(state, str(listed.loc["bad@1", "state"]))
    assert (listed.loc["bad@1", "package"], listed.loc["my.index", "state"]) == ("bads", "ready")
    with pytest.raises(GovIndexError, match=r"'bad@1' of package bads is broken"):
        methodology("bad@1")


def test_edition_of_two_packages_is_refused_with_both(
    offer: Offer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"my.index@1.toml": DOCUMENT.format(id="my.index", version="1")}
    first = packaged(tmp_path, monkeypatch, "first_documents", **files)
    offer(Point("first", first, "first"), Point("my.index@1", made(), "second"))
    assert methodologies()["state"].to_list() == ["ready", "ready"]
    with pytest.raises(GovIndexError, match="is offered more than once, by first, second"):
        methodology("my.index")


def test_package_without_documents_is_reported(
    offer: Offer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(Point("empty", packaged(tmp_path, monkeypatch, "no_documents")))
    state = methodologies().loc["empty", "state"]
    assert state == (
        "broken: FrameworkError: the folder of 'no_documents' holds no document id@version.toml"
    )


def test_module_that_is_no_package_is_reported(offer: Offer) -> None:
    offer(Point("module", json.decoder), Point("my.index@1", made()))
    listed = methodologies()
    assert str(listed.loc["module", "state"]).startswith("broken: ")
    assert listed.loc["my.index", "state"] == "ready"
