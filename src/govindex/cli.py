"""The command line: list, show and check methodologies, score files, start new packages.

Errors take one screen and no traceback; the exit code is 0 when all went well, 1 for bad input or
a broken law, and 2 for a wrong call.
"""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from govindex import datasets
from govindex.change import change
from govindex.contracts import CellStatus, is_absent
from govindex.describe import describe
from govindex.errors import DataError, GovIndexError, SettingError, listing
from govindex.explain import explain
from govindex.files import read_table, write_table
from govindex.files.saving import check_target
from govindex.methodology import Methodology
from govindex.model.observations import Observations
from govindex.options import add_notation, in_words_of_the_shell, notation_of, without_columns
from govindex.plugins import methodologies, methodology
from govindex.result import IndexResult
from govindex.rounding import Levels, Rounding
from govindex.skeleton import package_files, read_rubric, write_package
from govindex.toml import load_methodology

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["main"]

_INSTEAD = {CellStatus.NOT_APPLICABLE: "n/a", CellStatus.SUPPRESSED: "suppressed"}
_FIELDS = ("league", "type", "parent", "ranked")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        The words after ``govindex``; by default those of the process.
    """
    parser = _parser()
    given = parser.parse_args(arguments)
    try:
        print(given.run(given), flush=True)
    except BrokenPipeError:  # the reader has seen enough, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except _LawsBroken as report:
        print(report)
        return 1
    except GovIndexError as error:
        print(f"govindex: {in_words_of_the_shell(str(error))}", file=sys.stderr)
        return 1
    return 0


class _LawsBroken(Exception):  # noqa: N818 - a report, not an error of the call
    """Laws were tried and do not hold: the report that is printed."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="govindex", description="Score, rank and explain indices."
    )
    commands = parser.add_subparsers(dest="command", required=True)

    listing = commands.add_parser("list", help="the installed methodologies")
    listing.set_defaults(run=_list)

    show = commands.add_parser("show", help="a methodology: its nodes, rules, sources and notes")
    show.set_defaults(run=_show)
    show.add_argument("method", help="ID, ID@VERSION, or a document (.toml, .json)")
    show.add_argument("--language", default="en", help="of names: vi, en (default) …")

    score = commands.add_parser("score", help="score and rank the units of a file")
    score.set_defaults(run=_score)
    _add_file(score, required=True)
    score.add_argument("--explain", metavar="UNIT", help="where this unit lost its points")
    score.add_argument(
        "--out", type=Path, help="write the ranking to a .csv, .xlsx, .parquet or .json file"
    )
    _add_force(score)

    _add_robustness(
        commands.add_parser("robustness", help="how stable each rank is under other weights")
    )

    validate = commands.add_parser(
        "validate", help="check a methodology document, or a data file against a methodology"
    )
    validate.set_defaults(run=_validate)
    _add_file(validate, required=False)

    _add_check(commands.add_parser("check", help="try the laws that a methodology's parts promise"))
    _add_new(commands.add_parser("new", help="start a package of your own methodology"))

    demo = commands.add_parser("demo", help="rank and explain 34 provinces on real data")
    demo.set_defaults(run=_demo)
    demo.add_argument("--language", default="en", help="of names: vi, en (default)")
    return parser


def _add_file(command: argparse.ArgumentParser, *, required: bool) -> None:
    command.add_argument("file", type=Path, help="one row per unit: CSV, Excel, Parquet or JSON")
    command.add_argument(
        "--method", required=required, help="ID, ID@VERSION, or a document (.toml, .json)"
    )
    _add_reading(command)
    command.add_argument("--language", help="of names: vi, en …")


def _add_reading(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--cut",
        action="store_true",
        help="the file holds scores of the published dimensions, not indicators",
    )
    command.add_argument("--unit", help="column of unit codes (default: 'code', else the first)")
    command.add_argument("--name", help="column of unit names (default: 'unit' beside 'code')")
    for field in _FIELDS:
        command.add_argument(f"--{field}", help=f"column of the units' {field}")
    command.add_argument(
        "--period", help="what the data are about: 2026, 2026-Q3, 2026-09, or a column"
    )
    command.add_argument(
        "--stage", metavar="COLUMN", help="column of the stage: one row per unit and stage"
    )
    command.add_argument(
        "--stages",
        type=_names,
        metavar="NAMES",
        help="the stages, the earliest first: self,verified; the last one counts",
    )
    command.add_argument(
        "--fall-back",
        nargs="?",
        const=True,
        default=False,
        type=_names,
        metavar="STAGES",
        help="where the last stage is blank, take an earlier one: all, the latest first, or these",
    )
    command.add_argument(
        "--fill-down",
        action="append",
        default=[],
        metavar="COLUMN",
        help="fill blank cells of a column that describes units from above (merged cells)",
    )
    _add_table(command)
    add_notation(command)


