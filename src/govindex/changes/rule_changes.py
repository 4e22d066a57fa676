"""What changed in the rules: nodes, maxima, weights, rules, settings, leagues."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from govindex.changes.tables import FormPair, leagues, ranked_in_group
from govindex.changes.unit_pairs import UnitPairs
from govindex.checks import is_number
from govindex.errors import FrameworkError
from govindex.fingerprint import digest
from govindex.measures import Value
from govindex.model.framework import Framework
from govindex.model.tree import Dimension, Indicator
from govindex.names import natural_key
from govindex.results import IndexResult

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["rule_table"]

Row = tuple[str, str, str, str, str]
_COLUMNS = ["what", "code", "name", "before", "after"]
_PARTS = ("rule", "rounding", "ranking")
_SETTINGS = {"scale": "scale", "ranking": "ranking", "bands": "bands_spec", "rounding": "printing"}


def rule_table(
    before: IndexResult,
    after: IndexResult,
    units: UnitPairs,
    forms: Sequence[FormPair],
    methods: tuple[Any, Any] | None,
    language: str | None,
) -> pd.DataFrame:
    """Return a row for each thing that differs, as :class:`Change` describes them."""
    import pandas as pd

    rows: dict[Row, None] = {}
    old, new = before.provenance.fingerprint, after.provenance.fingerprint
    if not old or old != new:
        rows.update(dict.fromkeys(_settings(before, after, methods)))
        for form in forms:
            rows.update(dict.fromkeys(_nodes(form, language)))
    rows.update(dict.fromkeys(_leagues(before, after, units, language)))
    return pd.DataFrame(list(rows), columns=_COLUMNS)


def _settings(
    before: IndexResult, after: IndexResult, methods: tuple[Any, Any] | None
) -> Iterator[Row]:
    for what, field in _SETTINGS.items():
        yield from _part(what, "", "", getattr(before, field), getattr(after, field))
    if methods is not None:
        old, new = (getattr(method, "steps", ()) for method in methods)
        yield from _part("steps", "", "", old, new)


def _part(what: str, code: str, name: str, old: Any, new: Any) -> Iterator[Row]:
    if not _same(old, new):
        yield what, code, name, *_texts(old, new)


def _same(old: Any, new: Any) -> bool:
    if old is new:
        return True
    try:
        return digest({"part": old}) == digest({"part": new})
    except FrameworkError:  # a part without a canonical form
        return repr(old) == repr(new)


def _texts(old: Any, new: Any) -> tuple[str, str]:
    """Return two parts as texts; of parts of one kind only the settings that differ."""
    if type(old) is not type(new) or not attrs.has(type(old)):
        return _text(old), _text(new)
    settings = [field for field in attrs.fields(type(old)) if field.repr]
    pairs = [(f.name, getattr(old, f.name), getattr(new, f.name)) for f in settings]
    differing = [(name, one, other) for name, one, other in pairs if not _same(one, other)]
    if not differing:
        return _text(old), _text(new)
    kind = type(old).__name__
    one = ", ".join(f"{name}={before!r}" for name, before, _ in differing)
    other = ", ".join(f"{name}={after!r}" for name, _, after in differing)
    return f"{kind}({one})", f"{kind}({other})"


def _text(part: Any) -> str:
    if is_number(part):
        return f"{float(part):.12g}"
    return "" if part is None or (isinstance(part, tuple) and not part) else str(part)


def _nodes(form: FormPair, language: str | None) -> Iterator[Row]:
    old, new = form.before, form.after
    counterparts = dict(form.nodes.same)
    for code in old.codes:
        if code not in counterparts:
            yield "removed", code, old.node(code).label(language), _size(old, code), ""
    known = {after: before for before, after in form.nodes.same}
    for code in new.codes:
        name = new.node(code).label(language)
        if code not in known:
            yield "added", code, name, "", _size(new, code)
            continue
        yield from _node(form, known[code], code, counterparts, language)


def _size(result: IndexResult, code: str) -> str:
    return _text(result.maxima[result.row_of(code)])


def _node(
    form: FormPair, old: str, new: str, counterparts: dict[str, str], language: str | None
) -> Iterator[Row]:
    one, other = form.before.node(old), form.after.node(new)
    name = other.label(language)
    if old != new:
        yield "code", new, name, old, new
    earlier = one.label(language)
    trees = form.before.framework, form.after.framework
    titles = trees[1].parent(new) is None  # of editions, which are named by their year
    renamed = one.name and other.name and earlier != name and not _shared(one.name, other.name)
    if renamed and not titles:
        yield "name", new, name, earlier, name
    yield from _sizes(form, old, new, name)
    parents = [tree.parent(code) for tree, code in zip(trees, (old, new), strict=True)]
    above = [parent.code if parent else "" for parent in parents]
    if counterparts.get(above[0], "") != above[1]:
        yield "parent", new, name, above[0], above[1]
    for what in _PARTS:
        yield from _part(what, new, name, getattr(one, what), getattr(other, what))
    if isinstance(one, Indicator) and isinstance(other, Indicator):
        yield from _indicator(one, other, name)
    elif isinstance(one, Dimension) and isinstance(other, Dimension):
        combined = trees[0].aggregator(old), trees[1].aggregator(new)
        yield from _part("aggregate", new, name, *combined)
        yield from _part("absence", new, name, trees[0].policy(old), trees[1].policy(new))


def _shared(one: Any, other: Any) -> bool:
    return bool(set(one.values()) & set(other.values()))


def _indicator(one: Indicator, other: Indicator, name: str) -> Iterator[Row]:
    new = other.code
    own = one.measure == Value(one.code) and other.measure == Value(new)
    if not own:
        yield from _part("measure", new, name, one.measure, other.measure)
    for what in ("direction", "outside_maximum", "absence"):
        yield from _part(what, new, name, getattr(one, what), getattr(other, what))


def _sizes(form: FormPair, old: str, new: str, name: str) -> Iterator[Row]:
    """Yield another maximum, or another weight where all nodes are printed on one scale."""
    maxima = [_size(form.before, old), _size(form.after, new)]
    if form.before.scale == form.after.scale == "points":
        if maxima[0] != maxima[1]:
            yield "maximum", new, name, maxima[0], maxima[1]
        return
    weights = [_weight(form.before.framework, old), _weight(form.after.framework, new)]
    if weights[0] != weights[1]:
        yield "weight", new, name, weights[0], weights[1]


def _weight(framework: Framework, code: str) -> str:
    """Return a node's part of the weights of its siblings, or the variable that weights it."""
    parent = framework.parent(code)
    if parent is None:
        return ""
    weight = framework.weight(code)
    siblings = [framework.weight(child.code) for child in parent.inside]
    if isinstance(weight, str) or any(isinstance(other, str) for other in siblings):
        return _text(weight)
    total = float(np.sort(np.array(siblings, dtype=np.float64)).sum())
    return f"{weight / total:.6g}" if total > 0 else _text(weight)


def _leagues(
    before: IndexResult, after: IndexResult, units: UnitPairs, language: str | None
) -> Iterator[Row]:
    labels = after.units.labels(language)
    for row, old, new in zip(units.rows, *leagues(units), strict=True):
        if old != new:
            yield "league", after.units.codes[row], labels[row], old, new
    if before.units.periods is None and after.units.periods is None:
        sizes = _group_sizes(before), _group_sizes(after)
        for league in sorted({*sizes[0], *sizes[1]}, key=natural_key):
            old, new = (str(size.get(league, 0)) for size in sizes)
            if old != new:
                yield "league_size", league, league, old, new


def _group_sizes(result: IndexResult) -> dict[str, int]:
    counts = ranked_in_group(result, result.codes[0])
    groups = result.units.ranking_groups()
    return {league or "": int(counts[members[0]]) for league, _, members in groups}
