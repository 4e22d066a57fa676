"""Every dataset loads, says where it comes from, and fits its methodology."""

from __future__ import annotations

import pytest

from govindex import UnknownNameError, datasets, methodology

NAMES = list(datasets.available().index)


@pytest.mark.parametrize("name", NAMES)
def test_dataset_says_where_it_comes_from_and_how_sure_it_is(name: str) -> None:
    entry = datasets.available().loc[name].to_dict()
    assert entry["source"].startswith("https://")
    assert entry["confidence"].split("; ")[0] in {"verified", "secondary", "inferred", "recalled"}
    assert methodology(entry["methodology"]).id == entry["methodology"]
    assert entry["title"]


@pytest.mark.parametrize("name", NAMES)
def test_dataset_speaks_the_words_of_its_methodology(name: str) -> None:
    entry = datasets.available().loc[name].to_dict()
    data = datasets.load(name)
    framework = methodology(entry["methodology"]).framework
    known = {*framework.variables, *framework.optional_variables, *framework.codes}
    assert set(data.variables) <= known
    assert data.period == entry["period"]
    assert not data.levels


@pytest.mark.parametrize("name", NAMES)
def test_published_figures_are_about_the_same_units(name: str) -> None:
    published = datasets.published(name)
    assert tuple(published.index) == datasets.load(name).units.codes
    assert (published.dtypes == "float64").all()
    assert not any(column.startswith("published_") for column in published.columns)


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
