"""An index that is made up has it all: what a publisher may think of is data, and no new code."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import floor, isnan, log, nan, sqrt

import pandas as pd
import pytest

import govindex as gi
from govindex.testing import check_methodology
from govindex.toml import dumps, loads
from tests.sampling import few

# Six transformations, five tiers, rounding as R does at every tier with a precision of its own at
# one node, coverage by children and by indicators, peers that are ranked only, and "=12" ranks.
DOCUMENT = """
format = 1
id = "example.everything"
version = "2026"
title = { en = "Index of everything (made up)" }
scale = 100
ranking = { decimals = 1 }
display = ["people", "state"]

[rounding]
leaf = { decimals = 2, mode = "r" }
node = { decimals = 2, mode = "r" }
total = { decimals = 1, mode = "r" }

[bands]
decimals = 1
bands = [{ name = "leading", start = 60 }, { name = "following", start = 30 }, { name = "behind" }]

[[nodes]]
code = "everything"
aggregate = "Arithmetic"
absence = { kind = "Renormalise", min_share = 1 }

[[nodes]]
code = "people"
parent = "everything"
weight = 2
aggregate = { kind = "Geometric", offset = 0.01 }
absence = { kind = "Renormalise", min_share = 0.7, of = "leaves" }

[[nodes]]
code = "living"
parent = "people"
absence = "Renormalise"

[[nodes]]
code = "means"
parent = "living"
aggregate = "Arithmetic"
absence = { kind = "Renormalise", min_share = 0.6 }
rounding = { decimals = 3, mode = "r" }

[[nodes]]
code = "income"
parent = "means"
weight = 3
rule = { kind = "Goalposts", worst = 100, best = 75000, transform = "log" }

[[nodes]]
code = "literacy"
parent = "means"
rule = { kind = "Goalposts", worst = 30, best = 100, transform = 2 }

[[nodes]]
code = "wait"
parent = "means"
rule = { kind = "Goalposts", worst = 90, best = 1, transform = "reciprocal" }

[[nodes]]
code = "deaths"
parent = "living"
rule = { kind = "Goalposts", worst = 900, best = 0, transform = 0.5 }

[[nodes]]
code = "trust"
parent = "people"
rule = { kind = "Chain", rules = [{ kind = "Goalposts", worst = 1, best = 5 }, \
{ kind = "Piecewise", points = [[0, 0], [0.5, 0.6], [1, 1]] }] }

