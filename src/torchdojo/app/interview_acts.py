"""What people do in a room besides typing and running: each act becomes events, or is refused in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from torchdojo.app.interviewing import LiveRoom, Step
from torchdojo.domain.errors import BadInput
from torchdojo.domain.interview import Actor, Event, Happening, Interview, Signal
from torchdojo.interview.seats import APART, FIRST

MOST_TEXT = 4_000
MOST_SCRATCH = 20_000
MOST_EXTENSION = 120
MOST_PRICE = 20

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Act:
    """Who may do it, whether only before the end or before scores are handed in, and the steps it comes to."""

    steps: Callable[[LiveRoom, Data, int], list[Step]]
    role: Actor = Actor.INTERVIEWER
    before_the_end: bool = False
    scores: bool = False


def act(room: LiveRoom, role: Actor, asked: Data, *, seat: int = FIRST) -> list[Event]:
    """Do what `asked["act"]` names; `seat` is which of two interviewers does it.

    Raises BadInput when it cannot be done, not by that role, or not any more.
    """
    name = asked.get("act")
    known = _ACTS.get(name) if isinstance(name, str) else None
    if known is None:
        raise BadInput("The page asked for something that is not known here.", "Reload the page.")
    if known.role is not role:
        raise BadInput(f"Only the {known.role} may do that.", "Ask them.")
    if known.before_the_end and room.state.clock.ended:
        raise BadInput("The interview has ended already.", "Notes and scores can still be written.")
    if known.scores and room.state.scoring.is_final(seat):
        raise BadInput("You have handed in your scores, or the host has closed them.", "You may still write notes.")
    steps = known.steps(room, asked, seat)
    return room.append(*(_signed(step, seat) for step in steps)) if steps else []


def _signed(step: Step, seat: int) -> Step:
    """With whose it is, where that is not the first interviewer. What the candidate does is nobody's else."""
    actor, kind, data = step
    signed = seat != FIRST and kind in (*APART, Happening.HANDED_IN)
    return (actor, kind, {**data, "by": seat}) if signed else step


def _hand_in(room: LiveRoom, asked: Data, seat: int) -> list[Step]:
    """One of two interviewers is done: from now on the scores stay as they are."""
    scoring, state = room.state.scoring, room.state_for(seat)
    if scoring.interviewers == 1:
        raise BadInput("There is no second interviewer here.", "Your scores count as they stand.")
    if not state.clock.ended:
        raise BadInput("The interview has not ended.", "Hand in your scores afterwards.")
    given = {name for name, marked in state.signals.items() if marked.signal}
    missing = [criterion.title for criterion in _script(room).criteria if criterion.id not in given]
    if missing:
        raise BadInput(f"Not rated yet: {', '.join(missing)}.", "Choose a signal for each criterion first.")
    return [_by(Happening.HANDED_IN)]


def close_scoring(room: LiveRoom) -> list[Event]:
    """The host waits no longer: each interviewer sees what the other gave so far, and nobody scores any more.

    Raises BadInput when there is nothing to close.
    """
    scoring = room.state.scoring
    if not scoring.apart:
        told = (
            "is one interviewer alone" if scoring.interviewers == 1 else "is nothing to wait for: both see all scores"
        )
        raise BadInput(f"There {told}.", "Read the report.")
    if not room.state.clock.ended:
        raise BadInput("The interview has not ended.", "End it first.")
    return room.append(_by(Happening.SCORING_CLOSED))


def _start(room: LiveRoom, asked: Data, seat: int) -> list[Step]:
    if room.state.clock.started:
        raise BadInput("The interview has started already.", "Pause it, or go on.")
    steps: list[Step] = [_by(Happening.STARTED, minutes=room.state.clock.minutes)]
    script = room.script
    if script is not None and script.stages:
        steps.append(_by(Happening.STAGE, stage=script.stages[0].id))
    return steps


def _pause(room: LiveRoom, asked: Data, seat: int) -> list[Step]:
    if not room.state.clock.running:
        raise BadInput("The clock is not running.", "Start it first." if not room.state.clock.started else "")
    return [_by(Happening.PAUSED)]


def _resume(room: LiveRoom, asked: Data, seat: int) -> list[Step]:
    if not room.state.clock.paused:
        raise BadInput("The interview is not paused.")
    return [_by(Happening.RESUMED)]


