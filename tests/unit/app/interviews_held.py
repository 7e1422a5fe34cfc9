"""Whole interviews for tests, held without a clock, a browser or a judge."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any

from pycrdt import Doc, Text

from torchdojo.app.compose import Dojo
from torchdojo.app.interview_acts import act
from torchdojo.app.interviewing import LiveRoom
from torchdojo.app.invitations import Invitation, new_room
from torchdojo.domain.interview import Actor, Happening
from torchdojo.domain.report import BugResult, BugState, GoalResult, Report, RestsOn, Verdict


class Hours:
    """A clock in seconds that the test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class Held:
    """A room with everybody in it."""

    def __init__(self, dojo: Dojo, invitation: Invitation) -> None:
        self.invitation = invitation
        self.hours = Hours()
        self.room = LiveRoom(dojo, invitation.room, monotonic=self.hours)

    def at(self, minute: float, name: str, **data: Any) -> None:
        """The interviewer does something."""
        self.hours.now = minute * 60
        act(self.room, Actor.INTERVIEWER, {"act": name, **data})

    def type(self, minute: float, find: str, replacement: str) -> None:
        """The candidate replaces a piece of the text."""
        self.hours.now = minute * 60
        doc: Doc[Text] = Doc()
        doc.apply_update(self.room.text.missing(Doc().get_state()))
        text = doc.get("code", type=Text)
        start = len(str(text)[: str(text).index(find)].encode())
        before = doc.get_state()
        del text[start : start + len(find.encode())]
        text.insert(start, replacement)
        self.room.edit(Actor.CANDIDATE, doc.get_update(before))

    def run(self, minute: float, fixed: Iterable[str] = (), *, met: bool = False, lost: Iterable[str] = ()) -> None:
        """A run that shows these bugs as fixed, those without evidence, and all others open."""
        self.hours.now = minute * 60
        exercise = self.room.exercise
        assert exercise is not None
        assert exercise.goal is not None
        states = dict.fromkeys(fixed, BugState.FIXED) | dict.fromkeys(lost, BugState.NO_EVIDENCE)
        bugs = tuple(
            BugResult(bug.id, states.get(bug.id, BugState.OPEN), RestsOn.EVENTS, f"Seen in the run: {bug.effect}")
            for bug in exercise.bugs
        )
        verdict = Verdict.PASSED if met and len(states) == len(bugs) else Verdict.WRONG_ANSWER
        goal = GoalResult(exercise.goal.name, exercise.goal.target, 0.91 if met else 0.34, met)
        report = Report(exercise.id, "debug", verdict, len(states) / len(bugs), bugs=bugs, goal=goal).to_json()
        number = len(self.room.state.runs) + 1
        self.room.append(
            (Actor.CANDIDATE, Happening.RUN, {"run": number, "source": self.room.text.text}),
            (Actor.SYSTEM, Happening.VERDICT, {"run": number, "report": report}),
            (Actor.SYSTEM, Happening.OUTPUT, {"run": number, "text": "", "ended": True}),
        )

    def rate(self, minute: float, signal: str) -> None:
        """Every criterion alike."""
        assert self.room.script is not None
        for criterion in self.room.script.criteria:
            self.at(minute, "signal", criterion=criterion.id, signal=signal, evidence="Said so at once.")


def held(dojo: Dojo, slug: str = "spiral-classifier", *, signal: str = "medium") -> Held:
    """A short interview, from start to end: two runs, two of the bugs mended, one nudge shown and one said."""
    session = Held(dojo, new_room(dojo, slug))
    script, exercise = session.room.script, session.room.exercise
    assert script is not None
    assert exercise is not None
    first, second, third = (bug.id for bug in exercise.bugs[:3])
    session.at(0, "start")
    session.at(0.1, "look_for", look_for=script.stages[0].look_fors[0].id)
    session.at(5, "stage", stage=script.stages[1].id)
    session.at(6, "note", text="Reads before typing.", tag="strength")
    session.type(8, "import", "# mine\nimport")
    session.run(9, [first])
    session.at(10, "nudge", nudge=f"about-{third}", shown=True)
    session.at(11, "nudge", text="Never mind the seed.", price=1, shown=False)
    session.at(12, "stage", stage=script.stages[2].id)
    session.run(14, [first, second])
    session.at(20, "asked", question=f"{first}-1", rating="weak", note="Guessed.")
    session.at(21, "flag", flag="red", text="Blames the optimizer.")
    session.rate(22, signal)
    session.at(25, "end")
    return session


def tamper(dojo: Dojo, room: str) -> None:
    """Change what an event says without sealing it anew, in a MemoryStore."""
    log = dojo.store.room_events(room)
    note = next(event for event in log if event.kind is Happening.NOTE)
    note.data["text"] = "Never said."  # type: ignore[index]


def garbled() -> str:
    """What is no change of a text."""
    return base64.b64encode(b"\xff\xff\xff").decode()
