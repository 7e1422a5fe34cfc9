"""Rooms, links and logs without a disk: same methods, same answers."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from torchdojo.domain.interview import Event, Happening
from torchdojo.domain.room import Link, Room
from torchdojo.store.moments import from_ms, to_ms


class RoomMemory:
    """What MemoryStore does with interviews."""

    def __init__(self) -> None:
        super().__init__()
        self._rooms: dict[str, Room] = {}
        self._links: dict[str, Link] = {}
        self._events: dict[str, list[Event]] = {}

    def add_room(self, room: Room, links: Sequence[Link], events: Sequence[Event]) -> None:
        """Keep a new room with the links into it and the beginning of its log."""
        kept = replace(room, created_at=_kept(room.created_at), events=0, last_seal="")
        self._rooms[room.id] = kept
        self._events[room.id] = []
        for link in links:
            self.add_room_link(link)
        self.append_events(room.id, events)

    def room(self, room: str) -> Room | None:
        """One room."""
        return self._rooms.get(room)

    def rooms(self) -> list[Room]:
        """All rooms, the latest first."""
        by_name = sorted(self._rooms.values(), key=lambda room: room.id)
        return sorted(by_name, key=lambda room: room.created_at, reverse=True)

    def add_room_link(self, link: Link) -> None:
        """Keep one more link."""
        self._links[link.secret_hash] = replace(link, expires_at=_kept(link.expires_at))

    def room_link(self, secret_hash: str) -> Link | None:
        """The link with that hash."""
        return self._links.get(secret_hash)

    def room_links(self, room: str) -> list[Link]:
        """The links into one room, as they were made."""
        return [link for link in self._links.values() if link.room == room]

    def revoke_room_link(self, secret_hash: str, at: datetime) -> None:
        """Close a link for good; the first time counts."""
        link = self._links.get(secret_hash)
        if link is not None and link.revoked_at is None:
            self._links[secret_hash] = replace(link, revoked_at=_kept(at))

    def append_events(self, room: str, events: Sequence[Event]) -> bool:
        """Add to a room's log, all or nothing. False when it does not end where the first of them begins."""
        if not events:
            return True
        known = self._rooms.get(room)
        if known is None or known.events + 1 != events[0].number:
            return False
        self._events[room].extend(
            replace(event, at=_kept(event.at), data=copy.deepcopy(event.data)) for event in events
        )
        self._rooms[room] = replace(known, events=events[-1].number, last_seal=events[-1].seal)
        return True

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is written in the block stays when the block is left without an error, and else none of it."""
        before = dict(self._rooms), dict(self._links), {room: list(events) for room, events in self._events.items()}
        try:
            yield
        except BaseException:
            self._rooms, self._links, self._events = before
            raise

    def room_events(self, room: str, after: int = 0, *, without: Collection[Happening] = ()) -> list[Event]:
        """A room's log after event number `after`, but for the kinds to be left out."""
        return [event for event in self._events.get(room, ()) if event.number > after and event.kind not in without]

    def room_data(self, room: str, kind: Happening) -> list[tuple[float, Mapping[str, Any]]]:
        """The data of all events of one kind, each after its `elapsed` in seconds."""
        return [(event.elapsed, event.data) for event in self._events.get(room, ()) if event.kind is kind]


def _kept(moment: datetime) -> datetime:
    return from_ms(to_ms(moment))
