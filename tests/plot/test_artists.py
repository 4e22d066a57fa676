"""Pictures show the numbers, the order and the marks of the results that they are given."""

from __future__ import annotations

from typing import Any

import attrs
import matplotlib.style
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from matplotlib.patches import PathPatch

import govindex as gi
from govindex import absence, plot, robustness, rules
from govindex.language import number_text
from govindex.testing import observed
from tests.plot.examples import (
    PICTURES,
    SUBJECTS,
    Subject,
    data,
    found,
    method,
    prepared,
    regions,
    register,
    result,
    sample,
)
from tests.plot.pictures import labels

TEN, LEAGUES = SUBJECTS["ten units"], SUBJECTS["63 units in three leagues"]


def widths(axes: Any, label: str = "_scores") -> list[tuple[float, float, float]]:
    """Return (y, start, end) of the bars with a label, from the top down."""
    boxes = []
    for patch in axes.get_children():
        if patch.get_label() == label and isinstance(patch, PathPatch):
            corners = np.asarray(patch.get_path().vertices).reshape(-1, 5, 2)
            low, high = corners.min(axis=1), corners.max(axis=1)
            middle = (low[:, 1] + high[:, 1]) / 2.0
            boxes += list(
                zip(middle.tolist(), low[:, 0].tolist(), high[:, 0].tolist(), strict=True)
            )
    return sorted(boxes)


def texts(axes: Any) -> list[str]:
    return [text.get_text() for text in axes.texts]


def keys(axes: Any) -> list[str]:
    return [text.get_text() for text in axes.figure.legends[0].get_texts()]


def line(axes: Any, label: str) -> Any:
    return next(each for each in axes.lines if each.get_label() == label)


def simple(scores: list[float | None], **settings: Any) -> gi.IndexResult:
    """Return a result of one indicator, units A, B, C …"""
    units = [gi.Unit(chr(65 + i)) for i in range(len(scores))]
    leaf = gi.Indicator("x", rule=rules.Goalposts(worst=0, best=10))
    policy = absence.Renormalise(min_share=0)
    tree = gi.Framework("root", [leaf], absence=policy)
    return gi.Methodology("t", "1", tree, scale=10, **settings).compute(
        observed({"x": scores}, units)
    )


# -- rankings -------------------------------------------------------------------------------------


def test_bars_are_the_scores_in_the_order_of_publication() -> None:
    one = result(LEAGUES)
    order = one.publication_order("index")
    drawn = widths(plot.ranking(one))
    assert [end for *_, end in drawn] == pytest.approx(one.printed_at("index")[order])
    assert {start for _, start, _ in drawn} == {0.0}


def test_labels_have_names_and_ranks_with_ties() -> None:
    one = simple([5.0, 7.0, 5.0, 1.0])
    assert labels(plot.ranking(one)) == ["B  1", "A  =2", "C  =2", "D  4"]


def test_leagues_have_headings_and_stand_apart() -> None:
    axes = plot.ranking(result(LEAGUES))
    assert [t for t in texts(axes) if t in ("Sở", "Thành phố", "Tỉnh")] == [
        "Sở",
        "Thành phố",
        "Tỉnh",
    ]
    gaps = np.diff(axes.get_yticks())
    assert sorted({*gaps.round(6).tolist()}) == [1.0, 2.5]


def test_scores_are_written_as_the_language_does() -> None:
    one = simple([5.25, 7.0])
    assert texts(plot.ranking(one, language="vi")) == ["7,00", "5,25"]
    assert texts(plot.ranking(one)) == ["7.00", "5.25"]


def test_a_unit_without_a_score_has_no_bar_and_says_so() -> None:
    axes = plot.ranking(simple([5.0, None]))
    assert len(widths(axes)) == 1
    assert texts(axes) == ["5.00", "no score"]


def test_bands_and_units_that_are_not_ranked_are_in_the_legend() -> None:
    assert keys(plot.ranking(result(TEN), language="vi"))[:4] == [
        "Tốt",
        "Khá",
        "Trung bình",
        "không xếp hạng",
    ]


