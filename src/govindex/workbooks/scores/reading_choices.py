"""How the caller says sheets with scores are to be read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import Any, Literal

import attrs

from govindex.checks import among, mapping_of, names_of
from govindex.contracts import CellStatus
from govindex.errors import SettingError, near_miss
from govindex.files.headers import header_rows
from govindex.mappings import FrozenMap
from govindex.names import as_code
from govindex.notation import Notation, as_notation
from govindex.workbooks.scores.wordings import holds, look

__all__ = [
    "Hidden",
    "ReadingChoices",
    "check_roles",
    "declared_columns",
    "declared_stages",
    "score_notation",
    "text_mapping",
]

_ROLES = ("number", "name", "maximum", "points", "unit", "league", "notes", "ignore")
Hidden = Literal["refuse", "read", "skip"]


@attrs.frozen(kw_only=True, slots=False)
class ReadingChoices:
    """What was declared about the sheets.

    Parameters
    ----------
    stages : mapping of str to tuple of str
        The stages, the earliest first, each with the texts that name it in sheets.
    columns : mapping of str to str
        Roles, stages or codes by the letters or the title of a column.
    header : tuple of int
        The rows of the header; () to find them.
    league : str
        The title of the column of leagues, "" without one.
    hidden : {"refuse", "read", "skip"}
    notation : Notation
    aliases : mapping of str to str
        Texts of sheets, each with the unit or the code of the criterion it means.
    """

    stages: FrozenMap[str, tuple[str, ...]] = attrs.field(factory=FrozenMap)
    columns: FrozenMap[str, str] = attrs.field(factory=FrozenMap)
    header: tuple[int, ...] = attrs.field(default=(), converter=header_rows)
    league: str = ""
    hidden: Hidden = "refuse"
    notation: Notation = attrs.field(factory=Notation)
    aliases: FrozenMap[str, str] = attrs.field(factory=FrozenMap)

    def __attrs_post_init__(self) -> None:
        if not among(self.hidden, ("refuse", "read", "skip")):
            raise SettingError(f"hidden is 'refuse', 'read' or 'skip', not {self.hidden!r}")

    @property
    def any_style(self) -> bool:
        """Whether numbers are read in any style, as long as they have one meaning."""
        return self.notation.numbers is None

    @cached_property
    def _roles(self) -> dict[str, str]:
        return {look(title): role for title, role in self.columns.items()}

    def role(self, letters: str, texts: Iterable[str]) -> str:
        """Return the declared role of a column, "" without one."""
        for text in (*texts, letters):
            if (role := self._roles.get(look(text))) is not None:
                return role
        return ""

    @cached_property
    def _texts_of_stages(self) -> list[tuple[str, str]]:
        return [(text, stage) for stage, texts in self.stages.items() for text in texts]

    def stage_in(self, text: str) -> tuple[str, ...]:
        """Return the stage that a text names, () if it names none, several if that is in doubt.

        Of names within each other the longer counts: "Thẩm định lần 2" is not "Thẩm định".
        """
        found = [pair for pair in self._texts_of_stages if holds(text, (pair[0],))]
        longest = [
            stage
            for words, stage in found
            if not any(other != words and holds(other, (words,)) for other, _ in found)
        ]
        return tuple(dict.fromkeys(longest))

    @cached_property
    def absent_words(self) -> dict[str, CellStatus]:
        """The words that mean absent, by their look."""
        every = self.notation.absences
        return {look(word): status for status, words, _ in every for word in words}

    @cached_property
    def absent_numbers(self) -> dict[float, CellStatus]:
        """The numbers that mean absent."""
        every = self.notation.absences
        return {number: status for status, _, numbers in every for number in numbers}

    def meant(self, text: str) -> str:
        """Return the unit that a text was declared to mean, the text itself without one."""
        return self._aliases.get(look(text), text)

    @cached_property
    def _aliases(self) -> dict[str, str]:
        return {look(text): meant for text, meant in self.aliases.items()}


def declared_stages(stages: Any) -> FrozenMap[str, tuple[str, ...]]:
    """Return the stages with the texts that name them.

    Raises
    ------
    SettingError
        If a stage is blank or declared twice.
    """
    if isinstance(stages, Mapping):
        pairs = [
            (as_code(s), names_of(texts, f"stages['{s}']") or (s,)) for s, texts in stages.items()
        ]
    else:
        pairs = [(as_code(stage), (stage,)) for stage in names_of(stages, "stages")]
    names = [name for name, _ in pairs]
    wrong = [name for name in names if not isinstance(name, str) or not name]
    if wrong or len(set(names)) < len(names):
        raise SettingError(
            f"stages= takes names of stages, each once, the earliest first; not {names!r}"
        )
    return FrozenMap({name: tuple(map(str, (*texts,))) for name, texts in pairs})


def score_notation(notation: Notation | None, not_applicable: Any, missing: Any) -> Notation:
    """Return the notation with further codes.

    Raises
    ------
    SettingError
        If a code has two meanings.
    """
    known = as_notation(notation)
    read = Notation(missing=missing, not_applicable=not_applicable)
    absent = known.missing | read.missing
    not_applicable = (known.not_applicable - read.missing) | read.not_applicable
    return attrs.evolve(known, missing=absent, not_applicable=not_applicable)


def declared_columns(columns: Any) -> FrozenMap[str, str]:
    """Return the role, stage or code of columns, by their letters or titles.

    Parameters
    ----------
    columns : mapping of str to str or sequence of str, or None
        The letters or titles by role, stage or code.

    Raises
    ------
    SettingError
        If a column has two roles.
    """
    found: dict[str, str] = {}
    for role, where in mapping_of({} if columns is None else columns, "columns").items():
        for title in names_of(where, f"columns['{role}']"):
            if not isinstance(role, str) or found.setdefault(title.strip(), role) != role:
                raise SettingError(
                    "columns= names a role, a stage or a code, each with the letters or titles of "
                    f"its columns, each column once; not {columns!r}"
                )
    return FrozenMap(found)


def check_roles(choices: ReadingChoices, codes: Collection[str]) -> None:
    """Refuse roles of columns that are no roles, stages or codes of criteria.

    Raises
    ------
    SettingError
        Naming the near miss.
    """
    for role in choices.columns.values():
        if role not in _ROLES and role not in choices.stages and role not in codes:
            known = (*_ROLES, *choices.stages)
            raise SettingError(
                f"columns= (in the shell: --column) names a role, a stage or the code of a "
                f"criterion, not '{role}': {near_miss(role, known)}"
            )


def text_mapping(value: Any, argument: str) -> FrozenMap[str, str]:
    """Return a mapping of texts to texts, refusing anything else."""
    read = mapping_of({} if value is None else value, argument)
    if not all(isinstance(k, str) and isinstance(v, str) for k, v in read.items()):
        raise SettingError(f"{argument}= is a mapping of texts to texts, not {value!r}")
    return FrozenMap({key.strip(): as_code(item) for key, item in read.items()})
