"""What the use cases need from the rooms below, as protocols."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from torchdojo.domain.attempt import Attempt, Draft, Progress
from torchdojo.domain.blocks import BlockRun
from torchdojo.domain.card import Card, CardNote, CardState, ReviewLog
from torchdojo.domain.computation import Question as Instance
from torchdojo.domain.curriculum import Syllabus, Track
from torchdojo.domain.errors import BadContent
from torchdojo.domain.exercise import Exercise
from torchdojo.domain.interview import Event, Happening, Interview
from torchdojo.domain.knowledge import Guide, Question, Topic
from torchdojo.domain.looks import KeptRecording, OpenedLook, Recording
from torchdojo.domain.proof import Proof
from torchdojo.domain.report import Report
from torchdojo.domain.room import Link, Room
from torchdojo.domain.suspicion import KeptDiagnosis

#: Receives {"type": "output" | "curve" | "stage" | "progress", ...} while a run goes on.
EventSink = Callable[[Mapping[str, Any]], None]


class Library(Protocol):
    """The content at hand."""

    def exercises(self) -> list[Exercise]:
        """Every sound exercise in curriculum order."""

    def faults(self) -> list[BadContent]:
        """What had to be left out, and why."""

    def find(self, slug: str) -> Exercise | None:
        """The exercise of that name; BadContent when its folder is broken."""

    def names(self) -> list[str]:
        """The names of all exercises, broken ones included."""

    def bases(self) -> list[Exercise]:
        """The sound scripts that drills are made from."""

    def drills(self) -> list[Exercise]:
        """The drills made on this machine, the latest first."""

    @property
    def drills_folder(self) -> Path | None:
        """Where they lie; None where none can be kept."""

    def topics(self) -> list[Topic]:
        """The topics of the questions in order."""

    def questions(self) -> list[Question]:
        """Every sound question in order."""

    def question(self, slug: str) -> Question | None:
        """The question of that name; BadContent when its file is broken."""

    def guides(self) -> list[Guide]:
        """Every sound guide in order."""

    def guide(self, slug: str) -> Guide | None:
        """The guide of that name; BadContent when its file is broken."""

    def interviews(self) -> list[Interview]:
        """Every sound interview, by name."""

    def interview(self, slug: str) -> Interview | None:
        """The interview of that name; BadContent when it is broken."""

    def proof(self, exercise: Exercise) -> Proof | None:
        """Its proof, if there is a current one."""

    def tracks(self) -> list[Track]:
        """The tracks in order."""

    def syllabi(self) -> list[Syllabus]:
        """Other orders the exercises can be seen in."""

    def level_names(self) -> tuple[str, ...]:
        """What levels 1 to 5 are called; may be empty."""


class CardStore(Protocol):
    """What is remembered of cards. Every method may raise StoreError."""

    def add_entries(self, histories: Sequence[tuple[Sequence[ReviewLog], CardState]]) -> int:
        """Add to the log of each card where it ends, with the state it leads to; says how many logs took it."""

    def card_states(self) -> dict[str, CardState]:
        """What the logs lead to, by card."""

    def card_state(self, card: str) -> CardState | None:
        """What the log of one card leads to; None without a log."""

    def card_log(self, card: str) -> list[ReviewLog]:
        """The log of one card, in its order."""

    def log_since(self, moment: datetime) -> list[ReviewLog]:
        """The log of all cards from a moment on."""

    def latest_entries(self, limit: int) -> list[ReviewLog]:
        """The last entries of the log, latest first."""

    def card_notes(self) -> dict[str, CardNote]:
        """The learner's notes, by card."""

    def save_card_note(self, note: CardNote) -> None:
        """Keep a note in place of the former one; an empty one is removed."""

    def own_cards(self) -> list[Card]:
        """The cards from own mistakes, the oldest first."""

    def searched_for_mistakes(self) -> int:
        """The number of the latest attempt that was searched for mistakes."""

    def save_own_cards(self, cards: Sequence[tuple[Card, int]], searched: int) -> None:
        """Keep cards with the attempt each comes from, and that attempts were searched up to `searched`."""


class RoomStore(Protocol):
    """What is remembered of interviews. Every method may raise StoreError."""

    def add_room(self, room: Room, links: Sequence[Link], events: Sequence[Event]) -> None:
        """Keep a new room with the links into it and the beginning of its log."""

    def room(self, room: str) -> Room | None:
        """One room."""

    def rooms(self) -> list[Room]:
        """All rooms, the latest first."""

    def add_room_link(self, link: Link) -> None:
        """Keep one more link."""

    def room_link(self, secret_hash: str) -> Link | None:
        """The link with that hash."""

    def room_links(self, room: str) -> list[Link]:
        """The links into one room, as they were made."""

    def revoke_room_link(self, secret_hash: str, at: datetime) -> None:
        """Close a link for good; the first time counts."""

    def append_events(self, room: str, events: Sequence[Event]) -> bool:
        """Add to a room's log, all or nothing. False when it does not end where the first of them begins."""

    def together(self) -> AbstractContextManager[None]:
        """What this thread writes in the block is kept when the block is left: all of it, or nothing and an error."""

    def room_events(self, room: str, after: int = 0, *, without: Collection[Happening] = ()) -> list[Event]:
        """A room's log after event number `after`, but for the kinds to be left out."""

    def room_data(self, room: str, kind: Happening) -> list[tuple[float, Mapping[str, Any]]]:
        """The data of all events of one kind, each after its `elapsed` in seconds: a third of the cost of reading
        them as events."""


