"""What the columns of a rubric hold, by their titles in Vietnamese and English."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["ROLES", "part_title", "plain_letters", "role_of", "source_of"]

ROLES = ("number", "name", "maximum", "guidance", "notes", "source")

# Each with the titles that mean it, without accents, in the order in which they are tried.
_TITLES = {
    "maximum": (
        r"((so )?(diem|muc diem|thang diem|khung diem) (toi da|chuan|quy dinh)|(thang|khung) diem"
        r"|toi da|barem( diem)?|trong so|so diem toi da"
        r"|max(imum|\.)?( (score|points?|marks?))?|(points?|score|marks?) (available|possible)"
        r"|weights?)(\W.*)?|.*\b(toi da|maximum)"
    ),
    "score": (
        r"(diem|ket qua|so diem) (tu (cham|danh gia)|tham (dinh|tra)|dat( duoc)?|cham"
        r"|phuc tra|danh gia|hoi dong|de nghi).*"
        r"|tu (cham|danh gia)|tham dinh|ket qua.*|score(d| awarded)?"
        r"|self.?(assess|scor).*|verified.*|points? (awarded|obtained)|giai trinh|diff.*"
    ),
    "number": (
        r"stt|tt|s\.t\.t|so tt|so thu tu|thu tu|muc|ma( so)?( tieu chi| chi so)?|ky hieu"
        r"|no\.?|nr\.?|#|number|code|item( no\.?)?"
    ),
    "guidance": (
        r"(huong dan|cach (thuc )?(cham|tinh|danh gia)|phuong phap|tieu chuan cham|cong thuc"
        r"|thang diem danh gia|cac muc diem|tai lieu kiem chung|minh chung|can cu|guid(ance|eline)"
        r"|how |scoring|scor(e|ing) (guid|rul)|method|evidence|means of verification|formula"
        r"|rules?).*"
    ),
    "notes": r"(ghi chu|chu thich|luu y|notes?|remarks?|comments?)\b.*",
    "source": (
        r"(nguon( so lieu| du lieu| thong tin)?|data source|source)\b.*"
        r"|(hinh thuc|phuong thuc) danh gia|assessed by"
    ),
    "name": (
        r"(ten )?(linh vuc|tieu chi|chi so|noi dung|chi tieu|hang muc|nhiem vu|tieu muc|ten goi)"
        r"\b.*|ten|danh muc.*|criteri(on|a)\b.*|indicators?\b.*|dimensions?\b.*|pillars?\b.*"
        r"|names?|contents?|sub-?criteri.*|(field|area)s?\b.*|description"
    ),
    "points": r"(so )?diem( so)?|points?|scores?|marks?",
}
_PATTERNS = {role: re.compile(rf"(?:{titles})") for role, titles in _TITLES.items()}
_LONGEST = 80
_SHARED = re.compile(r"(?i)^(số )?điểm (tối đa|chuẩn)\W*|^max(imum)?( (points?|score))?\W*")
_SOURCES = {
    "survey": re.compile(
        r".*\b(dieu tra|khao sat|xhh|xa hoi hoc|lay y kien|hai long|sipas|survey|opinion).*"
    ),
    "appraised": re.compile(
        r".*\b(tham dinh|tu (cham|danh gia)|ho so|bao cao|apprais|assess|verif|document|self).*"
    ),
    "statistic": re.compile(r".*\b(thong ke|he thong|statistic|register|administrative).*"),
    "": re.compile(r"(tong( so| cong| diem)?|cong|chung|total|all|sum)"),
}


def plain_letters(text: str) -> str:
    """Return a text in lower case without accents, đ being d, on one line.

    Examples
    --------
    >>> plain_letters("Điểm tối đa")
    'diem toi da'
    """
    folded = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    letters = "".join(sign for sign in folded if not unicodedata.combining(sign))
    return " ".join(letters.split()).strip(" :*()")


def role_of(title: str) -> str:
    """Return what a column of this title holds, "" if the title says nothing known.

    Examples
    --------
    >>> role_of("STT"), role_of("Tiêu chí thành phần"), role_of("Điểm tối đa"), role_of("Sở Y tế")
    ('number', 'name', 'maximum', '')
    """
    plain = plain_letters(title)
    if not plain or len(plain) > _LONGEST:
        return ""
    return next((role for role, known in _PATTERNS.items() if known.fullmatch(plain)), "")


def part_title(title: str) -> str:
    """Return the title of a part of the maximum without the words that all parts share.

    Examples
    --------
    >>> part_title("Điểm tối đa (Điều tra XHH)"), part_title("Thẩm định")
    ('Điều tra XHH', 'Thẩm định')
    """
    return _SHARED.sub("", title).strip(" -–:()") or title


def source_of(title: str) -> str | None:
    """Return the data source that a part of the maximum stands for.

    Returns
    -------
    str or None
        "appraised", "survey" or "statistic"; "" for a total; None if the title names another.
    """
    plain = plain_letters(title)
    return next((source for source, known in _SOURCES.items() if known.fullmatch(plain)), None)
