"""What a law is: a small function with what it is tried on and whom it is promised to."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from textwrap import indent
from typing import Any, NoReturn

import attrs
from hypothesis import strategies as st

from govindex.contracts import is_absent
from govindex.errors import GovIndexError
from govindex.model.observations import Observations
from govindex.testing.example import as_code, as_table
from govindex.testing.excuses import Excuse
from govindex.testing.subject import Broken, Refused, Subject, Trial, Untried

__all__ = ["Law", "LawBroken", "LawNotTried", "law"]

Choices = Mapping[str, Any]
Choose = Callable[[st.DrawFn, Trial], Choices | None]


class LawBroken(GovIndexError, AssertionError):  # noqa: N818 - it says what happened
    """A law that a methodology's parts promise does not hold.

    The message says what broke, why it matters, on which data, and how to see it again.
    """


class LawNotTried(LawBroken):
    """A law that a methodology's parts promise was tried on too few examples to say that it holds.

    The message says what became of the examples: who refused them, or that nothing in them is what
    the law is about.

    Parameters
    ----------
    message : str
    said : str
        What became of the examples.
    """

    def __init__(self, message: str, said: str = "") -> None:
        super().__init__(message)
        self.said = said


@attrs.frozen(eq=False)
class Law:
    """A law of rank stability.

    Call it with a methodology, observations and its choices to see whether it holds for them.

    Parameters
    ----------
    check : callable
        ``(trial, **choices)``, raises where the law is broken.
    choose : callable
        Draws the choices, None where there is nothing to try.
    unless : tuple of Excuse
        Each names what must be declared, and why a methodology does not promise the law.
    units : int
        The fewest units that it takes.
    absent : bool
        Whether it is tried on data with absent cells too.
    effort : int
        How many times as many examples as other laws it is tried on.

    Examples
    --------
    >>> import govindex as gi
    >>> from govindex.testing import laws, observed
    >>> laws.betterment.statement
    'A better figure never lowers the own score'
    >>> leaf = gi.Indicator("days", rule=gi.rules.Goalposts(worst=30, best=0))
    >>> method = gi.Methodology("example.days", "1", gi.Framework("total", [leaf]))
    >>> data = observed({"days": [12, 20]})
    >>> laws.betterment(method, data, unit="U1", indicator="days", value=15)
    """

    check: Callable[..., None]
    choose: Choose
    unless: tuple[Excuse, ...]
    units: int
    absent: bool
    effort: int = 1

    @property
    def name(self) -> str:
        """What the law is called."""
        return self.check.__name__

    @property
    def statement(self) -> str:
        """The law in one line."""
        return (inspect.getdoc(self.check) or "").partition("\n")[0].rstrip(".")

    @property
    def reason(self) -> str:
        """Why it matters to a ranked unit."""
        return " ".join((inspect.getdoc(self.check) or "").partition("\n")[2].split())

    @property
    def declared(self) -> str:
        """What a methodology must declare to promise it, "nothing" if all do."""
        return "; ".join(excuse.declaration for excuse in self.unless) or "nothing"

    def __repr__(self) -> str:
        return f"<Law {self.name}: {self.statement}>"

    def __call__(self, method: Any, data: Observations, **choices: Any) -> None:
        """Try the law on data.

        Parameters
        ----------
        method : methodology
        data : Observations
        **choices
            What the law takes besides: the unit that is removed, the value that is bettered …

        Raises
        ------
        LawBroken
            With the data in a table, and how to reproduce it.
        DataError
            If a part refuses the data, which it may: then the law says nothing.
        """
        try:
            try_on(self, Trial(Subject(method), data), choices)
        except Refused as refused:
            if refused.__cause__ is None:
                raise
            raise refused.__cause__ from None


def why_not(law: Law, subject: Subject) -> str:
    """Return why a methodology does not promise the law, "" if it does."""
    return next((why for excuse in law.unless if (why := excuse(subject))), "")


def takes(law: Law, trial: Trial) -> bool:
    """Tell whether there are units enough, and no absent cells where there must be none."""
    gaps = not law.absent and bool(is_absent(trial.data.status).any())
    return not gaps and len(trial.units) >= law.units


def try_on(law: Law, trial: Trial, choices: Choices) -> None:
    """Try the law, and report what is broken in the user's words."""
    try:
        law.check(trial, **choices)
    except Broken as broken:
        report(law, trial, choices, broken)
    except (LawBroken, Untried):
        raise
    except Exception as error:  # one law that cannot be tried must not hide the others
        report(law, trial, choices, _crashed(error))


def report(law: Law, trial: Trial, choices: Choices | None, broken: Broken) -> NoReturn:
    """Raise what is broken, in the user's words.

    Without choices the data are not scored, so that nothing could be tried: the law that says
    so is the one to see it again by.
    """
    given = "".join(f", {name}={value!r}" for name, value in (choices or {}).items())
    call = f"laws.{'scoring' if choices is None else law.name}(method, data{given})"
    lines = [
        f"{trial.subject.name} breaks the law '{law.name}': {law.statement}.",
        f"  {broken}",
        f"  why it matters: {law.reason}",
        f"  it follows from what is declared: {law.declared}",
        "the smallest example found:",
        indent(as_table(trial.data), "  "),
        "to see it again:",
        indent(f"{as_code(trial.data)}\n{call}", "  "),
    ]
    raise LawBroken("\n".join(lines)) from broken.__cause__


def _crashed(error: Exception) -> Broken:
    found = Broken(f"trying the law raises {type(error).__name__}: {error}")
    found.__cause__ = error
    return found


def _nothing(draw: st.DrawFn, trial: Trial) -> Choices:
    return {}


def law(
    *unless: Excuse,
    choose: Choose = _nothing,
    units: int = 1,
    absent: bool = True,
    effort: int = 1,
) -> Callable[[Callable[..., None]], Law]:
    """Make a law of a function ``(trial, **choices)`` that raises `Broken`."""
    return lambda check: Law(check, choose, unless, units, absent, effort)
