"""Every dataset loads, says where it comes from, and fits its methodology."""

from __future__ import annotations

import pytest

from govindex import DataError, UnknownNameError, datasets, methodology

NAMES = list(datasets.available().index)
KINDS = datasets.available()["kind"]
LOADED = [name for name in NAMES if KINDS[name] == "observations"]
PUBLISHED = [name for name in NAMES if KINDS[name] == "published"]


@pytest.mark.parametrize("name", NAMES)
def test_dataset_says_where_it_comes_from_and_how_sure_it_is(name: str) -> None:
    entry = datasets.available().loc[name].to_dict()
    assert entry["source"].startswith(("https://", "http://"))
    assert entry["confidence"].split("; ")[0] in {"verified", "secondary", "inferred", "recalled"}
    assert "" not in (entry["title"], entry["period"])
    if entry["methodology"]:
        assert methodology(entry["methodology"]).id == entry["methodology"].partition("@")[0]
    else:
        assert entry["kind"] == "published"


@pytest.mark.parametrize("name", LOADED)
def test_dataset_speaks_the_words_of_its_methodology(name: str) -> None:
    entry = datasets.available().loc[name].to_dict()
    data = datasets.load(name)
    framework = methodology(entry["methodology"]).framework
    known = {*framework.variables, *framework.optional_variables, *framework.codes}
    types = set(data.units.types or ()) - {None}
    assert types <= set(getattr(methodology(entry["methodology"]), "forms", ()))
    assert set(data.variables) <= known
    assert data.period == entry["period"]
    assert not data.levels


@pytest.mark.parametrize("name", LOADED)
def test_published_figures_are_about_the_same_units(name: str) -> None:
    published = datasets.published(name)
    assert tuple(published.index) == datasets.load(name).units.codes
    assert not any(column.startswith("published_") for column in published.columns)


@pytest.mark.parametrize("name", NAMES)
def test_published_figures_are_numbers_but_for_declared_texts(name: str) -> None:
    published = datasets.published(name)
    texts = datasets._index()[name].get("text", [])
    assert set(texts) <= set(published.columns)
    assert (published.drop(columns=texts).dtypes == "float64").all()
    for column in texts:
        assert all(isinstance(value, str) for value in published[column])


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_results_alone_are_not_observations(name: str) -> None:
    assert len(datasets.published(name)) > 0
    with pytest.raises(DataError, match=rf"'{name}' holds published results only.*published\("):
        datasets.load(name)


def test_text_columns_survive_as_text() -> None:
    published = datasets.published("vn.procedure-handling.lai-chau-2021")
    assert set(published["class"]) == {"Xuất sắc", "Tốt"}
    assert published["total"].dtype == "float64"


def test_type_column_chooses_the_form() -> None:
    assert datasets.load("vn.par.thanh-hoa-2023").units.types == (None, None, None, "84 points")


def test_units_have_codes_names_leagues_and_parents_where_given() -> None:
    units = datasets.load("vn.service-766.phu-tho-2026").units
    assert units[0].label() == "UBND tỉnh Phú Thọ"
    assert (units[1].league, units[1].parent) == ("department", "H44")
    assert datasets.load("vn.service-766.phu-tho-payment-2026").units.leagues is None


@pytest.mark.parametrize("ask", [datasets.load, datasets.published])
def test_unknown_dataset_suggests_the_near_miss(ask: object) -> None:
    assert callable(ask)
    with pytest.raises(UnknownNameError, match=r"did you mean 'vn.service-766.phu-tho-2026'"):
        ask("vn.service-766.phutho-2026")
