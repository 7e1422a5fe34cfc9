"""What a learner says during a review: single keys on a terminal, lines from a pipe."""

from __future__ import annotations

import sys
from typing import Protocol

from torchdojo.cli.keys import Keys

#: The key that stands for Enter and for the space bar.
ENTER = "\n"

#: Nothing more will come.
END = ""

_A_WHILE = 3600.0


class Replies(Protocol):
    """Where replies come from."""

    def key(self) -> str:
        """The next key in lower case: ENTER, a letter or digit, END."""

    def line(self, prompt: str) -> str:
        """A line of text."""


class TerminalReplies:
    """A person at a terminal. Keys are not echoed; a line is typed and seen as usual."""

    def key(self) -> str:
        """The next key; waits for it."""
        with Keys() as keys:
            while not (pressed := keys.pressed(_A_WHILE)):
                pass
        return ENTER if pressed in "\r\n " else pressed.lower()

    def line(self, prompt: str) -> str:
        """A line, typed after `prompt`."""
        try:
            return input(prompt)
        except EOFError:
            return ""


class PipedReplies:
    """Lines from a pipe or file: the first letter of each counts as a key, an empty one as Enter."""

    def key(self) -> str:
        """The next line's key."""
        line = sys.stdin.readline()
        return END if not line else (line.strip()[:1].lower() or ENTER)

    def line(self, prompt: str) -> str:
        """The next line."""
        return sys.stdin.readline().strip()


def replies() -> Replies:
    """As fits the standard input."""
    return TerminalReplies() if sys.stdin.isatty() else PipedReplies()
