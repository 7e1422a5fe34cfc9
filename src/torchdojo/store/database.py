"""The store on a database file. Every write is on the disk when its method returns."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping

from torchdojo.domain.attempt import Attempt, Draft, Progress
from torchdojo.domain.errors import StoreError
from torchdojo.domain.looks import KeptRecording, Look, OpenedLook, Recording
from torchdojo.domain.report import Report
from torchdojo.domain.suspicion import KeptDiagnosis, Suspicion
from torchdojo.store import statements
from torchdojo.store.cards import CardTables
from torchdojo.store.failures import damaged, translated
from torchdojo.store.moments import from_ms, to_ms
from torchdojo.store.opening import BUSY_SECONDS, open_engine, writing
from torchdojo.store.rooms import RoomTables


@dataclass
class _Group:
    """Writes that become one: the transaction they share once there is one, and what went wrong with it."""

    stack: ExitStack
    connection: Connection | None = None
    fault: BaseException | None = None


class DatabaseStore(CardTables, RoomTables):
    """Drafts, attempts, opened hints and reviews in one SQLite file; safe to use from several threads.

    The file is made or migrated on first use. Every method raises StoreError when the file cannot be used.
    """

    def __init__(self, file: Path, *, busy_seconds: float = BUSY_SECONDS) -> None:
        self._file = file
        self._busy_seconds = busy_seconds
        self._engine: Engine | None = None
        self._opening = threading.Lock()
        self._local = threading.local()

    @property
    def place(self) -> str:
        """Where the data lies, as shown to a person."""
        return str(self._file)

    def check(self) -> None:
        """Make sure that the file can be read and written and that no page of it is damaged."""
        with self._reading() as connection:
            found = list(connection.execute(statements.INTEGRITY).scalars())
        if found != ["ok"]:
            raise damaged(self._file, "; ".join(found[:3]))
        with self._writing():
            pass

    def draft(self, exercise: str) -> Draft | None:
        """The text being edited, if there is any."""
        with self._reading() as connection:
            row = connection.execute(statements.DRAFT, {"exercise": exercise}).mappings().one_or_none()
        return None if row is None else _draft(row)

    def save_draft(self, draft: Draft) -> None:
        """Keep `draft` in place of the former one."""
        row = {"exercise": draft.exercise, "source": draft.source, "saved_at": to_ms(draft.saved_at)}
        with self._writing() as connection:
            connection.execute(statements.SAVE_DRAFT, row)

    def discard_draft(self, exercise: str, at: datetime) -> None:
        """Set the draft aside; `discarded_drafts` still has it. Nothing happens without a draft."""
        with self._writing() as connection:
            parameters = {"exercise": exercise, "discarded_at": to_ms(at)}
            connection.execute(statements.KEEP_DISCARDED_DRAFT, parameters)
            connection.execute(statements.DELETE_DRAFT, {"exercise": exercise})

    def discarded_drafts(self, exercise: str) -> list[Draft]:
        """Drafts that were set aside, the latest first."""
        with self._reading() as connection:
            rows = connection.execute(statements.DISCARDED_DRAFTS, {"exercise": exercise}).mappings()
            return [_draft(row) for row in rows]

    def add_attempt(
        self, *, exercise: str, source: str, submitted_at: datetime, report: Report, origin: str
    ) -> Attempt:
        """Keep a graded submission and give it a number."""
        data = report.to_json()
        row = {
            "exercise": exercise,
            "source": source,
            "submitted_at": to_ms(submitted_at),
            "origin": origin,
            "verdict": str(report.verdict),
            "score": report.score,
            "isolation": report.isolation,
            "report": json.dumps(data, ensure_ascii=False),
        }
        with self._writing() as connection:
            key = connection.execute(statements.ADD_ATTEMPT, row).inserted_primary_key
        assert key is not None
        when = from_ms(to_ms(submitted_at))
        # What is returned is what a later reading returns, rounding included.
        return Attempt(int(key[0]), exercise, source, when, Report.from_json(data), origin)

    def attempt(self, number: int) -> Attempt | None:
        """The attempt with that number."""
        with self._reading() as connection:
            row = connection.execute(statements.ATTEMPT, {"id": number}).mappings().one_or_none()
        return None if row is None else self._attempt(row)

    def attempts(self, exercise: str) -> list[Attempt]:
        """All attempts at one exercise, oldest first."""
        with self._reading() as connection:
            rows = connection.execute(statements.ATTEMPTS, {"exercise": exercise}).mappings().all()
        return [self._attempt(row) for row in rows]

    def attempts_after(self, number: int, limit: int) -> list[Attempt]:
        """The attempts made after attempt `number` at anything, oldest first."""
        with self._reading() as connection:
            found = connection.execute(statements.ATTEMPTS_AFTER, {"after": number, "limit": limit})
            rows = found.mappings().all()
        return [self._attempt(row) for row in rows]

    def latest_attempts(self, limit: int) -> list[Attempt]:
        """The last attempts at anything, latest first."""
        with self._reading() as connection:
            rows = connection.execute(statements.LATEST_ATTEMPTS, {"limit": limit}).mappings().all()
        return [self._attempt(row) for row in rows]

    def open_hint(self, exercise: str, number: int, at: datetime) -> None:
        """Note that hint `number` (1-based) is open. A second time changes nothing."""
        with self._writing() as connection:
            row = {"exercise": exercise, "number": number, "opened_at": to_ms(at)}
            connection.execute(statements.OPEN_HINT, row)

    def hints_opened(self, exercise: str) -> int:
        """How many hints are open."""
        with self._reading() as connection:
            return int(connection.execute(statements.HINTS_OPENED, {"exercise": exercise}).scalar_one())

    def open_solution(self, exercise: str, at: datetime) -> None:
        """Note that the solution is open. A second time changes nothing."""
        with self._writing() as connection:
            connection.execute(statements.OPEN_SOLUTION, {"exercise": exercise, "opened_at": to_ms(at)})

    def progress(self) -> dict[str, Progress]:
        """Where the learner stands, for every exercise that was touched."""
        with self._reading() as connection:
            totals = {row["exercise"]: row for row in connection.execute(statements.ATTEMPT_TOTALS).mappings()}
            hints = {row.exercise: row.hints for row in connection.execute(statements.HINT_TOTALS)}
            solutions = set(connection.execute(statements.SOLUTIONS_OPENED).scalars())
        return {
            exercise: _progress(exercise, totals.get(exercise), hints.get(exercise, 0), exercise in solutions)
            for exercise in sorted({*totals, *hints, *solutions})
        }

    def add_diagnosis(self, diagnosis: KeptDiagnosis) -> None:
        """Keep a diagnosis that was handed in."""
        row = {
            "exercise": diagnosis.exercise,
            "suspicions": json.dumps([[each.line, each.kind] for each in diagnosis.suspicions]),
            "score": diagnosis.score,
            "made_at": to_ms(diagnosis.made_at),
        }
        with self._writing() as connection:
            connection.execute(statements.ADD_DIAGNOSIS, row)

    def diagnoses(self, exercise: str) -> list[KeptDiagnosis]:
        """The diagnoses of one exercise, the first one first."""
        with self._reading() as connection:
            rows = connection.execute(statements.DIAGNOSES, {"exercise": exercise}).mappings().all()
        return [_diagnosis(row) for row in rows]

    def hide_script(self, exercise: str, at: datetime) -> None:
        """Note that the script is hidden. A second time changes nothing."""
        with self._writing() as connection:
            connection.execute(statements.HIDE_SCRIPT, {"exercise": exercise, "hidden_at": to_ms(at)})

    def hidden_at(self, exercise: str) -> datetime | None:
        """When the script was hidden; None when it never was."""
        with self._reading() as connection:
            when = connection.execute(statements.HIDDEN_AT, {"exercise": exercise}).scalar_one_or_none()
        return None if when is None else from_ms(when)

    def open_look(self, opened: OpenedLook) -> None:
        """Note that a look is open. A second time changes nothing."""
        row = {
            "exercise": opened.exercise,
            "look": str(opened.look),
            "minutes": opened.minutes,
            "opened_at": to_ms(opened.opened_at),
        }
        with self._writing() as connection:
            connection.execute(statements.OPEN_LOOK, row)

    def opened_looks(self, exercise: str) -> list[OpenedLook]:
        """The looks opened at one exercise, the first one first."""
        with self._reading() as connection:
            rows = connection.execute(statements.OPENED_LOOKS, {"exercise": exercise}).mappings().all()
        return [_look(row) for row in rows]

    def recording(self, exercise: str) -> KeptRecording | None:
        """The recording of the exercise's starter; None when there is none that can be read."""
        with self._reading() as connection:
            row = connection.execute(statements.RECORDING, {"exercise": exercise}).mappings().one_or_none()
        try:
            return None if row is None else _recording(row)
        except ValueError:
            return None  # It can be made anew.

    def save_recording(self, kept: KeptRecording) -> None:
        """Keep a recording in place of the former one."""
        row = {
            "exercise": kept.exercise,
            "starter": kept.starter,
            "recording": json.dumps(kept.recording.to_json(), ensure_ascii=False),
        }
        with self._writing() as connection:
            connection.execute(statements.SAVE_RECORDING, row)

    def setting(self, name: str) -> str | None:
        """A remembered choice of the learner."""
        with self._reading() as connection:
            value = connection.execute(statements.SETTING, {"name": name}).scalar_one_or_none()
        return None if value is None else str(value)

    def save_setting(self, name: str, value: str) -> None:
        """Remember a choice."""
        with self._writing() as connection:
            connection.execute(statements.SAVE_SETTING, {"name": name, "value": value})

    def close(self) -> None:
        """Let go of the file."""
        with self._opening:
            engine, self._engine = self._engine, None
        if engine is not None:
            engine.dispose()

    def _open(self) -> Engine:
        with self._opening:
            if self._engine is None:
                self._engine = open_engine(self._file, busy_seconds=self._busy_seconds)
            return self._engine

    @contextmanager
    def together(self) -> Iterator[None]:
        """What this thread writes in the block is on the disk when the block is left, all of it or nothing.

        Going to the disk once takes as long for a hundred writes as for one. What this thread reads meanwhile shows
        them. Raises StoreError at the end when one of them failed.
        """
        assert self._group is None, "a group of writes within another"
        try:
            with ExitStack() as stack:
                group = self._local.group = _Group(stack)
                yield
                if group.fault is not None:
                    raise group.fault
        finally:
            self._local.group = None

    @property
    def _group(self) -> _Group | None:
        return getattr(self._local, "group", None)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        group = self._group
        if group is not None and group.connection is not None:
            with translated(self._file):
                yield group.connection
            return
        engine = self._open()
        with translated(self._file), engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        engine = self._open()
        group = self._group
        if group is None:
            with translated(self._file), writing(engine) as connection:
                yield connection
            return
        if group.fault is not None:
            raise group.fault
        try:
            with translated(self._file):
                if group.connection is None:
                    group.stack.enter_context(translated(self._file))
                    group.connection = group.stack.enter_context(writing(engine))
                yield group.connection
        except BaseException as error:
            # Half of a write must not go to the disk with the others.
            group.fault = error
            raise

    def _attempt(self, row: RowMapping) -> Attempt:
        try:
            report = Report.from_json(json.loads(row["report"]))
        except ValueError as error:
            raise StoreError(
                f"Attempt {row['id']} in {self._file} cannot be read: {error}.",
                "It was left as it is. If you changed the file by hand, undo that; else report it with this message.",
            ) from error
        when = from_ms(row["submitted_at"])
        return Attempt(row["id"], row["exercise"], row["source"], when, report, row["origin"])


def _draft(row: Mapping[Any, Any]) -> Draft:
    return Draft(row["exercise"], row["source"], from_ms(row["saved_at"]))


def _diagnosis(row: Mapping[Any, Any]) -> KeptDiagnosis:
    suspicions = tuple(Suspicion(int(line), str(kind)) for line, kind in json.loads(row["suspicions"]))
    return KeptDiagnosis(row["exercise"], suspicions, row["score"], from_ms(row["made_at"]))


def _look(row: Mapping[Any, Any]) -> OpenedLook:
    return OpenedLook(row["exercise"], Look(row["look"]), row["minutes"], from_ms(row["opened_at"]))


def _recording(row: Mapping[Any, Any]) -> KeptRecording:
    return KeptRecording(row["exercise"], row["starter"], Recording.from_json(json.loads(row["recording"])))


def _progress(exercise: str, totals: RowMapping | None, hints: int, solution: bool) -> Progress:
    if totals is None:
        return Progress(exercise, 0, 0.0, False, hints, solution, None)
    last = from_ms(totals["last_attempt_at"])
    return Progress(exercise, totals["attempts"], totals["best_score"], bool(totals["passed"]), hints, solution, last)
