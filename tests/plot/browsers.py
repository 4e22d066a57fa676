"""A browser without a window, for tests of pages."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

__all__ = ["CHROMIUM", "dom_of"]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
_QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--virtual-time-budget=5000",
)


def dom_of(page: Path, address: str = "") -> str:
    """Return the document of a page after its scripts ran, as HTML.

    `address` is what follows the file's name: "#w=1,2".
    """
    assert CHROMIUM is not None
    # A process of the browser may write its profile a little longer than the browser itself runs.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [CHROMIUM, *_QUIET, f"--user-data-dir={profile}", "--dump-dom"]
        url = page.resolve().as_uri() + address
        run = subprocess.run([*command, url], capture_output=True, check=True, timeout=300)
    return run.stdout.decode("utf-8")
