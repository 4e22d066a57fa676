"""Methodologies by id: what is offered, what is broken, which edition is the newest."""

from __future__ import annotations

import asyncio
import importlib.metadata
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from govindex import (
    AnyMethodology,
    DeprecatedEditionWarning,
    Framework,
    GovIndexError,
    IndexResult,
    Indicator,
    Methodology,
    Observations,
    UnknownNameError,
    methodologies,
    methodology,
    plugins,
    result_from_scores,
    rules,
)
from tests.strategies import observed

Offer = Callable[..., None]


def made(id: str = "my.index", version: str = "1", **settings: Any) -> Methodology:
    framework = Framework("x", [Indicator("a", rule=rules.Points())])
    return Methodology(id, version, framework, **settings)


class Point:
    """An entry point that hands out what it was given, or raises it; a text is a package."""

    def __init__(self, name: str, target: Any, package: str | None = "some-package") -> None:
        self.name = name
        self.target = target
        self.module = target if isinstance(target, str) else "some_module"
        self.attr = "" if isinstance(target, str) else "method"
        self.dist = None if package is None else SimpleNamespace(name=package)

    def load(self) -> Any:
        if isinstance(self.target, BaseException):
            raise self.target
        return self.target


@pytest.fixture
def offer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Offer]:
    def offered(*points: Point) -> None:
        plugins._offers.cache_clear()
        actual = {plugins.GROUP: list(points)}
        monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: actual[group])

    yield offered
    monkeypatch.undo()
    plugins._offers.cache_clear()
    plugins._warn_once.cache_clear()


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
    """A methodology of another class."""

    id = "opaque"
    version = "1"
    fingerprint = "opaque@1"
    framework = made().framework

    def compute(self, observations: Observations) -> IndexResult:
        return result_from_scores(self, observations, {"x": observations.values[:, 0]})


class Labelled(Opaque):
    id = "bad.index"

    def label(self, language: str) -> str:
        raise RuntimeError("no label today")


class Leaving(BaseException):
    """Not an error, but a module may raise it, as pytest.skip does."""


class UnprintableError(Exception):
    def __str__(self) -> str:
        raise ValueError


def leaving(_: object) -> str:
    raise Leaving


class Silent(Opaque):
    id = "bad.index"

    @property
    def assesses(self) -> str:
        raise RuntimeError("nobody knows")


def shaped(**settings: Any) -> Any:
    return lambda: type("Shaped", (Opaque,), settings)()


