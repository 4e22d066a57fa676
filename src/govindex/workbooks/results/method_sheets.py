"""The sheet about the method: editions, rounding, ties, absence, bands, preparation, sources."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import attrs

from govindex.absence import Absence
from govindex.language import number_text, words
from govindex.method_definitions import declared_variables, definition_texts
from govindex.methods import Methodology
from govindex.model.framework import Framework
from govindex.prepare.reports import report_text
from govindex.ranking import Bands
from govindex.rounding import Levels, Rounding
from govindex.workbooks.results.cells import Content, PrintedCell, PrintedColumn
from govindex.workbooks.results.result_contents import Contents

__all__ = ["write_method"]

_POLICIES = ("AsZero", "Fill", "Full", "Redistribute", "Refuse", "Renormalise", "Shrink")


def write_method(contents: Contents) -> None:
    """Write how scores and ranks were made, and where the method comes from."""
    page = contents.page("method")
    rows: list[list[Content]] = [
        [PrintedCell(contents.word(f"workbook.fact.{key}"), bold=True), text]
        for key, text in _facts(contents)
        if text
    ]
    columns = [
        PrintedColumn(contents.word("workbook.matter"), widest=30.0, narrowest=26.0),
        PrintedColumn(contents.word("workbook.choice"), widest=100.0, narrowest=60.0),
    ]
    page.table(columns, rows)
    _write_definitions(contents)
    sources = getattr(contents.method, "sources", ())
    if not sources:
        return
    page = contents.page("sources")
    columns = [
        PrintedColumn(contents.word("workbook.source"), widest=50.0, narrowest=30.0),
        PrintedColumn(contents.word("workbook.address"), widest=44.0, narrowest=20.0),
        PrintedColumn(contents.heading("confidence"), widest=16.0),
        PrintedColumn(contents.word("workbook.note"), widest=60.0, narrowest=20.0),
    ]
    page.table(columns, [[s.title, s.url, s.confidence, s.note] for s in sources])


def _write_definitions(contents: Contents) -> None:
    """Write what variables are that no indicator stands for by itself."""
    method = contents.method
    defined = declared_variables(method._variables) if isinstance(method, Methodology) else []
    if not defined:
        return
    page, language = contents.page("definitions"), contents.language
    columns = [
        PrintedColumn(contents.word("definition.variable"), widest=14.0),
        PrintedColumn(contents.word("definition.name"), widest=60.0, narrowest=36.0),
        PrintedColumn(contents.word("definition.measure_unit"), widest=16.0),
        PrintedColumn(contents.word("definition.confidence"), widest=30.0, narrowest=16.0),
        PrintedColumn(contents.word("definition.note"), widest=60.0, narrowest=20.0),
    ]
    page.table(columns, [list(definition_texts(variable, language)) for variable in defined])


def _facts(contents: Contents) -> Iterator[tuple[str, str]]:

    result, method = contents.result, contents.method
    origin, language = result.provenance, contents.language
    yield "index", contents.title
    yield "edition", "@".join(filter(None, (origin.methodology, origin.version)))
    yield "fingerprint", origin.fingerprint
    for key in ("issued", "assesses", "depth", "confidence", "deprecated"):
        yield key, str(getattr(method, key, ""))
    yield "of_period", origin.period or ""
    yield "of_stage", origin.stage or ""
    yield "units", number_text(len(result.units), language)
    yield "scale", _scale(contents)
    yield "rounding_of", _rounding(contents)
    yield "ranking", _ranking(contents)
    yield "bands", _bands(contents)
    if not result.opaque:
        yield "absence", _absence(contents)
    yield "preparation", "\n".join(report_text(r, language) for r in result.preparation)
    yield "unused", ", ".join(origin.unused)
    yield "notes", str(getattr(method, "notes", ""))
    yield "made_with", f"govindex {version('govindex')}"


def _scale(contents: Contents) -> str:
    result = contents.result
    maximum = number_text(float(result.maxima[0]), contents.language)
    key = "workbook.in_points" if result.scale == "points" else "workbook.on_scale"
    return contents.word(key, maximum=maximum)


def _rounding(contents: Contents) -> str:
    levels = getattr(contents.method, "rounding", None)
    if not isinstance(levels, Levels):
        return _rounded(contents, contents.result.printing)
    texts = [
        contents.word(f"workbook.rounding.{field.name}", rounding=_rounded(contents, rounding))
        for field in attrs.fields(Levels)
        if (rounding := getattr(levels, field.name)) is not None
    ]
    decimals = contents.result.score_decimals
    return "; ".join(texts) or contents.word("workbook.unrounded", decimals=decimals)


def _rounded(contents: Contents, rounding: Rounding) -> str:
    mode = contents.word(f"workbook.rounding_mode.{rounding.mode.replace('-', '_')}")
    text = contents.word("workbook.rounded", decimals=rounding.decimals, mode=mode)
    return f"{text}; {contents.word('workbook.printed_only')}" if rounding.printed_only else text


def _ranking(contents: Contents) -> str:
    ranking = contents.result.ranking
    texts = [
        contents.word(f"workbook.ties.{ranking.ties}"),
        contents.word(f"workbook.ranked_by.{ranking.by}"),
    ]
    if ranking.decimals is None:
        texts.append(contents.word("workbook.ranked_full"))
    else:
        texts.append(contents.word("workbook.ranked_decimals", decimals=ranking.decimals))
    if ranking.best == "lowest":
        texts.append(contents.word("workbook.lowest_first"))
    if ranking.tie_break:
        nodes = ", ".join(contents.node_title(code) for code in ranking.tie_break)
        texts.append(contents.word("workbook.tie_break", nodes=nodes))
    return "; ".join(texts)


def _bands(contents: Contents) -> str:
    result = contents.result
    every = [] if result.bands_spec is None else [_bands_text(contents, result.bands_spec)]
    for code in result.codes[1:]:
        bands = result.node(code).bands
        if bands is not None:
            every.append(f"{contents.node_title(code)}: {_bands_text(contents, bands)}")
    return "\n".join(every)


def _bands_text(contents: Contents, bands: Bands) -> str:
    texts = []
    for band in bands.bands:
        if band.start is None:
            texts.append(contents.word("workbook.band_below", band=band.name))
        else:
            start = number_text(float(band.start), contents.language)
            lower = bands.closed == "lower"
            key = "workbook.band_from" if lower else "workbook.band_above"
            texts.append(contents.word(key, band=band.name, start=start))
    return f"{contents.word(f'workbook.bands_by.{bands.by}')}: {'; '.join(texts)}"


def _absence(contents: Contents) -> str:
    """Return what becomes of absent figures: the policies of the whole, and the exceptions."""
    frameworks = [part.framework for part in contents.parts]
    lines = []
    for field in attrs.fields(Absence):
        kinds = dict.fromkeys(_policy(contents, f.absence, field.name) for f in frameworks)
        status = words(f"status.{field.name}", contents.language)
        lines.append(f"{status}: {', '.join(kinds)}")
    own = sum(_own_policies(framework) for framework in frameworks)
    if own:
        count = number_text(own, contents.language)
        lines.append(contents.word("workbook.own_policies", count=count))
    return "\n".join(lines)


def _policy(contents: Contents, absence: Any, kind: str) -> str:
    policy = getattr(absence if absence is not None else Absence(), kind)
    name = type(policy).__name__
    if name in _POLICIES:
        return contents.word(f"workbook.policy.{name}")
    return contents.word("workbook.own_policy", policy=repr(policy))


def _own_policies(framework: Framework) -> int:
    nodes = [node for node in framework.nodes if node.code != framework.code]
    return sum(node.absence is not None for node in nodes)
