"""The lessons of the documentation as notebooks, with their outputs stored.

``python examples/notebooks/make.py`` runs every lesson and writes its notebook again; names of
lessons limit it to these. With ``--check`` nothing is written: the outputs of a run are compared
with the stored ones.
"""

from __future__ import annotations

import argparse
import base64
import io
import re
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
PAGES = FOLDER.parents[1] / "docs"
LESSONS = (
    "tutorial",
    "a-provinces-year",
    "satisfaction",
    "dossiers",
    "own-composite",
    "certain",
    "write-a-methodology",
    "service",
)
LARGEST = 150_000  # bytes of a notebook
ROLE = re.compile(r"\{[\w:]+\}`(?:~(?:[\w.]+\.)?(\w+)|([^`<]+?) <[^`]+>|([^`]+))`")
LINK = re.compile(r"\]\((?!https?:)([\w./-]+\.md)")
INCLUDED = re.compile(r"```\{literalinclude\} (\S+)\n:start-at: (.+)\n```")
SHAPES = ("image/png", "text/html", "text/plain")
# What differs from run to run: addresses, folders of a run, and the marks of styled tables.
PASSING = (
    (re.compile(r"0x[0-9a-f]+"), "0x0"),
    (re.compile(r"/\S*?/tmp\w+"), "/tmp"),
    (re.compile(r"T_[0-9a-f]{5}"), "T_0"),
)


def notebook_of(lesson: str) -> Any:
    """Return the notebook of a lesson without outputs: its page, as Jupyter reads it."""
    text = (PAGES / f"{lesson}.md").read_text(encoding="utf-8")
    read: Any = import_module("myst_nb.core.read").read_myst_markdown_notebook(text)
    note = (
        f"*This is the lesson [docs/{lesson}.md](../../docs/{lesson}.md) with its outputs. "
        "`python examples/notebooks/make.py` writes it; change the lesson, not the notebook.*"
    )
    read.cells.insert(0, import_module("nbformat.v4").new_markdown_cell(note))
    read.metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    for number, cell in enumerate(read.cells):
        cell.id = f"cell-{number}"
        if cell.cell_type == "code":
            cell.source = cell.source.replace('"../examples', '"..')
            tags = cell.metadata.get("tags", [])
            cell.metadata = {"tags": tags} if tags else {}
        elif number:
            prose = ROLE.sub(_named, INCLUDED.sub(_included, cell.source))
            cell.source = LINK.sub(r"](../../docs/\1", prose)
            cell.metadata = {}
    return read


def _named(role: re.Match[str]) -> str:
    return f"`{role[1] or role[2] or role[3]}`"


def _included(block: re.Match[str]) -> str:
    """Return the end of a file from the line that begins with some text, as code."""
    text = (PAGES / block[1]).read_text(encoding="utf-8")
    start = re.search(rf"^.*{re.escape(block[2])}", text, flags=re.MULTILINE)
    assert start is not None, block[2]
    return f"```python\n{text[start.start() :].rstrip()}\n```"


def run(notebook: Any) -> Any:
    """Return a notebook with the outputs of a run in the folder of the notebooks."""
    where = {"metadata": {"path": str(FOLDER)}}
    client = import_module("nbclient").NotebookClient
    client(notebook, timeout=None, startup_timeout=3_600, resources=where).execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = [_stored(output) for output in _joined(cell.outputs)]
    notebook.metadata.pop("language_info", None)
    return notebook


def _joined(outputs: list[Any]) -> list[Any]:
    """Return outputs with the pieces of a stream in one, and without the error stream."""
    kept: list[Any] = []
    for output in outputs:
        if output.output_type == "stream":
            if output.name == "stderr":
                continue
            if kept and kept[-1].output_type == "stream":
                kept[-1].text += output.text
                continue
        kept.append(output)
    return kept


def _stored(output: Any) -> Any:
    if output.output_type == "stream":
        output.text = lasting(output.text)
    elif output.output_type == "error":
        output.traceback = [f"{output.ename}: {output.evalue}"]
    else:
        output.data = {shape: output.data[shape] for shape in SHAPES if shape in output.data}
        output.metadata = {}
        for shape, content in output.data.items():
            output.data[shape] = small(content) if shape == "image/png" else lasting(content)
    return output


def lasting(text: str) -> str:
    """Return a text without what differs from run to run."""
    for pattern, instead in PASSING:
        text = pattern.sub(instead, text)
    return text


def small(picture: str) -> str:
    """Return a picture in base64 with 128 colours: a third of the size, and as readable."""
    pillow = import_module("PIL.Image")
    with pillow.open(io.BytesIO(base64.b64decode(picture))) as image:
        plain = image.convert("RGB").quantize(128, dither=pillow.Dither.NONE)
    file = io.BytesIO()
    plain.save(file, "png", optimize=True)
    return base64.b64encode(file.getvalue()).decode("ascii")


def stored(lesson: str) -> Any:
    """Return the notebook of a lesson that is stored."""
    return import_module("nbformat").read(FOLDER / f"{lesson}.ipynb", as_version=4)


def sources(notebook: Any) -> list[tuple[str, str]]:
    """Return the kind and the source of every cell."""
    return [(cell.cell_type, cell.source) for cell in notebook.cells]


def texts(notebook: Any) -> list[list[str]]:
    """Return, for every cell, what its outputs say in words; of a picture, that there is one."""
    return [[_words(output) for output in cell.get("outputs", [])] for cell in notebook.cells]


def _words(output: Any) -> str:
    if output.output_type == "stream":
        return " ".join(output.text.split())
    if output.output_type == "error":
        return f"{output.ename}: {output.evalue}"
    if "image/png" in output.data:
        return "a picture"
    return " ".join(output.data["text/plain"].split())


def differences(lesson: str) -> list[str]:
    """Return the cells of a lesson whose outputs are no longer the stored ones."""
    before, now = stored(lesson), run(notebook_of(lesson))
    if sources(before) != sources(now):
        return [f"{lesson}: the notebook has other cells than the lesson"]
    return [
        f"{lesson}, cell {number}: stored {old}, now {new}"
        for number, (old, new) in enumerate(zip(texts(before), texts(now), strict=True))
        if old != new
    ]


def main(arguments: list[str]) -> int:
    """Write or check the notebooks of lessons."""
    parser = argparse.ArgumentParser(description="Write notebooks of the lessons, or check them.")
    parser.add_argument("lessons", nargs="*", default=LESSONS)
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    options = parser.parse_args(arguments)
    found: list[str] = []
    for lesson in options.lessons:
        if options.check:
            found += differences(lesson)
        else:
            import_module("nbformat").write(run(notebook_of(lesson)), FOLDER / f"{lesson}.ipynb")
    if found:
        print(*found, sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
