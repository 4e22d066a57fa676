"""Results in documents: the methodology, the units, and every node's scores with their status."""

from __future__ import annotations

from typing import Any

import numpy as np

from govindex.errors import FrameworkError
from govindex.interchange.columns import STATUSES, numbers_of, statuses_of, whole_where_possible
from govindex.interchange.methodology_documents import (
    framework_document,
    methodology_document,
    methodology_shape,
)
from govindex.interchange.observation_documents import CELLS, cell_document
from govindex.interchange.shapes import Fields, Flag, Listed, Number, Open, Shape, Text
from govindex.interchange.stand_ins import described
from govindex.interchange.unit_documents import UNITS, name_document, unit_documents
from govindex.methods import Methodology
from govindex.model.equality import same_observations
from govindex.model.framework import Framework
from govindex.model.tree import Indicator, View
from govindex.parts import plain
from govindex.results import IndexResult, JointResult

__all__ = ["result_document", "result_shape"]

_NUMBERS = Listed(Number(null=True))
_NODE = Fields(
    {
        "node": Text(),
        "maximum": Number(),
        "score": _NUMBERS,
        "rank": _NUMBERS,
        "share": _NUMBERS,
        "status": Listed(Text(STATUSES)),
    },
    {
        "name": Open(),
        "kind": Text(("indicator", "dimension", "view")),
        "parent": Text(null=True),
        "overall_rank": _NUMBERS,
        "band": Listed(Text(null=True)),
        "applicable": _NUMBERS,
        "value": _NUMBERS,
        "weights": Listed(_NUMBERS),
        "treated": Listed(Flag()),
        "raw": _NUMBERS,
        "one_sign": Flag(),
        "rounding": Open(),
    },
)
_PRINTING = Fields(
    {
        "scale": Number(texts=("points",)),
        "rounding": Open(),
        "ranking": Open(),
        "display": Listed(Text()),
    },
    {"bands": Open()},
)
_FRAMEWORK = Fields(
    {},
    {
        "form": Text(null=True),
        "nodes": Listed(Open(table=True)),
        "views": Listed(Open(table=True)),
    },
)
_REASON = Fields({"unit": Text(), "node": Text(), "reason": Text()})
_PART: dict[str, Shape] = {
    "framework": _FRAMEWORK,
    "printing": _PRINTING,
    "nodes": Listed(_NODE),
}
_PART_MORE: dict[str, Shape] = {
    "unused": Listed(Text()),
    "period": Text(null=True),
    "stage": Text(null=True),
    "opaque": Flag(),
    "reasons": Listed(_REASON),
    "data": Fields(CELLS.required, CELLS.optional, null=True),
}
_FORM = Fields(
    {"units": UNITS, "fingerprint": Text(), **_PART}, {"same_data": Flag(), **_PART_MORE}
)


def result_shape() -> dict[str, dict[str, Shape]]:
    """Return the required and the optional fields of the document of a result."""
    return {
        "required": {"methodology": methodology_shape(), "units": UNITS, **_PART},
        "optional": {"forms": Listed(_FORM), **_PART_MORE},
    }


def result_document(result: IndexResult) -> dict[str, Any]:
    """Return the document of a result."""
    origin = result.provenance
    about = methodology_document(result.method, origin)
    method = result.method
    whole = method if isinstance(method, Methodology) and about["recomputable"] else None
    document = {
        "methodology": about,
        "units": unit_documents(result.units),
        **_part(result, whole),
    }
    if isinstance(result, JointResult):
        document["forms"] = [_form(part, result, whole) for part in result.parts]
    return document


def _form(part: IndexResult, whole: JointResult, method: Methodology | None) -> dict[str, Any]:
    """Return the result of one form: of its units only, and without data that the whole has."""
    document = _part(part, method)
    data, every = part.observations, whole.observations
    same = (
        data is not None
        and every is not None
        and same_observations(data, every.take(part.units.codes))
    )
    if same:
        document["data"] = None
    return {
        "units": unit_documents(part.units),
        "fingerprint": part.provenance.fingerprint,
        "same_data": same,
        **document,
    }


def _part(result: IndexResult, method: Methodology | None) -> dict[str, Any]:
    origin, data = result.provenance, result.observations
    return {
        "period": origin.period,
        "stage": origin.stage,
        "unused": list(origin.unused),
        "opaque": result.opaque,
        "framework": _framework(result.framework, method),
        "printing": {
            "scale": result.scale if isinstance(result.scale, str) else float(result.scale),
            "rounding": plain(result.printing),
            "ranking": plain(result.ranking),
            "bands": None if result.bands_spec is None else plain(result.bands_spec),
            "display": list(result.display),
        },
        "nodes": [_node(result, code) for code in result.codes],
        "reasons": [
            {"unit": unit, "node": node, "reason": reason}
            for (unit, node), reason in result.reasons.items()
        ],
        "data": None if data is None else cell_document(data),
    }


def _framework(framework: Framework, method: Methodology | None) -> dict[str, Any]:
    """Return which form of the methodology the framework is; else the framework itself."""
    forms = {} if method is None else method._singles
    for form, single in forms.items():
        if single.framework is framework or single.framework == framework:
            return {"form": form}
    return framework_document(framework)


def _node(result: IndexResult, code: str) -> dict[str, Any]:
    row, node = result.row_of(code), result.node(code)
    state = result._states[row]
    kind = "indicator" if isinstance(node, Indicator) else "dimension"
    table: dict[str, Any] = {
        "node": code,
        "name": name_document(node.name),
        "kind": "view" if isinstance(node, View) else kind,
        "parent": _parent(result, code),
        "maximum": float(result.maxima[row]),
        "score": numbers_of(result.printed_at(code)),
        "rank": whole_where_possible(result.ranks_at(code)),
        "share": numbers_of(state.share[0]),
        "status": statuses_of(np.broadcast_to(state.status, (1, len(result.units)))[0]),
        "one_sign": code in result._of_one_sign,
    }
    if any(league is not None for league in result.units.leagues or ()):
        table["overall_rank"] = whole_where_possible(result.ranks_at(code, overall=True))
    bands = result.bands_spec
    if bands is not None and (bands.by != "points" or code == result.codes[0]):
        table["band"] = result.band_of(code)
    if state.applicable is not None:
        table["applicable"] = numbers_of(state.applicable[0])
    if state.value is not None:
        table["value"] = numbers_of(state.value[0])
    if state.in_force is not None:
        table["weights"] = [numbers_of(weights[0]) for weights in state.in_force]
    if code in result._treated:
        cells = result._treated[code]
        table["treated"], table["raw"] = cells.mask.tolist(), numbers_of(cells.raw)
    if code in result.print_rounding:
        table["rounding"] = _rounding(result.print_rounding[code])
    return table


def _parent(result: IndexResult, code: str) -> str | None:
    frameworks = [f for f in result._frameworks if f.has(code)]
    if not frameworks or isinstance(result.node(code), View):
        return None
    above = frameworks[0].parent(code)
    return None if above is None else above.code


def _rounding(rounder: Any) -> Any:
    try:
        return plain(rounder)
    except FrameworkError:
        return described("rounding", rounder)
