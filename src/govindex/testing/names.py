"""What units may be called: letters of many alphabets, digits, short and long."""

from __future__ import annotations

from hypothesis import strategies as st

__all__ = ["names"]

# The ends of the alphabet and its middle, both cases, digits, signs, and other scripts: whatever a
# condition on a code or a name may ask for. All of them are composed (NFC) as they stand.
_LETTERS = "AMNZamnz059-_.ÀĐƯéßŁжЯΩωאعम漢ひ한"


def names() -> st.SearchStrategy[str]:
    """Draw a code or a name."""
    return st.text(alphabet=_LETTERS, min_size=1, max_size=5)
