"""Options of the shell for the arguments of functions, and messages in their words."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from govindex.errors import DataError, Problems, SettingError, near_miss
from govindex.names import as_code
from govindex.notation import Notation

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["add_notation", "in_words_of_the_shell", "notation_of", "without_columns"]

# Messages name the arguments of functions; these are their options in the shell.
_OPTIONS = (
    (r"\w+=(?:\[[^\]]*\]|\([^)]*\)|\{[^}]*\}|[^\s\[({]+) \(in the shell: (--[^()]*)\)", r"\1"),
    (r"DateNotation\(\w+=[^)]*\)(?: or '\w+')* \(in the shell: (--[^()]*)\)", r"\1"),
    (r"DateNotation\(order=…\)", "--dates"),
    (r"DateNotation\(fiscal_month=…\)", "--fiscal-month"),
    (r"DateNotation\(zone=…\)", "--zone"),
    (r"=\['(--[^']*)'\]\)", r"=[' \1'])"),  # "--" alone ends the options of a command
    (r"notation=(?=Notation\()", ""),
    (r"declare (?=aliases=)", "give "),
    (r"aliases=\{'([^']*)': '([^']*)'\}", r'--alias "\1=\2"'),
    (
        r"columns=\{'ignore': \['…'\]\}, 'notes', 'maximum' or a stage",
        "--ignore COLUMN, or --column notes=COLUMN, maximum=COLUMN or STAGE=COLUMN",
    ),
    (r"columns=\{'stage': '…'\}|columns=\{…\}", "--column STAGE=COLUMN"),
    (r"stages=\{'stage': \['title in the sheet'\]\}", '--column "STAGE=title in the sheet"'),
    (r"\bstages=\[…\]", "--stages NAMES"),
    (r"\bnot_applicable=\[…\]", "--not-applicable WORD"),
    (r"\bsuppressed=\[…\]", "--suppressed WORD"),
    (r"\bmissing=\[…\]", "--missing WORD"),
    (r"\bmissing='leave_out'", "--missing leave_out"),
    (r"\btime_zone='([^']*)'", r"--time-zone \1"),
    (r"\bperiods=\[…\]", "--periods PERIOD"),
    (r"name the units that there are: units=\[…\]", "name the units that there are: --units FILE"),
    (
        r"columns=Columns\(\[Column\('([^']*)', '(\w+)', format='([^']*)'\)\]\)",
        r'[[columns]] name = "\1", type = "\2", format = "\3" in the document',
    ),
    (
        r"Columns\(\[Column\('([^']*)', '(\w+)'\)\]\)",
        r'[[columns]] name = "\1", type = "\2" in the document',
    ),
    (
        r"Column\(name, 'date'\), or Column\(name, 'time', time_zone=…\)",
        'type = "date" in [[columns]] of the document, or type = "time" with time_zone,',
    ),
    (r"Column\('([^']*)', null=True\)", r'null = true for "\1" in the document'),
    (r"where\(…\)\.is_known\(\)", 'where = {column = "…", missing = false} in the document'),
    (
        r"where\('([^']*)'\)\.is_known\(\)",
        r'where = {column = "\1", missing = false} in the document',
    ),
    (r"columns=\{'\w+': \{'\w+': records\.Column\(.*?\)\}\}", "--date-format %d/%m/%Y"),
    (r"\bhidden='read'", "--hidden read"),
    (r"\bsheet=\[…\]", "--sheet SHEET"),
    (r"list all units: units=\[…\]", "go on with --accept unit.near_miss"),
    (r", or take it out of units=…", ""),
    (r"\bin leagues=…", "in the file of --leagues"),
    (r"improve\(method\.anchored\(data\), data, …\)", "--anchored"),
    (r"to=\{'(\w+)': …\}", r"--to \1=…"),
    (r"a score is to=\{'score': (\d+)\}", r"a score is --to score=\1"),
    (r"to=\{'(\w+)': (\d+)\}", r"--to \1=\2"),
    (r"\bsteps=(?= for|,|$|;| or| figures)", "--step"),
    (r"\b(effort|feasible)\['([^']*)'\]", r"--\1 \2=…"),
    (r"\bsteps\['([^']*)'\]", r"--step \1=…"),
    (r"feasible=\{…: None\}", "--feasible FIGURE="),
    (r"in feasible=", "with --feasible"),
    (
        r"give it absence= Renormalise\(\), Shrink\(\), AsZero\(\) …",
        "give it one in the document, or read the rubric again with --when-missing or "
        "--when-not-applicable",
    ),
    (r"Notation\(missing=\['([^']*)'\]\)", r'--missing "\1"'),
    (r"Notation\(not_applicable=\['([^']*)'\]\)", r'--not-applicable "\1"'),
    (r"Notation\(text=\['([^']*)'\]\)", r'--text "\1"'),
    (r"Notation\(missing=…\)", "--missing WORD"),
    (r"Notation\(not_applicable=…\)", "--not-applicable WORD"),
    (r"Notation\(numbers='(\w+)'\)", r"--numbers \1"),
    (r"Notation\(percent='(\w+)'\)", r"--percent \1"),
    (r"variables=\[…\], or keep it as attributes=\[…\]", "--ignore COLUMN"),
    (r"attributes=\[…\]|variables=\[…\]", "--ignore COLUMN"),
    (r"\b(unit|name|league|type|parent|ranked|period|sheet|separator)=…", r"--\1"),
    (r"\b(period|sheet|separator)=('[^']*')", r"--\1 \2"),
    (r"method\.cut\(\)(, which .* published dimensions), or method\.cut\(\[.*?\]\)", r"--cut\1"),
    (r"(method)?\.cut\(\)", "--cut"),
    (r", or read one row per cell with Observations\.from_long\(…\)", ""),
    (r"\bdeclared: -\)", "declared: none)"),
    (r"declare both in units=Merger\(\{.*?\}, how=…\)", "give each a row in --successors"),
    (r"declare ('[^']*'): None", r"give \1 a row in --successors, its column now blank"),
    (
        r"columns=gi\.PublishedColumns\(.*\), or give method=",
        "--sum 'total=a+b' or --rank rank=total, or give --method",
    ),
    (r"decimals=\{'([^']*)': …\}", r"--decimals '\1=N'"),
    (
        r"SampleDesign\(lonely='centre'\) or 'certainty'",
        "--lonely centre or --lonely certainty",
    ),
    (r"SampleDesign\(nested=True\)", "--nested"),
    (
        r"AnswerScale\(options=…, unknown=…, not_asked=…\)",
        "options, unknown or not_asked of its scale in the questionnaire",
    ),
    (r"estimate with formula='top_box'", "take --formula top_box"),
    (r"[;:] error\.problems holds all", ""),
    (r"\b([Tt])he frame (?=cannot be used|has |does )", r"\1he table "),
    (
        r"; a column of a frame is one with attributes=\['([^']*)'\]",
        r'; write over = "type" in the document, and give --type \1',
    ),
    (r"make numbers of them, frame\['[^']*'\]\.astype\(float\)", "write numbers"),
)


def in_words_of_the_shell(message: str) -> str:
    """Return a message in which the arguments of functions are options of the shell.

    Examples
    --------
    >>> in_words_of_the_shell("declare it with Notation(missing=['-'])")
    'declare it with --missing "-"'
    """
    for pattern, option in _OPTIONS:
        message = re.sub(pattern, option, message)
    return message


def add_notation(command: argparse.ArgumentParser) -> None:
    """Add the options for the notation of cells."""
    for option, meaning in (
        ("--missing", "a text or number that means missing"),
        ("--not-applicable", "a text or number that means not applicable, such as KAD"),
        ("--suppressed", "a text or number that means known but withheld, such as c"),
        ("--text", "a column that holds answers, even if they look like numbers"),
        ("--ignore", "a column that is not to be read"),
    ):
        command.add_argument(
            option,
            action="append",
            default=[],
            metavar="COLUMN" if option in ("--text", "--ignore") else "WORD",
            help=f"{meaning}; may be given several times",
        )
    command.add_argument(
        "--numbers",
        choices=["plain", "vi", "en"],
        help="how numbers are written: 1234.5 (plain, default in tables), 1.234,5 (vi) or 1,234.5 "
        "(en); in scoring sheets any of them by default, as long as a text has one meaning",
    )
    command.add_argument("--decimal", choices=[".", ","], help="the mark ',' is --numbers vi")
    command.add_argument(
        "--percent",
        default="error",
        choices=["error", "number", "share"],
        help="what 45%% means: an error (default), 45 (number) or 0.45 (share)",
    )


def notation_of(options: argparse.Namespace) -> Notation:
    """Return the notation that the options declare."""
    numbers = options.numbers or {",": "vi", ".": "plain"}.get(options.decimal)
    if options.decimal is not None and (options.decimal == ",") != (numbers == "vi"):
        raise SettingError(f"--decimal {options.decimal} and --numbers {numbers} cannot both hold")
    declared: dict[str, Any] = {"numbers": numbers, "percent": options.percent}
    if options.not_applicable:
        usual = Notation(missing=options.missing).not_applicable
        declared["not_applicable"] = [*usual, *options.not_applicable]
    return Notation(
        missing=options.missing, suppressed=options.suppressed, text=options.text, **declared
    )


def without_columns(frame: pd.DataFrame, names: Iterable[str]) -> pd.DataFrame:
    """Return a table without the columns of these names.

    Raises
    ------
    DataError
        If there is no such column.
    """
    known = {as_code(str(column)): column for column in frame.columns}
    problems = Problems()
    for name in names:
        if as_code(name) not in known:
            problems.add(f"--ignore: there is no column '{name}': {near_miss(name, known)}")
    problems.raise_any(DataError, "The table cannot be read")
    return frame.drop(columns=[known[as_code(name)] for name in names])
