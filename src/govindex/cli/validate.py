"""``govindex validate``: check a methodology document, or a data file against a methodology."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from govindex.cli.printing import column_notes, mark_notes, preparation_notes
from govindex.cli.reading import add_file, computed
from govindex.errors import DataError
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


def _run(options: argparse.Namespace) -> str:
    if options.method is None:
        if options.file.suffix not in (".toml", ".json"):
            raise DataError(
                f"'{options.file.name}' is not a methodology document (.toml, .json); to check "
                "data, name their methodology with --method"
            )
        method = load_methodology(options.file)
        return (
            f"{options.file.name}: {method.id}@{method.version}, "
            f"{len(method.framework.leaf_codes)} indicators, fingerprint {method.fingerprint}"
        )
    result = computed(options)
    unscored = len(result.unscored)
    lines = [
        f"{options.file.name}: {len(result.units)} units, {unscored} of them without a score",
        *(f"  {unit}: {reason}" for unit, reason in result.unscored["reason"].items()),
        *mark_notes(result),
        *preparation_notes(result),
        *column_notes(result),
    ]
    return "\n".join(lines)
