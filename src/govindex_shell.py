"""Start the command ``govindex`` outside the package, so that Ctrl-C may come while it loads."""

import sys

__all__ = ["main"]


def main() -> int:
    """Run a command and return its exit code: 130 after Ctrl-C, however early."""
    try:
        from govindex.cli import main as command

        return command()
    except KeyboardInterrupt:
        print("govindex: interrupted", file=sys.stderr)
        return 130
