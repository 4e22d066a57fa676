"""The progress of long calls: a bar, a function that is called, or nothing."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from govindex.checks import shown
from govindex.errors import SettingError
from govindex.extras import needed

__all__ = ["Meter", "Progress"]

Progress = bool | Callable[[int, int], Any] | None


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
