"""Results from documents: read, and refused where scores, ranks and bands contradict shares."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np

from govindex.compute import State
from govindex.errors import DataError, FrameworkError, Problems, SettingError
from govindex.interchange.columns import (
    check_length,
    flags_of,
    floats_of,
    numbers_of,
    status_array,
    whole_where_possible,
)
from govindex.interchange.methodology_documents import read_framework_of, read_methodology
from govindex.interchange.observation_documents import read_cells
from govindex.interchange.stand_ins import MethodologyElsewhere, stand_in
from govindex.interchange.unit_documents import read_units
from govindex.interchange.versions import govindex_version
from govindex.mappings import FrozenMap
from govindex.methods import Methodology
from govindex.model.framework import Framework
from govindex.model.observations import Observations
from govindex.model.units import Units
from govindex.parts import record
from govindex.ranking import Bands, Ranking
from govindex.results import IndexResult, JointResult, Provenance
from govindex.rounding import Rounding
from govindex.statuses import TreatedCells

__all__ = ["read_result"]

_LISTS = ("score", "rank", "share", "status", "overall_rank", "band", "applicable", "value")


def read_result(document: dict[str, Any]) -> IndexResult:
    """Return the result of a document.

    Raises
    ------
    DataError
        If lists have other lengths, or a score, a rank or a band is not what the shares give: then
        the document was changed, or another version wrote it. Every cell is named.
    FrameworkError
        If the methodology in it is not well formed.
    """
    about = document["methodology"]
    method = read_methodology(about)
    _check_fingerprint(about, method, document)
    units = read_units(document["units"])
    data = None if document.get("data") is None else read_cells(document["data"], units)
    whole = _fields(document, units, data, method)
    whole["provenance"] = _provenance(about, document, about["fingerprint"])
    whole["method"] = method or MethodologyElsewhere(
        id=about["id"],
        version=about["version"],
        fingerprint=about["fingerprint"],
        framework=whole["framework"],
        opaque=tuple(about.get("opaque", ())),
    )
    if "forms" not in document:
        result = IndexResult(**whole)
    else:
        parts = tuple(_form(form, about, data, method) for form in document["forms"])
        result = JointResult(**{**whole, "plan": None}, parts=parts)
        _remember(result, document)
    if "forms" not in document:
        _remember(result, document)
    _check_numbers(result, document)
    return result


def _check_fingerprint(
    about: dict[str, Any], method: Methodology | None, document: dict[str, Any]
) -> None:
    """Refuse a methodology that is not the one that the document names."""
    if method is None:
        return
    names = (method.id, method.version)
    if names != (about["id"], about["version"]):
        raise DataError(
            f"the document names the methodology {about['id']}@{about['version']}, but holds "
            f"{method.id}@{method.version}: it was changed"
        )
    same_version = document.get("govindex") == govindex_version()
    if same_version and method.fingerprint != about["fingerprint"]:
        raise DataError(
            f"the methodology in the document has the fingerprint {method.fingerprint}, not "
            f"{about['fingerprint']} as the document says: the document was changed"
        )


def _provenance(about: dict[str, Any], part: dict[str, Any], fingerprint: str) -> Provenance:
    return Provenance(
        methodology=about["id"],
        version=about["version"],
        fingerprint=fingerprint,
        period=part.get("period"),
        stage=part.get("stage"),
        unused=tuple(part.get("unused", ())),
    )


def _form(
    form: dict[str, Any],
    about: dict[str, Any],
    data: Observations | None,
    method: Methodology | None,
) -> IndexResult:
    units = read_units(form["units"])
    own = None if form.get("data") is None else read_cells(form["data"], units)
    if form.get("same_data") and data is not None:
        own = data.take(units.codes)
        units = own.units
    fields = _fields(form, units, own, method)
    single = None if method is None else method._singles.get(form["framework"].get("form"))
    origin = _provenance(about, form, form["fingerprint"])
    part = IndexResult(**fields, provenance=origin, method=single)
    _remember(part, form)
    return part


def _fields(
    part: dict[str, Any], units: Units, data: Observations | None, method: Methodology | None
) -> dict[str, Any]:
    """Return the fields of a result that the whole and its forms have."""
    printing, nodes = part["printing"], part["nodes"]
    if not nodes:
        raise DataError("the document cannot be read: the result has no nodes")
    framework, single = _framework(part["framework"], method)
    for number, node in enumerate(nodes):
        _check_lengths(node, number, len(units))
    codes = tuple(node["node"] for node in nodes)
    _check_codes(codes, framework)
    opaque = part.get("opaque", False)
    return {
        "framework": framework,
        "units": units,
        "codes": codes,
        "states": tuple(_state(node) for node in nodes),
        "maxima": np.array([float(node["maximum"]) for node in nodes]),
        "scale": printing["scale"],
        "display": tuple(printing["display"]),
        "observations": data,
        "opaque": opaque,
        "reasons": FrozenMap(
            {(r["unit"], r["node"]): r["reason"] for r in part.get("reasons", ())}
        ),
        "plan": None if opaque or single is None else single._plan,
        **_settings(printing, nodes),
    }


def _settings(printing: dict[str, Any], nodes: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the ranking, the bands and the roundings in force."""
    problems = Problems()
    settings = {
        "ranking": record(Ranking)(printing["ranking"], "printing.ranking", problems),
        "printing": record(Rounding)(printing["rounding"], "printing.rounding", problems),
        "bands_spec": None
        if printing.get("bands") is None
        else record(Bands)(printing["bands"], "printing.bands", problems),
    }
    roundings = {
        node["node"]: _rounding(node, number, problems)
        for number, node in enumerate(nodes)
        if node.get("rounding") is not None
    }
    problems.raise_any(DataError, "The document of a result cannot be read")
    return {"print_rounding": roundings, **settings}


