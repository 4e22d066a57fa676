"""What a branch does when a child is missing, not applicable or suppressed.

Missing (should be known, but is not), not applicable (cannot be known) and zero are three things,
and the first two may have different policies: ``Absence(missing=…, not_applicable=…)``. Suppressed
(known, but withheld) has a separate policy, ``Absence(suppressed=…)``, by default :class:`Refuse`.
A dimension's policy applies to its children, an indicator's to that indicator alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from inspect import signature
from typing import Any, ClassVar, Literal

import attrs
import numpy as np

from govindex.canonical import Walk
from govindex.checks import among, boolean, is_share, name_of, names_of, text
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
    if not is_share(value):
        raise SettingError(f"min_share is a share from 0 to 1, not {value!r}")


def _check_count(_: object, __: object, value: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise SettingError(f"min_count is a whole number of at least 1, not {value!r}")


def _check_of(_: object, __: object, value: str) -> None:
    if not among(value, ("children", "leaves")):
        raise SettingError(f"availability is counted in 'children' or 'leaves', not {value!r}")


def _codes(codes: str | Sequence[str]) -> tuple[str, ...]:
    # Sorted, since their order means nothing.
    return tuple(sorted({as_code(code) for code in names_of(codes, "Redistribute(to=…)")}))


class _Leaving(BasePolicy):
    """The base of policies that leave the child absent."""

    __slots__ = ()
    fills: ClassVar[bool] = False


@attrs.frozen
class Refuse(_Leaving):
    """Refuse to score: an absent child is an error that names unit and indicator."""

    refuses: ClassVar[bool] = True


@attrs.frozen(kw_only=True)
class _Counting(_Leaving):
    """The base of policies with a least availability."""

    min_share: float = attrs.field(default=0.0, validator=_check_share)
    min_count: int = attrs.field(default=1, validator=_check_count)
    of: Literal["children", "leaves"] = attrs.field(default="children", validator=_check_of)


@attrs.frozen(kw_only=True)
class Renormalise(_Counting):
    """Restore the maximum at this node: the children that are present carry more.

    Parameters
    ----------
    min_share : float
        The least share of children (or leaves) that must be present; below it the node itself is
        absent. Only absences to which the policy applies count. 1 means: no child may be absent.
    min_count : int
        The least number of them.
    of : {"children", "leaves"}
        What is counted: the node's children or all indicators below it, those that a policy
        filled among the present ones.
    """

    restores: ClassVar[bool] = True


@attrs.frozen(kw_only=True)
class Shrink(_Counting):
    """Pass the smaller maximum up: 68.32 of 84 points is 81.33 %.

    Parameters are those of :class:`Renormalise`.
    """

    shrinks: ClassVar[bool] = True


@attrs.frozen
class AsZero(BasePolicy):
    """Give an absent child the share 0."""

    def fill(self, shares: Float, absent: Bool, peers: Peers) -> Float | None:
        """Return zero."""
        return np.zeros_like(shares)


@attrs.frozen
class Full(BasePolicy):
    """Give an absent child its full points."""

    def fill(self, shares: Float, absent: Bool, peers: Peers) -> Float | None:
        """Return one, the whole share."""
        return np.ones_like(shares)


@attrs.frozen
class Fill(BasePolicy):
    """Give an absent child the mean share of its peers.

    Parameters
    ----------
    by : str
        Whose mean: ``"all"``, ``"league"``, ``"type"``, in a panel ``"period"`` and
        ``"league_period"``, or an attribute of the units. Only the two with periods separate them.

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
        Codes of the receiving siblings; receivers that are absent themselves get no weight. If all
        of them are absent, the children that are present carry the weight.
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
        receives = np.array([code in self.to for code in codes]).reshape(
            -1, *[1] * (absent.ndim - 1)
        )
        present = np.where(absent, 0.0, weights)
        receiving = np.where(
            receives & ~absent, weights if self.how == "proportionally" else 1.0, 0.0
        )
        receiving_total = total(receiving)
        weight_of_absent = total(np.where(absent, weights, 0.0))
        with np.errstate(invalid="ignore", divide="ignore"):
            portion = np.where(receiving_total > 0, receiving / receiving_total, 0.0)
        return np.asarray(present + portion * weight_of_absent)