def test_keys_look_like_what_is_drawn() -> None:
    for style, kind in (("bars", "Patch"), ("dots", "Line2D")):
        axes: Any = plot.ranking(result(TEN), style=style)  # type: ignore[arg-type]
        handles = axes.figure.legends[0].legend_handles[:4]
        assert {type(handle).__name__ for handle in handles} <= {kind, "Rectangle"} - (
            {"Rectangle"} if kind == "Line2D" else set()
        )


def test_marks_name_units_whose_scores_rest_on_other_figures() -> None:
    one = result(TEN)
    rows = one.publication_order("index")
    counts = one.status_counts()["missing"].iloc[rows].to_numpy()
    axes = plot.ranking(one)
    assert line(axes, "_missing").get_ydata() == pytest.approx(np.arange(10)[counts > 0] + 0.5)
    assert "in part missing" in keys(axes)


def test_scores_below_zero_go_to_the_left() -> None:
    leaf = gi.Indicator("x", rule=rules.ZScore())
    one = gi.Methodology("t", "1", gi.Framework("r", [leaf])).compute(
        observed({"x": [1, 2, 6]}, [*"ABC"])
    )
    drawn = widths(plot.ranking(one))
    assert [start < 0 for _, start, _ in drawn] == [False, True, True]


def test_intervals_are_drawn_by_unit() -> None:
    one = simple([5.0, 7.0])
    ends = pd.DataFrame({"low": [4.0, 6.5], "high": [6.0, 8.0]}, index=["A", "B"])
    axes: Any = plot.ranking(one, intervals=ends, style="dots")
    spans = next(c for c in axes.collections if c.get_label() == "_intervals")
    assert [segment[:, 0].tolist() for segment in spans.get_segments()] == [[6.5, 8.0], [4.0, 6.0]]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (pd.DataFrame({"low": [1.0]}), "a table by unit with the columns low and high"),
        (pd.DataFrame({"low": [1.0], "high": [2.0]}, ["Z"]), "has the unit 'Z'"),
        (pd.DataFrame({"low": ["a"], "high": [2.0]}, ["A"]), "must be numbers"),
    ],
)
def test_wrong_intervals_are_refused(wrong: Any, message: str) -> None:
    with pytest.raises(gi.GovIndexError, match=message):
        plot.ranking(simple([5.0, 7.0]), intervals=wrong)


# -- ranks over versions --------------------------------------------------------------------------


def test_lines_of_ranks_are_those_of_the_versions() -> None:
    one, two = simple([5.0, 7.0, 1.0]), simple([5.0, 4.0, 1.0])
    axes = plot.bump({"old": one, "new": two}, highlight=["B"])
    assert line(axes, "_followed").get_ydata()[:2].tolist() == [0.5, 1.5]
    assert texts(axes) == ["B  1", "2  B"]


def test_units_that_tie_share_a_label() -> None:
    one, two = simple([5.0, 7.0, 1.0]), simple([5.0, 5.0, 1.0])
    assert texts(plot.bump({"old": one, "new": two}))[-2:] == ["=1  A, B", "3  C"]


def test_a_line_is_broken_where_a_unit_has_no_rank() -> None:
    axes = plot.bump({"1": simple([5.0, 7.0]), "2": simple([5.0, None])}, highlight="B")
    assert np.isnan(line(axes, "_followed").get_ydata()[1])


def test_a_panel_is_drawn_period_by_period() -> None:
    years = {"2024": data(TEN), "2025": data(TEN, 2)}
    panel = method(TEN).compute(gi.Observations.panel(years))
    axes = plot.bump(panel, language="vi")
    assert [label.get_text() for label in axes.get_xticklabels()] == ["2024", "2025"]
    last = gi.over_time(panel, "rank")["2025"].dropna()
    first = last[last == 1].index[0]
    name = panel.units.body_labels("vi")[panel.units.bodies.index(first)]
    assert f"1  {name}" in texts(axes)


def test_one_period_is_no_panel() -> None:
    with pytest.raises(gi.DataError, match="of one period only"):
        plot.bump(result(TEN))


