"""Selections of nodes: a tier, a code or several codes."""

from __future__ import annotations

from collections.abc import Iterable

from govindex.checks import names_of
from govindex.errors import Problems, SettingError, UnknownNameError, near_miss
from govindex.model.rooted_tree import RootedTree
from govindex.names import as_code

__all__ = ["At", "selected"]

At = int | str | Iterable[str]


def selected(
    at: At,
    known: Iterable[str],
    forms: Iterable[RootedTree] = (),
    *,
    what: str = "node",
    where: str = "at",
) -> tuple[str, ...]:
    """Return the codes of the nodes that `at` selects, each once.

    Parameters
    ----------
    at : int, str or iterable of str
        A tier (0: the root), a code, or several codes.
    known : iterable of str
        The codes that can be selected; those of a tier keep this order.
    forms : iterable of Framework
        The trees that define the tiers; without them only codes can be selected.
    what, where : str
        What the nodes are called, and the argument that names them, for messages.

    Raises
    ------
    UnknownNameError
        Naming every code that cannot be selected.
    SettingError
        If there is no such node at the tier, or `at` is anything else.

    Examples
    --------
    >>> selected("days", ["days", "online"])
    ('days',)
    """
    known = tuple(dict.fromkeys(known))
    if isinstance(at, int) and not isinstance(at, bool):
        return _tier(at, known, tuple(forms), f"{where}: there is no {what} at tier {at}")
    if isinstance(at, bool) or not isinstance(at, Iterable):
        raise SettingError(f"{where}: give a tier, a code or several codes, not {at!r}")
    codes = tuple(dict.fromkeys(map(as_code, names_of(at, where))))
    problems = Problems()
    for code in codes:
        if code not in known:
            problems.add(f"there is no {what} '{code}': {near_miss(code, known)}")
    problems.raise_any(UnknownNameError, where)
    return codes


def _tier(
    at: int, known: tuple[str, ...], forms: tuple[RootedTree, ...], refusal: str
) -> tuple[str, ...]:
    if not forms:
        raise SettingError(f"{refusal}: only frameworks have tiers; give codes")
    tiers = {code: form.depth(code) for form in forms for code in form.codes if code in known}
    at_tier = {code for form in forms for code in form.codes if form.depth(code) == at}
    chosen = tuple(code for code in known if code in at_tier)
    if not chosen:
        known_tiers = ", ".join(map(str, sorted(set(tiers.values()))))
        raise SettingError(f"{refusal}; tiers with some: {known_tiers} (the root is tier 0)")
    return chosen
