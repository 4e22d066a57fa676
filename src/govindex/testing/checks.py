"""Checks: one law tried on one methodology, which show the smallest example that breaks it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import attrs
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.errors import Flaky, HypothesisDeprecationWarning

from govindex.model.observations import Observations
from govindex.testing import laws as every_law
from govindex.testing.law import Law, LawBroken, LawNotTried, report, takes, try_on
from govindex.testing.strategies import resampled, trials
from govindex.testing.subject import Broken, Refused, Subject, Trial, Untried
from govindex.testing.tally import Tally

__all__ = ["Check", "Data", "Pool"]

Data = Observations | st.SearchStrategy[Observations] | None
# Searches for an example that an excuse needs, or that can be tried at all, take longer.
_EXCUSED = 20


@attrs.frozen(eq=False)
class Check:
    """One law of one methodology, ready to run: call it.

    Parameters
    ----------
    law : Law
    subject : Subject
    data : Observations, strategy or None
        Data to try it on; by default drawn from those that the methodology accepts.
    examples : int
        The number of examples.
    excuse : str
        Why the law is expected to fail; if given, it must fail.
    seed : int
        Other seeds try other examples.
    pool : Pool, optional
        Examples that checks share. If one breaks the law, others are drawn to show the smallest.

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
    pool: Pool | None = None

    @property
    def name(self) -> str:
        """The law's name."""
        return self.law.name

    def __str__(self) -> str:
        return self.name

    def __call__(self) -> int:
        """Try the law, and return the number of examples that it could be tried on.

        Raises
        ------
        LawBroken
            With the smallest example found; or, for an excused law, if it holds after all.
        LawNotTried
            If fewer than a fifth of the examples could be tried: the parts refuse the others, or
            the law does not apply to them. An excused law need not be tried.
        FrameworkError
            If no data can be drawn that the methodology accepts: give `data`.
        """
        tally = Tally()
        shared = [] if self.pool is None else self.pool.fitting(self.law)
        try:
            if len(shared) >= self.examples:
                self._search(1, tally, st.sampled_from(shared), (Phase.generate,))
            if not tally.is_enough(self.examples):
                self._search(1, tally)
            if not tally.is_enough(self.examples):
                self._search(_EXCUSED, tally)
        except LawBroken:
            if self.excuse:
                return 1
            if shared:
                self._search(_EXCUSED, Tally())  # for a smaller one
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
        """Raise if too few examples could be tried to say that the law holds."""
        if self.law is every_law.scoring and tally.too_large:
            raise LawBroken(
                f"{self.subject.name} breaks the law '{self.name}': {self.law.statement}.\n"
                f"  {tally.too_large}\n  why it matters: {self.law.reason}"
            )
        if not tally.is_enough(self.examples):
            raise LawNotTried(
                f"the law '{self.name}' was not tried on {self.subject.name}: of "
                f"{self.examples * _EXCUSED} examples {tally.summary}; give data that let it be "
                f"tried (data=…), or say why no data can (excuses={{'{self.name}': '…'}})",
                tally.summary,
            )

    def _search(
        self,
        times: int,
        tally: Tally,
        source: st.SearchStrategy[Trial] | None = None,
        phases: Sequence[Phase] = (Phase.generate, Phase.shrink),
    ) -> None:
        """Try examples, the smallest broken one last, and count how many could be tried."""
        seen: list[LawBroken] = []
        times = max(times, _EXCUSED if self.excuse else self.law.effort)

        @seeded(self.seed)
        @_settings(self.examples * times, phases)
        @given(self._examples(source))
        def holds(example: _Example) -> None:
            try:
                self._try_counted(example, tally)
            except LawBroken as broken:
                seen.append(broken)
                raise

        try:
            with _imports_may_draw():
                holds()
        except LawBroken as broken:
            broken.__notes__ = []  # the message already shows the example
            raise
        except Flaky as changing:
            message = str(seen[0]) if seen else f"the law '{self.name}' cannot be tried"
            lines = message.splitlines()
            lines.insert(
                2,
                f"  {self.subject.name} gives another result for the same data when they are tried "
                "again: it depends on what ran before",
            )
            raise LawBroken("\n".join(lines)) from changing

    def _try_counted(self, example: _Example, tally: Tally) -> None:
        try:
            self._try(example)
        except Refused as refused:
            tally.refuse(refused, len(example.trial.units))
        except Untried:
            tally.idle += 1
        else:
            if example.choices is None:
                tally.idle += 1
            else:
                tally.tried[len(example.trial.units)] += 1

    def _try(self, example: _Example) -> None:
        if isinstance(example.broken, Untried):
            raise example.broken
        if example.broken is not None:
            report(self.law, example.trial, None, example.broken)
        if example.choices is not None:
            try_on(self.law, example.trial, example.choices)

    def _examples(self, source: st.SearchStrategy[Trial] | None) -> st.SearchStrategy[_Example]:
        law = self.law
        if source is None:
            source = _source(self.subject, self.data, at_least=law.units, absent=law.absent)

        @st.composite
        def examples(draw: st.DrawFn) -> _Example:
            trial = draw(source)
            if not takes(law, trial):
                return _Example(trial, None)
            try:
                return _Example(trial, law.choose(draw, trial))
            except (Broken, Untried) as broken:
                return _Example(trial, None, broken)

        return examples()


@attrs.frozen(eq=False)
class _Example:
    """A trial with the law's choices, None if it cannot be tried.

    `broken` is the error met when they were chosen, or why nothing can be tried.
    """

    trial: Trial
    choices: Mapping[str, Any] | None
    broken: Broken | Untried | None = None

    def __repr__(self) -> str:
        return repr(self.trial)


def _settings(examples: int, phases: Sequence[Phase]) -> settings:
    return settings(
        max_examples=examples,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=phases,
        report_multiple_bugs=False,
        print_blob=False,
    )


@contextmanager
def _imports_may_draw() -> Iterator[None]:
    """Let modules that a part imports when first used draw random numbers."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", HypothesisDeprecationWarning)
        yield


def _source(
    subject: Subject, data: Data, *, at_least: int, absent: bool
) -> st.SearchStrategy[Trial]:
    if isinstance(data, Observations):
        whole = subject.peer_dependent is not False
        data = resampled(data, at_least=at_least, whole=whole, named=subject.named_units)
    if data is not None:
        return data.map(lambda drawn: Trial(subject, drawn))
    return trials(subject, at_least=at_least, absent=absent)


class Pool:
    """Examples drawn and scored once, for all laws to try."""

    def __init__(self, subject: Subject, examples: int, seed: int) -> None:
        self.subject, self.examples, self.seed = subject, examples, seed

    @cached_property
    def trials(self) -> list[Trial]:
        """Three times as many examples as each law is tried on, of any size."""
        collected: list[Trial] = []

        @seeded(self.seed)
        @_settings(3 * self.examples, (Phase.generate,))
        @given(trials(self.subject))
        def collect(trial: Trial) -> None:
            collected.append(trial)

        with _imports_may_draw():
            collect()
        return collected

    def fitting(self, law: Law) -> list[Trial]:
        """Return the examples that a law takes."""
        return [trial for trial in self.trials if takes(law, trial)]
