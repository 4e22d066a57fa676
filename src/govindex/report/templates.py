"""Templates of pages, texts and PDFs: those of the package, or a user's own."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import attrs

from govindex.errors import DataError, SettingError, near_miss
from govindex.extras import needed
from govindex.files.saving import as_path

__all__ = ["TemplateFile", "fill", "template_file"]


@attrs.frozen
class TemplateFile:
    """A template: its folder and its name there, and its text."""

    folder: Path | None
    name: str
    text: str


def template_file(given: Any, name: str) -> TemplateFile:
    """Return a template that a user gives, or that of the package.

    Parameters
    ----------
    given : path or None
        A file, or a folder that holds one of that name.
    name : str
        Such as "report.html.jinja".

    Raises
    ------
    DataError
        If there is no such file, or it is not text.
    """
    if given is None:
        text = files(__package__).joinpath("forms", name).read_text(encoding="utf-8")
        return TemplateFile(None, name, text)
    path = as_path(given)
    try:
        if path.is_dir():
            inside = sorted(file.name for file in path.iterdir())
            if name not in inside:
                raise DataError(
                    f"the folder '{path.name}' of templates has no '{name}': "
                    f"{near_miss(name, inside)}"
                )
            path = path / name
        return TemplateFile(path.parent, path.name, path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        why = getattr(error, "strerror", None) or str(error)
        raise DataError(f"the template '{path.name}' cannot be read: {why}") from error


def fill(
    template: TemplateFile,
    values: Mapping[str, Any],
    *,
    autoescape: bool,
    finalize: Any = None,
) -> str:
    """Return a jinja2 template filled in.

    Raises
    ------
    SettingError
        If jinja2 is not installed, or the template is wrong, naming the line.
    """
    jinja2 = needed("jinja2", extra="report", what="this report")
    sandbox = needed("jinja2.sandbox", extra="report", what="this report")
    folder = template.folder
    loader = None if folder is None else jinja2.FileSystemLoader(folder)
    environment = sandbox.ImmutableSandboxedEnvironment(
        loader=loader,
        autoescape=autoescape,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=finalize,
    )
    try:
        compiled = environment.from_string(template.text)
        return str(compiled.render(values))
    except jinja2.TemplateSyntaxError as error:
        raise SettingError(
            f"the template '{error.name or template.name}' is wrong in line {error.lineno}: "
            f"{error.message}"
        ) from error
    except jinja2.TemplateError as error:
        known = ", ".join(values)
        raise SettingError(
            f"the template '{template.name}' cannot be filled in: {error.message}; it is given "
            f"{known}"
        ) from error
    except (TypeError, ValueError, ArithmeticError, LookupError) as error:
        raise SettingError(
            f"the template '{template.name}' cannot be filled in: {error}"
        ) from error
