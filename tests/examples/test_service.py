"""The example of a service, in this process; in a full run behind a port, under load."""

from __future__ import annotations

import ast
import asyncio
import importlib
import importlib.util
import itertools
import os
import re
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs
import pytest

import govindex as gi

FOLDER = Path(__file__).parents[2] / "examples" / "service"
LACKING = [n for n in ("fastapi", "httpx", "uvicorn") if importlib.util.find_spec(n) is None]
pytestmark = pytest.mark.skipif(bool(LACKING), reason=f"not installed: {', '.join(LACKING)}")

METHOD = gi.methodology("vn.service-766").cut()
DATA = gi.datasets.load("vn.service-766.provinces-2026-10-10")
CALL = {"method": "vn.service-766", "observations": DATA.to_dict(), "cut": True}


@attrs.frozen
class Example:
    """The modules of the example, as uvicorn imports them in its folder."""

    service: Any
    calls: Any
    limits: Any

    @property
    def app(self) -> Any:
        return self.service.app


@pytest.fixture(scope="module")
def service() -> Iterator[Example]:
    names = ("service", "calls", "limits")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(FOLDER)
        yield Example(*map(importlib.import_module, names))
    for name in names:
        del sys.modules[name]


def posted(service: Example, *calls: tuple[str, dict[str, Any]]) -> list[Any]:
    """Return the answers to calls that are made at the same time, in this process."""
    import httpx

    async def every() -> list[Any]:
        transport = httpx.ASGITransport(app=service.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            return list(await asyncio.gather(*(client.post(path, json=b) for path, b in calls)))

    return asyncio.run(every())


def test_answers_are_the_documents_of_the_library(service: Example) -> None:
    ranking, explanation, stability = posted(
        service,
        ("/ranking", CALL),
        ("/explanation", {**CALL, "unit": "H44"}),
        ("/stability", {**CALL, "draws": 200, "seed": 7}),
    )
    result = METHOD.compute(DATA)

    assert gi.IndexResult.from_json(ranking.text) == result
    assert gi.Explanation.from_json(explanation.text) == gi.explain(result, "H44")
    sample = gi.robustness.sample_ranks(
        METHOD, DATA, vary=[gi.robustness.Weights(spread=0.25)], draws=200, rng=7
    )
    assert stability.json() == sample.to_dict()


def test_many_threads_give_the_same_bytes(service: Example) -> None:
    answers = posted(service, *[("/stability", {**CALL, "draws": 32})] * 4)

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1


RECORDS = [{"code": "A", "1": 5}, {"code": "B", "1": "six"}]
REFUSED: dict[str, tuple[str, dict[str, Any], int, str]] = {
    "methodology": ("/ranking", {**CALL, "method": "no.such"}, 404, "other"),
    "unit": ("/explanation", {**CALL, "unit": "no such"}, 404, "other"),
    "type": ("/ranking", {"method": 5}, 422, "call.string_type"),
    "draws": ("/stability", {**CALL, "draws": 10**9}, 422, "call.less_than_equal"),
    "nothing": ("/ranking", {"method": "vn.service-766"}, 422, "record.nothing"),
    "column": (
        "/ranking",
        {"method": "vn.service-766", "records": RECORDS, "columns": {"unit": "x"}},
        422,
        "column.unknown",
    ),
    "setting": (
        "/ranking",
        {"method": "vn.service-766", "records": RECORDS, "columns": {"no": "x"}},
        422,
        "call.extra_forbidden",
    ),
    "document": ("/ranking", {**CALL, "observations": {"schema": "x"}}, 422, "other"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refusal_holds_its_problems_as_data(case: str, service: Example) -> None:
    path, call, status, code = REFUSED[case]
    (answer,) = posted(service, (path, call))

    assert answer.status_code == status
    document = answer.json()
    assert document["schema"] == "govindex/problems/1"
    assert code in {problem["code"] for problem in document["problems"]}


def test_the_calls_are_thirty_lines_of_code() -> None:
    tree = ast.parse((FOLDER / "service.py").read_text(encoding="utf-8"))
    calls = [
        node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]
    lines = sum((node.end_lineno or 0) - node.decorator_list[0].lineno + 1 for node in calls)
    assert len(calls) == 4
    assert lines <= 30


def test_limits_refuse_units_and_bytes(service: Example, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service.calls, "UNITS", 30)
    (many,) = posted(service, ("/ranking", CALL))
    monkeypatch.setattr(service.limits, "BYTES", 1_000)
    (large,) = posted(service, ("/ranking", CALL))

    assert (many.status_code, large.status_code) == (422, 413)
    assert "34 units are more than the limit, 30" in many.json()["message"]
    assert "at most 1,000 bytes" in large.json()["message"]


def test_time_that_is_up_stops_a_sample(service: Example, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = itertools.count(0.0, 8.0)  # read once for the limit, once before, once in each block
    monkeypatch.setattr(service.limits, "CLOCK", lambda: next(clock))
    (slow,) = posted(service, ("/stability", {**CALL, "draws": 20_000}))

    assert slow.status_code == 503
    message = slow.json()["message"]
    assert re.fullmatch(r"stopped after [\d,]+ of 20,000: the limit is 20 s", message)
    assert "20,000 of 20,000" not in message


def test_a_caller_who_has_gone_cancels_the_computation(service: Example) -> None:
    """The computation goes on until it is cancelled; it is given up after very many attempts."""

    class Gone:
        async def is_disconnected(self) -> bool:
            return True

    pause = threading.Event()

    def work(limit: gi.TimeLimit) -> None:
        for _ in range(100_000):
            limit()
            pause.wait(0.001)

    with pytest.raises(gi.StoppedError, match="it was cancelled"):
        asyncio.run(service.limits.answered(Gone(), work))


@contextmanager
def served(service: Example) -> Iterator[str]:
    """Serve on a free port of this machine, as users do."""
    import uvicorn

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(service.app, port=port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)


under_load = pytest.mark.skipif(
    os.environ.get("GOVINDEX_PROFILE", "quick") == "quick",
    reason="a server under load is tried with GOVINDEX_PROFILE=full, or nox -s service",
)


@under_load
def test_a_server_under_load_answers_everybody_alike(service: Example) -> None:
    import httpx

    async def load(address: str) -> list[Any]:
        limits = httpx.Limits(max_connections=20)
        async with httpx.AsyncClient(base_url=address, limits=limits, timeout=60) as client:
            calls = [("/ranking", CALL), ("/stability", {**CALL, "draws": 500})] * 40
            return list(await asyncio.gather(*(client.post(p, json=body) for p, body in calls)))

    with served(service) as address:
        answers = asyncio.run(load(address))

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 2
