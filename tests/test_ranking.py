from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import govindex as gi
from govindex.errors import SettingError
from govindex.kernels.keys import ranks_of
from govindex.ranking import Band, Bands, Ranking
from govindex.ranking.bands import bands_by_quantile, bands_by_start
from govindex.ranking.labels import rank_labels
from govindex.ranking.rankings import score_keys
from govindex.rounding import Rounding

Float = npt.NDArray[np.float64]


def ranked(scores: Float, ranking: Ranking, rounding: Rounding | None = None) -> list[float]:
    keys = score_keys(scores, 100.0, ranking, rounding or Rounding(ranking.decimals or 0))
    return [float(index) for index in ranks_of(keys, ranking.ties)]


def test_full_scores_that_print_the_same_do_not_tie() -> None:
    assert ranked(np.array([61.891, 61.889]), Ranking()) == [1.0, 2.0]


def test_printed_scores_that_print_the_same_tie() -> None:
    assert ranked(np.array([61.891, 61.889]), Ranking(decimals=2)) == [1.0, 1.0]


def test_printed_scores_are_rounded_before_they_tie() -> None:
    scores = np.array([5.595, 5.59])
    assert ranked(scores, Ranking(decimals=2), Rounding(2)) == [1.0, 2.0]
    assert ranked(scores, Ranking(decimals=2), Rounding(2, "binary")) == [1.0, 1.0]


@given(scores=st.lists(st.integers(0, 20), min_size=1, max_size=8), decimals=st.none() | st.just(1))
def test_lowest_first_ranks_as_highest_first_ranks_the_mirrored_scores(
    scores: list[int], decimals: int | None
) -> None:
    values = np.array([*scores, np.nan])
    lowest = ranked(values, Ranking(best="lowest", decimals=decimals))
    mirrored = ranked(20.0 - values, Ranking(decimals=decimals))
    np.testing.assert_array_equal(lowest, mirrored)


def test_absent_scores_have_no_rank_at_either_end() -> None:
    scores = np.array([np.nan, 3.0, 7.0])
    np.testing.assert_array_equal(ranked(scores, Ranking(best="lowest")), [np.nan, 1.0, 2.0])
    np.testing.assert_array_equal(ranked(scores, Ranking()), [np.nan, 2.0, 1.0])


def test_score_keys_follow_the_maximum_of_each_draw() -> None:
    printed = np.array([[42.0], [50.0]])
    keys = score_keys(printed, np.array([[84.0], [100.0]]), Ranking(), Rounding(0))
    assert keys.tolist() == [[42 * 10**9], [5 * 10**9]]  # by the power of ten of each


def test_score_keys_of_a_node_without_points_are_those_of_its_scores() -> None:
    keys = score_keys(np.array([0.0, 0.5]), 0.0, Ranking(), Rounding(0))
    assert keys.tolist() == [0, 5 * 10**9]


def test_ranking_takes_one_tie_break_by_its_code() -> None:
    assert Ranking(tie_break="speed") == Ranking(tie_break=("speed",))


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"ties": "olympic"}, "no tie rule 'olympic': Known: 'competition', 'dense'"),
        ({"ties": "ordinary"}, "did you mean 'ordinal'"),
        ({"by": "shares"}, "by 'share' or 'points', not 'shares'"),
        ({"best": "high"}, "best is 'highest' or 'lowest', not 'high'"),
        ({"decimals": 10}, "from 0 to 9, not 10"),
        ({"decimals": -1}, "from 0 to 9, not -1"),
        ({"decimals": True}, "from 0 to 9, not True"),
        ({"decimals": 1.0}, "from 0 to 9, not 1.0"),
    ],
)
def test_ranking_refuses_impossible_settings(setting: dict[str, str], message: str) -> None:
    with pytest.raises(SettingError, match=message):
        Ranking(**setting)  # type: ignore[arg-type]


def test_rank_labels_mark_shared_ranks_only() -> None:
    labels = rank_labels(np.array([2.5, 1.0, 2.5, np.nan, 4.0, np.nan]))
    assert labels == ["=2.5", "1", "=2.5", "", "4", ""]


def test_rank_labels_keep_every_digit_of_long_rankings() -> None:
    assert rank_labels(np.array([1_234_567.0])) == ["1234567"]


