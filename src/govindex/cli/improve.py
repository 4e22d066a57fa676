"""``govindex improve``: what units would have to change to reach a rank, a band or a score."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from govindex.cli.inputs import add_sheets, read_input
from govindex.cli.reading import add_file, add_out, scoring_method
from govindex.errors import SettingError
from govindex.files import write_table
from govindex.files.saving import check_target
from govindex.improvement import Improvement, improve
from govindex.language import check_language, words

if TYPE_CHECKING:
    import pandas as pd

    from govindex.cli.reading import Commands

_GOALS = ("rank", "gain", "band", "score")


def add_improve(commands: Commands) -> None:
    """Add ``improve`` to the commands."""
    command = commands.add_parser(
        "improve", help="the cheapest changes that reach a rank, a band or a score"
    )
    command.set_defaults(run=_run)
    add_file(command, required=True)
    command.add_argument("units", nargs="+", metavar="UNIT", help="codes or names of units")
    add_sheets(command)
    command.add_argument(
        "--to",
        default="gain=1",
        metavar="GOAL",
        help="rank=1, gain=2 (ranks), band=NAME or score=80; default gain=1, the next better rank",
    )
    for option, value, meaning in (
        ("--effort", "FIGURE=NUMBER", "effort of changing a figure by 1 in its measure unit"),
        ("--feasible", "FIGURE=LOW,HIGH", "limits of a figure, either blank; FIGURE= leaves it"),
        ("--step", "FIGURE=NUMBER", "what a figure changes by"),
        ("--rivals", "UNIT=POINTS", "points that a unit gains meanwhile; POINTS alone: that each"),
    ):
        command.add_argument(
            option,
            action="append",
            default=[],
            metavar=value,
            help=f"{meaning}; may be given several times",
        )
    command.add_argument(
        "--anchored",
        action="store_true",
        help="freeze parts that look at peers on the data first",
    )
    command.add_argument("--seconds", type=float, default=20.0, help="limit of a unit's search")
    add_out(command, "the changes")


def _run(options: argparse.Namespace) -> str:
    language = check_language(options.language)
    if options.out:
        check_target(options.out, overwrite=options.force)
    method = scoring_method(options)
    read = read_input(options, method)
    if options.anchored:
        method = method.anchored(read.observations)
    found = improve(
        method,
        read.observations,
        options.units,
        to=_goal(options.to),
        effort=_numbers("--effort", options.effort),
        feasible={name: _limits(text) for name, text in _pairs("--feasible", options.feasible)},
        steps=_numbers("--step", options.step),
        rivals=_rivals(options.rivals),
        seconds=options.seconds,
        language=language,
    )
    parts = ["\n\n".join(str(one) for one in found), *read.notes(language)]
    if options.out:
        write_table(_table(found), options.out, overwrite=options.force)
        parts.append(words("command.written", language, file=options.out))
    return "\n\n".join(parts)


def _goal(text: str) -> dict[str, Any]:
    kind, equals, value = text.partition("=")
    if kind not in _GOALS or not equals or not value:
        raise SettingError(f"--to is rank=1, gain=2, band=NAME or score=80, not '{text}'")
    if kind == "band":
        return {kind: value}
    number = _number("--to", value)
    return {kind: number if kind == "score" else int(number) if number.is_integer() else number}


def _pairs(option: str, texts: Iterable[str]) -> list[tuple[str, str]]:
    pairs = []
    for text in texts:
        name, equals, value = text.rpartition("=")
        if not equals:
            raise SettingError(f"{option} is FIGURE=VALUE, not '{text}'")
        pairs.append((name, value))
    return pairs


def _number(option: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise SettingError(f"{option} takes a number such as 0.5, not '{text}'") from None


def _numbers(option: str, texts: Iterable[str]) -> dict[str, float]:
    return {name: _number(option, value) for name, value in _pairs(option, texts)}


def _limits(text: str) -> tuple[float | None, float | None] | None:
    if not text:
        return None
    low, comma, high = text.partition(",")
    if not comma:
        raise SettingError(f"--feasible is FIGURE=LOW,HIGH, either blank, not '{text}'")
    ends = [_number("--feasible", end) if end.strip() else None for end in (low, high)]
    return ends[0], ends[1]


def _rivals(texts: list[str]) -> dict[str, float] | float | None:
    if len(texts) == 1 and "=" not in texts[0]:
        return _number("--rivals", texts[0])
    return _numbers("--rivals", texts) or None


def _table(found: Iterable[Improvement]) -> pd.DataFrame:
    """Return the changes of all units in one table."""
    import pandas as pd

    tables = []
    for one in found:
        table = one.changes.reset_index()
        table.insert(0, "unit", one.unit)
        tables.append(table)
    return pd.concat(tables, ignore_index=True).set_index("unit")