# -- contributions --------------------------------------------------------------------------------


def test_stacks_add_up_to_the_scores() -> None:
    one = result(TEN)
    axes = plot.contributions(one)
    ends: dict[float, float] = {}
    for patch in axes.get_children():
        if str(patch.get_label()).startswith("_") and isinstance(patch, PathPatch):
            for y, start, end in widths(axes, str(patch.get_label())):
                ends[y] = max(ends.get(y, 0.0), end)
                assert start <= end
    scores = one.printed_at("index")[one.publication_order("index")]
    assert [ends[i + 0.5] for i in range(10)] == pytest.approx(scores, abs=1e-6)


def test_contributions_below_zero_are_stacked_to_the_left() -> None:
    leaves = [gi.Indicator(code, rule=rules.ZScore()) for code in "xy"]
    one = gi.Methodology("t", "1", gi.Framework("r", leaves)).compute(
        observed({"x": [1, 2, 6], "y": [9, 2, 1]}, [*"ABC"])
    )
    axes = plot.contributions(one)
    assert axes.get_xlim()[0] < 0
    assert min(start for _, start, _ in widths(axes, "_x")) < 0


@pytest.mark.parametrize(
    "aggregate", [gi.aggregate.Arithmetic(), gi.aggregate.Geometric(), gi.aggregate.Harmonic()]
)
def test_contributions_of_any_mean_add_up(aggregate: Any) -> None:
    from govindex.decomposition.tree_parts import child_parts

    leaves = [gi.Indicator(c, rule=rules.Goalposts(worst=0, best=10)) for c in "xyz"]
    one = gi.Methodology("t", "1", gi.Framework("r", leaves, aggregate=aggregate)).compute(
        observed({"x": [1, 2, 6], "y": [9, 2, 1], "z": [4, 4, 4]}, [*"ABC"])
    )
    codes, points = child_parts(one, "r")
    assert codes == ("x", "y", "z")
    assert points.sum(axis=0) == pytest.approx(one.full_at("r"))


def test_an_indicator_has_no_contributions() -> None:
    with pytest.raises(gi.SettingError, match=r"'1\.1' has no children"):
        plot.contributions(result(TEN), "1.1")


# -- grids ----------------------------------------------------------------------------------------


def test_cells_hold_scores_percents_or_ranks() -> None:
    one = result(TEN)
    first = one.publication_order("index")[0]
    for show, expected in {
        "score": [f"{one.printed_at(c)[first]:.2f}" for c in "123456"],
        "percent": [number_text(one.percent[one.row_of(c)][first], None, 1) for c in "123456"],
        "rank": [one.rank_labels(c)[first] for c in "123456"],
    }.items():
        assert texts(plot.heatmap(one, show=show))[:6] == expected  # type: ignore[arg-type]


def test_cells_without_a_score_are_hatched_by_their_status() -> None:
    one = result(TEN)
    axes = plot.heatmap(one, 2)
    hatched = widths(axes, "_missing")
    leaves = [one.row_of(code) for code in one.framework.leaf_codes]
    cells = sum(end - start for _, start, end in hatched)
    assert cells == int(np.isnan(one.shares[leaves]).sum())
    assert "missing" in keys(axes)


@pytest.mark.parametrize("style", ["default", "dark_background"])
def test_a_cell_without_a_score_is_not_taken_for_one(style: str) -> None:
    from govindex.plot.styles import ABSENT, STATUSES, faint, scale_colours

    with matplotlib.style.context(style):
        axes = plot.ranking(simple([5.0]))
        grounds = [to_rgb(faint(axes, STATUSES[name].grey)) for name in ABSENT.values()]
    scores = scale_colours(np.linspace(0.0, 1.0, 256))[:, :3]
    for ground in grounds:
        assert np.linalg.norm(scores - np.array(ground), axis=1).min() > 0.1
    hatches = {STATUSES[name].hatch for name in ABSENT.values()}
    assert len(hatches - {""}) == len(ABSENT)


