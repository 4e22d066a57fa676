"""Directives ``catalogue`` and ``methodology``: a page for each built-in edition, from itself.

The pages are written when a build begins, so that a new edition is there without another line.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import attrs
from docutils import nodes
from pieces import (
    Piece,
    api_link,
    bullets,
    fields,
    inline,
    link,
    page_link,
    paragraph,
    section,
    table,
)
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import govindex as gi
from govindex.display.part_texts import part_text
from govindex.rounding import Levels

FOLDER = Path(__file__).parents[1] / "catalogue"
EVIDENCE = Path(__file__).parents[1] / "evidence" / "published.json"
CERTAIN = ("verified", "verified, reproduced")
FAMILIES = (gi.rules, gi.measures, gi.aggregate, gi.absence)


def editions() -> list[str]:
    """Return the built-in editions, such as "vn.papi@2016"."""
    listed = gi.methodologies().reset_index()
    own = listed[listed["package"] == "govindex"]
    return [f"{id_}@{version}" for id_, version in zip(own["id"], own["version"], strict=True)]


def page_of(edition: str) -> str:
    """Return the page of an edition, below the folder of pages."""
    return "catalogue/" + edition.replace("@", "-")


def write_pages(app: Sphinx | None = None) -> None:
    """Write the page of every edition, and remove those of editions that are gone."""
    FOLDER.mkdir(exist_ok=True)
    texts = {f"{page_of(edition)}.md": page_text(edition) for edition in editions()}
    for name, text in texts.items():
        file = FOLDER.parent / name
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")
    for file in FOLDER.glob("*.md"):
        if f"catalogue/{file.name}" not in texts:
            file.unlink()


def page_text(edition: str) -> str:
    """Return the text of a page: a heading, and the directive that fills it."""
    title = gi.methodology(edition).label("en")
    return f"# {title}\n\n```{{methodology}} {edition}\n```\n"


# -- one edition ----------------------------------------------------------------------------------


class MethodologyPage(SphinxDirective):
    """Show an edition: what it is, what is unknown, its tree, every node, data and sources."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        edition = self.arguments[0]
        method = gi.methodology(edition)
        forms = {"": method.framework, **getattr(method, "forms", {})}
        found: list[nodes.Node] = [
            paragraph(nodes.strong("", method.label("vi")), classes=["vietnamese"]),
            fields(facts(method, edition)),
            section("What is unknown", "unknown", *unknown(method)),
        ]
        for kind, framework in forms.items():
            heading = f"Tree of units of the type “{kind}”" if kind else "Tree"
            name = f"tree-{kind}" if kind else "tree"
            picture = drawn(framework, f"{edition.replace('@', '-')}{f'-{kind}' if kind else ''}")
            found.append(section(heading, nodes.make_id(name), picture))
            form = attrs.evolve(method, framework=framework) if kind else method
            words = gi.describe_variables(form, language="en")
            blocks = list(node_blocks(framework, words, points=method.scale == "points"))
            title = f"Nodes of the type “{kind}”" if kind else "Nodes"
            found.append(
                section(title, nodes.make_id(f"nodes-{kind}" if kind else "nodes"), *blocks)
            )
        found += [*data_sets(method), *sources(method)]
        return found


def facts(method: Any, edition: str) -> Iterator[tuple[str, Sequence[Piece]]]:
    """Yield what holds for the whole edition."""
    yield "In code", [nodes.literal("", f'gi.methodology("{edition}")')]
    yield "Assesses", [method.assesses]
    yield "Known", [method.depth]
    yield "Confidence", [method.confidence]
    yield "Issued", [str(method.issued or "")]
    yield "Scale", [method.scale if isinstance(method.scale, str) else f"0 to {method.scale:g}"]
    settings = {
        "Rounding": None if method.rounding == Levels() else method.rounding,
        "Ranking": method.ranking,
        "Bands": method.bands,
        "Steps": method.steps or None,
    }
    for name, part in settings.items():
        yield name, [] if part is None else [nodes.literal("", part_text(part))]
    found = "; ".join(reproduced(edition))
    yield "Reproduced", [found, ": see the ", page_link("evidence", "evidence")] if found else []
    yield "Fingerprint", [nodes.literal("", method.fingerprint[:12])]
    yield "Notes", [method.notes]


def reproduced(edition: str) -> Iterator[str]:
    """Yield how far each published table was computed again."""
    rows = json.loads(EVIDENCE.read_text(encoding="utf-8"))["indices"]
    for row in rows:
        if row["edition"] == edition:
            cells = f"{row['equal']:,} of {row['cells']:,} scores equal" if row["cells"] else ""
            ranks = f"{row['ranks_equal']:,} of {row['ranks']:,} ranks" if row["ranks"] else ""
            yield f"{row['data']}, {', '.join(filter(None, (cells, ranks)))}"


