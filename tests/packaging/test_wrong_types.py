"""Nothing that a public name takes may end in a raw error, or pass as something else.

Every public function, method and class with settings is called with arguments of another type, one
at a time beside sound ones: what comes out is an answer or a named error, and a thing that is no
setting at all is never accepted.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pandas as pd
import pytest

import govindex as gi
from govindex import absence, aggregate, impute, measures, prepare, robustness, rules, treat, weight
from govindex.testing import observed
from tests.sampling import some
from tests.test_parts import SAMPLES

NAMESPACES = (
    *(gi, absence, aggregate, gi.coherence, gi.datasets, impute, measures, prepare),
    *(
        gi.disclosure,
        gi.plot,
        gi.records,
        gi.report,
        robustness,
        rules,
        gi.services,
        gi.survey,
        gi.tasks,
        treat,
        weight,
    ),
    gi.workbooks,
)


NOTHING = ("a thing", "a class")  # no setting of anything


class Thing:
    """No setting of anything."""

    def __repr__(self) -> str:
        return "<a thing>"


WRONG: dict[str, Any] = {
    "a thing": Thing(),
    "a class": rules.MinMax,
    "None": None,
    "a text": "no such",
    "-1": -1,
    "1.5": 1.5,
    "NaN": float("nan"),
    "10**400": 10**400,
    "[]": [],
    "[a thing]": [Thing()],
    "{}": {},
    "{'a': a thing}": {"a": Thing()},
    "a function": len,
    "an array": np.array([[1.0, np.nan]]),
    "a frame": pd.DataFrame({"z": [1.0]}),
}


def leaf(code: str, **settings: Any) -> gi.Indicator:
    return gi.Indicator(code, **{"rule": rules.Goalposts(worst=0, best=10), **settings})


FRAMEWORK = gi.Framework(
    "root", [gi.Dimension("d", [leaf("a"), leaf("b")]), gi.Dimension("e", [leaf("c"), leaf("f")])]
)
METHOD = gi.Methodology("example.m", "1", FRAMEWORK)
FORMS = gi.Forms.of(METHOD, {"t": FRAMEWORK})
UNITS = [gi.Unit(code, league="l", type="t") for code in "ABCD"]
DATA = observed(
    {"a": [1, 2, 3, 5], "b": [2, 1, 4, 4.5], "c": [5, 3, 1, 2], "f": [9, 8, 1, 3]}, UNITS
)
RESULT = METHOD.compute(DATA)
WIDE = pd.DataFrame({"unit": [*"ABCD"], "a": [1.0, 2, 3, 5], "w": [1.0, 2, 3, 4]})
LONG = pd.DataFrame({"unit": ["A", "A"], "variable": ["a", "b"], "value": [1.0, 2.0]})
STAGES = {"self": DATA, "verified": DATA}
STAGED = gi.Observations.from_stages(STAGES)
PANEL = gi.Observations.panel({"2024": DATA, "2025": DATA})
VARY = [robustness.Weights(spread=0.2)]
FOUND = weight.apply(METHOD, weight.Equal(), DATA)
ANSWERS = pd.DataFrame({"unit": [*"AABB"], "q": [5, 1, 4, 2], "x": [1.0, 2, 3, 4]})
ASKED = gi.survey.Questionnaire([gi.survey.Question("q", "f")], gi.survey.AnswerScale.likert())
ESTIMATES = gi.survey.estimate(ANSWERS, ASKED)
POVERTY = gi.survey.PovertyMeasure([gi.survey.Deprivation("x", below=2)], cutoff=1)
COUNTS = gi.disclosure.AdditiveTable.of(
    pd.DataFrame({"unit": [*"AB"], "n": [3, 20]}), "unit", counts="n"
)
TASK = gi.tasks.Task("1", "A", "2025-03-31", "2025-03-01", programme="p", assigned="2025-01-01")
REGISTER = gi.tasks.TaskRegister([TASK])
TARGETS = gi.tasks.Targets([gi.tasks.Target("t", "A", 40, 45.03, start="2025", due="2026")])
COUNTED = [{"total": 3, "done": 1, "overdue": 2}]

SAMPLE = robustness.sample_ranks(METHOD, DATA, vary=VARY, draws=20, rng=1)
INDICES = robustness.sensitivity(METHOD, DATA, vary=[*VARY, robustness.LeaveOut()], points=8, rng=1)
REGIONS = {
    "features": [
        {
            "properties": {"code": "A"},
            "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]},
        }
    ]
}
MADE_UP = gi.services.made_up_766(20, provinces=1, communes=1, rng=1)
COLUMNS = gi.records.Columns([gi.records.Column("unit", role="unit")])

# An instance of each class whose settings and methods are tried, beside the parts of documents.
INSTANCES: list[Any] = [
    *{type(part): part for part in SAMPLES}.values(),
    absence.Absence(),
    absence.Custom(np.multiply),
    aggregate.Callable(np.mean),
    gi.Definition("a", "What it is"),
    impute.Constant(1),
    impute.EM(),
    impute.Interpolated(),
    impute.Known({"a": 1.0}),
    impute.LastObservation(),
    impute.Mean(),
    impute.Median(),
    impute.Neighbours(),
    impute.Regression("a"),
    impute.RowMean(),
    impute.RowMedian(),
    prepare.Denominate({"a": "w"}),
    prepare.Impute(impute.Mean()),
    prepare.Screen(0.5),
    prepare.Treat(),
    prepare.TreatAs({"a": treat.Between(low=0)}),
    treat.Between(low=0),
    treat.BoxCox(),
    treat.Deviations(),
    treat.GIILog(),
    treat.Log(),
    treat.Percentiles(),
    treat.Quartiles(),
    treat.Winsorise(),
    treat.YeoJohnson(),
    weight.AHP({("a", "b"): 3}),
    weight.Balance(),
    weight.BestWorst("a", "b", {"a": 1, "b": 3}, {"a": 3, "b": 1}),
    weight.Budget({"Lan": {"a": 50, "b": 50}}),
    weight.CommonBenefit(),
    weight.ComponentScores(),
    weight.CRITIC(),
    weight.Entropy(),
    weight.Equal(),
    weight.Fixed({"a": 1, "b": 2}),
    weight.Infomax(),
    weight.PrincipalComponents(),
    weight.RankOrder(["a", "b"]),
    weight.StandardDeviation(),
    robustness.Alternatives(rule=[rules.MinMax()]),
    robustness.Errors({"a": 0.1}),
    robustness.Given(weights={"a": [1.0, 2.0]}),
    robustness.LeaveOut(),
    robustness.Replicates({"a": np.ones((3, 4))}),
    robustness.Weights(spread=0.2),
    gi.disclosure.Dominance(1, 80),
    gi.disclosure.MinimumCount(5),
    gi.disclosure.PPercent(10),
    gi.disclosure.Totals(),
    gi.PublishedColumns(sums={"total": ["done", "overdue"]}),
    gi.records.AtDates("2026-09-30", "a"),
    gi.records.Column("unit", role="unit"),
    COLUMNS,
    gi.records.Count(),
    gi.records.Distinct("a"),
    gi.records.Elapsed("a", "b"),
    gi.records.Sum("a"),
    gi.survey.AnswerScale.likert(),
    gi.survey.Bootstrap(5, rng=1),
    gi.survey.Factor("f"),
    gi.survey.Jackknife(),
    gi.survey.Margin("m", {"x": 1}),
    gi.survey.Question("q"),
    ASKED,
    gi.survey.ReplicateWeights(["r1", "r2"], scale=0.5),
    gi.survey.SampleDesign(),
    ESTIMATES,
    gi.tasks.DateNotation(),
    TASK,
    REGISTER,
    TARGETS.targets[0],
    TARGETS,
    gi.report.compose(RESULT),
    gi.report.Chapter("c", [gi.report.Prose("p")]),
    gi.report.DataTable("t", [gi.report.TableColumn("a")], [["b"]]),
    gi.report.Letterhead(),
    gi.report.compose(RESULT).letterhead,
    gi.report.Listing(["a"]),
    gi.report.Picture("p", "p", '<svg xmlns="http://www.w3.org/2000/svg"/>'),
    gi.report.Prose("p"),
    gi.report.TableCell("a"),
    gi.report.TableColumn("a"),
    gi.Bands([gi.Band("A", 5), gi.Band("B")]),
    gi.Dimension("d", [leaf("a")]),
    FRAMEWORK,
    leaf("a"),
    gi.Merger({"A": "B"}, how="mean"),
    gi.Levels(leaf=gi.Rounding(2)),
    METHOD,
    FORMS,
    gi.Named(np.mean, "m", version="1"),
    gi.Notation(),
    PANEL,
    STAGED,
    DATA,
    gi.Ranking(),
    gi.Rounding(2),
    gi.Source("t"),
    UNITS[0],
    gi.Units(("A", "B")),
    gi.View("v", ["a"]),
]
# What is made by the library only; its methods are tried.
MADE: list[Any] = [
    RESULT,
    FORMS.compute(DATA),
    gi.records.count(WIDE, {"n": gi.records.Count()}, unit="unit"),
    gi.services.service_766({"communes": MADE_UP.tables["communes"]}, period="2026"),
    COUNTS,
    gi.disclosure.suppress(COUNTS, gi.disclosure.MinimumCount(5)),
    SAMPLE,
    gi.reconcile(COUNTED, gi.PublishedColumns(sums={"total": ["done", "overdue"]})),
    gi.portfolio({"one": RESULT, "other": SAMPLE}),
    INDICES,
    robustness.reversals(METHOD, DATA),
    gi.change(RESULT, RESULT, methods=METHOD),
    gi.compare({"one": RESULT, "two": RESULT}),
    gi.composite(WIDE, ["a"], lower=[]),
    REGISTER.at("2025-09-30"),
    gi.explain(RESULT, "A"),
]

# Sound arguments by the name of the parameter, and by "function.parameter" where that differs.
SOUND: dict[str, Any] = {
    "alternative": "a",
    "caption": "a",
    "picture.drawn": gi.plot.ranking(RESULT),
    "after": RESULT,
    "at": 1,
    "before": RESULT,
    "by": "league",
    "code": "a",
    "codes": ["a"],
    "data": DATA,
    "f_A": np.arange(8.0),
    "f_AB": np.ones((2, 8)),
    "f_B": np.arange(8.0) ** 2,
    "first": "A",
    "frame": WIDE,
    "framework": FRAMEWORK,
    "groups": ["x", "y"],
    "how": "mean",
    "language": None,
    "score": 61.89,
    "matrix": pd.DataFrame([[1.0, 3.0], [1 / 3, 1.0]], index=["a", "b"], columns=["a", "b"]),
    "mapping": {"A": "AB", "B": "AB"},
    "measure": POVERTY,
    "method": METHOD,
    "name": "a",
    "observations": DATA,
    "other": RESULT,
    "path": "no-such-file.csv",
    "points": 8,
    "policy": absence.AsZero(),
    "pairs": "neighbours",
    "reference": DATA,
    "result": RESULT,
    "results": {"one": RESULT, "two": RESULT},
    "rng": 1,
    "rubric": METHOD,
    "scores": {"A": 1.0, "B": 2.0, "C": 3.0, "D": 4.0},
    "second": "B",
    "stages": STAGES,
    "sample": robustness.sample_ranks(METHOD, DATA, vary=VARY, draws=400, rng=1),
    "text": "a",
    "thing": RESULT,
    "unit": "A",
    "units": ["A"],
    "variable": "a",
    "variants": {"one": METHOD},
    "vary": VARY,
    "view": "root",
    "Explanation.language": None,
    "Framework.cut.at": 1,
    "Framework.from_dict.rule": rules.Identity(),
    "Framework.from_dict.tree": {"d": ["a", "b"]},
    "Framework.from_table.frame": pd.DataFrame(
        {"code": ["a"], "parent": [""], "rule": ["Identity"]}
    ),
    "Framework.refine.children": [leaf("g")],
    "Forms.of.forms": {"t": FRAMEWORK},
    "Forms.single.form": "t",
    "Framework.with_absences.absences": {"d": absence.AsZero()},
    "Framework.with_aggregates.aggregates": {"d": aggregate.Geometric()},
    "Framework.with_measures.measures": {"a": measures.Value("z")},
    "Framework.with_rankings.rankings": {"d": gi.Ranking()},
    "Framework.with_roundings.roundings": {"d": gi.Rounding(1)},
    "Framework.with_rules.rules": {"a": rules.MinMax()},
    "Framework.with_weights.weights": {"a": 2.0},
    "plot.acceptability.sample": SAMPLE,
    "plot.bump.results": {"one": RESULT, "two": RESULT},
    "plot.correlations.matrix": gi.coherence.correlation_matrix(RESULT),
    "plot.map.regions": REGIONS,
    "plot.pairwise.sample": SAMPLE,
    "plot.rank_intervals.sample": SAMPLE,
    "plot.scatter.x": "a",
    "plot.sensitivity.found": INDICES,
    "plot.swap_margins.margins": robustness.swap_margins(RESULT),
    "plot.tasks.counts": REGISTER.at("2025-09-30"),
    "plot.weights.of": FRAMEWORK,
    "IndexResult.at_period.period": "2024",
    "IndexResult.part_of.unit": "A",
    "Observations.at_period.period": "2024",
    "Observations.at_stage.name": "verified",
    "Observations.balanced.how": "inner",
    "Observations.from_long.frame": LONG,
    "Observations.panel.periods": {"2024": DATA, "2025": DATA},
    "RankSample.intervals.level": 0.9,
    "RankSample.top.ranks": 2,
    "Sensitivity.of.unit": "A",
    "Units.__getitem__.index": 0,
    "Units.locate.unit": "A",
    "Units.of.units": UNITS,
    "suppress.rules": gi.disclosure.MinimumCount(5),
    "suppress.table": COUNTS,
    "Suppression.apply.data": ESTIMATES,
    "AdditiveTable.of.by": "unit",
    "AdditiveTable.of.frame": pd.DataFrame({"unit": [*"AB"], "n": [3, 20]}),
    "AdditiveTable.of_records.by": "unit",
    "Observations.suppressed.cells": [("A", "a")],
    "Estimates.suppressed.cells": [("A", "q")],
    "count.records": WIDE,
    "count.variables": {"n": gi.records.Count()},
    "Counts.value.unit": "A",
    "Counts.value.variable": "n",
    "Columns.role.role": "unit",
    "made_up_records.columns": COLUMNS,
    "made_up_records.rng": 1,
    "made_up_records.rows": 3,
    "service_766.period": "2026",
    "service_766.tables": {"communes": MADE_UP.tables["communes"]},
    "time_between.end": "b",
    "time_between.start": "a",
    "where.column": "a",
    "load_count_definition.path": "counts.toml",
    "answers": ANSWERS,
    "design": gi.survey.SampleDesign(),
    "differences.after": ESTIMATES,
    "differences.before": ESTIMATES,
    "cluster_size": 5,
    "correlation": 0.1,
    "domain": "A",
    "draws": 5,
    "Estimates.difference.second": "B",
    "Estimates.of.frame": ESTIMATES.table(),
    "margins": {"unit": {"A": 2, "B": 2}},
    "means.frame": ANSWERS,
    "post_stratify.columns": "unit",
    "post_stratify.totals": {"A": 2, "B": 2},
    "question": ASKED.questions[0],
    "questionnaire": ASKED,
    "Questionnaire.with_questions.columns": {"f": ["q"]},
    "ratios.frame": ANSWERS,
    "ratios.pairs": {"r": ("x", "q")},
    "totals.frame": ANSWERS,
    "variables": "x",
    "check_counts.frame": COUNTED,
    "published": COUNTED,
    "indices": {"one": RESULT, "other": SAMPLE},
    "Portfolio.trend.index": "one",
    "reconcile.columns": gi.PublishedColumns(sums={"total": ["done", "overdue"]}),
    "dates": ["Q1 2025"],
    "TaskRegister.from_frame.dates": gi.tasks.DateNotation(),
    "TaskRegister.from_frame.frame": [{"agency": "A", "due": "2025", "done": None}],
    "Targets.from_frame.frame": [{"code": "t", "agency": "A", "target": 1, "achieved": 1}],
    "when": "2025-09-30",
    "apply.how": weight.Equal(),
    "apply.of": METHOD,
    "composite.dimensions": ["a"],
    "composite.lower": [],
    "consensus.how": "copeland",
    "correlation_matrix.how": "pearson",
    "correlations.how": "pearson",
    "datasets.load.name": "no such",
    "dominance.node": None,
    "explain.unit": "A",
    "imputations.draws": 2,
    "imputations.observations": observed({"a": [1, None, 3, 5], "b": [2, 1, 4, 4.5]}),
    "sobol_indices.rng": None,
    "stage_differences.after": "verified",
    "stage_differences.before": "self",
    "stage_differences.data": STAGED,
    "stage_differences.observations": STAGED,
    "stage_differences.methodology": METHOD,
    "write.path": "report.md",
    "write_table.frame": WIDE,
}

# What the engine calls with what it made: parts are asked in the form of `contracts`.
ENGINE = {
    *("anchor", "classify", "classify_among", "computed", "corrected", "curve", "fill"),
    *("entries", "entry", "fine", "objection", "on_paper", "parts", "reach", "reweight", "scored"),
    *("selects", "settle", "single", "spreadsheet_formula", "within"),
    *("added", "counts", "lacking", "problems", "AtDates.open"),  # of records, by the engine
    *("Units.count", "Units.index", "Units.take"),  # those of every sequence, and by rows
}
# What may be anything, and why.
ANYTHING = {
    "as_code(text)": "what is no text comes back as it is, so that columns can be mapped with it",
    "Framework.has(code)": "asks whether there is such a node",
    "apply(data)": "a way that needs no scores looks at no data",
    "Named.function": "a class may be called like a function",
}

Call = Callable[[Any], object]


def completed(instance: Any) -> object:
    """Put a node or a unit where it is checked: in a framework, a methodology, a list."""
    if isinstance(instance, gi.Unit):
        return gi.Units.of([instance])
    if isinstance(instance, gi.View):
        return gi.Framework("top", [leaf("a")], views=[instance])
    if isinstance(instance, gi.Indicator | gi.Dimension):
        instance = gi.Framework("top", [instance])
    if isinstance(instance, gi.Framework):
        return gi.Methodology("example.m", "1", instance)
    return instance


def settings() -> Iterator[tuple[str, Call]]:
    """Yield every setting of every class that users make."""
    for instance in INSTANCES:
        for field in attrs.fields(type(instance)):
            if not field.init:
                continue
            name = f"{type(instance).__name__}.{field.alias}"
            yield (
                name,
                rules.Chain if isinstance(instance, rules.Chain) else set_to(instance, field),
            )


def set_to(instance: Any, field: attrs.Attribute[Any]) -> Call:
    name = str(field.alias)
    return lambda wrong: completed(attrs.evolve(instance, **{name: wrong}))


def functions() -> Iterator[tuple[str, Callable[..., object]]]:
    """Yield the functions of the namespaces, and the methods of what users make and get."""
    seen = set()
    for module in NAMESPACES:
        for name in module.__all__:
            actual = getattr(module, name)
            if inspect.isfunction(actual) and actual not in seen:
                seen.add(actual)
                # Pictures share names with what they draw.
                yield f"plot.{name}" if module is gi.plot else name, actual
    for instance in [*INSTANCES, *MADE]:
        kind = type(instance)
        for name in dir(kind):
            actual = inspect.getattr_static(kind, name)
            public = not name.startswith("_") and not {name, f"{kind.__name__}.{name}"} & ENGINE
            if public and (inspect.isfunction(actual) or isinstance(actual, classmethod)):
                yield f"{kind.__name__}.{name}", getattr(instance, name)


def arguments() -> Iterator[tuple[str, Call]]:
    """Yield every argument of those functions."""
    for name, function in functions():
        parameters = inspect.signature(function).parameters
        for parameter in parameters.values():
            if parameter.kind is not parameter.VAR_KEYWORD:
                yield f"{name}({parameter.name})", called_with(name, function, parameter.name)


def called_with(name: str, function: Callable[..., object], tried: str) -> Call:
    """Return the function of one argument, with sound values for the others that it needs."""

    def call(wrong: Any) -> object:
        given: list[Any] = []
        named: dict[str, Any] = {}
        for parameter in inspect.signature(function).parameters.values():
            needed = parameter.default is parameter.empty
            varied = parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
            if parameter.name != tried and (varied or not needed):
                continue
            value = wrong if parameter.name == tried else sound(name, parameter.name)
            if parameter.kind in (parameter.VAR_POSITIONAL, parameter.POSITIONAL_ONLY):
                given.append(value)
            else:
                named[parameter.name] = value
        return function(*given, **named)

    return call


def sound(function: str, parameter: str) -> Any:
    return (
        SOUND[f"{function}.{parameter}"] if f"{function}.{parameter}" in SOUND else SOUND[parameter]
    )


CALLS = {**dict(settings()), **dict(arguments())}


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Write what is written into a folder of its own."""
    before = Path.cwd()
    os.chdir(tmp_path_factory.mktemp("written"))
    yield
    os.chdir(before)


@pytest.mark.parametrize("name", some(CALLS))
def test_a_wrong_type_ends_in_a_named_error(name: str) -> None:
    for what, wrong in WRONG.items():
        try:
            CALLS[name](wrong)
        except gi.GovIndexError:
            continue
        accepted = what in NOTHING and name not in ANYTHING
        assert not accepted, f"{name} takes {what}"


def test_what_may_be_anything_exists() -> None:
    assert {*ANYTHING} <= {*CALLS}