def _arguments(function: Any, codes: Any, weights: Any, present: Any) -> dict[str, Any]:
    """Return the arguments of a call, or raise a TypeError if the function does not take them.

    The codes go to the parameter of that name, if there is one.
    """
    arguments: dict[str, Any] = {"args": [weights, present], "kwargs": {}}
    try:
        parameters = signature(function)
    except ValueError:  # a function written in C may have no signature
        return arguments
    codes_parameter = parameters.parameters.get("codes")
    if codes_parameter is not None and codes_parameter.kind is codes_parameter.KEYWORD_ONLY:
        arguments["kwargs"] = {"codes": codes}
    elif (
        codes_parameter is not None
        and codes_parameter.kind is codes_parameter.POSITIONAL_OR_KEYWORD
    ):
        arguments["args"].insert(list(parameters.parameters).index("codes"), codes)
    parameters.bind(*arguments["args"], **arguments["kwargs"])
    return arguments


def _check_function(_: object, __: object, function: Any) -> None:
    if not callable(function) or isinstance(function, type):
        raise SettingError(
            f"Custom takes a function (weights, present) -> weights, not {function!r}"
        )
    try:
        _arguments(function, (), 0, 0)
    except TypeError as error:
        raise SettingError(
            "an absence function takes (weights, present), and codes if it needs them; "
            f"{name_of(function)} takes {signature(function)}"
        ) from error


def _identity(function: Any) -> Any:
    """Return a text that is equal for functions with the same code, or the function itself."""
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
        absent. Children of weight 0 are included, and their weight stays 0. A function with a
        parameter `codes` receives the children's codes there.
    keeps_total : bool
        True: only the proportions of the result count; it is scaled to the total of the original
        weights. False: the weights count unchanged; the rest of the total is lost with the maximum,
        as under :class:`Shrink`, and they may not add up to more.

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
    function: Callable[..., Float] = attrs.field(validator=_check_function, eq=_identity)
    keeps_total: bool = attrs.field(default=True, validator=boolean, kw_only=True)

    def reweight(self, codes: Sequence[str], weights: Float, absent: Bool) -> Float | None:
        """Return the function's weights, checked."""
        full = np.broadcast_to(weights, absent.shape)
        try:
            new_weights = np.asarray(self._new_weights(codes, full, absent), dtype=np.float64)
        except Exception as error:
            raise self._failure(error, codes, full, absent) from error
        if new_weights.shape != absent.shape:
            raise SettingError(
                f"the absence function returned weights of shape {new_weights.shape}, "
                f"expected {absent.shape}: (children, …, units)"
            )
        wrong = ~np.isfinite(new_weights) | (new_weights < 0) | (absent & (new_weights != 0))
        if wrong.any():
            raise CellError(
                "the absence function returned a weight that is negative, not finite, "
                "or given to an absent child",
                wrong.any(axis=0),
            )
        return new_weights

    def _new_weights(self, codes: Sequence[str], weights: Float, absent: Bool) -> Any:
        arguments = _arguments(self.function, tuple(codes), weights.copy(), ~absent)
        return self.function(*arguments["args"], **arguments["kwargs"])

    def _failure(
        self, error: Exception, codes: Sequence[str], weights: Float, absent: Bool
    ) -> CellError:
        """Return an error that names the units for which the function fails."""
        failing = np.zeros(absent.shape[1:], dtype=bool)
        for unit in range(absent.shape[-1]):
            cell = slice(unit, unit + 1)
            try:
                np.asarray(
                    self._new_weights(codes, weights[..., cell], absent[..., cell]),
                    dtype=np.float64,
                )
            except Exception:
                failing[..., unit] = True
        failure = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        mask = failing if failing.any() else ~failing
        return CellError(
            f"the absence function {name_of(self.function)} failed with {failure}", mask
        )


def _policy(policy: AbsencePolicy | Callable[..., Float]) -> AbsencePolicy:
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

    Each is :class:`Refuse` by default.

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
        """The policies that can affect scores: not that for suppressed children if it refuses."""
        return self.policies[:2] if self.suppressed.refuses else self.policies


def as_absence(
    policy: Absence | AbsencePolicy | Callable[..., Float] | None,
) -> Absence | None:
    """Return policies from one for missing and not applicable children, or from a function."""
    if policy is None or isinstance(policy, Absence):
        return policy
    single = _policy(policy)
    return Absence(missing=single, not_applicable=single)


define_namespace(__name__)
