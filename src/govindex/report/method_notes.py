"""How scores and ranks were made: methodology, sources, rounding, ties, absence, bands."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from govindex.absence import Absence
from govindex.method_definitions import declared_variables, definition_texts
from govindex.methods import Methodology
from govindex.model.framework import Framework
from govindex.model.tree import Dimension, Indicator
from govindex.ranking import Bands, Ranking
from govindex.report.contents import Block, Chapter, DataTable, Prose, TableColumn
from govindex.report.materials import Material
from govindex.results.joint_results import parts_of
from govindex.rounding import Rounding

__all__ = ["method_notes"]

_POLICIES = frozenset(
    {"AsZero", "Custom", "Fill", "Full", "Redistribute", "Refuse", "Renormalise", "Shrink"}
)


def method_notes(material: Material) -> list[Chapter]:
    """Return the chapter on the methodology."""
    say = material.say
    columns = [
        TableColumn(say("report.matter"), "text", 1.3),
        TableColumn(say("report.choice"), "text", 3.0),
    ]
    rows = [(say(key), text) for key, text in _facts(material) if text]
    blocks: list[Block] = [DataTable(say("report.method_table"), columns, rows)]
    method = material.method
    if method is None:
        blocks.append(Prose(say("report.no_method"), "note"))
        return [Chapter(say("report.method"), blocks)]
    if method.notes:
        blocks.append(Prose(say("report.method_notes", notes=method.notes)))
    defined = declared_variables(method._variables) if isinstance(method, Methodology) else []
    if defined:
        columns = [
            TableColumn(say("definition.variable"), "text", 0.8),
            TableColumn(say("definition.name"), "text", 2.6),
            TableColumn(say("definition.measure_unit"), "text", 0.8),
            TableColumn(say("definition.confidence"), "text", 1.2),
            TableColumn(say("definition.note"), "text", 2.4),
        ]
        texts = [definition_texts(variable, material.language) for variable in defined]
        blocks.append(DataTable(say("definition.title"), columns, texts))
    if method.sources:
        columns = [
            TableColumn(say("report.source"), "text", 2.4),
            TableColumn(say("report.source_address"), "text", 1.8),
            TableColumn(say("report.source_confidence"), "text", 0.9),
            TableColumn(say("report.source_note"), "text", 2.0),
        ]
        sources = [(s.title, s.url, s.confidence, s.note) for s in method.sources]
        blocks.append(DataTable(say("report.sources"), columns, sources))
    return [Chapter(say("report.method"), blocks)]


def _facts(material: Material) -> Iterator[tuple[str, str]]:
    result, method, origin = material.result, material.method, material.result.provenance
    yield "report.index", material.title
    yield "report.methodology", "@".join(filter(None, (origin.methodology, origin.version)))
    yield "report.fingerprint", origin.fingerprint
    if method is not None:
        yield "report.issued", method.issued
        yield "report.assesses", method.assesses
        yield "report.figures_confidence", method.confidence
        yield "report.deprecated", method.deprecated
    yield "report.of_period", material.period
    yield "report.of_stage", origin.stage or ""
    yield "report.structure", _structure(material)
    yield "report.scale", _scale(material)
    yield "report.rounding", _rounding(material)
    yield "report.ties", _ties(material, result.ranking)
    yield "report.bands", "" if result.bands_spec is None else _bands(material, result.bands_spec)
    yield from _bands_of_nodes(material)
    if not result.opaque:
        yield "report.absence", _absences(material)
    if method is not None:
        key = "report.peer_dependent" if method.peer_dependent else "report.own_data_only"
        yield "report.comparison", material.say(key)
        yield "report.steps", "; ".join(repr(step) for step in method.steps)


def _structure(material: Material) -> str:
    framework = material.result.framework
    leaves = {leaf.code for part in parts_of(material.result) for leaf in part.framework.leaves}
    return material.say(
        "report.structure_is",
        dimensions=material.count(len(framework.children)),
        indicators=material.count(len(leaves)),
    )


def _scale(material: Material) -> str:
    result = material.result
    key = "report.scale_points" if result.scale == "points" else "report.scale_shares"
    return material.say(key, maximum=material.number(float(result.maxima[0])))


def _rounding(material: Material) -> str:
    method = material.method
    if method is None:
        return _rounded(material, material.result.printing)
    levels = {
        "report.rounding_leaf": method.rounding.leaf,
        "report.rounding_node": method.rounding.node,
        "report.rounding_total": method.rounding.total,
    }
    texts = [
        material.say(key, rounding=_rounded(material, rounding))
        for key, rounding in levels.items()
        if rounding is not None
    ]
    if not texts:
        return material.say("report.unrounded", decimals=material.decimals(material.root))
    return "; ".join(texts)


def _rounded(material: Material, rounding: Rounding) -> str:
    mode = material.say(f"report.mode.{rounding.mode}")
    text = material.say("report.rounded", decimals=rounding.decimals, mode=mode)
    return f"{text}, {material.say('report.printed_only')}" if rounding.printed_only else text


def _ties(material: Material, ranking: Ranking) -> str:
    texts = [material.say(f"report.tie.{ranking.ties}")]
    if ranking.decimals is not None:
        texts.append(material.say("report.ranked_decimals", decimals=ranking.decimals))
    else:
        texts.append(material.say("report.ranked_full"))
    if ranking.best == "lowest":
        texts.append(material.say("report.lowest_first"))
    if ranking.tie_break:
        known = [code for code in ranking.tie_break if material.result.framework.has(code)]
        nodes = material.listed([material.label(code) for code in known])
        texts.append(material.say("report.tie_break", nodes=nodes))
    return "; ".join(texts)


def _bands_of_nodes(material: Material) -> Iterator[tuple[str, str]]:
    """Yield the bands of each node that has its own."""
    result = material.result
    for code in result.codes[1:]:
        bands = result.node(code).bands
        if bands is not None:
            yield "report.bands", f"{material.label(code)}: {_bands(material, bands)}"


def _bands(material: Material, bands: Bands) -> str:
    texts = []
    for band in bands.bands:
        if band.start is None:
            texts.append(material.say("report.band_below", band=band.name))
        else:
            start = material.number(float(band.start))
            key = "report.band_from" if bands.closed == "lower" else "report.band_above"
            texts.append(material.say(key, band=band.name, start=start))
    return f"{material.say(f'report.band_by.{bands.by}')}: {'; '.join(texts)}"


def _absences(material: Material) -> str:
    """Return what becomes of absent figures: each policy with how many nodes it holds for."""
    frameworks = [part.framework for part in parts_of(material.result)]
    policies = [policy for framework in frameworks for policy in _in_force(framework)]
    texts = []
    for field in attrs.fields(Absence):
        counted: dict[str, int] = {}
        for policy in policies:
            name = _policy_text(material, getattr(policy, field.name))
            counted[name] = counted.get(name, 0) + 1
        names = sorted(counted, key=lambda name: -counted[name])
        status = material.say(f"status.{field.name}")
        said = names if len(names) == 1 else [f"{name} ({counted[name]})" for name in names]
        texts.append(f"{status}: {material.listed(said)}")
    return "; ".join(texts)


def _in_force(framework: Framework) -> list[Absence]:
    """Return the policies of the branches, and of indicators with their own."""
    return [
        framework.policy(node.code)
        for node in framework.nodes
        if isinstance(node, Dimension) or (isinstance(node, Indicator) and node.absence is not None)
    ]


def _policy_text(material: Material, policy: object) -> str:
    name = type(policy).__name__
    if name not in _POLICIES:
        return repr(policy)
    return material.say(f"report.policy.{name}")
