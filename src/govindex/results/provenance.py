"""The provenance of a result: methodology, period, stage."""

from __future__ import annotations

import attrs

__all__ = ["Provenance"]


@attrs.frozen(kw_only=True)
class Provenance:
    """Where a result comes from.

    Parameters
    ----------
    methodology, version, fingerprint : str
        The methodology's id, its version and the hash of everything that decides scores.
    period, stage : str or None
        The period of the data, and the stage of their assessment.
    unused : tuple of str
        Variables of the data that the methodology does not read.
    """

    methodology: str = ""
    version: str = ""
    fingerprint: str = ""
    period: str | None = None
    stage: str | None = None
    unused: tuple[str, ...] = ()
