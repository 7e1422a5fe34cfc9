"""Full-text search over pieces of text, in memory: SQLite's FTS5."""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass

_CREATE = "CREATE VIRTUAL TABLE piece USING fts5(title, names, body, tokenize = 'porter unicode61')"
_FILL = "INSERT INTO piece (rowid, title, names, body) VALUES (?, ?, ?, ?)"
#: A word of the title counts as much as many of the body.
_ASK = (
    "SELECT rowid, bm25(piece, 10.0, 6.0, 1.0), snippet(piece, 2, char(2), char(3), '…', 24) "
    "FROM piece WHERE piece MATCH ? ORDER BY 2 LIMIT ?"
)
_MARK = re.compile("\x02(.*?)\x03", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Piece:
    """What can be found: a title, further names for it, and the text."""

    title: str
    names: str
    body: str


@dataclass(frozen=True, slots=True)
class Found:
    """The piece with this position. `excerpt` alternates between plain text and found words, plain first."""

    position: int
    excerpt: tuple[str, ...]


class TextIndex:
    """Pieces of text to be searched. Safe to use from threads."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self._lock = threading.Lock()
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        self._database.execute(_CREATE)
        rows = ((number, piece.title, piece.names, piece.body) for number, piece in enumerate(pieces, start=1))
        self._database.executemany(_FILL, rows)

    def find(self, text: str, limit: int) -> list[Found]:
        """The pieces that have every word of `text` (a word may be cut short), best first; else those that have any."""
        words = [f'"{word}"*' for word in re.findall(r"\w+(?:[-.]\w+)*", text)]
        if not words:
            return []
        return self._ask(" AND ".join(words), limit) or self._ask(" OR ".join(words), limit)

    def close(self) -> None:
        """Let go of it."""
        self._database.close()

    def _ask(self, query: str, limit: int) -> list[Found]:
        with self._lock:
            rows = self._database.execute(_ASK, (query, limit)).fetchall()
        return [Found(row[0] - 1, tuple(_MARK.split(row[2]))) for row in rows]
