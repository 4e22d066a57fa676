"""The example of a service, in this process; in a full run behind a port, under load."""

from __future__ import annotations

import asyncio
import importlib.util
import itertools
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

import govindex as gi

FILE = Path(__file__).parents[2] / "examples" / "service" / "service.py"
LACKING = [n for n in ("fastapi", "httpx", "uvicorn") if importlib.util.find_spec(n) is None]
pytestmark = pytest.mark.skipif(bool(LACKING), reason=f"not installed: {', '.join(LACKING)}")

METHOD = gi.methodology("vn.service-766").cut()
DATA = gi.datasets.load("vn.service-766.provinces-2026-10-10")
CALL = {"method": "vn.service-766", "observations": DATA.to_dict(), "cut": True}


@pytest.fixture(scope="module")
def service() -> ModuleType:
    spec = importlib.util.spec_from_file_location("made_up_service", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def posted(service: ModuleType, *calls: tuple[str, dict[str, Any]]) -> list[Any]:
    """Return the answers to calls that are made at the same time, in this process."""
    import httpx

    async def every() -> list[Any]:
        transport = httpx.ASGITransport(app=service.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            return list(await asyncio.gather(*(client.post(path, json=b) for path, b in calls)))

    return asyncio.run(every())


def test_answers_are_the_documents_of_the_library(service: ModuleType) -> None:
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


def test_many_threads_give_the_same_bytes(service: ModuleType) -> None:
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
def test_a_refusal_holds_its_problems_as_data(case: str, service: ModuleType) -> None:
    path, call, status, code = REFUSED[case]
    (answer,) = posted(service, (path, call))

    assert answer.status_code == status
    document = answer.json()
    assert document["schema"] == "govindex/problems/1"
    assert code in {problem["code"] for problem in document["problems"]}


def test_limits_stop_units_bytes_and_seconds(
    service: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "UNITS", 30)
    (many,) = posted(service, ("/ranking", CALL))
    monkeypatch.setattr(service, "UNITS", 5_000)
    ticks = itertools.count(0.0, 0.5 * service.SECONDS)  # each look at the clock is 10 s later
    monkeypatch.setattr(service, "time", SimpleNamespace(monotonic=lambda: next(ticks)))
    (slow,) = posted(service, ("/stability", {**CALL, "draws": 20_000}))
    monkeypatch.setattr(service, "time", time)
    monkeypatch.setattr(service, "BYTES", 1_000)
    (large,) = posted(service, ("/ranking", CALL))

    assert (many.status_code, slow.status_code, large.status_code) == (422, 503, 413)
    assert "34 units are more than the limit, 30" in many.json()["message"]
    assert "stopped after" in slow.json()["message"]
    assert "of 20,000 draws" in slow.json()["message"]


@contextmanager
def served(service: ModuleType) -> Iterator[str]:
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
def test_a_server_under_load_answers_everybody_alike(service: ModuleType) -> None:
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


@under_load
def test_a_caller_who_leaves_stops_the_sample(service: ModuleType) -> None:
    import httpx

    call = {**CALL, "draws": 20_000}
    with served(service) as address:
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{address}/stability", json=call, timeout=0.15)
        deadline = time.monotonic() + 2
        while service.WORKERS.borrowed_tokens and time.monotonic() < deadline:
            time.sleep(0.01)
        assert service.WORKERS.borrowed_tokens == 0
        assert httpx.post(f"{address}/ranking", json=CALL).status_code == 200
