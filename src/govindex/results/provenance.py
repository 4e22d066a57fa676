"""Where a result comes from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

from govindex.model.framework import Framework
from govindex.model.observations import Observations

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

    @classmethod
    def _of(cls, method: Any, data: Observations, reads: Iterable[str] = ()) -> Provenance:
        """Return the provenance of data scored by a methodology, whose steps read some names."""
        framework: Framework = method.framework
        known = {*framework.variables, *framework.optional_variables, *reads}
        return cls(
            methodology=method.id,
            version=method.version,
            fingerprint=method.fingerprint,
            period=data.period,
            stage=data.stage,
            unused=tuple(name for name in data.variables if name not in known),
        )