def _extend(room: LiveRoom, asked: Data, seat: int) -> list[Step]:
    minutes = asked.get("minutes")
    if not isinstance(minutes, int) or isinstance(minutes, bool) or not 1 <= minutes <= MOST_EXTENSION:
        raise BadInput(f"An extension takes 1 to {MOST_EXTENSION} whole minutes.", "Choose another length.")
    return [_by(Happening.EXTENDED, minutes=minutes)]


def _end(room: LiveRoom, asked: Data, seat: int) -> list[Step]:
    return [_by(Happening.ENDED)]


def _stage(room: LiveRoom, asked: Data, seat: int) -> list[Step]:
    stage = _one_of(asked, "stage", {each.id for each in _script(room).stages}, "stage")
    if not room.state.clock.started:
        raise BadInput("The interview has not started.", "Start it first.")
    return [] if stage == room.state.stage else [_by(Happening.STAGE, stage=stage)]


def _nudge(room: LiveRoom, asked: Data, seat: int) -> list[Step]:
    shown = asked.get("shown") is True
    if asked.get("nudge"):
        known = {nudge.id: nudge for nudge in _script(room).nudges(room.exercise)}
        nudge = known[_one_of(asked, "nudge", set(known), "nudge")]
        return [_given(nudge.id, nudge.text, nudge.price, nudge.bug, shown)]
    price = asked.get("price")
    if not isinstance(price, int) or isinstance(price, bool) or not 0 <= price <= MOST_PRICE:
        raise BadInput(f"A nudge costs 0 to {MOST_PRICE} points.", "Choose a price.")
    return [_given("", _text(asked, "text"), price, "", shown)]


def _given(nudge: str, text: str, price: int, bug: str, shown: bool) -> Step:
    return _by(Happening.NUDGE, nudge=nudge, text=text, price=price, bug=bug, shown=shown)


def _look_for(room: LiveRoom, asked: Data, seat: int) -> list[Step]:
    known = {look_for.id for stage in _script(room).stages for look_for in stage.look_fors}
    name = _one_of(asked, "look_for", known, "thing to look for")
    return [_by(Happening.LOOK_FOR, look_for=name, seen=asked.get("seen") is not False)]


def _bonus(room: LiveRoom, asked: Data, seat: int) -> list[Step]:
    name = _one_of(asked, "bonus", {bonus.id for bonus in _script(room).bonuses}, "bonus")
    return [_by(Happening.BONUS, bonus=name, seen=asked.get("seen") is not False)]


def _note(room: LiveRoom, asked: Data, seat: int) -> list[Step]:
    tag = asked.get("tag", "")
    if tag not in ("", "strength", "concern"):
        raise BadInput("A note is a strength, a concern, or neither.", "Choose one.")
    return [_by(Happening.NOTE, text=_text(asked, "text"), tag=tag)]


def _asked(room: LiveRoom, asked: Data, seat: int) -> list[Step]:
    known = {question.id for question in _script(room).questions(room.exercise)}
    question = _one_of(asked, "question", known, "question")
    rating = _rating(asked, "rating")
    return [_by(Happening.ASKED, question=question, rating=rating, note=_text(asked, "note", needed=False))]


def _signal(room: LiveRoom, asked: Data, seat: int) -> list[Step]:
    criterion = _criterion(room, asked)
    signal = _rating(asked, "signal")
    evidence = _text(asked, "evidence", needed=False)
    return [_by(Happening.SIGNAL, criterion=criterion, signal=signal, evidence=evidence)]


def _flag(room: LiveRoom, asked: Data, seat: int) -> list[Step]:
    flag = _one_of(asked, "flag", {"green", "red"}, "flag")
    criterion = _criterion(room, asked) if asked.get("criterion") else ""
    text = _text(asked, "text")
    # A page that lost its connection cannot know whether it arrived, and sends it again.
    given = any((each.flag, each.criterion, each.text) == (flag, criterion, text) for each in room.state.flags)
    return [] if given else [_by(Happening.FLAG, flag=flag, criterion=criterion, text=text)]


