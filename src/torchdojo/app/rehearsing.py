"""Rehearse an interview alone: the room's log, acts and score, with rules in the place of the other person."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from torchdojo.app.compose import Dojo
from torchdojo.app.interview_acts import MOST_TEXT, act
from torchdojo.app.interviewing import LiveRoom, Step
from torchdojo.app.invitations import Invitation, new_link, new_room
from torchdojo.domain.errors import BadContent, BadInput
from torchdojo.domain.interview import Actor, Event, Happening, Interview, Round
from torchdojo.interview.alone import Flow
from torchdojo.interview.scorecard import Scorecard
from torchdojo.interview.scoring import score
from torchdojo.interview.state import State, state_of

#: How many rehearsals are remembered as such; the rooms of older ones stay.
_MOST_KEPT = 50
_KEPT = "mocks"

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """One that was begun: the room, when, what it is about, and its score once it has ended.

    There is no score when the script is gone.
    """

    room: str
    at: datetime
    interview: str
    title: str
    exercise: str
    elapsed: float
    open: bool
    card: Scorecard | None


def new_mock(
    dojo: Dojo,
    slug: str = "",
    *,
    exercise: str = "",
    minutes: int | None = None,
    drill_seed: int | None = None,
    say: Callable[[str], None] = lambda text: None,
) -> Invitation:
    """A room to rehearse in. Without a slug: the script that takes any exercise, or the one rehearsed least.

    Raises BadInput as `new_room` does.
    """
    chosen = slug or (_for_any(dojo) if exercise or drill_seed is not None else _least_rehearsed(dojo))
    made = new_room(
        dojo, chosen, minutes=minutes, drill_seed=drill_seed, exercise=exercise, alone=True, days=90, say=say
    )
    names = [made.room, *_names(dojo)][:_MOST_KEPT]
    dojo.store.save_setting(_KEPT, json.dumps(names))
    return made


def _for_any(dojo: Dojo) -> str:
    for script in dojo.library.interviews():
        if script.round is Round.ANY and not script.exercise:
            return script.slug
    raise BadInput("There is no script that takes any exercise.", "Name an interview: torchdojo interview list")


def _least_rehearsed(dojo: Dojo) -> str:
    scripts = [script for script in dojo.library.interviews() if script.exercise or not script.round.kinds]
    if not scripts:
        raise BadInput("There are no interviews.", "`torchdojo doctor` says where content is looked for.")
    done = [rehearsal.interview for rehearsal in rehearsals(dojo)]
    # The longest scripts guide best, so that they come first.
    return min(scripts, key=lambda script: (done.count(script.slug), -script.minutes)).slug


def _names(dojo: Dojo) -> list[str]:
    try:
        names = json.loads(dojo.store.setting(_KEPT) or "[]")
    except ValueError:
        return []
    return [str(name) for name in names] if isinstance(names, list) else []


def rehearsals(dojo: Dojo, *, like: State | None = None, limit: int = 8) -> list[Rehearsal]:
    """The last ones, the latest first; with `like` only those of the same script and exercise that have ended."""
    found: list[Rehearsal] = []
    for name in _names(dojo):
        events = dojo.store.room_events(name)
        if not events:
            continue
        state = state_of(events)
        if like is not None and not (state.clock.ended and _same(state, like)):
            continue
        found.append(_rehearsal(dojo, name, events, state))
        if len(found) == limit:
            break
    return found


def _same(state: State, other: State) -> bool:
    return (state.interview, state.exercise) == (other.interview, other.exercise)


def _rehearsal(dojo: Dojo, room: str, events: Sequence[Event], state: State) -> Rehearsal:
    card = _card(dojo, state, events) if state.clock.ended else None
    script = _script(dojo, state)
    title = state.interview if script is None else script.title
    return Rehearsal(
        room, events[0].at, state.interview, title, state.exercise, state.clock.elapsed, not state.clock.ended, card
    )


def _script(dojo: Dojo, state: State) -> Interview | None:
    try:
        return dojo.library.interview(state.interview)
    except BadContent:
        return None


def _card(dojo: Dojo, state: State, events: Sequence[Event]) -> Scorecard | None:
    script = _script(dojo, state)
    if script is None:
        return None
    try:
        exercise = dojo.library.find(state.exercise) if state.exercise else None
    except BadContent:
        exercise = None
    return score(script, exercise, events)


def scorecard(room: LiveRoom) -> Scorecard | None:
    """What the rehearsal comes to so far; None when its script is gone."""
    return _card(room.dojo, room.state, room.dojo.store.room_events(room.id))


def last_open(dojo: Dojo) -> str:
    """The room of the latest rehearsal that has not ended. Raises BadInput when there is none."""
    for name in _names(dojo):
        events = dojo.store.room_events(name)
        if events and not state_of(events).clock.ended:
            return name
    raise BadInput("There is no mock interview to go on with.", "Begin one: torchdojo mock")


def way_in(dojo: Dojo, room: str) -> str:
    """A link into the room of a rehearsal, as a path. Raises BadInput for a room that is none."""
    events = dojo.store.room_events(room)
    if not events or not state_of(events[:1]).alone:
        raise BadInput("There is no such mock interview.", "Begin one: torchdojo mock")
    return new_link(dojo, room, Actor.CANDIDATE)


def flow_of(room: LiveRoom) -> Flow:
    """What is due in a room. Raises BadInput when its script is gone or broken."""
    script = room.script
    if script is None:
        fact = f"The script {room.state.interview!r} is gone or broken."
        raise BadInput(fact, "Your text and the log are safe; put its folder back to go on.")
    return Flow(script, room.exercise, room.state)


def act_alone(room: LiveRoom, asked: Data) -> list[Event]:
    """Do what somebody alone asks for. Raises BadInput for what is not due, and as `act` does."""
    name = asked.get("act")
    if name in ("start", "pause", "resume", "end"):
        return act(room, Actor.INTERVIEWER, {"act": name})
    if name == "scratch":
        return act(room, Actor.CANDIDATE, asked)
    known = _ACTS.get(name) if isinstance(name, str) else None
    if known is None:
        raise BadInput("The page asked for something that is not known here.", "Reload the page.")
    return known(room, flow_of(room), asked)


def leave(room: LiveRoom) -> list[Event]:
    """Nobody is there any more: the time stands still until somebody goes on."""
    return room.append((Actor.SYSTEM, Happening.PAUSED, {})) if room.state.clock.running else []


def _go_on(room: LiveRoom, flow: Flow, asked: Data) -> list[Event]:
    """To the next stage, when it is due; else only on with the clock."""
    steps: list[Step] = [(Actor.INTERVIEWER, Happening.RESUMED, {})] if room.state.clock.paused else []
    following = flow.following
    if following is not None and flow.may_go_on(room.elapsed):
        steps.append((Actor.INTERVIEWER, Happening.STAGE, {"stage": following.id}))
    return room.append(*steps) if steps else []


def _answer(room: LiveRoom, flow: Flow, asked: Data) -> list[Event]:
    """One's own answer. Only then may the expected one be read, and while one does the clock stands still."""
    text = asked.get("text", "")
    if not isinstance(text, str) or len(text) > MOST_TEXT:
        raise BadInput(f"An answer holds at most {MOST_TEXT:,} characters.", "Shorten it.")
    if "question" in asked:
        questions = {question.id for question in flow.questions}
        data = {"question": _due(asked, "question", questions), "text": text.strip()}
    else:
        data = {"stage": _due(asked, "stage", {stage.id for stage in flow.begun}), "text": text.strip()}
    if data.get("stage") in room.state.stage_answers or data.get("question") in room.state.question_answers:
        raise BadInput("That is answered already, and what was expected has been shown.", "Go on with the next.")
    steps: list[Step] = [(Actor.CANDIDATE, Happening.ANSWER, data)]
    if room.state.clock.running:
        steps.append((Actor.INTERVIEWER, Happening.PAUSED, {}))
    return room.append(*steps)


