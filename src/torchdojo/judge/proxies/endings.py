"""What ends a grading in the middle of a check. No `except Exception` of a check may swallow these."""

from __future__ import annotations


class GradingOver(BaseException):
    """There is nobody to ask any more."""


class OutOfTime(GradingOver):
    """The submission did not answer before the deadline."""


class Gone(GradingOver):
    """The submission's process ended, or what it sent cannot be an answer. `protocol` says which of the two."""

    def __init__(self, reason: str, *, protocol: bool) -> None:
        super().__init__(reason)
        self.protocol = protocol


class Tampered(GradingOver):
    """The submission reached for the process it runs in."""


class Forbidden(GradingOver):
    """The submission called what the exercise forbids."""

    def __init__(self, name: str, line: int) -> None:
        super().__init__(f"{name} on line {line}")
        self.name = name
        self.line = line
