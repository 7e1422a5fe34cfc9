"""An interview once more: its log as what happened when, and as the changes that its text follows from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from torchdojo.app.compose import Dojo
from torchdojo.domain.errors import BadContent, BadInput
from torchdojo.domain.exercise import Exercise
from torchdojo.domain.interview import Actor, Event, Happening, Interview
from torchdojo.domain.looks import Look, look_title
from torchdojo.domain.room import Room
from torchdojo.interview.log import verify_chain
from torchdojo.interview.seats import APART, FIRST, seat_of, shown_to
from torchdojo.interview.state import Looked, State, state_of
from torchdojo.interview.visibility import seen_by

#: What nearly all of a log is about.
_LONG = frozenset({Happening.EDIT, Happening.CURVE, Happening.OUTPUT})


@dataclass(frozen=True, slots=True)
class Moment:
    """Something to jump to. `kind` is look, run, bug, nudge, note, stage, answer, score or clock."""

    elapsed: float
    kind: str
    text: str


@dataclass(slots=True)
class Replay:
    """What a page needs to show an interview again.

    `edits` are (elapsed, Yjs update in base64), `output` (elapsed, run, text), `curves` (elapsed, run, name, x, y). An
    interview that `begins_with_looks` has no text before `script_at`, None when the script was never opened.
    """

    title: str
    filename: str
    metric: str
    length: float = 0.0
    minutes: float = 0.0
    edits: list[tuple[float, str]] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)
    output: list[tuple[float, int, str]] = field(default_factory=list)
    curves: list[tuple[float, int, str, list[Any], list[Any]]] = field(default_factory=list)
    begins_with_looks: bool = False
    script_at: float | None = None
    looks: list[Looked] = field(default_factory=list)


def may_watch(state: State, role: Actor) -> bool:
    """Whether that role may see it again: a candidate once it was released, and after an interview alone."""
    if role is not Actor.CANDIDATE:
        return True
    return (state.alone and state.clock.ended) or any(each.what == "replay" for each in state.released)


def refuse_unreleased(dojo: Dojo, room: str, role: Actor) -> None:
    """Raises BadInput when that role may not see the room again."""
    if role is not Actor.CANDIDATE:
        return
    events = dojo.store.room_events(room, without=_LONG)
    if not may_watch(_state(events), role):
        raise BadInput("The replay was not released to you.", "Ask your interviewer.")


def _state(events: Iterable[Event]) -> State:
    """Of what the replay is about, who may see it and how long it was; the rest of a state is not needed here."""
    return state_of(event for event in events if event.kind not in _LONG)


def replay(dojo: Dojo, room: str, role: Actor, seat: int = FIRST) -> Replay:
    """The interview of that room as the role and the seat may see it. Raises BadInput: no such room, not released.

    Whether the log is whole says `fault_of`, which takes longer than all of this.
    """
    _known(dojo, room)
    # Nine of ten events are keystrokes, of which nothing but the text follows.
    events = dojo.store.room_events(room, without={Happening.EDIT})
    state = _state(events)
    if not may_watch(state, role):
        raise BadInput("The replay was not released to you.", "Ask your interviewer.")
    script, exercise = _content(dojo, state)
    made = Replay(
        title=exercise.title if exercise else script.title if script else "Interview",
        filename=exercise.filename if exercise else "notes.py",
        metric=exercise.goal.metric if exercise and exercise.goal else "",
        length=state.clock.elapsed,
        minutes=state.clock.minutes,
    )
    if role is Actor.CANDIDATE and not state.alone:
        # Without the script, which the words of an event may name.
        _fill(made, [seen for event in events if (seen := seen_by(role, event)) is not None], _Words(None, None))
    else:
        _fill(made, shown_to(seat, events), _Words(script, exercise))
    latest = 0.0
    for elapsed, data in dojo.store.room_data(room, Happening.EDIT):
        latest = max(latest, elapsed)
        made.edits.append((latest, str(data.get("update", ""))))
    made.length = max(made.length, latest)
    return made


def fault_of(dojo: Dojo, room: str) -> str:
    """How the log of that room was changed after it was written; "" when it was not. Raises BadInput: no such room."""
    kept = _known(dojo, room)
    broken = verify_chain(dojo.store.room_events(room), last_seal=kept.last_seal)
    return "" if broken is None else broken.reason


def _known(dojo: Dojo, room: str) -> Room:
    kept = dojo.store.room(room)
    if kept is None:
        raise BadInput(f"There is no room {room!r}.", "It is the first part of a link after /i/.")
    return kept


def _content(dojo: Dojo, state: State) -> tuple[Interview | None, Exercise | None]:
    try:
        script = dojo.library.interview(state.interview)
    except BadContent:
        script = None
    try:
        exercise = dojo.library.find(state.exercise) if state.exercise else None
    except BadContent:
        exercise = None
    return script, exercise


def _fill(made: Replay, events: Iterable[Event], words: _Words) -> None:
    latest = 0.0
    for event in events:
        # In a log that was changed time may go back; a scrubber cannot.
        latest = max(latest, event.elapsed)
        data = event.data
        if event.kind is Happening.OUTPUT:
            made.output.append((latest, _run(data), str(data.get("text", ""))))
        elif event.kind is Happening.CURVE:
            made.curves.append((latest, _run(data), str(data.get("name")), data.get("x", []), data.get("y", [])))
        elif event.kind is Happening.HIDDEN:
            made.begins_with_looks = True
        elif event.kind is Happening.LOOK:
            _look(made, latest, event)
        told = words.of(event)
        if told is not None:
            made.moments.append(Moment(latest, *told))
    made.length = max(made.length, latest)


def _look(made: Replay, latest: float, event: Event) -> None:
    opened = replace(state_of([event]).looks[0], elapsed=latest)
    if any(each.look == opened.look for each in made.looks):
        return
    made.looks.append(opened)
    if opened.look == Look.SCRIPT:
        made.script_at = latest


def _run(data: Mapping[str, Any]) -> int:
    number = data.get("run", 0)
    return number if isinstance(number, int) else 0


class _Words:
    """What is said of an event. Of ticks only those that changed something."""

    def __init__(self, script: Interview | None, exercise: Exercise | None) -> None:
        stages = script.stages if script else ()
        self._stages = {stage.id: stage.title for stage in stages}
        self._look_fors = {each.id: each.text for stage in stages for each in stage.look_fors}
        self._criteria = {each.id: each.title for each in script.criteria} if script else {}
        self._bonuses = {each.id: each.text for each in script.bonuses} if script else {}
        self._questions = {each.id: each.question for each in script.questions(exercise)} if script else {}
        self._bugs = {bug.id: bug.title for bug in exercise.bugs} if exercise else {}
        self._states: dict[str, str] = {}
        self._runs: set[int] = set()

    def of(self, event: Event) -> tuple[str, str] | None:
        """The kind of moment and its words; None for what is not worth a jump."""
        tell = _TELL.get(event.kind)
        told = None if tell is None else tell(self, event.data)
        if told is None or event.kind not in APART or seat_of(event) == FIRST:
            return told
        kind, words = told
        return kind, f"Second interviewer: {words}"

    def run(self, data: Mapping[str, Any]) -> tuple[str, str] | None:
        number = _run(data)
        if number in self._runs:
            return None
        self._runs.add(number)
        return "run", f"Run {number}"

    def verdict(self, data: Mapping[str, Any]) -> tuple[str, str]:
        report = data.get("report")
        verdict = report.get("verdict", "") if isinstance(report, Mapping) else ""
        return "run", f"Run {_run(data)}: {str(verdict).replace('_', ' ')}"

    def tick(self, data: Mapping[str, Any]) -> tuple[str, str] | None:
        bug, state = str(data.get("bug", "")), str(data.get("state", ""))
        before, self._states[bug] = self._states.get(bug, "open"), state
        if state == before or state == "no_evidence":
            return None
        return "bug", f"{'Fixed' if state == 'fixed' else 'Open again'}: {self._bugs.get(bug, bug)}"

    def look(self, data: Mapping[str, Any]) -> tuple[str, str]:
        price = f" ({data['minutes']:g} min)" if isinstance(data.get("minutes"), (int, float)) else ""
        return "look", f"Look: {look_title(str(data.get('look', '')))}{price}"

    def nudge(self, data: Mapping[str, Any]) -> tuple[str, str]:
        price = f" (−{data['price']:g})" if isinstance(data.get("price"), (int, float)) else ""
        return "nudge", f"Nudge{price}: {data.get('text', '')}"

    def note(self, data: Mapping[str, Any]) -> tuple[str, str]:
        tag = f"{str(data['tag']).capitalize()}: " if data.get("tag") else ""
        return "note", f"{tag}{data.get('text', '')}"

    def answer(self, data: Mapping[str, Any]) -> tuple[str, str]:
        name = str(data.get("question") or data.get("stage") or "")
        about = self._questions.get(name) if "question" in data else self._stages.get(name)
        return "answer", f"{about or name}: {data.get('text') or 'said aloud'}"

    def asked(self, data: Mapping[str, Any]) -> tuple[str, str]:
        name = str(data.get("question", ""))
        return "score", f"{self._questions.get(name, name)}: {data.get('rating') or 'not rated'}"

    def look_for(self, data: Mapping[str, Any]) -> tuple[str, str]:
        name = str(data.get("look_for", ""))
        return "score", f"{_seen(data)}: {self._look_fors.get(name, name)}"

    def bonus(self, data: Mapping[str, Any]) -> tuple[str, str]:
        name = str(data.get("bonus", ""))
        return "score", f"Bonus {_seen(data).lower()}: {self._bonuses.get(name, name)}"

    def signal(self, data: Mapping[str, Any]) -> tuple[str, str]:
        name = str(data.get("criterion", ""))
        return "score", f"{self._criteria.get(name, name)}: {data.get('signal') or 'not rated'}"

    def flag(self, data: Mapping[str, Any]) -> tuple[str, str]:
        return "score", f"{str(data.get('flag', '')).capitalize()} flag: {data.get('text', '')}"

    def stage(self, data: Mapping[str, Any]) -> tuple[str, str]:
        name = str(data.get("stage", ""))
        return "stage", self._stages.get(name, name)

    def released(self, data: Mapping[str, Any]) -> tuple[str, str]:
        return "clock", f"Shown to the candidate: {data.get('what', '')}"

    def extended(self, data: Mapping[str, Any]) -> tuple[str, str]:
        return "clock", f"{data.get('minutes', 0):g} more minutes"


def _seen(data: Mapping[str, Any]) -> str:
    return "Seen" if data.get("seen", True) else "Taken back"


def _clock(text: str) -> Callable[[_Words, Mapping[str, Any]], tuple[str, str]]:
    return lambda words, data: ("clock", text)


_TELL: Mapping[Happening, Callable[[_Words, Mapping[str, Any]], tuple[str, str] | None]] = {
    Happening.STARTED: _clock("Start"),
    Happening.PAUSED: _clock("Pause"),
    Happening.RESUMED: _clock("Goes on"),
    Happening.EXTENDED: _Words.extended,
    Happening.ENDED: _clock("End"),
    Happening.STAGE: _Words.stage,
    Happening.LOOK: _Words.look,
    Happening.RUN: _Words.run,
    # A candidate's log has no event that starts a run, but the output of it.
    Happening.OUTPUT: _Words.run,
    Happening.VERDICT: _Words.verdict,
    Happening.TICK: _Words.tick,
    Happening.NUDGE: _Words.nudge,
    Happening.NOTE: _Words.note,
    Happening.ANSWER: _Words.answer,
    Happening.ASKED: _Words.asked,
    Happening.LOOK_FOR: _Words.look_for,
    Happening.BONUS: _Words.bonus,
    Happening.SIGNAL: _Words.signal,
    Happening.FLAG: _Words.flag,
    Happening.RELEASED: _Words.released,
    Happening.INVITED: _clock("A second interviewer is invited"),
    Happening.HANDED_IN: _clock("Scores are handed in"),
    Happening.SCORING_CLOSED: _clock("The scoring is closed"),
}
