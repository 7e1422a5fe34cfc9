"""Where an interview stands, as a fold over its log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from torchdojo.domain.interview import Actor, Event, Happening
from torchdojo.domain.looks import Look
from torchdojo.interview.fields import number, tables, text
from torchdojo.interview.seats import Scoring


@dataclass(frozen=True, slots=True)
class Clock:
    """The time of the whole interview, in seconds without pauses; `minutes` counts extensions."""

    minutes: float = 0.0
    started: bool = False
    paused: bool = False
    ended: bool = False
    elapsed: float = 0.0

    @property
    def running(self) -> bool:
        """Whether time passes."""
        return self.started and not self.paused and not self.ended

    @property
    def remaining(self) -> float:
        """Seconds until the time is up; less than nothing once it is."""
        return self.minutes * 60 - self.elapsed


@dataclass(frozen=True, slots=True)
class Tick:
    """What the last run showed of one bug. `first_fixed` is when it was first fixed, None when it never was."""

    state: str
    evidence: str
    run: int
    elapsed: float
    first_fixed: float | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """A nudge that was given."""

    nudge: str
    text: str
    price: float
    shown: bool
    elapsed: float


@dataclass(frozen=True, slots=True)
class Noted:
    """A private note."""

    text: str
    tag: str
    elapsed: float
    number: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was asked, with the interviewer's rating of the answer."""

    question: str
    rating: str
    note: str
    elapsed: float


@dataclass(frozen=True, slots=True)
class Marked:
    """How strong a criterion was seen, and what shows it."""

    signal: str
    evidence: str
    elapsed: float


@dataclass(frozen=True, slots=True)
class Flagged:
    """A green or red flag."""

    flag: str
    criterion: str
    text: str
    elapsed: float


@dataclass(frozen=True, slots=True)
class Run:
    """A run of the document's text; `verdict` is "" until there is one, `ended` says that it is over."""

    number: int
    elapsed: float
    verdict: str = ""
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Released:
    """What the candidate was shown beyond the rules."""

    what: str
    text: str
    elapsed: float


@dataclass(frozen=True, slots=True)
class Looked:
    """A look that was opened at its price in minutes, by whom, and what there was to see."""

    look: str
    minutes: float
    by: str
    elapsed: float
    exhibits: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Answered:
    """What somebody alone wrote, or "" for what was only said."""

    text: str
    elapsed: float


@dataclass(frozen=True, slots=True)
class State:
    """Everything that the log says but the text itself: `last` is the number of the last event.

    An interview that `begins_with_looks` has no text until the look at the script is open.
    """

    last: int = 0
    interview: str = ""
    exercise: str = ""
    seed: int | None = None
    digest: str = ""
    clock: Clock = Clock()
    stage: str = ""
    stage_since: float = 0.0
    spent: Mapping[str, float] = field(default_factory=dict)
    joined: tuple[str, ...] = ()
    ticks: Mapping[str, Tick] = field(default_factory=dict)
    nudges: tuple[Given, ...] = ()
    look_fors: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[Noted, ...] = ()
    asked: Mapping[str, Asked] = field(default_factory=dict)
    signals: Mapping[str, Marked] = field(default_factory=dict)
    bonuses: Mapping[str, float] = field(default_factory=dict)
    flags: tuple[Flagged, ...] = ()
    runs: tuple[Run, ...] = ()
    released: tuple[Released, ...] = ()
    scratch: str = ""
    alone: bool = False
    begins_with_looks: bool = False
    looks: tuple[Looked, ...] = ()
    scoring: Scoring = field(default_factory=Scoring)
    stage_answers: Mapping[str, Answered] = field(default_factory=dict)
    question_answers: Mapping[str, Answered] = field(default_factory=dict)

    @property
    def running(self) -> Run | None:
        """The run that goes on, if one does."""
        return self.runs[-1] if self.runs and not self.runs[-1].ended else None

    @property
    def script_hidden(self) -> bool:
        """Whether the exercise's script was hidden and has not been opened yet."""
        return self.begins_with_looks and all(opened.look != Look.SCRIPT for opened in self.looks)

    def spent_in(self, stage: str) -> float:
        """Seconds in a stage up to the last event."""
        spent = self.spent.get(stage, 0.0)
        return spent + (self.clock.elapsed - self.stage_since if stage == self.stage and stage else 0.0)