def unknown(method: Any) -> list[nodes.Node]:
    """Return what is not known of an edition, or not as certain as a text that was read."""
    framework = method.framework
    doubts: dict[str, list[str]] = {}
    for node in framework.nodes[1:]:
        if node.confidence not in CERTAIN:
            doubts.setdefault(node.confidence or "confidence not stated", []).append(node.code)
    shown = [node.code for node in framework.nodes[1:] if not framework.is_scored(node.code)]
    variables = gi.describe_variables(method, language="en")
    unsaid = variables.index[variables["name"] == ""].tolist()
    below = "" if method.depth == "complete" else " What lies below is not built in."
    items: list[Sequence[Piece]] = [[f"Known: {method.depth}.{below}"]]
    items += [[nodes.strong("", reason), ": ", *codes(which)] for reason, which in doubts.items()]
    if shown:
        items.append([nodes.strong("", "shown, not scored"), ": ", *codes(shown)])
    if unsaid:
        items.append([nodes.strong("", "variables without a definition"), ": ", *codes(unsaid)])
    if not doubts:
        items.append(["Every node was read in the source that it names."])
    return [bullets(items)]


def codes(names: Sequence[str]) -> list[Piece]:
    """Return codes as code, with commas."""
    found: list[Piece] = []
    for name in names:
        found += [", ", nodes.literal("", name)] if found else [nodes.literal("", name)]
    return found


def drawn(framework: gi.Framework, name: str) -> nodes.Node:
    """Return the tree as a picture with an alternative text, written beside the page."""
    import matplotlib as mpl

    mpl.use("agg")
    import matplotlib.pyplot as plt

    with plt.rc_context({"svg.hashsalt": name}):
        axes = gi.plot.framework(framework, language="en")
        axes.figure.savefig(  # type: ignore[union-attr]
            FOLDER / f"{name}.svg", bbox_inches="tight", metadata={"Date": None}
        )
    plt.close("all")
    percents = gi.describe(framework, language="en")
    first = percents[percents["tier"] == 1]
    branches = "; ".join(
        f"{label} {percent:.3g} %" if percent == percent else label
        for label, percent in zip(first["name"], first["percent"], strict=True)
    )
    leaves = len(framework.leaf_codes)
    alt = f"Tree with {leaves} indicators, each node as high as its weight. First tier: {branches}."
    return nodes.image(uri=f"/catalogue/{name}.svg", alt=alt, width="100%", classes=["tree"])


# -- every node -----------------------------------------------------------------------------------


def node_blocks(framework: gi.Framework, words: Any, *, points: bool) -> Iterator[nodes.Node]:
    """Yield a block for each node, in the order of the tree: weight, rule, variables, source."""
    described = gi.describe(framework, language="en")
    for node in (*framework.nodes, *framework.views):
        row = described.loc[node.code]
        title = paragraph(
            nodes.literal("", node.code), " ", nodes.strong("", node.label("en")), classes=["title"]
        )
        if node.label("vi") != node.label("en"):
            title += [nodes.Text(" · "), nodes.emphasis("", node.label("vi"))]
        block = nodes.container("", title, classes=["node", f"tier-{min(int(row['tier']), 4)}"])
        block += fields(
            [
                ("Weight", [weight_text(row, points=points)]),
                *made(framework, node, row),
                ("Reads", list(read(node, words))),
                ("Measure unit", [row["measure_unit"]]),
                ("Data", [row["data_source"]]),
                ("Source", [row["reference"]]),
                ("Confidence", [row["confidence"]]),
            ]
        )
        yield block


def weight_text(row: Any, *, points: bool) -> str:
    """Return the figure of a node: its points or weight, and its part of the whole."""
    if not isinstance(row["weight"], (int, float)):
        return f"the variable {row['weight']} of the data"
    if row["weight"] == 0:
        return "0: shown, not scored"
    figure = f"{row['weight']:g} points" if points else f"{row['weight']:.4g}"
    percent = row["percent"]
    return figure if percent != percent else f"{figure}, {percent:.4g} % of the whole"


def made(framework: gi.Framework, node: Any, row: Any) -> Iterator[tuple[str, list[Piece]]]:
    """Yield how the value, the score and the absent children of a node are settled."""
    if isinstance(node, gi.Indicator):
        if row["made"] != node.code:
            yield "Value", part_words(row["made"], node.measure)
        if node.direction == "lower":
            yield "Direction", ["lower is better"]
    elif isinstance(node, gi.View) and node.of:
        yield "A view of", codes(node.of)
    else:
        yield "Combines", part_words(row["made"], framework.aggregator(node.code))
    if node.rule is not None:
        yield "Rule", part_words(row["rule"], node.rule)
    if node.absence is not None:
        yield "Absent", part_words(part_text(node.absence), node.absence)


