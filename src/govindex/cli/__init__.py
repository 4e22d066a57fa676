"""The command line: list, show and check methodologies, score files, start new packages.

Each command has a module of its name. Several commands share ``reading`` and ``printing``;
``streams`` makes output safe, and a call begins and ends in ``entry``.
"""

from govindex.cli.entry import main

__all__ = ["main"]
