"""Run the command line with ``python -m govindex``."""

import sys

from govindex_shell import main

if __name__ == "__main__":
    sys.exit(main())
