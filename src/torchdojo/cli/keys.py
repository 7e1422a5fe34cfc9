"""Single key presses from a terminal, which is put back as it was whatever happens."""

from __future__ import annotations

import os
import select
import sys
import termios
import tty
from types import TracebackType


class Keys:
    """While open, the terminal hands over keys at once and does not echo them. Ctrl-C still interrupts."""

    def __enter__(self) -> Keys:
        self._descriptor = sys.stdin.fileno()
        self._saved = termios.tcgetattr(self._descriptor)
        tty.setcbreak(self._descriptor)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        termios.tcsetattr(self._descriptor, termios.TCSADRAIN, self._saved)

    def pressed(self, seconds: float) -> str:
        """The key pressed within `seconds`, "" when none was. An end of input reads as "q"."""
        return self.typed(seconds)[:1]

    def typed(self, seconds: float) -> str:
        """All that was typed when the first key came within `seconds`. An end of input reads as "q"."""
        if not select.select([self._descriptor], [], [], seconds)[0]:
            return ""
        data = os.read(self._descriptor, 16)
        return data.decode("utf-8", "ignore") if data else "q"
