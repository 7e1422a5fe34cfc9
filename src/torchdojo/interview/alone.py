"""What is due in an interview that somebody rehearses alone: prompts by the clock, the expected after one's own answer.

There is nobody to hold anything back, so that these rules do: what is not due here is neither sent nor printed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from torchdojo.domain.exercise import Exercise
from torchdojo.domain.interview import Criterion, Interview, Nudge, Probing, Stage
from torchdojo.domain.report import BugState
from torchdojo.interview.state import State


@dataclass(frozen=True, slots=True)
class Flow:
    """The rules over a script, its exercise and where the log stands. Times are seconds of the interview's clock."""

    interview: Interview
    exercise: Exercise | None
    state: State

    @property
    def stage(self) -> Stage | None:
        """The stage that goes on, or the last one; None before the start."""
        return next((stage for stage in self.interview.stages if stage.id == self.state.stage), None)

    @property
    def begun(self) -> tuple[Stage, ...]:
        """The stages whose prompt was given, in the script's order."""
        names = {*self.state.spent, self.state.stage}
        return tuple(stage for stage in self.interview.stages if stage.id in names)

    @property
    def owed(self) -> tuple[Stage, ...]:
        """Those of them that wait for an answer of one's own."""
        return tuple(stage for stage in self.begun if stage.id not in self.state.stage_answers)

    @property
    def following(self) -> Stage | None:
        """The stage that comes next; None in the last one, and before the start."""
        names = [stage.id for stage in self.interview.stages]
        if self.state.stage not in names:
            return None
        return next(iter(self.interview.stages[names.index(self.state.stage) + 1 :]), None)

    def length(self, stage: Stage) -> float:
        """How long a stage takes: its share of the time that there is."""
        return 60.0 * self.state.clock.minutes * stage.minutes / max(1, self.interview.minutes)

    def left(self, elapsed: float) -> float:
        """How much of its time the stage that goes on has left; 0 once it is over."""
        if self.stage is None:
            return 0.0
        spent = self.state.spent_in(self.stage.id) + elapsed - self.state.clock.elapsed
        return max(0.0, self.length(self.stage) - spent)

    def may_go_on(self, elapsed: float) -> bool:
        """Whether the next prompt is due: its time has come, or the stage before it is answered."""
        if self.following is None or self.state.clock.ended:
            return False
        return self.state.stage in self.state.stage_answers or self.left(elapsed) <= 0

    def is_shown(self, stage: Stage) -> bool:
        """Whether what is expected of a stage may be read: only after an answer of one's own."""
        return stage.id in self.state.stage_answers

    @property
    def questions(self) -> tuple[Probing, ...]:
        """What is asked in the stages so far. A question that names a bug waits until the bug is found, or time is."""
        asked: dict[str, Probing] = {}
        for stage in self.begun:
            asked |= {question.id: question for question in stage.questions}
            if stage.probing:
                asked |= {question.id: question for question in self._about_bugs()}
        return tuple(asked.values())

    def is_answered(self, question: Probing) -> bool:
        """Whether the expected answer may be read."""
        return question.id in self.state.question_answers

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """Those whose anchors may be read: every stage that looks for them is answered, or all is over."""
        return tuple(criterion for criterion in self.interview.criteria if self._is_due(criterion))

    @property
    def unrated(self) -> tuple[Criterion, ...]:
        """Those of them that have no signal yet."""
        marked = {name for name, mark in self.state.signals.items() if mark.signal}
        return tuple(criterion for criterion in self.criteria if criterion.id not in marked)

    @property
    def nudge(self) -> Nudge | None:
        """What the next nudge would be: the stage's own first, then one about a bug that is still open, or a hint."""
        if self.stage is None or self.state.clock.ended:
            return None
        possible = list(self.stage.nudges)
        if self.stage.bugs:
            written = {nudge.id for stage in self.interview.stages for nudge in stage.nudges}
            possible += [nudge for nudge in self.interview.nudges(self.exercise) if nudge.id not in written]
        given = {given.nudge for given in self.state.nudges}
        return next((nudge for nudge in possible if nudge.id not in given and not self._is_fixed(nudge.bug)), None)

    def _about_bugs(self) -> Iterable[Probing]:
        for bug in self.exercise.bugs if self.exercise else ():
            if self._may_name(bug.id):
                yield from self.interview.questions_about(bug)

    def _may_name(self, bug: str) -> bool:
        if self.state.clock.ended or self._is_fixed(bug):
            return True
        names = [stage.id for stage in self.interview.stages]
        now = names.index(self.state.stage) if self.state.stage in names else 0
        return not any(stage.bugs for stage in self.interview.stages[now:])

    def _is_fixed(self, bug: str) -> bool:
        tick = self.state.ticks.get(bug)
        return tick is not None and tick.state == BugState.FIXED

    def _is_due(self, criterion: Criterion) -> bool:
        if self.state.clock.ended:
            return True
        looking = [
            stage
            for stage in self.interview.stages
            if any(look_for.criterion == criterion.id for look_for in stage.look_fors)
        ]
        return bool(looking) and all(self.is_shown(stage) for stage in looking)