def test_imputed_and_treated_figures_are_marked_in_the_grid() -> None:
    one = method(TEN).compute(prepared(TEN))
    axes = plot.heatmap(one, 2)
    for name, row in (("imputed", one.row_of("1.3")), ("treated", one.row_of("1.1"))):
        marked = one.treated[row] if name == "treated" else one.status[row] == 2
        assert len(line(axes, f"_{name}").get_xdata()) == int(marked.sum())


@pytest.mark.parametrize("name", ["all missing", "one unit"])
def test_there_is_no_scale_of_colours_without_colours(name: str) -> None:
    subject = SUBJECTS[name]
    missing = name == "all missing"
    axes: Any = plot.map(result(subject), regions(subject.units))
    assert len(axes.child_axes) == (0 if missing else 1)
    ranks: Any = plot.heatmap(result(subject), show="rank")
    assert ranks.child_axes == []


def test_every_cell_has_its_status_in_the_map_of_gaps() -> None:
    axes = plot.missing(data(TEN))
    absent = int(np.isnan(data(TEN).values).sum())
    assert keys(axes) == [f"reported: {240 - absent}", f"missing: {absent}"]
    assert len(widths(axes, "_missing")) == absent


def test_correlations_are_written_with_their_sign() -> None:
    matrix = pd.DataFrame([[1.0, -0.5], [-0.5, 1.0]], [*"ab"], [*"ab"])
    assert texts(plot.correlations(matrix, language="vi")) == ["1,00", "-0,50", "-0,50", "1,00"]


def test_correlations_are_framed_by_dimension() -> None:
    one = result(LEAGUES)
    axes = plot.correlations(gi.coherence.correlation_matrix(one), framework=one)
    assert len([patch for patch in axes.patches if patch.get_label() == "_group"]) == 6
    assert labels(axes)[0].startswith("1.1 ")


def test_nodes_of_no_dimension_are_not_framed_together() -> None:
    leaves = [gi.Indicator(code, rule=rules.Goalposts(worst=0, best=10)) for code in "abcd"]
    tree = gi.Framework("r", [leaves[0], gi.Dimension("branch", leaves[1:3]), leaves[3]])
    matrix = pd.DataFrame(np.eye(4), [*"abcd"], [*"abcd"])
    axes = plot.correlations(matrix, framework=tree)
    frames: Any = [patch for patch in axes.patches if patch.get_label() == "_group"]
    assert [(frame.get_y(), frame.get_height()) for frame in frames] == [(1.0, 2.0)]


@pytest.mark.parametrize(
    "wrong", [pd.DataFrame({"a": [2.0]}, ["a"]), pd.DataFrame({"a": [1.0]}), "no matrix"]
)
def test_what_is_no_matrix_of_correlations_is_refused(wrong: Any) -> None:
    with pytest.raises(gi.GovIndexError, match="correlation"):
        plot.correlations(wrong)


# -- one unit -------------------------------------------------------------------------------------


def test_a_profile_shows_the_unit_and_its_ranks() -> None:
    one = result(LEAGUES)
    axes = plot.profile(one, "U0003")
    row = one.units.locate("U0003")
    assert line(axes, "_unit").get_xdata() == pytest.approx(
        [one.percent[one.row_of(code), row] for code in "123456"]
    )
    assert texts(axes)[0] == f"{one.rank_labels('1')[row]} / 21"


def test_a_profile_says_why_there_is_no_score() -> None:
    assert "missing" in texts(plot.profile(result(TEN), "U0001", 2))


def test_a_radar_refuses_what_it_cannot_show() -> None:
    one = result(TEN)
    with pytest.raises(gi.SettingError, match="one to five units, not 6"):
        plot.radar(one, [f"U000{i}" for i in range(1, 7)])
    leaves = [gi.Indicator(c, rule=rules.ZScore()) for c in "xyz"]
    scores = {c: [1.0, 2.0, 6.0] for c in "xyz"}
    relative = gi.Methodology("t", "1", gi.Framework("r", leaves)).compute(
        observed(scores, [*"ABC"])
    )
    with pytest.raises(gi.SettingError, match="no scores below 0"):
        plot.radar(relative, "A")


