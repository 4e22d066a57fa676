"""The value of a suppressed cell reaches no output.

Two sets of data differ in one suppressed value only: whatever is read from them, computed and
written is the same to the last byte.
"""

from __future__ import annotations

import contextlib
import io
import pickle
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import matplotlib
import numpy as np
import pandas as pd
import pytest

import govindex as gi
from govindex.absence import Absence, Renormalise, Shrink
from govindex.cli.entry import main
from govindex.contracts import CellStatus
from govindex.model.stages import Stage

SECRETS = (73.219, 41.877)
DIGITS = ("73.219", "73,219", "73.22", "73,22", "0.73219", "7.3219", "732")
STAGES: dict[str, Any] = {"stage": "stage", "stages": ["self", "verified"]}
WITHHELD = gi.Notation(suppressed=["c"])

ABSENCE = Absence(missing=Shrink(), not_applicable=Shrink(), suppressed=Renormalise())
FRAMEWORK = gi.Framework(
    "index",
    [
        gi.Dimension(
            "d",
            [gi.Indicator(code, rule=gi.rules.Goalposts(worst=0, best=100)) for code in ("a", "b")],
            absence=ABSENCE,
        ),
        gi.Indicator("e", rule=gi.rules.MinMax()),
    ],
    absence=ABSENCE,
)
METHOD = gi.Methodology(
    "example.small-groups",
    "1",
    FRAMEWORK,
    steps=[gi.prepare.Impute(gi.prepare.impute.Mean()), gi.prepare.Treat()],
    scale=100,
)
VALUES = {"a": (50, 60, 71, 85), "b": (20, 35, 44, 58), "e": (3, 5, 9, 4)}


def wide(secret: Any) -> pd.DataFrame:
    first, _, *others = VALUES["a"]
    return pd.DataFrame({"unit": [*"ABCD"], **VALUES, "a": [first, secret, *others]})


def long(secret: float, *, after: str = "c") -> pd.DataFrame:
    """Return all values at the first stage, and the last one, which withholds a cell."""
    first = wide(secret).melt("unit").assign(stage="self")
    last = wide(after).melt("unit").assign(stage="verified")
    return pd.concat([first, last]).astype({"value": object})


def answers(secret: float) -> pd.DataFrame:
    """Return answers of which those of unit B, that nobody may know, make its share."""
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({"unit": np.repeat([*"ABCD"], [40, 8, 30, 9])})
    frame["q"] = rng.integers(1, 6, len(frame))
    frame["r"] = rng.integers(1, 6, len(frame))
    frame.loc[frame["unit"] == "B", "q"] = [5, 4] * 4 if secret == SECRETS[0] else [1, 2] * 4
    frame["village"] = [f"{unit}{row % 4}" for row, unit in enumerate(frame["unit"])]
    return frame


def by_hand(secret: float) -> gi.Observations:
    """Build observations whose stages hold the value that the status withholds."""
    plain = gi.Observations.from_frame(wide(1.0))
    values, status = plain.values.copy(), plain.status.copy()
    values[1, 0], status[1, 0] = np.nan, CellStatus.SUPPRESSED
    earlier = plain.values.copy()
    earlier[1, 0] = secret
    errors = np.full(values.shape, 0.5)
    errors[1, 0] = secret
    stages = [Stage("self", earlier, plain.status), Stage("verified", values, status)]
    return gi.Observations(
        plain.units, plain.variables, values, status, stages=stages, stage="verified", errors=errors
    )


def answered(secret: float) -> gi.Observations:
    """Return answers, one of which only the unit gave that is suppressed."""
    frame = pd.DataFrame({"unit": [*"ABCD"], "a": ["yes", f"about {secret}", "no", "no"]})
    return gi.Observations.from_frame(frame).suppressed([("B", "a")])


def estimated(secret: float, design: gi.survey.SampleDesign) -> gi.survey.Estimates:
    form = gi.survey.Questionnaire(
        [gi.survey.Question("q", "f"), gi.survey.Question("r", "f")],
        gi.survey.AnswerScale.likert(5),
    )
    found = gi.survey.estimate(answers(secret), form, design, items="questions")
    return found.suppressed([("B", "q")])


