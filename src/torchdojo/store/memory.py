"""The store without a disk, for tests and for looking around: same methods, same answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from torchdojo.domain.attempt import Attempt, Draft, Progress
from torchdojo.domain.looks import KeptRecording, OpenedLook, Recording
from torchdojo.domain.report import Report, Verdict
from torchdojo.domain.suspicion import KeptDiagnosis
from torchdojo.store.card_memory import CardMemory
from torchdojo.store.room_memory import RoomMemory


class MemoryStore(CardMemory, RoomMemory):
    """Forgets everything when it goes. Times are kept to the millisecond, as on disk."""

    place = "memory"

    def __init__(self) -> None:
        super().__init__()
        self._drafts: dict[str, Draft] = {}
        self._discarded: list[Draft] = []
        self._attempts: list[Attempt] = []
        self._hints: dict[str, set[int]] = {}
        self._solutions: set[str] = set()
        self._settings: dict[str, str] = {}
        self._diagnoses: list[KeptDiagnosis] = []
        self._hidden: dict[str, datetime] = {}
        self._looks: list[OpenedLook] = []
        self._recordings: dict[str, KeptRecording] = {}

    def check(self) -> None:
        """Always sound."""

    def draft(self, exercise: str) -> Draft | None:
        """The text being edited, if there is any."""
        return self._drafts.get(exercise)

    def save_draft(self, draft: Draft) -> None:
        """Keep `draft` in place of the former one."""
        self._drafts[draft.exercise] = replace(draft, saved_at=_to_the_millisecond(draft.saved_at))

    def discard_draft(self, exercise: str, at: datetime) -> None:
        """Set the draft aside; `discarded_drafts` still has it. Nothing happens without a draft."""
        if (draft := self._drafts.pop(exercise, None)) is not None:
            self._discarded.append(draft)

    def discarded_drafts(self, exercise: str) -> list[Draft]:
        """Drafts that were set aside, the latest first."""
        return [draft for draft in reversed(self._discarded) if draft.exercise == exercise]

    def add_attempt(
        self, *, exercise: str, source: str, submitted_at: datetime, report: Report, origin: str
    ) -> Attempt:
        """Keep a graded submission and give it a number."""
        when = _to_the_millisecond(submitted_at)
        attempt = Attempt(len(self._attempts) + 1, exercise, source, when, Report.from_json(report.to_json()), origin)
        self._attempts.append(attempt)
        return attempt

    def attempt(self, number: int) -> Attempt | None:
        """The attempt with that number."""
        return self._attempts[number - 1] if 1 <= number <= len(self._attempts) else None

    def attempts(self, exercise: str) -> list[Attempt]:
        """All attempts at one exercise, oldest first."""
        return [attempt for attempt in self._attempts if attempt.exercise == exercise]

    def attempts_after(self, number: int, limit: int) -> list[Attempt]:
        """The attempts made after attempt `number` at anything, oldest first."""
        return self._attempts[number:][:limit]

    def latest_attempts(self, limit: int) -> list[Attempt]:
        """The last attempts at anything, latest first."""
        return self._attempts[::-1][:limit]

    def open_hint(self, exercise: str, number: int, at: datetime) -> None:
        """Note that hint `number` (1-based) is open. A second time changes nothing."""
        self._hints.setdefault(exercise, set()).add(number)

    def hints_opened(self, exercise: str) -> int:
        """How many hints are open."""
        return len(self._hints.get(exercise, ()))

    def open_solution(self, exercise: str, at: datetime) -> None:
        """Note that the solution is open. A second time changes nothing."""
        self._solutions.add(exercise)

    def progress(self) -> dict[str, Progress]:
        """Where the learner stands, for every exercise that was touched."""
        tried = {attempt.exercise for attempt in self._attempts}
        return {exercise: self._progress(exercise) for exercise in sorted({*tried, *self._hints, *self._solutions})}

    def add_diagnosis(self, diagnosis: KeptDiagnosis) -> None:
        """Keep a diagnosis that was handed in."""
        self._diagnoses.append(replace(diagnosis, made_at=_to_the_millisecond(diagnosis.made_at)))

    def diagnoses(self, exercise: str) -> list[KeptDiagnosis]:
        """The diagnoses of one exercise, the first one first."""
        return [diagnosis for diagnosis in self._diagnoses if diagnosis.exercise == exercise]

    def hide_script(self, exercise: str, at: datetime) -> None:
        """Note that the script is hidden. A second time changes nothing."""
        self._hidden.setdefault(exercise, _to_the_millisecond(at))

    def hidden_at(self, exercise: str) -> datetime | None:
        """When the script was hidden; None when it never was."""
        return self._hidden.get(exercise)

    def open_look(self, opened: OpenedLook) -> None:
        """Note that a look is open. A second time changes nothing."""
        if all((each.exercise, each.look) != (opened.exercise, opened.look) for each in self._looks):
            self._looks.append(replace(opened, opened_at=_to_the_millisecond(opened.opened_at)))

    def opened_looks(self, exercise: str) -> list[OpenedLook]:
        """The looks opened at one exercise, the first one first."""
        found = [each for each in self._looks if each.exercise == exercise]
        return sorted(found, key=lambda each: each.opened_at)

    def recording(self, exercise: str) -> KeptRecording | None:
        """The recording of the exercise's starter."""
        return self._recordings.get(exercise)

    def save_recording(self, kept: KeptRecording) -> None:
        """Keep a recording in place of the former one."""
        copied = Recording.from_json(kept.recording.to_json())
        self._recordings[kept.exercise] = replace(kept, recording=copied)

    def setting(self, name: str) -> str | None:
        """A remembered choice of the learner."""
        return self._settings.get(name)

    def save_setting(self, name: str, value: str) -> None:
        """Remember a choice."""
        self._settings[name] = value

    def close(self) -> None:
        """Nothing to let go of."""

    def _progress(self, exercise: str) -> Progress:
        attempts = self.attempts(exercise)
        return Progress(
            exercise=exercise,
            attempts=len(attempts),
            best_score=max((attempt.report.score for attempt in attempts), default=0.0),
            passed=any(attempt.report.verdict is Verdict.PASSED for attempt in attempts),
            hints_opened=self.hints_opened(exercise),
            solution_opened=exercise in self._solutions,
            last_attempt_at=max((attempt.submitted_at for attempt in attempts), default=None),
        )


def _to_the_millisecond(moment: datetime) -> datetime:
    return datetime.fromtimestamp(round(moment.timestamp() * 1000) / 1000, UTC)