@pytest.mark.parametrize(
    ("target", "state"),
    [
        (ImportError("no module 'x'"), "broken: ImportError: no module 'x'"),
        (SystemExit("bye"), "broken: SystemExit: bye"),
        (asyncio.CancelledError("so"), "broken: CancelledError: so"),
        (GeneratorExit(), "broken: GeneratorExit: "),
        (
            BaseExceptionGroup("two", [SystemExit(), ValueError()]),
            "broken: BaseExceptionGroup: two",
        ),
        (UnprintableError(), "broken: UnprintableError"),
        (shaped(id=property(leaving)), "broken: Leaving: "),
        (lambda: 1 / 0, "broken: ZeroDivisionError: division by zero"),
        (3, "broken: has no id, version, framework, fingerprint, compute"),
        (shaped(version=2022), "broken: its version is 2022, no text"),
        (shaped(id=None, version=1), "broken: its id is None, no text; its version is 1, no"),
        (shaped(fingerprint=None), "broken: its fingerprint is None, no text"),
        (shaped(framework="tree"), "broken: its framework is 'tree', no Framework"),
        (shaped(compute=None), "broken: its compute is no function"),
        (shaped(deprecated=True), "broken: its deprecated is True, no text that says why"),
        (Labelled(), "broken: RuntimeError: no label today"),
        (Silent(), "broken: RuntimeError: nobody knows"),
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


def test_broken_edition_is_named_when_it_is_loaded(offer: Offer) -> None:
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
    actual = methodology("opaque")
    assert isinstance(actual, AnyMethodology)
    assert actual.compute(observed({"a": [3, 5]})).ranks["x"].to_list() == [2, 1]


def test_class_is_a_function_that_returns_a_methodology(offer: Offer) -> None:
    offer(Point("opaque", Opaque))
    assert isinstance(methodology("opaque@1"), Opaque)


# -- slow, doubled and deprecated ------------------------------------------------------------------


def test_slow_edition_is_reported_and_works(offer: Offer, monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter([0.0, 2.34, 3.0, 3.1])
    monkeypatch.setattr(plugins, "perf_counter", lambda: next(now))
    offer(Point("my.index@1", made()), Point("my.index@2", made(version="2")))
    states = ["ready, but slow: took 2.3 s to load", "ready"]
    assert methodologies()["state"].to_list() == states
    assert methodology("my.index@1").version == "1"


def test_edition_of_govindex_stays_in_force(offer: Offer) -> None:
    own = made("vn.index", issued="2020")
    offer(
        Point("vn.index", made("vn.index", issued="2026"), "another"),
        Point("vn.index@1", own, "govindex"),
        Point("vn.index@2", made("vn.index", "2", issued="2019"), "third"),
    )
    assert methodology("vn.index") is own
    assert methodology("vn.index@1") is own
    assert methodologies()["state"].to_list() == [
        "duplicate: vn.index@1 is offered by govindex",
        "ready",
        "ready, but only as vn.index@2: 'vn.index' alone is govindex's own",
    ]


def test_newer_edition_of_a_package_does_not_take_over_an_id_of_govindex(offer: Offer) -> None:
    old = made("vn.index", "1", issued="2019")
    newer = made("vn.index", "2099", issued="2099")
    offer(Point("vn.index@1", old, "govindex"), Point("vn.index@2099", newer, "another"))
    assert methodology("vn.index") is old
    assert methodology("vn.index@2099") is newer


def test_id_of_govindex_is_not_taken_over_where_its_editions_are_broken(offer: Offer) -> None:
    offer(
        Point("vn.index@1", ImportError("gone"), "govindex"),
        Point("vn.index@2", made("vn.index", "2"), "another"),
    )
    with pytest.raises(GovIndexError, match=r"'vn.index@1' of package govindex is broken"):
        methodology("vn.index")
    assert methodology("vn.index@2").version == "2"


def test_interrupt_while_a_package_loads_is_passed_on(offer: Offer) -> None:
    offer(Point("my.index@1", KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        methodologies()


@pytest.mark.parametrize("error", [Leaving("so"), SystemExit("so")])
def test_package_whose_folder_is_not_found_breaks_nothing_else(
    offer: Offer, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def fail(_: str) -> None:
        raise error

    monkeypatch.setattr(plugins, "_documents", fail)
    offer(Point("folder", "some_package", "bad-package"), Point("my.index@1", made()))
    assert methodologies()["state"].to_list() == [f"broken: {type(error).__name__}: so", "ready"]


def test_broken_edition_of_govindex_is_not_replaced(offer: Offer) -> None:
    offer(
        Point("vn.index@1", made("vn.index"), "another"),
        Point("vn.index@1", ImportError("gone"), "govindex"),
    )
    with pytest.raises(GovIndexError, match=r"'vn.index@1' of package govindex is broken"):
        methodology("vn.index@1")


def test_edition_of_a_package_replaces_that_of_a_broken_one(offer: Offer) -> None:
    offer(Point("my.index@1", ImportError("gone"), "first"), Point("my.index@1", made(), "second"))
    assert methodology("my.index@1").version == "1"
    assert methodologies()["state"].to_list() == ["broken: ImportError: gone", "ready"]


def test_newest_edition_that_one_package_offers_goes_before_a_doubled_one(offer: Offer) -> None:
    offer(
        Point("my.index@1", made(), "first"),
        Point("my.index@2", made(version="2"), "first"),
        Point("my.index@2", made(version="2"), "second"),
    )
    assert methodology("my.index").version == "1"
    doubled = "duplicate: my.index@2 is offered by first, second"
    assert methodologies()["state"].to_list() == ["ready", doubled, doubled]


def test_deprecated_edition_warns_once_and_names_the_reason(offer: Offer) -> None:
    offer(Point("my.index@1", made(deprecated="two typing errors; use my.index@1a")))
    with pytest.warns(DeprecatedEditionWarning, match="my.index@1 is deprecated: two typing") as w:
        old = methodology("my.index@1")
    assert w[0].filename == __file__
    assert methodology("my.index@1") is old


def test_deprecated_edition_goes_behind_the_others(offer: Offer) -> None:
    offer(
        Point("my.index@1", made(issued="2020")),
        Point("my.index@2", made(version="2", issued="2026", deprecated="withdrawn")),
        Point("opaque@1", shaped(deprecated="never checked")()),
    )
    assert methodology("my.index").version == "1"
    states = ["ready", "deprecated: withdrawn", "deprecated: never checked"]
    assert methodologies()["state"].to_list() == states
    with pytest.warns(DeprecatedEditionWarning, match="opaque@1 is deprecated: never checked"):
        methodology("opaque")


def test_every_remark_on_an_edition_is_listed(
    offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plugins, "perf_counter", iter([0.0, 9.0, 9.0, 9.5]).__next__)
    doubled = made(deprecated="old")
    offer(Point("my.index@1", doubled, "first"), Point("my.index@1", doubled, "second"))
    said = "duplicate: my.index@1 is offered by first, second; deprecated: old"
    assert methodologies()["state"].to_list() == [f"{said}; slow: took 9.0 s to load", said]


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


def packaged(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, **files: Any) -> str:
    """Make a package of documents that fails when it is imported."""
    index = folder.joinpath(*name.split("."))
    index.mkdir(parents=True)
    (index / "__init__.py").write_text("1 / 0")
    for file, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        (index / file).write_bytes(data)
    monkeypatch.syspath_prepend(folder)
    return name


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
    doubled = "duplicate: my.index@1 is offered by first, second"
    assert methodologies()["state"].to_list() == [doubled, doubled]
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


@pytest.mark.parametrize(
    ("module", "reason"),
    [
        (
            "json.decoder",
            "FrameworkError: 'json.decoder' is a module and has no folder of documents",
        ),
        ("json.decoder.documents", "ModuleNotFoundError: 'json.decoder' is not a package"),
        ("no_such_package.documents", "ModuleNotFoundError: no module named 'no_such_package'"),
    ],
)
def test_packages_without_documents_are_reported(offer: Offer, module: str, reason: str) -> None:
    offer(Point("module", module, "odd-package"), Point("my.index@1", made()))
    listed = methodologies()
    assert str(listed.loc["module", "state"]).startswith(f"broken: {reason}")
    assert listed.loc["my.index", "state"] == "ready"
    with pytest.raises(UnknownNameError, match=r"Known: 'my.index'; documents .* 'odd-package'"):
        methodology("other.index")


@pytest.mark.parametrize("parent", ["regular", "namespace"])
def test_folder_without_init_may_hold_documents(
    offer: Offer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parent: str
) -> None:
    files = {"my.index@1.toml": DOCUMENT.format(id="my.index", version="1")}
    name = packaged(tmp_path, monkeypatch, f"{parent}_parent.documents", **files)
    (tmp_path.joinpath(*name.split(".")) / "__init__.py").unlink()
    if parent == "regular":
        (tmp_path / "regular_parent" / "__init__.py").write_text("")
    offer(Point("documents", name))
    assert methodology("my.index").version == "1"
    for module in (f"{parent}_parent", name):
        monkeypatch.delitem(sys.modules, module, raising=False)


# -- real entry points -----------------------------------------------------------------------------

MODULE = """from govindex import Framework, Indicator, Methodology, rules
def made():
    framework = Framework("x", [Indicator("a", rule=rules.Points())])
    return Methodology("{id}", "1", framework)
"""


def installed(folder: Path, package: str, points: str, **modules: str) -> None:
    """Install a package: its modules, and its entry points as an installer writes them."""
    for name, text in modules.items():
        (folder / f"{name}.py").write_text(text)
    info = folder / f"{package}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{plugins.GROUP}]\n{points}\n")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.syspath_prepend(tmp_path)
    plugins._offers.cache_clear()
    yield tmp_path
    for name in ("one_module", "two_module", "three"):
        sys.modules.pop(name, None)
    monkeypatch.undo()
    plugins._offers.cache_clear()


def test_asking_for_one_id_imports_no_other_package(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(
        site, "wanted", "one.index@1 = one_module:made", one_module=MODULE.format(id="one.index")
    )
    installed(site, "other", "two.index@1 = two_module:made", two_module="1 / 0")
    documents = {"three.index@1.toml": DOCUMENT.format(id="three.index", version="1")}
    installed(site, "documents", f"three = {packaged(site, monkeypatch, 'three', **documents)}")
    assert methodology("one.index").id == "one.index"
    assert methodology("three.index@1").id == "three.index"
    with pytest.raises(UnknownNameError, match=r"did you mean 'one.index'"):
        methodology("one.indx")
    assert not {"two_module", "three"} & set(sys.modules)


def test_asking_for_one_edition_imports_no_other(site: Path) -> None:
    points = "one.index@1 = one_module:made\none.index@2 = two_module:made"
    installed(site, "mine", points, one_module=MODULE.format(id="one.index"), two_module="1 / 0")
    assert methodology("one.index@1").version == "1"
    with pytest.raises(UnknownNameError, match=r"no version '3': Known: '1', '2'"):
        methodology("one.index@3")
    assert "two_module" not in sys.modules


def test_broken_packages_break_nothing_else(site: Path) -> None:
    installed(
        site, "good", "one.index@1 = one_module:made", one_module=MODULE.format(id="one.index")
    )
    installed(site, "exits", "two.index@1 = two_module:made", two_module="raise SystemExit(3)")
    installed(site, "lacks", "three.index@1 = one_module:no_such_thing")
    installed(site, "garbled", "four.index@1 = one module!")
    states = methodologies()["state"]
    assert states["one.index"] == "ready"
    assert states["vn.service-766"] == "ready"
    assert states["two.index@1"] == "broken: SystemExit: 3"
    assert states["three.index@1"].startswith("broken: AttributeError: ")
    assert states["four.index@1"].startswith("broken: ")
    result = methodology("one.index").compute(observed({"a": [1, 0]}))
    assert result.ranks_at("x").tolist() == [1, 2]
