"""A service over govindex: data in, ranking, explanation and stability out, as JSON.

Start it with ``uvicorn service:app`` in this folder; http://127.0.0.1:8000/docs lists the calls.
"""

import asyncio
import os
import threading
import time
from collections.abc import Callable
from typing import Annotated, Any

import anyio
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

import govindex as gi

UNITS, DRAWS, SECONDS, BYTES = 5_000, 20_000, 20.0, 20_000_000  # the most of one call
WORKERS = anyio.CapacityLimiter(os.cpu_count() or 1)  # calls that compute at a time; others wait
app = FastAPI(title="Rankings by govindex", version=gi.__version__)


class Columns(BaseModel, extra="forbid"):
    """What the names of records are: the unit's code, its name, its league …"""

    unit: str | None = None
    name: str | None = None
    league: str | None = None
    type: str | None = None
    parent: str | None = None
    period: str | None = None


class Data(BaseModel, extra="forbid"):
    """A methodology by name, and records (one per unit) or a document of observations."""

    method: str
    records: list[dict[str, Any]] = Field(default=[], max_length=UNITS)
    columns: Columns = Columns()
    observations: dict[str, Any] | None = None
    cut: bool = False  # the data are scores of the published dimensions

    def read(self) -> tuple[Any, gi.Observations]:
        """Return the methodology and the data."""
        method: Any = gi.methodology(self.method)
        if self.observations is not None:
            data = gi.Observations.from_dict(self.observations)
        else:
            data = gi.Observations.from_records(self.records, **self.columns.model_dump())
        if len(data.units) > UNITS:
            raise gi.DataError(f"{len(data.units)} units are more than the limit, {UNITS}")
        return (method.cut() if self.cut else method), data


class Explained(Data):
    """A unit whose score is explained."""

    unit: str
    language: str | None = None


class Sampled(Data):
    """Draws of weights: how many, how far they vary, and the seed."""

    draws: Annotated[int, Field(ge=1, le=DRAWS)] = 1_000
    spread: Annotated[float, Field(gt=0, lt=1)] = 0.25
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 1


class StoppedError(Exception):
    """The caller has gone, or the time is up."""


class Watch:
    """Stops a sample that reports its progress, when the caller has gone or the time is up."""

    def __init__(self) -> None:
        self.until, self.gone = time.monotonic() + SECONDS, threading.Event()

    def __call__(self, done: int = 0, count: int = 0) -> None:
        if self.gone.is_set() or time.monotonic() > self.until:
            raise StoppedError(
                f"stopped after {done:,} of {count:,} draws: the limit is {SECONDS} s"
            )


async def answered(request: Request, work: Callable[[Watch], Any]) -> Response:
    """Compute in a thread, as long as the caller waits, and answer with the document."""
    watch = Watch()

    def computed() -> str:
        watch()  # the time may be up before there is a free worker
        return str(work(watch).to_json())

    task = asyncio.create_task(anyio.to_thread.run_sync(computed, limiter=WORKERS))
    while not (await asyncio.wait({task}, timeout=0.1))[0]:
        if await request.is_disconnected():
            watch.gone.set()
    return Response(task.result(), media_type="application/json")


@app.get("/methodologies")
def methodologies(language: str = "en") -> Any:
    """Return the installed methodologies."""
    return gi.methodologies(language).reset_index().astype(str).to_dict("records")


@app.post("/ranking")
async def ranking(request: Request, call: Data) -> Response:
    """Return the result: scores, ranks, bands and statuses of every node."""
    return await answered(request, lambda _: computed_by(call))


@app.post("/explanation")
async def explanation(request: Request, call: Explained) -> Response:
    """Return where a unit lost points."""
    return await answered(
        request, lambda _: gi.explain(computed_by(call), call.unit, language=call.language)
    )


@app.post("/stability")
async def stability(request: Request, call: Sampled) -> Response:
    """Return the ranks of all units under other weights."""

    def sampled(watch: Watch) -> Any:
        method, data = call.read()
        vary = [gi.robustness.Weights(spread=call.spread)]
        return gi.robustness.sample_ranks(
            method, data, vary=vary, draws=call.draws, rng=call.seed, progress=watch
        )

    return await answered(request, sampled)


def computed_by(call: Data) -> gi.IndexResult:
    """Return the result of a call."""
    method, data = call.read()
    result: gi.IndexResult = method.compute(data)
    return result


@app.middleware("http")
async def limited(request: Request, call_next: Callable[[Request], Any]) -> Response:
    """Refuse bodies that are too large, or do not say how large they are."""
    length = request.headers.get("content-length", "")
    if request.method == "POST" and not (length.isdigit() and int(length) <= BYTES):
        error = gi.DataError(f"a call has a Content-Length of at most {BYTES:,} bytes")
        return JSONResponse(error.to_dict(), status_code=413)
    answer: Response = await call_next(request)
    return answer


@app.exception_handler(gi.GovIndexError)
async def refused(request: Request, error: gi.GovIndexError) -> JSONResponse:
    """Return every problem as data: its text, code, unit, variable and row."""
    code = 404 if isinstance(error, gi.UnknownNameError) else 422
    return JSONResponse(error.to_dict(), status_code=code)


@app.exception_handler(RequestValidationError)
async def misspelled(request: Request, error: RequestValidationError) -> JSONResponse:
    """Return what is wrong with the call itself in the same form."""
    problems = [
        gi.Problem(one["msg"], code=f"call.{one['type']}", path=".".join(map(str, one["loc"][1:])))
        for one in error.errors()
    ]
    return await refused(request, gi.DataError("The call cannot be read", problems))


@app.exception_handler(StoppedError)
async def stopped(request: Request, error: StoppedError) -> JSONResponse:
    """Say that the time is up."""
    return JSONResponse(gi.SettingError(str(error)).to_dict(), status_code=503)
