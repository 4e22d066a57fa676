"""Where a methodology comes from."""

from __future__ import annotations

import attrs

__all__ = ["Source"]


@attrs.frozen
class Source:
    """Where a methodology comes from.

    Parameters
    ----------
    title : str
        The document or page.
    url : str
        Where it stands.
    confidence : str
        How sure the figures taken from it are: "verified", "secondary", "inferred", "recalled" …
    note : str
        What was taken from it.
    """

    title: str
    url: str = ""
    confidence: str = ""
    note: str = ""
