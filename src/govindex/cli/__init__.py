"""The command line: list, show and check methodologies, score files, start new packages.

Each command has a module of its name; ``reading`` and ``printing`` hold what several share,
``streams`` what keeps output from failing, and ``entry`` is where a call begins and ends.
"""

from govindex.cli.entry import main

__all__ = ["main"]
