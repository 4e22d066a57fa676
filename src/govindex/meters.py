"""The progress of long calls: a bar, a function that is called, or nothing; and their end."""

from __future__ import annotations

import threading
import time
import warnings
from collections.abc import Callable
from typing import Any

from govindex.checks import is_number, shown
from govindex.errors import SettingError, StoppedError
from govindex.extras import needed

__all__ = ["Meter", "Progress", "TimeLimit"]

Progress = bool | Callable[[int, int], object] | None


class TimeLimit:
    """Stops a long call when its time is up, or when it is cancelled.

    It is given as ``progress=``: calls report their progress block by block, and the error that a
    report raises ends them at once, in this process and in the workers of an executor. So it ends
    what reports progress, such as :func:`~govindex.robustness.sample_ranks`; other calls are asked
    before they begin, by calling it.

    Parameters
    ----------
    seconds : float
        From now.
    clock : callable, optional
        Returns seconds that only rise.

    Raises
    ------
    StoppedError
        When it is called after the time, or after :meth:`cancel`, which another thread may call.

    Examples
    --------
    >>> limit = TimeLimit(20)
    >>> limit(64, 1000)
    >>> limit.cancel()
    >>> limit(128, 1000)
    Traceback (most recent call last):
    ...
    govindex.errors.StoppedError: stopped after 128 of 1,000: it was cancelled
    """

    def __init__(self, seconds: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        if not (is_number(seconds) and seconds > 0):
            raise SettingError(f"seconds is a number above 0, not {shown(seconds)}")
        if not callable(clock):
            raise SettingError(f"clock is a function that returns seconds, not {shown(clock)}")
        self.seconds = float(seconds)
        self._clock, self._until = clock, clock() + self.seconds
        self._cancelled = threading.Event()

    def __repr__(self) -> str:
        return f"TimeLimit({self.seconds:g})"

    def cancel(self) -> None:
        """Stop the call at its next report."""
        self._cancelled.set()

    def __call__(self, done: int = 0, count: int = 0) -> None:
        """Let a call go on, or stop it."""
        if self._cancelled.is_set():
            why = "it was cancelled"
        elif self._clock() > self._until:
            why = f"the limit is {self.seconds:g} s"
        else:
            return
        raise StoppedError(f"stopped after {done:,} of {count:,}: {why}")


class Meter:
    """Reports how much of a long call is done, and says so if Ctrl-C stops it.

    Parameters
    ----------
    count : int
        How many there are.
    progress : bool or callable, optional
        True shows a bar in the shell or the notebook, which needs tqdm; a function is called with
        ``(done, count)``; None and False show nothing.
    noun : str
        What is counted, in the plural.

    Raises
    ------
    SettingError
        If it is something else, or tqdm is not installed.

    Examples
    --------
    >>> calls = []
    >>> with Meter(3, lambda done, count: calls.append(f"{done} of {count}"), "cases") as meter:
    ...     meter(1), meter(2)
    (None, None)
    >>> calls
    ['1 of 3', '3 of 3']
    """

    def __init__(self, count: int, progress: Progress, noun: str) -> None:
        self.count, self.noun, self.done = count, noun, 0
        self.call = progress if callable(progress) and not isinstance(progress, type) else None
        self.bar: Any = None
        if progress is True:
            tqdm = needed("tqdm.auto", extra="progress", what="a progress bar")
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a notebook without widgets shows a text bar
                self.bar = tqdm.tqdm(total=count, unit=noun, unit_scale=True)
        elif not (progress is None or progress is False or self.call is not None):
            raise SettingError(f"progress is True, False or a function, not {shown(progress)}")

    @property
    def is_silent(self) -> bool:
        """Whether nothing is shown or called."""
        return self.call is None and self.bar is None

    def __enter__(self) -> Meter:
        return self

    def __call__(self, more: int = 1) -> None:
        """Report a number of further ones as done."""
        self.done += more
        if self.call is not None:
            self._tell(self.call)
        if self.bar is not None:
            self.bar.update(more)

    def _tell(self, call: Callable[[int, int], Any]) -> None:
        try:
            call(self.done, self.count)
        except TypeError as error:
            raise SettingError(
                f"progress is called as progress(done, all): {shown(call)} raised {error}"
            ) from error

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if self.bar is not None:
            self.bar.close()
        if isinstance(error, KeyboardInterrupt) and not error.args:
            done = f"{self.done:,} of {self.count:,} {self.noun}"
            raise KeyboardInterrupt(f"stopped after {done}; nothing is returned") from error
