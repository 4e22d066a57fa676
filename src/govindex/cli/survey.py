"""``govindex survey``: answers of a sample → estimates with errors, and an index with margins."""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterable
from glob import has_magic
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govindex.cli.printing import pages_text
from govindex.cli.reading import (
    add_out,
    add_table,
    comma_separated,
    input_table,
    name_and_value,
    named_method,
    whole_count,
)
from govindex.errors import DataError, Problems, near_miss
from govindex.files import read_table, write_table
from govindex.files.saving import check_target
from govindex.language import check_language, words
from govindex.names import as_code
from govindex.notation import Notation
from govindex.survey import (
    Questionnaire,
    SampleDesign,
    estimate,
    load_questionnaire,
    post_stratify,
    rake,
    sipas,
)
from govindex.survey.columns import first_rows
from govindex.survey.pages import estimates_page, item_labels, ranking_page

if TYPE_CHECKING:
    import pandas as pd

    from govindex.cli.reading import Commands
    from govindex.display import ShownPage
    from govindex.survey import Estimates

_TABLES = ("estimates", "observations", "ranking")
_IN_ENGINES = (".parquet", ".pq", ".gz")
_LEAST_DRAWS = 10_000


def add_survey(commands: Commands) -> None:
    """Add ``survey`` to the commands."""
    command = commands.add_parser(
        "survey", help="estimates of a survey's answers with their errors, and an index of them"
    )
    command.set_defaults(run=_run)
    _add_answers(command)
    _add_design(command)
    _add_estimates(command)
    _add_index(command)
    add_table(command)
    command.add_argument(
        "--numbers",
        default="plain",
        choices=["plain", "vi", "en"],
        help="how weights and other numbers are written in texts: 1234.5 (plain, default), 1.234,5 "
        "(vi) or 1,234.5 (en)",
    )
    command.add_argument("--language", help="of words and numbers: vi, en (default)")
    command.add_argument(
        "--table",
        default="estimates",
        choices=_TABLES,
        help="what --out holds: estimates (default), a row per unit for govindex score, or the "
        "ranking",
    )
    add_out(command, "a table")


def _add_answers(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "answers",
        nargs="+",
        help="one row per respondent: a CSV, Excel or JSON file, or Parquet or CSV files of any "
        "size, also as a pattern in quotes; - is standard input",
    )
    command.add_argument(
        "--questionnaire", required=True, metavar="FILE", help="a document (.toml), or sipas"
    )
    command.add_argument(
        "--questions",
        action="append",
        default=[],
        type=name_and_value,
        metavar="ITEM=COLUMNS",
        help="the columns of an item, such as S1.satisfaction=c1,c2; may be given several times, "
        "and other items are left out",
    )


def _add_design(command: argparse.ArgumentParser) -> None:
    command.add_argument("--unit", default="unit", help="column of the units (default: unit)")
    command.add_argument("--whole", action="store_true", help="the whole sample, without units")
    for name, what in (
        ("weights", "how many persons each respondent represents"),
        ("strata", "the strata"),
        ("clusters", "what was drawn first, such as villages"),
        ("second-stage", "what was drawn within clusters"),
    ):
        command.add_argument(f"--{name}", metavar="COLUMN", help=f"column of {what}")
    command.add_argument(
        "--fpc",
        default=[],
        type=comma_separated,
        metavar="COLUMNS",
        help="column of the number of clusters in the stratum; a second one for the second stage",
    )
    command.add_argument(
        "--nested", action="store_true", help="clusters are numbered again in each stratum"
    )
    command.add_argument(
        "--lonely",
        default="error",
        choices=["error", "certainty", "centre"],
        help="what a stratum with one cluster does (default: error)",
    )
    command.add_argument(
        "--margins",
        type=Path,
        metavar="FILE",
        help="known numbers of the population, which weights are made to match: columns column, "
        "category and total",
    )


def _add_estimates(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--formula",
        default="top_box",
        choices=["top_box", "mean_score", "option_score", "gap"],
        help="the share of positive answers (default), the mean of equal steps, of points, or "
        "satisfaction less expectation",
    )
    command.add_argument(
        "--gap",
        default=["satisfaction", "expectation"],
        type=comma_separated,
        metavar="CONTENTS",
        help="the two contents of --formula gap (default: satisfaction,expectation)",
    )
    command.add_argument(
        "--items",
        choices=["all", "questions", "factors"],
        help="questions, the factors that they belong to, or all (default: factors, if there are)",
    )
    command.add_argument(
        "--scale", type=float, default=100.0, help="of the values (default: 100, per cent)"
    )
    command.add_argument(
        "--level", type=float, default=0.95, help="of the intervals (default: 0.95)"
    )
    command.add_argument("--interval", default="logit", choices=["logit", "wilson", "t"])


def _add_index(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--method", help="an index of the estimates, ranked with margins: ID, ID@VERSION or a file"
    )
    command.add_argument(
        "--draws",
        type=whole_count,
        metavar="N",
        help="of scores and ranks (default: as many as the comparison of all units needs)",
    )
    command.add_argument("--seed", type=int, default=0, metavar="N", help="for other draws")
    command.add_argument(
        "--correction",
        default="holm",
        choices=["holm", "bonferroni", "none"],
        help="for the number of pairs that are compared (default: holm)",
    )


