"""Where a result comes from."""

from __future__ import annotations

import attrs

__all__ = ["Provenance"]


@attrs.frozen(kw_only=True)
class Provenance:
    """Where a result comes from.

    Parameters
    ----------
    methodology, version, fingerprint : str
        What scored: its id, its version and the hash of everything that decides scores.
    period, stage : str or None
        What the data were about, and how far their assessment had come.
    unused : tuple of str
        Variables of the data that the methodology does not read.
    """

    methodology: str = ""
    version: str = ""
    fingerprint: str = ""
    period: str | None = None
    stage: str | None = None
    unused: tuple[str, ...] = ()
