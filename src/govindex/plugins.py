"""Methodologies by id: the built-in ones and those of installed packages.

A package offers methodologies as entry points of the group ``govindex.methodologies``. An entry
point is either called ``id`` or ``id@version`` and names an object, ``module:attribute``, that is a
methodology or a function that returns one; or it has any name, and names a package whose folder
holds documents ``id@version.toml``. Nothing is imported or read before a methodology of its id is
needed; a failure is reported by name and breaks nothing else.
"""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, cached_property, lru_cache
from time import perf_counter
from typing import TYPE_CHECKING, Any, cast

import attrs

from govindex.errors import (
    DeprecatedEditionWarning,
    FrameworkError,
    GovIndexError,
    UnknownNameError,
    listing,
    near_miss,
)
from govindex.language import check_language, number_text, words
from govindex.methods import Methodology
from govindex.opaque import AnyMethodology, contract_problems

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from importlib.metadata import EntryPoint

    import pandas as pd

__all__ = ["GROUP", "methodologies", "methodology"]

GROUP = "govindex.methodologies"

_BUILT_IN = "govindex"
_SLOW = 1.0  # seconds
_DESCRIBED_BY = ("assesses", "depth", "confidence", "issued", "deprecated")


@attrs.frozen(eq=False)
class _Entry:
    """An edition that was loaded, or the reason why it cannot be."""

    name: str
    package: str
    loaded: AnyMethodology | None = None
    trouble: str = ""
    id: str = ""
    version: str = ""
    title: str = ""
    indicators: int = 0
    description: Mapping[str, str] = attrs.field(factory=dict)
    seconds: float = 0.0

    @property
    def edition(self) -> str:
        return f"{self.id}@{self.version}" if self.id else self.name


@attrs.frozen(slots=False, eq=False)
class _Offer:
    """An edition that may be loaded: its name in the package, and how to get it.

    With `of_folder` it is a whole folder of documents that cannot be read.
    """

    name: str
    package: str
    source: Callable[[], Any]
    of_folder: bool = False

    @property
    def id(self) -> str:
        return self.name.partition("@")[0]

    @cached_property
    def entry(self) -> _Entry:
        """The loaded edition, or why it failed; it is loaded once."""
        start = perf_counter()
        try:
            entry = _entry(self.name, self.package, self.source())
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # some modules exit or skip when they are imported
            entry = _broken(self.name, self.package, _message(error))
        return attrs.evolve(entry, seconds=perf_counter() - start)


def _message(error: BaseException) -> str:
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:  # an error that cannot be printed
        return type(error).__name__


def _broken(name: str, package: str, why: str) -> _Entry:
    return _Entry(name, package, trouble=why)


def _entry(name: str, package: str, method: Any) -> _Entry:
    """Return what is known of a methodology; its properties are read once, since they may fail."""
    if isinstance(method, type) or (callable(method) and not hasattr(method, "compute")):
        method = method()
    problems = list(contract_problems(method))
    if problems:
        return _broken(name, package, "; ".join(problems))
    edition = f"{method.id}@{method.version}"
    if name not in (method.id, edition):
        return _broken(name, package, f"it is {edition}, and must be offered under that name")
    return _Entry(
        name,
        package,
        method,
        id=method.id,
        version=method.version,
        title=str(method.label("en")) if hasattr(method, "label") else "",
        indicators=len(method.framework.leaf_codes),
        description={word: str(getattr(method, word, None) or "") for word in _DESCRIBED_BY},
    )


@lru_cache(maxsize=1)
def _offers() -> tuple[_Offer, ...]:
    from importlib.metadata import entry_points

    points = [(point.name, _package(point), point) for point in entry_points(group=GROUP)]
    points.sort(key=lambda named: named[:2])
    return tuple(offer for _, package, point in points for offer in _offered(point, package))


def _package(point: EntryPoint) -> str:
    return (point.dist.name if point.dist else "") or "unknown"


def _offered(point: EntryPoint, package: str) -> Iterator[_Offer]:
    """Yield what an entry point offers, without importing what it points to."""
    failed, documents = None, []
    try:
        load = point.load if point.attr else None
        if load is None:
            documents = _documents(point.module)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        failed = error
    if failed is not None:
        yield _Offer(point.name, package, _raiser(failed), of_folder=True)
    elif load is not None:
        yield _Offer(point.name, package, load)
    for file in documents:
        yield _Offer(file.name.removesuffix(".toml"), package, _reader(file))


