"""Archives: data, methodology, result, versions and hashes in one file that can be verified."""

from __future__ import annotations

import hashlib
import json
import zipfile
from os import PathLike
from pathlib import Path
from typing import Any

import attrs

from govindex.errors import DataError, FrameworkError, GovIndexError, Problem, Problems
from govindex.files.saving import as_path, write_whole
from govindex.files.tables import check_regular
from govindex.interchange.differences import result_differences
from govindex.interchange.json_files import json_text, parsed
from govindex.interchange.kinds import document_of, read_document
from govindex.interchange.versions import govindex_version, versions
from govindex.methods import Methodology
from govindex.model.observations import Observations
from govindex.plugins import methodology
from govindex.results import IndexResult
from govindex.toml import dumps, loads

__all__ = ["ArchiveCheck", "verify_archive", "write_archive"]

_SCHEMA = "govindex/archive/1"
_MANIFEST, _DATA, _RESULT, _METHOD = "manifest.json", "data.json", "result.json", "methodology.toml"
_MEMBERS = frozenset({_MANIFEST, _DATA, _RESULT, _METHOD})
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # of files in a zip
_LARGEST = 2 * 2**30


@attrs.frozen(eq=False, repr=False)
class ArchiveCheck:
    """What verifying an archive found.

    Parameters
    ----------
    file : str
        Its name.
    sha256 : str
        The hash of the whole file: who published it can compare.
    methodology : str
        "id@version".
    units : int
        How many units were computed again.
    problems : tuple of Problem
        What differs: changed files, and every cell whose score, rank, band, status or value is
        another when it is computed again; empty if the archive is verified.
    notes : tuple of str
        What may explain differences: other versions of govindex, Python or NumPy.
    """

    file: str
    sha256: str
    methodology: str
    units: int
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]

    @property
    def verified(self) -> bool:
        """Whether every number was found again, to the last bit."""
        return not self.problems

    def __repr__(self) -> str:
        count = len(self.problems)
        state = "verified" if self.verified else f"{count} problem{'s' * (count > 1)}"
        return f"<ArchiveCheck of {self.file}: {self.methodology}, {state}>"


def write_archive(
    result: IndexResult, path: str | PathLike[str], *, overwrite: bool = False
) -> None:
    """Write the archive of a result, for :meth:`~govindex.IndexResult.archive`."""
    file = as_path(path)
    if file.suffix.lower() != ".zip":
        raise DataError(f"an archive is written to a .zip file, not to '{file.name}'")
    contents = _contents(result)
    manifest = {
        "schema": _SCHEMA,
        "govindex": govindex_version(),
        "versions": versions(),
        "methodology": {
            "id": result.provenance.methodology,
            "version": result.provenance.version,
            "fingerprint": result.provenance.fingerprint,
        },
        "period": result.provenance.period if _data_of(result).is_panel else None,
        "sha256": {name: _hash(text) for name, text in sorted(contents.items())},
    }
    whole = {_MANIFEST: _lines(manifest), **contents}
    write_whole(file, lambda draft: _zipped(draft, whole), overwrite=overwrite)


def _contents(result: IndexResult) -> dict[str, bytes]:
    contents = {
        _DATA: json_text(document_of(_data_of(result))).encode("utf-8"),
        _RESULT: json_text(document_of(result)).encode("utf-8"),
    }
    try:
        if isinstance(result.method, Methodology):
            contents[_METHOD] = dumps(result.method).encode("utf-8")
    except FrameworkError:  # code, which a plug-in or the user has
        pass
    return contents


def _data_of(result: IndexResult) -> Observations:
    """Return the data before preparation."""
    if result.given is not None:
        return result.given
    steps = getattr(result.method, "steps", ())
    if steps or result.observations is None:
        raise DataError(
            "an archive holds the data before preparation, which this result does not have: "
            "compute it with method.compute(data), and archive that result"
        )
    return result.observations


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _lines(document: dict[str, Any]) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def _zipped(draft: Path, contents: dict[str, bytes]) -> None:
    """Write a zip whose bytes depend on its contents only."""
    with zipfile.ZipFile(draft, "w") as archive:
        for name, content in contents.items():
            member = zipfile.ZipInfo(name, _EARLIEST)
            member.create_system, member.external_attr = 3, 0o644 << 16
            archive.writestr(member, content, zipfile.ZIP_DEFLATED, 9)


def verify_archive(path: str | PathLike[str]) -> ArchiveCheck:
    """Compute the result of an archive again, and compare every number to the last bit.

    The methodology in the archive computes it, or the plug-in of the same id and version if a
    document cannot hold it. An archive whose data, methodology and result were all changed in
    accord is verified too: compare the hash of the file with the published one.

    Parameters
    ----------
    path : path
        A file that :meth:`IndexResult.archive <govindex.IndexResult.archive>` wrote.

    Returns
    -------
    ArchiveCheck

    Raises
    ------
    DataError
        If the file is no archive of a result, or of another major version.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import govindex as gi
    >>> groups = gi.methodology("vn.service-766").cut()
    >>> result = groups.compute(gi.datasets.load("vn.service-766.provinces-2026-10-10"))
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "service-2026.zip"
    >>> result.archive(file)
    >>> gi.verify_archive(file)
    <ArchiveCheck of service-2026.zip: vn.service-766@2022, verified>
    """
    file = as_path(path)
    contents, whole = _unzipped(file)
    manifest = _manifest(contents, file.name)
    problems = Problems()
    problems.extend(_file_problems(contents, manifest))
    said, found = _both(contents, manifest, problems)
    if found is not None:
        problems.extend(result_differences(said, found))
    identity = manifest["methodology"]
    return ArchiveCheck(
        file.name,
        whole,
        f"{identity['id']}@{identity['version']}",
        len(said["units"]) if found is not None else 0,
        tuple(problems),
        tuple(_notes(manifest)),
    )


