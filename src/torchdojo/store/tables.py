"""The tables as the statements see them. The migrations make them; a test holds the two together.

Times are milliseconds since 1970-01-01 UTC. `report` and `recording` are JSON; verdict, score and isolation repeat
what the report says so that progress can be counted without reading it.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Float, ForeignKey, Index, Integer, MetaData, Table, Text

metadata = MetaData()

drafts = Table(
    "drafts",
    metadata,
    Column("exercise", Text, primary_key=True),
    Column("source", Text, nullable=False),
    Column("saved_at", BigInteger, nullable=False),
)

discarded_drafts = Table(
    "discarded_drafts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("exercise", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("saved_at", BigInteger, nullable=False),
    Column("discarded_at", BigInteger, nullable=False),
    Index("discarded_drafts_by_exercise", "exercise"),
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("exercise", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("submitted_at", BigInteger, nullable=False),
    Column("origin", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("score", Float, nullable=False),
    Column("isolation", Text, nullable=False),
    Column("report", Text, nullable=False),
    Index("attempts_by_exercise", "exercise"),
    # Numbers of attempts are shown to people and must never be given twice.
    sqlite_autoincrement=True,
)

opened_hints = Table(
    "opened_hints",
    metadata,
    Column("exercise", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("opened_at", BigInteger, nullable=False),
)

opened_solutions = Table(
    "opened_solutions",
    metadata,
    Column("exercise", Text, primary_key=True),
    Column("opened_at", BigInteger, nullable=False),
)

diagnoses = Table(
    "diagnoses",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("exercise", Text, nullable=False),
    Column("suspicions", Text, nullable=False),
    Column("score", Float, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Index("diagnoses_by_exercise", "exercise"),
)

hidden_scripts = Table(
    "hidden_scripts",
    metadata,
    Column("exercise", Text, primary_key=True),
    Column("hidden_at", BigInteger, nullable=False),
)

opened_looks = Table(
    "opened_looks",
    metadata,
    Column("exercise", Text, primary_key=True),
    Column("look", Text, primary_key=True),
    Column("minutes", Integer, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
)

recordings = Table(
    "recordings",
    metadata,
    Column("exercise", Text, primary_key=True),
    Column("starter", Text, nullable=False),
    Column("recording", Text, nullable=False),
)

settings = Table(
    "settings",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

review_log = Table(
    "review_log",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("card", Text, nullable=False),
    Column("place", Integer, nullable=False),
    Column("act", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("rating", Integer),
    Column("phase", Text, nullable=False),
    Column("retention", Float, nullable=False),
    Column("most_days", Integer, nullable=False),
    Column("took_ms", BigInteger, nullable=False),
    Column("undone", Integer),
    # An answer that is sent twice, by a second click or after a crash, is one answer.
    Index("review_log_once", "card", "place", unique=True),
    Index("review_log_by_time", "at"),
    sqlite_autoincrement=True,
)

card_states = Table(
    "card_states",
    metadata,
    Column("card", Text, primary_key=True),
    Column("entries", Integer, nullable=False),
    Column("phase", Text, nullable=False),
    Column("step", Integer),
    Column("stability", Float),
    Column("difficulty", Float),
    Column("due", BigInteger),
    Column("last_review", BigInteger),
    Column("reviews", Integer, nullable=False),
    Column("lapses", Integer, nullable=False),
    Column("suspended", Boolean, nullable=False),
)

card_notes = Table(
    "card_notes",
    metadata,
    Column("card", Text, primary_key=True),
    Column("text", Text, nullable=False),
    Column("saved_at", BigInteger, nullable=False),
)

#: Cards made from the learner's own mistakes; `attempt` is the latest one that shows the mistake.
own_cards = Table(
    "own_cards",
    metadata,
    Column("card", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("front", Text, nullable=False),
    Column("back", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("link", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
)

rooms = Table(
    "rooms",
    metadata,
    Column("id", Text, primary_key=True),
    Column("created_at", BigInteger, nullable=False),
    # Where the log ends, kept apart from it: a log that lost its end is told from a whole one.
    Column("events", Integer, nullable=False),
    Column("last_seal", Text, nullable=False),
)

room_links = Table(
    "room_links",
    metadata,
    Column("secret_hash", Text, primary_key=True),
    Column("room", Text, ForeignKey("rooms.id"), nullable=False),
    Column("role", Text, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
    # 2 for a second interviewer, else 1.
    Column("seat", Integer, nullable=False, server_default="1"),
    Index("room_links_by_room", "room"),
)

#: What happened in a room. Rows are added and never changed.
room_events = Table(
    "room_events",
    metadata,
    Column("room", Text, ForeignKey("rooms.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("elapsed", Float, nullable=False),
    Column("actor", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("data", Text, nullable=False),
    Column("seal", Text, nullable=False),
)
