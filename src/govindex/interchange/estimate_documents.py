"""Estimates of a survey in documents: domain by domain, a value and an error for each item."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np

from govindex.errors import DataError
from govindex.interchange.columns import (
    STATUSES,
    block_of,
    floats_of,
    numbers_of,
    status_array,
    statuses_of,
)
from govindex.interchange.shapes import Fields, Flag, Listed, Number, Shape, Text
from govindex.survey import Estimates
from govindex.survey.linearisation import PairVariances

__all__ = ["ESTIMATES", "estimates_document", "read_estimates"]

# Up to this number of domains, errors of differences are written pair by pair.
PAIRED = 200
_COLUMNS = ("value", "se", "df", "n", "n_effective", "deff", "low", "high")
_NUMBERS = Listed(Number(null=True, texts=("infinite",)))
_BLOCK = Listed(Listed(Number(null=True)))
_DOMAIN = Fields(
    {
        "domain": Text(),
        "status": Listed(Text(STATUSES)),
        **dict.fromkeys(_COLUMNS, _NUMBERS),
    },
    {"covariances": _BLOCK, "replicates": _BLOCK},
)
_PAIR = Fields({"first": Text(), "second": Text(), "variance": Listed(Number(null=True))})
ESTIMATES: dict[str, dict[str, Shape]] = {
    "required": {"items": Listed(Text()), "domains": Listed(_DOMAIN)},
    "optional": {
        "level": Number(),
        "formula": Text(),
        "scale": Number(),
        "factors": Listed(Number()),
        "of_one_sample": Flag(),
        "differences": Listed(_PAIR),
    },
}


def estimates_document(estimates: Estimates) -> dict[str, Any]:
    """Return the document of estimates; an endless number of degrees of freedom is "infinite"."""
    domains = []
    for row, domain in enumerate(estimates.domains):
        table: dict[str, Any] = {"domain": domain}
        table |= {name: numbers_of(getattr(estimates, name)[row]) for name in _COLUMNS}
        table["status"] = statuses_of(estimates.status[row])
        if estimates.covariances is not None:
            table["covariances"] = numbers_of(estimates.covariances[row])
        if estimates.replicates is not None:
            table["replicates"] = numbers_of(estimates.replicates[:, row])
        domains.append(table)
    document: dict[str, Any] = {
        "items": list(estimates.items),
        "level": float(estimates.level),
        "formula": estimates.formula,
        "domains": domains,
        "of_one_sample": estimates.linear is not None,
    }
    if estimates.scale != 1.0:
        document["scale"] = float(estimates.scale)
    if estimates.factors is not None:
        document["factors"] = numbers_of(estimates.factors)
    pairs = list(_differences(estimates))
    if pairs:
        document["differences"] = pairs
    return document


def _differences(estimates: Estimates) -> Iterator[dict[str, Any]]:
    """Yield the variances of differences between domains of one sample, if they are known."""
    linear, domains = estimates.linear, estimates.domains
    if linear is None or len(domains) > PAIRED:
        return
    known = linear.known or {} if isinstance(linear, PairVariances) else None
    for one, other in combinations(range(len(domains)), 2):
        if known is None or frozenset((one, other)) in known:
            covariance = linear.covariance({one: 1.0, other: -1.0})
            unknown = np.isnan(estimates.se[[one, other]]).any(axis=0)
            variance = numbers_of(np.where(unknown, np.nan, np.diagonal(covariance)))
            yield {"first": domains[one], "second": domains[other], "variance": variance}


def read_estimates(document: dict[str, Any]) -> Estimates:
    """Return the estimates of a document.

    Raises
    ------
    DataError
        With every problem, as :class:`~govindex.survey.Estimates` finds them.
    """
    items, domains = document["items"], document["domains"]
    for number, table in enumerate(domains):
        wrong = [name for name in (*_COLUMNS, "status") if len(table[name]) != len(items)]
        if wrong:
            raise DataError(
                f"the document cannot be read: domains[{number}].{wrong[0]} has not one value for "
                f"each of {len(items)} items"
            )
    names = tuple(table["domain"] for table in domains)
    blocks = {
        name: block_of([table[name] for table in domains])
        for name in ("covariances", "replicates")
        if domains and all(name in table for table in domains)
    }
    if "replicates" in blocks:  # domains come first in documents
        blocks["replicates"] = np.swapaxes(blocks["replicates"], 0, 1)
    factors = document.get("factors")
    linear = _variances(document, names) if document.get("of_one_sample") else None
    return Estimates(
        domains=names,
        items=tuple(items),
        **{name: np.array([floats_of(table[name]) for table in domains]) for name in _COLUMNS},
        status=np.array([status_array(table["status"]) for table in domains], dtype=np.uint8),
        **blocks,
        factors=None if factors is None else floats_of(factors),
        level=document.get("level", 0.95),
        formula=document.get("formula", ""),
        scale=document.get("scale", 1.0),
        linear=linear,
    )


def _variances(document: dict[str, Any], names: tuple[str, ...]) -> PairVariances:
    """Return the variances of differences, if the document holds them."""
    pairs = document.get("differences")
    if pairs is None:
        return PairVariances(None)
    items, known = len(document["items"]), {}
    for number, pair in enumerate(pairs):
        if len(pair["variance"]) != items or not {pair["first"], pair["second"]} <= set(names):
            raise DataError(
                f"the document cannot be read: differences[{number}] is not of two domains with a "
                f"variance for each of {items} items"
            )
        key = frozenset((names.index(pair["first"]), names.index(pair["second"])))
        known[key] = floats_of(pair["variance"])
    return PairVariances(known)