def _release(room: LiveRoom, asked: Data, seat: int) -> list[Step]:
    """What is released goes into the log as the candidate will read it."""
    what = _one_of(asked, "what", {"verdict", "solution", "debrief", "report", "replay"}, "thing to release")
    if what == "report":
        if not room.state.clock.ended:
            raise BadInput("The interview has not ended.", "The candidate gets a report afterwards.")
        if room.state.scoring.apart:
            raise BadInput("Not both interviewers have handed in their scores.", "The report is of both of them.")
        return [_by(Happening.RELEASED, what=what, text="Your report is ready: follow *Your report* below the task.")]
    if what == "replay":
        text = "You may watch this interview again: its text, runs and clock."
        return [_by(Happening.RELEASED, what=what, text=text)]
    if what != "verdict":
        if room.exercise is None:
            raise BadInput(f"There is no exercise here whose {what} could be shown.")
        text = room.exercise.debrief if what == "debrief" else f"```python\n{room.exercise.solution}\n```"
        return [_by(Happening.RELEASED, what=what, text=text)]
    if not room.state.ticks and not any(run.verdict for run in room.state.runs):
        raise BadInput("There is no verdict yet.", "It comes with the first run.")
    return [_by(Happening.RELEASED, what=what, text=_verdict_in_words(room))]


def _verdict_in_words(room: LiveRoom) -> str:
    last = next(run for run in reversed(room.state.runs) if run.verdict)
    lines = [f"Run {last.number}: {last.verdict.replace('_', ' ')}."]
    titles = {bug.id: bug.title for bug in room.exercise.bugs} if room.exercise else {}
    states = {"fixed": "fixed", "open": "open", "no_evidence": "not shown by this run"}
    lines += [
        f"- {titles.get(bug, bug)}: {states.get(tick.state, tick.state)}" for bug, tick in room.state.ticks.items()
    ]
    return "\n".join(lines[:1] + ([""] if lines[1:] else []) + lines[1:])


def _scratch(room: LiveRoom, asked: Data, seat: int) -> list[Step]:
    text = asked.get("text")
    if not isinstance(text, str) or len(text) > MOST_SCRATCH:
        raise BadInput(f"Scratch notes hold {MOST_SCRATCH:,} characters.", "Shorten them.")
    return [] if text == room.state.scratch else [(Actor.CANDIDATE, Happening.SCRATCH, {"text": text})]


def _by(kind: Happening, **data: Any) -> Step:
    return Actor.INTERVIEWER, kind, data


def _script(room: LiveRoom) -> Interview:
    script = room.script
    if script is None:
        raise BadInput(
            f"The script {room.state.interview!r} is gone or broken.", "Notes, runs and the clock go on without it."
        )
    return script


def _criterion(room: LiveRoom, asked: Data) -> str:
    return _one_of(asked, "criterion", {criterion.id for criterion in _script(room).criteria}, "criterion")


def _rating(asked: Data, key: str) -> str:
    return _one_of(asked, key, {"", *(str(signal) for signal in Signal)}, "rating")


def _one_of(asked: Data, key: str, known: set[str], what: str) -> str:
    value = asked.get(key)
    if not isinstance(value, str) or value not in known:
        raise BadInput(f"There is no such {what} in this interview.", "Reload the page: it may have changed.")
    return value


def _text(asked: Data, key: str, *, needed: bool = True) -> str:
    value = asked.get(key, "")
    if not isinstance(value, str) or len(value) > MOST_TEXT:
        raise BadInput(f"A text holds at most {MOST_TEXT:,} characters.", "Shorten it.")
    if needed and not value.strip():
        raise BadInput("There is nothing written.", "Write something first.")
    return value.strip()


_ACTS: Mapping[str, _Act] = {
    "start": _Act(_start, before_the_end=True),
    "pause": _Act(_pause, before_the_end=True),
    "resume": _Act(_resume, before_the_end=True),
    "extend": _Act(_extend, before_the_end=True),
    "end": _Act(_end, before_the_end=True),
    "stage": _Act(_stage, before_the_end=True),
    "nudge": _Act(_nudge, before_the_end=True),
    "look_for": _Act(_look_for, scores=True),
    "bonus": _Act(_bonus, scores=True),
    "note": _Act(_note),
    "asked": _Act(_asked, scores=True),
    "signal": _Act(_signal, scores=True),
    "flag": _Act(_flag, scores=True),
    "hand_in": _Act(_hand_in, scores=True),
    "release": _Act(_release),
    "scratch": _Act(_scratch, role=Actor.CANDIDATE, before_the_end=True),
}
