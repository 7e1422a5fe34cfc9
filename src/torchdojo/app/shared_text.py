"""The text that several people edit at once: a Yjs document that follows from its updates."""

from __future__ import annotations

from collections.abc import Iterable

from pycrdt import Doc, Text, TransactionEvent

from torchdojo.domain.errors import BadInput

#: The name of the text in the document; the page's editor asks for the same one.
NAME = "code"

#: Who has written the beginning, among the people who edit: their numbers are drawn from 2^32.
_SERVER = 1

#: Larger than any script. What is typed beyond it is refused, so that a log cannot grow without end.
MOST_CHARACTERS = 400_000


class SharedText:
    """The document after `updates`. Positions in it count bytes, so it is read here and never edited."""

    def __init__(self, updates: Iterable[bytes] = ()) -> None:
        self._doc: Doc[Text] = Doc(allow_multithreading=True)
        self._text = self._doc.get(NAME, type=Text)
        self._changes: list[bytes] = []
        for update in updates:
            self._doc.apply_update(update)
        self._watch = self._doc.observe(self._changed)

    def _changed(self, event: TransactionEvent) -> None:
        self._changes.append(event.update)

    def apply(self, update: bytes) -> bytes:
        """Take in an update; what it changed, as an update, and nothing when it changed nothing.

        Raises BadInput for what is no update: the document is then as it was.
        """
        self._changes.clear()
        try:
            self._doc.apply_update(update)
        except (ValueError, RuntimeError) as error:
            raise BadInput("That is no change to the text.", "Reload the page; what was kept is safe.") from error
        # One update makes one transaction.
        return self._changes[-1] if self._changes else b""

    @property
    def text(self) -> str:
        """What the editors show."""
        return str(self._text)

    def state(self) -> bytes:
        """What this document knows, for another one to say what is missing."""
        return self._doc.get_state()

    def missing(self, state: bytes) -> bytes:
        """What a document in that state lacks. Raises BadInput for what is no state."""
        try:
            return self._doc.get_update(state)
        except (ValueError, RuntimeError) as error:
            raise BadInput("That is no state of a text.", "Reload the page.") from error


def change_to(shared: SharedText, text: str) -> bytes:
    """The update that turns what is there into `text`, by replacing what differs; `shared` itself stays as it is."""
    before = shared.text
    doc: Doc[Text] = Doc()
    doc.apply_update(shared.missing(doc.get_state()))
    known = doc.get_state()
    start = _common(before, text)
    end = _common(before[start:][::-1], text[start:][::-1])
    at = len(before[:start].encode())
    until = len(before[: len(before) - end].encode())
    content = doc.get(NAME, type=Text)
    with doc.transaction():
        if until > at:
            del content[at:until]
        if len(text) - end > start:
            content.insert(at, text[start : len(text) - end])
    return doc.get_update(known)


def _common(one: str, other: str) -> int:
    """How many characters both begin with."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def beginning(text: str) -> bytes:
    """The update that writes `text` into an empty document; the same text makes the same one, which counts once."""
    doc: Doc[Text] = Doc(client_id=_SERVER)
    doc.get(NAME, type=Text).insert(0, text)
    return doc.get_update()
