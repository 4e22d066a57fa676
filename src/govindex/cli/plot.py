"""``govindex plot``: a picture of a ranking, of its parts, or of how stable it is."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from govindex.cli.earlier import add_earlier, earlier_result, successors
from govindex.cli.inputs import add_sheets, rank_sample, read_input
from govindex.cli.reading import add_file, scoring_method, whole_count
from govindex.errors import DataError, SettingError
from govindex.extras import needed
from govindex.files.saving import check_target, write_whole
from govindex.language import check_language, words

if TYPE_CHECKING:
    from govindex.cli.reading import Commands
    from govindex.methods import Methodology
    from govindex.model.observations import Observations
    from govindex.results import IndexResult
    from govindex.robustness.variations.protocols import Variation

_SUFFIXES = (".png", ".svg", ".pdf")
_DRAWS = 2_000
_FEWEST = 64  # evaluations of a sensitivity
_PAGE = "explorer"  # on which weights move


@attrs.frozen(eq=False)
class _Drawing:
    """What a picture is drawn of."""

    options: argparse.Namespace
    method: Methodology
    data: Observations
    result: IndexResult

    @property
    def plot(self) -> Any:
        """The namespace of pictures."""
        return needed("govindex.plot", extra="plot", what="govindex plot")

    @property
    def language(self) -> str | None:
        """The language of texts."""
        language: str | None = self.options.language
        return language

    def simple(self, kind: str, *arguments: Any, **settings: Any) -> Any:
        """Draw a picture of the result."""
        draw = getattr(self.plot, kind)
        return draw(self.result, *arguments, language=self.language, **settings)

    def sample(self, kind: str) -> Any:
        """Draw a picture of a sample of ranks under other weights."""
        draws = self.options.draws or _DRAWS
        sample = rank_sample(self.method, self.data, draws, self.options.spread)
        return getattr(self.plot, kind)(sample, language=self.language)

    def needs(self, option: str, kind: str) -> Any:
        """Return an option that a picture cannot do without."""
        value = getattr(self.options, option)
        if not value:
            raise SettingError(f"a picture of the kind '{kind}' needs --{option}")
        return value


def _by_node(kind: str) -> Callable[[_Drawing], Any]:
    return lambda drawing: drawing.simple(kind, drawing.options.node)


def _of_result(kind: str) -> Callable[[_Drawing], Any]:
    return lambda drawing: drawing.simple(kind)


def _of_sample(kind: str) -> Callable[[_Drawing], Any]:
    return lambda drawing: drawing.sample(kind)


def _change(drawing: _Drawing) -> Any:
    file = drawing.needs("before", "change")
    earlier, *_ = earlier_result(file, drawing.options)
    from govindex.changes import change

    changed = change(earlier, drawing.result, units=successors(drawing.options))
    return drawing.plot.change(changed, language=drawing.language)


def _bump(drawing: _Drawing) -> Any:
    options, later = drawing.options, drawing.result
    results: Any = later
    if options.before is not None:
        earlier, *_ = earlier_result(options.before, options)
        periods = [earlier.provenance.period, later.provenance.period]
        stems = [options.before.stem, Path(options.file).stem]
        known = None not in periods and periods[0] != periods[1]
        ends = [words(f"plot.{end}", drawing.language) for end in ("before", "after")]
        names = periods if known else stems if stems[0] != stems[1] else ends
        results = dict(zip(names, (earlier, later), strict=True))
    elif later.units.periods is None:
        raise SettingError(
            "a picture of the kind 'bump' needs --before, or figures of several periods: "
            "--period COLUMN"
        )
    draw = drawing.plot.bump
    return draw(results, options.node, highlight=options.of, language=drawing.language)


def _correlations(drawing: _Drawing) -> Any:
    from govindex.coherence import correlation_matrix

    matrix = correlation_matrix(drawing.result)
    draw = drawing.plot.correlations
    return draw(matrix, framework=drawing.result, language=drawing.language)


def _sensitivity(drawing: _Drawing) -> Any:
    from govindex.robustness import LeaveOut, Weights, sensitivity

    options, language = drawing.options, drawing.language
    vary: dict[str, Variation] = {
        words("plot.choice_of_weights", language): Weights(spread=options.spread),
        words("plot.choice_of_indicators", language): LeaveOut(),
    }
    evaluations = max(options.draws or _DRAWS, _FEWEST)
    points = 2 ** int(math.log2(evaluations / (len(vary) + 2)))
    found = sensitivity(drawing.method, drawing.data, vary=vary, points=points, rng=0)
    unit = options.of[0] if options.of else None
    return drawing.plot.sensitivity(found, unit, language=language)


def _swap_margins(drawing: _Drawing) -> Any:
    from govindex.robustness import swap_margins

    return drawing.plot.swap_margins(swap_margins(drawing.result), language=drawing.language)


def _profile(drawing: _Drawing) -> Any:
    return drawing.simple("profile", drawing.needs("of", "profile")[0])


def _radar(drawing: _Drawing) -> Any:
    return drawing.simple("radar", drawing.needs("of", "radar"))


def _scatter(drawing: _Drawing) -> Any:
    return drawing.simple("scatter", drawing.needs("x", "scatter"), drawing.options.y)


def _distribution(drawing: _Drawing) -> Any:
    return drawing.simple("distribution", drawing.needs("x", "distribution"))


def _map(drawing: _Drawing) -> Any:
    regions = drawing.needs("regions", "map")
    return drawing.simple("map", regions, drawing.options.node, key=drawing.options.key)


_KINDS: Mapping[str, Callable[[_Drawing], Any]] = {
    "bump": _bump,
    "change": _change,
    "correlations": _correlations,
    "sensitivity": _sensitivity,
    "profile": _profile,
    "radar": _radar,
    "scatter": _scatter,
    "distribution": _distribution,
    "map": _map,
    "swap_margins": _swap_margins,
    **{kind: _by_node(kind) for kind in ("contributions", "ranking")},
    **{
        kind: _of_result(kind)
        for kind in ("framework", "heatmap", "league_table", "missing", "weights")
    },
    **{kind: _of_sample(kind) for kind in ("acceptability", "pairwise", "rank_intervals")},
}


def add_plot(commands: Commands) -> None:
    """Add ``plot`` to the commands."""
    command = commands.add_parser("plot", help="draw a picture of a ranking")
    command.set_defaults(run=_run)
    kinds = sorted([*_KINDS, _PAGE])
    command.add_argument("kind", choices=kinds, metavar="KIND", help=", ".join(kinds))
    add_file(command, required=True)
    add_sheets(command)
    command.add_argument(
        "--out",
        type=Path,
        required=True,
        help=f"the picture: {', '.join(_SUFFIXES)}; .html for the explorer",
    )
    command.add_argument("--force", action="store_true", help="replace the file if it exists")
    command.add_argument("--node", help="the node that is drawn; the total by default")
    command.add_argument(
        "--of", action="append", metavar="UNIT", help="a unit; may be given several times"
    )
    command.add_argument("--x", metavar="NAME", help="a node, or a variable of a distribution")
    command.add_argument("--y", metavar="NAME", help="a node; the total by default")
    command.add_argument("--regions", type=Path, metavar="FILE", help="shapes, as GeoJSON")
    command.add_argument("--key", default="code", help="the property of a shape that names it")
    command.add_argument(
        "--draws",
        type=whole_count,
        metavar="N",
        help=f"of other weights, for pictures of stability (default: {_DRAWS:,}) and intervals of "
        "the explorer (default: none)",
    )
    command.add_argument(
        "--spread", type=float, default=0.25, help="weights vary by this share (default: 0.25)"
    )
    command.add_argument(
        "--before", type=Path, metavar="FILE", help="the earlier file, for change and bump"
    )
    add_earlier(command)
    command.add_argument("--dark", action="store_true", help="on a dark background")


def _run(options: argparse.Namespace) -> str:
    language = check_language(options.language)
    _check_suffix(options)
    check_target(options.out, overwrite=options.force)
    method = scoring_method(options)
    read = read_input(options, method)
    if options.kind == _PAGE:
        from govindex.plot import explorer

        draws, data = options.draws, read.observations
        sample = None if draws is None else rank_sample(method, data, draws, options.spread)
        page = explorer(method, data, sample=sample, language=options.language)
        page.write(options.out, overwrite=options.force)
    else:
        result = method.compute(read.observations)
        _write(_Drawing(options, method, read.observations, result))
    parts = [words("command.written", language, file=options.out), *read.notes(language)]
    return "\n\n".join(parts)


def _check_suffix(options: argparse.Namespace) -> None:
    suffix = options.out.suffix.lower()
    if options.kind == _PAGE and suffix != ".html":
        raise DataError(f"the explorer is a page, .html, not '{suffix}'")
    if options.kind != _PAGE and suffix not in _SUFFIXES:
        raise DataError(f"pictures are written as {', '.join(_SUFFIXES)}, not '{suffix}'")


def _write(drawing: _Drawing) -> None:
    """Draw a picture and write it, whole or not at all."""
    options, suffix = drawing.options, drawing.options.out.suffix.lower()
    style = needed("matplotlib.style", extra="plot", what="govindex plot")
    with style.context("dark_background" if options.dark else "default"):
        axes = _KINDS[options.kind](drawing)
        figure = getattr(axes, "figure", axes)

        def save(draft: Path) -> None:
            with draft.open("wb") as stream:
                figure.savefig(stream, format=suffix[1:], dpi=150, bbox_inches="tight")

        write_whole(options.out, save, overwrite=options.force)
