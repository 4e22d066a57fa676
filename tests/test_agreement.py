"""Outranking and consensus rankings: by hand, as published, refusals."""

from __future__ import annotations

import itertools
import json
import tracemalloc
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import govindex as gi
from govindex import consensus, outranking_matrix, rank_similarity
from govindex.aggregate import Condorcet, Copeland, Kemeny
from govindex.errors import DataError, SettingError, UnknownNameError
from govindex.rules import Identity
from govindex.testing import observed
from tests.asem import asem_table
from tests.reference import reference

NAN = float("nan")


def scored(table: pd.DataFrame, weights: Any = None) -> gi.IndexResult:
    """Score units × indicators, whose figures are shares."""
    given = np.ones(table.shape[1]) if weights is None else np.asarray(weights, dtype=float)
    leaves = [
        gi.Indicator(str(code), rule=Identity(), weight=float(weight))
        for code, weight in zip(table.columns, given, strict=True)
    ]
    framework = gi.Framework("index", leaves, absence=gi.absence.Renormalise())
    data = gi.Observations.from_frame(table.rename_axis("unit").reset_index(), unit="unit")
    return gi.Methodology("example.table", "1", framework, scale=1).compute(data)


def table_of(rows: Any) -> pd.DataFrame:
    units = list("ABCDEFG"[: len(rows)]) if len(rows) < 8 else range(len(rows))
    frame = pd.DataFrame(np.array(rows, dtype=float), index=units)
    return frame.rename(columns=str)


def one_index(ranks: dict[str, float], league: dict[str, str] | None = None) -> gi.IndexResult:
    """An index that ranks units by these ranks."""
    frame = pd.DataFrame({"unit": list(ranks), "a": [-p for p in ranks.values()]})
    if league is not None:
        frame["league"] = frame["unit"].map(league)
    leaf = gi.Indicator("a", rule=Identity())
    data = gi.Observations.from_frame(frame, unit="unit", league="league" if league else None)
    return gi.Methodology("example.one", "1", gi.Framework("index", [leaf])).compute(data)


# -- the matrix -----------------------------------------------------------------------------------


def test_the_matrix_says_on_how_much_of_the_weight_one_is_better() -> None:
    outranking = outranking_matrix(scored(table_of([[1, 2, 3], [3, 1, 3], [2, 3, 1]]), [5, 3, 2]))
    assert outranking.loc["A", "B"] == pytest.approx(0.4)  # level in the third: half of 2 of 10
    assert outranking.loc["B", "A"] == pytest.approx(0.6)
    assert outranking.loc["A", "C"] == pytest.approx(0.2)
    assert np.isnan(np.diag(outranking)).all()


def test_pairs_are_compared_on_what_both_have() -> None:
    outranking = outranking_matrix(
        scored(table_of([[1, NAN, 3], [3, 1, 2], [NAN, 2, NAN]]), [5, 3, 2])
    )
    assert outranking.loc["A", "B"] == pytest.approx(2 / 7)
    assert outranking.loc["C", "B"] == 1
    assert outranking.isna().to_numpy()[0].tolist() == [True, False, True]


def test_some_rows_are_those_of_the_whole() -> None:
    result = scored(table_of(np.random.default_rng(1).integers(0, 3, (6, 4))))
    every = outranking_matrix(result)
    pd.testing.assert_frame_equal(
        outranking_matrix(result, units=["D", "B"]), every.loc[["D", "B"]]
    )


def test_the_matrix_of_a_dimension_whose_weights_are_figures() -> None:
    leaves = [gi.Indicator("a", rule=Identity(), weight="w"), gi.Indicator("b", rule=Identity())]
    framework = gi.Framework("index", [gi.Dimension("d", leaves)])
    data = observed({"a": [1, 2], "b": [2, 1], "w": [3, 1]})
    result = gi.Methodology("example.figures", "1", framework).compute(data)
    # ¾ and ½ of the weight for 'a', ¼ and ½ for 'b': on the smaller ones ½ and ¼.
    assert outranking_matrix(result, "d").loc["U1", "U0"] == pytest.approx(2 / 3)