def state_of(events: Iterable[Event], before: State | None = None) -> State:
    """The state after `events`, which follow those that led to `before`."""
    state = before or State()
    last, elapsed, scoring = state.last, state.clock.elapsed, state.scoring
    for event in events:
        # A clock that goes back, in a log put together from pieces, must not turn time around.
        last, elapsed, scoring = event.number, max(elapsed, event.elapsed), scoring.after(event)
        # Most events are edits, of which the state only knows when the last one was.
        if fold := _FOLDS.get(event.kind):
            state = fold(_at(state, last, elapsed, scoring), event, event.data)
    return _at(state, last, elapsed, scoring)


def _at(state: State, last: int, elapsed: float, scoring: Scoring) -> State:
    return replace(state, last=last, clock=replace(state.clock, elapsed=elapsed), scoring=scoring)


Data = Mapping[str, Any]


def _created(state: State, event: Event, data: Data) -> State:
    clock = replace(state.clock, minutes=float(data.get("minutes", 0)))
    return replace(
        state,
        interview=data.get("interview", ""),
        exercise=data.get("exercise", ""),
        seed=data.get("seed"),
        digest=data.get("digest", ""),
        alone=data.get("alone") is True,
        clock=clock,
    )


def _joined(state: State, event: Event, data: Data) -> State:
    name = data.get("name", "")
    return state if name in state.joined else replace(state, joined=(*state.joined, name))


def _started(state: State, event: Event, data: Data) -> State:
    # A candidate is not sent how the room was made, but how long it takes.
    minutes = float(data.get("minutes", state.clock.minutes))
    return replace(state, clock=replace(state.clock, started=True, minutes=minutes))


def _paused(state: State, event: Event, data: Data) -> State:
    return replace(state, clock=replace(state.clock, paused=True))


def _resumed(state: State, event: Event, data: Data) -> State:
    return replace(state, clock=replace(state.clock, paused=False))


def _extended(state: State, event: Event, data: Data) -> State:
    return replace(state, clock=replace(state.clock, minutes=state.clock.minutes + float(data.get("minutes", 0))))


def _ended(state: State, event: Event, data: Data) -> State:
    state = _leave_stage(state, event)
    return replace(state, clock=replace(state.clock, ended=True, paused=False))


def _leave_stage(state: State, event: Event) -> State:
    if not state.stage:
        return state
    return replace(
        state, spent={**state.spent, state.stage: state.spent_in(state.stage)}, stage_since=state.clock.elapsed
    )


def _stage(state: State, event: Event, data: Data) -> State:
    state = _leave_stage(state, event)
    return replace(state, stage=data.get("stage", ""), stage_since=state.clock.elapsed)


def _run(state: State, event: Event, data: Data) -> State:
    return replace(state, runs=(*state.runs, Run(int(data["run"]), event.elapsed)))


def _output(state: State, event: Event, data: Data) -> State:
    """A candidate's log has no event that starts a run, but the output of it."""
    number = int(data.get("run", 0))
    runs = state.runs
    if all(run.number != number for run in runs):
        runs = (*runs, Run(number, event.elapsed))
    if data.get("ended"):
        runs = tuple(replace(run, ended=True) if run.number == number else run for run in runs)
    return replace(state, runs=runs)


def _verdict(state: State, event: Event, data: Data) -> State:
    report = data.get("report", {})
    verdict = str(report.get("verdict", ""))
    runs = tuple(replace(run, verdict=verdict) if run.number == data.get("run") else run for run in state.runs)
    return replace(state, runs=runs)


def _tick(state: State, event: Event, data: Data) -> State:
    bug = data["bug"]
    before = state.ticks.get(bug)
    first = before.first_fixed if before else None
    if first is None and data.get("state") == "fixed":
        first = event.elapsed
    tick = Tick(data.get("state", ""), data.get("evidence", ""), int(data.get("run", 0)), event.elapsed, first)
    return replace(state, ticks={**state.ticks, bug: tick})