# -- changes --------------------------------------------------------------------------------------


def test_changes_of_scores_are_written_with_their_sign() -> None:
    one, two = simple([5.0, 7.0]), simple([6.5, 4.0])
    assert texts(plot.change(one, two, show="score", language="vi")) == ["+1,50", "-3,00"]
    assert texts(plot.change(gi.change(one, two), show="score")) == ["+1.50", "-3.00"]


def test_slopes_go_from_the_old_to_the_new_rank() -> None:
    axes = plot.change(simple([5.0, 7.0]), simple([6.5, 4.0]))
    assert texts(axes) == ["B  1", "A  2", "1  A", "2  B"]


def test_a_waterfall_ends_at_the_new_score() -> None:
    old, new = (gi.explain(result(TEN, seed), "U0001") for seed in (1, 2))
    axes = plot.change(old, new)
    written = texts(axes)
    assert written[0] == f"{old.score:.2f}"
    assert written[-1] == f"{new.score:.2f}"
    steps = sum(float(text) for text in written[1:-1])
    assert steps == pytest.approx(new.score - old.score, abs=0.05)


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(gi.SettingError, match="give two results, two explanations"):
        plot.change(result(TEN))
    with pytest.raises(gi.SettingError, match="a waterfall needs two explanations"):
        plot.change(gi.explain(result(TEN), "U0001"))


# -- robustness -----------------------------------------------------------------------------------


def test_intervals_of_ranks_are_those_of_the_sample() -> None:
    one = sample(TEN)
    axes: Any = plot.rank_intervals(one, 0.8)
    table = one.intervals(0.8).dropna(subset=["low"])
    drawn = [segment[:, 0].tolist() for c in axes.collections for segment in c.get_segments()]
    assert drawn == table[["low", "high"]].astype(float).to_numpy().tolist()


def test_shares_of_ranks_are_written_in_percent() -> None:
    one = sample(TEN)
    shares = one.acceptability().to_numpy().ravel()
    written = [text for text in texts(plot.acceptability(one)) if text != "not ranked"]
    assert len(written) == int((shares > 0).sum())


def test_the_median_is_seen_beside_the_nominal_rank() -> None:
    axes = plot.rank_intervals(sample(TEN))
    dots = line(axes, "_median")
    assert (dots.get_marker(), dots.get_zorder() > 2) == ("o", True)
    medians = sample(TEN).intervals()["median"].dropna().astype(float)
    assert dots.get_xdata() == pytest.approx(medians)


@pytest.mark.parametrize("name", ["all ties", "a league of one", "two units"])
def test_an_axis_of_ranks_has_whole_ranks_from_the_first(name: str) -> None:
    axes: Any = plot.rank_intervals(sample(SUBJECTS[name]))
    axes.figure.draw_without_rendering()
    low, high = axes.get_xlim()
    shown = [tick for tick in axes.get_xticks() if low <= tick <= high]
    assert shown
    assert all(tick >= 1 and tick == int(tick) for tick in shown)


def test_shorter_intervals_lie_on_longer_ones() -> None:
    axes: Any = plot.rank_intervals({"wide": sample(TEN, 0.8), "narrow": sample(TEN)})
    wide, narrow = axes.collections
    assert narrow.get_zorder() > wide.get_zorder()


@pytest.mark.parametrize("draw", [plot.acceptability, plot.pairwise, plot.rank_intervals])
def test_a_row_without_ranks_says_why(draw: Any) -> None:
    assert texts(draw(sample(TEN))).count("not ranked") == 1
    units = [gi.Unit(code) for code in "ABC"]
    leaves = [gi.Indicator(code, rule=rules.Goalposts(worst=0, best=10)) for code in "xy"]
    policy = absence.Renormalise(min_share=0)
    index = gi.Methodology("t", "1", gi.Framework("r", leaves, absence=policy))
    given = observed({code: [1.0, 2.0, None] for code in "xy"}, units)
    vary = [robustness.Weights(spread=0.1)]
    one = robustness.sample_ranks(index, given, vary=vary, draws=10, rng=1)
    assert texts(draw(one)).count("no score") == 1


