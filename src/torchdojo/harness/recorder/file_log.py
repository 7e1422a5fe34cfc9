"""A log whose places are lines of many files: for scripts that are spread over modules."""

from __future__ import annotations

from collections.abc import Callable
from types import FrameType

from torchdojo.harness.originals import frame_at
from torchdojo.harness.recorder.log import Log, readable


class FileLog(Log):
    """`named` gives the name under which a file is shown, None for files whose lines are no places."""

    def __init__(self, named: Callable[[str], str | None]) -> None:
        super().__init__({})
        self._name_of = named
        #: The numbers of the places of each file met so far; None for files that do not count.
        self._files: dict[str, dict[int, int] | None] = {}

    def at(self) -> int:
        """The innermost line of any of the files that is being executed; -1 when there is none."""
        frame: FrameType | None = frame_at()
        files = self._files
        while frame is not None:
            filename = frame.f_code.co_filename
            try:
                numbers = files[filename]
            except KeyError:
                numbers = files[filename] = None if self._name_of(filename) is None else {}
            if numbers is not None:
                known = numbers.get(frame.f_lineno)
                return known if known is not None else self._place(frame, numbers)
            frame = frame.f_back
        return -1

    def _place(self, frame: FrameType, numbers: dict[int, int]) -> int:
        number = numbers[frame.f_lineno] = len(self.places)
        code = frame.f_code
        self.places.append((frame.f_lineno, readable(code.co_qualname), self._name_of(code.co_filename) or ""))
        return number
