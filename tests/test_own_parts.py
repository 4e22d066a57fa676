"""Parts of somebody's own that raise, or give what has the wrong shape: the node is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import attrs
import numpy as np
import pandas as pd
import pytest

import govindex as gi
from govindex import aggregate, robustness, rules
from govindex.contracts import Cells
from tests.strategies import observed

DATA = observed({"a": [0.1, 0.5, 0.3], "b": [0.4, 0.2, 0.9]})
ERRORS = (
    ZeroDivisionError("so"),
    KeyError("x"),
    TypeError("no"),
    RecursionError(),
    StopIteration(),
)


@attrs.frozen
class Own:
    """An aggregator, a rule, a measure and a step, that do as the test says."""

    peer_dependent: ClassVar[bool] = True
    monotone: ClassVar[bool] = False
    linear: ClassVar[bool] = False
    sums_points: ClassVar[bool] = False
    proportional: ClassVar[bool] = False
    directed: ClassVar[bool] = False
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    variables: ClassVar[tuple[str, ...]] = ("a",)
    optional: ClassVar[tuple[str, ...]] = ()
    given: Any = attrs.field(eq=False, repr=False)

    def reach(self, low: float, high: float) -> tuple[float, float]:
        return (low, high)

    def __call__(self, *given: Any) -> Any:
        if isinstance(self.given, BaseException):
            raise self.given
        return self.given(*given)


def leaf(code: str, **settings: Any) -> gi.Indicator:
    return gi.Indicator(code, **{"rule": rules.Goalposts(worst=0, best=1), **settings})


def index(*leaves: gi.Indicator, steps: Any = (), **root: Any) -> gi.Methodology:
    framework = gi.Framework("root", leaves or [leaf("a"), leaf("b")], **root)
    return gi.Methodology("example.own", "1", framework, steps=steps)


def refuses(method: gi.Methodology, *words: str, draws: bool = False) -> None:
    def sample(data: gi.Observations) -> object:
        vary = [robustness.Weights(spread=0.2)]
        return robustness.sample_ranks(method, data, vary=vary, draws=40, rng=7)

    with pytest.raises(gi.GovIndexError) as error:
        (sample if draws else method.compute)(DATA)
    for word in words:
        assert word in str(error.value)


# -- parts that raise ------------------------------------------------------------------------------


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize(
    ("method", "named"),
    [
        (lambda own: index(aggregate=own), "node 'root': Own()"),
        (lambda own: index(aggregate=aggregate.Callable(own)), "node 'root': "),
        (lambda own: index(leaf("a", rule=own)), "indicator 'a': the rule Own()"),
        (lambda own: index(rule=own), "node 'root': the rule Own()"),
        (lambda own: index(leaf("a", measure=own)), "indicator 'a': the measure Own()"),
        (lambda own: index(steps=[own]), "the step Own()"),
    ],
    ids=["aggregator", "function", "rule", "rule of a branch", "measure", "step"],
)
def test_part_that_raises_is_named_with_its_node(method: Any, named: str, error: Exception) -> None:
    made = method(Own(error))
    refuses(made, named, f"raised {type(error).__name__}: {error}", "of test_own_parts.py)")


@pytest.mark.parametrize("own", [Own(KeyError("x")), aggregate.Callable(Own(KeyError("x")))])
def test_aggregator_that_raises_is_named_among_draws_too(own: Any) -> None:
    refuses(index(aggregate=own), "node 'root': ", "raised KeyError: 'x'", draws=True)


def test_interrupt_in_a_part_is_passed_on() -> None:
    with pytest.raises(KeyboardInterrupt):
        index(aggregate=Own(KeyboardInterrupt())).compute(DATA)


# -- shapes ----------------------------------------------------------------------------------------

SHAPES = {
    "no row": lambda shares, weights: shares[0][0],
    "one number too few": lambda shares, weights: shares[0][..., :-1],
    "a row too many": lambda shares, weights: np.stack([shares[0][0]] * 3),
    "children kept": lambda shares, weights: np.stack(np.broadcast_arrays(*shares)),
    "turned round": lambda shares, weights: np.broadcast_to(shares[0], (40, 3)).T,
}


@pytest.mark.parametrize("draws", [False, True])
@pytest.mark.parametrize("give", SHAPES.values(), ids=SHAPES)
def test_aggregator_of_the_wrong_shape_is_refused(give: Any, draws: bool) -> None:
    method = index(aggregate=Own(give))
    words = ("node 'root': Own() returned shares of shape (", "a row per draw, a column per unit")
    refuses(method, *words, draws=draws)


def test_shares_that_do_not_vary_may_be_one_row() -> None:
    method = index(aggregate=Own(lambda shares, weights: shares[0]))
    vary = [robustness.Weights(spread=0.2)]
    sample = robustness.sample_ranks(method, DATA, vary=vary, draws=40, rng=7)
    assert method.compute(DATA).score.to_list() == pytest.approx([10, 50, 30])
    assert (sample.intervals(1.0)["low"] == sample.intervals(1.0)["high"]).all()


@pytest.mark.parametrize(
    ("give", "said"),
    [
        (lambda block: block["a"].values, "returned ndarray, expected Cells(values, status)"),
        (lambda block: None, "returned NoneType, expected Cells(values, status)"),
        (
            lambda block: Cells(block["a"].values[0], block["a"].status[0]),
            "returned values of shape (3,) and a status of shape (3,), expected (draws or 1, 3)",
        ),
        (
            lambda block: Cells(block["a"].values, block["a"].status[:, :2]),
            "returned values of shape (1, 3) and a status of shape (1, 2)",
        ),
    ],
)
def test_measure_of_the_wrong_shape_is_refused(give: Any, said: str) -> None:
    refuses(index(leaf("a", measure=Own(give))), f"indicator 'a': the measure Own() {said}")


# -- frames and files ------------------------------------------------------------------------------


def test_lazy_frame_that_fails_when_it_is_read_is_named() -> None:
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame({"unit": ["A"], "a": ["x"]}).lazy()
    broken = frame.with_columns(polars.col("a").cast(polars.Int64))
    with pytest.raises(gi.DataError, match="frame"):
        gi.Observations.from_frame(broken)


@pytest.mark.filterwarnings("ignore::FutureWarning")  # of the library that adapts it
def test_dask_frame_is_read_or_named() -> None:
    dask = pytest.importorskip("dask.dataframe")
    frame = dask.from_pandas(pd.DataFrame({"unit": ["A", "B"], "a": [1.0, 2.0]}), npartitions=1)
    broken = frame.map_partitions(lambda part: 1 / 0, meta=frame._meta)
    with pytest.raises(gi.DataError, match="frame"):
        gi.Observations.from_frame(broken)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("none/a.toml", "^'a.toml' cannot be written: No such file"),
        ("a\0.toml", "cannot be written: .*embedded null"),
        ("folder.toml", "^'folder.toml' cannot be written: it is a folder"),
    ],
)
def test_methodology_that_cannot_be_saved_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.toml").mkdir()
    for overwrite in (False, True):
        with pytest.raises(gi.DataError, match=said):
            gi.save_methodology(index(), path, overwrite=overwrite)


@pytest.mark.parametrize("path", [3, None])
def test_methodology_is_saved_to_a_path(path: Any) -> None:
    with pytest.raises(gi.FrameworkError, match=f"a file is a path, not {path}"):
        gi.save_methodology(index(), path)


@pytest.mark.parametrize("path", [3, None, b"a.toml", "a\0.toml"])
def test_path_that_is_none_is_named(path: Any) -> None:
    with pytest.raises(gi.FrameworkError, match=r"is a path, not|embedded null (byte|character)"):
        gi.load_methodology(path)


def test_what_is_no_methodology_is_not_saved(tmp_path: Path) -> None:
    nothing: Any = 3
    with pytest.raises(gi.FrameworkError, match="a document holds a Methodology, not int"):
        gi.save_methodology(nothing, tmp_path / "a.toml")
