"""Parts completed by the defaults of their family.

Built-in parts inherit from the base of their family (`BaseRule`, `BaseAggregator` …). A part that
does not inherit keeps its own promises and gets the base's defaults for the others.
"""

from __future__ import annotations

import inspect
from typing import Any, TypeVar, cast

import attrs

from govindex.errors import GovIndexError, raised

__all__ = ["completed"]

_Base = TypeVar("_Base")


def completed(part: object, base: type[_Base]) -> _Base:
    """Return a part with all promises of its family.

    Parameters
    ----------
    part : object
        A rule, an aggregator, a measure …, of whatever class.
    base : class
        The base of its family.

    Returns
    -------
    object
        The part itself if it inherits from the base.

    Examples
    --------
    >>> from govindex.contracts import BaseStep
    >>> completed(abs, BaseStep).reads, completed(abs, BaseStep)(-1)
    ((), 1)
    """
    if isinstance(part, base):
        return part
    # A class is refused as a part later: only its base counts.
    return base() if isinstance(part, type) else cast(_Base, _Completed(part, base))


@attrs.frozen(repr=False)
class _Completed:
    part: Any
    base: type

    def __repr__(self) -> str:
        return repr(self.part)

    def __call__(self, *arguments: Any) -> Any:
        return self.part(*arguments)

    def __getattr__(self, name: str) -> Any:
        try:
            return getattr(self.part, name)
        except GovIndexError:
            raise
        except Exception as error:  # a property may be user-defined
            lacks = inspect.getattr_static(self.part, name, self) is self
            if not (lacks and isinstance(error, AttributeError)):
                raise raised(f"'{name}' of {self.part!r}", error) from error
        promise = inspect.getattr_static(self.base, name)
        return promise.__get__(self) if hasattr(promise, "__get__") else promise
