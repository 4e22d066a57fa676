"""Pictures look as they did: compared with stored ones, in matplotlib's own font.

``python -m tests.plot.test_baselines`` draws the stored ones again, after you have looked at what
changed.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import matplotlib
import pytest
from matplotlib import style
from matplotlib.testing.compare import compare_images

from tests.plot.examples import PICTURES, Subject

STORED = Path(__file__).parent / "baseline"
KINDS = ("ranking", "contributions", "heatmap", "rank intervals", "change of ranks", "framework")
# Of the grey levels: versions of matplotlib draw edges a little differently.
TOLERANCE = 6.0


def drawn(kind: str, file: Path) -> None:
    with style.context("default"), matplotlib.rc_context({"font.family": "DejaVu Sans"}):
        axes: Any = PICTURES[kind](Subject(8, leagues=2))
        getattr(axes, "figure", axes).savefig(file, dpi=60, metadata={"Software": None})


def name_of(kind: str) -> str:
    return f"{kind.replace(' ', '_')}.png"


@pytest.mark.skipif(
    matplotlib.__version_info__ < (3, 11), reason="matplotlib 3.11 drew the stored pictures"
)
@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_looks_as_it_did(kind: str, tmp_path: Path) -> None:
    file = tmp_path / name_of(kind)
    drawn(kind, file)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the reader of pictures
        different = compare_images(str(STORED / name_of(kind)), str(file), TOLERANCE)
    assert different is None, different


@pytest.mark.parametrize("kind", KINDS[:3])
def test_another_picture_is_told_from_the_stored_one(kind: str, tmp_path: Path) -> None:
    file = tmp_path / name_of(kind)
    with style.context("default"):
        axes: Any = PICTURES[kind](Subject(9, leagues=2))
        axes.figure.savefig(file, dpi=60)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            different = compare_images(str(STORED / name_of(kind)), str(file), TOLERANCE)
        except Exception as error:  # of another size
            different = str(error)
    assert different is not None


def main() -> None:
    for kind in KINDS:
        drawn(kind, STORED / name_of(kind))


if __name__ == "__main__":
    main()
