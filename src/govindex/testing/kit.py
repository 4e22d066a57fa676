"""Run the laws that a methodology's parts promise."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import attrs
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.errors import Flaky, HypothesisDeprecationWarning

from govindex.contracts import is_absent
from govindex.errors import FrameworkError, Problems, SettingError, near_miss
from govindex.model.observations import Observations
from govindex.opaque import contract_problems
from govindex.testing import laws as every_law
from govindex.testing.law import Law, LawBroken, LawNotTried
from govindex.testing.strategies import resampled, trials
from govindex.testing.subject import Broken, Refused, Subject, Trial, Untried
from govindex.testing.tally import Tally

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LAWS", "Check", "check_methodology", "methodology_checks", "promises"]

# What everything else stands on comes first: nothing can be said of what does not score, or scores
# otherwise the next time.
FOUNDATION: tuple[Law, ...] = (every_law.contract, every_law.scoring, every_law.determinism)
LAWS: tuple[Law, ...] = (
    *FOUNDATION,
    *(law for name in every_law.__all__ if (law := getattr(every_law, name)) not in FOUNDATION),
)
Data = Observations | st.SearchStrategy[Observations] | None
_QUICK, _DEEP = 15, 10_000
# What is hard to find is looked for longer: why an excuse is needed, an example that can be tried.
_EXCUSED = 20


@attrs.frozen(eq=False)
class Check:
    """One law of one methodology, ready to run: call it.

    Parameters
    ----------
    law : Law
    subject : Subject
    data : Observations, strategy or None
        What it is tried on; drawn from what the methodology accepts if None.
    examples : int
        How many examples are tried.
    excuse : str
        Why the law is expected to fail; then it must.
    seed : int
        Other seeds try other examples.

    Examples
    --------
    >>> import govindex as gi
    >>> from govindex.testing import methodology_checks
    >>> first, *others = methodology_checks(gi.methodology("vn.sipas@2023"), examples=3)
    >>> first.name, len(others) > 20
    ('contract', True)
    >>> first()
    3
    """

    law: Law
    subject: Subject
    data: Data
    examples: int
    excuse: str = ""
    seed: int = 0

    @property
    def name(self) -> str:
        """The law's name."""
        return self.law.name

    def __str__(self) -> str:
        return self.name

    def __call__(self) -> int:
        """Try the law, and return how many examples it could be tried on.

        Raises
        ------
        LawBroken
            With the smallest example found; or, for an excused law, if it holds after all.
        LawNotTried
            If fewer than a fifth of the examples let the law be tried: the parts refuse the others,
            or the data hold nothing that it is about. An excused law need not be tried.
        FrameworkError
            If no data can be drawn that the methodology accepts: give `data`.
        """
        tally = Tally()
        try:
            self._search(1, tally)
            if not tally.is_enough(self.examples):
                self._search(_EXCUSED, tally)
        except LawBroken:
            if self.excuse:
                return 1
            raise
        if self.excuse and tally.tried:
            raise LawBroken(
                f"{self.subject.name} keeps the law '{self.name}' in {tally.tried.total()} "
                f"examples: drop the excuse '{self.excuse}'"
            )
        if not self.excuse:
            self._expect_tried(tally)
        return tally.tried.total()

    def _expect_tried(self, tally: Tally) -> None:
        """Raise where refusals, or data with nothing in them, would pass for a law that holds."""
        if self.law is every_law.scoring and tally.too_large:
            raise LawBroken(
                f"{self.subject.name} breaks the law '{self.name}': {self.law.statement}.\n"
                f"  {tally.too_large}\n  why it matters: {self.law.reason}"
            )
        if not tally.is_enough(self.examples):
            raise LawNotTried(
                f"the law '{self.name}' was not tried on {self.subject.name}: of "
                f"{self.examples * _EXCUSED} examples {tally.said}; give data that let it be tried "
                f"(data=…), or say why none can (excuses={{'{self.name}': '…'}})",
                tally.said,
            )

    def _search(self, times: int, tally: Tally) -> None:
        """Try examples, the smallest broken one last, and count how many could be tried."""
        seen: list[LawBroken] = []

        @seeded(self.seed)
        @settings(
            max_examples=self.examples * max(times, _EXCUSED if self.excuse else self.law.effort),
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink),
            report_multiple_bugs=False,
            print_blob=False,
        )
        @given(self._trials())
        def holds(found: _Found) -> None:
            try:
                self._try(found)
            except Refused as refused:
                tally.refuse(refused, len(found.trial.units))
            except Untried:
                tally.idle += 1
            except LawBroken as broken:
                seen.append(broken)
                raise
            else:
                if found.choices is None:
                    tally.idle += 1
                else:
                    tally.tried[len(found.trial.units)] += 1

        try:
            with warnings.catch_warnings():
                # What a part imports when it is first used may draw random numbers for itself.
                warnings.simplefilter("ignore", HypothesisDeprecationWarning)
                holds()
        except LawBroken as broken:
            broken.__notes__ = []  # the message shows the example in the user's words
            raise
        except Flaky as changing:
            said = str(seen[0]) if seen else f"the law '{self.name}' cannot be tried"
            lines = said.splitlines()
            lines.insert(
                2,
                f"  {self.subject.name} makes something else of the same data when they are tried "
                "again: it depends on what ran before",
            )
            raise LawBroken("\n".join(lines)) from changing

    def _try(self, found: _Found) -> None:
        if isinstance(found.broken, Untried):
            raise found.broken
        if found.broken is not None:
            self.law.report(found.trial, None, found.broken)
        if found.choices is not None:
            self.law.try_on(found.trial, found.choices)

    def _trials(self) -> st.SearchStrategy[_Found]:
        law, subject = self.law, self.subject
        source = _source(subject, self.data, at_least=law.units, absent=law.absent)

        @st.composite
        def trials(draw: st.DrawFn) -> _Found:
            trial = draw(source)
            gaps = not law.absent and bool(is_absent(trial.data.status).any())
            if gaps or len(trial.units) < law.units:
                return _Found(trial, None)
            try:
                return _Found(trial, law.choose(draw, trial))
            except (Broken, Untried) as broken:
                return _Found(trial, None, broken)

        return trials()


