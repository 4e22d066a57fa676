"""Whether ranks among some units can be compared with ranks among others."""

from __future__ import annotations

from collections.abc import Iterator

from govindex.errors import listing
from govindex.model.units import Units

__all__ = ["differences"]


def differences(base: Units, other: Units) -> Iterator[str]:
    """Yield the reasons why ranks among two sets of units cannot be compared.

    Examples
    --------
    >>> list(differences(Units(["A", "B"]), Units(["B", "C"])))
    ["other units; removed: 'A'; added: 'C'. Take the common units from both data"]
    """
    removed = sorted(set(base.codes) - set(other.codes))
    added = sorted(set(other.codes) - set(base.codes))
    if removed or added:
        yield (
            f"other units; removed: {listing(removed)}; added: {listing(added)}. "
            "Take the common units from both data"
        )
        return
    terms = {unit.code: (unit.league, unit.ranked) for unit in base}
    moved = [unit.code for unit in other if terms[unit.code] != (unit.league, unit.ranked)]
    if moved:
        yield f"units in another league, or ranked in one only: {listing(moved)}"
