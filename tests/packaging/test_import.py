"""What a user of the package can rely on beside its behaviour."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points
from importlib.resources import files

import govindex as gi


def test_import_loads_no_heavy_library() -> None:
    code = (
        "import sys, govindex; "
        "print([m for m in ('pandas', 'narwhals', 'scipy', 'matplotlib', 'polars', 'hypothesis') "
        "if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert out.stdout.strip() == "[]"


def test_commands_that_try_no_laws_do_without_hypothesis() -> None:
    code = (
        "import sys; from govindex.cli import main; main(['show', 'vn.sipas']); "
        "print('hypothesis' in sys.modules)"
    )
    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    assert out.stdout.split()[-1] == b"False"


def test_the_conformance_kit_names_the_extra_that_it_lacks() -> None:
    code = "import sys; sys.modules['hypothesis'] = None; import govindex.testing"
    out = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert "govindex.testing needs hypothesis: pip install 'govindex[testing]'" in out.stderr


def test_names_to_complete_are_those_of_the_package() -> None:
    names = dir(gi)
    assert {*gi.__all__} <= {*names}
    assert {"Any", "TYPE_CHECKING", "import_module"}.isdisjoint(names)


def test_package_is_typed_and_carries_its_data() -> None:
    package = files("govindex")
    assert package.joinpath("py.typed").is_file()
    assert package.joinpath("datasets", "index.toml").is_file()


def test_command_is_installed() -> None:
    (command,) = entry_points(group="console_scripts", name="govindex")
    assert callable(command.load())