def classified(bands: Bands, *values: float) -> list[str | None]:
    return bands_by_start(bands, np.array(values), 100.0, Rounding(bands.decimals or 0))


def test_a_band_closed_below_holds_its_start_and_what_the_last_bits_make_of_it() -> None:
    bands = Bands([("A", 55), ("B", None)])
    assert classified(bands, 55.0, 54.999999999999, 54.9999, 55.0001) == ["A", "A", "B", "A"]


def test_a_band_closed_above_leaves_its_start_to_the_band_below() -> None:
    bands = Bands([("A", 55), ("B", None)], closed="upper")
    assert classified(bands, 55.0, 55.000000000001, 54.9999, 55.0001) == ["B", "B", "B", "A"]


def test_bands_classify_printed_scores_if_declared() -> None:
    bands = Bands([("A", 55), ("B", None)], decimals=1)
    assert classified(bands, 54.95, 54.94) == ["A", "B"]


def test_bands_without_a_lowest_one_leave_low_scores_out() -> None:
    bands = Bands([Band("A", 80), Band("B", 50)])
    assert classified(bands, 90, 79, 49, np.nan) == ["A", "B", None, None]


def test_the_lowest_band_does_not_take_absent_scores() -> None:
    assert classified(Bands([("A", 80), ("B", None)]), np.nan, -5.0) == [None, "B"]


@given(
    starts=st.lists(st.integers(0, 100), min_size=1, max_size=5, unique=True),
    value=st.integers(0, 100),
)
def test_a_unit_is_in_the_best_band_whose_start_it_reaches(starts: list[int], value: int) -> None:
    falling = sorted(starts, reverse=True)
    bands = Bands([*((str(start), start) for start in falling), ("rest", None)])
    expected = next((str(start) for start in falling if value >= start), "rest")
    assert classified(bands, value) == [expected]


@pytest.mark.parametrize(
    ("bands", "setting", "message"),
    [
        ([], {}, "at least one band"),
        ([("A", None), ("B", 5)], {}, "only the last band may have no start: A$"),
        ([("A", 5), ("B", 5)], {}, r"fall from the best to the worst: \[5, 5\]"),
        ([("A", 5), ("B", 9)], {}, r"fall from the best to the worst: \[5, 9\]"),
        ([("A", "80")], {}, "band 'A' starts from a number or None, not '80'"),
        ([("A", True)], {}, "band 'A' starts from a number or None, not True"),
        ([(80, "A")], {}, "a band's name is a text that is not blank, not 80"),
        (["AB"], {}, r"a band is a pair \(name, start\), not 'AB'"),
        ([("A", 80, 70)], {}, r"a band is a pair \(name, start\), not \('A', 80, 70\)"),
        ("AB", {}, r"bands are given as \[\(name, start\), …\], best first, not 'AB'"),
        (None, {}, r"bands are given as \[\(name, start\), …\], best first, not None"),
        ([("A", float("inf"))], {}, r"finite numbers, not \[inf\]"),
        ([("A", 5)], {"by": "point"}, "do not go by 'point': did you mean 'points'"),
        ([("A", 5)], {"closed": "left"}, "closed is 'lower' .* or 'upper' .*, not 'left'"),
        ([("A", 5)], {"decimals": 12}, "from 0 to 9, not 12"),
        ([("A", 100)], {"by": "quantile"}, r"between 0 and 100 percent.*given: \[100\]"),
        ([("A", 75), ("B", 0)], {"by": "quantile"}, r"the lowest has no start; given: \[0\]"),
        ([("A", 5)], {"by": "quantile", "decimals": 2}, r"to Ranking\(decimals=2\)"),
        ([("A", 5)], {"by": "quantile", "quantile": "liner"}, "did you mean 'linear'"),
        ([("A", 5)], {"quantile": "hazen"}, "'hazen' is for bands by 'quantile', not by 'points'"),
    ],
)
def test_bands_refuse_impossible_settings(
    bands: list[tuple[str, float | None]], setting: dict[str, str], message: str
) -> None:
    with pytest.raises(SettingError, match=message):
        Bands(bands, **setting)  # type: ignore[arg-type]


def test_bands_are_read_from_a_mapping() -> None:
    assert Bands({"A": 90, "B": None}) == Bands([("A", 90), ("B", None)])


