"""A service over govindex: data in, ranking, explanation and stability out, as JSON.

Start it with ``uvicorn service:app`` in this folder; http://127.0.0.1:8000/docs lists the calls.
``calls.py`` says what a call holds, ``limits.py`` what it may cost and how it is refused.
"""

from typing import Any

from calls import Data, Explained, Sampled
from fastapi import FastAPI, Request, Response
from limits import answered, limited

import govindex as gi

app = limited(FastAPI(title="Rankings by govindex", version=gi.__version__))


@app.get("/methodologies")
def methodologies(language: str = "en") -> Any:
    """Return the installed methodologies."""
    return gi.methodologies(language).reset_index().astype(str).to_dict("records")


@app.post("/ranking")
async def ranking(request: Request, call: Data) -> Response:
    """Return the result: scores, ranks, bands and statuses of every node."""
    return await answered(request, lambda _: call.result())


@app.post("/explanation")
async def explanation(request: Request, call: Explained) -> Response:
    """Return where a unit lost points."""
    return await answered(
        request, lambda _: gi.explain(call.result(), call.unit, language=call.language)
    )


@app.post("/stability")
async def stability(request: Request, call: Sampled) -> Response:
    """Return the ranks of all units under other weights."""
    vary = [gi.robustness.Weights(spread=call.spread)]

    def sampled(limit: gi.TimeLimit) -> gi.robustness.RankSample:
        return gi.robustness.sample_ranks(
            *call.read(), vary=vary, draws=call.draws, rng=call.seed, progress=limit
        )

    return await answered(request, sampled)
