"""What the example of a service costs: start-up, and one call of each kind.

Start-up is the shortest of several fresh processes until the application exists; a call is the
median of several to a server on a free port of this machine.
Run: ``python -m benchmarks.service``.
"""

from __future__ import annotations

import importlib
import socket
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import uvicorn

import govindex as gi

FOLDER = Path(__file__).resolve().parents[1] / "examples" / "service"
PROCESSES, CALLS = 5, 21


def start_up() -> float:
    """Return the shortest time until a fresh process has the application."""
    times = []
    for _ in range(PROCESSES):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", "import service"], check=True, cwd=FOLDER)
        times.append(time.perf_counter() - start)
    return min(times)


def median(address: str, path: str, call: dict[str, Any]) -> tuple[float, int]:
    """Return the median seconds of a call, and the bytes of its answer."""
    times, size = [], 0
    with httpx.Client(base_url=address, timeout=60) as client:
        for _ in range(CALLS):
            start = time.perf_counter()
            answer = client.post(path, json=call)
            times.append(time.perf_counter() - start)
            answer.raise_for_status()
            size = len(answer.content)
    return statistics.median(times), size


def main() -> None:
    print(f"{'start-up':32} {start_up():7.3f} s")
    data = gi.datasets.load("vn.service-766.provinces-2026-10-10")
    call = {"method": "vn.service-766", "cut": True, "observations": data.to_dict()}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    sys.path.insert(0, str(FOLDER))  # as uvicorn does
    app = importlib.import_module("service").app
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    calls: dict[str, dict[str, Any]] = {
        "/ranking": {},
        "/explanation": {"unit": "H44"},
        "/stability": {"draws": 1_000},
    }
    for path, more in calls.items():
        seconds, size = median(f"http://127.0.0.1:{port}", path, {**call, **more})
        print(f"{path:32} {seconds:7.3f} s   {size:,} bytes")
    server.should_exit = True
    thread.join()


if __name__ == "__main__":
    main()