@attrs.frozen(eq=False)
class _Found:
    """An example: a trial and what the law is tried on, None if there is nothing.

    `broken` is what went wrong already when that was chosen, or why nothing can be tried.
    """

    trial: Trial
    choices: Mapping[str, Any] | None
    broken: Broken | Untried | None = None

    def __repr__(self) -> str:
        return repr(self.trial)


def _source(
    subject: Subject, data: Data, *, at_least: int, absent: bool
) -> st.SearchStrategy[Trial]:
    if isinstance(data, Observations):
        among_peers = subject.peer_dependent is not False
        data = resampled(data, at_least=at_least, whole=among_peers, named=subject.named_units)
    if data is not None:
        return data.map(lambda given: Trial(subject, given))
    return trials(subject, at_least=at_least, absent=absent)


def _subject(method: Any) -> Subject:
    problems = Problems()
    problems.extend(contract_problems(method))
    problems.raise_any(FrameworkError, f"{type(method).__name__} is no methodology")
    return Subject(method, _unused(method))


def _unused(method: Any) -> Any:
    """Return a copy that has not scored anything yet, None if there can be none."""
    try:
        return deepcopy(method)
    except Exception:  # locks, connections: what cannot be copied is tried as it is
        return None


def methodology_checks(
    method: Any,
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
        A :class:`~govindex.methods.Methodology`, or any object with `id`, `version`,
        `framework`, `fingerprint` and `compute`.
    data : Observations or strategy of Observations, optional
        Data like these are tried; by default whatever the measures and rules accept.
    examples : int, optional
        How many examples each law is tried on (some, which are harder to break, on several times
        as many): 15, or 10,000 with ``GOVINDEX_PROFILE=deep`` in the
        environment.
    excuses : mapping of law to reason, optional
        Laws that are expected to fail or cannot be tried, and why. A law that holds all the same
        fails its excuse.
    seed : int
        Other seeds try other examples.

    Returns
    -------
    tuple of Check
        In the order of the laws, `contract` first; calling one tries its law.

    Raises
    ------
    FrameworkError
        If it is no methodology, with all that it lacks.
    SettingError
        If an excuse names no law, or one that is not promised.

    Examples
    --------
    As one test per law::

        @pytest.mark.parametrize("check", methodology_checks(method), ids=str)
        def test_law(check):
            check()
    """
    subject = _subject(method)
    count = examples
    if count is None:
        count = _DEEP if os.environ.get("GOVINDEX_PROFILE") == "deep" else _QUICK
    promised = [law for law in LAWS if not law.why_not(subject)]
    given = dict(excuses or {})
    names = [law.name for law in promised]
    for name in given:
        if name not in names:
            raise SettingError(
                f"there is nothing to excuse in '{name}', which {subject.name} does not promise: "
                + near_miss(name, names)
            )
    return tuple(
        Check(law, subject, data, count, given.get(law.name, ""), seed) for law in promised
    )


def check_methodology(
    method: Any,
    *,
    data: Data = None,
    examples: int | None = None,
    excuses: Mapping[str, str] | None = None,
    seed: int = 0,
) -> None:
    """Try every law that a methodology's parts promise.

    Nothing else is tried once the law `contract` is broken.

    Parameters
    ----------
    method, data, examples, excuses, seed
        As :func:`methodology_checks` takes them.

    Raises
    ------
    LawBroken
        With every law that does not hold, its smallest example and how to see it again.
    LawNotTried
        If no law is broken, and some could not be tried on enough examples.
    SettingError
        If an excuse names no law, or one that is not promised.
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
    for check in methodology_checks(method, **settings):  # type: ignore[arg-type]
        try:
            check()
        except LawBroken as error:
            broken.append(error)
            if check.law in FOUNDATION:
                break
    if broken:
        untried = all(isinstance(error, LawNotTried) for error in broken)
        raise (LawNotTried if untried else LawBroken)("\n\n".join(map(str, broken)))


def promises(method: Any) -> pd.DataFrame:
    """Return every law, whether a methodology promises it, and if not why.

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
        why = law.why_not(subject)
        rows.append({"law": law.name, "promised": not why, "states": law.statement, "why": why})
    return pd.DataFrame(rows).set_index("law")
