"""The entry of a call of the shell: it prints one line for any error, and returns an exit code.

The exit code is 0 for success, 1 for bad input, a broken law or output that cannot be written, 2
for a wrong call and 130 after Ctrl-C. The environment variable GOVINDEX_TRACEBACK, set to 1, shows
the traceback of an unexpected error. Commands are imported inside, so that Ctrl-C also works while
modules load.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence

from govindex.cli.streams import abandon, complain, lenient_streams, plain_warnings, write
from govindex.errors import GovIndexError

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        The words after ``govindex``; by default those of the process.
    """
    with lenient_streams(), plain_warnings():
        try:
            return _exit_code(arguments)
        except BrokenPipeError:  # the reader has closed the pipe, as `head` does
            abandon(sys.stdout)
            return 0
        except KeyboardInterrupt as error:
            abandon(sys.stdout)
            complain(f"interrupted: {error}" if error.args else "interrupted")
            return INTERRUPTED
        except GovIndexError as error:
            from govindex.options import in_words_of_the_shell

            complain(in_words_of_the_shell(str(error)))
        except OSError as error:
            complain(_system_error(error))
        except Exception as error:  # a traceback does not help a user of the shell
            _show_traceback()
            complain(
                f"unexpected {type(error).__name__}: {error}. This is an error in govindex or in a "
                "package that it loads; GOVINDEX_TRACEBACK=1 shows where"
            )
    return 1


def _exit_code(arguments: Sequence[str] | None) -> int:
    from govindex.cli.command_line import run

    try:
        text, code = run(arguments)
    except SystemExit:  # help, version and wrong calls
        write("")
        raise
    write(f"{text}\n")
    return code


def _system_error(error: OSError) -> str:
    why = error.strerror or str(error) or type(error).__name__
    return f"'{error.filename}': {why}" if error.filename else why


def _show_traceback() -> None:
    if os.environ.get("GOVINDEX_TRACEBACK") == "1":
        traceback.print_exc()
