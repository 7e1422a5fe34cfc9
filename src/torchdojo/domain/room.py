"""An interview's room: where its log stands, and the links that lead into it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from torchdojo.domain.interview import Actor


@dataclass(frozen=True, slots=True)
class Room:
    """A room as the store knows it. `last_seal` is kept apart from the log, to see whether the log's end is there."""

    id: str
    created_at: datetime
    events: int
    last_seal: str


@dataclass(frozen=True, slots=True)
class Link:
    """A way into a room. Only a hash of its secret is kept, so that whoever reads the database cannot enter.

    `seat` is 2 for a second interviewer, else 1.
    """

    secret_hash: str
    room: str
    role: Actor
    expires_at: datetime
    revoked_at: datetime | None = None
    seat: int = 1