def test_the_memory_does_not_grow_beyond_the_matrix() -> None:
    result = scored(table_of(np.random.default_rng(1).random((1500, 4))))
    tracemalloc.start()
    outranking_matrix(result)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 1500**2 * 8 * 1.6


def test_what_has_no_children_has_no_matrix() -> None:
    result = scored(table_of([[1, 2], [2, 1]]))
    with pytest.raises(SettingError, match="'0' has no children to compare units on"):
        outranking_matrix(result, "0")
    with pytest.raises(UnknownNameError, match="there is no node 'indx': did you mean 'index'"):
        outranking_matrix(result, "indx")
    with pytest.raises(UnknownNameError, match="'Z'"):
        outranking_matrix(result, units=["Z"])


@pytest.mark.parametrize("name", ["pillars", "pillars_equal", "indicators"])
def test_matrices_of_asem(name: str) -> None:
    source = "stage_Normalised" if name == "indicators" else "outrank_input_pillars"
    table = asem_table(source).set_index("uCode").astype(float)
    weights = None
    if name == "pillars":
        weights = asem_table("outrank_input_pillar_weights")["w"].astype(float)
    outranking = outranking_matrix(scored(table, weights)).to_numpy(copy=True)
    expected = asem_table(f"outrank_matrix_{name}").to_numpy(dtype=float)
    np.fill_diagonal(outranking, 0)
    gaps = np.abs(table.to_numpy()[:, None] - table.to_numpy())
    # Figures that differ in their last bits are level, here and not in the reference.
    alike = ((gaps > 0) & (gaps < 1e-12)).any(axis=-1)
    assert alike.sum() == (4 if name == "indicators" else 0)
    np.testing.assert_allclose(outranking[~alike], expected[~alike], atol=1e-12)


def test_matrices_of_edge_cases() -> None:
    compared = 0
    for line in reference("asem/edge_cases.jsonl").read_text().splitlines():
        case = json.loads(line)
        # With a missing cell the published matrix depends on the order of the rows.
        if case["fn"] != "outrankMatrix" or case["tag"].startswith("cycle_na"):
            continue
        rows = np.array(case["args"]["X"], dtype=float)
        outranking = outranking_matrix(
            scored(table_of(rows), np.array(case["args"]["w"], dtype=float))
        )
        expected = np.array(case["result"]["OutRankMatrix"], dtype=float)
        np.testing.assert_allclose(np.nan_to_num(outranking), expected, atol=1e-12)
        compared += 1
    assert compared >= 4


# -- consensus ------------------------------------------------------------------------------------

THREE = {
    "speed": one_index({"A": 1, "B": 2, "C": 3, "D": 4}),
    "reach": one_index({"A": 1, "C": 2, "B": 3, "D": 4}),
    "cost": one_index({"B": 1, "A": 2, "D": 3, "C": 4}),
}


@pytest.mark.parametrize("how", ["copeland", "borda", "condorcet", "kemeny"])
def test_a_consensus_where_all_ways_agree(how: Any) -> None:
    ranking = consensus(THREE, how)
    assert ranking["rank"].to_dict() == {"A": 1, "B": 2, "C": 3, "D": 4}
    assert list(ranking["speed"]) == [1, 2, 3, 4]
    assert (ranking.loc["C", "reach"], ranking.loc["C", "cost"]) == (2, 4)


def test_units_that_tie_share_a_rank() -> None:
    ranking = consensus({"one": one_index({"A": 1, "B": 2}), "two": one_index({"B": 1, "A": 2})})
    assert ranking["rank"].to_list() == [1, 1]
    heavy = consensus(
        {"one": one_index({"A": 1, "B": 2}), "two": one_index({"B": 1, "A": 2})},
        weights={"two": 2},
    )
    assert heavy["rank"].to_dict() == {"B": 1, "A": 2}


