"""Methodologies by id: built-in ones and those of installed packages, through one door.

A package offers methodologies as entry points of the group ``govindex.methodologies``, under the
name ``id`` or ``id@version``. Each points to a methodology or to a function that returns one; an
entry point of any name may point to a package whose folder holds documents ``id@version.toml``.
Nothing is loaded before it is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property, lru_cache
from types import ModuleType
from typing import TYPE_CHECKING, Any

import attrs

from govindex.errors import FrameworkError, GovIndexError, UnknownNameError, near_miss
from govindex.methodology import Methodology

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    import pandas as pd

__all__ = ["GROUP", "methodologies", "methodology"]

GROUP = "govindex.methodologies"


@attrs.frozen
class _Entry:
    """An edition that was loaded, or the reason why it cannot be."""

    name: str
    package: str
    loaded: Methodology | None
    state: str
    title: str = ""
    indicators: int = 0

    @property
    def key(self) -> str:
        return self.name if self.loaded is None else f"{self.loaded.id}@{self.loaded.version}"


@attrs.frozen(slots=False, eq=False)
class _Offer:
    """An edition that may be loaded: its name in the package, and how to get it."""

    name: str
    package: str
    source: Callable[[], Any]

    @cached_property
    def entry(self) -> _Entry:
        """What came of loading it, once."""
        try:
            found = self.source()
            if not hasattr(found, "compute") and callable(found):
                found = found()
            missing = [
                a for a in ("id", "version", "framework", "compute") if not hasattr(found, a)
            ]
            if missing:
                return self._broken(f"has no {', '.join(missing)}")
            for what, text in (("id", found.id), ("version", found.version)):
                if not isinstance(text, str):
                    return self._broken(f"its {what} is {text!r}, no text")
            title = found.label("en") if hasattr(found, "label") else ""
            indicators = len(found.framework.leaf_codes)
        except Exception as error:  # a plug-in may fail in any way, and must break nothing else
            return self._broken(f"{type(error).__name__}: {error}")
        edition = f"{found.id}@{found.version}"
        if self.name not in (found.id, edition):
            return self._broken(f"it is {edition}, and must be offered under that name")
        return _Entry(self.name, self.package, found, "ready", title, indicators)

    def _broken(self, why: str) -> _Entry:
        return _Entry(self.name, self.package, None, f"broken: {why}")


@lru_cache(maxsize=1)
def _offers() -> tuple[_Offer, ...]:
    from importlib.metadata import entry_points

    points = sorted(entry_points(group=GROUP), key=lambda point: point.name)
    return tuple(offer for point in points for offer in _offered(point))


def _offered(point: EntryPoint) -> Iterator[_Offer]:
    package = point.dist.name if point.dist else "unknown"
    try:
        found = point.load()
    except Exception as error:  # a plug-in may fail in any way, and must break nothing else
        yield _Offer(point.name, package, _raiser(error))
        return
    if not isinstance(found, ModuleType):
        yield _Offer(point.name, package, lambda: found)
        return
    from importlib.resources import files

    try:
        folder = sorted(files(found).iterdir(), key=lambda file: file.name)
    except Exception as error:  # a module that is no package has no folder
        yield _Offer(point.name, package, _raiser(error))
        return
    documents = [file for file in folder if file.name.endswith(".toml")]
    if not documents:
        none = FrameworkError(f"the folder of '{found.__name__}' holds no document id@version.toml")
        yield _Offer(point.name, package, _raiser(none))
    for file in documents:
        yield _Offer(file.name.removesuffix(".toml"), package, _reader(file))


def _raiser(error: Exception) -> Callable[[], Any]:
    def fail() -> Any:
        raise error

    return fail


def _reader(file: Any) -> Callable[[], Methodology]:
    def read() -> Methodology:
        from govindex.toml import loads

        return loads(file.read_text(encoding="utf-8-sig"), name=file.name)

    return read


def _entries(wanted: str | None = None) -> tuple[_Entry, ...]:
    """Load what is offered under an id, or everything if nothing is."""
    named = [offer for offer in _offers() if offer.name.partition("@")[0] == wanted]
    return tuple(offer.entry for offer in named or _offers())


def _age(version: str) -> list[tuple[int, int, str]]:
    # "2022.10" is newer than "2022.9": numbers compare as numbers.
    parts = re.findall(r"\d+|[^\d.\-]+", version)
    return [(1, int(part), "") if part.isdecimal() else (0, 0, part) for part in parts]


def _recency(entry: _Entry) -> tuple[str, list[tuple[int, int, str]]]:
    assert entry.loaded is not None
    return str(getattr(entry.loaded, "issued", "")), _age(entry.loaded.version)


def methodology(name: str) -> Methodology:
    """Return a methodology by its id.

    Parameters
    ----------
    name : str
        ``"vn.service-766"`` for the edition issued last (the largest version if editions do not say
        when they were issued), ``"vn.service-766@2022"`` for one edition.

    Raises
    ------
    UnknownNameError
        If there is no such id or version; the message says what exists.
    GovIndexError
        If its package is broken, or two packages offer the same edition.

    Examples
    --------
    >>> methodology("vn.service-766@2022")
    <Methodology vn.service-766@2022: 24 indicators>
    """
    wanted, _, version = name.partition("@")
    entries = _entries(wanted)
    broken = [e for e in entries if e.loaded is None and e.name.partition("@")[0] == wanted]
    pinned = [e for e in broken if version and e.name == name]
    editions: dict[str, list[_Entry]] = {}
    for entry in entries:
        if entry.loaded is not None and entry.loaded.id == wanted:
            editions.setdefault(entry.loaded.version, []).append(entry)
    if (pinned and version not in editions) or (broken and not editions):
        faulty = (pinned or broken)[0]
        raise GovIndexError(f"'{faulty.name}' of package {faulty.package} is {faulty.state}")
    if not editions:
        known = sorted({entry.loaded.id for entry in entries if entry.loaded is not None})
        raise UnknownNameError(f"there is no methodology '{wanted}': {near_miss(wanted, known)}")
    if version and version not in editions:
        known = sorted(editions, key=_age)
        raise UnknownNameError(
            f"'{wanted}' has no version '{version}': {near_miss(version, known)}"
        )
    newest = max(editions, key=lambda edition: _recency(editions[edition][0]))
    chosen = editions[version or newest]
    if len(chosen) > 1:
        packages = ", ".join(entry.package for entry in chosen)
        raise GovIndexError(f"'{chosen[0].key}' is offered more than once, by {packages}")
    assert chosen[0].loaded is not None
    return chosen[0].loaded


def methodologies() -> pd.DataFrame:
    """Return what is installed: one row per edition.

    Its title, which units it assesses, how deep and how sure it is known, how many indicators it
    has, the package it comes from and its state. A package that cannot be loaded has its own row,
    which says why.
    """
    import pandas as pd

    rows = []
    for entry in _entries():
        found = entry.loaded
        rows.append(
            {
                "id": found.id if found is not None else entry.name,
                "version": found.version if found is not None else "",
                "title": entry.title,
                "units": getattr(found, "assesses", ""),
                "depth": getattr(found, "depth", ""),
                "confidence": getattr(found, "confidence", ""),
                "indicators": entry.indicators,
                "package": entry.package,
                "state": entry.state,
            }
        )
    columns = [
        "id",
        "version",
        "title",
        "units",
        "depth",
        "confidence",
        "indicators",
        "package",
        "state",
    ]
    return pd.DataFrame(rows, columns=columns).set_index("id")
