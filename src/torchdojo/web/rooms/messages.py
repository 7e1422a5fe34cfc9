"""What goes over a room's web socket: Yjs sync (0), awareness (1) and our own JSON (4), as y-websocket frames them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

SYNC, AWARENESS, ASK_AWARENESS, OURS = 0, 1, 3, 4
STATE, MISSING, UPDATE = 0, 1, 2

#: Larger messages are refused: nobody types that much at once.
MOST_BYTES = 200_000
_MOST_PEOPLE = 8
_MOST_PRESENCE = 4_000


class Malformed(ValueError):
    """Bytes that are none of our messages."""


class Reader:
    """Reads what lib0 writes: numbers of variable length, and bytes after their length."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def number(self) -> int:
        """The next number, of at most 53 bits, as in a browser."""
        value = shift = 0
        while True:
            if self._at >= len(self._data) or shift > 49:
                raise Malformed("a number is cut off or too long")
            byte = self._data[self._at]
            self._at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7

    def bytes(self) -> bytes:
        """The next piece of bytes."""
        length = self.number()
        piece = self._data[self._at : self._at + length]
        if len(piece) != length:
            raise Malformed("a piece is cut off")
        self._at += length
        return piece

    def text(self) -> str:
        """The next piece as text."""
        try:
            return self.bytes().decode()
        except UnicodeDecodeError:
            raise Malformed("a text is not UTF-8") from None

    def end(self) -> None:
        """Nothing may follow."""
        if self._at != len(self._data):
            raise Malformed("something follows the message")


def number(value: int) -> bytes:
    """A number as lib0 writes it."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def piece(data: bytes) -> bytes:
    """Bytes after their length."""
    return number(len(data)) + data


def sync(kind: int, data: bytes) -> bytes:
    """A message of the sync protocol."""
    return number(SYNC) + number(kind) + piece(data)


def ours(message: Mapping[str, Any]) -> bytes:
    """A message of our own."""
    return number(OURS) + piece(json.dumps(message, separators=(",", ":"), allow_nan=False).encode())


@dataclass(frozen=True, slots=True)
class Presence:
    """Where a person's cursor is: one entry of an awareness message. `state` is JSON, "null" when they left."""

    client: int
    clock: int
    state: str


#: The colour of each role's cursor.
_COLOURS = {"candidate": "#c8490f", "interviewer": "#1d5fd1", "observer": "#6b7280"}


def dressed(person: Presence, role: str) -> Presence:
    """`person` under the name and colour of their role, whatever their page says of them."""
    state = json.loads(person.state)
    if not isinstance(state, dict):
        return Presence(person.client, person.clock, "null")
    user = {"name": role, "color": _COLOURS[role], "colorLight": f"{_COLOURS[role]}33"}
    shown = {"user": user, "cursor": state.get("cursor")}
    return Presence(person.client, person.clock, json.dumps(shown, separators=(",", ":"), allow_nan=False))


def awareness(people: Iterable[Presence]) -> bytes:
    """A message that says where people are."""
    entries = [number(each.client) + number(each.clock) + piece(each.state.encode()) for each in people]
    return number(AWARENESS) + piece(number(len(entries)) + b"".join(entries))


@dataclass(frozen=True, slots=True)
class Sync:
    """What a client sent of the sync protocol."""

    kind: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Asked:
    """A message of our own."""

    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Seen:
    """Where a client says that people are."""

    people: tuple[Presence, ...]


@dataclass(frozen=True, slots=True)
class WhoIsThere:
    """A client asks where everybody is."""


Message = Sync | Asked | Seen | WhoIsThere


def read(data: bytes) -> Message:
    """The message in these bytes. Raises Malformed."""
    reader = Reader(data)
    kind = reader.number()
    message: Message
    if kind == SYNC:
        message = Sync(reader.number(), reader.bytes())
        if message.kind not in (STATE, MISSING, UPDATE):
            raise Malformed("an unknown kind of sync")
    elif kind == AWARENESS:
        message = Seen(_people(reader.bytes()))
    elif kind == ASK_AWARENESS:
        message = WhoIsThere()
    elif kind == OURS:
        message = Asked(_content(reader.text()))
    else:
        raise Malformed("an unknown kind of message")
    reader.end()
    return message


def _people(data: bytes) -> tuple[Presence, ...]:
    reader = Reader(data)
    count = reader.number()
    if count > _MOST_PEOPLE:
        raise Malformed("too many people at once")
    people = []
    for _ in range(count):
        client, clock, state = reader.number(), reader.number(), reader.text()
        if len(state) > _MOST_PRESENCE:
            raise Malformed("too much about one person")
        _json(state)
        people.append(Presence(client, clock, state))
    reader.end()
    return tuple(people)


def _content(text: str) -> Mapping[str, Any]:
    content = _json(text)
    if not isinstance(content, dict):
        raise Malformed("our messages are JSON objects")
    return content


def _json(text: str) -> Any:
    try:
        value = json.loads(text)
        # Python also reads numbers that no browser does.
        json.dumps(value, allow_nan=False)
    except (ValueError, RecursionError):
        raise Malformed("this is no JSON") from None
    return value