def _raiser(error: BaseException) -> Callable[[], Any]:
    def fail() -> Any:
        raise error

    return fail


def _reader(file: Any) -> Callable[[], Methodology]:
    def read() -> Methodology:
        from govindex.toml import loads

        return loads(file.read_text(encoding="utf-8-sig"), name=file.name)

    return read


def _documents(package: str) -> list[Any]:
    from importlib.resources import files
    from importlib.util import module_from_spec

    spec = _spec(package)
    if spec.submodule_search_locations is None:
        raise FrameworkError(
            f"'{package}' is a module and has no folder of documents: name a package with one, or "
            f"an object as '{package}:object'"
        )
    folder = sorted(files(module_from_spec(spec)).iterdir(), key=lambda file: file.name)
    documents = [file for file in folder if file.name.endswith(".toml")]
    if not documents:
        raise FrameworkError(f"the folder of '{package}' holds no document id@version.toml")
    return documents


def _spec(package: str) -> ModuleSpec:
    """Return where a package is, without importing it or its parent packages."""
    parent = package.rpartition(".")[0]
    path = _spec(parent).submodule_search_locations if parent else None
    if parent and path is None:
        raise ModuleNotFoundError(f"'{parent}' is not a package")
    finders = [finder for finder in sys.meta_path if hasattr(finder, "find_spec")]
    try:
        specs = (finder.find_spec(package, path) for finder in finders)
        spec = next((spec for spec in specs if spec is not None), None)
    except KeyError:  # a folder without __init__ inside a package is found from the package only
        from importlib.util import find_spec

        spec = find_spec(package)
    if spec is None:
        raise ModuleNotFoundError(f"no module named '{package}'")
    return spec


def _claims(entries: Iterable[_Entry]) -> dict[str, list[_Entry]]:
    """Return the entries of each edition: that of govindex alone, if it has the edition."""
    offered: dict[str, list[_Entry]] = {}
    for entry in entries:
        offered.setdefault(entry.edition, []).append(entry)
    claims = {}
    for edition, every in offered.items():
        built_in = [entry for entry in every if entry.package == _BUILT_IN]
        claims[edition] = built_in or [e for e in every if e.loaded is not None] or every
    return claims


def _state(
    entry: _Entry, claims: Mapping[str, list[_Entry]], built_in: frozenset[str], language: str
) -> str:
    if entry.loaded is None:
        return words("command.state.broken", language, trouble=entry.trouble)
    named = {"edition": entry.edition, "id": entry.id}
    remarks = []
    claim = claims[entry.edition]
    if claim != [entry]:
        others = ", ".join(rival.package for rival in claim)
        remarks.append(words("command.state.duplicate", language, others=others, **named))
    elif entry.package != _BUILT_IN and entry.id in built_in:
        remarks.append(words("command.state.only_as", language, **named))
    if entry.description["deprecated"]:
        why = entry.description["deprecated"]
        remarks.append(words("command.state.deprecated", language, why=why))
    if entry.seconds > _SLOW:
        key = "command.state.slow" if remarks else "command.state.only_slow"
        remarks.append(words(key, language, seconds=number_text(entry.seconds, language, 1)))
    return "; ".join(remarks) or words("command.state.ready", language)


def _title(entry: _Entry, language: str | None) -> str:
    """Return the title in a language, that of the entry if the package has none to give."""
    label = getattr(entry.loaded, "label", None)
    if language is None or label is None:
        return entry.title
    try:
        return str(label(language))
    except Exception:  # code of another package
        return entry.title


def _age(version: str) -> list[tuple[int, int, str]]:
    # "2022.10" is newer than "2022.9": numbers compare as numbers.
    parts = re.findall(r"\d+|[^\d.\-]+", version)
    return [(1, int(part), "") if part.isdecimal() else (0, 0, part) for part in parts]


def _recency(entry: _Entry) -> tuple[bool, str, list[tuple[int, int, str]]]:
    return not entry.description["deprecated"], entry.description["issued"], _age(entry.version)


@cache
def _warn_once(edition: str, reason: str) -> None:
    message = f"{edition} is deprecated: {reason}"
    warnings.warn(message, DeprecatedEditionWarning, stacklevel=3)


