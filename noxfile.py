"""Run a job in a clean environment of its own: ``nox -s tests``; ``nox -l`` lists the jobs."""

import tomllib
from pathlib import Path

import nox

VERSION = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]

nox.options.sessions = ["lint", "docs", "tests"]


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, formatting, types and layers."""
    session.install("-e", ".[dev]")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("mypy", "--strict")
    session.run("lint-imports")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests; arguments after ``--`` replace the coverage report."""
    session.install("-e", ".[dev]")
    session.run("pytest", *(session.posargs or ["--cov"]))


@nox.session
def conformance(session: nox.Session) -> None:
    """Try every law and property in full, which a plain run samples; arguments go to pytest."""
    session.install("-e", ".[dev]")
    profile = {"GOVINDEX_PROFILE": "full"}
    session.run("pytest", "-q", *(session.posargs or ["tests"]), env=profile)


@nox.session
def browser(session: nox.Session) -> None:
    """Compare the page on which weights move with Python, in chromium and in node.js."""
    session.install("-e", ".[dev]")
    profile = {"GOVINDEX_PROFILE": "full"}
    names = ("vectors", "in_browser")
    files = [f"tests/plot/test_explorer_{name}.py" for name in names]
    session.run("pytest", "-q", *(session.posargs or files), env=profile)


@nox.session
def office(session: nox.Session) -> None:
    """Fill in forms with LibreOffice and read them back; skipped where it is not installed."""
    session.install("-e", ".[dev]")
    profile = {"GOVINDEX_PROFILE": "full"}
    files = ["tests/workbooks/test_forms_of_other_programs.py"]
    session.run("pytest", "-q", *(session.posargs or files), env=profile)


@nox.session
def svy(session: nox.Session) -> None:
    """Compare estimates of random surveys with those of svy, in full."""
    session.install("-e", ".[dev]", "svy>=0.35")
    profile = {"GOVINDEX_PROFILE": "full"}
    session.run("pytest", "-q", *(session.posargs or ["tests/survey/test_svy.py"]), env=profile)


@nox.session
def engines(session: nox.Session) -> None:
    """Count records and answers in every engine, PySpark too; a Dask worker is killed."""
    session.install("-e", ".[dev,spark]", "ibis-framework[duckdb]", "sqlframe[duckdb]")
    profile = {"GOVINDEX_PROFILE": "full"}
    survey = [f"tests/survey/test_{name}.py" for name in ("engines", "other_engines")]
    tests = session.posargs or ["tests/engines", "tests/records", *survey]
    session.run("pytest", "-q", *tests, env=profile)


@nox.session
def service(session: nox.Session) -> None:
    """Put the example of a service under load on this machine; callers leave, and time is up."""
    session.install("-e", ".[dev]")
    profile = {"GOVINDEX_PROFILE": "full"}
    session.run("pytest", "-q", *(session.posargs or ["tests/examples"]), env=profile)


@nox.session
def day(session: nox.Session) -> None:
    """Type a new user's day: an empty environment, the README, a rubric, reports, a plug-in."""
    session.install("-e", ".[dev]")
    profile = {"GOVINDEX_PROFILE": "full"}
    session.run("pytest", "-q", "tests/examples/test_new_users_day.py", env=profile)


@nox.session
def oldest(session: nox.Session) -> None:
    """Test the built package on the oldest dependencies that pyproject.toml allows."""
    # What is old warns of what is newer than itself: a warning is no error here.
    test_built(session, "lowest-direct", "-W", "default")


@nox.session
def newest(session: nox.Session) -> None:
    """Test the built package on the newest dependencies."""
    test_built(session, "highest")


def test_built(session: nox.Session, resolution: str, *options: str) -> None:
    """Build the source package, the wheel from it, check both, install the wheel, run the tests.

    The Python is the one that runs nox. Arguments after ``--`` replace the tests.
    """
    python = session.virtualenv.location
    folder = Path(session.create_tmp()).resolve()
    resolved = str(folder / "resolved.txt")
    session.install("build", "twine", "uv>=0.5")
    session.run("python", "-m", "build", "--outdir", str(folder / "dist"))
    built = sorted(map(str, (folder / "dist").glob(f"govindex-{VERSION}*")))
    session.run("twine", "check", "--strict", *built)
    session.run(
        *("uv", "pip", "compile", "-q", "pyproject.toml", "--extra", "all", "--group", "test"),
        *("--python", python, "--resolution", resolution, "--no-header", "-o", resolved),
    )
    session.run("uv", "pip", "sync", "-q", "--python", python, resolved)
    session.run("uv", "pip", "install", "-q", "--no-deps", "--python", python, built[0])
    session.run("python", "-c", "import govindex; assert 'site-packages' in govindex.__file__")
    # The tests in tests/packaging are about the source tree.
    tests = session.posargs or ["tests", "--ignore=tests/packaging"]
    session.run("python", "-m", "pytest", "-q", *options, *tests)


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation; every warning is an error."""
    session.install("-e", ".[dev]")
    session.run("sphinx-build", "-W", "-n", "-T", "-b", "html", "docs", "docs/_build/html")


@nox.session
def site(session: nox.Session) -> None:
    """Build the documentation and look at every page in chromium: links, contrast, console."""
    session.install("-e", ".[dev]")
    pages = str(Path(session.create_tmp()).resolve() / "pages")
    session.run("sphinx-build", "-j", "2", "-W", "-n", "-T", "-q", "-b", "html", "docs", pages)
    session.run("pytest", "-q", "-n", "0", "tests/site", env={"GOVINDEX_SITE": pages})


@nox.session
def bench(session: nox.Session) -> None:
    """Run every benchmark, or the scripts named after ``--``."""
    session.install("-e", ".[dev]")
    for script in session.posargs or sorted(map(str, Path("benchmarks").glob("*.py"))):
        session.run("python", script)