def test_pairs_that_tie_are_explained() -> None:
    axes: Any = plot.pairwise(sample(SUBJECTS["all ties"]))
    assert "neither is ahead" in axes.figure.legends[0].get_title().get_text()


def runs_of(hatched: Any) -> int:
    """Return how many runs of neighbouring cells are hatched."""
    return sum(int((np.diff(np.append(0, row.astype(int))) == 1).sum()) for row in hatched)


def test_cells_that_differ_by_their_hue_only_are_hatched_without_numbers() -> None:
    ahead = sample(LEAGUES).pairwise().to_numpy(dtype=float)
    axes = plot.pairwise(sample(LEAGUES))
    assert "below half of the draws" in keys(axes)
    listed = sample(LEAGUES).pairwise().index
    units = data(LEAGUES).units
    leagues = units.take(np.array([units.locate(unit) for unit in listed])).leagues
    assert leagues is not None
    together = np.array(leagues)[:, None] == np.array(leagues)[None, :]
    below = (ahead < 0.5) & together & ~np.eye(len(ahead), dtype=bool)
    assert len(widths(axes, "_hatched")) == runs_of(below)
    assert widths(plot.pairwise(sample(TEN)), "_hatched") == []


def test_correlations_below_zero_are_hatched_without_numbers() -> None:
    numbers = np.random.default_rng(1).uniform(-1, 1, (50, 50))
    names = [f"{i}" for i in range(50)]
    matrix = pd.DataFrame((numbers + numbers.T) / 2.0, names, names)
    axes = plot.correlations(matrix)
    assert len(widths(axes, "_hatched")) == runs_of(matrix.to_numpy() < 0.0)
    assert "below 0" in keys(axes)


def test_samples_of_other_units_are_not_drawn_together() -> None:
    with pytest.raises(gi.DataError, match="samples of different units"):
        plot.rank_intervals({"a": sample(TEN), "b": sample(LEAGUES)})


def test_the_ladder_has_a_bar_between_neighbours() -> None:
    margins = robustness.swap_margins(result(LEAGUES), at=1)
    axes = plot.swap_margins(margins)
    known = margins["l1"].dropna()
    assert [end for *_, end in widths(axes, "_margins")] == pytest.approx(known)
    assert {y % 1.0 for y, *_ in widths(axes, "_margins")} <= {0.0, 0.5}


def test_a_small_margin_is_not_printed_as_zero() -> None:
    margins = robustness.swap_margins(result(TEN), at=1)
    first, second = margins.index[margins["outcome"] == "swaps"][:2]
    margins.loc[first, "l1"], margins.loc[second, "l1"] = 0.0002, 0.0
    written = texts(plot.swap_margins(margins, language="vi"))
    assert (written.count("<0,001"), written.count("0,000")) == (1, 1)


def test_outcomes_that_are_not_written_are_counted() -> None:
    many = Subject(400)
    margins = robustness.swap_margins(result(many), at=1)
    margins.loc[margins.index[0], "l1"] = 1.9
    axes: Any = plot.swap_margins(margins)
    note = axes.figure.legends[0].get_title().get_text().replace("\n", " ")
    outcomes = margins["outcome"].value_counts()
    assert f"Tied: {outcomes['tied']}." in note
    assert "reach beyond the axis: 4, up to 1.900." in note
    assert axes.get_xlim()[1] < 1.0


def test_pairs_that_are_no_ladder_have_a_row_each() -> None:
    margins = robustness.swap_margins(result(TEN), at=1, pairs="leader")
    assert len(labels(plot.swap_margins(margins))) == len(margins)


def test_indices_are_drawn_with_their_intervals() -> None:
    one = found(TEN)
    axes = plot.sensitivity(one)
    table = one.mean_shift.sort_values("total", ascending=False)
    ends = [max(start, end, key=abs) for _, start, end in widths(axes, "_total")]
    assert ends == pytest.approx(table["total"])
    assert labels(axes) == list(table.index)


