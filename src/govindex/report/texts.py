"""Texts of documents: on one line, without letters that no document can hold."""

from __future__ import annotations

import re

from govindex.errors import SettingError

__all__ = ["on_one_line"]

_SPACES = re.compile(r"[ \t\r\n\f\v\u0085\u2028\u2029]+")
# XML holds no other controls, no halves of pairs and no non-characters; controls of direction
# would turn round what follows them.
_FORBIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\u202a-\u202e\u2066-\u2069]"
)


def on_one_line(value: str) -> str:
    r"""Return a text on one line; letters that a document cannot hold become U+FFFD.

    Examples
    --------
    >>> on_one_line("Ward 1,\n Hue\x00")
    'Ward 1, Hue�'
    """
    if not isinstance(value, str):
        raise SettingError(f"a text of a report is a text, not {value!r}")
    return _FORBIDDEN.sub("\ufffd", _SPACES.sub(" ", value))