def _run(options: argparse.Namespace) -> str:
    language: str | None = options.language
    check_language(language)
    if options.out:
        check_target(options.out, overwrite=options.force)
    asked = _questionnaire(options)
    design = _design(options)
    estimates = estimate(
        _answers(options, design),
        asked,
        design,
        by=None if options.whole else options.unit,
        formula=options.formula,
        items=options.items or ("factors" if asked.items else "questions"),
        gap=tuple(options.gap),
        scale=options.scale,
        level=options.level,
        interval=options.interval,
    )
    pages = [estimates_page(estimates, item_labels(asked, language), language)]
    tables = {"estimates": estimates.table(), "observations": _observed(estimates, options)}
    if options.method:
        tables["ranking"], page = _ranking(estimates, options)
        pages.append(page)
    parts = [pages_text(pages)]
    if options.out:
        if options.table not in tables:
            raise DataError("there is no ranking without an index: give --method")
        write_table(tables[options.table], options.out, overwrite=options.force)
        parts.append(words("command.written", language, file=options.out))
    return "\n\n".join(parts)


def _questionnaire(options: argparse.Namespace) -> Questionnaire:
    name = options.questionnaire
    if Path(name).suffix == ".toml":
        asked = load_questionnaire(name)
    else:
        known, _, edition = name.partition("@")
        if known != "sipas":
            raise DataError(f"there is no questionnaire '{name}': {near_miss(name, ['sipas'])}")
        asked = sipas(edition) if edition else sipas()
    if not options.questions:
        return asked
    columns: dict[str, list[str]] = {}
    for item, names in options.questions:
        columns.setdefault(item, []).extend(comma_separated(names))
    return asked.with_questions(columns)


def _design(options: argparse.Namespace) -> SampleDesign:
    design = SampleDesign(
        weights=options.weights,
        strata=options.strata,
        clusters=options.clusters,
        second_stage=options.second_stage,
        fpc=options.fpc,
        nested=options.nested,
        lonely=options.lonely,
    )
    if options.margins is None:
        return design
    table = read_table(options.margins)
    lacking = [name for name in ("column", "category", "total") if name not in table]
    if lacking:
        raise DataError(f"--margins: there is no column {', '.join(lacking)} in the table")
    table = _with_numbers(table, ["total"], options)
    totals: dict[str, dict[Any, float]] = {}
    for column, category, total in table[["column", "category", "total"]].itertuples(index=False):
        totals.setdefault(str(column), {})[category] = total
    if len(totals) == 1:
        column, numbers = next(iter(totals.items()))
        return post_stratify(design, column, numbers)
    return rake(design, totals)


def _answers(options: argparse.Namespace, design: SampleDesign) -> Any:
    """Return a table in memory, or the files that an engine reads."""
    files: list[str] = options.answers
    first = files[0].lower()
    has_engine = any(find_spec(name) is not None for name in ("duckdb", "polars"))
    in_engine = len(files) > 1 or has_magic(first) or first.endswith(_IN_ENGINES)
    if in_engine and (has_engine or len(files) > 1 or has_magic(first)):
        return files
    options.file = Path(files[0])
    names = [design.weights, *design.fpc]
    return _with_numbers(input_table(options), [n for n in names if n is not None], options)


def _with_numbers(
    frame: pd.DataFrame, names: Iterable[str], options: argparse.Namespace
) -> pd.DataFrame:
    """Return a table in which texts of these columns are numbers; blank cells stay blank."""
    import numpy as np

    problems, notation = Problems(), Notation(numbers=options.numbers)
    titles = {as_code(str(title)): title for title in frame.columns}
    for name in names:
        if name not in titles or frame[titles[name]].dtype.kind in "iuf":
            continue
        cells = frame[titles[name]].astype(object)
        texts = [None if cell is None or cell != cell else str(cell).strip() for cell in cells]
        numbers = [notation.number(text) if text else math.nan for text in texts]
        wrong = [number is None for number in numbers]
        if any(wrong):
            at = wrong.index(True)
            problems.add(
                f"'{texts[at]}' is not a number ({first_rows(np.array(wrong))})",
                code="survey.number",
                variable=name,
                cure="correct it, or say how numbers are written: --numbers vi",
            )
            continue
        frame = frame.assign(**{titles[name]: np.array(numbers, dtype=np.float64)})
    problems.raise_any(DataError, "The table cannot be read")
    return frame


def _observed(estimates: Estimates, options: argparse.Namespace) -> pd.DataFrame:
    """Return a row per unit, as ``govindex score`` reads it."""
    if options.method:
        estimates = estimates.for_index(named_method(options.method).framework)
    frame = estimates.observations().frame
    return frame.rename_axis("unit").reset_index()


def _ranking(estimates: Estimates, options: argparse.Namespace) -> tuple[pd.DataFrame, ShownPage]:
    """Return the units of the index with margins, and the page that shows them."""
    from govindex.robustness import Errors, sample_ranks, tied_groups

    method = named_method(options.method)
    measured = estimates.for_index(method.framework)
    # What is shown and not scored moves no rank.
    scored = [item for item in measured.items if item in method.framework.variables]
    data = measured.observations(items=scored)
    pairs = len(data.units) * (len(data.units) - 1) / 2
    tests = 1 if options.correction == "none" else max(pairs, 1)
    least = math.ceil(2 * tests / (1 - options.level))
    sample = sample_ranks(
        method,
        data,
        vary=[Errors(limits=(0.0, options.scale))],
        draws=options.draws or max(least, _LEAST_DRAWS),
        rng=options.seed,
    )
    groups = tied_groups(sample, options.level, correction=options.correction)
    table = sample.score_intervals(options.level).join(groups[["ranks", "rank_group"]])
    table = table.sort_values("rank", kind="stable")
    language = options.language
    title = f"{method.label(language)} ({method.id}@{method.version})"
    settings = (options.level, options.correction)
    return table, ranking_page(table, title, settings, language)
