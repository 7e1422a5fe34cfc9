"""Every statement the store sends, by name. Parameters are bound by the names of the columns."""

from __future__ import annotations

from sqlalchemy import BindParameter, Integer, bindparam, case, delete, func, insert, select, text, update
from sqlalchemy.dialects.sqlite import insert as upsert

from torchdojo.domain.report import Verdict
from torchdojo.store.tables import (
    attempts,
    card_notes,
    card_states,
    diagnoses,
    discarded_drafts,
    drafts,
    hidden_scripts,
    opened_hints,
    opened_looks,
    opened_solutions,
    own_cards,
    recordings,
    review_log,
    room_events,
    room_links,
    rooms,
    settings,
)

_EXERCISE: BindParameter[str] = bindparam("exercise")

#: The revision the database is at; fails with "no such table" before the first migration.
REVISION = text("SELECT version_num FROM alembic_version")

#: The names of all tables, whoever made them.
TABLE_NAMES = text("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")

#: One row saying "ok", or up to a hundred rows saying what is damaged.
INTEGRITY = text("PRAGMA quick_check")

#: The text being edited for one exercise.
DRAFT = select(drafts).where(drafts.c.exercise == _EXERCISE)

_save_draft = upsert(drafts)

#: Replace the draft of one exercise.
SAVE_DRAFT = _save_draft.on_conflict_do_update(
    index_elements=[drafts.c.exercise],
    set_={"source": _save_draft.excluded.source, "saved_at": _save_draft.excluded.saved_at},
)

#: Copy the draft of one exercise to the discarded ones.
KEEP_DISCARDED_DRAFT = insert(discarded_drafts).from_select(
    ["exercise", "source", "saved_at", "discarded_at"],
    select(drafts.c.exercise, drafts.c.source, drafts.c.saved_at, bindparam("discarded_at")).where(
        drafts.c.exercise == _EXERCISE
    ),
)

#: Remove the draft of one exercise.
DELETE_DRAFT = delete(drafts).where(drafts.c.exercise == _EXERCISE)

#: The discarded drafts of one exercise, the latest first.
DISCARDED_DRAFTS = (
    select(discarded_drafts.c.exercise, discarded_drafts.c.source, discarded_drafts.c.saved_at)
    .where(discarded_drafts.c.exercise == _EXERCISE)
    .order_by(discarded_drafts.c.id.desc())
)

#: Keep one graded submission.
ADD_ATTEMPT = insert(attempts)

#: One attempt by its number.
ATTEMPT = select(attempts).where(attempts.c.id == bindparam("id"))

#: All attempts at one exercise, oldest first.
ATTEMPTS = select(attempts).where(attempts.c.exercise == _EXERCISE).order_by(attempts.c.id)

#: The last `limit` attempts at anything, latest first.
LATEST_ATTEMPTS = select(attempts).order_by(attempts.c.id.desc()).limit(bindparam("limit", type_=attempts.c.id.type))

#: Note that a hint was opened; a second time changes nothing.
OPEN_HINT = upsert(opened_hints).on_conflict_do_nothing()

#: How many hints of one exercise are open.
HINTS_OPENED = select(func.count()).select_from(opened_hints).where(opened_hints.c.exercise == _EXERCISE)

#: Note that the solution was opened; a second time changes nothing.
OPEN_SOLUTION = upsert(opened_solutions).on_conflict_do_nothing()

#: Per exercise with attempts: how many, the best score, whether one passed, when the last was.
ATTEMPT_TOTALS = select(
    attempts.c.exercise,
    func.count().label("attempts"),
    func.max(attempts.c.score).label("best_score"),
    func.max(case((attempts.c.verdict == str(Verdict.PASSED), 1), else_=0)).label("passed"),
    func.max(attempts.c.submitted_at).label("last_attempt_at"),
).group_by(attempts.c.exercise)

#: Per exercise with opened hints: how many.
HINT_TOTALS = select(opened_hints.c.exercise, func.count().label("hints")).group_by(opened_hints.c.exercise)

#: The exercises whose solution was opened.
SOLUTIONS_OPENED = select(opened_solutions.c.exercise)

#: One setting.
SETTING = select(settings.c.value).where(settings.c.name == bindparam("name"))

_save_setting = upsert(settings)

#: Replace one setting.
SAVE_SETTING = _save_setting.on_conflict_do_update(
    index_elements=[settings.c.name], set_={"value": _save_setting.excluded.value}
)

#: Keep a diagnosis.
ADD_DIAGNOSIS = insert(diagnoses)

#: The diagnoses of one exercise, the first one first.
DIAGNOSES = select(diagnoses).where(diagnoses.c.exercise == _EXERCISE).order_by(diagnoses.c.id)

#: Note that a script is hidden; a second time changes nothing.
HIDE_SCRIPT = upsert(hidden_scripts).on_conflict_do_nothing()

#: Since when the script of one exercise is hidden.
HIDDEN_AT = select(hidden_scripts.c.hidden_at).where(hidden_scripts.c.exercise == _EXERCISE)