def _add_table(command: argparse.ArgumentParser) -> None:
    command.add_argument("--sheet", help="of a workbook")
    command.add_argument("--separator", help="between the columns of a CSV file")
    command.add_argument(
        "--header",
        type=_rows,
        metavar="N",
        help="row that holds the titles of the columns; 5,6 if they are split over two rows",
    )
    command.add_argument(
        "--errors",
        default="refuse",
        choices=["refuse", "missing"],
        help="cells that hold #DIV/0! and the like, or formulas never computed (default: refuse)",
    )


def _rows(text: str) -> tuple[int, ...]:
    rows = text.split(",")
    if not all(row.strip().isdecimal() for row in rows):
        raise argparse.ArgumentTypeError(f"'{text}' is no row, nor rows such as 5,6")
    return tuple(map(int, rows))


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _add_robustness(command: argparse.ArgumentParser) -> None:
    command.set_defaults(run=_robustness)
    _add_file(command, required=True)
    command.add_argument(
        "--draws", type=_count, default=10_000, metavar="N", help="how many (default: 10000)"
    )
    command.add_argument(
        "--spread",
        type=float,
        default=0.25,
        help="weights vary by this part of what they are, up and down (default: 0.25)",
    )
    command.add_argument(
        "--level", type=float, default=0.9, help="share of draws in the intervals (default: 0.9)"
    )
    command.add_argument("--seed", type=int, default=0, metavar="N", help="make other draws")
    command.add_argument(
        "--out", type=Path, help="write the intervals to a .csv, .xlsx, .parquet or .json file"
    )
    _add_force(command)


def _add_force(command: argparse.ArgumentParser) -> None:
    command.add_argument("--force", action="store_true", help="replace the file --out if it exists")


def _add_check(command: argparse.ArgumentParser) -> None:
    command.set_defaults(run=_check)
    command.add_argument("method", help="ID, ID@VERSION, or a document (.toml, .json)")
    command.add_argument(
        "--data",
        type=Path,
        dest="file",
        metavar="FILE",
        help="try data like these: CSV, Excel, Parquet or JSON (default: whatever is accepted)",
    )
    command.add_argument(
        "--examples",
        type=_count,
        metavar="N",
        help="how many each law is tried on (default: 15, 10000 with GOVINDEX_PROFILE=deep)",
    )
    command.add_argument("--seed", type=int, default=0, metavar="N", help="try other examples")
    command.add_argument(
        "--law",
        action="append",
        default=[],
        metavar="NAME",
        help="try this law alone; may be given several times",
    )
    _add_reading(command)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"'{text}' is no whole number from 1")
    return int(text)


def _add_new(command: argparse.ArgumentParser) -> None:
    command.set_defaults(run=_new)
    command.add_argument("name", help="the methodology's id: my-province.reform")
    command.add_argument(
        "--into", type=Path, default=".", help="the folder to write it in (default: this one)"
    )
    command.add_argument(
        "--from",
        type=Path,
        dest="rubric",
        metavar="RUBRIC",
        help="start from a table with one row per node (.csv, .xlsx …) or from a document (.toml)",
    )
    _add_table(command)
    command.add_argument("--decimal", default=".", choices=[".", ","], help="decimal mark")
    command.add_argument(
        "--ignore",
        action="append",
        default=[],
        metavar="COLUMN",
        help="a column that says nothing about scores; may be given several times",
    )


def _list(_: argparse.Namespace) -> str:
    return methodologies().reset_index().to_string(index=False, justify="left")


def _method(name: str) -> Methodology:
    if Path(name).suffix in (".toml", ".json"):
        return load_methodology(name)
    return methodology(name)


