"""Laws: small functions with the choices they are tried on and the declarations they need."""

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
from govindex.opaque import AnyMethodology
from govindex.testing.example import as_code, as_table
from govindex.testing.excuses import Excuse
from govindex.testing.subject import Broken, Refused, Subject, Trial, Untried

__all__ = ["Law", "LawBroken", "LawNotTried", "law"]

Choices = Mapping[str, Any]
Choose = Callable[[st.DrawFn, Trial], Choices | None]


class LawBroken(GovIndexError, AssertionError):  # noqa: N818 - a broken law is the result of a check
    """A law that a methodology's parts promise does not hold.

    The message says how it is broken, why it matters, on which data, and how to reproduce it.
    """


class LawNotTried(LawBroken):
    """A law that a methodology's parts promise was tried on too few examples to say that it holds.

    The message says why: a part refused the examples, or the law does not apply to them.

    Parameters
    ----------
    message : str
    said : str
        How many examples could be tried, were refused, or could not be tried.
    """

    def __init__(self, message: str, said: str = "") -> None:
        super().__init__(message)
        self.said = said


@attrs.frozen(eq=False)
class Law:
    """A law of rank stability.

    Call it with a methodology, observations and its choices to check it on them.

    Parameters
    ----------
    check : callable
        ``(trial, **choices)``, raises if the law is broken.
    choose : callable
        Draws the choices, None if the law cannot be tried.
    unless : tuple of Excuse
        The declarations that the law needs, and why a methodology does not promise it.
    units : int
        The smallest number of units that it needs.
    absent : bool
        Whether it is tried on data with absent cells, too.
    effort : int
        The factor by which it needs more examples than other laws.

    Examples
    --------
    >>> import govindex as gi
    >>> from govindex.testing import laws, observed
    >>> laws.betterment.statement
    "A better figure never lowers the unit's own score"
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
        """The name of the law."""
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
        """What a methodology must declare to promise it, "nothing" if all promise it."""
        return "; ".join(excuse.declaration for excuse in self.unless) or "nothing"

    def __repr__(self) -> str:
        return f"<Law {self.name}: {self.statement}>"

    def __call__(self, method: AnyMethodology, data: Observations, **choices: object) -> None:
        """Try the law on data.

        Parameters
        ----------
        method : methodology
        data : Observations
        **choices
            What else the law takes: the unit that is removed, the value that is improved …

        Raises
        ------
        LawBroken
            With the data in a table, and how to reproduce it.
        DataError
            If a part refuses the data, as it may: then the law is not tried.
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
    """Return whether there are enough units, and no absent cells unless the law takes them."""
    forbidden = not law.absent and bool(is_absent(trial.data.status).any())
    return not forbidden and len(trial.units) >= law.units


def try_on(law: Law, trial: Trial, choices: Choices) -> None:
    """Try the law, and report if it is broken."""
    try:
        law.check(trial, **choices)
    except Broken as broken:
        report(law, trial, choices, broken)
    except (LawBroken, Untried):
        raise
    except Exception as error:  # one law that cannot be tried must not hide the others
        report(law, trial, choices, _crashed(error))


def report(law: Law, trial: Trial, choices: Choices | None, broken: Broken) -> NoReturn:
    """Raise the broken law with its example.

    Without choices the data could not be scored, which the law `scoring` reproduces.
    """
    arguments = "".join(f", {name}={value!r}" for name, value in (choices or {}).items())
    call = f"laws.{'scoring' if choices is None else law.name}(method, data{arguments})"
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
    broken = Broken(f"trying the law raises {type(error).__name__}: {error}")
    broken.__cause__ = error
    return broken


def _no_choices(draw: st.DrawFn, trial: Trial) -> Choices:
    return {}


def law(
    *unless: Excuse,
    choose: Choose = _no_choices,
    units: int = 1,
    absent: bool = True,
    effort: int = 1,
) -> Callable[[Callable[..., None]], Law]:
    """Make a law of a function ``(trial, **choices)`` that raises `Broken`."""
    return lambda check: Law(check, choose, unless, units, absent, effort)
