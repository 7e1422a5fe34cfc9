"""One example from a text, run as a program in a process of its own; what it printed goes out as one JSON object."""

from __future__ import annotations

import io
import json
import os
import sys
import traceback
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol


class Context(Protocol):
    """What the sandbox hands to a job."""

    request: dict[str, Any]
    workdir: Path


def run(context: Context) -> int:
    """Run `request["source"]`, with the files in the job's folder as modules."""
    program = ModuleType("__main__")
    sys.modules["__main__"] = program
    sys.path.insert(0, str(context.workdir))
    printed, failed = io.StringIO(), ""
    answers = _set_aside(1)
    with redirect_stdout(printed), redirect_stderr(io.StringIO()):
        try:
            exec(compile(context.request["source"], "<example>", "exec", dont_inherit=True), program.__dict__)
        except SystemExit as left:
            failed = f"SystemExit: {left.code}" if left.code else ""
        except BaseException as error:
            failed = traceback.format_exception_only(error)[-1].strip()
    answer = json.dumps({"printed": printed.getvalue(), "failed": failed}).encode()
    while answer:
        answer = answer[os.write(answers, answer) :]
    return 0


def _set_aside(descriptor: int) -> int:
    """A copy of it for the answer; what libraries write to it past Python's streams is dropped from now on."""
    copy = os.dup(descriptor)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
    return copy
