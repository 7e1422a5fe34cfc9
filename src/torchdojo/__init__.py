"""torchdojo: get ready for, and run, PyTorch interviews."""

import sys
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from torchdojo.diagnosis.recording import Recording

__version__ = "0.1.0"


def grade_file(exercise_id: str, file: str, *content: str) -> NoReturn:
    """What a file written by `torchdojo start` calls when it is run itself: grade it, then leave with the exit status.

    `content` are the folders of exercises beside the shipped one.
    """
    from torchdojo.cli.own_file import grade_and_leave

    grade_and_leave(exercise_id, file, content)


def recording() -> "Recording":
    """Record the training inside a `with` block and find its bugs, as `torchdojo diagnose` does for a whole script.

    `with torchdojo.recording() as run: ...`, then `run.findings`, or `print(run)`.
    """
    from torchdojo.diagnosis.recording import recording

    return recording(sys._getframe(1))


def load_ipython_extension(shell: object) -> None:
    """What `%load_ext torchdojo` calls: from then on `%%dojo ID` grades a notebook cell."""
    from torchdojo.notebook import load

    load(shell)


def unload_ipython_extension(shell: object) -> None:
    """What `%unload_ext torchdojo` calls."""
    from torchdojo.notebook import unload

    unload(shell)