def test_units_that_an_index_lacks_are_compared_on_the_others() -> None:
    results = {
        "one": one_index({"A": 1, "B": 2, "C": 3}),
        "two": one_index({"B": 1, "D": 2}),
        "three": one_index({"A": 1, "B": 2, "D": 3}),
    }
    ranking = consensus(results)
    assert ranking["rank"].to_dict() == {"A": 1, "B": 2, "C": 3, "D": 3}
    assert ranking.loc["D", "one"] is pd.NA


def test_leagues_are_ranked_apart() -> None:
    leagues = {"A": "x", "B": "x", "C": "y", "D": "y"}
    results = {
        "one": one_index({"A": 1, "B": 2, "C": 4, "D": 3}, leagues),
        "two": one_index({"A": 1, "B": 2, "C": 4, "D": 3}, leagues),
    }
    ranking = consensus(results)
    assert ranking["rank"].to_dict() == {"A": 1, "B": 2, "D": 1, "C": 2}
    assert consensus(results, overall=True)["rank"].to_dict() == {"A": 1, "B": 2, "D": 3, "C": 4}
    moved = {**results, "two": one_index({"A": 1, "B": 2}, {"A": "x", "B": "y"})}
    with pytest.raises(DataError, match="unit 'B' is in league 'y' of 'two', and in 'x' of"):
        consensus(moved)
    assert consensus(moved, overall=True)["rank"].to_list() == [1, 2, 3, 4]


def test_what_there_is_no_ranking_of() -> None:
    ring = {
        "one": one_index({"A": 1, "B": 2, "C": 3}),
        "two": one_index({"B": 1, "C": 2, "A": 3}),
        "three": one_index({"C": 1, "A": 2, "B": 3}),
    }
    with pytest.raises(DataError, match="no such ranking: 'A', 'B', 'C' outranks others in a ring"):
        consensus(ring, "condorcet")
    assert consensus(ring, Condorcet(rings="tie"))["rank"].to_list() == [1, 1, 1]
    assert consensus(ring, "kemeny")["rank"].to_list() == [1, 1, 1]
    with pytest.raises(DataError, match="at least one index"):
        consensus({})
    with pytest.raises(SettingError, match="no consensus 'bordo': did you mean 'borda'"):
        consensus(ring, "bordo")  # type: ignore[arg-type]
    with pytest.raises(SettingError, match="a consensus is one of 'borda'"):
        consensus(ring, gi.aggregate.Arithmetic())  # type: ignore[arg-type]
    with pytest.raises(SettingError, match="the weight of 'one' is a number above 0, not -1"):
        consensus(ring, weights={"one": -1})
    with pytest.raises(UnknownNameError, match="no index 'on': did you mean 'one'"):
        consensus(ring, weights={"on": 1})


@given(st.permutations(range(3)), st.sampled_from(["copeland", "borda", "kemeny"]))
def test_the_order_of_indices_changes_nothing(order: list[int], how: Any) -> None:
    names = list(THREE)
    ranking = consensus({names[i]: THREE[names[i]] for i in order}, how)
    pd.testing.assert_frame_equal(
        ranking[["rank", *names]], consensus(THREE, how)[["rank", *names]]
    )


# -- as published ---------------------------------------------------------------------------------


def ballots(name: str) -> tuple[dict[str, gi.IndexResult], dict[str, float]]:
    """Return every kind of ballot as an index, with its voters; who is not listed is last."""
    table = pd.read_csv(reference(f"published/rank_aggregation/{name}.csv"))
    everybody = sorted({c for column in table.columns[1:] for c in table[column].dropna()})
    results, voters = {}, {}
    for row in table.itertuples(index=False):
        listed = [c for c in row[1:] if isinstance(c, str)]
        last = float(len(everybody))
        ranks = {c: listed.index(c) + 1.0 if c in listed else last for c in everybody}
        results[" > ".join(listed)] = one_index(ranks)
        voters[" > ".join(listed)] = float(row[0])
    return results, voters


def published(example: str, method: str) -> dict[str, str]:
    table = pd.read_csv(
        reference("published/rank_aggregation/expected.csv"), keep_default_na=False, dtype=str
    )
    chosen = table[(table["example"] == example) & (table["method"] == method)]
    return dict(zip(chosen["key"], chosen["value"], strict=True))


