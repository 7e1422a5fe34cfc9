"""Findings in short."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Severity


def bug(kind: str, message: str, where: str, certainty: Certainty = Certainty.EVENT) -> Finding:
    """A finding that is a bug."""
    return Finding(kind, Severity.BUG, certainty, message, where)
