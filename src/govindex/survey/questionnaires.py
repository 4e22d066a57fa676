"""Questions, the factors that they ask about, and their scales; as TOML documents too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import attrs

from govindex.checks import among, instance_of, mapping_of, names_of, text, tuple_of
from govindex.errors import FrameworkError, Problems, SettingError, UnknownNameError, near_miss
from govindex.files.documents import check_format, document_text, parsed_toml
from govindex.mappings import FrozenMap
from govindex.model.labels import Names, as_names, read_names
from govindex.names import as_code
from govindex.parts import Reader, made, records, settings, texts
from govindex.sources import Source
from govindex.survey.scales import AnswerScale

__all__ = ["Factor", "Question", "Questionnaire", "content_pairs", "load_questionnaire", "sipas"]

_FORMAT = 1


@attrs.frozen
class Factor:
    """What several questions ask about, such as "access to services".

    Parameters
    ----------
    code : str
    name : str or mapping of language to str
    confidence : str
        How sure it is that the survey has this factor.
    """

    code: str = attrs.field(converter=as_code, validator=text)
    name: Names = attrs.field(default=None, converter=as_names)
    confidence: str = attrs.field(default="", validator=text, kw_only=True)


@attrs.frozen
class Question:
    """One question, which is one column of the answers.

    Parameters
    ----------
    code : str
        The column of the answers.
    factor : str
        The factor that it asks about; "" for a question outside all factors.
    content : str
        What it asks for, such as "satisfaction", "perception" or "expectation". Questions of one
        factor and one content are taken together.
    scale : str
        The name of its scale in the questionnaire.
    name : str or mapping of language to str
        The wording.
    confidence : str
        How sure it is that the survey asks this.
    """

    code: str = attrs.field(converter=as_code, validator=text)
    factor: str = attrs.field(default="", converter=as_code, validator=text)
    content: str = attrs.field(default="satisfaction", converter=as_code, validator=text)
    scale: str = attrs.field(default="", converter=as_code, validator=text, kw_only=True)
    name: Names = attrs.field(default=None, converter=as_names, kw_only=True)
    confidence: str = attrs.field(default="", validator=text, kw_only=True)


def _scales(value: AnswerScale | Mapping[str, AnswerScale]) -> FrozenMap[str, AnswerScale]:
    if isinstance(value, AnswerScale):
        return FrozenMap({"": value})
    kind = "an AnswerScale or several by name"
    scales = mapping_of(value, "Questionnaire(scales=…)", kind, of=AnswerScale)
    return FrozenMap({as_code(name): scale for name, scale in scales.items()})


def _factors(value: Iterable[Factor]) -> tuple[Factor, ...]:
    several = tuple_of(value, "Questionnaire(factors=…)", "several Factor(…)")
    return tuple(instance_of(each, Factor, "a factor") for each in several)


def _questions(value: Iterable[Question]) -> tuple[Question, ...]:
    several = tuple_of(value, "Questionnaire(questions=…)", "several Question(…)")
    return tuple(instance_of(each, Question, "a question") for each in several)


def _sources(value: Iterable[Source]) -> tuple[Source, ...]:
    several = tuple_of(value, "Questionnaire(sources=…)", "several Source(…)")
    return tuple(instance_of(each, Source, "a source") for each in several)


@attrs.frozen
class Questionnaire:
    """What a survey asks: questions in factors, and their answers.

    Parameters
    ----------
    questions : sequence of Question
    scales : AnswerScale or mapping of str to AnswerScale
        One for all questions, or several by name.
    factors : sequence of Factor
        By default those that questions name, in their order.
    title : str or mapping of language to str
    confidence : str
        How sure its content is.
    notes : str
    sources : sequence of Source

    Raises
    ------
    SettingError
        With every problem: no questions, a code twice, unknown factors and scales.

    Examples
    --------
    >>> asked = Questionnaire(
    ...     [Question("q1", "access"), Question("q2", "access"), Question("q3", "staff")],
    ...     AnswerScale.likert(5),
    ... )
    >>> asked.items
    {'access': ('q1', 'q2'), 'staff': ('q3',)}
    """

    questions: tuple[Question, ...] = attrs.field(converter=_questions)
    scales: FrozenMap[str, AnswerScale] = attrs.field(converter=_scales)
    factors: tuple[Factor, ...] = attrs.field(default=(), converter=_factors, kw_only=True)
    title: Names = attrs.field(default=None, converter=as_names, kw_only=True)
    confidence: str = attrs.field(default="", validator=text, kw_only=True)
    notes: str = attrs.field(default="", validator=text, kw_only=True)
    sources: tuple[Source, ...] = attrs.field(default=(), converter=_sources, kw_only=True)

    def __attrs_post_init__(self) -> None:
        named = dict.fromkeys(question.factor for question in self.questions if question.factor)
        declared = bool(self.factors)
        if not declared:
            object.__setattr__(self, "factors", tuple(map(Factor, named)))
        problems = Problems()
        if not self.questions:
            problems.add("there are no questions")
        for what, codes in (
            ("question", [question.code for question in self.questions]),
            ("factor", [factor.code for factor in self.factors]),
        ):
            for code in dict.fromkeys(codes):
                if not code:
                    problems.add(f"the code of a {what} is a text that is not blank")
                elif codes.count(code) > 1:
                    problems.add(f"{what} '{code}' appears more than once: codes must be unique")
        self._check_references(problems)
        problems.raise_any(SettingError, "Questionnaire(…) is not well formed")

    def _check_references(self, problems: Problems) -> None:
        factors = [factor.code for factor in self.factors]
        for question in self.questions:
            if question.factor and question.factor not in factors:
                known = near_miss(question.factor, factors)
                problems.add(
                    f"question '{question.code}': there is no factor '{question.factor}': {known}"
                )
            if question.scale not in self.scales and len(self.scales) != 1:
                known = near_miss(question.scale, self.scales)
                problems.add(
                    f"question '{question.code}': there is no scale '{question.scale}': {known}"
                )
        codes = {question.code: question for question in self.questions}
        for item, parts in self.items.items():
            if item in codes and parts != (item,):
                problems.add(
                    f"'{item}' is a question and a factor of others: give one of them another code"
                )

    def scale_of(self, question: Question) -> AnswerScale:
        """Return the scale of a question: the one that it names, or the only one."""
        named = self.scales.get(instance_of(question, Question, "question").scale)
        return named if named is not None else next(iter(self.scales.values()))

    @property
    def items(self) -> dict[str, tuple[str, ...]]:
        """The questions that are taken together, by factor and content.

        A factor whose questions have one content is an item by its code, "S1"; one of several
        contents is an item for each, "S1.satisfaction".
        """
        groups: dict[tuple[str, str], list[str]] = {}
        order = {factor.code: number for number, factor in enumerate(self.factors)}
        for question in sorted(self.questions, key=lambda each: order.get(each.factor, -1)):
            if question.factor:
                groups.setdefault((question.factor, question.content), []).append(question.code)
        contents = [factor for factor, _ in groups]
        return {
            (factor if contents.count(factor) == 1 else f"{factor}.{content}"): tuple(codes)
            for (factor, content), codes in groups.items()
        }

    def with_questions(self, columns: Mapping[str, Iterable[str]]) -> Questionnaire:
        """Return the questionnaire with the questions that a survey really asked.

        Parameters
        ----------
        columns : mapping of str to several str
            By item (see :attr:`items`), the columns of the answers; other items are left out.

        Raises
        ------
        UnknownNameError
            If there is no such item.

        Examples
        --------
        >>> sipas("2023").with_questions({"S1.satisfaction": ["c1", "c2"]}).items
        {'S1': ('c1', 'c2')}
        """
        questions = []
        by_code = {question.code: question for question in self.questions}
        for item, codes in mapping_of(columns, "columns").items():
            if item not in self.items:
                known = near_miss(item, self.items)
                raise UnknownNameError(f"there is no item '{item}' in the questionnaire: {known}")
            asked = by_code[self.items[item][0]]
            questions += [
                attrs.evolve(asked, code=code) for code in names_of(codes, f"columns of '{item}'")
            ]
        factors = {question.factor for question in questions}
        kept = tuple(factor for factor in self.factors if factor.code in factors)
        return attrs.evolve(self, questions=tuple(questions), factors=kept)


def content_pairs(
    questionnaire: Questionnaire, first: str, second: str
) -> dict[str, tuple[str, str]]:
    """Return the items of two contents, by factors that have both."""
    by_question = {question.code: question for question in questionnaire.questions}
    found: dict[str, dict[str, str]] = {}
    for item, codes in questionnaire.items.items():
        asked = by_question[codes[0]]
        found.setdefault(asked.factor, {})[asked.content] = item
    return {
        factor: (items[first], items[second])
        for factor, items in found.items()
        if first in items and second in items
    }


def load_questionnaire(path: str | PathLike[str]) -> Questionnaire:
    """Read a questionnaire from a TOML file.

    Parameters
    ----------
    path : path
        A file in UTF-8 with ``format = 1``, tables ``[scales.NAME]`` and lists ``[[factors]]``,
        ``[[questions]]`` and ``[[sources]]`` of what the classes take.

    Raises
    ------
    FrameworkError
        With every problem of the file and its path in it; or if the file cannot be read.
    """
    return _parsed(*document_text(path))


def sipas(edition: str = "2023") -> Questionnaire:
    """Return the questionnaire of SIPAS, Viet Nam's index of satisfaction with administration.

    Blocks, groups, factors and contents are verified; the wording of questions and their scale of
    five options are not known and are marked so. :meth:`Questionnaire.with_questions` puts
    the questions in that a survey asked.

    Parameters
    ----------
    edition : {"2023"}
        The year of the decision that it follows: 1001/QĐ-BNV of 2023.

    Examples
    --------
    >>> len(sipas().factors), sipas().factors[0].code
    (14, 'P1')
    """
    editions = ("2023",)
    if not among(edition, editions):
        raise UnknownNameError(f"there is no edition {edition!r}: {near_miss(edition, editions)}")
    file = Path(__file__).with_name(f"vn.sipas@{edition}.toml")
    return _parsed(file.read_text(encoding="utf-8"), file.name)


def _parsed(content: str, name: str) -> Questionnaire:
    document = parsed_toml(content, name)
    problems = Problems()
    check_format(document, _FORMAT, problems)
    readers: dict[str, Reader | None] = {
        "scales": _read_scales,
        "factors": _named(Factor),
        "questions": _named(Question),
        "sources": records(Source),
        "title": read_names,
    }
    read = settings(Questionnaire, document, "", problems, readers)
    problems.raise_any(FrameworkError, f"'{name}' is not a questionnaire")
    found = made(Questionnaire, read, "", problems)
    problems.raise_any(FrameworkError, f"'{name}' is not a questionnaire")
    assert isinstance(found, Questionnaire)
    return found


def _read_scales(value: Any, path: str, problems: Problems) -> Any:
    if not isinstance(value, Mapping) or not all(isinstance(t, Mapping) for t in value.values()):
        problems.add(f"expected a table of scales by name, not {value!r}", path=path)
        return {}
    readers = dict.fromkeys(("options", "positive", "unknown", "not_asked", "blank"), texts)
    scales = {}
    for name, table in value.items():
        where, before = f"{path}.{name}", len(problems)
        read = settings(AnswerScale, table, where, problems, readers)
        if len(problems) == before:
            scales[name] = made(AnswerScale, read, where, problems)
    return scales


def _named(cls: type) -> Reader:
    """Return a reader of a list of tables that have names in several languages."""

    def read(value: Any, path: str, problems: Problems) -> Any:
        if not isinstance(value, list) or not all(isinstance(t, Mapping) for t in value):
            problems.add(f"expected a list of tables, not {value!r}", path=path)
            return ()
        found = []
        for number, table in enumerate(value):
            where, before = f"{path}[{number}]", len(problems)
            fields = settings(cls, table, where, problems, {"name": read_names})
            if len(problems) == before:
                found.append(made(cls, fields, where, problems))
        return tuple(each for each in found if each is not None)

    return read
