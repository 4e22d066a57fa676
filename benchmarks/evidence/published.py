"""Published scores and ranks beside those that govindex computes from published parts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
import numpy as np
import pandas as pd

import govindex as gi
from benchmarks.evidence.files import Rows
from tests.goldens import CASES
from tests.published.test_world import COMPONENTS, RAW, cpi_table, desi_of, inform_components, table

WORLD = "tests/published/test_world.py::"
# One decimal may be two doubles on both sides; published parts are rounded themselves.
SAME, CLOSE = 1e-9, 1e-4


@attrs.frozen
class Reproduced:
    """Columns of one publication: ours beside theirs, by unit."""

    edition: str
    data: str
    test: str
    scores: list[tuple[pd.Series, pd.Series]]
    ranks: list[tuple[pd.Series, pd.Series]] = attrs.field(factory=list)

    def row(self) -> dict[str, Any]:
        ours, theirs = _both(self.scores)
        rank, published_rank = _both(self.ranks)
        computed = ~np.isnan(ours)
        apart = np.abs(ours - theirs)[computed]
        return {
            "edition": self.edition,
            "data": self.data,
            "test": self.test,
            "cells": len(ours),
            "not_computed": int((~computed).sum()),
            "equal": int((apart <= SAME).sum()),
            "close": int((apart <= SAME + CLOSE * np.abs(theirs[computed])).sum()),
            "largest_error": float(f"{apart.max(initial=0.0):.2g}"),
            "ranks": len(rank),
            "ranks_equal": int((rank == published_rank).sum()),
        }


def _both(columns: list[tuple[pd.Series, pd.Series]]) -> tuple[Any, Any]:
    """Return the values of both sides where something was published."""
    ours, theirs = [], []
    for own, published in columns:
        known = published[published.index.isin(own.index)].dropna().astype(float)
        theirs.append(known.to_numpy())
        ours.append(own.reindex(known.index).astype(float).to_numpy())
    return (np.concatenate(ours), np.concatenate(theirs)) if columns else (np.empty(0),) * 2


def figures() -> dict[str, Rows]:
    return {"indices": [found.row() for found in (*datasets(), *world())]}


def datasets() -> Iterator[Reproduced]:
    """Compare the datasets of the package with what was published about their units."""
    for name, case in CASES.items():
        published = gi.datasets.published(case.dataset)
        result = case.part(gi.methodology(case.edition)).compute(gi.datasets.load(case.dataset))
        scores, ranks = [], []
        for column in published.columns:
            theirs = published[column]
            code = column.removeprefix("rank_") if column != "rank" else result.codes[0]
            if column == "total":
                scores.append((result.score, theirs))
            elif column in result.codes:
                scores.append((result.scores[column], theirs))
            elif column.startswith("rank") and code in result.ranks and _whole(theirs):
                ranks.append((result.ranks[code], theirs))
        if scores or ranks:
            test = "tests/test_golden.py"
            yield Reproduced(case.edition, name, test, scores, ranks)


def _whole(ranks: pd.Series) -> bool:
    """Say whether all ranked units are there: five provinces of 63 have no ranks of their own."""
    return bool(ranks.max() <= len(ranks))


def scored(edition: str, frame: pd.DataFrame) -> gi.IndexResult:
    return gi.methodology(edition).compute(gi.Observations.from_frame(frame))


def world() -> Iterator[Reproduced]:
    yield from human_development()
    yield from egovernment()
    yield from competitiveness()
    yield from performance()
    yield from corruption_and_digital()
    yield from risk()


def human_development() -> Iterator[Reproduced]:
    inputs = ["le", "eys", "mys", "gnipc"]
    years = table("hdi2022/hdi_timeseries_1990_2022.csv")
    years.index = pd.Index(years["iso3"] + years["year"].astype(str))
    test = f"{WORLD}test_hdi_of_every_year_is_reproduced_to_the_last_printed_digit"
    scores = [(scored("undp.hdi@2023-24", years[inputs]).score, years["hdi"])]
    yield Reproduced("undp.hdi@2023-24", "HDI 1990 to 2022", test, scores)
    report = table("hdi2022/hdr_2022_composites.csv").set_index("iso3")
    unequal = [*inputs, "ineq_le", "ineq_edu", "ineq_inc"]
    gender = ["mmr", "abr", "pr_f", "se_f", "se_m", "lfpr_f", "lfpr_m"]
    for column, names, test in (
        ("hdi", inputs, "places_and_groups_of_hdi_2022_are_the_published_ones"),
        ("ihdi", unequal, "ihdi_of_2022_is_reproduced_to_the_last_printed_digit"),
        ("gii", gender, "gii_of_2022_and_its_places_are_the_published_ones"),
    ):
        edition = f"undp.{column}@2023-24"
        result = scored(edition, report[names])
        rank = f"{column}_rank"
        ranks = [(result.ranks.iloc[:, 0], report[rank])] if rank in report else []
        scores = [(result.score, report[column])]
        yield Reproduced(edition, f"{column.upper()} 2022", f"{WORLD}test_{test}", scores, ranks)


def egovernment() -> Iterator[Reproduced]:
    every = table("egdi/egdi_2010_2018.csv").set_index("iso3")
    inputs = ["osi", "hci", "tii"]
    test = f"{WORLD}test_egdi_and_its_places_are_the_published_ones"
    for year, edition in ((2010, 2010), (2012, 2012), (2014, 2014), (2016, 2014), (2018, 2018)):
        survey = every[every["year"] == year].dropna(subset=inputs, how="all")
        result = scored(f"un.egdi@{edition}", survey[inputs])
        scores, ranks = (result.score, survey["egdi"]), (result.ranks["EGDI"], survey["egdi_rank"])
        yield Reproduced(f"un.egdi@{edition}", f"EGDI {year}", test, [scores], [ranks])


def competitiveness() -> Iterator[Reproduced]:
    test = f"{WORLD}test_pci_of_2013_to_2016_its_places_and_tiers_are_the_published_ones"
    scores, ranks = [], []
    for _, year in table("pci/pci_2013_2016.csv").groupby("year"):
        year = year.set_index("province")
        result = scored("vn.pci@2013", year)
        scores.append((result.score, year["pci"]))
        ranks.append((result.ranks["PCI"], year["rank"]))
    yield Reproduced("vn.pci@2013", "PCI 2013 to 2016", test, scores, ranks)
    test = f"{WORLD}test_pci_of_2007_and_2009_and_its_places_are_the_published_ones"
    for edition in ("2007", "2009"):
        year = table(f"pci/pci_{edition}.csv").set_index("province")
        result = scored(f"vn.pci@{edition}", year)
        score, rank = (result.score, year["pci"]), (result.ranks["PCI"], year["rank"])
        yield Reproduced(f"vn.pci@{edition}", f"PCI {edition}", test, [score], [rank])


def performance() -> Iterator[Reproduced]:
    every = table("papi/papi_2011_2016.csv")
    test = f"{WORLD}test_papi_and_its_dimensions_are_the_published_ones"
    for year in range(2011, 2017):
        survey = every[every["year"] == year].set_index("province")
        edition = "vn.papi@2016" if year == 2016 else "vn.papi@2011"
        method = gi.methodology(edition)
        leaves = survey[[*method.framework.leaf_codes]]
        scores = method.compute(gi.Observations.from_frame(leaves)).scores
        columns = [(scores[code], survey[f"D_{code}"]) for code in method.shown]
        yield Reproduced(edition, f"PAPI {year}", test, columns)


def corruption_and_digital() -> Iterator[Reproduced]:
    published = cpi_table()
    method = gi.methodology("ti.cpi@2020")
    score = scored("ti.cpi@2020", published[[*method.framework.leaf_codes]]).score
    test = f"{WORLD}test_cpi_from_rounded_sources_is_the_published_score_within_one"
    yield Reproduced("ti.cpi@2020", "CPI 2020", test, [(score, published["CPI score 2020"])])
    published = table("desi2022/expected_y6.csv").set_index("country")
    result = gi.methodology("eu.desi@2022").compute(desi_of("indicators_y6"))
    scores = [(result.score, published["desi"])]
    for column in published.columns.drop(["desi", "rank"]):
        code = column[1] if column.startswith("d") else column  # d1_human_capital, 1a
        scores.append((result.scores[code], published[column]))
    test = f"{WORLD}test_desi_its_dimensions_and_places_are_the_published_ones"
    ranks = [(result.ranks["DESI"], published["rank"])]
    yield Reproduced("eu.desi@2022", "DESI 2022", test, scores, ranks)


def risk() -> Iterator[Reproduced]:
    nodes, coping = inform_components()
    raw = coping.rename(columns={f"raw_{column}": code for column, code in RAW.items()})
    given = nodes.drop(columns="drr").join(raw[[*RAW.values()]])
    method = gi.methodology("inform.risk@2023")
    result = scored("inform.risk@2023", given[[*method.framework.variables]])
    branches = [code for code in COMPONENTS.values() if code not in method.framework.leaf_codes]
    scores = [(result.scores[code], nodes[code]) for code in branches]
    test = f"{WORLD}test_every_node_of_inform_its_places_and_classes_are_the_published_ones"
    ranks = [(result.ranks["RISK"], nodes["Rank"])]
    yield Reproduced("inform.risk@2023", "INFORM 2023", test, scores, ranks)
