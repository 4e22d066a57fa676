"""Problems that name the unit, node and value of refused cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from govindex.compute.block import Block
from govindex.compute.plan import Branch
from govindex.contracts import Bool, CellStatus, Float, Status, is_absent
from govindex.errors import CellError, GovIndexError, Problems, listing
from govindex.model.tree import Indicator
from govindex.notation import cure_of_word

__all__ = ["name_answers", "name_cells", "name_gaps", "name_refusals"]


def name_cells(
    error: GovIndexError,
    block: Block,
    nodes: Sequence[Any],
    problems: Problems,
    values: Float | None = None,
) -> None:
    """Turn a refused mask into problems with unit, node and value."""
    units = block.observations.units.codes
    if not isinstance(error, CellError) or np.shape(error.mask)[-1:] != (len(units),):
        for node in nodes:
            problems.add(
                str(error),
                code="node.refused",
                variable=node.code,
                noun=_noun(node),
                cure=_cure(error),
            )
        return
    mask = np.asarray(error.mask, dtype=bool)
    mask = mask.reshape(-1, *mask.shape[-2:]) if mask.ndim > 2 else mask.reshape(1, -1, len(units))
    masks = np.broadcast_to(mask, (len(nodes), *mask.shape[1:]))
    for row, (node, refused) in enumerate(zip(nodes, masks, strict=True)):
        draw = next((d for d in range(len(refused)) if refused[d].any()), None)
        if draw is None:
            continue
        hit, shown = np.flatnonzero(refused[draw]), _shown(values, row, draw)
        if error.whole:
            _name_whole(error, node, [units[i] for i in hit], shown, hit, problems)
            continue
        for index in hit.tolist():
            value = "" if shown is None or np.isnan(shown[index]) else f"value {shown[index]:.10g}"
            problems.add(
                f"{error} ({value})" if value else str(error),
                code="cell.refused",
                unit=units[index],
                variable=node.code,
                noun=_noun(node),
                cure=_cure(error),
                found=value,
            )


def _name_whole(
    error: CellError,
    node: Any,
    units: Sequence[str],
    shown: Float | None,
    hit: Any,
    problems: Problems,
) -> None:
    alike = shown is not None and bool((shown[hit] == shown[hit[0]]).all())
    value = f": every unit has {shown[hit[0]]:g}" if shown is not None and alike else ""
    detail = f"{value} ({listing(units, shown=3)})"
    problems.add(
        f"{error}{detail}",
        code="indicator.degenerate",
        variable=node.code,
        noun=_noun(node),
        cure=_cure(error),
        found=detail,
    )


def name_answers(code: str, variable: str, block: Block, problems: Problems) -> None:
    """Add a problem for each text in a variable read as numbers, with the cure."""
    cells, levels = block[variable], block.levels(variable)
    for index in np.flatnonzero(~is_absent(cells.status[0])).tolist():
        word = levels[int(cells.values[0, index])]
        cure = cure_of_word(word)
        problems.add(
            f"'{word}' in variable '{variable}' is not a number",
            code="cell.not_a_number",
            unit=block.observations.units.codes[index],
            variable=code,
            noun="indicator",
            cure=cure
            or "score answers with rules.Choice({…}), or say what texts mean with "
            "Notation(missing=…) or Notation(not_applicable=…)",
            found="" if cure else f"'{word}'",
        )


def _cure(error: GovIndexError) -> str:
    return error.cure if isinstance(error, CellError) else ""


def _shown(values: Float | None, row: int, draw: int) -> Float | None:
    """Return a node's values in one draw, shape (units,); a single draw serves all."""
    if values is None:
        return None
    numbers = values[row] if values.ndim == 3 else values
    return np.asarray(numbers[min(draw, len(numbers) - 1)])


def _noun(node: Any) -> str:
    return "indicator" if isinstance(node, Indicator) else "node"


def _noun_of_child(node: Any, code: str) -> str:
    return next(
        (_noun(child) for child in getattr(node, "children", ()) if child.code == code), "node"
    )


def name_refusals(
    code: str, refused: Bool, kind: CellStatus, branch: Any, block: Block, problems: Problems
) -> None:
    """Add a problem for each unit that an absence policy refuses, with the cure."""
    units = block.observations.units.codes
    word, cure = kind.label, "Renormalise(), Shrink(), AsZero() …"
    if kind == CellStatus.SUPPRESSED:
        cure = "Absence(missing=…, not_applicable=…, suppressed=Renormalise())"
    for index in np.flatnonzero(refused.any(axis=0)).tolist():
        problems.add(
            f"{word}, and '{branch.code}' declares no policy for that",
            code=f"cell.{kind.name.lower()}",
            unit=units[index],
            variable=code,
            noun=_noun_of_child(branch, code),
            cure=f"give it absence= {cure}",
            found=f"'{branch.code}'",
            together=f"{word} in {{cells}}; {{found}} declare no policy for that",
        )


def name_gaps(
    code: str, gone: Bool, status: Status, branch: Branch, block: Block, problems: Problems
) -> None:
    """Add a problem for each unit that lacks a child the aggregator needs, with the cure."""
    units = block.observations.units.codes
    why = np.broadcast_to(status, gone.shape)
    for index in np.flatnonzero(gone.any(axis=0)).tolist():
        word = CellStatus(int(why[..., index][gone[..., index]].min())).label
        problems.add(
            f"{branch.aggregate!r} needs every child, and '{code}' is {word}",
            code="node.gap",
            unit=units[index],
            variable=branch.node.code,
            noun="node",
            cure="fill it with AsZero(), Fill() …, or leave such units without a score by "
            "Renormalise(min_share=1)",
        )
