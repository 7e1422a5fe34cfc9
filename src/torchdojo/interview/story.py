"""What happened in an interview and when, read from its log whatever is in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from torchdojo.domain.interview import Actor, Event, Happening, Signal
from torchdojo.domain.looks import look_title
from torchdojo.domain.report import BugState, Verdict
from torchdojo.interview.fields import number, seconds, signal, tables, text
from torchdojo.interview.report import FlagTold, LookTold, NoteTold, NudgeTold

Data = Mapping[str, Any]


@dataclass(slots=True)
class Ran:
    """A run: its source, and the judge's report once there is one."""

    number: int
    at: float
    by: str
    source: str
    report: Data = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        """ "" as long as there is none."""
        return text(self.report, "verdict") if self.report else ""

    @property
    def counts(self) -> bool:
        """Whether it says anything about the candidate."""
        return bool(self.report) and self.verdict != Verdict.INTERNAL_ERROR


@dataclass(slots=True)
class Story:
    """The events in order of time. `first_fixed` is when each bug was first shown fixed, by its id.

    A look has its stage by its id.
    """

    minutes: float
    began: datetime | None = None
    seed: int | None = None
    elapsed: float = 0.0
    ended: bool = False
    stages: list[tuple[str, float, float]] = field(default_factory=list)
    runs: dict[int, Ran] = field(default_factory=dict)
    first_fixed: dict[str, float] = field(default_factory=dict)
    nudges: list[NudgeTold] = field(default_factory=list)
    look_fors: dict[str, float] = field(default_factory=dict)
    bonuses: dict[str, float] = field(default_factory=dict)
    asked: dict[str, tuple[float, Signal | None, str]] = field(default_factory=dict)
    flags: list[FlagTold] = field(default_factory=list)
    notes: list[NoteTold] = field(default_factory=list)
    released: list[str] = field(default_factory=list)
    begins_with_looks: bool = False
    looks: list[LookTold] = field(default_factory=list)


def story_of(events: Iterable[Event], minutes: float) -> Story:
    """The story; `minutes` is what the script says, the log may say otherwise."""
    story = Story(minutes)
    for event in sorted(events, key=lambda event: event.number):
        # Time that goes back, in a log put together from pieces, must not turn the order around.
        story.elapsed = max(story.elapsed, seconds(event.elapsed))
        if story.began is None or event.kind is Happening.STARTED:
            story.began = event.at
        take = _TAKES.get(event.kind)
        if take is not None:
            take(story, event, event.data)
    _leave_stage(story)
    return story


def _created(story: Story, event: Event, data: Data) -> None:
    story.minutes = number(data.get("minutes"), story.minutes)
    seed = data.get("seed")
    story.seed = seed if isinstance(seed, int) else None


def _extended(story: Story, event: Event, data: Data) -> None:
    story.minutes += number(data.get("minutes"), 0.0)


def _ended(story: Story, event: Event, data: Data) -> None:
    story.ended = True
    _leave_stage(story)


def _stage(story: Story, event: Event, data: Data) -> None:
    _leave_stage(story)
    story.stages.append((text(data, "stage"), story.elapsed, -1.0))


def _leave_stage(story: Story) -> None:
    if story.stages and story.stages[-1][2] < 0:
        name, since, _ = story.stages[-1]
        story.stages[-1] = name, since, story.elapsed


def _hidden(story: Story, event: Event, data: Data) -> None:
    story.begins_with_looks = True


def _look(story: Story, event: Event, data: Data) -> None:
    name = text(data, "look")
    if all(told.look != name for told in story.looks):
        minutes = max(0.0, number(data.get("minutes"), 0.0))
        stage = story.stages[-1][0] if story.stages else ""
        story.looks.append(LookTold(name, look_title(name), minutes, story.elapsed, str(event.actor), stage))


def _run(story: Story, event: Event, data: Data) -> None:
    place = int(number(data.get("run"), len(story.runs) + 1))
    story.runs[place] = Ran(place, story.elapsed, str(event.actor), text(data, "source"))


def _verdict(story: Story, event: Event, data: Data) -> None:
    report = data.get("report")
    if not isinstance(report, Mapping):
        return
    place = int(number(data.get("run"), len(story.runs)))
    ran = story.runs.setdefault(place, Ran(place, story.elapsed, str(event.actor), ""))
    ran.report = report
    if ran.counts:
        for bug in tables(report, "bugs"):
            if text(bug, "state") == BugState.FIXED:
                story.first_fixed.setdefault(text(bug, "id"), story.elapsed)


def _tick(story: Story, event: Event, data: Data) -> None:
    if event.actor is Actor.SYSTEM and text(data, "state") == BugState.FIXED:
        story.first_fixed.setdefault(text(data, "bug"), story.elapsed)


def _nudge(story: Story, event: Event, data: Data) -> None:
    price = max(0.0, number(data.get("price"), 0.0))
    shown = data.get("shown") is True
    story.nudges.append(NudgeTold(text(data, "text"), price, story.elapsed, shown, text(data, "bug")))


def _look_for(story: Story, event: Event, data: Data) -> None:
    _kept_or_left(story.look_fors, text(data, "look_for"), data, story.elapsed)


def _bonus(story: Story, event: Event, data: Data) -> None:
    _kept_or_left(story.bonuses, text(data, "bonus"), data, story.elapsed)


def _kept_or_left(seen: dict[str, float], name: str, data: Data, elapsed: float) -> None:
    if data.get("seen", True):
        seen.setdefault(name, elapsed)
    else:
        seen.pop(name, None)


def _asked(story: Story, event: Event, data: Data) -> None:
    name = text(data, "question")
    first, _, note = story.asked.get(name, (story.elapsed, None, ""))
    story.asked[name] = first, signal(data.get("rating")), text(data, "note") or note


def _flag(story: Story, event: Event, data: Data) -> None:
    story.flags.append(FlagTold(text(data, "flag"), text(data, "criterion"), text(data, "text"), story.elapsed))


def _note(story: Story, event: Event, data: Data) -> None:
    story.notes.append(NoteTold(text(data, "text"), text(data, "tag"), story.elapsed))


def _released(story: Story, event: Event, data: Data) -> None:
    if event.actor is Actor.INTERVIEWER:
        story.released.append(text(data, "what"))


_TAKES: Mapping[Happening, Callable[[Story, Event, Data], None]] = {
    Happening.CREATED: _created,
    Happening.EXTENDED: _extended,
    Happening.ENDED: _ended,
    Happening.STAGE: _stage,
    Happening.HIDDEN: _hidden,
    Happening.LOOK: _look,
    Happening.RUN: _run,
    Happening.VERDICT: _verdict,
    Happening.TICK: _tick,
    Happening.NUDGE: _nudge,
    Happening.LOOK_FOR: _look_for,
    Happening.BONUS: _bonus,
    Happening.ASKED: _asked,
    Happening.FLAG: _flag,
    Happening.NOTE: _note,
    Happening.RELEASED: _released,
}
