"""Files of figures, each with the commit, the date and the versions that gave them."""

from __future__ import annotations

import json
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import govindex as gi

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "evidence"
PACKAGES = ("numpy", "pandas", "scipy", "hypothesis", "pymcdm", "scikit-criteria")

Rows = list[dict[str, Any]]


def write(name: str, tables: dict[str, Rows]) -> Path:
    """Write tables of figures to a file of the documentation."""
    about = {
        "commit": commit(),
        "date": datetime.now(UTC).date().isoformat(),
        "versions": versions(),
        "processor": platform.machine(),
    }
    path = FOLDER / f"{name}.json"
    text = json.dumps({**about, **tables}, indent=1, ensure_ascii=False)
    path.write_text(f"{text}\n", encoding="utf-8", newline="\n")
    return path


def commit() -> str:
    command = ["git", "rev-parse", "--short=10", "HEAD"]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that are installed."""
    found = {"python": platform.python_version(), "govindex": gi.__version__}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
