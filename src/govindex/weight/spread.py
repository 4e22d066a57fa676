"""Weights by the spread of scores, and by their correlations."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import attrs
import numpy as np

from govindex.checks import boolean
from govindex.errors import DataError, SettingError, listing
from govindex.kernels.scaling import tame
from govindex.weight.common import (
    Children,
    Degenerate,
    Missing,
    Usable,
    WeightSet,
    correlation,
    deviations,
    normalised,
    one_of,
    only_child,
    ranked,
    usable,
)

__all__ = ["CRITIC", "Entropy", "StandardDeviation"]

_MISSING = one_of(["error", "complete", "pairwise"])
_DEGENERATE = one_of(["error", "zero"])


@attrs.frozen(kw_only=True)
class Entropy:
    """Shannon entropy: the more evenly a score is spread over the units, the less it weighs.

    With ``p = x / Σx`` over n units, ``d = 1 + Σ p·ln p / ln n``; weights are ``d / Σd``. A change
    of measure unit changes nothing, but a shift does: scores need a true zero.

    Parameters
    ----------
    missing : {"error", "complete", "pairwise"}
        Whether a missing score is refused, its unit is left out, or each child is weighed on the
        units that have it.
    degenerate : {"error", "zero"}
        Whether a child with the same score everywhere is refused, or weighs 0.

    Raises
    ------
    DataError
        If scores are negative, missing or constant.

    References
    ----------
    Shannon, C. E. (1948), A mathematical theory of communication. Bell System Technical Journal 27.

    Examples
    --------
    >>> import pandas as pd
    >>> found = Entropy()(pd.DataFrame({"even": [0.5, 0.6, 0.5], "uneven": [0.1, 0.9, 0.2]}))
    >>> round(found["uneven"], 3)
    0.99
    """

    missing: Missing = attrs.field(default="error", validator=_MISSING)
    degenerate: Degenerate = attrs.field(default="error", validator=_DEGENERATE)
    peer_dependent: ClassVar[bool] = True

    def __call__(self, children: Children) -> WeightSet:
        """Weigh the columns of a frame, units × children."""
        if only := only_child(children, self):
            return only
        kept = usable(children, "Entropy", missing=self.missing, degenerate=self.degenerate)
        values = tame(kept.shares.values)
        _refuse_negative(kept, "Entropy")
        share = values / np.nansum(values, axis=1, keepdims=True)
        with np.errstate(divide="ignore", invalid="ignore"):
            surprise = np.where(share > 0, -share * np.log(share), 0.0)
        units = (~np.isnan(values)).sum(axis=1)
        entropy = surprise.sum(axis=1) / np.log(units)
        raw = kept.full(np.maximum(1.0 - entropy, 0.0))
        return _weights(self, kept, raw, {"entropy": kept.full(entropy, 1.0)})


@attrs.frozen(kw_only=True)
class StandardDeviation:
    """Standard deviation: children whose scores differ little between units weigh little.

    Weights are ``s / Σs``, or ``(s / x̄) / Σ(s / x̄)`` if relative to the mean (the coefficient of
    variation). A shift of scores does not change the first, a new measure unit not the second.

    Parameters
    ----------
    relative : bool
        Divide by the mean, which must then be above 0.
    missing, degenerate
        As in :class:`Entropy`.

    Raises
    ------
    DataError
        If scores are missing or constant, or a mean is not above 0.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"close": [0.4, 0.5, 0.6], "apart": [0.2, 0.5, 0.8]})
    >>> StandardDeviation()(frame).weights
    {'apart': 0.75, 'close': 0.25}
    """

    relative: bool = attrs.field(default=False, validator=boolean)
    missing: Missing = attrs.field(default="error", validator=_MISSING)
    degenerate: Degenerate = attrs.field(default="error", validator=_DEGENERATE)
    peer_dependent: ClassVar[bool] = True

    def __call__(self, children: Children) -> WeightSet:
        """Weigh the columns of a frame, units × children."""
        if only := only_child(children, self):
            return only
        kept = usable(
            children, "StandardDeviation", missing=self.missing, degenerate=self.degenerate
        )
        deviation, spread = deviations(kept.shares)
        columns = {"deviation": kept.full(deviation)}
        if self.relative:
            values = tame(kept.shares.values)
            mean = np.nanmean(values, axis=1)
            low = [c for c, m in zip(kept.shares.names, mean, strict=True) if not m > 0]
            if low:
                raise DataError(
                    f"a deviation relative to the mean needs means above 0; not so: {listing(low)}"
                )
            spread = np.nanstd(values, axis=1, ddof=1) / mean
            columns["variation"] = kept.full(spread)
        return _weights(self, kept, kept.full(spread), columns)


@attrs.frozen(kw_only=True)
class CRITIC:
    """CRITIC: criteria importance through intercriteria correlation.

    ``C = s·Σ(1 − r)`` over the other children, ``w = C / ΣC``: a child weighs more if its scores
    differ between units, and more if it correlates little with the others. Scores must be on a
    common scale; the authors take min-max.

    Parameters
    ----------
    correlation : {"pearson", "spearman"}
    missing, degenerate
        As in :class:`Entropy`; ``"pairwise"`` correlates on the units that have both.

    Raises
    ------
    DataError
        If scores are missing or constant, or all children are perfectly correlated.

    References
    ----------
    Diakoulaki, D., Mavrotas, G. & Papayannakis, L. (1995), Determining objective weights in
    multiple criteria problems: the CRITIC method. Computers & Operations Research 22(7).

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"a": [0, 0.5, 1], "twin": [0, 0.5, 1], "other": [0.5, 1, 0]})
    >>> {code: round(weight, 3) for code, weight in CRITIC()(frame).weights.items()}
    {'a': 0.25, 'other': 0.5, 'twin': 0.25}
    """

    correlation: Literal["pearson", "spearman"] = attrs.field(
        default="pearson", validator=one_of(["pearson", "spearman"])
    )
    missing: Missing = attrs.field(default="error", validator=_MISSING)
    degenerate: Degenerate = attrs.field(default="error", validator=_DEGENERATE)
    peer_dependent: ClassVar[bool] = True

    def __attrs_post_init__(self) -> None:
        if self.correlation == "spearman" and self.missing == "pairwise":
            raise SettingError(
                "ranks are given among units with every score: with correlation='spearman' say "
                "missing='complete' or 'error'"
            )

    def __call__(self, children: Children) -> WeightSet:
        """Weigh the columns of a frame, units × children."""
        if only := only_child(children, self):
            return only
        kept = usable(children, "CRITIC", missing=self.missing, degenerate=self.degenerate)
        scores = kept.shares if self.correlation == "pearson" else ranked(kept.shares)
        distances = 1.0 - correlation(scores)
        # Rounding errors of a perfect correlation must not count.
        conflict = np.where(distances > 1e-12, distances, 0.0).sum(axis=1)
        deviation, spread = deviations(kept.shares)
        columns = {"deviation": kept.full(deviation), "conflict": kept.full(conflict)}
        return _weights(self, kept, kept.full(spread * conflict), columns)


def _refuse_negative(kept: Usable, name: str) -> None:
    below = kept.shares.values < 0
    if below.any():
        node, unit = np.argwhere(below)[0]
        wrong = [c for c, row in zip(kept.shares.names, below, strict=True) if row.any()]
        raise DataError(
            f"{name} needs scores of at least 0; negative at {listing(wrong)}, first for "
            f"'{kept.shares.units[unit]}': {kept.shares.values[node, unit]:g}. Take a rule that "
            "gives shares from 0 to 1"
        )


def _weights(how: Any, kept: Usable, raw: dict[str, float], columns: dict[str, Any]) -> WeightSet:
    why = f"{how!r} finds no difference between units"
    return WeightSet(
        weights=normalised(list(raw), raw.values(), why),
        how=how,
        units=len(kept.shares.units),
        left_out=kept.left_out,
        columns=columns,
    )