def test_bands_name_themselves_from_the_best_to_the_worst() -> None:
    assert Bands([("Tốt", 80), ("Khá", 65), ("Yếu", None)]).names == ("Tốt", "Khá", "Yếu")


METHODS = ("linear", "weibull", "hazen", "inverted_cdf")


def quartered(keys: list[int], **settings: Any) -> list[str | None]:
    bands = Bands([("1", 75), ("2", 50), ("3", 25), ("4", None)], by="quantile", **settings)
    return bands_by_quantile(bands, np.array(keys), np.ones(len(keys), dtype=bool))


def test_quartiles_of_sixty_three_units_close_below_hold_the_unit_that_they_are() -> None:
    # (63 − 1)·¾ = 46.5 lies between two units, and 31 is the median itself.
    quarters = quartered([*range(63)])
    assert [quarters.count(name) for name in "1234"] == [16, 16, 15, 16]
    upper = quartered([*range(63)], closed="upper")
    assert [upper.count(name) for name in "1234"] == [16, 15, 16, 16]


def test_each_definition_puts_the_starts_elsewhere() -> None:
    sizes = {m: [quartered([*range(10)], quantile=m).count(name) for name in "1234"]
             for m in METHODS}  # fmt: skip
    assert sizes == {
        "linear": [3, 2, 2, 3],
        "weibull": [2, 3, 3, 2],
        "hazen": [3, 2, 3, 2],
        "inverted_cdf": [3, 3, 2, 2],
    }


@given(
    scores=st.lists(st.integers(-20, 20), min_size=1, max_size=30),
    start=st.sampled_from([5, 10, 25, 30, 50, 62.5, 75, 99]),
    method=st.sampled_from(METHODS),
    closed=st.sampled_from(["lower", "upper"]),
)
def test_quantile_bands_start_where_numpy_has_the_quantile(
    scores: list[int], start: float, method: Any, closed: Any
) -> None:
    bands = Bands([("A", start), ("B", None)], by="quantile", quantile=method, closed=closed)
    actual = bands_by_quantile(bands, np.array(scores), np.ones(len(scores), dtype=bool))
    limit = np.quantile(scores, start / 100, method=method)
    # Where numpy interpolates, the last bits of what should be a score may be off.
    limit = np.round(limit) if np.isclose(limit, np.round(limit), rtol=0, atol=1e-9) else limit
    inside = np.array(scores) >= limit if closed == "lower" else np.array(scores) > limit
    assert [name == "A" for name in actual] == inside.tolist()


def test_quantiles_are_those_of_the_ranked_and_ties_share_a_band() -> None:
    bands = Bands([("upper", 50), ("lower", None)], by="quantile")
    keys = np.array([9, 5, 5, 1, 7, np.iinfo(np.int64).min])
    ranked = np.array([True, True, True, True, False, True])
    assert bands_by_quantile(bands, keys, ranked) == [
        "upper",
        "upper",
        "upper",
        "lower",
        "upper",
        None,
    ]
    assert bands_by_quantile(bands, keys, np.zeros(6, dtype=bool)) == [None] * 6


def test_quantile_bands_are_given_inside_leagues_by_what_is_ranked() -> None:
    framework = gi.Framework("total", [gi.Indicator("a", rule=gi.rules.Identity())])
    bands = Bands([("upper", 50), ("lower", None)], by="quantile")
    method = gi.Methodology(
        "example.halves", "1", framework, scale=1, bands=bands, ranking=Ranking(decimals=0)
    )
    frame = pd.DataFrame(
        {"unit": [*"abcdef"], "league": [*"xxxyyy"], "a": [9.0, 5.2, 4.8, 3.0, 2.0, 1.0]}
    )
    data = gi.Observations.from_frame(frame, unit="unit", league="league")
    result = method.compute(data)
    # 5.2 and 4.8 share the second rank, and the band.
    assert result.band_of("total") == ["upper"] * 5 + ["lower"]
    assert result.table()["band"].tolist() == result.bands["total"].tolist()
    assert not method.peer_dependent
    (part,) = method.peer_dependent_parts()
    assert (part.kind, part.part) == ("bands", bands)
    assert str(part) == f"bands: {bands!r}"
    assert method.anchored(data) is method
