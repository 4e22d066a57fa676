"""Canonical forms: values as plain data, equal for values of the same meaning.

The form of an object is its settings; that of a function, the tokens of its source and the values
that it reads. Objects of the standard library and of packages below this one go by public name.
"""

from __future__ import annotations

import builtins
import dataclasses
import datetime
import decimal
import enum
import fractions
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property, partial
from typing import Any

import attrs
import numpy as np

from govindex.errors import FrameworkError
from govindex.functions import Named, SourceTokens, source_of
from govindex.names import composed

__all__ = ["Walk", "known_name"]

_PACKAGES = {"attr", "attrs", "govindex", "narwhals", "numpy", "pandas", "scipy"}
_KNOWN = sys.stdlib_module_names | _PACKAGES
_MOST = 400
_CURE = (
    "use attrs classes for parts, give functions a name and version with "
    "gi.Named(function, 'my.function', version='1'), or classes a text `fingerprint`"
)
_EMPTY = "nothing yet"
# Functions that read something outside any source.
_ELSEWHERE = frozenset({"__import__", "eval", "exec", "globals", "input", "open"})
_NAMELESS = (types.BuiltinFunctionType, types.MethodDescriptorType, types.WrapperDescriptorType)
_PLAIN = (datetime.date, datetime.time, datetime.timedelta, decimal.Decimal, fractions.Fraction)


def _is_known(module: str | None) -> bool:
    return bool(module) and str(module).partition(".")[0] in _KNOWN


def known_name(part: Any) -> str | None:
    """Return the public name of something in a known package, None if it has none."""
    module, name = getattr(part, "__module__", None), getattr(part, "__qualname__", None)
    name = name or getattr(part, "__name__", None)  # numpy's functions have only that
    if isinstance(part, np.ufunc):
        module = "numpy"
    if not name or not _is_known(module) or module not in sys.modules:
        return None
    value: Any = sys.modules[module]
    for step in str(name).split("."):
        value = getattr(value, step, None)
    return f"{module}.{name}" if value is part else None