def _show(given: argparse.Namespace) -> str:
    method = _method(given.method)
    title = getattr(method, "title", None) and method.label(given.language)
    parts = [f"{method.id}@{method.version}" + (f": {title}" if title else "")]
    # A methodology of somebody's own may say nothing of itself but its id and version.
    for word in ("assesses", "depth", "confidence", "deprecated", "fingerprint"):
        text = getattr(method, word, "")
        if text:
            parts.append(f"{word.capitalize()}: {text}")
    lines = ["\n".join(parts), _nodes(describe(method.framework, language=given.language))]
    for kind, form in getattr(method, "forms", {}).items():
        lines.append(f"Units of type '{kind}'\n{_nodes(describe(form, language=given.language))}")
    if getattr(method, "notes", ""):
        lines.append(method.notes)
    sources = getattr(method, "sources", ())
    lines += [f"[{s.confidence or 'source'}] {s.title} {s.url} {s.note}".rstrip() for s in sources]
    return "\n\n".join(lines)


def _nodes(table: pd.DataFrame) -> str:
    names = ["  " * tier + name for tier, name in zip(table["tier"], table["name"], strict=True)]
    width = max(len(name) for name in names)
    shown = table[["weight", "rule", "variables", "confidence"]].copy()
    shown.insert(0, "name".ljust(width), [name.ljust(width) for name in names])
    return shown.to_string(float_format=lambda x: f"{x:g}")


def _score(given: argparse.Namespace) -> str:
    if given.out:
        check_target(given.out, overwrite=given.force)
    result = _computed(given)
    if given.out:
        table = result.table(language=given.language, status=_is_marked(result))
        write_table(table, given.out, overwrite=given.force)
    parts = [_ranking(result, given.language), *_marks(result)]
    parts += [*_preparation(result), *_columns(result)]
    if given.explain:
        parts.append(str(explain(result, given.explain, language=given.language)))
    if given.out:
        parts.append(f"Written to {given.out}")
    return "\n\n".join(parts)


def _robustness(given: argparse.Namespace) -> str:
    from govindex.robustness import sample_ranks, weights

    if given.out:
        check_target(given.out, overwrite=given.force)

    def tell(done: int, draws: int) -> None:
        _tell(f"{done:,} of {draws:,} draws")

    try:
        sample = sample_ranks(
            _scoring(given),
            _read(given),
            vary=[weights(spread=given.spread)],
            draws=given.draws,
            rng=given.seed,
            progress=tell,
        )
    finally:
        _tell("")
    intervals = sample.intervals(given.level)
    parts = [sample.summary, intervals.to_string(index=False)]
    parts += [*_marks(sample.nominal), *_columns(sample.nominal)]
    if given.out:
        write_table(intervals, given.out, overwrite=given.force)
        parts.append(f"Written to {given.out}")
    return "\n\n".join(parts)


def _is_marked(result: IndexResult) -> bool:
    return not result.marks.empty


def _marks(result: IndexResult) -> list[str]:
    """Return which figures do not stand as they were reported."""
    notes = [f"  {note}" for note in result.footnotes]
    return ["\n".join(["Figures that do not stand as reported:", *notes])] if notes else []


def _columns(result: IndexResult) -> list[str]:
    """Return which columns are not used, and which hold nothing that is."""
    notes = []
    unused = [_meant(name) for name in result.provenance.unused]
    if unused:
        notes.append(f"Columns not used: {', '.join(unused)}")
    data = result.observations
    if data is not None:
        used = [name for name in data.variables if name not in result.provenance.unused]
        absent = is_absent(data.status)
        empty = [name for name in used if absent[:, data.place(name)].all()]
        if empty:
            notes.append(f"Columns in which no unit has a value: {', '.join(empty)}")
    return notes


def _meant(name: str) -> str:
    """Return the name of a column, with the role that it may have been meant for."""
    close = get_close_matches(name.casefold(), ("code", "unit", *_FIELDS), n=1, cutoff=0.75)
    return f"{name} (did you mean '{close[0]}'?)" if close else name


def _preparation(result: IndexResult) -> list[str]:
    """Return what preparation did, with everyone who left."""
    lines = []
    for report in result.preparation:
        left = getattr(report, "left", ())
        lines.append(f"{report!r}{f': {listing(left)}' if left else ''}")
    return ["\n".join(["Preparation:", *lines])] if lines else []


