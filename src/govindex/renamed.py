"""Old names and their new names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NoReturn

__all__ = ["RENAMED", "guide", "name_now"]

# By the module of the old name. A new name with a dot is in another module. Kinds in documents are
# the names of parts, so that this is their table, too.
RENAMED: Mapping[str, Mapping[str, str]] = {
    "govindex": {
        "Marks": "Notation",
        "pairwise": "govindex.agreement",
        "result": "govindex.results",
    },
    "govindex.contracts": {
        "Fill": "GapFill",
        "Sheet": "Matrix",
        "compares": "govindex.contracts.completion.completed",
        "keeps_one_sign": "govindex.contracts.completion.completed",
    },
    "govindex.functions": {"Source": "SourceTokens"},
    "govindex.impute": {"Latest": "LastObservation"},
    "govindex.ranking": {"as_places": "govindex.ranking.labels.as_ranks"},
    "govindex.robustness": {
        "Estimates": "SobolEstimates",
        "alternatives": "Alternatives",
        "errors": "Errors",
        "given": "Given",
        "leave_out": "LeaveOut",
        "replicate": "govindex.replicate",
        "replicates": "Replicates",
        "variant": "govindex.variant",
        "weights": "Weights",
    },
    "govindex.rules": {"QuantileNormal": "NormalScores"},
    "govindex.testing.laws": {
        "betterment_of_place": "betterment_of_rank",
        "copies_take_one_place": "copies_take_one_rank",
        "places_follow_scores": "ranks_follow_scores",
    },
    "govindex.weight": {
        "Ahp": "AHP",
        "Balanced": "Balance",
        "Critic": "CRITIC",
        "Given": "Fixed",
        "Informative": "Infomax",
        "Weights": "WeightSet",
        "as_felt": "correlation_ratio",
    },
}


def name_now(module: str, name: str) -> str | None:
    """Return the new name of an old one, None if there is no such old name.

    Examples
    --------
    >>> name_now("govindex.weight", "Ahp")
    'AHP'
    """
    return RENAMED.get(module, {}).get(name)


def guide(module: str) -> Callable[[str], NoReturn]:
    """Return the ``__getattr__`` of a module: its error gives the new name of an old one.

    Examples
    --------
    >>> guide("govindex.weight")("Ahp")
    Traceback (most recent call last):
        ...
    AttributeError: module 'govindex.weight' has no attribute 'Ahp': it is govindex.weight.AHP now
    """

    def refuse(name: str) -> NoReturn:
        now = name_now(module, name)
        path = now if now is None or "." in now else f"{module}.{now}"
        hint = f": it is {path} now" if path else ""
        raise AttributeError(f"module '{module}' has no attribute '{name}'{hint}")

    return refuse
