"""What calls may cost, and how they are refused: for any FastAPI application over govindex."""

import asyncio
import os
import time
from collections.abc import Callable
from typing import Any

import anyio
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

import govindex as gi

SECONDS, BYTES = 20.0, 20_000_000  # the most of one call
WORKERS = anyio.CapacityLimiter(os.cpu_count() or 1)  # calls that compute at a time; others wait
CLOCK = time.monotonic


async def answered(request: Request, work: Callable[[gi.TimeLimit], Any]) -> Response:
    """Compute in a thread, as long as the caller waits, and answer with the document."""
    limit = gi.TimeLimit(SECONDS, clock=CLOCK)

    def computed() -> str:
        limit()  # the time may be up before there is a free worker
        return str(work(limit).to_json())

    task = asyncio.create_task(anyio.to_thread.run_sync(computed, limiter=WORKERS))
    while not (await asyncio.wait({task}, timeout=0.1))[0]:
        if await request.is_disconnected():
            limit.cancel()
    return Response(task.result(), media_type="application/json")


def limited(app: FastAPI) -> FastAPI:
    """Return the application, which refuses large bodies, and reports problems as data."""
    app.middleware("http")(_small)
    app.add_exception_handler(gi.GovIndexError, _refused)
    app.add_exception_handler(RequestValidationError, _misspelled)
    return app


async def _small(request: Request, call_next: Callable[[Request], Any]) -> Response:
    """Refuse bodies that are too large, or do not say how large they are."""
    length = request.headers.get("content-length", "")
    if request.method == "POST" and not (length.isdigit() and int(length) <= BYTES):
        error = gi.DataError(f"a call has a Content-Length of at most {BYTES:,} bytes")
        return JSONResponse(error.to_dict(), status_code=413)
    answer: Response = await call_next(request)
    return answer


async def _refused(_: Request, error: Any) -> JSONResponse:
    """Return every problem as data: its text, code, unit, variable and row."""
    statuses = {gi.UnknownNameError: 404, gi.StoppedError: 503}
    status = next((code for kind, code in statuses.items() if isinstance(error, kind)), 422)
    return JSONResponse(error.to_dict(), status_code=status)


async def _misspelled(request: Request, error: Any) -> JSONResponse:
    """Return what is wrong with the call itself in the same form."""
    problems = [
        gi.Problem(one["msg"], code=f"call.{one['type']}", path=".".join(map(str, one["loc"][1:])))
        for one in error.errors()
    ]
    return await _refused(request, gi.DataError("The call cannot be read", problems))