def disagreement(name: str, order: list[str]) -> float:
    """Count the voters against every pair of an order."""
    results, voters = ballots(name)
    ranks = consensus(results, weights=voters)[list(results)].astype(float)
    against = 0.0
    for ahead, behind in itertools.combinations(order, 2):
        against += sum(n for b, n in voters.items() if ranks[b][behind] < ranks[b][ahead])
    return against


def test_borda_of_tennessee() -> None:
    results, voters = ballots("tennessee")
    ranking = consensus(results, "borda", weights=voters)
    expected = {key: float(value) for key, value in published("tennessee", "borda_3210").items()}
    points = (ranking["share"] * 3 * sum(voters.values())).round(9)
    assert points.to_dict() == expected
    names, ranks = next(iter(published("tennessee", "borda_rank").items()))
    assert ranking["rank"][names.split("|")].to_list() == [int(p) for p in ranks.split("|")]


def test_kemeny_of_tennessee() -> None:
    results, voters = ballots("tennessee")
    order = consensus(results, "kemeny", weights=voters).index.to_list()
    assert ">".join(order) == published("tennessee", "kemeny_ranking")[""]
    expected = float(published("tennessee", "kemeny_distance")[""])
    assert disagreement("tennessee", order) == expected


def test_kemeny_of_a_cycle() -> None:
    results, voters = ballots("condorcet_cycle")
    costs = published("condorcet_cycle", "kemeny_distance")
    for order, cost in costs.items():
        assert disagreement("condorcet_cycle", order.split(">")) == float(cost)
    least = min(costs, key=lambda order: float(costs[order]))
    assert consensus(results, "kemeny", weights=voters).index.to_list() == least.split(">")


def test_copeland_with_units_that_ballots_leave_out() -> None:
    results, voters = ballots("copeland_abcde")
    ranking = consensus(results, weights=voters)
    for unit, value in published("copeland_abcde", "wins|losses").items():
        wins, losses = (int(number) for number in value.split("|"))
        assert ranking.loc[unit, "share"] == pytest.approx((wins + (4 - wins - losses) / 2) / 4)


def test_kemeny_settings_reach_the_consensus() -> None:
    results = {
        "one": one_index({"A": 1, "B": 2, "C": 3}),
        "two": one_index({"B": 1, "C": 2, "A": 3}),
    }
    with pytest.raises(DataError, match="several orders are best"):
        consensus(results, "kemeny")
    ranking = consensus(results, Kemeny(ambiguous="middle"))
    assert ranking["rank"].to_dict() == {"B": 1, "A": 2, "C": 3}
    assert consensus(results, Copeland())["share"].max() == 0.75


def test_similarity_of_two_rankings() -> None:
    one, two = (
        one_index(dict(zip("ABCDE", ranks, strict=True)))
        for ranks in ([1.0, 2, 3, 4, 5], [1.0, 3, 2, 4, 5])
    )
    similarity = rank_similarity(one, two)
    names = {"spearman": "spearman", "weighted_spearman": "weighted_spearman", "ws": "WS"}
    for ours, theirs in names.items():
        (expected,) = published("ws_example", theirs).values()
        assert round(similarity[ours], 4) == float(expected)


def test_similarity_is_of_what_both_rank() -> None:
    one = one_index({"A": 1, "B": 2, "C": 3, "D": 4})
    other = one_index({"D": 1, "X": 2, "B": 3, "A": 4})
    # 1, 2, 3 against 3, 2, 1.
    assert rank_similarity(one, other).round(9).to_dict() == {
        "spearman": -1.0,
        "weighted_spearman": -1.0,
        "ws": round(1 - (0.5 + 0 + 0.125), 9),
    }
    same = rank_similarity(one, one)
    np.testing.assert_allclose(same, 1.0, rtol=1e-12)
    tied = rank_similarity(one, one_index({"A": 1, "B": 1, "C": 1, "D": 1}))
    assert np.isnan(tied["spearman"])
    with pytest.raises(DataError, match="on two units or more; both rank 1"):
        rank_similarity(one, one_index({"A": 1, "Y": 2}))
