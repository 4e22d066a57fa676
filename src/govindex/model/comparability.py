"""Whether ranks among some units can be compared with ranks among others."""

from __future__ import annotations

from collections.abc import Iterator

from govindex.errors import listing
from govindex.model.units import Units

__all__ = ["differences"]


def differences(base: Units, other: Units) -> Iterator[str]:
    """Yield why ranks among these units are not on the same terms as those among others.

    Examples
    --------
    >>> list(differences(Units(["A", "B"]), Units(["B", "C"])))
    ["other units; gone: 'A'; come: 'C'. Take the common units from both data"]
    """
    gone = sorted(set(base.codes) - set(other.codes))
    come = sorted(set(other.codes) - set(base.codes))
    if gone or come:
        yield (
            f"other units; gone: {listing(gone)}; come: {listing(come)}. "
            "Take the common units from both data"
        )
        return
    own = {unit.code: (unit.league, unit.ranked) for unit in base}
    moved = [unit.code for unit in other if own[unit.code] != (unit.league, unit.ranked)]
    if moved:
        yield f"in other leagues, or ranked otherwise: {listing(moved)}"
