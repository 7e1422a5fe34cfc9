"""Errors a person can act on. Each names the thing, the fact and the next step."""

from __future__ import annotations


class DojoError(Exception):
    """Base of every error with a message written for the person at the keyboard.

    `fact` says what is wrong with which thing; `cure` says what to do next. They are kept apart so that
    a page, a terminal and a JSON reply can each lay them out in their own way.
    """

    exit_status = 2

    def __init__(self, fact: str, cure: str = "") -> None:
        super().__init__(fact)
        self.fact = fact
        self.cure = cure

    def __str__(self) -> str:
        return f"{self.fact} {self.cure}".strip()


class BadInput(DojoError):
    """What the person gave us cannot be used (unknown id, unreadable file, wrong option)."""


class BadContent(DojoError):
    """A content folder breaks its format; the author has to mend it."""


class StoreError(DojoError):
    """The database cannot be used as it is (locked, corrupted, read-only, newer version)."""

    exit_status = 3


class InternalError(DojoError):
    """We broke: never the learner's fault, never costs an attempt."""

    exit_status = 3


class Cancelled(DojoError):
    """The person stopped the run; no verdict was reached and no attempt is counted."""

    exit_status = 1
