"""A short program from a text, or somebody's variation of it, run as `__main__`: nothing is recorded or judged."""

from __future__ import annotations

import builtins
import linecache
import os
import sys
from types import ModuleType
from typing import Any, Protocol

from torchdojo.harness.executing import show

#: What tracebacks call the program.
FILENAME = "block.py"


class Context(Protocol):
    """What the sandbox hands to a job."""

    request: dict[str, Any]


def run(context: Context) -> int:
    """Run `request["source"]`; 1 when it ended with an error, which is printed as Python prints it."""
    source = str(context.request["source"])
    program = ModuleType("__main__")
    program.__dict__["__builtins__"] = builtins
    sys.modules["__main__"] = program
    sys.argv = [FILENAME]
    os.environ.setdefault("MPLBACKEND", "Agg")
    # The traceback quotes lines of a file that does not exist.
    linecache.cache[FILENAME] = (len(source), None, source.splitlines(keepends=True), FILENAME)
    try:
        exec(compile(source, FILENAME, "exec", dont_inherit=True), program.__dict__)
    except SystemExit as left:
        return 1 if left.code else 0
    except BaseException as error:
        sys.stdout.flush()
        show(error, lambda filename: filename == FILENAME)
        return 1
    return 0
