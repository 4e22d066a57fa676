"""Every built-in edition loads, survives a round trip, says how sure it is, and never changes."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

import govindex as gi
from govindex.toml import dumps, loads
from tests.goldens import built_in, pinned

PINNED = pinned()
EDITIONS = sorted(PINNED)
# Prints every fingerprint in a process of its own, where texts hash as they may.
PRINT_ALL = """
import sys
import govindex as gi
for edition in sys.argv[1:]:
    print(edition, gi.methodology(edition).fingerprint)
"""


def test_every_document_of_the_folder_is_pinned_and_no_other() -> None:
    assert built_in() == EDITIONS, "`python -m tests.goldens` pins new editions"


@pytest.mark.parametrize("edition", EDITIONS)
def test_fingerprint_is_the_released_one(edition: str) -> None:
    assert gi.methodology(edition).fingerprint == PINNED[edition], (
        f"the scores of {edition} change: released editions do not change, add a new version"
    )


@pytest.mark.parametrize("seed", ["0", "1", "4242"])
def test_fingerprints_are_those_of_every_process(seed: str) -> None:
    process = subprocess.run(
        [sys.executable, "-c", PRINT_ALL, *EDITIONS],
        env={**os.environ, "PYTHONHASHSEED": seed},
        check=True,
        capture_output=True,
        text=True,
    )
    assert dict(line.split(" ") for line in process.stdout.splitlines()) == PINNED


@pytest.mark.parametrize("edition", EDITIONS)
def test_edition_is_named_as_its_document(edition: str) -> None:
    method = gi.methodology(edition)
    assert f"{method.id}@{method.version}" == edition


@pytest.mark.parametrize("json", [False, True])
@pytest.mark.parametrize("edition", EDITIONS)
def test_edition_survives_a_round_trip(edition: str, json: bool) -> None:
    method = gi.methodology(edition)
    again = loads(dumps(method, json=json), name="again.json" if json else "again.toml")
    assert again == method
    assert again.fingerprint == method.fingerprint


@pytest.mark.parametrize("edition", EDITIONS)
def test_edition_says_what_it_is_and_how_sure(edition: str) -> None:
    method = gi.methodology(edition)
    assert "" not in (method.assesses, method.depth, method.confidence, method.notes)
    assert method.label("vi") != method.label("en")
    assert method.sources
    for source in method.sources:
        assert "" not in (source.title, source.confidence, source.note)
        assert source.url.startswith("http")
        assert " " not in source.url


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_scored_node_says_how_sure_it_is(edition: str) -> None:
    for form in gi.methodology(edition).frameworks:
        scored = [n for n in form.nodes if n.code != form.code and form.is_scored(n.code)]
        silent = [node.code for node in (*scored, *form.views) if not node.confidence]
        assert silent == []


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_node_has_a_name_in_both_languages(edition: str) -> None:
    for form in gi.methodology(edition).frameworks:
        for node in (*form.nodes, *form.views):
            assert set(node.name or {}) == {"vi", "en"}, node.code


@pytest.mark.parametrize("edition", EDITIONS)
def test_scores_depend_on_the_unit_alone(edition: str) -> None:
    method = gi.methodology(edition)
    assert not method.peer_dependent
    # Where bands go by the league's largest maximum they may move, though scores do not.
    by_peers = method.bands is not None and method.bands.peer_dependent
    assert [part.kind for part in method.peer_dependent_parts()] == ["bands"] * by_peers