class Walk:
    """One walk through a value and everything inside it.

    Parameters
    ----------
    special : callable, optional
        ``(value, walk) -> plain``: the canonical forms of some values; None for all others.
    """

    def __init__(self, special: Callable[[Any, Walk], Any] | None = None) -> None:
        self._special = special
        self._open: list[Any] = []
        self._count = 0
        self._inside = 0  # the depth of users' functions and classes that are being read

    def of(self, part: Any) -> Any:
        """Return the canonical form of a value.

        Raises
        ------
        FrameworkError
            If it has none.
        """
        if isinstance(part, str) and not isinstance(part, enum.Enum):
            return self._text(composed(part))
        if isinstance(part, np.generic):
            part = part.item()
        if part is None or isinstance(part, bool):
            return part
        if isinstance(part, (int, float)):
            return _number(part)
        above = [up for up, value in enumerate(reversed(self._open), 1) if value is part]
        if above:
            return {"again": above[0]}
        self._open.append(part)
        try:
            special = None if self._special is None else self._special(part, self)
            return self._canonical(part) if special is None else special
        finally:
            self._open.pop()

    def _text(self, text: str) -> Any:
        # Settings are either texts or numbers, but a function may read both: "1.0" is not 1.0.
        return {"text": text} if self._inside and _is_number(text) else text

    def _canonical(self, part: Any) -> Any:
        if isinstance(part, enum.Enum):
            return {"choice": self.of(part.value)}
        if isinstance(part, Mapping):
            pairs = [[self._key(key), self.of(value)] for key, value in part.items()]
            return {"map": sorted(pairs, key=lambda pair: str(pair[0]))}
        if isinstance(part, (tuple, list, range)):
            return [self.of(item) for item in part]
        if isinstance(part, frozenset):
            import json

            return {"set": sorted((self.of(item) for item in part), key=json.dumps)}
        if isinstance(part, np.ndarray):
            items = self.of(part.tolist())
            # Twice a list is not twice an array.
            return {"array": items, "of": part.dtype.kind} if self._inside else items
        if isinstance(part, bytes):
            return {"bytes": part.hex()}
        if isinstance(part, _PLAIN):
            return {type(part).__name__: str(part)}
        if isinstance(part, types.ModuleType) and _is_known(part.__name__):
            return {"module": part.__name__}
        content = self._object(part) if _has_fields(part) else self._callable(part)
        if content is None:
            raise FrameworkError(f"{part!r} has no canonical form: {_CURE}")
        return content

    def _key(self, key: Any) -> Any:
        # The answer "1" is not the answer 1.
        return self.of(key) if isinstance(key, str) else [self.of(key)]

    def _callable(self, part: Any) -> Any:
        fingerprint = getattr(part, "fingerprint", None)
        if isinstance(fingerprint, str) and fingerprint.strip():
            return {"fingerprint": fingerprint}
        name = known_name(part)
        if name is not None:
            return {"name": name}
        if isinstance(part, type):
            return self.class_of(part)
        if isinstance(part, partial):
            with self._reading():
                return {"partial": [self.of(p) for p in (part.func, part.args, part.keywords)]}
        if isinstance(part, types.MethodType):
            return {"method": [self.of(part.__self__), self.of(part.__func__)]}
        if isinstance(part, types.FunctionType):
            return self._function(part)
        if isinstance(part, _NAMELESS):
            owner = getattr(part, "__self__", getattr(part, "__objclass__", None))
            return None if owner is None else {"method": [self.of(owner), part.__name__]}
        wrapped = getattr(part, "__wrapped__", None)  # functools.cache
        return self.of(wrapped) if type(part).__module__ == "functools" and wrapped else None

    def _function(self, function: types.FunctionType) -> Any:
        self._count += 1
        if self._count > _MOST:
            raise FrameworkError(
                f"{function.__qualname__} has no canonical form, since more than {_MOST} functions "
                f"are read: {_CURE}"
            )
        source = source_of(function)
        elsewhere = _ELSEWHERE & {name for name, *_ in source.names} - set(function.__globals__)
        if elsewhere:
            raise FrameworkError(
                f"{function.__qualname__} has no canonical form, since it calls "
                f"{min(elsewhere)}(): {_CURE}"
            )
        roots = {name: name.partition(".")[0] for name in source.imports if not _is_known(name)}
        versions = {root: _version(root) for root in roots.values()}
        foreign = sorted(name for name, root in roots.items() if versions[root] is None)
        if foreign:
            raise FrameworkError(
                f"{function.__qualname__} has no canonical form, since it imports '{foreign[0]}' "
                f"when it runs: {_CURE}"
            )
        return {"source": list(source.tokens), **self._read_by(function, source, versions)}

    def _read_by(
        self, function: types.FunctionType, source: SourceTokens, versions: Mapping[str, str | None]
    ) -> dict[str, Any]:
        cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
        labels = {name: value for name, value in vars(function).items() if name != "__wrapped__"}
        with self._reading():
            return {
                "defaults": self.of([function.__defaults__ or (), function.__kwdefaults__ or {}]),
                "inside": self.of({name: _content(cell) for name, cell in cells}),
                "reads": self.of(dict(_values(function, sorted(source.names)))),
                "imports": self.of(versions),
                **({"says": self.of(labels)} if labels else {}),
            }

    @contextmanager
    def _reading(self) -> Iterator[None]:
        self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1

    def class_of(self, kind: type) -> Any:
        """Return the canonical form of a user's class: its definitions, by their source."""
        with self._reading():
            defined = {
                name: self._defined(value)
                for name, value in sorted(vars(kind).items())
                if _counts(name, value, kind)
            }
        bases = [base for base in kind.__bases__ if base is not object]
        return {"class": defined, "bases": [self.of(base) for base in bases]}

    def _defined(self, value: Any) -> Any:
        if isinstance(value, property):
            return {"property": [self.of(f) for f in (value.fget, value.fset) if f is not None]}
        if isinstance(value, cached_property):
            return {"property": [self.of(value.func)]}
        if isinstance(value, (classmethod, staticmethod)):
            return {type(value).__name__: self.of(value.__func__)}
        return self.of(value)

    def _object(self, part: Any) -> Any:
        if isinstance(part, Named):
            return {"fingerprint": self.of(f"{part.name}@{part.version}")}
        kind = type(part)
        fingerprint = getattr(kind, "fingerprint", None)
        if isinstance(fingerprint, str) and fingerprint.strip():
            return {"fingerprint": fingerprint, "fields": self.fields(part)}
        name = known_name(kind)
        if name is not None:
            return {"name": name, "fields": self.fields(part)}
        # A changed default of a user's class changes what the part computes.
        content = self.class_of(kind)
        with self._reading():
            return {**content, "fields": self.fields(part, defaults=True)}

    def fields(
        self, part: Any, skip: Callable[[str], bool] | None = None, *, defaults: bool = False
    ) -> dict[str, Any]:
        """Return the settings of a part by their names in documents.

        Settings at their default do not count, so that a setting added by a later release keeps
        earlier fingerprints.
        """
        settings = {}
        for field, name, default in _fields(type(part)):
            if skip is not None and skip(name):
                continue
            value = self.of(getattr(part, field))
            if defaults or default is attrs.NOTHING or value != self.of(default):
                settings[name] = value
        return settings


