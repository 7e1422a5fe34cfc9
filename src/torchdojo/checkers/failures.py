"""How a check says that an answer is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was compared. `wrong` marks the elements that differ (a bool tensor of their shape), if anything does."""

    got: Any
    expected: Any
    label: str
    wrong: Any = None


class CheckFailed(AssertionError):
    """An answer is wrong; the message is written for the learner.

    `comparison` is what was compared, where two values were.
    """

    def __init__(self, message: str = "", comparison: Comparison | None = None) -> None:
        super().__init__(message)
        self.comparison = comparison


class SubmissionError(Exception):
    """The submission raised something that has no builtin type of its own.

    `type_name` is the type's name in the submission, `message` what it said.
    """

    type_name = "Exception"

    @property
    def message(self) -> str:
        """The exception's words."""
        return str(self.args[0]) if self.args else ""


@dataclass(frozen=True, slots=True)
class Raised:
    """Where in the submission an exception came from; carried by the exception as `raised`.

    `line` is 0 when no line of the submission took part. `own` is whether that line itself says `raise`.
    """

    type_name: str
    message: str
    line: int = 0
    function: str = ""
    text: str = ""
    own: bool = False

    @property
    def for_want_of_memory(self) -> bool:
        """Whether there was no memory left."""
        return self.type_name in ("MemoryError", "OutOfMemoryError") or "DefaultCPUAllocator" in self.message

    @property
    def where(self) -> str:
        """E.g. "line 12, forward"; "" when unknown."""
        if not self.line:
            return ""
        return f"line {self.line}, {self.function}" if self.function else f"line {self.line}"


def raised_by(error: BaseException) -> Raised | None:
    """Where the submission raised this exception; None when it was not the submission."""
    found = getattr(error, "raised", None)
    return found if isinstance(found, Raised) else None
