"""The console report: a line per law, followed by the broken ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis.configuration import set_hypothesis_home_dir

from govindex.errors import UnknownNameError, near_miss
from govindex.model.observations import Observations
from govindex.testing.kit import FOUNDATION, LAWS, methodology_checks
from govindex.testing.law import Law, LawBroken, LawNotTried, why_not
from govindex.testing.subject import Subject

__all__ = ["try_laws"]


def try_laws(
    method: Any,
    *,
    data: Observations | None = None,
    examples: int | None = None,
    seed: int = 0,
    names: Sequence[str] = (),
    progress: Callable[[str], None] = lambda line: None,
) -> tuple[str, bool]:
    """Try laws on a methodology and return a report, and whether all of them hold.

    Parameters
    ----------
    method, data, examples, seed
        As :func:`~govindex.testing.methodology_checks` takes them.
    names : sequence of str
        The laws that are tried; all if empty.
    progress : callable
        Called with a line of progress before each law.

    Raises
    ------
    UnknownNameError
        If there is no law with such a name.
    FrameworkError
        If no data can be drawn that the methodology accepts.
    """
    laws = _named(names)
    subject = Subject(method)
    checks = {
        check.law: check
        for check in methodology_checks(method, data=data, examples=examples, seed=seed)
        if check.law in laws
    }
    outcomes: dict[Law, str] = {}
    broken: list[str] = []
    untried = 0
    with _no_traces():
        for number, (law, check) in enumerate(checks.items(), start=1):
            progress(f"{number} of {len(checks)}: {law.name}")
            try:
                check()
            except LawNotTried as error:
                outcomes[law] = f"not tried: {error.said}"
                untried += 1
            except LawBroken as error:
                outcomes[law] = "broken"
                broken.append(str(error))
                if law in FOUNDATION:
                    break
            else:
                outcomes[law] = "ok"
    width = max(len(law.name) for law in laws)
    lines = [f"{law.name:{width}}  {_outcome(law, subject, outcomes)}" for law in laws]
    count = len(outcomes) - untried
    tried = f"{subject.name}: {count} of {len(laws)} laws tried, {len(broken) or 'none'} broken"
    return "\n\n".join(["\n".join(lines), *broken, tried]), not broken


def _named(names: Sequence[str]) -> list[Law]:
    known = {law.name: law for law in LAWS}
    for name in names:
        if name not in known:
            raise UnknownNameError(f"there is no law '{name}': {near_miss(name, known)}")
    return [law for law in LAWS if not names or law.name in names]


def _outcome(law: Law, subject: Subject, outcomes: dict[Law, str]) -> str:
    why = why_not(law, subject)
    return f"not promised: {why}" if why else outcomes.get(law, "not tried: it does not score")


@contextmanager
def _no_traces() -> Iterator[None]:
    """Keep Hypothesis from leaving a folder in the current directory."""
    with TemporaryDirectory() as folder:
        set_hypothesis_home_dir(folder)
        try:
            yield
        finally:
            set_hypothesis_home_dir(None)
