"""The same computer at another time, with other random numbers to come."""

from __future__ import annotations

import datetime
import random
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from unittest import mock

import attrs
import numpy as np

__all__ = ["another_time"]


class _Alike(type):
    """The type of classes that stand for the one they are made of: only their clock is another."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        return cls.__base__(*args, **kwargs)  # type: ignore[misc]

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, cls.__base__)  # type: ignore[arg-type]

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, cls.__base__)  # type: ignore[arg-type]


@contextmanager
def another_time(method: Any) -> Iterator[None]:
    """Run at another time, with other random numbers to come, and put everything back."""
    year = 400 * 24 * 3600.0
    now, gmtime, local = time.time, time.gmtime, time.localtime
    states = (random.getstate(), np.random.get_state())  # noqa: NPY002
    later = datetime.datetime.now() + datetime.timedelta(seconds=year)

    class Later(datetime.datetime, metaclass=_Alike):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return later.astimezone(tz) if tz else later

        @classmethod
        def today(cls) -> Any:
            return later

        @classmethod
        def utcnow(cls) -> Any:
            return later.astimezone(datetime.UTC).replace(tzinfo=None)

    class LaterDay(datetime.date, metaclass=_Alike):
        @classmethod
        def today(cls) -> Any:
            return later.date()

    instead = {
        time.time: lambda: now() + year,
        time.time_ns: lambda: int((now() + year) * 1e9),
        time.gmtime: lambda seconds=None: gmtime(now() + year if seconds is None else seconds),
        time.localtime: lambda seconds=None: local(now() + year if seconds is None else seconds),
        datetime.datetime: Later,
        datetime.date: LaterDay,
    }
    names = {*_modules(method)} & {*sys.modules}
    own = [vars(sys.modules[n]) for n in names if n.partition(".")[0] not in ("govindex", "numpy")]
    spaces = [vars(time), vars(datetime), *own]
    random.seed(12_345)
    np.random.seed(12_345)  # noqa: NPY002
    try:
        with _patched(spaces, instead):
            yield
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])  # noqa: NPY002


def _modules(part: Any) -> Iterator[str]:
    """Yield the modules that a methodology and its parts are from, where they may ask the time."""
    yield getattr(part, "__module__", "")
    inside: Iterable[Any] = part.values() if isinstance(part, Mapping) else ()
    if attrs.has(type(part)):
        inside = [getattr(part, field.name) for field in attrs.fields(type(part))]
    for one in part if isinstance(part, tuple) else inside:
        yield from _modules(one)


@contextmanager
def _patched(spaces: Sequence[dict[str, Any]], instead: Mapping[Any, Any]) -> Iterator[None]:
    patches = []
    for space in spaces:
        changes = {
            name: instead[value]
            for name, value in space.items()
            if getattr(value, "__hash__", None) and _is_key(value, instead)
        }
        if changes:
            patches.append(mock.patch.dict(space, changes))
    for patch in patches:
        patch.start()
    try:
        yield
    finally:
        for patch in reversed(patches):
            patch.stop()


def _is_key(value: Any, instead: Mapping[Any, Any]) -> bool:
    return any(value is key for key in instead)
