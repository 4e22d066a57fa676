"""``govindex read``: what a rubric, scoring sheets or forms hold, as files that govindex uses."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from govindex.absence import Absence, AsZero, Refuse, Renormalise, Shrink
from govindex.cli.inputs import add_sheets, read_input, refuse_unused
from govindex.cli.reading import add_out, add_reading, only_sheet, scoring_method
from govindex.contracts import CellStatus, is_absent
from govindex.errors import SettingError
from govindex.files import write_table
from govindex.files.saving import check_target
from govindex.language import check_language, words
from govindex.toml import save_methodology
from govindex.workbooks import read_rubric

if TYPE_CHECKING:
    import pandas as pd

    from govindex.cli.reading import Commands
    from govindex.contracts import AbsencePolicy
    from govindex.model.observations import Observations

_POLICIES = {"refuse": Refuse, "shrink": Shrink, "renormalise": Renormalise, "zero": AsZero}


def add_read(commands: Commands) -> None:
    """Add ``read`` to the commands."""
    command = commands.add_parser(
        "read", help="read a rubric into a document, or scoring sheets into a table"
    )
    command.set_defaults(run=_run)
    command.add_argument("file", type=Path, help="a workbook or CSV file, or a folder of sheets")
    command.add_argument("--method", help="of scoring sheets; without it the file is a rubric")
    add_reading(command)
    add_sheets(command)
    command.add_argument("--id", help="of the methodology that is made of a rubric")
    command.add_argument("--edition", help="likewise, such as 2025")
    for kind in ("not-applicable", "missing"):
        command.add_argument(
            f"--when-{kind}",
            choices=sorted(_POLICIES),
            default="refuse",
            help=f"what becomes of {kind.replace('-', ' ')} criteria of a rubric (default: refuse)",
        )
    command.add_argument("--language", help="of names and words: vi, en")
    add_out(command, "a rubric to .toml, or scores")


def _run(options: argparse.Namespace) -> str:
    check_language(options.language)
    if options.out:
        check_target(options.out, overwrite=options.force)
    return _rubric(options) if options.method is None else _scores(options)


def _rubric(options: argparse.Namespace) -> str:
    refuse_unused(options, "rubric")
    rubric = read_rubric(
        options.file,
        sheet=only_sheet(options),
        header=options.header,
        columns=dict(options.column) or None,
        decimal=options.decimal,
        hidden=options.hidden,
        separator=options.separator,
    )
    parts = [rubric.text_in(options.language)]
    if options.out:
        if not options.id or not options.edition:
            raise SettingError("a methodology needs --id such as my-province.reform, and --edition")
        absence = Absence(
            not_applicable=_policy(options.when_not_applicable),
            missing=_policy(options.when_missing),
        )
        method = rubric.methodology(
            options.id, options.edition, accept=options.accept, absence=absence
        )
        save_methodology(method, options.out, overwrite=options.force)
        parts.append(words("command.written", options.language, file=options.out))
    return "\n\n".join(parts)


def _policy(name: str) -> AbsencePolicy:
    policy: AbsencePolicy = _POLICIES[name]()
    return policy


def _scores(options: argparse.Namespace) -> str:
    read = read_input(options, scoring_method(options))
    data, language = read.observations, options.language
    counts = {"units": len(data.units), "variables": len(data.variables)}
    parts = [words("command.scores", language, **counts), *read.notes(language)]
    if options.out:
        write_table(_table(data), options.out, overwrite=options.force)
        parts.append(words("command.written", language, file=options.out))
    return "\n\n".join(parts)


def _table(data: Observations) -> pd.DataFrame:
    """Return one row per unit (and stage), as ``govindex score`` reads them back."""
    import pandas as pd

    stages = [stage.name for stage in data.stages]
    parts: list[tuple[str | None, Observations]] = [
        (name, data.at_stage(name, fall_back=False)) for name in stages
    ]
    parts = parts or [(None, data)]
    frames = []
    for stage, part in parts:
        frame = part.frame.astype(object)
        frame = frame.where(~is_absent(part.status), None)
        frame = frame.mask(part.status == CellStatus.NOT_APPLICABLE, "n/a")
        units = part.units
        about = {"code": units.codes, "name": units.labels(), "league": units.leagues}
        if stage is not None:
            about["stage"] = (stage,) * len(units)
        head = pd.DataFrame({k: list(v) for k, v in about.items() if v is not None}, frame.index)
        frames.append(pd.concat([head, frame], axis=1))
    return pd.concat(frames, ignore_index=True)
