"""Made-up tables of dossiers, procedures, petitions and communes, for examples and trials."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from govindex.checks import whole_number
from govindex.kernels.seeds import Seed, as_seed, generator
from govindex.model.units import Unit, Units
from govindex.services.reporting_spans import ReportingSpan, reporting_span

if TYPE_CHECKING:
    import pandas as pd

    from govindex.contracts import Bool, Float

__all__ = ["MadeUpTables", "made_up_766"]

_DEPARTMENTS = 3
_PROCEDURES = 40
_EPOCH = date(1970, 1, 1)


@attrs.frozen(eq=False)
class MadeUpTables:
    """Made-up tables of records.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        "dossiers", "procedures", "petitions" and "communes", with the columns of
        :func:`columns_766`.
    units : Units
        Provinces, and their departments and communes.
    """

    tables: Mapping[str, pd.DataFrame]
    units: Units


def made_up_766(
    dossiers: int = 20_000,
    *,
    provinces: int = 3,
    communes: int = 6,
    period: str = "2026",
    rng: Seed,
) -> MadeUpTables:
    """Return made-up tables for :func:`service_766`; every code says that it is made up.

    Units differ in how fast they work and how much they do online. A tenth of the dossiers are
    carried over from before the period.

    Parameters
    ----------
    dossiers : int
        The number of dossiers.
    provinces, communes : int
        The number of provinces, and of communes of each; each has three departments too.
    period : str
        A year, quarter or month.
    rng : int or numpy.random.Generator

    Raises
    ------
    SettingError
        If a number is below 1, or the period is no year, quarter or month.

    Examples
    --------
    >>> made = made_up_766(100, provinces=1, communes=2, rng=1)
    >>> made.units.codes[:3], len(made.tables["dossiers"])
    (('made-up-1', 'made-up-1-d1', 'made-up-1-d2'), 100)
    """
    count = whole_number(dossiers, "dossiers")
    units = _units(whole_number(provinces, "provinces"), whole_number(communes, "communes"))
    span, draw = reporting_span(period), generator(as_seed(rng), 0, 0)
    procedures = _procedures(units, span, draw)
    tables = {
        "dossiers": _dossiers(count, _offices(units), procedures, span, draw),
        "procedures": procedures,
        "petitions": _petitions(max(count // 100, 1), _offices(units), span, draw),
        "communes": _communes(units, draw),
    }
    return MadeUpTables(tables, units)


def _units(provinces: int, communes: int) -> Units:
    found = []
    for number in range(1, provinces + 1):
        code, name = f"made-up-{number}", f"Made-up province {number}"
        found.append(Unit(code, name, league="provinces"))
        for kind, letter, count in (
            ("department", "d", _DEPARTMENTS),
            ("commune", "c", communes),
        ):
            found += [
                Unit(f"{code}-{letter}{k}", f"{name}, {kind} {k}", league=f"{kind}s", parent=code)
                for k in range(1, count + 1)
            ]
    return Units.of(found)


def _offices(units: Units) -> Any:
    """Return the codes of the units that handle dossiers."""
    return np.array([unit.code for unit in units if unit.parent is not None])


def _procedures(units: Units, span: ReportingSpan, draw: np.random.Generator) -> Any:
    """Return the procedures of every unit; those of a province are announced by it."""
    import pandas as pd

    kinds, n = np.arange(_PROCEDURES), len(units)
    unit = np.repeat(np.array(units.codes), _PROCEDURES)
    fee, persons = kinds % 3 != 0, kinds % 5 < 4
    announced = _days(span, draw, n * _PROCEDURES)
    announced[draw.random(n * _PROCEDURES) < 0.8] = np.datetime64("NaT", "D")
    return pd.DataFrame(
        {
            "unit": unit,
            "procedure": np.tile([f"made-up-procedure-{k + 1:02}" for k in kinds], n),
            "own": np.repeat([unit.parent is None for unit in units], _PROCEDURES)
            | np.tile(kinds % 4 == 0, n),
            "announced": announced,
            "announced_on_time": draw.random(n * _PROCEDURES) < 0.7,
            "updated": announced,
            "published_on_time": draw.random(n * _PROCEDURES) < 0.8,
            "published": draw.random(n * _PROCEDURES) < 0.97,
            "complete": draw.random(n * _PROCEDURES) < 0.95,
            "online": np.tile(np.array(["none", "partial", "full"])[kinds % 10 // 4], n),
            "fee": np.tile(fee, n),
            "payable_on_portal": np.tile(fee, n) & (draw.random(n * _PROCEDURES) < 0.6),
            "for_persons": np.tile(persons, n),
            "population_data": np.tile(persons, n) & (draw.random(n * _PROCEDURES) < 0.4),
        }
    )


def _days(span: ReportingSpan, draw: np.random.Generator, count: int, before: int = 0) -> Any:
    """Return days of the period, from `before` days before it."""
    first = (span.start - _EPOCH).days - before
    days = draw.integers(first, (span.end - _EPOCH).days + 1, size=count)
    return days.astype("datetime64[D]").astype("datetime64[s]")


def _dossiers(
    count: int,
    offices: Any,
    procedures: pd.DataFrame,
    span: ReportingSpan,
    draw: np.random.Generator,
) -> pd.DataFrame:
    import pandas as pd

    n = len(offices)
    at = draw.choice(n, size=count, p=draw.dirichlet(np.full(n, 3.0)))
    kind = draw.integers(0, _PROCEDURES, size=count)
    known = procedures.iloc[:_PROCEDURES]
    length = (span.end - span.start).days + 1
    received = _days(span, draw, count)
    carried = draw.random(count) < 0.1
    received[carried] -= draw.integers(1, length + 1, size=int(carried.sum())).astype(
        "timedelta64[D]"
    )
    term = (5 + kind % 20).astype("timedelta64[D]")
    speed = draw.uniform(0.5, 1.0, size=n)[at]
    took = draw.gamma(4.0, (5 + kind % 20) * speed / 4.5).astype(np.int64)
    finished = received + took.astype("timedelta64[D]")
    # Dossiers that are carried over end in the period; the last ones are open.
    start = np.datetime64(span.start, "s")
    finished = np.where(finished < start, start + (finished - received), finished)
    finished[finished > np.datetime64(span.end, "s")] = np.datetime64("NaT", "s")

    def flag(low: float, high: float) -> Bool:
        return _flag(draw, n, at, low, high)

    online = flag(0.3, 0.95) & (known["online"].to_numpy() != "none")[kind]
    fee = known["fee"].to_numpy()[kind]
    return pd.DataFrame(
        {
            "dossier": [f"made-up-dossier-{number}" for number in range(count)],
            "unit": offices[at],
            "procedure": known["procedure"].to_numpy()[kind],
            "received": received,
            "due": received + term,
            "finished": finished,
            "channel": np.where(online, "online", np.where(kind % 7 == 0, "post", "counter")),
            "fee": fee,
            "paid_online": fee & flag(0.3, 0.9),
            "synchronised": flag(0.9, 1.0),
            "electronic_result": flag(0.5, 1.0),
            "digitised": flag(0.1, 0.9),
            "reused": flag(0.0, 0.6),
            "in_personal_store": flag(0.0, 0.4),
            "population_data": flag(0.3, 0.9),
            "complaint": flag(0.0, 0.05),
        }
    )


def _flag(draw: np.random.Generator, n: int, at: Any, low: float, high: float) -> Bool:
    """Return a flag of records, whose share differs between units."""
    share: Float = draw.uniform(low, high, size=n)[at]
    return draw.random(len(at)) < share


def _petitions(
    count: int, offices: Any, span: ReportingSpan, draw: np.random.Generator
) -> pd.DataFrame:
    import pandas as pd

    n = len(offices)
    at = draw.integers(0, n, size=count)
    received = _days(span, draw, count)
    answered = received + draw.integers(0, 30, size=count).astype("timedelta64[D]")
    answered[answered > np.datetime64(span.end, "s")] = np.datetime64("NaT", "s")
    return pd.DataFrame(
        {
            "petition": [f"made-up-petition-{number}" for number in range(count)],
            "unit": offices[at],
            "received": received,
            "due": received + np.timedelta64(20, "D"),
            "answered": answered,
            "about": draw.choice(
                ["procedures", "officials", "other"], size=count, p=[0.7, 0.2, 0.1]
            ),
            "dissatisfied": _flag(draw, n, at, 0.0, 0.4),
            "renewed": _flag(draw, n, at, 0.0, 0.2),
        }
    )


def _communes(units: Units, draw: np.random.Generator) -> pd.DataFrame:
    import pandas as pd

    communes = [unit for unit in units if unit.league == "communes"]
    return pd.DataFrame(
        {
            "commune": [unit.code for unit in communes],
            "unit": [unit.parent for unit in communes],
            "certified_copies": draw.random(len(communes)) < 0.8,
        }
    )
