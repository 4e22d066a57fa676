"""What a branch does when a child is missing, not applicable or suppressed.

Missing (should be known, is not), not applicable (cannot be known) and zero are three things, and
the first two may have different policies: ``Absence(missing=…, not_applicable=…)``. Suppressed
(known, but withheld) has a policy of its own, ``Absence(suppressed=…)``: unless one is declared, it
is refused. On a dimension the policy speaks for its children; on an indicator it speaks for that
indicator alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from inspect import signature
from typing import Any, ClassVar, Literal

import attrs
import numpy as np

from govindex.canonical import Walk
from govindex.checks import among, boolean, name_of, names_of, text
from govindex.contracts import AbsencePolicy, BasePolicy, Bool, Float, Peers
from govindex.errors import CellError, FrameworkError, SettingError
from govindex.kernels.reductions import mean_over_units, total
from govindex.names import as_code
from govindex.namespaces import define_namespace

__all__ = [
    "Absence",
    "AsZero",
    "Custom",
    "Fill",
    "Full",
    "Redistribute",
    "Refuse",
    "Renormalise",
    "Shrink",
]


def _check_share(_: object, __: object, value: float) -> None:
    plain = isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
    if not plain or not 0.0 <= value <= 1.0:
        raise SettingError(f"min_share is a share from 0 to 1, not {value!r}")


def _check_count(_: object, __: object, value: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise SettingError(f"min_count is a whole number of at least 1, not {value!r}")


def _check_of(_: object, __: object, value: str) -> None:
    if not among(value, ("children", "leaves")):
        raise SettingError(f"availability is counted in 'children' or 'leaves', not {value!r}")


def _codes(codes: str | Sequence[str]) -> tuple[str, ...]:
    return tuple(
        sorted({as_code(code) for code in names_of(codes, "Redistribute(to=…)")})
    )  # in whatever order they are given


class _Leaving(BasePolicy):
    """What policies share that leave the child absent: nothing is filled."""

    __slots__ = ()
    fills: ClassVar[bool] = False


@attrs.frozen
class Refuse(_Leaving):
    """Refuse to score: an absent child is an error that names unit and indicator."""

    refuses: ClassVar[bool] = True


@attrs.frozen(kw_only=True)
class Renormalise(_Leaving):
    """Restore the maximum at this node: the children that are present carry more.

    Parameters
    ----------
    min_share : float
        The least share of children (or leaves) that must not be absent in the way the policy
        speaks for; below it the node itself is absent. 1 means: no child may be absent.
    min_count : int
        The least number of them.
    of : {"children", "leaves"}
        What is counted: the node's children or all indicators below it, those that a policy
        filled among the present ones.
    """

    restores: ClassVar[bool] = True
    min_share: float = attrs.field(default=0.0, validator=_check_share)
    min_count: int = attrs.field(default=1, validator=_check_count)
    of: Literal["children", "leaves"] = attrs.field(default="children", validator=_check_of)


@attrs.frozen(kw_only=True)
class Shrink(_Leaving):
    """Pass the smaller maximum up: 68.32 of 84 points is 81.33 %.

    Parameters are those of :class:`Renormalise`.
    """

    shrinks: ClassVar[bool] = True
    min_share: float = attrs.field(default=0.0, validator=_check_share)
    min_count: int = attrs.field(default=1, validator=_check_count)
    of: Literal["children", "leaves"] = attrs.field(default="children", validator=_check_of)


@attrs.frozen
class AsZero(BasePolicy):
    """Count an absent child as nothing attained."""

    def fill(self, shares: Float, absent: Bool, peers: Peers) -> Float | None:
        """Return zero."""
        return np.zeros_like(shares)


@attrs.frozen
class Full(BasePolicy):
    """Award an absent child its full points."""

    def fill(self, shares: Float, absent: Bool, peers: Peers) -> Float | None:
        """Return one, the whole share."""
        return np.ones_like(shares)


@attrs.frozen
class Fill(BasePolicy):
    """Give an absent child the mean share of its peers.

    Parameters
    ----------
    by : str
        ``"all"``, ``"league"``, ``"type"``, in a panel ``"period"`` and ``"league_period"``, or an
        attribute of the units: whose mean. Only those two keep the periods apart.

    Raises
    ------
    CellError
        If no unit of a group has a share to take the mean of.
    """

    peer_dependent: ClassVar[bool] = True
    by: str = attrs.field(default="league", validator=text)

    def fill(self, shares: Float, absent: Bool, peers: Peers) -> Float | None:
        """Return the mean share of each unit's group."""
        groups = np.zeros(len(peers), dtype=np.intp) if self.by == "all" else peers.group(self.by)
        filled = shares.copy()
        for number in np.unique(groups):
            members = groups == number
            mean, _ = mean_over_units(shares, members)
            filled = np.where(members, mean, filled)
        empty = absent & np.isnan(filled)
        if empty.any():
            raise CellError(f"no unit of the same {self.by} group has a share to fill from", empty)
        return filled


