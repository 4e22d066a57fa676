"""Refused cells → sentences that name unit, node and value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from govindex.compute.block import Block
from govindex.compute.plan import Branch
from govindex.contracts import Bool, CellStatus, Float, Status
from govindex.errors import CellError, GovIndexError, Problems, listing
from govindex.model.tree import Indicator

__all__ = ["NAMED", "name_cells", "name_gaps", "name_refusals"]

NAMED = 10


def name_cells(
    error: GovIndexError,
    block: Block,
    nodes: Sequence[Any],
    problems: Problems,
    values: Float | None = None,
) -> None:
    """Turn a refused mask into sentences with unit, node and value."""
    units = block.observations.units.codes
    if not isinstance(error, CellError) or np.shape(error.mask)[-1:] != (len(units),):
        for node in nodes:
            problems.add(f"{_kind(node)} '{node.code}': {error}")
        return
    mask = np.asarray(error.mask, dtype=bool)
    mask = mask.reshape(-1, *mask.shape[-2:]) if mask.ndim > 2 else mask.reshape(1, -1, len(units))
    masks = np.broadcast_to(mask, (len(nodes), *mask.shape[1:]))
    for row, (node, refused) in enumerate(zip(nodes, masks, strict=True)):
        kind = _kind(node)
        draw = next((d for d in range(len(refused)) if refused[d].any()), None)
        if draw is None:
            continue
        hit = np.flatnonzero(refused[draw])
        shown = _shown(values, row, draw)
        if error.whole:
            alike = shown is not None and bool((shown[hit] == shown[hit[0]]).all())
            value = f": every unit has {shown[hit[0]]:g}" if shown is not None and alike else ""
            named = f" ({listing([units[i] for i in hit], shown=3)})"
            problems.add(f"{kind} '{node.code}': {error}{value}{named}")
            continue
        for place in hit[:NAMED]:
            value = ""
            if shown is not None and not np.isnan(shown[place]):
                value = f" (value {shown[place]:.10g})"
            problems.add(f"unit '{units[place]}', {kind} '{node.code}': {error}{value}")
        if len(hit) > NAMED:
            problems.add(f"{kind} '{node.code}': {error}, in {len(hit) - NAMED} more units")


def _shown(values: Float | None, row: int, draw: int) -> Float | None:
    """Return a node's values in one draw, shape (units,); a single draw stands for all."""
    if values is None:
        return None
    own = values[row] if values.ndim == 3 else values
    return np.asarray(own[min(draw, len(own) - 1)])


def _kind(node: Any) -> str:
    return "indicator" if isinstance(node, Indicator) else "node"


def name_refusals(
    code: str, refused: Bool, kind: CellStatus, branch: str, block: Block, problems: Problems
) -> None:
    """Say which units an absence policy refuses, and what to do."""
    units = block.observations.units.codes
    word = kind.label
    cure = "Renormalise(), Shrink(), AsZero() …"
    if kind == CellStatus.SUPPRESSED:
        cure = "Absence(missing=…, not_applicable=…, suppressed=Renormalise())"
    hit = np.flatnonzero(refused.any(axis=0))
    for place in hit[:NAMED]:
        problems.add(
            f"unit '{units[place]}', '{code}' is {word}, and '{branch}' declares no policy for "
            f"that: give it absence= {cure}"
        )
    if len(hit) > NAMED:
        problems.add(f"'{code}' is {word} in {len(hit) - NAMED} more units")


def name_gaps(
    code: str, gone: Bool, status: Status, branch: Branch, block: Block, problems: Problems
) -> None:
    """Say which units lack a child that the aggregator needs, and what to do."""
    units = block.observations.units.codes
    why = np.broadcast_to(status, gone.shape)
    hit = np.flatnonzero(gone.any(axis=0))
    for place in hit[:NAMED]:
        word = CellStatus(int(why[..., place][gone[..., place]].min())).label
        problems.add(
            f"unit '{units[place]}', node '{branch.node.code}': {branch.aggregate!r} needs every "
            f"child, and '{code}' is {word}: fill it with AsZero(), Fill() …, or leave such units "
            "without a score by Renormalise(min_share=1)"
        )
    if len(hit) > NAMED:
        problems.add(
            f"'{code}' is absent from '{branch.node.code}' in {len(hit) - NAMED} more units"
        )