[[nodes]]
code = "state"
parent = "everything"
rule = { kind = "MinMax", low = 0.1, over = "ranked" }
"""

DATA: dict[str, list[float]] = {
    "income": [60_000, 41_000, 30_000, 22_000, 16_000, 12_000, 9_000, 7_000, 5_200, 4_000, 2_900],
    "literacy": [99.5, 99, 98, 96, 95, 91, 87.5, 84, 80, 77, 70],
    "wait": [3, 4, 5, 7, 9, 12, 15, 18, 22, 30, 41],
    "deaths": [4, 6, 9, 17, 30, 52, 81, 120, 170, 240, 330],
    "trust": [4.6, 4.4, 3.9, 4.1, 3.6, 3.5, 3.1, 2.8, 2.9, 2.4, 2.2],
    "state": [2.1, 1.9, 1.4, 1.2, 0.8, 0.5, 0.1, -0.2, -0.5, -0.7, -1.1],
}
LAST = {"income": 900, "literacy": 48, "wait": 80, "deaths": 690, "trust": 1.3, "state": -1.6}


def rows(**changes: Mapping[str, float]) -> dict[str, dict[str, float]]:
    """Return eleven units, two that are equal and last, and one beyond all."""
    actual = {f"U{i + 1:02}": {code: DATA[code][i] for code in DATA} for i in range(11)}
    actual |= {"U12": {**LAST}, "U13": {**LAST}, "Union": {**LAST, "state": 9.0}}
    return {unit: {**row, **changes.get(unit, {})} for unit, row in actual.items()}


def observed(**changes: Mapping[str, float]) -> gi.Observations:
    """Return the rows as observations, where the Union is not ranked."""
    frame = pd.DataFrame.from_dict(rows(**changes), "index")
    return gi.Observations.from_frame(frame.assign(own=frame.index != "Union"), ranked="own")


def as_r(value: float, decimals: int) -> float:
    """Round to the nearer neighbour, to the even digit where both are as near."""
    if isnan(value):
        return value
    power = 10.0**decimals
    whole = floor(value * power)
    low, high = whole / power, (whole + 1) / power
    nearer = value - low < high - value
    even = value - low == high - value and whole % 2 == 0
    return low if nearer or even else high


def mean(values: Sequence[float], weights: Sequence[float]) -> float:
    known = [(v, w) for v, w in zip(values, weights, strict=True) if not isnan(v)]
    return sum(v * w for v, w in known) / sum(w for _, w in known) if known else nan


def between(worst: float, best: float, of: Callable[[float], float]) -> Callable[[float], float]:
    def score(value: float) -> float:
        share = (of(value) - of(worst)) / (of(best) - of(worst))
        return as_r(100 * min(max(share, 0.0), 1.0), 2)

    return score


INCOME = between(100, 75_000, log)
LITERACY = between(30, 100, lambda value: value**2)
WAIT = between(90, 1, lambda value: 1 / value)
DEATHS = between(900, 0, sqrt)


def trust(value: float) -> float:
    share = (value - 1) / 4
    return as_r(100 * (0.6 * share / 0.5 if share < 0.5 else 0.6 + 0.4 * (share - 0.5) / 0.5), 2)


def by_hand(row: Mapping[str, float], least: float, most: float) -> dict[str, float]:
    """Score one unit node by node, as a patient clerk would."""
    parts = [INCOME(row["income"]), LITERACY(row["literacy"]), WAIT(row["wait"])]
    actual = {"means": nan, "living": nan, "people": nan, "everything": nan}
    actual |= {"deaths": DEATHS(row["deaths"]), "trust": trust(row["trust"])}
    if sum(isnan(part) for part in parts) <= 1:
        actual["means"] = as_r(mean(parts, [3, 1, 1]), 3)
    pair = [value + 1 for value in (actual["means"], actual["deaths"]) if not isnan(value)]
    if pair:
        actual["living"] = as_r(sqrt(pair[0] * pair[-1]) - 1, 2)
    lacking = sum(isnan(part) for part in (*parts, actual["deaths"], actual["trust"]))
    if lacking <= 1:
        pair = [value + 1 for value in (actual["living"], actual["trust"]) if not isnan(value)]
        actual["people"] = as_r(sqrt(pair[0] * pair[-1]) - 1, 2)
    share = 0.1 + 0.9 * (row["state"] - least) / (most - least)
    actual["state"] = as_r(100 * share, 2)
    if not isnan(actual["people"]):
        actual["everything"] = as_r((2 * actual["people"] + actual["state"]) / 3, 1)
    return actual


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"U03": {"wait": nan}, "U05": {"trust": nan}, "U07": {"deaths": nan}},
        {"U02": {"wait": nan, "literacy": nan}, "U04": {"wait": nan, "trust": nan}},
    ],
    ids=["complete", "covered", "not covered"],
)
def test_every_node_is_what_a_clerk_finds_by_hand(changes: dict[str, dict[str, float]]) -> None:
    result = loads(DOCUMENT).compute(observed(**changes))
    for unit, row in rows(**changes).items():
        expected = by_hand(row, least=-1.6, most=2.1)
        mine = {code: result.scores.at[unit, code] for code in expected}
        assert mine == pytest.approx(expected, abs=1e-9, nan_ok=True), unit


def test_two_units_share_place_12_and_one_is_not_ranked() -> None:
    result = loads(DOCUMENT).compute(observed())
    assert dict(zip(result.units.codes, result.rank_labels(), strict=True)) == {
        **{f"U{i:02}": str(i) for i in range(1, 12)},
        **{"U12": "=12", "U13": "=12", "Union": ""},
    }
    assert [*dict.fromkeys(result.band_of("everything"))] == ["leading", "following", "behind"]
    # The Union lies beyond the best state, and moves nobody: it is no peer.
    assert [*result.scores.loc[["U01", "Union"], "state"]] == [100, 267.84]


def test_what_is_not_covered_has_no_index_and_no_place() -> None:
    result = loads(DOCUMENT).compute(observed(U04={"wait": nan, "trust": nan}))
    assert isnan(result.score["U04"])
    assert result.rank_labels()[3] == ""
    assert result.scores["living"].notna().all()


def test_the_document_comes_back_and_keeps_the_laws() -> None:
    method = loads(DOCUMENT)
    assert loads(dumps(method)) == method
    assert method.framework.depth("income") == 4  # the fifth tier
    check_methodology(method, examples=few(15))