@attrs.frozen
class Redistribute(_Leaving):
    """Give the weight of an absent child to named siblings.

    Parameters
    ----------
    to : tuple of str
        Codes of the receiving siblings; receivers that are absent themselves get nothing. If none
        of them is present, all children that are carry the weight.
    how : {"proportionally", "equally"}
        By the receivers' weights, or the same amount to each.
    """

    to: tuple[str, ...] = attrs.field(converter=_codes)
    how: Literal["proportionally", "equally"] = "proportionally"

    def __attrs_post_init__(self) -> None:
        if not self.to:
            raise SettingError("Redistribute(to=…) needs at least one receiving sibling")
        if not among(self.how, ("proportionally", "equally")):
            raise SettingError(f"how is 'proportionally' or 'equally', not {self.how!r}")

    def reweight(self, codes: Sequence[str], weights: Float, absent: Bool) -> Float | None:
        """Move weight from the absent children to the receivers."""
        takes = np.array([code in self.to for code in codes]).reshape(-1, *[1] * (absent.ndim - 1))
        present = np.where(absent, 0.0, weights)
        receiving = np.where(takes & ~absent, weights if self.how == "proportionally" else 1.0, 0.0)
        whole = total(receiving)
        free = total(np.where(absent, weights, 0.0))
        with np.errstate(invalid="ignore", divide="ignore"):
            portion = np.where(whole > 0, receiving / whole, 0.0)
        return np.asarray(present + portion * free)


def _given(function: Any, codes: Any, weights: Any, present: Any) -> dict[str, Any]:
    """Return the arguments of a call: the codes go to the parameter of that name, if there is one.

    Raises a TypeError if the function cannot be called like that.
    """
    given: dict[str, Any] = {"args": [weights, present], "kwargs": {}}
    try:
        own = signature(function)
    except ValueError:  # what is written in C need not say what it takes
        return given
    known = own.parameters.get("codes")
    if known is not None and known.kind is known.KEYWORD_ONLY:
        given["kwargs"] = {"codes": codes}
    elif known is not None and known.kind is known.POSITIONAL_OR_KEYWORD:
        given["args"].insert(list(own.parameters).index("codes"), codes)
    own.bind(*given["args"], **given["kwargs"])
    return given


def _check_function(_: object, __: object, function: Any) -> None:
    if not callable(function) or isinstance(function, type):
        raise SettingError(
            f"Custom takes a function (weights, present) -> weights, not {function!r}"
        )
    try:
        _given(function, (), 0, 0)
    except TypeError as error:
        raise SettingError(
            "an absence function takes (weights, present), and codes if it wants them; "
            f"{name_of(function)} takes {signature(function)}"
        ) from error


def _meaning(function: Any) -> Any:
    """Return what two functions have in common that do the same; else the function itself."""
    import json

    try:
        return json.dumps(Walk().of(function), sort_keys=True)
    except FrameworkError:
        return function


