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
_ESCAPE = "\x1b"


class Replies(Protocol):
    """Where replies come from; open while a review goes on."""

    def __enter__(self) -> Replies: ...

    def __exit__(self, kind: object, error: object, trace: object) -> None: ...

    def key(self) -> str:
        """The next key in lower case: ENTER, a letter or digit, END."""

    def key_within(self, seconds: float) -> str | None:
        """The same, but None when none comes within `seconds`."""

    def line(self, prompt: str) -> str:
        """A line of text."""


class TerminalReplies:
    """A person at a terminal. Keys are not echoed, also those typed ahead; a line is typed and seen as usual."""

    def __init__(self) -> None:
        self._keys = Keys()
        self._ahead = ""

    def __enter__(self) -> Replies:
        self._keys.__enter__()
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self._keys.__exit__(None, None, None)

    def key(self) -> str:
        """The next key; waits for it. Arrows and other keys without a letter are passed over."""
        while (key := self.key_within(_A_WHILE)) is None:
            pass
        return key

    def key_within(self, seconds: float) -> str | None:
        """The next key, if one comes in time."""
        if not self._ahead:
            typed = self._keys.typed(seconds)
            self._ahead = "" if typed.startswith(_ESCAPE) else typed
        if not self._ahead:
            return None
        key, self._ahead = self._ahead[0], self._ahead[1:]
        return ENTER if key in "\r\n " else key.lower()

    def line(self, prompt: str) -> str:
        """A line, typed after `prompt`."""
        self._keys.__exit__(None, None, None)
        try:
            return input(prompt)
        except EOFError:
            return ""
        finally:
            self._keys.__enter__()


class PipedReplies:
    """Lines from a pipe or file: the first letter of each counts as a key, an empty one as Enter."""

    def __enter__(self) -> Replies:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        """Nothing to put back."""

    def key(self) -> str:
        """The next line's key."""
        line = sys.stdin.readline()
        return END if not line else (line.strip()[:1].lower() or ENTER)

    def key_within(self, seconds: float) -> str | None:
        """The next line's key; a pipe is not waited for."""
        return self.key()

    def line(self, prompt: str) -> str:
        """The next line."""
        return sys.stdin.readline().strip()


def replies() -> Replies:
    """As fits the standard input."""
    return TerminalReplies() if sys.stdin.isatty() else PipedReplies()
