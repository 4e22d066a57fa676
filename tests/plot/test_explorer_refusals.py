"""What the page on which weights move cannot compute exactly is refused by name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import govindex as gi
from govindex import absence, aggregate, robustness, rules
from govindex.plot import explorer
from govindex.testing import observed
from tests.plot.explorer_examples import figures, leaf, tree

GAPS = figures(a=[None, 2, 3, 5])


def half(weights: Any, present: Any) -> Any:
    return np.where(present, weights, 0.0)


class Shortened:
    """A rounding of one's own."""

    decimals = 1

    def __call__(self, values: Any) -> Any:
        return np.round(values, 1)


def inner(**settings: Any) -> gi.Dimension:
    return gi.Dimension("d", [leaf("c"), leaf("e")], **settings)


INNER = figures(e=[1, 2, 3, 4])
HOLES = figures(c=[None, 3, 1, 2], e=[None, 2, 3, 4])
LEAVE = absence.Renormalise()
REFUSED: dict[str, tuple[gi.Methodology, gi.Observations, str]] = {
    "a geometric mean": (
        tree(inner(aggregate=aggregate.Geometric())), INNER,
        r"node 'd': Geometric\(.* is no weighted mean",
    ),
    "an aggregator that is a function": (
        tree(aggregate=aggregate.Callable(lambda s, w: s @ w, peer_dependent=False, monotone=True)),
        figures(), "node 'root': Callable",
    ),
    "a rule of a dimension": (
        tree(inner(rule=rules.Identity())), INNER, "node 'd': its rule Identity",
    ),
    "a bonus": (
        tree(leaf("c", outside_maximum=True), aggregate=aggregate.Sum()), figures(),
        "node 'c': its points are outside the maximum",
    ),
    "a weight from the data": (
        tree(leaf("e", weight="c")), INNER, "node 'e': it is weighted by the variable 'c'",
    ),
    "a rounding that imitates R": (
        tree(rounding=gi.Rounding(2, "r")), figures(),
        "node 'root': its mean is corrected to the last bits",
    ),
    "a binary rounding in print only": (
        tree(rounding=gi.Rounding(2, "binary", printed_only=True)), figures(),
        "node 'root': its mean is corrected",
    ),
    "an indicator that is rounded as R does": (
        tree(leaf("c", rounding=gi.Rounding(2, "r"))), figures(),
        r"node 'c': its rounding Rounding\(decimals=2, mode='r'.* imitates",
    ),
    "a rounding of one's own": (
        tree(leaf("c", rounding=Shortened())), figures(), "node 'c': .*is your own code",
    ),
    "a function for absent cells": (
        tree(absence=absence.Custom(half)), GAPS, r"node 'a': Custom\(.* cells that are missing",
    ),
    "weights that move to siblings": (
        tree(absence=absence.Redistribute(to="b")), GAPS, r"node 'a': Redistribute\(to=\('b',\)",
    ),
    "gaps filled from peers": (
        tree(absence=absence.Fill(by="all")), GAPS, "node 'a': Fill.* from other units",
    ),
    "a dimension without a score that is filled": (
        tree(inner(absence=LEAVE), absence=absence.AsZero()), HOLES,
        r"node 'd': AsZero\(\) decides",
    ),
    "a tie-break of weight 0": (
        tree(leaf("c", weight=0), ranking=gi.Ranking(tie_break=("c",))), figures(),
        "node 'root': its ties are broken by 'c'",
    ),
    "weights that cannot be added": (
        tree(leaf("c", weight=1e300)), figures(),
        "node 'root': the weights of its children are too large",
    ),
    "more digits than a number has": (
        tree(scale=1e9, ranking=gi.Ranking(decimals=9)), figures(),
        "scores up to 1e.09 with 9 decimals",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_a_page_cannot_compute_is_refused_by_name(what: str) -> None:
    method, found, message = REFUSED[what]
    with pytest.raises(gi.SettingError, match=message) as refused:
        explorer(method, found)
    assert "The weights of 'made-up.m' cannot be explored" in str(refused.value)
    assert all(problem.code.startswith("explorer.") for problem in refused.value.problems)
    assert all(problem.cure for problem in refused.value.problems)


def test_all_that_is_refused_is_named_at_once() -> None:
    nodes = [inner(rule=rules.Identity(), aggregate=aggregate.Geometric()), leaf("f", weight="c")]
    with pytest.raises(gi.SettingError, match=r"\(3 problems\)"):
        explorer(tree(*nodes), INNER)


@pytest.mark.parametrize(
    "policy", [absence.Custom(half), absence.Redistribute(to="b"), absence.Fill(by="all")]
)
def test_policies_that_are_never_asked_are_no_hindrance(policy: Any) -> None:
    assert explorer(tree(absence=policy), figures())


def test_a_view_that_breaks_ties_is_refused() -> None:
    view = gi.View("v", of=["a"])
    with pytest.raises(gi.SettingError, match="broken by 'v', a view"):
        explorer(tree(views=[view], ranking=gi.Ranking(tie_break=("v",))), figures())


def test_forms_are_explored_one_by_one() -> None:
    forms = gi.Forms.of(tree(), {"t": tree().framework})
    with pytest.raises(gi.SettingError, match=r"explore the units of one form with method\.single"):
        explorer(forms, figures())
    assert explorer(forms.single("t"), figures())


@pytest.mark.parametrize("at", [0, "root"])
def test_a_page_without_a_weight_to_move_is_refused(at: Any) -> None:
    with pytest.raises(gi.SettingError, match="no weight to move"):
        explorer(tree(), figures(), at)
    with pytest.raises(gi.SettingError, match=r"tiers with some: 0, 1"):
        explorer(tree(), figures(), 2)
    with pytest.raises(gi.UnknownNameError, match="there is no node 'z'"):
        explorer(tree(), figures(), "z")


def test_other_things_are_refused() -> None:
    with pytest.raises(gi.SettingError, match="method must be of type Methodology"):
        explorer(tree().framework, figures())  # type: ignore[arg-type]
    with pytest.raises(gi.SettingError, match="data must be of type Observations"):
        explorer(tree(), tree().compute(figures()))  # type: ignore[arg-type]
    with pytest.raises(gi.SettingError, match="there are no words in 'vn'"):
        explorer(tree(), figures(), language="vn")
    with pytest.raises(gi.SettingError, match="sample must be of type RankSample"):
        explorer(tree(), figures(), sample=tree().compute(figures()))  # type: ignore[arg-type]
    with pytest.raises(gi.DataError, match="a file is a path"):
        explorer(tree(), figures(), path=3)  # type: ignore[arg-type]
    with pytest.raises(gi.DataError, match="needs the variable 'b'"):
        explorer(tree(), observed({"a": [1, 2]}))


def test_a_sample_of_something_else_is_refused() -> None:
    vary = [robustness.Weights(spread=0.2)]
    drawn = robustness.sample_ranks(tree(), figures(), vary=vary, draws=10, rng=1)
    assert explorer(tree(), figures(), sample=drawn)
    with pytest.raises(
        gi.SettingError, match=r"the sample is of 'made-up\.m@1' with other settings"
    ):
        explorer(tree(leaf("c")), figures(), sample=drawn)
    few = figures().take(["U0", "U1"])
    with pytest.raises(gi.SettingError, match="the sample is of other units than the data"):
        explorer(tree(), few, sample=drawn)
    at_node = robustness.sample_ranks(tree(), figures(), vary=vary, draws=10, rng=1, node="a")
    with pytest.raises(gi.SettingError, match="the sample is of the ranks at 'a'"):
        explorer(tree(), figures(), sample=at_node)