@attrs.frozen
class Custom(BasePolicy):
    """Rewrite the weights with a function of your own.

    Parameters
    ----------
    function : callable
        ``(weights, present) -> weights``, arrays of shape (children, …, units) with the children in
        the order of the tree; the result must be finite, not negative, and zero where a child is
        absent. Children of weight 0 are among them, and their weight stays 0. A function that has a
        parameter `codes` is given the children's codes under that name.
    keeps_total : bool
        True: only the proportions of the result count, it is scaled to the total of the weights
        given. False: the weights count as they are; what they lack of the total is lost with the
        maximum, as under :class:`Shrink`, and they may not add up to more.

    Examples
    --------
    >>> def half(weights, present):
    ...     return np.where(present.all(axis=0), weights, weights * present / 2)
    >>> policy = Custom(half, keeps_total=False)
    >>> weights, absent = np.array([[2.0], [4.0]]), np.array([[True], [False]])
    >>> policy.reweight(["a", "b"], weights, absent).ravel()
    array([0., 2.])
    """

    sees_all: ClassVar[bool] = True
    function: Callable[..., Float] = attrs.field(validator=_check_function, eq=_meaning)
    keeps_total: bool = attrs.field(default=True, validator=boolean, kw_only=True)

    def reweight(self, codes: Sequence[str], weights: Float, absent: Bool) -> Float | None:
        """Return what the function makes of the weights, checked."""
        full = np.broadcast_to(weights, absent.shape)
        try:
            new = np.asarray(self._asked(codes, full, absent), dtype=np.float64)
        except Exception as error:
            raise self._failure(error, codes, full, absent) from error
        if new.shape != absent.shape:
            raise SettingError(
                f"the absence function returned weights of shape {new.shape}, "
                f"expected {absent.shape}: (children, …, units)"
            )
        wrong = ~np.isfinite(new) | (new < 0) | (absent & (new != 0))
        if wrong.any():
            raise CellError(
                "the absence function returned a weight that is negative, not finite, "
                "or given to an absent child",
                wrong.any(axis=0),
            )
        return new

    def _asked(self, codes: Sequence[str], weights: Float, absent: Bool) -> Any:
        given = _given(self.function, tuple(codes), weights.copy(), ~absent)
        return self.function(*given["args"], **given["kwargs"])

    def _failure(
        self, error: Exception, codes: Sequence[str], weights: Float, absent: Bool
    ) -> CellError:
        """Return an error that names the units for which the function fails."""
        failing = np.zeros(absent.shape[1:], dtype=bool)
        for unit in range(absent.shape[-1]):
            own = slice(unit, unit + 1)
            try:
                np.asarray(
                    self._asked(codes, weights[..., own], absent[..., own]), dtype=np.float64
                )
            except Exception:
                failing[..., unit] = True
        said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        mask = failing if failing.any() else ~failing
        return CellError(f"the absence function {name_of(self.function)} failed with {said}", mask)


def _policy(policy: Any) -> AbsencePolicy:
    if isinstance(policy, type):
        raise SettingError(f"give an absence policy, not its class: {policy.__name__}()")
    if isinstance(policy, AbsencePolicy):
        return policy
    if callable(policy):
        return Custom(policy)
    raise SettingError(
        f"{policy!r} is not an absence policy; use Refuse(), Renormalise(), Shrink(), AsZero(), "
        "Full(), Fill(), Redistribute() or a function (weights, present) -> weights"
    )


@attrs.frozen(kw_only=True)
class Absence:
    """One policy for missing children, others for those that are not applicable or suppressed.

    Each is :class:`Refuse` unless it is given.

    Examples
    --------
    >>> Absence(missing=AsZero(), not_applicable=Shrink()).missing
    AsZero()
    """

    missing: AbsencePolicy = attrs.field(factory=Refuse, converter=_policy)
    not_applicable: AbsencePolicy = attrs.field(factory=Refuse, converter=_policy)
    suppressed: AbsencePolicy = attrs.field(factory=Refuse, converter=_policy)

    @property
    def policies(self) -> tuple[AbsencePolicy, AbsencePolicy, AbsencePolicy]:
        """The policies for missing, not applicable and suppressed children, in that order."""
        return self.missing, self.not_applicable, self.suppressed

    @property
    def in_force(self) -> tuple[AbsencePolicy, ...]:
        """The policies that scores can follow from: that for suppressed children may refuse all."""
        return self.policies[:2] if self.suppressed.refuses else self.policies


def as_absence(policy: Any) -> Absence | None:
    """Return policies from one for missing and not applicable, a function, or None."""
    if policy is None or isinstance(policy, Absence):
        return policy
    single = _policy(policy)
    return Absence(missing=single, not_applicable=single)


define_namespace(__name__)
