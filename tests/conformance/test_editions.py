"""Every built-in edition keeps every law of rank stability that its parts promise.

A plain run samples them (`tests.sampling`); one law is searched in depth
with ``govindex check vn.par@876 --law betterment --examples 10000``.
"""

from __future__ import annotations

import pytest

import govindex as gi
from tests.sampling import try_laws

EDITIONS = [
    f"{id_}@{row['version']}"
    for id_, row in gi.methodologies().iterrows()
    if row["package"] == "govindex"
]


@pytest.mark.parametrize("edition", EDITIONS)
def test_edition_keeps_the_laws_that_it_promises(edition: str) -> None:
    try_laws(gi.methodology(edition), EDITIONS.index(edition), examples=3)
