"""Deprivations and who is poor: cut-offs, weights and the poverty cut-off; as documents too."""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike
from typing import Any

import attrs
import numpy as np

from govindex.checks import instance_of, is_number, names_of, shown, text, tuple_of
from govindex.contracts import Bool, Float
from govindex.errors import FrameworkError, Problems, SettingError
from govindex.files.documents import check_format, document_text, parsed_toml
from govindex.kernels.keys import key_of
from govindex.model.labels import Names, as_names, read_names
from govindex.names import as_code
from govindex.parts import Reader, made, records, settings, texts
from govindex.sources import Source

__all__ = ["Deprivation", "PovertyMeasure", "load_poverty_measure"]

_FORMAT = 1


def _limit(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:
    if value is not None and not (is_number(value) and np.isfinite(value)):
        raise SettingError(f"Deprivation({attribute.name}=…) is a number, not {shown(value)}")


def _weight(_: object, __: object, value: Any) -> None:
    if not is_number(value) or not 0 < value < np.inf:
        raise SettingError(f"the weight of a deprivation is above 0, not {shown(value)}")


def _answers(answers: str | Iterable[str]) -> tuple[str, ...]:
    return tuple(map(as_code, names_of(answers, "Deprivation(answers=…)")))


@attrs.frozen
class Deprivation:
    """An indicator and its deprivation cut-off: exactly one of `below`, `above` and `answers`.

    Parameters
    ----------
    code : str
        The column of the data.
    below, above : float, optional
        Who has less, or more, than this is deprived; who has just this is not.
    answers : sequence of str
        Who gave one of these answers is deprived; a number is written as in "0".
    weight : float
        Relative to the others.
    dimension : str
        The dimension that it belongs to.
    name : str or mapping of language to str

    Raises
    ------
    SettingError
        Without a cut-off, with several, or if a weight is not above 0.

    Examples
    --------
    >>> Deprivation("schooling", below=6, weight=3).below
    6
    """

    code: str = attrs.field(converter=as_code, validator=text)
    below: float | None = attrs.field(default=None, validator=_limit, kw_only=True)
    above: float | None = attrs.field(default=None, validator=_limit, kw_only=True)
    answers: tuple[str, ...] = attrs.field(default=(), converter=_answers, kw_only=True)
    weight: float = attrs.field(default=1.0, validator=_weight, kw_only=True)
    dimension: str = attrs.field(default="", converter=as_code, validator=text, kw_only=True)
    name: Names = attrs.field(default=None, converter=as_names, kw_only=True)

    def __attrs_post_init__(self) -> None:
        stated = [self.below is not None, self.above is not None, bool(self.answers)]
        if not self.code:
            raise SettingError("a deprivation has a code: the column of the data")
        if sum(stated) != 1:
            raise SettingError(
                f"'{self.code}' needs exactly one cut-off: below=…, above=… or answers=[…]; "
                f"{sum(stated)} are given"
            )


def _deprivations(value: Iterable[Deprivation]) -> tuple[Deprivation, ...]:
    several = tuple_of(value, "PovertyMeasure(deprivations=…)", "several Deprivation(…)")
    return tuple(instance_of(each, Deprivation, "a deprivation") for each in several)


def _sources(value: Iterable[Source]) -> tuple[Source, ...]:
    several = tuple_of(value, "PovertyMeasure(sources=…)", "several Source(…)")
    return tuple(instance_of(each, Source, "a source") for each in several)


def _cutoff(_: object, __: object, value: Any) -> None:
    if not is_number(value) or not 0 < value <= 1:
        raise SettingError(
            "the poverty cut-off is a share of the weights above 0 and at most 1, such as 1/3, not "
            f"{shown(value)}"
        )


@attrs.frozen
class PovertyMeasure:
    """The dual cut-off of Alkire and Foster: who is deprived in what, and who is poor.

    With weights wⱼ that add up to 1, the deprivation score of a person is c = Σ wⱼ over the
    indicators in which the person is deprived. A person is poor if c ≥ `cutoff`.

    Parameters
    ----------
    deprivations : sequence of Deprivation
    cutoff : float
        The poverty cut-off k: just above 0 is the union of all deprivations, 1 their intersection.
    title : str or mapping of language to str
    confidence, notes : str
        How sure its content is, and what else is to be known.
    sources : sequence of Source

    Raises
    ------
    SettingError
        Without deprivations, with a code that is there twice, or with an impossible cut-off.

    References
    ----------
    S. Alkire and J. Foster (2011), Counting and multidimensional poverty measurement, Journal of
    Public Economics 95, 476–487.

    Examples
    --------
    >>> measure = PovertyMeasure(
    ...     [Deprivation("income", below=500), Deprivation("toilet", answers=["no"])], 1 / 2
    ... )
    >>> measure.shares
    {'income': 0.5, 'toilet': 0.5}
    """

    deprivations: tuple[Deprivation, ...] = attrs.field(converter=_deprivations)
    cutoff: float = attrs.field(validator=_cutoff)
    title: Names = attrs.field(default=None, converter=as_names, kw_only=True)
    confidence: str = attrs.field(default="", validator=text, kw_only=True)
    notes: str = attrs.field(default="", validator=text, kw_only=True)
    sources: tuple[Source, ...] = attrs.field(default=(), converter=_sources, kw_only=True)

    def __attrs_post_init__(self) -> None:
        codes = [each.code for each in self.deprivations]
        if not codes:
            raise SettingError("a poverty measure has at least one Deprivation(…)")
        for code in dict.fromkeys(codes):
            if codes.count(code) > 1:
                raise SettingError(f"the deprivation '{code}' is there {codes.count(code)} times")

    @property
    def shares(self) -> dict[str, float]:
        """The weights, which add up to 1, by code."""
        total = sum(each.weight for each in self.deprivations)
        return {each.code: each.weight / total for each in self.deprivations}

    def scores(self, deprived: Bool) -> Float:
        """Return the deprivation score of each person; `deprived` is persons × indicators."""
        weights = np.array([each.weight for each in self.deprivations])
        return np.asarray(np.asarray(deprived, dtype=np.float64) @ weights / weights.sum())

    def poor(self, scores: Float) -> Bool:
        """Return who is poor; scores that equal the cut-off on paper reach it."""
        limit = key_of(np.array([float(self.cutoff)]), 1.0)
        return np.asarray(key_of(np.asarray(scores, dtype=np.float64), 1.0) >= limit)


def load_poverty_measure(path: str | PathLike[str]) -> PovertyMeasure:
    """Read a poverty measure from a TOML file.

    Parameters
    ----------
    path : path
        A file in UTF-8 with ``format = 1``, ``cutoff``, and lists ``[[deprivations]]`` and
        ``[[sources]]`` of what the classes take.

    Raises
    ------
    FrameworkError
        With every problem of the file and its path in it; or if the file cannot be read.
    """
    return _parsed(*document_text(path))


def _parsed(content: str, name: str) -> PovertyMeasure:
    document = parsed_toml(content, name)
    problems = Problems()
    check_format(document, _FORMAT, problems)
    readers: dict[str, Reader | None] = {
        "deprivations": _read_deprivations,
        "sources": records(Source),
        "title": read_names,
    }
    read = settings(PovertyMeasure, document, "", problems, readers)
    problems.raise_any(FrameworkError, f"'{name}' is not a poverty measure")
    found = made(PovertyMeasure, read, "", problems)
    problems.raise_any(FrameworkError, f"'{name}' is not a poverty measure")
    assert isinstance(found, PovertyMeasure)
    return found


def _read_deprivations(value: Any, path: str, problems: Problems) -> list[Any]:
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        problems.add(f"expected a list of tables, not {shown(value)}", path=path)
        return []
    readers: dict[str, Reader] = {"name": read_names, "answers": texts}
    found = []
    for number, table in enumerate(value):
        where, before = f"{path}[{number}]", len(problems)
        read = settings(Deprivation, table, where, problems, readers)
        if len(problems) == before:
            found.append(made(Deprivation, read, where, problems))
    return [each for each in found if each is not None]
