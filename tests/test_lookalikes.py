"""Names that look the same: the character that differs is named."""

from __future__ import annotations

import unicodedata

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import govindex as gi
from govindex.errors import near_miss
from govindex.lookalikes import looks, where_they_differ

DIFFERENCES = [
    ("Lào\u00a0Cai", "Lào Cai", "character 4 is U+00A0 NO-BREAK SPACE, not U+0020 SPACE"),
    ("Hoà Bình", "Hòa Bình", "character 2 is 'o' U+006F .*, not 'ò' U+00F2"),
    ("Hà Nội", "H\u0430\u0300 Nội", "is 'à' U+00E0 .*, not 'а' U+0430 CYRILLIC SMALL LETTER A"),
    ("Сao Bằng", "Cao Bằng", "character 1 is 'С' U+0421 CYRILLIC CAPITAL LETTER ES, not 'C'"),
    ("Ðà Nẵng", "Đà Nẵng", "character 1 is 'Ð' U+00D0 LATIN CAPITAL LETTER ETH, not 'Đ' U+0110"),
    ("Huế ", "Huế", "it ends with U+0020 SPACE"),
    ("Huế", "Huế\u200b", "it should end with U\\+200B ZERO WIDTH SPACE"),
    ("Bà Rịa \u2013 Vũng Tàu", "Bà Rịa - Vũng Tàu", "is U+2013 EN DASH, not U+002D HYPHEN-MINUS"),
    ("Lào  Cai", "Lào Cai", "character 5 is U+0020 SPACE, not 'C'"),
    ("Đắk Lắk", unicodedata.normalize("NFD", "Đắk Lắk"), "another Unicode form"),
]


@pytest.mark.parametrize(("name", "known", "said"), DIFFERENCES)
def test_the_character_that_differs_is_named(name: str, known: str, said: str) -> None:
    message = near_miss(name, ["An Giang", known])
    assert message.startswith(f"did you mean '{known}'? (")
    pattern = said.replace("+", r"\+") if r"\+" not in said else said
    with pytest.raises(gi.UnknownNameError, match=pattern):
        raise gi.UnknownNameError(message)


def test_other_names_do_not_look_alike() -> None:
    names = ["Hòa", "Hóa", "Hoa", "Hoá B", "Cao", "Gao", "Hà Nam", "Hà Nội"]
    assert len({looks(name) for name in names}) == len(names)


@given(name=st.text(alphabet="aàảãáạăâbcdđeêghioôơuưy -'", min_size=1, max_size=12))
def test_looks_do_not_depend_on_the_unicode_form(name: str) -> None:
    forms = {looks(unicodedata.normalize(form, name)) for form in ("NFC", "NFD", "NFKD")}
    assert len(forms) == 1


@given(name=st.text(min_size=1, max_size=8), other=st.text(min_size=1, max_size=8))
def test_every_difference_is_described(name: str, other: str) -> None:
    assert where_they_differ(name, other)


def test_a_unit_that_looks_alike_is_found_in_a_long_frame() -> None:
    frame = pd.DataFrame({"unit": ["Hoà Bình"], "variable": ["x"], "value": [1]})
    with pytest.raises(gi.DataError, match=r"no unit 'Hoà Bình': did you mean 'Hòa Bình'\? \(char"):
        gi.Observations.from_long(frame, units=[gi.Unit("Hòa Bình")])
