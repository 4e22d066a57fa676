from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from govindex.errors import SettingError
from govindex.kernels.keys import places
from govindex.ranking import Band, Bands, Ranking, rank_labels, score_keys
from govindex.rounding import Rounding

Float = npt.NDArray[np.float64]


def ranked(scores: Float, ranking: Ranking, rounding: Rounding | None = None) -> list[float]:
    keys = score_keys(scores, 100.0, ranking, rounding or Rounding(ranking.decimals or 0))
    return [float(place) for place in places(keys, ranking.ties)]


def test_full_scores_that_print_the_same_do_not_tie() -> None:
    assert ranked(np.array([61.891, 61.889]), Ranking()) == [1.0, 2.0]


def test_printed_scores_that_print_the_same_tie() -> None:
    assert ranked(np.array([61.891, 61.889]), Ranking(decimals=2)) == [1.0, 1.0]


def test_printed_scores_are_rounded_as_told_before_they_tie() -> None:
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


def test_absent_scores_have_no_place_at_either_end() -> None:
    scores = np.array([np.nan, 3.0, 7.0])
    np.testing.assert_array_equal(ranked(scores, Ranking(best="lowest")), [np.nan, 1.0, 2.0])
    np.testing.assert_array_equal(ranked(scores, Ranking()), [np.nan, 2.0, 1.0])


def test_score_keys_follow_the_maximum_of_each_node() -> None:
    printed = np.array([[42.0], [50.0]])
    keys = score_keys(printed, np.array([[84.0], [100.0]]), Ranking(), Rounding(0))
    assert keys[0] == keys[1]


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


def test_rank_labels_mark_shared_places_only() -> None:
    labels = rank_labels(np.array([2.5, 1.0, 2.5, np.nan, 4.0, np.nan]))
    assert labels == ["=2.5", "1", "=2.5", "", "4", ""]


def test_rank_labels_keep_every_digit_of_long_rankings() -> None:
    assert rank_labels(np.array([1_234_567.0])) == ["1234567"]


def classified(bands: Bands, *values: float) -> list[str | None]:
    return bands.classify(np.array(values), 100.0, Rounding(bands.decimals or 0))


def test_a_band_closed_below_holds_its_start_and_what_the_last_bits_make_of_it() -> None:
    bands = Bands([("A", 55), ("B", None)])
    assert classified(bands, 55.0, 54.999999999999, 54.9999, 55.0001) == ["A", "A", "B", "A"]


def test_a_band_closed_above_leaves_its_start_to_the_band_below() -> None:
    bands = Bands([("A", 55), ("B", None)], closed="upper")
    assert classified(bands, 55.0, 55.000000000001, 54.9999, 55.0001) == ["B", "B", "B", "A"]


def test_bands_classify_what_is_printed_if_told() -> None:
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
