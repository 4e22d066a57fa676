"""The command line: list, show and check methodologies, score files, start new packages.

Each command has a module of its name; ``reading`` and ``printing`` hold what several share.
"""

from govindex.cli.command_line import main

__all__ = ["main"]