def _number(number: float) -> str:
    try:
        if float(number) == number:
            return repr(float(number) + 0.0)  # -0.0 equals 0.0
    except OverflowError:
        pass
    return repr(number)


def _is_number(text: str) -> bool:
    try:
        return bool(text == _number(float(text)))
    except ValueError:
        return False


def _has_fields(part: Any) -> bool:
    if isinstance(part, type):
        return False
    return attrs.has(type(part)) or dataclasses.is_dataclass(part)


def _fields(kind: type) -> list[tuple[str, str, Any]]:
    """Return attribute, document name and default of each setting, by name."""
    if attrs.has(kind):
        settings = [
            (field.name, field.alias or field.name, _default(field.default))
            for field in attrs.fields(kind)
            if field.init
        ]
    else:
        settings = [
            (field.name, field.name, attrs.NOTHING)
            for field in dataclasses.fields(kind)
            if field.init
        ]
    return sorted(settings, key=lambda field: field[1])


def _default(default: Any) -> Any:
    if isinstance(default, attrs.Factory):  # type: ignore[arg-type]
        return attrs.NOTHING if default.takes_self else default.factory()
    return default


def _content(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return _EMPTY


def _version(package: str) -> str | None:
    """Return the version of a package installed under this name, else None."""
    from importlib import metadata

    try:
        return metadata.version(package) if package else None
    except (metadata.PackageNotFoundError, ValueError):
        return None


def _values(
    function: types.FunctionType, names: list[tuple[str, ...]]
) -> Iterator[tuple[str, Any]]:
    """Yield the values that a function reads from its module, and from users' modules in it."""
    for first, *rest in names:
        if first not in function.__globals__:
            if not hasattr(builtins, first):
                yield first, _EMPTY
            continue
        value, path = function.__globals__[first], [first]
        while isinstance(value, types.ModuleType) and not _is_known(value.__name__) and rest:
            path.append(rest.pop(0))
            value = getattr(value, path[-1], _EMPTY)
        yield ".".join(path), value


def _counts(name: str, value: Any, kind: type) -> bool:
    """Return whether the author of a class wrote one of its attributes."""
    if isinstance(value, (types.MemberDescriptorType, types.GetSetDescriptorType)):
        return False
    if not isinstance(value, types.FunctionType):
        plain = not (name.startswith("__") and name.endswith("__")) and name != "_abc_impl"
        return plain and not name.startswith(("_is_protocol", "_is_runtime"))
    made = value.__code__.co_filename.startswith("<attrs generated") or _is_known(
        value.__globals__.get("__name__")
    )
    generated = dataclasses.is_dataclass(kind) and value.__code__.co_filename == "<string>"
    return not (made and name.startswith("__")) and not generated
