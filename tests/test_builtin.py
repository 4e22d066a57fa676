"""Every built-in edition loads, survives a round trip, says how sure it is, and never changes."""

from __future__ import annotations

from importlib.resources import files

import pytest

import govindex as gi
from govindex.toml import dumps, loads

# The first half of each edition's fingerprint. Released editions do not change.
PINNED = {
    "vn.dti.department.dak-lak@2021": "eb4f48244d27fd13",
    "vn.dti.department.lao-cai@2023": "b8336b31435a5830",
    "vn.dti.department.yen-bai@2022": "de062bc2e3f928f5",
    "vn.dti.district.dak-lak@2021": "590c2ca089be9269",
    "vn.dti.district.lao-cai@2023": "c7c43f30b093d5c5",
    "vn.dti.district.yen-bai@2022": "ffecae619ac81760",
    "vn.dti.province@1726": "4410e7a6006e5d87",
    "vn.dti.province@922": "9d51d6392398bd30",
    "vn.par.department.lao-cai@2015": "70771027ce063507",
    "vn.par.department.thanh-hoa@2023": "1ab257ed01471cf0",
    "vn.par.district-office.ha-noi@undated": "ef99f6f491f3cb7c",
    "vn.par.district.lao-cai@2015": "4e99e1d6f082c4f6",
    "vn.par.hai-phong@2025": "4ed99bdcd40116dc",
    "vn.par.ministry@876": "68ed68a84adfb05b",
    "vn.par.province@876": "9e6f7ebbdfa947f2",
    "vn.procedure-handling-lai-chau@2021": "b935fb1a82621a5b",
    "vn.procedure-handling-staff@2018": "0c109aa7b6437c5a",
    "vn.procedure-handling@2018": "64f0e9519568acd1",
    "vn.service-766-document@2022": "dd1c07e62d49257b",
    "vn.service-766@2022": "2b8ca901d0c0def1",
    "vn.sipas@2017": "34df0d88f2f3e4fe",
    "vn.sipas@2023": "fc757b3772079f20",
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
