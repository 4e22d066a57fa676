"""The letterhead of an official document: what stands before and after its text.

References
----------
Decree 30/2020/NĐ-CP of 5 March 2020 on clerical work, Appendix I.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import attrs

from govindex.checks import boolean, text, tuple_of
from govindex.errors import SettingError
from govindex.language import words
from govindex.report.texts import on_one_line

__all__ = ["Letterhead", "LetterheadTexts", "letterhead_texts"]


def _recipients(value: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(on_one_line, tuple_of(value, "recipients", "several texts")))


def _check_date(_: object, __: object, value: Any) -> None:
    if value is not None and (not isinstance(value, date) or isinstance(value, datetime)):
        raise SettingError(f"the date of a letterhead is a datetime.date, not {value!r}")


@attrs.frozen(kw_only=True)
class Letterhead:
    """Who reports to whom. What is not given is left open, as "[…]".

    Parameters
    ----------
    superior : str
        The body above the issuing one: "UBND TỈNH LÀO CAI".
    issuer : str
        The issuing body: "SỞ NỘI VỤ".
    number : str
        "125/BC-SNV".
    place : str
    date : datetime.date, optional
    basis : str
        What the report answers to: "Kế hoạch số 15/KH-UBND".
    authority : str
        On whose behalf it is signed: "TM. ỦY BAN NHÂN DÂN"; no line without one.
    position, signatory : str
        Of who signs it: "GIÁM ĐỐC", "Nguyễn Văn A".
    recipients : iterable of str

    Examples
    --------
    >>> Letterhead(issuer="SỞ NỘI VỤ", place="Lào Cai").issuer
    'SỞ NỘI VỤ'
    """

    superior: str = attrs.field(default="", validator=text)
    issuer: str = attrs.field(default="", validator=text)
    number: str = attrs.field(default="", validator=text)
    place: str = attrs.field(default="", validator=text)
    date: date | None = attrs.field(default=None, validator=_check_date)
    basis: str = attrs.field(default="", validator=text)
    authority: str = attrs.field(default="", validator=text)
    position: str = attrs.field(default="", validator=text)
    signatory: str = attrs.field(default="", validator=text)
    recipients: tuple[str, ...] = attrs.field(default=(), converter=_recipients)


@attrs.frozen(kw_only=True)
class LetterheadTexts:
    """A letterhead as printed; a blank text is not printed.

    Parameters
    ----------
    given : bool
        Whether there is more than placeholders.
    superior, issuer, nation, motto, number, place_and_date, opening, closing : str
    authority, position, signatory, recipients_word : str
    recipients : tuple of str
    """

    given: bool = attrs.field(validator=boolean)
    superior: str = attrs.field(converter=on_one_line)
    issuer: str = attrs.field(converter=on_one_line)
    nation: str = attrs.field(converter=on_one_line)
    motto: str = attrs.field(converter=on_one_line)
    number: str = attrs.field(converter=on_one_line)
    place_and_date: str = attrs.field(converter=on_one_line)
    opening: str = attrs.field(converter=on_one_line)
    closing: str = attrs.field(converter=on_one_line)
    authority: str = attrs.field(converter=on_one_line)
    position: str = attrs.field(converter=on_one_line)
    signatory: str = attrs.field(converter=on_one_line)
    recipients_word: str = attrs.field(converter=on_one_line)
    recipients: tuple[str, ...] = attrs.field(converter=_recipients)


def letterhead_texts(letterhead: Letterhead | None, language: str) -> LetterheadTexts:
    """Return a letterhead in a language, with placeholders for what is not known."""
    known = Letterhead() if letterhead is None else letterhead
    issuer = known.issuer or words("report.no_issuer", language)
    basis = known.basis or words("report.no_basis", language)
    recipients = known.recipients or (words("report.no_recipient", language),)
    texts = {
        "superior": known.superior or words("report.no_superior", language),
        "issuer": issuer,
        "nation": words("report.nation", language),
        "motto": words("report.motto", language),
        "number": words(
            "report.number", language, number=known.number or words("report.no_number", language)
        ),
        "place_and_date": _place_and_date(known, language),
        "opening": words("report.opening", language, basis=basis, issuer=issuer),
        "closing": words("report.closing", language),
        "authority": known.authority,
        "position": known.position or words("report.no_position", language),
        "signatory": known.signatory or words("report.no_signatory", language),
        "recipients_word": words("report.recipients", language),
    }
    return LetterheadTexts(
        given=known != Letterhead(),
        recipients=recipients,
        **{name: value.strip() for name, value in texts.items()},
    )


def _place_and_date(known: Letterhead, language: str) -> str:
    place = known.place or words("report.no_place", language)
    if known.date is None:
        return words("report.place_without_date", language, place=place)
    return words(
        "report.place_and_date",
        language,
        place=place,
        day=f"{known.date.day:02}",
        month=words(f"report.month.{known.date.month}", language),
        year=known.date.year,
    )
