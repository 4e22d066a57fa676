"""Every built-in edition loads, survives a round trip, says how sure it is, and never changes."""

from __future__ import annotations

from importlib.resources import files

import pytest

import govindex as gi
from govindex.toml import dumps, loads

# The first half of each edition's fingerprint. Released editions do not change.
PINNED = {
    "vn.dti.department.dak-lak@2021": "92b655deddd60bdf",
    "vn.dti.department.lao-cai@2023": "df131e0b4b5bbeec",
    "vn.dti.department.yen-bai@2022": "a779bec456cc293b",
    "vn.dti.district.dak-lak@2021": "e2c82b69165bbcaa",
    "vn.dti.district.lao-cai@2023": "92eb90854486b11d",
    "vn.dti.district.yen-bai@2022": "1c51f3c0d8ceabe3",
    "vn.dti.province@1726": "65f8e3848cfdb0fe",
    "vn.dti.province@922": "d287d19849368aee",
    "vn.par.department.lao-cai@2015": "3783a32284508918",
    "vn.par.department.thanh-hoa@2023": "0bb3c81c61323ca3",
    "vn.par.district-office.ha-noi@undated": "d3c9ff689d11dd14",
    "vn.par.district.lao-cai@2015": "e78e1b374630b951",
    "vn.par.hai-phong@2025": "7181e215eb49c025",
    "vn.par.ministry@876": "269a827a54f27d1c",
    "vn.par.province@876": "e42735dd504587e5",
    "vn.procedure-handling-lai-chau@2021": "bd1e7c6ab736fe87",
    "vn.procedure-handling-staff@2018": "a49cf82f0cef966c",
    "vn.procedure-handling@2018": "2ba5c2a8b43a4249",
    "vn.service-766-document@2022": "8b14717fac62389a",
    "vn.service-766@2022": "69c3abced5d21de1",
    "vn.sipas@2017": "3daf35bcfc0bf51e",
    "vn.sipas@2023": "87352109b7b16389",
}
EDITIONS = sorted(PINNED)


def test_every_document_of_the_folder_is_pinned_and_no_other() -> None:
    folder = files("govindex.builtin")
    documents = [f.name.removesuffix(".toml") for f in folder.iterdir() if f.name[-5:] == ".toml"]
    assert sorted(documents) == EDITIONS


@pytest.mark.parametrize("edition", EDITIONS)
def test_fingerprint_is_the_released_one(edition: str) -> None:
    found = gi.methodology(edition).fingerprint[:16]
    assert found == PINNED[edition], (
        f"the scores of {edition} change: released editions do not change, add a new version"
    )


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
    assert gi.methodology(edition).peer_dependent_parts() == ()