def _nudge(state: State, event: Event, data: Data) -> State:
    price = float(data.get("price", 0))
    given = Given(data.get("nudge", ""), data.get("text", ""), price, data.get("shown") is True, event.elapsed)
    return replace(state, nudges=(*state.nudges, given))


def _look_for(state: State, event: Event, data: Data) -> State:
    return replace(
        state, look_fors=_kept_or_left(state.look_fors, data["look_for"], data.get("seen", True), event.elapsed)
    )


def _bonus(state: State, event: Event, data: Data) -> State:
    return replace(state, bonuses=_kept_or_left(state.bonuses, data["bonus"], data.get("seen", True), event.elapsed))


def _kept_or_left(seen: Mapping[str, float], name: str, now: bool, elapsed: float) -> Mapping[str, float]:
    """When each was first seen, without those that were taken back."""
    others = {key: value for key, value in seen.items() if key != name}
    return {**others, name: seen.get(name, elapsed)} if now else others


def _note(state: State, event: Event, data: Data) -> State:
    note = Noted(data.get("text", ""), data.get("tag", ""), event.elapsed, event.number)
    return replace(state, notes=(*state.notes, note))


def _asked(state: State, event: Event, data: Data) -> State:
    question = data["question"]
    asked = Asked(question, data.get("rating", ""), data.get("note", ""), event.elapsed)
    return replace(state, asked={**state.asked, question: asked})


def _signal(state: State, event: Event, data: Data) -> State:
    marked = Marked(data.get("signal", ""), data.get("evidence", ""), event.elapsed)
    return replace(state, signals={**state.signals, data["criterion"]: marked})


def _flag(state: State, event: Event, data: Data) -> State:
    flagged = Flagged(data.get("flag", ""), data.get("criterion", ""), data.get("text", ""), event.elapsed)
    return replace(state, flags=(*state.flags, flagged))


def _released(state: State, event: Event, data: Data) -> State:
    released = Released(data.get("what", ""), data.get("text", ""), event.elapsed)
    return replace(state, released=(*state.released, released))


def _hidden(state: State, event: Event, data: Data) -> State:
    return replace(state, begins_with_looks=True)


def _look(state: State, event: Event, data: Data) -> State:
    name = text(data, "look")
    if any(opened.look == name for opened in state.looks):
        return state
    opened = Looked(
        name, number(data.get("minutes"), 0.0), str(event.actor), event.elapsed, tuple(tables(data, "exhibits"))
    )
    return replace(state, looks=(*state.looks, opened))


def _scratch(state: State, event: Event, data: Data) -> State:
    return replace(state, scratch=data.get("text", "")) if event.actor is Actor.CANDIDATE else state


def _answer(state: State, event: Event, data: Data) -> State:
    answered = Answered(data.get("text", ""), event.elapsed)
    if "question" in data:
        return replace(state, question_answers={**state.question_answers, data["question"]: answered})
    return replace(state, stage_answers={**state.stage_answers, data.get("stage", ""): answered})


_FOLDS: Mapping[Happening, Callable[[State, Event, Data], State]] = {
    Happening.CREATED: _created,
    Happening.JOINED: _joined,
    Happening.STARTED: _started,
    Happening.PAUSED: _paused,
    Happening.RESUMED: _resumed,
    Happening.EXTENDED: _extended,
    Happening.ENDED: _ended,
    Happening.STAGE: _stage,
    Happening.HIDDEN: _hidden,
    Happening.LOOK: _look,
    Happening.RUN: _run,
    Happening.OUTPUT: _output,
    Happening.VERDICT: _verdict,
    Happening.TICK: _tick,
    Happening.NUDGE: _nudge,
    Happening.LOOK_FOR: _look_for,
    Happening.NOTE: _note,
    Happening.ASKED: _asked,
    Happening.SIGNAL: _signal,
    Happening.BONUS: _bonus,
    Happening.FLAG: _flag,
    Happening.RELEASED: _released,
    Happening.SCRATCH: _scratch,
    Happening.ANSWER: _answer,
}