def with_stages(secret: float) -> gi.Observations:
    parts = {
        "self": gi.Observations.from_frame(wide(secret)),
        "verified": gi.Observations.from_frame(wide("c"), notation=WITHHELD),
    }
    return gi.Observations.from_stages(parts, fall_back=True)


DOORS: dict[str, Callable[[float], Any]] = {
    "a cell that is suppressed": lambda secret: gi.Observations.from_frame(wide(secret)).suppressed(
        [("B", "a")]
    ),
    "a number that is a code": lambda secret: gi.Observations.from_frame(
        wide(secret), notation=gi.Notation(suppressed=[secret])
    ),
    "stages of a long frame": lambda secret: gi.Observations.from_long(
        long(secret), notation=WITHHELD, **STAGES
    ),
    "stages that fall back": lambda secret: gi.Observations.from_long(
        long(secret), notation=WITHHELD, fall_back=True, **STAGES
    ),
    "an earlier stage": lambda secret: gi.Observations.from_long(
        long(secret), notation=WITHHELD, **STAGES
    ).at_stage("self"),
    "stages of a wide frame": lambda secret: gi.Observations.from_frame(
        pd.concat([wide(secret).assign(stage="self"), wide("c").assign(stage="verified")]),
        notation=WITHHELD,
        **STAGES,
    ),
    "stages put together": with_stages,
    "stages by hand": by_hand,
    "an answer": answered,
    "a panel": lambda secret: gi.Observations.panel(
        {"2025": with_stages(secret), "2026": with_stages(1.0)}
    ),
    "units taken": lambda secret: with_stages(secret).take(["B", "A"]),
    "linearised estimates": lambda secret: estimated(
        secret, gi.survey.SampleDesign(clusters="village")
    ),
    "replicated estimates": lambda secret: estimated(
        secret,
        gi.survey.SampleDesign(
            clusters="village", replication=gi.survey.Bootstrap(6, rng=1), lonely="centre"
        ),
    ),
    "estimates as data": lambda secret: estimated(
        secret, gi.survey.SampleDesign(clusters="village")
    ).observations(),
}


def held_by(thing: Any) -> bytes:
    """Return everything that an object holds, in bytes."""
    if attrs.has(type(thing)):
        fields = (getattr(thing, field.name) for field in attrs.fields(type(thing)))
        return b"|".join(map(held_by, fields))
    if isinstance(thing, np.ndarray):
        return thing.tobytes()
    if isinstance(thing, tuple | list):
        return b",".join(map(held_by, thing))
    return pickle.dumps(thing)


@pytest.mark.parametrize("door", DOORS)
def test_nothing_that_is_read_depends_on_a_suppressed_value(door: str) -> None:
    one, other = (DOORS[door](secret) for secret in SECRETS)
    assert held_by(one) == held_by(other)
    assert held_by(one) != held_by(DOORS["units taken"](1.0)) or door == "units taken"


def results(secret: float) -> Iterator[tuple[str, Any]]:
    """Yield what is computed from data in which a cell is suppressed."""
    data = attrs.evolve(with_stages(secret), errors=np.full((4, 3), 0.5))
    result = METHOD.compute(data)
    yield "data", data
    for name in (
        *("scores", "ranks", "values", "raw_values", "marks", "status", "status_counts"),
        *("footnotes", "unscored", "fallen_back", "treated", "preparation", "shares"),
    ):
        yield name, getattr(result, name)
    yield "table", result.table(status=True)
    yield "as_observations", result.as_observations("d")
    yield "explain", gi.explain(result, "B").table
    yield "contributions", gi.contributions(result)
    yield "gap", gi.gap(result, "A", "B")
    earlier = gi.Observations.from_frame(wide(12.0))
    before = METHOD.compute(earlier)
    changed = gi.change(before, result, methods=METHOD, data=(earlier, data))
    yield "change", changed.nodes
    yield "contributions to the change", changed.contributions
    yield "compare", gi.compare({"now": result, "then": before}).summary
    yield "stages", gi.stage_differences(METHOD, data, before="self", after="verified")
    yield "statistics", gi.coherence.statistics(result)
    vary: list[Any] = [gi.robustness.Weights(spread=0.2), gi.robustness.Errors()]
    sample = gi.robustness.sample_ranks(METHOD, data, vary=vary, draws=20, rng=1)
    yield "intervals", sample.intervals(0.9)
    yield "margins", gi.robustness.swap_margins(attrs.evolve(METHOD, steps=()).compute(data))
    for shown in (data, result):
        yield "notebook", gi.show(shown).html if hasattr(gi.show(shown), "html") else str(shown)
        yield "terminal", f"{shown} {shown!r}"


