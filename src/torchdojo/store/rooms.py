"""Rooms, the links into them and their logs, on the database file."""

from __future__ import annotations

import abc
import json
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping

from torchdojo.domain.errors import StoreError
from torchdojo.domain.interview import Actor, Event, Happening
from torchdojo.domain.room import Link, Room
from torchdojo.store import statements
from torchdojo.store.moments import from_ms, to_ms


class RoomTables(abc.ABC):
    """What DatabaseStore does with interviews. Every write is one transaction."""

    @abc.abstractmethod
    def _reading(self) -> AbstractContextManager[Connection]: ...

    @abc.abstractmethod
    def _writing(self) -> AbstractContextManager[Connection]: ...

    def add_room(self, room: Room, links: Sequence[Link], events: Sequence[Event]) -> None:
        """Keep a new room with the links into it and the beginning of its log."""
        row = {
            "id": room.id,
            "created_at": to_ms(room.created_at),
            "events": len(events),
            "last_seal": events[-1].seal if events else "",
        }
        with self._writing() as connection:
            connection.execute(statements.ADD_ROOM, row)
            for link in links:
                connection.execute(statements.ADD_ROOM_LINK, _link_row(link))
            if events:
                connection.execute(statements.ADD_ROOM_EVENT, [_event_row(room.id, event) for event in events])

    def room(self, room: str) -> Room | None:
        """One room."""
        with self._reading() as connection:
            row = connection.execute(statements.ROOM, {"room": room}).mappings().one_or_none()
        return None if row is None else _room(row)

    def rooms(self) -> list[Room]:
        """All rooms, the latest first."""
        with self._reading() as connection:
            return [_room(row) for row in connection.execute(statements.ROOMS).mappings()]

    def add_room_link(self, link: Link) -> None:
        """Keep one more link."""
        with self._writing() as connection:
            connection.execute(statements.ADD_ROOM_LINK, _link_row(link))

    def room_link(self, secret_hash: str) -> Link | None:
        """The link with that hash."""
        with self._reading() as connection:
            found = connection.execute(statements.ROOM_LINK, {"secret_hash": secret_hash})
            row = found.mappings().one_or_none()
        return None if row is None else _link(row)

    def room_links(self, room: str) -> list[Link]:
        """The links into one room, as they were made."""
        with self._reading() as connection:
            return [_link(row) for row in connection.execute(statements.LINKS_OF_ROOM, {"room": room}).mappings()]

    def revoke_room_link(self, secret_hash: str, at: datetime) -> None:
        """Close a link for good; the first time counts."""
        with self._writing() as connection:
            connection.execute(statements.REVOKE_ROOM_LINK, {"closed": secret_hash, "when": to_ms(at)})

    def append_events(self, room: str, events: Sequence[Event]) -> bool:
        """Add to a room's log, all or nothing. False when it does not end where the first of them begins.

        They are on the disk when this returns: only then may anybody be told of them.
        """
        if not events:
            return True
        with self._writing() as connection:
            row = connection.execute(statements.ROOM, {"room": room}).mappings().one_or_none()
            if row is None or row["events"] + 1 != events[0].number:
                return False
            connection.execute(statements.ADD_ROOM_EVENT, [_event_row(room, event) for event in events])
            end = {"room": room, "events": events[-1].number, "last_seal": events[-1].seal}
            connection.execute(statements.MOVE_ROOM, end)
        return True

    def room_events(self, room: str, after: int = 0, *, without: Collection[Happening] = ()) -> list[Event]:
        """A room's log after event number `after`, but for the kinds to be left out."""
        asked = {"room": room, "after": after, "without": [str(kind) for kind in without]}
        with self._reading() as connection:
            rows = connection.execute(statements.EVENTS_OF_ROOM, asked).mappings().all()
        return [_event(row) for row in rows]

    def room_data(self, room: str, kind: Happening) -> list[tuple[float, Mapping[str, Any]]]:
        """The data of all events of one kind, each after its `elapsed` in seconds."""
        with self._reading() as connection:
            rows = connection.execute(statements.DATA_OF_ROOM, {"room": room, "kind": str(kind)}).all()
        return [(elapsed, _data(data, room, number)) for number, elapsed, data in rows]


def _room(row: RowMapping) -> Room:
    return Room(row["id"], from_ms(row["created_at"]), row["events"], row["last_seal"])


def _link_row(link: Link) -> dict[str, Any]:
    return {
        "secret_hash": link.secret_hash,
        "room": link.room,
        "role": str(link.role),
        "expires_at": to_ms(link.expires_at),
        "revoked_at": None if link.revoked_at is None else to_ms(link.revoked_at),
        "seat": link.seat,
    }


def _link(row: RowMapping) -> Link:
    revoked = None if row["revoked_at"] is None else from_ms(row["revoked_at"])
    expires = from_ms(row["expires_at"])
    return Link(row["secret_hash"], row["room"], Actor(row["role"]), expires, revoked, row["seat"])


def _event_row(room: str, event: Event) -> dict[str, Any]:
    return {
        "room": room,
        "number": event.number,
        "at": to_ms(event.at),
        "elapsed": event.elapsed,
        "actor": str(event.actor),
        "kind": str(event.kind),
        # In ASCII, so that half a character that somebody typed can be kept.
        "data": json.dumps(event.data, separators=(",", ":"), allow_nan=False),
        "seal": event.seal,
    }


def _event(row: RowMapping) -> Event:
    data = _data(row["data"], row["room"], row["number"])
    try:
        actor, kind = Actor(row["actor"]), Happening(row["kind"])
    except ValueError as error:
        raise _unreadable(row["room"], row["number"], error) from error
    return Event(row["number"], from_ms(row["at"]), row["elapsed"], actor, kind, data, row["seal"])


def _data(written: str, room: str, number: int) -> Mapping[str, Any]:
    try:
        data = json.loads(written)
        if not isinstance(data, dict):
            raise ValueError("its data is no object")
    except ValueError as error:
        raise _unreadable(room, number, error) from error
    return data


def _unreadable(room: str, number: int, error: ValueError) -> StoreError:
    return StoreError(
        f"Event {number} of interview {room} cannot be read: {error}.",
        "It was left as it is. If you changed the file by hand, undo that; else report it with this message.",
    )