#: Note that a look was opened; a second time changes nothing.
OPEN_LOOK = upsert(opened_looks).on_conflict_do_nothing()

#: The looks opened at one exercise, in the order in which they were.
OPENED_LOOKS = (
    select(opened_looks)
    .where(opened_looks.c.exercise == _EXERCISE)
    .order_by(opened_looks.c.opened_at, text("opened_looks.rowid"))
)

#: The recording of one exercise's starter.
RECORDING = select(recordings).where(recordings.c.exercise == _EXERCISE)

_save_recording = upsert(recordings)

#: Replace the recording of one exercise's starter.
SAVE_RECORDING = _save_recording.on_conflict_do_update(
    index_elements=[recordings.c.exercise],
    set_={"starter": _save_recording.excluded.starter, "recording": _save_recording.excluded.recording},
)

_CARD: BindParameter[str] = bindparam("card")

#: Add an entry to the log; nothing happens when its card has one at that place.
ADD_ENTRY = upsert(review_log).on_conflict_do_nothing(index_elements=[review_log.c.card, review_log.c.place])

#: How many entries the log has for one card.
ENTRIES = select(func.count()).select_from(review_log).where(review_log.c.card == _CARD)

#: The log of one card.
LOG_OF_CARD = select(review_log).where(review_log.c.card == _CARD).order_by(review_log.c.place)

#: The log from a moment on; an entry made while the clock was ahead is in it.
LOG_SINCE = select(review_log).where(review_log.c.at >= bindparam("since")).order_by(review_log.c.number)

#: The last `limit` entries of all cards, latest first.
LATEST_ENTRIES = select(review_log).order_by(review_log.c.number.desc()).limit(bindparam("limit", type_=Integer()))

#: What all cards' logs lead to.
CARD_STATES = select(card_states)

#: What one card's log leads to.
CARD_STATE = select(card_states).where(card_states.c.card == _CARD)

_save_state = upsert(card_states)

#: Replace one card's state.
SAVE_STATE = _save_state.on_conflict_do_update(
    index_elements=[card_states.c.card],
    set_={column.name: _save_state.excluded[column.name] for column in card_states.c if column.name != "card"},
)

#: The learner's own notes.
CARD_NOTES = select(card_notes)

_save_note = upsert(card_notes)

#: Replace the note on one card.
SAVE_NOTE = _save_note.on_conflict_do_update(
    index_elements=[card_notes.c.card],
    set_={"text": _save_note.excluded.text, "saved_at": _save_note.excluded.saved_at},
)

#: Remove the note on one card.
DELETE_NOTE = delete(card_notes).where(card_notes.c.card == _CARD)

#: Cards from own mistakes, the oldest mistake first.
OWN_CARDS = select(own_cards).order_by(own_cards.c.attempt, own_cards.c.card)

_save_own_card = upsert(own_cards)

#: Replace one card from an own mistake.
SAVE_OWN_CARD = _save_own_card.on_conflict_do_update(
    index_elements=[own_cards.c.card],
    set_={column.name: _save_own_card.excluded[column.name] for column in own_cards.c if column.name != "card"},
)

#: The attempts made after one of them, oldest first.
ATTEMPTS_AFTER = (
    select(attempts)
    .where(attempts.c.id > bindparam("after"))
    .order_by(attempts.c.id)
    .limit(bindparam("limit", type_=attempts.c.id.type))
)

_ROOM: BindParameter[str] = bindparam("room")

#: A new room.
ADD_ROOM = insert(rooms)

#: One room.
ROOM = select(rooms).where(rooms.c.id == _ROOM)

#: All rooms, the latest first.
ROOMS = select(rooms).order_by(rooms.c.created_at.desc(), rooms.c.id)

#: Note where a room's log ends now.
MOVE_ROOM = (
    update(rooms).where(rooms.c.id == _ROOM).values(events=bindparam("events"), last_seal=bindparam("last_seal"))
)

#: A new link into a room.
ADD_ROOM_LINK = insert(room_links)

#: The link with that hash.
ROOM_LINK = select(room_links).where(room_links.c.secret_hash == bindparam("secret_hash"))

#: The links into one room, as they were made.
LINKS_OF_ROOM = select(room_links).where(room_links.c.room == _ROOM).order_by(text("room_links.rowid"))

#: Close a link; the first time counts.
REVOKE_ROOM_LINK = (
    update(room_links)
    .where(room_links.c.secret_hash == bindparam("closed"), room_links.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("when"))
)

#: Add to a room's log.
ADD_ROOM_EVENT = insert(room_events)

#: A room's log after event `after`, in order.
EVENTS_OF_ROOM = (
    select(room_events)
    .where(
        room_events.c.room == _ROOM,
        room_events.c.number > bindparam("after"),
        room_events.c.kind.not_in(bindparam("without", expanding=True)),
    )
    .order_by(room_events.c.number)
)

#: When what of one kind happened in a room, in order.
DATA_OF_ROOM = (
    select(room_events.c.number, room_events.c.elapsed, room_events.c.data)
    .where(room_events.c.room == _ROOM, room_events.c.kind == bindparam("kind"))
    .order_by(room_events.c.number)
)
