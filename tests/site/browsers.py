"""A browser that visits many pages in one go, over the pipe of its debugging protocol."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tests.plot.browsers import CHROMIUM

__all__ = ["CHROMIUM", "Browser", "open_browser"]

_OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--hide-scrollbars", "--remote-debugging-pipe"),
)


class Browser:
    """One page of a browser: it is sent commands, and collects what goes wrong on it."""

    def __init__(self, write: int, read: int) -> None:
        self._write, self._read = write, read
        self._number = 0
        self._session: str | None = None
        self._unread = b""
        self._events: deque[Mapping[str, Any]] = deque()
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        attached = self.send("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(f"{domain}.enable")

    def send(self, method: str, **parameters: Any) -> Mapping[str, Any]:
        """Send a command and return its result; events that come before it are kept."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive()
            if answer.get("id") == self._number:
                assert "error" not in answer, (method, answer["error"])
                result: Mapping[str, Any] = answer["result"]
                return result
            self._events.append(answer)

    def _receive(self) -> Mapping[str, Any]:
        while b"\0" not in self._unread:
            part = os.read(self._read, 1 << 16)
            assert part, "the browser has ended"
            self._unread += part
        text, _, self._unread = self._unread.partition(b"\0")
        message: Mapping[str, Any] = json.loads(text)
        return message

    def look(self, *, width: int, dark: bool) -> None:
        """Set the width of the window, in pixels, and the colours that the reader prefers."""
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=900, deviceScaleFactor=1, mobile=False,
        )  # fmt: skip
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.send("Emulation.setEmulatedMedia", features=[scheme])

    def visit(self, address: str) -> list[str]:
        """Load a page until all of it is there, and return what its console complains about."""
        self._events.clear()
        self.send("Page.navigate", url=address)
        events = list(self._until("Page.loadEventFired"))
        return [text for event in events for text in _complaints(event)]

    def _until(self, last: str) -> Iterator[Mapping[str, Any]]:
        while True:
            event = self._events.popleft() if self._events else self._receive()
            yield event
            if event.get("method") == last:
                return

    def evaluate(self, script: str) -> Any:
        """Return the value of an expression in the page."""
        answer = self.send("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")


def _complaints(event: Mapping[str, Any]) -> Iterator[str]:
    of, method = event.get("params", {}), event.get("method")
    if method == "Runtime.exceptionThrown":
        yield of["exceptionDetails"]["exception"].get("description", "an exception")
    elif method == "Log.entryAdded" and of["entry"]["level"] == "error":
        yield f"{of['entry']['text']} {of['entry'].get('url', '')}"
    elif method == "Runtime.consoleAPICalled" and of["type"] in ("error", "assert"):
        yield " ".join(str(one.get("value", "")) for one in of["args"])
    elif method == "Network.loadingFailed" and not of.get("canceled"):
        yield f"not loaded: {of['errorText']} ({of['type']})"


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Start a browser without a window, and end it."""
    assert CHROMIUM is not None
    to_browser, own_write = os.pipe()
    own_read, from_browser = os.pipe()
    # A process of the browser may write its profile a little longer than the browser itself runs.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:

        def as_three_and_four() -> None:
            high = os.dup(to_browser), os.dup(from_browser)
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        process = subprocess.Popen(
            [CHROMIUM, *_OPTIONS, f"--user-data-dir={profile}"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=as_three_and_four,
            close_fds=False,
        )
        os.close(to_browser)
        os.close(from_browser)
        try:
            yield Browser(own_write, own_read)
        finally:
            os.close(own_write)
            process.terminate()
            process.wait()
            os.close(own_read)
