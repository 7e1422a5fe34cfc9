"""Score an interview: the same script, exercise and events always give the same scorecard (docs/scoring.md)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from torchdojo.domain.exercise import BugSpec, Exercise
from torchdojo.domain.interview import Criterion, Event, Happening, Interview, Signal
from torchdojo.domain.report import BugState
from torchdojo.interview.fields import signal, text
from torchdojo.interview.gathering import BugHistory, Gathered, Run, gather
from torchdojo.interview.rules import RULES, Rules
from torchdojo.interview.scorecard import BugMark, BugScore, CriterionScore, Part, Scorecard


def score(interview: Interview, exercise: Exercise | None, events: Iterable[Event], rules: Rules = RULES) -> Scorecard:
    """The scorecard of what happened. Two raters are scored apart by giving only the events of one of them."""
    return _Scoring(interview, exercise, events, rules).card()


def band_of(interview: Interview, exercise: Exercise | None, total: float, *, proved: bool) -> str:
    """The id of the best band that a total reaches. Where nothing can be proved, no band asks for it."""
    open_to = proved or exercise is None or not interview.shares.work
    return next(
        (band.id for band in interview.bands if total >= band.least and (open_to or not band.needs_all)),
        interview.bands[-1].id,
    )


def ratings(events: Iterable[Event]) -> dict[str, Signal]:
    """What the answers to questions were rated, the last rating of each."""
    found: dict[str, Signal] = {}
    for event in events:
        if event.kind is Happening.ASKED and (rating := signal(event.data.get("rating"))) is not None:
            found[text(event.data, "question")] = rating
    return found


@dataclass(frozen=True, slots=True)
class _Work:
    """What the grader proved: its share of what could be, and whether that was everything, in time."""

    share: float
    proved: bool
    told: str
    remarks: tuple[str, ...] = ()


class _Scoring:
    def __init__(self, interview: Interview, exercise: Exercise | None, events: Iterable[Event], rules: Rules) -> None:
        self._interview, self._exercise, self._rules = interview, exercise, rules
        prices = {nudge.id: (float(nudge.price), nudge.bug) for nudge in interview.nudges(exercise)}
        self._found: Gathered = gather(interview, prices, events)
        self._limit = self._found.minutes * 60.0

    def card(self) -> Scorecard:
        interview, found = self._interview, self._found
        bugs = tuple(self._bug(bug) for bug in (self._exercise.bugs if self._exercise else ()))
        criteria = tuple(self._criterion(criterion) for criterion in interview.criteria)
        work = self._work(bugs) if self._exercise is not None and interview.shares.work else None
        introduced = self._last.introduced if self._last is not None else ()
        sums = [part for part in (self._work_part(work), self._answers(), self._criteria(criteria)) if part is not None]
        others = [part for part in (self._bonuses(), self._new_bugs(introduced), self._nudges()) if part is not None]
        possible = sum(part.of for part in sums)
        base = 100.0 * sum(part.points for part in sums) / possible if possible else 0.0
        total = round(min(100.0, max(0.0, base + sum(part.points for part in others))), 1)
        proved = work is not None and work.proved
        unrated = tuple(criterion.id for criterion in criteria if criterion.signal is None)
        return Scorecard(
            version=self._rules.version,
            interview=interview.slug,
            exercise="" if self._exercise is None else self._exercise.id,
            total=total,
            band=band_of(interview, self._exercise, total, proved=proved),
            complete=not unrated,
            unrated=unrated,
            parts=tuple(sums + others),
            criteria=criteria,
            bugs=bugs,
            introduced=introduced,
            goal=None if self._last is None else self._last.goal,
            proved=proved,
            remarks=(*(work.remarks if work else ()), *self._remarks(found, possible)),
        )

    @property
    def _last(self) -> Run | None:
        return self._found.runs[-1] if self._found.runs else None

    def _bug(self, bug: BugSpec) -> BugScore:
        history = self._found.bugs.get(bug.id, BugHistory())
        ticked, words = self._found.ticks.get(bug.id, ("", ""))
        nudges = sum(about == bug.id for _, about in self._found.nudges.values())
        if history.state == BugState.FIXED and history.since is not None:
            mark = BugMark.FIXED if history.since <= self._limit else BugMark.LATE
            return BugScore(bug.id, bug.title, mark, history.since, history.evidence, nudges)
        if ticked in (BugMark.FIXED, BugMark.PARTLY):
            return BugScore(bug.id, bug.title, BugMark.PARTLY, None, words or "ticked by the interviewer", nudges)
        shown = history.state == BugState.NO_EVIDENCE and history.since is not None and ticked != BugMark.OPEN
        mark = BugMark.PARTLY if shown else BugMark.OPEN
        return BugScore(bug.id, bug.title, mark, None, history.evidence, nudges)

    def _work(self, bugs: Sequence[BugScore]) -> _Work:
        return self._bug_work(bugs) if bugs else self._check_work()

    def _bug_work(self, bugs: Sequence[BugScore]) -> _Work:
        worth = {BugMark.FIXED: 1.0, BugMark.LATE: self._rules.half, BugMark.PARTLY: self._rules.half}
        share = sum(worth.get(bug.mark, 0.0) for bug in bugs) / len(bugs)
        told = ", ".join(f"{count} {mark}" for mark in BugMark if (count := sum(bug.mark is mark for bug in bugs)))
        last, open_bugs = self._last, sum(not bug.mark.mended for bug in bugs)
        met = last is not None and last.goal is True
        remarks: tuple[str, ...] = ()
        if met and open_bugs:
            remarks = (f"The goal was reached with {open_bugs} of {len(bugs)} bugs not shown to be fixed.",)
        if self._exercise is not None and self._exercise.goal is not None:
            goal = (self._rules.goal_with_bugs if open_bugs else 1.0) if met else 0.0
            share = (1.0 - self._rules.goal) * share + self._rules.goal * goal
            told += f"; goal {'met' if met else 'not met'}"
        in_time = all(bug.mark is BugMark.FIXED for bug in bugs)
        sound = last is not None and not last.introduced and (met or self._goalless)
        return _Work(share, in_time and sound, told, remarks)

    @property
    def _goalless(self) -> bool:
        return self._exercise is None or self._exercise.goal is None

    def _check_work(self) -> _Work:
        """Of an implement exercise: what passed in the last run; what came late or passed only earlier counts half."""
        runs, last = self._found.runs, self._last
        if last is None:
            return _Work(0.0, False, "nothing was run")
        timely = [run for run in runs if run.elapsed <= self._limit]
        in_time = timely[-1].share if timely else 0.0
        final = min(last.share, in_time) + self._rules.half * max(0.0, last.share - in_time)
        earlier = self._rules.half * max((run.share for run in runs), default=0.0)
        told = f"{last.share:.0%} of the checks passed in the last run"
        if last.share > in_time:
            told += f", {in_time:.0%} in time"
        return _Work(max(final, earlier), last.passed and last.elapsed <= self._limit, told)

    def _work_part(self, work: _Work | None) -> Part | None:
        if work is None:
            return None
        of = float(self._interview.shares.work)
        return Part("work", "What was proved", of * work.share, of, work.told)

    def _answers(self) -> Part | None:
        rated = [signal for name, signal in self._rated() if name not in self._bonus_names()]
        of = float(self._interview.shares.answers)
        if not rated or not of:
            return None
        mean = sum(self._rules.worth(signal) for signal in rated) / len(rated)
        return Part("answers", "Questions", of * mean, of, _counts(rated))

    def _rated(self) -> list[tuple[str, Signal]]:
        known = {question.id for question in self._interview.questions(self._exercise)}
        return [
            (name, signal)
            for name, signal in sorted(self._found.answers.items())
            if signal is not None and name in known
        ]

    def _bonus_names(self) -> set[str]:
        return {question.id for question in self._interview.questions(self._exercise) if question.bonus}

    def _criterion(self, criterion: Criterion) -> CriterionScore:
        look_fors = [
            look_for
            for stage in self._interview.stages
            for look_for in stage.look_fors
            if look_for.criterion == criterion.id
        ]
        seen = tuple(each.id for each in look_fors if self._found.look_fors.get(each.id, False))
        signal, evidence = self._found.signals.get(criterion.id, (None, ""))
        flags = [(flag, text) for flag, name, text in self._found.flags if name == criterion.id]
        return CriterionScore(
            id=criterion.id,
            title=criterion.title,
            weight=criterion.weight,
            signal=signal,
            suggested=self._suggested(len(seen), len(look_fors)),
            evidence=evidence,
            seen=seen,
            missed=tuple(each.id for each in look_fors if each.id not in seen),
            green=tuple(text for flag, text in flags if flag == "green"),
            red=tuple(text for flag, text in flags if flag == "red"),
        )

    def _suggested(self, seen: int, of: int) -> Signal | None:
        if not of:
            return None
        if seen >= self._rules.suggests_strong * of:
            return Signal.STRONG
        return Signal.MEDIUM if seen >= self._rules.suggests_medium * of else Signal.WEAK

    def _criteria(self, criteria: Sequence[CriterionScore]) -> Part | None:
        rated = [(criterion.weight, criterion.signal) for criterion in criteria if criterion.signal is not None]
        of = float(self._interview.shares.criteria)
        if not rated or not of:
            return None
        mean = sum(weight * self._rules.worth(signal) for weight, signal in rated) / sum(weight for weight, _ in rated)
        told = _counts([signal for _, signal in rated])
        return Part("criteria", "Criteria", of * mean, of, told)

    def _bonuses(self) -> Part | None:
        seen = [bonus for bonus in self._interview.bonuses if self._found.bonuses.get(bonus.id, False)]
        names = self._bonus_names()
        worth = {Signal.STRONG: self._rules.bonus_answer_strong, Signal.MEDIUM: self._rules.bonus_answer_medium}
        answers = [worth[signal] for name, signal in self._rated() if name in names and signal in worth]
        points = min(self._rules.most_for_bonuses, sum(bonus.points for bonus in seen) + sum(answers))
        if not points:
            return None
        told = ", ".join([*(bonus.id for bonus in seen), *([f"{len(answers)} bonus answers"] if answers else [])])
        return Part("bonus", "Bonus", points, self._rules.most_for_bonuses, told)

    def _new_bugs(self, introduced: Sequence[str]) -> Part | None:
        if not introduced:
            return None
        return Part("new-bugs", "New bugs", -self._rules.new_bug * len(introduced), 0.0, ", ".join(introduced))

    def _nudges(self) -> Part | None:
        prices = [price for price, _ in self._found.nudges.values()]
        if not prices:
            return None
        points = -min(self._rules.most_for_nudges, sum(prices))
        return Part("nudges", "Nudges", points, 0.0, f"{len(prices)} given")

    def _remarks(self, found: Gathered, possible: float) -> tuple[str, ...]:
        told = []
        if self._exercise is not None and not found.runs:
            told.append("Nothing was run.")
        if 0 < possible < 100:
            told.append(f"Out of {possible:.0f} points, as the rest was not asked or rated; the total is scaled.")
        return tuple(told)


def _counts(signals: Sequence[Signal]) -> str:
    return ", ".join(f"{count} {signal}" for signal in reversed(Signal) if (count := signals.count(signal)))