def _unzipped(file: Path) -> tuple[dict[str, bytes], str]:
    """Return the files of an archive, and the hash of the whole."""
    try:
        check_regular(file)
        with file.open("rb") as stream:
            whole = hashlib.file_digest(stream, "sha256").hexdigest()
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > _LARGEST:
                raise DataError(f"'{file.name}' is no archive of a result: it holds over 2 GB")
            return {member.filename: archive.read(member) for member in members}, whole
    except OSError as error:
        raise DataError(f"'{file.name}' cannot be read: {error.strerror}") from error
    except ValueError as error:
        if isinstance(error, GovIndexError):
            raise
        raise DataError(f"{file.name!r} cannot be read: {error}") from error
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise DataError(
            f"'{file.name}' is no archive of a result, or it is damaged: {error}"
        ) from error
    except Exception as error:  # damaged compression
        raise DataError(f"'{file.name}' is damaged: {error}") from error


def _manifest(contents: dict[str, bytes], name: str) -> dict[str, Any]:
    if _MANIFEST not in contents:
        raise DataError(
            f"'{name}' is no archive of a result: it holds no {_MANIFEST}; result.archive(…) "
            "writes one"
        )
    manifest: dict[str, Any] = parsed(contents[_MANIFEST], _MANIFEST)
    schema = manifest.get("schema") if isinstance(manifest, dict) else None
    if schema != _SCHEMA:
        raise DataError(
            f"'{name}' is an archive of the schema {schema!r}, and govindex "
            f"{govindex_version()} reads '{_SCHEMA}'"
        )
    identity, hashes = manifest.get("methodology"), manifest.get("sha256")
    names = ("id", "version", "fingerprint")
    fits = isinstance(identity, dict) and all(isinstance(identity.get(n), str) for n in names)
    if not fits or not isinstance(hashes, dict):
        raise DataError(
            f"'{name}': {_MANIFEST} must name the methodology (id, version, fingerprint) and the "
            "hashes of the files (sha256)"
        )
    missing = [each for each in (_DATA, _RESULT) if each not in contents]
    if missing:
        raise DataError(f"'{name}' is no archive of a result: it holds no {missing[0]}")
    return manifest


def _file_problems(contents: dict[str, bytes], manifest: dict[str, Any]) -> list[Problem]:
    """Return files that were added, removed or changed since the archive was written."""
    hashes, problems = manifest["sha256"], []
    for name, content in contents.items():
        if name == _MANIFEST:
            continue
        if name not in hashes or name not in _MEMBERS:
            cause = f"'{name}' was added after the archive was written"
            problems.append(Problem(cause, code="archive.added", found=name))
        elif _hash(content) != hashes[name]:
            cause = f"'{name}' was changed after the archive was written: its hash is another"
            problems.append(Problem(cause, code="archive.changed", found=name))
    for name in hashes:
        if name not in contents:
            cause = f"'{name}' was removed after the archive was written"
            problems.append(Problem(cause, code="archive.removed", found=name))
    return problems


def _both(
    contents: dict[str, bytes], manifest: dict[str, Any], problems: Problems
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Return the document of the result in the archive, and that of the result computed again."""
    said = parsed(contents[_RESULT], _RESULT)
    if not isinstance(said, dict) or not isinstance(said.get("units"), list):
        problems.add(f"'{_RESULT}' is not the document of a result", code="archive.result")
        return {}, None
    try:
        data = read_document(Observations, parsed(contents[_DATA], _DATA))
        method = _method_of(contents, manifest, problems)
        if method is None:
            return said, None
        result = method.compute(data)
        period = manifest.get("period")
        if data.is_panel and period is not None:
            result = result.at_period(period)
        return said, document_of(result)
    except GovIndexError as error:
        problems.add(f"the result cannot be computed again: {error}", code="archive.computation")
        return said, None


def _method_of(contents: dict[str, bytes], manifest: dict[str, Any], problems: Problems) -> Any:
    """Return the methodology in the archive, or of an installed package; None without one."""
    identity = manifest["methodology"]
    if _METHOD in contents:
        try:
            method: Any = loads(contents[_METHOD].decode("utf-8"), name=_METHOD)
        except UnicodeDecodeError as error:
            raise DataError(f"'{_METHOD}' is not UTF-8: {error.reason}") from error
    else:
        name = f"{identity['id']}@{identity['version']}"
        try:
            method = methodology(name)
        except GovIndexError as error:
            problems.add(
                f"the methodology {name} computes by code, which is not in the archive, and no "
                f"installed package offers it: {error}",
                code="archive.plugin",
                cure="install the package that has it",
            )
            return None
    if method.fingerprint != identity["fingerprint"]:
        problems.add(
            f"the methodology has the fingerprint {method.fingerprint}, not "
            f"{identity['fingerprint']} as the archive says: it is not the one that was used",
            code="archive.methodology",
        )
    return method


def _notes(manifest: dict[str, Any]) -> list[str]:
    """Return in which versions the archive was written, where they are not those in use."""
    said = {"govindex": manifest.get("govindex"), **(manifest.get("versions") or {})}
    now = {"govindex": govindex_version(), **versions()}
    return [
        f"written with {name} {said.get(name)}, verified with {name} {version}"
        for name, version in now.items()
        if said.get(name) != version
    ]
