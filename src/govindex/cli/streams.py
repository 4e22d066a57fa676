"""Standard output and error that accept every text, in any encoding."""

from __future__ import annotations

import codecs
import os
import re
import sys
import unicodedata
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import TextIO

from govindex.errors import DataError

# Control characters except line ends and tabs, and marks that change the direction of writing.
_COMMANDS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def _lenient(encoding: str, error: UnicodeError) -> tuple[str, int]:
    r"""Replace letters that an encoding lacks by letter and accents (cp1258), or by ``\u1ec9``."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(_encodable(sign, encoding) for sign in lacking), error.end


def _encodable(sign: str, encoding: str) -> str:
    parts = unicodedata.normalize("NFD", sign)
    base, accents = parts[0], parts[1:]
    whole = [unicodedata.normalize("NFC", base + accent) for accent in accents]
    rest = [accents[:index] + accents[index + 1 :] for index in range(len(accents))]
    for text in (parts, *map(str.__add__, whole, rest)):
        with suppress(UnicodeEncodeError):
            text.encode(encoding)
            return text
    return sign.encode("ascii", "backslashreplace").decode("ascii")


@contextmanager
def lenient_streams() -> Iterator[None]:
    """Let standard output and error accept letters that their encoding lacks."""
    before = []
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            before.append((stream, stream.errors))
            # The error may name a family of encodings, such as "charmap", instead of this one.
            lenient = f"govindex.{stream.encoding}"
            codecs.register_error(lenient, partial(_lenient, stream.encoding))
            stream.reconfigure(errors=lenient)
    try:
        yield
    finally:
        for stream, errors in before:
            with suppress(OSError, ValueError):  # a closed or abandoned stream stays so
                stream.reconfigure(errors=errors)


@contextmanager
def plain_warnings() -> Iterator[None]:
    """Show each warning on one line, without the line of code."""

    def show(message: Warning | str, *_: object, **__: object) -> None:
        complain(f"warning: {message}")

    with warnings.catch_warnings():
        warnings.showwarning = show
        yield


def harmless(text: str) -> str:
    r"""Return a text with control characters of terminals written out.

    Examples
    --------
    >>> print(harmless("A\x1b[31m"))
    A\x1b[31m
    """
    return _COMMANDS.sub(lambda found: ascii(found[0])[1:-1], text)


def complain(message: str) -> None:
    """Write a line to standard error, if that is possible."""
    with suppress(OSError, ValueError):
        print(f"govindex: {harmless(message)}", file=sys.stderr, flush=True)


def write(text: str) -> None:
    """Write a text, and buffered output, to standard output.

    Raises
    ------
    BrokenPipeError
        If the reader has closed the pipe.
    DataError
        If it cannot be written: the disk is full.
    """
    if sys.stdout is None:  # closed before the call
        return
    try:
        sys.stdout.write(harmless(text))
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        abandon(sys.stdout)
        raise DataError(f"the output cannot be written: {error.strerror}") from error


def abandon(stream: TextIO | None) -> None:
    """Discard buffered output, so that the process does not fail on it when it ends."""
    with suppress(OSError, ValueError, AttributeError):  # a stream in memory has no file
        assert stream is not None
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
