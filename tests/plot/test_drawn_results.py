"""Laws of pictures over any framework and data: they show what tables say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from govindex import Methodology, SettingError, plot
from govindex.decomposition.tree_parts import child_parts
from tests.plot.pictures import labels
from tests.sampling import few
from tests.strategies import Case, cases


def computed(case: Case) -> Any:
    return Methodology("test", "1", case.framework).compute(case.data)


@settings(max_examples=few(60))
@given(case=cases())
def test_a_ranking_lists_units_and_ranks_as_the_table_does(case: Case) -> None:
    result = computed(case)
    table = result.table()
    ranks = dict(zip(result.units.codes, result.rank_labels(), strict=True))
    expected = [f"{name}  {ranks[code]}".rstrip() for code, name in table["name"].items()]
    assert labels(plot.ranking(result)) == expected


@settings(max_examples=few(60))
@given(case=cases())
def test_cells_of_a_grid_are_the_printed_scores(case: Case) -> None:
    result = computed(case)
    axes = plot.heatmap(result, show="score")
    children = [child.code for child in case.framework.children]
    order = result.publication_order(result.codes[0])
    scores = np.array([result.printed_at(code)[order] for code in children]).T.ravel()
    known = scores[~np.isnan(scores)]
    written = [float(text.get_text().replace(",", "")) for text in axes.texts]
    assert written == pytest.approx(known, abs=0.0051)


@settings(max_examples=few(150))
@given(case=cases())
def test_contributions_add_up_to_the_score(case: Case) -> None:
    result = computed(case)
    root = result.codes[0]
    try:
        codes, points = child_parts(result, root)
    except SettingError:
        return
    scores = result.full_at(root)
    assert points.sum(axis=0) == pytest.approx(scores, abs=1e-7, nan_ok=True)
    assert {*codes} == {child.code for child in case.framework.children if child.weight != 0}
    plain = case.framework.aggregator(root).linear and case.framework.root.rule is None
    if plain and not case.framework.root.bonuses and result.framework.root.rounding is None:
        assert np.nan_to_num(points[-1]) == pytest.approx(np.zeros(len(scores)), abs=1e-6)
