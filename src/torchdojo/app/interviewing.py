"""A room while an interview goes on in it: the log is the truth, everything here follows from it."""

from __future__ import annotations

import base64
import binascii
import contextlib
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from torchdojo.app.compose import Dojo
from torchdojo.app.shared_text import MOST_CHARACTERS, SharedText, beginning, change_to
from torchdojo.domain.errors import BadContent, BadInput, StoreError
from torchdojo.domain.exercise import Exercise
from torchdojo.domain.interview import Actor, Event, Happening, Interview
from torchdojo.interview.joint import Joint, joint_of
from torchdojo.interview.log import FIRST_SEAL, sealed, verify_chain
from torchdojo.interview.seats import FIRST, of_seat
from torchdojo.interview.state import State, state_of
from torchdojo.interview.visibility import seen_by

#: Something to be written into the log: who, what, and its data.
Step = tuple[Actor, Happening, Mapping[str, Any]]

#: How often the log is read anew when another program has written to it in between.
_TRIES = 3


class LiveRoom:
    """One room. Not for several threads at once; `monotonic` is a clock in seconds that never goes back.

    While nobody has the room open (the server is down) its time stands still, as in a pause.
    """

    def __init__(self, dojo: Dojo, room: str, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        if dojo.store.room(room) is None:
            raise BadInput(f"There is no room {room!r}.", "It is the first part of a link after /i/.")
        self.dojo = dojo
        self.id = room
        self._monotonic = monotonic
        self._doubtful = self._torn = False
        self._read()
        self._end_broken_run()

    def _read(self) -> None:
        events = self.dojo.store.room_events(self.id)
        room = self.dojo.store.room(self.id)
        broken = verify_chain(events, last_seal=room.last_seal if room else None)
        #: What is wrong with the log; "" when it is whole.
        self.fault = "" if broken is None else broken.reason
        self._last_seal = events[-1].seal if events else FIRST_SEAL
        self._last = events[-1].number if events else 0
        #: As the first interviewer sees it.
        self.state = state_of(of_seat(FIRST, events))
        #: As others than the first one see it, as far as anybody asked.
        self._others: dict[int, State] = {}
        #: What follows from the events that a candidate may be sent, and from nothing else.
        self.candidate_state = state_of(_seen(events))
        #: What the last run printed and drew, for those who come late.
        self.shown: list[Event] = []
        self._show(events)
        self.text = SharedText(written_update(event) for event in events if event.kind is Happening.EDIT)
        self._doubtful = self._torn = False
        self._anchor(events)

    def go_back(self) -> None:
        """Be what the log says again: what was written last may not have reached the disk."""
        self._doubtful = True
        # What cannot be read now is read before anything is written.
        with contextlib.suppress(StoreError):
            self._settle()

    def _settle(self) -> None:
        if not (self._doubtful or self._torn):
            return
        kept = self.dojo.store.room(self.id)
        if self._torn or kept is None or (kept.events, kept.last_seal) != (self._last, self._last_seal):
            self._read()
        self._doubtful = False

    def _anchor(self, events: Iterable[Event]) -> None:
        self._since = self._monotonic()
        # The state leaves out what the second interviewer thinks; time passed all the same.
        self._elapsed = max([self.state.clock.elapsed, *(event.elapsed for event in events)])

    def _show(self, events: Iterable[Event]) -> None:
        for event in events:
            if event.kind is Happening.RUN:
                self.shown = []
            elif event.kind in (Happening.OUTPUT, Happening.CURVE):
                self.shown.append(event)

    def _end_broken_run(self) -> None:
        """A run that the log leaves open ended with the server that carried it out."""
        run = self.state.running
        if run is not None:
            text = "The server was stopped during this run. Run it again."
            self.append((Actor.SYSTEM, Happening.OUTPUT, {"run": run.number, "text": text, "ended": True}))

    @property
    def elapsed(self) -> float:
        """Seconds since the start, pauses left out."""
        passed = max(0.0, self._monotonic() - self._since) if self.state.clock.running else 0.0
        return round(self._elapsed + passed, 3)

    def state_for(self, seat: int) -> State:
        """As one of two interviewers sees it, or somebody who reads along; with one, all of these see the same."""
        if seat == FIRST or self.state.scoring.interviewers == 1:
            return self.state
        if seat not in self._others:
            events = self.dojo.store.room_events(self.id, without={Happening.EDIT, Happening.CURVE})
            self._others[seat] = state_of(of_seat(seat, events))
        return self._others[seat]

    @property
    def joint(self) -> Joint | None:
        """Both interviewers' scores, once they may see each other's."""
        script = self.script
        if script is None or not self.state.scoring.revealed:
            return None
        events = self.dojo.store.room_events(self.id, without={Happening.EDIT, Happening.CURVE})
        return joint_of(script, self.exercise, events)

    @property
    def script(self) -> Interview | None:
        """What is said and looked for; None when its folder is gone or broken."""
        try:
            return self.dojo.library.interview(self.state.interview)
        except BadContent:
            return None

    @property
    def exercise(self) -> Exercise | None:
        """What is worked on; None when there is none, or its folder is gone or broken."""
        try:
            return self.dojo.library.find(self.state.exercise) if self.state.exercise else None
        except BadContent:
            return None

    def append(self, *steps: Step) -> list[Event]:
        """Write into the log; the events as they are kept. Only then may anybody be told of them."""
        self._settle()
        for _ in range(_TRIES):
            events = self._events(steps)
            if self.dojo.store.append_events(self.id, events):
                break
            # Another program wrote to the room.
            self._read()
        else:
            raise StoreError(
                f"The log of interview {self.id} is being written by another program.",
                "Keep one server running and stop the other.",
            )
        self._last_seal = events[-1].seal
        self._last = events[-1].number
        self.state = state_of(of_seat(FIRST, events), self.state)
        self._others = {seat: state_of(of_seat(seat, events), state) for seat, state in self._others.items()}
        self.candidate_state = state_of(_seen(events), self.candidate_state)
        self._show(events)
        self._anchor(events)
        return events

    def append_with_text(self, text: str, *steps: Step) -> list[Event]:
        """`append`, and after it the beginning of a text that was empty until now: all of it is kept, or nothing."""
        update = beginning(text)
        written: Step = (Actor.SYSTEM, Happening.EDIT, {"update": base64.b64encode(update).decode("ascii")})
        events = self.append(*steps, written)
        self.text.apply(update)
        return events

    def _events(self, steps: Iterable[Step]) -> list[Event]:
        now, elapsed, before = self.dojo.clock.now(), self.elapsed, self._last_seal
        events = []
        for number, (actor, kind, data) in enumerate(steps, self._last + 1):
            event = sealed(before, Event(number, now, elapsed, actor, kind, dict(data)))
            before = event.seal
            events.append(event)
        return events

    def edit(self, actor: Actor, update: bytes) -> Event | None:
        """Take a change to the text in; the event, or None when it changed nothing.

        Raises BadInput: no change to a text, too long a text, a role that only reads, an interview that has ended, a
        script that is still hidden.
        """
        if update == EMPTY_UPDATE:
            return None
        self._settle()
        if actor not in (Actor.CANDIDATE, Actor.INTERVIEWER):
            raise BadInput("Observers read along; they do not write.", "Ask the interviewer for another link.")
        if self.state.clock.ended:
            raise BadInput("The interview has ended; its text stays as it is.", "You may still read it.")
        if self.state.script_hidden:
            raise BadInput("The script is still hidden: there is no text to change.", "It is the last of the looks.")
        changed = self.text.apply(update)
        if not changed or changed == EMPTY_UPDATE:
            return None
        try:
            if len(self.text.text) > MOST_CHARACTERS:
                raise BadInput(
                    f"The text would be longer than {MOST_CHARACTERS:,} characters.", "Keep what belongs to the script."
                )
            data = {"update": base64.b64encode(changed).decode("ascii")}
            return self.append((actor, Happening.EDIT, data))[0]
        except BaseException:
            # The document must never be ahead of the log.
            self._torn = True
            self._read()
            raise

    def write(self, text: str) -> Event | None:
        """What the candidate saved in a file of their own becomes the text. Raises BadInput as `edit` does."""
        return self.edit(Actor.CANDIDATE, change_to(self.text, text)) if text != self.text.text else None


#: A Yjs update without changes.
EMPTY_UPDATE = b"\0\0"


def _seen(events: Iterable[Event]) -> list[Event]:
    return [seen for event in events if (seen := seen_by(Actor.CANDIDATE, event)) is not None]


def written_update(event: Event) -> bytes:
    """The change of the text that an event holds. Raises StoreError for what is none."""
    try:
        return base64.b64decode(event.data["update"], validate=True)
    except (KeyError, TypeError, binascii.Error) as error:
        raise StoreError(
            f"Event {event.number} holds no change of the text that can be read.",
            "The log was changed by hand. It was left as it is.",
        ) from error