def part_words(code: str, part: Any) -> list[Piece]:
    """Return a part as code, and each of the parts named in it in the words of the reference."""
    known = {name: text for name, text in explained(part) if name.rpartition(".")[2] in code}
    known.pop("govindex.absence.Absence", None)  # that holds the policies that are explained
    alone = [name.rpartition(".")[2] for name in known] == [code]
    found: list[Piece] = [] if alone else [nodes.literal("", code)]
    for number, (name, text) in enumerate(known.items()):
        found += [
            "; " if number else "" if alone else ": ",
            api_link(name, name.rpartition(".")[2]),
            " – ",
        ]
        found += inline(text[:1].lower() + text[1:].rstrip("."))
    return found


def explained(part: Any) -> Iterator[tuple[str, str]]:
    """Yield the public name and the first line of a part and of the parts inside it."""
    for family in FAMILIES:
        name = type(part).__name__
        if getattr(family, name, None) is type(part):
            yield f"{family.__name__}.{name}", (type(part).__doc__ or "").strip().split("\n")[0]
    inside: Iterable[Any] = ()
    if attrs.has(type(part)):
        inside = [getattr(part, field.name) for field in attrs.fields(type(part))]
    elif isinstance(part, tuple):
        inside = part
    for one in inside:
        yield from explained(one)


def read(node: Any, words: Any) -> Iterator[Piece]:
    """Yield the variables that a node reads, in words."""
    if not isinstance(node, gi.Indicator):
        return
    for number, name in enumerate(dict.fromkeys((*node.measure.variables, *node.measure.optional))):
        row = words.loc[name]
        yield from ["; "] if number else []
        yield nodes.literal("", name)
        yield f" {row['name'] or 'not defined'}"
        notes = [row["measure_unit"], "" if row["needed"] else "may be absent", row["note"]]
        beside = ". ".join(str(note).rstrip(".") for note in notes if note)
        yield f" ({beside})" if beside else ""


# -- data and sources -----------------------------------------------------------------------------


def data_sets(method: Any) -> Iterator[nodes.Node]:
    """Yield the data sets of an edition."""
    listed = gi.datasets.available()
    own = listed[listed["methodology"].isin([method.id, f"{method.id}@{method.version}"])]
    if len(own):
        items = [
            [nodes.literal("", name), f" {row['title']} ({row['kind']}, {row['confidence']})"]
            for name, row in own.iterrows()
        ]
        yield section("Data", "data", bullets(items))


def sources(method: Any) -> Iterator[nodes.Node]:
    """Yield where an edition comes from."""
    if method.sources:
        items = [
            [
                link(source.title, source.url) if source.url else source.title,
                f" ({source.confidence})" if source.confidence else "",
                f": {source.note}" if source.note else "",
            ]
            for source in method.sources
        ]
        yield section("Sources", "sources", bullets(items))


# -- all editions ---------------------------------------------------------------------------------


class Catalogue(SphinxDirective):
    """List the editions, or the data sets: ``editions`` or ``data``."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        return [edition_table() if self.arguments[0] == "editions" else data_table()]


def edition_table() -> nodes.Node:
    """Return the editions with what is known of each."""
    rows = []
    for edition in editions():
        method = gi.methodology(edition)
        name = nodes.literal("", edition)
        title = [page_link(method.label("en"), page_of(edition)), nodes.Text(" "), name]
        rows.append([title, [method.assesses], [method.depth], [method.confidence]])
    return table(["Edition", "Assesses", "Known", "Confidence"], rows, ["wide"])


def data_table() -> nodes.Node:
    """Return the data sets with their titles and sources."""
    rows = []
    for name, row in gi.datasets.available().iterrows():
        url = str(row["source"]).partition(" ")[0]
        shown: list[Piece] = [nodes.literal("", str(name)), " ", row["title"]]
        source = [link("source", url)] if url.startswith("http") else [str(row["source"])]
        rows.append([shown, [row["kind"]], [row["confidence"]], source])
    return table(["Data", "Holds", "Confidence", "From"], rows, ["wide"])


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directives, and write the pages when a build begins."""
    app.connect("builder-inited", write_pages)
    app.add_directive("methodology", MethodologyPage)
    app.add_directive("catalogue", Catalogue)
    return {"parallel_read_safe": True}
