"""``govindex validate``: check a methodology document, or a data file against a methodology."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from govindex.cli.inputs import add_sheets, scored
from govindex.cli.printing import column_notes, mark_notes, preparation_notes
from govindex.cli.reading import add_file
from govindex.errors import DataError
from govindex.language import check_language, number_text, words
from govindex.toml import load_methodology

if TYPE_CHECKING:
    from govindex.cli.reading import Commands


def add_validate(commands: Commands) -> None:
    """Add ``validate`` to the commands."""
    command = commands.add_parser(
        "validate", help="check a methodology document, or a data file against a methodology"
    )
    command.set_defaults(run=_run)
    add_file(command, required=False)
    add_sheets(command)


def _run(options: argparse.Namespace) -> str:
    language: str | None = options.language
    check_language(language)
    if options.method is None:
        if options.file.suffix not in (".toml", ".json"):
            raise DataError(
                f"'{options.file.name}' is not a methodology document (.toml, .json); to check "
                "data, name their methodology with --method"
            )
        method = load_methodology(options.file)
        return words(
            "command.described",
            language,
            file=options.file.name,
            method=f"{method.id}@{method.version}",
            count=number_text(len(method.framework.leaf_codes), language),
            fingerprint=method.fingerprint,
        )
    result, _ = scored(options)
    unscored = result.unscored_in(language)
    counts = {
        "units": number_text(len(result.units), language),
        "unscored": number_text(len(unscored), language),
    }
    lines = [
        words("command.checked", language, file=options.file.name, **counts),
        *(f"  {unit}: {reason}" for unit, reason in unscored["reason"].items()),
        *mark_notes(result, language),
        *preparation_notes(result, language),
        *column_notes(result, language),
    ]
    return "\n".join(lines)