def test_indices_that_are_missing_are_explained() -> None:
    axes: Any = plot.sensitivity(found(SUBJECTS["all ties"]))
    assert "No indices:" in axes.figure.legends[0].get_title().get_text()
    axes = plot.sensitivity(found(SUBJECTS["all ties"]), language="vi")
    note = axes.figure.legends[0].get_title().get_text()
    assert "Không có chỉ số: không có phương sai" in note


# -- frameworks and data --------------------------------------------------------------------------


def test_nodes_are_as_large_as_their_weights() -> None:
    tree = method(TEN).framework
    axes: Any = plot.framework(tree)
    sizes = {p.get_label(): p.get_height() for p in axes.patches}
    assert {f"_{c}": pytest.approx(w) for c, w in tree.effective_weights.items()} == sizes


def test_weights_that_are_variables_cannot_be_drawn() -> None:
    leaves = [gi.Indicator(c, rule=rules.MinMax(), weight="w") for c in "ab"]
    with pytest.raises(gi.SettingError, match="weights cannot be drawn"):
        plot.framework(gi.Framework("r", leaves))


def test_the_weights_of_several_forms_are_drawn_form_by_form() -> None:
    tree = method(TEN).framework
    forms = gi.Forms.of(method(TEN), {"a": tree, "b": tree.without("6")})
    units = attrs.evolve(data(TEN).units, types=tuple("ab" * 5))
    joint = forms.compute(attrs.evolve(data(TEN), units=units))
    with pytest.raises(gi.SettingError, match="the units have 2 forms"):
        plot.weights(joint)
    assert len(plot.weights(joint.part_of("U0002").framework).get_yticks()) == 5
    axes = plot.contributions(joint)
    assert len(widths(axes, "_6 Thanh toán trực tuyến")) == 5


def test_bonuses_stand_outside_and_unscored_nodes_are_counted() -> None:
    rule = rules.Goalposts(worst=0, best=10)
    leaves = [
        gi.Indicator("a", rule=rule, weight=8),
        gi.Indicator("b", rule=rule, weight=2, outside_maximum=True),
        gi.Indicator("c", rule=rule, weight=0),
    ]
    axes: Any = plot.framework(gi.Framework("r", leaves))
    tops = {patch.get_label(): patch.get_y() for patch in axes.patches}
    assert tops == {"_r": 0.0, "_a": 0.0, "_b": 1.0}
    assert "Nodes of weight 0, not drawn: 1." in axes.figure.legends[0].get_title().get_text()


def test_a_distribution_shows_limits_and_values_before() -> None:
    axes = plot.distribution(prepared(TEN), "1.1")
    limits = [
        np.asarray(each.get_xdata())[0] for each in axes.lines if each.get_label() == "_limit"
    ]
    assert limits == [3.0, 8.0]
    assert {patch.get_label() for patch in axes.patches} >= {"_before"}


def test_points_of_a_scatter_are_the_scores() -> None:
    one = result(TEN)
    axes = plot.scatter(one, "1", "2")
    points = np.asarray(line(axes, "_units").get_xydata())
    assert {*map(tuple, points)} == {*zip(one.printed_at("1"), one.printed_at("2"), strict=True)}


# -- maps -----------------------------------------------------------------------------------------


def region(code: str, **change: Any) -> dict[str, Any]:
    ring = [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]
    shape = {"type": "Polygon", "coordinates": [ring], **change}
    return {"type": "Feature", "properties": {"code": code}, "geometry": shape}


