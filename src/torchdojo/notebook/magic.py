"""The magic itself: `%%dojo ID` grades the cell below it, `%dojo ID` shows the task and hands out the starter."""

from __future__ import annotations

import atexit
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

from IPython.core.error import UsageError

from torchdojo.app import practice
from torchdojo.app.catalogue import find_scripted
from torchdojo.app.compose import Dojo, open_dojo
from torchdojo.domain.errors import DojoError
from torchdojo.notebook.showing import output_printer, rendered

NAME = "dojo"

_HOW = "%%dojo ID as the first line of a cell grades the cell; %dojo ID shows the task; 'torchdojo list' names them"


def load(shell: Any) -> None:
    """Make the magic known to this IPython."""
    desk = _Desk(shell)
    shell.register_magic_function(desk.dojo, magic_kind="line_cell", magic_name=NAME)
    atexit.register(desk.close)


def unload(shell: Any) -> None:
    """Forget the magic and end what it started."""
    for magics in shell.magics_manager.magics.values():
        known = magics.pop(NAME, None)
        if known is not None:
            known.__self__.close()


class _Desk:
    """Keeps one dojo open between the cells: its second verdict comes at once."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._open = ExitStack()
        self._dojo: Dojo | None = None

    def close(self) -> None:
        """End the grader's processes."""
        self._dojo = None
        self._open.close()

    def dojo(self, line: str, cell: str | None = None) -> None:
        """Grade a notebook cell with torchdojo.

        %%dojo ID    first line of a cell: the rest of the cell is your answer to the exercise ID; it is graded
        %dojo ID     shows the task and puts the starter into a new cell

        The cell is graded in a sandbox, as `torchdojo grade` does it; it does not run in this notebook.
        """
        words = line.split()
        if len(words) != 1:
            raise UsageError(f"Name one exercise. {_HOW}.")
        try:
            self._show(words[0]) if cell is None else self._grade(words[0], cell)
        except DojoError as error:
            raise UsageError(f"{error.fact} {error.cure}".strip()) from None

    def _show(self, exercise_id: str) -> None:
        exercise = find_scripted(self._opened(), exercise_id)
        self._publish({"text/markdown": exercise.prompt, "text/plain": exercise.prompt})
        starter = practice.starter(self._opened(), exercise.id)
        self._shell.set_next_input(f"%%{NAME} {exercise.id}\n{starter}")

    def _grade(self, exercise_id: str, cell: str) -> None:
        exercise = find_scripted(self._opened(), exercise_id)
        if not cell.strip():
            raise UsageError(f"The cell is empty. %{NAME} {exercise.id} puts the starter into a new one.")
        # The magic stands on line 1 of the cell: with an empty line in its place, line numbers are those of the cell.
        source = f"\n{cell}"
        attempt = practice.grade(self._opened(), exercise.id, source, origin="notebook", on_event=output_printer())
        self._publish(rendered(attempt, exercise, practice.remarks(self._opened(), exercise.id, source)))

    def _publish(self, data: Mapping[str, str]) -> None:
        self._shell.display_pub.publish(data=dict(data))

    def _opened(self) -> Dojo:
        if self._dojo is None:
            self._dojo = self._open.enter_context(open_dojo())
        return self._dojo
