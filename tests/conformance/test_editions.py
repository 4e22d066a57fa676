"""Every built-in edition keeps every law of rank stability that its parts promise.

A plain run tries each law on three examples, the profile `full` on fifteen, and
``GOVINDEX_PROFILE=deep python -m pytest tests/conformance/test_editions.py`` on ten thousand;
``-k`` chooses some.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

import govindex as gi
from govindex.testing import Check, methodology_checks

EXAMPLES = 3 if os.environ.get("GOVINDEX_PROFILE", "quick") == "quick" else None


def _checks() -> Iterator[Any]:
    for id_, row in gi.methodologies().iterrows():
        if row["package"] == "govindex":
            edition = f"{id_}@{row['version']}"
            for check in methodology_checks(gi.methodology(edition), examples=EXAMPLES):
                yield pytest.param(check, id=f"{edition}-{check}")


@pytest.mark.parametrize("check", list(_checks()))
def test_edition_keeps_the_law(check: Check) -> None:
    check()