def _nudge(room: LiveRoom, flow: Flow, asked: Data) -> list[Event]:
    if flow.nudge is None:
        raise BadInput("There is no nudge left for this stage.", "Go on; the next stage may have one.")
    return act(room, Actor.INTERVIEWER, {"act": "nudge", "nudge": flow.nudge.id, "shown": True})


def _look_for(room: LiveRoom, flow: Flow, asked: Data) -> list[Event]:
    shown = {look_for.id for stage in flow.begun if flow.is_shown(stage) for look_for in stage.look_fors}
    _due(asked, "look_for", shown)
    return act(room, Actor.INTERVIEWER, asked)


def _signal(room: LiveRoom, flow: Flow, asked: Data) -> list[Event]:
    _due(asked, "criterion", {criterion.id for criterion in flow.criteria})
    return act(room, Actor.INTERVIEWER, asked)


def _asked(room: LiveRoom, flow: Flow, asked: Data) -> list[Event]:
    _due(asked, "question", {question.id for question in flow.questions if flow.is_answered(question)})
    return act(room, Actor.INTERVIEWER, asked)


def _bonus(room: LiveRoom, flow: Flow, asked: Data) -> list[Event]:
    if not room.state.clock.ended:
        raise BadInput("Bonus points come at the end.", "End the interview first.")
    return act(room, Actor.INTERVIEWER, asked)


def _due(asked: Data, key: str, names: set[str]) -> str:
    name = asked.get(key)
    if not isinstance(name, str) or name not in names:
        raise BadInput("That is not due yet.", "First answer what was asked.")
    return name


_ACTS: Mapping[str, Callable[[LiveRoom, Flow, Data], list[Event]]] = {
    "next": _go_on,
    "answer": _answer,
    "nudge": _nudge,
    "look_for": _look_for,
    "signal": _signal,
    "asked": _asked,
    "bonus": _bonus,
}