def _framework(
    said: dict[str, Any], method: Methodology | None
) -> tuple[Framework, Methodology | None]:
    """Return the framework, and the methodology of its form if the document holds it."""
    if "nodes" in said:
        return read_framework_of(said), None
    form = said.get("form")
    if method is None or form not in method._singles:
        raise DataError(
            f"the document cannot be read: its framework is the form {form!r} of a methodology "
            "that it does not hold"
        )
    single = method._singles[form]
    return single.framework, single


def _check_codes(codes: tuple[str, ...], framework: Framework) -> None:
    problems = Problems()
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        problems.add(f"node '{code}' appears more than once", code="document.node")
    if codes[0] != framework.code:
        problems.add(
            f"the first node is '{codes[0]}', not the root '{framework.code}'",
            code="document.node",
        )
    problems.raise_any(DataError, "The document of a result cannot be read")


def _check_lengths(node: dict[str, Any], number: int, units: int) -> None:
    for name in (*_LISTS, "treated", "raw"):
        if name in node:
            check_length(node[name], units, f"nodes[{number}].{name}")
    for weights in node.get("weights", ()):
        if len(weights) != 1:  # one number holds for all units
            check_length(weights, units, f"nodes[{number}].weights")


def _state(node: dict[str, Any]) -> State:
    share = floats_of(node["share"])[None]
    applicable, value = (
        None if node.get(name) is None else floats_of(node[name])[None]
        for name in ("applicable", "value")
    )
    weights = node.get("weights")
    return State(
        share,
        status_array(node["status"])[None],
        complete=not np.isnan(share).any(),
        applicable=applicable,
        value=value,
        in_force=None if weights is None else tuple(floats_of(each)[None] for each in weights),
    )


def _rounding(node: dict[str, Any], number: int, problems: Problems) -> Any:
    said = node["rounding"]
    if isinstance(said, dict) and "opaque" in said:
        return stand_in("rounding", said)
    return record(Rounding)(said, f"nodes[{number}].rounding", problems)


def _remember(result: IndexResult, part: dict[str, Any]) -> None:
    """Give the result what it would compute from parts that the document may not hold."""
    nodes = part["nodes"]
    own: dict[str, Any] = result.__dict__
    own["_of_one_sign"] = frozenset(node["node"] for node in nodes if node.get("one_sign"))
    own["_treated"] = {
        node["node"]: TreatedCells(flags_of(node["treated"]), floats_of(node["raw"]))
        for node in nodes
        if "treated" in node and "raw" in node
    }
    for node in nodes:
        rounder: Any = result.print_rounding.get(node["node"])
        if rounder is not None and "opaque" in (node.get("rounding") or {}):
            full = result.full_at(node["node"]).tolist()
            printed = {f: s for f, s in zip(full, node["score"], strict=True) if s is not None}
            known = attrs.evolve(rounder, printed=FrozenMap(printed))
            object.__setattr__(
                result, "print_rounding", {**result.print_rounding, node["node"]: known}
            )


def _check_numbers(result: IndexResult, document: dict[str, Any]) -> None:
    """Refuse scores, ranks and bands that the shares in the document do not give."""
    problems = Problems()
    for node in document["nodes"]:
        code = node["node"]
        try:
            found = _found(result, code, node)
        except (FrameworkError, SettingError, IndexError, KeyError, ValueError) as error:
            raise DataError(f"the document cannot be read: node '{code}': {error}") from error
        for name, values in found.items():
            for unit, said, value in zip(result.units.codes, node[name], values, strict=True):
                if said != value:
                    problems.add(
                        f"the {name.replace('_', ' ')} is {said!r} in the document, but its shares "
                        f"give {value!r}",
                        code=f"document.{name}",
                        unit=unit,
                        variable=code,
                        noun="node",
                        found=repr(said),
                    )
    problems.raise_any(
        DataError, "The document contradicts itself: it was changed, or another version wrote it"
    )


def _found(result: IndexResult, code: str, node: dict[str, Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {
        "score": numbers_of(result.printed_at(code)),
        "rank": list(whole_where_possible(result.ranks_at(code))),
    }
    if "overall_rank" in node:
        found["overall_rank"] = list(whole_where_possible(result.ranks_at(code, overall=True)))
    if "band" in node:
        found["band"] = list(result.band_of(code))
    return found
