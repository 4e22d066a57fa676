"""The laws that a methodology's parts promise, and a check for each."""

from __future__ import annotations

import os
from collections.abc import Mapping
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from govindex.errors import FrameworkError, Problems, SettingError, near_miss
from govindex.meters import Meter, Progress
from govindex.opaque import AnyMethodology, contract_problems
from govindex.testing import laws as every_law
from govindex.testing.checks import Check, Data, Pool
from govindex.testing.law import Law, LawBroken, LawNotTried, why_not
from govindex.testing.subject import Subject

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LAWS", "Check", "check_methodology", "methodology_checks", "promises"]

# Tried first: a methodology that does not score, or scores differently the next time, keeps no law.
FOUNDATION: tuple[Law, ...] = (every_law.contract, every_law.scoring, every_law.determinism)
LAWS: tuple[Law, ...] = (
    *FOUNDATION,
    *(law for name in every_law.__all__ if (law := getattr(every_law, name)) not in FOUNDATION),
)
_QUICK, _DEEP = 15, 10_000
# Up to this number examples are kept in memory and shared by all laws.
_SHARED = 100


def _subject(method: Any) -> Subject:
    problems = Problems()
    problems.extend(contract_problems(method))
    problems.raise_any(FrameworkError, f"{type(method).__name__} is not a methodology")
    return Subject(method, _unused(method))


def _unused(method: Any) -> Any:
    """Return a copy that has not scored anything yet, None if it cannot be copied."""
    try:
        return deepcopy(method)
    except Exception:  # it holds locks, connections …
        return None


def methodology_checks(
    method: AnyMethodology,
    *,
    data: Data = None,
    examples: int | None = None,
    excuses: Mapping[str, str] | None = None,
    seed: int = 0,
) -> tuple[Check, ...]:
    """Return a check for each law that a methodology's parts promise.

    Parameters
    ----------
    method : methodology
        A :class:`~govindex.Methodology`, or any object with `id`, `version`,
        `framework`, `fingerprint` and `compute`.
    data : Observations or strategy of Observations, optional
        Data like these are tried; by default data that the measures and rules accept.
    examples : int, optional
        The number of examples for each law (several times as many for some that are harder to
        break): 15, or 10,000 with ``GOVINDEX_PROFILE=deep`` in the environment.
    excuses : mapping of law to reason, optional
        Laws that are expected to fail or cannot be tried, and why. The check of an excused law
        fails if the law holds.
    seed : int
        Other seeds try other examples.

    Returns
    -------
    tuple of Check
        In the order of the laws, `contract` first; calling one tries its law.

    Raises
    ------
    FrameworkError
        If it is not a methodology, with everything that it lacks.
    SettingError
        If an excuse is for a law that does not exist or is not promised.

    Examples
    --------
    One test per law::

        @pytest.mark.parametrize("check", methodology_checks(method), ids=str)
        def test_law(check):
            check()
    """
    subject = _subject(method)
    count = examples
    if count is None:
        count = _DEEP if os.environ.get("GOVINDEX_PROFILE") == "deep" else _QUICK
    promised = [law for law in LAWS if not why_not(law, subject)]
    reasons = dict(excuses or {})
    names = [law.name for law in promised]
    for name in reasons:
        if name not in names:
            raise SettingError(
                f"there is nothing to excuse in '{name}', which {subject.name} does not promise: "
                + near_miss(name, names)
            )
    pool = Pool(subject, count, seed) if data is None and count <= _SHARED else None
    return tuple(
        Check(law, subject, data, count, reasons.get(law.name, ""), seed, pool) for law in promised
    )


def check_methodology(
    method: AnyMethodology,
    *,
    data: Data = None,
    examples: int | None = None,
    excuses: Mapping[str, str] | None = None,
    seed: int = 0,
    progress: Progress = None,
) -> None:
    """Try every law that a methodology's parts promise.

    The laws `contract`, `scoring` and `determinism` come first; if one is broken, no other is
    tried.

    Parameters
    ----------
    method, data, examples, excuses, seed
        As :func:`methodology_checks` takes them.
    progress : bool or callable, optional
        Show a bar (``pip install "govindex[progress]"``), or call ``progress(done, all)`` with the
        laws.

    Raises
    ------
    LawBroken
        With every broken law, its smallest example and how to reproduce it.
    LawNotTried
        If no law is broken, but some could not be tried on enough examples.
    SettingError
        If an excuse is for a law that does not exist or is not promised.
    FrameworkError
        If no data can be drawn that the methodology accepts: give `data`.

    Examples
    --------
    >>> import govindex as gi
    >>> from govindex.testing import check_methodology
    >>> check_methodology(gi.methodology("vn.par.ministry@876"), examples=3)
    """
    settings = {"data": data, "examples": examples, "excuses": excuses, "seed": seed}
    broken: list[LawBroken] = []
    checks = methodology_checks(method, **settings)  # type: ignore[arg-type]
    with Meter(len(checks), progress, "laws") as meter:
        for check in checks:
            try:
                check()
            except LawBroken as error:
                broken.append(error)
                if check.law in FOUNDATION:
                    break
            meter()
    if broken:
        untried = all(isinstance(error, LawNotTried) for error in broken)
        raise (LawNotTried if untried else LawBroken)("\n\n".join(map(str, broken)))


def promises(method: AnyMethodology) -> pd.DataFrame:
    """Return every law, whether a methodology promises it, and if not, why.

    Parameters
    ----------
    method : methodology
        As :func:`methodology_checks` takes it; nothing is computed.

    Returns
    -------
    DataFrame
        A row per law: `promised`, the law in one line (`states`), `why` it is not promised.

    Examples
    --------
    >>> import govindex as gi
    >>> from govindex.testing import promises
    >>> promises(gi.methodology("vn.sipas@2023")).loc["measure_unit", "why"]
    'it has no rule that ignores measure units'
    """
    import pandas as pd

    subject = _subject(method)
    rows = []
    for law in LAWS:
        why = why_not(law, subject)
        rows.append({"law": law.name, "promised": not why, "states": law.statement, "why": why})
    return pd.DataFrame(rows).set_index("law")
