"""Moments as the database keeps them: milliseconds since 1970-01-01 UTC."""

from __future__ import annotations

from datetime import UTC, datetime


def to_ms(moment: datetime) -> int:
    """The moment as a number."""
    return round(moment.timestamp() * 1000)


def from_ms(milliseconds: int) -> datetime:
    """The number as a moment, in UTC."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
