"""The sources of a methodology."""

from __future__ import annotations

import attrs

from govindex.checks import text

__all__ = ["Source"]


@attrs.frozen
class Source:
    """Where a methodology comes from.

    Parameters
    ----------
    title : str
        The document or page.
    url : str
        Its address.
    confidence : str
        How sure the figures taken from it are: "verified", "secondary", "inferred", "recalled" …
    note : str
        What was taken from it.
    """

    title: str = attrs.field(validator=text)
    url: str = attrs.field(default="", validator=text)
    confidence: str = attrs.field(default="", validator=text)
    note: str = attrs.field(default="", validator=text)