def as_text(thing: Any) -> str:
    if isinstance(thing, pd.DataFrame | pd.Series):
        return thing.to_csv()
    return repr(thing) if not isinstance(thing, str) else thing


def test_no_result_depends_on_a_suppressed_value() -> None:
    one, other = (dict(results(secret)) for secret in SECRETS)
    for name, thing in one.items():
        assert as_text(thing) == as_text(other[name]), name
        assert not any(digits in as_text(thing) for digits in DIGITS), name


def test_a_suppressed_cell_is_refused_by_default_and_marked_where_a_policy_takes_it() -> None:
    data = with_stages(SECRETS[0])
    strict = attrs.evolve(METHOD, framework=attrs.evolve(FRAMEWORK, absence=Absence()))
    bare = gi.Framework("index", [gi.Indicator("a", rule=gi.rules.MinMax())])
    for method in (attrs.evolve(strict, framework=bare),):
        with pytest.raises(gi.DataError, match="suppressed") as raised:
            method.compute(data)
        assert not any(digits in str(raised.value) for digits in DIGITS)
    marks = METHOD.compute(data).marks
    assert marks.loc[marks["unit"] == "B", "status"].tolist() == ["suppressed"]


def contents(path: Path) -> bytes:
    """Return what a file holds; the parts of archives without the time of writing."""
    if not zipfile.is_zipfile(path):
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        return b"".join(
            archive.read(name) for name in sorted(archive.namelist()) if "docProps" not in name
        )


def written(secret: float, folder: Path) -> dict[str, bytes]:
    """Write workbooks, forms, reports and pictures of data with a suppressed cell."""
    folder.mkdir()
    data = with_stages(secret)
    result = METHOD.compute(data)
    gi.workbooks.write_result(result, folder / "r.xlsx", method=METHOD, data=data)
    gi.workbooks.write_form(
        METHOD, folder / "f.xlsx", data=data, stages=["self", "verified", "appealed"]
    )
    report = gi.report.compose(result, method=METHOD, data=data)
    gi.report.write(report, folder / "r.md")
    for name, drawn in {
        "heatmap": gi.plot.heatmap(result),
        "missing": gi.plot.missing(data),
    }.items():
        with matplotlib.rc_context({"svg.hashsalt": "made up"}):
            figure: Any = drawn.figure
            figure.savefig(folder / f"{name}.svg", metadata={"Date": None})
    return {path.name: contents(path) for path in sorted(folder.iterdir())}


def test_no_file_depends_on_a_suppressed_value(tmp_path: Path) -> None:
    one, other = (written(secret, tmp_path / str(secret)) for secret in SECRETS)
    assert one.keys() == other.keys()
    for name, held in one.items():
        assert held == other[name], name


def test_the_shell_prints_no_suppressed_value(tmp_path: Path) -> None:
    gi.save_methodology(METHOD, tmp_path / "m.toml")
    printed = []
    for secret in SECRETS:
        frame = pd.concat([wide(secret).assign(stage="self"), wide("c").assign(stage="verified")])
        frame.to_csv(tmp_path / "d.csv", index=False)
        words = ["--method", str(tmp_path / "m.toml"), "--stage", "stage"]
        words += ["--stages", "self,verified", "--suppressed", "c"]
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            for command in ("score", "explain", "announce"):
                asked = [command, str(tmp_path / "d.csv"), *(["B"] if command == "explain" else [])]
                assert main([*asked, *words]) == 0, out.getvalue()
        printed.append(out.getvalue())
    assert printed[0] == printed[1]
    assert not any(digits in printed[0] for digits in DIGITS)
