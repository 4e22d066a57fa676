"""What the pages of the documentation are generated from is complete and true."""

from __future__ import annotations

import inspect
import re
import sys
import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import govindex as gi
from tests.packaging.test_named_proofs import PROOF, absent_proofs
from tests.public_names import public_classes, public_names
from tests.sampling import some

DOCS = Path(__file__).parents[2] / "docs"
COMPARISON = tomllib.loads((DOCS / "comparison.toml").read_text(encoding="utf-8"))
PACKAGES = COMPARISON["packages"]
ROWS = COMPARISON["rows"]


def extension(name: str) -> Any:
    """Return a module of the folder of extensions."""
    pytest.importorskip("sphinx")
    folder = str(DOCS / "extensions")
    sys.path.insert(0, folder)
    try:
        return import_module(name)
    finally:
        sys.path.remove(folder)


# -- beside other packages ------------------------------------------------------------------------


def anchors_of(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["what"])
def test_every_answer_leads_to_a_page_and_a_test(row: dict[str, Any]) -> None:
    page, _, anchor = row["page"].partition("#")
    assert (DOCS / page).exists()
    assert not anchor or anchor in anchors_of(DOCS / page)
    assert "test" in row or row["answer"] == "no"
    proof = f"`{row.get('test', 'tests/sampling.py')}`"
    assert PROOF.search(proof)
    assert absent_proofs(proof) == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["what"])
def test_what_is_said_of_another_package_has_its_address(row: dict[str, Any]) -> None:
    assert PACKAGES.keys() <= row.keys()
    for key, package in PACKAGES.items():
        text, *address = row[key]
        if text == "not listed":
            address = [package["functions"]]
        wanted = [] if text == "unknown" else [True]
        assert [url.startswith("https://") for url in address] == wanted, (key, text)


def test_the_table_names_what_others_do_and_govindex_does_not() -> None:
    answers = [row.get("answer", "yes") for row in ROWS]
    assert "no" in answers
    assert any(row[key][0].startswith("yes") for row in ROWS for key in PACKAGES)


# -- the reference --------------------------------------------------------------------------------


def test_every_function_and_class_has_a_see_also_that_exists() -> None:
    reference = extension("reference")
    described = reference.public()
    functions = {line.split("(")[0] for line in public_names() if "(" in line}
    assert {*public_classes()} <= described.keys()
    top = {name for name in functions if name.startswith("govindex.") and name in described}
    assert len(top) > 200
    for name in described:
        names, pages = reference.see_also(name)
        assert names or pages, name
        assert set(names) <= described.keys()
        assert all((DOCS / f"{page}.md").exists() for page in pages)


def test_what_autodoc_passes_over_is_described_by_hand() -> None:
    reference = extension("reference")
    pages = [page.read_text(encoding="utf-8") for page in (DOCS / "api").glob("*.md")]
    by_hand = [name for text in pages for name in re.findall(r"\{value\} (\S+)", text)]
    # Autodoc describes what has a docstring behind it.
    with_docstring = ["govindex.contracts.PROTOCOL", "govindex.testing.LAWS_VERSION"]
    laws = [f"govindex.testing.laws.{law.name}" for law in reference.laws()]
    assert [text for text in pages if "```{laws}" in text]
    values = [
        name
        for name, actual in reference.public().items()
        if not (inspect.isclass(actual) or inspect.isfunction(actual))
    ]
    assert sorted(values) == sorted([*by_hand, *with_docstring, *laws])


def test_what_is_related_is_public() -> None:
    reference = extension("reference")
    related = tomllib.loads((DOCS / "related.toml").read_text(encoding="utf-8"))
    named = {f"govindex.{name}" for group in related["groups"] for name in group}
    assert named <= reference.public().keys()
    assert {f"govindex.{name}" for name in related["pages"]} <= {*reference.namespaces()}
    assert all((DOCS / f"{page}.md").exists() for page in related["pages"].values())


# -- the catalogue --------------------------------------------------------------------------------

BUILT_IN = gi.methodologies().query("package == 'govindex'")["version"]
EDITIONS = [f"{id_}@{version}" for id_, version in BUILT_IN.items()]


@pytest.mark.parametrize("edition", some(EDITIONS, share=6))
def test_a_page_of_an_edition_has_every_node_with_its_variables_in_words(edition: str) -> None:
    catalogue = extension("catalogue")
    method = gi.methodology(edition)
    words = gi.describe_variables(method, language="en")
    nodes = (*method.framework.nodes, *method.framework.views)
    blocks = list(catalogue.node_blocks(method.framework, words, points=True))
    assert len(blocks) == len(nodes)
    for node, block in zip(nodes, blocks, strict=True):
        text = " ".join(block.astext().split())
        assert node.code in text
        assert node.label("vi") in text
        assert (node.reference or "") in text
        assert (node.confidence or "") in text
        read = node.measure.variables if isinstance(node, gi.Indicator) else ()
        assert [name for name in read if str(words.loc[name, "name"]) not in text] == []


def test_what_is_unknown_names_every_node_that_was_not_read_in_a_source() -> None:
    catalogue = extension("catalogue")
    method = gi.methodology("vn.service-766")
    text = "\n".join(node.astext() for node in catalogue.unknown(method))
    assert method.depth in text
    certain = {"verified", "verified, reproduced"}
    for node in method.framework.nodes[1:]:
        assert str(node.confidence) in certain or node.code in text


def test_pages_are_those_of_the_editions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue = extension("catalogue")
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path / "catalogue")
    catalogue.write_pages()
    (tmp_path / "catalogue" / "gone.edition-1.md").write_text("# Gone\n")
    catalogue.write_pages()
    written = {file.stem for file in (tmp_path / "catalogue").glob("*.md")}
    assert written == {edition.replace("@", "-") for edition in EDITIONS}