def methodology(name: str) -> Methodology:
    """Return a methodology by its id.

    Without a version it is the newest edition that can be used: of those that are not deprecated
    and that one package offers, the one issued last (the largest version if editions do not say
    when they were issued). For results that must not change, name the edition.

    A built-in edition comes from govindex, even if another package offers it, too; and an id with
    built-in editions means one of them, unless it is given with a version that only another package
    has.

    Parameters
    ----------
    name : str
        ``"vn.service-766"`` for the newest edition, ``"vn.service-766@2022"`` for one edition.

    Returns
    -------
    Methodology
        Or an :class:`~govindex.AnyMethodology` of the package, which has at least an id, a
        version, a framework, a fingerprint and ``compute``.

    Raises
    ------
    UnknownNameError
        If there is no such id or version; the message says what exists.
    GovIndexError
        If its package is broken, or several packages offer the only edition.

    Warns
    -----
    DeprecatedEditionWarning
        If the edition should no longer be used: once in a process.

    Examples
    --------
    >>> methodology("vn.service-766@2022")
    <Methodology vn.service-766@2022: 24 indicators>
    """
    if not isinstance(name, str):
        raise UnknownNameError(f"a methodology is named by its id, a text, not {name!r}")
    wanted, _, version = name.partition("@")
    offers = [offer for offer in _offers() if offer.id == wanted]
    if not offers:
        raise UnknownNameError(_unknown(wanted))
    if not version:  # no other package takes over a built-in id
        offers = [offer for offer in offers if offer.package == _BUILT_IN] or offers
    named = [offer.entry for offer in offers if not version or offer.name in (wanted, name)]
    claims = _claims(entry for entry in named if not version or entry.edition in (wanted, name))
    usable = [claim for claim in claims.values() if claim[0].loaded is not None]
    if not usable:
        raise _unusable(wanted, version, offers, claims)
    single = [claim[0] for claim in usable if len(claim) == 1]
    if not single:
        rivals = usable[0]
        packages = ", ".join(entry.package for entry in rivals)
        raise GovIndexError(
            f"'{rivals[0].edition}' is offered more than once, by {packages}: keep one of them"
        )
    chosen = max(single, key=_recency)
    if chosen.description["deprecated"]:
        _warn_once(chosen.edition, chosen.description["deprecated"])
    # Nearly all are a Methodology; callers need not cast it.
    return cast("Methodology", chosen.loaded)


def _unknown(wanted: str) -> str:
    known = dict.fromkeys(sorted(offer.id for offer in _offers() if not offer.of_folder))
    unread = [offer for offer in _offers() if offer.of_folder]
    hint = ""
    if unread:
        packages = listing(dict.fromkeys(offer.package for offer in unread))
        hint = f"; documents of these packages cannot be read, see methodologies(): {packages}"
    return f"there is no methodology '{wanted}': {near_miss(wanted, known)}{hint}"


def _unusable(
    wanted: str, version: str, offers: Iterable[_Offer], claims: Mapping[str, list[_Entry]]
) -> GovIndexError:
    for claim in claims.values():
        return GovIndexError(
            f"'{claim[0].name}' of package {claim[0].package} is broken: {claim[0].trouble}"
        )
    versions = {offer.name.partition("@")[2] or offer.entry.version for offer in offers}
    known = sorted(versions, key=_age)
    return UnknownNameError(f"'{wanted}' has no version '{version}': {near_miss(version, known)}")


def methodologies(language: str | None = None) -> pd.DataFrame:
    """Return the installed methodologies, one row per edition.

    Columns are the title, the units it assesses, how deep and how sure it is known, the number of
    indicators, the package, and the state: "ready", or what is unusual (broken, offered by several
    packages, of a built-in id, deprecated, slow).

    Parameters
    ----------
    language : str, optional
        Of the titles and the states, English by default.

    Raises
    ------
    SettingError
        If the language has no catalogue.
    """
    import pandas as pd

    spoken = check_language(language)
    entries = [offer.entry for offer in _offers()]
    claims = _claims(entries)
    built_in = frozenset(offer.id for offer in _offers() if offer.package == _BUILT_IN)
    rows = [
        {
            "id": entry.id or entry.name,
            "version": entry.version,
            "title": _title(entry, language),
            "units": entry.description.get("assesses", ""),
            "depth": entry.description.get("depth", ""),
            "confidence": entry.description.get("confidence", ""),
            "indicators": entry.indicators,
            "package": entry.package,
            "state": _state(entry, claims, built_in, spoken),
        }
        for entry in entries
    ]
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