def _validate(given: argparse.Namespace) -> str:
    if given.method is None:
        if given.file.suffix not in (".toml", ".json"):
            raise DataError(
                f"'{given.file.name}' is no methodology document (.toml, .json); to check data, "
                "name their methodology with --method"
            )
        method = load_methodology(given.file)
        return (
            f"{given.file.name}: {method.id}@{method.version}, "
            f"{len(method.framework.leaf_codes)} indicators, fingerprint {method.fingerprint}"
        )
    result = _computed(given)
    gone = len(result.unscored)
    lines = [
        f"{given.file.name}: {len(result.units)} units, {gone} of them without a score",
        *(f"  {unit}: {reason}" for unit, reason in result.unscored["reason"].items()),
        *_marks(result),
        *_preparation(result),
        *_columns(result),
    ]
    return "\n".join(lines)


def _check(given: argparse.Namespace) -> str:
    try:
        from govindex.testing.console import try_laws
    except ModuleNotFoundError as error:
        if error.name != "hypothesis":
            raise
        raise SettingError(
            "trying the laws needs hypothesis: pip install 'govindex[testing]'"
        ) from error
    method = _scoring(given)
    data = None if given.file is None else _read(given)
    if data is not None and isinstance(method, Methodology):
        method.compute(data)  # what is wrong with the file is said of the file, not of a law
    try:
        report, kept = try_laws(
            method, data=data, examples=given.examples, seed=given.seed, names=given.law, tell=_tell
        )
    finally:
        _tell("")
    if not kept:
        raise _LawsBroken(report)
    return report


def _tell(progress: str) -> None:
    """Write over the last line, for somebody who waits."""
    if sys.stderr.isatty():
        print(f"\r{progress:60}\r", end="", file=sys.stderr, flush=True)


def _new(given: argparse.Namespace) -> str:
    document = None
    if given.rubric is not None:
        document = read_rubric(
            given.name,
            given.rubric,
            sheet=given.sheet,
            separator=given.separator,
            header=given.header,
            errors=given.errors,
            decimal=given.decimal,
            ignore=given.ignore,
        )
    texts = package_files(given.name, document)
    folder = given.into / given.name.replace(".", "-")
    write_package(texts, folder)
    written = "\n".join(f"  {path}" for path in sorted(texts))
    place = shlex.quote(str(folder))
    return (
        f"Written to {folder}:\n\n{written}\n\nInstall it and run its tests:\n\n"
        f"  pip install -e {shlex.quote(f'{folder}[test]')}\n  python -m pytest {place}"
    )


def _computed(given: argparse.Namespace) -> IndexResult:
    return _scoring(given).compute(_read(given))


def _scoring(given: argparse.Namespace) -> Methodology:
    """Return the methodology that scores the file: cut if it holds scores of dimensions."""
    method = _method(given.method)
    if given.cut and not hasattr(method, "cut"):
        raise SettingError(
            f"'{method.id}' computes its scores by code of its own and cannot be cut: give the "
            "data of its indicators, without --cut"
        )
    return method.cut() if given.cut else method


def _read(given: argparse.Namespace) -> Observations:
    frame = read_table(
        given.file,
        sheet=given.sheet,
        separator=given.separator,
        header=given.header,
        errors=given.errors,
    )
    frame = without_columns(frame, given.ignore)
    columns = [str(column) for column in frame.columns]
    unit = given.unit or ("code" if "code" in columns else None)
    name = given.name or ("unit" if "unit" in columns and unit == "code" else None)
    league, kind, parent, ranked = (
        getattr(given, field) or (field if field in columns else None) for field in _FIELDS
    )
    _check_stages(given, frame)
    return Observations.from_frame(
        frame,
        unit=unit,
        name=name,
        league=league,
        type=kind,
        parent=parent,
        ranked=ranked,
        notation=notation_of(given),
        period=given.period,
        fill_down=given.fill_down,
        stage=given.stage,
        stages=given.stages,
        fall_back=given.fall_back,
    )


def _check_stages(given: argparse.Namespace, frame: pd.DataFrame) -> None:
    """Raise, in words of the shell, if stages are only half declared."""
    if given.stage is None:
        if given.stages or given.fall_back:
            option = "--stages" if given.stages else "--fall-back"
            raise SettingError(f"{option} needs the column of the stages: --stage COLUMN")
        return
    if not given.stages and given.stage in frame.columns:
        found = listing(sorted({str(name) for name in frame[given.stage].dropna()}))
        raise SettingError(
            f"the order of stages must be declared: column '{given.stage}' holds {found}; "
            "give them as --stages EARLIEST,…,LATEST"
        )