def collection(*features: dict[str, Any]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


def test_regions_are_coloured_by_score() -> None:
    one = simple([1.0, 9.0, 5.0])
    axes: Any = plot.map(one, collection(region("A"), region("B"), region("elsewhere")))
    colours = {patch.get_label(): sum(patch.get_facecolor()[:3]) for patch in axes.patches}
    assert colours["_0"] < colours["_1"]
    assert "Units that are not on the map: 1." in axes.figure.legends[0].get_title().get_text()
    assert keys(axes) == ["no unit"]


def test_a_map_is_read_from_a_file(tmp_path: Any) -> None:
    import json

    path = tmp_path / "map.geojson"
    path.write_text(json.dumps(collection(region("A"))), encoding="utf-8")
    assert len(plot.map(simple([1.0, 9.0]), path).patches) == 1


@pytest.mark.parametrize(
    ("regions", "message"),
    [
        ({}, "with at least one feature"),
        ("no-such-file.json", "the map cannot be read"),
        (collection(region("A", type="Point")), "feature 1: its geometry is 'Point'"),
        (collection(region("A", coordinates=[[["x"]]])), "are not rings"),
        (collection(region("A"), region("A")), "'A' has several regions"),
        (collection(region("Z")), "no feature has the code or name of a unit"),
    ],
)
def test_a_map_that_cannot_be_drawn_is_refused(regions: Any, message: str) -> None:
    with pytest.raises(gi.DataError, match=message):
        plot.map(simple([1.0, 9.0]), regions)


def test_a_map_of_a_panel_names_the_cure() -> None:
    years = {"2024": data(TEN), "2025": data(TEN, 2)}
    panel = method(TEN).compute(gi.Observations.panel(years))
    with pytest.raises(gi.SettingError, match="one period"):
        plot.map(panel, collection(region("U0001")))


# -- tables ---------------------------------------------------------------------------------------


def test_the_table_lists_units_as_published() -> None:
    one = result(TEN)
    axes = plot.league_table(one, columns=["1"])
    listed = [one.units.body_labels()[row] for row in one.publication_order("index")]
    assert [text for text in texts(axes) if text in listed] == listed
    assert {"Rank", "Unit", "Score", "Band"} <= {*texts(axes)}


def test_a_subject_of_one_league_needs_no_heading() -> None:
    assert "without a league" not in texts(plot.ranking(result(Subject(5))))


def test_bars_of_many_agencies_over_time_are_labelled_by_agency_and_date() -> None:
    table = register(Subject(63)).over_time(["Q1 2025", "Q2 2025"], "agency")
    names = labels(plot.tasks(table, language="vi"))
    assert len(names) == 126
    assert names[:2] == ["U0001 · 31/03/2025", "U0001 · 30/06/2025"]
    few = register(TEN).over_time(["Q1 2025", "Q2 2025"], "agency")
    assert labels(plot.tasks(few, language="vi"))[:2] == ["31/03/2025", "30/06/2025"]


@pytest.mark.parametrize(
    "picture", ["contributions", "league table", "heatmap", "bump", "change of scores"]
)
def test_a_label_without_a_rank_is_explained(picture: str) -> None:
    def note(subject: Subject) -> str:
        axes: Any = PICTURES[picture](subject)
        legends = axes.figure.legends
        return legends[0].get_title().get_text() if legends else ""

    assert "assessed, but not ranked" in note(TEN)
    assert "assessed, but not ranked" not in note(Subject(6))


def test_pictures_in_percent_say_that_ranks_have_none() -> None:
    children = [gi.Indicator(code, rule=rules.Goalposts(worst=0, best=30)) for code in "abc"]
    views = [gi.View("v", of=("a", "c"), rule=rules.Rank()), gi.View("w", of=("a", "b"))]
    method = gi.Methodology("made-up", "1", gi.Framework("x", children, views=views))
    result = method.compute(observed({"a": [1.0, 5.0], "b": [3.0, 4.0], "c": [9.0, 30.0]}))

    def note(axes: Any) -> str:
        legends = axes.figure.legends
        return str(legends[0].get_title().get_text()).replace("\n", " ") if legends else ""

    unit = result.units.codes[0]
    for at, noted in ((["a", "v", "w"], True), (["a", "b", "w"], False)):
        pictures = plot.profile(result, unit, at), plot.radar(result, unit, at)
        for picture in (*pictures, plot.heatmap(result, at)):
            assert ("since these are ranks or counts of units: v." in note(picture)) is noted
