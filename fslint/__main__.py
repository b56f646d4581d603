"""The program: the command ``fslint``, and ``python -m fslint``."""

from __future__ import annotations

import gc
import sys


def program() -> int:
    """Run the command line as a process of its own; returns the exit code.

    Nearly all that a run makes lives until its end: Python looks for garbage more rarely than usual, and not once more
    before it exits. A server lives on; there the engine sees to it while it runs.
    """
    if sys.argv[1:2] != ["lsp"]:
        gc.set_threshold(50_000, 10, 10)
    from .cli import main

    code = main()
    gc.freeze()
    return code


if __name__ == "__main__":
    sys.exit(program())