def _ranking(result: IndexResult, language: str | None) -> str:
    frame = result.table(language=language)
    labels = dict(zip(result.units.codes, result.rank_labels(), strict=True))
    frame["rank"] = [labels[code] for code in frame.index]
    codes = [c for c in result.display if c in result.codes]
    head = list(frame.columns[: len(frame.columns) - len(codes)])
    frame.columns = [*head, *codes]
    for code in codes:
        frame[code] = _shown(frame[code], code, result)
    legend = [
        f"{code} {result.node(code).label(language)} ({result.maxima[result.place(code)]:g})"
        for code in codes
    ]
    lines = [_text(frame, result), "", " · ".join(legend)]
    gone = result.unscored
    if len(gone):
        lines += ["", f"{len(gone)} units without a score:"]
        lines += [f"  {unit}: {reason}" for unit, reason in gone["reason"].items()]
    return "\n".join(lines)


def _shown(scores: pd.Series[float], code: str, result: IndexResult) -> pd.Series[Any]:
    """Return a node's scores; where there is none and that is no blank, the words for it."""
    import pandas as pd

    row, decimals = result.place(code), max(result.printing.decimals, 0)
    words = {
        unit: _INSTEAD[status]
        for unit, status in zip(result.units.codes, result.status[row].tolist(), strict=True)
        if status in _INSTEAD
    }
    absent = scores.isna()
    if not any(unit in words for unit in scores.index[absent]):
        return scores
    return pd.Series(
        [
            words.get(unit, "") if gone else f"{score:.{decimals}f}"
            for unit, score, gone in zip(scores.index, scores, absent, strict=True)
        ],
        index=scores.index,
    )


def _text(frame: pd.DataFrame, result: IndexResult) -> str:
    decimals = max(result.printing.decimals, 0)
    width = max(len(name) for name in frame["unit"])
    shown = frame.assign(unit=[name.ljust(width) for name in frame["unit"]])
    shown = shown.rename(columns={"unit": "unit".ljust(width)})
    return shown.to_string(index=False, na_rep="", float_format=lambda x: f"{x:.{decimals}f}")


# -- the demonstration ----------------------------------------------------------------------------


def _demo(given: argparse.Namespace) -> str:
    language: str = given.language
    method = methodology("vn.service-766@2022")
    groups = method.cut()
    before, after = (
        groups.compute(datasets.load(f"vn.service-766.provinces-2026-10-{day}"))
        for day in ("06", "10")
    )
    detail = method.compute(datasets.load("vn.service-766.phu-tho-2026"))
    phu_tho = explain(detail, "UBND tỉnh Phú Thọ", language=language)
    return "\n\n".join(
        [
            f"{method.label(language)}\n34 provinces on 10 October 2026, from the scores published "
            "for six groups",
            _ranking(after, language),
            _announcement(after, language),
            _national(groups, after, language),
            f"What moved since 6 October\n\n{_moves(before, after, language)}",
            "Where Phú Thọ lost its points (captured 26 September 2026), from numerators and "
            f"denominators\n\n{phu_tho}",
        ]
    )


def _announcement(result: IndexResult, language: str) -> str:
    row = result.announce(language=language).iloc[0]
    return (
        f"First {row['first']}, second {row['second']}, third {row['third']}; last {row['last']}."
    )


def _national(groups: Methodology, result: IndexResult, language: str) -> str:
    assert result.observations is not None
    everyone = dict.fromkeys(result.units.codes, "all provinces")
    # The published mean is the sum of the groups' means, each rounded to hundredths.
    means = attrs.evolve(groups, rounding=Levels(leaf=Rounding(2)))
    mean = means.compute(result.observations.roll_up(everyone))
    parts = ", ".join(
        f"{mean.framework.node(c).label(language)} {mean.printed[mean.place(c), 0]:.2f}"
        for c in mean.display
    )
    return f"National mean {mean.printed[0, 0]:.2f}: {parts}."


def _moves(before: IndexResult, after: IndexResult, language: str) -> str:
    moved = change(before, after, language=language)
    moved = moved[moved["places"] != 0].sort_values("places", ascending=False, kind="stable")
    signed = moved.assign(
        places=[f"{places:+d}" for places in moved["places"]],
        points=[f"{points:+.2f}" for points in moved["points"]],
    )
    return _text(signed, after)
