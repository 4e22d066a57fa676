"""Methodologies: well formed, compared by fingerprints, frozen on a reference."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import attrs
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from govindex import (
    Absence,
    Bands,
    Dimension,
    Forms,
    Framework,
    FrameworkError,
    Indicator,
    Levels,
    Methodology,
    Observations,
    Ranking,
    Rounding,
    Source,
    Unit,
    UnknownNameError,
    View,
    absence,
    aggregate,
    measures,
    rules,
)
from govindex.contracts import Float, Scope
from govindex.explanation import explain
from tests.strategies import Case, cases, frameworks, observed


def leaf(code: str, weight: float | str = 1, **settings: Any) -> Indicator:
    return Indicator(code, weight=weight, rule=settings.pop("rule", rules.Points()), **settings)


def method(*children: Indicator | Dimension, **settings: Any) -> Methodology:
    root = {key: settings.pop(key) for key in ("aggregate", "views", "absence") if key in settings}
    return Methodology("test", "1", Framework("total", children, **root), **settings)


# -- well formed -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "match"),
    [
        ({"id": "a b"}, "the id is made of letters .*, not 'a b'"),
        ({"version": "1@2"}, "the version is made of letters .*, not '1@2'"),
        ({"version": 1}, "the version is made of letters"),
        ({"id": " "}, "the id is made of letters"),
        ({"framework": "tree"}, "the framework is a Framework, not 'tree'"),
        ({"display": "b"}, "display: there is no node 'b'"),
        ({"ranking": Ranking(tie_break="b")}, "tie_break: there is no node 'b'"),
        ({"scale": "points"}, "points need a root that sums them"),
        ({"scale": 0}, "a scale is 'points' or a finite number above 0, not 0"),
        ({"deprecated": True}, "deprecated is a text: why, .* not True"),
    ],
)
def test_what_is_not_well_formed_is_named(settings: dict[str, Any], match: str) -> None:
    with pytest.raises(FrameworkError, match=match):
        attrs.evolve(method(leaf("a")), **settings)


def test_all_problems_are_raised_at_once() -> None:
    with pytest.raises(FrameworkError) as caught:
        method(leaf("a", ranking=Ranking(tie_break="z")), display=("x", "y"), scale=-1)
    assert len(caught.value.problems) == 4
    assert "tie_break of 'a': there is no node 'z'" in str(caught.value)


def test_what_is_rounded_in_print_only_is_aggregated_and_ranked_in_full() -> None:
    only = Rounding(0, printed_only=True)
    data = observed({"a": [1.4, 1.3], "b": [1.3, 1.4], "c": [1.2, 1.2]})
    inner = Dimension("D", [leaf("a", 9), leaf("b", 9)], aggregate=aggregate.Sum())
    settings: dict[str, Any] = {"scale": "points", "aggregate": aggregate.Sum()}
    result = method(inner, leaf("c", 9), rounding=Levels(leaf=only, node=only), **settings).compute(
        data
    )
    assert result.scores.iloc[0].to_dict() == {"total": 3.9, "D": 3.0, "a": 1.0, "b": 1.0, "c": 1.0}
    assert result.ranks_at("a").tolist() == [1, 2]
    assert result.as_observations(1).values.tolist() == [[3, 1], [3, 1]]


def test_rounding_is_printed_only_node_by_node() -> None:
    data = observed({"a": [2.6], "b": [2.6]})
    only = Rounding(0, printed_only=True)
    result = method(
        leaf("a", 9, rounding=Rounding(0)), leaf("b", 9, rounding=only), rounding=only,
        scale="points", aggregate=aggregate.Sum(),
    ).compute(data)  # fmt: skip
    assert result.scores.iloc[0].tolist() == [6, 3, 3]
    assert result.full_at("total").item() == 5.6
    assert explain(result, "U0").score == 5.6


def test_bands_are_of_the_full_score_where_only_print_is_rounded() -> None:
    only = Rounding(0, printed_only=True)
    bands = Bands([("A", 5), ("B", None)])
    whole = Bands([("A", 5), ("B", None)], decimals=0)
    settings: dict[str, Any] = {"rounding": only, "scale": 10}
    for own, expected in ((bands, "B"), (whole, "A")):
        result = method(leaf("a"), bands=own, **settings).compute(observed({"a": [4.6]}))
        assert (result.score.item(), result.band_of("total")) == (5, [expected])


def test_single_rounding_is_that_of_the_total() -> None:
    assert method(leaf("a"), rounding=Rounding(1)).rounding == Levels(total=Rounding(1))
    result = method(leaf("a"), rounding=Rounding(1), scale=10).compute(observed({"a": [1.26]}))
    assert list(result.scores.loc["U0"]) == [1.3, 1.26]


def test_methodology_says_what_it_is() -> None:
    named = method(leaf("a"), title={"vi": "Chỉ số", "en": "Index"})
    assert repr(named) == "<Methodology test@1: 1 indicators>"
    assert (named.label("en"), named.label()) == ("Index", "Chỉ số")
    assert method(leaf("a")).label("en") == "test"


def test_children_of_the_root_are_shown_unless_others_are_named() -> None:
    inner = Dimension("D", [leaf("a"), leaf("b")])
    assert method(inner, leaf("c")).shown == ("D", "c")
    assert method(inner, leaf("c"), display="a").shown == ("a",)


def test_result_remembers_where_it_comes_from() -> None:
    data = attrs.evolve(observed({"a": [1.0], "b": [2.0], "days": [3.0]}), period="2026")
    result = method(leaf("a"), Indicator("days", weight=0)).compute(data)
    origin = result.provenance
    assert (origin.methodology, origin.version, origin.period) == ("test", "1", "2026")
    assert origin.unused == ("b",)
    assert len(origin.fingerprint) == 64


def test_steps_prepare_the_data_one_after_the_other() -> None:
    def doubled(data: Observations) -> Observations:
        return attrs.evolve(data, values=data.values * 2)

    def raised(data: Observations) -> Observations:
        return attrs.evolve(data, values=data.values + 1)

    index = method(leaf("a"), steps=[doubled, raised], scale=10)
    assert index.compute(observed({"a": [3.0]})).score.item() == 7.0
    doubling, raising = index.peer_dependent_parts()
    assert (doubling.kind, doubling.at, doubling.part) == ("step", 0, doubled)
    assert "doubled" in str(doubling)
    assert (raising.at, raising.part) == (1, raised)


def test_cut_scores_what_is_published_for_dimensions() -> None:
    inner = Dimension("D", [leaf("a", 6), leaf("b", 4)])
    whole = method(inner, leaf("c", 10), aggregate=aggregate.Sum(), scale="points", display="D")
    for cut in (whole.cut(), whole.cut(1), whole.cut(["D"])):
        result = cut.compute(observed({"D": [7.5], "c": [2.0]}))
        assert result.scores.loc["U0"].to_dict() == {"total": 9.5, "D": 7.5, "c": 2.0}
    assert whole.cut().display == ("D",)
    assert attrs.evolve(whole, display=("D", "a")).cut(["D"]).display == ("D",)


# -- anchored -----------------------------------------------------------------------------------


@given(case=cases(partial(frameworks, depth=2), units=5, distinct=True))
def test_anchored_scores_on_the_reference_are_the_same(case: Case) -> None:
    index = Methodology("test", "1", case.framework)
    anchored = index.anchored(case.data)
    assert not anchored.peer_dependent
    before, after = index.compute(case.data), anchored.compute(case.data)
    np.testing.assert_allclose(before.shares, after.shares, rtol=0, atol=1e-9)


def relative(**settings: Any) -> Methodology:
    inner = Dimension(
        "D",
        [
            leaf("a", rule=rules.MinMax(), direction="lower"),
            leaf("b", rule=rules.ZScore(0.5, 0.1)),
        ],
        rule=rules.MinMax(0.2, 0.8),
    )
    view = View("v", of=("a", "b"), rule=rules.MinMax())
    return method(inner, leaf("c", rule=rules.MinMax()), views=[view], **settings)


cell = st.integers(0, 20).map(float)


@st.composite
def references(draw: st.DrawFn) -> Observations:
    # The first unit is the best and the second the worst, so that every rule has a scale.
    ends = {"a": [0.0, 20.0], "b": [20.0, 0.0], "c": [20.0, 0.0]}
    rest = {code: draw(st.lists(cell, min_size=2, max_size=2)) for code in ends}
    return observed({code: [*ends[code], *rest[code]] for code in ends})


@given(reference=references(), cells=st.lists(st.tuples(cell, cell, cell), min_size=3, max_size=6))
def test_third_unit_moves_no_score_of_an_anchored_index(
    reference: Observations, cells: list[tuple[float, ...]]
) -> None:
    anchored = relative().anchored(reference)
    a, b, c = (list(column) for column in zip(*cells, strict=True))
    whole = anchored.compute(observed({"a": a, "b": b, "c": c}))
    pair = anchored.compute(observed({"a": a[:2], "b": b[:2], "c": c[:2]}))
    assert whole.printed[:, :2].tobytes() == pair.printed.tobytes()
    first, second = pair.ranks["total"]
    assert (first < second) == (whole.ranks["total"].iloc[0] < whole.ranks["total"].iloc[1])


def test_anchored_index_without_peers_is_the_same() -> None:
    index = method(leaf("a"))
    assert index.anchored(observed({"a": [1.0]})) is index


def test_every_kind_of_rule_is_anchored_at_every_tier() -> None:
    data = observed({"a": [1.0, 3.0, 5.0], "b": [4.0, 2.0, 9.0], "c": [0.0, 1.0, 2.0]})
    anchored = relative().anchored(data)
    assert anchored.peer_dependent_parts() == ()
    before, after = relative().compute(data), anchored.compute(data)
    assert before.printed.tolist() == after.printed.tolist()
    assert anchored.fingerprint != relative().fingerprint


def test_answers_are_anchored_through_their_table() -> None:
    rule = rules.Chain(rules.Choice({"good": 1.0, "fair": 0.5, "poor": 0.25}), rules.MinMax())
    units, values = [Unit(code) for code in "ABC"], np.array([[0.0], [1.0], [2.0]])
    data = Observations(units, ("a",), values, levels={"a": ("good", "fair", "poor")})
    index = method(leaf("a", rule=rule))
    assert index.anchored(data).compute(data).score.to_list() == index.compute(data).score.to_list()


@attrs.frozen
class Peerish:
    """A relative rule that cannot be frozen, or only seemingly."""

    bounds: tuple[float, float] = (0.0, 1.0)
    peer_dependent: bool = True
    monotone: bool = True
    directed: bool = False

    def __call__(self, values: Float, scope: Scope) -> Float:
        return np.full(values.shape, 0.5)


@attrs.frozen
class Stubborn(Peerish):
    def anchor(self, reference: Float, scope: Scope) -> Any:
        return self


@attrs.frozen
class Median:
    """An aggregator that looks at peers."""

    peer_dependent: bool = True
    monotone: bool = True
    linear: bool = False
    sums_points: bool = False

    def __call__(self, shares: Any, weights: Any) -> Float:
        return np.asarray(shares[0])


def test_parts_that_cannot_be_anchored_are_all_named() -> None:
    def step(data: Observations) -> Observations:
        return data

    index = method(
        Dimension("D", [leaf("a", rule=Peerish())], aggregate=Median()),
        leaf("b", rule=Stubborn()),
        leaf("c", rule=rules.MinMax(over="league")),
        leaf("d", absence=absence.Fill()),
        steps=[step],
    )
    units: list[Unit | str] = [Unit(str(i), league="xy"[i % 2]) for i in range(4)]
    column = [0.1, 0.2, 0.3, 0.4]
    data = observed({"a": column, "b": column, "c": column, "d": column}, units)
    with pytest.raises(FrameworkError, match="'test' cannot be anchored") as caught:
        index.anchored(data)
    said = "\n".join(caught.value.problems)
    for part in (
        "step <function",
        "aggregator of 'D': Median",
        "absence policy of 'd': Fill",
        "rule of 'a': Peerish",
        "rule of 'b': Stubborn",
        "rule of 'c': a rule over leagues cannot be anchored",
    ):
        assert part in said
    assert len(caught.value.problems) == 6


# -- fingerprint ---------------------------------------------------------------------------------


def full(**settings: Any) -> Methodology:
    given: dict[str, Any] = {
        "scale": "points",
        "rounding": Levels(leaf=Rounding(2)),
        "ranking": Ranking(decimals=2),
        "bands": Bands([("A", 8), ("B", None)]),
        **settings,
    }
    inner = Dimension("D", [leaf("a", 6, rule=rules.Proportional(80)), leaf("b", 4)])
    view = View("survey", where={"data_source": "survey"})
    other = View("both", of=("D", "c"))
    return method(
        inner,
        leaf("c", 10, data_source="survey", confidence="verified"),
        aggregate=aggregate.Sum(),
        views=[view, other],
        **given,
    )


def changed(code: str, /, **settings: Any) -> Methodology:
    """Return the methodology with other settings at a node."""
    base = full()

    def visit(node: Any) -> Any:
        if isinstance(node, Dimension):
            node = attrs.evolve(node, children=[visit(child) for child in node.children])
        return attrs.evolve(node, **settings) if node.code == code else node

    framework = base.framework
    if code == framework.code:
        framework = attrs.evolve(framework, **settings)
    else:
        framework = attrs.evolve(framework, children=[visit(c) for c in framework.children])
    return attrs.evolve(base, framework=framework)


SAME: list[Callable[[], Methodology]] = [
    lambda: full(title="Name", notes="Notes", sources=[Source("A page")], display="c"),
    lambda: attrs.evolve(full(), id="other", version="2"),
    lambda: changed("a", name="Speed", evidence="report", reference="p. 3", confidence="low"),
    lambda: changed("total", name={"vi": "Tổng"}),
    lambda: changed("total", children=list(reversed(full().framework.children))),
    lambda: changed("total", views=list(reversed(full().framework.views))),
    lambda: changed("a", weight=6.0, rule=rules.Proportional(80.0)),
    lambda: changed(
        "total",
        views=[
            View("survey", of=("c",), name="Survey"),
            View("both", of=("c", "D"), confidence="low"),
        ],
    ),
]


@pytest.mark.parametrize("same", SAME)
def test_fingerprint_ignores_labels_and_order(same: Callable[[], Methodology]) -> None:
    assert same().fingerprint == full().fingerprint


OTHER: list[Callable[[], Methodology]] = [
    lambda: changed("a", weight=6.5),
    lambda: changed("a", rule=rules.Proportional(81)),
    lambda: changed("a", rule=rules.Goalposts(worst=0, best=80)),
    lambda: changed("a", rule=rules.Choice({"x": 1.0, "y": 0.5})),
    lambda: changed("a", rule=rules.Choice({"x": 1.0, "y": 0.25})),
    lambda: changed("a", measure="z"),
    lambda: changed("a", measure=measures.Ratio("a", "z")),
    lambda: changed("b", weight=0),
    lambda: changed("b", code="bb"),
    lambda: changed("b", absence=absence.AsZero()),
    lambda: changed("b", absence=Absence(missing=absence.AsZero())),
    lambda: changed("b", outside_maximum=True),
    lambda: changed("b", rounding=Rounding(2)),
    lambda: changed("b", ranking=Ranking()),
    lambda: changed("b", rule=rules.MinMax(), direction="lower"),
    lambda: changed("D", rule=rules.Clip()),
    lambda: changed("D", aggregate=aggregate.Arithmetic(), weight=10),
    lambda: changed("total", absence=absence.Shrink()),
    lambda: changed("total", absence=absence.Shrink(min_share=0.5)),
    lambda: changed("total", absence=partial(np.multiply, 1.0)),
    lambda: changed("total", absence=partial(np.multiply, 2.0)),
    lambda: changed("total", absence=np.multiply),
    lambda: changed("total", views=()),
    lambda: changed("total", views=[View("both", of=("a", "c"))]),
    lambda: full(scale=100),
    lambda: full(rounding=Levels(leaf=Rounding(2, "binary"))),
    lambda: full(rounding=Levels(node=Rounding(2))),
    lambda: full(rounding=Levels(leaf=Rounding(2, printed_only=True))),
    lambda: full(ranking=Ranking(decimals=3)),
    lambda: full(ranking=Ranking(decimals=2, tie_break="a")),
    lambda: full(ranking=Ranking(decimals=2, tie_break=("a", "b"))),
    lambda: full(ranking=Ranking(decimals=2, tie_break=("b", "a"))),
    lambda: full(bands=None),
    lambda: full(bands=Bands([("A", 8.5), ("B", None)])),
    lambda: full(bands=Bands([("B", 8), ("A", None)])),
    lambda: full(bands=Bands([("A", 8), ("B", None)], by="quantile")),
    lambda: full(bands=Bands([("A", 8), ("B", None)], by="quantile", quantile="hazen")),
    lambda: full(steps=[Grid(np.array([1.0, 2.0]))]),
    lambda: full(steps=[Grid(np.array([1.0, 3.0]))]),
    lambda: full(steps=[Grid(np.array([1.0, 3.0]), reference=(2.0,))]),
    lambda: full(steps=[Grid(np.array([1.0, 3.0]), secret=2.0)]),
    lambda: full(steps=[Clip()]),
    full,
]


@attrs.frozen(eq=False)
class Grid:
    """A step that holds numbers in every way it can."""

    table: Float
    reference: tuple[float, ...] = ()
    _secret: float = 1.0

    def __call__(self, data: Observations) -> Observations:
        return data


@attrs.frozen
class Clip:
    """A step that happens to be called like a rule."""

    low: float = 0.0
    high: float = 1.0

    def __call__(self, data: Observations) -> Observations:
        return data


def test_fingerprint_changes_with_every_number_and_structure() -> None:
    actual = [other().fingerprint for other in OTHER]
    assert len(set(actual)) == len(OTHER)


def test_fingerprint_tells_classes_of_other_packages_apart() -> None:
    ours: Any = rules.Clip()
    assert full(steps=[Clip()]).fingerprint != full(steps=[ours]).fingerprint


def test_selection_by_a_label_counts_by_what_it_finds() -> None:
    view = View("v", where={"confidence": "verified"})
    sure = method(leaf("a", confidence="verified"), leaf("b"), views=[view])
    both = method(leaf("a", confidence="verified"), leaf("b", confidence="verified"), views=[view])
    assert sure.fingerprint != both.fingerprint


@given(framework=frameworks(bonuses=True))
def test_fingerprint_is_the_same_for_the_same_framework(framework: Framework) -> None:
    again = attrs.evolve(framework, children=tuple(reversed(framework.children)))
    one, two = (Methodology("test", "1", f).fingerprint for f in (framework, again))
    assert one == two


def test_part_without_a_canonical_form_is_refused() -> None:
    class Plain:
        def __call__(self, data: Observations) -> Observations:
            return data

    with pytest.raises(FrameworkError, match="has no canonical form: use attrs classes"):
        _ = method(leaf("a"), steps=[Plain()]).fingerprint
    with pytest.raises(FrameworkError, match="has no canonical form: use attrs classes"):
        _ = method(leaf("a"), steps=[Grid(table={1, 2})]).fingerprint  # type: ignore[arg-type]


def points(*weights: float, code: str = "f", **settings: Any) -> Framework:
    leaves = [
        Indicator(name, weight=weight, rule=rules.Points())
        for name, weight in zip("abcdef", weights, strict=False)
    ]
    return Framework(code, leaves, aggregate=aggregate.Sum(), **settings)


def data(**columns: Any) -> Observations:
    frame = pd.DataFrame({"unit": [f"U{i}" for i in range(len(next(iter(columns.values()))))]})
    types = columns.pop("type", None)
    frame = frame.assign(**columns)
    if types is None:
        return Observations.from_frame(frame, unit="unit")
    return Observations.from_frame(frame.assign(type=types), unit="unit", type="type")


def test_sum_of_points_is_printed_in_points_by_default() -> None:
    method = Methodology("test", "1", points(30, 70))
    assert method.scale == "points"
    assert method.compute(data(a=[30.0], b=[70.0])).score.to_list() == [100.0]


def test_forms_share_one_root_code() -> None:
    with pytest.raises(FrameworkError, match="has the root 'g', the framework 'f'"):
        Forms("test", "1", points(1), forms={"x": points(1, code="g")})


def test_unknown_form_suggests_the_near_miss() -> None:
    method = Forms("test", "1", points(1), forms={"ward": points(1)})
    with pytest.raises(UnknownNameError, match="no form for units of type 'wrd': did you mean"):
        method.single("wrd")


def test_form_without_the_tie_break_is_ranked_with_the_others() -> None:
    method = Forms(
        "test", "1", points(4, 6), forms={"x": points(10)}, ranking=Ranking(tie_break=("b",))
    )
    result = method.compute(data(a=[1.0, 2.0, 7.0], b=[6.0, 5.0, np.nan], type=["n/a", "n/a", "x"]))
    assert result.ranks["f"].to_list() == [1, 2, 2 + 1]


def test_anchoring_forms_prepares_once() -> None:
    def double(observations: Observations) -> Observations:
        return attrs.evolve(observations, values=observations.values * 2)

    double.peer_dependent = False  # type: ignore[attr-defined]
    form = Framework("f", [Indicator("a", rule=rules.MinMax())])
    method = Forms("test", "1", form, forms={"x": form}, steps=[double])
    reference = data(a=[1.0, 2.0, 3.0, 5.0], type=["n/a", "n/a", "x", "x"])
    scores = method.compute(reference).score.to_list()
    assert method.anchored(reference).compute(reference).score.to_list() == scores


def test_cut_dimension_is_rounded_as_a_dimension() -> None:
    framework = Framework(
        "f",
        [Dimension("d", points(10).children), Indicator("z", weight=2, rule=rules.Points())],
        aggregate=aggregate.Sum(),
    )
    method = Methodology("test", "1", framework, rounding=Levels(leaf=Rounding(0)))
    result = method.cut(["d"]).compute(data(d=[7.46], z=[1.6]))
    assert [result.scores.loc["U0", code] for code in ("d", "z")] == [7.46, 2.0]


def test_results_cannot_write_to_their_methodology() -> None:
    method = Methodology("test", "1", points(10))
    cells = data(a=[5.0, 4.0])
    result = method.compute(cells)
    for array in (result.maxima, result.shares, result.printed, cells.units.ranked_mask):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 1
    ranks = result.ranks
    ranks.iloc[0, 0] = 9
    assert result.ranks["f"].to_list() == [1, 2]


def test_nameless_functions_count_by_what_they_do() -> None:
    def reweighting(k: float) -> Any:
        return Methodology("test", "1", points(1, 1, absence=lambda w, p: w * p * k))

    assert reweighting(1.0).fingerprint == reweighting(1.0).fingerprint
    assert reweighting(1.0).fingerprint != reweighting(9.0).fingerprint


def test_measure_unit_does_not_change_the_fingerprint() -> None:
    def method(unit: str) -> Methodology:
        leaf = Indicator("a", rule=rules.Points(), measure_unit=unit)
        return Methodology("test", "1", Framework("f", [leaf]))

    assert method("day").fingerprint == method("days").fingerprint


@pytest.mark.parametrize("issued", ["15/03/2027", "2027-13", "2027-03-32", 2027])
def test_date_that_does_not_sort_is_refused(issued: Any) -> None:
    framework = Framework("index", [Indicator("a", rule=rules.Clip())])
    with pytest.raises(FrameworkError, match="issued is a date such as '2022-05-20'"):
        Methodology("x", "1", framework, issued=issued)