class Store(CardStore, RoomStore, Protocol):
    """What is remembered about the learner. Every method may raise StoreError."""

    @property
    def place(self) -> str:
        """Where the data lies, as shown to a person."""

    def check(self) -> None:
        """Make sure that it can be read and written."""

    def draft(self, exercise: str) -> Draft | None:
        """The text being edited."""

    def save_draft(self, draft: Draft) -> None:
        """Keep a draft in place of the former one."""

    def discard_draft(self, exercise: str, at: datetime) -> None:
        """Set the draft aside."""

    def discarded_drafts(self, exercise: str) -> list[Draft]:
        """Drafts set aside, the latest first."""

    def add_attempt(
        self, *, exercise: str, source: str, submitted_at: datetime, report: Report, origin: str
    ) -> Attempt:
        """Keep a graded submission."""

    def attempt(self, number: int) -> Attempt | None:
        """One attempt by number."""

    def attempts(self, exercise: str) -> list[Attempt]:
        """Attempts at one exercise, oldest first."""

    def attempts_after(self, number: int, limit: int) -> list[Attempt]:
        """The attempts made after attempt `number` at anything, oldest first."""

    def latest_attempts(self, limit: int) -> list[Attempt]:
        """The last attempts at anything, latest first."""

    def open_hint(self, exercise: str, number: int, at: datetime) -> None:
        """Note that hint `number` (1-based) is open."""

    def hints_opened(self, exercise: str) -> int:
        """How many hints are open."""

    def open_solution(self, exercise: str, at: datetime) -> None:
        """Note that the solution is open."""

    def progress(self) -> dict[str, Progress]:
        """Where the learner stands, by exercise."""

    def add_diagnosis(self, diagnosis: KeptDiagnosis) -> None:
        """Keep a diagnosis that was handed in."""

    def diagnoses(self, exercise: str) -> list[KeptDiagnosis]:
        """The diagnoses of one exercise, the first one first."""

    def hide_script(self, exercise: str, at: datetime) -> None:
        """Note that the script is hidden behind looks."""

    def hidden_at(self, exercise: str) -> datetime | None:
        """When the script was hidden; None when it never was."""

    def open_look(self, opened: OpenedLook) -> None:
        """Note that a look is open; a second time changes nothing."""

    def opened_looks(self, exercise: str) -> list[OpenedLook]:
        """The looks opened at one exercise, the first one first."""

    def recording(self, exercise: str) -> KeptRecording | None:
        """The recording of the exercise's starter."""

    def save_recording(self, kept: KeptRecording) -> None:
        """Keep a recording in place of the former one."""

    def setting(self, name: str) -> str | None:
        """A remembered choice."""

    def save_setting(self, name: str, value: str) -> None:
        """Remember a choice."""

    def close(self) -> None:
        """Let go of it."""


class Grader(Protocol):
    """The one grader."""

    @property
    def isolation(self) -> str:
        """The isolation level that submissions run under: "full", "partial" or "none"."""

    def warm_up(self) -> None:
        """Get ready now instead of at the first grading."""

    def grade(
        self,
        exercise: Exercise,
        source: str,
        *,
        seed: int | None = None,
        on_event: EventSink | None = None,
        cancel: threading.Event | None = None,
    ) -> Report:
        """Judge a submission; raises Cancelled once `cancel` is set."""

    def record(
        self,
        exercise: Exercise,
        source: str,
        *,
        seed: int,
        on_event: EventSink | None = None,
        cancel: threading.Event | None = None,
    ) -> Recording:
        """Run a script once and say what can be looked at; raises Cancelled, and InternalError when we broke."""

    def run_block(
        self, source: str, *, on_event: EventSink | None = None, cancel: threading.Event | None = None
    ) -> BlockRun:
        """Run a short program and say what it printed; raises Cancelled, and InternalError when we broke."""

    def questions(
        self, family: Exercise, asked: Sequence[tuple[int, int]], *, cancel: threading.Event | None = None
    ) -> list[Instance]:
        """What a computation family asks under these (seed, level) pairs, with the answers.

        Raises BadContent when the family is broken, InternalError when we broke, Cancelled.
        """

    def close(self) -> None:
        """End everything it started."""


class Clock(Protocol):
    """The time of day."""

    def now(self) -> datetime:
        """The present, in UTC."""
